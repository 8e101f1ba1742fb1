// CreateTable: records a table and has it made. Checks in the service's order: billing against throughput, bounds,
// definitions against keys, key order, unused definitions, local indexes, global indexes, tags.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "crypto/random.h"
#include "model/validation_error.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/index_settings.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/resource_policy.h"
#include "operations/dynamodb/table_description.h"
#include "operations/dynamodb/table_settings.h"
#include "operations/dynamodb/tags.h"
#include "table/stream_state.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr StreamTexts kStreamTexts = {
    "Table is being created with a stream enabled, UpdateViewType is required",
    "Table is being created with a stream disabled, UpdateViewType should not be specified"};

class CreateTable final : public PreparedCall {
 public:
  explicit CreateTable(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& input = call_.input;
    record_.address = {call_.caller.account_id, call_.region, std::string(*GetString(input, "TableName"))};
    accesses.push_back({record_.Arn(), record_.address.account});
    TRY(ReadCapacity(input));
    TRY(ReadKeySchema(input));
    TRY_ASSIGN(stream_, ReadStream(input, kStreamTexts));
    TRY_ASSIGN(const std::optional<bool> uses_kms, ReadKmsEncryption(input));
    TRY_ASSIGN(record_.table_class, ReadTableClass(input));
    record_.deletion_protection = GetBool(input, "DeletionProtectionEnabled").value_or(false);
    if (const json::Node* tags = input.Find("Tags")) {
      TRY_ASSIGN(record_.tags, ReadTags(*tags));
    }
    TRY(ReadResourcePolicy(input));
    return uses_kms.value_or(false) ? Status(NotSupportedYet("SSESpecification")) : Status();
  }

  AccessFacts FactsOf(size_t, const table::TableRecord*) const override {
    return record_.tags.empty() ? AccessFacts() : FactsOfTags(record_.tags);
  }

  void Execute(AnswerDone done) override {
    done_ = std::move(done);
    call_.services.service_keys.Ensure(record_.address.account, record_.address.region, call_.loop,
                                       [this](Result<void> ensured) {
                                         Status status = ensured.ok() ? Status() : Status(ensured.TakeError());
                                         if (status.ok()) {
                                           status = Create();
                                         }
                                         if (!status.ok()) {
                                           AnswerDone finished = std::move(done_);
                                           finished(status.TakeError());
                                         }
                                       });
  }

 private:
  // What stands in the new table's record is in force from the first request on.
  Status ReadResourcePolicy(const json::Node& input) {
    if (!record_.tags.empty()) {
      accesses.push_back({record_.Arn(), record_.address.account, kTagAction});
    }
    const auto text = GetString(input, "ResourcePolicy");
    if (!text) {
      return {};
    }
    TRY_ASSIGN(NewPolicy policy, ReadPolicy(call_, policy::DocumentKind::kTable, *text));
    record_.policy.text = std::move(policy.form.text);
    record_.policy.names_version = policy.form.names_version;
    accesses.push_back({record_.Arn(), record_.address.account, kPutPolicyAction});
    return {};
  }

  Status ReadCapacity(const json::Node& input) {
    const json::Node* throughput = input.Find("ProvisionedThroughput");
    if (GetString(input, "BillingMode").value_or("PROVISIONED") == "PAY_PER_REQUEST") {
      record_.billing_mode = table::BillingMode::kPayPerRequest;
      if (throughput != nullptr) {
        return model::InvalidParameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
      }
    } else if (throughput == nullptr) {
      return model::InvalidParameter(
          "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    }
    TRY_ASSIGN(const std::optional<table::ProvisionedUnits> units, ReadProvisionedUnits(input));
    if (units) {
      record_.read_capacity_units = units->read;
      record_.write_capacity_units = units->write;
    }
    TRY(ReadMaxima(input));
    return ReadWarmth(ReadWarmUnits(input));
  }

  Status ReadMaxima(const json::Node& input) {
    // Of a table that is provisioned it is the mode that is wrong, whatever the values are.
    const json::Node* given = input.Find("OnDemandThroughput");
    if (record_.billing_mode == table::BillingMode::kProvisioned && given != nullptr) {
      for (const std::string_view member : {"MaxReadRequestUnits", "MaxWriteRequestUnits"}) {
        if (GetInteger(*given, member)) {
          return model::InvalidParameter(fmt::format(
              "{} for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.", member));
        }
      }
    }
    TRY_ASSIGN(const GivenUnits units, ReadOnDemandMaxima(input, false));
    record_.read_request_units_max = units.read;
    record_.write_request_units_max = units.write;
    return {};
  }

  Status ReadWarmth(const GivenUnits& given) {
    TRY(table::CheckInitialWarmth("table", record_.billing_mode, table::WarmThroughput(record_), given.read,
                                  given.write));
    record_.warm_read_units = given.read.value_or(0);
    record_.warm_write_units = given.write.value_or(0);
    return {};
  }

  Status ReadKeySchema(const json::Node& input) {
    const json::Node& schema = *input.Find("KeySchema");
    TRY_ASSIGN(const std::vector<table::KeyAttribute> definitions,
               ReadDefinitions(*input.Find("AttributeDefinitions")));
    const std::vector<std::string_view> keys = KeyNamesOf(schema);
    if (definitions.size() < keys.size() && !(keys.size() == 2 && keys[0] == keys[1])) {
      return Error(Reason::kValidation, "Invalid KeySchema: Some index key attribute have no definition");
    }
    std::vector<table::KeyAttribute> defined;
    for (const std::string_view key : keys) {
      const auto found = std::find_if(definitions.begin(), definitions.end(),
                                      [key](const table::KeyAttribute& definition) { return definition.name == key; });
      if (found == definitions.end()) {
        return table::UndefinedKeys(keys, definitions);
      }
      defined.push_back(*found);
    }
    TRY(CheckKeySchema(schema));
    record_.partition = defined[0];
    if (defined.size() == 2) {
      record_.sort = defined[1];
    }
    return ReadIndexes(input, definitions, record_);
  }

  Status Create() {
    record_.table_id = crypto::RandomUuid();
    record_.keyspace = NewTableKeyspace();
    record_.hash_seed = crypto::RandomUint64();
    record_.created_ms = call_.services.clock.WallMs();
    if (record_.policy.IsSet()) {
      record_.policy.revision_ms = record_.created_ms;
    }
    for (table::IndexRecord& index : record_.indexes) {
      index.created_ms = record_.created_ms;
    }
    if (record_.billing_mode == table::BillingMode::kPayPerRequest) {
      record_.pay_per_request_since_ms = record_.created_ms;
    }
    if (stream_ && stream_->enabled) {
      const int64_t created_ms = NewStreamMs(call_, record_);
      record_ = table::WithNewStream(std::move(record_), stream_->view, created_ms);
    }
    TRY_ASSIGN(keys::TableKey key,
               call_.services.service_keys.NewTableKey(
                   {record_.address.account, record_.address.region, record_.address.name, record_.table_id}));
    record_.wrapped_table_key = std::move(key.wrapped);
    call_.services.catalogue.Create(
        std::move(record_), call_.loop, [this](Result<std::shared_ptr<const table::TableRecord>> created) {
          AnswerDone finished = std::move(done_);
          if (!created.ok()) {
            return finished(created.TakeError());
          }
          finished("{\"TableDescription\":" +
                   TableDescriptionJson(**created, {}, DescriptionUse::kCreate, (*created)->created_ms) + "}");
        });
    return {};
  }

  Call& call_;
  table::TableRecord record_;
  std::optional<GivenStream> stream_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareCreateTable(Call& call) {
  auto create = std::make_unique<CreateTable>(call);
  TRY(create->Prepare());
  return create;
}

}  // namespace basalt::operations::dynamodb

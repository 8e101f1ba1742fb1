// CreateTable: records a table and has it made. Checks in the service's order: billing against throughput, bounds,
// definitions against keys, key order, unused definitions, tags.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "crypto/random.h"
#include "model/validation_error.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/table_description.h"
#include "operations/dynamodb/table_settings.h"
#include "operations/dynamodb/tags.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr StreamTexts kStreamTexts = {
    "Table is being created with a stream enabled, UpdateViewType is required",
    "Table is being created with a stream disabled, UpdateViewType should not be specified"};

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

model::Type ScalarType(std::string_view name) {
  return name == "S" ? model::Type::kS : name == "N" ? model::Type::kN : model::Type::kB;
}

class CreateTable final : public PreparedCall {
 public:
  explicit CreateTable(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& input = call_.input;
    record_.address = {call_.caller.account_id, call_.region, std::string(*GetString(input, "TableName"))};
    accesses.push_back({record_.Arn(), record_.address.account});
    TRY(ReadCapacity(input));
    TRY(ReadKeySchema(*input.Find("KeySchema"), *input.Find("AttributeDefinitions")));
    for (const std::string_view indexes : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
      if (input.Find(indexes) != nullptr) {  // with an entry it was refused before
        return model::InvalidParameter(fmt::format("List of {} is empty", indexes));
      }
    }
    TRY_ASSIGN(const std::optional<bool> streams, ReadStreamEnabled(input, kStreamTexts));
    TRY_ASSIGN(const std::optional<bool> uses_kms, ReadKmsEncryption(input));
    TRY_ASSIGN(record_.table_class, ReadTableClass(input));
    record_.deletion_protection = GetBool(input, "DeletionProtectionEnabled").value_or(false);
    if (const json::Node* tags = input.Find("Tags")) {
      TRY_ASSIGN(record_.tags, ReadTags(*tags));
    }
    if (streams.value_or(false)) {
      return NotSupportedYet("StreamSpecification");
    }
    return uses_kms.value_or(false) ? Status(NotSupportedYet("SSESpecification")) : Status();
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
    const table::WarmUnits least = table::WarmThroughput(record_);
    const auto check = [this](std::string_view direction, std::optional<int64_t> asked, int64_t has) -> Status {
      if (!asked || *asked >= has) {
        return {};
      }
      if (record_.billing_mode == table::BillingMode::kProvisioned) {
        return model::InvalidParameter(
            fmt::format("Requested {}UnitsPerSecond for WarmThroughput for table is lower than {}CapacityUnits of "
                        "ProvisionedThroughput",
                        direction, direction));
      }
      return model::InvalidParameter(
          fmt::format("Requested {}UnitsPerSecond for WarmThroughput for table is lower than initial throughput for "
                      "OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                      "on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
                      direction));
    };
    TRY(check("Read", given.read, least.read));
    TRY(check("Write", given.write, least.write));
    record_.warm_read_units = given.read.value_or(0);
    record_.warm_write_units = given.write.value_or(0);
    return {};
  }

  Status ReadKeySchema(const json::Node& schema, const json::Node& definitions) {
    std::vector<std::pair<std::string_view, std::string_view>> defined;  // name, type
    for (const json::Node& definition : definitions.elements) {
      const std::string_view name = *GetString(definition, "AttributeName");
      const bool repeated =
          std::any_of(defined.begin(), defined.end(), [name](const auto& other) { return other.first == name; });
      if (repeated) {
        return Invalid(fmt::format("Attribute Name is duplicated: {}", name));
      }
      defined.emplace_back(name, *GetString(definition, "AttributeType"));
    }
    std::vector<std::string_view> keys;
    for (const json::Node& element : schema.elements) {
      keys.push_back(*GetString(element, "AttributeName"));
    }
    const auto type_of = [&defined](std::string_view name) -> std::optional<std::string_view> {
      for (const auto& [attribute, type] : defined) {
        if (attribute == name) {
          return type;
        }
      }
      return std::nullopt;
    };
    if (defined.size() < keys.size() && !(keys.size() == 2 && keys[0] == keys[1])) {
      return Invalid("Invalid KeySchema: Some index key attribute have no definition");
    }
    const bool all_defined =
        std::all_of(keys.begin(), keys.end(), [&](std::string_view key) { return type_of(key).has_value(); });
    if (!all_defined) {
      std::vector<std::string_view> names;
      for (const auto& [attribute, type] : defined) {
        names.push_back(attribute);
      }
      return model::InvalidParameter(
          fmt::format("Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], "
                      "AttributeDefinitions: [{}]",
                      fmt::join(keys, ", "), fmt::join(names, ", ")));
    }
    if (keys.size() == 2 && keys[0] == keys[1]) {
      return Invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    if (*GetString(schema.elements[0], "KeyType") != "HASH") {
      return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
    if (keys.size() == 2 && *GetString(schema.elements[1], "KeyType") != "RANGE") {
      return Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
    if (defined.size() > keys.size()) {
      return model::InvalidParameter(
          "Number of attributes in KeySchema does not exactly match number of attributes defined in "
          "AttributeDefinitions");
    }
    record_.partition = {std::string(keys[0]), ScalarType(*type_of(keys[0]))};
    if (keys.size() == 2) {
      record_.sort = table::KeyAttribute{std::string(keys[1]), ScalarType(*type_of(keys[1]))};
    }
    return {};
  }

  Status Create() {
    record_.table_id = crypto::RandomUuid();
    record_.keyspace = "tables/" + HexEncode(crypto::RandomBytes(16));
    record_.hash_seed = crypto::RandomUint64();
    record_.created_ms = call_.services.clock.WallMs();
    if (record_.billing_mode == table::BillingMode::kPayPerRequest) {
      record_.pay_per_request_since_ms = record_.created_ms;
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
  AnswerDone done_;
};

}  // namespace

Prepared PrepareCreateTable(Call& call) {
  auto create = std::make_unique<CreateTable>(call);
  TRY(create->Prepare());
  return create;
}

}  // namespace basalt::operations::dynamodb

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
#include "operations/dynamodb/tags.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr int64_t kUnitsBound = 1'000'000'000'000;
constexpr int64_t kUnitsPerTableMax = 40'000;  // the service's default quota

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
    if (const auto table_class = GetString(input, "TableClass")) {
      if (*table_class == table::TableClassName(table::TableClass::kStandard)) {
        record_.table_class = table::TableClass::kStandard;
      } else if (*table_class == table::TableClassName(table::TableClass::kStandardInfrequentAccess)) {
        record_.table_class = table::TableClass::kStandardInfrequentAccess;
      } else {
        return Invalid(
            "Invalid table-class parameter provided. Please try again with a valid table-class value: "
            "[STANDARD, STANDARD_INFREQUENT_ACCESS].");
      }
    }
    record_.deletion_protection = GetBool(input, "DeletionProtectionEnabled").value_or(false);
    if (const json::Node* tags = input.Find("Tags")) {
      TRY_ASSIGN(record_.tags, ReadTags(*tags));
    }
    return {};
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
      if (throughput != nullptr) {
        return model::InvalidParameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
      }
      record_.billing_mode = table::BillingMode::kPayPerRequest;
      return {};
    }
    if (throughput == nullptr) {
      return model::InvalidParameter(
          "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    }
    TRY_ASSIGN(record_.read_capacity_units, ReadUnits(*throughput, "ReadCapacityUnits"));
    TRY_ASSIGN(record_.write_capacity_units, ReadUnits(*throughput, "WriteCapacityUnits"));
    return {};
  }

  static Result<int64_t> ReadUnits(const json::Node& throughput, std::string_view member) {
    const int64_t units = *GetInteger(throughput, member);
    if (units > kUnitsBound) {
      return Invalid(fmt::format("Given value {} for {} is out of bounds", units, member));
    }
    return units;
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

  // Over the account's quota: after everything about the request itself, and after the name was found free.
  Status CheckQuota() const {
    const auto check = [this](std::string_view member, int64_t units) -> Status {
      if (units <= kUnitsPerTableMax) {
        return {};
      }
      return Error(Reason::kLimitExceeded,
                   fmt::format("The requested {}, {}, is above the per table maximum for the account in {}. Per table "
                               "maximum: {}. Refer to the Amazon DynamoDB Developer Guide for current limits and how "
                               "to request higher limits.",
                               member, units, record_.address.region, kUnitsPerTableMax));
    };
    TRY(check("ReadCapacityUnits", record_.read_capacity_units));
    return check("WriteCapacityUnits", record_.write_capacity_units);
  }

  Status Create() {
    if (call_.tables.Find(record_.address) == nullptr) {
      TRY(CheckQuota());
    }
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
          finished("{\"TableDescription\":" + TableDescriptionJson(**created, {}, DescriptionUse::kCreate) + "}");
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

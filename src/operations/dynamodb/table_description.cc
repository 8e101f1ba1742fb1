// TableDescription.
#include "operations/dynamodb/table_description.h"

#include <algorithm>
#include <vector>

#include "json/writer.h"
#include "model/value.h"

namespace basalt::operations::dynamodb {
namespace {

// What a new on-demand table can serve at once. Source: Developer Guide, "On-demand capacity mode", initial throughput.
constexpr int64_t kOnDemandWarmReadUnits = 12'000;
constexpr int64_t kOnDemandWarmWriteUnits = 4'000;

void WriteKeyElement(json::Writer& writer, const table::KeyAttribute& attribute, std::string_view key_type) {
  writer.BeginObject();
  writer.Key("AttributeName");
  writer.String(attribute.name);
  writer.Key("KeyType");
  writer.String(key_type);
  writer.EndObject();
}

void WriteAttributeDefinitions(json::Writer& writer, const table::TableRecord& record) {
  std::vector<const table::KeyAttribute*> attributes = {&record.partition};
  if (record.sort) {
    attributes.push_back(&*record.sort);
  }
  std::sort(attributes.begin(), attributes.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  writer.Key("AttributeDefinitions");
  writer.BeginArray();
  for (const table::KeyAttribute* attribute : attributes) {
    writer.BeginObject();
    writer.Key("AttributeName");
    writer.String(attribute->name);
    writer.Key("AttributeType");
    writer.String(model::TypeName(attribute->type));
    writer.EndObject();
  }
  writer.EndArray();
}

}  // namespace

std::string TableDescriptionJson(const table::TableRecord& record, const TableTotals& totals, DescriptionUse use) {
  const bool on_demand = record.billing_mode == table::BillingMode::kPayPerRequest;
  std::string json;
  json::Writer writer(json);
  const auto integer = [&writer](std::string_view name, int64_t value) {
    writer.Key(name);
    writer.Integer(value);
  };
  const auto text = [&writer](std::string_view name, std::string_view value) {
    writer.Key(name);
    writer.String(value);
  };
  writer.BeginObject();
  WriteAttributeDefinitions(writer, record);
  text("TableName", record.address.name);
  writer.Key("KeySchema");
  writer.BeginArray();
  WriteKeyElement(writer, record.partition, "HASH");
  if (record.sort) {
    WriteKeyElement(writer, *record.sort, "RANGE");
  }
  writer.EndArray();
  text("TableStatus", table::StatusName(record.status));
  writer.Key("CreationDateTime");
  writer.Seconds(record.created_ms);
  writer.Key("ProvisionedThroughput");
  writer.BeginObject();
  integer("NumberOfDecreasesToday", 0);
  integer("ReadCapacityUnits", record.read_capacity_units);
  integer("WriteCapacityUnits", record.write_capacity_units);
  writer.EndObject();
  integer("TableSizeBytes", totals.size_bytes);
  integer("ItemCount", totals.item_count);
  text("TableArn", record.Arn());
  text("TableId", record.table_id);
  if (on_demand) {
    writer.Key("BillingModeSummary");
    writer.BeginObject();
    text("BillingMode", "PAY_PER_REQUEST");
    if (use != DescriptionUse::kCreate) {
      writer.Key("LastUpdateToPayPerRequestDateTime");
      writer.Seconds(record.pay_per_request_since_ms);
    }
    writer.EndObject();
  }
  if (record.table_class) {
    writer.Key("TableClassSummary");
    writer.BeginObject();
    text("TableClass", table::TableClassName(*record.table_class));
    writer.EndObject();
  }
  if (use == DescriptionUse::kDescribe) {
    writer.Key("WarmThroughput");
    writer.BeginObject();
    integer("ReadUnitsPerSecond", on_demand ? kOnDemandWarmReadUnits : record.read_capacity_units);
    integer("WriteUnitsPerSecond", on_demand ? kOnDemandWarmWriteUnits : record.write_capacity_units);
    text("Status", "ACTIVE");
    writer.EndObject();
  }
  writer.Key("DeletionProtectionEnabled");
  writer.Bool(record.deletion_protection);
  writer.EndObject();
  return json;
}

}  // namespace basalt::operations::dynamodb

// TableDescription.
#include "operations/dynamodb/table_description.h"

#include <algorithm>
#include <vector>

#include "json/writer.h"
#include "model/value.h"
#include "table/table_update.h"

namespace basalt::operations::dynamodb {
namespace {

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

void WriteSecondsIfSet(json::Writer& writer, std::string_view member, int64_t wall_ms) {
  if (wall_ms != 0) {
    writer.Key(member);
    writer.Seconds(wall_ms);
  }
}

void WriteProvisionedThroughput(json::Writer& writer, const table::TableRecord& record, int64_t now_ms) {
  writer.Key("ProvisionedThroughput");
  writer.BeginObject();
  WriteSecondsIfSet(writer, "LastIncreaseDateTime", record.last_increase_ms);
  WriteSecondsIfSet(writer, "LastDecreaseDateTime", record.last_decrease_ms);
  writer.Key("NumberOfDecreasesToday");
  writer.Integer(table::DecreasesToday(record, now_ms));
  writer.Key("ReadCapacityUnits");
  writer.Integer(record.read_capacity_units);
  writer.Key("WriteCapacityUnits");
  writer.Integer(record.write_capacity_units);
  writer.EndObject();
}

void WriteBillingModeSummary(json::Writer& writer, const table::TableRecord& record, DescriptionUse use) {
  const bool switches = record.pending && record.pending->work == table::TableWork::kBillingMode;
  const table::BillingMode mode = switches ? record.pending->billing_mode : record.billing_mode;
  if (!switches && mode == table::BillingMode::kProvisioned && record.pay_per_request_since_ms == 0) {
    return;  // it never was anything else
  }
  writer.Key("BillingModeSummary");
  writer.BeginObject();
  writer.Key("BillingMode");
  writer.String(mode == table::BillingMode::kPayPerRequest ? "PAY_PER_REQUEST" : "PROVISIONED");
  if (!switches && use != DescriptionUse::kCreate) {
    WriteSecondsIfSet(writer, "LastUpdateToPayPerRequestDateTime", record.pay_per_request_since_ms);
  }
  writer.EndObject();
}

void WriteTableClassSummary(json::Writer& writer, const table::TableRecord& record, DescriptionUse use) {
  if (!record.table_class) {
    return;
  }
  writer.Key("TableClassSummary");
  writer.BeginObject();
  writer.Key("TableClass");
  writer.String(table::TableClassName(*record.table_class));
  if (use != DescriptionUse::kCreate) {
    WriteSecondsIfSet(writer, "LastUpdateDateTime",
                      record.table_class_changed_ms != 0 ? record.table_class_changed_ms : record.created_ms);
  }
  writer.EndObject();
}

void WriteOnDemandThroughput(json::Writer& writer, const table::TableRecord& record) {
  if (!record.read_request_units_max && !record.write_request_units_max) {
    return;
  }
  writer.Key("OnDemandThroughput");
  writer.BeginObject();
  if (record.read_request_units_max) {
    writer.Key("MaxReadRequestUnits");
    writer.Integer(*record.read_request_units_max);
  }
  if (record.write_request_units_max) {
    writer.Key("MaxWriteRequestUnits");
    writer.Integer(*record.write_request_units_max);
  }
  writer.EndObject();
}

void WriteWarmThroughput(json::Writer& writer, const table::TableRecord& record, DescriptionUse use) {
  const bool was_asked_for = record.warm_read_units != 0 || record.warm_write_units != 0;
  if (use == DescriptionUse::kDelete || (use == DescriptionUse::kCreate && !was_asked_for)) {
    return;
  }
  const table::WarmUnits warm = table::WarmThroughput(record);
  writer.Key("WarmThroughput");
  writer.BeginObject();
  writer.Key("ReadUnitsPerSecond");
  writer.Integer(warm.read);
  writer.Key("WriteUnitsPerSecond");
  writer.Integer(warm.write);
  writer.Key("Status");
  const bool changes = use == DescriptionUse::kCreate || use == DescriptionUse::kUpdateWarm;
  writer.String(changes ? "UPDATING" : "ACTIVE");
  writer.EndObject();
}

}  // namespace

std::string TableDescriptionJson(const table::TableRecord& record, const TableTotals& totals, DescriptionUse use,
                                 int64_t now_ms) {
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
  WriteProvisionedThroughput(writer, record, now_ms);
  integer("TableSizeBytes", totals.size_bytes);
  integer("ItemCount", totals.item_count);
  text("TableArn", record.Arn());
  text("TableId", record.table_id);
  WriteBillingModeSummary(writer, record, use);
  WriteTableClassSummary(writer, record, use);
  WriteOnDemandThroughput(writer, record);
  WriteWarmThroughput(writer, record, use);
  writer.Key("DeletionProtectionEnabled");
  writer.Bool(record.deletion_protection);
  writer.EndObject();
  return json;
}

}  // namespace basalt::operations::dynamodb

// TableDescription.
#include "operations/dynamodb/table_description.h"

#include <algorithm>
#include <vector>

#include "json/writer.h"
#include "model/value.h"
#include "table/stream_state.h"
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
  writer.Key("AttributeDefinitions");
  writer.BeginArray();
  for (const table::KeyAttribute& attribute : table::KeyAttributesOf(record)) {
    writer.BeginObject();
    writer.Key("AttributeName");
    writer.String(attribute.name);
    writer.Key("AttributeType");
    writer.String(model::TypeName(attribute.type));
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

// Throughput of a table or of an index.

template <class Record>
void WriteProvisionedThroughput(json::Writer& writer, const Record& record, int64_t now_ms) {
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

template <class Record>
void WriteOnDemandThroughput(json::Writer& writer, const Record& record) {
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

void WriteWarmUnits(json::Writer& writer, const table::WarmUnits& warm, bool changes) {
  writer.Key("WarmThroughput");
  writer.BeginObject();
  writer.Key("ReadUnitsPerSecond");
  writer.Integer(warm.read);
  writer.Key("WriteUnitsPerSecond");
  writer.Integer(warm.write);
  writer.Key("Status");
  writer.String(changes ? "UPDATING" : "ACTIVE");
  writer.EndObject();
}

template <class Record>
bool ShowsWarmThroughput(const Record& record, DescriptionUse use) {
  const bool was_asked_for = record.warm_read_units != 0 || record.warm_write_units != 0;
  return use != DescriptionUse::kDelete && (use != DescriptionUse::kCreate || was_asked_for);
}

void WriteWarmThroughput(json::Writer& writer, const table::TableRecord& record, DescriptionUse use) {
  if (ShowsWarmThroughput(record, use)) {
    WriteWarmUnits(writer, table::WarmThroughput(record),
                   use == DescriptionUse::kCreate || use == DescriptionUse::kUpdateWarm);
  }
}

// What the descriptions of a table's indexes share.
class IndexWriter {
 public:
  IndexWriter(json::Writer& writer, const table::TableRecord& record, const TableTotals& totals, DescriptionUse use,
              int64_t now_ms, std::span<const std::string_view> warmed)
      : writer_(writer), record_(record), totals_(totals), use_(use), now_ms_(now_ms), warmed_(warmed) {}

  void WriteAll(std::string_view member, table::IndexKind kind) {
    const auto is_of_kind = [kind](const table::IndexRecord& index) { return index.kind == kind; };
    if (std::none_of(record_.indexes.begin(), record_.indexes.end(), is_of_kind)) {
      return;
    }
    writer_.Key(member);
    writer_.BeginArray();
    for (const table::IndexRecord& index : record_.indexes) {
      if (is_of_kind(index)) {
        Write(index);
      }
    }
    writer_.EndArray();
  }

 private:
  void Text(std::string_view member, std::string_view value) {
    writer_.Key(member);
    writer_.String(value);
  }
  void Integer(std::string_view member, int64_t value) {
    writer_.Key(member);
    writer_.Integer(value);
  }

  void Write(const table::IndexRecord& index) {
    const bool is_global = index.kind == table::IndexKind::kGlobal;
    writer_.BeginObject();
    Text("IndexName", index.name);
    writer_.Key("KeySchema");
    writer_.BeginArray();
    for (const table::KeyAttribute& key : index.partition) {
      WriteKeyElement(writer_, key, "HASH");
    }
    for (const table::KeyAttribute& key : index.sort) {
      WriteKeyElement(writer_, key, "RANGE");
    }
    writer_.EndArray();
    WriteProjection(index);
    if (is_global) {
      const bool goes = record_.status == table::TableStatus::kDeleting;
      Text("IndexStatus", table::IndexStatusName(goes ? table::IndexStatus::kDeleting : index.status));
      if (index.status == table::IndexStatus::kCreating && record_.status != table::TableStatus::kCreating && !goes) {
        writer_.Key("Backfilling");
        writer_.Bool(index.backfilling);
      }
      WriteProvisionedThroughput(writer_, index, now_ms_);
    }
    Integer("IndexSizeBytes", totals_.SizeBytes(index.space));
    Integer("ItemCount", totals_.Count(index.space));
    Text("IndexArn", record_.Arn() + "/index/" + index.name);
    if (is_global) {
      WriteOnDemandThroughput(writer_, index);
      if (ShowsWarmThroughput(index, use_)) {
        const bool changes = index.status == table::IndexStatus::kCreating ||
                             std::find(warmed_.begin(), warmed_.end(), index.name) != warmed_.end();
        WriteWarmUnits(writer_, table::WarmThroughput(record_, index), changes);
      }
    }
    writer_.EndObject();
  }

  // Those of a global index are a set, those of a local one a list.
  void WriteProjection(const table::IndexRecord& index) {
    writer_.Key("Projection");
    writer_.BeginObject();
    Text("ProjectionType", table::ProjectionTypeName(index.projection));
    if (!index.projected.empty()) {
      std::vector<std::string> names = index.projected;
      if (index.kind == table::IndexKind::kGlobal) {
        std::sort(names.begin(), names.end());
      }
      writer_.Key("NonKeyAttributes");
      writer_.BeginArray();
      for (const std::string& name : names) {
        writer_.String(name);
      }
      writer_.EndArray();
    }
    writer_.EndObject();
  }

  json::Writer& writer_;
  const table::TableRecord& record_;
  const TableTotals& totals_;
  const DescriptionUse use_;
  const int64_t now_ms_;
  const std::span<const std::string_view> warmed_;
};

}  // namespace

void WriteKeySchema(json::Writer& writer, const table::TableRecord& record) {
  writer.Key("KeySchema");
  writer.BeginArray();
  WriteKeyElement(writer, record.partition, "HASH");
  if (record.sort) {
    WriteKeyElement(writer, *record.sort, "RANGE");
  }
  writer.EndArray();
}

std::string TableDescriptionJson(const table::TableRecord& record, const TableTotals& totals, DescriptionUse use,
                                 int64_t now_ms, std::span<const std::string_view> warmed) {
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
  WriteKeySchema(writer, record);
  text("TableStatus", table::StatusName(record.status));
  writer.Key("CreationDateTime");
  writer.Seconds(record.created_ms);
  WriteProvisionedThroughput(writer, record, now_ms);
  integer("TableSizeBytes", totals.SizeBytes(0));
  integer("ItemCount", totals.Count(0));
  text("TableArn", record.Arn());
  text("TableId", record.table_id);
  WriteBillingModeSummary(writer, record, use);
  IndexWriter indexes(writer, record, totals, use, now_ms, warmed);
  indexes.WriteAll("LocalSecondaryIndexes", table::IndexKind::kLocal);
  indexes.WriteAll("GlobalSecondaryIndexes", table::IndexKind::kGlobal);
  if (const table::StreamRecord* stream = table::DescribedStream(record); stream != nullptr) {
    writer.Key("StreamSpecification");
    writer.BeginObject();
    writer.Key("StreamEnabled");
    writer.Bool(true);
    text("StreamViewType", table::StreamViewName(stream->view));
    writer.EndObject();
  }
  if (!record.latest_stream_label.empty()) {
    text("LatestStreamLabel", record.latest_stream_label);
    text("LatestStreamArn", table::StreamArn(record, record.latest_stream_label));
  }
  WriteTableClassSummary(writer, record, use);
  WriteOnDemandThroughput(writer, record);
  WriteWarmThroughput(writer, record, use);
  writer.Key("DeletionProtectionEnabled");
  writer.Bool(record.deletion_protection);
  writer.EndObject();
  return json;
}

}  // namespace basalt::operations::dynamodb

// ConsumedCapacity, for one table or several.
#include "operations/dynamodb/consumed_capacity.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "json/writer.h"

namespace basalt::operations::dynamodb {
namespace {

void WriteUnits(json::Writer& writer, double units, std::optional<table::UnitKind> kind) {
  writer.Key("CapacityUnits");
  writer.Double(units);
  if (kind) {
    writer.Key(kind == table::UnitKind::kRead ? "ReadCapacityUnits" : "WriteCapacityUnits");
    writer.Double(units);
  }
}

void WriteUnitsOf(json::Writer& writer, std::string_view member, double units, std::optional<table::UnitKind> kind) {
  writer.Key(member);
  writer.BeginObject();
  WriteUnits(writer, units, kind);
  writer.EndObject();
}

// A member for the indexes of one kind, if there are any.
void WriteIndexes(json::Writer& writer, std::string_view member, table::IndexKind index_kind,
                  const ConsumedUnits& units, std::optional<table::UnitKind> kind) {
  bool begun = false;
  for (const ConsumedUnits::OfIndex& index : units.indexes) {
    if (index.kind != index_kind) {
      continue;
    }
    if (!begun) {
      writer.Key(member);
      writer.BeginObject();
      begun = true;
    }
    WriteUnitsOf(writer, index.name, index.units, kind);
  }
  if (begun) {
    writer.EndObject();
  }
}

void WriteConsumedCapacity(json::Writer& writer, ReturnedCapacity returned, const TableReference& table,
                           const ConsumedUnits& units, std::optional<table::UnitKind> kind) {
  writer.BeginObject();
  writer.Key("TableName");
  writer.String(table.as_given);
  WriteUnits(writer, units.Total(), kind);
  if (returned == ReturnedCapacity::kIndexes) {
    WriteUnitsOf(writer, "Table", units.table, kind);
    WriteIndexes(writer, "LocalSecondaryIndexes", table::IndexKind::kLocal, units, kind);
    WriteIndexes(writer, "GlobalSecondaryIndexes", table::IndexKind::kGlobal, units, kind);
  }
  writer.EndObject();
}

}  // namespace

ReturnedCapacity ReadReturnedCapacity(const json::Node& input) {
  const auto text = GetString(input, "ReturnConsumedCapacity");
  if (!text || *text == "NONE") {
    return ReturnedCapacity::kNone;
  }
  return *text == "TOTAL" ? ReturnedCapacity::kTotal : ReturnedCapacity::kIndexes;
}

void ConsumedUnits::Add(std::span<const table::IndexUnits> units) {
  for (const table::IndexUnits& added : units) {
    Add(added.index->name, added.index->kind, added.units);
  }
}

void ConsumedUnits::Add(const ConsumedUnits& units) {
  table += units.table;
  for (const OfIndex& added : units.indexes) {
    Add(added.name, added.kind, added.units);
  }
}

void ConsumedUnits::Add(const std::string& index, table::IndexKind kind, double units) {
  const auto at = std::lower_bound(indexes.begin(), indexes.end(), index,
                                   [](const OfIndex& known, const std::string& name) { return known.name < name; });
  if (at != indexes.end() && at->name == index) {
    at->units += units;
  } else {
    indexes.insert(at, {index, kind, units});
  }
}

double ConsumedUnits::Total() const {
  double total = table;
  for (const OfIndex& index : indexes) {
    total += index.units;
  }
  return total;
}

void AppendConsumedCapacity(std::string& body, bool first, ReturnedCapacity returned, const TableReference& table,
                            const ConsumedUnits& units) {
  if (returned == ReturnedCapacity::kNone) {
    return;
  }
  body += first ? "\"ConsumedCapacity\":" : ",\"ConsumedCapacity\":";
  json::Writer writer(body);
  WriteConsumedCapacity(writer, returned, table, units, std::nullopt);
}

void AppendConsumedCapacities(std::string& body, bool first, ReturnedCapacity returned, std::vector<TableUnits> tables,
                              std::optional<table::UnitKind> kind) {
  if (returned == ReturnedCapacity::kNone) {
    return;
  }
  std::sort(tables.begin(), tables.end(), [](const TableUnits& a, const TableUnits& b) {
    return std::tie(a.table->address.name, a.table->as_given) < std::tie(b.table->address.name, b.table->as_given);
  });
  body += first ? "\"ConsumedCapacity\":" : ",\"ConsumedCapacity\":";
  json::Writer writer(body);
  writer.BeginArray();
  for (const TableUnits& table : tables) {
    WriteConsumedCapacity(writer, returned, *table.table, table.units, kind);
  }
  writer.EndArray();
}

}  // namespace basalt::operations::dynamodb

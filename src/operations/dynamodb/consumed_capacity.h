// ConsumedCapacity of answers: units of a table and of those of its indexes that a call touched.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "json/node.h"
#include "operations/dynamodb/request.h"
#include "table/capacity.h"
#include "table/index_entry.h"

namespace basalt::operations::dynamodb {

enum class ReturnedCapacity : uint8_t { kNone, kTotal, kIndexes };
ReturnedCapacity ReadReturnedCapacity(const json::Node& input);

struct ConsumedUnits {
  struct OfIndex {
    std::string name;
    table::IndexKind kind = table::IndexKind::kGlobal;
    double units = 0;
  };

  double table = 0;
  std::vector<OfIndex> indexes = {};  // by name, each once

  // Of one of the table's writes.
  void Add(std::span<const table::IndexUnits> units);
  void Add(const ConsumedUnits& units);
  double Total() const;

 private:
  void Add(const std::string& index, table::IndexKind kind, double units);
};

// Appends ,"ConsumedCapacity":{…} or nothing. `first` = no member stands before it.
void AppendConsumedCapacity(std::string& body, bool first, ReturnedCapacity returned, const TableReference& table,
                            const ConsumedUnits& units);

// The same for several tables, as an array in the order of their names.
struct TableUnits {
  const TableReference* table;
  ConsumedUnits units;
};
// Transactions say of which kind the units are, which is theirs alone.
void AppendConsumedCapacities(std::string& body, bool first, ReturnedCapacity returned, std::vector<TableUnits> tables,
                              std::optional<table::UnitKind> kind = std::nullopt);

}  // namespace basalt::operations::dynamodb

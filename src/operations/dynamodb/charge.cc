// Calls on tables that have limits.
#include "operations/dynamodb/charge.h"

#include <utility>
#include <vector>

namespace basalt::operations::dynamodb {

Status Charge::AdmitLimited(const table::Table& table, table::UnitKind kind, const table::IndexRecord* index) {
  table_ = &table;
  throughput_ = table.throughput();
  kind_ = kind;
  allowance_ = throughput_->Balances(kind);
  // A local index lives on its table's units.
  const bool is_of_index = index != nullptr && index->kind == table::IndexKind::kGlobal;
  const std::string_view name = is_of_index ? std::string_view(index->name) : std::string_view();
  if (allowance_.HasRoom(name)) {
    return {};
  }
  return is_of_index ? table::Throttled(table.record(), kind, std::span(&name, 1))
                     : table::Throttled(table.record(), kind);
}

Status Charge::AdmitIndexes(const table::Allowance& allowance, std::span<const table::IndexUnits> touched) const {
  const std::vector<std::string_view> without_room = allowance.WithoutRoom(touched);
  return without_room.empty() ? Status() : Status(table::Throttled(table_->record(), kind_, without_room));
}

void Charge::SetLimitedTo(const ConsumedUnits& units) {
  Take(taken_, -1);
  Take(units, 1);
  taken_ = units;
}

void Charge::Take(const ConsumedUnits& units, double sign) const {
  if (units.table != 0) {
    throughput_->Take(kind_, sign * units.table);
  }
  for (const ConsumedUnits::OfIndex& index : units.indexes) {
    const bool is_global = index.kind == table::IndexKind::kGlobal;
    throughput_->Take(kind_, sign * index.units, is_global ? std::string_view(index.name) : std::string_view());
  }
}

}  // namespace basalt::operations::dynamodb

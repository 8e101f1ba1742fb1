// What a call takes of the units that a table has (table/throughput.h): admitted before it does anything, charged as
// soon as it is known what it costs. Every operation on items goes through here, once for each table; where nothing has
// a limit, all of this is a look at a pointer.
#pragma once

#include <span>
#include <string_view>

#include "operations/dynamodb/consumed_capacity.h"
#include "table/catalogue.h"
#include "table/throughput.h"

namespace basalt::operations::dynamodb {

class Charge {
 public:
  // Whether a call may begin: what it is of, the table or an index that is read, must have something left.
  // kProvisionedThroughput, kThrottling. `table` outlives this.
  Status Admit(const table::Table& table, table::UnitKind kind, const table::IndexRecord* index = nullptr) {
    return table.throughput() == nullptr ? Status() : AdmitLimited(table, kind, index);
  }
  bool is_limited() const { return throughput_ != nullptr; }
  // What there was when the call was admitted.
  const table::Allowance& allowance() const { return allowance_; }
  // Whether a write may go ahead that touches these indexes, with what there was then or is left of it; as Admit.
  Status AdmitIndexes(const table::Allowance& allowance, std::span<const table::IndexUnits> touched) const;
  // All told, the call costs this: not more than that, however often it is said.
  void SetTo(const ConsumedUnits& units) {
    if (is_limited()) {
      SetLimitedTo(units);
    }
  }

 private:
  Status AdmitLimited(const table::Table& table, table::UnitKind kind, const table::IndexRecord* index);
  void SetLimitedTo(const ConsumedUnits& units);
  void Take(const ConsumedUnits& units, double sign) const;

  const table::Table* table_ = nullptr;
  const table::Throughput* throughput_ = nullptr;  // null: the table has no limit
  table::UnitKind kind_ = table::UnitKind::kRead;
  table::Allowance allowance_;
  ConsumedUnits taken_;
};

}  // namespace basalt::operations::dynamodb

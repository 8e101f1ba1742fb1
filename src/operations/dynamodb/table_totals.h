// A table's counters, as its descriptions show them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/unique_function.h"
#include "operations/operation.h"
#include "table/catalogue.h"

namespace basalt::operations::dynamodb {

struct TableTotals {
  std::vector<int64_t> counters = {};  // of the keyspace

  // What lies in a space: items of the table (0), entries of an index.
  int64_t Count(uint16_t space) const { return Counter(table::EntryCountCounter(space)); }
  int64_t SizeBytes(uint16_t space) const { return Counter(table::EntrySizeCounter(space)); }

 private:
  int64_t Counter(size_t number) const { return number < counters.size() ? counters[number] : 0; }
};

// Reads the counters of a table that takes items; completes now or later, on the call's loop. TableNotFound if the
// table goes meanwhile.
void ReadTotals(Call& call, const std::shared_ptr<const table::Table>& table,
                UniqueFunction<void(Result<TableTotals>)> done);

}  // namespace basalt::operations::dynamodb

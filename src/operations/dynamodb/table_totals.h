// A table's counters, as its descriptions show them.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "base/unique_function.h"
#include "operations/operation.h"
#include "table/catalogue.h"

namespace basalt::operations::dynamodb {

struct TableTotals {
  int64_t item_count = 0;
  int64_t size_bytes = 0;
};

// Reads the counters of a table that takes items; completes now or later, on the call's loop. TableNotFound if the
// table goes meanwhile.
void ReadTotals(Call& call, const std::shared_ptr<const table::Table>& table,
                UniqueFunction<void(Result<TableTotals>)> done);

}  // namespace basalt::operations::dynamodb

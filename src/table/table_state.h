// What a table's state forbids, in the service's words; and what becomes of a table when its update is done.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "table/table_record.h"

namespace basalt::table {

// How long tables stay in states that pass. Nobody has to wait: that is the default.
struct StateDelays {
  int64_t creating_ms = 0;
  int64_t deleting_ms = 0;
  int64_t throughput_ms = 0;
  int64_t billing_mode_ms = 0;
  int64_t table_class_ms = 0;
};

// About as long as clients of the service see them.
inline constexpr StateDelays kServiceDelays = {.creating_ms = 3'000,
                                               .deleting_ms = 4'000,
                                               .throughput_ms = 1'500,
                                               .billing_mode_ms = 5'000,
                                               .table_class_ms = 4'000};

int64_t UpdatingDelayMs(const StateDelays& delays, const TableRecord& record);

Error NoSuchTable(const TableAddress& address);  // kResourceNotFound
Error TableInUse(std::string_view why);          // kResourceInUse; `why` names the table

// Whether the table, null if there is none, takes changes: it is neither CREATING nor DELETING.
Status CheckChangeable(const TableRecord* record, const TableAddress& address);

// An UPDATING table as it is once that is over.
TableRecord Settled(TableRecord record);

}  // namespace basalt::table

// What UpdateTimeToLive does to a table's record: whether its state and settings let it, in the service's order and
// words, and what the record is from then on. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "table/table_record.h"

namespace basalt::table {

struct TimeToLive {
  bool enabled = false;
  std::string attribute;
};

// The record of the table at `address` with time to live switched on or off at `now_ms`, at the earliest `cooldown_ms`
// after the last time. `current` is null if there is none. kResourceNotFound, kValidation, kLimitExceeded.
Result<TableRecord> WithTimeToLive(const TableRecord* current, const TableAddress& address,
                                   const TimeToLive& time_to_live, int64_t now_ms, int64_t cooldown_ms);

}  // namespace basalt::table

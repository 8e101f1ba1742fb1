// A change of provisioned units, of a table or of an index alike: its dates, and how often units may fall in a day.
// Source: Developer Guide, Quotas, "Decreasing provisioned throughput".
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/result.h"
#include "model/limits.h"
#include "os/clock.h"
#include "table/table_record.h"
#include "table/table_state.h"

namespace basalt::table {

inline int64_t UtcDay(int64_t wall_ms) { return wall_ms / os::kMsPerDay; }

// Decreases of provisioned units on the UTC day of `now_ms`.
template <class Record>
int64_t DecreasesToday(const Record& record, int64_t now_ms) {
  return UtcDay(record.last_decrease_ms) == UtcDay(now_ms) ? record.decreases : 0;
}

// What is shown from now on goes into `record`, the rest becomes pending. kLimitExceeded.
template <class Record, class Pending>
Status ChangeUnits(Record& record, Pending& pending, const ProvisionedUnits& units, int64_t now_ms) {
  const ProvisionedUnits has = {record.read_capacity_units, record.write_capacity_units};
  pending.read_capacity_units = units.read;
  pending.write_capacity_units = units.write;
  if (units.read < has.read || units.write < has.write) {
    const int64_t today = DecreasesToday(record, now_ms);
    const int64_t midnight_ms = (UtcDay(now_ms) + 1) * os::kMsPerDay;
    const int64_t free_ms = std::min(record.last_decrease_ms + model::kDecreaseIntervalMs, midnight_ms);
    if (today >= model::kFreeDecreasesPerDay && now_ms < free_ms) {
      return SubscriberLimit(fmt::format(
          "Provisioned throughput decreases are limited within a given UTC day. After the first {} decreases, each "
          "subsequent decrease in the same UTC day can be performed at most once every {} seconds. Number of decreases "
          "today: {}. Last decrease at {}. Next decrease can be made at {}.",
          model::kFreeDecreasesPerDay, model::kDecreaseIntervalMs / 1000, today,
          os::FormatLongUtc(record.last_decrease_ms), os::FormatLongUtc(free_ms)));
    }
    record.decreases = today;
    record.last_decrease_ms = now_ms;
    pending.decreases = today + 1;
  }
  if (units.read > has.read || units.write > has.write) {
    record.last_increase_ms = now_ms;
  }
  return {};
}

}  // namespace basalt::table

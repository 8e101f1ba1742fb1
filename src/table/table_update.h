// What UpdateTable does to a table's record: whether its state and settings let it, in the service's order and words,
// and what the record is from then on. Pure; quotas are the catalogue's.
//
// Throughput, billing mode and class make a table UPDATING and are pending until it is ACTIVE again, and so does a
// stream that is enabled or disabled, whose own status tells of it. What is done to
// indexes is in index_update.h. Deletion protection, the maxima of on-demand throughput and warm throughput change at
// once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "table/index_update.h"
#include "table/table_record.h"
#include "table/units_change.h"

namespace basalt::table {

inline constexpr int64_t kClearsMaximum = -1;  // as a maximum of on-demand throughput

// A request whose parts may stand together and are in their bounds.
struct TableUpdate {
  std::optional<BillingMode> billing_mode = {};
  std::optional<ProvisionedUnits> provisioned = {};  // always with billing mode PROVISIONED, never with the other
  std::optional<int64_t> read_request_units_max = {};
  std::optional<int64_t> write_request_units_max = {};
  std::optional<int64_t> warm_read_units = {};
  std::optional<int64_t> warm_write_units = {};
  std::optional<TableClass> table_class = {};
  std::optional<bool> deletion_protection = {};
  std::optional<StreamView> enables_stream = {};
  bool disables_stream = false;
  bool chooses_owned_key = false;
  IndexUpdates indexes = {};

  bool SetsMaxima() const { return read_request_units_max || write_request_units_max; }
  bool ChangesUnits() const { return billing_mode || provisioned; }
  bool TogglesStream() const { return enables_stream || disables_stream; }
};

struct UpdateTime {
  int64_t now_ms = 0;
  int64_t protection_cooldown_ms = 0;  // between two changes of deletion protection
  int64_t new_stream_ms = 0;           // a stream that is enabled is from then at the earliest
};

// The record of the table at `address` after `update`: the same if nothing changes. `current` is null if there is none.
// kResourceNotFound, kResourceInUse, kValidation, kLimitExceeded, kThrottling.
Result<TableRecord> UpdatedRecord(const TableRecord* current, const TableAddress& address, const TableUpdate& update,
                                  const UpdateTime& time);

}  // namespace basalt::table

// Time to live, switched on and off.
#include "table/time_to_live.h"

#include "table/table_state.h"

namespace basalt::table {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

Status CheckChanges(const std::optional<ExpiryRecord>& current, const TimeToLive& time_to_live) {
  if (current && current->attribute != time_to_live.attribute) {
    return Invalid("TimeToLive is active on a different AttributeName: current AttributeName is " + current->attribute);
  }
  if (current.has_value() == time_to_live.enabled) {
    return Invalid(time_to_live.enabled ? "TimeToLive is already enabled" : "TimeToLive is already disabled");
  }
  return {};
}

}  // namespace

Result<TableRecord> WithTimeToLive(const TableRecord* current, const TableAddress& address,
                                   const TimeToLive& time_to_live, int64_t now_ms, int64_t cooldown_ms) {
  if (current == nullptr || current->status == TableStatus::kCreating || current->status == TableStatus::kDeleting) {
    return NoSuchTable(address);
  }
  TRY(CheckChanges(current->expiry, time_to_live));
  if (current->expiry_changed_ms != 0 && now_ms - current->expiry_changed_ms < cooldown_ms) {
    return Invalid("Time to live has been modified multiple times within a fixed interval");
  }
  TableRecord next = *current;
  next.expiry_changed_ms = now_ms;
  if (time_to_live.enabled) {
    ExpiryRecord& expiry = next.expiry.emplace();
    expiry.attribute = time_to_live.attribute;
    TRY_ASSIGN(expiry.space, TakeSpace(next));
  } else {
    next.dropped_spaces.insert(next.expiry->space);
    next.expiry.reset();
  }
  return next;
}

}  // namespace basalt::table

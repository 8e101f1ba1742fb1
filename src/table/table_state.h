// What a table's state forbids, in the service's words; and what becomes of a table when its update is done.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "table/table_record.h"

namespace basalt::table {

// A space for entries that the table never used before. kLimitExceeded.
Result<uint16_t> TakeSpace(TableRecord& record);

// How long tables stay in states that pass. Nobody has to wait: that is the default.
struct StateDelays {
  int64_t creating_ms = 0;
  int64_t deleting_ms = 0;
  int64_t throughput_ms = 0;
  int64_t billing_mode_ms = 0;
  int64_t table_class_ms = 0;
  int64_t stream_ms = 0;            // ENABLING or DISABLING
  int64_t index_allocating_ms = 0;  // before backfilling
  int64_t index_backfilling_ms = 0;
  int64_t index_updating_ms = 0;
  int64_t index_deleting_ms = 0;
  int64_t policy_ms = 0;  // a change of a table's policy is pending
};

// About as long as clients of the service see them.
inline constexpr StateDelays kServiceDelays = {.creating_ms = 3'000,
                                               .deleting_ms = 4'000,
                                               .throughput_ms = 1'500,
                                               .billing_mode_ms = 5'000,
                                               .table_class_ms = 4'000,
                                               .stream_ms = 4'500,
                                               .index_allocating_ms = 5'000,
                                               .index_backfilling_ms = 10'000,
                                               .index_updating_ms = 2'000,
                                               .index_deleting_ms = 3'000,
                                               .policy_ms = 2'000};

// What an index does that passes by itself: it is made room for, updated or deleted. Backfilling does not.
bool IsPassing(const IndexRecord& index);
int64_t PassingDelayMs(const StateDelays& delays, const IndexRecord& index);
// What is to be done about the entries in a space: those of items that were there before the index, or before time to
// live was enabled, are to be made, or all are to be destroyed, what they were of being gone.
enum class EntryWork : uint8_t { kNone, kMake, kDestroy };
std::vector<uint16_t> EntrySpaces(const TableRecord& record);  // where entries lie, or lay
EntryWork EntryWorkIn(const TableRecord& record, uint16_t space);
bool HasEntryWork(const TableRecord& record);

int64_t UpdatingDelayMs(const StateDelays& delays, const TableRecord& record);

// The table is gone, or going, for calls that read and write its items. kResourceNotFound
Error TableGone();
Error NoSuchTable(const TableAddress& address);  // kResourceNotFound
Error TableInUse(std::string_view why);          // kResourceInUse; `why` names the table
Error SubscriberLimit(std::string_view text);    // kLimitExceeded

// What stands in the way of deleting a table that is there. kResourceInUse, kValidation.
Status CheckDeletable(const TableRecord& record);

// Whether the table, null if there is none, takes changes: it is neither CREATING nor DELETING.
Status CheckChangeable(const TableRecord* record, const TableAddress& address);

// The indexes that are made room for, or DELETING: "a, b". Empty if there are none.
std::string IndexesBeingCreated(const TableRecord& record);
std::string IndexesBeingDeleted(const TableRecord& record);

// ACTIVE or UPDATING: whether something is pending, an index is made room for or deleted, or a stream changes its
// status.
TableStatus StatusOf(const TableRecord& record);

// A table that was CREATING, with its indexes and its stream, as it is from then on.
TableRecord Created(TableRecord record);
// The table once its pending update is over.
TableRecord Settled(TableRecord record);
// The table once what the index in that space does is over (IsPassing); an index that was DELETING is gone then.
TableRecord SettledIndex(TableRecord record, uint16_t space);
// The table once that work is done in that space; the same if it was not to be done.
TableRecord WithoutEntryWork(TableRecord record, uint16_t space, EntryWork done);

}  // namespace basalt::table

// States of tables.
#include "table/table_state.h"

#include <algorithm>
#include <string>

#include "table/stream_state.h"

namespace basalt::table {
namespace {

bool IsAllocating(const IndexRecord& index) { return index.status == IndexStatus::kCreating && !index.backfilling; }
bool IsBackfilling(const IndexRecord& index) { return index.status == IndexStatus::kCreating && index.backfilling; }
bool IsDeleting(const IndexRecord& index) { return index.status == IndexStatus::kDeleting; }

std::string NamesOf(const TableRecord& record, bool (*matches)(const IndexRecord&)) {
  std::string names;
  for (const IndexRecord& index : record.indexes) {
    if (matches(index)) {
      names += (names.empty() ? "" : ", ") + index.name;
    }
  }
  return names;
}

void SettleUnits(const TableRecord& record, IndexRecord& index) {
  if (index.pending) {
    // What it could serve it still can, with fewer units too.
    const WarmUnits warm = WarmThroughput(record, index);
    if (index.pending->read_capacity_units < index.read_capacity_units) {
      index.warm_read_units = warm.read;
    }
    if (index.pending->write_capacity_units < index.write_capacity_units) {
      index.warm_write_units = warm.write;
    }
    index.read_capacity_units = index.pending->read_capacity_units;
    index.write_capacity_units = index.pending->write_capacity_units;
    index.decreases = index.pending->decreases;
    index.read_request_units_max = index.pending->read_request_units_max;
    index.write_request_units_max = index.pending->write_request_units_max;
    index.pending.reset();
  }
  if (index.status == IndexStatus::kUpdating) {
    index.status = IndexStatus::kActive;
  }
}

}  // namespace

Result<uint16_t> TakeSpace(TableRecord& record) {
  if (record.next_index_space > kIndexSpaceMax) {
    return SubscriberLimit("A table can have " + std::to_string(kIndexSpaceMax) + " indexes in its life");
  }
  return record.next_index_space++;
}

bool IsPassing(const IndexRecord& index) {
  return IsAllocating(index) || IsDeleting(index) || index.status == IndexStatus::kUpdating || index.pending;
}

int64_t PassingDelayMs(const StateDelays& delays, const IndexRecord& index) {
  if (IsDeleting(index)) {
    return delays.index_deleting_ms;
  }
  return IsAllocating(index) ? delays.index_allocating_ms : delays.index_updating_ms;
}

EntryWork EntryWorkIn(const TableRecord& record, uint16_t space) {
  if (record.status == TableStatus::kDeleting) {
    return EntryWork::kNone;
  }
  if (record.dropped_spaces.contains(space)) {
    return EntryWork::kDestroy;
  }
  const bool is_to_be_filled =
      (record.expiry && record.expiry->space == space && record.expiry->backfilling) ||
      std::any_of(record.indexes.begin(), record.indexes.end(),
                  [space](const IndexRecord& index) { return index.space == space && IsBackfilling(index); });
  return is_to_be_filled ? EntryWork::kMake : EntryWork::kNone;
}

std::vector<uint16_t> EntrySpaces(const TableRecord& record) {
  std::vector<uint16_t> spaces(record.dropped_spaces.begin(), record.dropped_spaces.end());
  for (const IndexRecord& index : record.indexes) {
    spaces.push_back(index.space);
  }
  if (record.expiry) {
    spaces.push_back(record.expiry->space);
  }
  return spaces;
}

bool HasEntryWork(const TableRecord& record) {
  return !record.dropped_spaces.empty() || (record.expiry && record.expiry->backfilling) ||
         std::any_of(record.indexes.begin(), record.indexes.end(), IsBackfilling);
}

std::string IndexesBeingCreated(const TableRecord& record) { return NamesOf(record, IsAllocating); }
std::string IndexesBeingDeleted(const TableRecord& record) { return NamesOf(record, IsDeleting); }

TableStatus StatusOf(const TableRecord& record) {
  const bool changes = record.pending || TogglingStream(record) != nullptr ||
                       std::any_of(record.indexes.begin(), record.indexes.end(),
                                   [](const IndexRecord& index) { return IsAllocating(index) || IsDeleting(index); });
  return changes ? TableStatus::kUpdating : TableStatus::kActive;
}

int64_t UpdatingDelayMs(const StateDelays& delays, const TableRecord& record) {
  if (!record.pending) {
    return 0;
  }
  switch (record.pending->work) {
    case TableWork::kThroughput:
      return delays.throughput_ms;
    case TableWork::kBillingMode:
      return delays.billing_mode_ms;
    case TableWork::kTableClass:
      return delays.table_class_ms;
  }
  BASALT_CHECK(false);
}

Error TableGone() { return Error(Reason::kResourceNotFound, "Requested resource not found"); }

Error NoSuchTable(const TableAddress& address) {
  return Error(Reason::kResourceNotFound, "Requested resource not found: Table: " + address.name + " not found");
}

Error TableInUse(std::string_view why) {
  return Error(Reason::kResourceInUse, "Attempt to change a resource which is still in use: " + std::string(why));
}

Error SubscriberLimit(std::string_view text) {
  return Error(Reason::kLimitExceeded, "Subscriber limit exceeded: " + std::string(text));
}

Status CheckDeletable(const TableRecord& record) {
  if (TogglingStream(record) != nullptr) {
    return TableInUse("Cannot delete table while stream is being enabled/disabled.");
  }
  const bool has_index_work = std::any_of(record.indexes.begin(), record.indexes.end(), [](const IndexRecord& index) {
    return index.status != IndexStatus::kActive || index.pending;
  });
  if (has_index_work) {
    return TableInUse("Cannot delete table while indexes are being created, updated, or deleted.");
  }
  if (record.status == TableStatus::kUpdating) {
    return TableInUse("Table: " + record.address.name + " is in the process of being updated.");
  }
  if (record.deletion_protection) {
    return Error(Reason::kValidation,
                 "Resource cannot be deleted as it is currently protected against deletion. "
                 "Disable deletion protection first.");
  }
  return {};
}

Status CheckChangeable(const TableRecord* record, const TableAddress& address) {
  if (record == nullptr) {
    return NoSuchTable(address);
  }
  switch (record->status) {
    case TableStatus::kCreating:
      return TableInUse("Table is being created: " + address.name);
    case TableStatus::kDeleting:
      return TableInUse("Table is being deleted: " + address.name);
    case TableStatus::kUpdating:
    case TableStatus::kActive:
      break;
  }
  return {};
}

TableRecord Created(TableRecord record) {
  record.status = TableStatus::kActive;
  for (IndexRecord& index : record.indexes) {
    index.status = IndexStatus::kActive;
  }
  return StreamEnabled(std::move(record));
}

TableRecord Settled(TableRecord record) {
  if (!record.pending) {
    record.status = StatusOf(record);
    return record;
  }
  const PendingUpdate pending = *record.pending;
  record.pending.reset();
  record.status = StatusOf(record);
  if (pending.work == TableWork::kTableClass) {
    record.table_class = pending.table_class;
    record.table_class_changed_before_ms = record.table_class_changed_ms;
    record.table_class_changed_ms = pending.requested_ms;
    return record;
  }
  // What a table could serve it still can, with fewer units too.
  const WarmUnits warm = WarmThroughput(record);
  if (pending.read_capacity_units < record.read_capacity_units) {
    record.warm_read_units = warm.read;
  }
  if (pending.write_capacity_units < record.write_capacity_units) {
    record.warm_write_units = warm.write;
  }
  record.read_capacity_units = pending.read_capacity_units;
  record.write_capacity_units = pending.write_capacity_units;
  if (pending.work == TableWork::kThroughput) {
    record.decreases = pending.decreases;
    return record;
  }
  for (IndexRecord& index : record.indexes) {
    SettleUnits(record, index);
  }
  record.billing_mode = pending.billing_mode;
  record.read_request_units_max = pending.read_request_units_max;
  record.write_request_units_max = pending.write_request_units_max;
  if (pending.billing_mode == BillingMode::kPayPerRequest) {
    record.pay_per_request_since_ms = pending.requested_ms;
  }
  return record;
}

TableRecord SettledIndex(TableRecord record, uint16_t space) {
  const auto found = std::find_if(record.indexes.begin(), record.indexes.end(),
                                  [space](const IndexRecord& index) { return index.space == space; });
  if (found == record.indexes.end()) {
    return record;
  }
  if (IsDeleting(*found)) {
    record.dropped_spaces.insert(space);
    record.indexes.erase(found);
  } else if (IsAllocating(*found)) {
    found->backfilling = true;
  } else {
    SettleUnits(record, *found);
  }
  record.status = StatusOf(record);
  return record;
}

TableRecord WithoutEntryWork(TableRecord record, uint16_t space, EntryWork done) {
  if (done != EntryWorkIn(record, space)) {
    return record;
  }
  record.dropped_spaces.erase(space);
  if (record.expiry && record.expiry->space == space) {
    record.expiry->backfilling = false;
  }
  for (IndexRecord& index : record.indexes) {
    if (index.space == space) {
      index.status = index.pending ? IndexStatus::kUpdating : IndexStatus::kActive;
      index.backfilling = false;
    }
  }
  return record;
}

}  // namespace basalt::table

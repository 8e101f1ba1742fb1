// States of tables.
#include "table/table_state.h"

#include <string>

namespace basalt::table {

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

Error NoSuchTable(const TableAddress& address) {
  return Error(Reason::kResourceNotFound, "Requested resource not found: Table: " + address.name + " not found");
}

Error TableInUse(std::string_view why) {
  return Error(Reason::kResourceInUse, "Attempt to change a resource which is still in use: " + std::string(why));
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

TableRecord Settled(TableRecord record) {
  record.status = TableStatus::kActive;
  if (!record.pending) {
    return record;
  }
  const PendingUpdate pending = *record.pending;
  record.pending.reset();
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
  record.billing_mode = pending.billing_mode;
  record.read_request_units_max = pending.read_request_units_max;
  record.write_request_units_max = pending.write_request_units_max;
  if (pending.billing_mode == BillingMode::kPayPerRequest) {
    record.pay_per_request_since_ms = pending.requested_ms;
  }
  return record;
}

}  // namespace basalt::table

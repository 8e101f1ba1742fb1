// UpdateTable's effect on a record.
#include "table/table_update.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/limits.h"
#include "model/validation_error.h"
#include "os/clock.h"
#include "table/stream_state.h"
#include "table/table_state.h"

namespace basalt::table {
namespace {

constexpr int64_t kTableClassPeriodMs = model::kTableClassChangesDays * os::kMsPerDay;

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

std::string_view ToggleName(const StreamRecord& stream) {
  return stream.status == StreamStatus::kEnabling ? "ENABLE" : "DISABLE";
}

// No index is made room for or goes away. `change` as the service words it: "change table IOPS".
Status CheckNoIndexComesOrGoes(const TableRecord& current, std::string_view change) {
  const auto refuse = [&](std::string_view indexes, std::string_view what) {
    return TableInUse(fmt::format("Can't {} when an index is being {}. Table: {} Indexes: [{}]", change, what,
                                  current.address.name, indexes));
  };
  if (const std::string created = IndexesBeingCreated(current); !created.empty()) {
    return refuse(created, "created");
  }
  if (const std::string deleted = IndexesBeingDeleted(current); !deleted.empty()) {
    return refuse(deleted, "deleted");
  }
  return {};
}

// No stream is being enabled or disabled. `change` as the service words it: "change table IOPS".
Status CheckNoStreamToggles(const TableRecord& current, std::string_view change) {
  const StreamRecord* const stream = TogglingStream(current);
  if (stream == nullptr) {
    return {};
  }
  return TableInUse(fmt::format("Can't {} when stream status is being updated. Table: {} Stream: {} Operation: {}",
                                change, current.address.name, stream->label, ToggleName(*stream)));
}

// `change` as the service words it: "change table IOPS".
Status CheckIdle(const TableRecord& current, std::string_view change) {
  if (!current.pending) {
    return {};
  }
  if (current.pending->work == TableWork::kTableClass) {
    return TableInUse(
        fmt::format("Can't {} when a table class update is in progress. Table: {} "
                    "TableClassUpdateInProgress: {}",
                    change, current.address.name, TableClassName(*current.pending->table_class)));
  }
  return TableInUse(
      fmt::format("Can't {} while table IOPS are being updated. Table: {}", change, current.address.name));
}

Status CheckIdleForThroughput(const TableRecord& current) {
  if (current.pending && current.pending->work != TableWork::kTableClass) {
    return TableInUse(fmt::format("Table IOPS are currently being updated. Table: {}", current.address.name));
  }
  TRY(CheckIdle(current, "change table IOPS"));
  TRY(CheckNoStreamToggles(current, "change table IOPS"));
  return CheckNoIndexComesOrGoes(current, "change table IOPS");
}

// A switch of the billing mode brings new units to every index.
Status CheckIdleForSwitch(const TableRecord& current) {
  for (const IndexRecord& index : current.indexes) {
    if (index.pending) {
      return TableInUse(fmt::format("Index is being updated. Table: {} Index: {}", current.address.name, index.name));
    }
  }
  return {};
}

Status CheckIdleForMaxima(const TableRecord& current) {
  const auto refuse = [](std::string_view work, std::string_view indexes) {
    return TableInUse(fmt::format(
        "OnDemandThroughput cannot be updated while index {} is in progress for indexes: [{}]", work, indexes));
  };
  if (const std::string created = IndexesBeingCreated(current); !created.empty()) {
    return refuse("creation", created);
  }
  if (const std::string deleted = IndexesBeingDeleted(current); !deleted.empty()) {
    return refuse("deletion", deleted);
  }
  if (TogglingStream(current) != nullptr) {
    return TableInUse("OnDemandThroughput cannot be updated while stream status update is in progress");
  }
  if (!current.pending || current.pending->work == TableWork::kThroughput) {
    return {};  // a table whose throughput changes is PROVISIONED, which is said of it later
  }
  return TableInUse(fmt::format("OnDemandThroughput cannot be updated while {} update is in progress",
                                current.pending->work == TableWork::kBillingMode ? "BillingMode" : "TableClass"));
}

// The record with its settings as they are now, to be changed and become pending.
TableRecord Updating(const TableRecord& current, TableWork work, int64_t now_ms) {
  TableRecord next = current;
  next.status = TableStatus::kUpdating;
  next.pending = PendingUpdate{.work = work,
                               .requested_ms = now_ms,
                               .billing_mode = current.billing_mode,
                               .read_capacity_units = current.read_capacity_units,
                               .write_capacity_units = current.write_capacity_units,
                               .decreases = current.decreases,
                               .read_request_units_max = current.read_request_units_max,
                               .write_request_units_max = current.write_request_units_max,
                               .table_class = current.table_class};
  return next;
}

Result<TableRecord> WithProtection(const TableRecord& current, bool protection, const UpdateTime& time) {
  if (current.deletion_protection == protection) {
    return current;
  }
  const int64_t free_ms = current.deletion_protection_changed_ms + time.protection_cooldown_ms;
  if (current.deletion_protection_changed_ms != 0 && time.now_ms < free_ms) {
    return Error(Reason::kThrottling,
                 fmt::format("Deletion protection setting for table {} modified within the previous {} milliseconds. "
                             "Please try again after {}",
                             current.address.name, time.protection_cooldown_ms, os::FormatIso8601(free_ms)));
  }
  TableRecord next = current;
  next.deletion_protection = protection;
  next.deletion_protection_changed_ms = time.now_ms;
  return next;
}

Result<TableRecord> WithClass(const TableRecord& current, TableClass table_class, int64_t now_ms) {
  if (current.pending && current.pending->work == TableWork::kTableClass) {
    return TableInUse(
        fmt::format("Can't update table class when a table class update is in progress. Table: {} "
                    "TableClassUpdateInProgress: {}",
                    current.address.name, TableClassName(*current.pending->table_class)));
  }
  TRY(CheckIdle(current, "update table class"));
  TRY(CheckNoStreamToggles(current, "update table class"));
  TRY(CheckNoIndexComesOrGoes(current, "update table class"));
  static_assert(model::kTableClassChangesMax == 2, "as many changes as a record remembers");
  if (current.table_class_changed_before_ms != 0 &&
      now_ms - current.table_class_changed_before_ms < kTableClassPeriodMs) {
    return SubscriberLimit(fmt::format("Updates to TableClass are limited to {} times in {} day(s).",
                                       model::kTableClassChangesMax, model::kTableClassChangesDays));
  }
  if (current.table_class.value_or(TableClass::kStandard) == table_class) {
    return current;
  }
  TableRecord next = Updating(current, TableWork::kTableClass, now_ms);
  next.pending->table_class = table_class;
  return next;
}

Result<TableRecord> WithWarmUnits(const TableRecord& current, const TableUpdate& update) {
  const WarmUnits warm = WarmThroughput(current);
  const auto raise = [](std::string_view member, std::optional<int64_t> asked, int64_t has, int64_t& stored) -> Status {
    if (asked && *asked < has) {
      return model::InvalidParameter(
          fmt::format("Requested {} for WarmThroughput for table is lower than current WarmThroughput, decreasing "
                      "WarmThroughput is not supported",
                      member));
    }
    if (asked && *asked > has) {
      stored = *asked;
    }
    return {};
  };
  TableRecord next = current;
  TRY(raise("ReadUnitsPerSecond", update.warm_read_units, warm.read, next.warm_read_units));
  TRY(raise("WriteUnitsPerSecond", update.warm_write_units, warm.write, next.warm_write_units));
  return next;
}

Status CheckStreamCanToggle(const TableRecord& current, const TableUpdate& update) {
  TRY(CheckIdle(current, "enable or disable stream"));
  if (const StreamRecord* const stream = TogglingStream(current); stream != nullptr) {
    return TableInUse(fmt::format("A stream status change is currently in progress. Table: {} Stream: {} Operation: {}",
                                  current.address.name, stream->label, ToggleName(*stream)));
  }
  TRY(CheckNoIndexComesOrGoes(current, "change stream status"));
  const bool has_stream = EnabledStream(current) != nullptr;
  if (update.disables_stream) {
    return has_stream ? Status()
                      : Invalid(fmt::format("Table has no stream to disable: TableName: {}", current.address.name));
  }
  if (has_stream) {
    return Invalid(fmt::format("Table already has an enabled stream: TableName: {}", current.address.name));
  }
  return CheckStreamCount(current);
}

void SetMaximum(std::optional<int64_t>& maximum, std::optional<int64_t> asked) {
  if (asked) {
    maximum = *asked == kClearsMaximum ? std::nullopt : asked;
  }
}

Result<TableRecord> WithThroughput(const TableRecord& current, const ProvisionedUnits& units, int64_t now_ms) {
  const ProvisionedUnits has = {current.read_capacity_units, current.write_capacity_units};
  if (units == has) {
    return Invalid(fmt::format(
        "The provisioned throughput for the table will not change. The requested value equals the current value. "
        "Current ReadCapacityUnits provisioned for the table: {}. Requested ReadCapacityUnits: {}. Current "
        "WriteCapacityUnits provisioned for the table: {}. Requested WriteCapacityUnits: {}. Refer to the Amazon "
        "DynamoDB Developer Guide for current limits and how to request higher limits.",
        has.read, units.read, has.write, units.write));
  }
  TableRecord next = Updating(current, TableWork::kThroughput, now_ms);
  TRY(ChangeUnits(next, *next.pending, units, now_ms));
  return next;
}

// Billing mode, provisioned throughput and the maxima of on-demand throughput, each or several.
Result<TableRecord> WithCapacity(const TableRecord& current, const TableUpdate& update, int64_t now_ms) {
  const BillingMode mode = update.billing_mode.value_or(current.billing_mode);
  if (mode == BillingMode::kPayPerRequest && update.provisioned) {
    return model::InvalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
  }
  if (mode == BillingMode::kProvisioned && update.SetsMaxima()) {
    return model::InvalidParameter(
        fmt::format("{} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
                    update.read_request_units_max ? "MaxReadRequestUnits" : "MaxWriteRequestUnits"));
  }
  if (mode == BillingMode::kProvisioned && mode == current.billing_mode) {
    return WithThroughput(current, *update.provisioned, now_ms);
  }
  if (mode == current.billing_mode) {
    TableRecord next = current;
    SetMaximum(next.read_request_units_max, update.read_request_units_max);
    SetMaximum(next.write_request_units_max, update.write_request_units_max);
    return next;
  }
  TableRecord next = Updating(current, TableWork::kBillingMode, now_ms);
  next.pending->billing_mode = mode;
  next.pending->read_capacity_units = update.provisioned ? update.provisioned->read : 0;
  next.pending->write_capacity_units = update.provisioned ? update.provisioned->write : 0;
  next.pending->read_request_units_max.reset();
  next.pending->write_request_units_max.reset();
  SetMaximum(next.pending->read_request_units_max, update.read_request_units_max);
  SetMaximum(next.pending->write_request_units_max, update.write_request_units_max);
  return next;
}

}  // namespace

Result<TableRecord> UpdatedRecord(const TableRecord* current, const TableAddress& address, const TableUpdate& update,
                                  const UpdateTime& time) {
  if (update.deletion_protection && current != nullptr && current->status == TableStatus::kDeleting) {
    return Error(Reason::kResourceInUse, "Table needs to be in ACTIVE status to modify deletion protection setting.");
  }
  TRY(CheckChangeable(current, address));
  if (update.deletion_protection) {
    return WithProtection(*current, *update.deletion_protection, time);
  }
  if (update.table_class) {
    return WithClass(*current, *update.table_class, time.now_ms);
  }
  if (update.warm_read_units || update.warm_write_units) {
    return WithWarmUnits(*current, update);
  }
  if (update.chooses_owned_key) {
    return model::InvalidParameter("Table is already encrypted by default");
  }
  TRY(CheckIndexesAreThere(*current, update.indexes));
  const BillingMode mode = update.billing_mode.value_or(current->billing_mode);
  if (update.ChangesUnits()) {
    TRY(CheckIdleForThroughput(*current));
    if (mode != current->billing_mode) {
      TRY(CheckIdleForSwitch(*current));
    }
  } else if (update.SetsMaxima()) {
    TRY(CheckIdleForMaxima(*current));
  }
  if (update.TogglesStream()) {
    TRY(CheckStreamCanToggle(*current, update));
  }
  if (update.indexes.any()) {
    const bool adds_or_removes = !update.indexes.creations.empty() || !update.indexes.deletions.empty();
    const std::string_view change = adds_or_removes ? "create or delete indexes" : "update indexes";
    TRY(CheckIdle(*current, change));
    TRY(CheckNoStreamToggles(*current, change));
    TRY(CheckIndexesAreIdle(*current, update.indexes));
  }
  TableRecord next = *current;
  if (update.ChangesUnits() || update.SetsMaxima()) {
    TRY_ASSIGN(next, WithCapacity(*current, update, time.now_ms));
  }
  if (update.enables_stream) {
    next =
        WithNewStream(std::move(next), *update.enables_stream, NewStreamMs(*current, time.now_ms, time.new_stream_ms));
  } else if (update.disables_stream) {
    next = StreamDisabling(std::move(next));
  }
  return WithIndexes(std::move(next), mode, update.indexes, time.now_ms);
}

}  // namespace basalt::table

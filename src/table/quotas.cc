// Quotas. Texts of limits that are the account's end alike.
#include "table/quotas.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "table/table_state.h"

namespace basalt::table {
namespace {

constexpr std::string_view kReference =
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.";

Error Exceeded(std::string text) { return Error(Reason::kLimitExceeded, std::move(text)); }

// One direction, reads or writes, of everything there is a quota for.
struct Direction {
  std::string_view word;  // "Read"
  std::string_view region;
  int64_t table_max;  // of an index, too
  int64_t account_max;
  int64_t reserved;
};

// Of a table, or of the index of that name.
Status CheckUnits(const Direction& direction, std::string_view index, int64_t before, int64_t after) {
  if (after <= before || after <= direction.table_max) {
    return {};
  }
  return Exceeded(fmt::format(
      "The requested {}CapacityUnits{}, {}, is above the per {} maximum for the account in {}. Per {} maximum: {}. {}",
      direction.word, index.empty() ? "" : fmt::format(" for index {}", index), after,
      index.empty() ? "table" : "index", direction.region, index.empty() ? "table" : "index", direction.table_max,
      kReference));
}

// Of a table with its indexes.
Status CheckReserve(const Direction& direction, int64_t before, int64_t after) {
  if (after <= before) {
    return {};
  }
  if (direction.reserved - before + after > direction.account_max) {
    return Exceeded(
        fmt::format("This request would have caused the {}CapacityUnits limit to be exceeded for the account in {}. "
                    "Current {}CapacityUnits reserved by the account: {}. Limit: {}. Requested: {}. {}",
                    direction.word, direction.region, direction.word, direction.reserved, direction.account_max, after,
                    kReference));
  }
  return {};
}

// `what` "... for table", "... for index x".
Status CheckAsked(const Direction& direction, std::string_view what, int64_t before, int64_t after) {
  if (after <= direction.table_max || after <= before) {
    return {};
  }
  return SubscriberLimit(fmt::format("Requested {} exceeds TableMax{}CapacityUnits of the account in region {}", what,
                                     direction.word, direction.region));
}

// The table's units and its indexes', once nothing is pending.
ProvisionedUnits AllSettledUnits(const TableRecord& record) {
  ProvisionedUnits units = SettledUnits(record);
  for (const IndexRecord& index : record.indexes) {
    if (index.status != IndexStatus::kDeleting) {
      const ProvisionedUnits more = SettledUnits(index);
      units.read += more.read;
      units.write += more.write;
    }
  }
  return units;
}

int64_t MaximumOf(const std::optional<int64_t>& maximum) { return maximum.value_or(0); }

Status CheckIndex(const Direction& read, const Direction& write, const TableRecord* table_before,
                  const IndexRecord& before, const IndexRecord& after) {
  const ProvisionedUnits had = SettledUnits(before);
  const ProvisionedUnits wants = SettledUnits(after);
  TRY(CheckUnits(read, after.name, had.read, wants.read));
  TRY(CheckUnits(write, after.name, had.write, wants.write));
  const auto maxima = [](const IndexRecord& index) {
    return index.pending ? std::pair(MaximumOf(index.pending->read_request_units_max),
                                     MaximumOf(index.pending->write_request_units_max))
                         : std::pair(MaximumOf(index.read_request_units_max), MaximumOf(index.write_request_units_max));
  };
  const auto named = [&after](std::string_view what, std::string_view index) {
    return fmt::format("{} for {} {}", what, index, after.name);
  };
  TRY(CheckAsked(read, named("MaxReadRequestUnits for OnDemandThroughput", "index :"), maxima(before).first,
                 maxima(after).first));
  TRY(CheckAsked(write, named("MaxWriteRequestUnits for OnDemandThroughput", "index :"), maxima(before).second,
                 maxima(after).second));
  const WarmUnits warm = table_before == nullptr ? WarmUnits() : WarmThroughput(*table_before, before);
  TRY(CheckAsked(read, named("ReadUnitsPerSecond for WarmThroughput", "index"), warm.read, after.warm_read_units));
  return CheckAsked(write, named("WriteUnitsPerSecond for WarmThroughput", "index"), warm.write,
                    after.warm_write_units);
}

}  // namespace

void QuotaUse::Add(const TableRecord& record) {
  ++tables;
  tables_changing += record.status == TableStatus::kActive ? 0 : 1;
  tables_with_indexes_changing += record.status == TableStatus::kActive || record.indexes.empty() ? 0 : 1;
  if (record.status != TableStatus::kDeleting) {
    const ProvisionedUnits units = AllSettledUnits(record);
    read_units += units.read;
    write_units += units.write;
  }
}

Status CheckQuotas(const Quotas& quotas, const QuotaUse& use, const TableRecord* before, const TableRecord& after) {
  if (before == nullptr && use.tables >= quotas.tables_max) {
    return SubscriberLimit(fmt::format("There is a limit of {} tables per subscriber", quotas.tables_max));
  }
  const bool begins =
      after.status != TableStatus::kActive && (before == nullptr || before->status == TableStatus::kActive);
  const auto too_many_at_once = [](int64_t maximum) {
    return SubscriberLimit(fmt::format("Only {} tables can be created, updated, or deleted simultaneously", maximum));
  };
  if (begins && use.tables_changing >= quotas.tables_changing_max) {
    return too_many_at_once(quotas.tables_changing_max);
  }
  if (begins && !after.indexes.empty() && use.tables_with_indexes_changing >= quotas.tables_with_indexes_changing_max) {
    return too_many_at_once(quotas.tables_with_indexes_changing_max);
  }
  const Direction read = {"Read", after.address.region, quotas.table_read_units_max, quotas.account_read_units_max,
                          use.read_units};
  const Direction write = {"Write", after.address.region, quotas.table_write_units_max, quotas.account_write_units_max,
                           use.write_units};
  const ProvisionedUnits had = before == nullptr ? ProvisionedUnits() : SettledUnits(*before);
  const ProvisionedUnits wants = SettledUnits(after);
  TRY(CheckUnits(read, "", had.read, wants.read));
  TRY(CheckUnits(write, "", had.write, wants.write));
  for (const IndexRecord& index : after.indexes) {
    const IndexRecord* const known = before == nullptr ? nullptr : before->FindIndex(index.name);
    TRY(CheckIndex(read, write, known == nullptr ? nullptr : before, known == nullptr ? IndexRecord() : *known, index));
  }
  const ProvisionedUnits all_had = before == nullptr ? ProvisionedUnits() : AllSettledUnits(*before);
  const ProvisionedUnits all_want = AllSettledUnits(after);
  TRY(CheckReserve(read, all_had.read, all_want.read));
  TRY(CheckReserve(write, all_had.write, all_want.write));

  const auto asked = [](const TableRecord* record, auto own, auto pending) -> int64_t {
    if (record == nullptr) {
      return 0;
    }
    return (record->pending ? (*record->pending).*pending : std::optional<int64_t>())
        .value_or((record->*own).value_or(0));
  };
  TRY(CheckAsked(read, "MaxReadRequestUnits for OnDemandThroughput for table",
                 asked(before, &TableRecord::read_request_units_max, &PendingUpdate::read_request_units_max),
                 asked(&after, &TableRecord::read_request_units_max, &PendingUpdate::read_request_units_max)));
  TRY(CheckAsked(write, "MaxWriteRequestUnits for OnDemandThroughput for table",
                 asked(before, &TableRecord::write_request_units_max, &PendingUpdate::write_request_units_max),
                 asked(&after, &TableRecord::write_request_units_max, &PendingUpdate::write_request_units_max)));

  // What a billing mode brings by itself was not asked for.
  const WarmUnits warm = before == nullptr ? WarmUnits() : WarmThroughput(*before);
  TRY(CheckAsked(read, "ReadUnitsPerSecond for WarmThroughput for table", warm.read, after.warm_read_units));
  return CheckAsked(write, "WriteUnitsPerSecond for WarmThroughput for table", warm.write, after.warm_write_units);
}

}  // namespace basalt::table

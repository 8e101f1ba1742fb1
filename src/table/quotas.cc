// Quotas. Texts of limits that are the account's end alike.
#include "table/quotas.h"

#include <fmt/format.h>

#include <string_view>

namespace basalt::table {
namespace {

constexpr std::string_view kReference =
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.";

Error Exceeded(std::string text) { return Error(Reason::kLimitExceeded, std::move(text)); }
Error SubscriberLimit(std::string_view text) { return Exceeded(fmt::format("Subscriber limit exceeded: {}", text)); }

// One direction, reads or writes, of everything there is a quota for.
struct Direction {
  std::string_view word;  // "Read"
  std::string_view region;
  int64_t table_max;
  int64_t account_max;
  int64_t reserved;
};

Status CheckUnits(const Direction& direction, int64_t before, int64_t after) {
  if (after <= before) {
    return {};
  }
  if (after > direction.table_max) {
    return Exceeded(fmt::format(
        "The requested {}CapacityUnits, {}, is above the per table maximum for the account in {}. Per table "
        "maximum: {}. {}",
        direction.word, after, direction.region, direction.table_max, kReference));
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

Status CheckAsked(const Direction& direction, std::string_view what, int64_t before, int64_t after) {
  if (after <= direction.table_max || after <= before) {
    return {};
  }
  return SubscriberLimit(
      fmt::format("Requested {} for table exceeds TableMax{}CapacityUnits of the account in region {}", what,
                  direction.word, direction.region));
}

}  // namespace

void QuotaUse::Add(const TableRecord& record) {
  ++tables;
  tables_changing += record.status == TableStatus::kActive ? 0 : 1;
  if (record.status != TableStatus::kDeleting) {
    const ProvisionedUnits units = SettledUnits(record);
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
  if (begins && use.tables_changing >= quotas.tables_changing_max) {
    return SubscriberLimit(
        fmt::format("Only {} tables can be created, updated, or deleted simultaneously", quotas.tables_changing_max));
  }
  const Direction read = {"Read", after.address.region, quotas.table_read_units_max, quotas.account_read_units_max,
                          use.read_units};
  const Direction write = {"Write", after.address.region, quotas.table_write_units_max, quotas.account_write_units_max,
                           use.write_units};
  const ProvisionedUnits had = before == nullptr ? ProvisionedUnits() : SettledUnits(*before);
  const ProvisionedUnits wants = SettledUnits(after);
  TRY(CheckUnits(read, had.read, wants.read));
  TRY(CheckUnits(write, had.write, wants.write));

  const auto asked = [](const TableRecord* record, auto own, auto pending) -> int64_t {
    if (record == nullptr) {
      return 0;
    }
    return (record->pending ? (*record->pending).*pending : std::optional<int64_t>())
        .value_or((record->*own).value_or(0));
  };
  TRY(CheckAsked(read, "MaxReadRequestUnits for OnDemandThroughput",
                 asked(before, &TableRecord::read_request_units_max, &PendingUpdate::read_request_units_max),
                 asked(&after, &TableRecord::read_request_units_max, &PendingUpdate::read_request_units_max)));
  TRY(CheckAsked(write, "MaxWriteRequestUnits for OnDemandThroughput",
                 asked(before, &TableRecord::write_request_units_max, &PendingUpdate::write_request_units_max),
                 asked(&after, &TableRecord::write_request_units_max, &PendingUpdate::write_request_units_max)));

  // What a billing mode brings by itself was not asked for.
  const WarmUnits warm = before == nullptr ? WarmUnits() : WarmThroughput(*before);
  TRY(CheckAsked(read, "ReadUnitsPerSecond for WarmThroughput", warm.read, after.warm_read_units));
  return CheckAsked(write, "WriteUnitsPerSecond for WarmThroughput", warm.write, after.warm_write_units);
}

}  // namespace basalt::table

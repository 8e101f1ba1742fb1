// Tests of updates of records that the wire cannot show, and of what many updates in a row may never do.
#include "table/table_update.h"

#include <gtest/gtest.h>

#include <random>

#include "os/clock.h"
#include "table/quotas.h"
#include "table/table_state.h"

namespace basalt::table {
namespace {

constexpr int64_t kNowMs = 1'791'489'600'000;
constexpr UpdateTime kNow = {kNowMs, 15'000};

TableRecord Provisioned(int64_t read, int64_t write) {
  TableRecord record;
  record.address = {"111111111111", "us-east-1", "Music"};
  record.status = TableStatus::kActive;
  record.created_ms = 1;
  record.read_capacity_units = read;
  record.write_capacity_units = write;
  return record;
}

Result<TableRecord> Updated(const TableRecord& record, const TableUpdate& update, const UpdateTime& time = kNow) {
  return UpdatedRecord(&record, record.address, update, time);
}

TEST(TableUpdate, WarmThroughputRisesWhileOtherThingsChange) {
  const auto updating = Updated(Provisioned(5, 5), {.provisioned = ProvisionedUnits{1, 9}});
  ASSERT_TRUE(updating.ok());
  const auto warmer = Updated(*updating, {.warm_read_units = 100});
  ASSERT_TRUE(warmer.ok());
  EXPECT_EQ(warmer->status, TableStatus::kUpdating);
  const TableRecord settled = Settled(*warmer);
  EXPECT_EQ(WarmThroughput(settled).read, 100);
  EXPECT_EQ(WarmThroughput(settled).write, 9);
  EXPECT_EQ(settled.read_capacity_units, 1);
}

TEST(TableUpdate, ARecordThatIsUpdatingForNoKnownReasonSettlesAsItIs) {
  TableRecord record = Provisioned(5, 6);
  record.status = TableStatus::kUpdating;
  TableRecord expected = record;
  expected.status = TableStatus::kActive;
  EXPECT_EQ(Settled(record), expected);
  EXPECT_EQ(UpdatingDelayMs(kServiceDelays, record), 0);
}

TEST(TableUpdate, BudgetsHoldAgainstAClockThatIsSetBack) {
  TableRecord record = Provisioned(100, 100);
  record.last_decrease_ms = kNowMs;
  record.decreases = 4;
  EXPECT_FALSE(Updated(record, {.provisioned = ProvisionedUnits{9, 9}}, {kNowMs - 1000, 0}).ok());
  record.table_class_changed_before_ms = kNowMs;
  record.table_class_changed_ms = kNowMs;
  EXPECT_FALSE(Updated(record, {.table_class = TableClass::kStandard}, {kNowMs - os::kMsPerDay, 0}).ok());
}

// Whatever is asked for in whatever order: warm throughput never falls, no UTC day has more than 27 decreases, no 30
// days more than two changes of class, and a refusal says why.
TEST(TableUpdate, RandomUpdatesStayWithinTheirBudgets) {
  std::mt19937 random(42);
  const auto below = [&random](int64_t bound) { return std::uniform_int_distribution<int64_t>(0, bound - 1)(random); };
  TableRecord record = Provisioned(100, 100);
  int64_t now_ms = kNowMs;
  std::vector<int64_t> class_changes;
  for (int step = 0; step < 20'000; ++step) {
    now_ms += below(20 * 60'000);
    TableUpdate update;
    switch (below(5)) {
      case 0:
        update.table_class = below(2) == 0 ? TableClass::kStandard : TableClass::kStandardInfrequentAccess;
        break;
      case 1:
        update.billing_mode = BillingMode::kPayPerRequest;
        break;
      case 2:
        update.warm_read_units = below(30'000);
        break;
      default:
        update.provisioned = ProvisionedUnits{1 + below(30'000), 1 + below(30'000)};
        if (below(2) == 0) {
          update.billing_mode = BillingMode::kProvisioned;
        }
    }
    const WarmUnits warm = WarmThroughput(record);
    const std::optional<TableClass> table_class = record.table_class;
    Result<TableRecord> updated = Updated(record, update, {now_ms, 0});
    if (!updated.ok()) {
      EXPECT_FALSE(updated.error().text.empty());
      continue;
    }
    record = Settled(*std::move(updated));
    ASSERT_EQ(record.status, TableStatus::kActive);
    ASSERT_FALSE(record.pending.has_value());
    ASSERT_GE(WarmThroughput(record).read, warm.read);
    ASSERT_GE(WarmThroughput(record).write, warm.write);
    ASSERT_LE(DecreasesToday(record, now_ms), 27);
    if (record.table_class != table_class) {
      class_changes.push_back(now_ms);
      const size_t count = class_changes.size();
      ASSERT_TRUE(count < 3 || class_changes[count - 1] - class_changes[count - 3] >= 30 * os::kMsPerDay);
    }
  }
  EXPECT_GT(class_changes.size(), 5U);
}

TEST(Quotas, WhatDoesNotGrowIsNotHeldToThem) {
  const Quotas small = {.table_read_units_max = 1,
                        .table_write_units_max = 1,
                        .account_read_units_max = 1,
                        .account_write_units_max = 1,
                        .tables_max = 1,
                        .tables_changing_max = 1};
  // A table from before the quotas were lowered.
  TableRecord before = Provisioned(100, 100);
  before.warm_read_units = 500;
  before.read_request_units_max = 500;
  QuotaUse use;
  use.Add(before);
  EXPECT_EQ(use.read_units, 100);
  EXPECT_EQ(use.tables_changing, 0);
  TableRecord after = before;
  after.deletion_protection = true;
  EXPECT_TRUE(CheckQuotas(small, use, &before, after).ok());
  const auto decreased = Updated(before, {.provisioned = ProvisionedUnits{50, 100}});
  ASSERT_TRUE(decreased.ok());
  EXPECT_TRUE(CheckQuotas(small, use, &before, *decreased).ok());
  const TableRecord settled = Settled(*decreased);
  EXPECT_TRUE(CheckQuotas(small, use, &before, settled).ok());
  const auto increased = Updated(before, {.provisioned = ProvisionedUnits{101, 100}});
  ASSERT_TRUE(increased.ok());
  EXPECT_EQ(CheckQuotas(small, use, &before, *increased).error().reason, Reason::kLimitExceeded);
  // What an on-demand table can serve by itself was not asked for.
  TableRecord on_demand = Provisioned(0, 0);
  on_demand.billing_mode = BillingMode::kPayPerRequest;
  EXPECT_TRUE(CheckQuotas(small, {}, nullptr, on_demand).ok());
  on_demand.warm_read_units = 12'001;
  EXPECT_FALSE(CheckQuotas(small, {}, nullptr, on_demand).ok());
}

TEST(Quotas, TablesThatGoAwayReserveNothing) {
  TableRecord record = Provisioned(7, 8);
  record.status = TableStatus::kDeleting;
  QuotaUse use;
  use.Add(record);
  EXPECT_EQ(use.read_units, 0);
  EXPECT_EQ(use.tables, 1);
  EXPECT_EQ(use.tables_changing, 1);
}

}  // namespace
}  // namespace basalt::table

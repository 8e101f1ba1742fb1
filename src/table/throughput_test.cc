#include "table/throughput.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace basalt::table {
namespace {

using ::testing::ElementsAre;

TableRecord Provisioned(int64_t read_units, int64_t write_units) {
  TableRecord record;
  record.address = {"111111111111", "us-east-1", "Orders"};
  record.table_id = "id";
  record.billing_mode = BillingMode::kProvisioned;
  record.read_capacity_units = read_units;
  record.write_capacity_units = write_units;
  return record;
}

IndexRecord Index(const std::string& name, int64_t read_units, int64_t write_units,
                  IndexKind kind = IndexKind::kGlobal) {
  IndexRecord index;
  index.name = name;
  index.kind = kind;
  index.read_capacity_units = read_units;
  index.write_capacity_units = write_units;
  return index;
}

TableRecord OnDemand() {
  TableRecord record = Provisioned(0, 0);
  record.billing_mode = BillingMode::kPayPerRequest;
  return record;
}

class ThroughputTest : public ::testing::Test {
 protected:
  // Takes single units as long as something is left.
  static int TakeAll(const Throughput& throughput, UnitKind kind, std::string_view index = {}) {
    int count = 0;
    for (; throughput.HasRoom(kind, index); ++count) {
      throughput.Take(kind, 1, index);
    }
    return count;
  }
  std::shared_ptr<const Throughput> After(const TableRecord& former, const std::shared_ptr<const Throughput>& had,
                                          const TableRecord& record) {
    return Throughput::After(former, had.get(), record, clock_);
  }

  os::ManualClock clock_;
};

TEST_F(ThroughputTest, IsNoneWhereNothingHasALimit) {
  EXPECT_EQ(Throughput::Of(OnDemand(), clock_), nullptr);
  TableRecord with_index = OnDemand();
  with_index.indexes.push_back(Index("by-day", 0, 0));
  EXPECT_EQ(Throughput::Of(with_index, clock_), nullptr);
}

TEST_F(ThroughputTest, KeepsFiveMinutesOfProvisionedUnitsForTableAndIndexEach) {
  TableRecord record = Provisioned(2, 3);
  record.indexes.push_back(Index("by-day", 5, 7));
  record.indexes.push_back(Index("local", 0, 0, IndexKind::kLocal));
  const auto throughput = Throughput::Of(record, clock_);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kRead), 600);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kWrite), 900);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kRead, "by-day"), 1500);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kWrite, "by-day"), 2100);
  clock_.AdvanceMs(2000);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kRead), 4);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kWrite), 6);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kRead, "by-day"), 10);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kWrite, "by-day"), 14);
}

TEST_F(ThroughputTest, KeepsASecondOfAnOnDemandMaximum) {
  TableRecord record = OnDemand();
  record.read_request_units_max = 10;
  record.indexes.push_back(Index("by-day", 0, 0));
  record.indexes[0].write_request_units_max = 20;
  const auto throughput = Throughput::Of(record, clock_);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kRead), 10);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kWrite, "by-day"), 20);
  clock_.AdvanceMs(60'000);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kRead), 10);
  EXPECT_EQ(TakeAll(*throughput, UnitKind::kWrite, "by-day"), 20);
  throughput->Take(UnitKind::kWrite, 1'000'000);
  EXPECT_TRUE(throughput->HasRoom(UnitKind::kWrite)) << "nobody said how much the table may write";
  EXPECT_TRUE(throughput->HasRoom(UnitKind::kRead, "by-day"));
}

TEST_F(ThroughputTest, StaysAsItIsWhenUnitsChange) {
  const TableRecord former = Provisioned(1, 1);
  const auto had = Throughput::Of(former, clock_);
  EXPECT_EQ(TakeAll(*had, UnitKind::kRead), 300);
  const auto has = After(former, had, Provisioned(100, 100));
  EXPECT_FALSE(has->HasRoom(UnitKind::kRead));
  EXPECT_EQ(TakeAll(*has, UnitKind::kWrite), 300) << "what was there, and no more";
  clock_.AdvanceMs(1000);
  // A call that still holds the former record takes of the same units.
  had->Take(UnitKind::kRead, 30);
  EXPECT_EQ(TakeAll(*has, UnitKind::kRead), 70);
}

TEST_F(ThroughputTest, BeginsWithASecondWhereALimitIsNew) {
  const TableRecord on_demand = OnDemand();
  const auto provisioned = After(on_demand, nullptr, Provisioned(10, 20));
  EXPECT_EQ(TakeAll(*provisioned, UnitKind::kRead), 10);
  EXPECT_EQ(TakeAll(*provisioned, UnitKind::kWrite), 20);
  TableRecord limited = on_demand;
  limited.write_request_units_max = 5;
  const auto maximum = After(on_demand, nullptr, limited);
  EXPECT_EQ(TakeAll(*maximum, UnitKind::kWrite), 5);
  EXPECT_EQ(After(limited, maximum, on_demand), nullptr);
}

TEST_F(ThroughputTest, GivesAnIndexThatIsNewAllItCanKeep) {
  const TableRecord former = Provisioned(1, 1);
  const auto had = Throughput::Of(former, clock_);
  TableRecord with_index = former;
  with_index.indexes.push_back(Index("by-day", 2, 2));
  const auto has = After(former, had, with_index);
  EXPECT_EQ(TakeAll(*has, UnitKind::kWrite, "by-day"), 600);
  // One that goes and comes back is another one.
  const auto without = After(with_index, has, former);
  EXPECT_TRUE(without->HasRoom(UnitKind::kWrite, "by-day"));
  EXPECT_EQ(TakeAll(*After(former, without, with_index), UnitKind::kWrite, "by-day"), 600);
}

TEST_F(ThroughputTest, ShowsWhatIsThereAtOneMoment) {
  TableRecord record = Provisioned(1, 1);
  record.indexes.push_back(Index("a", 1, 1));
  record.indexes.push_back(Index("b", 1, 1));
  record.indexes.push_back(Index("local", 0, 0, IndexKind::kLocal));
  const auto throughput = Throughput::Of(record, clock_);
  throughput->Take(UnitKind::kWrite, 298);
  throughput->Take(UnitKind::kWrite, 299.5, "a");
  Allowance allowance = throughput->Balances(UnitKind::kWrite);
  EXPECT_TRUE(allowance.limits_indexes());
  throughput->Take(UnitKind::kWrite, 500);
  const std::array<IndexUnits, 3> touched = {
      {{&record.indexes[0], 1}, {&record.indexes[1], 300}, {&record.indexes[2], 1}}};
  EXPECT_TRUE(allowance.HasRoom());
  EXPECT_TRUE(allowance.WithoutRoom(touched).empty());
  allowance.Take(1, std::span(touched).first(2));
  EXPECT_TRUE(allowance.HasRoom());
  EXPECT_THAT(allowance.WithoutRoom(touched), ElementsAre("a", "b"));
  EXPECT_THAT(allowance.WithoutRoom(std::span(touched).last(1)), ElementsAre());
  allowance.Take(0, std::span(touched).last(1));
  EXPECT_FALSE(allowance.HasRoom()) << "a local index takes of its table";
  EXPECT_TRUE(Allowance().HasRoom());
  EXPECT_TRUE(Allowance().WithoutRoom(touched).empty());
}

TEST_F(ThroughputTest, NamesWhatHadNothingLeft) {
  const Error table = Throttled(Provisioned(1, 1), UnitKind::kRead);
  EXPECT_EQ(table.reason, Reason::kProvisionedThroughput);
  const std::array<std::string_view, 2> indexes = {"a", "b"};
  const Error index = Throttled(OnDemand(), UnitKind::kWrite, indexes);
  EXPECT_EQ(index.reason, Reason::kThrottling);
  const auto& detail = dynamic_cast<const Throttling&>(*index.detail);
  ASSERT_EQ(detail.resources.size(), 2U);
  EXPECT_TRUE(detail.resources[1].is_index);
  EXPECT_EQ(detail.resources[1].arn, "arn:aws:dynamodb:us-east-1:111111111111:table/Orders/index/b");
}

}  // namespace
}  // namespace basalt::table

// Expiry over both engines: what is due goes and nothing else, with its entries; by itself, in time; beside writers who
// put the time off, through restarts and failures; and a table that is closed stays so until something is due.
#include "chores/expiry_sweep.h"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <random>
#include <set>

#include "chores/chore_fixture.h"
#include "table/backfill.h"
#include "table/table_update.h"
#include "table/time_to_live.h"
#include "telemetry/counters.h"

namespace basalt::chores {
namespace {

constexpr int64_t kStartS = 1'795'000'000;

uint64_t DeletedCount() { return telemetry::GetCounter("time_to_live_deleted_items_total").value(); }

// A base of its own, so that the clock is there before what goes by it and after.
struct ClockHolder {
  os::ManualClock clock{kStartS * 1000};
};

class ExpirySweepTest : protected ClockHolder, public ChoreTest {
 protected:
  ExpirySweepTest() : ChoreTest(clock) { StartSweep(); }
  ~ExpirySweepTest() override { StopSweep(); }

  void StartSweep() { sweep_ = std::make_unique<ExpirySweep>(*catalogue_, clock); }
  void StopSweep() { sweep_.reset(); }
  void Restart() {
    StopSweep();
    StopIndexWork();
    StartIndexWork();
    StartSweep();
  }

  void SetTimeToLive(bool enabled, const std::string& attribute = "due") {
    const auto changed = Await<table::ChangedRecord>([&](auto done) {
      catalogue_->Update(
          kAddress,
          [&](const TableRecord* current) {
            return table::WithTimeToLive(current, kAddress, {enabled, attribute}, clock.WallMs(), 0);
          },
          loop_, std::move(done));
    });
    ASSERT_TRUE(changed.ok()) << changed.error().text;
  }
  void AwaitFilled() {
    AwaitRecord([](const TableRecord& now) { return now.expiry && !now.expiry->backfilling; });
  }
  Status RunDue() {
    return Await<void>([&](auto done) { sweep_->RunDue(std::move(done)); });
  }
  void CloseTable() {
    ASSERT_TRUE(Await<void>([&](auto done) { engine_.Close("tables/1", loop_, std::move(done)); }).ok());
  }

  static std::string Item(int key, int64_t second) {
    return fmt::format(R"({{"due":{{"N":"{}"}},"g":{{"S":"g{}"}},"pk":{{"S":"{}"}}}})", second, key % 3, key);
  }
  // Items of these keys; each is due at kStartS plus what `seconds` says of it.
  void Fill(int items, const std::function<int64_t(int)>& seconds) {
    const auto keyspace = Keyspace();
    for (int i = 0; i < items; ++i) {
      Write(loop_, keyspace, Table(), std::to_string(i), Item(i, kStartS + seconds(i)));
    }
  }
  size_t ItemCount() {
    const size_t count = ScanAll(0).size();
    EXPECT_EQ(Counter(table::kItemCountCounter), static_cast<int64_t>(count));
    return count;
  }
  // The expiry index holds what the items say.
  void ExpectEntriesFitItems() {
    const TableRecord record = Table()->record();
    ASSERT_TRUE(record.expiry.has_value());
    Arena arena;
    std::set<std::string> expected;
    for (const engine::Entry& item : ScanAll(0)) {
      if (const auto key = *table::BackfillKeyOf(record, record.expiry->space, item.value, arena)) {
        expected.insert(key->bytes);
      }
    }
    std::set<std::string> found;
    for (const engine::Entry& entry : ScanAll(record.expiry->space)) {
      found.insert(entry.key);
    }
    EXPECT_EQ(found, expected);
  }
  template <class Predicate>
  void AwaitThat(Predicate predicate) {
    for (int i = 0; i < 20'000; ++i) {
      if (predicate()) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      clock.AdvanceMs(1);  // sweeps rest by it
    }
    FAIL() << "what was awaited never came";
  }

  std::unique_ptr<ExpirySweep> sweep_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ExpirySweepTest, ::testing::Values(Below::kMemory, Below::kRocks), NameOf);

TEST_P(ExpirySweepTest, WhatIsDueGoesAndIsCounted) {
  const uint64_t before = DeletedCount();
  Fill(700, [](int i) { return i % 7 == 0 ? 10 : -10; });  // some from before it is switched on
  SetTimeToLive(true);
  AwaitFilled();
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), 100U);
  EXPECT_EQ(DeletedCount() - before, 600U);
  ExpectEntriesFitItems();
  Fill(300, [](int i) { return i % 2 == 0 ? 10 : -10; });
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), 207U);  // 300 to 699 of before by sevens; of the rest the even ones
  ExpectEntriesFitItems();
}

TEST_P(ExpirySweepTest, ItComesByItselfEveryMinute) {
  SetTimeToLive(true);
  AwaitFilled();
  Fill(250, [](int i) { return i < 200 ? 5 : 3600; });
  clock.AdvanceMs(60'000);
  AwaitThat([&] { return ScanAll(0).size() == 50; });
  Fill(10, [](int) { return 30; });
  clock.AdvanceMs(60'000);
  AwaitThat([&] { return ScanAll(0).size() == 50; });
  ExpectEntriesFitItems();
}

TEST_P(ExpirySweepTest, SwitchedOffItDeletesNothingAndLeavesNoEntries) {
  SetTimeToLive(true);
  AwaitFilled();
  const uint16_t space = Table()->record().expiry->space;
  Fill(100, [](int) { return 10; });
  SetTimeToLive(false);
  clock.AdvanceMs(60'000);
  ASSERT_TRUE(RunDue().ok());
  AwaitRecord([](const TableRecord& now) { return now.dropped_spaces.empty(); });
  EXPECT_EQ(ItemCount(), 100U);
  EXPECT_TRUE(ScanAll(space).empty());
  SetTimeToLive(true);
  AwaitFilled();
  EXPECT_NE(Table()->record().expiry->space, space);
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), 0U);
}

TEST_P(ExpirySweepTest, ItemsWhoseTimeIsPutOffAreNeverLost) {
  SetTimeToLive(true);
  AwaitFilled();
  constexpr int kItems = 400;
  Fill(kItems, [](int) { return 1; });
  clock.AdvanceMs(5'000);
  // Half of the items are rescued while sweeps run one after another; the others are written again as they are due.
  std::atomic<bool> stop{false};
  std::thread sweeps([&] {
    while (!stop) {
      EXPECT_TRUE(RunDue().ok());
    }
  });
  const auto rescue = [&](int from) {
    ThreadPool home("writer", 1);
    const auto keyspace = Keyspace();
    for (int i = from; i < kItems; i += 4) {
      Write(home, keyspace, Table(), std::to_string(i), Item(i, kStartS + 3600));
      Write(home, keyspace, Table(), std::to_string(i + 1), Item(i + 1, kStartS + 2));
    }
  };
  std::thread first(rescue, 0);
  std::thread second(rescue, 2);
  first.join();
  second.join();
  stop = true;
  sweeps.join();
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), static_cast<size_t>(kItems) / 2);
  for (const engine::Entry& item : ScanAll(0)) {
    EXPECT_NE(item.value.find(std::to_string(kStartS + 3600)), std::string::npos);
  }
  ExpectEntriesFitItems();
}

TEST_P(ExpirySweepTest, ExpiredItemsLeaveAnIndexThatIsBackfilledMeanwhile) {
  Fill(900, [](int i) { return i % 3 == 0 ? 3600 : -10; });
  SetTimeToLive(true);
  table::TableUpdate update;
  update.indexes.creations = {{.index = {.name = "by-g", .partition = {{"g", model::Type::kS}}, .sort = {}}}};
  update.indexes.definitions = {{"g", model::Type::kS}};
  ASSERT_TRUE(Await<table::ChangedRecord>([&](auto done) {
                catalogue_->Update(
                    kAddress,
                    [&](const TableRecord* current) {
                      return table::UpdatedRecord(current, kAddress, update, {1, 0});
                    },
                    loop_, std::move(done));
              }).ok());
  while (Table()->record().expiry->backfilling || Table()->record().indexes[0].status != table::IndexStatus::kActive) {
    ASSERT_TRUE(RunDue().ok());
  }
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), 300U);
  const uint16_t space = Table()->record().indexes[0].space;
  EXPECT_EQ(ScanAll(space).size(), 300U);
  EXPECT_EQ(Counter(table::EntryCountCounter(space)), 300);
  ExpectEntriesFitItems();
}

TEST_P(ExpirySweepTest, RestartsLoseNothingAndDoubleNothing) {
  Fill(1500, [](int i) { return i % 5 == 0 ? 3600 : -10; });
  SetTimeToLive(true);
  for (int i = 0; i < 6; ++i) {
    sweep_->RunDue([](Status) {});
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * i));
    Restart();
  }
  AwaitFilled();
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), 300U);
  ExpectEntriesFitItems();
}

TEST_P(ExpirySweepTest, AClosedTableIsOpenedOnlyWhenSomethingIsDue) {
  SetTimeToLive(true);
  AwaitFilled();
  Fill(10, [](int i) { return 100 + i; });
  ASSERT_TRUE(RunDue().ok());
  ASSERT_TRUE(RunDue().ok());
  CloseTable();
  // Until it knows what is due next, and that nobody has it open.
  int looked = 0;
  AwaitThat([&] {
    const bool looks = looked != engine_.openings;
    looked = engine_.openings;
    EXPECT_TRUE(RunDue().ok());
    return !looks && looked == engine_.openings;
  });
  clock.SetWallMs((kStartS + 100) * 1000);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(RunDue().ok());
  }
  EXPECT_EQ(engine_.openings, looked);
  clock.AdvanceMs(1'000);
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(engine_.openings, looked + 1);
  EXPECT_EQ(ItemCount(), 9U);
  // Somebody opens it and writes what is due before the rest.
  Write(loop_, Keyspace(), Table(), "early", R"({"due":{"N":"1795000101"},"pk":{"S":"early"}})");
  CloseTable();
  clock.AdvanceMs(1'000);
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), 8U);
}

TEST_P(ExpirySweepTest, WhatFailsIsSaidAndTriedAgain) {
  SetTimeToLive(true);
  AwaitFilled();
  Fill(20, [](int) { return 1; });
  CloseTable();
  clock.AdvanceMs(5'000);
  engine_.refusals = 1;
  const Status failed = RunDue();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().text, "not now");
  ASSERT_TRUE(RunDue().ok());
  EXPECT_EQ(ItemCount(), 0U);
}

}  // namespace
}  // namespace basalt::chores

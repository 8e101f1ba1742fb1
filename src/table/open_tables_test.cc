#include "table/open_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_pool.h"

namespace basalt::table {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A loop as far as open tables can tell: runs what it is told when the test says so.
class FakeLoop final : public Executor {
 public:
  explicit FakeLoop(OpenTables& tables) : tables_(tables) {
    joined_ =
        tables.Join(*this, [this] { std::erase_if(held_, [](const auto& held) { return held.second->unwanted(); }); });
  }

  void Post(UniqueFunction<void()> task) override { tasks_.push_back(std::move(task)); }
  size_t waiting() const { return tasks_.size(); }
  std::vector<std::string> Held() {  // after doing what it was told
    for (auto tasks = std::move(tasks_); auto& task : tasks) {
      task();
    }
    tasks_.clear();
    std::vector<std::string> names;
    for (const auto& [name, use] : held_) {
      names.push_back(name);
    }
    return names;
  }
  void Use(const std::string& name) {
    const auto found = held_.find(name);
    if (found == held_.end()) {
      held_[name] = tables_.Hold(name);
    } else {
      found->second->NoteUse(tables_.moment_us());
    }
  }
  void Release(const std::string& name) { held_.erase(name); }
  void Leave() { joined_.reset(); }

 private:
  OpenTables& tables_;
  std::map<std::string, std::shared_ptr<TableUse>> held_;
  std::vector<UniqueFunction<void()>> tasks_;
  std::shared_ptr<void> joined_;
};

class OpenTablesTest : public ::testing::Test {
 protected:
  OpenTablesTest() { schedule_.Stop(); }  // so that ticks come when a test says so

  void Pass(OpenTables& tables, int64_t duration_ms) {
    for (int64_t passed_ms = 0; passed_ms < duration_ms; passed_ms += tables.tick_ms()) {
      clock_.AdvanceMs(tables.tick_ms());
      tables.LetGoOfIdle();
    }
  }

  os::ManualClock clock_;
  os::Schedule schedule_{clock_};
};

TEST_F(OpenTablesTest, ATableThatNoLoopUsesIsLetGoByAllOfThem) {
  OpenTables tables({.tables_max = 10, .idle_close_ms = 1000}, clock_, schedule_);
  FakeLoop first(tables);
  FakeLoop second(tables);
  first.Use("a");
  second.Use("a");
  first.Use("b");
  Pass(tables, 900);
  EXPECT_THAT(first.Held(), ElementsAre("a", "b"));
  first.Use("b");
  Pass(tables, 600);
  EXPECT_THAT(first.Held(), ElementsAre("b"));
  EXPECT_THAT(second.Held(), IsEmpty());
  Pass(tables, 1000);
  EXPECT_THAT(first.Held(), IsEmpty());
}

TEST_F(OpenTablesTest, ATableInUseByOneLoopStaysWithAll) {
  OpenTables tables({.tables_max = 10, .idle_close_ms = 1000}, clock_, schedule_);
  FakeLoop busy(tables);
  FakeLoop idle(tables);
  busy.Use("a");
  idle.Use("a");
  for (int i = 0; i < 10; ++i) {
    Pass(tables, 500);
    busy.Use("a");
  }
  EXPECT_THAT(busy.Held(), ElementsAre("a"));
  EXPECT_THAT(idle.Held(), ElementsAre("a"));
}

TEST_F(OpenTablesTest, NoTableIsLetGoBeforeItsTimeWhereverInATickItWasUsed) {
  OpenTables tables({.tables_max = 10, .idle_close_ms = 800}, clock_, schedule_);
  ASSERT_EQ(tables.tick_ms(), 100);
  FakeLoop loop(tables);
  loop.Use("a");
  tables.LetGoOfIdle();
  clock_.AdvanceMs(99);
  loop.Use("a");  // noted as of 99 ms ago
  clock_.AdvanceMs(799);
  tables.LetGoOfIdle();
  EXPECT_THAT(loop.Held(), ElementsAre("a"));
  clock_.AdvanceMs(102);
  tables.LetGoOfIdle();
  EXPECT_THAT(loop.Held(), IsEmpty());
}

TEST_F(OpenTablesTest, TheLeastRecentlyUsedGoAtOnceWhenThereAreTooMany) {
  OpenTables tables({.tables_max = 3, .idle_close_ms = 1000}, clock_, schedule_);
  FakeLoop first(tables);
  FakeLoop second(tables);
  first.Use("hot");
  second.Use("b");
  second.Use("c");
  first.Use("hot");  // no time has passed, but c was opened since
  first.Use("d");
  first.Use("hot");
  first.Use("e");
  EXPECT_THAT(first.Held(), ElementsAre("d", "e", "hot"));
  EXPECT_THAT(second.Held(), IsEmpty());
}

TEST_F(OpenTablesTest, ABurstNeverHoldsMoreThanThereMayBe) {
  OpenTables tables({.tables_max = 7, .idle_close_ms = 0}, clock_, schedule_);
  FakeLoop loop(tables);
  for (int i = 0; i < 10'000; ++i) {
    loop.Use("table" + std::to_string(i));
    ASSERT_LE(loop.Held().size(), 7U);
  }
  EXPECT_THAT(loop.Held(),
              ElementsAre("table9993", "table9994", "table9995", "table9996", "table9997", "table9998", "table9999"));
}

TEST_F(OpenTablesTest, WhatIsHeldByTwoLoopsCountsOnce) {
  OpenTables tables({.tables_max = 2, .idle_close_ms = 1000}, clock_, schedule_);
  FakeLoop first(tables);
  FakeLoop second(tables);
  for (FakeLoop* loop : {&first, &second}) {
    loop->Use("a");
    loop->Use("b");
  }
  EXPECT_EQ(first.waiting() + second.waiting(), 0U);
  EXPECT_THAT(first.Held(), ElementsAre("a", "b"));
}

TEST_F(OpenTablesTest, WhatLoopsReleasedThemselvesCountsNoMore) {
  OpenTables tables({.tables_max = 2, .idle_close_ms = 1000}, clock_, schedule_);
  FakeLoop loop(tables);
  loop.Use("old");
  loop.Use("dropped");
  loop.Release("dropped");
  loop.Use("new");
  EXPECT_THAT(loop.Held(), ElementsAre("new", "old"));
}

TEST_F(OpenTablesTest, ATableOpenedAnewIsNotLetGoOfByWhatWasSaidBefore) {
  OpenTables tables({.tables_max = 1, .idle_close_ms = 1000}, clock_, schedule_);
  FakeLoop slow(tables);
  FakeLoop other(tables);
  slow.Use("a");
  other.Use("b");  // a is to go; the loop has not been told yet
  slow.Release("a");
  slow.Use("a");
  EXPECT_THAT(slow.Held(), ElementsAre("a"));
  EXPECT_THAT(other.Held(), IsEmpty());
}

TEST_F(OpenTablesTest, WithoutAnIdleTimeTablesStayOpen) {
  OpenTables tables({.tables_max = 10, .idle_close_ms = 0}, clock_, schedule_);
  FakeLoop loop(tables);
  loop.Use("a");
  clock_.AdvanceMs(os::kMsPerDay);
  EXPECT_THAT(loop.Held(), ElementsAre("a"));
}

TEST_F(OpenTablesTest, ALoopThatLeftIsToldNothing) {
  OpenTables tables({.tables_max = 1, .idle_close_ms = 1000}, clock_, schedule_);
  FakeLoop gone(tables);
  FakeLoop loop(tables);
  gone.Use("a");
  loop.Use("b");
  EXPECT_EQ(gone.waiting(), 1U);
  gone.Leave();
  EXPECT_THAT(gone.Held(), ElementsAre("a"));  // what was on its way to it finds nobody
  loop.Use("c");
  EXPECT_EQ(gone.waiting(), 0U);
}

TEST(OpenTables, LooksForIdleTablesByItselfWhileThereAreAny) {
  os::ManualClock clock;
  os::Schedule schedule(clock);
  OpenTables tables({.tables_max = 10, .idle_close_ms = 1000}, clock, schedule);
  ThreadPool loop("loop", 1);
  std::promise<void> told;
  const std::shared_ptr<void> joined = tables.Join(loop, [&told] { told.set_value(); });
  const std::shared_ptr<TableUse> use = tables.Hold("a");
  const std::future<void> done = told.get_future();
  while (done.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    clock.AdvanceMs(100);
  }
  EXPECT_TRUE(use->unwanted());
  schedule.Stop();
}

}  // namespace
}  // namespace basalt::table

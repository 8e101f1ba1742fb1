// Tests of the schedule.
#include "os/schedule.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>

namespace basalt::os {
namespace {

TEST(Schedule, RunsTasksWhenTheyAreDueInThatOrder) {
  ManualClock clock;
  Schedule schedule(clock);
  std::string order;
  std::promise<void> done;
  schedule.After(200, [&] {
    order += "b";
    done.set_value();
  });
  schedule.After(100, [&] { order += "a"; });
  schedule.After(100'000, [&] { order += "c"; });
  clock.AdvanceMs(200);
  done.get_future().wait();
  EXPECT_EQ(order, "ab");
}

TEST(Schedule, NothingIsEarly) {
  Schedule schedule(SystemClock());
  const int64_t start_ms = SystemClock().MonotonicMs();
  std::promise<int64_t> ran_ms;
  schedule.After(30, [&] { ran_ms.set_value(SystemClock().MonotonicMs()); });
  EXPECT_GE(ran_ms.get_future().get() - start_ms, 30);
}

TEST(Schedule, AfterStopNothingRunsAndWhatTasksHeldIsGone) {
  ManualClock clock;
  Schedule schedule(clock);
  const auto held = std::make_shared<int>(0);
  std::atomic<int> ran = 0;
  schedule.After(100, [&ran, held] { ++ran; });
  EXPECT_EQ(held.use_count(), 2);
  schedule.Stop();
  EXPECT_EQ(held.use_count(), 1);
  schedule.After(0, [&ran, held] { ++ran; });
  EXPECT_EQ(held.use_count(), 1);
  clock.AdvanceMs(1000);
  schedule.Stop();
  EXPECT_EQ(ran, 0);
}

}  // namespace
}  // namespace basalt::os

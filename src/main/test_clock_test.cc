// The clock that an operator moves: forward, and never back.
#include "main/test_clock.h"

#include <gtest/gtest.h>

#include "base/await.h"
#include "main/duration.h"

namespace basalt::main {
namespace {

TEST(TestClock, StaysWhereItWasMoved) {
  const std::unique_ptr<Store> store = Store::OpenInMemory(os::SystemClock()).value();
  const auto advance = [&](TestClock& clock, int64_t duration_ms) {
    return Await<int64_t>([&](auto done) { clock.Advance(duration_ms, store->home(), std::move(done)); });
  };
  {
    os::AdvancedClock service_clock(os::SystemClock());
    const std::unique_ptr<TestClock> clock = TestClock::Open(*store, service_clock).value();
    EXPECT_FALSE(clock->was_moved());
    const int64_t before_ms = os::SystemClock().WallMs();
    const Result<int64_t> time_ms = advance(*clock, os::kMsPerDay);
    ASSERT_TRUE(time_ms.ok());
    EXPECT_GE(*time_ms, before_ms + os::kMsPerDay);
    EXPECT_GE(service_clock.WallMs(), *time_ms);
    ASSERT_TRUE(advance(*clock, 1).ok());
    for (const int64_t wrong : {int64_t{0}, int64_t{-1}, INT64_MIN, INT64_MAX, kDurationMsMax + 1}) {
      EXPECT_EQ(advance(*clock, wrong).error().reason, Reason::kInvalidArgument);
    }
  }
  os::AdvancedClock service_clock(os::SystemClock());
  const std::unique_ptr<TestClock> again = TestClock::Open(*store, service_clock).value();
  EXPECT_TRUE(again->was_moved());
  const int64_t now_ms = os::SystemClock().WallMs();
  EXPECT_GE(service_clock.WallMs(), now_ms + os::kMsPerDay + 1);
  EXPECT_LT(service_clock.WallMs(), now_ms + os::kMsPerDay + 60'000);
  // Up to the year 9999, which is as far as dates can be written.
  int advances = 0;
  while (advance(*again, kDurationMsMax).ok()) {
    ++advances;
  }
  EXPECT_EQ(advances, 79);
  EXPECT_LT(service_clock.WallMs(), 253'402'300'800'000);
}

}  // namespace
}  // namespace basalt::main

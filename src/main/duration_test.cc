// Durations.
#include "main/duration.h"

#include <gtest/gtest.h>

namespace basalt::main {
namespace {

TEST(Duration, IsAWholeNumberAndItsUnit) {
  EXPECT_EQ(ParseDuration("1ms"), 1);
  EXPECT_EQ(ParseDuration("90s"), 90'000);
  EXPECT_EQ(ParseDuration("10m"), 600'000);
  EXPECT_EQ(ParseDuration("36h"), 129'600'000);
  EXPECT_EQ(ParseDuration("7d"), 604'800'000);
  EXPECT_EQ(ParseDuration("007d"), 604'800'000);
  EXPECT_EQ(ParseDuration("36500d"), kDurationMsMax);
}

TEST(Duration, IsNothingElse) {
  for (const std::string_view text :
       {"", "7", "d", "0d", "-1d", "+1d", "1.5h", " 1d", "1d ", "1 d", "1D", "1w", "1h30m", "36501d",
        "99999999999999999999d", "9223372036854775807d", "1e3s", "0x1s"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace basalt::main

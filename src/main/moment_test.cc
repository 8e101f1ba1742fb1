#include "main/moment.h"

#include <gtest/gtest.h>

#include <string_view>

#include "os/clock.h"

namespace basalt::main {
namespace {

TEST(Moment, IsATimeOrHowLongAgo) {
  EXPECT_EQ(ParseMoment("2026-11-22T08:15:00Z")->ms, os::ParseBasicIso8601("20261122T081500Z"));
  EXPECT_EQ(ParseMoment("2026-11-22")->ms, os::ParseBasicIso8601("20261122T000000Z"));
  EXPECT_FALSE(ParseMoment("2026-11-22")->is_ago);
  EXPECT_EQ(ParseMoment("90s")->ms, 90'000);
  EXPECT_TRUE(ParseMoment("90s")->is_ago);
}

TEST(Moment, IsNothingElse) {
  for (const std::string_view text : {"", "yesterday", "2026-11-22T08:15:00", "2026-11-22 08:15:00Z", "2026-13-01",
                                      "2026-02-30", "20261122", "2026-11-22T08:15:00.000Z", "90", "-5m", "0d"}) {
    EXPECT_FALSE(ParseMoment(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace basalt::main

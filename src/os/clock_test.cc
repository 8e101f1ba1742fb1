#include "os/clock.h"

#include <gtest/gtest.h>
#include <time.h>

namespace basalt::os {
namespace {

TEST(Clock, FormatsKnownInstants) {
  constexpr int64_t kInstant = 1795335300000;  // 2026-11-22T08:15:00Z, a Sunday
  EXPECT_EQ(FormatBasicIso8601(kInstant), "20261122T081500Z");
  EXPECT_EQ(FormatBasicIso8601(kInstant + 999), "20261122T081500Z");
  EXPECT_EQ(FormatIso8601(kInstant + 7), "2026-11-22T08:15:00.007Z");
  EXPECT_EQ(FormatHttpDate(kInstant), "Sun, 22 Nov 2026 08:15:00 GMT");
  EXPECT_EQ(FormatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(FormatIso8601(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(ParseBasicIso8601("20261122T081500Z"), kInstant);
}

TEST(Clock, AgreesWithTheSystemLibraryAndReadsItselfBack) {
  // Steps of about 37 days over ten centuries; not a divisor of any cycle of the calendar.
  for (int64_t seconds = -16725225600; seconds < 16725225600; seconds += 3217241) {
    const time_t instant = seconds;
    tm civil{};
    ASSERT_NE(::gmtime_r(&instant, &civil), nullptr);
    char expected[64];
    ASSERT_GT(::strftime(expected, sizeof(expected), "%Y%m%dT%H%M%SZ", &civil), 0U);
    ASSERT_EQ(FormatBasicIso8601(seconds * 1000), expected);
    ASSERT_EQ(ParseBasicIso8601(expected), seconds * 1000);
    ASSERT_GT(::strftime(expected, sizeof(expected), "%a, %d %b %Y %H:%M:%S GMT", &civil), 0U);
    ASSERT_EQ(FormatHttpDate(seconds * 1000), expected);
  }
}

TEST(Clock, StaysWithinFourDigitYears) {
  EXPECT_EQ(FormatBasicIso8601(INT64_MAX), "99991231T235959Z");
  EXPECT_EQ(FormatBasicIso8601(INT64_MIN), "00000101T000000Z");
}

TEST(Clock, RefusesWhatIsNotAnInstant) {
  for (const char* text : {"",
                           "20261122",
                           "20261122T081500",
                           "20261122T081500z",
                           "20261122 081500Z",
                           "2026-11-22T08:15:00Z",
                           "20261322T081500Z",
                           "20260022T081500Z",
                           "20261100T081500Z",
                           "20261131T081500Z",
                           "20260229T081500Z",
                           "21000229T000000Z",
                           "20261122T241500Z",
                           "20261122T086000Z",
                           "20261122T081560Z",
                           "2026112 T081500Z",
                           "+0261122T081500Z",
                           "-0261122T081500Z",
                           "20261122T081500Z ",
                           " 20261122T081500Z"}) {
    EXPECT_EQ(ParseBasicIso8601(text), -1) << text;
  }
  EXPECT_NE(ParseBasicIso8601("20280229T000000Z"), -1);
  EXPECT_NE(ParseBasicIso8601("20000229T235959Z"), -1);
}

TEST(Clock, SystemClockMoves) {
  EXPECT_GT(SystemClock().WallMs(), 1500000000000);
  const int64_t before = SystemClock().MonotonicMs();
  EXPECT_GE(SystemClock().MonotonicMs(), before);
}

TEST(Clock, ManualClockMovesOnlyWhenTold) {
  ManualClock clock(1000);
  EXPECT_EQ(clock.WallMs(), 1000);
  clock.AdvanceMs(500);
  EXPECT_EQ(clock.WallMs(), 1500);
  EXPECT_EQ(clock.MonotonicMs(), 500);
  clock.SetWallMs(10);
  EXPECT_EQ(clock.WallMs(), 10);
  EXPECT_EQ(clock.MonotonicMs(), 500);
}

TEST(Clock, LongDatesAreWrittenAsInEnglish) {
  EXPECT_EQ(FormatLongUtc(0), "Thursday, January 1, 1970 at 12:00:00 AM Coordinated Universal Time");
  EXPECT_EQ(FormatLongUtc(kMsPerDay / 2), "Thursday, January 1, 1970 at 12:00:00 PM Coordinated Universal Time");
  EXPECT_EQ(FormatLongUtc(1'791'501'648'999), "Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time");
  EXPECT_EQ(FormatLongUtc(1'791'507'903'000), "Friday, October 9, 2026 at 1:05:03 AM Coordinated Universal Time");
}

TEST(Clock, AnAdvancedClockGoesOnFromWhereItWasMoved) {
  ManualClock base(1'000);
  AdvancedClock clock(base);
  EXPECT_EQ(clock.WallMs(), 1'000);
  EXPECT_EQ(clock.MonotonicMs(), base.MonotonicMs());
  clock.AdvanceMs(500);
  clock.AdvanceMs(kMsPerDay);
  base.AdvanceMs(7);
  EXPECT_EQ(clock.WallMs(), 1'507 + kMsPerDay);
  EXPECT_EQ(clock.MonotonicMs(), base.MonotonicMs() + 500 + kMsPerDay);
  EXPECT_EQ(clock.offset_ms(), 500 + kMsPerDay);
}

TEST(Clock, FormatsTimesOfRecords) {
  const int64_t time_ms = ParseBasicIso8601("20150503T233414Z") + 7;
  EXPECT_EQ(FormatSeconds(time_ms), "2015-05-03T23:34:14Z");
  EXPECT_EQ(FormatShortDate(time_ms), "May 3, 2015 11:34:14 PM");
  EXPECT_EQ(FormatShortDate(ParseBasicIso8601("20201231T000501Z")), "Dec 31, 2020 12:05:01 AM");
}

}  // namespace
}  // namespace basalt::os

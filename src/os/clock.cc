#include "os/clock.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace basalt::os {
namespace {

constexpr int64_t kSecondsPerDay = kMsPerDay / 1000;
constexpr int64_t kFirstSecond = -62167219200;  // 0000-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z

struct Civil {
  int year;
  int month;  // 1 to 12
  int day;    // 1 to 31
  int hour;
  int minute;
  int second;
  int weekday;  // 0 is Sunday
};

// The proleptic Gregorian calendar, counted from 1 March so that the leap day is a year's last.
int64_t DaysFromCivil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Civil CivilFromMs(int64_t wall_ms) {
  int64_t seconds = wall_ms / 1000 - (wall_ms % 1000 < 0 ? 1 : 0);
  seconds = std::clamp(seconds, kFirstSecond, kLastSecond);
  const int64_t days = seconds / kSecondsPerDay - (seconds % kSecondsPerDay < 0 ? 1 : 0);
  const int64_t second_of_day = seconds - days * kSecondsPerDay;
  const int64_t shifted = days + 719468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const int64_t weekday = ((days + 4) % 7 + 7) % 7;  // the epoch was a Thursday
  return {
      .year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
      .month = static_cast<int>(month),
      .day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1),
      .hour = static_cast<int>(second_of_day / 3600),
      .minute = static_cast<int>(second_of_day / 60 % 60),
      .second = static_cast<int>(second_of_day % 60),
      .weekday = static_cast<int>(weekday),
  };
}

int64_t ReadMs(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1000 + int64_t{now.tv_nsec} / 1000000;
}

class RealClock final : public Clock {
 public:
  int64_t WallMs() const override { return ReadMs(CLOCK_REALTIME); }
  int64_t MonotonicMs() const override { return ReadMs(CLOCK_MONOTONIC); }
};

// Exactly `count` digits at `at`, or -1.
int ReadDigits(std::string_view text, size_t at, size_t count) {
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

int DaysInMonth(int year, int month) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[static_cast<size_t>(month) - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

Clock& SystemClock() {
  static RealClock clock;
  return clock;
}

std::string FormatBasicIso8601(int64_t wall_ms) {
  const Civil civil = CivilFromMs(wall_ms);
  std::array<char, 80> text;
  const int length = std::snprintf(text.data(), text.size(), "%04d%02d%02dT%02d%02d%02dZ", civil.year, civil.month,
                                   civil.day, civil.hour, civil.minute, civil.second);
  return {text.data(), static_cast<size_t>(length)};
}

std::string FormatIso8601(int64_t wall_ms) {
  const Civil civil = CivilFromMs(wall_ms);
  const auto ms = static_cast<int>((wall_ms % 1000 + 1000) % 1000);
  std::array<char, 96> text;
  const int length = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", civil.year,
                                   civil.month, civil.day, civil.hour, civil.minute, civil.second, ms);
  return {text.data(), static_cast<size_t>(length)};
}

namespace {

constexpr std::array<const char*, 7> kShortWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kShortMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string FormatHttpDate(int64_t wall_ms) {
  const Civil civil = CivilFromMs(wall_ms);
  std::array<char, 96> text;
  const int length = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   kShortWeekdays[static_cast<size_t>(civil.weekday)], civil.day,
                                   kShortMonths[static_cast<size_t>(civil.month) - 1], civil.year, civil.hour,
                                   civil.minute, civil.second);
  return {text.data(), static_cast<size_t>(length)};
}

std::string FormatUnixDate(int64_t wall_ms) {
  const Civil civil = CivilFromMs(wall_ms);
  std::array<char, 96> text;
  const int length = std::snprintf(text.data(), text.size(), "%s %s %02d %02d:%02d:%02d UTC %04d",
                                   kShortWeekdays[static_cast<size_t>(civil.weekday)],
                                   kShortMonths[static_cast<size_t>(civil.month) - 1], civil.day, civil.hour,
                                   civil.minute, civil.second, civil.year);
  return {text.data(), static_cast<size_t>(length)};
}

std::string FormatSeconds(int64_t wall_ms) {
  constexpr size_t kBeforeFraction = 19;
  return FormatIso8601(wall_ms).substr(0, kBeforeFraction) + "Z";
}

std::string FormatShortDate(int64_t wall_ms) {
  const Civil civil = CivilFromMs(wall_ms);
  std::array<char, 96> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%s %d, %d %d:%02d:%02d %s", kShortMonths[static_cast<size_t>(civil.month) - 1],
      civil.day, civil.year, (civil.hour + 11) % 12 + 1, civil.minute, civil.second, civil.hour < 12 ? "AM" : "PM");
  return {text.data(), static_cast<size_t>(length)};
}

std::string FormatLongUtc(int64_t wall_ms) {
  static constexpr std::array<const char*, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                           "Thursday", "Friday", "Saturday"};
  static constexpr std::array<const char*, 12> kMonths = {"January",   "February", "March",    "April",
                                                          "May",       "June",     "July",     "August",
                                                          "September", "October",  "November", "December"};
  const Civil civil = CivilFromMs(wall_ms);
  std::array<char, 160> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%s, %s %d, %d at %d:%02d:%02d %s Coordinated Universal Time",
      kWeekdays[static_cast<size_t>(civil.weekday)], kMonths[static_cast<size_t>(civil.month) - 1], civil.day,
      civil.year, (civil.hour + 11) % 12 + 1, civil.minute, civil.second, civil.hour < 12 ? "AM" : "PM");
  return {text.data(), static_cast<size_t>(length)};
}

int64_t ParseBasicIso8601(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') {
    return -1;
  }
  const int year = ReadDigits(text, 0, 4);
  const int month = ReadDigits(text, 4, 2);
  const int day = ReadDigits(text, 6, 2);
  const int hour = ReadDigits(text, 9, 2);
  const int minute = ReadDigits(text, 11, 2);
  const int second = ReadDigits(text, 13, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month) || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59 || second < 0 || second > 59) {
    return -1;
  }
  return (DaysFromCivil(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60 + second) * 1000;
}

}  // namespace basalt::os

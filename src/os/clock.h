// Time as a parameter. No other place of the house asks the system for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace basalt::os {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual int64_t WallMs() const = 0;       // since the Unix epoch
  virtual int64_t MonotonicMs() const = 0;  // for durations and deadlines
};

Clock& SystemClock();

std::string FormatBasicIso8601(int64_t wall_ms);   // 20261122T081500Z
std::string FormatHttpDate(int64_t wall_ms);       // Sun, 22 Nov 2026 08:15:00 GMT
// Parses yyyymmddThhmmssZ strictly; -1 if it is not one.
int64_t ParseBasicIso8601(std::string_view text);

}  // namespace basalt::os

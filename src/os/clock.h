// Time as a parameter. No other place of the house asks the system for it. Clocks are safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace basalt::os {

inline constexpr int64_t kMsPerDay = 86'400'000;

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

// Stands still until told otherwise; for tests and simulations.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_ms = 0) : wall_ms_(wall_ms) {}

  int64_t WallMs() const override { return wall_ms_.load(std::memory_order_relaxed); }
  int64_t MonotonicMs() const override { return monotonic_ms_.load(std::memory_order_relaxed); }

  void AdvanceMs(int64_t duration_ms) {
    wall_ms_.fetch_add(duration_ms, std::memory_order_relaxed);
    monotonic_ms_.fetch_add(duration_ms, std::memory_order_relaxed);
  }
  void SetWallMs(int64_t wall_ms) { wall_ms_.store(wall_ms, std::memory_order_relaxed); }  // as an operator might

 private:
  std::atomic<int64_t> wall_ms_;
  std::atomic<int64_t> monotonic_ms_{0};
};

// Another clock's time, moved forward by what it is told; its durations too.
class AdvancedClock final : public Clock {
 public:
  // `base` outlives it.
  explicit AdvancedClock(const Clock& base) : base_(base) {}

  int64_t WallMs() const override { return base_.WallMs() + offset_ms(); }
  int64_t MonotonicMs() const override { return base_.MonotonicMs() + offset_ms(); }

  int64_t offset_ms() const { return offset_ms_.load(std::memory_order_relaxed); }
  void AdvanceMs(int64_t duration_ms) { offset_ms_.fetch_add(duration_ms, std::memory_order_relaxed); }

 private:
  const Clock& base_;
  std::atomic<int64_t> offset_ms_{0};
};

// Years 0000 to 9999; anything beyond is shown as the nearest of these.
std::string FormatBasicIso8601(int64_t wall_ms);  // 20261122T081500Z
std::string FormatIso8601(int64_t wall_ms);       // 2026-11-22T08:15:00.000Z
std::string FormatHttpDate(int64_t wall_ms);      // Sun, 22 Nov 2026 08:15:00 GMT
std::string FormatUnixDate(int64_t wall_ms);      // Sun Nov 22 08:15:00 UTC 2026
std::string FormatSeconds(int64_t wall_ms);       // 2026-11-22T08:15:00Z
std::string FormatShortDate(int64_t wall_ms);     // Nov 22, 2026 8:15:00 AM
std::string FormatLongUtc(int64_t wall_ms);       // Sunday, November 22, 2026 at 8:15:00 AM Coordinated Universal Time
// Parses yyyymmddThhmmssZ strictly; -1 if it is not one (no whole second is -1 ms).
int64_t ParseBasicIso8601(std::string_view text);

}  // namespace basalt::os

// Counters by name, for the metrics page. Counting is one relaxed atomic addition; finding a counter by its name takes
// a lock, so callers keep the reference:
//
//   static telemetry::Counter& refused = telemetry::GetCounter("requests_refused_total");
//   refused.Add();
//
// Names follow Prometheus, labels included (`requests_total{operation="GetItem"}`), and never hold a user's data: a
// counter lives as long as the process. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/cache_line.h"

namespace basalt::telemetry {

class Counter {
 public:
  Counter() = default;
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  void Add(uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  // A cache line of its own: busy counters of different loops must not slow each other.
  alignas(kCacheLineBytes) std::atomic<uint64_t> value_{0};
};

// The counter of that name, made at its first mention. The reference stays good.
Counter& GetCounter(std::string_view name);

struct CounterReading {
  std::string name;
  uint64_t value = 0;
};
std::vector<CounterReading> ReadCounters();  // sorted by name

}  // namespace basalt::telemetry

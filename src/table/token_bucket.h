// A token bucket: so many units a second flow in, up to what so many seconds bring, and whatever is taken flows out,
// below zero too. Pure but for its counters: time comes in with every call.
//
// Threads: all methods from any thread, without a lock; nothing that is taken is lost and nothing flows in twice. Who
// asks in the very moment in which another lets units flow in may still see the balance before.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/cache_line.h"

namespace basalt::table {

// Balances are counted in thousandths of a unit: a unit a second is one of them a millisecond, so all sums are exact.
inline constexpr int64_t kMilliunitsPerUnit = 1000;

class alignas(kCacheLineBytes) TokenBucket {
 public:
  struct Flow {
    int64_t units_per_s = 0;  // 1 and up
    int64_t burst_s = 0;      // of flow that is kept while nothing is taken
  };

  TokenBucket(Flow flow, int64_t balance_milliunits, int64_t now_ms);

  // The most it holds.
  static int64_t CapacityMilliunits(Flow flow) { return flow.units_per_s * flow.burst_s * kMilliunitsPerUnit; }

  int64_t BalanceMilliunits(int64_t now_ms);
  void Take(int64_t milliunits, int64_t now_ms);  // less than 0 gives back
  // What is there stays, as far as there is room for it.
  void Change(Flow flow, int64_t now_ms);

 private:
  void Refill(int64_t now_ms);

  std::atomic<int64_t> units_per_s_;
  std::atomic<int64_t> capacity_milliunits_;
  std::atomic<int64_t> balance_milliunits_;
  std::atomic<int64_t> refilled_ms_;  // what flowed in until then is in the balance
};

}  // namespace basalt::table

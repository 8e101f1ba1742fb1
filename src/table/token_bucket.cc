// Units that flow in, and out.
#include "table/token_bucket.h"

#include <algorithm>

namespace basalt::table {

TokenBucket::TokenBucket(Flow flow, int64_t balance_milliunits, int64_t now_ms)
    : units_per_s_(flow.units_per_s),
      capacity_milliunits_(CapacityMilliunits(flow)),
      balance_milliunits_(std::min(balance_milliunits, CapacityMilliunits(flow))),
      refilled_ms_(now_ms) {}

// Who moves the moment on brings what has flowed in since, alone.
void TokenBucket::Refill(int64_t now_ms) {
  int64_t since_ms = refilled_ms_.load(std::memory_order_relaxed);
  do {
    if (now_ms <= since_ms) {
      return;
    }
  } while (!refilled_ms_.compare_exchange_weak(since_ms, now_ms, std::memory_order_relaxed));
  const int64_t units_per_s = units_per_s_.load(std::memory_order_relaxed);
  const int64_t capacity = capacity_milliunits_.load(std::memory_order_relaxed);
  int64_t balance = balance_milliunits_.load(std::memory_order_relaxed);
  int64_t filled = 0;
  do {
    // A unit a second is a thousandth of it a millisecond. By division, since the product may be beyond any number.
    const bool is_full = balance >= capacity || (capacity - balance) / units_per_s < now_ms - since_ms;
    filled = is_full ? capacity : balance + units_per_s * (now_ms - since_ms);
  } while (!balance_milliunits_.compare_exchange_weak(balance, filled, std::memory_order_relaxed));
}

int64_t TokenBucket::BalanceMilliunits(int64_t now_ms) {
  Refill(now_ms);
  return balance_milliunits_.load(std::memory_order_relaxed);
}

void TokenBucket::Take(int64_t milliunits, int64_t now_ms) {
  Refill(now_ms);
  balance_milliunits_.fetch_sub(milliunits, std::memory_order_relaxed);
}

void TokenBucket::Change(Flow flow, int64_t now_ms) {
  Refill(now_ms);
  const int64_t capacity = CapacityMilliunits(flow);
  units_per_s_.store(flow.units_per_s, std::memory_order_relaxed);
  capacity_milliunits_.store(capacity, std::memory_order_relaxed);
  int64_t balance = balance_milliunits_.load(std::memory_order_relaxed);
  while (balance > capacity &&
         !balance_milliunits_.compare_exchange_weak(balance, capacity, std::memory_order_relaxed)) {
  }
}

}  // namespace basalt::table

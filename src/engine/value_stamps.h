// ValueStamps: tells readers whether a value they keep may have changed, without a lock. Keys of all keyspaces share a
// fixed number of stripes; a write marks the stripes of its keys while it is under way and leaves each with a
// version it never had before.
//
// A value read after Read gave a version other than 0 is what any read gives for as long as Read gives the same one:
// a write marks its stripes before it becomes visible, and is acknowledged only after it has let go of them.
//
// Threads: any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/checksum.h"

namespace basalt::engine {

class ValueStamps {
 public:
  static uint64_t HashOf(uint64_t keyspace_id, uint16_t space, std::string_view bytes) {
    return Xxh3(bytes, keyspace_id << 16 | space);
  }

  // 0 while a write is under way.
  uint64_t Read(uint64_t hash) const {
    const uint64_t state = StripeOf(hash).load(std::memory_order_acquire);
    return (state & kUnderWayMask) == 0 ? state : 0;
  }
  void BeginWrite(uint64_t hash) { StripeOf(hash).fetch_add(1, std::memory_order_seq_cst); }
  void EndWrite(uint64_t hash) { StripeOf(hash).fetch_add(kNextVersion - 1, std::memory_order_seq_cst); }

 private:
  // The low bits count the writes under way, the high ones those that are over, from 1 so that no version is 0.
  static constexpr int kUnderWayBits = 24;
  static constexpr uint64_t kNextVersion = uint64_t{1} << kUnderWayBits;
  static constexpr uint64_t kUnderWayMask = kNextVersion - 1;
  static constexpr size_t kStripes = size_t{1} << 15;

  struct Stripe {
    std::atomic<uint64_t> state{kNextVersion};
  };

  std::atomic<uint64_t>& StripeOf(uint64_t hash) { return (*stripes_)[hash % kStripes].state; }
  const std::atomic<uint64_t>& StripeOf(uint64_t hash) const { return (*stripes_)[hash % kStripes].state; }

  std::unique_ptr<std::array<Stripe, kStripes>> stripes_ = std::make_unique<std::array<Stripe, kStripes>>();
};

}  // namespace basalt::engine

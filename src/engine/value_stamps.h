// ValueStamps: tells readers whether a value they keep may have changed, without a lock. Keys of all keyspaces share a
// fixed number of stripes; a write marks the stripes of its keys while it is under way and leaves each with a
// version it never had before.
//
// A value read after Read gave a version other than 0 is what any read gives for as long as Read gives the same one:
// a write marks its stripes before it becomes visible, and is acknowledged only after it has let go of them.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/check.h"
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
    return VersionOf(state);
  }
  void BeginWrite(uint64_t hash) { StripeOf(hash).fetch_add(1, std::memory_order_seq_cst); }
  // What Read gives now, if nothing else happened to the stripe: the version of the value just written. 0 while another
  // write is under way.
  uint64_t EndWrite(uint64_t hash) {
    const uint64_t state = StripeOf(hash).fetch_add(kNextVersion - 1, std::memory_order_seq_cst) + (kNextVersion - 1);
    return VersionOf(state);
  }

 private:
  // The low bits count the writes under way, the high ones those that are over.
  static constexpr int kUnderWayBits = 24;
  static constexpr uint64_t kNextVersion = uint64_t{1} << kUnderWayBits;
  static constexpr uint64_t kUnderWayMask = kNextVersion - 1;
  // A write makes what is kept of other keys of its stripe useless, so there are many for each item that loops keep:
  // with forty, one in forty is asked for in vain.
  static constexpr size_t kStripes = size_t{1} << 22;

  using Stripe = std::atomic<uint64_t>;
  struct Free {
    void operator()(Stripe* stripes) const { std::free(stripes); }
  };

  // From 1, so that none is 0.
  static uint64_t VersionOf(uint64_t state) { return (state & kUnderWayMask) == 0 ? state + kNextVersion : 0; }

  // Zeroed memory that costs nothing until it is used.
  static std::unique_ptr<Stripe[], Free> MakeStripes() {
    auto* const stripes = static_cast<Stripe*>(std::calloc(kStripes, sizeof(Stripe)));
    BASALT_CHECK(stripes != nullptr);
    return std::unique_ptr<Stripe[], Free>(stripes);
  }

  Stripe& StripeOf(uint64_t hash) { return stripes_[hash % kStripes]; }
  const Stripe& StripeOf(uint64_t hash) const { return stripes_[hash % kStripes]; }

  std::unique_ptr<Stripe[], Free> stripes_ = MakeStripes();
};

}  // namespace basalt::engine

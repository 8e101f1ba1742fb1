// ValueStamps: tells readers whether a value they keep may have changed, without a lock. Keys of all keyspaces share a
// fixed number of stripes, each key two of them; a write marks both while it is under way and leaves each with a
// version it never had before. What others write makes a kept value useless only if it falls on both.
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
#include "engine/engine.h"

namespace basalt::engine {

class ValueStamps {
 public:
  static uint64_t HashOf(uint64_t keyspace_id, uint16_t space, std::string_view bytes) {
    return Xxh3(bytes, keyspace_id << 16 | space);
  }

  // Asks for the stripes ahead of their use: of several keys, each misses the processor's caches while the others do.
  void Prefetch(uint64_t hash) const {
    __builtin_prefetch(&StripeOf<0>(hash), 1);
    __builtin_prefetch(&StripeOf<1>(hash), 1);
  }
  // 0: a write is under way.
  ValueVersions Read(uint64_t hash) const {
    return {VersionOf(StripeOf<0>(hash).load(std::memory_order_acquire)),
            VersionOf(StripeOf<1>(hash).load(std::memory_order_acquire))};
  }
  void BeginWrite(uint64_t hash) {
    StripeOf<0>(hash).fetch_add(1, std::memory_order_seq_cst);
    StripeOf<1>(hash).fetch_add(1, std::memory_order_seq_cst);
  }
  // What Read gives now, if nothing else happened to the stripes: the versions of the value just written. 0 while
  // another write is under way.
  ValueVersions EndWrite(uint64_t hash) { return {End(StripeOf<0>(hash)), End(StripeOf<1>(hash))}; }

 private:
  // The low bits count the writes under way, the high ones those that are over.
  static constexpr int kUnderWayBits = 24;
  static constexpr uint64_t kNextVersion = uint64_t{1} << kUnderWayBits;
  static constexpr uint64_t kUnderWayMask = kNextVersion - 1;
  // Each key has a page of memory, and a stripe of each half of it: one address to translate. With twenty in each half
  // of all for each item that loops keep, one item in four hundred is asked for in vain. One stripe a key: one in
  // forty.
  static constexpr size_t kHalf = 256;
  static constexpr size_t kPages = size_t{1} << 13;

  using Stripe = std::atomic<uint64_t>;
  struct Free {
    void operator()(Stripe* stripes) const { std::free(stripes); }
  };

  // From 1, so that none is 0.
  static uint64_t VersionOf(uint64_t state) { return (state & kUnderWayMask) == 0 ? state + kNextVersion : 0; }

  static uint64_t End(Stripe& stripe) {
    return VersionOf(stripe.fetch_add(kNextVersion - 1, std::memory_order_seq_cst) + (kNextVersion - 1));
  }

  // Zeroed memory that costs nothing until it is used, one page more than is to lie at pages' borders.
  static std::unique_ptr<Stripe[], Free> MakeMemory() {
    auto* const memory = static_cast<Stripe*>(std::calloc((kPages + 1) * 2 * kHalf, sizeof(Stripe)));
    BASALT_CHECK(memory != nullptr);
    return std::unique_ptr<Stripe[], Free>(memory);
  }
  static Stripe* FirstPage(Stripe* memory) {
    constexpr uintptr_t kPageBytes = 2 * kHalf * sizeof(Stripe);
    return reinterpret_cast<Stripe*>((reinterpret_cast<uintptr_t>(memory) + kPageBytes - 1) & ~(kPageBytes - 1));
  }

  template <size_t half>
  Stripe& StripeOf(uint64_t hash) const {
    return stripes_[(hash >> 32) % kPages * 2 * kHalf + half * kHalf + (hash >> (half * 16)) % kHalf];
  }

  std::unique_ptr<Stripe[], Free> memory_ = MakeMemory();
  Stripe* stripes_ = FirstPage(memory_.get());
};

}  // namespace basalt::engine

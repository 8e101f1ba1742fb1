// Who may decide about a key next, and what is already decided but not yet durable. A latch is a queue of waiters,
// never a mutex: whoever finds it taken leaves its call there and the releaser passes the latch on. The overlay of
// pending writes sits in the same slot, since both are asked together.
//
// Thread-safe; short striped locks, held for one lookup.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/checksum.h"
#include "base/mutex.h"
#include "engine/rocks/pending_write.h"

namespace basalt::engine::rocks {

// A call in a queue. The table never runs one: the releaser gets it back, owning the latch.
template <class Waiter>
class KeyLatches {
 public:
  KeyLatches() = default;
  KeyLatches(const KeyLatches&) = delete;
  KeyLatches& operator=(const KeyLatches&) = delete;

  // Takes the latch and answers true with the key's pending write, or moves `waiter` into the queue and answers
  // false.
  bool Acquire(const std::string& key, std::unique_ptr<Waiter>& waiter, PendingWritePtr& pending) {
    Stripe& stripe = StripeOf(key);
    MutexLock lock(stripe.mutex);
    Slot& slot = stripe.slots[key];
    if (slot.held) {
      slot.waiters.push_back(std::move(waiter));
      return false;
    }
    slot.held = true;
    pending = slot.pending;
    return true;
  }

  // Hands the latch to the next in the queue, which is returned with the key's pending write; null if nobody waits.
  std::unique_ptr<Waiter> Release(const std::string& key, PendingWritePtr& pending) {
    Stripe& stripe = StripeOf(key);
    MutexLock lock(stripe.mutex);
    const auto found = stripe.slots.find(key);
    BASALT_CHECK(found != stripe.slots.end() && found->second.held);
    Slot& slot = found->second;
    if (slot.waiters.empty()) {
      slot.held = false;
      EraseIfIdle(stripe, found);
      return nullptr;
    }
    std::unique_ptr<Waiter> next = std::move(slot.waiters.front());
    slot.waiters.pop_front();
    pending = slot.pending;
    return next;
  }

  // The key's latch, or that of the key which owns it, is held.
  void SetPending(PendingWritePtr write) {
    Stripe& stripe = StripeOf(write->key);
    MutexLock lock(stripe.mutex);
    Slot& slot = stripe.slots[write->key];
    slot.pending.swap(write);
  }

  // Unless a newer one has taken its place.
  void ClearPending(const PendingWritePtr& write) {
    Stripe& stripe = StripeOf(write->key);
    MutexLock lock(stripe.mutex);
    const auto found = stripe.slots.find(write->key);
    if (found != stripe.slots.end() && found->second.pending == write) {
      found->second.pending.reset();
      EraseIfIdle(stripe, found);
    }
  }

  size_t slot_count() {
    size_t count = 0;
    for (Stripe& stripe : stripes_) {
      MutexLock lock(stripe.mutex);
      count += stripe.slots.size();
    }
    return count;
  }

 private:
  struct Slot {
    bool held = false;
    std::deque<std::unique_ptr<Waiter>> waiters;
    PendingWritePtr pending;
  };
  struct Hash {
    size_t operator()(const std::string& key) const { return Xxh3(key, 0); }
  };
  using Slots = std::unordered_map<std::string, Slot, Hash>;
  struct alignas(64) Stripe {
    Mutex mutex;
    Slots slots GUARDED_BY(mutex);
  };

  static void EraseIfIdle(Stripe& stripe, typename Slots::iterator slot) REQUIRES(stripe.mutex) {
    if (!slot->second.held && slot->second.pending == nullptr) {
      stripe.slots.erase(slot);
    }
  }

  // Another seed than the tables', so that one stripe's keys do not share their buckets.
  Stripe& StripeOf(std::string_view key) { return stripes_[Xxh3(key, 1) % stripes_.size()]; }

  std::array<Stripe, 32> stripes_;
};

}  // namespace basalt::engine::rocks

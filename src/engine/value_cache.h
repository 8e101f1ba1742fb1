// ValueCache: values that one loop has read and may read again without asking the engine, which takes locks and
// several misses of the processor's caches. What it answers is what a strong read would answer at that moment (see
// Keyspace::StampOf). Bounded in bytes; what was not asked for lately goes first (CLOCK).
//
// Threads: one. Ownership: a loop's; it keeps copies of keys and values and no keyspace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace basalt::engine {

class ValueCache {
 public:
  explicit ValueCache(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Asks for what Find and Insert look at, of several keys at once: they lie far apart, and so miss the processor's
  // caches together instead of one after another.
  void Prefetch(std::span<const uint64_t> key_hashes) const;
  // `stamp` = what StampOf says now. The view is good until the next Insert.
  std::optional<std::string_view> Find(const ValueStamp& stamp, KeyView key);
  // `stamp` = what StampOf said before `value` was read, or would say of `value` just written. Ignored if the value is
  // not to be kept, or too large to be worth its room.
  void Insert(const ValueStamp& stamp, KeyView key, std::string_view value);

  size_t bytes() const { return bytes_; }

 private:
  // What is kept of a value lies in one piece, so that a read misses the processor's caches for a bucket and for this.
  struct Entry {
    ValueStamp stamp;
    Entry* next = nullptr;  // in its bucket
    uint32_t slot = 0;
    uint32_t key_size = 0;
    uint32_t value_size = 0;
    uint16_t space = 0;
    bool used_lately = false;

    // The key follows, then the value.
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
    std::string_view key() const { return {bytes(), key_size}; }
    std::string_view value() const { return {bytes() + key_size, value_size}; }
    size_t cost() const { return sizeof(Entry) + key_size + value_size; }
  };
  struct Free {
    void operator()(Entry* entry) const { ::operator delete(entry); }
  };
  using Owned = std::unique_ptr<Entry, Free>;

  static Owned NewEntry(const ValueStamp& stamp, KeyView key, std::string_view value);
  Entry*& BucketOf(uint64_t hash) { return buckets_[hash % buckets_.size()]; }
  Entry* Locate(const ValueStamp& stamp, KeyView key) const;
  void MakeRoom(size_t cost);
  void Remove(Entry& entry);

  size_t bytes_max_;
  size_t bytes_ = 0;
  std::vector<Entry*> buckets_;  // made with the first entry, of a size that the bound implies
  std::vector<Owned> slots_;     // what the hand of the clock walks over
  std::vector<uint32_t> free_;   // slots of nobody
  size_t hand_ = 0;
};

}  // namespace basalt::engine

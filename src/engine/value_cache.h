// ValueCache: values that one loop has read and may read again without asking the engine, which takes locks and
// several misses of the processor's caches. What it answers is what a strong read would answer at that moment (see
// Keyspace::StampOf). Bounded in bytes; what was not asked for lately goes first (CLOCK).
//
// Threads: one. Ownership: a loop's; it keeps copies of keys and values and no keyspace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
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
  static constexpr uint32_t kNobody = UINT32_MAX;

  struct Entry {
    ValueStamp stamp;
    std::unique_ptr<char[]> bytes;  // the key, then the value
    uint32_t key_size = 0;
    uint32_t value_size = 0;
    uint32_t next = kNobody;  // in its bucket
    uint16_t space = 0;
    bool used_lately = false;

    std::string_view key() const { return {bytes.get(), key_size}; }
    std::string_view value() const { return {bytes.get() + key_size, value_size}; }
    size_t cost() const { return sizeof(Entry) + key_size + value_size; }
  };

  uint32_t& BucketOf(uint64_t hash) { return buckets_[hash % buckets_.size()]; }
  uint32_t Locate(const ValueStamp& stamp, KeyView key) const;
  void MakeRoom(size_t cost);
  void Remove(uint32_t at);

  size_t bytes_max_;
  size_t bytes_ = 0;
  std::vector<uint32_t> buckets_;  // made with the first entry, of a size that the bound implies
  std::deque<Entry> entries_;      // an entry without bytes is free
  std::vector<uint32_t> free_;
  size_t hand_ = 0;
};

}  // namespace basalt::engine

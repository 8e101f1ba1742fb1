// A hash table of chains through one array of entries, over which the hand of the clock walks.
#include "engine/value_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace basalt::engine {
namespace {

constexpr size_t kBytesPerBucket = 512;
constexpr size_t kShareOfOneValue = 64;  // a value may take at most this part of the room

}  // namespace

void ValueCache::Prefetch(std::span<const uint64_t> key_hashes) const {
  if (buckets_.empty()) {
    return;
  }
  for (const uint64_t hash : key_hashes) {
    __builtin_prefetch(&buckets_[hash % buckets_.size()]);
  }
  for (const uint64_t hash : key_hashes) {
    if (const Entry* const first = buckets_[hash % buckets_.size()]; first != nullptr) {
      __builtin_prefetch(first);
      __builtin_prefetch(first->bytes());
    }
  }
}

ValueCache::Owned ValueCache::NewEntry(const ValueStamp& stamp, KeyView key, std::string_view value) {
  Owned entry(new (::operator new(sizeof(Entry) + key.bytes.size() + value.size())) Entry());
  entry->stamp = stamp;
  entry->key_size = static_cast<uint32_t>(key.bytes.size());
  entry->value_size = static_cast<uint32_t>(value.size());
  entry->space = key.space;
  std::memcpy(entry->bytes(), key.bytes.data(), key.bytes.size());
  std::memcpy(entry->bytes() + key.bytes.size(), value.data(), value.size());
  return entry;
}

ValueCache::Entry* ValueCache::Locate(const ValueStamp& stamp, KeyView key) const {
  for (Entry* at = buckets_[stamp.key_hash % buckets_.size()]; at != nullptr; at = at->next) {
    if (at->stamp.key_hash == stamp.key_hash && at->stamp.keyspace_id == stamp.keyspace_id && at->space == key.space &&
        at->key() == key.bytes) {
      return at;
    }
  }
  return nullptr;
}

std::optional<std::string_view> ValueCache::Find(const ValueStamp& stamp, KeyView key) {
  if (buckets_.empty() || !SomeIsKnown(stamp.versions)) {
    return std::nullopt;
  }
  Entry* const entry = Locate(stamp, key);
  if (entry == nullptr) {
    return std::nullopt;
  }
  if (!SomeIsSame(entry->stamp.versions, stamp.versions)) {
    Remove(*entry);
    return std::nullopt;
  }
  entry->used_lately = true;
  return entry->value();
}

void ValueCache::Insert(const ValueStamp& stamp, KeyView key, std::string_view value) {
  const size_t cost = sizeof(Entry) + key.bytes.size() + value.size();
  if (!SomeIsKnown(stamp.versions) || cost > bytes_max_ / kShareOfOneValue) {
    return;
  }
  if (buckets_.empty()) {
    buckets_.assign(std::max<size_t>(bytes_max_ / kBytesPerBucket, 1), nullptr);
  }
  if (Entry* const known = Locate(stamp, key); known != nullptr) {
    if (known->value_size == value.size()) {  // the room it has is what it needs
      known->stamp = stamp;
      std::memcpy(known->bytes() + known->key_size, value.data(), value.size());
      known->used_lately = false;
      return;
    }
    Remove(*known);
  }
  MakeRoom(cost);
  Owned entry = NewEntry(stamp, key, value);  // not used lately: one read once does not push out what is read often
  entry->next = std::exchange(BucketOf(stamp.key_hash), entry.get());
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t slot = free_.back();
  free_.pop_back();
  entry->slot = slot;
  slots_[slot] = std::move(entry);
  bytes_ += cost;
}

void ValueCache::MakeRoom(size_t cost) {
  while (bytes_ + cost > bytes_max_) {
    hand_ = hand_ + 1 < slots_.size() ? hand_ + 1 : 0;
    Entry* const entry = slots_[hand_].get();
    if (entry == nullptr) {
      continue;
    }
    if (entry->used_lately) {
      entry->used_lately = false;
    } else {
      Remove(*entry);
    }
  }
}

void ValueCache::Remove(Entry& entry) {
  Entry** link = &BucketOf(entry.stamp.key_hash);
  while (*link != &entry) {
    link = &(*link)->next;
  }
  *link = entry.next;
  bytes_ -= entry.cost();
  free_.push_back(entry.slot);
  slots_[entry.slot].reset();
}

}  // namespace basalt::engine

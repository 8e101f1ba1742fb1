// A hash table of chains through one array of entries, over which the hand of the clock walks.
#include "engine/value_cache.h"

#include <algorithm>
#include <cstring>

namespace basalt::engine {
namespace {

constexpr size_t kBytesPerBucket = 512;
constexpr size_t kShareOfOneValue = 64;  // a value may take at most this part of the room

}  // namespace

void ValueCache::Prefetch(std::span<const uint64_t> key_hashes) const {
  if (buckets_.empty()) {
    return;
  }
  const auto first_of = [this](uint64_t hash) { return buckets_[hash % buckets_.size()]; };
  for (const uint64_t hash : key_hashes) {
    __builtin_prefetch(&buckets_[hash % buckets_.size()]);
  }
  for (const uint64_t hash : key_hashes) {
    if (const uint32_t first = first_of(hash); first != kNobody) {
      __builtin_prefetch(&entries_[first]);
    }
  }
  for (const uint64_t hash : key_hashes) {
    if (const uint32_t first = first_of(hash); first != kNobody) {
      __builtin_prefetch(entries_[first].bytes.get());
    }
  }
}

uint32_t ValueCache::Locate(const ValueStamp& stamp, KeyView key) const {
  for (uint32_t at = buckets_[stamp.key_hash % buckets_.size()]; at != kNobody; at = entries_[at].next) {
    const Entry& entry = entries_[at];
    if (entry.stamp.key_hash == stamp.key_hash && entry.stamp.keyspace_id == stamp.keyspace_id &&
        entry.space == key.space && entry.key() == key.bytes) {
      return at;
    }
  }
  return kNobody;
}

std::optional<std::string_view> ValueCache::Find(const ValueStamp& stamp, KeyView key) {
  if (buckets_.empty() || !SomeIsKnown(stamp.versions)) {
    return std::nullopt;
  }
  const uint32_t at = Locate(stamp, key);
  if (at == kNobody) {
    return std::nullopt;
  }
  Entry& entry = entries_[at];
  if (!SomeIsSame(entry.stamp.versions, stamp.versions)) {
    Remove(at);
    return std::nullopt;
  }
  entry.used_lately = true;
  return entry.value();
}

void ValueCache::Insert(const ValueStamp& stamp, KeyView key, std::string_view value) {
  const size_t cost = sizeof(Entry) + key.bytes.size() + value.size();
  if (!SomeIsKnown(stamp.versions) || cost > bytes_max_ / kShareOfOneValue) {
    return;
  }
  if (buckets_.empty()) {
    buckets_.assign(std::max<size_t>(bytes_max_ / kBytesPerBucket, 1), kNobody);
  }
  if (const uint32_t known = Locate(stamp, key); known != kNobody) {
    Entry& entry = entries_[known];
    if (entry.value_size == value.size()) {  // the room it has is what it needs
      entry.stamp = stamp;
      std::memcpy(entry.bytes.get() + entry.key_size, value.data(), value.size());
      entry.used_lately = false;
      return;
    }
    Remove(known);
  }
  MakeRoom(cost);
  auto at = static_cast<uint32_t>(entries_.size());
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[at];
  entry.stamp = stamp;
  entry.bytes.reset(new char[key.bytes.size() + value.size() + 1]);
  std::memcpy(entry.bytes.get(), key.bytes.data(), key.bytes.size());
  std::memcpy(entry.bytes.get() + key.bytes.size(), value.data(), value.size());
  entry.key_size = static_cast<uint32_t>(key.bytes.size());
  entry.value_size = static_cast<uint32_t>(value.size());
  entry.space = key.space;
  entry.used_lately = false;  // a value read once does not push out one that is read again and again
  entry.next = BucketOf(stamp.key_hash);
  BucketOf(stamp.key_hash) = at;
  bytes_ += cost;
}

void ValueCache::MakeRoom(size_t cost) {
  while (bytes_ + cost > bytes_max_) {
    hand_ = hand_ + 1 < entries_.size() ? hand_ + 1 : 0;
    Entry& entry = entries_[hand_];
    if (entry.bytes == nullptr) {
      continue;
    }
    if (entry.used_lately) {
      entry.used_lately = false;
    } else {
      Remove(static_cast<uint32_t>(hand_));
    }
  }
}

void ValueCache::Remove(uint32_t at) {
  Entry& entry = entries_[at];
  uint32_t* link = &BucketOf(entry.stamp.key_hash);
  while (*link != at) {
    link = &entries_[*link].next;
  }
  *link = entry.next;
  bytes_ -= entry.cost();
  entry.bytes.reset();
  free_.push_back(at);
}

}  // namespace basalt::engine

// A node's `order` holds, four bits each from the lowest: how many entries it has, then its slots by rank, the free
// ones last. Adding an entry fills a free slot and then stores `order`: a reader has either seen it or not. A split
// shortens `order` and only then adds one to `version`, before a slot that it freed is filled again: a reader that
// finds `version` as it was before it read `order` has seen slots that belong together.
#include "engine/rocks/entry_tree.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.h"

namespace basalt::engine::rocks {
namespace {

constexpr size_t kCacheLineBytes = 64;
constexpr size_t kTagBytes = 8;
constexpr size_t kNodesAtOnceMax = 16;

constexpr size_t kBitsPerSlot = 4;
constexpr uint64_t kSlotMask = (uint64_t{1} << kBitsPerSlot) - 1;

size_t CountOf(uint64_t order) { return order & kSlotMask; }
size_t SlotAt(uint64_t order, size_t rank) { return (order >> (kBitsPerSlot * (rank + 1))) & kSlotMask; }
uint64_t WithCount(uint64_t order, size_t count) { return (order & ~kSlotMask) | count; }

// No entries; slots from 0 up.
constexpr uint64_t kFreshOrder = 0xdcb'a987'6543'2100;

// The first free slot comes to stand at `rank`.
uint64_t WithSlotAt(uint64_t order, size_t rank) {
  const size_t count = CountOf(order);
  const uint64_t slots = order >> kBitsPerSlot;
  const uint64_t slot = SlotAt(order, count);
  const auto below = [](size_t n) { return (uint64_t{1} << (kBitsPerSlot * n)) - 1; };  // the lowest n slots
  const uint64_t before = slots & below(rank);
  const uint64_t after = slots & below(count) & ~below(rank);
  const uint64_t free = slots & ~below(count + 1);
  const uint64_t changed = before | slot << (kBitsPerSlot * rank) | after << kBitsPerSlot | free;
  return changed << kBitsPerSlot | (count + 1);
}

uint64_t PrefixOf(std::string_view user_key) {
  uint64_t prefix = 0;
  if (user_key.size() >= sizeof prefix) {
    std::memcpy(&prefix, user_key.data(), sizeof prefix);
  } else {
    std::memcpy(&prefix, user_key.data(), user_key.size());
  }
  return __builtin_bswap64(prefix);
}

std::string_view InternalKeyOf(const char* entry) {
  uint32_t size = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*entry++);
    size |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      return {entry, size};
    }
  }
}

}  // namespace

// A null entry stands before all: the left end of the leftmost node above the leaves.
struct alignas(kCacheLineBytes) EntryTree::Node {
  std::atomic<uint64_t> order = kFreshOrder;
  std::atomic<uint64_t> version = 0;
  std::atomic<Node*> next = nullptr;  // whose slot 0 holds what is lowest in it, for ever
  size_t level = 0;                   // 0: a leaf
  std::array<std::atomic<uint64_t>, kSlots> prefixes{};
  std::array<std::atomic<const char*>, kSlots> entries{};
};

struct EntryTree::InnerNode : Node {
  // What a child holds is not below the entry beside it, and below the next one.
  std::array<std::atomic<Node*>, kSlots> children{};
};

EntryTree::Node* EntryTree::ChildAt(const Node& node, size_t slot) {
  return static_cast<const InnerNode&>(node).children[slot].load(std::memory_order_acquire);
}

bool EntryTree::IsAt(const Node& node, uint64_t version) {
  return node.version.load(std::memory_order_relaxed) == version;
}

void EntryTree::Prefetch(const Node* node) {
  for (size_t line = 0; line < sizeof(Node); line += kCacheLineBytes) {
    __builtin_prefetch(reinterpret_cast<const char*>(node) + line);
  }
}

EntryTree::Key EntryTree::KeyOf(std::string_view internal_key) {
  Key key;
  key.user_key = internal_key.substr(0, internal_key.size() - kTagBytes);
  std::memcpy(&key.tag, key.user_key.data() + key.user_key.size(), kTagBytes);
  key.prefix = PrefixOf(key.user_key);
  return key;
}

EntryTree::Key EntryTree::KeyOfEntry(const char* entry) { return KeyOf(InternalKeyOf(entry)); }

bool EntryTree::EntryIsBelow(const char* entry, const Key& key) {
  if (entry == nullptr) {
    return true;
  }
  const Key other = KeyOfEntry(entry);
  const int order = other.user_key.compare(key.user_key);
  return order != 0 ? order < 0 : other.tag > key.tag;
}

bool EntryTree::SlotIsBelow(const Node& node, size_t slot, const Key& key) {
  const uint64_t prefix = node.prefixes[slot].load(std::memory_order_acquire);
  return prefix != key.prefix ? prefix < key.prefix
                              : EntryIsBelow(node.entries[slot].load(std::memory_order_acquire), key);
}

size_t EntryTree::CountBelow(const Node& node, uint64_t order, const Key& key) {
  size_t below = 0;
  size_t equal = 0;
  uint64_t slots = order >> kBitsPerSlot;
  for (size_t i = CountOf(order); i > 0; --i, slots >>= kBitsPerSlot) {  // without a branch to guess
    const uint64_t prefix = node.prefixes[slots & kSlotMask].load(std::memory_order_acquire);
    below += prefix < key.prefix ? 1 : 0;
    equal += prefix == key.prefix ? 1 : 0;
  }
  while (equal > 0) {
    const size_t half = equal / 2;
    const char* const entry = node.entries[SlotAt(order, below + half)].load(std::memory_order_acquire);
    if (EntryIsBelow(entry, key)) {
      below += half + 1;
      equal -= half + 1;
    } else {
      equal = half;
    }
  }
  return below;
}

EntryTree::EntryTree(Allocate allocate)
    : allocate_(std::move(allocate)), first_leaf_(NewNode<Node>()), root_(first_leaf_) {}

// Few at first, since most tables are small.
template <class N>
N* EntryTree::NewNode() {
  if (spare_bytes_ < sizeof(N)) {
    last_allocated_bytes_ = std::clamp(2 * last_allocated_bytes_, sizeof(N), kNodesAtOnceMax * sizeof(InnerNode));
    char* const allocated = allocate_(last_allocated_bytes_ + kCacheLineBytes - 1);
    const size_t beyond_line = reinterpret_cast<uintptr_t>(allocated) % kCacheLineBytes;
    spare_ = beyond_line == 0 ? allocated : allocated + (kCacheLineBytes - beyond_line);
    spare_bytes_ = last_allocated_bytes_;
  }
  char* const place = std::exchange(spare_, spare_ + sizeof(N));
  spare_bytes_ -= sizeof(N);
  return new (place) N;
}

EntryTree::Place EntryTree::Find(const Key& key) const {
  const Node* node = root_.load(std::memory_order_acquire);
  for (;;) {
    const uint64_t version = node->version.load(std::memory_order_acquire);
    const uint64_t order = node->order.load(std::memory_order_acquire);
    const size_t below = CountBelow(*node, order, key);
    if (below == CountOf(order)) {
      const Node* const next = node->next.load(std::memory_order_acquire);
      if (next != nullptr && SlotIsBelow(*next, 0, key)) {
        node = next;
        continue;
      }
    }
    if (node->level == 0) {
      if (IsAt(*node, version)) {
        return {node, version, order, below};
      }
      continue;
    }
    const Node* const child = below == 0 ? nullptr : ChildAt(*node, SlotAt(order, below - 1));
    if (IsAt(*node, version)) {
      node = child;  // the lowest entry of each node that a search comes to is below its key, or nothing is
      Prefetch(node);
    }
  }
}

EntryTree::Place EntryTree::FindEnd() const {
  const Node* node = root_.load(std::memory_order_acquire);
  for (;;) {
    const uint64_t version = node->version.load(std::memory_order_acquire);
    const uint64_t order = node->order.load(std::memory_order_acquire);
    const size_t count = CountOf(order);
    if (const Node* const next = node->next.load(std::memory_order_acquire); next != nullptr) {
      node = next;
    } else if (node->level == 0) {
      return {node, version, order, count};
    } else if (const Node* const child = ChildAt(*node, SlotAt(order, count - 1)); IsAt(*node, version)) {
      node = child;
    }
  }
}

void EntryTree::Insert(const char* entry) {
  const Key key = KeyOfEntry(entry);
  Path path;
  Node* node = root_.load(std::memory_order_relaxed);
  for (;;) {  // nobody else changes anything: the way down never leads to the right
    const uint64_t order = node->order.load(std::memory_order_relaxed);
    const size_t below = CountBelow(*node, order, key);
    path[node->level] = {node, below};
    if (node->level == 0) {
      break;
    }
    node = ChildAt(*node, SlotAt(order, below - 1));
    Prefetch(node);
  }
  InsertIn(path, 0, key.prefix, entry, nullptr);
}

void EntryTree::AddTo(Node& node, size_t rank, uint64_t prefix, const char* entry, Node* child) {
  const uint64_t order = node.order.load(std::memory_order_relaxed);
  const size_t slot = SlotAt(order, CountOf(order));
  node.prefixes[slot].store(prefix, std::memory_order_release);
  node.entries[slot].store(entry, std::memory_order_release);
  if (node.level > 0) {
    static_cast<InnerNode&>(node).children[slot].store(child, std::memory_order_release);
  }
  node.order.store(WithSlotAt(order, rank), std::memory_order_release);
}

void EntryTree::InsertIn(const Path& path, size_t level, uint64_t prefix, const char* entry, Node* child) {
  auto [node, rank] = path[level];
  const uint64_t order = node->order.load(std::memory_order_relaxed);
  if (CountOf(order) < kSlots) {
    AddTo(*node, rank, prefix, entry, child);
    return;
  }

  Node* const right = level == 0 ? NewNode<Node>() : NewNode<InnerNode>();
  right->level = level;
  Node* const next = node->next.load(std::memory_order_relaxed);
  // Keys that only grow leave full nodes behind.
  const size_t kept = rank == kSlots && next == nullptr ? kSlots : kSlots / 2;
  for (size_t from = kept; from < kSlots; ++from) {
    const size_t slot = SlotAt(order, from);
    AddTo(*right, from - kept, node->prefixes[slot].load(std::memory_order_relaxed),
          node->entries[slot].load(std::memory_order_relaxed), level == 0 ? nullptr : ChildAt(*node, slot));
  }
  const bool goes_right = kept == kSlots || rank > kept;
  if (goes_right) {
    AddTo(*right, rank - kept, prefix, entry, child);
  }
  right->next.store(next, std::memory_order_relaxed);
  node->next.store(right, std::memory_order_release);
  if (kept < kSlots) {
    node->order.store(WithCount(order, kept), std::memory_order_release);
    node->version.store(node->version.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  if (!goes_right) {
    AddTo(*node, rank, prefix, entry, child);
  }

  const uint64_t right_prefix = right->prefixes[0].load(std::memory_order_relaxed);
  const char* const right_entry = right->entries[0].load(std::memory_order_relaxed);
  if (node != root_.load(std::memory_order_relaxed)) {
    InsertIn(path, level + 1, right_prefix, right_entry, right);
    return;
  }
  BASALT_CHECK(level + 1 < kLevelsMax);
  InnerNode* const root = NewNode<InnerNode>();
  root->level = level + 1;
  AddTo(*root, 0, 0, nullptr, node);
  AddTo(*root, 1, right_prefix, right_entry, right);
  root_.store(root, std::memory_order_release);
}

bool EntryTree::Cursor::Take(const Place& place) {
  const char* const entry = place.node->entries[SlotAt(place.order, place.rank)].load(std::memory_order_acquire);
  if (!IsAt(*place.node, place.version)) {
    return false;
  }
  place_ = place;
  entry_ = entry;
  return true;
}

void EntryTree::Cursor::SeekAtLeast(const Key& key) {
  for (;;) {
    const Place place = tree_->Find(key);
    if (place.rank < CountOf(place.order)) {
      if (Take(place)) {
        return;
      }
      continue;
    }
    const Node* const next = place.node->next.load(std::memory_order_acquire);
    if (next == nullptr) {
      entry_ = nullptr;
      return;
    }
    if (!SlotIsBelow(*next, 0, key) && TakeLowest(next)) {  // else the leaf was split a moment ago
      return;
    }
  }
}

bool EntryTree::Cursor::TakeLowest(const Node* node) {
  const uint64_t version = node->version.load(std::memory_order_acquire);
  return Take({node, version, node->order.load(std::memory_order_acquire), 0});
}

void EntryTree::Cursor::SeekAtLeast(std::string_view internal_key) { SeekAtLeast(KeyOf(internal_key)); }

void EntryTree::Cursor::SeekAtMost(std::string_view internal_key) {
  const Key key = KeyOf(internal_key);
  SeekAtLeast(key);
  if (valid()) {
    if (InternalKeyOf(entry_) != internal_key) {
      Prev();
    }
    return;
  }
  SeekToLast();
  while (valid() && !EntryIsBelow(entry_, key)) {  // entries came in meanwhile
    Prev();
  }
}

void EntryTree::Cursor::SeekToFirst() {
  entry_ = nullptr;
  while (CountOf(tree_->first_leaf_->order.load(std::memory_order_acquire)) > 0 && !TakeLowest(tree_->first_leaf_)) {
  }
}

void EntryTree::Cursor::SeekToLast() {
  for (;;) {
    Place place = tree_->FindEnd();
    if (place.rank == 0) {  // only of a tree without entries
      entry_ = nullptr;
      return;
    }
    --place.rank;
    if (Take(place)) {
      return;
    }
  }
}

void EntryTree::Cursor::Next() {
  for (;;) {
    Place place = place_;
    if (++place.rank < CountOf(place.order)) {
      if (Take(place)) {
        return;
      }
    } else {
      const Node* const next = place.node->next.load(std::memory_order_acquire);
      if (next == nullptr) {
        entry_ = nullptr;
        return;
      }
      // The right neighbour may be a new one, with entries that this place is already past.
      const char* const lowest = next->entries[0].load(std::memory_order_acquire);
      if (lowest != entry_ && !SlotIsBelow(*next, 0, KeyOfEntry(entry_)) && TakeLowest(next)) {
        return;
      }
    }
    SeekAtLeast(KeyOfEntry(entry_));  // where it is now
  }
}

void EntryTree::Cursor::Prev() {
  Place place = place_;
  while (place.rank == 0 || (--place.rank, !Take(place))) {
    place = tree_->Find(KeyOfEntry(entry_));
    if (place.rank == 0) {
      entry_ = nullptr;
      return;
    }
  }
}

}  // namespace basalt::engine::rocks

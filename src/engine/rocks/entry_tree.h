// EntryTree: the entries of a memtable in the order of their keys. RocksDB's own is a skip list, in which a search
// among some 60,000 entries misses the processor's caches about twenty times: it was a seventh of what a durable put
// costs.
//
// A B-link tree: nodes of a few cache lines that hold the first bytes of their keys beside the pointers, so that a
// search reads one node a level and looks at an entry itself only where those bytes are the same. A node that is full
// gives its upper half to a new one on its right, to which it points before it lets go of anything: whoever finds a
// node too far left goes on to the right. An entry is never moved, changed or removed, nor is a node.
//
// Entries are RocksDB's: a varint32 length, then the internal key: user key and eight bytes of sequence number and
// type; what follows is not looked at. User keys order by bytes, those of one user key from the highest sequence number
// down. Source: rocksdb/memtablerep.h, whose words call that format frozen; Lehman and Yao, "Efficient locking for
// concurrent operations on B-trees".
//
// Threads: one inserts at a time, any number read meanwhile; nobody waits for anybody. A reader finds every entry whose
// Insert returned before it began, and of the later ones some.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace basalt::engine::rocks {

class EntryTree {
 private:
  struct Node;
  struct InnerNode;
  struct Key {
    uint64_t prefix = 0;  // the first eight bytes of the user key as a number; zeros where it is shorter
    std::string_view user_key;
    uint64_t tag = 0;  // sequence number and type
  };
  // A rank in a leaf as it was seen.
  struct Place {
    const Node* node = nullptr;
    uint64_t version = 0;
    uint64_t order = 0;
    size_t rank = 0;
  };

 public:
  // Memory that lives at least as long as the tree, of any alignment; the only one asked of it.
  using Allocate = std::function<char*(size_t)>;

  explicit EntryTree(Allocate allocate);
  EntryTree(const EntryTree&) = delete;
  EntryTree& operator=(const EntryTree&) = delete;
  ~EntryTree() = default;

  // Before the call nothing equals `entry`, which the tree does not copy.
  void Insert(const char* entry);

  // A place in the order. Of one thread at a time; the tree outlives it.
  class Cursor {
   public:
    explicit Cursor(const EntryTree& tree) : tree_(&tree) {}

    bool valid() const { return entry_ != nullptr; }
    const char* entry() const { return entry_; }

    // From a valid place; past either end it is no longer valid.
    void Next();
    void Prev();
    void SeekToFirst();
    void SeekToLast();
    void SeekAtLeast(std::string_view internal_key);
    void SeekAtMost(std::string_view internal_key);

   private:
    void SeekAtLeast(const Key& key);
    // The entry at `place`; false if its node has changed since.
    bool Take(const Place& place);
    bool TakeLowest(const Node* node);

    const EntryTree* tree_;
    Place place_;
    const char* entry_ = nullptr;
  };

 private:
  static constexpr size_t kSlots = 14;  // so that a leaf is four cache lines
  static constexpr size_t kLevelsMax = 16;

  static Node* ChildAt(const Node& node, size_t slot);
  static bool IsAt(const Node& node, uint64_t version);
  static void Prefetch(const Node* node);
  static Key KeyOf(std::string_view internal_key);
  static Key KeyOfEntry(const char* entry);
  // Whether what is in the slot comes before `key`.
  static bool SlotIsBelow(const Node& node, size_t slot, const Key& key);
  static bool EntryIsBelow(const char* entry, const Key& key);
  // How many entries of a node come before `key`.
  static size_t CountBelow(const Node& node, uint64_t order, const Key& key);

  template <class N>
  N* NewNode();
  // The place behind all entries below `key`, in the leaf that has the last of them.
  Place Find(const Key& key) const;
  // The place behind all entries.
  Place FindEnd() const;
  // Puts what is to stand at `rank` into the node of `path` at `level`, and what follows from it into those above.
  struct Step {
    Node* node = nullptr;
    size_t rank = 0;
  };
  using Path = std::array<Step, kLevelsMax>;
  void InsertIn(const Path& path, size_t level, uint64_t prefix, const char* entry, Node* child);
  static void AddTo(Node& node, size_t rank, uint64_t prefix, const char* entry, Node* child);

  Allocate allocate_;
  char* spare_ = nullptr;  // allocated for nodes to come
  size_t spare_bytes_ = 0;
  size_t last_allocated_bytes_ = 0;
  Node* const first_leaf_;  // new nodes are on the right of what was there
  std::atomic<Node*> root_;
};

}  // namespace basalt::engine::rocks

// RocksDB builds iterators into an arena of its own, of a type that its headers keep to themselves, and then destroys
// them without freeing them: ours put their memory back on a shelf of the destroying thread instead. And for a Get it
// makes one that it forgets: ours is remembered by its thread until the Get is over.
#include "engine/rocks/memtable.h"

#include <rocksdb/memtablerep.h>

#include <new>
#include <string_view>
#include <vector>

#include "engine/rocks/entry_tree.h"

namespace basalt::engine::rocks {
namespace {

class MemTableIterator : public rocksdb::MemTableRep::Iterator {
 public:
  explicit MemTableIterator(const EntryTree& tree) : cursor_(tree) {}

  bool Valid() const override { return cursor_.valid(); }
  const char* key() const override { return cursor_.entry(); }
  void Next() override { cursor_.Next(); }
  void Prev() override { cursor_.Prev(); }
  void Seek(const rocksdb::Slice& internal_key, const char* /*memtable_key*/) override {
    cursor_.SeekAtLeast(internal_key.ToStringView());
  }
  void SeekForPrev(const rocksdb::Slice& internal_key, const char* /*memtable_key*/) override {
    cursor_.SeekAtMost(internal_key.ToStringView());
  }
  void SeekToFirst() override { cursor_.SeekToFirst(); }
  void SeekToLast() override { cursor_.SeekToLast(); }

 private:
  EntryTree::Cursor cursor_;
};

class ShelvedIterator final : public MemTableIterator {
 public:
  static ShelvedIterator* Make(const EntryTree& tree) {
    std::vector<void*>& places = ThisThreadsShelf().places;
    if (places.empty()) {
      return new (::operator new(sizeof(ShelvedIterator))) ShelvedIterator(tree);
    }
    void* const place = places.back();
    places.pop_back();
    return new (place) ShelvedIterator(tree);
  }
  ~ShelvedIterator() override { ThisThreadsShelf().places.push_back(this); }

 private:
  using MemTableIterator::MemTableIterator;

  struct Shelf {
    std::vector<void*> places;
    ~Shelf() {
      for (void* const place : places) {
        ::operator delete(place);
      }
    }
  };
  static Shelf& ThisThreadsShelf() {
    static thread_local Shelf shelf;
    return shelf;
  }
};

// The one that MemTableRep::Get makes; gone when it returns, whoever destroys it.
class IteratorOfGet final : public MemTableIterator {
 public:
  explicit IteratorOfGet(const EntryTree& tree) : MemTableIterator(tree) { OfThisThread() = this; }
  ~IteratorOfGet() override { OfThisThread() = nullptr; }

  static IteratorOfGet*& OfThisThread() {
    static thread_local IteratorOfGet* made = nullptr;
    return made;
  }
};

class MemTable final : public rocksdb::MemTableRep {
 public:
  explicit MemTable(rocksdb::Allocator* allocator)
      : MemTableRep(allocator), tree_([this](size_t size) {
          char* bytes = nullptr;
          Allocate(size, &bytes);
          return bytes;
        }) {}

  void Insert(rocksdb::KeyHandle handle) override { tree_.Insert(static_cast<const char*>(handle)); }
  bool Contains(const char* key) const override {
    const rocksdb::Slice internal_key = rocksdb::GetLengthPrefixedSlice(key);
    EntryTree::Cursor cursor(tree_);
    cursor.SeekAtLeast(internal_key.ToStringView());
    return cursor.valid() && rocksdb::GetLengthPrefixedSlice(cursor.entry()) == internal_key;
  }
  size_t ApproximateMemoryUsage() override { return 0; }  // beyond what its allocator knows of
  Iterator* GetIterator(rocksdb::Arena* arena) override {
    return arena == nullptr ? new MemTableIterator(tree_) : ShelvedIterator::Make(tree_);
  }
  // Without an arena only for a Get.
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override {
    return arena == nullptr ? new IteratorOfGet(tree_) : GetIterator(arena);
  }
  void Get(const rocksdb::LookupKey& key, void* argument, bool (*found)(void* argument, const char* entry)) override {
    MemTableRep::Get(key, argument, found);
    delete IteratorOfGet::OfThisThread();
  }

 private:
  EntryTree tree_;
};

class MemTableFactory final : public rocksdb::MemTableRepFactory {
 public:
  using MemTableRepFactory::CreateMemTableRep;
  rocksdb::MemTableRep* CreateMemTableRep(const rocksdb::MemTableRep::KeyComparator& /*comparator*/,
                                          rocksdb::Allocator* allocator, const rocksdb::SliceTransform* /*prefix*/,
                                          rocksdb::Logger* /*logger*/) override {
    return new MemTable(allocator);
  }
  const char* Name() const override { return "basalt.EntryTree"; }
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> NewMemTableFactory() { return std::make_shared<MemTableFactory>(); }

}  // namespace basalt::engine::rocks

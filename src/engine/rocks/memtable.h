// The memtables of our databases: RocksDB's, with an EntryTree in place of its skip list.
#pragma once

#include <memory>

namespace rocksdb {
class MemTableRepFactory;
}

namespace basalt::engine::rocks {

// For databases that order keys by their bytes and in which one thread at a time writes
// (allow_concurrent_memtable_write = false).
std::shared_ptr<rocksdb::MemTableRepFactory> NewMemTableFactory();

}  // namespace basalt::engine::rocks

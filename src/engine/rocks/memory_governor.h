// Bounds what the memtables of all open keyspaces hold: when their sum passes the budget, those written to least
// recently are flushed, until the sum is below it again. (RocksDB's shared buffer accounting would flush whoever
// writes next, not who holds the memory.)
//
// Thread-safe. Flushes run on the pool given, a bounded number at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "base/executor.h"
#include "base/mutex.h"

namespace basalt::engine::rocks {

class MemoryGovernor {
 public:
  // An open keyspace, as the governor sees it.
  class Holder {
   public:
    Holder() = default;
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    virtual ~Holder() = default;

    // May wait for the disk; answers the bytes held afterwards. Does nothing if the keyspace is closed meanwhile.
    virtual uint64_t FlushMemory() = 0;
  };

  // Holders below `flush_bytes_min` are left alone: an empty memtable has a size too.
  MemoryGovernor(uint64_t budget_bytes, uint64_t flush_bytes_min, size_t flushes_max, Executor& pool);

  // `holder` wrote and now holds `bytes`.
  void Wrote(const std::shared_ptr<Holder>& holder, uint64_t bytes) EXCLUDES(mutex_);
  void Forget(const Holder& holder) EXCLUDES(mutex_);
  uint64_t held_bytes() EXCLUDES(mutex_);

 private:
  struct Account {
    std::weak_ptr<Holder> holder;
    uint64_t bytes = 0;
    uint64_t last_write = 0;
    bool flushing = false;
  };

  void FlushWhileOver() REQUIRES(mutex_);
  void Flushed(const Holder* holder, uint64_t bytes) EXCLUDES(mutex_);

  const uint64_t budget_bytes_;
  const uint64_t flush_bytes_min_;
  const size_t flushes_max_;
  Executor& pool_;

  Mutex mutex_;
  std::unordered_map<const Holder*, Account> accounts_ GUARDED_BY(mutex_);
  uint64_t held_bytes_ GUARDED_BY(mutex_) = 0;
  uint64_t writes_ GUARDED_BY(mutex_) = 0;
  size_t flushes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace basalt::engine::rocks

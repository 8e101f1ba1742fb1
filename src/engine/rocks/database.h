// One RocksDB instance in one directory, all of it sealed: the settings, and the few things done with it. No RocksDB
// types here.
//
// Threads: Get and Scan with ReadTier::kCache never wait for a disk and may run on a loop; everything else may wait.
// One thread at a time calls Write. Opening and destroying take milliseconds and several syncs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/rocks/pending_write.h"
#include "os/clock.h"
#include "os/file_system.h"
#include "sealed/keyring.h"

namespace basalt::engine::rocks {

// What open databases share. The block cache holds blocks in clear, so whoever must be able to forget them gives
// each domain a pool of its own.
class MemoryPool {
 public:
  MemoryPool(size_t block_cache_bytes, size_t write_buffer_bytes);
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;
  ~MemoryPool();

  struct Parts;
  const Parts& parts() const { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

struct DatabaseOptions {
  os::FileSystem* files = nullptr;
  std::string directory;
  std::shared_ptr<const sealed::Keyring> keyring;
  std::shared_ptr<MemoryPool> memory;
  size_t write_buffer_bytes = size_t{16} << 20;  // of one memtable
  int open_files_max = 256;
  const os::Clock* clock = &os::SystemClock();  // by which values of kExpiringSpace go
};

// How far the feed goes; the time is that of the newest record there ever was.
struct FeedExtent {
  uint64_t trimmed = 0;
  uint64_t newest = 0;
  int64_t committed_ms = 0;
};

// Records to follow the newest one, each with its time.
struct FeedAddition {
  std::span<const NewFeedRecord> records = {};
  uint64_t after = 0;
};

enum class ReadTier : uint8_t { kCache, kDisk };

// kMiss: the cache alone cannot tell; ask again with kDisk.
enum class ReadOutcome : uint8_t { kDone, kMiss };

// The stored key that says that a transaction over several keyspaces has been applied to this one.
std::string MarkerKey(std::string_view transaction_id);

class Database {
 public:
  static Result<std::unique_ptr<Database>> Create(const DatabaseOptions& options);
  // A directory whose newest log lacks its final frame (a crash) is flushed before this returns.
  static Result<std::unique_ptr<Database>> Open(const DatabaseOptions& options);
  // Writes nothing into the directory and takes no lock: for a server that is stopped.
  static Result<std::unique_ptr<Database>> OpenReadOnly(const DatabaseOptions& options);

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();  // closes without flushing

  // `keys` are stored keys; `values` become as long. With kMiss they say nothing.
  Result<ReadOutcome> Get(std::span<const std::string> keys, Consistency consistency, ReadTier tier,
                          std::vector<std::optional<std::string>>& values) const;
  // Appends to `page`. With kMiss the entries appended so far are right; ask again for the rest of the range.
  Result<ReadOutcome> Scan(const Range& range, Direction direction, const ScanLimits& limits, ReadTier tier,
                           Page& page) const;

  // The records after `after` up to `newest`. Appends to `records` as Scan does to its page; `more` says whether there
  // are further ones.
  Result<ReadOutcome> ReadFeed(uint64_t after, uint64_t newest, const ScanLimits& limits, ReadTier tier,
                               std::vector<FeedRecord>& records, bool& more) const;

  // One batch, one sync. After a failure the database must be closed: the outcome is not known.
  Status Write(std::span<const std::shared_ptr<PendingWrite>> writes, std::span<const CounterDelta> new_counter_values,
               const FeedAddition& feed = {});
  // The same for all keys of a space, which nobody may use again, with its counters. They are there no more, for Get
  // and Scan, as soon as this returns; files that hold nothing else go at once, the rest when files are merged.
  Status DropSpace(uint16_t space);
  // The feed's records up to `after.trimmed` are not read any more, durably; what `after` says of the newest one stays.
  Status TrimFeed(const FeedExtent& after);
  Result<std::vector<int64_t>> LoadCounters() const;
  Result<FeedExtent> LoadFeed();  // once, before records are read
  // Ids of the transactions over several keyspaces whose MarkerKey is there.
  Result<std::vector<std::string>> LoadMarkers() const;
  const std::shared_ptr<const sealed::Keyring>& keyring() const;

  Status Flush();
  uint64_t MemtableBytes() const;
  uint64_t MemoryBytes() const;

 private:
  struct Rocks;
  enum class Mode : uint8_t { kCreate, kOpen, kReadOnly };

  explicit Database(std::unique_ptr<Rocks> rocks);
  static Result<std::unique_ptr<Database>> OpenAs(const DatabaseOptions& options, Mode mode);
  Status LoadDroppedSpaces();

  std::unique_ptr<Rocks> rocks_;
};

}  // namespace basalt::engine::rocks

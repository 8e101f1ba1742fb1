#include "engine/rocks/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/mutex.h"
#include "engine/contract.h"
#include "engine/rocks/memtable.h"
#include "engine/rocks/rocks_status.h"
#include "engine/rocks/sealed_env.h"
#include "sealed/sealed_file.h"

namespace basalt::engine::rocks {
namespace {

constexpr uint16_t kEngineSpace = kSpaceMax + 1;
constexpr size_t kSpaceBytes = 2;
// An opening begins a log of its own and reads all that hold what is in no table file yet. Flushed when there are more
// than this, a keyspace that is written to now and then stays quick to open however often it closes.
constexpr size_t kLogsReadMax = 4;
constexpr char kCounterTag = 'c';
constexpr char kFeedTag = 'f';        // a record: its time, eight bytes, then what it holds
constexpr char kFeedExtentTag = 'g';  // behind all records; once some were trimmed
constexpr size_t kNumberBytes = 8;
constexpr char kMarkerTag = 'm';
constexpr char kDroppedTag = 'd';

std::string TaggedKey(char tag) { return StoredKey(kEngineSpace, std::string_view(&tag, 1)); }

std::string CounterKey(uint16_t counter) {
  std::string key = TaggedKey(kCounterTag);
  AppendBigEndian16(key, counter);
  return key;
}

std::string FeedKey(uint64_t number) {
  std::string key = TaggedKey(kFeedTag);
  AppendBigEndian64(key, number);
  return key;
}

Error BadFeed() { return Error(Reason::kCorruption, "the feed holds what is no record"); }
Error FeedLacksRecords() { return Error(Reason::kCorruption, "the feed lacks records"); }

std::string DroppedKey(uint16_t space) {
  std::string key = TaggedKey(kDroppedTag);
  AppendBigEndian16(key, space);
  return key;
}

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// RocksDB would report either as bad options.
Status CheckCurrent(const DatabaseOptions& options) {
  const std::string current = os::JoinPath(options.directory, "CURRENT");
  TRY_ASSIGN(const bool exists, options.files->FileExists(current));
  if (!exists) {
    return Error(Reason::kCorruption, current + " is missing: its making was interrupted, or it was removed");
  }
  TRY(sealed::NewSealedReader(*options.files, current, options.keyring));
  return {};
}

// The directory's logs, oldest first.
Result<std::vector<std::pair<uint64_t, std::string>>> ListLogs(const DatabaseOptions& options) {
  constexpr std::string_view kSuffix = ".log";
  TRY_ASSIGN(const std::vector<os::DirectoryEntry> entries, options.files->ListDirectory(options.directory));
  std::vector<std::pair<uint64_t, std::string>> logs;
  for (const os::DirectoryEntry& entry : entries) {
    uint64_t number = 0;
    if (!entry.name.ends_with(kSuffix)) {
      continue;
    }
    const char* end = entry.name.data() + entry.name.size() - kSuffix.size();
    const auto [parsed, error] = std::from_chars(entry.name.data(), end, number);
    if (error == std::errc() && parsed == end) {
      logs.emplace_back(number, os::JoinPath(options.directory, entry.name));
    }
  }
  std::sort(logs.begin(), logs.end());
  return logs;
}

// A log without its final frame was cut off by a crash. RocksDB would keep it and go on in a new one; flushed, it is
// gone before anything stands behind its torn end.
Result<bool> NewestLogIsWhole(const DatabaseOptions& options) {
  TRY_ASSIGN(const auto logs, ListLogs(options));
  if (logs.empty()) {
    return true;
  }
  TRY_ASSIGN(const auto log, sealed::NewSealedReader(*options.files, logs.back().second, options.keyring));
  return log->closed();
}

// Logs that hold data and end in the middle of a frame; the newest is left out unless `with_newest`.
Result<std::vector<std::string>> FindCutLogs(const DatabaseOptions& options, bool with_newest) {
  TRY_ASSIGN(const auto logs, ListLogs(options));
  std::vector<std::string> cut;
  for (size_t i = 0; i + (with_newest ? 0 : 1) < logs.size(); ++i) {
    const std::string& path = logs[i].second;
    if (sealed::VerifySealedFile(*options.files, path, *options.keyring).torn_bytes > 0) {
      TRY_ASSIGN(const uint64_t data_bytes, sealed::LogicalSize(*options.files, path, *options.keyring));
      if (data_bytes > 0) {
        cut.push_back(path);
      }
    }
  }
  return cut;
}

// What a crash cut and recovery flushed is gone, durably, before anything is written behind it. RocksDB would delete
// it in its own time, and finds it gone.
Status DropFlushedLogs(const DatabaseOptions& options, const std::vector<std::string>& flushed) {
  for (const std::string& path : flushed) {
    if (Status removed = options.files->RemoveFile(path);
        !removed.ok() && removed.error().reason != Reason::kNotFound) {
      return removed;
    }
  }
  return options.files->SyncDirectory(options.directory);
}

// So where the newest log was closed, no older one may end in the middle of a frame: a crash does not leave that.
Status CheckOlderLogs(const DatabaseOptions& options) {
  TRY_ASSIGN(const std::vector<std::string> cut, FindCutLogs(options, /*with_newest=*/false));
  if (!cut.empty()) {
    return Error(Reason::kCorruption, cut.front() + " is cut inside a frame although newer logs were closed");
  }
  return {};
}

}  // namespace

std::string StoredKey(uint16_t space, std::string_view bytes) {
  std::string key;
  key.reserve(kSpaceBytes + bytes.size());
  AppendBigEndian16(key, space);
  key.append(bytes);
  return key;
}

std::string MarkerKey(std::string_view transaction_id) { return TaggedKey(kMarkerTag) + std::string(transaction_id); }

struct MemoryPool::Parts {
  std::shared_ptr<rocksdb::Cache> block_cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

MemoryPool::MemoryPool(size_t block_cache_bytes, size_t write_buffer_bytes) : parts_(std::make_unique<Parts>()) {
  parts_->block_cache = rocksdb::NewLRUCache(block_cache_bytes);
  parts_->write_buffers = std::make_shared<rocksdb::WriteBufferManager>(write_buffer_bytes);
}

MemoryPool::~MemoryPool() = default;

namespace {

// Spaces whose keys are there no more, whatever files still hold. Threads: any.
class DroppedSpaces {
 public:
  void Add(uint16_t space) {
    MutexLock lock(mutex_);
    spaces_.insert(space);
    some_.store(true, std::memory_order_release);
  }
  bool Contains(uint16_t space) const {
    if (!some_.load(std::memory_order_acquire)) {
      return false;
    }
    MutexLock lock(mutex_);
    return spaces_.count(space) != 0;
  }

 private:
  std::atomic<bool> some_{false};
  mutable Mutex mutex_;
  std::set<uint16_t> spaces_ GUARDED_BY(mutex_);
};

// Drops what has expired, was trimmed of the feed, or lies in a dropped space, when files are merged anyway.
class ObsoleteFilter final : public rocksdb::CompactionFilter {
 public:
  ObsoleteFilter(const os::Clock& clock, const DroppedSpaces& dropped) : clock_(clock), dropped_(dropped) {}

  void SetTrimmed(uint64_t number) { trimmed_.store(number, std::memory_order_release); }
  uint64_t trimmed() const { return trimmed_.load(std::memory_order_acquire); }

  const char* Name() const override { return "basalt.obsolete"; }
  bool Filter(int /*level*/, const rocksdb::Slice& key, const rocksdb::Slice& value, std::string* /*new_value*/,
              bool* /*value_changed*/) const override {
    if (key.size() < kSpaceBytes) {
      return false;
    }
    const uint16_t space = ReadBigEndian16(key.data());
    if (space == kExpiringSpace) {
      return value.size() >= sizeof(uint64_t) && static_cast<int64_t>(ReadBigEndian64(value.data())) <= clock_.WallMs();
    }
    if (space == kEngineSpace) {
      return key.size() == kSpaceBytes + 1 + kNumberBytes && key.data()[kSpaceBytes] == kFeedTag &&
             ReadBigEndian64(key.data() + kSpaceBytes + 1) <= trimmed();
    }
    return dropped_.Contains(space);
  }

 private:
  const os::Clock& clock_;
  const DroppedSpaces& dropped_;
  std::atomic<uint64_t> trimmed_{0};
};

// A missing block or an error at the beginning of a level's next file is forgotten by RocksDB before 8.5.2 where it
// looks for range deletions, and what that file holds is then passed over (facebook/rocksdb#11782). Ours have none.
rocksdb::ReadOptions IteratorOptions(const rocksdb::Slice& lower, const rocksdb::Slice* upper) {
  rocksdb::ReadOptions read;
  read.ignore_range_deletions = true;
  read.iterate_lower_bound = &lower;
  read.iterate_upper_bound = upper;
  return read;
}

}  // namespace

struct Database::Rocks {
  explicit Rocks(const os::Clock& clock) : obsolete(clock, dropped) {}

  DroppedSpaces dropped;
  ObsoleteFilter obsolete;
  std::shared_ptr<MemoryPool> memory;
  std::shared_ptr<const sealed::Keyring> keyring;
  std::unique_ptr<rocksdb::Env> env;  // outlives the database
  std::unique_ptr<rocksdb::DB> db;
  // Of the committing thread; kept for their memory.
  rocksdb::WriteBatch batch;
  std::vector<const PendingWrite*> in_order;
};

namespace {

rocksdb::Options OptionsFor(const DatabaseOptions& options, const MemoryPool::Parts& memory, rocksdb::Env* env) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = memory.block_cache;
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // A page of a Query is then in a few blocks, each looked up and found by its index once.
  table.block_size = size_t{8} << 10;
  // What was written lately is what writes read next.
  table.prepopulate_block_cache = rocksdb::BlockBasedTableOptions::PrepopulateBlockCache::kFlushOnly;
  // Indexes and filters live in the bounded cache too, so that hundreds of open tables have a known price.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;

  rocksdb::Options rocks;
  rocks.env = env;
  rocks.info_log = NewSilentLogger();
  rocks.info_log_level = rocksdb::InfoLogLevel::FATAL_LEVEL;
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocks.write_buffer_manager = memory.write_buffers;
  rocks.write_buffer_size = options.write_buffer_bytes;
  rocks.max_write_buffer_number = 4;
  // Fewer flushed files to merge at each read. Memtables are large, so this is not sooner than usual.
  rocks.level0_file_num_compaction_trigger = 2;
  rocks.arena_block_size = size_t{16} << 10;  // the default holds 1 MiB per idle table
  rocks.memtable_factory = NewMemTableFactory();
  rocks.allow_concurrent_memtable_write = false;  // one thread a keyspace writes
  rocks.enable_write_thread_adaptive_yield = false;
  // Items repeat their attribute names: LZ4 halves what is sealed and written. Not of files just flushed, which are
  // soon written anew: there it costs several times the sealing that it saves. Blocks in the cache are uncompressed.
  rocks.compression_per_level = {rocksdb::kNoCompression, rocksdb::kLZ4Compression};  // the last holds for all below
  // LZ4's acceleration: half the time where nothing repeats, a tenth more bytes where much does.
  rocks.compression_opts.level = -4;
  rocks.level_compaction_dynamic_level_bytes = true;
  // Blocks do not end where chunks do: read one by one, most chunks would be opened twice.
  rocks.compaction_readahead_size = size_t{256} << 10;
  rocks.max_open_files = options.open_files_max;
  rocks.max_manifest_file_size = size_t{16} << 20;

  // With the default mode a corruption inside a log would end its replay in silence.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  rocks.track_and_verify_wals_in_manifest = true;
  rocks.recycle_log_file_num = 0;
  rocks.avoid_flush_during_shutdown = true;
  rocks.avoid_flush_during_recovery = true;
  rocks.max_bgerror_resume_count = 0;  // an error closes the database; the engine opens it again from its log

  rocks.skip_stats_update_on_db_open = true;
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  rocks.avoid_unnecessary_blocking_io = true;  // a read that lets go of an old file does not delete it on a loop
  return rocks;
}

}  // namespace

Database::Database(std::unique_ptr<Rocks> rocks) : rocks_(std::move(rocks)) {}

Database::~Database() {
  // The log holds everything: a failure to close loses nothing.
  rocks_->db->Close().PermitUncheckedError();
}

Result<std::unique_ptr<Database>> Database::Create(const DatabaseOptions& options) {
  return OpenAs(options, Mode::kCreate);
}

Result<std::unique_ptr<Database>> Database::Open(const DatabaseOptions& options) {
  return OpenAs(options, Mode::kOpen);
}

Result<std::unique_ptr<Database>> Database::OpenReadOnly(const DatabaseOptions& options) {
  return OpenAs(options, Mode::kReadOnly);
}

Result<std::unique_ptr<Database>> Database::OpenAs(const DatabaseOptions& options, Mode mode) {
  auto rocks = std::make_unique<Rocks>(*options.clock);
  rocks->memory = options.memory;
  rocks->keyring = options.keyring;
  const Access access = mode == Mode::kReadOnly ? Access::kReadOnly : Access::kReadWrite;
  rocks->env = NewSealedEnv(*options.files, options.keyring, access);
  rocksdb::Options rocks_options = OptionsFor(options, options.memory->parts(), rocks->env.get());
  rocks_options.compaction_filter = &rocks->obsolete;
  rocks_options.create_if_missing = mode == Mode::kCreate;
  rocks_options.error_if_exists = mode == Mode::kCreate;
  if (mode != Mode::kCreate) {
    TRY(CheckCurrent(options));
  }
  bool newest_log_is_whole = true;
  size_t log_count = 0;
  if (mode != Mode::kCreate) {
    TRY_ASSIGN(newest_log_is_whole, NewestLogIsWhole(options));
    TRY_ASSIGN(const auto logs, ListLogs(options));
    log_count = logs.size();
  }
  std::vector<std::string> cut_logs;
  if (newest_log_is_whole) {
    TRY(CheckOlderLogs(options));
  } else {
    TRY_ASSIGN(cut_logs, FindCutLogs(options, /*with_newest=*/true));
  }
  rocks_options.avoid_flush_during_recovery = newest_log_is_whole && log_count <= kLogsReadMax;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = mode == Mode::kReadOnly
                                     ? rocksdb::DB::OpenForReadOnly(rocks_options, options.directory, &db)
                                     : rocksdb::DB::Open(rocks_options, options.directory, &db);
  rocks->db.reset(db);
  TRY(StatusOf(status));
  if (mode == Mode::kOpen && !newest_log_is_whole) {
    TRY(DropFlushedLogs(options, cut_logs));
  }
  std::unique_ptr<Database> database(new Database(std::move(rocks)));
  TRY(database->LoadDroppedSpaces());
  return database;
}

Result<ReadOutcome> Database::Get(std::span<const std::string> keys, Consistency consistency, ReadTier tier,
                                  std::vector<std::optional<std::string>>& values) const {
  rocksdb::DB& db = *rocks_->db;
  rocksdb::ReadOptions read;
  read.read_tier = tier == ReadTier::kCache ? rocksdb::kBlockCacheTier : rocksdb::kReadAllTier;
  // Only what is durable is visible, so a snapshot of now is after every acknowledged write.
  const bool at_one_time = consistency == Consistency::kTransactional && keys.size() > 1;
  const auto release = [&db](const rocksdb::Snapshot* snapshot) { db.ReleaseSnapshot(snapshot); };
  std::unique_ptr<const rocksdb::Snapshot, decltype(release)> snapshot(at_one_time ? db.GetSnapshot() : nullptr,
                                                                       release);
  read.snapshot = snapshot.get();
  values.assign(keys.size(), std::nullopt);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (rocks_->dropped.Contains(ReadBigEndian16(keys[i].data()))) {
      continue;
    }
    std::string value;
    const rocksdb::Status status = db.Get(read, SliceOf(keys[i]), &value);
    // A table file that is not open is said to hold the key, with no bytes, existing or not.
    const bool not_open = tier == ReadTier::kCache && status.ok() && value.empty();
    if (status.IsIncomplete() || not_open) {
      return ReadOutcome::kMiss;
    }
    if (status.ok()) {
      values[i] = std::move(value);
    } else if (!status.IsNotFound()) {
      return ErrorOf(status);
    }
  }
  return ReadOutcome::kDone;
}

Result<ReadOutcome> Database::Scan(const Range& range, Direction direction, const ScanLimits& limits, ReadTier tier,
                                   Page& page) const {
  std::string begin = StoredKey(range.space, range.begin);
  std::string end =
      range.end.empty() ? StoredKey(static_cast<uint16_t>(range.space + 1), {}) : StoredKey(range.space, range.end);
  PageBudget budget(limits);
  for (const Entry& entry : page.entries) {
    budget.Take(entry.key.size() + entry.value.size());
  }
  if (!page.entries.empty()) {
    std::string last = StoredKey(range.space, page.entries.back().key);
    if (direction == Direction::kForward) {
      begin = std::move(last) + '\0';
    } else {
      end = std::move(last);
    }
  }
  if (end <= begin || rocks_->dropped.Contains(range.space)) {
    return ReadOutcome::kDone;
  }

  const rocksdb::Slice lower(begin);
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions read = IteratorOptions(lower, &upper);
  read.read_tier = tier == ReadTier::kCache ? rocksdb::kBlockCacheTier : rocksdb::kReadAllTier;
  const std::unique_ptr<rocksdb::Iterator> at(rocks_->db->NewIterator(read));
  const bool forward = direction == Direction::kForward;
  for (forward ? at->SeekToFirst() : at->SeekToLast(); at->Valid(); forward ? at->Next() : at->Prev()) {
    std::string_view key(at->key().data(), at->key().size());
    key.remove_prefix(kSpaceBytes);
    if (!budget.Take(key.size() + at->value().size())) {
      page.more = true;
      break;
    }
    page.entries.push_back({std::string(key), at->value().ToString()});
  }
  const rocksdb::Status status = at->status();
  if (status.IsIncomplete()) {
    return ReadOutcome::kMiss;
  }
  if (!status.ok()) {
    return ErrorOf(status);
  }
  return ReadOutcome::kDone;
}

Result<ReadOutcome> Database::ReadFeed(uint64_t after, uint64_t newest, const ScanLimits& limits, ReadTier tier,
                                       std::vector<FeedRecord>& records, bool& more) const {
  more = false;
  PageBudget budget(limits);
  for (const FeedRecord& record : records) {
    budget.Take(record.bytes.size());
  }
  uint64_t last = records.empty() ? after : records.back().number;
  const std::string begin = FeedKey(last + 1);
  const std::string end = FeedKey(newest + 1);
  if (end <= begin) {
    return ReadOutcome::kDone;
  }
  const rocksdb::Slice lower(begin);
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions read = IteratorOptions(lower, &upper);
  read.read_tier = tier == ReadTier::kCache ? rocksdb::kBlockCacheTier : rocksdb::kReadAllTier;
  const std::unique_ptr<rocksdb::Iterator> at(rocks_->db->NewIterator(read));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    if (at->key().size() != begin.size() || at->value().size() < kNumberBytes) {
      return BadFeed();
    }
    if (!budget.Take(at->value().size() - kNumberBytes)) {
      more = true;
      break;
    }
    const uint64_t number = ReadBigEndian64(at->key().data() + begin.size() - kNumberBytes);
    if (number != last + 1) {
      if (number > rocks_->obsolete.trimmed() + 1) {
        return FeedLacksRecords();
      }
      records.clear();  // trimmed meanwhile: some are gone already, some not yet
    }
    last = number;
    records.push_back({number, static_cast<int64_t>(ReadBigEndian64(at->value().data())),
                       std::string(at->value().data() + kNumberBytes, at->value().size() - kNumberBytes)});
  }
  const rocksdb::Status status = at->status();
  if (status.IsIncomplete()) {
    return ReadOutcome::kMiss;
  }
  if (!status.ok()) {
    return ErrorOf(status);
  }
  if (!more && last < newest && newest > rocks_->obsolete.trimmed()) {
    return FeedLacksRecords();
  }
  return ReadOutcome::kDone;
}

Status Database::Write(std::span<const std::shared_ptr<PendingWrite>> writes,
                       std::span<const CounterDelta> new_counter_values, const FeedAddition& feed) {
  rocksdb::WriteBatch& batch = rocks_->batch;
  batch.Clear();
  // In the order of their keys, those of one key as they came: a search in the memtable goes the way of the one before,
  // which is in the processor's caches.
  std::vector<const PendingWrite*>& in_order = rocks_->in_order;
  in_order.clear();
  for (const auto& write : writes) {
    in_order.push_back(write.get());
  }
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const PendingWrite* a, const PendingWrite* b) { return a->key < b->key; });
  for (const PendingWrite* write : in_order) {
    TRY(StatusOf(write->value.has_value() ? batch.Put(SliceOf(write->key), SliceOf(*write->value))
                                          : batch.Delete(SliceOf(write->key))));
  }
  for (const CounterDelta& counter : new_counter_values) {
    std::string value;
    AppendBigEndian64(value, static_cast<uint64_t>(counter.delta));
    TRY(StatusOf(batch.Put(SliceOf(CounterKey(counter.counter)), SliceOf(value))));
  }
  uint64_t number = feed.after;
  for (const NewFeedRecord& record : feed.records) {
    const std::string key = FeedKey(++number);
    std::string committed;
    AppendBigEndian64(committed, static_cast<uint64_t>(record.committed_ms));
    const rocksdb::Slice key_part = SliceOf(key);
    const std::array<rocksdb::Slice, 2> value = {SliceOf(committed), SliceOf(record.bytes)};
    TRY(StatusOf(batch.Put(rocksdb::SliceParts(&key_part, 1), rocksdb::SliceParts(value.data(), value.size()))));
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return StatusOf(rocks_->db->Write(synced, &batch));
}

Status Database::DropSpace(uint16_t space) {
  rocksdb::WriteBatch batch;
  TRY(StatusOf(batch.Put(SliceOf(DroppedKey(space)), {})));
  for (uint16_t i = 0; i < kCountersPerSpace; ++i) {
    TRY(StatusOf(batch.Delete(SliceOf(CounterKey(static_cast<uint16_t>(kCountersPerSpace * space + i))))));
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  TRY(StatusOf(rocks_->db->Write(synced, &batch)));
  rocks_->dropped.Add(space);
  const std::string begin = StoredKey(space, {});
  const std::string end = StoredKey(static_cast<uint16_t>(space + 1), {});
  const rocksdb::Slice first(begin);
  const rocksdb::Slice last(end);
  return StatusOf(rocksdb::DeleteFilesInRange(rocks_->db.get(), rocks_->db->DefaultColumnFamily(), &first, &last,
                                              /*include_end=*/false));
}

Status Database::LoadDroppedSpaces() {
  const std::string begin = TaggedKey(kDroppedTag);
  const std::string end = TaggedKey(kDroppedTag + 1);
  const rocksdb::Slice lower(begin);
  const rocksdb::Slice upper(end);
  const std::unique_ptr<rocksdb::Iterator> at(rocks_->db->NewIterator(IteratorOptions(lower, &upper)));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    if (at->key().size() != begin.size() + sizeof(uint16_t)) {
      return Error(Reason::kCorruption,
                   "the mark of a dropped space has " + std::to_string(at->key().size()) + " bytes");
    }
    rocks_->dropped.Add(ReadBigEndian16(at->key().data() + begin.size()));
  }
  return StatusOf(at->status());
}

// Nothing is deleted but by merging files, or as whole files: a range that is deleted would lie in the memtable, which
// this RocksDB cannot put away twice, as it has to after a disk that was full.
Status Database::TrimFeed(const FeedExtent& after) {
  std::string extent;
  AppendBigEndian64(extent, after.trimmed);
  AppendBigEndian64(extent, static_cast<uint64_t>(after.committed_ms));
  rocksdb::WriteOptions synced;
  synced.sync = true;
  TRY(StatusOf(rocks_->db->Put(synced, SliceOf(TaggedKey(kFeedExtentTag)), SliceOf(extent))));
  rocks_->obsolete.SetTrimmed(after.trimmed);
  const std::string begin = FeedKey(0);
  const std::string end = FeedKey(after.trimmed + 1);
  const rocksdb::Slice first(begin);
  const rocksdb::Slice last(end);
  return StatusOf(rocksdb::DeleteFilesInRange(rocks_->db.get(), rocks_->db->DefaultColumnFamily(), &first, &last,
                                              /*include_end=*/false));
}

Result<FeedExtent> Database::LoadFeed() {
  const std::string begin = TaggedKey(kFeedTag);
  const std::string end = TaggedKey(kFeedExtentTag + 1);
  const std::string extent_key = TaggedKey(kFeedExtentTag);
  const rocksdb::Slice lower(begin);
  const rocksdb::Slice upper(end);
  FeedExtent extent;
  const std::unique_ptr<rocksdb::Iterator> at(rocks_->db->NewIterator(IteratorOptions(lower, &upper)));
  at->SeekToLast();
  if (at->Valid() && at->key() == rocksdb::Slice(extent_key)) {
    if (at->value().size() != 2 * kNumberBytes) {
      return BadFeed();
    }
    extent.trimmed = ReadBigEndian64(at->value().data());
    extent.newest = extent.trimmed;
    extent.committed_ms = static_cast<int64_t>(ReadBigEndian64(at->value().data() + kNumberBytes));
    at->Prev();
  }
  if (at->Valid()) {
    if (at->key().size() != begin.size() + kNumberBytes || at->value().size() < kNumberBytes) {
      return BadFeed();
    }
    extent.newest = std::max(extent.newest, ReadBigEndian64(at->key().data() + begin.size()));
    extent.committed_ms = std::max(extent.committed_ms, static_cast<int64_t>(ReadBigEndian64(at->value().data())));
  }
  TRY(StatusOf(at->status()));
  rocks_->obsolete.SetTrimmed(extent.trimmed);
  return extent;
}

Result<std::vector<int64_t>> Database::LoadCounters() const {
  std::vector<int64_t> counters;
  const std::string begin = CounterKey(0);
  const rocksdb::Slice lower(begin);
  const std::unique_ptr<rocksdb::Iterator> at(rocks_->db->NewIterator(IteratorOptions(lower, nullptr)));
  for (at->SeekToFirst(); at->Valid() && at->key().size() == begin.size() &&
                          at->key().starts_with(rocksdb::Slice(begin.data(), begin.size() - 2));
       at->Next()) {
    if (at->value().size() != sizeof(uint64_t)) {
      return Error(Reason::kCorruption, "a counter has " + std::to_string(at->value().size()) + " bytes");
    }
    counters.resize(ReadBigEndian16(at->key().data() + begin.size() - 2) + size_t{1});
    counters.back() = static_cast<int64_t>(ReadBigEndian64(at->value().data()));
  }
  TRY(StatusOf(at->status()));
  return counters;
}

Result<std::vector<std::string>> Database::LoadMarkers() const {
  std::vector<std::string> ids;
  const std::string begin = TaggedKey(kMarkerTag);
  const std::string end = TaggedKey(kMarkerTag + 1);
  const rocksdb::Slice lower(begin);
  const rocksdb::Slice upper(end);
  const std::unique_ptr<rocksdb::Iterator> at(rocks_->db->NewIterator(IteratorOptions(lower, &upper)));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    ids.emplace_back(at->key().data() + begin.size(), at->key().size() - begin.size());
  }
  TRY(StatusOf(at->status()));
  return ids;
}

const std::shared_ptr<const sealed::Keyring>& Database::keyring() const { return rocks_->keyring; }

Status Database::Flush() {
  rocksdb::FlushOptions options;
  options.wait = true;
  options.allow_write_stall = true;
  return StatusOf(rocks_->db->Flush(options));
}

uint64_t Database::MemtableBytes() const {
  uint64_t bytes = 0;
  rocks_->db->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &bytes);
  return bytes;
}

uint64_t Database::MemoryBytes() const {
  uint64_t readers_bytes = 0;
  rocks_->db->GetIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem, &readers_bytes);
  return MemtableBytes() + readers_bytes;
}

}  // namespace basalt::engine::rocks

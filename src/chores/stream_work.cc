// Stream work, table by table. A step that fails is tried again at the next look.
#include "chores/stream_work.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/await.h"
#include "base/mutex.h"
#include "base/thread_pool.h"
#include "os/schedule.h"
#include "table/change_record.h"
#include "telemetry/log.h"

namespace basalt::chores {
namespace {

constexpr int64_t kLookMs = 10'000;  // between two looks at what is due
constexpr int64_t kLookMsMin = 100;  // where shards are open for less than that
constexpr int64_t kTrimMs = 60'000;  // a feed is trimmed no more often
constexpr engine::ScanLimits kBatch = {.bytes_max = size_t{1} << 20, .count_max = 1000};
constexpr engine::ScanLimits kOne = {.count_max = 1};

using table::TableRecord;
using TablePtr = std::shared_ptr<const table::Table>;
using KeyspacePtr = std::shared_ptr<engine::Keyspace>;

struct TableId {
  table::TableAddress address;
  std::string table_id;

  friend auto operator<=>(const TableId&, const TableId&) = default;
};

TableId IdOf(const TableRecord& record) { return {record.address, record.table_id}; }

// Before that there can be none.
int64_t OldestRecordMs(const TableRecord& record) {
  int64_t oldest_ms = INT64_MAX / 2;
  for (const table::StreamRecord& stream : record.streams) {
    for (const table::ShardRecord& shard : stream.shards) {
      oldest_ms = std::min(oldest_ms, shard.created_ms);
    }
  }
  return oldest_ms;
}

bool HasStreamWork(const TableRecord& record) { return !record.streams.empty() || record.archive; }

}  // namespace

class StreamWork::Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(engine::Engine& engine, table::Catalogue& catalogue, table::UnwrapTableKey unwrap, os::Clock& clock,
         table::StreamPeriods periods)
      : engine_(engine),
        catalogue_(catalogue),
        unwrap_(std::move(unwrap)),
        clock_(clock),
        periods_(periods),
        looks_(clock),
        completions_("stream-done", 1),
        archives_("stream-archive", 1),
        thread_("stream-work", 1) {}

  void Start() {
    catalogue_.Watch({HasStreamWork, [weak = weak_from_this()](const TablePtr& table) {
                        if (const std::shared_ptr<Worker> worker = weak.lock()) {
                          worker->Post([&self = *worker, table] { self.Found(table); });
                        }
                      }});
  }

  // From then on nothing runs on the worker's threads, nor will.
  void Stop() {
    looks_.Stop();
    MutexLock lock(mutex_);
    stopping_ = true;
    while (tasks_ > 0) {
      idle_.wait(mutex_);
    }
  }

  // After what has been found so far; `done` after the archives that are under way, too.
  void RunDue(UniqueFunction<void(Status)> done) {
    Post([this, done = std::move(done)]() mutable {
      Status status = Look();
      PostTo(archives_, [done = std::move(done), status = std::move(status)]() mutable { done(std::move(status)); });
    });
  }

 private:
  struct Known {
    TablePtr table;
    int64_t trim_ms = 0;  // when there may be something to trim
  };

  void Post(UniqueFunction<void()> task) { PostTo(thread_, std::move(task)); }

  void PostTo(ThreadPool& pool, UniqueFunction<void()> task) {
    {
      MutexLock lock(mutex_);
      if (stopping_) {
        return;
      }
      ++tasks_;
    }
    pool.Post([this, task = std::move(task)]() mutable {
      if (!stopping_) {
        task();
      }
      task = {};
      MutexLock lock(mutex_);
      if (--tasks_ == 0) {
        idle_.notify_all();
      }
    });
  }

  void LookLater() {
    looks_.After(std::clamp(periods_.shard_ms, kLookMsMin, kLookMs), [weak = weak_from_this()] {
      if (const std::shared_ptr<Worker> worker = weak.lock()) {
        worker->Post([&self = *worker] {
          static_cast<void>(self.Look());
          self.looking_ = !self.tables_.empty();
          if (self.looking_) {
            self.LookLater();
          }
        });
      }
    });
  }

  // What a table has to do at once is done at once; for the rest somebody looks later.
  void Found(const TablePtr& table) {
    const TableRecord& record = table->record();
    const auto [known, is_new] = tables_.try_emplace(IdOf(record));
    known->second.table = table;
    if (is_new) {
      known->second.trim_ms = OldestRecordMs(record) + periods_.retention_ms;
    }
    if (!looking_) {
      looking_ = true;
      LookLater();
    }
    if (record.archive) {
      PostTo(archives_, [this, table] { static_cast<void>(Try(table, [&] { return Archive(table); })); });
      return;
    }
    const table::StreamRecord* const toggling = table::TogglingStream(record);
    if (toggling != nullptr && toggling->status == table::StreamStatus::kDisabling) {
      static_cast<void>(Try(table, [&] { return Disable(table); }));
    }
  }

  Status Look() {
    Status first;
    const auto take = [&](Status status) {
      if (first.ok() && !status.ok()) {
        first = std::move(status);
      }
    };
    const int64_t now_ms = clock_.WallMs();
    std::vector<TableId> ids;
    for (const auto& [id, known] : tables_) {
      ids.push_back(id);
    }
    for (const TableId& id : ids) {
      if (stopping_ || !Refresh(id)) {
        continue;
      }
      Known& known = tables_[id];
      const TablePtr table = known.table;
      const TableRecord& record = table->record();
      if (record.archive) {
        PostTo(archives_, [this, table] { static_cast<void>(Try(table, [&] { return Archive(table); })); });
        continue;
      }
      const table::StreamRecord* const toggling = table::TogglingStream(record);
      if (toggling != nullptr && toggling->status == table::StreamStatus::kDisabling) {
        take(Try(table, [&] { return Disable(table); }));
        continue;
      }
      if (const auto due_ms = table::RotationMs(record, periods_); due_ms && *due_ms <= now_ms) {
        take(Try(table, [&] { return Rotate(table); }));
      }
      const auto old_ms = table::OldShardMs(record, periods_);
      if (known.trim_ms <= now_ms || (old_ms && *old_ms <= now_ms)) {
        take(Try(table, [&] { return Trim(id, now_ms); }));
      }
    }
    return first;
  }

  // The newest record of a table; false, having forgotten it, if there is none any more.
  bool Refresh(const TableId& id) {
    const std::shared_ptr<const table::TableMap> tables = catalogue_.tables().Load();
    const auto found = tables->find(id.address);
    if (found != tables->end() && found->second->record().table_id == id.table_id &&
        HasStreamWork(found->second->record())) {
      tables_[id].table = found->second;
      return true;
    }
    const std::shared_ptr<const table::ArchiveMap> archives = catalogue_.archives().Load();
    const auto kept = archives->find({id.address, id.table_id});
    if (kept != archives->end()) {
      tables_[id].table = kept->second;
      return true;
    }
    tables_.erase(id);
    return false;
  }

  template <class Step>
  Status Try(const TablePtr& table, Step step) {
    Status status = step();
    if (!status.ok()) {
      telemetry::Log(telemetry::Level::kError, "the streams of a table could not be looked after yet",
                     {{"table", table->record().table_id}, {"error", status.error().text}});
    }
    return status;
  }

  Result<KeyspacePtr> Open(const table::Table& table) {
    return Await<KeyspacePtr>([&](auto done) { table.Acquire(completions_, std::move(done)); });
  }

  Result<engine::FeedPage> Read(engine::Keyspace& keyspace, uint64_t after, engine::ScanLimits limits) {
    return Await<engine::FeedPage>([&](auto done) { keyspace.Feed(after, limits, completions_, std::move(done)); });
  }

  // The newest number of the feed, once there is one in the shard.
  Result<uint64_t> FindEnd(engine::Keyspace& keyspace, const table::ShardRecord* shard) {
    TRY_ASSIGN(engine::FeedPage page, Read(keyspace, UINT64_MAX, kOne));
    if (shard != nullptr && page.newest < shard->first) {
      TRY(Await<engine::Outcome>([&](auto done) {
        keyspace.Transact(
            {},
            [](engine::Values) -> std::variant<engine::Plan, engine::Reject> {
              return engine::Plan{.feed_records = {{table::EncodeChangeRecord({})}}};
            },
            completions_, std::move(done));
      }));
      TRY_ASSIGN(page, Read(keyspace, UINT64_MAX, kOne));
    }
    return page.newest;
  }

  Status Change(const TablePtr& table, table::Catalogue::StreamChange change) {
    const TableRecord& record = table->record();
    Result<TablePtr> changed = Await<TablePtr>([&](auto done) {
      catalogue_.ChangeStreams(record.address, record.table_id, std::move(change), std::move(done));
    });
    if (!changed.ok()) {
      return changed.error().reason == Reason::kNotFound ? Status() : Status(changed.TakeError());
    }
    return {};
  }

  // Writes that began before it was said have told what they had to, and no other tells anything.
  Status Disable(const TablePtr& table) {
    TRY_ASSIGN(const KeyspacePtr keyspace, Open(*table));
    TRY(Await<void>([&](auto done) { keyspace->Fence(completions_, std::move(done)); }));
    const table::StreamRecord* const stream = table::TogglingStream(table->record());
    TRY_ASSIGN(const uint64_t last, FindEnd(*keyspace, table::OpenShard(*stream)));
    // Nobody waits for it here: the state may be one that lasts.
    const TableRecord& record = table->record();
    catalogue_.FinishDisabling(record.address, record.table_id, last, clock_.WallMs());
    return {};
  }

  Status Rotate(const TablePtr& table) {
    TRY_ASSIGN(const KeyspacePtr keyspace, Open(*table));
    TRY(Change(table, table::ShardClosing));
    const table::ShardRecord shard = *table::OpenShard(*table::EnabledStream(table->record()));
    TRY_ASSIGN(const uint64_t last, FindEnd(*keyspace, &shard));
    return Change(table, [last, now_ms = clock_.WallMs()](TableRecord record) {
      return table::ShardClosed(std::move(record), last, now_ms);
    });
  }

  // Numbers have no gap and times do not go back, so that the first record to be kept is found by halves.
  Result<uint64_t> FindOld(engine::Keyspace& keyspace, const engine::FeedPage& extent, int64_t kept_since_ms) {
    uint64_t old = extent.trimmed;
    uint64_t kept = extent.newest + 1;
    while (kept - old > 1) {
      const uint64_t middle = old + (kept - old) / 2;
      TRY_ASSIGN(const engine::FeedPage page, Read(keyspace, middle - 1, kOne));
      const bool is_old = page.records.empty() || page.records.front().committed_ms <= kept_since_ms;
      (is_old ? old : kept) = middle;
    }
    return old;
  }

  Status Trim(const TableId& id, int64_t now_ms) {
    const TablePtr table = tables_[id].table;
    uint64_t trimmed = UINT64_MAX;
    int64_t next_ms = now_ms + periods_.retention_ms;
    if (!table->record().keyspace.empty()) {
      TRY_ASSIGN(const KeyspacePtr keyspace, Open(*table));
      TRY_ASSIGN(engine::FeedPage oldest, Read(*keyspace, 0, kOne));
      const int64_t kept_since_ms = now_ms - periods_.retention_ms;
      trimmed = oldest.trimmed;
      if (!oldest.records.empty() && oldest.records.front().committed_ms <= kept_since_ms) {
        TRY_ASSIGN(trimmed, FindOld(*keyspace, oldest, kept_since_ms));
        TRY(Await<void>([&](auto done) { keyspace->Trim(trimmed, completions_, std::move(done)); }));
        TRY_ASSIGN(oldest, Read(*keyspace, 0, kOne));
      }
      if (!oldest.records.empty()) {
        next_ms = std::max(oldest.records.front().committed_ms + periods_.retention_ms,
                           now_ms + std::min(kTrimMs, periods_.retention_ms));
      }
    }
    tables_[id].trim_ms = next_ms;
    TRY(Change(table, [trimmed, now_ms, periods = periods_](TableRecord record) {
      return table::WithoutOldShards(std::move(record), trimmed, now_ms, periods);
    }));
    return {};
  }

  // The feed of a table that is DELETING, record by record with its number and time, into a keyspace of its own. One
  // that was begun before is made anew.
  Status Archive(const TablePtr& table) {
    const std::shared_ptr<const table::TableMap> tables = catalogue_.tables().Load();
    const auto found = tables->find(table->record().address);
    if (found == tables->end() || found->second != table) {
      return {};  // it was done meanwhile
    }
    const TableRecord& record = table->record();
    TRY_ASSIGN(const KeyspacePtr keyspace, Open(*table));
    TRY(Await<void>([&](auto done) { keyspace->Fence(completions_, std::move(done)); }));
    const table::StreamRecord* const stream = table::TogglingStream(record);
    TRY_ASSIGN(const uint64_t last, FindEnd(*keyspace, stream == nullptr ? nullptr : table::OpenShard(*stream)));
    TRY_ASSIGN(engine::FeedPage page, Read(*keyspace, 0, kBatch));
    const bool is_empty = page.records.empty();
    if (!is_empty) {
      TRY(Copy(*keyspace, record, std::move(page)));
    }
    return Await<void>([&](auto done) {
      catalogue_.FinishArchive(record.address, record.table_id, last, is_empty, clock_.WallMs(), std::move(done));
    });
  }

  Status Copy(engine::Keyspace& from, const TableRecord& record, engine::FeedPage page) {
    const TableRecord archive = table::ArchiveOf(record, page.newest, clock_.WallMs());
    TRY(Await<void>([&](auto done) { engine_.Drop(archive.keyspace, completions_, std::move(done)); }));
    TRY_ASSIGN(const KeyspacePtr to, Await<KeyspacePtr>([&](auto done) {
                 engine_.Create(
                     archive.keyspace, [this, archive] { return unwrap_(archive); }, completions_, std::move(done));
               }));
    TRY(Await<void>([&](auto done) { to->Trim(page.records.front().number - 1, completions_, std::move(done)); }));
    while (!page.records.empty()) {
      if (stopping_) {
        return Error(Reason::kUnavailable, "the server is about to end");
      }
      const uint64_t after = page.records.back().number;
      engine::Plan plan;
      for (engine::FeedRecord& copied : page.records) {
        plan.feed_records.push_back({std::move(copied.bytes), copied.committed_ms});
      }
      TRY(Await<engine::Outcome>([&](auto done) {
        to->Transact(
            {}, [&](engine::Values) -> std::variant<engine::Plan, engine::Reject> { return plan; }, completions_,
            std::move(done));
      }));
      TRY_ASSIGN(page, Read(from, after, kBatch));
    }
    return {};
  }

  engine::Engine& engine_;
  table::Catalogue& catalogue_;
  const table::UnwrapTableKey unwrap_;
  os::Clock& clock_;
  const table::StreamPeriods periods_;
  std::map<TableId, Known> tables_;  // the worker's thread's
  bool looking_ = false;             // likewise: somebody will look later
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  std::condition_variable_any idle_;
  size_t tasks_ GUARDED_BY(mutex_) = 0;
  os::Schedule looks_;
  ThreadPool completions_;  // where the engine and the catalogue answer the threads below, which wait
  ThreadPool archives_;
  ThreadPool thread_;  // last, so that it is joined before what its tasks use is gone
};

StreamWork::StreamWork(engine::Engine& engine, table::Catalogue& catalogue, table::UnwrapTableKey unwrap,
                       os::Clock& clock, table::StreamPeriods periods)
    : worker_(std::make_shared<Worker>(engine, catalogue, std::move(unwrap), clock, periods)) {
  worker_->Start();
}

StreamWork::~StreamWork() { worker_->Stop(); }

void StreamWork::RunDue(UniqueFunction<void(Status)> done) { worker_->RunDue(std::move(done)); }

}  // namespace basalt::chores

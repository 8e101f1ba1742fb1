// The work of one space of one table is a job: a chain of asynchronous steps on the worker's thread, so that a table
// with many items holds nobody up.
#include "chores/index_work.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/mutex.h"
#include "base/thread_pool.h"
#include "os/schedule.h"
#include "table/index_entry.h"
#include "telemetry/log.h"

namespace basalt::chores {
namespace {

// A batch holds the latches of its items while it is decided, and is one commit.
constexpr engine::ScanLimits kBatch = {.bytes_max = size_t{256} << 10, .count_max = 256};
constexpr int64_t kPauseMsMin = 100;
constexpr int64_t kPauseMsMax = 30'000;

using table::EntryWork;

struct JobId {
  std::string table_id;
  uint16_t space = 0;

  friend auto operator<=>(const JobId&, const JobId&) = default;
};

// Items that have an entry, by place in the batch, and where the entry lies.
struct Expected {
  size_t place = 0;
  engine::Key entry;
};

Result<engine::Plan> PlanEntries(const table::TableRecord& record, const table::IndexRecord& index,
                                 const std::vector<Expected>& expected, engine::Values values) {
  Arena arena;
  engine::Plan plan;
  const size_t items = values.size() - expected.size();
  for (size_t i = 0; i < expected.size(); ++i) {
    TRY(table::BackfillEntry(record, index, expected[i].entry, values[expected[i].place], values[items + i], arena,
                             plan));
  }
  return plan;
}

}  // namespace

class IndexWork::Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(table::Catalogue& catalogue, os::Clock& clock)
      : catalogue_(catalogue), pauses_(clock), home_("index-work", 1) {}

  void Watch() {
    catalogue_.WatchEntryWork([weak = weak_from_this()](const std::shared_ptr<const table::Table>& table) {
      if (const std::shared_ptr<Worker> worker = weak.lock()) {
        worker->Post([&self = *worker, table] { self.Begin(table->record()); });
      }
    });
  }

  // From then on nothing runs on the worker's thread, nor will.
  void Stop() {
    pauses_.Stop();
    MutexLock lock(mutex_);
    stopping_ = true;
    while (calls_ > 0) {
      idle_.wait(mutex_);
    }
  }

 private:
  class Job;

  void Begin(const table::TableRecord& record);
  void End(const JobId& id) { jobs_.erase(id); }

  // A task that has begun ends before Stop does, so it needs to hold nothing.
  void Post(UniqueFunction<void()> task) {
    {
      MutexLock lock(mutex_);
      if (stopping_) {
        return;
      }
      ++calls_;
    }
    home_.Post([this, task = std::move(task)]() mutable {
      if (!stopping_) {
        task();
      }
      task = {};
      LeaveCall();
    });
  }

  void EnterCall() {
    MutexLock lock(mutex_);
    ++calls_;
  }
  void LeaveCall() {
    MutexLock lock(mutex_);
    if (--calls_ == 0) {
      idle_.notify_all();
    }
  }

  table::Catalogue& catalogue_;
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  std::condition_variable_any idle_;
  size_t calls_ GUARDED_BY(mutex_) = 0;         // of the engine, under way; and tasks posted
  std::map<JobId, std::shared_ptr<Job>> jobs_;  // the worker's thread's
  os::Schedule pauses_;
  ThreadPool home_;  // last, so that it is joined before what its tasks use is gone
};

class IndexWork::Worker::Job : public std::enable_shared_from_this<Job> {
 public:
  Job(Worker& worker, JobId id, table::TableAddress address)
      : worker_(worker), id_(std::move(id)), address_(std::move(address)) {}

  // What there is to do now: in the course of a job an index that is filled may be deleted, and then its space dropped.
  void Look() {
    const std::shared_ptr<const table::TableMap> tables = worker_.catalogue_.tables().Load();
    const auto found = tables->find(address_);
    table_ = found == tables->end() || found->second->record().table_id != id_.table_id ? nullptr : found->second;
    work_ = table_ == nullptr ? EntryWork::kNone : table::EntryWorkIn(table_->record(), id_.space);
    if (work_ == EntryWork::kNone) {
      return worker_.End(id_);
    }
    if (keyspace_ != nullptr) {
      return GoOn();
    }
    table_->Acquire(worker_.home_, Then(&Job::Opened));
  }

 private:
  // The step that follows a call of the engine, unless the worker is to stop.
  template <class T>
  engine::Done<T> Then(void (Job::*step)(Result<T>)) {
    worker_.EnterCall();
    return [self = this->shared_from_this(), step](Result<T> result) mutable {
      Worker& worker = self->worker_;
      if (!worker.stopping_) {
        (self.get()->*step)(std::move(result));
      } else {
        self->keyspace_.reset();
      }
      self.reset();
      worker.LeaveCall();
    };
  }

  void Opened(Result<std::shared_ptr<engine::Keyspace>> keyspace) {
    if (!keyspace.ok()) {
      return Pause(keyspace.error());
    }
    keyspace_ = *std::move(keyspace);
    GoOn();
  }

  void GoOn() {
    if (work_ == EntryWork::kDestroy) {
      return keyspace_->DropSpace(id_.space, worker_.home_, Then(&Job::Worked));
    }
    if (fenced_) {
      return ReadBatch();
    }
    keyspace_->Fence(worker_.home_, Then(&Job::Fenced));
  }

  void Fenced(Status fenced) {
    if (!fenced.ok()) {
      return Pause(fenced.error());
    }
    fenced_ = true;
    ReadBatch();
  }

  void ReadBatch() {
    keyspace_->Scan({.space = 0, .begin = begin_}, engine::Direction::kForward, kBatch, engine::Consistency::kStrong,
                    worker_.home_, Then(&Job::FillBatch));
  }

  void FillBatch(Result<engine::Page> page) {
    if (!page.ok()) {
      return Pause(page.error());
    }
    if (page->entries.empty()) {
      return Worked({});
    }
    const table::TableRecord& record = table_->record();
    const auto index = std::find_if(record.indexes.begin(), record.indexes.end(),
                                    [this](const table::IndexRecord& known) { return known.space == id_.space; });
    BASALT_CHECK(index != record.indexes.end());
    Arena arena;
    std::vector<engine::Key> keys;
    std::vector<engine::Key> entries;
    std::vector<Expected> expected;
    for (const engine::Entry& item : page->entries) {
      Result<std::optional<engine::Key>> entry = table::EntryKeyOf(record, *index, item.value, arena);
      if (!entry.ok()) {
        return Pause(entry.error());
      }
      if (entry->has_value()) {
        expected.push_back({keys.size(), **entry});
        entries.push_back(**std::move(entry));
        keys.push_back({0, item.key});
      }
    }
    next_ = page->more ? std::optional(page->entries.back().key + '\0') : std::nullopt;
    if (keys.empty()) {
      return Filled(engine::Outcome::kRejected);
    }
    keys.insert(keys.end(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
    keyspace_->Transact(
        std::move(keys),
        [self = this->shared_from_this(), table = table_, index = &*index,
         expected = std::move(expected)](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
          Result<engine::Plan> plan = PlanEntries(table->record(), *index, expected, values);
          self->failure_ = plan.ok() ? std::nullopt : std::optional(plan.TakeError());
          if (!plan.ok()) {
            return engine::Reject{};
          }
          return *std::move(plan);
        },
        worker_.home_, Then(&Job::Filled));
  }

  void Filled(Result<engine::Outcome> outcome) {
    if (!outcome.ok() || failure_) {
      return Pause(failure_ ? *failure_ : outcome.error());
    }
    pause_ms_ = kPauseMsMin;
    if (!next_) {
      return Worked({});
    }
    begin_ = *std::move(next_);
    // By way of the queue: the index may be no longer wanted, and other tables want their turn.
    worker_.Post([self = this->shared_from_this()] { self->Look(); });
  }

  void Worked(Status worked) {
    if (!worked.ok()) {
      return Pause(worked.error());
    }
    keyspace_.reset();
    worker_.catalogue_.FinishEntryWork(address_, id_.table_id, id_.space, work_,
                                       [weak = this->weak_from_this(), of = worker_.weak_from_this()](Status recorded) {
                                         const std::shared_ptr<Worker> worker = of.lock();
                                         if (worker == nullptr) {
                                           return;
                                         }
                                         worker->Post([weak, recorded = std::move(recorded)] {
                                           const std::shared_ptr<Job> self = weak.lock();
                                           if (self == nullptr) {
                                             return;
                                           }
                                           if (!recorded.ok()) {
                                             return self->Pause(recorded.error());
                                           }
                                           self->Look();
                                         });
                                       });
  }

  // After a failure; what was done stays done.
  void Pause(const Error& error) {
    telemetry::Log(telemetry::Level::kError,
                   work_ == EntryWork::kDestroy ? "the entries of a former index could not be destroyed yet"
                                                : "the entries of an index could not be made yet",
                   {{"table", id_.table_id}, {"error", error.text}});
    keyspace_.reset();
    fenced_ = false;
    failure_.reset();
    worker_.pauses_.After(pause_ms_, [&worker = worker_, weak = this->weak_from_this()] {
      worker.Post([weak] {
        if (const std::shared_ptr<Job> self = weak.lock()) {
          self->Look();
        }
      });
    });
    pause_ms_ = std::min(2 * pause_ms_, kPauseMsMax);
  }

  Worker& worker_;
  const JobId id_;
  const table::TableAddress address_;
  std::shared_ptr<const table::Table> table_;
  EntryWork work_ = EntryWork::kNone;
  std::shared_ptr<engine::Keyspace> keyspace_;
  bool fenced_ = false;
  std::string begin_;                // items from here on have not been looked at
  std::optional<std::string> next_;  // where the batch after this one begins
  std::optional<Error> failure_;     // of the function
  int64_t pause_ms_ = kPauseMsMin;
};

void IndexWork::Worker::Begin(const table::TableRecord& record) {
  std::vector<uint16_t> spaces(record.dropped_spaces.begin(), record.dropped_spaces.end());
  for (const table::IndexRecord& index : record.indexes) {
    spaces.push_back(index.space);
  }
  for (const uint16_t space : spaces) {
    if (table::EntryWorkIn(record, space) != EntryWork::kNone && !stopping_) {
      std::shared_ptr<Job>& job = jobs_[{record.table_id, space}];
      if (job == nullptr) {
        job = std::make_shared<Job>(*this, JobId{record.table_id, space}, record.address);
        job->Look();
      }
    }
  }
}

IndexWork::IndexWork(table::Catalogue& catalogue, os::Clock& clock)
    : worker_(std::make_shared<Worker>(catalogue, clock)) {
  worker_->Watch();
}

IndexWork::~IndexWork() { worker_->Stop(); }

}  // namespace basalt::chores

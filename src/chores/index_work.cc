// The work of one space of one table is a job: a chain of asynchronous steps on the worker's thread, so that a table
// with many items holds nobody up.
#include "chores/index_work.h"

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "chores/work_thread.h"
#include "table/backfill.h"
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

Result<engine::Plan> PlanEntries(const table::TableRecord& record, const std::vector<Expected>& expected,
                                 engine::Values values) {
  Arena arena;
  engine::Plan plan;
  const size_t items = values.size() - expected.size();
  for (size_t i = 0; i < expected.size(); ++i) {
    TRY(table::PlanBackfill(record, expected[i].entry, values[expected[i].place], values[items + i], arena, plan));
  }
  return plan;
}

}  // namespace

class IndexWork::Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(table::Catalogue& catalogue, os::Clock& clock) : catalogue_(catalogue), thread_("index-work", clock) {}

  void Watch() {
    catalogue_.Watch({table::HasEntryWork, [weak = weak_from_this()](const std::shared_ptr<const table::Table>& table) {
                        if (const std::shared_ptr<Worker> worker = weak.lock()) {
                          worker->thread_.Post([&self = *worker, table] { self.Begin(table->record()); });
                        }
                      }});
  }

  void RunDue(UniqueFunction<void(Status)> done) {
    thread_.Post([this, done = std::move(done)]() mutable {
      if (jobs_.empty()) {
        return done({});
      }
      Waiter& waiter = waiters_.emplace_back();
      waiter.done = std::move(done);
      for (const auto& [id, job] : jobs_) {
        waiter.jobs.insert(id);
      }
    });
  }

  void Stop() {
    thread_.Stop();
    jobs_.clear();
    waiters_.clear();
  }

 private:
  class Job;

  // Who waits for what was to be done at some moment.
  struct Waiter {
    std::set<JobId> jobs;
    Status outcome;
    UniqueFunction<void(Status)> done;
  };

  void Begin(const table::TableRecord& record);
  void End(const JobId& id) {
    Tell(id, nullptr);
    jobs_.erase(id);
  }
  // The job has done its work, or failed.
  void Tell(const JobId& id, const Error* failure) {
    for (auto at = waiters_.begin(); at != waiters_.end();) {
      const auto waiter = at++;
      if (waiter->jobs.erase(id) > 0 && waiter->outcome.ok() && failure != nullptr) {
        waiter->outcome = Error(failure->reason, failure->text);
      }
      if (waiter->jobs.empty()) {
        waiter->done(std::move(waiter->outcome));
        waiters_.erase(waiter);
      }
    }
  }

  table::Catalogue& catalogue_;
  std::map<JobId, std::shared_ptr<Job>> jobs_;  // the worker's thread's
  std::list<Waiter> waiters_;                   // the same
  WorkThread thread_;                           // last, so that it ends before what its tasks use is gone
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
    table_->Acquire(worker_.thread_.home(), Then(&Job::Opened));
  }

 private:
  template <class T>
  engine::Done<T> Then(void (Job::*step)(Result<T>)) {
    return worker_.thread_.Step<T>(
        [self = this->shared_from_this(), step](Result<T> result) { (self.get()->*step)(std::move(result)); });
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
      return keyspace_->DropSpace(id_.space, worker_.thread_.home(), Then(&Job::Worked));
    }
    if (fenced_) {
      return ReadBatch();
    }
    keyspace_->Fence(worker_.thread_.home(), Then(&Job::Fenced));
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
                    worker_.thread_.home(), Then(&Job::FillBatch));
  }

  void FillBatch(Result<engine::Page> page) {
    if (!page.ok()) {
      return Pause(page.error());
    }
    if (page->entries.empty()) {
      return Worked({});
    }
    const table::TableRecord& record = table_->record();
    Arena arena;
    std::vector<engine::Key> keys;
    std::vector<engine::Key> entries;
    std::vector<Expected> expected;
    for (const engine::Entry& item : page->entries) {
      Result<std::optional<engine::Key>> entry = table::BackfillKeyOf(record, id_.space, item.value, arena);
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
        [self = this->shared_from_this(), table = table_,
         expected = std::move(expected)](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
          Result<engine::Plan> plan = PlanEntries(table->record(), expected, values);
          self->failure_ = plan.ok() ? std::nullopt : std::optional(plan.TakeError());
          if (!plan.ok()) {
            return engine::Reject{};
          }
          return *std::move(plan);
        },
        worker_.thread_.home(), Then(&Job::Filled));
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
    worker_.thread_.Post([self = this->shared_from_this()] { self->Look(); });
  }

  void Worked(Status worked) {
    if (!worked.ok()) {
      return Pause(worked.error());
    }
    keyspace_.reset();
    worker_.Tell(id_, nullptr);  // what is left is for the record alone
    worker_.catalogue_.FinishEntryWork(address_, id_.table_id, id_.space, work_,
                                       [weak = this->weak_from_this(), of = worker_.weak_from_this()](Status recorded) {
                                         const std::shared_ptr<Worker> worker = of.lock();
                                         if (worker == nullptr) {
                                           return;
                                         }
                                         worker->thread_.Post([weak, recorded = std::move(recorded)] {
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
    worker_.Tell(id_, &error);
    keyspace_.reset();
    fenced_ = false;
    failure_.reset();
    worker_.thread_.PostAfter(pause_ms_, [weak = this->weak_from_this()] {
      if (const std::shared_ptr<Job> self = weak.lock()) {
        self->Look();
      }
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
  for (const uint16_t space : table::EntrySpaces(record)) {
    if (table::EntryWorkIn(record, space) != EntryWork::kNone) {
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

void IndexWork::RunDue(UniqueFunction<void(Status)> done) { worker_->RunDue(std::move(done)); }

}  // namespace basalt::chores

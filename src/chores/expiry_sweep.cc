// One sweep at a time, and in it one table at a time.
#include "chores/expiry_sweep.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "chores/work_thread.h"
#include "model/item_json.h"
#include "table/expiry.h"
#include "table/item_key.h"
#include "table/item_write.h"
#include "table/stored_item.h"
#include "telemetry/counters.h"
#include "telemetry/log.h"

namespace basalt::chores {
namespace {

constexpr int64_t kSweepEveryMs = 60'000;
constexpr engine::ScanLimits kBatch = {.bytes_max = size_t{256} << 10, .count_max = 100};  // one commit
constexpr int kBatchesInARow = 100;   // before other tables have their turn
constexpr int64_t kRestsPerWork = 3;  // as many times as long as it worked does a sweep rest
constexpr int64_t kRestMsMin = 1;
constexpr int64_t kRestMsMax = 500;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

bool HasExpiry(const table::TableRecord& record) {
  return record.expiry && record.status != table::TableStatus::kDeleting;
}

// An item whose time is over by its entry.
struct DueItem {
  engine::Key key;
  int64_t second = 0;
};

// Plans to delete the item, if it is there and its time is still that of the entry.
Result<bool> PlanDeletion(const table::TableRecord& record, const DueItem& due, std::optional<std::string_view> stored,
                          table::AskedEntries& asked, Arena& arena, engine::Plan& plan) {
  if (!stored) {
    return false;
  }
  TRY_ASSIGN(const table::StoredItem decoded, table::DecodeStoredItem(*stored));
  TRY_ASSIGN(const model::Item item, model::ParseStoredItem(decoded.body_json, arena));
  if (table::ExpirySecondOf(model::Find(item, record.expiry->attribute)) != due.second) {
    return false;
  }
  table::ItemWrite write;
  write.key = due.key.bytes;
  write.key_attributes = table::KeyAttributesOf(record, item, arena);
  write.action = table::DeleteWrite{};
  write.expired_by_ttl = true;
  TRY(table::ApplyWrite(write, record, stored, false, asked, arena, plan));
  return true;
}

}  // namespace

class ExpirySweep::Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(table::Catalogue& catalogue, os::Clock& clock)
      : catalogue_(catalogue), clock_(clock), thread_("expiry", clock) {}

  void Watch() {
    catalogue_.Watch({HasExpiry, [weak = weak_from_this()](const std::shared_ptr<const table::Table>& table) {
                        if (const std::shared_ptr<Worker> worker = weak.lock()) {
                          worker->thread_.Post([&self = *worker, id = table->record().table_id] { self.Heed(id); });
                        }
                      }});
  }

  void RunDue(UniqueFunction<void(Status)> done) {
    thread_.Post([this, done = std::move(done)]() mutable {
      waiting_.push_back(std::move(done));
      if (!sweeping_) {
        Begin();
      }
    });
  }

  void Stop() {
    thread_.Stop();
    keyspace_.reset();
  }

 private:
  // What is known of a table since its last look.
  struct Known {
    bool changed = true;  // the table, since then; or nothing is known yet
    bool held = false;    // somebody else had it open, and may have written since
    uint64_t openings = 0;
    int64_t next_due_s = 0;  // the second of the first entry that was not due
  };

  void Heed(const std::string& table_id) {
    known_[table_id].changed = true;
    if (!ticking_) {
      ticking_ = true;
      thread_.PostAfter(kSweepEveryMs, [this] { Tick(); });
    }
  }

  void Tick() {
    ticking_ = !known_.empty();
    if (ticking_) {
      thread_.PostAfter(kSweepEveryMs, [this] { Tick(); });
    }
    if (!sweeping_) {
      Begin();
    }
  }

  void Begin() {
    sweeping_ = true;
    answered_ = std::move(waiting_);
    waiting_.clear();
    outcome_ = {};
    now_s_ = clock_.WallMs() / 1000;
    const std::shared_ptr<const table::TableMap> tables = catalogue_.tables().Load();
    std::map<std::string, Known> known;
    for (const auto& [address, table] : *tables) {
      if (HasExpiry(table->record())) {
        tables_.push_back(table);
        const std::string& id = table->record().table_id;
        known[id] = known_[id];
      }
    }
    known_ = std::move(known);
    Next();
  }

  void Next() {
    keyspace_.reset();
    while (!tables_.empty()) {
      table_ = std::move(tables_.front());
      tables_.pop_front();
      if (NeedsLook()) {
        return Look();
      }
    }
    table_.reset();
    End();
  }

  void End() {
    sweeping_ = false;
    std::vector<UniqueFunction<void(Status)>> answered = std::move(answered_);
    answered_.clear();
    for (UniqueFunction<void(Status)>& done : answered) {
      done(outcome_.ok() ? Status() : Status(Error(outcome_.error().reason, outcome_.error().text)));
    }
    if (!waiting_.empty()) {
      Begin();
    }
  }

  bool NeedsLook() {
    const table::TableRecord& record = table_->Current(newer_);
    if (!HasExpiry(record)) {
      return false;
    }
    expiry_ = *record.expiry;
    const Known& known = known_[record.table_id];
    return known.changed || known.held || known.openings != table_->openings() || known.next_due_s < now_s_;
  }

  void Look() {
    Known& known = known_[table_->record().table_id];
    known.changed = false;
    known.openings = table_->openings() + 1;
    begin_ = table::ExpiredEntries(expiry_, now_s_).begin;
    table_->Acquire(thread_.home(), Then(&Worker::Opened));
  }

  void Looked(int64_t next_due_s) {
    Known& known = known_[table_->record().table_id];
    known.next_due_s = next_due_s;
    known.held = held_;
    Next();
  }

  template <class T>
  engine::Done<T> Then(void (Worker::*step)(Result<T>)) {
    return thread_.Step<T>([this, step](Result<T> result) { (this->*step)(std::move(result)); });
  }

  void Opened(Result<std::shared_ptr<engine::Keyspace>> keyspace) {
    if (!keyspace.ok()) {
      return Fail(keyspace.error());
    }
    keyspace_ = *std::move(keyspace);
    held_ = keyspace_.use_count() > 1;  // before the first scan: who lets go later may have written behind it
    batches_ = 0;
    ReadBatch();
  }

  void ReadBatch() {
    began_ms_ = clock_.MonotonicMs();
    keyspace_->Scan({.space = expiry_.space, .begin = begin_}, engine::Direction::kForward, kBatch,
                    engine::Consistency::kStrong, thread_.home(), Then(&Worker::DeleteBatch));
  }

  void DeleteBatch(Result<engine::Page> page) {
    if (!page.ok()) {
      return Fail(page.error());
    }
    std::vector<engine::Key> keys;
    batch_.clear();
    next_due_s_ = page->more ? std::nullopt : std::optional(kNever);
    for (engine::Entry& entry : page->entries) {
      const Result<table::ExpiryEntry> read = table::ReadExpiryEntry(entry.key);
      if (!read.ok()) {
        return Fail(read.error());
      }
      if (read->second >= now_s_) {
        next_due_s_ = read->second;
        break;
      }
      begin_ = entry.key + '\0';
      keys.push_back({0, std::string(read->item_key)});
      batch_.push_back({keys.back(), read->second});
    }
    if (batch_.empty()) {
      return Looked(next_due_s_.value_or(kNever));
    }
    asked_ = {};
    keyspace_->Transact(
        std::move(keys), [this](engine::Values values) { return Decide(values); }, thread_.home(),
        Then(&Worker::Deleted));
  }

  // Runs on threads of the engine, while the worker waits for it.
  std::variant<engine::Plan, engine::Reject> Decide(engine::Values values) {
    deleted_ = 0;
    failure_.reset();
    const table::TableRecord& record = table_->Current(newer_);
    over_ = !record.expiry || record.expiry->space != expiry_.space;
    if (over_) {
      return engine::Reject{};  // switched off since
    }
    Arena arena;
    engine::Plan plan;
    asked_.values = values.subspan(batch_.size());
    for (size_t i = 0; i < batch_.size(); ++i) {
      const Result<bool> deletes = PlanDeletion(record, batch_[i], values[i], asked_, arena, plan);
      if (!deletes.ok()) {
        failure_.emplace(deletes.error().reason, deletes.error().text);
        return engine::Reject{};
      }
      deleted_ += *deletes ? 1U : 0U;
    }
    return plan;
  }

  void Deleted(Result<engine::Outcome> outcome) {
    if (!outcome.ok() || failure_) {
      return Fail(failure_ ? *failure_ : outcome.error());
    }
    static telemetry::Counter& deleted = telemetry::GetCounter("time_to_live_deleted_items_total");
    deleted.Add(deleted_);
    if (over_) {
      return Next();
    }
    if (next_due_s_) {
      return Looked(*next_due_s_);
    }
    if (++batches_ == kBatchesInARow) {
      known_[table_->record().table_id].changed = true;
      tables_.push_back(std::move(table_));
      return Next();
    }
    const bool hurried = !answered_.empty() || !waiting_.empty();
    if (hurried) {
      return thread_.Post([this] { ReadBatch(); });
    }
    const int64_t worked_ms = clock_.MonotonicMs() - began_ms_;
    thread_.PostAfter(std::clamp(kRestsPerWork * worked_ms, kRestMsMin, kRestMsMax), [this] { ReadBatch(); });
  }

  void Fail(const Error& error) {
    known_[table_->record().table_id].changed = true;
    if (HasExpiry(table_->Current(newer_))) {
      telemetry::Log(telemetry::Level::kError, "expired items could not be deleted yet",
                     {{"table", table_->record().table_id}, {"error", error.text}});
      if (outcome_.ok()) {
        outcome_ = Error(error.reason, error.text);
      }
    }
    Next();
  }

  table::Catalogue& catalogue_;
  os::Clock& clock_;

  // The worker's thread's, and all that follow.
  std::map<std::string, Known> known_;  // by the ids of tables
  bool ticking_ = false;
  bool sweeping_ = false;
  std::vector<UniqueFunction<void(Status)>> waiting_;   // for the next sweep
  std::vector<UniqueFunction<void(Status)>> answered_;  // by this sweep, which does not rest for their sake

  // The sweep.
  int64_t now_s_ = 0;
  std::deque<std::shared_ptr<const table::Table>> tables_;  // still to be looked at
  Status outcome_;

  // The table that is looked at.
  std::shared_ptr<const table::Table> table_;
  std::shared_ptr<const table::TableRecord> newer_;
  table::ExpiryRecord expiry_;
  std::shared_ptr<engine::Keyspace> keyspace_;
  bool held_ = false;  // somebody else had it open when the look began
  int batches_ = 0;    // of this look, so far
  std::string begin_;  // entries from here on have not been looked at

  // The batch.
  int64_t began_ms_ = 0;
  std::vector<DueItem> batch_;
  std::optional<int64_t> next_due_s_;  // known once no entry is due any more
  table::AskedEntries asked_;
  size_t deleted_ = 0;
  bool over_ = false;  // the table's time to live
  std::optional<Error> failure_;

  WorkThread thread_;  // last, so that it ends before what its tasks use is gone
};

ExpirySweep::ExpirySweep(table::Catalogue& catalogue, os::Clock& clock)
    : worker_(std::make_shared<Worker>(catalogue, clock)) {
  worker_->Watch();
}

ExpirySweep::~ExpirySweep() { worker_->Stop(); }

void ExpirySweep::RunDue(UniqueFunction<void(Status)> done) { worker_->RunDue(std::move(done)); }

}  // namespace basalt::chores

#include "engine/rocks/keyspace_core.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/contract.h"
#include "engine/value_cache.h"
#include "sealed/sealed_blob.h"

namespace basalt::engine::rocks {
namespace {

constexpr size_t kGroupBytesMax = size_t{8} << 20;  // a larger group is closed and another one opened behind it
constexpr int kQuietRoundsMax = 4;                  // of a loop, that an open group waits for it to go quiet
constexpr int kGroupsInARow = 8;                    // before other keyspaces get the commit thread
constexpr int64_t kReopenPauseMinMs = 20;
constexpr int64_t kReopenPauseMaxMs = 5000;

uint64_t NextId() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

// The reverse of StoredKey.
KeyView KeyOf(std::string_view stored_key) {
  const auto byte = [stored_key](size_t at) { return static_cast<uint16_t>(static_cast<uint8_t>(stored_key[at])); };
  return {static_cast<uint16_t>(byte(0) << 8 | byte(1)), stored_key.substr(2)};
}

// Takes the puts and deletes of `plan`.
std::vector<std::shared_ptr<PendingWrite>> WritesOf(Plan& plan) {
  std::vector<std::shared_ptr<PendingWrite>> writes;
  writes.reserve(plan.puts.size() + plan.deletes.size() + 1);
  for (PutEntry& put : plan.puts) {
    writes.push_back(std::make_shared<PendingWrite>(
        PendingWrite{.key = StoredKey(put.key.space, put.key.bytes), .value = std::move(put.value)}));
  }
  for (const Key& key : plan.deletes) {
    writes.push_back(
        std::make_shared<PendingWrite>(PendingWrite{.key = StoredKey(key.space, key.bytes), .value = std::nullopt}));
  }
  return writes;
}

// Adds the deltas to `counters` and answers with the new values, each once.
std::vector<CounterDelta> Sum(const std::vector<CounterDelta>& deltas, std::vector<int64_t>& counters) {
  std::map<uint16_t, int64_t> sums;
  for (const CounterDelta& delta : deltas) {
    int64_t& sum = sums[delta.counter];
    sum = AddWrapping(sum, delta.delta);
  }
  std::vector<CounterDelta> new_values;
  for (const auto& [counter, sum] : sums) {
    if (counters.size() <= counter) {
      counters.resize(counter + size_t{1});
    }
    counters[counter] = AddWrapping(counters[counter], sum);
    new_values.push_back({counter, counters[counter]});
  }
  return new_values;
}

Done<Outcome> WithoutOutcome(Done<void> done) {
  return [done = std::move(done)](Result<Outcome> outcome) mutable {
    done(outcome.ok() ? Status() : Status(outcome.TakeError()));
  };
}

std::string_view LastPart(std::string_view name) { return name.substr(name.rfind('/') + 1); }

}  // namespace

struct KeyspaceCore::Call {
  std::shared_ptr<KeyspaceCore> core;
  std::vector<Key> keys;
  TransactFunction function;
  Executor* home = nullptr;
  Done<Outcome> done;
  ValueCache* remembered = nullptr;

  // Of a part of a transaction over several keyspaces, which decides; `done` then tells of the part.
  enum class Fate : uint8_t { kNothing, kCommitting, kLeftToOpening };
  Done<Held> held;
  Fate fate = Fate::kNothing;
  bool is_deciding = false;  // fences after `fences` wait

  std::vector<std::string> stored;                        // the keys as stored: sorted, each once
  std::vector<size_t> place;                              // keys[i] is stored[place[i]]
  std::vector<PendingWritePtr> pending;                   // of each stored key, taken with its latch
  std::vector<std::optional<std::string>> values;         // of each stored key, if read from the database
  std::vector<std::optional<std::string_view>> recalled;  // of each stored key, in `remembered`: until the loop goes on
  size_t latched = 0;                                     // stored keys whose latches are held: the first so many
  uint64_t epoch = 0;
  uint64_t fences = 0;
  uint64_t depends_on = 0;  // the newest group a value came from; 0: all are durable

  const PendingWrite* PendingAt(size_t at) const {
    const PendingWrite* const write = pending[at].get();
    return write != nullptr && write->epoch == epoch ? write : nullptr;
  }

  void AppendValues(std::vector<std::optional<std::string_view>>& out) const {
    out.reserve(out.size() + place.size());
    for (const size_t at : place) {
      const PendingWrite* const write = PendingAt(at);
      if (write != nullptr) {
        out.push_back(write->value);
      } else if (recalled[at].has_value()) {
        out.push_back(recalled[at]);
      } else {
        out.push_back(values[at]);
      }
    }
  }

  // For what goes on when the loop has gone on.
  void KeepRecalled() {
    for (size_t at = 0; at < stored.size(); ++at) {
      if (recalled[at].has_value()) {
        values[at] = std::string(*std::exchange(recalled[at], std::nullopt));
      }
    }
  }

  // Latches held are of the first keys in order, then as before.
  void Name(std::vector<Key> named) {
    keys = std::move(named);
    stored.clear();
    place.clear();
    stored.reserve(keys.size());
    for (const Key& key : keys) {
      stored.push_back(StoredKey(key.space, key.bytes));
    }
    if (keys.size() == 1) {
      place.push_back(0);
    } else {
      const std::vector<std::string> in_order = stored;
      std::sort(stored.begin(), stored.end());
      stored.erase(std::unique(stored.begin(), stored.end()), stored.end());
      for (const std::string& key : in_order) {
        place.push_back(static_cast<size_t>(std::lower_bound(stored.begin(), stored.end(), key) - stored.begin()));
      }
    }
    pending.assign(stored.size(), nullptr);
  }
};

struct KeyspaceCore::Completion {
  Executor* home;
  Done<Outcome> done;
  Outcome outcome;
  ValueCache* remembered;
  std::vector<std::shared_ptr<const PendingWrite>> writes;  // for `remembered`
};

struct KeyspaceCore::Group {
  uint64_t number = 0;
  bool closed = false;  // only completions may still be added: the commit thread has it, or a space's end
  std::optional<uint16_t> dropped_space = {};
  std::optional<uint64_t> trimmed = {};  // to this number the feed is to be
  size_t bytes = 0;
  std::vector<std::shared_ptr<PendingWrite>> writes;
  std::vector<CounterDelta> counter_deltas;
  std::vector<SumDelta> sum_deltas;
  std::vector<NewFeedRecord> feed_records;
  std::vector<Completion> completions;
  CallPtr left;  // alone in its group, which fails: the part of a transaction that opening again applies
};

KeyspaceCore::Held::Held() = default;
KeyspaceCore::Held::Held(CallPtr call) : call_(std::move(call)) {}
KeyspaceCore::Held::Held(Held&& other) noexcept = default;
KeyspaceCore::Held& KeyspaceCore::Held::operator=(Held&& other) noexcept = default;
KeyspaceCore::Held::~Held() { BASALT_CHECK(call_ == nullptr); }

void KeyspaceCore::Held::AppendValues(std::vector<std::optional<std::string_view>>& values) const {
  call_->AppendValues(values);
}

KeyspaceCore::KeyspaceCore(const Surroundings& around, std::string name, std::string directory, KeySource key)
    : around_(around), id_(NextId()), name_(std::move(name)), directory_(std::move(directory)), key_(std::move(key)) {}

KeyspaceCore::~KeyspaceCore() = default;

Result<std::shared_ptr<KeyspaceCore>> KeyspaceCore::Create(const Surroundings& around, std::string name,
                                                           std::string directory, KeySource key) {
  return Make(around, std::move(name), std::move(directory), std::move(key), true);
}

Result<std::shared_ptr<KeyspaceCore>> KeyspaceCore::Open(const Surroundings& around, std::string name,
                                                         std::string directory, KeySource key) {
  return Make(around, std::move(name), std::move(directory), std::move(key), false);
}

Result<std::shared_ptr<KeyspaceCore>> KeyspaceCore::Make(const Surroundings& around, std::string name,
                                                         std::string directory, KeySource key, bool create) {
  const std::shared_ptr<KeyspaceCore> core(
      new KeyspaceCore(around, std::move(name), std::move(directory), std::move(key)));
  TRY_ASSIGN(Recovered recovered, core->Recover(create));
  MutexLock lock(core->mutex_);
  core->Install(std::move(recovered));
  return core;
}

Result<KeyspaceCore::Recovered> KeyspaceCore::Recover(bool create) {
  Recovered recovered;
  TRY_ASSIGN(recovered.database, OpenNow(create));
  TRY_ASSIGN(recovered.counters, recovered.database->LoadCounters());
  TRY_ASSIGN(recovered.feed, recovered.database->LoadFeed());
  TRY(ApplyOutstanding(recovered));
  return recovered;
}

Status KeyspaceCore::ApplyOutstanding(Recovered& recovered) const {
  Journal& journal = around_.journal;
  TRY_ASSIGN(const std::vector<std::string> applied, recovered.database->LoadMarkers());
  for (const std::string& id : applied) {
    if (!journal.Knows(id)) {
      recovered.spent_markers.push_back(MarkerKey(id));
    }
  }
  for (const std::string& id : journal.OutstandingFor(name_)) {
    if (std::find(applied.begin(), applied.end(), id) == applied.end()) {
      TRY_ASSIGN(const Journal::Part part, journal.ReadPart(id, name_));
      if (part.sealed) {
        TRY_ASSIGN(const std::string bytes,
                   sealed::OpenBlob(*recovered.database->keyring(), PartPurpose(id), *part.sealed));
        TRY_ASSIGN(Plan plan, DecodePlan(bytes));
        TRY(ApplyPart(recovered, std::move(plan), MarkerKey(id)));
      } else if (!part.is_final) {
        continue;  // being written: whoever writes it finds that this was opened meanwhile
      }
    }
    journal.PartDone(id, name_);
  }
  return {};
}

Status KeyspaceCore::ApplyPart(Recovered& recovered, Plan plan, const std::string& marker) const {
  std::vector<std::shared_ptr<PendingWrite>> writes = WritesOf(plan);
  writes.push_back(std::make_shared<PendingWrite>(PendingWrite{.key = marker, .value = std::string()}));
  TRY(AppendSums(*recovered.database, plan.sum_deltas, writes));
  const std::vector<CounterDelta> new_values = Sum(plan.counter_deltas, recovered.counters);
  const std::vector<uint64_t> stamped = BeginWrites(writes);
  const FeedExtent extended = Extended(recovered.feed, plan.feed_records);
  Status status = recovered.database->Write(writes, new_values, {plan.feed_records, recovered.feed.newest});
  recovered.feed = extended;
  for (const uint64_t hash : stamped) {  // loops may keep what this replaced
    around_.stamps.EndWrite(hash);
  }
  return status;
}

Result<std::unique_ptr<Database>> KeyspaceCore::OpenNow(bool create) {
  DatabaseOptions options;
  options.files = &around_.files;
  options.directory = directory_;
  options.memory = around_.memory;
  options.write_buffer_bytes = around_.write_buffer_bytes;
  options.open_files_max = around_.open_files_max;
  options.clock = &around_.clock;
  const std::string directory_id(LastPart(name_));
  TRY_ASSIGN(const SecretBytes wrapping_key, key_());
  if (!create) {
    TRY_ASSIGN(options.keyring, sealed::Keyring::Load(around_.files, directory_, directory_id, wrapping_key));
    return Database::Open(options);
  }
  TRY(around_.files.CreateDirectories(directory_));
  TRY_ASSIGN(options.keyring, sealed::Keyring::Create(around_.files, directory_, directory_id, wrapping_key));
  return Database::Create(options);
}

void KeyspaceCore::Install(Recovered recovered) {
  open_.release = std::make_shared<Release>();
  open_.database = std::shared_ptr<Database>(recovered.database.release(),
                                             [release = open_.release, &pool = around_.control_pool](Database* last) {
                                               pool.Post([release, owned = std::unique_ptr<Database>(last)]() mutable {
                                                 owned.reset();
                                                 if (release->then) {
                                                   release->then();
                                                 }
                                               });
                                             });
  counters_ = std::move(recovered.counters);
  feed_ = recovered.feed;
  spent_markers_ = std::move(recovered.spent_markers);
  state_ = State::kOpen;
  readable_ = true;
}

bool KeyspaceCore::closed() {
  MutexLock lock(mutex_);
  return state_ == State::kClosed;
}

std::shared_ptr<Database> KeyspaceCore::Enter() {
  MutexLock lock(mutex_);
  if (state_ != State::kOpen) {
    return nullptr;
  }
  ++calls_;
  return open_.database;
}

void KeyspaceCore::Leave(size_t calls) {
  OpenDatabase open;
  UniqueFunction<void()> when_closed;
  {
    MutexLock lock(mutex_);
    BASALT_CHECK(calls_ >= calls);
    calls_ -= calls;
    if (calls_ > 0 || state_ != State::kClosing) {
      return;
    }
    state_ = State::kClosed;
    open = std::move(open_);
    when_closed = std::move(when_closed_);
  }
  around_.governor.Forget(*this);
  if (open.database != nullptr) {
    open.release->then = std::move(when_closed);  // before the last holder lets go, who may be this one
    return;
  }
  around_.control_pool.Post(std::move(when_closed));
}

std::vector<uint64_t> KeyspaceCore::BeginWrites(std::span<const std::shared_ptr<PendingWrite>> writes) const {
  std::vector<uint64_t> stamped;
  stamped.reserve(writes.size());
  for (const auto& write : writes) {
    stamped.push_back(HashOf(write->key));
    around_.stamps.Prefetch(stamped.back());
  }
  for (const uint64_t hash : stamped) {
    around_.stamps.BeginWrite(hash);
  }
  return stamped;
}

Error KeyspaceCore::Unavailable() const { return {Reason::kUnavailable, "keyspace " + name_ + " is not open"}; }

// Ends a call that entered.
template <class T>
void KeyspaceCore::Answer(Executor& home, Done<T> done, Result<T> result) {
  home.Post([self = shared_from_this(), done = std::move(done), result = std::move(result)]() mutable {
    done(std::move(result));
    self->Leave();
  });
}

// Ends a call that never entered.
template <class T>
void KeyspaceCore::Refuse(Executor& home, Done<T> done, Error error) {
  home.Post([done = std::move(done), error = std::move(error)]() mutable { done(std::move(error)); });
}

uint64_t KeyspaceCore::HashOf(std::string_view stored_key) const {
  const KeyView key = KeyOf(stored_key);
  return ValueStamps::HashOf(id_, key.space, key.bytes);
}

ValueStamp KeyspaceCore::StampOf(KeyView key) const {
  const uint64_t hash = ValueStamps::HashOf(id_, key.space, key.bytes);
  return {id_, hash, readable_ ? around_.stamps.Read(hash) : ValueVersions{}};
}

void KeyspaceCore::Get(std::vector<Key> keys, Consistency consistency, Executor& home,
                       Done<std::vector<std::optional<std::string>>> done) {
  if (Status usage = CheckSpaces(keys); !usage.ok()) {
    return Refuse(home, std::move(done), usage.TakeError());
  }
  std::shared_ptr<Database> database = Enter();
  if (database == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  std::vector<std::string> stored;
  stored.reserve(keys.size());
  for (const Key& key : keys) {
    stored.push_back(StoredKey(key.space, key.bytes));
  }
  std::vector<std::optional<std::string>> values;
  Result<ReadOutcome> outcome = database->Get(stored, consistency, ReadTier::kCache, values);
  if (!outcome.ok()) {
    return Answer<std::vector<std::optional<std::string>>>(home, std::move(done), outcome.TakeError());
  }
  if (*outcome == ReadOutcome::kDone) {
    return Answer<std::vector<std::optional<std::string>>>(home, std::move(done), std::move(values));
  }
  around_.read_pool.Post([self = shared_from_this(), database = std::move(database), stored = std::move(stored),
                          consistency, &home, done = std::move(done)]() mutable {
    std::vector<std::optional<std::string>> read;
    Result<ReadOutcome> disk = database->Get(stored, consistency, ReadTier::kDisk, read);
    database.reset();
    if (!disk.ok()) {
      return self->Answer<std::vector<std::optional<std::string>>>(home, std::move(done), disk.TakeError());
    }
    self->Answer<std::vector<std::optional<std::string>>>(home, std::move(done), std::move(read));
  });
}

void KeyspaceCore::Scan(Range range, Direction direction, ScanLimits limits, Executor& home, Done<Page> done) {
  if (Status usage = CheckSpace(range.space); !usage.ok()) {
    return Refuse(home, std::move(done), usage.TakeError());
  }
  std::shared_ptr<Database> database = Enter();
  if (database == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  Page page;
  Result<ReadOutcome> outcome = database->Scan(range, direction, limits, ReadTier::kCache, page);
  if (!outcome.ok()) {
    return Answer<Page>(home, std::move(done), outcome.TakeError());
  }
  if (*outcome == ReadOutcome::kDone) {
    return Answer<Page>(home, std::move(done), std::move(page));
  }
  around_.read_pool.Post([self = shared_from_this(), database = std::move(database), range = std::move(range),
                          direction, limits, page = std::move(page), &home, done = std::move(done)]() mutable {
    Result<ReadOutcome> disk = database->Scan(range, direction, limits, ReadTier::kDisk, page);
    database.reset();
    if (!disk.ok()) {
      return self->Answer<Page>(home, std::move(done), disk.TakeError());
    }
    self->Answer<Page>(home, std::move(done), std::move(page));
  });
}

void KeyspaceCore::Statistics(Executor& home, Done<KeyspaceStatistics> done) {
  std::shared_ptr<Database> database = Enter();
  if (database == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  around_.read_pool.Post(
      [self = shared_from_this(), database = std::move(database), &home, done = std::move(done)]() mutable {
        KeyspaceStatistics statistics;
        statistics.memory_bytes = database->MemoryBytes();
        database.reset();
        {
          MutexLock lock(self->mutex_);
          statistics.counters = self->counters_;
        }
        auto entries = self->around_.files.ListDirectory(self->directory_);
        if (!entries.ok()) {
          return self->Answer<KeyspaceStatistics>(home, std::move(done), entries.TakeError());
        }
        for (const os::DirectoryEntry& entry : *entries) {
          const Result<uint64_t> size = self->around_.files.FileSize(os::JoinPath(self->directory_, entry.name));
          statistics.disk_bytes += size.ok() ? *size : 0;  // a file may have gone since it was listed
        }
        self->Answer<KeyspaceStatistics>(home, std::move(done), std::move(statistics));
      });
}

void KeyspaceCore::Transact(std::vector<Key> keys, TransactFunction function, Executor& home, Done<Outcome> done,
                            ValueCache* remembered) {
  if (Status usage = CheckSpaces(keys); !usage.ok()) {
    return Refuse(home, std::move(done), usage.TakeError());
  }
  if (Enter() == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  CallPtr call = MakeCall(std::move(keys), home, remembered);
  call->function = std::move(function);
  call->done = std::move(done);
  Latch(std::move(call));
}

KeyspaceCore::CallPtr KeyspaceCore::MakeCall(std::vector<Key> keys, Executor& home, ValueCache* remembered) {
  auto call = std::make_unique<Call>();
  call->core = shared_from_this();
  call->home = &home;
  call->remembered = remembered;
  call->Name(std::move(keys));
  return call;
}

void KeyspaceCore::Latch(CallPtr call) {
  while (call->latched < call->stored.size()) {
    const size_t at = call->latched;
    if (!latches_.Acquire(call->stored[at], call, call->pending[at])) {
      return;  // whoever releases that latch goes on from here
    }
    ++call->latched;
  }
  ReadValues(std::move(call));
}

void KeyspaceCore::ReadValues(CallPtr call) {
  std::shared_ptr<Database> database;
  {
    MutexLock lock(mutex_);
    database = open_.database;
    call->epoch = epoch_;
    call->fences = fences_;
  }
  if (database == nullptr) {
    return Park(std::move(call));
  }

  // Pending values first; a value that left the overlay meanwhile is in the database by now, and the same. Then what
  // the caller's loop remembers: under the latch nobody else writes, so a good stamp stays good.
  call->depends_on = 0;
  call->values.assign(call->stored.size(), std::nullopt);
  call->recalled.assign(call->stored.size(), std::nullopt);
  if (call->remembered != nullptr && call->stored.size() > 1) {
    std::vector<uint64_t> hashes;
    hashes.reserve(call->stored.size());
    for (const std::string& stored_key : call->stored) {
      hashes.push_back(HashOf(stored_key));
      around_.stamps.Prefetch(hashes.back());
    }
    call->remembered->Prefetch(hashes);
  }
  std::vector<size_t> unknown;
  for (size_t at = 0; at < call->stored.size(); ++at) {
    if (const PendingWrite* const write = call->PendingAt(at); write != nullptr) {
      call->depends_on = std::max(call->depends_on, write->group);
    } else if (call->recalled[at] = Recall(*call, call->stored[at]); !call->recalled[at].has_value()) {
      unknown.push_back(at);
    }
  }
  if (unknown.empty()) {
    return Decide(std::move(call));
  }
  std::vector<std::string> keys;
  keys.reserve(unknown.size());
  for (const size_t at : unknown) {
    keys.push_back(call->stored[at]);
  }
  std::vector<std::optional<std::string>> values;
  Result<ReadOutcome> outcome = database->Get(keys, Consistency::kStrong, ReadTier::kCache, values);
  if (!outcome.ok()) {
    return Fail(std::move(call), outcome.TakeError());
  }
  if (*outcome == ReadOutcome::kDone) {
    for (size_t i = 0; i < unknown.size(); ++i) {
      call->values[unknown[i]] = std::move(values[i]);
    }
    return Decide(std::move(call));
  }
  call->KeepRecalled();
  around_.read_pool.Post([self = shared_from_this(), database = std::move(database), keys = std::move(keys),
                          unknown = std::move(unknown), call = std::move(call)]() mutable {
    std::vector<std::optional<std::string>> read;
    Result<ReadOutcome> disk = database->Get(keys, Consistency::kStrong, ReadTier::kDisk, read);
    database.reset();
    if (!disk.ok()) {
      return self->Fail(std::move(call), disk.TakeError());
    }
    for (size_t i = 0; i < unknown.size(); ++i) {
      call->values[unknown[i]] = std::move(read[i]);
    }
    Executor& home = *call->home;
    home.Post([self, call = std::move(call)]() mutable { self->Decide(std::move(call)); });
  });
}

std::optional<std::string_view> KeyspaceCore::Recall(const Call& call, std::string_view stored_key) const {
  if (call.remembered == nullptr) {
    return std::nullopt;
  }
  const KeyView key = KeyOf(stored_key);
  return call.remembered->Find(StampOf(key), key);
}

void KeyspaceCore::Decide(CallPtr call) {
  if (call->held) {
    call->KeepRecalled();
    return Deliver(std::move(call));
  }
  std::vector<std::optional<std::string_view>> views;
  call->AppendValues(views);
  Decision decision = call->function(views);
  if (Plan* const plan = std::get_if<Plan>(&decision); plan != nullptr && !plan->asks.empty()) {
    return Widen(std::move(call), std::move(plan->asks));
  }
  Join(std::move(call), std::move(decision));
}

// Latches are taken in one order by everybody: for a key before the last one held, all are taken anew, and somebody
// else may come between.
void KeyspaceCore::Widen(CallPtr call, std::vector<Key> asks) {
  if (Status usage = CheckSpaces(asks); !usage.ok()) {
    return Fail(std::move(call), usage.TakeError());
  }
  const std::string last = call->stored.empty() ? std::string() : call->stored.back();
  std::vector<PendingWritePtr> pending = std::move(call->pending);
  const bool follow =
      std::all_of(asks.begin(), asks.end(), [&last](const Key& key) { return StoredKey(key.space, key.bytes) > last; });
  if (!follow) {
    ReleaseLatches(*call);
  }
  std::vector<Key> keys = std::move(call->keys);
  keys.insert(keys.end(), std::make_move_iterator(asks.begin()), std::make_move_iterator(asks.end()));
  call->Name(std::move(keys));
  if (follow) {
    std::move(pending.begin(), pending.end(), call->pending.begin());
  }
  Latch(std::move(call));
}

void KeyspaceCore::Join(CallPtr call, Decision decision) {
  Plan* const plan = std::get_if<Plan>(&decision);
  const Outcome outcome = plan != nullptr ? Outcome::kCommitted : Outcome::kRejected;
  std::vector<std::shared_ptr<PendingWrite>> writes;
  if (plan != nullptr) {
    BASALT_CHECK(PlanKeepsToKeys(*plan, call->keys));
    writes = WritesOf(*plan);
  }
  const bool changes_something =
      !writes.empty() ||
      (plan != nullptr && (!plan->counter_deltas.empty() || !plan->sum_deltas.empty() || !plan->feed_records.empty()));

  bool stale = false;
  bool durable = false;
  bool wake_committer = false;
  {
    MutexLock lock(mutex_);
    if (call->epoch != epoch_ || call->fences != fences_) {
      stale = true;
    } else if (changes_something) {
      AddToOpenGroup(*call, std::move(writes), *plan);
      wake_committer = BeginCommitting();
    } else if (groups_.empty() || call->depends_on < groups_.front()->number) {
      durable = true;
    } else {
      // Computed from a value on its way: true only once that value is durable.
      groups_[call->depends_on - groups_.front()->number]->completions.push_back(
          {call->home, std::move(call->done), outcome, nullptr, {}});
    }
  }
  if (stale) {
    // What the function saw never became durable, or was changed. The latches are still held: read again.
    return ReadValues(std::move(call));
  }
  if (wake_committer) {
    CommitWhenQuiet(*call->home, 1, kQuietRoundsMax);
  }
  ReleaseLatches(*call);
  if (durable) {
    Answer<Outcome>(*call->home, std::move(call->done), outcome);
  }
}

void KeyspaceCore::Hold(std::vector<Key> keys, Executor& home, ValueCache* remembered, Done<Held> done) {
  if (Status usage = CheckSpaces(keys); !usage.ok()) {
    return Refuse(home, std::move(done), usage.TakeError());
  }
  if (Enter() == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  CallPtr call = MakeCall(std::move(keys), home, remembered);
  call->held = std::move(done);
  Latch(std::move(call));
}

// To whoever holds it, once what was read is durable: what the journal has must not rest on what may be lost.
void KeyspaceCore::Deliver(CallPtr call) {
  {
    MutexLock lock(mutex_);
    if (call->epoch == epoch_ && !groups_.empty() && call->depends_on >= groups_.front()->number) {
      Group& group = *groups_[call->depends_on - groups_.front()->number];
      ++calls_;  // the completion's
      Executor* const home = call->home;
      group.completions.push_back({home,
                                   [call = std::move(call)](const Result<Outcome>& durable) mutable {
                                     KeyspaceCore& core = *call->core;
                                     if (durable.ok()) {
                                       call->depends_on = 0;
                                       core.Deliver(std::move(call));
                                     } else {
                                       core.Fail(std::move(call), core.Unavailable());
                                     }
                                   },
                                   Outcome::kRejected,
                                   nullptr,
                                   {}});
      return;
    }
  }
  Done<Held> done = std::move(call->held);
  done(Held(std::move(call)));
}

void KeyspaceCore::Decide(Held& held) {
  MutexLock lock(mutex_);
  held.call_->fences = fences_;
  held.call_->is_deciding = true;
  ++deciding_[fences_];
}

Result<std::string> KeyspaceCore::SealPart(const std::string& transaction_id, const Plan& plan) {
  std::shared_ptr<Database> database;
  {
    MutexLock lock(mutex_);
    database = open_.database;
  }
  if (database == nullptr) {
    return Unavailable();
  }
  return sealed::SealBlob(*database->keyring(), PartPurpose(transaction_id), EncodePlan(plan));
}

void KeyspaceCore::Commit(Held& held, Plan plan, const std::string& transaction_id, Done<Outcome> done) {
  Call& call = *held.call_;
  BASALT_CHECK(PlanKeepsToKeys(plan, call.keys));
  std::vector<std::shared_ptr<PendingWrite>> writes = WritesOf(plan);
  if (!transaction_id.empty()) {
    writes.push_back(
        std::make_shared<PendingWrite>(PendingWrite{.key = MarkerKey(transaction_id), .value = std::string()}));
  }
  call.done = std::move(done);
  bool wake_committer = false;
  {
    MutexLock lock(mutex_);
    if (call.epoch != epoch_) {
      call.fate = Call::Fate::kLeftToOpening;
    } else {
      call.fate = Call::Fate::kCommitting;
      AddToOpenGroup(call, std::move(writes), plan);
      wake_committer = BeginCommitting();
    }
  }
  if (wake_committer) {
    CommitWhenQuiet(*call.home, 1, kQuietRoundsMax);
  }
  if (call.fate == Call::Fate::kCommitting) {
    EndDeciding(call);
  }
}

void KeyspaceCore::LetGo(Held held) {
  CallPtr call = std::move(held.call_);
  if (call->fate == Call::Fate::kLeftToOpening) {
    return LeaveToOpening(std::move(call));
  }
  EndDeciding(*call);
  ReleaseLatches(*call);
  if (call->fate == Call::Fate::kNothing) {
    Leave();
  }
}

void KeyspaceCore::LeaveToOpening(Held held, Done<Outcome> done) {
  held.call_->done = std::move(done);
  LeaveToOpening(std::move(held.call_));
}

void KeyspaceCore::LeaveToOpening(CallPtr call) {
  bool is_open = false;
  bool wake_committer = false;
  {
    MutexLock lock(mutex_);
    is_open = open_.database != nullptr;
    if (is_open) {
      Group& group = OpenGroup();
      group.closed = true;
      group.completions.push_back({call->home, std::move(call->done), Outcome::kCommitted, nullptr, {}});
      group.left = std::move(call);
      wake_committer = BeginCommitting();
    } else {
      open_again_ = true;  // whoever waits for these keys waits for the database
    }
  }
  if (!is_open) {
    EndDeciding(*call);
    return Fail(std::move(call), Error(Reason::kUnknownOutcome, "keyspace " + name_ + " has to be opened again"));
  }
  if (wake_committer) {
    around_.commit_pool.Post([self = shared_from_this()] { self->CommitGroups(); });
  }
}

void KeyspaceCore::ForgetMarker(const std::string& transaction_id) {
  MutexLock lock(mutex_);
  spent_markers_.push_back(MarkerKey(transaction_id));
}

KeyspaceCore::Group& KeyspaceCore::OpenGroup() {
  groups_.push_back(std::make_unique<Group>());
  groups_.back()->number = ++last_group_;
  return *groups_.back();
}

bool KeyspaceCore::BeginCommitting() {
  if (committing_) {
    return false;
  }
  committing_ = true;
  ++calls_;  // the commit thread's own, so that nothing closes under it
  return true;
}

void KeyspaceCore::AddToOpenGroup(Call& call, std::vector<std::shared_ptr<PendingWrite>> writes, Plan& plan) {
  const bool takes_more = !groups_.empty() && !groups_.back()->closed && groups_.back()->bytes <= kGroupBytesMax;
  Group& group = takes_more ? *groups_.back() : OpenGroup();
  Completion completion{call.home, std::move(call.done), Outcome::kCommitted, call.remembered, {}};
  for (std::shared_ptr<PendingWrite>& write : writes) {
    write->group = group.number;
    write->epoch = epoch_;
    group.bytes += write->key.size() + (write->value.has_value() ? write->value->size() : 0);
    group.writes.push_back(std::move(write));
    if (call.remembered != nullptr &&
        std::binary_search(call.stored.begin(), call.stored.end(), group.writes.back()->key)) {
      completion.writes.push_back(group.writes.back());
    }
    // In the overlay before the group can be committed, so that the commit finds what it has to clear.
    latches_.SetPending(group.writes.back());
  }
  group.counter_deltas.insert(group.counter_deltas.end(), plan.counter_deltas.begin(), plan.counter_deltas.end());
  for (SumDelta& sum : plan.sum_deltas) {
    group.bytes += sum.key.bytes.size();
    group.sum_deltas.push_back(std::move(sum));
  }
  for (NewFeedRecord& record : plan.feed_records) {
    group.bytes += record.bytes.size();
    group.feed_records.push_back(std::move(record));
  }
  group.completions.push_back(std::move(completion));
}

void KeyspaceCore::Fence(Executor& home, Done<void> done) {
  if (Enter() == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  AfterDecided([this, &home, done = std::move(done)]() mutable {
    bool is_open = false;
    {
      MutexLock lock(mutex_);
      is_open = open_.database != nullptr;
      if (!groups_.empty()) {
        groups_.back()->completions.push_back(
            {&home, WithoutOutcome(std::move(done)), Outcome::kCommitted, nullptr, {}});
        return;
      }
    }
    Answer<void>(home, std::move(done), is_open ? Status() : Status(Unavailable()));
  });
}

void KeyspaceCore::DropSpace(uint16_t space, Executor& home, Done<void> done) {
  if (Status usage = CheckSpace(space); !usage.ok()) {
    return Refuse(home, std::move(done), usage.TakeError());
  }
  if (Enter() == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  AfterDecided([this, space, &home, done = std::move(done)]() mutable {
    bool is_open = false;
    bool wake_committer = false;
    {
      MutexLock lock(mutex_);
      is_open = open_.database != nullptr;
      if (is_open) {
        Group& group = OpenGroup();  // of its own: what was decided before is committed before
        group.closed = true;
        group.dropped_space = space;
        group.completions.push_back({&home, WithoutOutcome(std::move(done)), Outcome::kCommitted, nullptr, {}});
        wake_committer = BeginCommitting();
      }
    }
    if (!is_open) {
      return Answer<void>(home, std::move(done), Unavailable());
    }
    if (wake_committer) {
      around_.commit_pool.Post([self = shared_from_this()] { self->CommitGroups(); });
    }
  });
}

void KeyspaceCore::AfterDecided(UniqueFunction<void()> then) {
  {
    MutexLock lock(mutex_);
    ++fences_;
    if (!deciding_.empty()) {
      waiting_fences_.emplace_back(fences_, std::move(then));
      return;
    }
  }
  then();
}

void KeyspaceCore::EndDeciding(Call& call) {
  std::vector<UniqueFunction<void()>> ready;
  {
    MutexLock lock(mutex_);
    if (!call.is_deciding) {
      return;
    }
    call.is_deciding = false;
    const auto found = deciding_.find(call.fences);
    if (--found->second == 0) {
      deciding_.erase(found);
    }
    while (!waiting_fences_.empty() &&
           (deciding_.empty() || deciding_.begin()->first >= waiting_fences_.front().first)) {
      ready.push_back(std::move(waiting_fences_.front().second));
      waiting_fences_.pop_front();
    }
  }
  for (auto& then : ready) {
    then();
  }
}

void KeyspaceCore::Feed(uint64_t after, ScanLimits limits, Executor& home, Done<FeedPage> done) {
  std::shared_ptr<Database> database;
  FeedPage page;
  {
    MutexLock lock(mutex_);
    if (state_ == State::kOpen) {
      ++calls_;
      database = open_.database;
      page.trimmed = feed_.trimmed;
      page.newest = feed_.newest;
    }
  }
  if (database == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  after = std::min(std::max(after, page.trimmed), page.newest);
  Result<ReadOutcome> outcome =
      database->ReadFeed(after, page.newest, limits, ReadTier::kCache, page.records, page.more);
  if (!outcome.ok()) {
    return Answer<FeedPage>(home, std::move(done), outcome.TakeError());
  }
  // Some may be trimmed while they are read.
  const auto finish = [after](FeedPage& read) {
    if (!read.records.empty() && read.records.front().number > after + 1) {
      read.trimmed = read.records.front().number - 1;
    }
  };
  if (*outcome == ReadOutcome::kDone) {
    finish(page);
    return Answer<FeedPage>(home, std::move(done), std::move(page));
  }
  around_.read_pool.Post([self = shared_from_this(), database = std::move(database), after, limits, finish,
                          page = std::move(page), &home, done = std::move(done)]() mutable {
    Result<ReadOutcome> disk = database->ReadFeed(after, page.newest, limits, ReadTier::kDisk, page.records, page.more);
    database.reset();
    if (!disk.ok()) {
      return self->Answer<FeedPage>(home, std::move(done), disk.TakeError());
    }
    finish(page);
    self->Answer<FeedPage>(home, std::move(done), std::move(page));
  });
}

void KeyspaceCore::Trim(uint64_t up_to, Executor& home, Done<void> done) {
  if (Enter() == nullptr) {
    return Refuse(home, std::move(done), Unavailable());
  }
  bool wake_committer = false;
  {
    MutexLock lock(mutex_);
    Group& group = OpenGroup();  // of its own
    group.closed = true;
    group.trimmed = up_to;
    group.completions.push_back({&home, WithoutOutcome(std::move(done)), Outcome::kCommitted, nullptr, {}});
    wake_committer = BeginCommitting();
  }
  if (wake_committer) {
    around_.commit_pool.Post([self = shared_from_this()] { self->CommitGroups(); });
  }
}

void KeyspaceCore::ReleaseLatches(Call& call) {
  for (size_t at = 0; at < call.latched; ++at) {
    PendingWritePtr pending;
    CallPtr next = latches_.Release(call.stored[at], pending);
    if (next == nullptr) {
      continue;
    }
    next->pending[next->latched] = std::move(pending);
    ++next->latched;
    Executor& home = *next->home;
    home.Post([self = shared_from_this(), next = std::move(next)]() mutable { self->Latch(std::move(next)); });
  }
  call.latched = 0;
}

// Waits for the database to be opened again; with it gone for good, gives up.
void KeyspaceCore::Park(CallPtr call) {
  if (call->held) {
    return Fail(std::move(call), Unavailable());  // others wait for what the transaction holds elsewhere
  }
  ReleaseLatches(*call);
  bool again = false;
  {
    MutexLock lock(mutex_);
    if (state_ == State::kReopening) {
      parked_.push_back(std::move(call));
      return;
    }
    again = state_ == State::kOpen;
  }
  if (again) {
    return Latch(std::move(call));
  }
  Fail(std::move(call), Unavailable());
}

void KeyspaceCore::Fail(CallPtr call, Error error) {
  ReleaseLatches(*call);
  if (call->held) {
    return Answer<Held>(*call->home, std::move(call->held), std::move(error));
  }
  Answer<Outcome>(*call->home, std::move(call->done), std::move(error));
}

void KeyspaceCore::CommitWhenQuiet(Executor& loop, size_t calls_seen, int rounds_left) {
  loop.Post([self = shared_from_this(), &loop, calls_seen, rounds_left] {
    size_t calls = 0;
    bool full = false;
    {
      MutexLock lock(self->mutex_);
      if (!self->groups_.empty()) {
        calls = self->groups_.front()->completions.size();
        full = self->groups_.front()->bytes > kGroupBytesMax;
      }
    }
    if (calls > calls_seen && !full && rounds_left > 0) {
      return self->CommitWhenQuiet(loop, calls, rounds_left - 1);
    }
    self->around_.commit_pool.Post([self] { self->CommitGroups(); });
  });
}

Status KeyspaceCore::AppendSums(const Database& database, const std::vector<SumDelta>& sums,
                                std::vector<std::shared_ptr<PendingWrite>>& writes) {
  if (sums.empty()) {
    return {};
  }
  std::map<std::string, int64_t> deltas;
  for (const SumDelta& sum : sums) {
    int64_t& delta = deltas[StoredKey(sum.key.space, sum.key.bytes)];
    delta = AddWrapping(delta, sum.delta);
  }
  std::vector<std::string> keys;
  keys.reserve(deltas.size());
  for (const auto& [key, delta] : deltas) {
    keys.push_back(key);
  }
  std::vector<std::optional<std::string>> values;
  TRY(database.Get(keys, Consistency::kStrong, ReadTier::kDisk, values));
  for (size_t i = 0; i < keys.size(); ++i) {
    int64_t sum = deltas[keys[i]];
    if (values[i].has_value()) {
      TRY_ASSIGN(const int64_t before, DecodeSum(*values[i]));
      sum = AddWrapping(before, sum);
    }
    writes.push_back(std::make_shared<PendingWrite>(
        PendingWrite{.key = std::move(keys[i]), .value = sum == 0 ? std::nullopt : std::optional(EncodeSum(sum))}));
  }
  return {};
}

FeedExtent KeyspaceCore::Extended(FeedExtent feed, std::vector<NewFeedRecord>& records) const {
  if (records.empty()) {
    return feed;
  }
  const int64_t now_ms = around_.clock.WallMs();
  for (NewFeedRecord& record : records) {
    feed.committed_ms = std::max(feed.committed_ms, record.committed_ms != 0 ? record.committed_ms : now_ms);
    record.committed_ms = feed.committed_ms;
  }
  feed.newest += records.size();
  return feed;
}

void KeyspaceCore::CommitGroups() {
  for (int i = 0; i < kGroupsInARow; ++i) {
    Group* group = nullptr;
    std::shared_ptr<Database> database;
    std::vector<int64_t> counters;
    FeedExtent feed;
    {
      MutexLock lock(mutex_);
      if (groups_.empty()) {
        committing_ = false;
        break;
      }
      group = groups_.front().get();
      group->closed = true;
      database = open_.database;
      if (!group->counter_deltas.empty() || group->dropped_space) {
        counters = counters_;
      }
      feed = feed_;
      if (!group->dropped_space && !group->trimmed) {
        for (std::string& marker : spent_markers_) {
          group->writes.push_back(
              std::make_shared<PendingWrite>(PendingWrite{.key = std::move(marker), .value = std::nullopt}));
        }
        spent_markers_.clear();
      }
    }
    BASALT_CHECK(database != nullptr);
    if (group->left != nullptr) {
      database.reset();
      GroupsFailed(Error(Reason::kUnavailable, "it has to be opened again"));
      Leave();
      return;
    }

    const std::vector<CounterDelta> new_values = Sum(group->counter_deltas, counters);
    // Sums are written by this thread alone, so what it reads is what its predecessors wrote.
    Status status = AppendSums(*database, group->sum_deltas, group->writes);
    const std::vector<uint64_t> stamped = BeginWrites(group->writes);
    if (group->dropped_space) {
      const size_t first = std::min(counters.size(), size_t{kCountersPerSpace} * *group->dropped_space);
      const size_t end = std::min(counters.size(), first + kCountersPerSpace);
      std::fill(counters.begin() + static_cast<ptrdiff_t>(first), counters.begin() + static_cast<ptrdiff_t>(end), 0);
    }
    FeedExtent extended = Extended(feed, group->feed_records);
    if (group->trimmed) {
      extended.trimmed = std::max(feed.trimmed, *group->trimmed);
      extended.newest = std::max(feed.newest, extended.trimmed);
    }
    if (status.ok() && group->dropped_space) {
      status = database->DropSpace(*group->dropped_space);
    } else if (status.ok() && group->trimmed) {
      status = database->TrimFeed(extended);
    } else if (status.ok()) {
      status = database->Write(group->writes, new_values, {group->feed_records, feed.newest});
    }
    if (!status.ok()) {
      database.reset();
      GroupsFailed(status.error());
      for (const uint64_t hash : stamped) {  // nothing kept is good any more, whether the write became durable or not
        around_.stamps.EndWrite(hash);
      }
      Leave();
      return;
    }
    // In the group's order: of several writes of a key the last one's version stands.
    for (size_t at = 0; at < stamped.size(); ++at) {
      group->writes[at]->versions = around_.stamps.EndWrite(stamped[at]);
    }

    std::unique_ptr<Group> durable;
    {
      MutexLock lock(mutex_);
      durable = std::move(groups_.front());
      groups_.pop_front();
      if (!new_values.empty() || durable->dropped_space) {
        counters_ = std::move(counters);
      }
      feed_ = extended;
    }
    for (const auto& write : durable->writes) {
      latches_.ClearPending(write);
    }
    const size_t calls = durable->completions.size();
    Executor* const home = calls > 0 ? durable->completions.front().home : nullptr;
    Complete(std::move(durable->completions), nullptr);
    around_.governor.Wrote(std::static_pointer_cast<KeyspaceCore>(shared_from_this()), database->MemtableBytes());
    size_t next_calls = 0;
    {
      MutexLock lock(mutex_);
      if (groups_.empty()) {
        committing_ = false;
        break;
      }
      next_calls = groups_.front()->completions.size();
    }
    if (home != nullptr && 2 * next_calls < calls) {
      // Those just answered will be back.
      CommitWhenQuiet(*home, next_calls, kQuietRoundsMax);
      return;
    }
    if (i + 1 == kGroupsInARow) {
      around_.commit_pool.Post([self = shared_from_this()] { self->CommitGroups(); });
      return;
    }
  }
  Leave();
}

void KeyspaceCore::GroupsFailed(const Error& error) {
  std::deque<std::unique_ptr<Group>> failed;
  OpenDatabase broken;
  {
    MutexLock lock(mutex_);
    ++epoch_;
    failed.swap(groups_);
    committing_ = false;
    broken = std::move(open_);
    open_ = {};
    readable_ = false;
    ++calls_;  // until the broken database is closed and the first attempt to reopen made
    if (state_ == State::kOpen) {
      state_ = State::kReopening;
    }
    // Cleared before anybody can park, be resumed and look at the overlay of the next epoch.
    for (const auto& group : failed) {
      for (const auto& write : group->writes) {
        latches_.ClearPending(write);
      }
    }
  }
  for (const auto& group : failed) {
    if (group->left != nullptr) {
      EndDeciding(*group->left);
      ReleaseLatches(*group->left);
    }
    Complete(std::move(group->completions), &error);
  }
  broken.release->then = [self = shared_from_this()] { self->Reopen(0); };
}

// Each loop is woken once.
void KeyspaceCore::Complete(std::vector<Completion> completions, const Error* failure) {
  std::vector<std::pair<Executor*, std::vector<Completion>>> by_home;
  for (Completion& completion : completions) {
    auto at =
        std::find_if(by_home.begin(), by_home.end(), [&](const auto& batch) { return batch.first == completion.home; });
    if (at == by_home.end()) {
      by_home.emplace_back(completion.home, std::vector<Completion>());
      at = by_home.end() - 1;
    }
    at->second.push_back(std::move(completion));
  }
  for (auto& [home, batch] : by_home) {
    home->Post([self = shared_from_this(), batch = std::move(batch),
                failure = failure == nullptr ? std::nullopt : std::optional(failure->text)]() mutable {
      for (Completion& completion : batch) {
        if (failure.has_value()) {
          completion.done(
              Error(Reason::kUnknownOutcome, "a write to keyspace " + self->name_ + " failed: " + *failure));
        } else {
          self->Remember(completion);
          completion.done(completion.outcome);
        }
      }
      self->Leave(batch.size());
    });
  }
}

void KeyspaceCore::Remember(const Completion& completion) const {
  if (completion.remembered == nullptr) {
    return;
  }
  std::vector<uint64_t> hashes;
  hashes.reserve(completion.writes.size());
  for (const PendingWritePtr& write : completion.writes) {
    hashes.push_back(HashOf(write->key));
  }
  completion.remembered->Prefetch(hashes);
  for (size_t at = 0; at < hashes.size(); ++at) {
    const PendingWrite& write = *completion.writes[at];
    if (write.value.has_value()) {
      completion.remembered->Insert({id_, hashes[at], write.versions}, KeyOf(write.key), *write.value);
    }
  }
}

// Entered as a call. Under kClosing there is nothing to reopen.
void KeyspaceCore::Reopen(uint32_t attempt) {
  {
    MutexLock lock(mutex_);
    if (state_ != State::kReopening) {
      attempt = UINT32_MAX;
    }
    open_again_ = false;
  }
  if (attempt == UINT32_MAX) {
    Leave();
    return;
  }
  Result<Recovered> recovered = Recover(false);
  bool again = false;
  bool resume = false;
  bool retry = false;
  std::vector<CallPtr> waiting;
  {
    MutexLock lock(mutex_);
    again = state_ == State::kReopening && recovered.ok() && open_again_;
    if (!again) {
      waiting.swap(parked_);
      if (state_ == State::kReopening && recovered.ok()) {
        Install(*std::move(recovered));
        resume = true;
      }
      retry = state_ == State::kReopening;
    }
  }
  for (CallPtr& call : waiting) {
    if (!resume) {
      Fail(std::move(call), Unavailable());
      continue;
    }
    Executor& home = *call->home;
    home.Post([self = shared_from_this(), call = std::move(call)]() mutable { self->Latch(std::move(call)); });
  }
  if (recovered.ok()) {
    recovered->database.reset();  // not installed: closed before this call is over
  }
  if (again) {
    return Reopen(attempt);
  }
  if (retry) {
    ReopenAfterPause(attempt + 1);
  }
  Leave();
}

void KeyspaceCore::ReopenAfterPause(uint32_t attempt) {
  const int64_t pause_ms = std::min(kReopenPauseMaxMs, kReopenPauseMinMs << std::min<uint32_t>(attempt - 1, 16));
  around_.retries.After(pause_ms, [weak = weak_from_this(), attempt] {
    const std::shared_ptr<KeyspaceCore> self = weak.lock();
    if (self == nullptr) {
      return;
    }
    {
      MutexLock lock(self->mutex_);
      if (self->state_ != State::kReopening) {
        return;
      }
      ++self->calls_;
    }
    self->around_.control_pool.Post([self, attempt] { self->Reopen(attempt); });
  });
}

void KeyspaceCore::Close(UniqueFunction<void()> closed) {
  std::vector<CallPtr> waiting;
  {
    MutexLock lock(mutex_);
    BASALT_CHECK(state_ == State::kOpen || state_ == State::kReopening);
    state_ = State::kClosing;
    readable_ = false;
    when_closed_ = std::move(closed);
    waiting.swap(parked_);
    ++calls_;  // this one, so that it ends the count whoever else is under way
  }
  for (CallPtr& call : waiting) {
    Fail(std::move(call), Unavailable());
  }
  Leave();
}

uint64_t KeyspaceCore::FlushMemory() {
  const std::shared_ptr<Database> database = Enter();
  if (database == nullptr) {
    return 0;
  }
  // A failure stays with the database, where the next write meets it and has it reopened.
  const Status ignored = database->Flush();
  const uint64_t bytes = ignored.ok() ? database->MemtableBytes() : 0;
  Leave();
  return bytes;
}

}  // namespace basalt::engine::rocks

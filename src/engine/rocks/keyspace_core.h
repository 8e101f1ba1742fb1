// One open keyspace over one RocksDB: reads, the path of a write from latch to acknowledgement, and recovery from a
// failed write. What the engine hands out is a handle on one of these.
//
// The path of a write: latches in key order -> values (pending ones first, then RocksDB) -> the caller's function on
// its loop -> the open commit group and the overlay -> latches released -> one synced batch for the whole group ->
// each loop woken once. Nothing waits for a disk on a loop, and no lock is held across a read, a function or I/O. A
// function that asks for more keys goes back to the latches.
//
// A failed write or sync fails its group and those behind it (kUnknownOutcome), closes the database and opens it
// again from its log, with growing pauses. Until then calls answer kUnavailable; those already under way that have
// not decided wait for the first attempt and run again.
//
// A transaction over several keyspaces (joint_transaction.h) holds its keys in each, and commits to each what the
// journal has. A part that cannot be added, or of which nobody knows whether it was written down, is left to opening:
// the database is closed and opened again, which applies what is outstanding, before anybody decides about those keys.
//
// Threads: all methods from any thread. Ownership: shared by the engine, its handles and every call under way.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cache_line.h"
#include "base/executor.h"
#include "base/mutex.h"
#include "engine/engine.h"
#include "engine/rocks/database.h"
#include "engine/rocks/journal.h"
#include "engine/rocks/key_latches.h"
#include "engine/rocks/memory_governor.h"
#include "engine/rocks/pending_write.h"
#include "engine/value_stamps.h"
#include "os/file_system.h"
#include "os/schedule.h"

namespace basalt::engine::rocks {

// What the keyspaces of one engine share; outlives each of them.
struct Surroundings {
  os::FileSystem& files;
  const os::Clock& clock;  // says when commits happen, and what has expired
  Executor& read_pool;
  Executor& commit_pool;
  Executor& control_pool;  // opens and closes databases
  os::Schedule& retries;
  MemoryGovernor& governor;
  std::shared_ptr<MemoryPool> memory;
  ValueStamps& stamps;
  Journal& journal;
  size_t write_buffer_bytes;
  int open_files_max;
};

class KeyspaceCore final : public MemoryGovernor::Holder, public std::enable_shared_from_this<KeyspaceCore> {
 public:
  // Both may wait for the disk. `directory` is the keyspace's own; Create finds it absent.
  static Result<std::shared_ptr<KeyspaceCore>> Create(const Surroundings& around, std::string name,
                                                      std::string directory, KeySource key);
  static Result<std::shared_ptr<KeyspaceCore>> Open(const Surroundings& around, std::string name, std::string directory,
                                                    KeySource key);
  ~KeyspaceCore() override;

  const std::string& name() const { return name_; }
  int64_t NowMs() const { return around_.clock.WallMs(); }
  ValueStamp StampOf(KeyView key) const;
  bool closed() EXCLUDES(mutex_);

  void Get(std::vector<Key> keys, Consistency consistency, Executor& home,
           Done<std::vector<std::optional<std::string>>> done);
  void Scan(Range range, Direction direction, ScanLimits limits, Executor& home, Done<Page> done);
  void Transact(std::vector<Key> keys, TransactFunction function, Executor& home, Done<Outcome> done,
                ValueCache* remembered);
  void Fence(Executor& home, Done<void> done) EXCLUDES(mutex_);
  void DropSpace(uint16_t space, Executor& home, Done<void> done) EXCLUDES(mutex_);
  void Feed(uint64_t after, ScanLimits limits, Executor& home, Done<FeedPage> done) EXCLUDES(mutex_);
  void Trim(uint64_t up_to, Executor& home, Done<void> done) EXCLUDES(mutex_);
  void Statistics(Executor& home, Done<KeyspaceStatistics> done);

  // The part of a transaction over several keyspaces. Each of what was held ends with LetGo or LeaveToOpening.
  class Held;
  // Latches `keys`, reads them, waits until what it read is durable. `done` runs on `home`, maybe at once if it
  // succeeds. kUnavailable, kCorruption, kIo.
  void Hold(std::vector<Key> keys, Executor& home, ValueCache* remembered, Done<Held> done);
  // The transaction decides from here on, and what it decides stands: it ends with Commit, LetGo or LeaveToOpening, and
  // fences wait for that.
  void Decide(Held& held) EXCLUDES(mutex_);
  // `plan` as the journal keeps it.
  Result<std::string> SealPart(const std::string& transaction_id, const Plan& plan) EXCLUDES(mutex_);
  // Commits `plan`; functions that run after LetGo see it. With a transaction id the journal has it: the marker goes
  // with it, and if the database was opened anew since it was read, opening again applies it. kUnknownOutcome.
  void Commit(Held& held, Plan plan, const std::string& transaction_id, Done<Outcome> done) EXCLUDES(mutex_);
  void LetGo(Held held);
  // Has the database opened again, for which the latches stay as they are. `done` gets kUnknownOutcome.
  void LeaveToOpening(Held held, Done<Outcome> done) EXCLUDES(mutex_);
  // The journal has forgotten the transaction.
  void ForgetMarker(const std::string& transaction_id) EXCLUDES(mutex_);

  // Once. Calls from now on answer kUnavailable; after those under way have completed the database is closed
  // without flushing and `closed` runs on the control pool.
  void Close(UniqueFunction<void()> closed) EXCLUDES(mutex_);

  uint64_t FlushMemory() override;

 private:
  struct Call;
  struct Group;
  struct Completion;
  using CallPtr = std::unique_ptr<Call>;
  using Decision = std::variant<Plan, Reject>;

  enum class State : uint8_t { kOpen, kReopening, kClosing, kClosed };

  // The last holder of a database may be a call on a loop: whoever lets go of it last sends it to the control pool,
  // and `then` runs there after it has closed.
  struct Release {
    UniqueFunction<void()> then;
  };
  struct OpenDatabase {
    std::shared_ptr<Database> database;
    std::shared_ptr<Release> release;
  };

  KeyspaceCore(const Surroundings& around, std::string name, std::string directory, KeySource key);
  static Result<std::shared_ptr<KeyspaceCore>> Make(const Surroundings& around, std::string name, std::string directory,
                                                    KeySource key, bool create);

  Result<std::unique_ptr<Database>> OpenNow(bool create);
  // What opening finds, with the outstanding parts of transactions applied.
  struct Recovered {
    std::unique_ptr<Database> database;
    std::vector<int64_t> counters;
    FeedExtent feed;
    std::vector<std::string> spent_markers;
  };
  Result<Recovered> Recover(bool create);
  Status ApplyOutstanding(Recovered& recovered) const;
  Status ApplyPart(Recovered& recovered, Plan plan, const std::string& marker) const;
  void Install(Recovered recovered) REQUIRES(mutex_);

  // A call counts as under way from Enter (null: not open) to Leave.
  std::shared_ptr<Database> Enter() EXCLUDES(mutex_);
  void Leave(size_t calls = 1) EXCLUDES(mutex_);
  template <class T>
  void Answer(Executor& home, Done<T> done, Result<T> result);
  template <class T>
  void Refuse(Executor& home, Done<T> done, Error error);
  Error Unavailable() const;
  // Tells those who keep values; what it answers is for EndWrite, each.
  std::vector<uint64_t> BeginWrites(std::span<const std::shared_ptr<PendingWrite>> writes) const;

  // The path of a write, step by step.
  void Latch(CallPtr call);
  void ReadValues(CallPtr call) EXCLUDES(mutex_);
  uint64_t HashOf(std::string_view stored_key) const;
  std::optional<std::string_view> Recall(const Call& call, std::string_view stored_key) const;
  void Decide(CallPtr call);
  void Widen(CallPtr call, std::vector<Key> asks);
  void Join(CallPtr call, Decision decision) EXCLUDES(mutex_);
  void Deliver(CallPtr call) EXCLUDES(mutex_);
  CallPtr MakeCall(std::vector<Key> keys, Executor& home, ValueCache* remembered);
  void LeaveToOpening(CallPtr call) EXCLUDES(mutex_);
  // Fences wait for what decided before them and cannot run again; `then` runs behind that, as a call under way.
  void AfterDecided(UniqueFunction<void()> then) EXCLUDES(mutex_);
  void EndDeciding(Call& call) EXCLUDES(mutex_);
  Group& OpenGroup() REQUIRES(mutex_);  // behind the last one
  // Whether the caller must set a commit thread to work; it is counted as a call then.
  bool BeginCommitting() REQUIRES(mutex_);
  void AddToOpenGroup(Call& call, std::vector<std::shared_ptr<PendingWrite>> writes, Plan& plan) REQUIRES(mutex_);
  void ReleaseLatches(Call& call);
  void Park(CallPtr call) EXCLUDES(mutex_);
  void Fail(CallPtr call, Error error);

  // Hands the open group to the commit pool once `loop` has nothing more for it: a sync costs much the same whatever it
  // carries, so a group waits for the requests that have arrived already. No timer; a bounded number of rounds.
  void CommitWhenQuiet(Executor& loop, size_t calls_seen, int rounds_left) EXCLUDES(mutex_);
  // On the commit pool, one thread a keyspace at a time.
  void CommitGroups() EXCLUDES(mutex_);
  // Adds to `writes` what the sums come to.
  static Status AppendSums(const Database& database, const std::vector<SumDelta>& sums,
                           std::vector<std::shared_ptr<PendingWrite>>& writes);
  // What the feed's extent is once the records are durable, which get their times here.
  FeedExtent Extended(FeedExtent feed, std::vector<NewFeedRecord>& records) const;
  void GroupsFailed(const Error& error) EXCLUDES(mutex_);
  void Complete(std::vector<Completion> completions, const Error* failure);
  void Remember(const Completion& completion) const;

  // On the control pool.
  void Reopen(uint32_t attempt) EXCLUDES(mutex_);
  void ReopenAfterPause(uint32_t attempt) EXCLUDES(mutex_);

  // What StampOf reads, on lines that are hardly ever written: loops ask it at every read they answer from memory.
  alignas(kCacheLineBytes) const Surroundings around_;
  const uint64_t id_;
  std::atomic<bool> readable_ = false;  // state_ is kOpen
  const std::string name_;
  const std::string directory_;
  const KeySource key_;

  alignas(kCacheLineBytes) KeyLatches<Call> latches_;
  Mutex mutex_;
  State state_ GUARDED_BY(mutex_) = State::kReopening;
  size_t calls_ GUARDED_BY(mutex_) = 0;
  OpenDatabase open_ GUARDED_BY(mutex_);    // empty while reopening
  uint64_t epoch_ GUARDED_BY(mutex_) = 0;   // grows when a group fails: what was read before is worth nothing
  uint64_t fences_ GUARDED_BY(mutex_) = 0;  // so far; what a function went by before the last one is worth nothing
  std::deque<std::unique_ptr<Group>> groups_ GUARDED_BY(mutex_);  // not yet durable, oldest first
  uint64_t last_group_ GUARDED_BY(mutex_) = 0;                    // number of the newest one
  bool committing_ GUARDED_BY(mutex_) = false;                    // a commit thread is at work or on its way
  std::vector<int64_t> counters_ GUARDED_BY(mutex_);              // durable values
  FeedExtent feed_ GUARDED_BY(mutex_);                            // durable
  std::vector<CallPtr> parked_ GUARDED_BY(mutex_);                // run again after reopening
  std::vector<std::string> spent_markers_ GUARDED_BY(mutex_);     // to be deleted with the next group; as stored
  bool open_again_ GUARDED_BY(mutex_) = false;                    // what is being opened may lack a part
  std::map<uint64_t, size_t> deciding_ GUARDED_BY(mutex_);        // parts of transactions, by the fences before them
  std::deque<std::pair<uint64_t, UniqueFunction<void()>>> waiting_fences_ GUARDED_BY(mutex_);  // and their numbers
  UniqueFunction<void()> when_closed_ GUARDED_BY(mutex_);
};

class KeyspaceCore::Held {
 public:
  Held();
  Held(Held&& other) noexcept;
  Held& operator=(Held&& other) noexcept;
  ~Held();  // ended before

  // In the order of the keys; good as long as it is held.
  void AppendValues(std::vector<std::optional<std::string_view>>& values) const;

 private:
  friend class KeyspaceCore;
  explicit Held(CallPtr call);

  CallPtr call_;
};

}  // namespace basalt::engine::rocks

#include "engine/rocks/rocks_engine.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <utility>

#include "base/mutex.h"
#include "base/thread_pool.h"
#include "engine/contract.h"
#include "engine/rocks/joint_transaction.h"
#include "engine/rocks/journal.h"
#include "engine/rocks/keyspace_core.h"
#include "engine/rocks/memory_governor.h"
#include "os/schedule.h"
#include "sealed/keyring.h"

namespace basalt::engine {
namespace {

using rocks::KeyspaceCore;

constexpr size_t kValueBytesMax = size_t{64} << 20;
constexpr size_t kMemtableBytesMin = size_t{1} << 20;
constexpr size_t kMemtableBytesMax = size_t{192} << 20;
constexpr size_t kKeyspaceFilesMax = 4096;
constexpr uint64_t kFlushBytesMin = uint64_t{64} << 10;

// The keyspace as its holders see it; the last of them lets it close.
class Handle final : public Keyspace {
 public:
  Handle(std::shared_ptr<KeyspaceCore> core, UniqueFunction<void()> gone)
      : core_(std::move(core)), gone_(std::move(gone)) {}
  ~Handle() override {
    if (!core_->closed()) {  // a handle may outlive the engine, but only closed
      gone_();
    }
  }

  const std::string& name() const override { return core_->name(); }
  ValueStamp StampOf(KeyView key) const override { return core_->StampOf(key); }
  void Get(std::vector<Key> keys, Consistency consistency, Executor& home,
           Done<std::vector<std::optional<std::string>>> done) override {
    core_->Get(std::move(keys), consistency, home, std::move(done));
  }
  void Scan(Range range, Direction direction, ScanLimits limits, Consistency /*consistency*/, Executor& home,
            Done<Page> done) override {
    core_->Scan(std::move(range), direction, limits, home, std::move(done));
  }
  void Transact(std::vector<Key> keys, TransactFunction function, Executor& home, Done<Outcome> done,
                ValueCache* remembered) override {
    core_->Transact(std::move(keys), std::move(function), home, std::move(done), remembered);
  }
  void Fence(Executor& home, Done<void> done) override { core_->Fence(home, std::move(done)); }
  void DropSpace(uint16_t space, Executor& home, Done<void> done) override {
    core_->DropSpace(space, home, std::move(done));
  }
  void Feed(uint64_t after, ScanLimits limits, Executor& home, Done<FeedPage> done) override {
    core_->Feed(after, limits, home, std::move(done));
  }
  void Trim(uint64_t up_to, Executor& home, Done<void> done) override { core_->Trim(up_to, home, std::move(done)); }
  void Statistics(Executor& home, Done<KeyspaceStatistics> done) override { core_->Statistics(home, std::move(done)); }

  const std::shared_ptr<KeyspaceCore>& core() const { return core_; }

 private:
  const std::shared_ptr<KeyspaceCore> core_;
  UniqueFunction<void()> gone_;
};

class RocksEngine final : public Engine {
 public:
  explicit RocksEngine(RocksOptions options)
      : options_(std::move(options)),
        files_(*options_.files),
        governor_(options_.write_buffer_budget_bytes, kFlushBytesMin, std::max<size_t>(options_.commit_threads / 2, 1),
                  commit_pool_),
        retries_(*options_.clock),
        read_pool_("read", options_.read_threads),
        commit_pool_("commit", options_.commit_threads),
        control_pool_("control", options_.control_threads) {}

  ~RocksEngine() override {
    std::vector<std::string> open;
    {
      MutexLock lock(mutex_);
      for (const auto& [name, slot] : slots_) {
        open.push_back(name);
      }
    }
    for (const std::string& name : open) {
      auto request = std::make_unique<Request>();
      request->kind = Request::Kind::kClose;
      Enqueue(name, std::move(request));
    }
    MutexLock lock(mutex_);
    while (!slots_.empty()) {
      idle_.wait(mutex_);
    }
  }

  Capabilities capabilities() const override {
    return {.transact_over_keyspaces = true, .value_bytes_max = kValueBytesMax};
  }

  void Create(std::string name, KeySource key, Executor& home, Done<std::shared_ptr<Keyspace>> done) override {
    EnqueueOpening(Request::Kind::kCreate, name, std::move(key), home, std::move(done));
  }

  void Open(std::string name, KeySource key, Executor& home, Done<std::shared_ptr<Keyspace>> done) override {
    std::shared_ptr<Keyspace> open;
    {
      MutexLock lock(mutex_);
      const auto found = slots_.find(name);
      if (found != slots_.end() && found->second.core != nullptr && !found->second.running) {
        open = HandleOf(name, found->second);
      }
    }
    if (open != nullptr) {
      return Answer(&home, std::move(done), Result<std::shared_ptr<Keyspace>>(std::move(open)));
    }
    EnqueueOpening(Request::Kind::kOpen, name, std::move(key), home, std::move(done));
  }

  void Close(std::string name, Executor& home, Done<void> done) override {
    EnqueueEnding(Request::Kind::kClose, name, home, std::move(done));
  }

  void Drop(std::string name, Executor& home, Done<void> done) override {
    EnqueueEnding(Request::Kind::kDrop, name, home, std::move(done));
  }

  void UseJournal(std::shared_ptr<Keyspace> journal, Executor& home, Done<void> done) override {
    control_pool_.Post([this, journal = std::move(journal), &home, done = std::move(done)]() mutable {
      Answer(&home, std::move(done), journal_.Load(std::move(journal), [this](const std::string& name) {
        return files_.FileExists(DirectoryOf(name));
      }));
    });
  }

  void TransactAcross(std::vector<KeyspacePart> parts, TransactAcrossFunction function, Executor& home,
                      Done<Outcome> done, ValueCache* remembered) override {
    std::vector<rocks::JointPart> joint;
    for (KeyspacePart& part : parts) {
      const auto* const handle = dynamic_cast<const Handle*>(part.keyspace.get());
      BASALT_CHECK(handle != nullptr);
      joint.push_back({handle->core(), std::move(part.keys)});
    }
    // The handles keep the keyspaces open until it has completed.
    rocks::RunJointTransaction(
        journal_, std::move(joint), std::move(function), home,
        [parts = std::move(parts), done = std::move(done)](Result<Outcome> outcome) mutable {
          done(std::move(outcome));
        },
        remembered);
  }

  void List(std::string prefix, Executor& home, Done<std::vector<std::string>> done) override {
    control_pool_.Post([this, prefix = std::move(prefix), &home, done = std::move(done)]() mutable {
      std::vector<std::string> names;
      const Status status = ListUnder("", prefix, names);
      std::sort(names.begin(), names.end());
      Answer(&home, std::move(done),
             status.ok() ? Result<std::vector<std::string>>(std::move(names))
                         : Result<std::vector<std::string>>(Error(status.error().reason, status.error().text)));
    });
  }

 private:
  // What is asked of one name is done one after the other, in the order asked, on the control pool.
  struct Request {
    enum class Kind : uint8_t { kCreate, kOpen, kClose, kCloseUnlessHeld, kDrop };
    bool IsOpening() const { return kind == Kind::kCreate || kind == Kind::kOpen; }

    Kind kind = Kind::kClose;
    KeySource key;
    Executor* home = nullptr;
    Done<std::shared_ptr<Keyspace>> opened;
    Done<void> ended;
  };
  using RequestPtr = std::unique_ptr<Request>;

  struct Slot {
    std::shared_ptr<KeyspaceCore> core;  // null: not open
    std::weak_ptr<Keyspace> handle;
    std::deque<RequestPtr> requests;
    bool running = false;
  };

  template <class T>
  static void Answer(Executor* home, Done<T> done, Result<T> result) {
    if (home == nullptr) {
      return;
    }
    home->Post([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
  }

  std::string DirectoryOf(const std::string& name) const { return os::JoinPath(options_.root, name); }

  rocks::Surroundings Around() {
    return {.files = files_,
            .clock = *options_.clock,
            .read_pool = read_pool_,
            .commit_pool = commit_pool_,
            .control_pool = control_pool_,
            .retries = retries_,
            .governor = governor_,
            .memory = memory_,
            .stamps = stamps_,
            .journal = journal_,
            .write_buffer_bytes =
                std::clamp(options_.write_buffer_budget_bytes / 4 * 3, kMemtableBytesMin, kMemtableBytesMax),
            .open_files_max = static_cast<int>(
                std::clamp<size_t>(options_.open_files_max / std::max<size_t>(options_.open_keyspaces_max, 1),
                                   kKeyspaceFilesMin, kKeyspaceFilesMax))};
  }

  void EnqueueOpening(Request::Kind kind, const std::string& name, KeySource key, Executor& home,
                      Done<std::shared_ptr<Keyspace>> done) {
    if (Status usage = CheckKeyspaceName(name); !usage.ok()) {
      return Answer(&home, std::move(done), Result<std::shared_ptr<Keyspace>>(usage.TakeError()));
    }
    auto request = std::make_unique<Request>();
    request->kind = kind;
    request->key = std::move(key);
    request->home = &home;
    request->opened = std::move(done);
    Enqueue(name, std::move(request));
  }

  void EnqueueEnding(Request::Kind kind, const std::string& name, Executor& home, Done<void> done) {
    if (Status usage = CheckKeyspaceName(name); !usage.ok()) {
      return Answer(&home, std::move(done), Status(usage.TakeError()));
    }
    auto request = std::make_unique<Request>();
    request->kind = kind;
    request->home = &home;
    request->ended = std::move(done);
    Enqueue(name, std::move(request));
  }

  void Enqueue(const std::string& name, RequestPtr request) {
    MutexLock lock(mutex_);
    Slot& slot = slots_[name];
    slot.requests.push_back(std::move(request));
    if (slot.running) {
      return;
    }
    slot.running = true;
    Start(name, slot);
  }

  // The slot's next request. Openings wait for each other and not in the pool's queue, so that a close never waits
  // behind a crowd of them: what is let go of frees its files and memory before the next one takes some.
  void Start(const std::string& name, const Slot& slot) REQUIRES(mutex_) {
    if (slot.requests.front()->IsOpening()) {
      if (openings_ == options_.control_threads) {
        waiting_openings_.push_back(name);
        return;
      }
      ++openings_;
    }
    control_pool_.Post([this, name] { RunNext(name); });
  }

  void EndOpening() {
    MutexLock lock(mutex_);
    --openings_;
    if (!waiting_openings_.empty()) {
      const std::string name = std::move(waiting_openings_.front());
      waiting_openings_.pop_front();
      Start(name, slots_.find(name)->second);
    }
  }

  std::shared_ptr<Keyspace> HandleOf(const std::string& name, Slot& slot) REQUIRES(mutex_) {
    std::shared_ptr<Keyspace> handle = slot.handle.lock();
    if (handle == nullptr) {
      handle = std::make_shared<Handle>(slot.core, [this, name] {
        auto request = std::make_unique<Request>();
        request->kind = Request::Kind::kCloseUnlessHeld;
        Enqueue(name, std::move(request));
      });
      slot.handle = handle;
    }
    return handle;
  }

  // On the control pool; the slot is `running`, so nobody else touches its core.
  void RunNext(const std::string& name) {
    std::shared_ptr<Request> request;
    std::shared_ptr<KeyspaceCore> core;
    bool held = false;
    {
      MutexLock lock(mutex_);
      Slot& slot = slots_.find(name)->second;
      request = std::move(slot.requests.front());
      slot.requests.pop_front();
      core = slot.core;
      held = !slot.handle.expired();
    }
    switch (request->kind) {
      case Request::Kind::kCreate:
        return RunOpening(name, *request, core != nullptr ? Exists(name) : CreateCore(name, request->key));
      case Request::Kind::kOpen:
        return RunOpening(name, *request,
                          core != nullptr ? Result<std::shared_ptr<KeyspaceCore>>(core) : OpenCore(name, request->key));
      case Request::Kind::kCloseUnlessHeld:
        if (core == nullptr || held) {
          return RunNextOrRest(name);
        }
        break;
      case Request::Kind::kClose:
      case Request::Kind::kDrop:
        break;
    }
    if (core == nullptr) {
      return RunEnding(name, *request);
    }
    core->Close([this, name, request] {
      {
        MutexLock lock(mutex_);
        Slot& slot = slots_.find(name)->second;
        slot.core.reset();
        slot.handle.reset();  // may still be held, but is of no use any more
      }
      RunEnding(name, *request);
    });
  }

  void RunOpening(const std::string& name, Request& request, Result<std::shared_ptr<KeyspaceCore>> core) {
    std::vector<RequestPtr> sharers;
    std::shared_ptr<Keyspace> handle;
    {
      MutexLock lock(mutex_);
      Slot& slot = slots_.find(name)->second;
      if (core.ok()) {
        slot.core = std::move(*core);
        handle = HandleOf(name, slot);
      }
      // Who asked to open it meanwhile shares what came of it.
      while (request.kind == Request::Kind::kOpen && !slot.requests.empty() &&
             slot.requests.front()->kind == Request::Kind::kOpen) {
        sharers.push_back(std::move(slot.requests.front()));
        slot.requests.pop_front();
      }
    }
    const auto answer = [&](Request& to) {
      if (handle != nullptr) {
        return Answer(to.home, std::move(to.opened), Result<std::shared_ptr<Keyspace>>(handle));
      }
      Answer(to.home, std::move(to.opened),
             Result<std::shared_ptr<Keyspace>>(Error(core.error().reason, core.error().text)));
    };
    answer(request);
    for (const RequestPtr& sharer : sharers) {
      answer(*sharer);
    }
    EndOpening();
    RunNextOrRest(name);
  }

  void RunEnding(const std::string& name, Request& request) {
    Status status;
    if (request.kind == Request::Kind::kDrop) {
      status = Destroy(DirectoryOf(name));
      if (status.ok()) {
        journal_.Dropped(name);
      }
    }
    Answer(request.home, std::move(request.ended), std::move(status));
    RunNextOrRest(name);
  }

  void RunNextOrRest(const std::string& name) {
    MutexLock lock(mutex_);
    const auto found = slots_.find(name);
    if (!found->second.requests.empty()) {
      return Start(name, found->second);
    }
    found->second.running = false;
    if (found->second.core == nullptr) {
      slots_.erase(found);
      idle_.notify_all();
    }
  }

  static Result<std::shared_ptr<KeyspaceCore>> Exists(const std::string& name) {
    return Error(Reason::kAlreadyExists, "keyspace " + name + " exists");
  }

  Result<std::shared_ptr<KeyspaceCore>> CreateCore(const std::string& name, const KeySource& key) {
    TRY_ASSIGN(const bool exists, files_.FileExists(DirectoryOf(name)));
    if (exists) {
      return Exists(name);
    }
    return KeyspaceCore::Create(Around(), name, DirectoryOf(name), key);
  }

  Result<std::shared_ptr<KeyspaceCore>> OpenCore(const std::string& name, const KeySource& key) {
    TRY_ASSIGN(const bool exists, files_.FileExists(DirectoryOf(name)));
    if (!exists) {
      return Error(Reason::kNotFound, "there is no keyspace " + name);
    }
    return KeyspaceCore::Open(Around(), name, DirectoryOf(name), key);
  }

  // Without its keys the directory is noise already; a crash after that leaves nothing but work to repeat.
  Status Destroy(const std::string& directory) {
    TRY_ASSIGN(const bool exists, files_.FileExists(directory));
    if (!exists) {
      return {};
    }
    const std::string keys = os::JoinPath(directory, sealed::kKeysFileName);
    TRY_ASSIGN(const bool has_keys, files_.FileExists(keys));
    if (has_keys) {
      TRY(files_.RemoveFile(keys));
      TRY(files_.SyncDirectory(directory));
    }
    TRY(files_.RemoveTree(directory));
    return files_.SyncDirectory(os::ParentDirectory(directory));
  }

  // A keyspace's directory holds no directories; what does is a part of names.
  Status ListUnder(const std::string& name, const std::string& prefix, std::vector<std::string>& names) {
    const std::string directory = name.empty() ? options_.root : DirectoryOf(name);
    auto entries = files_.ListDirectory(directory);
    if (!entries.ok()) {
      return entries.error().reason == Reason::kNotFound ? Status() : Status(entries.TakeError());
    }
    bool is_leaf = true;
    for (const os::DirectoryEntry& entry : *entries) {
      if (!entry.is_directory) {
        continue;
      }
      is_leaf = false;
      const std::string below = name.empty() ? entry.name : name + '/' + entry.name;
      const size_t common = std::min(below.size(), prefix.size());
      if (std::string_view(below).substr(0, common) == std::string_view(prefix).substr(0, common)) {
        TRY(ListUnder(below, prefix, names));
      }
    }
    if (is_leaf && name.starts_with(prefix) && CheckKeyspaceName(name).ok()) {
      names.push_back(name);
    }
    return {};
  }

  const RocksOptions options_;
  os::FileSystem& files_;
  ValueStamps stamps_;
  rocks::Journal journal_;
  // Twice the budget: reached only if the governor's flushes cannot keep up.
  const std::shared_ptr<rocks::MemoryPool> memory_ =
      std::make_shared<rocks::MemoryPool>(options_.block_cache_bytes, options_.write_buffer_budget_bytes * 2);

  Mutex mutex_;
  std::condition_variable_any idle_;
  std::map<std::string, Slot> slots_ GUARDED_BY(mutex_);  // open, or being asked something
  size_t openings_ GUARDED_BY(mutex_) = 0;                // under way
  std::deque<std::string> waiting_openings_ GUARDED_BY(mutex_);

  // Pools go first, each after running what it was given.
  rocks::MemoryGovernor governor_;
  os::Schedule retries_;
  ThreadPool read_pool_;
  ThreadPool commit_pool_;
  ThreadPool control_pool_;
};

}  // namespace

std::unique_ptr<Engine> NewRocksEngine(RocksOptions options) {
  return std::make_unique<RocksEngine>(std::move(options));
}

}  // namespace basalt::engine

#include "engine/memory/memory_engine.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "base/mutex.h"
#include "engine/contract.h"

namespace basalt::engine {
namespace {

constexpr size_t kValueBytesMax = size_t{64} << 20;
constexpr int kTriesBesideOthers = 8;  // then a transaction holds them back

// What a keyspace holds; survives Close, and Drop for as long as a call under way uses it.
struct Contents {
  explicit Contents(const os::Clock& its_clock) : clock(its_clock) {}

  const os::Clock& clock;
  Mutex mutex;
  std::map<Key, std::string> entries GUARDED_BY(mutex);
  std::vector<int64_t> counters GUARDED_BY(mutex);
  std::multimap<int64_t, Key> expiring GUARDED_BY(mutex);  // of kExpiringSpace, by time
  std::deque<FeedRecord> feed GUARDED_BY(mutex);
  uint64_t trimmed GUARDED_BY(mutex) = 0;      // records before those of `feed`
  int64_t committed_ms GUARDED_BY(mutex) = 0;  // the newest record's time
  uint64_t version GUARDED_BY(mutex) = 0;      // commits so far
};

// Counts the calls under way of one opened keyspace and tells when the last one after Close is done.
class Gate {
 public:
  bool Enter() {
    MutexLock lock(mutex_);
    if (closed_) {
      return false;
    }
    ++calls_;
    return true;
  }

  void Leave() {
    std::vector<UniqueFunction<void()>> idle;
    {
      MutexLock lock(mutex_);
      if (--calls_ == 0 && closed_) {
        idle.swap(when_idle_);
      }
    }
    for (auto& task : idle) {
      task();
    }
  }

  void Close(UniqueFunction<void()> when_idle) {
    {
      MutexLock lock(mutex_);
      closed_ = true;
      if (calls_ > 0) {
        when_idle_.push_back(std::move(when_idle));
        return;
      }
    }
    when_idle();
  }

 private:
  Mutex mutex_;
  bool closed_ GUARDED_BY(mutex_) = false;
  size_t calls_ GUARDED_BY(mutex_) = 0;
  std::vector<UniqueFunction<void()>> when_idle_ GUARDED_BY(mutex_);
};

Page ScanPage(const std::map<Key, std::string>& entries, const Range& range, Direction direction,
              const ScanLimits& limits) {
  Page page;
  PageBudget budget(limits);
  const auto take = [&](const std::pair<const Key, std::string>& entry) {
    if (!budget.Take(entry.first.bytes.size() + entry.second.size())) {
      page.more = true;
      return false;
    }
    page.entries.push_back({entry.first.bytes, entry.second});
    return true;
  };
  if (!range.end.empty() && range.end <= range.begin) {
    return page;
  }
  const auto first = entries.lower_bound(Key{range.space, range.begin});
  // An empty end is the end of the space: the first key of the next one.
  const auto end = entries.lower_bound(range.end.empty() ? Key{static_cast<uint16_t>(range.space + 1), {}}
                                                         : Key{range.space, range.end});
  if (direction == Direction::kForward) {
    for (auto at = first; at != end && take(*at); ++at) {
    }
    return page;
  }
  for (auto at = end; at != first;) {
    --at;
    if (!take(*at)) {
      break;
    }
  }
  return page;
}

void AddToSum(std::map<Key, std::string>& entries, const SumDelta& delta) {
  const auto found = entries.find(delta.key);
  const int64_t before = found == entries.end() ? 0 : DecodeSum(found->second).ValueOr(0);
  const int64_t sum = AddWrapping(before, delta.delta);
  if (sum != 0) {
    entries[delta.key] = EncodeSum(sum);
  } else if (found != entries.end()) {
    entries.erase(found);
  }
}

FeedPage ReadFeed(const std::deque<FeedRecord>& feed, uint64_t trimmed, uint64_t after, const ScanLimits& limits) {
  FeedPage page;
  page.trimmed = trimmed;
  page.newest = trimmed + feed.size();
  PageBudget budget(limits);
  for (uint64_t number = std::max(after, trimmed); number < page.newest; ++number) {
    const FeedRecord& record = feed[number - trimmed];
    if (!budget.Take(record.bytes.size())) {
      page.more = true;
      break;
    }
    page.records.push_back(record);
  }
  return page;
}

// One keyspace's part of a transaction.
struct ContentsPart {
  std::shared_ptr<Contents> contents;
  std::vector<Key> keys;
};
using JointDecision = std::variant<std::vector<Plan>, Reject>;

// Several keyspaces' locks, in the order of their addresses.
class ContentsLock {
 public:
  explicit ContentsLock(std::span<const ContentsPart> parts) NO_THREAD_SAFETY_ANALYSIS {
    for (const ContentsPart& part : parts) {
      mutexes_.push_back(&part.contents->mutex);
    }
    std::sort(mutexes_.begin(), mutexes_.end(), std::less<>());
    for (Mutex* mutex : mutexes_) {
      mutex->Lock();
    }
  }
  ContentsLock(const ContentsLock&) = delete;
  ContentsLock& operator=(const ContentsLock&) = delete;
  ~ContentsLock() NO_THREAD_SAFETY_ANALYSIS {
    for (Mutex* mutex : mutexes_) {
      mutex->Unlock();
    }
  }

 private:
  std::vector<Mutex*> mutexes_;
};

void Apply(Contents& contents, Plan plan) REQUIRES(contents.mutex) {
  for (PutEntry& put : plan.puts) {
    if (put.key.space == kExpiringSpace && put.value.size() >= sizeof(uint64_t)) {
      contents.expiring.emplace(static_cast<int64_t>(ReadBigEndian64(put.value.data())), put.key);
    }
    contents.entries[std::move(put.key)] = std::move(put.value);
  }
  for (const Key& key : plan.deletes) {
    contents.entries.erase(key);
  }
  for (const CounterDelta& delta : plan.counter_deltas) {
    if (contents.counters.size() <= delta.counter) {
      contents.counters.resize(delta.counter + size_t{1});
    }
    int64_t& counter = contents.counters[delta.counter];
    counter = AddWrapping(counter, delta.delta);
  }
  for (const SumDelta& delta : plan.sum_deltas) {
    AddToSum(contents.entries, delta);
  }
  for (NewFeedRecord& record : plan.feed_records) {
    const int64_t at_ms = record.committed_ms != 0 ? record.committed_ms : contents.clock.WallMs();
    contents.committed_ms = std::max(contents.committed_ms, at_ms);
    contents.feed.push_back(
        {contents.trimmed + contents.feed.size() + 1, contents.committed_ms, std::move(record.bytes)});
  }
  ++contents.version;
}

// What was put again meanwhile has another time by now.
void RemoveExpired(Contents& contents, int64_t now_ms) REQUIRES(contents.mutex) {
  while (!contents.expiring.empty() && contents.expiring.begin()->first <= now_ms) {
    const auto expired = contents.expiring.extract(contents.expiring.begin());
    const auto found = contents.entries.find(expired.mapped());
    if (found != contents.entries.end() &&
        static_cast<int64_t>(ReadBigEndian64(found->second.data())) == expired.key()) {
      contents.entries.erase(found);
    }
  }
}

// Under the locks of all parts.
bool TryCommit(std::span<const ContentsPart> parts, const std::vector<uint64_t>& versions,
               std::vector<Plan>* plans) NO_THREAD_SAFETY_ANALYSIS {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].contents->version != versions[i]) {
      return false;
    }
  }
  const int64_t now_ms = parts.empty() ? 0 : parts.front().contents->clock.WallMs();
  for (size_t i = 0; plans != nullptr && i < parts.size(); ++i) {
    BASALT_CHECK(PlanKeepsToKeys((*plans)[i], parts[i].keys));
    RemoveExpired(*parts[i].contents, now_ms);
    StampFeedRecords((*plans)[i], now_ms);
    Apply(*parts[i].contents, std::move((*plans)[i]));
  }
  return true;
}

void ReadParts(std::span<const ContentsPart> parts, std::vector<std::optional<std::string>>& values,
               std::vector<uint64_t>& versions) NO_THREAD_SAFETY_ANALYSIS {
  for (const ContentsPart& part : parts) {
    versions.push_back(part.contents->version);
    for (const Key& key : part.keys) {
      const auto found = part.contents->entries.find(key);
      values.push_back(found == part.contents->entries.end() ? std::nullopt : std::optional(found->second));
    }
  }
}

std::vector<Values> ValuesOfParts(std::span<const ContentsPart> parts, Values values) {
  std::vector<Values> of_parts;
  size_t begin = 0;
  for (const ContentsPart& part : parts) {
    of_parts.push_back(values.subspan(begin, part.keys.size()));
    begin += part.keys.size();
  }
  return of_parts;
}

// Whether the function asked for more keys, which are among those of the parts then. kInternal: for wrong ones.
Result<bool> AddAsked(std::span<ContentsPart> parts, std::vector<Plan>* plans) {
  bool asks = false;
  for (size_t i = 0; plans != nullptr && i < parts.size(); ++i) {
    const std::vector<Key>& asked = (*plans)[i].asks;
    TRY(CheckSpaces(asked));
    asks = asks || !asked.empty();
    parts[i].keys.insert(parts[i].keys.end(), asked.begin(), asked.end());
  }
  return asks;
}

// Runs `function` until nothing else was committed while it ran and it asks for nothing more. Others are held back once
// they have come between often enough, so that a function over many keys comes to its end beside many writers.
template <class Function>
Result<Outcome> CommitOptimistically(std::span<ContentsPart> parts, Function function) {
  for (int tries = 0;; ++tries) {
    std::vector<std::optional<std::string>> values;
    std::vector<uint64_t> versions;
    auto lock = std::make_unique<ContentsLock>(parts);
    ReadParts(parts, values, versions);
    if (tries < kTriesBesideOthers) {
      lock.reset();
    }
    const std::vector<std::optional<std::string_view>> views(values.begin(), values.end());
    JointDecision decision = function(ValuesOfParts(parts, views));
    auto* const plans = std::get_if<std::vector<Plan>>(&decision);
    BASALT_CHECK(plans == nullptr || plans->size() == parts.size());
    TRY_ASSIGN(const bool asks, AddAsked(parts, plans));
    if (lock == nullptr) {
      lock = std::make_unique<ContentsLock>(parts);
    }
    if (!asks && TryCommit(parts, versions, plans)) {
      return plans != nullptr ? Outcome::kCommitted : Outcome::kRejected;
    }
  }
}

class MemoryKeyspace final : public Keyspace {
 public:
  MemoryKeyspace(std::string name, std::shared_ptr<Contents> contents)
      : name_(std::move(name)), contents_(std::move(contents)) {}

  const std::string& name() const override { return name_; }
  const std::shared_ptr<Gate>& gate() const { return gate_; }
  const std::shared_ptr<Contents>& contents() const { return contents_; }
  Error Closed() const { return {Reason::kUnavailable, "keyspace " + name_ + " is closed"}; }

  void Get(std::vector<Key> keys, Consistency /*consistency*/, Executor& home,
           Done<std::vector<std::optional<std::string>>> done) override {
    Status usage = CheckSpaces(keys);
    Call<std::vector<std::optional<std::string>>>(
        std::move(usage), home, std::move(done), [contents = contents_, keys = std::move(keys)] {
          std::vector<std::optional<std::string>> values;
          values.reserve(keys.size());
          MutexLock lock(contents->mutex);
          for (const Key& key : keys) {
            const auto found = contents->entries.find(key);
            values.push_back(found == contents->entries.end() ? std::nullopt : std::optional(found->second));
          }
          return values;
        });
  }

  void Scan(Range range, Direction direction, ScanLimits limits, Consistency /*consistency*/, Executor& home,
            Done<Page> done) override {
    Status usage = CheckSpace(range.space);
    Call<Page>(std::move(usage), home, std::move(done),
               [contents = contents_, range = std::move(range), direction, limits] {
                 MutexLock lock(contents->mutex);
                 return ScanPage(contents->entries, range, direction, limits);
               });
  }

  void Transact(std::vector<Key> keys, TransactFunction function, Executor& home, Done<Outcome> done,
                ValueCache* /*remembered*/) override {
    Status usage = CheckSpaces(keys);
    Call<Outcome>(std::move(usage), home, std::move(done),
                  [part = ContentsPart{contents_, std::move(keys)}, function = std::move(function)]() mutable {
                    return CommitOptimistically({&part, 1},
                                                [&function](std::span<const Values> values) -> JointDecision {
                                                  std::variant<Plan, Reject> decision = function(values[0]);
                                                  if (Plan* const plan = std::get_if<Plan>(&decision)) {
                                                    std::vector<Plan> plans;
                                                    plans.push_back(std::move(*plan));
                                                    return plans;
                                                  }
                                                  return Reject{};
                                                });
                  });
  }

  void Fence(Executor& home, Done<void> done) override {
    Call<void>({}, home, std::move(done), [contents = contents_]() -> Status {
      MutexLock lock(contents->mutex);
      ++contents->version;
      return {};
    });
  }

  void DropSpace(uint16_t space, Executor& home, Done<void> done) override {
    Status usage = CheckSpace(space);
    Call<void>(std::move(usage), home, std::move(done), [contents = contents_, space]() -> Status {
      MutexLock lock(contents->mutex);
      contents->entries.erase(contents->entries.lower_bound(Key{space, {}}),
                              contents->entries.lower_bound(Key{static_cast<uint16_t>(space + 1), {}}));
      for (size_t i = 0; i < kCountersPerSpace; ++i) {
        const size_t counter = size_t{kCountersPerSpace} * space + i;
        if (counter < contents->counters.size()) {
          contents->counters[counter] = 0;
        }
      }
      ++contents->version;
      return {};
    });
  }

  void Feed(uint64_t after, ScanLimits limits, Executor& home, Done<FeedPage> done) override {
    Call<FeedPage>({}, home, std::move(done), [contents = contents_, after, limits] {
      MutexLock lock(contents->mutex);
      return ReadFeed(contents->feed, contents->trimmed, after, limits);
    });
  }

  void Trim(uint64_t up_to, Executor& home, Done<void> done) override {
    Call<void>({}, home, std::move(done), [contents = contents_, up_to]() -> Status {
      MutexLock lock(contents->mutex);
      while (contents->trimmed < up_to && !contents->feed.empty()) {
        contents->feed.pop_front();
        ++contents->trimmed;
      }
      contents->trimmed = std::max(contents->trimmed, up_to);
      return {};
    });
  }

  void Statistics(Executor& home, Done<KeyspaceStatistics> done) override {
    Call<KeyspaceStatistics>({}, home, std::move(done), [contents = contents_] {
      KeyspaceStatistics statistics;
      MutexLock lock(contents->mutex);
      statistics.counters = contents->counters;
      for (const auto& [key, value] : contents->entries) {
        statistics.memory_bytes += key.bytes.size() + value.size();
      }
      return statistics;
    });
  }

 private:
  // Runs `body` and then `done` in a later turn of `home`.
  template <class T, class Body>
  void Call(Status usage, Executor& home, Done<T> done, Body body) {
    if (!usage.ok()) {
      home.Post([done = std::move(done), error = usage.TakeError()]() mutable { done(std::move(error)); });
      return;
    }
    if (!gate_->Enter()) {
      home.Post([done = std::move(done), error = Closed()]() mutable { done(std::move(error)); });
      return;
    }
    home.Post([gate = gate_, done = std::move(done), body = std::move(body)]() mutable {
      done(body());
      gate->Leave();
    });
  }

  const std::string name_;
  const std::shared_ptr<Contents> contents_;
  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

class MemoryEngine final : public Engine {
 public:
  explicit MemoryEngine(const os::Clock& clock) : clock_(clock) {}

  Capabilities capabilities() const override {
    return {.transact_over_keyspaces = true, .value_bytes_max = kValueBytesMax};
  }

  void Create(std::string name, KeySource /*key*/, Executor& home, Done<std::shared_ptr<Keyspace>> done) override {
    Answer(home, std::move(done), CreateNow(name));
  }

  void Open(std::string name, KeySource /*key*/, Executor& home, Done<std::shared_ptr<Keyspace>> done) override {
    Answer(home, std::move(done), OpenNow(name));
  }

  void Close(std::string name, Executor& home, Done<void> done) override {
    if (Status usage = CheckKeyspaceName(name); !usage.ok()) {
      return Answer(home, std::move(done), std::move(usage));
    }
    std::shared_ptr<MemoryKeyspace> open;
    {
      MutexLock lock(mutex_);
      const auto found = keyspaces_.find(name);
      if (found != keyspaces_.end()) {
        open = found->second.open.lock();
        found->second.open.reset();
      }
    }
    Finish(open, home, std::move(done));
  }

  void Drop(std::string name, Executor& home, Done<void> done) override {
    if (Status usage = CheckKeyspaceName(name); !usage.ok()) {
      return Answer(home, std::move(done), std::move(usage));
    }
    std::shared_ptr<MemoryKeyspace> open;
    {
      MutexLock lock(mutex_);
      const auto found = keyspaces_.find(name);
      if (found != keyspaces_.end()) {
        open = found->second.open.lock();
        keyspaces_.erase(found);
      }
    }
    Finish(open, home, std::move(done));
  }

  void TransactAcross(std::vector<KeyspacePart> parts, TransactAcrossFunction function, Executor& home,
                      Done<Outcome> done, ValueCache* /*remembered*/) override {
    std::vector<ContentsPart> contents;
    std::vector<std::shared_ptr<Gate>> entered;
    std::optional<Error> refusal;
    for (KeyspacePart& part : parts) {
      const auto* const keyspace = dynamic_cast<const MemoryKeyspace*>(part.keyspace.get());
      BASALT_CHECK(keyspace != nullptr);
      if (Status usage = CheckSpaces(part.keys); !usage.ok()) {
        refusal = usage.TakeError();
      } else if (!keyspace->gate()->Enter()) {
        refusal = keyspace->Closed();
      } else {
        entered.push_back(keyspace->gate());
        contents.push_back({keyspace->contents(), std::move(part.keys)});
      }
    }
    home.Post([contents = std::move(contents), entered = std::move(entered), function = std::move(function),
               refusal = std::move(refusal), done = std::move(done)]() mutable {
      if (refusal) {
        done(*std::move(refusal));
      } else {
        done(CommitOptimistically(contents, std::move(function)));
      }
      for (const std::shared_ptr<Gate>& gate : entered) {
        gate->Leave();
      }
    });
  }

  void List(std::string prefix, Executor& home, Done<std::vector<std::string>> done) override {
    std::vector<std::string> names;
    {
      MutexLock lock(mutex_);
      for (auto at = keyspaces_.lower_bound(prefix); at != keyspaces_.end() && at->first.starts_with(prefix); ++at) {
        names.push_back(at->first);
      }
    }
    Answer(home, std::move(done), Result<std::vector<std::string>>(std::move(names)));
  }

 private:
  struct Stored {
    std::shared_ptr<Contents> contents;
    std::weak_ptr<MemoryKeyspace> open;
  };

  template <class T>
  static void Answer(Executor& home, Done<T> done, Result<T> result) {
    home.Post([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
  }

  static void Finish(const std::shared_ptr<MemoryKeyspace>& open, Executor& home, Done<void> done) {
    if (open == nullptr) {
      Answer(home, std::move(done), Status());
      return;
    }
    open->gate()->Close([&home, done = std::move(done)]() mutable { Answer(home, std::move(done), Status()); });
  }

  Result<std::shared_ptr<Keyspace>> CreateNow(const std::string& name) {
    TRY(CheckKeyspaceName(name));
    MutexLock lock(mutex_);
    const auto [at, inserted] = keyspaces_.try_emplace(name);
    if (!inserted) {
      return Error(Reason::kAlreadyExists, "keyspace " + name + " exists");
    }
    at->second.contents = std::make_shared<Contents>(clock_);
    auto keyspace = std::make_shared<MemoryKeyspace>(name, at->second.contents);
    at->second.open = keyspace;
    return std::shared_ptr<Keyspace>(std::move(keyspace));
  }

  Result<std::shared_ptr<Keyspace>> OpenNow(const std::string& name) {
    TRY(CheckKeyspaceName(name));
    MutexLock lock(mutex_);
    const auto found = keyspaces_.find(name);
    if (found == keyspaces_.end()) {
      return Error(Reason::kNotFound, "there is no keyspace " + name);
    }
    std::shared_ptr<MemoryKeyspace> keyspace = found->second.open.lock();
    if (keyspace == nullptr) {
      keyspace = std::make_shared<MemoryKeyspace>(name, found->second.contents);
      found->second.open = keyspace;
    }
    return std::shared_ptr<Keyspace>(std::move(keyspace));
  }

  const os::Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Stored> keyspaces_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Engine> NewMemoryEngine(const os::Clock& clock) { return std::make_unique<MemoryEngine>(clock); }

}  // namespace basalt::engine

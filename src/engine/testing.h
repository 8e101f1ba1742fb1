// For tests of engines and of what stands on them: a loop of one thread, and waiting for a completion.
#pragma once

#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "engine/engine.h"

namespace basalt::engine {

// A server loop as far as an engine can tell: tasks run one after the other on one thread.
class TestLoop final : public Executor {
 public:
  TestLoop() {
    std::promise<std::thread::id> id;
    pool_.Post([&id] { id.set_value(std::this_thread::get_id()); });
    thread_id_ = id.get_future().get();
  }
  void Post(UniqueFunction<void()> task) override { pool_.Post(std::move(task)); }
  bool IsCurrent() const { return std::this_thread::get_id() == thread_id_; }

 private:
  ThreadPool pool_{"loop", 1};
  std::thread::id thread_id_;
};

// Runs start(done) on the loop and waits, on another thread, for what `done` is given.
template <class T, class Start>
Result<T> Await(TestLoop& loop, Start start) {
  std::promise<Result<T>> result;
  loop.Post([&] { start(Done<T>([&result](Result<T> value) { result.set_value(std::move(value)); })); });
  return result.get_future().get();
}

inline Result<std::vector<std::optional<std::string>>> GetNow(TestLoop& loop, Keyspace& keyspace, std::vector<Key> keys,
                                                              Consistency consistency = Consistency::kStrong) {
  return Await<std::vector<std::optional<std::string>>>(
      loop, [&](auto done) { keyspace.Get(keys, consistency, loop, std::move(done)); });
}

inline Result<Page> ScanNow(TestLoop& loop, Keyspace& keyspace, Range range, Direction direction = Direction::kForward,
                            ScanLimits limits = {}) {
  return Await<Page>(
      loop, [&](auto done) { keyspace.Scan(range, direction, limits, Consistency::kStrong, loop, std::move(done)); });
}

inline Result<Outcome> TransactNow(TestLoop& loop, Keyspace& keyspace, std::vector<Key> keys,
                                   TransactFunction function) {
  return Await<Outcome>(loop, [&](auto done) { keyspace.Transact(keys, std::move(function), loop, std::move(done)); });
}

inline Result<Outcome> PutNow(TestLoop& loop, Keyspace& keyspace, const Key& key, const std::string& value) {
  return TransactNow(loop, keyspace, {key}, [&](Values) { return Plan{.puts = {{key, value}}}; });
}

inline Status FenceNow(TestLoop& loop, Keyspace& keyspace) {
  return Await<void>(loop, [&](auto done) { keyspace.Fence(loop, std::move(done)); });
}

inline Status DropSpaceNow(TestLoop& loop, Keyspace& keyspace, uint16_t space) {
  return Await<void>(loop, [&](auto done) { keyspace.DropSpace(space, loop, std::move(done)); });
}

inline Result<FeedPage> FeedNow(TestLoop& loop, Keyspace& keyspace, uint64_t after = 0, ScanLimits limits = {}) {
  return Await<FeedPage>(loop, [&](auto done) { keyspace.Feed(after, limits, loop, std::move(done)); });
}

inline Status TrimNow(TestLoop& loop, Keyspace& keyspace, uint64_t up_to) {
  return Await<void>(loop, [&](auto done) { keyspace.Trim(up_to, loop, std::move(done)); });
}

inline Result<KeyspaceStatistics> StatisticsNow(TestLoop& loop, Keyspace& keyspace) {
  return Await<KeyspaceStatistics>(loop, [&](auto done) { keyspace.Statistics(loop, std::move(done)); });
}

inline Result<SecretBytes> TestKey() { return SecretBytes("0123456789abcdef0123456789abcdef"); }

inline Result<std::shared_ptr<Keyspace>> CreateNow(TestLoop& loop, Engine& engine, const std::string& name,
                                                   KeySource key = TestKey) {
  return Await<std::shared_ptr<Keyspace>>(
      loop, [&](auto done) { engine.Create(name, std::move(key), loop, std::move(done)); });
}

inline Result<std::shared_ptr<Keyspace>> OpenNow(TestLoop& loop, Engine& engine, const std::string& name,
                                                 KeySource key = TestKey) {
  return Await<std::shared_ptr<Keyspace>>(loop,
                                          [&](auto done) { engine.Open(name, std::move(key), loop, std::move(done)); });
}

inline Status CloseNow(TestLoop& loop, Engine& engine, const std::string& name) {
  return Await<void>(loop, [&](auto done) { engine.Close(name, loop, std::move(done)); });
}

inline Status DropNow(TestLoop& loop, Engine& engine, const std::string& name) {
  return Await<void>(loop, [&](auto done) { engine.Drop(name, loop, std::move(done)); });
}

inline Result<std::vector<std::string>> ListNow(TestLoop& loop, Engine& engine, const std::string& prefix) {
  return Await<std::vector<std::string>>(loop, [&](auto done) { engine.List(prefix, loop, std::move(done)); });
}

// Makes the journal of an engine that has none, or opens what is there, and hands it over.
inline Status UseJournalNow(TestLoop& loop, Engine& engine) {
  constexpr char kName[] = "system/journal";
  Result<std::shared_ptr<Keyspace>> journal = CreateNow(loop, engine, kName);
  if (!journal.ok() && journal.error().reason == Reason::kAlreadyExists) {
    journal = OpenNow(loop, engine, kName);
  }
  TRY_ASSIGN(std::shared_ptr<Keyspace> opened, std::move(journal));
  return Await<void>(loop, [&](auto done) { engine.UseJournal(std::move(opened), loop, std::move(done)); });
}

inline Result<Outcome> TransactAcrossNow(TestLoop& loop, Engine& engine, std::vector<KeyspacePart> parts,
                                         TransactAcrossFunction function) {
  return Await<Outcome>(loop, [&](auto done) {
    engine.TransactAcross(std::move(parts), std::move(function), loop, std::move(done), nullptr);
  });
}

}  // namespace basalt::engine

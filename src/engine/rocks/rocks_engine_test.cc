// What the contract does not ask of every engine: durability through power loss and failing disks, secrecy of the
// files, and the order in which answers leave.
#include "engine/rocks/rocks_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "engine/rocks/faulty_file_system.h"
#include "engine/rocks/rocks_reader.h"
#include "engine/testing.h"
#include "engine/value_cache.h"
#include "os/simulated_file_system.h"
#include "sealed/keyring.h"

namespace basalt::engine {
namespace {

using rocks::FaultyFileSystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

RocksOptions OptionsOn(os::FileSystem& files) {
  RocksOptions options;
  options.files = &files;
  options.root = "/data";
  options.read_threads = 1;
  options.commit_threads = 2;
  return options;
}

Result<SecretBytes> OtherKey() { return SecretBytes("ffffffffffffffffffffffffffffffff"); }

// Reads until it is answered otherwise than kUnavailable.
Result<std::vector<std::optional<std::string>>> GetWhenBack(TestLoop& loop, Keyspace& keyspace, const Key& key) {
  for (int i = 0;; ++i) {
    auto values = GetNow(loop, keyspace, {key});
    if (values.ok() || values.error().reason != Reason::kUnavailable || i > 2000) {
      return values;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void ForEachFile(os::FileSystem& files, const std::string& directory,
                 const std::function<void(const std::string&, const std::string&)>& visit) {
  const auto entries = files.ListDirectory(directory);
  ASSERT_TRUE(entries.ok());
  for (const os::DirectoryEntry& entry : *entries) {
    const std::string path = os::JoinPath(directory, entry.name);
    if (entry.is_directory) {
      ForEachFile(files, path, visit);
    } else if (const auto content = files.ReadFile(path); content.ok()) {
      visit(path, *content);
    } else {
      // An open table deletes logs it no longer needs, also between a listing and a look.
      ASSERT_EQ(content.error().reason, Reason::kNotFound) << content.error().text;
    }
  }
}

// --- values that readers keep -----------------------------------------------------------------------------------

// Two loops read one key through caches of their own while a third writes it: no answer is older than what was
// acknowledged before it was asked for, nor than what any loop was answered before.
TEST(RocksEngineStamps, AKeptValueIsWhatAStrongReadWouldGive) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop writer;
  const auto engine = NewRocksEngine(OptionsOn(*files));
  const auto keyspace = *CreateNow(writer, *engine, "tables/1");
  const Key key{0, "a"};
  ASSERT_EQ(*PutNow(writer, *keyspace, key, "0"), Outcome::kCommitted);
  std::atomic<int> seen{0};  // by anybody, the writer included
  std::atomic<bool> over{false};
  std::atomic<int> kept{0};
  const auto raise = [&seen](int value) {
    for (int known = seen; known < value && !seen.compare_exchange_weak(known, value);) {
    }
  };
  const auto read = [&] {
    TestLoop loop;
    ValueCache cache(1 << 20);
    while (!over) {
      const int floor = seen;
      int value = 0;
      const ValueStamp stamp = keyspace->StampOf(key);
      if (const auto known = cache.Find(stamp, key)) {
        value = std::stoi(std::string(*known));
        ++kept;
      } else {
        const auto values = GetNow(loop, *keyspace, {key});
        ASSERT_TRUE(values.ok());
        value = std::stoi(*(*values)[0]);
        cache.Insert(stamp, key, *(*values)[0]);
      }
      ASSERT_GE(value, floor);
      raise(value);
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int value = 1; value <= 2'000; ++value) {
    ASSERT_EQ(*PutNow(writer, *keyspace, key, std::to_string(value)), Outcome::kCommitted);
    raise(value);
    if (value % 20 == 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));  // so that something can be kept
    }
  }
  over = true;
  first.join();
  second.join();
  EXPECT_GT(kept, 0);
}

// Loops count the same keys up, each with what it remembers: no count is lost, and most reads need not ask.
TEST(RocksEngineStamps, WhatALoopRemembersIsWhatItsWritesSee) {
  constexpr int kLoops = 3;
  constexpr int kRounds = 400;
  constexpr uint64_t kKeys = 4;
  const auto files = os::NewSimulatedFileSystem();
  const auto engine = NewRocksEngine(OptionsOn(*files));
  TestLoop loop;
  const auto keyspace = *CreateNow(loop, *engine, "tables/1");
  const auto count_up = [&keyspace](uint64_t seed) {
    TestLoop own;
    ValueCache cache(1 << 20);
    std::mt19937_64 random(seed);
    for (int round = 0; round < kRounds; ++round) {
      const Key key{0, std::to_string(random() % kKeys)};
      const auto outcome = Await<Outcome>(own, [&](auto done) {
        keyspace->Transact(
            {key},
            [&key](Values values) {
              const int count = values[0] ? std::stoi(std::string(*values[0])) : 0;
              return Plan{.puts = {{key, std::to_string(count + 1)}}};
            },
            own, std::move(done), &cache);
      });
      ASSERT_TRUE(outcome.ok());
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kLoops; ++i) {
    threads.emplace_back(count_up, i);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const auto counts = *GetNow(loop, *keyspace, {{0, "0"}, {0, "1"}, {0, "2"}, {0, "3"}});
  int sum = 0;
  for (const auto& value : counts) {
    sum += std::stoi(*value);
  }
  EXPECT_EQ(sum, kLoops * kRounds);
}

TEST(RocksEngineStamps, ALoopRemembersTheLastOfWhatItWrote) {
  const auto files = os::NewSimulatedFileSystem();
  const auto engine = NewRocksEngine(OptionsOn(*files));
  TestLoop loop;
  const auto keyspace = *CreateNow(loop, *engine, "tables/1");
  const Key key{0, "a"};
  ValueCache cache(1 << 20);
  constexpr int kWrites = 20;  // in one group or several
  std::atomic<int> left = kWrites;
  std::promise<void> finished;
  loop.Post([&] {
    for (int i = 1; i <= kWrites; ++i) {
      keyspace->Transact(
          {key},
          [&key, i](Values) {
            return Plan{.puts = {{key, std::to_string(i)}, {{1, "entry"}, "not a value"}}};
          },
          loop,
          [&](const Result<Outcome>& outcome) {
            EXPECT_TRUE(outcome.ok());
            if (--left == 0) {
              finished.set_value();
            }
          },
          &cache);
    }
  });
  finished.get_future().get();
  EXPECT_EQ(cache.Find(keyspace->StampOf(key), key), std::to_string(kWrites));
  const Key entry{1, "entry"};
  EXPECT_EQ(cache.Find(keyspace->StampOf(entry), entry), std::nullopt);
  ASSERT_EQ(*PutNow(loop, *keyspace, key, "of another loop"), Outcome::kCommitted);
  EXPECT_EQ(cache.Find(keyspace->StampOf(key), key), std::nullopt);
}

TEST(RocksEngineStamps, NothingIsKeptOfAKeyspaceThatIsClosed) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  const auto engine = NewRocksEngine(OptionsOn(*files));
  const Key key{0, "a"};
  auto keyspace = *CreateNow(loop, *engine, "tables/1");
  const ValueStamp open = keyspace->StampOf(key);
  EXPECT_TRUE(SomeIsKnown(open.versions));
  ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
  EXPECT_FALSE(SomeIsKnown(keyspace->StampOf(key).versions));
  keyspace = *OpenNow(loop, *engine, "tables/1");
  EXPECT_NE(keyspace->StampOf(key).keyspace_id, open.keyspace_id);
}

// --- order of answers -------------------------------------------------------------------------------------------

class HeldSync : public ::testing::Test {
 protected:
  // Puts `value`, and returns once its group waits for the disk.
  void PutAndHold(const std::string& value) {
    files_.HoldLogSyncs();
    Start({{{0, "a"}, value}}, &put_);
    files_.AwaitHeldLogSync();
  }

  void Start(std::vector<PutEntry> puts, std::promise<Result<Outcome>>* answer) {
    loop_.Post([this, puts = std::move(puts), answer]() mutable {
      keyspace_->Transact(
          {{0, "a"}}, [puts = std::move(puts)](Values) { return Plan{.puts = puts}; }, loop_,
          [answer](Result<Outcome> outcome) { answer->set_value(std::move(outcome)); });
    });
  }

  // Rejects, or commits nothing, remembering what it saw.
  void StartLooking(std::variant<Plan, Reject> decision, std::promise<Result<Outcome>>* answer) {
    loop_.Post([this, decision, answer] {
      keyspace_->Transact(
          {{0, "a"}},
          [this, decision](Values values) {
            seen_ = values[0];
            return decision;
          },
          loop_, [answer](Result<Outcome> outcome) { answer->set_value(std::move(outcome)); });
    });
  }

  static bool Answered(std::future<Result<Outcome>>& answer) {
    return answer.wait_for(std::chrono::milliseconds(30)) == std::future_status::ready;
  }

  const std::unique_ptr<os::SimulatedFileSystem> disk_ = os::NewSimulatedFileSystem();
  FaultyFileSystem files_{*disk_};
  TestLoop loop_;
  const std::unique_ptr<Engine> engine_ = NewRocksEngine(OptionsOn(files_));
  const std::shared_ptr<Keyspace> keyspace_ = *CreateNow(loop_, *engine_, "tables/1");
  std::optional<std::string> seen_;
  std::promise<Result<Outcome>> put_;
};

TEST_F(HeldSync, ReadsDoNotSeeWhatIsNotDurable) {
  ASSERT_TRUE(PutNow(loop_, *keyspace_, {0, "a"}, "old").ok());
  PutAndHold("new");
  EXPECT_THAT(*GetNow(loop_, *keyspace_, {{0, "a"}}), ElementsAre("old"));
  EXPECT_EQ((*ScanNow(loop_, *keyspace_, {})).entries[0].value, "old");
  files_.ReleaseLogSyncs();
  EXPECT_TRUE(put_.get_future().get().ok());
  EXPECT_THAT(*GetNow(loop_, *keyspace_, {{0, "a"}}), ElementsAre("new"));
}

TEST_F(HeldSync, FunctionsSeePendingValuesAndTheirAnswersWait) {
  PutAndHold("pending");
  std::promise<Result<Outcome>> reject;
  std::promise<Result<Outcome>> empty;
  StartLooking(Reject{}, &reject);
  StartLooking(Plan{}, &empty);
  auto put_answer = put_.get_future();
  auto reject_answer = reject.get_future();
  auto empty_answer = empty.get_future();
  EXPECT_FALSE(Answered(put_answer));
  EXPECT_FALSE(Answered(reject_answer));
  EXPECT_FALSE(Answered(empty_answer));
  files_.ReleaseLogSyncs();
  EXPECT_EQ(*put_answer.get(), Outcome::kCommitted);
  EXPECT_EQ(*reject_answer.get(), Outcome::kRejected);
  EXPECT_EQ(*empty_answer.get(), Outcome::kCommitted);
  EXPECT_EQ(seen_, "pending");
}

TEST_F(HeldSync, AnswersThatDependOnNothingPendingDoNotWait) {
  PutAndHold("pending");
  EXPECT_EQ(*TransactNow(loop_, *keyspace_, {{0, "b"}}, [](Values) { return Reject{}; }), Outcome::kRejected);
  files_.ReleaseLogSyncs();
  EXPECT_TRUE(put_.get_future().get().ok());
}

TEST_F(HeldSync, AValueKeptBeforeAFailedWriteIsReadAnew) {
  const Key key{0, "a"};
  ASSERT_TRUE(PutNow(loop_, *keyspace_, key, "1").ok());
  const ValueStamp before = keyspace_->StampOf(key);
  ASSERT_TRUE(SomeIsKnown(before.versions));
  files_.FailLogSyncs(0, 1);
  EXPECT_EQ(PutNow(loop_, *keyspace_, key, "2").error().reason, Reason::kUnknownOutcome);
  ASSERT_TRUE(GetWhenBack(loop_, *keyspace_, key).ok());
  const ValueStamp after = keyspace_->StampOf(key);
  EXPECT_TRUE(SomeIsKnown(after.versions));
  EXPECT_FALSE(SomeIsSame(after.versions, before.versions));
}

TEST_F(HeldSync, AFailedWriteIsNotRemembered) {
  const Key key{0, "a"};
  ValueCache cache(1 << 20);
  const auto put = [&](const std::string& value) {
    return Await<Outcome>(loop_, [&](auto done) {
      keyspace_->Transact(
          {key},
          [&](Values) {
            return Plan{.puts = {{key, value}}};
          },
          loop_, std::move(done), &cache);
    });
  };
  ASSERT_TRUE(put("1").ok());
  EXPECT_EQ(cache.Find(keyspace_->StampOf(key), key), "1");
  files_.FailLogSyncs(0, 1);
  EXPECT_EQ(put("2").error().reason, Reason::kUnknownOutcome);
  ASSERT_TRUE(GetWhenBack(loop_, *keyspace_, key).ok());
  EXPECT_EQ(cache.Find(keyspace_->StampOf(key), key), std::nullopt);
}

TEST_F(HeldSync, AFailedSyncFailsWhateverWasBuiltOnIt) {
  ASSERT_TRUE(PutNow(loop_, *keyspace_, {0, "a"}, "old").ok());
  PutAndHold("lost");
  std::promise<Result<Outcome>> reject;
  std::promise<Result<Outcome>> second;
  StartLooking(Reject{}, &reject);
  Start({{{0, "a"}, "lost too"}}, &second);
  auto second_answer = second.get_future();
  EXPECT_FALSE(Answered(second_answer));
  files_.FailLogSyncs(0, 1);
  files_.ReleaseLogSyncs();
  EXPECT_EQ(put_.get_future().get().error().reason, Reason::kUnknownOutcome);
  EXPECT_EQ(reject.get_future().get().error().reason, Reason::kUnknownOutcome);
  EXPECT_EQ(second_answer.get().error().reason, Reason::kUnknownOutcome);

  // It comes back by itself. Whether the first write was kept is open; the second never reached the disk.
  const auto values = GetWhenBack(loop_, *keyspace_, {0, "a"});
  ASSERT_TRUE(values.ok()) << values.error().text;
  EXPECT_THAT((*values)[0], ::testing::AnyOf(std::optional<std::string>("old"), std::optional<std::string>("lost")));
  ASSERT_TRUE(PutNow(loop_, *keyspace_, {0, "a"}, "after").ok());
  EXPECT_THAT(*GetNow(loop_, *keyspace_, {{0, "a"}}), ElementsAre("after"));
}

TEST_F(HeldSync, ReopensWithGrowingPausesUntilTheDiskIsBack) {
  ASSERT_TRUE(PutNow(loop_, *keyspace_, {0, "a"}, "kept").ok());
  files_.FailNewFiles(true);
  files_.FailLogSyncs(0, 1);
  EXPECT_EQ(PutNow(loop_, *keyspace_, {0, "b"}, "x").error().reason, Reason::kUnknownOutcome);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(GetNow(loop_, *keyspace_, {{0, "a"}}).error().reason, Reason::kUnavailable);
  EXPECT_EQ(PutNow(loop_, *keyspace_, {0, "a"}, "x").error().reason, Reason::kUnavailable);
  files_.FailNewFiles(false);
  EXPECT_THAT(*GetWhenBack(loop_, *keyspace_, {0, "a"}), ElementsAre("kept"));
}

TEST_F(HeldSync, ClosesWhileItCannotReopen) {
  ASSERT_TRUE(PutNow(loop_, *keyspace_, {0, "a"}, "kept").ok());
  files_.FailNewFiles(true);
  files_.FailLogSyncs(0, 1);
  EXPECT_EQ(PutNow(loop_, *keyspace_, {0, "b"}, "x").error().reason, Reason::kUnknownOutcome);
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  files_.FailNewFiles(false);
  const auto again = *OpenNow(loop_, *engine_, "tables/1");
  EXPECT_THAT(*GetNow(loop_, *again, {{0, "a"}}), ElementsAre("kept"));
}

// Syncs fail every now and then while many writers work: what was acknowledged stays, and it always comes back.
TEST_F(HeldSync, SurvivesSyncsThatFailUnderLoad) {
  constexpr size_t kKeys = 16;
  std::vector<uint64_t> acknowledged(kKeys, 0);
  std::vector<uint64_t> tried(kKeys, 0);
  std::mt19937 random(3);
  int unknown = 0;
  for (int round = 0; round < 12; ++round) {
    files_.FailLogSyncs(static_cast<int>(random() % 6), 1);
    std::atomic<size_t> left = kKeys;
    std::promise<void> finished;
    loop_.Post([&] {
      for (size_t i = 0; i < kKeys; ++i) {
        const Key key{0, "k" + std::to_string(i)};
        const uint64_t number = ++tried[i];
        keyspace_->Transact(
            {key},
            [=](Values) {
              return Plan{.puts = {{key, std::to_string(number)}}};
            },
            loop_,
            [&, i, number](const Result<Outcome>& outcome) {
              if (outcome.ok()) {
                acknowledged[i] = number;
              } else if (outcome.error().reason == Reason::kUnknownOutcome) {
                ++unknown;
              } else {
                EXPECT_EQ(outcome.error().reason, Reason::kUnavailable);
              }
              if (--left == 0) {
                finished.set_value();
              }
            });
      }
    });
    finished.get_future().get();
    for (size_t i = 0; i < kKeys; ++i) {
      const auto values = GetWhenBack(loop_, *keyspace_, {0, "k" + std::to_string(i)});
      ASSERT_TRUE(values.ok()) << values.error().text;
      const uint64_t stored = (*values)[0].has_value() ? std::stoull(*(*values)[0]) : 0;
      EXPECT_GE(stored, acknowledged[i]);
      EXPECT_LE(stored, tried[i]);
      acknowledged[i] = stored;
    }
  }
  EXPECT_GT(unknown, 0);
}

// --- keys and files ---------------------------------------------------------------------------------------------

TEST(RocksEngine, OpensOnlyWithItsKey) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  const auto engine = NewRocksEngine(OptionsOn(*files));
  ASSERT_TRUE(CreateNow(loop, *engine, "tables/1").ok());
  ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
  EXPECT_EQ(OpenNow(loop, *engine, "tables/1", OtherKey).error().reason, Reason::kWrongKey);
  const auto refused = OpenNow(loop, *engine, "tables/1", [] { return Error(Reason::kAccessDenied, "disabled"); });
  EXPECT_EQ(refused.error().reason, Reason::kAccessDenied);
  EXPECT_TRUE(OpenNow(loop, *engine, "tables/1").ok());
}

TEST(RocksEngine, MakesNothingIfThereIsNoKey) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  const auto engine = NewRocksEngine(OptionsOn(*files));
  EXPECT_EQ(
      CreateNow(loop, *engine, "tables/1", [] { return Error(Reason::kAccessDenied, "disabled"); }).error().reason,
      Reason::kAccessDenied);
  EXPECT_TRUE(CreateNow(loop, *engine, "tables/1").ok());
}

TEST(RocksEngine, DropNeedsNoKeyAndLeavesNothing) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  const auto engine = NewRocksEngine(OptionsOn(*files));
  const auto keyspace = *CreateNow(loop, *engine, "tables/1");
  ASSERT_TRUE(PutNow(loop, *keyspace, {0, "a"}, "1").ok());
  ASSERT_TRUE(DropNow(loop, *engine, "tables/1").ok());
  EXPECT_FALSE(*files->FileExists("/data/tables/1"));
  files->PowerLoss(1);
  EXPECT_FALSE(*files->FileExists("/data/tables/1"));
}

TEST(RocksEngine, ClosesGoBeforeTheOpeningsThatWait) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  RocksOptions options = OptionsOn(*files);
  options.control_threads = 1;
  const std::string names = "0123456789";
  const auto engine = NewRocksEngine(options);
  for (const char name : names) {
    ASSERT_TRUE(CreateNow(loop, *engine, std::string("tables/") + name).ok());
    ASSERT_TRUE(CloseNow(loop, *engine, std::string("tables/") + name).ok());
  }
  std::shared_ptr<Keyspace> held = *OpenNow(loop, *engine, "tables/0");
  std::promise<void> asked;
  std::promise<void> all_done;
  std::string order;  // of completions, on the loop
  const auto note = [&](char name) {
    order += name;
    if (order.size() == names.size()) {
      all_done.set_value();
    }
  };
  const KeySource key_when_asked = [wait = asked.get_future().share()] {
    wait.wait();
    return TestKey();
  };
  for (const char name : names.substr(1)) {
    engine->Open(std::string("tables/") + name, key_when_asked, loop,
                 [&note, name](Result<std::shared_ptr<Keyspace>> opened) {
                   EXPECT_TRUE(opened.ok());
                   note(name);
                 });
  }
  held.reset();  // the last to hold it
  engine->Close("tables/0", loop, [&note](Status) { note('0'); });
  asked.set_value();
  all_done.get_future().wait();
  EXPECT_LT(order.find('0'), 5U) << order;  // a close has several steps, each of which lets one opening by
}

TEST(RocksEngine, AKeyspaceThatClosesAfterEachWriteKeepsFewLogs) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  auto engine = NewRocksEngine(OptionsOn(*files));
  ASSERT_TRUE(CreateNow(loop, *engine, "tables/1").ok());
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
    size_t logs = 0;
    ForEachFile(*files, "/data/tables/1",
                [&logs](const std::string& path, const std::string&) { logs += path.ends_with(".log") ? 1U : 0U; });
    EXPECT_LE(logs, 6U) << i;
    const auto keyspace = OpenNow(loop, *engine, "tables/1");
    ASSERT_TRUE(keyspace.ok()) << keyspace.error().text;
    ASSERT_EQ(*PutNow(loop, **keyspace, {0, "key" + std::to_string(i)}, "value"), Outcome::kCommitted);
  }
  files->PowerLoss(1);
  engine = NewRocksEngine(OptionsOn(*files));
  const auto page = ScanNow(loop, **OpenNow(loop, *engine, "tables/1"), {});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->entries.size(), 30U);
}

TEST(RocksEngine, NoFileHoldsABitOfWhatUsersStored) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  RocksOptions options = OptionsOn(*files);
  options.write_buffer_budget_bytes = 64 << 10;  // flushes as it goes
  const auto engine = NewRocksEngine(options);
  const auto keyspace = *CreateNow(loop, *engine, "tables/1");
  std::mt19937 random(5);
  for (int i = 0; i < 60; ++i) {
    std::string value = "MARKEROFVALUE";
    for (int j = 0; j < 4000; ++j) {
      value += static_cast<char>(random());
    }
    ASSERT_TRUE(PutNow(loop, *keyspace, {0, "MARKEROFKEY" + std::to_string(i)}, value).ok());
  }
  std::set<std::string> kinds;
  const auto look = [&] {
    ForEachFile(*files, "/data", [&](const std::string& path, const std::string& content) {
      kinds.insert(path.substr(path.find_last_of("./0123456789") + 1));
      for (const char* marker : {"MARKEROF", "rocksdb", "BasaltSealed", "bytewise", "basic_string"}) {
        EXPECT_EQ(content.find(marker), std::string::npos) << marker << " in " << path;
      }
    });
  };
  look();
  for (int i = 0; i < 200 && !kinds.contains("sst"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    look();
  }
  ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
  look();
  EXPECT_THAT(kinds, ::testing::IsSupersetOf({"sst", "log", "CURRENT", "KEYS", "IDENTITY", "LOCK"}));
}

// Closing leaves the log, the next open goes on in a new one: an older log cut inside a frame is no crash's doing.
TEST(RocksEngine, RefusesAnOlderLogThatIsCutInsideAFrame) {
  for (const bool newer_holds_data : {false, true}) {
    const auto files = os::NewSimulatedFileSystem();
    TestLoop loop;
    const auto engine = NewRocksEngine(OptionsOn(*files));
    {
      const auto keyspace = *CreateNow(loop, *engine, "tables/1");
      for (const char* key : {"a", "b", "c"}) {
        ASSERT_TRUE(PutNow(loop, *keyspace, {0, key}, std::string(200, 'x')).ok());
      }
      ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
    }
    std::string log;
    ForEachFile(*files, "/data/tables/1", [&](const std::string& path, const std::string&) {
      if (path.ends_with(".log")) {
        log = path;
      }
    });
    {
      const auto keyspace = *OpenNow(loop, *engine, "tables/1");
      if (newer_holds_data) {
        ASSERT_TRUE(PutNow(loop, *keyspace, {0, "d"}, "y").ok());
      }
      ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
    }
    const std::string content = *files->ReadFile(log);
    files->Overwrite(log, content.substr(0, content.size() / 2));
    for (int attempt = 0; attempt < 2; ++attempt) {
      const auto opened = OpenNow(loop, *engine, "tables/1");
      ASSERT_FALSE(opened.ok());
      EXPECT_EQ(opened.error().reason, Reason::kCorruption) << opened.error().text;
      EXPECT_THAT(opened.error().text, HasSubstr(log));
    }
    files->Overwrite(log, content);
    const auto keyspace = *OpenNow(loop, *engine, "tables/1");
    EXPECT_EQ((*GetNow(loop, *keyspace, {{0, "c"}}))[0], std::string(200, 'x'));
    ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
  }
}

TEST(RocksEngine, NamesTheDamagedFile) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  const auto engine = NewRocksEngine(OptionsOn(*files));
  {
    const auto keyspace = *CreateNow(loop, *engine, "tables/1");
    ASSERT_TRUE(PutNow(loop, *keyspace, {0, "a"}, std::string(500, 'x')).ok());
    ASSERT_TRUE(PutNow(loop, *keyspace, {0, "b"}, std::string(500, 'x')).ok());
    ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
  }
  std::vector<std::pair<std::string, std::string>> stored;
  ForEachFile(*files, "/data/tables/1",
              [&](const std::string& path, const std::string& content) { stored.emplace_back(path, content); });
  int refused = 0;
  for (const auto& [path, content] : stored) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (content.empty() || name == "IDENTITY" || name.starts_with("OPTIONS")) {
      continue;  // not needed to open
    }
    std::string damaged = content;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x40);
    files->Overwrite(path, damaged);
    const auto opened = OpenNow(loop, *engine, "tables/1");
    ASSERT_FALSE(opened.ok()) << path;
    EXPECT_EQ(opened.error().reason, Reason::kCorruption) << opened.error().text;
    EXPECT_THAT(opened.error().text, HasSubstr(name));
    ++refused;
    files->Overwrite(path, content);
  }
  EXPECT_GE(refused, 4);  // KEYS, CURRENT, a manifest, a log
  EXPECT_TRUE(OpenNow(loop, *engine, "tables/1").ok());
}

TEST(RocksEngine, ReadsWhatIsNotInTheCacheFromTheDisk) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  RocksOptions options = OptionsOn(*files);
  options.write_buffer_budget_bytes = 64 << 10;
  options.block_cache_bytes = 32 << 10;  // hardly anything stays
  const auto engine = NewRocksEngine(options);
  const auto keyspace = *CreateNow(loop, *engine, "tables/1");
  std::mt19937 random(5);
  std::vector<std::string> values;
  for (int i = 100; i < 220; ++i) {
    std::string value;
    for (int j = 0; j < 3000; ++j) {
      value += static_cast<char>(random());
    }
    ASSERT_TRUE(PutNow(loop, *keyspace, {0, std::to_string(i)}, value).ok());
    values.push_back(std::move(value));
  }
  for (size_t i = 0; i < values.size(); i += 7) {
    const Key key{0, std::to_string(100 + i)};
    EXPECT_EQ((*GetNow(loop, *keyspace, {key, {0, "no"}}, Consistency::kTransactional))[0], values[i]);
    ASSERT_TRUE(TransactNow(loop, *keyspace, {key}, [&](Values seen) {
                  EXPECT_EQ(seen[0], values[i]);
                  return Plan{};
                }).ok());
  }
  for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
    const auto page = ScanNow(loop, *keyspace, {}, direction);
    ASSERT_EQ((*page).entries.size(), values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ((*page).entries[i].value, values[direction == Direction::kForward ? i : values.size() - 1 - i]);
    }
  }
  const KeyspaceStatistics statistics = *StatisticsNow(loop, *keyspace);
  EXPECT_GT(statistics.disk_bytes, 120U * 3000U);
  EXPECT_GT(statistics.memory_bytes, 0U);
}

TEST(RocksReader, ReadsAStoppedKeyspaceAndChangesNothing) {
  const auto files = os::NewSimulatedFileSystem();
  TestLoop loop;
  {
    RocksOptions options = OptionsOn(*files);
    options.write_buffer_budget_bytes = 64 << 10;
    const auto engine = NewRocksEngine(options);
    const auto keyspace = *CreateNow(loop, *engine, "system/catalogue");
    for (int i = 1000; i < 2500; ++i) {
      ASSERT_TRUE(
          PutNow(loop, *keyspace, {static_cast<uint16_t>(i % 2), std::to_string(i)}, std::string(1200, 'v')).ok());
    }
  }
  std::vector<std::pair<std::string, std::string>> before;
  std::vector<std::pair<std::string, std::string>> after;
  const auto snapshot = [&](auto& into) {
    ForEachFile(*files, "/data",
                [&](const std::string& path, const std::string& content) { into.emplace_back(path, content); });
  };
  snapshot(before);
  const uint64_t mutations = files->mutation_count();
  const std::string directory = "/data/system/catalogue";
  {
    auto reader = RocksReader::Open(*files, directory, "catalogue", *TestKey());
    ASSERT_TRUE(reader.ok()) << reader.error().text;
    std::vector<std::string> keys;
    ASSERT_TRUE((*reader)
                    ->ForEach(1,
                              [&](std::string_view key, std::string_view value) -> Status {
                                keys.emplace_back(key);
                                EXPECT_EQ(value.size(), 1200U);
                                return {};
                              })
                    .ok());
    EXPECT_EQ(keys.size(), 750U);
    EXPECT_EQ(keys.front(), "1001");
    EXPECT_EQ(keys.back(), "2499");
    EXPECT_EQ(
        (*reader)->ForEach(0, [](auto, auto) -> Status { return Error(Reason::kNotFound, "enough"); }).error().reason,
        Reason::kNotFound);
  }
  snapshot(after);
  EXPECT_EQ(before, after);
  EXPECT_EQ(files->mutation_count(), mutations);
  EXPECT_EQ(RocksReader::Open(*files, directory, "catalogue", *OtherKey()).error().reason, Reason::kWrongKey);
  EXPECT_EQ(RocksReader::Open(*files, "/data/none", "none", *TestKey()).error().reason, Reason::kNotFound);
}

// --- power loss -------------------------------------------------------------------------------------------------

constexpr int kPairs = 3;
constexpr int kRounds = 5;
constexpr uint64_t kTrimmed = 4;

Key PairKey(int pair, int half) { return {static_cast<uint16_t>(half), "pair" + std::to_string(pair)}; }

std::string ValueOf(int round) { return std::to_string(round) + std::string(20000, 'v'); }

// Each transaction writes both halves of a pair; some rounds start two at once.
struct Workload {
  bool created = false;
  int acknowledged[kPairs] = {};
  int tried[kPairs] = {};
  bool trims = false;
  bool trimmed = false;

  void Run(os::FileSystem& files, TestLoop& loop) {
    RocksOptions options = OptionsOn(files);
    options.write_buffer_budget_bytes = 64 << 10;  // so that flushes are among what is interrupted
    const auto engine = NewRocksEngine(options);
    auto created_now = CreateNow(loop, *engine, "tables/1");
    created = created_now.ok();
    if (!created) {
      return;
    }
    const std::shared_ptr<Keyspace> keyspace = std::move(*created_now);
    for (int round = 1; round <= kRounds; ++round) {
      std::atomic<int> left = kPairs;
      std::promise<void> finished;
      loop.Post([&] {
        for (int pair = 0; pair < kPairs; ++pair) {
          tried[pair] = round;
          keyspace->Transact(
              {PairKey(pair, 0), PairKey(pair, 1)},
              [pair, round](Values) {
                return Plan{.puts = {{PairKey(pair, 0), ValueOf(round)}, {PairKey(pair, 1), ValueOf(round)}},
                            .counter_deltas = {{static_cast<uint16_t>(pair), 1}},
                            .feed_records = {{std::to_string(pair) + " " + std::to_string(round)}}};
              },
              loop,
              [&, pair, round](const Result<Outcome>& outcome) {
                acknowledged[pair] = outcome.ok() ? round : acknowledged[pair];
                if (--left == 0) {
                  finished.set_value();
                }
              });
        }
      });
      finished.get_future().get();
      if (round == kRounds - 1) {
        trims = true;
        trimmed = TrimNow(loop, *keyspace, kTrimmed).ok();
      }
    }
  }

  // What the feed tells are the commits, those of a pair in their order, but for what was trimmed: all of them or none.
  void CheckFeed(Keyspace& keyspace, TestLoop& loop, const std::vector<int>& stored) const {
    const auto page = FeedNow(loop, keyspace);
    ASSERT_TRUE(page.ok()) << page.error().text;
    EXPECT_TRUE(page->trimmed == (trimmed ? kTrimmed : 0) || (trims && page->trimmed == kTrimmed)) << page->trimmed;
    EXPECT_EQ(page->records.size(), page->newest - page->trimmed);
    uint64_t total = 0;
    for (int pair = 0; pair < kPairs; ++pair) {
      total += static_cast<uint64_t>(stored[static_cast<size_t>(pair)]);
    }
    // A round that is not known may have failed, and the next one was written.
    EXPECT_LE(page->newest, total);
    int last[kPairs] = {};
    uint64_t number = page->trimmed;
    for (const FeedRecord& record : page->records) {
      EXPECT_EQ(record.number, ++number);
      const int pair = record.bytes[0] - '0';
      const int round = std::stoi(record.bytes.substr(2));
      EXPECT_GT(round, last[pair]);
      last[pair] = round;
    }
    for (int pair = 0; pair < kPairs; ++pair) {
      if (last[pair] != 0) {
        EXPECT_EQ(last[pair], stored[static_cast<size_t>(pair)]);
      } else {
        EXPECT_LE(page->newest == 0 ? stored[static_cast<size_t>(pair)] : 0, 0);
      }
    }
  }

  // After a power loss: everything acknowledged is there, nothing by halves.
  void Check(os::FileSystem& files, TestLoop& loop) const {
    const auto engine = NewRocksEngine(OptionsOn(files));
    auto opened = OpenNow(loop, *engine, "tables/1");
    if (!opened.ok() && !created) {
      ASSERT_TRUE(DropNow(loop, *engine, "tables/1").ok());
      opened = CreateNow(loop, *engine, "tables/1");
    }
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    std::shared_ptr<Keyspace> keyspace = std::move(*opened);
    std::vector<int> stored;
    for (int pair = 0; pair < kPairs; ++pair) {
      const auto values = GetNow(loop, *keyspace, {PairKey(pair, 0), PairKey(pair, 1)}, Consistency::kTransactional);
      ASSERT_TRUE(values.ok()) << values.error().text;
      ASSERT_EQ((*values)[0], (*values)[1]);
      stored.push_back((*values)[0].has_value() ? std::stoi(*(*values)[0]) : 0);
      EXPECT_GE(stored.back(), acknowledged[pair]);
      EXPECT_LE(stored.back(), tried[pair]);
    }
    CheckFeed(*keyspace, loop, stored);
    const std::vector<int64_t> counters = (*StatisticsNow(loop, *keyspace)).counters;
    for (size_t pair = 0; pair < counters.size(); ++pair) {
      EXPECT_GE(counters[pair], acknowledged[pair]);
      EXPECT_LE(counters[pair], tried[pair]);
    }
    // It serves on, and what it writes now stands behind whatever the crash left.
    ASSERT_TRUE(PutNow(loop, *keyspace, {0, "after"}, "crash").ok());
    ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
    keyspace = *OpenNow(loop, *engine, "tables/1");
    EXPECT_THAT(*GetNow(loop, *keyspace, {{0, "after"}}), ElementsAre("crash"));
    for (int pair = 0; pair < kPairs; ++pair) {
      const auto values = GetNow(loop, *keyspace, {PairKey(pair, 0)});
      EXPECT_EQ((*values)[0].has_value() ? std::stoi(*(*values)[0]) : 0, stored[static_cast<size_t>(pair)]);
    }
  }
};

TEST(RocksEnginePowerLoss, KeepsWhatWasAcknowledgedWhereverItStops) {
  TestLoop loop;
  uint64_t mutations = 0;
  {
    const auto files = os::NewSimulatedFileSystem();
    Workload().Run(*files, loop);
    mutations = files->mutation_count();
  }
  ASSERT_GT(mutations, 60U);
  int with_something_acknowledged = 0;
  for (uint64_t stop = 0; stop <= mutations; ++stop) {
    SCOPED_TRACE(stop);
    const auto files = os::NewSimulatedFileSystem();
    Workload workload;
    files->StopAt(stop);
    workload.Run(*files, loop);
    files->PowerLoss(stop * 31 + 1);
    if (stop % 2 == 0) {
      // Once more, in the middle of recovering.
      files->StopAt(files->mutation_count() + stop % 23);
      {
        const auto engine = NewRocksEngine(OptionsOn(*files));
        const auto opened = OpenNow(loop, *engine, "tables/1");
      }
      files->PowerLoss(stop * 37 + 2);
    }
    workload.Check(*files, loop);
    if (HasFatalFailure()) {
      return;
    }
    with_something_acknowledged += workload.acknowledged[0] > 0 ? 1 : 0;
  }
  EXPECT_GT(with_something_acknowledged, 20);
}

TEST(RocksEnginePowerLoss, AnOpeningThatFlushesManyLogsMayStopAnywhere) {
  TestLoop loop;
  constexpr int kLogs = 8;
  bool stopped_everywhere = false;
  for (uint64_t stop = 0; !stopped_everywhere; ++stop) {
    SCOPED_TRACE(stop);
    const auto files = os::NewSimulatedFileSystem();
    {
      const auto engine = NewRocksEngine(OptionsOn(*files));
      ASSERT_TRUE(CreateNow(loop, *engine, "tables/1").ok());
      for (int i = 0; i < kLogs; ++i) {
        ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
        files->StopAt(files->mutation_count() + (i + 1 == kLogs ? stop : 1'000'000));
        const auto keyspace = OpenNow(loop, *engine, "tables/1");
        if (i + 1 == kLogs) {
          stopped_everywhere = keyspace.ok();
        } else {
          ASSERT_EQ(*PutNow(loop, **keyspace, {0, std::to_string(i)}, "value"), Outcome::kCommitted);
        }
      }
    }
    files->PowerLoss(stop * 31 + 1);
    const auto engine = NewRocksEngine(OptionsOn(*files));
    const auto keyspace = OpenNow(loop, *engine, "tables/1");
    ASSERT_TRUE(keyspace.ok()) << keyspace.error().text;
    const auto page = ScanNow(loop, **keyspace, {});
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->entries.size(), size_t{kLogs - 1});
  }
}

TEST(RocksEnginePowerLoss, AnInterruptedDropCanBeRepeated) {
  TestLoop loop;
  for (uint64_t stop = 0; stop < 40; ++stop) {
    SCOPED_TRACE(stop);
    const auto files = os::NewSimulatedFileSystem();
    bool dropped = false;
    {
      const auto engine = NewRocksEngine(OptionsOn(*files));
      const auto keyspace = *CreateNow(loop, *engine, "tables/1");
      ASSERT_TRUE(PutNow(loop, *keyspace, {0, "a"}, "1").ok());
      files->StopAt(files->mutation_count() + stop);
      dropped = DropNow(loop, *engine, "tables/1").ok();
    }
    files->PowerLoss(stop);
    const auto engine = NewRocksEngine(OptionsOn(*files));
    if (dropped) {
      EXPECT_EQ(OpenNow(loop, *engine, "tables/1").error().reason, Reason::kNotFound);
    }
    ASSERT_TRUE(DropNow(loop, *engine, "tables/1").ok());
    EXPECT_TRUE(CreateNow(loop, *engine, "tables/1").ok());
  }
}

}  // namespace
}  // namespace basalt::engine

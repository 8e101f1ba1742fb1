// Transactions over several keyspaces when the disk fails or the machine stops at any moment: all or nothing, nothing
// doubled, nothing acknowledged lost.
#include "engine/rocks/joint_transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "engine/rocks/faulty_file_system.h"
#include "engine/rocks/rocks_engine.h"
#include "engine/testing.h"
#include "engine/value_cache.h"
#include "os/simulated_file_system.h"

namespace basalt::engine {
namespace {

using rocks::FaultyFileSystem;
using ::testing::ElementsAre;

constexpr const char* kTables[] = {"tables/1", "tables/2"};
constexpr size_t kPairs = 3;
const Key kSolo{0, "solo"};

Key PairKey(size_t pair) { return {0, "pair" + std::to_string(pair)}; }
Key SumKey(size_t pair) { return {5, "sum" + std::to_string(pair)}; }

int NumberIn(const std::optional<std::string_view>& value) {
  return value.has_value() ? std::stoi(std::string(*value)) : 0;
}

std::unique_ptr<Engine> MakeEngine(os::FileSystem& files) {
  RocksOptions options;
  options.files = &files;
  options.root = "/data";
  options.read_threads = 1;
  options.commit_threads = 2;
  return NewRocksEngine(options);
}

std::string Told(size_t pair, const std::string& number) { return std::to_string(pair) + " is " + number; }

// Counts a pair up: the same number in both keyspaces, a counter and a sum of each, and both feeds are told. Fails the
// test if it sees two numbers.
TransactAcrossFunction CountUp(size_t pair) {
  return [pair](std::span<const Values> values) -> std::variant<std::vector<Plan>, Reject> {
    EXPECT_EQ(values[0][0], values[1][0]);
    const std::string next = std::to_string(NumberIn(values[0][0]) + 1);
    std::vector<Plan> plans(2);
    for (Plan& plan : plans) {
      plan = {.puts = {{PairKey(pair), next}},
              .counter_deltas = {{static_cast<uint16_t>(pair), 1}},
              .sum_deltas = {{SumKey(pair), 1}},
              .feed_records = {{Told(pair, next)}}};
    }
    return plans;
  };
}

// Pairs are counted up in two keyspaces, several at once, while a key of one of them is counted up alone.
struct Counting {
  bool created = false;
  int acknowledged[kPairs + 1] = {};  // the last is the lone one
  int tried[kPairs + 1] = {};
  std::vector<std::shared_ptr<Keyspace>> keyspaces;

  // Makes what is not there yet.
  Status Open(TestLoop& loop, Engine& engine) {
    TRY(UseJournalNow(loop, engine));
    keyspaces.clear();
    for (const char* name : kTables) {
      auto opened = OpenNow(loop, engine, name);
      if (!opened.ok() && !created) {
        TRY(DropNow(loop, engine, name));
        opened = CreateNow(loop, engine, name);
      }
      TRY_ASSIGN(std::shared_ptr<Keyspace> keyspace, std::move(opened));
      keyspaces.push_back(std::move(keyspace));
    }
    created = true;
    return {};
  }

  void Run(TestLoop& loop, Engine& engine, int rounds) {
    for (int round = 0; round < rounds; ++round) {
      std::atomic<size_t> left = kPairs + 2;
      std::promise<void> finished;
      const auto finish_one = [&] {
        if (--left == 0) {
          finished.set_value();
        }
      };
      loop.Post([&] {
        for (size_t i = 0; i <= kPairs; ++i) {
          const size_t pair = i % kPairs;  // the first one twice, so that a transaction waits for another
          ++tried[pair];
          engine.TransactAcross(
              {{keyspaces[0], {PairKey(pair)}}, {keyspaces[1], {PairKey(pair)}}}, CountUp(pair), loop,
              [&, pair](const Result<Outcome>& outcome) {
                acknowledged[pair] += outcome.ok() ? 1 : 0;
                finish_one();
              },
              nullptr);
        }
        ++tried[kPairs];
        keyspaces[0]->Transact(
            {kSolo},
            [](Values values) {
              return Plan{.puts = {{kSolo, std::to_string(NumberIn(values[0]) + 1)}}, .counter_deltas = {{kPairs, 1}}};
            },
            loop,
            [&](const Result<Outcome>& outcome) {
              acknowledged[kPairs] += outcome.ok() ? 1 : 0;
              finish_one();
            });
      });
      finished.get_future().get();
    }
  }

  void Check(TestLoop& loop) {
    for (size_t pair = 0; pair < kPairs; ++pair) {
      int numbers[2] = {};
      for (size_t i = 0; i < 2; ++i) {
        const auto values = GetWhenBack(loop, *keyspaces[i], PairKey(pair));
        ASSERT_TRUE(values.ok()) << values.error().text;
        numbers[i] = NumberIn((*values)[0]);
        EXPECT_EQ(CounterOf(loop, *keyspaces[i], pair), numbers[i]) << kTables[i];
        const auto sum = GetNow(loop, *keyspaces[i], {SumKey(pair)});
        ASSERT_TRUE(sum.ok()) << sum.error().text;
        EXPECT_EQ((*sum)[0] ? *DecodeSum(*(*sum)[0]) : 0, numbers[i]) << kTables[i];
      }
      EXPECT_EQ(numbers[0], numbers[1]);
      EXPECT_GE(numbers[0], acknowledged[pair]);
      EXPECT_LE(numbers[0], tried[pair]);
      for (size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(CountToldOf(loop, *keyspaces[i], pair), numbers[i]) << kTables[i];
      }
    }
    const auto values = GetWhenBack(loop, *keyspaces[0], kSolo);
    ASSERT_TRUE(values.ok()) << values.error().text;
    const int solo = NumberIn((*values)[0]);
    EXPECT_GE(solo, acknowledged[kPairs]);
    EXPECT_EQ(CounterOf(loop, *keyspaces[0], kPairs), solo);
  }

  static Result<std::vector<std::optional<std::string>>> GetWhenBack(TestLoop& loop, Keyspace& keyspace,
                                                                     const Key& key) {
    for (int i = 0;; ++i) {
      auto values = GetNow(loop, keyspace, {key});
      if (values.ok() || values.error().reason != Reason::kUnavailable || i > 2000) {
        return values;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  // How far the feed says that a pair was counted: every number once, in order.
  static int CountToldOf(TestLoop& loop, Keyspace& keyspace, size_t pair) {
    const auto page = FeedNow(loop, keyspace);
    EXPECT_TRUE(page.ok());
    int told = 0;
    uint64_t number = 0;
    for (const FeedRecord& record : (*page).records) {
      EXPECT_EQ(record.number, ++number);
      if (record.bytes.starts_with(Told(pair, ""))) {
        EXPECT_EQ(record.bytes, Told(pair, std::to_string(++told)));
      }
    }
    EXPECT_EQ((*page).newest, number);
    return told;
  }

  static int64_t CounterOf(TestLoop& loop, Keyspace& keyspace, size_t counter) {
    const auto statistics = StatisticsNow(loop, keyspace);
    EXPECT_TRUE(statistics.ok());
    return (*statistics).counters.size() > counter ? (*statistics).counters[counter] : 0;
  }
};

TEST(JointTransactionPowerLoss, IsAllOrNothingWhereverItStops) {
  TestLoop loop;
  uint64_t total = 0;
  {
    const auto files = os::NewSimulatedFileSystem();
    const auto engine = MakeEngine(*files);
    Counting counting;
    ASSERT_TRUE(counting.Open(loop, *engine).ok());
    const uint64_t made = files->mutation_count();
    counting.Run(loop, *engine, 3);
    counting.Check(loop);
    total = files->mutation_count() - made;
  }
  ASSERT_GT(total, 20U);
  for (uint64_t stop = 0; stop < total + 2; ++stop) {
    for (uint64_t seed = 0; seed < 2; ++seed) {
      SCOPED_TRACE(testing::Message() << "stopped at " << stop << " of " << total << ", seed " << seed);
      const auto files = os::NewSimulatedFileSystem();
      Counting counting;
      {
        const auto engine = MakeEngine(*files);
        ASSERT_TRUE(counting.Open(loop, *engine).ok());
        files->StopAt(files->mutation_count() + stop);
        counting.Run(loop, *engine, 3);
        counting.keyspaces.clear();
      }
      files->PowerLoss(stop * 31 + seed);
      // The start after it is interrupted too.
      {
        const auto engine = MakeEngine(*files);
        files->StopAt(files->mutation_count() + stop % 17);
        const Status ignored = counting.Open(loop, *engine);
        static_cast<void>(ignored);
        counting.keyspaces.clear();
      }
      files->PowerLoss(stop * 37 + seed);
      const auto engine = MakeEngine(*files);
      const Status opened = counting.Open(loop, *engine);
      ASSERT_TRUE(opened.ok()) << opened.error().text;
      counting.Check(loop);
      // And it goes on, once, from there.
      counting.Run(loop, *engine, 1);
      counting.Check(loop);
      if (HasFailure()) {
        return;
      }
    }
  }
}

TEST(JointTransaction, SurvivesSyncsThatFailAndGoesOn) {
  TestLoop loop;
  for (int skip = 0; skip < 14; ++skip) {
    for (const int count : {1, 3}) {
      SCOPED_TRACE(testing::Message() << count << " syncs fail after " << skip);
      const auto disk = os::NewSimulatedFileSystem();
      FaultyFileSystem files(*disk);
      const auto engine = MakeEngine(files);
      Counting counting;
      ASSERT_TRUE(counting.Open(loop, *engine).ok());
      counting.Run(loop, *engine, 1);
      files.FailLogSyncs(skip, count);
      counting.Run(loop, *engine, 4);
      files.FailLogSyncs(0, 0);
      counting.Check(loop);
      for (int i = 0; i < 200; ++i) {  // until it is answered again
        Counting before = counting;
        counting.Run(loop, *engine, 1);
        if (counting.acknowledged[1] > before.acknowledged[1]) {
          break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      counting.Check(loop);
      EXPECT_GT(counting.acknowledged[1], 1);
      counting.keyspaces.clear();
      if (HasFailure()) {
        return;
      }
    }
  }
}

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() { EXPECT_TRUE(counting_.Open(loop_, *engine_).ok()); }

  void Start(size_t pair, std::promise<Result<Outcome>>* answer) {
    loop_.Post([this, pair, answer] {
      engine_->TransactAcross(
          {{counting_.keyspaces[0], {PairKey(pair)}}, {counting_.keyspaces[1], {PairKey(pair)}}}, CountUp(pair), loop_,
          [answer](Result<Outcome> outcome) { answer->set_value(std::move(outcome)); }, nullptr);
    });
  }

  // What is found after a crash that keeps what is on the disk.
  void Restart() {
    counting_.keyspaces.clear();
    engine_.reset();
    engine_ = MakeEngine(files_);
  }

  const std::unique_ptr<os::SimulatedFileSystem> disk_ = os::NewSimulatedFileSystem();
  FaultyFileSystem files_{*disk_};
  TestLoop loop_;
  std::unique_ptr<Engine> engine_ = MakeEngine(files_);
  Counting counting_;
};

TEST_F(JournalTest, WaitsForWhatItReadBeforeItIsWrittenDown) {
  files_.HoldLogSyncs();
  std::promise<Result<Outcome>> put;
  std::promise<Result<Outcome>> joint;
  loop_.Post([&] {
    counting_.keyspaces[0]->Transact(
        {PairKey(0)},
        [](Values) {
          return Plan{.puts = {{PairKey(0), "0"}}};
        },
        loop_, [&](Result<Outcome> outcome) { put.set_value(std::move(outcome)); });
  });
  files_.AwaitHeldLogSync();
  bool ran = false;
  loop_.Post([&] {
    engine_->TransactAcross(
        {{counting_.keyspaces[0], {PairKey(0)}}, {counting_.keyspaces[1], {PairKey(0)}}},
        [&](std::span<const Values> values) {
          ran = true;
          EXPECT_EQ(values[0][0], "0");
          return Reject{};
        },
        loop_, [&](Result<Outcome> outcome) { joint.set_value(std::move(outcome)); }, nullptr);
  });
  auto answer = joint.get_future();
  EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(30)), std::future_status::timeout);
  EXPECT_FALSE(ran);
  files_.ReleaseLogSyncs();
  EXPECT_TRUE(put.get_future().get().ok());
  EXPECT_EQ(*answer.get(), Outcome::kRejected);
  EXPECT_TRUE(ran);
}

TEST_F(JournalTest, AFailureOfWhatItReadChangesNothing) {
  files_.FailLogSyncs(0, 1);
  std::promise<Result<Outcome>> put;
  std::promise<Result<Outcome>> joint;
  loop_.Post([&] {
    counting_.keyspaces[0]->Transact(
        {PairKey(0)},
        [](Values) {
          return Plan{.puts = {{PairKey(0), "7"}}};
        },
        loop_, [&](Result<Outcome> outcome) { put.set_value(std::move(outcome)); });
    engine_->TransactAcross(
        {{counting_.keyspaces[0], {PairKey(0)}}, {counting_.keyspaces[1], {PairKey(0)}}}, CountUp(0), loop_,
        [&](Result<Outcome> outcome) { joint.set_value(std::move(outcome)); }, nullptr);
  });
  EXPECT_EQ(put.get_future().get().error().reason, Reason::kUnknownOutcome);
  EXPECT_EQ(joint.get_future().get().error().reason, Reason::kUnavailable);
  EXPECT_THAT(*Counting::GetWhenBack(loop_, *counting_.keyspaces[1], PairKey(0)), ElementsAre(std::nullopt));
}

TEST_F(JournalTest, APartIsKeptForAKeyspaceThatCannotBeOpened) {
  // The journal is synced; the parts never are.
  files_.FailLogSyncs(1, 1000);
  std::promise<Result<Outcome>> answer;
  Start(0, &answer);
  EXPECT_EQ(answer.get_future().get().error().reason, Reason::kUnknownOutcome);
  counting_.keyspaces.clear();
  engine_.reset();
  disk_->PowerLoss(1);
  files_.FailLogSyncs(0, 0);
  engine_ = MakeEngine(files_);
  ASSERT_TRUE(UseJournalNow(loop_, *engine_).ok());
  const auto no_key = []() -> Result<SecretBytes> { return Error(Reason::kUnavailable, "no key today"); };
  EXPECT_FALSE(OpenNow(loop_, *engine_, kTables[1], no_key).ok());
  for (int i = 0; i < 2; ++i) {
    auto one = *OpenNow(loop_, *engine_, kTables[0]);
    EXPECT_THAT(*GetNow(loop_, *one, {PairKey(0)}), ElementsAre("1"));
    EXPECT_EQ(Counting::CounterOf(loop_, *one, 0), 1);
    one.reset();
    Restart();
    ASSERT_TRUE(UseJournalNow(loop_, *engine_).ok());
  }
  auto two = *OpenNow(loop_, *engine_, kTables[1]);
  EXPECT_THAT(*GetNow(loop_, *two, {PairKey(0)}), ElementsAre("1"));
  EXPECT_EQ(Counting::CounterOf(loop_, *two, 0), 1);
}

TEST_F(JournalTest, ADroppedKeyspaceIsNoLongerWaitedFor) {
  files_.FailLogSyncs(1, 1000);
  std::promise<Result<Outcome>> answer;
  Start(0, &answer);
  EXPECT_EQ(answer.get_future().get().error().reason, Reason::kUnknownOutcome);
  counting_.keyspaces.clear();
  engine_.reset();
  disk_->PowerLoss(1);
  files_.FailLogSyncs(0, 0);
  engine_ = MakeEngine(files_);
  ASSERT_TRUE(UseJournalNow(loop_, *engine_).ok());
  ASSERT_TRUE(DropNow(loop_, *engine_, kTables[1]).ok());
  const auto again = *CreateNow(loop_, *engine_, kTables[1]);
  EXPECT_THAT(*GetNow(loop_, *again, {PairKey(0)}), ElementsAre(std::nullopt));
  const auto one = *OpenNow(loop_, *engine_, kTables[0]);
  EXPECT_THAT(*GetNow(loop_, *one, {PairKey(0)}), ElementsAre("1"));
}

// Records go with the next one; what is left of many is what the last ones need.
TEST_F(JournalTest, DoesNotGrow) {
  for (int i = 1; i <= 50; ++i) {
    std::promise<Result<Outcome>> answer;
    Start(0, &answer);
    ASSERT_TRUE(answer.get_future().get().ok());
  }
  const auto journal = *OpenNow(loop_, *engine_, "system/journal");
  EXPECT_LE((*ScanNow(loop_, *journal, {.space = 1})).entries.size(), 2U);
}

TEST_F(JournalTest, IsNotReadableWithoutTheTablesKey) {
  std::promise<Result<Outcome>> answer;
  loop_.Post([&] {
    engine_->TransactAcross(
        {{counting_.keyspaces[0], {kSolo}}, {counting_.keyspaces[1], {kSolo}}},
        [](std::span<const Values>) {
          std::vector<Plan> plans(2);
          plans[0].puts = {{kSolo, "plain to read"}};
          plans[1].puts = {{kSolo, "plain to read"}};
          return plans;
        },
        loop_, [&](Result<Outcome> outcome) { answer.set_value(std::move(outcome)); }, nullptr);
  });
  ASSERT_TRUE(answer.get_future().get().ok());
  const auto journal = *OpenNow(loop_, *engine_, "system/journal");
  const Page page = *ScanNow(loop_, *journal, {.space = 1});
  ASSERT_EQ(page.entries.size(), 1U);
  EXPECT_NE(page.entries[0].value.find("tables/2"), std::string::npos);
  EXPECT_EQ(page.entries[0].value.find("plain"), std::string::npos);
}

TEST_F(JournalTest, WithoutOneNothingIsChanged) {
  const auto files = os::NewSimulatedFileSystem();
  const auto engine = MakeEngine(*files);
  const auto one = *CreateNow(loop_, *engine, kTables[0]);
  const auto two = *CreateNow(loop_, *engine, kTables[1]);
  EXPECT_EQ(TransactAcrossNow(loop_, *engine, {{one, {PairKey(0)}}, {two, {PairKey(0)}}}, CountUp(0)).error().reason,
            Reason::kUnavailable);
  EXPECT_THAT(*GetNow(loop_, *one, {PairKey(0)}), ElementsAre(std::nullopt));
  EXPECT_EQ(*PutNow(loop_, *two, PairKey(0), "free"), Outcome::kCommitted);
}

// What a loop remembers of a value that opening again replaced is not used any more.
TEST_F(JournalTest, WhatLoopsRememberIsNotOlderThanWhatOpeningApplied) {
  ValueCache cache(1 << 20);
  const auto count_up = [&] {
    return Await<Outcome>(loop_, [&](auto done) {
      engine_->TransactAcross({{counting_.keyspaces[0], {PairKey(0)}}, {counting_.keyspaces[1], {PairKey(0)}}},
                              CountUp(0), loop_, std::move(done), &cache);
    });
  };
  ASSERT_TRUE(count_up().ok());
  EXPECT_EQ(cache.Find(counting_.keyspaces[1]->StampOf(PairKey(0)), PairKey(0)), "1");
  files_.FailLogSyncs(1, 1);  // of a part
  EXPECT_EQ(count_up().error().reason, Reason::kUnknownOutcome);
  for (const auto& keyspace : counting_.keyspaces) {
    EXPECT_THAT(*Counting::GetWhenBack(loop_, *keyspace, PairKey(0)), ElementsAre("2"));
    EXPECT_NE(cache.Find(keyspace->StampOf(PairKey(0)), PairKey(0)), "1");
  }
}

}  // namespace
}  // namespace basalt::engine

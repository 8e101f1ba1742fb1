// What engine.h promises, asked of every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <random>
#include <set>
#include <thread>

#include "engine/memory/memory_engine.h"
#include "engine/rocks/rocks_engine.h"
#include "engine/testing.h"
#include "os/simulated_file_system.h"

namespace basalt::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Kind {
  const char* name;
  std::unique_ptr<Engine> (*make)(os::FileSystem&);
};

std::unique_ptr<Engine> MakeRocks(os::FileSystem& files) {
  RocksOptions options;
  options.files = &files;
  options.root = "/data";
  options.read_threads = 2;
  options.commit_threads = 2;
  return NewRocksEngine(options);
}

std::unique_ptr<Engine> MakeMemory(os::FileSystem& /*files*/) { return NewMemoryEngine(); }

const Kind kKinds[] = {{"Memory", MakeMemory}, {"Rocks", MakeRocks}};

uint64_t NumberIn(const std::optional<std::string_view>& value) {
  uint64_t number = 0;
  if (value.has_value()) {
    std::from_chars(value->data(), value->data() + value->size(), number);
  }
  return number;
}

TransactFunction Increment(Key key) {
  return [key = std::move(key)](Values values) {
    return Plan{.puts = {{key, std::to_string(NumberIn(values[0]) + 1)}}, .counter_deltas = {{3, 1}}};
  };
}

std::vector<std::string> KeysOf(const Result<Page>& page) {
  std::vector<std::string> keys;
  for (const Entry& entry : (*page).entries) {
    keys.push_back(entry.key);
  }
  return keys;
}

class EngineContract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { ASSERT_TRUE(UseJournalNow(loop_, *engine_).ok()); }

  std::shared_ptr<Keyspace> Create(const std::string& name) {
    auto created = CreateNow(loop_, *engine_, name);
    EXPECT_TRUE(created.ok()) << (created.ok() ? "" : created.error().text);
    return std::move(created).ValueOr(nullptr);
  }

  const std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  TestLoop loop_;
  const std::unique_ptr<Engine> engine_ = GetParam().make(*files_);
};

INSTANTIATE_TEST_SUITE_P(Engines, EngineContract, ::testing::ValuesIn(kKinds),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(EngineContract, GetsWhatWasPutInTheOrderAsked) {
  const auto keyspace = Create("tables/1");
  ASSERT_EQ(*PutNow(loop_, *keyspace, {0, "b"}, "2"), Outcome::kCommitted);
  ASSERT_EQ(*PutNow(loop_, *keyspace, {0, "a"}, ""), Outcome::kCommitted);
  for (const Consistency consistency : {Consistency::kEventual, Consistency::kStrong, Consistency::kTransactional}) {
    const auto values = GetNow(loop_, *keyspace, {{0, "b"}, {0, "x"}, {0, "a"}, {0, "b"}}, consistency);
    EXPECT_THAT(*values, ElementsAre("2", std::nullopt, "", "2"));
  }
  EXPECT_THAT(*GetNow(loop_, *keyspace, {}), IsEmpty());
}

TEST_P(EngineContract, CompletesOnItsHomeAndNeverInsideTheCall) {
  const auto keyspace = Create("tables/1");
  std::promise<bool> later;
  loop_.Post([&] {
    auto inside = std::make_shared<bool>(true);
    keyspace->Get({{0, "a"}}, Consistency::kStrong, loop_,
                  [&, inside](auto /*values*/) { later.set_value(!*inside && loop_.IsCurrent()); });
    *inside = false;
  });
  EXPECT_TRUE(later.get_future().get());
}

TEST_P(EngineContract, GivesTheFunctionItsValuesInTheOrderOfTheKeys) {
  const auto keyspace = Create("tables/1");
  ASSERT_TRUE(PutNow(loop_, *keyspace, {0, "a"}, "A").ok());
  ASSERT_TRUE(PutNow(loop_, *keyspace, {7, "a"}, "A7").ok());
  std::vector<std::optional<std::string>> seen;
  const auto outcome = TransactNow(loop_, *keyspace, {{7, "a"}, {0, "z"}, {0, "a"}, {7, "a"}}, [&](Values values) {
    seen.assign(values.begin(), values.end());
    return Plan{};
  });
  EXPECT_EQ(*outcome, Outcome::kCommitted);
  EXPECT_THAT(seen, ElementsAre("A7", std::nullopt, "A", "A7"));
}

TEST_P(EngineContract, RunsATransactionWithoutKeys) {
  const auto keyspace = Create("tables/1");
  const auto outcome = TransactNow(loop_, *keyspace, {}, [](Values values) {
    return Plan{.counter_deltas = {{0, static_cast<int64_t>(values.size()) + 5}}};
  });
  EXPECT_EQ(*outcome, Outcome::kCommitted);
  EXPECT_THAT((*StatisticsNow(loop_, *keyspace)).counters, ElementsAre(5));
}

TEST_P(EngineContract, RejectChangesNothing) {
  const auto keyspace = Create("tables/1");
  ASSERT_TRUE(PutNow(loop_, *keyspace, {0, "a"}, "1").ok());
  EXPECT_EQ(*TransactNow(loop_, *keyspace, {{0, "a"}}, [](Values) { return Reject{}; }), Outcome::kRejected);
  EXPECT_THAT(*GetNow(loop_, *keyspace, {{0, "a"}}), ElementsAre("1"));
}

TEST_P(EngineContract, CommitsPutsDeletesAndIndexEntriesTogether) {
  const auto keyspace = Create("tables/1");
  ASSERT_TRUE(PutNow(loop_, *keyspace, {0, "old"}, "1").ok());
  ASSERT_EQ(*TransactNow(loop_, *keyspace, {{0, "old"}, {0, "new"}},
                         [](Values) {
                           return Plan{.puts = {{{0, "new"}, "2"}, {{1, "entry"}, "3"}}, .deletes = {{0, "old"}}};
                         }),
            Outcome::kCommitted);
  EXPECT_THAT(*GetNow(loop_, *keyspace, {{0, "old"}, {0, "new"}, {1, "entry"}}), ElementsAre(std::nullopt, "2", "3"));
  // An entry written as part of another key's plan is seen by a later function on it.
  std::optional<std::string> seen;
  ASSERT_TRUE(TransactNow(loop_, *keyspace, {{1, "entry"}}, [&](Values values) {
                seen = values[0];
                return Plan{.deletes = {{1, "entry"}}};
              }).ok());
  EXPECT_EQ(seen, "3");
  EXPECT_THAT(*GetNow(loop_, *keyspace, {{1, "entry"}}), ElementsAre(std::nullopt));
}

TEST_P(EngineContract, ScansInUnsignedByteOrderWithinOneSpace) {
  const auto keyspace = Create("tables/1");
  const std::vector<std::string> in_order = {
      "", std::string(1, '\0'), "a", std::string("a\0", 2), "ab", "b", "\x7f", "\x80", "\xff", "\xff\xff"};
  std::vector<std::string> shuffled = in_order;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(1));
  for (const std::string& key : shuffled) {
    ASSERT_TRUE(PutNow(loop_, *keyspace, {5, key}, "v").ok());
  }
  ASSERT_TRUE(PutNow(loop_, *keyspace, {4, "\xff\xff\xff"}, "v").ok());
  ASSERT_TRUE(PutNow(loop_, *keyspace, {6, ""}, "v").ok());
  ASSERT_TRUE(PutNow(loop_, *keyspace, {kSpaceMax, "last"}, "v").ok());

  EXPECT_EQ(KeysOf(ScanNow(loop_, *keyspace, {.space = 5})), in_order);
  std::vector<std::string> backward = in_order;
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(KeysOf(ScanNow(loop_, *keyspace, {.space = 5}, Direction::kBackward)), backward);
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {5, "a", "b"})), ElementsAre("a", std::string("a\0", 2), "ab"));
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {5, "a", "b"}, Direction::kBackward)),
              ElementsAre("ab", std::string("a\0", 2), "a"));
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {5, "\xff", ""})), ElementsAre("\xff", "\xff\xff"));
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {5, "b", "a"})), IsEmpty());
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {5, "b", "b"})), IsEmpty());
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {.space = 9})), IsEmpty());
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {.space = kSpaceMax})), ElementsAre("last"));
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {.space = kSpaceMax}, Direction::kBackward)), ElementsAre("last"));
}

TEST_P(EngineContract, PagesAreBoundedAndResumeByKey) {
  const auto keyspace = Create("tables/1");
  for (int i = 10; i < 30; ++i) {
    ASSERT_TRUE(PutNow(loop_, *keyspace, {0, std::to_string(i)}, std::string(8, 'v')).ok());
  }
  for (const ScanLimits limits : {ScanLimits{.bytes_max = 39}, ScanLimits{.count_max = 3}}) {
    for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
      Range range{.space = 0, .begin = "11", .end = "29"};
      std::vector<std::string> keys;
      bool more = true;
      while (more) {
        const auto page = ScanNow(loop_, *keyspace, range, direction, limits);
        ASSERT_LE((*page).entries.size(), 3U);
        ASSERT_GE((*page).entries.size(), 1U);
        for (const Entry& entry : (*page).entries) {
          keys.push_back(entry.key);
        }
        more = (*page).more;
        if (direction == Direction::kForward) {
          range.begin = keys.back() + '\0';
        } else {
          range.end = keys.back();
        }
      }
      EXPECT_EQ(keys.size(), 18U);
      EXPECT_EQ(keys.front(), direction == Direction::kForward ? "11" : "28");
      EXPECT_EQ(keys.back(), direction == Direction::kForward ? "28" : "11");
    }
  }
  // A page that holds exactly what there is says so; an entry larger than the page is a page.
  EXPECT_FALSE((*ScanNow(loop_, *keyspace, {}, Direction::kForward, {.count_max = 20})).more);
  const auto large = ScanNow(loop_, *keyspace, {}, Direction::kForward, {.bytes_max = 1});
  EXPECT_THAT(KeysOf(large), ElementsAre("10"));
  EXPECT_TRUE((*large).more);
}

TEST_P(EngineContract, RefusesSpacesOfItsOwn) {
  const auto keyspace = Create("tables/1");
  EXPECT_EQ(GetNow(loop_, *keyspace, {{0xffff, "a"}}).error().reason, Reason::kInternal);
  EXPECT_EQ(ScanNow(loop_, *keyspace, {.space = 0xffff}).error().reason, Reason::kInternal);
  EXPECT_EQ(TransactNow(loop_, *keyspace, {{0xffff, "a"}}, [](Values) { return Plan{}; }).error().reason,
            Reason::kInternal);
}

TEST_P(EngineContract, CountersAddUpAndOutliveClosing) {
  auto keyspace = Create("tables/1");
  for (const int64_t delta : {int64_t{5}, int64_t{-7}, int64_t{1}}) {
    ASSERT_TRUE(TransactNow(loop_, *keyspace, {{0, "a"}}, [&](Values) {
                  return Plan{.counter_deltas = {{2, delta}, {0, 1}, {2, delta}}};
                }).ok());
  }
  EXPECT_THAT((*StatisticsNow(loop_, *keyspace)).counters, ElementsAre(3, 0, -2));
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  keyspace = *OpenNow(loop_, *engine_, "tables/1");
  EXPECT_THAT((*StatisticsNow(loop_, *keyspace)).counters, ElementsAre(3, 0, -2));
}

TEST_P(EngineContract, SumsAddUpWhoeverAddsAndOutliveClosing) {
  auto keyspace = Create("tables/1");
  const auto add = [](std::vector<SumDelta> deltas) {
    return [deltas = std::move(deltas)](Values) { return Plan{.sum_deltas = deltas}; };
  };
  // Nobody waits for another: all are under way at once, of different keys and of none.
  constexpr int kAdders = 40;
  std::atomic<int> answered = 0;
  std::promise<void> all;
  loop_.Post([&] {
    for (int i = 0; i < kAdders; ++i) {
      std::vector<Key> keys;
      if (i % 2 == 0) {
        keys.push_back({0, std::to_string(i)});
      }
      keyspace->Transact(std::move(keys), add({{{9, "s"}, i}, {{9, "t"}, -1}, {{9, "s"}, 1}}), loop_,
                         [&](Result<Outcome> outcome) {
                           EXPECT_EQ(*outcome, Outcome::kCommitted);
                           if (++answered == kAdders) {
                             all.set_value();
                           }
                         });
    }
  });
  all.get_future().get();
  const auto read = [&](const std::string& key) -> std::optional<int64_t> {
    const auto values = GetNow(loop_, *keyspace, {{9, key}});
    return (*values)[0].has_value() ? std::optional(*DecodeSum(*(*values)[0])) : std::nullopt;
  };
  constexpr int64_t kSum = kAdders * (kAdders - 1) / 2 + kAdders;
  EXPECT_EQ(read("s"), kSum);
  EXPECT_EQ(read("t"), -kAdders);
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  keyspace = *OpenNow(loop_, *engine_, "tables/1");
  EXPECT_EQ(read("s"), kSum);
  // One that has come to 0 is gone.
  ASSERT_TRUE(TransactNow(loop_, *keyspace, {}, add({{{9, "s"}, -kSum}, {{9, "u"}, 0}})).ok());
  EXPECT_EQ(read("s"), std::nullopt);
  EXPECT_EQ(read("u"), std::nullopt);
  EXPECT_THAT(KeysOf(ScanNow(loop_, *keyspace, {.space = 9})), ElementsAre("t"));
  EXPECT_EQ(DecodeSum("1234567").error().reason, Reason::kCorruption);
}

TEST_P(EngineContract, GivesAFunctionTheValuesOfKeysItAskedFor) {
  const auto keyspace = Create("tables/1");
  ASSERT_EQ(*PutNow(loop_, *keyspace, {0, "a"}, "b"), Outcome::kCommitted);
  ASSERT_EQ(*PutNow(loop_, *keyspace, {1, "b"}, "c"), Outcome::kCommitted);
  ASSERT_EQ(*PutNow(loop_, *keyspace, {0, "c"}, "end"), Outcome::kCommitted);  // before the others in their order
  std::vector<std::string> seen;
  const auto outcome = TransactNow(loop_, *keyspace, {{0, "a"}}, [&](Values values) -> std::variant<Plan, Reject> {
    seen.clear();
    for (const auto& value : values) {
      seen.emplace_back(value.value_or("-"));
    }
    switch (values.size()) {
      case 1:
        // Ignored for now, like all of a plan that asks.
        return Plan{.puts = {{{0, "a"}, "wrong"}}, .counter_deltas = {{0, 7}}, .asks = {{1, "b"}, {1, "x"}}};
      case 3:
        return Plan{.asks = {{0, "c"}, {0, "a"}}};
      default:
        return Plan{.puts = {{{0, "c"}, "more"}}, .deletes = {{1, "b"}}};
    }
  });
  ASSERT_EQ(*outcome, Outcome::kCommitted);
  EXPECT_THAT(seen, ElementsAre("b", "c", "-", "end", "b"));
  EXPECT_THAT(*GetNow(loop_, *keyspace, {{0, "a"}, {0, "c"}, {1, "b"}}), ElementsAre("b", "more", std::nullopt));
  EXPECT_EQ((*StatisticsNow(loop_, *keyspace)).counters, std::vector<int64_t>());
  EXPECT_FALSE(TransactNow(loop_, *keyspace, {{0, "a"}}, [](Values) { return Plan{.asks = {{0xffff, "x"}}}; }).ok());
}

// Each moves an entry from wherever it is to a place of its own, which only the entry's owner knows; none is lost or
// counted twice whatever comes between asking and having.
TEST_P(EngineContract, WhatWasAskedForIsSeenTogetherWithTheRest) {
  const auto keyspace = Create("tables/1");
  ASSERT_EQ(*PutNow(loop_, *keyspace, {0, "owner"}, "start"), Outcome::kCommitted);
  constexpr int kMoves = 60;
  std::promise<void> over;
  std::atomic<int> left{kMoves};
  std::atomic<int> missing{0};
  TestLoop other;
  for (int i = 0; i < kMoves; ++i) {
    TestLoop& home = i % 2 == 0 ? loop_ : other;
    home.Post([&, i] {
      keyspace->Transact(
          {{0, "owner"}},
          [&, i, asked = std::optional<Key>()](Values values) mutable -> std::variant<Plan, Reject> {
            const Key entry{1, std::string(*values[0])};
            if (!asked || *asked != entry) {
              asked = entry;
              return Plan{.asks = {entry}};
            }
            const bool exists = values.back().has_value();
            missing += !exists && entry.bytes != "start" ? 1 : 0;
            const std::string place = std::to_string(i);
            return Plan{.puts = {{{0, "owner"}, place}, {{1, place}, "x"}},
                        .deletes = {entry},
                        .counter_deltas = {{2, exists ? 0 : 1}}};
          },
          home,
          [&](Result<Outcome> outcome) {
            EXPECT_TRUE(outcome.ok());
            if (--left == 0) {
              over.set_value();
            }
          });
    });
  }
  over.get_future().wait();
  EXPECT_EQ(missing, 0);
  EXPECT_EQ(KeysOf(ScanNow(loop_, *keyspace, {.space = 1})).size(), 1U);
  EXPECT_EQ((*StatisticsNow(loop_, *keyspace)).counters.at(2), 1);
}

TEST_P(EngineContract, AFenceIsSeenByWhatCommitsAfterItAndWaitsForWhatCommitsBefore) {
  const auto keyspace = Create("tables/1");
  std::atomic<int> rule{0};
  // A function that went by the old rule and has not committed when the fence comes goes by the new one.
  std::atomic<int> runs{0};
  std::promise<void> fenced;
  TestLoop other;
  const auto outcome = TransactNow(loop_, *keyspace, {{0, "a"}}, [&](Values) -> std::variant<Plan, Reject> {
    const int seen = rule;
    if (++runs == 1) {
      rule = 1;
      other.Post([&] {
        keyspace->Fence(other, [&](Status done) {
          EXPECT_TRUE(done.ok());
          fenced.set_value();
        });
      });
      fenced.get_future().wait();  // nothing else is under way: it need not wait for this function
    }
    return Plan{.puts = {{{0, "a"}, std::to_string(seen)}}};
  });
  ASSERT_EQ(*outcome, Outcome::kCommitted);
  EXPECT_EQ(runs, 2);
  EXPECT_THAT(*GetNow(loop_, *keyspace, {{0, "a"}}), ElementsAre("1"));
  // What has committed before is seen by a scan that begins when the fence is through.
  for (int i = 0; i < 200; ++i) {
    std::promise<Result<Page>> scanned;
    loop_.Post([&] {
      keyspace->Transact(
          {{0, "new"}},
          [i](Values) {
            return Plan{.puts = {{{0, "new"}, std::to_string(i)}}};
          },
          loop_, [](Result<Outcome>) {});
    });
    loop_.Post([&] {
      keyspace->Fence(loop_, [&](Status done) {
        ASSERT_TRUE(done.ok());
        keyspace->Scan({.begin = "new"}, Direction::kForward, {}, Consistency::kStrong, loop_,
                       [&](Result<Page> page) { scanned.set_value(std::move(page)); });
      });
    });
    const Result<Page> page = scanned.get_future().get();
    ASSERT_EQ((*page).entries.at(0).value, std::to_string(i));
  }
}

TEST_P(EngineContract, ADroppedSpaceIsEmptyWithItsCountersAndNoOtherIsTouched) {
  auto keyspace = Create("tables/1");
  for (uint16_t space = 0; space < 4; ++space) {
    for (const std::string key : {"", "a", "\xff\xff"}) {
      ASSERT_EQ(*TransactNow(loop_, *keyspace, {{space, key}},
                             [&](Values) {
                               return Plan{.puts = {{{space, key}, "value"}},
                                           .counter_deltas = {{static_cast<uint16_t>(2 * space), 1},
                                                              {static_cast<uint16_t>(2 * space + 1), 5}}};
                             }),
                Outcome::kCommitted);
    }
  }
  const auto check = [&] {
    for (uint16_t space = 0; space < 4; ++space) {
      EXPECT_EQ(KeysOf(ScanNow(loop_, *keyspace, {.space = space})).size(), space == 2 ? 0U : 3U);
    }
    EXPECT_THAT(*GetNow(loop_, *keyspace, {{2, "a"}, {3, ""}}), ElementsAre(std::nullopt, "value"));
    EXPECT_THAT((*StatisticsNow(loop_, *keyspace)).counters, ElementsAre(3, 15, 3, 15, 0, 0, 3, 15));
  };
  ASSERT_TRUE(DropSpaceNow(loop_, *keyspace, 2).ok());
  check();
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  keyspace = *OpenNow(loop_, *engine_, "tables/1");
  check();
  ASSERT_TRUE(DropSpaceNow(loop_, *keyspace, 2).ok());
  ASSERT_TRUE(DropSpaceNow(loop_, *keyspace, kSpaceMax).ok());
  check();
  EXPECT_EQ(DropSpaceNow(loop_, *keyspace, 0xffff).error().reason, Reason::kInternal);
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  EXPECT_EQ(DropSpaceNow(loop_, *keyspace, 2).error().reason, Reason::kUnavailable);
  EXPECT_EQ(FenceNow(loop_, *keyspace).error().reason, Reason::kUnavailable);
}

// Writers put entries as long as the index is in force; it ceases to be, then its space is dropped.
TEST_P(EngineContract, NothingIsPutIntoASpaceThatWasDroppedBesideWriters) {
  const auto keyspace = Create("tables/1");
  std::atomic<bool> in_force{true};
  std::atomic<bool> stop{false};
  std::atomic<int> entries{0};
  const auto write = [&](int writer) {
    TestLoop loop;
    for (int i = 0; !stop; ++i) {
      const std::string key = std::to_string(writer) + "." + std::to_string(i);
      ASSERT_EQ(*TransactNow(loop, *keyspace, {{0, key}},
                             [&](Values) {
                               Plan plan{.puts = {{{0, key}, "x"}}};
                               if (in_force) {
                                 plan.puts.push_back({{1, key}, "x"});
                                 plan.counter_deltas.push_back({2, 1});
                                 ++entries;
                               }
                               return plan;
                             }),
                Outcome::kCommitted);
    }
  };
  std::thread first(write, 1);
  std::thread second(write, 2);
  while (entries < 50) {
    std::this_thread::yield();
  }
  in_force = false;
  ASSERT_TRUE(DropSpaceNow(loop_, *keyspace, 1).ok());
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(*PutNow(loop_, *keyspace, {0, "between"}, "x"), Outcome::kCommitted);
  }
  stop = true;
  first.join();
  second.join();
  EXPECT_EQ(KeysOf(ScanNow(loop_, *keyspace, {.space = 1})).size(), 0U);
  EXPECT_EQ((*StatisticsNow(loop_, *keyspace)).counters.at(2), 0);
}

std::vector<std::string> BytesOf(const Result<FeedPage>& page) {
  std::vector<std::string> bytes;
  for (const FeedRecord& record : (*page).records) {
    bytes.push_back(record.bytes);
  }
  return bytes;
}

Result<Outcome> TellNow(TestLoop& loop, Keyspace& keyspace, std::vector<NewFeedRecord> records) {
  return TransactNow(loop, keyspace, {}, [&](Values) { return Plan{.feed_records = records}; });
}

TEST_P(EngineContract, AFeedTellsCommitsInTheirOrderWithoutAGap) {
  const auto keyspace = Create("tables/1");
  EXPECT_EQ((*FeedNow(loop_, *keyspace)).newest, 0U);
  constexpr uint64_t kWrites = 300;
  std::atomic<uint64_t> left = kWrites;
  std::promise<void> finished;
  for (uint64_t i = 0; i < kWrites; ++i) {
    loop_.Post([&] {
      keyspace->Transact(
          {{0, "hot"}},
          [](Values values) -> std::variant<Plan, Reject> {
            const std::string next = std::to_string(NumberIn(values[0]) + 1);
            return Plan{.puts = {{{0, "hot"}, next}}, .feed_records = {{"at " + next}, {"past " + next}}};
          },
          loop_,
          [&](const Result<Outcome>& outcome) {
            EXPECT_TRUE(outcome.ok());
            if (--left == 0) {
              finished.set_value();
            }
          });
    });
  }
  finished.get_future().get();
  EXPECT_EQ(*TransactNow(loop_, *keyspace, {{0, "hot"}}, [](Values) { return Reject{}; }), Outcome::kRejected);
  uint64_t number = 0;
  int64_t time_ms = 1;
  for (bool more = true; more;) {
    const auto page = FeedNow(loop_, *keyspace, number, {.count_max = 7});
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->newest, 2 * kWrites);
    EXPECT_EQ(page->trimmed, 0U);
    for (const FeedRecord& record : page->records) {
      ASSERT_EQ(record.number, ++number);
      EXPECT_EQ(record.bytes, (number % 2 == 1 ? "at " : "past ") + std::to_string((number + 1) / 2));
      EXPECT_GE(record.committed_ms, time_ms);
      time_ms = record.committed_ms;
    }
    more = page->more;
  }
  EXPECT_EQ(number, 2 * kWrites);
  // A page is bounded in bytes too, and holds at least one record.
  EXPECT_EQ((*FeedNow(loop_, *keyspace, 0, {.bytes_max = 1})).records.size(), 1U);
  EXPECT_EQ(BytesOf(FeedNow(loop_, *keyspace, 597)), (std::vector<std::string>{"past 299", "at 300", "past 300"}));
  EXPECT_THAT(BytesOf(FeedNow(loop_, *keyspace, 600)), IsEmpty());
  EXPECT_THAT(BytesOf(FeedNow(loop_, *keyspace, UINT64_MAX)), IsEmpty());
}

TEST_P(EngineContract, NumbersOfAFeedGoOnAfterTrimmingAndClosing) {
  auto keyspace = Create("tables/1");
  const auto reopen = [&] {
    keyspace.reset();
    ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
    keyspace = *OpenNow(loop_, *engine_, "tables/1");
  };
  ASSERT_TRUE(TrimNow(loop_, *keyspace, 0).ok());
  ASSERT_TRUE(TellNow(loop_, *keyspace, {{"a"}, {"b"}, {"c"}}).ok());
  ASSERT_TRUE(TrimNow(loop_, *keyspace, 2).ok());
  ASSERT_TRUE(TrimNow(loop_, *keyspace, 1).ok());  // it is gone already
  for (int i = 0; i < 2; ++i) {
    const auto page = FeedNow(loop_, *keyspace);
    EXPECT_THAT(BytesOf(page), ElementsAre("c"));
    EXPECT_EQ(page->trimmed, 2U);
    EXPECT_EQ(page->newest, 3U);
    reopen();
  }
  // More than there is.
  ASSERT_TRUE(TrimNow(loop_, *keyspace, 10).ok());
  for (int i = 0; i < 2; ++i) {
    const auto page = FeedNow(loop_, *keyspace);
    EXPECT_THAT(BytesOf(page), IsEmpty());
    EXPECT_EQ(page->trimmed, 10U);
    EXPECT_EQ(page->newest, 10U);
    reopen();
  }
  ASSERT_TRUE(PutNow(loop_, *keyspace, {0, "a"}, "1").ok());
  ASSERT_TRUE(TellNow(loop_, *keyspace, {{"d"}}).ok());
  EXPECT_EQ((*FeedNow(loop_, *keyspace, 1)).records.front().number, 11U);
  EXPECT_THAT(*GetNow(loop_, *keyspace, {{0, "a"}}), ElementsAre("1"));
  keyspace.reset();
  ASSERT_TRUE(DropNow(loop_, *engine_, "tables/1").ok());
  EXPECT_EQ((*FeedNow(loop_, *Create("tables/1"))).newest, 0U);
}

TEST(EngineFeed, TimesOfCommitsNeverGoBack) {
  os::ManualClock clock(1'000);
  TestLoop loop;
  const auto files = os::NewSimulatedFileSystem();
  RocksOptions options;
  options.files = files.get();
  options.root = "/data";
  options.clock = &clock;
  const std::unique_ptr<Engine> engines[] = {NewMemoryEngine(clock), NewRocksEngine(options)};
  for (const auto& engine : engines) {
    clock.SetWallMs(1'000);
    auto keyspace = *CreateNow(loop, *engine, "tables/1");
    ASSERT_TRUE(TellNow(loop, *keyspace, {{"a"}}).ok());
    clock.SetWallMs(500);
    ASSERT_TRUE(TellNow(loop, *keyspace, {{"b"}}).ok());
    ASSERT_TRUE(TrimNow(loop, *keyspace, 2).ok());
    keyspace.reset();
    ASSERT_TRUE(CloseNow(loop, *engine, "tables/1").ok());
    keyspace = *OpenNow(loop, *engine, "tables/1");
    ASSERT_TRUE(TellNow(loop, *keyspace, {{"c"}}).ok());
    clock.SetWallMs(2'000);
    ASSERT_TRUE(TellNow(loop, *keyspace, {{"d"}, {"of another time", 2'500}, {"e"}}).ok());
    const auto page = FeedNow(loop, *keyspace);
    EXPECT_EQ(page->records.at(0).committed_ms, 1'000);
    EXPECT_EQ(page->records.at(1).committed_ms, 2'000);
    EXPECT_EQ(page->records.at(2).committed_ms, 2'500);
    EXPECT_EQ(page->records.at(3).committed_ms, 2'500);
  }
}

// Whoever asks is told another time.
class TickingClock final : public os::Clock {
 public:
  int64_t WallMs() const override { return ++ms_; }
  int64_t MonotonicMs() const override { return os::SystemClock().MonotonicMs(); }

 private:
  mutable std::atomic<int64_t> ms_ = 1'000;
};

TEST(EngineFeed, ATransactionTellsAllKeyspacesAtOneTime) {
  TickingClock clock;
  TestLoop loop;
  const auto files = os::NewSimulatedFileSystem();
  RocksOptions options;
  options.files = files.get();
  options.root = "/data";
  options.clock = &clock;
  const std::unique_ptr<Engine> engines[] = {NewMemoryEngine(clock), NewRocksEngine(options)};
  for (const auto& engine : engines) {
    ASSERT_TRUE(UseJournalNow(loop, *engine).ok());
    std::vector<KeyspacePart> parts;
    for (const char* name : {"tables/1", "tables/2", "tables/3"}) {
      parts.push_back({*CreateNow(loop, *engine, name), {}});
    }
    const auto tell = [&](const std::vector<Plan>& plans) {
      return TransactAcrossNow(loop, *engine, parts, [&](std::span<const Values>) { return plans; });
    };
    // A transaction may tell and change nothing else, of several keyspaces or of one.
    EXPECT_EQ(*tell({{.feed_records = {{"a"}, {"b"}}}, {.feed_records = {{"c"}}}, {}}), Outcome::kCommitted);
    EXPECT_EQ(*tell({{}, {}, {.feed_records = {{"d"}}}}), Outcome::kCommitted);
    const auto one = FeedNow(loop, *parts[0].keyspace);
    const auto two = FeedNow(loop, *parts[1].keyspace);
    EXPECT_THAT(BytesOf(one), ElementsAre("a", "b"));
    EXPECT_THAT(BytesOf(two), ElementsAre("c"));
    EXPECT_EQ(one->records.at(0).committed_ms, one->records.at(1).committed_ms);
    EXPECT_EQ(one->records.at(0).committed_ms, two->records.at(0).committed_ms);
    EXPECT_THAT(BytesOf(FeedNow(loop, *parts[2].keyspace)), ElementsAre("d"));
  }
}

TEST_P(EngineContract, CreatesOpensClosesDropsAndLists) {
  EXPECT_EQ(OpenNow(loop_, *engine_, "tables/1").error().reason, Reason::kNotFound);
  EXPECT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  EXPECT_TRUE(DropNow(loop_, *engine_, "tables/1").ok());
  auto one = Create("tables/1");
  auto two = Create("tables/2");
  auto catalogue = Create("system/catalogue");
  EXPECT_EQ(one->name(), "tables/1");
  EXPECT_EQ(CreateNow(loop_, *engine_, "tables/1").error().reason, Reason::kAlreadyExists);
  EXPECT_EQ((*OpenNow(loop_, *engine_, "tables/1")).get(), one.get());
  EXPECT_THAT(*ListNow(loop_, *engine_, "tables/"), ElementsAre("tables/1", "tables/2"));
  EXPECT_THAT(*ListNow(loop_, *engine_, ""), ElementsAre("system/catalogue", "system/journal", "tables/1", "tables/2"));
  EXPECT_THAT(*ListNow(loop_, *engine_, "tables/2"), ElementsAre("tables/2"));
  EXPECT_THAT(*ListNow(loop_, *engine_, "x/"), IsEmpty());

  ASSERT_TRUE(PutNow(loop_, *one, {0, "a"}, "1").ok());
  ASSERT_TRUE(PutNow(loop_, *two, {0, "a"}, "2").ok());
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  EXPECT_EQ(GetNow(loop_, *one, {{0, "a"}}).error().reason, Reason::kUnavailable);
  EXPECT_EQ(ScanNow(loop_, *one, {}).error().reason, Reason::kUnavailable);
  EXPECT_EQ(PutNow(loop_, *one, {0, "a"}, "9").error().reason, Reason::kUnavailable);
  EXPECT_EQ(StatisticsNow(loop_, *one).error().reason, Reason::kUnavailable);
  EXPECT_EQ(CreateNow(loop_, *engine_, "tables/1").error().reason, Reason::kAlreadyExists);
  one = *OpenNow(loop_, *engine_, "tables/1");
  EXPECT_THAT(*GetNow(loop_, *one, {{0, "a"}}), ElementsAre("1"));

  ASSERT_TRUE(DropNow(loop_, *engine_, "tables/1").ok());
  EXPECT_EQ(GetNow(loop_, *one, {{0, "a"}}).error().reason, Reason::kUnavailable);
  EXPECT_EQ(OpenNow(loop_, *engine_, "tables/1").error().reason, Reason::kNotFound);
  EXPECT_THAT(*ListNow(loop_, *engine_, "tables/"), ElementsAre("tables/2"));
  EXPECT_THAT(*GetNow(loop_, *two, {{0, "a"}}), ElementsAre("2"));
  one = Create("tables/1");
  EXPECT_THAT(*GetNow(loop_, *one, {{0, "a"}}), ElementsAre(std::nullopt));
}

TEST_P(EngineContract, RefusesNamesThatAreNoPaths) {
  for (const char* name : {"", "a", "/a", "a/", "a//b", "../b", "a/..", "A/b", "a/b.c", "a/b\n"}) {
    EXPECT_EQ(CreateNow(loop_, *engine_, name).error().reason, Reason::kInvalidArgument) << name;
    EXPECT_EQ(OpenNow(loop_, *engine_, name).error().reason, Reason::kInvalidArgument) << name;
    EXPECT_EQ(DropNow(loop_, *engine_, name).error().reason, Reason::kInvalidArgument) << name;
  }
}

TEST_P(EngineContract, ClosesWithItsLastHolderAndKeepsEverything) {
  for (int i = 0; i < 5; ++i) {
    auto keyspace = i == 0 ? Create("tables/1") : *OpenNow(loop_, *engine_, "tables/1");
    EXPECT_THAT(*GetNow(loop_, *keyspace, {{0, "a"}}),
                ElementsAre(i == 0 ? std::nullopt : std::optional(std::to_string(i - 1))));
    ASSERT_TRUE(PutNow(loop_, *keyspace, {0, "a"}, std::to_string(i)).ok());
  }
}

TEST_P(EngineContract, AnswersCallsUnderWayBeforeItCloses) {
  const auto keyspace = Create("tables/1");
  std::atomic<int> answered = 0;
  int answered_at_close = 0;
  std::promise<void> closed;
  loop_.Post([&] {
    for (int i = 0; i < 50; ++i) {
      keyspace->Transact({{0, "a"}}, Increment({0, "a"}), loop_, [&](Result<Outcome> outcome) {
        EXPECT_TRUE(outcome.ok());
        ++answered;
      });
    }
    engine_->Close("tables/1", loop_, [&](const Status& status) {
      EXPECT_TRUE(status.ok());
      answered_at_close = answered;
      closed.set_value();
    });
  });
  closed.get_future().get();
  EXPECT_EQ(answered_at_close, 50);
  const auto again = *OpenNow(loop_, *engine_, "tables/1");
  EXPECT_THAT(*GetNow(loop_, *again, {{0, "a"}}), ElementsAre("50"));
}

TEST_P(EngineContract, OpensOnceForAllWhoAskMeanwhile) {
  Create("tables/1").reset();
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/1").ok());
  std::vector<std::unique_ptr<TestLoop>> loops;
  constexpr int kAskers = 24;
  std::vector<std::shared_ptr<Keyspace>> opened(kAskers);
  std::vector<std::promise<void>> answers(kAskers);
  for (int i = 0; i < 3; ++i) {
    loops.push_back(std::make_unique<TestLoop>());
  }
  for (size_t i = 0; i < kAskers; ++i) {
    TestLoop& loop = *loops[i % loops.size()];
    loop.Post([&, i] {
      engine_->Open("tables/1", TestKey, loop, [&, i](Result<std::shared_ptr<Keyspace>> keyspace) {
        EXPECT_TRUE(keyspace.ok());
        opened[i] = std::move(keyspace).ValueOr(nullptr);
        answers[i].set_value();
      });
    });
  }
  for (auto& answer : answers) {
    answer.get_future().get();
  }
  for (const auto& keyspace : opened) {
    EXPECT_EQ(keyspace.get(), opened[0].get());
  }
}

// Thousands of read-modify-writes of one key from several loops, with as many under way as a server has.
TEST_P(EngineContract, LosesNoIncrementOfAHotKey) {
  const auto keyspace = Create("tables/1");
  constexpr int kLoops = 3;
  constexpr int kChains = 40;
  constexpr int kSteps = 25;
  std::vector<std::unique_ptr<TestLoop>> loops;
  std::atomic<int> wrong_thread = 0;
  std::atomic<int> failed = 0;
  std::atomic<int> left = kLoops * kChains;
  std::promise<void> finished;
  struct Chain {
    Keyspace& keyspace;
    TestLoop& loop;
    std::atomic<int>& wrong_thread;
    std::atomic<int>& failed;
    std::atomic<int>& left;
    std::promise<void>& finished;
    int steps = kSteps;

    void Step() {
      keyspace.Transact({{0, "hot"}}, Increment({0, "hot"}), loop, [this](const Result<Outcome>& outcome) {
        wrong_thread += loop.IsCurrent() ? 0 : 1;
        failed += outcome.ok() ? 0 : 1;
        if (--steps > 0) {
          Step();
        } else if (--left == 0) {
          finished.set_value();
        }
      });
    }
  };
  std::vector<std::unique_ptr<Chain>> chains;
  for (int i = 0; i < kLoops; ++i) {
    loops.push_back(std::make_unique<TestLoop>());
    for (int j = 0; j < kChains; ++j) {
      chains.push_back(std::make_unique<Chain>(Chain{*keyspace, *loops.back(), wrong_thread, failed, left, finished}));
      loops.back()->Post([chain = chains.back().get()] { chain->Step(); });
    }
  }
  finished.get_future().get();
  EXPECT_EQ(wrong_thread, 0);
  EXPECT_EQ(failed, 0);
  EXPECT_THAT(*GetNow(loop_, *keyspace, {{0, "hot"}}), ElementsAre(std::to_string(kLoops * kChains * kSteps)));
  EXPECT_EQ((*StatisticsNow(loop_, *keyspace)).counters[3], kLoops * kChains * kSteps);
}

// Money moves between accounts in both orders of keys while transactional reads add it up.
TEST_P(EngineContract, TransactionsAreAtomicAndTransactionalReadsSeeOnePointInTime) {
  const auto keyspace = Create("tables/1");
  constexpr size_t kAccounts = 5;
  std::vector<Key> accounts;
  for (size_t i = 0; i < kAccounts; ++i) {
    accounts.push_back({0, "account" + std::to_string(i)});
    ASSERT_TRUE(PutNow(loop_, *keyspace, accounts.back(), "100").ok());
  }
  std::vector<std::unique_ptr<TestLoop>> loops;
  for (int i = 0; i < 3; ++i) {
    loops.push_back(std::make_unique<TestLoop>());
  }
  std::atomic<int> left = 600;
  std::atomic<int> wrong_sums = 0;
  std::promise<void> finished;
  auto random = [engine = std::mt19937(7)]() mutable { return static_cast<uint32_t>(engine()); };
  const auto count_down = [&] {
    if (--left == 0) {
      finished.set_value();
    }
  };
  for (int i = 0; i < 600; ++i) {
    TestLoop& loop = *loops[static_cast<size_t>(i) % loops.size()];
    if (i % 3 == 0) {
      loop.Post([&] {
        keyspace->Get(accounts, Consistency::kTransactional, loop, [&](const auto& values) {
          uint64_t sum = 0;
          for (const auto& value : *values) {
            sum += NumberIn(value);
          }
          wrong_sums += sum == kAccounts * 100 ? 0 : 1;
          count_down();
        });
      });
      continue;
    }
    const size_t from = random() % kAccounts;
    const size_t to = (from + 1 + random() % (kAccounts - 1)) % kAccounts;
    loop.Post([&, from, to] {
      keyspace->Transact(
          {accounts[from], accounts[to]},
          [&, from, to](Values values) -> std::variant<Plan, Reject> {
            if (NumberIn(values[0]) == 0) {
              return Reject{};
            }
            return Plan{.puts = {{accounts[from], std::to_string(NumberIn(values[0]) - 1)},
                                 {accounts[to], std::to_string(NumberIn(values[1]) + 1)}}};
          },
          loop,
          [&](const Result<Outcome>& outcome) {
            wrong_sums += outcome.ok() ? 0 : 1;
            count_down();
          });
    });
  }
  finished.get_future().get();
  EXPECT_EQ(wrong_sums, 0);
}

TEST_P(EngineContract, ATransactionOverKeyspacesSeesAndChangesAllOfThem) {
  const auto one = Create("tables/1");
  const auto two = Create("tables/2");
  ASSERT_TRUE(PutNow(loop_, *one, {0, "a"}, "1a").ok());
  ASSERT_TRUE(PutNow(loop_, *two, {0, "a"}, "2a").ok());
  std::vector<std::optional<std::string>> seen;
  const auto outcome = TransactAcrossNow(
      loop_, *engine_, {{two, {{0, "b"}, {0, "a"}}}, {one, {{0, "a"}}}}, [&](std::span<const Values> values) {
        seen.assign(values[0].begin(), values[0].end());
        seen.insert(seen.end(), values[1].begin(), values[1].end());
        std::vector<Plan> plans(2);
        plans[0] = {.puts = {{{0, "b"}, "2b"}, {{3, "entry"}, "3"}}, .deletes = {{0, "a"}}, .counter_deltas = {{1, 5}}};
        plans[1] = {.puts = {{{0, "a"}, "new"}}, .counter_deltas = {{0, -2}}};
        return plans;
      });
  EXPECT_EQ(*outcome, Outcome::kCommitted);
  EXPECT_THAT(seen, ElementsAre(std::nullopt, "2a", "1a"));
  EXPECT_THAT(*GetNow(loop_, *one, {{0, "a"}}), ElementsAre("new"));
  EXPECT_THAT(*GetNow(loop_, *two, {{0, "a"}, {0, "b"}, {3, "entry"}}), ElementsAre(std::nullopt, "2b", "3"));
  EXPECT_EQ((*StatisticsNow(loop_, *one)).counters[0], -2);
  EXPECT_EQ((*StatisticsNow(loop_, *two)).counters[1], 5);
}

TEST_P(EngineContract, ATransactionOverKeyspacesMayChangeNoneOrOne) {
  const auto one = Create("tables/1");
  const auto two = Create("tables/2");
  const std::vector<KeyspacePart> parts = {{one, {{0, "a"}}}, {two, {{0, "a"}}}};
  EXPECT_EQ(*TransactAcrossNow(loop_, *engine_, parts, [](std::span<const Values>) { return Reject{}; }),
            Outcome::kRejected);
  EXPECT_EQ(*TransactAcrossNow(loop_, *engine_, parts, [](std::span<const Values>) { return std::vector<Plan>(2); }),
            Outcome::kCommitted);
  EXPECT_THAT((*ScanNow(loop_, *one, {})).entries, IsEmpty());
  EXPECT_EQ(*TransactAcrossNow(loop_, *engine_, parts,
                               [](std::span<const Values>) {
                                 std::vector<Plan> plans(2);
                                 plans[1].puts = {{{0, "a"}, "1"}};
                                 return plans;
                               }),
            Outcome::kCommitted);
  EXPECT_THAT((*ScanNow(loop_, *one, {})).entries, IsEmpty());
  EXPECT_THAT(*GetNow(loop_, *two, {{0, "a"}}), ElementsAre("1"));
}

TEST_P(EngineContract, ATransactionOverAClosedKeyspaceChangesNothing) {
  const auto one = Create("tables/1");
  const auto two = Create("tables/2");
  ASSERT_TRUE(CloseNow(loop_, *engine_, "tables/2").ok());
  for (const bool closed_first : {true, false}) {
    std::vector<KeyspacePart> parts = {{one, {{0, "a"}}}, {two, {{0, "a"}}}};
    if (closed_first) {
      std::swap(parts[0], parts[1]);
    }
    const auto outcome = TransactAcrossNow(loop_, *engine_, parts, [](std::span<const Values>) {
      ADD_FAILURE() << "ran";
      return Reject{};
    });
    EXPECT_EQ(outcome.error().reason, Reason::kUnavailable);
  }
  EXPECT_EQ(*PutNow(loop_, *one, {0, "a"}, "free"), Outcome::kCommitted);
}

TEST_P(EngineContract, ATransactionOverKeyspacesMayNotNameASpaceOfTheEngines) {
  const auto one = Create("tables/1");
  const auto two = Create("tables/2");
  EXPECT_EQ(TransactAcrossNow(loop_, *engine_, {{one, {{0, "a"}}}, {two, {{kSpaceMax + 1, "c"}}}},
                              [](std::span<const Values>) { return Reject{}; })
                .error()
                .reason,
            Reason::kInternal);
  EXPECT_EQ(*PutNow(loop_, *one, {0, "a"}, "free"), Outcome::kCommitted);
}

// Money moves between keyspaces, in both orders, and inside of them, while others add it up.
TEST_P(EngineContract, TransactionsOverKeyspacesAreAtomicAndNeverWaitForEachOther) {
  constexpr size_t kKeyspaces = 3;
  constexpr size_t kAccounts = 2;  // of each
  constexpr int kSteps = 600;
  std::vector<std::shared_ptr<Keyspace>> keyspaces;
  std::vector<KeyspacePart> everything;
  for (size_t i = 0; i < kKeyspaces; ++i) {
    keyspaces.push_back(Create("tables/" + std::to_string(i)));
    everything.push_back({keyspaces.back(), {}});
    for (size_t j = 0; j < kAccounts; ++j) {
      everything.back().keys.push_back({0, std::to_string(j)});
      ASSERT_TRUE(PutNow(loop_, *keyspaces.back(), {0, std::to_string(j)}, "100").ok());
    }
  }
  std::vector<std::unique_ptr<TestLoop>> loops;
  for (int i = 0; i < 3; ++i) {
    loops.push_back(std::make_unique<TestLoop>());
  }
  std::atomic<int> left = kSteps;
  std::atomic<int> wrong = 0;
  std::promise<void> finished;
  std::mt19937_64 random(11);
  const auto done = [&](const Result<Outcome>& outcome) {
    wrong += outcome.ok() ? 0 : 1;
    if (--left == 0) {
      finished.set_value();
    }
  };
  for (int i = 0; i < kSteps; ++i) {
    TestLoop& loop = *loops[static_cast<size_t>(i) % loops.size()];
    const size_t from = random() % kKeyspaces;
    const size_t to = (from + 1 + random() % (kKeyspaces - 1)) % kKeyspaces;
    const Key from_key{0, std::to_string(random() % kAccounts)};
    const Key to_key{0, std::to_string(random() % kAccounts)};
    loop.Post([&, i, from, to, from_key, to_key] {
      if (i % 4 == 0) {
        engine_->TransactAcross(
            everything,
            [&](std::span<const Values> values) -> std::variant<std::vector<Plan>, Reject> {
              uint64_t sum = 0;
              for (const Values& of_one : values) {
                for (const auto& value : of_one) {
                  sum += NumberIn(value);
                }
              }
              wrong += sum == kKeyspaces * kAccounts * 100 ? 0 : 1;
              return Reject{};
            },
            loop, done, nullptr);
      } else if (i % 4 == 1) {
        keyspaces[from]->Transact(
            {{0, "0"}, {0, "1"}},
            [](Values values) {
              return Plan{.puts = {{{0, "0"}, std::string(*values[1])}, {{0, "1"}, std::string(*values[0])}}};
            },
            loop, done);
      } else {
        engine_->TransactAcross(
            {{keyspaces[from], {from_key}}, {keyspaces[to], {to_key}}},
            [from_key, to_key](std::span<const Values> values) -> std::variant<std::vector<Plan>, Reject> {
              if (NumberIn(values[0][0]) == 0) {
                return Reject{};
              }
              std::vector<Plan> plans(2);
              plans[0].puts = {{from_key, std::to_string(NumberIn(values[0][0]) - 1)}};
              plans[1].puts = {{to_key, std::to_string(NumberIn(values[1][0]) + 1)}};
              return plans;
            },
            loop, done, nullptr);
      }
    });
  }
  finished.get_future().get();
  EXPECT_EQ(wrong, 0);
}

TEST_P(EngineContract, ATransactionOverKeyspacesMayAskForMore) {
  const auto one = Create("tables/1");
  const auto two = Create("tables/2");
  ASSERT_TRUE(PutNow(loop_, *one, {0, "a"}, "b").ok());
  ASSERT_TRUE(PutNow(loop_, *one, {0, "b"}, "found").ok());
  std::vector<size_t> runs;
  const auto outcome =
      TransactAcrossNow(loop_, *engine_, {{one, {{0, "a"}}}, {two, {{0, "z"}}}}, [&](std::span<const Values> values) {
        runs.push_back(values[0].size() + values[1].size());
        std::vector<Plan> plans(2);
        if (values[0].size() == 1) {
          plans[0].asks = {{0, std::string(*values[0][0])}};
          plans[1].asks = {{3, "entry"}};
          plans[1].puts = {{{0, "z"}, "too early"}};
          return plans;
        }
        EXPECT_EQ(values[0][1], "found");
        EXPECT_EQ(values[1][1], std::nullopt);
        plans[0].deletes = {{0, "b"}};
        plans[1].sum_deltas = {{{4, "sum"}, 3}};
        return plans;
      });
  EXPECT_EQ(*outcome, Outcome::kCommitted);
  EXPECT_THAT(runs, ElementsAre(2, 4));
  EXPECT_THAT(*GetNow(loop_, *one, {{0, "a"}, {0, "b"}}), ElementsAre("b", std::nullopt));
  EXPECT_THAT(*GetNow(loop_, *two, {{0, "z"}, {4, "sum"}}), ElementsAre(std::nullopt, EncodeSum(3)));
}

// Functions that run after a fence see what was changed before it; what others committed is there when it completes.
TEST_P(EngineContract, FencesWaitForTransactionsOverKeyspaces) {
  const auto one = Create("tables/1");
  const auto two = Create("tables/2");
  std::atomic<bool> keeps_index = false;
  std::atomic<int> without = 0;
  std::atomic<int> left = 200;
  std::promise<void> finished;
  std::vector<std::unique_ptr<TestLoop>> loops;
  for (int i = 0; i < 2; ++i) {
    loops.push_back(std::make_unique<TestLoop>());
  }
  for (int i = 0; i < 200; ++i) {
    TestLoop& loop = *loops[static_cast<size_t>(i) % 2];
    loop.Post([&, i] {
      const std::string name = std::to_string(i);
      engine_->TransactAcross(
          {{two, {{0, name}}}, {one, {{0, name}}}},
          [&, name](std::span<const Values>) {
            std::vector<Plan> plans(2);
            plans[0].puts = {{{0, name}, "item"}};
            plans[1].puts = {{{0, name}, "item"}};
            if (keeps_index) {
              plans[1].puts.push_back({{1, name}, "entry"});
            }
            return plans;
          },
          loop,
          [&](const Result<Outcome>& outcome) {
            without += outcome.ok() ? 0 : 1;
            if (--left == 0) {
              finished.set_value();
            }
          },
          nullptr);
    });
  }
  keeps_index = true;
  ASSERT_TRUE(Await<void>(loop_, [&](auto done) { one->Fence(loop_, std::move(done)); }).ok());
  // What was there by now without an entry is all there will be of it.
  const auto count_bare = [&] {
    std::set<std::string> bare;
    const Page items = *ScanNow(loop_, *one, {});
    for (const Entry& entry : items.entries) {
      bare.insert(entry.key);
    }
    const Page entries = *ScanNow(loop_, *one, {.space = 1});
    for (const Entry& entry : entries.entries) {
      bare.erase(entry.key);
    }
    return bare;
  };
  const std::set<std::string> bare = count_bare();
  finished.get_future().get();
  EXPECT_EQ(without, 0);
  EXPECT_EQ(count_bare(), bare);
  ASSERT_TRUE(Await<void>(loop_, [&](auto done) { one->DropSpace(1, loop_, std::move(done)); }).ok());
  EXPECT_THAT((*ScanNow(loop_, *one, {.space = 1})).entries, IsEmpty());
}

// The memory engine is the oracle: the same random calls, closings included, must be answered alike.
TEST(EngineAgreement, RocksAnswersRandomCallsAsMemoryDoes) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    const auto files = os::NewSimulatedFileSystem();
    TestLoop loop;
    const std::unique_ptr<Engine> engines[] = {MakeMemory(*files), MakeRocks(*files)};
    std::shared_ptr<Keyspace> keyspaces[2];
    for (size_t e = 0; e < 2; ++e) {
      auto created = CreateNow(loop, *engines[e], "tables/1");
      ASSERT_TRUE(created.ok()) << created.error().text;
      keyspaces[e] = std::move(*created);
    }
    auto random = [engine = std::mt19937(seed)]() mutable { return static_cast<uint32_t>(engine()); };
    uint16_t spaces[] = {0, 1, 2};
    uint16_t next_space = 3;
    const auto random_key = [&] {
      return Key{spaces[random() % 3], std::string(random() % 3, static_cast<char>('a' + random() % 4))};
    };
    for (int step = 0; step < 250; ++step) {
      const uint32_t choice = random() % 100;
      if (choice < 50) {
        std::vector<Key> keys;
        for (uint32_t i = random() % 4 + 1; i > 0; --i) {
          keys.push_back(random_key());
        }
        const uint32_t salt = random();
        std::optional<std::string> seen[2];
        Outcome outcomes[2];
        for (size_t e = 0; e < 2; ++e) {
          auto outcome = TransactNow(loop, *keyspaces[e], keys, [&](Values values) -> std::variant<Plan, Reject> {
            std::string all;
            Plan plan;
            for (size_t i = 0; i < keys.size(); ++i) {
              all += values[i].has_value() ? "=" + std::string(*values[i]) : "-";
              if ((salt >> i) % 3 == 0) {
                plan.deletes.push_back(keys[i]);
              } else if ((salt >> i) % 3 == 1) {
                plan.puts.push_back({keys[i], std::to_string(salt % 1000) + std::string(salt % 700, 'x')});
              }
            }
            plan.counter_deltas.push_back({static_cast<uint16_t>(salt % 4), static_cast<int64_t>(salt % 100) - 50});
            plan.feed_records.assign(salt % 3, {all});
            seen[e] = all;
            if (salt % 7 == 0) {
              return Reject{};
            }
            return plan;
          });
          ASSERT_TRUE(outcome.ok()) << outcome.error().text;
          outcomes[e] = *outcome;
        }
        ASSERT_EQ(seen[0], seen[1]);
        ASSERT_EQ(outcomes[0], outcomes[1]);
      } else if (choice < 70) {
        const std::vector<Key> keys = {random_key(), random_key(), random_key()};
        ASSERT_EQ(*GetNow(loop, *keyspaces[0], keys, Consistency::kTransactional),
                  *GetNow(loop, *keyspaces[1], keys, Consistency::kTransactional));
      } else if (choice < 95) {
        const Range range{random_key().space, random_key().bytes, random_key().bytes};
        const Direction direction = random() % 2 == 0 ? Direction::kForward : Direction::kBackward;
        const ScanLimits limits{.bytes_max = random() % 1500, .count_max = random() % 6};
        const auto expected = ScanNow(loop, *keyspaces[0], range, direction, limits);
        const auto actual = ScanNow(loop, *keyspaces[1], range, direction, limits);
        ASSERT_EQ((*expected).more, (*actual).more);
        ASSERT_EQ((*expected).entries.size(), (*actual).entries.size());
        for (size_t i = 0; i < (*expected).entries.size(); ++i) {
          ASSERT_EQ((*expected).entries[i].key, (*actual).entries[i].key);
          ASSERT_EQ((*expected).entries[i].value, (*actual).entries[i].value);
        }
      } else if (choice == 95) {
        uint16_t& space = spaces[random() % 3];
        for (size_t e = 0; e < 2; ++e) {
          ASSERT_TRUE(DropSpaceNow(loop, *keyspaces[e], space).ok());
          ASSERT_THAT((*ScanNow(loop, *keyspaces[e], {.space = space})).entries, IsEmpty());
          ASSERT_THAT(*GetNow(loop, *keyspaces[e], {{space, "a"}}), ElementsAre(std::nullopt));
        }
        space = next_space++;  // a dropped one is not used again
      } else if (choice == 96) {
        const uint64_t up_to = (*FeedNow(loop, *keyspaces[0])).trimmed + random() % 20;
        for (size_t e = 0; e < 2; ++e) {
          ASSERT_TRUE(TrimNow(loop, *keyspaces[e], up_to).ok());
        }
      } else if (choice == 97) {
        const uint64_t after = random() % 100;
        const ScanLimits limits{.bytes_max = random() % 1500, .count_max = random() % 6};
        const auto expected = FeedNow(loop, *keyspaces[0], after, limits);
        const auto actual = FeedNow(loop, *keyspaces[1], after, limits);
        ASSERT_EQ(BytesOf(expected), BytesOf(actual));
        ASSERT_EQ(std::tuple(expected->more, expected->trimmed, expected->newest),
                  std::tuple(actual->more, actual->trimmed, actual->newest));
      } else if (choice == 98) {
        ASSERT_EQ((*StatisticsNow(loop, *keyspaces[0])).counters, (*StatisticsNow(loop, *keyspaces[1])).counters);
      } else {
        for (size_t e = 0; e < 2; ++e) {
          ASSERT_TRUE(CloseNow(loop, *engines[e], "tables/1").ok());
          auto opened = OpenNow(loop, *engines[e], "tables/1");
          ASSERT_TRUE(opened.ok()) << opened.error().text;
          keyspaces[e] = std::move(*opened);
        }
      }
    }
    keyspaces[0].reset();
    keyspaces[1].reset();
  }
}

}  // namespace
}  // namespace basalt::engine

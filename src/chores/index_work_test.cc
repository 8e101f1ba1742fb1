// Index work beside writers, through restarts and failures: in the end an index holds what its table's items say, and
// counts it once.
#include "chores/index_work.h"

#include <atomic>
#include <map>
#include <random>

#include "chores/chore_fixture.h"
#include "table/index_entry.h"
#include "table/table_update.h"

namespace basalt::chores {
namespace {

using table::IndexRecord;
using table::IndexStatus;

class IndexWorkTest : public ChoreTest {
 protected:
  void AwaitActive(const std::string& name) {
    AwaitRecord([&](const TableRecord& now) {
      const IndexRecord* const index = now.FindIndex(name);
      return index != nullptr && index->status == IndexStatus::kActive;
    });
  }

  void Update(const table::IndexUpdates& indexes) {
    table::TableUpdate update;
    update.indexes = indexes;
    const auto changed = Await<table::ChangedRecord>([&](auto done) {
      catalogue_->Update(
          kAddress,
          [&](const TableRecord* current) {
            return table::UpdatedRecord(current, kAddress, update, {1, 0});
          },
          loop_, std::move(done));
    });
    ASSERT_TRUE(changed.ok()) << changed.error().text;
  }
  void AddIndex(const std::string& name, table::ProjectionType projection) {
    IndexRecord index;
    index.name = name;
    index.partition = {{"g", model::Type::kS}};
    index.projection = projection;
    Update({.creations = {{.index = index}}, .definitions = {{"g", model::Type::kS}}});
  }

  // The index holds what the items say, and its counters say what it holds.
  void ExpectIndexFitsItems(const std::string& name, size_t entries_min) {
    const TableRecord record = Table()->record();
    const IndexRecord& index = *record.FindIndex(name);
    Arena arena;
    std::map<std::string, std::string> expected;
    for (const engine::Entry& item : ScanAll(0)) {
      const auto key = *table::EntryKeyOf(record, index, item.value, arena);
      if (key) {
        engine::Plan plan;
        ASSERT_TRUE(table::BackfillEntry(record, index, *key, item.value, std::nullopt, arena, plan).ok());
        expected[key->bytes] = plan.puts.at(0).value;
      }
    }
    std::map<std::string, std::string> found;
    int64_t size_bytes = 0;
    for (const engine::Entry& entry : ScanAll(index.space)) {
      found[entry.key] = entry.value;
      size_bytes += static_cast<int64_t>(table::DecodeStoredItem(entry.value)->size_bytes);
    }
    EXPECT_EQ(found, expected);
    EXPECT_GE(found.size(), entries_min);
    EXPECT_EQ(Counter(table::EntryCountCounter(index.space)), static_cast<int64_t>(found.size()));
    EXPECT_EQ(Counter(table::EntrySizeCounter(index.space)), size_bytes);
  }

  static std::string RandomItem(std::mt19937& random, int key) {
    const int kind = static_cast<int>(random() % 5);
    const std::string g = kind == 0   ? ""
                          : kind == 1 ? R"("g":{"N":"1"},)"
                                      : fmt::format(R"("g":{{"S":"g{}"}},)", random() % 3);
    return fmt::format(R"({{{}"pk":{{"S":"{}"}},"v":{{"S":"{}"}}}})", g, key, std::string(random() % 20, 'v'));
  }
  void Fill(int items) {
    std::mt19937 random(1);
    const auto keyspace = Keyspace();
    for (int i = 0; i < items; ++i) {
      Write(loop_, keyspace, Table(), std::to_string(i), RandomItem(random, i));
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, IndexWorkTest, ::testing::Values(Below::kMemory, Below::kRocks), NameOf);

TEST_P(IndexWorkTest, WritersBesideItLoseNothingAndNothingIsCountedTwice) {
  Fill(700);
  std::atomic<bool> stop{false};
  const auto write = [&](uint32_t seed) {
    ThreadPool home("writer", 1);
    std::mt19937 random(seed);
    const auto keyspace = Keyspace();
    // Planned by the record of the beginning, as a request that has waited.
    const std::shared_ptr<const table::Table> early = Table();
    for (int i = 0; !stop; ++i) {
      const int key = static_cast<int>(random() % 1000);
      Write(home, keyspace, i % 2 == 0 ? early : Table(), std::to_string(key),
            random() % 4 == 0 ? "" : RandomItem(random, key));
    }
  };
  std::thread first(write, 2);
  std::thread second(write, 3);
  for (const std::string name : {"all", "keys"}) {
    AddIndex(name, name == "all" ? table::ProjectionType::kAll : table::ProjectionType::kKeysOnly);
    AwaitActive(name);
  }
  Update({.deletions = {"all"}});
  AwaitRecord([](const TableRecord& now) { return now.indexes.size() == 1 && now.dropped_spaces.empty(); });
  AddIndex("all", table::ProjectionType::kAll);
  AwaitActive("all");
  stop = true;
  first.join();
  second.join();
  ExpectIndexFitsItems("all", 100);
  ExpectIndexFitsItems("keys", 100);
  EXPECT_TRUE(ScanAll(1).empty());
  EXPECT_EQ(Counter(table::EntryCountCounter(1)), 0);
  EXPECT_EQ(Counter(table::EntrySizeCounter(1)), 0);
}

TEST_P(IndexWorkTest, ARestartBeginsAnewAndCountsNothingTwice) {
  Fill(1500);
  AddIndex("idx", table::ProjectionType::kAll);
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(i));
    StopIndexWork();
    StartIndexWork();
  }
  AwaitActive("idx");
  ExpectIndexFitsItems("idx", 500);
  Update({.deletions = {"idx"}});
  StopIndexWork();
  StartIndexWork();
  AwaitRecord([](const TableRecord& now) { return now.indexes.empty() && now.dropped_spaces.empty(); });
  EXPECT_TRUE(ScanAll(1).empty());
}

TEST_P(IndexWorkTest, AnIndexThatIsDeletedWhileItIsFilledLeavesNothing) {
  Fill(1500);
  AddIndex("idx", table::ProjectionType::kAll);
  AwaitRecord([](const TableRecord& now) { return now.indexes[0].backfilling; });
  Update({.deletions = {"idx"}});
  AwaitRecord([](const TableRecord& now) { return now.indexes.empty() && now.dropped_spaces.empty(); });
  EXPECT_TRUE(ScanAll(1).empty());
  EXPECT_EQ(Counter(table::EntryCountCounter(1)), 0);
}

TEST_P(IndexWorkTest, WhatFailsIsTriedAgain) {
  Fill(20);
  ASSERT_TRUE(Await<void>([&](auto done) { engine_.Close("tables/1", loop_, std::move(done)); }).ok());
  engine_.refusals = 2;
  AddIndex("idx", table::ProjectionType::kAll);
  AwaitActive("idx");
  EXPECT_LE(engine_.refusals, 0);
  ExpectIndexFitsItems("idx", 5);
}

}  // namespace
}  // namespace basalt::chores

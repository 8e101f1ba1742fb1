// Index work beside writers, through restarts and failures: in the end an index holds what its table's items say, and
// counts it once.
#include "chores/index_work.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "base/arena.h"
#include "base/await.h"
#include "base/thread_pool.h"
#include "engine/memory/memory_engine.h"
#include "engine/rocks/rocks_engine.h"
#include "model/item_json.h"
#include "os/simulated_file_system.h"
#include "table/index_entry.h"
#include "table/item_key.h"
#include "table/item_write.h"
#include "table/stored_item.h"
#include "table/table_update.h"

namespace basalt::chores {
namespace {

using table::IndexRecord;
using table::IndexStatus;
using table::TableRecord;

const table::TableAddress kAddress = {"111111111111", "us-east-1", "Music"};

// Refuses to open tables as often as it is told to.
class StubbornEngine final : public engine::Engine {
 public:
  explicit StubbornEngine(std::unique_ptr<engine::Engine> below) : below_(std::move(below)) {}

  std::atomic<int> refusals = 0;

  engine::Capabilities capabilities() const override { return below_->capabilities(); }
  void Create(std::string name, engine::KeySource key, Executor& home,
              engine::Done<std::shared_ptr<engine::Keyspace>> done) override {
    below_->Create(std::move(name), std::move(key), home, std::move(done));
  }
  void Open(std::string name, engine::KeySource key, Executor& home,
            engine::Done<std::shared_ptr<engine::Keyspace>> done) override {
    if (name.starts_with("tables/") && refusals.fetch_sub(1) > 0) {
      return home.Post([done = std::move(done)]() mutable { done(Error(Reason::kUnavailable, "not now")); });
    }
    below_->Open(std::move(name), std::move(key), home, std::move(done));
  }
  void Close(std::string name, Executor& home, engine::Done<void> done) override {
    below_->Close(std::move(name), home, std::move(done));
  }
  void Drop(std::string name, Executor& home, engine::Done<void> done) override {
    below_->Drop(std::move(name), home, std::move(done));
  }
  void List(std::string prefix, Executor& home, engine::Done<std::vector<std::string>> done) override {
    below_->List(std::move(prefix), home, std::move(done));
  }

 private:
  std::unique_ptr<engine::Engine> below_;
};

enum class Below : uint8_t { kMemory, kRocks };

class IndexWorkTest : public ::testing::TestWithParam<Below> {
 protected:
  IndexWorkTest() {
    Start();
    TableRecord record;
    record.address = kAddress;
    record.table_id = "11111111-2222-4333-8444-555555555555";
    record.keyspace = "tables/1";
    record.partition = {"pk", model::Type::kS};
    record.billing_mode = table::BillingMode::kPayPerRequest;
    EXPECT_TRUE(Await<std::shared_ptr<const TableRecord>>([&](auto done) {
                  catalogue_->Create(record, loop_, std::move(done));
                }).ok());
    AwaitRecord([](const TableRecord& now) { return now.status == table::TableStatus::kActive; });
  }
  ~IndexWorkTest() override {
    Stop();
    for (const std::string name : {"tables/1", table::kCatalogueKeyspace}) {
      EXPECT_TRUE(Await<void>([&](auto done) { engine_.Close(name, loop_, std::move(done)); }).ok());
    }
  }

  void Start() {
    catalogue_ = *table::Catalogue::Open(
        engine_, [] { return SecretBytes(std::string(32, 'k')); },
        [](const TableRecord&) { return SecretBytes(std::string(32, 't')); });
    work_ = std::make_unique<IndexWork>(*catalogue_, os::SystemClock());
  }
  void Stop() {
    work_.reset();
    catalogue_.reset();
  }

  std::shared_ptr<const table::Table> Table() { return catalogue_->tables().Load()->at(kAddress); }
  template <class Predicate>
  void AwaitRecord(Predicate predicate) {
    for (int i = 0; i < 20'000; ++i) {
      if (predicate(Table()->record())) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "the record never became what was awaited";
  }
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

  std::shared_ptr<engine::Keyspace> Keyspace() {
    return *Await<std::shared_ptr<engine::Keyspace>>([&](auto done) { Table()->Acquire(loop_, std::move(done)); });
  }

  // As PutItem and DeleteItem do; an empty `json` deletes. Refused items change nothing.
  void Write(Executor& home, const std::shared_ptr<engine::Keyspace>& keyspace,
             const std::shared_ptr<const table::Table>& planned, const std::string& pk, const std::string& json) {
    Arena arena;
    table::ItemWrite write;
    const auto parse = [&arena](const std::string& text) { return *model::ParseStoredItem(arena.Copy(text), arena); };
    const model::Item key = parse(fmt::format(R"({{"pk":{{"S":"{}"}}}})", pk));
    write.key = table::EncodeKey(planned->record(), key);
    write.key_attributes = key;
    if (json.empty()) {
      write.action = table::DeleteWrite{};
    } else {
      const model::Item item = parse(json);
      write.action = table::PutWrite{item, table::EncodeStoredItem(item), model::SizeBytes(item)};
    }
    std::shared_ptr<const TableRecord> newer;
    table::AskedEntries asked;
    const auto outcome = Await<engine::Outcome>([&](auto done) {
      keyspace->Transact(
          {{0, write.key}},
          [&](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
            engine::Plan plan;
            asked.values = values.subspan(1);
            const auto effect = table::ApplyWrite(write, planned->Current(newer), values[0], false, asked, arena, plan);
            if (!effect.ok()) {
              return engine::Reject{};
            }
            return plan;
          },
          home, std::move(done));
    });
    ASSERT_TRUE(outcome.ok()) << outcome.error().text;
  }

  std::vector<engine::Entry> ScanAll(uint16_t space) {
    return Await<engine::Page>([&](auto done) {
             Keyspace()->Scan({.space = space}, engine::Direction::kForward, {.bytes_max = size_t{1} << 30},
                              engine::Consistency::kStrong, loop_, std::move(done));
           })
        ->entries;
  }

  int64_t Counter(uint16_t number) {
    const auto statistics =
        *Await<engine::KeyspaceStatistics>([&](auto done) { Keyspace()->Statistics(loop_, std::move(done)); });
    return number < statistics.counters.size() ? statistics.counters[number] : 0;
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

  std::unique_ptr<os::SimulatedFileSystem> files_ = os::NewSimulatedFileSystem();
  static std::unique_ptr<engine::Engine> Make(os::FileSystem& files) {
    if (GetParam() == Below::kMemory) {
      return engine::NewMemoryEngine();
    }
    engine::RocksOptions options;
    options.files = &files;
    options.root = "/data";
    return engine::NewRocksEngine(options);
  }
  ThreadPool loop_{"loop", 1};
  StubbornEngine engine_{Make(*files_)};
  std::unique_ptr<table::Catalogue> catalogue_;
  std::unique_ptr<IndexWork> work_;
};

INSTANTIATE_TEST_SUITE_P(Engines, IndexWorkTest, ::testing::Values(Below::kMemory, Below::kRocks),
                         [](const auto& below) { return below.param == Below::kMemory ? "Memory" : "Rocks"; });

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
    Stop();
    Start();
  }
  AwaitActive("idx");
  ExpectIndexFitsItems("idx", 500);
  Update({.deletions = {"idx"}});
  Stop();
  Start();
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

// What tests of chores share: a catalogue with one table over either engine, that starts and stops with index work, and
// writes as requests make them.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/arena.h"
#include "base/await.h"
#include "base/thread_pool.h"
#include "chores/index_work.h"
#include "engine/memory/memory_engine.h"
#include "engine/rocks/rocks_engine.h"
#include "model/item_json.h"
#include "os/simulated_file_system.h"
#include "table/item_key.h"
#include "table/item_write.h"
#include "table/stored_item.h"

namespace basalt::chores {

using table::TableRecord;

inline const table::TableAddress kAddress = {"111111111111", "us-east-1", "Music"};

// Counts how often tables are opened, and refuses it as often as it is told to.
class StubbornEngine final : public engine::Engine {
 public:
  explicit StubbornEngine(std::unique_ptr<engine::Engine> below) : below_(std::move(below)) {}

  std::atomic<int> refusals = 0;
  std::atomic<int> openings = 0;  // asked for of tables, and not refused

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
    openings += name.starts_with("tables/") ? 1 : 0;
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

class ChoreTest : public ::testing::TestWithParam<Below> {
 protected:
  explicit ChoreTest(os::Clock& clock = os::SystemClock()) : clock_(clock) {
    StartIndexWork();
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
  ~ChoreTest() override {
    StopIndexWork();
    for (const std::string name : {"tables/1", table::kCatalogueKeyspace}) {
      EXPECT_TRUE(Await<void>([&](auto done) { engine_.Close(name, loop_, std::move(done)); }).ok());
    }
  }

  void StartIndexWork() {
    catalogue_ = *table::Catalogue::Open(
        engine_, [] { return SecretBytes(std::string(32, 'k')); },
        [](const TableRecord&) { return SecretBytes(std::string(32, 't')); }, {}, clock_);
    index_work_ = std::make_unique<IndexWork>(*catalogue_, clock_);
  }
  void StopIndexWork() {
    index_work_.reset();
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

  os::Clock& clock_;
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
  std::unique_ptr<IndexWork> index_work_;
};

inline std::string NameOf(const ::testing::TestParamInfo<Below>& below) {
  return below.param == Below::kMemory ? "Memory" : "Rocks";
}

}  // namespace basalt::chores

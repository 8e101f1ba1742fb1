// Streams looked after on a catalogue of their own: shards and streams end, and a deleted table's feed is kept.
#include "chores/stream_work.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/await.h"
#include "engine/memory/memory_engine.h"
#include "engine/testing.h"

namespace basalt::chores {
namespace {

constexpr int64_t kNowMs = 1'700'000'000'123;
constexpr int64_t kHourMs = 3'600'000;

class StreamWorkTest : public ::testing::Test {
 protected:
  StreamWorkTest() {
    table::TableRecord record;
    record.address = address_;
    record.table_id = "id";
    record.keyspace = "tables/1";
    record.wrapped_table_key = "key";
    record.partition = {"pk", model::Type::kS};
    record.billing_mode = table::BillingMode::kPayPerRequest;
    record = table::WithNewStream(std::move(record), table::StreamView::kKeysOnly, kNowMs);
    EXPECT_TRUE(engine::Await<std::shared_ptr<const table::TableRecord>>(loop_, [&](auto done) {
                  catalogue_->Create(std::move(record), loop_, std::move(done));
                }).ok());
    Until([&] { return Record()->status == table::TableStatus::kActive; });
  }

  std::shared_ptr<const table::TableRecord> Record() {
    const auto tables = catalogue_->tables().Load();
    const auto found = tables->find(address_);
    return found == tables->end() ? nullptr : found->second->shared_record();
  }

  template <class Holds>
  void Until(Holds holds) {
    for (int i = 0; i < 5000 && !holds(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_TRUE(holds());
  }

  void Tell(size_t count) {
    auto keyspace = *engine::OpenNow(loop_, *engine_, "tables/1");
    ASSERT_TRUE(engine::TransactNow(loop_, *keyspace, {}, [&](engine::Values) {
                  engine::Plan plan;
                  plan.feed_records.resize(count, {"told"});
                  return plan;
                }).ok());
  }

  void Run() {
    ASSERT_TRUE(Await<void>([&](auto done) { work_->RunDue(std::move(done)); }).ok());
  }

  const table::TableAddress address_ = {"111111111111", "us-east-1", "Music"};
  os::ManualClock clock_{kNowMs};
  engine::TestLoop loop_;
  const std::unique_ptr<engine::Engine> engine_ = engine::NewMemoryEngine(clock_);
  const table::UnwrapTableKey unwrap_ = [](const table::TableRecord&) { return engine::TestKey(); };
  std::unique_ptr<table::Catalogue> catalogue_ =
      *table::Catalogue::Open(*engine_, engine::TestKey, unwrap_, {}, clock_);
  std::unique_ptr<StreamWork> work_ =
      std::make_unique<StreamWork>(*engine_, *catalogue_, unwrap_, clock_, table::StreamPeriods());
};

TEST_F(StreamWorkTest, AShardEndsWhereTheFeedIsWhenItIsOld) {
  Tell(3);
  clock_.AdvanceMs(4 * kHourMs);
  Run();
  Tell(1);
  const auto record = Record();
  ASSERT_EQ(record->streams.at(0).shards.size(), 2U);
  EXPECT_EQ(record->streams[0].shards[0].last, 3U);
  EXPECT_EQ(record->streams[0].shards[1].first, 4U);
  clock_.AdvanceMs(24 * kHourMs);
  Run();
  EXPECT_EQ(Record()->streams.at(0).shards.front().first, 4U);
}

TEST_F(StreamWorkTest, AStreamThatIsDisabledEndsWithANumberOfItsOwn) {
  const auto changed = engine::Await<table::ChangedRecord>(loop_, [&](auto done) {
    catalogue_->Update(
        address_,
        [](const table::TableRecord* current) -> Result<table::TableRecord> {
          table::TableRecord next = table::StreamDisabling(*current);
          next.status = table::TableStatus::kUpdating;
          return next;
        },
        loop_, std::move(done));
  });
  ASSERT_TRUE(changed.ok());
  Until([&] { return Record()->status == table::TableStatus::kActive; });
  const auto record = Record();
  EXPECT_EQ(record->streams.at(0).status, table::StreamStatus::kDisabled);
  EXPECT_EQ(record->streams[0].shards.at(0).last, 1U);
  clock_.AdvanceMs(24 * kHourMs);
  Run();
  EXPECT_TRUE(Record()->streams.empty());
}

TEST_F(StreamWorkTest, TheFeedOfADeletedTableIsKeptForADay) {
  Tell(2500);
  ASSERT_TRUE(engine::Await<std::shared_ptr<const table::TableRecord>>(loop_, [&](auto done) {
                catalogue_->Delete(address_, loop_, std::move(done), table::FeedArchive{"archive", "tables/2", "key"});
              }).ok());
  Until([&] { return Record() == nullptr; });
  const auto archives = catalogue_->archives().Load();
  ASSERT_EQ(archives->size(), 1U);
  const table::TableRecord& archive = archives->begin()->second->record();
  EXPECT_EQ(archive.streams.at(0).shards.at(0).last, 2500U);
  const auto page = engine::FeedNow(loop_, **engine::OpenNow(loop_, *engine_, "tables/2"), 0, {.count_max = 5000});
  EXPECT_EQ(page->records.size(), 2500U);
  EXPECT_EQ(page->records.front().number, 1U);
  EXPECT_EQ(page->records.front().committed_ms, kNowMs);
  EXPECT_FALSE(engine::OpenNow(loop_, *engine_, "tables/1").ok());
  clock_.AdvanceMs(24 * kHourMs);
  Run();
  EXPECT_TRUE(catalogue_->archives().Load()->empty());
  EXPECT_FALSE(engine::OpenNow(loop_, *engine_, "tables/2").ok());
}

}  // namespace
}  // namespace basalt::chores

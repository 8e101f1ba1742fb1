// Pages of a shard while it closes, and while its records go.
#include "feed/shard_reader.h"

#include <gtest/gtest.h>

#include "engine/memory/memory_engine.h"
#include "engine/testing.h"
#include "os/clock.h"
#include "table/stream_state.h"

namespace basalt::feed {
namespace {

constexpr int64_t kNowMs = 1'700'000'000'123;

class ShardReaderTest : public ::testing::Test {
 protected:
  ShardReaderTest() {
    table::TableRecord record;
    record.address = {"111111111111", "us-east-1", "Music"};
    record.table_id = "id";
    record.keyspace = "tables/1";
    record.status = table::TableStatus::kActive;
    record = table::StreamEnabled(table::WithNewStream(std::move(record), table::StreamView::kKeysOnly, kNowMs));
    iterator_ = {.stream_arn = table::StreamArn(record, record.latest_stream_label), .shard_ms = kNowMs};
    keyspace_ = *engine::CreateNow(loop_, *engine_, record.keyspace);
    table_ = std::make_shared<const table::Table>(
        *engine_, std::make_shared<const table::TableRecord>(std::move(record)), unwrap_, clock_);
  }

  void Tell(int count) {
    ASSERT_TRUE(engine::TransactNow(loop_, *keyspace_, {}, [&](engine::Values) {
                  engine::Plan plan;
                  plan.feed_records.resize(static_cast<size_t>(count), {table::EncodeChangeRecord({})});
                  return plan;
                }).ok());
  }

  void Publish(table::TableRecord (*change)(table::TableRecord)) { Publish(change(table_->record())); }
  void Publish(table::TableRecord record) {
    table_ =
        std::make_shared<const table::Table>(*table_, std::make_shared<const table::TableRecord>(std::move(record)));
  }

  // Of the record that `through` is, of whichever is in force.
  Result<ShardRecords> Read(const std::shared_ptr<const table::Table>& through, ShardIterator from,
                            ReadTerms terms = {.records_max = 1000}) {
    return engine::Await<ShardRecords>(
        loop_, [&](auto done) { ReadShard(through, keyspace_, from, terms, loop_, std::move(done)); });
  }

  ShardIterator After(uint64_t number) const {
    ShardIterator from = iterator_;
    from.after = number;
    return from;
  }
  ShardIterator Horizon() const {
    ShardIterator from = iterator_;
    from.from_horizon = true;
    return from;
  }

  engine::TestLoop loop_;
  os::ManualClock clock_{kNowMs};
  const std::unique_ptr<engine::Engine> engine_ = engine::NewMemoryEngine(clock_);
  const table::UnwrapTableKey unwrap_ = [](const table::TableRecord&) { return engine::TestKey(); };
  std::shared_ptr<engine::Keyspace> keyspace_;
  std::shared_ptr<const table::Table> table_;
  ShardIterator iterator_;
};

TEST_F(ShardReaderTest, NothingIsToldOfAShardThatCloses) {
  Tell(5);
  const std::shared_ptr<const table::Table> former = table_;
  EXPECT_EQ(Read(former, Horizon())->records.size(), 5U);
  Publish(table::ShardClosing);
  // Whichever record the reader began with.
  for (const auto& through : {former, table_}) {
    const auto page = Read(through, After(2));
    EXPECT_TRUE(page->records.empty());
    EXPECT_EQ(page->next_after, 2U);
  }
  Tell(2);
  Publish(table::ShardClosed(table_->record(), 6, kNowMs + 1));
  const auto rest = Read(former, After(2));
  ASSERT_EQ(rest->records.size(), 4U);
  EXPECT_EQ(rest->records.back().number, 6U);
  EXPECT_EQ(rest->next_after, std::nullopt);
  ShardIterator child = Horizon();
  child.shard_ms = kNowMs + 1;
  const auto next = Read(former, child);
  ASSERT_EQ(next->records.size(), 1U);
  EXPECT_EQ(next->records[0].number, 7U);
  EXPECT_EQ(next->next_after, 7U);
  // At the end there is nothing more.
  EXPECT_EQ(Read(former, After(6))->next_after, std::nullopt);
}

TEST_F(ShardReaderTest, PagesOfAClosedShardEndWithIt) {
  Tell(5);
  Publish(table::ShardClosing);
  Publish(table::ShardClosed(table_->record(), 4, kNowMs + 1));
  ShardIterator from = Horizon();
  std::vector<uint64_t> numbers;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = Read(table_, from, {.records_max = 2});
    for (const engine::FeedRecord& record : page->records) {
      numbers.push_back(record.number);
    }
    if (!page->next_after) {
      break;
    }
    from = After(*page->next_after);
  }
  EXPECT_EQ(numbers, (std::vector<uint64_t>{1, 2, 3, 4}));
}

TEST_F(ShardReaderTest, WhatIsTooOldIsTrimmedWhetherItIsGoneOrNot) {
  Tell(3);
  clock_.AdvanceMs(10);
  Tell(3);
  const ReadTerms terms = {.records_max = 2, .kept_since_ms = kNowMs};
  for (int i = 0; i < 2; ++i) {
    const auto kept = Read(table_, Horizon(), terms);
    ASSERT_GE(kept->records.size(), 1U);
    EXPECT_EQ(kept->records[0].number, 4U);
    EXPECT_EQ(Read(table_, After(0), terms).error().reason, Reason::kTrimmed);
    EXPECT_EQ(Read(table_, After(2), terms).error().reason, Reason::kTrimmed);
    EXPECT_EQ(Read(table_, After(3), terms)->records.size(), 2U);
    ASSERT_TRUE(engine::TrimNow(loop_, *keyspace_, 3).ok());
  }
  // All of it.
  const auto none = Read(table_, Horizon(), {.records_max = 2, .kept_since_ms = kNowMs + 10});
  EXPECT_TRUE(none->records.empty());
  EXPECT_EQ(none->next_after, 6U);
}

TEST_F(ShardReaderTest, AShardThatIsForgottenIsNotFound) {
  Tell(1);
  table::TableRecord record = table_->record();
  record.streams.clear();
  const std::shared_ptr<const table::Table> former = table_;
  Publish(std::move(record));
  EXPECT_EQ(Read(former, Horizon()).error().reason, Reason::kNotFound);
}

TEST_F(ShardReaderTest, WithoutAKeyspaceThereIsNothing) {
  Publish(table::StreamDisabled(table::StreamDisabling(table_->record()), 1, kNowMs));
  keyspace_ = nullptr;
  const auto page = Read(table_, Horizon());
  EXPECT_TRUE(page->records.empty());
  EXPECT_EQ(page->next_after, std::nullopt);
}

}  // namespace
}  // namespace basalt::feed

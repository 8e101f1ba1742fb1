// Streams of a record as time goes by.
#include "table/stream_state.h"

#include <gtest/gtest.h>

namespace basalt::table {
namespace {

constexpr int64_t kNowMs = 1'700'000'000'123;
constexpr StreamPeriods kPeriods = {};

TableRecord Streamed() {
  TableRecord record;
  record.address = {"111111111111", "us-east-1", "Music"};
  record.table_id = "id";
  record.keyspace = "tables/1";
  record.partition = {"pk", model::Type::kS};
  record.status = TableStatus::kActive;
  return StreamEnabled(WithNewStream(std::move(record), StreamView::kNewImage, kNowMs));
}

TEST(StreamState, IsStoredWithItsRecord) {
  TableRecord record = ShardClosing(Streamed());
  record = ShardClosed(std::move(record), 7, kNowMs + 5);
  record = ShardClosing(std::move(record));
  record.archive = {"new id", "tables/2", std::string("\0key", 4)};
  const auto decoded = DecodeTableRecord(EncodeTableRecord(record));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, record);
  EXPECT_EQ(decoded->streams.at(0).shards.at(1).first, 8U);
  EXPECT_TRUE(decoded->streams.at(0).shards.at(1).closing);
}

TEST(StreamState, ShardsOfOneMomentHaveDifferentOnes) {
  TableRecord record = Streamed();
  for (uint64_t last = 1; last <= 3; ++last) {
    record = ShardClosed(ShardClosing(std::move(record)), last, kNowMs);
  }
  const std::vector<ShardRecord>& shards = record.streams.at(0).shards;
  ASSERT_EQ(shards.size(), 4U);
  for (size_t i = 1; i < shards.size(); ++i) {
    EXPECT_GT(shards[i].created_ms, shards[i - 1].created_ms);
    EXPECT_EQ(shards[i].parent_ms, shards[i - 1].created_ms);
    EXPECT_EQ(shards[i].first, shards[i - 1].last + 1);
  }
}

TEST(StreamState, AShardClosesOnlyOnceItWasSaid) {
  const TableRecord record = Streamed();
  EXPECT_EQ(ShardClosed(record, 1, kNowMs), record);
  EXPECT_EQ(StreamDisabled(record, 1, kNowMs), record);
  // What was to close is over if the stream is.
  const TableRecord disabled = StreamDisabled(StreamDisabling(ShardClosing(record)), 4, kNowMs);
  EXPECT_EQ(ShardClosed(disabled, 5, kNowMs), disabled);
  EXPECT_EQ(disabled.streams.at(0).shards.at(0).last, 4U);
  EXPECT_FALSE(disabled.streams.at(0).shards.at(0).closing);
  EXPECT_EQ(RotationMs(disabled, kPeriods), std::nullopt);
}

TEST(StreamState, RotationIsDueWhenAShardIsOldAndAtOnceIfItWasBegun) {
  const TableRecord record = Streamed();
  EXPECT_EQ(RotationMs(record, kPeriods), kNowMs + kPeriods.shard_ms);
  EXPECT_EQ(RotationMs(ShardClosing(record), kPeriods), 0);
}

TEST(StreamState, WhatIsOldGoesOnlyWhenNothingOfItIsLeft) {
  TableRecord record = ShardClosed(ShardClosing(Streamed()), 7, kNowMs);
  const int64_t old_ms = kNowMs + kPeriods.retention_ms;
  EXPECT_EQ(OldShardMs(record, kPeriods), old_ms);
  EXPECT_EQ(WithoutOldShards(record, 7, old_ms - 1, kPeriods), record);
  EXPECT_EQ(WithoutOldShards(record, 6, old_ms, kPeriods), record);
  record = WithoutOldShards(record, 7, old_ms, kPeriods);
  ASSERT_EQ(record.streams.size(), 1U);
  EXPECT_EQ(record.streams[0].shards.size(), 1U);
  EXPECT_EQ(record.streams[0].shards[0].parent_ms, kNowMs);
  record =
      WithoutOldShards(StreamDisabled(StreamDisabling(record), 9, old_ms), 9, old_ms + kPeriods.retention_ms, kPeriods);
  EXPECT_TRUE(record.streams.empty());
  EXPECT_FALSE(record.latest_stream_label.empty());
  // Numbers go on.
  record = StreamEnabled(WithNewStream(std::move(record), StreamView::kKeysOnly, old_ms));
  EXPECT_EQ(record.streams.at(0).shards.at(0).first, 10U);
}

TEST(StreamState, AnArchiveHasTheStreamsAndNothingElseOfTheTable) {
  TableRecord record = Streamed();
  record.tags = {{"a", "b"}};
  record.archive = {"new id", "tables/2", "key"};
  const TableRecord archive = ArchiveOf(record, 3, kNowMs + 1);
  EXPECT_EQ(archive.table_id, "new id");
  EXPECT_EQ(archive.keyspace, "tables/2");
  EXPECT_EQ(archive.wrapped_table_key, "key");
  EXPECT_TRUE(archive.tags.empty());
  EXPECT_FALSE(archive.archive.has_value());
  ASSERT_EQ(archive.streams.size(), 1U);
  EXPECT_EQ(archive.streams[0].status, StreamStatus::kDisabled);
  EXPECT_EQ(archive.streams[0].shards.at(0).last, 3U);
}

}  // namespace
}  // namespace basalt::table

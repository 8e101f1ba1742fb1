#include "feed/names.h"

#include <gtest/gtest.h>

namespace basalt::feed {
namespace {

TEST(SequenceNumber, ComparesAsTextAsItDoesAsANumber) {
  std::string last;
  for (const uint64_t number : {uint64_t{1}, uint64_t{9}, uint64_t{10}, uint64_t{4'294'967'296}, UINT64_MAX}) {
    const std::string text = SequenceNumber(number);
    EXPECT_EQ(text.size(), 21U);
    EXPECT_GT(text, last);
    EXPECT_EQ(ParseSequenceNumber(text), number);
    last = text;
  }
}

TEST(SequenceNumber, ANumberThatWasNeverGivenIsOutsideOfAllThatWere) {
  EXPECT_EQ(ParseSequenceNumber("000000000000000000000"), 0U);
  EXPECT_EQ(ParseSequenceNumber("000000000000000000042"), 0U);
  EXPECT_EQ(ParseSequenceNumber("0000100000000000000000042"), 42U);
  EXPECT_EQ(ParseSequenceNumber("200000000000000000042"), UINT64_MAX);
  EXPECT_EQ(ParseSequenceNumber("199999999999999999999"), UINT64_MAX);
  EXPECT_EQ(ParseSequenceNumber("1000000000000000000042"), UINT64_MAX);
  for (const char* text : {"", "x", "10000000000000000004x", "-00000000000000000042", "+00000000000000000042"}) {
    EXPECT_EQ(ParseSequenceNumber(text), std::nullopt) << text;
  }
}

TEST(ShardId, IsOrderedByCreationAndNamesOneShard) {
  const table::StreamRecord stream = {
      .label = "2023-11-14T22:13:20.123",
      .shards = {{.created_ms = 1'414'576'573'621, .last = 5}, {.created_ms = 1'414'590'973'621, .first = 6}}};
  const std::string first = ShardId(stream, stream.shards[0].created_ms);
  const std::string second = ShardId(stream, stream.shards[1].created_ms);
  EXPECT_EQ(first.substr(0, 29), "shardId-00000001414576573621-");
  EXPECT_EQ(first.size(), 37U);
  EXPECT_LT(first, second);
  EXPECT_EQ(FindShard(stream, second), &stream.shards[1]);
  EXPECT_EQ(FindShard(stream, first + "0"), nullptr);
  EXPECT_NE(ShardId({.label = "another"}, stream.shards[0].created_ms), first);
}

TEST(EventId, IsOfOneRecordOfOneStream) {
  EXPECT_EQ(EventId("a", 1).size(), 32U);
  EXPECT_EQ(EventId("a", 1), EventId("a", 1));
  EXPECT_NE(EventId("a", 1), EventId("a", 2));
  EXPECT_NE(EventId("a", 1), EventId("b", 1));
}

}  // namespace
}  // namespace basalt::feed

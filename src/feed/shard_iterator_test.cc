#include "feed/shard_iterator.h"

#include <gtest/gtest.h>

namespace basalt::feed {
namespace {

const ShardIterator kIterator = {
    .stream_arn = "arn:aws:dynamodb:us-east-1:111111111111:table/Music/stream/2023-11-14T22:13:20.123",
    .shard_ms = 1'700'000'000'123,
    .after = 42,
    .issued_ms = 1'700'000'000'999};

TEST(ShardIterator, ComesBackAsItWas) {
  const std::string text = EncodeShardIterator(kIterator);
  EXPECT_TRUE(text.starts_with(kIterator.stream_arn + "|1|"));
  EXPECT_EQ(ParseShardIterator(text), kIterator);
  ShardIterator horizon = kIterator;
  horizon.from_horizon = true;
  EXPECT_EQ(ParseShardIterator(EncodeShardIterator(horizon)), horizon);
}

TEST(ShardIterator, IsNotUnderstoodIfAnyCharacterIsAnother) {
  const std::string text = EncodeShardIterator(kIterator);
  for (size_t at = 0; at < text.size(); ++at) {
    std::string other = text;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ParseShardIterator(other), std::nullopt) << at;
    EXPECT_EQ(ParseShardIterator(text.substr(0, at)), std::nullopt) << at;
  }
  EXPECT_EQ(ParseShardIterator(text + "A"), std::nullopt);
}

}  // namespace
}  // namespace basalt::feed

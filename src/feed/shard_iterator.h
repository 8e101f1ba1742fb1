// Shard iterators: a place in a shard as text, which the client carries from page to page.
//   <ARN of the stream>|1|<base64 of: version | flags | shard | number | time | checksum of all of it>
// The ARN stands there in clear, and is what a call is authorized by: nothing is trusted that the text says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace basalt::feed {

struct ShardIterator {
  std::string stream_arn;
  int64_t shard_ms = 0;       // when the shard was created
  bool from_horizon = false;  // at the oldest record that is there, whichever that is by then
  uint64_t after = 0;         // else behind this number
  int64_t issued_ms = 0;

  friend bool operator==(const ShardIterator&, const ShardIterator&) = default;
};

std::string EncodeShardIterator(const ShardIterator& iterator);
std::optional<ShardIterator> ParseShardIterator(std::string_view text);  // nullopt: we never gave it

}  // namespace basalt::feed

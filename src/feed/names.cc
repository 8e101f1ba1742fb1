// Names of shards and records.
#include "feed/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/checksum.h"

namespace basalt::feed {
namespace {

constexpr char kNumberLead = '1';  // no number begins with 0
constexpr size_t kNumberDigits = 20;

}  // namespace

std::string ShardId(const table::StreamRecord& stream, int64_t created_ms) {
  const auto hash = static_cast<uint32_t>(Xxh3(stream.label, static_cast<uint64_t>(created_ms)));
  return fmt::format("shardId-{:020}-{:08x}", created_ms, hash);
}

const table::ShardRecord* FindShard(const table::StreamRecord& stream, std::string_view id) {
  const auto found = std::find_if(stream.shards.begin(), stream.shards.end(), [&](const table::ShardRecord& shard) {
    return ShardId(stream, shard.created_ms) == id;
  });
  return found == stream.shards.end() ? nullptr : &*found;
}

std::string SequenceNumber(uint64_t number) { return fmt::format("{}{:020}", kNumberLead, number); }

std::optional<uint64_t> ParseSequenceNumber(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  if (text.size() != kNumberDigits + 1) {
    return text.size() > kNumberDigits + 1 ? UINT64_MAX : 0;
  }
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  return error != std::errc() || text[0] != kNumberLead ? UINT64_MAX : number;
}

std::string EventId(std::string_view stream_arn, uint64_t number) {
  return fmt::format("{:016x}{:016x}", Xxh3(stream_arn, number), Xxh3(stream_arn, ~number));
}

}  // namespace basalt::feed

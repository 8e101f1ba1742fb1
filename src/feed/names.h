// What clients call shards and records: ids of shards, and sequence numbers, which are the numbers of the table's feed
// in a width of their own, so that they compare as text too.
//
//   ShardId(stream, shard.created_ms)    // "shardId-00000001414576573621-f55eea83"
//   SequenceNumber(42)                   // "100000000000000000042"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "table/stream_record.h"

namespace basalt::feed {

std::string ShardId(const table::StreamRecord& stream, int64_t created_ms);
// Null if the stream has no such shard.
const table::ShardRecord* FindShard(const table::StreamRecord& stream, std::string_view id);

std::string SequenceNumber(uint64_t number);
// Nullopt for a text that is no number; one that we never gave is 0, or more than any that there is.
std::optional<uint64_t> ParseSequenceNumber(std::string_view text);

// 32 hex digits, of one record of one stream.
std::string EventId(std::string_view stream_arn, uint64_t number);

}  // namespace basalt::feed

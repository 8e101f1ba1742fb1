// What becomes of a table's streams, as pure functions of its record: they are enabled and disabled, their shards
// follow one another and go when nothing of them is left. Source: Developer Guide, "Change data capture for DynamoDB
// Streams".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "table/table_record.h"

namespace basalt::table {

// How long streams keep what.
struct StreamPeriods {
  int64_t retention_ms = int64_t{24} * 3'600'000;  // of a record, and of a shard and a stream after their end
  int64_t shard_ms = int64_t{4} * 3'600'000;       // that a shard is open
};

// Null if there is none.
const StreamRecord* FindStream(const TableRecord& record, std::string_view label);
const StreamRecord* EnabledStream(const TableRecord& record);    // into which writes go
const StreamRecord* TogglingStream(const TableRecord& record);   // ENABLING or DISABLING
const StreamRecord* DescribedStream(const TableRecord& record);  // of which StreamSpecification speaks
// Null if every shard is closed.
const ShardRecord* OpenShard(const StreamRecord& stream);

std::string StreamArn(const TableRecord& record, std::string_view label);
// The moment of enabling. Where a label is taken already the next millisecond is: `not_before_ms` says of what others
// have.
int64_t NewStreamMs(const TableRecord& record, int64_t now_ms, int64_t not_before_ms = 0);

// kLimitExceeded: as many streams of the table as may be are still kept.
Status CheckStreamCount(const TableRecord& record);

// The record with a new stream that is ENABLING.
TableRecord WithNewStream(TableRecord record, StreamView view, int64_t created_ms);
// The stream that is ENABLING takes writes from now on.
TableRecord StreamEnabled(TableRecord record);
// The enabled stream takes no more writes: DISABLING.
TableRecord StreamDisabling(TableRecord record);
// Once nobody writes to it any more, and `last` is the newest number of the feed: DISABLED.
TableRecord StreamDisabled(TableRecord record, uint64_t last, int64_t now_ms);

// When the open shard of the enabled stream has been open for long enough; nullopt if there is none.
std::optional<int64_t> RotationMs(const TableRecord& record, const StreamPeriods& periods);
// Two steps: its end is being found, then it is known and another shard begins.
TableRecord ShardClosing(TableRecord record);
TableRecord ShardClosed(TableRecord record, uint64_t last, int64_t now_ms);

// Without the shards, and streams, of which nothing is left. `trimmed`: of the feed's records.
TableRecord WithoutOldShards(TableRecord record, uint64_t trimmed, int64_t now_ms, const StreamPeriods& periods);
// When there may be such, if nothing is trimmed before; nullopt if no shard is closed.
std::optional<int64_t> OldShardMs(const TableRecord& record, const StreamPeriods& periods);

// What is kept of a table that is gone: its streams, all DISABLED, in its archive.
TableRecord ArchiveOf(const TableRecord& record, uint64_t last, int64_t now_ms);

}  // namespace basalt::table

// Reads a shard of a stream: pages of its records that are younger than they are kept, in the order of their numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "engine/engine.h"
#include "feed/shard_iterator.h"
#include "table/catalogue.h"
#include "table/change_record.h"

namespace basalt::feed {

struct ShardRecords {
  std::vector<engine::FeedRecord> records;
  std::optional<uint64_t> next_after;  // nullopt: the shard is closed, and this was all of it
};

// How to read, beside where.
struct ReadTerms {
  size_t records_max = 0;
  int64_t kept_since_ms = 0;  // records that were committed before, or then, count as trimmed
};

// Any failure that is the client's. kTrimmed: what should follow is gone. kNotFound: there is no such shard any more.

// `keyspace` is the open one of `table`; null if the table has none, and so no records. Completes on `home`, now or
// later. `table` is one record of an incarnation; the one in force by then is gone by.
void ReadShard(std::shared_ptr<const table::Table> table, std::shared_ptr<engine::Keyspace> keyspace,
               ShardIterator iterator, ReadTerms terms, Executor& home, engine::Done<ShardRecords> done);

}  // namespace basalt::feed

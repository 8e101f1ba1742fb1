// Reading many items: Query and Scan as one walk over a range of keys, page by page, until 1 MB of items was
// evaluated, the limit is reached or the range ends. Source: API reference, Query and Scan, "Limit",
// "LastEvaluatedKey".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/arena.h"
#include "base/executor.h"
#include "base/result.h"
#include "engine/engine.h"
#include "expression/expression.h"
#include "model/value.h"
#include "table/table_record.h"

namespace basalt::table {

struct ReadRequest {
  engine::Range range;
  engine::Direction direction = engine::Direction::kForward;
  engine::Consistency consistency = engine::Consistency::kEventual;
  uint64_t limit = UINT64_MAX;  // of items evaluated
  const expression::Condition* filter = nullptr;
  const expression::Projection* projection = nullptr;
  bool count_only = false;
};

struct ReadResult {
  std::string items_json;  // elements of the array, comma-separated; empty if count_only
  uint64_t count = 0;
  uint64_t scanned_count = 0;
  uint64_t evaluated_bytes = 0;
  std::string last_evaluated_key_json;  // empty: no more
};

// `record` and what the request points to must live until `done` has run. The keyspace is kept open meanwhile.
void ReadItems(std::shared_ptr<engine::Keyspace> keyspace, const TableRecord& record, ReadRequest request,
               Executor& home, engine::Done<ReadResult> done);

// The keys of a parallel Scan's segment: an equal part of the partition hashes.
engine::Range SegmentRange(uint32_t segment, uint32_t total_segments);
// The keys a key condition selects.
engine::Range RangeOf(const TableRecord& record, const expression::KeyRange& key_range);
// Whether a key lies in a range.
bool Contains(const engine::Range& range, std::string_view key);
// The part of `range` that follows `key` in the direction, exclusively.
engine::Range After(engine::Range range, engine::Direction direction, std::string_view key);

}  // namespace basalt::table

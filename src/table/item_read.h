// Reading many items: Query and Scan as one walk over a range of keys, page by page, until 1 MB of items was
// evaluated, the limit is reached or the range ends. In an index the entries are walked; what a local index does not
// hold is fetched from the table, entry by entry. Source: API reference, Query and Scan, "Limit", "LastEvaluatedKey";
// Developer Guide, "Local Secondary Indexes", for what fetches cost.
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
#include "model/limits.h"
#include "model/value.h"
#include "table/key_schema.h"
#include "table/stored_item.h"
#include "table/table_record.h"

namespace basalt::table {

struct ReadRequest {
  engine::Range range;
  engine::Direction direction = engine::Direction::kForward;
  engine::Consistency consistency = engine::Consistency::kEventual;
  uint64_t limit = UINT64_MAX;  // of items evaluated
  // Of what is evaluated, after which the page ends: less if it goes on after what was read elsewhere, and then maybe
  // without any item, if there is no room for the first.
  uint64_t bytes_max = model::kPageBytesMax;
  bool at_least_one = true;
  const expression::Condition* filter = nullptr;
  const expression::Projection* projection = nullptr;
  bool count_only = false;
  const IndexRecord* index = nullptr;  // of the record: whose entries the range is of; null: the table's items
  bool fetch = false;                  // local indexes: what is evaluated is the entry's item, whole
};

struct ReadResult {
  std::string items_json;  // elements of the array, comma-separated; empty if count_only
  uint64_t count = 0;
  uint64_t scanned_count = 0;
  uint64_t evaluated_bytes = 0;         // of items, or of entries
  double fetched_units = 0;             // of the items that were fetched, each on its own, if read consistently
  uint64_t page_bytes = 0;              // of it all, as a page counts it
  bool more = false;                    // the page ended before the range
  std::string last_key;                 // the engine's bytes of the last key that was passed; empty: none
  std::string last_evaluated_key_json;  // the same, if there is more; empty: no more
};

// `record` and what the request points to must live until `done` has run. The keyspace is kept open meanwhile.
void ReadItems(std::shared_ptr<engine::Keyspace> keyspace, const TableRecord& record, ReadRequest request,
               Executor& home, engine::Done<ReadResult> done);

// Counts an item among those that pass the request's filter, if it does, with what the answer shows of it. `arena` is
// used for the while.
Status Evaluate(const ReadRequest& request, const StoredItem& stored, Arena& arena, ReadResult& result);

// The keys of a parallel Scan's segment: an equal part of the partition hashes.
engine::Range SegmentRange(uint32_t segment, uint32_t total_segments, uint16_t space = 0);
// The keys a key condition selects.
engine::Range RangeOf(const KeySchema& schema, const expression::KeyRange& key_range);
// Whether a key lies in a range.
bool Contains(const engine::Range& range, std::string_view key);
// The smallest string greater than every string that begins with `prefix`; empty if there is none.
std::string PrefixEnd(std::string prefix);
// The part of `range` that follows `key` in the direction, exclusively.
engine::Range After(engine::Range range, engine::Direction direction, std::string_view key);

}  // namespace basalt::table

// Item collections as writes meet them: what room is left in one before, and ItemCollectionMetrics after.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "json/node.h"
#include "model/value.h"
#include "operations/operation.h"
#include "table/item_collection.h"

namespace basalt::operations::dynamodb {

// ReturnItemCollectionMetrics is SIZE.
bool ReadWantsMetrics(const json::Node& input);

// The sizes of the collections that lie at these keys, as of every write that was answered. Completes now or later.
void ReadCollectionSizes(Call& call, std::shared_ptr<engine::Keyspace> keyspace, std::vector<engine::Key> keys,
                         engine::Done<std::vector<int64_t>> done);

// The collections that the writes to one table touch, each once.
struct TouchedCollections {
  // Answers with the place of the collection that `item`, an item or a key, belongs to.
  size_t Add(const table::TableRecord& record, model::Item item);
  // Reads the sizes of all. Completes now or later; this outlives that.
  void ReadSizes(Call& call, std::shared_ptr<engine::Keyspace> keyspace, engine::Done<void> done);

  std::vector<engine::Key> keys = {};
  std::vector<model::Item> items = {};  // the first to touch each
  std::vector<int64_t> sizes_bytes = {};
};

// ItemCollectionMetrics by table: of those whose sizes were read.
struct TableCollections {
  std::string_view table;  // as the request names it
  const table::TableRecord* record;
  const TouchedCollections* collections;
};
void AppendCollectionMetrics(std::string& body, bool first, std::span<const TableCollections> tables);

// {"ItemCollectionKey":…,"SizeEstimateRangeGB":…} of the collection that `item`, an item or a key, belongs to.
void AppendCollectionMetrics(std::string& out, const table::TableRecord& record, model::Item item, int64_t size_bytes);

}  // namespace basalt::operations::dynamodb

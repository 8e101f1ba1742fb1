// Item collections as writes meet them: what room is left in one before, and ItemCollectionMetrics after.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
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

// {"ItemCollectionKey":…,"SizeEstimateRangeGB":…} of the collection that `item`, an item or a key, belongs to.
void AppendCollectionMetrics(std::string& out, const table::TableRecord& record, model::Item item, int64_t size_bytes);

}  // namespace basalt::operations::dynamodb

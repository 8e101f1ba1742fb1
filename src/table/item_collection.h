// Item collections: the items of one partition key value together with their entries in local indexes. A table with
// local indexes keeps the size of each in a space of its own, as a sum that every write adds to in its own commit.
// Source: Developer Guide, "Item collections in Local Secondary Indexes".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "engine/engine.h"
#include "model/value.h"
#include "table/table_record.h"

namespace basalt::table {

inline constexpr uint16_t kItemCollectionSpace = engine::kSpaceMax;

bool HasItemCollections(const TableRecord& record);

// Where the size of the collection lies that `item`, an item or a key, belongs to.
engine::Key CollectionKeyOf(const TableRecord& record, model::Item item);
// What lies there; 0 if nothing does. kCorruption.
Result<int64_t> DecodeCollectionSize(std::optional<std::string_view> stored);

// Adds to the size. kItemCollectionLimit if the plan as a whole would let the collection grow by more than
// `room_bytes`.
Status PlanCollectionSize(const TableRecord& record, model::Item item, int64_t delta_bytes, int64_t room_bytes,
                          engine::Plan& plan);

}  // namespace basalt::table

// Sizes of item collections.
#include "table/item_collection.h"

#include <algorithm>

#include "table/key_schema.h"

namespace basalt::table {

bool HasItemCollections(const TableRecord& record) {
  return std::any_of(record.indexes.begin(), record.indexes.end(),
                     [](const IndexRecord& index) { return index.kind == IndexKind::kLocal; });
}

engine::Key CollectionKeyOf(const TableRecord& record, model::Item item) {
  return {kItemCollectionSpace, KeySchema(record).Prefix(item)};
}

Result<int64_t> DecodeCollectionSize(std::optional<std::string_view> stored) {
  return stored ? engine::DecodeSum(*stored) : Result<int64_t>(0);
}

Status PlanCollectionSize(const TableRecord& record, model::Item item, int64_t delta_bytes, int64_t room_bytes,
                          engine::Plan& plan) {
  if (delta_bytes == 0) {
    return {};
  }
  engine::Key key = CollectionKeyOf(record, item);
  int64_t growth_bytes = delta_bytes;
  for (const engine::SumDelta& other : plan.sum_deltas) {
    growth_bytes += other.key == key ? other.delta : 0;
  }
  if (delta_bytes > 0 && growth_bytes > room_bytes) {
    return Error(Reason::kItemCollectionLimit, "Collection size exceeded.");
  }
  plan.sum_deltas.push_back({std::move(key), delta_bytes});
  return {};
}

}  // namespace basalt::table

// Whether what an update made of an item is small enough to be stored. The documented limit is one on the item. Some
// have seen the service count an update's actions as well, which refuses a few items that are large but within the
// limit; that measure is here, and not in use.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "expression/expression.h"
#include "model/value.h"

namespace basalt::table {

enum class UpdateMeasure : uint8_t { kItem, kItemAndActions };

inline constexpr UpdateMeasure kUpdateMeasure = UpdateMeasure::kItem;

// `item_size_bytes` of the item as updated, whose key is `key`. `update` may be null, for none.
Status CheckUpdatedSize(size_t item_size_bytes, model::Item key, const expression::Update* update,
                        UpdateMeasure measure);

}  // namespace basalt::table

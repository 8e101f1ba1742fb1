// An item as it lies in the engine:
//   format version (1 byte) | flags (1 byte) | [stamp, 10 bytes, if the flag says so] | item size (varint) | body
// The body is the item's DynamoDB JSON, canonical and sorted, so that reading an item whole is a copy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace basalt::table {

struct StoredItem {
  size_t size_bytes = 0;       // as DynamoDB counts it
  std::string_view body_json;  // view into the stored value
};

std::string EncodeStoredItem(model::Item item);
Result<StoredItem> DecodeStoredItem(std::string_view stored);  // kCorruption

}  // namespace basalt::table

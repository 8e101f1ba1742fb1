// What a write tells a table's feed: how it changed one item. In the feed it is
//   format version (1 byte) | kind and flags (1 byte) | size (varint) | keys | new image | old image
// each of the last three length-prefixed, and canonical DynamoDB JSON as items are stored, so that to read one is to
// copy it. An image that the stream's view leaves out is empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace basalt::table {

enum class ChangeKind : uint8_t {
  kInsert,
  kModify,
  kRemove,
  kNone,  // tells nothing: only takes a number, so that a shard that is closed has at least one
};

struct ChangeRecord {
  ChangeKind kind = ChangeKind::kNone;
  bool by_service = false;  // deleted because it expired
  size_t size_bytes = 0;    // of keys and images together, as items are counted
  std::string_view keys_json;
  std::string_view new_json;
  std::string_view old_json;
};

std::string EncodeChangeRecord(const ChangeRecord& change);
Result<ChangeRecord> DecodeChangeRecord(std::string_view bytes);  // views into `bytes`; kCorruption

}  // namespace basalt::table

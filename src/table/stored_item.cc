// The stored form of an item.
#include "table/stored_item.h"

#include "base/bytes.h"
#include "model/item_json.h"

namespace basalt::table {
namespace {

constexpr uint8_t kFormatVersion = 1;
constexpr uint8_t kFlagStamp = 1;
constexpr size_t kStampBytes = 10;

}  // namespace

std::string EncodeStoredItem(model::Item item) {
  const size_t size_bytes = model::SizeBytes(item);
  std::string stored;
  stored.reserve(size_bytes + size_bytes / 4 + 64);
  stored.push_back(static_cast<char>(kFormatVersion));
  stored.push_back(0);
  AppendVarint(stored, size_bytes);
  model::AppendJson(stored, item);
  return stored;
}

Result<StoredItem> DecodeStoredItem(std::string_view stored) {
  ByteReader reader(stored);
  const auto version = reader.Read8();
  const auto flags = reader.Read8();
  if (!flags || *version != kFormatVersion || (*flags & ~kFlagStamp) != 0 ||
      ((*flags & kFlagStamp) != 0 && !reader.ReadBytes(kStampBytes))) {
    return Error(Reason::kCorruption, "a stored item has an unknown format");
  }
  const auto size_bytes = reader.ReadVarint();
  if (!size_bytes) {
    return Error(Reason::kCorruption, "a stored item is cut short");
  }
  return StoredItem{*size_bytes, reader.rest()};
}

}  // namespace basalt::table

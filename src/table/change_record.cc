// The stored form of changes.
#include "table/change_record.h"

#include "base/bytes.h"

namespace basalt::table {
namespace {

constexpr uint8_t kFormatVersion = 1;
constexpr uint8_t kKindMask = 3;
constexpr uint8_t kFlagByService = 4;

}  // namespace

std::string EncodeChangeRecord(const ChangeRecord& change) {
  std::string bytes;
  bytes.reserve(change.keys_json.size() + change.new_json.size() + change.old_json.size() + 24);
  bytes.push_back(static_cast<char>(kFormatVersion));
  bytes.push_back(static_cast<char>(static_cast<uint8_t>(change.kind) | (change.by_service ? kFlagByService : 0)));
  AppendVarint(bytes, change.size_bytes);
  AppendLengthPrefixed(bytes, change.keys_json);
  AppendLengthPrefixed(bytes, change.new_json);
  AppendLengthPrefixed(bytes, change.old_json);
  return bytes;
}

Result<ChangeRecord> DecodeChangeRecord(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto version = reader.Read8();
  const auto flags = reader.Read8();
  const auto size_bytes = reader.ReadVarint();
  const auto keys = reader.ReadLengthPrefixed();
  const auto new_image = reader.ReadLengthPrefixed();
  const auto old_image = reader.ReadLengthPrefixed();
  if (!old_image || !reader.empty() || *version != kFormatVersion || (*flags & ~(kKindMask | kFlagByService)) != 0) {
    return Error(Reason::kCorruption, "a record of a feed has an unknown format");
  }
  return ChangeRecord{static_cast<ChangeKind>(*flags & kKindMask),
                      (*flags & kFlagByService) != 0,
                      *size_bytes,
                      *keys,
                      *new_image,
                      *old_image};
}

}  // namespace basalt::table

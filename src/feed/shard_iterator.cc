// Text of shard iterators.
#include "feed/shard_iterator.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/checksum.h"

namespace basalt::feed {
namespace {

constexpr std::string_view kSeparator = "|1|";
constexpr uint8_t kFormatVersion = 1;
constexpr uint8_t kFlagFromHorizon = 1;
constexpr size_t kBytes = 2 + 8 + 8 + 8 + 8;

uint64_t ChecksumOf(std::string_view stream_arn, std::string_view bytes) {
  std::string all(stream_arn);
  all += kSeparator;
  all += bytes;
  return Xxh3(all, kFormatVersion);
}

}  // namespace

std::string EncodeShardIterator(const ShardIterator& iterator) {
  std::string bytes;
  bytes.push_back(static_cast<char>(kFormatVersion));
  bytes.push_back(static_cast<char>(iterator.from_horizon ? kFlagFromHorizon : 0));
  AppendBigEndian64(bytes, static_cast<uint64_t>(iterator.shard_ms));
  AppendBigEndian64(bytes, iterator.after);
  AppendBigEndian64(bytes, static_cast<uint64_t>(iterator.issued_ms));
  AppendBigEndian64(bytes, ChecksumOf(iterator.stream_arn, bytes));
  std::string text = iterator.stream_arn;
  text += kSeparator;
  text += Base64Encode(bytes);
  return text;
}

std::optional<ShardIterator> ParseShardIterator(std::string_view text) {
  const size_t end = text.rfind(kSeparator);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view encoded = text.substr(end + kSeparator.size());
  std::string bytes(encoded.size() / 4 * 3, '\0');
  size_t size = 0;
  if (Base64Decode(encoded, bytes.data(), size) != Base64Defect::kNone || size != kBytes) {
    return std::nullopt;
  }
  ShardIterator iterator;
  iterator.stream_arn = text.substr(0, end);
  ByteReader reader(std::string_view(bytes).substr(0, kBytes));
  const uint8_t version = *reader.Read8();
  const uint8_t flags = *reader.Read8();
  iterator.from_horizon = (flags & kFlagFromHorizon) != 0;
  iterator.shard_ms = static_cast<int64_t>(*reader.Read64());
  iterator.after = *reader.Read64();
  iterator.issued_ms = static_cast<int64_t>(*reader.Read64());
  const uint64_t checksum = *reader.Read64();
  if (version != kFormatVersion || (flags & ~kFlagFromHorizon) != 0 ||
      checksum != ChecksumOf(iterator.stream_arn, std::string_view(bytes).substr(0, kBytes - sizeof(uint64_t)))) {
    return std::nullopt;
  }
  return iterator;
}

}  // namespace basalt::feed

// Arbitrary text as a shard iterator: what is understood is written the same again; the parts of it are arbitrary too.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"
#include "feed/names.h"
#include "feed/shard_iterator.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::feed;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto iterator = ParseShardIterator(text)) {
    BASALT_CHECK(EncodeShardIterator(*iterator) == text);
  }
  if (const auto number = ParseSequenceNumber(text); number && *number != 0 && *number != UINT64_MAX) {
    BASALT_CHECK(SequenceNumber(*number) == text.substr(text.find_first_not_of('0')));
  }
  ShardIterator made;
  if (size >= 24) {
    std::memcpy(&made.shard_ms, data, 8);
    std::memcpy(&made.after, data + 8, 8);
    std::memcpy(&made.issued_ms, data + 16, 8);
    made.from_horizon = (data[0] & 1) != 0;
    made.stream_arn = text.substr(24);
    BASALT_CHECK(ParseShardIterator(EncodeShardIterator(made)) == made);
  }
  return 0;
}

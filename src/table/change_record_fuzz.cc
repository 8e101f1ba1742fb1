// Arbitrary bytes as a record of a feed: what is read is written back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "table/change_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::table;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto change = DecodeChangeRecord(bytes);
  if (change.ok()) {
    const std::string again = EncodeChangeRecord(*change);
    const auto same = DecodeChangeRecord(again);
    BASALT_CHECK(same.ok() && same->kind == change->kind && same->by_service == change->by_service &&
                 same->size_bytes == change->size_bytes && same->keys_json == change->keys_json &&
                 same->new_json == change->new_json && same->old_json == change->old_json);
  }
  return 0;
}

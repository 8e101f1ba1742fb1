// Any bytes as a tag: what may be one is UTF-8 of bounded length, and so is whatever it begins with.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "json/utf8.h"
#include "model/limits.h"
#include "model/tag.h"

using namespace basalt::model;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  IsReservedTagKey(text);
  if (IsTagKey(text)) {
    BASALT_CHECK(!text.empty() && IsTagValue(text));
  }
  if (!IsTagValue(text)) {
    return 0;
  }
  BASALT_CHECK(basalt::json::IsUtf8(text) && size <= kTagValueLengthMax * 3);
  for (size_t i = 0; i <= size; ++i) {
    const std::string_view head = text.substr(0, i);
    BASALT_CHECK(IsTagValue(head) == basalt::json::IsUtf8(head));
  }
  return 0;
}

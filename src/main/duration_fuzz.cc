// Any text as a duration: one that is taken is in its bounds, and its milliseconds are a duration too.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "main/duration.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using basalt::main::ParseDuration;
  // The fuzzer's bytes are text.
  const std::optional<int64_t> duration_ms = ParseDuration({reinterpret_cast<const char*>(data), size});
  if (duration_ms) {
    BASALT_CHECK(*duration_ms >= 1 && *duration_ms <= basalt::main::kDurationMsMax);
    BASALT_CHECK(ParseDuration(std::to_string(*duration_ms) + "ms") == duration_ms);
  }
  return 0;
}

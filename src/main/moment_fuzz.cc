// Arbitrary text as a moment: what is taken for a time is written the same way again.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "main/moment.h"
#include "os/clock.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto moment = basalt::main::ParseMoment(text); moment && !moment->is_ago) {
    BASALT_CHECK(basalt::os::FormatSeconds(moment->ms).starts_with(text));
  }
  return 0;
}

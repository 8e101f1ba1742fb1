// Arbitrary bytes as basalt.toml: settings, or one line that names the file.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "main/configuration.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto mode : {basalt::main::ServerMode::kDev, basalt::main::ServerMode::kServe}) {
    auto settings = basalt::main::ParseConfiguration(text, "f", mode);
    if (!settings.ok()) {
      BASALT_CHECK(settings.error().text.starts_with("f:"));
      BASALT_CHECK(settings.error().text.find('\n') == std::string::npos);
      BASALT_CHECK(settings.error().text.find("; ") != std::string::npos);
      continue;
    }
    const auto completed = basalt::main::Complete(*settings);
    BASALT_CHECK(completed.ok() || completed.error().text.find("; ") != std::string::npos);
  }
  return 0;
}

// Form parameters of any bytes: decoded or refused.
#include "server/query_parameters.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  basalt::Arena arena;
  const auto parameters =
      basalt::server::ParseParameters({static_cast<const char*>(static_cast<const void*>(data)), size}, arena);
  if (parameters.ok()) {
    size_t decoded = 0;
    for (const auto& parameter : *parameters) {
      decoded += parameter.name.size() + parameter.value.size();
    }
    BASALT_CHECK(decoded <= size);
  }
  return 0;
}

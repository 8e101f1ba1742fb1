// Gunzip of any bytes stays within its bound.
#include "base/gzip.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kBound = 100'000;
  const auto decoded = basalt::Gunzip({static_cast<const char*>(static_cast<const void*>(data)), size}, kBound);
  BASALT_CHECK(!decoded.ok() || decoded->size() <= kBound);
  return 0;
}

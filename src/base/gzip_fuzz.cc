// Gunzip of any bytes stays within its bound; what Gzip packs, Gunzip gives back.
#include "base/gzip.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kBound = 100'000;
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto decoded = basalt::Gunzip(bytes, kBound);
  BASALT_CHECK(!decoded.ok() || decoded->size() <= kBound);
  const auto packed = basalt::Gzip(bytes);
  BASALT_CHECK(packed.ok());
  const auto unpacked = basalt::Gunzip(*packed, size);
  BASALT_CHECK(unpacked.ok() && *unpacked == bytes);
  return 0;
}

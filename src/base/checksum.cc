#include "base/checksum.h"

#include <libdeflate.h>
#include <xxhash.h>

namespace basalt {

uint32_t Crc32(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

uint64_t Xxh3(std::string_view bytes, uint64_t seed) { return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed); }

}  // namespace basalt

// CRC-32 (IEEE 802.3) for x-amz-crc32, by libdeflate, which takes a tenth of zlib's time for a kilobyte, and XXH3 for
// hashing keys. Neither protects against an adversary.
#pragma once

#include <cstdint>
#include <string_view>

namespace basalt {

uint32_t Crc32(std::string_view bytes);
uint64_t Xxh3(std::string_view bytes, uint64_t seed);

}  // namespace basalt

// CRC-32 (IEEE 802.3, by libdeflate, ten times as fast as zlib on a kilobyte) for x-amz-crc32, and XXH3 for hashing keys. Neither protects against an adversary.
#pragma once

#include <cstdint>
#include <string_view>

namespace basalt {

uint32_t Crc32(std::string_view bytes);
uint64_t Xxh3(std::string_view bytes, uint64_t seed);

}  // namespace basalt

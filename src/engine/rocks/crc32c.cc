// CRC-32C by the processor's own instruction, in the place of RocksDB's. Distributions build RocksDB for the oldest
// processor of the architecture, where it has only tables: each byte of a write's log record then costs as much as
// sealing it. The library calls its function by name, so that one of the same name in the program comes first; what it
// computes is the same, and without the instruction the library's own is called (measured in bench/RESULTS.md).
#if defined(__x86_64__)

#include <dlfcn.h>
#include <nmmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace basalt::engine::rocks {
namespace {

using Function = uint32_t (*)(uint32_t, const char*, size_t);

constexpr size_t kWord = sizeof(uint64_t);
// The instruction gives its result three cycles after it begins, and one can begin at each.
constexpr size_t kLanes = 3;
constexpr size_t kLaneBytes = 256;

// Advances a CRC over kLaneBytes of zeros: the map is linear, so it is a table for each of its bytes.
class ZerosTable {
 public:
  ZerosTable() {
    uint32_t of_bit[32];
    for (int bit = 0; bit < 32; ++bit) {
      of_bit[bit] = OverZeros(uint32_t{1} << bit);
    }
    for (int byte = 0; byte < 4; ++byte) {
      for (uint32_t value = 0; value < 256; ++value) {
        uint32_t sum = 0;
        for (int bit = 0; bit < 8; ++bit) {
          sum ^= (value >> bit & 1) != 0 ? of_bit[byte * 8 + bit] : 0;
        }
        table_[byte][value] = sum;
      }
    }
  }

  uint32_t Advance(uint32_t crc) const {
    return table_[0][crc & 0xff] ^ table_[1][crc >> 8 & 0xff] ^ table_[2][crc >> 16 & 0xff] ^ table_[3][crc >> 24];
  }

 private:
  __attribute__((target("sse4.2"))) static uint32_t OverZeros(uint32_t crc) {
    uint64_t state = crc;
    for (size_t word = 0; word < kLaneBytes / kWord; ++word) {
      state = _mm_crc32_u64(state, 0);
    }
    return static_cast<uint32_t>(state);
  }

  uint32_t table_[4][256];
};

uint64_t WordAt(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, kWord);
  return word;
}

__attribute__((target("sse4.2"))) uint32_t ExtendByInstruction(uint32_t crc, const char* at, size_t size) {
  static const ZerosTable zeros;
  uint64_t state = ~crc;
  while (size >= kLanes * kLaneBytes) {
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t i = 0; i < kLaneBytes; i += kWord) {
      state = _mm_crc32_u64(state, WordAt(at + i));
      second = _mm_crc32_u64(second, WordAt(at + kLaneBytes + i));
      third = _mm_crc32_u64(third, WordAt(at + 2 * kLaneBytes + i));
    }
    state = zeros.Advance(static_cast<uint32_t>(state)) ^ second;
    state = zeros.Advance(static_cast<uint32_t>(state)) ^ third;
    at += kLanes * kLaneBytes;
    size -= kLanes * kLaneBytes;
  }
  while (size >= kWord) {
    state = _mm_crc32_u64(state, WordAt(at));
    at += kWord;
    size -= kWord;
  }
  auto last = static_cast<uint32_t>(state);
  for (; size > 0; --size) {
    last = _mm_crc32_u8(last, static_cast<uint8_t>(*at++));
  }
  return ~last;
}

Function Chosen() {
  if (__builtin_cpu_supports("sse4.2")) {
    return ExtendByInstruction;
  }
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, "_ZN7rocksdb6crc32c6ExtendEjPKcm"));
}

}  // namespace
}  // namespace basalt::engine::rocks

namespace rocksdb::crc32c {

// Declared nowhere in RocksDB's public headers; known by its name in the library.
uint32_t Extend(uint32_t crc, const char* data, size_t size);

uint32_t Extend(uint32_t crc, const char* data, size_t size) {
  static const basalt::engine::rocks::Function extend = basalt::engine::rocks::Chosen();
  return extend(crc, data, size);
}

}  // namespace rocksdb::crc32c

#endif

// Our CRC-32C gives what RocksDB's gives, and is the one that RocksDB calls.
#if defined(__x86_64__)

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

namespace rocksdb::crc32c {
uint32_t Extend(uint32_t crc, const char* data, size_t size);
}

namespace basalt::engine::rocks {
namespace {

constexpr char kName[] = "_ZN7rocksdb6crc32c6ExtendEjPKcm";
using Function = uint32_t (*)(uint32_t, const char*, size_t);

TEST(Crc32c, GivesTheValuesOfTheStandard) {
  // RFC 3720, B.4.
  EXPECT_EQ(rocksdb::crc32c::Extend(0, std::string(32, '\0').data(), 32), 0x8a9136aau);
  EXPECT_EQ(rocksdb::crc32c::Extend(0, std::string(32, '\xff').data(), 32), 0x62a8ab43u);
  EXPECT_EQ(rocksdb::crc32c::Extend(0, "123456789", 9), 0xe3069283u);
}

TEST(Crc32c, AgreesWithTheLibrarysOwnAtEveryLength) {
  const auto library = reinterpret_cast<Function>(dlsym(RTLD_NEXT, kName));
  ASSERT_NE(library, nullptr);
  ASSERT_NE(library, &rocksdb::crc32c::Extend);
  std::mt19937_64 random(1);
  std::string bytes(5000, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(random());
  }
  for (size_t size = 0; size < 3000; ++size) {
    const char* const at = bytes.data() + random() % 64;
    const auto before = static_cast<uint32_t>(random());
    ASSERT_EQ(rocksdb::crc32c::Extend(before, at, size), library(before, at, size)) << size;
  }
}

TEST(Crc32c, IsWhatTheLibraryFinds) {
  EXPECT_EQ(dlsym(RTLD_DEFAULT, kName), reinterpret_cast<void*>(&rocksdb::crc32c::Extend));
}

}  // namespace
}  // namespace basalt::engine::rocks

#endif

// There and back, bounds, damage.
#include "base/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace basalt {
namespace {

std::string Packed(std::string_view bytes) { return *Gzip(bytes); }

// As other tools compress: another level, another window.
std::string PackedElsewhere(std::string input, int level, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, level, Z_DEFLATED, window_bits + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string output(2 * input.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  output.resize(stream.total_out);
  ::deflateEnd(&stream);
  return output;
}

TEST(Gunzip, GivesBackWhatWasCompressed) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{16384}, size_t{16385}, size_t{1000000}}) {
    const std::string text(size, 'x');
    const Result<std::string> decoded = Gunzip(Packed(text), 1'000'000);
    ASSERT_TRUE(decoded.ok()) << size;
    EXPECT_EQ(*decoded, text);
    for (const int level : {0, 9}) {
      EXPECT_EQ(*Gunzip(PackedElsewhere(text, level, 9), 1'000'000), text) << size;
    }
  }
}

TEST(Gunzip, StopsAtTheBound) {
  const std::string bomb = Packed(std::string(50'000'000, '\0'));
  EXPECT_EQ(Gunzip(bomb, 1000).error().reason, Reason::kTooLarge);
  EXPECT_EQ(Gunzip(Packed(std::string(1001, 'x')), 1000).error().reason, Reason::kTooLarge);
  EXPECT_TRUE(Gunzip(Packed(std::string(1000, 'x')), 1000).ok());
}

TEST(Gunzip, RefusesDamageCutsAndTrailingBytes) {
  const std::string whole = Packed("some text that is compressed");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Gunzip(whole.substr(0, size), 1000).ok()) << size;
  }
  std::string flipped = whole;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);  // within the checksum
  EXPECT_FALSE(Gunzip(flipped, 1000).ok());
  EXPECT_FALSE(Gunzip(whole + "x", 1000).ok());
  EXPECT_FALSE(Gunzip("{}", 1000).ok());
}

TEST(Gzip, MakesTextSmallerAndNoiseHardlyLarger) {
  std::string text;
  while (text.size() < 100'000) {
    text += R"({"pk":{"S":"customer#)" + std::to_string(text.size()) + R"("},"total":{"N":"17"}},)";
  }
  EXPECT_LT(Packed(text).size(), text.size() / 4);
  std::string noise(100'000, '\0');
  uint64_t state = 1;
  for (char& byte : noise) {
    state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    byte = static_cast<char>(state >> 56);
  }
  const std::string packed = Packed(noise);
  EXPECT_LT(packed.size(), noise.size() + 200);
  EXPECT_EQ(*Gunzip(packed, noise.size()), noise);
}

}  // namespace
}  // namespace basalt

// Gunzip: round trips, bounds, damage.
#include "base/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace basalt {
namespace {

std::string Gzip(std::string input) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string output(::deflateBound(&stream, input.size()), '\0');
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
    const Result<std::string> decoded = Gunzip(Gzip(text), 1'000'000);
    ASSERT_TRUE(decoded.ok()) << size;
    EXPECT_EQ(*decoded, text);
  }
}

TEST(Gunzip, StopsAtTheBound) {
  const std::string bomb = Gzip(std::string(50'000'000, '\0'));
  EXPECT_EQ(Gunzip(bomb, 1000).error().reason, Reason::kTooLarge);
  EXPECT_EQ(Gunzip(Gzip(std::string(1001, 'x')), 1000).error().reason, Reason::kTooLarge);
  EXPECT_TRUE(Gunzip(Gzip(std::string(1000, 'x')), 1000).ok());
}

TEST(Gunzip, RefusesDamageCutsAndTrailingBytes) {
  const std::string whole = Gzip("some text that is compressed");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Gunzip(whole.substr(0, size), 1000).ok()) << size;
  }
  std::string flipped = whole;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);  // within the checksum
  EXPECT_FALSE(Gunzip(flipped, 1000).ok());
  EXPECT_FALSE(Gunzip(whole + "x", 1000).ok());
  EXPECT_FALSE(Gunzip("{}", 1000).ok());
}

}  // namespace
}  // namespace basalt

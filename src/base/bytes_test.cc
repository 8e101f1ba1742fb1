// Fixed-width integers, varints, hex, and a reader that stays inside its view.
#include "base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace basalt {
namespace {

TEST(Bytes, BigEndianReadsWhatItWrote) {
  std::string out;
  AppendBigEndian16(out, 0x0102);
  AppendBigEndian32(out, 0x03040506);
  AppendBigEndian64(out, 0x0708090a0b0c0d0eULL);
  EXPECT_EQ(HexEncode(out), "0102030405060708090a0b0c0d0e");
  ByteReader reader(out);
  EXPECT_EQ(reader.Read16(), 0x0102);
  EXPECT_EQ(reader.Read32(), 0x03040506U);
  EXPECT_EQ(reader.Read64(), 0x0708090a0b0c0d0eULL);
  EXPECT_TRUE(reader.empty());
  EXPECT_FALSE(reader.Read8());
}

TEST(Bytes, VarintsRoundTripAtTheirEdges) {
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{16383}, uint64_t{16384},
                               std::numeric_limits<uint64_t>::max()}) {
    std::string out;
    AppendVarint(out, value);
    ByteReader reader(out);
    EXPECT_EQ(reader.ReadVarint(), value);
    EXPECT_TRUE(reader.empty());
  }
}

TEST(Bytes, MalformedVarintsAreRefusedAndNothingMoves) {
  const std::string too_long(10, '\xff');
  ByteReader reader(too_long);
  EXPECT_FALSE(reader.ReadVarint());
  EXPECT_EQ(reader.rest().size(), too_long.size());
  ByteReader cut(std::string_view("\x80", 1));
  EXPECT_FALSE(cut.ReadVarint());
}

TEST(Bytes, LengthPrefixBeyondTheEndIsRefusedAndNothingMoves) {
  const std::string bytes =
      "\x05"
      "abc";
  ByteReader reader(bytes);
  EXPECT_FALSE(reader.ReadLengthPrefixed());
  EXPECT_EQ(reader.rest(), bytes);
}

TEST(Bytes, HexRefusesOddLengthsAndOtherCharacters) {
  EXPECT_EQ(HexDecode("00ffA0"), std::string("\x00\xff\xa0", 3));
  EXPECT_FALSE(HexDecode("0"));
  EXPECT_FALSE(HexDecode("0g"));
}

}  // namespace
}  // namespace basalt

// Keys as bytes: their order is that of the values, decoding is the inverse of encoding, nothing is a prefix of
// anything else.
#include "model/key_encoding.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "model/limits.h"
#include "model/number.h"

namespace basalt::model {
namespace {

using namespace std::string_view_literals;

std::string Encoded(const Value& value) {
  std::string bytes;
  AppendOrdered(bytes, value);
  return bytes;
}

int Sign(int order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); }

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  // Bytes and strings over few letters, so that prefixes, zeros and ends meet often.
  std::string Bytes(bool utf8) {
    static constexpr std::string_view kBytes(
        "\x00\x00\x01\xff\xfe"
        "a",
        6);
    std::string bytes;
    const size_t count = random_() % 6;
    for (size_t i = 0; i < count; ++i) {
      if (!utf8) {
        bytes += kBytes[random_() % kBytes.size()];
      } else if (random_() % 4 == 0) {
        bytes += "\xf4\x8f\xbf\xbf";
      } else {
        bytes += "\0\0\x01z"sv[random_() % 4];
      }
    }
    return bytes;
  }

  std::string Canonical() {
    const std::string text = (random_() % 2 == 0 ? "-" : "") + std::to_string(random_() % 1000) + "E" +
                             std::to_string(static_cast<int>(random_() % 8) - 4);
    return Number::Parse(text).value().ToCanonical();
  }

 private:
  std::mt19937_64 random_;
};

TEST(KeyEncoding, HasAKnownForm) {
  EXPECT_EQ(Encoded(Value::String("ab")), "ab\0\0"sv);
  EXPECT_EQ(Encoded(Value::String("")), "\0\0"sv);
  EXPECT_EQ(Encoded(Value::Binary("a\0b"sv)),
            "a\0\xff"
            "b\0\0"sv);
  EXPECT_EQ(Encoded(Value::Number("0")), "\x02"sv);
  EXPECT_EQ(Encoded(Value::Number("1")), "\x03\x82\x14"sv);
  EXPECT_EQ(Encoded(Value::Number("1234")), "\x03\x85\x19\x44"sv);
  EXPECT_EQ(Encoded(Value::Number("-1")), "\x01\x7d\xeb"sv);
}

TEST(KeyEncoding, SortsAsTheValuesDo) {
  Generator generator(1);
  for (int i = 0; i < 60'000; ++i) {
    for (const Type type : {Type::kS, Type::kN, Type::kB}) {
      const std::string text_a = type == Type::kN ? generator.Canonical() : generator.Bytes(type == Type::kS);
      const std::string text_b = type == Type::kN ? generator.Canonical() : generator.Bytes(type == Type::kS);
      Value a = Value::String(text_a);
      Value b = Value::String(text_b);
      a.type = type;
      b.type = type;
      const std::string bytes_a = Encoded(a);
      const std::string bytes_b = Encoded(b);
      ASSERT_EQ(Sign(bytes_a.compare(bytes_b)), Sign(Compare(a, b))) << HexEncode(text_a) << " " << HexEncode(text_b);
      if (text_a != text_b) {
        ASSERT_FALSE(bytes_a.starts_with(bytes_b));
      }
    }
  }
}

TEST(KeyEncoding, DecodesWhatItEncodes) {
  Generator generator(2);
  Arena arena;
  for (int i = 0; i < 20'000; ++i) {
    for (const Type type : {Type::kS, Type::kN, Type::kB}) {
      const std::string text = type == Type::kN ? generator.Canonical() : generator.Bytes(type == Type::kS);
      Value value = Value::String(text);
      value.type = type;
      const std::string bytes = Encoded(value) + "rest";
      std::string_view rest = bytes;
      const Result<Value> decoded = DecodeOrdered(rest, type, arena);
      ASSERT_TRUE(decoded.ok());
      ASSERT_EQ(decoded->type, type);
      ASSERT_EQ(decoded->text, text);
      ASSERT_EQ(rest, "rest");
    }
  }
}

TEST(KeyEncoding, DecodesSeveralValuesInARow) {
  Arena arena;
  std::string bytes;
  AppendOrdered(bytes, Value::String("pk\0x"sv));
  AppendOrdered(bytes, Value::Number("-12.5"));
  AppendOrdered(bytes, Value::Binary("\0"sv));
  std::string_view rest = bytes;
  EXPECT_EQ(DecodeOrdered(rest, Type::kS, arena)->text, "pk\0x"sv);
  EXPECT_EQ(DecodeOrdered(rest, Type::kN, arena)->text, "-12.5");
  EXPECT_EQ(DecodeOrdered(rest, Type::kB, arena)->text, "\0"sv);
  EXPECT_TRUE(rest.empty());
}

TEST(KeyEncoding, RefusesBrokenBytesAndMovesNothing) {
  Arena arena;
  for (const std::string_view bytes :
       {""sv, "a"sv, "a\0"sv, "a\0\x01\0\0"sv, "\0\xff"sv, "\xff\0\0"sv, "\xed\xa0\x80\0\0"sv}) {
    std::string_view rest = bytes;
    const Result<Value> decoded = DecodeOrdered(rest, Type::kS, arena);
    ASSERT_FALSE(decoded.ok()) << HexEncode(bytes);
    EXPECT_EQ(decoded.error().reason, Reason::kCorruption);
    EXPECT_EQ(rest.size(), bytes.size());
  }
  std::string_view rest = "\xff\0\0"sv;  // well-formed as a binary
  EXPECT_TRUE(DecodeOrdered(rest, Type::kB, arena).ok());
  rest = "\x03\x82"sv;
  EXPECT_FALSE(DecodeOrdered(rest, Type::kN, arena).ok());
  EXPECT_EQ(rest.size(), 2U);
}

TEST(KeyEncoding, PrefixOfAValueIsAPrefixOfItsBytes) {
  Generator generator(3);
  for (int i = 0; i < 20'000; ++i) {
    const std::string prefix = generator.Bytes(false);
    const std::string whole = generator.Bytes(false);
    std::string bytes;
    AppendOrderedPrefix(bytes, Value::Binary(prefix));
    ASSERT_EQ(Encoded(Value::Binary(whole)).starts_with(bytes), whole.starts_with(prefix))
        << HexEncode(prefix) << " " << HexEncode(whole);
  }
}

TEST(KeyEncoding, StaysSmall) {
  const std::string zeros(kPartitionKeyBytesMax, '\0');
  EXPECT_EQ(Encoded(Value::Binary(zeros)).size(), 2 * zeros.size() + 2);
  EXPECT_EQ(Encoded(Value::String(std::string(kSortKeyBytesMax, 'x'))).size(), kSortKeyBytesMax + 2);
  EXPECT_EQ(Encoded(Value::Number(std::string(38, '9'))).size(), kNumberOrderedBytesMax);
}

TEST(PartitionPrefix, IsTheHashAndTheEncodedValue) {
  const Value value = Value::String("user#1");
  const std::string prefix = PartitionPrefix(7, value);
  EXPECT_EQ(prefix.substr(kPartitionHashBytes), Encoded(value));
  EXPECT_EQ(ReadBigEndian32(prefix.data()), PartitionHash(7, value));
  EXPECT_EQ(PartitionPrefix(7, value), prefix);
  EXPECT_NE(PartitionHash(8, value), PartitionHash(7, value));
  EXPECT_NE(PartitionHash(7, Value::String("user#2")), PartitionHash(7, value));
  EXPECT_EQ(PartitionHash(7, Value::Number("1")), PartitionHash(7, Value::Number("1")));
}

TEST(PartitionPrefix, TakesSeveralValues) {
  const std::vector<Value> values = {Value::String("a"), Value::Number("5")};
  const std::string prefix = PartitionPrefix(7, values);
  EXPECT_EQ(prefix.substr(kPartitionHashBytes), Encoded(values[0]) + Encoded(values[1]));
  EXPECT_EQ(PartitionPrefix(7, std::span(values).first(1)), PartitionPrefix(7, values[0]));
}

TEST(PartitionPrefix, SpreadsKeysOverTheHashSpace) {
  std::vector<int> buckets(16, 0);
  for (int i = 0; i < 16'000; ++i) {
    buckets[PartitionHash(1, Value::Number(std::to_string(i + 1))) >> 28] += 1;
  }
  for (const int count : buckets) {
    EXPECT_GT(count, 800);
    EXPECT_LT(count, 1200);
  }
}

}  // namespace
}  // namespace basalt::model

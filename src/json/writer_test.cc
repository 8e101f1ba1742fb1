// JSON out: grammar, escapes, numbers; what is written reads back.
#include "json/writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "json/node.h"

namespace basalt::json {
namespace {

template <class Write>
std::string Written(Write write) {
  std::string out;
  Writer writer(out);
  write(writer);
  return out;
}

std::string Escaped(std::string_view text) {
  std::string out;
  AppendString(out, text);
  return out;
}

TEST(JsonWriter, PutsCommasBetweenSiblings) {
  EXPECT_EQ(Written([](Writer& writer) {
              writer.BeginObject();
              writer.Key("a");
              writer.BeginArray();
              writer.Integer(1);
              writer.String("x");
              writer.BeginArray();
              writer.EndArray();
              writer.BeginObject();
              writer.EndObject();
              writer.Null();
              writer.EndArray();
              writer.Key("b");
              writer.Bool(true);
              writer.Key("c");
              writer.Raw("{\"z\":0}");
              writer.Key("d");
              writer.Bool(false);
              writer.EndObject();
            }),
            R"({"a":[1,"x",[],{},null],"b":true,"c":{"z":0},"d":false})");
}

TEST(JsonWriter, WritesIntegers) {
  EXPECT_EQ(Written([](Writer& writer) { writer.Integer(std::numeric_limits<int64_t>::min()); }),
            "-9223372036854775808");
  EXPECT_EQ(Written([](Writer& writer) { writer.Integer(0); }), "0");
}

TEST(JsonWriter, WritesDoublesShortestWithAFraction) {
  const auto written = [](double value) { return Written([&](Writer& writer) { writer.Double(value); }); };
  EXPECT_EQ(written(0), "0.0");
  EXPECT_EQ(written(-0.0), "-0.0");
  EXPECT_EQ(written(1), "1.0");
  EXPECT_EQ(written(0.5), "0.5");
  EXPECT_EQ(written(-2.25), "-2.25");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(100000), "100000.0");
  EXPECT_EQ(written(123456789012.0), "123456789012.0");
  EXPECT_EQ(written(1e20), "1e+20");
  EXPECT_EQ(written(1e-9), "1e-09");
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonWriter, WritesDoublesThatReadBack) {
  std::mt19937_64 random(20);
  for (int i = 0; i < 20'000; ++i) {
    double value = 0;
    const uint64_t bits = random();
    std::memcpy(&value, &bits, sizeof(value));
    if (!(value - value == 0)) {
      continue;  // not finite
    }
    Arena arena;
    const std::string text = Written([&](Writer& writer) { writer.Double(value); });
    const Result<Node> node = Parse(text, arena);
    ASSERT_TRUE(node.ok()) << text;
    ASSERT_EQ(node->kind, Kind::kDouble) << text;
    ASSERT_EQ(node->real, value) << text;
  }
}

TEST(JsonWriter, WritesMillisecondsAsSeconds) {
  const auto written = [](int64_t value) { return Written([&](Writer& writer) { writer.Seconds(value); }); };
  EXPECT_EQ(written(1'700'000'000'123), "1700000000.123");
  EXPECT_EQ(written(1'700'000'000'000), "1700000000.000");
  EXPECT_EQ(written(1'700'000'000'040), "1700000000.040");
  EXPECT_EQ(written(7), "0.007");
  EXPECT_EQ(written(0), "0.000");
  EXPECT_EQ(written(-1500), "-1.500");
  EXPECT_EQ(written(-1), "-0.001");
  EXPECT_EQ(written(std::numeric_limits<int64_t>::min()), "-9223372036854775.808");
}

TEST(AppendString, EscapesWhatJsonDemandsAndNothingElse) {
  EXPECT_EQ(Escaped(""), "\"\"");
  EXPECT_EQ(Escaped("plain / \x7f caf\xc3\xa9 \xf0\x9f\x98\x80"), "\"plain / \x7f caf\xc3\xa9 \xf0\x9f\x98\x80\"");
  EXPECT_EQ(Escaped("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Escaped("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(Escaped(std::string_view("\0\x01\x0b\x1f", 4)), R"("\u0000\u0001\u000b\u001f")");
}

TEST(AppendString, FindsAnEscapeAtEveryPlace) {
  for (int c = 0; c < 256; ++c) {
    const bool escapes = c < 0x20 || c == '"' || c == '\\';
    for (const size_t size : {1U, 15U, 16U, 20U, 32U, 47U}) {
      for (size_t at = 0; at < size; ++at) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(c);
        EXPECT_EQ(PlainPrefix(text), escapes ? at : size) << c << " at " << at << " of " << size;
      }
    }
  }
}

TEST(AppendString, ReadsBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    const size_t length = random() % 60;
    while (text.size() < length) {
      switch (random() % 4) {
        case 0:
          text.push_back(static_cast<char>(random() % 0x80));
          break;
        case 1:
          text += "\xc3\xa9";
          break;
        case 2:
          text += "\\\"";
          break;
        default:
          text += "plain text";
      }
    }
    Arena arena;
    const Result<Node> node = Parse(Escaped(text), arena);
    ASSERT_TRUE(node.ok());
    ASSERT_EQ(node->string, text);
  }
}

}  // namespace
}  // namespace basalt::json

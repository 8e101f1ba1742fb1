// JSON in: what is accepted, what is refused, and that a large document leaves nothing behind.
#include "json/node.h"

#include <gtest/gtest.h>

#include <string>

#include "json/utf8.h"

namespace basalt::json {
namespace {

std::string Repeat(std::string_view text, size_t count) {
  std::string repeated;
  for (size_t i = 0; i < count; ++i) {
    repeated += text;
  }
  return repeated;
}

bool Refused(std::string_view text) {
  Arena arena;
  const Result<Node> node = Parse(text, arena);
  return !node.ok() && node.error().reason == Reason::kSerialization;
}

TEST(ParseJson, ReadsEveryKind) {
  Arena arena;
  const Result<Node> node =
      Parse(R"({"n":null,"t":true,"f":false,"i":-42,"max":9223372036854775807,"min":-9223372036854775808,"d":1.5,)"
            R"("e":1e3,"s":"x","a":[1,[],"y"],"o":{"k":{}}})",
            arena);
  ASSERT_TRUE(node.ok());
  ASSERT_TRUE(node->IsObject());
  ASSERT_EQ(node->members.size(), 11U);
  EXPECT_EQ(node->members[0].name, "n");
  EXPECT_TRUE(node->members[0].value.IsNull());
  EXPECT_EQ(node->Find("t")->kind, Kind::kTrue);
  EXPECT_EQ(node->Find("f")->kind, Kind::kFalse);
  EXPECT_EQ(node->Find("i")->kind, Kind::kInteger);
  EXPECT_EQ(node->Find("i")->integer, -42);
  EXPECT_EQ(node->Find("max")->integer, INT64_MAX);
  EXPECT_EQ(node->Find("min")->integer, INT64_MIN);
  EXPECT_EQ(node->Find("d")->kind, Kind::kDouble);
  EXPECT_EQ(node->Find("d")->real, 1.5);
  EXPECT_EQ(node->Find("e")->kind, Kind::kDouble);
  EXPECT_EQ(node->Find("e")->real, 1000.0);
  EXPECT_EQ(node->Find("s")->string, "x");
  const Node& array = *node->Find("a");
  ASSERT_EQ(array.kind, Kind::kArray);
  ASSERT_EQ(array.elements.size(), 3U);
  EXPECT_EQ(array.elements[0].integer, 1);
  EXPECT_TRUE(array.elements[1].elements.empty());
  EXPECT_EQ(array.elements[2].string, "y");
  EXPECT_TRUE(node->Find("o")->Find("k")->IsObject());
  EXPECT_EQ(node->members[10].name, "o");
}

TEST(ParseJson, AcceptsAnyValueAndWhiteSpaceAround) {
  Arena arena;
  EXPECT_EQ(Parse(" \t\r\n7 \n", arena)->integer, 7);
  EXPECT_EQ(Parse("\"x\"", arena)->string, "x");
  EXPECT_TRUE(Parse("null", arena)->IsNull());
}

TEST(ParseJson, UnescapesStrings) {
  Arena arena;
  const Result<Node> node = Parse(R"(["\"\\\/\b\f\n\r\t\u0000\u001f\u00e9\u20ac\ud83d\ude00", ""])", arena);
  ASSERT_TRUE(node.ok());
  EXPECT_EQ(node->elements[0].string,
            std::string_view("\"\\/\b\f\n\r\t\0\x1f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 19));
  EXPECT_EQ(node->elements[1].string, "");
}

TEST(ParseJson, RefusesWhatIsNotJson) {
  for (const std::string_view text :
       {"",    " ",        "{",       "}",         "[1,]",        "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "'x'",   "nul",
        "NaN", "Infinity", "01",      "+1",        ".5",          "5.",         "1e",        "0x10",  "[1 2]", "{} {}",
        "\"a", "\"\n\"",   "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "tru",        "// c\n1",   "[1]x",  "--1"}) {
    EXPECT_TRUE(Refused(text)) << text;
  }
}

TEST(ParseJson, RefusesIntegersAndDoublesOutOfRange) {
  EXPECT_TRUE(Refused("9223372036854775808"));
  EXPECT_TRUE(Refused("18446744073709551615"));
  EXPECT_TRUE(Refused("18446744073709551616"));
  EXPECT_TRUE(Refused("-9223372036854775809"));
  EXPECT_TRUE(Refused("[1,{\"a\":99999999999999999999999999}]"));
  EXPECT_TRUE(Refused("1e400"));
}

TEST(ParseJson, RefusesWhatIsNotUtf8) {
  EXPECT_TRUE(Refused("\"\xff\""));
  EXPECT_TRUE(Refused("\"\xc0\x80\""));          // overlong
  EXPECT_TRUE(Refused("\"\xed\xa0\x80\""));      // a surrogate
  EXPECT_TRUE(Refused("\"\xf4\x90\x80\x80\""));  // above U+10FFFF
  EXPECT_TRUE(Refused("\"\xe2\x82\""));          // cut
}

TEST(ParseJson, RefusesUnpairedSurrogates) {
  for (const std::string_view text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\u0041")",
                                      R"("\udc00\ud800")", R"("\ud800\ud800")", R"({"\udfff":1})"}) {
    EXPECT_TRUE(Refused(text)) << text;
  }
}

TEST(ParseJson, BoundsNesting) {
  EXPECT_FALSE(Refused(Repeat("[", 1000) + Repeat("]", 1000)));
  EXPECT_FALSE(Refused(Repeat("{\"a\":", 1000) + "1" + Repeat("}", 1000)));
  EXPECT_TRUE(Refused(Repeat("[", kNestingDepthMax + 1) + Repeat("]", kNestingDepthMax + 1)));
  EXPECT_TRUE(Refused(Repeat("{\"a\":", 100'000)));
  EXPECT_TRUE(Refused(Repeat("[", 1'000'000)));
}

TEST(ParseJson, TakesNoMoreThanItSaysForTheWorstTexts) {
  // As many nodes for a text as there can be; of each kind.
  for (const std::string& text :
       {"[0" + Repeat(",0", 500'000) + "]", "[[]" + Repeat(",[]", 300'000) + "]", "[{}" + Repeat(",{}", 300'000) + "]",
        "[\"\"" + Repeat(",\"\"", 300'000) + "]", "{\"\":0" + Repeat(",\"\":0", 200'000) + "}",
        "{\"\":{}" + Repeat(",\"\":{}", 150'000) + "}", "[[0]" + Repeat(",[0]", 250'000) + "]",
        Repeat("[", 1000) + "0" + Repeat(",0", 500'000) + Repeat("]", 1000)}) {
    Arena arena;
    ASSERT_TRUE(Parse(text, arena).ok());
    EXPECT_LE(arena.allocated_bytes(), text.size() * kNodeBytesPerByteMax + (size_t{512} << 10)) << text.substr(0, 12);
  }
}

TEST(ParseJson, RefusesWhatTakesMoreThanTheArenaMay) {
  const std::string text = "[0" + Repeat(",0", 500'000) + "]";
  Arena arena;
  const Result<Node> none = Parse(text, arena, size_t{1} << 20);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().reason, Reason::kTooLarge);
  EXPECT_LE(arena.allocated_bytes(), size_t{1} << 20);
  EXPECT_TRUE(Parse(text, arena, size_t{16} << 20).ok());
  EXPECT_TRUE(Parse("[0]", arena, 4096).ok());  // what the arena holds already does not count
  EXPECT_FALSE(Parse("[0]", arena, 0).ok());
  // Broken text is broken, whatever it takes.
  EXPECT_EQ(Parse(text + "x", arena, 0).error().reason, Reason::kSerialization);
}

TEST(ParseJson, FindsTheLastMemberOfANameThatIsNotNull) {
  Arena arena;
  const Result<Node> node = Parse(R"({"a":1,"b":null,"a":2,"a":null})", arena);
  ASSERT_TRUE(node.ok());
  EXPECT_EQ(node->members.size(), 4U);
  ASSERT_NE(node->Find("a"), nullptr);
  EXPECT_EQ(node->Find("a")->integer, 2);
  EXPECT_EQ(node->Find("b"), nullptr);
  EXPECT_EQ(node->Find("c"), nullptr);
  EXPECT_EQ(node->Find("a")->Find("x"), nullptr);  // not an object
}

TEST(ParseJson, KeepsNodesAfterTheTextIsGoneAndTheParserIsUsedAgain) {
  Arena arena;
  std::string text = R"({"first":"one"})";
  const Result<Node> first = Parse(text, arena);
  text.assign(text.size(), '#');
  const Result<Node> second = Parse(R"({"other":"two two two"})", arena);
  EXPECT_EQ(first->Find("first")->string, "one");
  EXPECT_EQ(second->Find("other")->string, "two two two");
}

TEST(ParseJson, WorksBeforeAndAfterLargeDocumentsAndErrors) {
  Arena arena;
  for (int round = 0; round < 3; ++round) {
    const std::string large = "[\"" + std::string(5'000'000, 'x') + "\"," + Repeat("1,", 100'000) + "2]";
    const Result<Node> node = Parse(large, arena);
    ASSERT_TRUE(node.ok());
    EXPECT_EQ(node->elements.size(), 100'002U);
    EXPECT_EQ(node->elements[0].string.size(), 5'000'000U);
    EXPECT_TRUE(Refused(large.substr(0, large.size() - 1)));
    EXPECT_EQ(Parse("[3]", arena)->elements[0].integer, 3);
  }
}

TEST(ParseJson, ReadsEveryLengthAroundTheBlocksOfTheScanner) {
  for (size_t length = 0; length < 300; ++length) {
    Arena arena;
    const std::string content(length, 'q');
    const Result<Node> node = Parse("\"" + content + "\"", arena);
    ASSERT_TRUE(node.ok());
    EXPECT_EQ(node->string, content);
  }
}

TEST(IsUtf8, TellsWellFormedFromMalformed) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_FALSE(IsUtf8("\x80"));
  EXPECT_FALSE(IsUtf8("\xed\xbf\xbf"));
}

}  // namespace
}  // namespace basalt::json

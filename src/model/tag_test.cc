// Tests of what may be a tag.
#include "model/tag.h"

#include <gtest/gtest.h>

#include <string>

namespace basalt::model {
namespace {

std::string Repeat(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    out += text;
  }
  return out;
}

TEST(Tag, HoldsLettersNumbersAndSpacesOfAnyScript) {
  for (const char* text : {"a", "Z", "0", " ", "+-=._:/@", "cost center/42@x", "ÄÖÜß",   "дата", "日本語", "עברית",
                           "ก", "٣", "½", "Ⅷ", "\u00a0",   "\u2028",           "\u3000", "𝔄",    "𠀀",     "ﬁ"}) {
    EXPECT_TRUE(IsTagKey(text)) << text;
    EXPECT_TRUE(IsTagValue(text)) << text;
  }
}

TEST(Tag, HoldsNothingElse) {
  for (const char* text : {"!",  "\"",   "#",    "$",  "%", "&", "'", "(", ")",       "*",      ",",      ";",   "<",
                           ">",  "?",    "[",    "\\", "]", "^", "`", "{", "|",       "}",      "~",      "\t",  "\n",
                           "\r", "\x01", "\x7f", "€",  "©", "–", "„", "😀", "e\u0301", "\u200b", "\ue000", "a\tb"}) {
    EXPECT_FALSE(IsTagKey(text)) << text;
    EXPECT_FALSE(IsTagValue(text)) << text;
  }
  EXPECT_FALSE(IsTagKey(std::string_view("\0", 1)));
}

TEST(Tag, HasItsLengthInUtf16Units) {
  EXPECT_FALSE(IsTagKey(""));
  EXPECT_TRUE(IsTagValue(""));
  for (const char* one : {"a", "ß", "語"}) {
    EXPECT_TRUE(IsTagKey(Repeat(one, 128))) << one;
    EXPECT_FALSE(IsTagKey(Repeat(one, 129))) << one;
    EXPECT_TRUE(IsTagValue(Repeat(one, 256))) << one;
    EXPECT_FALSE(IsTagValue(Repeat(one, 257))) << one;
  }
  EXPECT_TRUE(IsTagKey(Repeat("𠀀", 64)));
  EXPECT_FALSE(IsTagKey(Repeat("𠀀", 64) + "a"));
  EXPECT_FALSE(IsTagKey("a" + Repeat("𠀀", 64)));
  EXPECT_TRUE(IsTagValue(Repeat("𠀀", 128)));
  EXPECT_FALSE(IsTagValue(Repeat("𠀀", 129)));
}

TEST(Tag, IsNoBrokenUtf8) {
  for (const char* text : {"\x80", "\xc3", "a\xc3", "\xe6\x97", "\xf0\xa0\x80", "\xff", "\xed\xa0\x80", "\xc0\xa0"}) {
    EXPECT_FALSE(IsTagKey(text));
    EXPECT_FALSE(IsTagValue(text));
  }
}

TEST(Tag, KnowsTheReservedPrefixInAnyCase) {
  for (const char* text : {"aws:", "aws:a", "AWS:", "Aws:x", "aWs:\xff"}) {
    EXPECT_TRUE(IsReservedTagKey(text)) << text;
  }
  for (const char* text : {"", "aws", "awsx:", "aws;", " aws:", "xaws:", "a"}) {
    EXPECT_FALSE(IsReservedTagKey(text)) << text;
  }
}

}  // namespace
}  // namespace basalt::model

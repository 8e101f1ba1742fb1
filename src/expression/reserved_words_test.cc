// Tests of the table of reserved words.
#include "expression/reserved_words.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "base/checksum.h"

namespace basalt::expression {
namespace {

TEST(ReservedWords, AreThe573OfTheDeveloperGuide) {
  EXPECT_EQ(ReservedWords().size(), 573U);
  std::string all;
  for (const std::string_view word : ReservedWords()) {
    all += all.empty() ? "" : " ";
    all += word;
  }
  EXPECT_EQ(Crc32(all), 0x464ab9f8U) << "of the guide's own list, sorted and joined by spaces";
}

TEST(ReservedWords, AreFoundInAnyCase) {
  for (const std::string_view word : ReservedWords()) {
    std::string mixed(word);
    EXPECT_TRUE(IsReservedWord(mixed));
    for (size_t i = 0; i < mixed.size(); i += 2) {
      mixed[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(mixed[i])));
    }
    EXPECT_TRUE(IsReservedWord(mixed)) << mixed;
  }
}

TEST(ReservedWords, KeepTheirMisspellings) {
  EXPECT_TRUE(IsReservedWord("FLATTERN"));
  EXPECT_TRUE(IsReservedWord("innter"));
  EXPECT_TRUE(IsReservedWord("loged"));
}

TEST(ReservedWords, AreWholeWords) {
  for (const std::string_view word : ReservedWords()) {
    EXPECT_FALSE(IsReservedWord(std::string(word) + "_")) << word;
    EXPECT_FALSE(IsReservedWord(std::string(word) + "0")) << word;
  }
  EXPECT_FALSE(IsReservedWord(""));
  EXPECT_FALSE(IsReservedWord("A"));
  EXPECT_FALSE(IsReservedWord("z"));
  EXPECT_FALSE(IsReservedWord("ZZZ"));
  EXPECT_FALSE(IsReservedWord("_"));
  EXPECT_FALSE(IsReservedWord("{"));
  EXPECT_FALSE(IsReservedWord("REMOVE"));
  EXPECT_FALSE(IsReservedWord(std::string(5000, 'A')));
}

}  // namespace
}  // namespace basalt::expression

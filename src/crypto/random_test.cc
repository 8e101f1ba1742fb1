#include "crypto/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace basalt::crypto {
namespace {

TEST(Random, FillsEveryByteAndNeverRepeats) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(seen.insert(RandomBytes(16)).second);
    EXPECT_TRUE(seen.insert(std::string(RandomSecret(32).view())).second);
  }
  EXPECT_EQ(RandomBytes(0), "");
  EXPECT_EQ(RandomBytes((1U << 20) + 1).size(), (1U << 20) + 1);
  EXPECT_NE(RandomUint64(), RandomUint64());
}

TEST(Random, UuidIsVersionFourInLowerCase) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string uuid = RandomUuid();
    ASSERT_EQ(uuid.size(), 36U);
    for (size_t at = 0; at < uuid.size(); ++at) {
      if (at == 8 || at == 13 || at == 18 || at == 23) {
        EXPECT_EQ(uuid[at], '-');
      } else {
        EXPECT_NE(std::string_view("0123456789abcdef").find(uuid[at]), std::string_view::npos) << uuid;
      }
    }
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos) << uuid;
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST(Random, TextIsUniformOverAnAlphabetThatDoesNotDivide256) {
  const std::string alphabet = "abcdefghijk";  // 11 letters: 256 = 23 * 11 + 3, so a plain remainder favours a, b, c
  const std::string text = RandomText(110000, alphabet);
  ASSERT_EQ(text.size(), 110000U);
  std::array<int, 256> counts{};
  for (const char c : text) {
    ++counts[static_cast<unsigned char>(c)];
  }
  for (const char c : alphabet) {
    // 10000 expected, a standard deviation of about 95; the favoured letters would have about 10300.
    EXPECT_NEAR(counts[static_cast<unsigned char>(c)], 10000, 600) << c;
  }
  EXPECT_EQ(RandomText(5, "x"), "xxxxx");
}

}  // namespace
}  // namespace basalt::crypto

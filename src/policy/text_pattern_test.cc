#include "policy/text_pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace basalt::policy {
namespace {

bool Like(std::string_view pattern, std::string_view text) { return Matches(EncodePattern(pattern), text); }

// The definition, over characters: each either a byte of ASCII or a lead with what continues it.
bool LikeSlowly(const std::vector<std::string>& pattern, const std::vector<std::string>& text) {
  std::vector<bool> row(text.size() + 1, false);
  row[0] = true;
  for (const std::string& wanted : pattern) {
    std::vector<bool> next(text.size() + 1, false);
    for (size_t j = 0; j <= text.size(); ++j) {
      next[j] = wanted == "*" ? row[j] || (j > 0 && next[j - 1])
                              : j > 0 && row[j - 1] && (wanted == "?" || wanted == text[j - 1]);
    }
    row = next;
  }
  return row[text.size()];
}

std::string Joined(const std::vector<std::string>& characters) {
  std::string text;
  for (const std::string& character : characters) {
    text += character;
  }
  return text;
}

TEST(TextPattern, MatchesWholeTexts) {
  const struct {
    std::string_view pattern, text;
    bool matches;
  } rows[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"abc", "Abc", false},
      {"*", "", true},
      {"*", "anything/at:all", true},
      {"**", "", true},
      {"a*", "a", true},
      {"a*", "ba", false},
      {"*a", "ba", true},
      {"*a", "ab", false},
      {"a*a", "a", false},
      {"a*a", "aa", true},
      {"a*b*c", "axxbyyc", true},
      {"a*b*c", "axxcyyb", false},
      {"*ab*ab*", "abab", true},
      {"*ab*ab*", "aab", false},
      {"?", "", false},
      {"?", "a", true},
      {"?", "ab", false},
      {"?", "\xC3\xA9", true},
      {"?", "\xF0\x9F\x98\x80", true},
      {"??", "\xC3\xA9", false},
      {"?*?", "\xC3\xA9", false},
      {"*?", "x\xC3\xA9", true},
      {"*?\xC3\xA9", "\xC3\xA9\xC3\xA9", true},
      {"*??x*", "\xC3\xA9yx", true},
      {"a?c", "abc", true},
      {"*??????????????????????????????\xC3\xA9*",
       "\xC3\xA9"
       "123456789012345678901234567890\xC3\xA9",
       true},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Like(row.pattern, row.text), row.matches) << row.pattern << " ~ " << row.text;
  }
}

TEST(TextPattern, AgreesWithTheDefinitionOnRandomTexts) {
  std::mt19937_64 random(7);
  const std::vector<std::string> alphabet = {"a", "b", "\xC3\xA9", "*", "?"};
  const auto make = [&](size_t length_max, size_t letters, size_t bias) {
    std::vector<std::string> characters(std::uniform_int_distribution<size_t>(0, length_max)(random));
    for (std::string& character : characters) {
      const bool first = std::uniform_int_distribution<size_t>(0, bias)(random) != 0;
      character = alphabet[first ? 0 : std::uniform_int_distribution<size_t>(0, letters - 1)(random)];
    }
    return characters;
  };
  size_t matched = 0;
  for (size_t i = 0; i < 40'000; ++i) {
    // Short ones, and ones with pieces beyond a word.
    const bool is_long = i % 8 == 0;
    const std::vector<std::string> pattern = is_long ? make(200, 5, 40) : make(8, 5, 1);
    const std::vector<std::string> text = is_long ? make(400, 3, 60) : make(14, 3, 1);
    const bool expected = LikeSlowly(pattern, text);
    matched += expected ? 1 : 0;
    ASSERT_EQ(Like(Joined(pattern), Joined(text)), expected) << Joined(pattern) << " ~ " << Joined(text);
  }
  EXPECT_GT(matched, 1000U);
}

TEST(TextPattern, TakesStepsInProportionToTheTextWhateverThePatternIs) {
  constexpr size_t kPatternBytes = 20480;
  std::string stars;
  std::string ends_otherwise;
  std::string pairs;
  while (stars.size() < kPatternBytes) {
    stars += "*a";
    ends_otherwise += stars.size() % 64 == 0 ? "*" : "a";
    pairs += "*a?";
  }
  const std::string long_piece = "*" + std::string(1000, 'a') + "b*";
  const std::string long_piece_of_any = "*" + std::string(999, '?') + "ab*";
  const std::string many_runs(kPatternBytes, '*');
  const std::string text(2048, 'a');
  for (const std::string& pattern :
       {stars + "b", ends_otherwise + "b", pairs + "b", long_piece, long_piece_of_any, many_runs, many_runs + "b",
        "*" + std::string(60, 'a') + "b*", "*" + std::string(8, 'a') + "b*"}) {
    size_t steps = 0;
    MatchesCounted(EncodePattern(pattern), text, steps);
    // A step for each byte of the pattern, sixteen a byte of the text, and its masks once for a piece beyond a word.
    const size_t piece_words = pattern.size() > 1000 && pattern.size() < 1100 ? 16 : 1;
    EXPECT_LE(steps, 2 * pattern.size() + 16 * text.size() + 256 * piece_words) << pattern.substr(0, 40);
  }
}

TEST(TextPattern, TakesCharactersThatAreNoUtf8) {
  const std::string pattern = EncodePattern("*?b");
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text = {static_cast<char>(a), static_cast<char>(b)};
      Matches(pattern, text);
      Matches(EncodePattern("??"), text);
      EXPECT_TRUE(Matches(EncodePattern("*"), text));
    }
  }
  EXPECT_TRUE(Like("?*", std::string(100, '\x80')));
}

TEST(TextPattern, ComparesArnsFieldByField) {
  const struct {
    std::string_view pattern, arn;
    bool matches;
  } rows[] = {
      {"arn:aws:dynamodb:*:*:table/*", "arn:aws:dynamodb:us-east-1:1:table/T/index/I", true},
      {"arn:aws:dynamodb:us-*:1:table/T", "arn:aws:dynamodb:us-east-1:1:table/T", true},
      {"arn:aws:dynamodb:*:table/T", "arn:aws:dynamodb:us-east-1:1:table/T", false},  // a run crosses no colon
      {"arn:aws:x:::a*", "arn:aws:x:::a:b:c", true},                                  // but in the last field
      {"arn:aws:dynamodb:us-east-1", "arn:aws:dynamodb:us-east-1:1:table/T", true},
      {"arn:aws:dynamodb:us-east-2", "arn:aws:dynamodb:us-east-1:1:table/T", false},
      {"arn:*", "arn:aws:x:::a", true},
  };
  for (const auto& row : rows) {
    const std::string pattern = EncodePattern(row.pattern);
    EXPECT_EQ(MatchesArn(SplitArn(pattern), SplitArn(row.arn)), row.matches) << row.pattern << " ~ " << row.arn;
  }
  EXPECT_EQ(SplitArn("arn:aws").count, 2U);
  EXPECT_EQ(SplitArn("").count, 1U);
  EXPECT_EQ(SplitArn("a:b:c:d:e:f:g").field[5], "f:g");
}

}  // namespace
}  // namespace basalt::policy

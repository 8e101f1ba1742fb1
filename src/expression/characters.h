// The characters that expressions and statements are written in: ASCII, whatever the locale.
#pragma once

#include <cstddef>
#include <string_view>

namespace basalt::expression {

inline bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// `upper` has no small letters.
inline bool EqualIgnoringCase(std::string_view word, std::string_view upper) {
  if (word.size() != upper.size()) {
    return false;
  }
  for (size_t i = 0; i < word.size(); ++i) {
    const char c = word[i] >= 'a' && word[i] <= 'z' ? static_cast<char>(word[i] - 'a' + 'A') : word[i];
    if (c != upper[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace basalt::expression

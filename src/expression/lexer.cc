// Lexer of expressions. See lexer.h.
#include "expression/lexer.h"

#include <array>
#include <cstddef>
#include <utility>

#include "expression/characters.h"

namespace basalt::expression {
namespace {

bool IsWordCharacter(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }

size_t WordLength(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && IsWordCharacter(text[length])) {
    ++length;
  }
  return length;
}

// Of one UTF-8 character, so that an error text never quotes half of one.
size_t CharacterLength(std::string_view text) {
  size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  return length;
}

constexpr size_t kLongestKeywordBytes = 7;
constexpr std::array<std::pair<std::string_view, TokenKind>, 5> kKeywords = {{
    {"AND", TokenKind::kAnd},
    {"OR", TokenKind::kOr},
    {"NOT", TokenKind::kNot},
    {"BETWEEN", TokenKind::kBetween},
    {"IN", TokenKind::kIn},
}};
constexpr std::array<std::pair<std::string_view, TokenKind>, 4> kSectionKeywords = {{
    {"SET", TokenKind::kSet},
    {"REMOVE", TokenKind::kRemove},
    {"ADD", TokenKind::kAdd},
    {"DELETE", TokenKind::kDelete},
}};

}  // namespace

bool IsPlaceholderName(std::string_view text) { return !text.empty() && WordLength(text) == text.size(); }

TokenKind Lexer::KindOfWord(std::string_view word) const {
  if (word.size() <= kLongestKeywordBytes) {
    for (const auto& [keyword, kind] : kKeywords) {
      if (EqualIgnoringCase(word, keyword)) {
        return kind;
      }
    }
    if (section_keywords_) {
      for (const auto& [keyword, kind] : kSectionKeywords) {
        if (EqualIgnoringCase(word, keyword)) {
          return kind;
        }
      }
    }
  }
  return TokenKind::kName;
}

Token Lexer::Take(TokenKind kind, size_t size_bytes) {
  const Token token{kind, rest_.substr(0, size_bytes)};
  rest_.remove_prefix(size_bytes);
  return token;
}

Token Lexer::Next() {
  size_t spaces = 0;
  while (spaces < rest_.size() && IsSpace(rest_[spaces])) {
    ++spaces;
  }
  rest_.remove_prefix(spaces);
  if (rest_.empty()) {
    return Token{};
  }
  const char first = rest_[0];
  const char second = rest_.size() > 1 ? rest_[1] : '\0';
  if (IsLetter(first)) {
    const size_t length = WordLength(rest_);
    return Take(KindOfWord(rest_.substr(0, length)), length);
  }
  if (IsDigit(first)) {
    size_t length = 1;
    while (first != '0' && length < rest_.size() && IsDigit(rest_[length])) {
      ++length;
    }
    return Take(TokenKind::kNumber, length);
  }
  switch (first) {
    case '#':
    case ':': {
      const size_t length = WordLength(rest_.substr(1));
      if (length == 0) {
        return Take(TokenKind::kIllegal, 1);
      }
      return Take(first == '#' ? TokenKind::kNamePlaceholder : TokenKind::kValuePlaceholder, length + 1);
    }
    case '=':
      return Take(TokenKind::kEqual, 1);
    case '<':
      if (second == '>') {
        return Take(TokenKind::kNotEqual, 2);
      }
      return second == '=' ? Take(TokenKind::kLessOrEqual, 2) : Take(TokenKind::kLess, 1);
    case '>':
      return second == '=' ? Take(TokenKind::kGreaterOrEqual, 2) : Take(TokenKind::kGreater, 1);
    case '+':
      return Take(TokenKind::kPlus, 1);
    case '-':
      return Take(TokenKind::kMinus, 1);
    case '(':
      return Take(TokenKind::kOpen, 1);
    case ')':
      return Take(TokenKind::kClose, 1);
    case '[':
      return Take(TokenKind::kOpenBracket, 1);
    case ']':
      return Take(TokenKind::kCloseBracket, 1);
    case ',':
      return Take(TokenKind::kComma, 1);
    case '.':
      return Take(TokenKind::kDot, 1);
    default:
      return Take(TokenKind::kIllegal, CharacterLength(rest_));
  }
}

}  // namespace basalt::expression

// Lexer of PartiQL statements. See lexer.h.
#include "expression/partiql/lexer.h"

#include <array>
#include <cstddef>
#include <utility>

#include "expression/characters.h"

namespace basalt::expression::partiql {
namespace {

bool BeginsWord(char c) { return IsLetter(c) || c == '_' || c == '$'; }
bool ContinuesWord(char c) { return BeginsWord(c) || IsDigit(c); }

size_t DigitsFrom(std::string_view text, size_t at) {
  while (at < text.size() && IsDigit(text[at])) {
    ++at;
  }
  return at;
}

constexpr size_t kLongestKeywordBytes = 9;
constexpr std::array<std::pair<std::string_view, TokenKind>, 35> kKeywords = {{
    {"AND", TokenKind::kAnd},
    {"AS", TokenKind::kAs},
    {"ASC", TokenKind::kAsc},
    {"BETWEEN", TokenKind::kBetween},
    {"BY", TokenKind::kBy},
    {"DELETE", TokenKind::kDelete},
    {"DESC", TokenKind::kDesc},
    {"DISTINCT", TokenKind::kDistinct},
    {"EXISTS", TokenKind::kExists},
    {"FALSE", TokenKind::kFalse},
    {"FROM", TokenKind::kFrom},
    {"GROUP", TokenKind::kGroup},
    {"HAVING", TokenKind::kHaving},
    {"IN", TokenKind::kIn},
    {"INSERT", TokenKind::kInsert},
    {"INTO", TokenKind::kInto},
    {"IS", TokenKind::kIs},
    {"JOIN", TokenKind::kJoin},
    {"LIKE", TokenKind::kLike},
    {"LIMIT", TokenKind::kLimit},
    {"MISSING", TokenKind::kMissing},
    {"NOT", TokenKind::kNot},
    {"NULL", TokenKind::kNull},
    {"OR", TokenKind::kOr},
    {"ORDER", TokenKind::kOrder},
    {"REMOVE", TokenKind::kRemove},
    {"RETURNING", TokenKind::kReturning},
    {"SELECT", TokenKind::kSelect},
    {"SET", TokenKind::kSet},
    {"TRUE", TokenKind::kTrue},
    {"UNION", TokenKind::kUnion},
    {"UPDATE", TokenKind::kUpdate},
    {"VALUE", TokenKind::kValue},
    {"VALUES", TokenKind::kValues},
    {"WHERE", TokenKind::kWhere},
}};

TokenKind KindOfWord(std::string_view word) {
  if (word.size() <= kLongestKeywordBytes) {
    for (const auto& [keyword, kind] : kKeywords) {
      if (EqualIgnoringCase(word, keyword)) {
        return kind;
      }
    }
  }
  return TokenKind::kWord;
}

}  // namespace

Token Lexer::Take(TokenKind kind, size_t size_bytes) {
  const Token token{kind, rest_.substr(0, size_bytes)};
  rest_.remove_prefix(size_bytes);
  return token;
}

// A quote inside is written twice.
Token Lexer::TakeQuotation(TokenKind kind) {
  const char quote = rest_[0];
  size_t at = 1;
  for (;;) {
    at = rest_.find(quote, at);
    if (at == std::string_view::npos) {
      return Take(TokenKind::kUnterminated, rest_.size());
    }
    if (at + 1 == rest_.size() || rest_[at + 1] != quote) {
      return Take(kind, at + 1);
    }
    at += 2;
  }
}

// The sign is a token of its own. What comes close to a number is one: its value says what is wrong.
Token Lexer::TakeNumber() {
  size_t at = DigitsFrom(rest_, 0);
  if (at < rest_.size() && rest_[at] == '.') {
    at = DigitsFrom(rest_, at + 1);
  }
  if (at < rest_.size() && (rest_[at] == 'e' || rest_[at] == 'E')) {
    const bool has_sign = at + 1 < rest_.size() && (rest_[at + 1] == '+' || rest_[at + 1] == '-');
    at = DigitsFrom(rest_, at + (has_sign ? 2 : 1));
  }
  return Take(TokenKind::kNumber, at);
}

Token Lexer::TakeWord() {
  size_t length = 1;
  while (length < rest_.size() && ContinuesWord(rest_[length])) {
    ++length;
  }
  return Take(KindOfWord(rest_.substr(0, length)), length);
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
  if (BeginsWord(first)) {
    return TakeWord();
  }
  if (IsDigit(first)) {
    return TakeNumber();
  }
  switch (first) {
    case '\'':
      return TakeQuotation(TokenKind::kString);
    case '"':
      return TakeQuotation(TokenKind::kQuotedName);
    case '?':
      return Take(TokenKind::kParameter, 1);
    case '=':
      return Take(TokenKind::kEqual, 1);
    case '!':
      return second == '=' ? Take(TokenKind::kNotEqual, 2) : Take(TokenKind::kIllegal, 1);
    case '<':
      if (second == '<') {
        return Take(TokenKind::kOpenSet, 2);
      }
      if (second == '>') {
        return Take(TokenKind::kNotEqual, 2);
      }
      return second == '=' ? Take(TokenKind::kLessOrEqual, 2) : Take(TokenKind::kLess, 1);
    case '>':
      if (second == '>') {
        return Take(TokenKind::kCloseSet, 2);
      }
      return second == '=' ? Take(TokenKind::kGreaterOrEqual, 2) : Take(TokenKind::kGreater, 1);
    case '+':
      return Take(TokenKind::kPlus, 1);
    case '-':
      return Take(TokenKind::kMinus, 1);
    case '*':
      return Take(TokenKind::kStar, 1);
    case '(':
      return Take(TokenKind::kOpen, 1);
    case ')':
      return Take(TokenKind::kClose, 1);
    case '[':
      return Take(TokenKind::kOpenBracket, 1);
    case ']':
      return Take(TokenKind::kCloseBracket, 1);
    case '{':
      return Take(TokenKind::kOpenBrace, 1);
    case '}':
      return Take(TokenKind::kCloseBrace, 1);
    case ',':
      return Take(TokenKind::kComma, 1);
    case '.':
      return Take(TokenKind::kDot, 1);
    case ':':
      return Take(TokenKind::kColon, 1);
    case ';':
      return Take(TokenKind::kSemicolon, 1);
    default:
      return Take(TokenKind::kIllegal, 1);
  }
}

}  // namespace basalt::expression::partiql

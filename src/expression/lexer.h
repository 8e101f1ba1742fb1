// Lexer: an expression's text as tokens, one at a time. It never fails: a character that no token begins with is a
// token of its own (kIllegal), so that the parser can quote it. Tokens are views into the text.
// Source of behaviour: DynamoDB Developer Guide, "Expression reference"; digits as the service's error texts show
// them ("2021-03" reads as "2021", "-", "0", "3").
#pragma once

#include <cstdint>
#include <string_view>

namespace basalt::expression {

enum class TokenKind : uint8_t {
  kEnd,
  kIllegal,
  kName,              // identifier
  kNamePlaceholder,   // #n
  kValuePlaceholder,  // :v
  kNumber,
  kAnd,
  kOr,
  kNot,
  kBetween,
  kIn,
  kSet,  // these four in update expressions only; elsewhere they are names
  kRemove,
  kAdd,
  kDelete,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kComma,
  kDot,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // empty at the end
};

class Lexer {
 public:
  // `section_keywords`: whether SET, REMOVE, ADD and DELETE are keywords.
  Lexer(std::string_view text, bool section_keywords) : rest_(text), section_keywords_(section_keywords) {}

  Token Next();

 private:
  Token Take(TokenKind kind, size_t size_bytes);
  TokenKind KindOfWord(std::string_view word) const;

  std::string_view rest_;
  bool section_keywords_;
};

// `[A-Za-z0-9_]+`: what follows the sigil of a placeholder.
bool IsPlaceholderName(std::string_view text);

}  // namespace basalt::expression

// Lexer of PartiQL statements: the text as tokens, one at a time. It never fails: what no token begins with, and a
// quotation that does not end, are tokens of their own. Tokens are views into the text, quotes included.
// Source: DynamoDB Developer Guide, "PartiQL - a SQL-compatible query language".
#pragma once

#include <cstdint>
#include <string_view>

namespace basalt::expression::partiql {

enum class TokenKind : uint8_t {
  kEnd,
  kIllegal,
  kUnterminated,  // a quotation
  kWord,          // bare identifier
  kQuotedName,    // "…"
  kString,        // '…'
  kNumber,
  kParameter,  // ?
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kStar,
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kOpenSet,   // <<
  kCloseSet,  // >>
  kComma,
  kDot,
  kColon,
  kSemicolon,
  // Words that name nothing unless they are quoted.
  kAnd,
  kAs,
  kAsc,
  kBetween,
  kBy,
  kDelete,
  kDesc,
  kDistinct,
  kExists,
  kFalse,
  kFrom,
  kGroup,
  kHaving,
  kIn,
  kInsert,
  kInto,
  kIs,
  kJoin,
  kLike,
  kLimit,
  kMissing,
  kNot,
  kNull,
  kOr,
  kOrder,
  kRemove,
  kReturning,
  kSelect,
  kSet,
  kTrue,
  kUnion,
  kUpdate,
  kValue,
  kValues,
  kWhere,
};

inline bool IsKeyword(TokenKind kind) { return kind >= TokenKind::kAnd; }

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // empty at the end
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Token Next();

 private:
  Token Take(TokenKind kind, size_t size_bytes);
  Token TakeQuotation(TokenKind kind);
  Token TakeNumber();
  Token TakeWord();

  std::string_view rest_;
};

}  // namespace basalt::expression::partiql

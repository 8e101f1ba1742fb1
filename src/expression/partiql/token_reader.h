// TokenReader: a statement's tokens with one to look ahead, and what is said of one that does not fit.
// Every error is kValidation: "Statement wasn't well formed, can't be processed: <detail>".
#pragma once

#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "expression/partiql/lexer.h"

namespace basalt::expression::partiql {

Error NotWellFormed(std::string_view detail, SourceLocation where = SourceLocation::Current());
Error ExpectedDataManipulation(SourceLocation where = SourceLocation::Current());

class TokenReader {
 public:
  TokenReader(std::string_view text, Arena& arena) : arena_(arena), lexer_(text) {
    current_ = lexer_.Next();
    next_ = lexer_.Next();
  }

  const Token& current() const { return current_; }
  const Token& next() const { return next_; }
  bool At(TokenKind kind) const { return current_.kind == kind; }
  // A bare word, in any case of letters, that is no keyword.
  bool AtWord(std::string_view upper) const;
  bool AtName() const { return At(TokenKind::kWord) || At(TokenKind::kQuotedName); }
  // A bare name that parentheses follow.
  bool AtCall() const { return At(TokenKind::kWord) && next_.kind == TokenKind::kOpen; }

  void Advance();
  bool Take(TokenKind kind);  // whether it stood there
  Status Expect(TokenKind kind);
  Status ExpectWord(std::string_view upper);
  Result<std::string_view> ExpectName();  // bare or quoted, without its quotes; not empty
  // Of the current token, a string, without its quotes.
  std::string_view Unquoted() const;

  // Why the current token cannot stand where it does.
  Error Unexpected(SourceLocation where = SourceLocation::Current()) const;
  // The same where something is open around `depth` others.
  static Status CheckDepth(int depth);

 private:
  Arena& arena_;
  Lexer lexer_;
  Token current_;
  Token next_;
};

}  // namespace basalt::expression::partiql

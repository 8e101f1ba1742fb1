// The reader of a statement's tokens. See token_reader.h.
#include "expression/partiql/token_reader.h"

#include <string>

#include "expression/characters.h"
#include "model/limits.h"

namespace basalt::expression::partiql {

Error NotWellFormed(std::string_view detail, SourceLocation where) {
  std::string text = "Statement wasn't well formed, can't be processed: ";
  text += detail;
  return Error(Reason::kValidation, std::move(text), where);
}

Error ExpectedDataManipulation(SourceLocation where) { return NotWellFormed("Expected data manipulation", where); }

bool TokenReader::AtWord(std::string_view upper) const {
  return At(TokenKind::kWord) && EqualIgnoringCase(current_.text, upper);
}

void TokenReader::Advance() {
  current_ = next_;
  next_ = lexer_.Next();
}

bool TokenReader::Take(TokenKind kind) {
  if (!At(kind)) {
    return false;
  }
  Advance();
  return true;
}

Status TokenReader::Expect(TokenKind kind) { return Take(kind) ? Status() : Unexpected(); }

Status TokenReader::ExpectWord(std::string_view upper) {
  if (!AtWord(upper)) {
    return Unexpected();
  }
  Advance();
  return {};
}

Result<std::string_view> TokenReader::ExpectName() {
  std::string_view name;
  if (At(TokenKind::kWord)) {
    name = current_.text;
  } else if (At(TokenKind::kQuotedName)) {
    name = Unquoted();
  } else if (IsKeyword(current_.kind) || At(TokenKind::kEnd) || At(TokenKind::kUnterminated)) {
    return Unexpected();
  }
  if (name.empty()) {
    return NotWellFormed("Expected identifier");
  }
  Advance();
  return name;
}

std::string_view TokenReader::Unquoted() const {
  const char quote = current_.text.front();
  const std::string_view inside = current_.text.substr(1, current_.text.size() - 2);
  if (inside.find(quote) == std::string_view::npos) {
    return inside;
  }
  char* const begin = static_cast<char*>(arena_.Allocate(inside.size(), 1));
  char* out = begin;
  for (size_t i = 0; i < inside.size(); ++i) {
    *out++ = inside[i];
    i += inside[i] == quote ? 1U : 0U;
  }
  return {begin, static_cast<size_t>(out - begin)};
}

Error TokenReader::Unexpected(SourceLocation where) const {
  if (IsKeyword(current_.kind)) {
    return NotWellFormed("Unexpected keyword", where);
  }
  switch (current_.kind) {
    case TokenKind::kEnd:
      return NotWellFormed("Unexpected end of statement", where);
    case TokenKind::kUnterminated:
      return NotWellFormed("Unterminated quotation", where);
    default:
      return NotWellFormed("Unexpected token", where);
  }
}

Status TokenReader::CheckDepth(int depth) {
  return depth < model::kStatementNestingMax ? Status() : NotWellFormed("Nesting is too deep");
}

}  // namespace basalt::expression::partiql

// One pass over the tokens of a statement.
#include "expression/partiql/redaction.h"

#include <algorithm>

#include "expression/partiql/lexer.h"

namespace basalt::expression::partiql {
namespace {

std::vector<Token> TokensOf(std::string_view statement) {
  std::vector<Token> tokens;
  Lexer lexer(statement);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    tokens.push_back(token);
  }
  tokens.push_back({});
  return tokens;
}

bool IsName(const Token& token) { return token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedName; }

bool HasQuotes(const Token& token) {
  return token.kind == TokenKind::kString || token.kind == TokenKind::kQuotedName ||
         token.kind == TokenKind::kUnterminated;
}

std::string_view TextWithoutQuotes(const Token& token) {
  std::string_view text = token.text;
  if (HasQuotes(token) && !text.empty()) {
    text.remove_prefix(1);
    if (token.kind != TokenKind::kUnterminated && !text.empty()) {
      text.remove_suffix(1);
    }
  }
  return text;
}

// Values a comparison with which selects items.
bool Compares(TokenKind kind) {
  return kind == TokenKind::kEqual || kind == TokenKind::kLess || kind == TokenKind::kLessOrEqual ||
         kind == TokenKind::kGreater || kind == TokenKind::kGreaterOrEqual;
}

bool IsScalar(TokenKind kind) {
  return kind == TokenKind::kString || kind == TokenKind::kNumber || kind == TokenKind::kUnterminated ||
         kind == TokenKind::kIllegal || kind == TokenKind::kTrue || kind == TokenKind::kFalse;
}

class Redactor {
 public:
  Redactor(std::string_view statement, std::span<const Token> tokens, std::span<const std::string_view> key_names)
      : statement_(statement), tokens_(tokens), key_names_(key_names) {}

  Redaction Run() {
    while (tokens_[at_].kind != TokenKind::kEnd) {
      const Token& token = tokens_[at_];
      is_in_where_ = is_in_where_ || token.kind == TokenKind::kWhere;
      is_in_values_ = is_in_values_ || token.kind == TokenKind::kValue || token.kind == TokenKind::kValues;
      if (OpensCollection() && !(is_in_values_ && token.kind == TokenKind::kOpenBrace && depth_ == 0)) {
        HideCollection();
      } else if (IsScalar(token.kind) && !IsKeyValue() && !IsMemberName()) {
        Hide();
      } else {
        depth_ += token.kind == TokenKind::kOpenBrace ? 1 : 0;
        depth_ -= token.kind == TokenKind::kCloseBrace && depth_ > 0 ? 1 : 0;
        Keep();
      }
    }
    return std::move(redaction_);
  }

 private:
  const Token& Before(size_t count) const {
    static constexpr Token kNone;
    return at_ < count ? kNone : tokens_[at_ - count];
  }

  // Lists, maps and sets; not the brackets of a path.
  bool OpensCollection() const {
    const TokenKind kind = tokens_[at_].kind;
    if (kind == TokenKind::kOpenBracket) {
      const TokenKind before = Before(1).kind;
      return !IsName(Before(1)) && before != TokenKind::kCloseBracket;
    }
    return kind == TokenKind::kOpenBrace || kind == TokenKind::kOpenSet;
  }

  // A literal that a key attribute is compared with: WHERE name = 'literal'.
  bool IsKeyValue() const {
    const TokenKind kind = tokens_[at_].kind;
    if (!is_in_where_ || (kind != TokenKind::kString && kind != TokenKind::kNumber) || !Compares(Before(1).kind) ||
        !IsName(Before(2))) {
      return false;
    }
    const TokenKind before = Before(3).kind;
    const bool begins = before == TokenKind::kWhere || before == TokenKind::kAnd || before == TokenKind::kOr ||
                        before == TokenKind::kNot || before == TokenKind::kOpen;
    const std::string_view name = TextWithoutQuotes(Before(2));
    return begins && std::find(key_names_.begin(), key_names_.end(), name) != key_names_.end();
  }

  // In INSERT: the name of an attribute of the item.
  bool IsMemberName() const {
    return is_in_values_ && depth_ == 1 && tokens_[at_].kind == TokenKind::kString &&
           tokens_[at_ + 1].kind == TokenKind::kColon &&
           (Before(1).kind == TokenKind::kOpenBrace || Before(1).kind == TokenKind::kComma);
  }

  // What stands between tokens, if it is nothing but space.
  void AppendSpace(const Token& token) {
    const auto begin = static_cast<size_t>(token.text.data() - statement_.data());
    const std::string_view between = statement_.substr(end_, begin - end_);
    const bool is_space = between.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
    redaction_.text += is_space ? between : " ";
  }

  void Advance() {
    const Token& token = tokens_[at_];
    end_ = static_cast<size_t>(token.text.data() - statement_.data()) + token.text.size();
    ++at_;
  }

  void Keep() {
    AppendSpace(tokens_[at_]);
    redaction_.text += tokens_[at_].text;
    Advance();
  }

  void Hide() {
    AppendSpace(tokens_[at_]);
    redaction_.text += kRedacted;
    redaction_.hidden.push_back(TextWithoutQuotes(tokens_[at_]));
    Advance();
  }

  // All of it, whatever is inside.
  void HideCollection() {
    AppendSpace(tokens_[at_]);
    redaction_.text += kRedacted;
    size_t depth = 0;
    do {
      switch (tokens_[at_].kind) {
        case TokenKind::kOpenBracket:
        case TokenKind::kOpenBrace:
        case TokenKind::kOpenSet:
          ++depth;
          break;
        case TokenKind::kCloseBracket:
        case TokenKind::kCloseBrace:
        case TokenKind::kCloseSet:
          --depth;
          break;
        default:
          if (IsScalar(tokens_[at_].kind)) {
            redaction_.hidden.push_back(TextWithoutQuotes(tokens_[at_]));
          }
          break;
      }
      Advance();
    } while (depth > 0 && tokens_[at_].kind != TokenKind::kEnd);
  }

  std::string_view statement_;
  std::span<const Token> tokens_;
  std::span<const std::string_view> key_names_;
  size_t at_ = 0;
  size_t end_ = 0;    // of the last token that was passed
  size_t depth_ = 0;  // of braces that are kept
  bool is_in_where_ = false;
  bool is_in_values_ = false;
  Redaction redaction_;
};

}  // namespace

Redaction Redact(std::string_view statement, std::span<const std::string_view> key_names) {
  const std::vector<Token> tokens = TokensOf(statement);
  return Redactor(statement, tokens, key_names).Run();
}

}  // namespace basalt::expression::partiql

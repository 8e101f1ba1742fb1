// Tests of the tokens of statements.
#include "expression/partiql/lexer.h"

#include <gtest/gtest.h>

#include <string>

namespace basalt::expression::partiql {
namespace {

// Texts of the tokens, each in bars.
std::string Tokens(std::string_view text) {
  Lexer lexer(text);
  std::string out = "|";
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    out += std::string(token.text) + "|";
  }
  return out;
}

TokenKind FirstKind(std::string_view text) { return Lexer(text).Next().kind; }

TEST(PartiqlLexer, CutsAStatementIntoTokens) {
  EXPECT_EQ(Tokens("SELECT a.b[0],\"c d\"\tFROM\r\n\"T\".\"I\" WHERE x<>'it''s'AND y!=-1.5e+3;"),
            "|SELECT|a|.|b|[|0|]|,|\"c d\"|FROM|\"T\"|.|\"I\"|WHERE|x|<>|'it''s'|AND|y|!=|-|1.5e+3|;|");
  EXPECT_EQ(Tokens("<<1,?>>{'k':[]}<=<>= >>="), "|<<|1|,|?|>>|{|'k'|:|[|]|}|<=|<>|=|>>|=|");
  EXPECT_EQ(Tokens("$_a1 1a"), "|$_a1|1|a|");
  EXPECT_EQ(Tokens(" \t"), "|");
}

TEST(PartiqlLexer, KnowsKeywordsInAnyCase) {
  EXPECT_EQ(FirstKind("select"), TokenKind::kSelect);
  EXPECT_EQ(FirstKind("SeLeCt"), TokenKind::kSelect);
  EXPECT_EQ(FirstKind("RETURNING"), TokenKind::kReturning);
  EXPECT_EQ(FirstKind("selects"), TokenKind::kWord);
  EXPECT_EQ(FirstKind("\"select\""), TokenKind::kQuotedName);
  EXPECT_EQ(FirstKind("size"), TokenKind::kWord);
}

TEST(PartiqlLexer, EndsAQuotationAtTheQuoteThatIsNotDoubled) {
  EXPECT_EQ(Tokens("''''"), "|''''|");
  EXPECT_EQ(Tokens("'a''' 'b'"), "|'a'''|'b'|");
  EXPECT_EQ(Tokens("\"a\"\"b\""), "|\"a\"\"b\"|");
  EXPECT_EQ(FirstKind("'a''"), TokenKind::kUnterminated);
  EXPECT_EQ(FirstKind("\"a"), TokenKind::kUnterminated);
  EXPECT_EQ(FirstKind("'"), TokenKind::kUnterminated);
}

TEST(PartiqlLexer, HasATokenForWhatIsNone) {
  EXPECT_EQ(FirstKind("!"), TokenKind::kIllegal);
  EXPECT_EQ(FirstKind("\xC3\xA9"), TokenKind::kIllegal);
  EXPECT_EQ(FirstKind(std::string_view("\0", 1)), TokenKind::kIllegal);
  EXPECT_EQ(FirstKind("`1`"), TokenKind::kIllegal);
}

}  // namespace
}  // namespace basalt::expression::partiql

// Tests of the grammar of statements, of their values and of what is refused.
#include "expression/partiql/statement.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/partiql/statement_fixture.h"

namespace basalt::expression::partiql {
namespace {

constexpr std::string_view kSyntax = "Statement wasn't well formed, can't be processed: ";

// The error, of a syntax error its detail; "" if there is none.
std::string ErrorOf(std::string_view text, std::string_view parameters = "") {
  const std::string error = Parsed(text, parameters).error();
  return error.starts_with(kSyntax) ? error.substr(kSyntax.size()) : error;
}

// The item of an INSERT, or the error.
std::string Inserted(std::string_view tuple, std::string_view parameters = "") {
  Parsed parsed("INSERT INTO T VALUE " + std::string(tuple), parameters);
  return parsed.ok() ? expression::TextOf(parsed->item) : parsed.error();
}
std::string ValueOf(std::string_view literal, std::string_view parameters = "") {
  return Inserted("{'a': " + std::string(literal) + "}", parameters);
}

TEST(Statement, NamesItsTableAndIndex) {
  EXPECT_EQ(Parsed("SELECT * FROM Music")->table, "Music");
  EXPECT_EQ(Parsed("select * from \"my-table.1\"")->table, "my-table.1");
  EXPECT_EQ(Parsed("SELECT * FROM \"a\"\"b\"")->table, "a\"b");
  EXPECT_EQ(Parsed("SELECT * FROM \"arn:aws:dynamodb:us-east-1:000000000000:table/T\"")->table,
            "arn:aws:dynamodb:us-east-1:000000000000:table/T");
  EXPECT_EQ(Parsed("INSERT INTO \"T\" VALUE {}")->table, "T");
  EXPECT_EQ(Parsed("UPDATE \"T\" SET a = 1 WHERE pk = 'x'")->table, "T");
  EXPECT_EQ(Parsed("DELETE FROM \"T\" WHERE pk = 'x'")->table, "T");
  EXPECT_FALSE(Parsed("SELECT * FROM \"T\"")->index.has_value());
  const Parsed indexed("SELECT * FROM \"T\".\"by-name\" WHERE a = 1");
  EXPECT_EQ(indexed->table, "T");
  EXPECT_EQ(indexed->index, "by-name");
}

TEST(Statement, KnowsItsVerb) {
  EXPECT_EQ(Parsed("SELECT * FROM T;")->verb, Verb::kSelect);
  EXPECT_EQ(Parsed("INSERT INTO T VALUE {'a':1} ;")->verb, Verb::kInsert);
  EXPECT_EQ(Parsed("UPDATE T REMOVE a")->verb, Verb::kUpdate);
  EXPECT_EQ(Parsed("DELETE FROM T")->verb, Verb::kDelete);
  EXPECT_EQ(Parsed("EXISTS(SELECT * FROM T WHERE pk = 'a')")->verb, Verb::kExists);
}

TEST(Statement, ReadsWhatToReturnAndHowToOrder) {
  EXPECT_EQ(Parsed("UPDATE T SET a = 1")->returning, Returning::kNone);
  EXPECT_EQ(Parsed("UPDATE T SET a = 1 RETURNING ALL OLD *")->returning, Returning::kAllOld);
  EXPECT_EQ(Parsed("UPDATE T SET a = 1 RETURNING ALL NEW *")->returning, Returning::kAllNew);
  EXPECT_EQ(Parsed("UPDATE T SET a = 1 RETURNING MODIFIED OLD *")->returning, Returning::kModifiedOld);
  EXPECT_EQ(Parsed("update T set a = 1 where b = 2 returning modified new *;")->returning, Returning::kModifiedNew);
  EXPECT_EQ(Parsed("DELETE FROM T WHERE a = 1 RETURNING ALL OLD *")->returning, Returning::kAllOld);
  EXPECT_EQ(ErrorOf("DELETE FROM T WHERE a = 1 RETURNING ALL NEW *"), "Unexpected token");
  EXPECT_EQ(ErrorOf("DELETE FROM T WHERE a = 1 RETURNING MODIFIED OLD *"), "Unexpected token");
  EXPECT_EQ(ErrorOf("UPDATE T SET a = 1 RETURNING ALL OLD"), "Unexpected end of statement");
  EXPECT_EQ(ErrorOf("INSERT INTO T VALUE {} RETURNING ALL OLD *"), "Unexpected keyword");

  const Parsed ordered("SELECT * FROM T WHERE a = 1 ORDER BY a, b DESC, \"c.d\" ASC");
  ASSERT_EQ(ordered->order.size(), 3U);
  EXPECT_EQ(ordered->order[0].attribute, "a");
  EXPECT_FALSE(ordered->order[0].descending);
  EXPECT_TRUE(ordered->order[1].descending);
  EXPECT_EQ(ordered->order[2].attribute, "c.d");
  EXPECT_FALSE(ordered->order[2].descending);
}

TEST(Statement, ReadsEveryLiteral) {
  EXPECT_EQ(ValueOf("'x'"), "{'a':{'S':'x'}}");
  EXPECT_EQ(ValueOf("''"), "{'a':{'S':''}}");
  EXPECT_EQ(ValueOf("'?'"), "{'a':{'S':'?'}}");
  EXPECT_EQ(ValueOf("1"), "{'a':{'N':'1'}}");
  EXPECT_EQ(ValueOf("-1"), "{'a':{'N':'-1'}}");
  EXPECT_EQ(ValueOf("-0"), "{'a':{'N':'0'}}");
  EXPECT_EQ(ValueOf("1.50"), "{'a':{'N':'1.5'}}");
  EXPECT_EQ(ValueOf("15E-1"), "{'a':{'N':'1.5'}}");
  EXPECT_EQ(ValueOf("TRUE"), "{'a':{'BOOL':true}}");
  EXPECT_EQ(ValueOf("false"), "{'a':{'BOOL':false}}");
  EXPECT_EQ(ValueOf("Null"), "{'a':{'NULL':true}}");
  EXPECT_EQ(ValueOf("[]"), "{'a':{'L':[]}}");
  EXPECT_EQ(ValueOf("[1, 'x', [TRUE]]"), "{'a':{'L':[{'N':'1'},{'S':'x'},{'L':[{'BOOL':true}]}]}}");
  EXPECT_EQ(ValueOf("{}"), "{'a':{'M':{}}}");
  EXPECT_EQ(ValueOf("{'k': 1, 'b': {'c': NULL}}"), "{'a':{'M':{'b':{'M':{'c':{'NULL':true}}},'k':{'N':'1'}}}}");
  EXPECT_EQ(ValueOf("<<2, 1>>"), "{'a':{'NS':['1','2']}}");
  EXPECT_EQ(ValueOf("<<'x', 'a'>>"), "{'a':{'SS':['a','x']}}");
}

TEST(Statement, DoublesQuotesInsideQuotes) {
  Parsed parsed("INSERT INTO T VALUE {'it''s': '''''', 'b': 'a\"b'}");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->item[1].name, "it's");
  EXPECT_EQ(parsed->item[1].value.text, "''");
  EXPECT_EQ(parsed->item[0].value.text, "a\"b");
}

TEST(Statement, BindsParametersFromLeftToRight) {
  EXPECT_EQ(ValueOf("?", "{'B':'eA=='}"), "{'a':{'B':'eA=='}}");
  EXPECT_EQ(ValueOf("[?, {'k': ?}, '?']", "{'N':'1'},{'L':[]}"),
            "{'a':{'L':[{'N':'1'},{'M':{'k':{'L':[]}}},{'S':'?'}]}}");
  EXPECT_EQ(ValueOf("<<?, ?>>", "{'B':'eA=='},{'B':'YQ=='}"), "{'a':{'BS':['YQ==','eA==']}}");
  EXPECT_EQ(Inserted("?", "{'M':{'b':{'N':'1'}}}"), "{'b':{'N':'1'}}");
  EXPECT_EQ(
      Planned("SELECT * FROM T WHERE pk = ? AND sk BETWEEN ? AND ?", kCompositeKey, "{'S':'a'},{'N':'1'},{'N':'2'}"),
      "query {'S':'a'} BETWEEN {'N':'1'} AND {'N':'2'}");
  Parsed update("UPDATE T SET a = ?, b = list_append(b, ?), c = set_add(c, ?) WHERE pk = ?",
                "{'N':'1'},{'L':[]},{'SS':['x']},{'S':'k'}");
  EXPECT_EQ(update.error(), "");
}

TEST(Statement, TakesExactlyTheParametersItHasMarksFor) {
  constexpr std::string_view kWrong = "Number of parameters in request and statement don't match.";
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = ?"), kWrong);
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = ? AND b IN [?, ?]", "{'N':'1'},{'N':'1'}"), kWrong);
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = ?", "{'N':'1'},{'N':'1'}"), kWrong);
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = '?'", "{'N':'1'}"), kWrong);
  EXPECT_EQ(ErrorOf("SELECT * FROM T", "{'N':'1'}"), kWrong);
  EXPECT_EQ(ErrorOf("SELECT * FROM ?", "{'S':'T'}"), "Expected identifier");
  EXPECT_EQ(ErrorOf("SELECT ? FROM T", "{'S':'a'}"), "Expected identifier");
}

TEST(Statement, RefusesValuesThatNoItemMayHold) {
  EXPECT_EQ(ValueOf("<<>>"), "One or more parameter values were invalid: An string set  may not be empty");
  constexpr std::string_view kUnfit =
      "One or more parameter values were invalid: A set must have members of one type: string, number or binary";
  EXPECT_EQ(ValueOf("<<1, 'a'>>"), kUnfit);
  EXPECT_EQ(ValueOf("<<TRUE>>"), kUnfit);
  EXPECT_EQ(ValueOf("<<[1]>>"), kUnfit);
  EXPECT_EQ(ValueOf("<<?>>", "{'M':{}}"), kUnfit);
  EXPECT_EQ(ValueOf("<<1, 1.0>>"), "Input collection contains duplicates");
  EXPECT_EQ(ValueOf("<<'b', 'a', 'b'>>"),
            "One or more parameter values were invalid: Input collection [b, a, b] contains duplicates.");
  EXPECT_EQ(ValueOf("<<?, ?>>", "{'B':'eA=='},{'B':'eA=='}"),
            "One or more parameter values were invalid: Input collection [eA==, eA==]of type BS contains duplicates.");
  EXPECT_EQ(ValueOf("1e126"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(ValueOf(Repeated("9", 39)), "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(ValueOf("1e"), "The parameter cannot be converted to a numeric value: 1e");
  EXPECT_EQ(ValueOf("{'': 1}"), "Empty attribute name");
  EXPECT_EQ(Inserted("{'b': 1, 'c': 2, 'b': 3}"),
            "One or more parameter values were invalid: Duplicate value in attribute name: b");
  EXPECT_EQ(Inserted("?", "{'S':'x'}"), std::string(kSyntax) + "Expected a tuple");
}

TEST(Statement, BoundsTheNestingOfValuesAsItemsDo) {
  constexpr std::string_view kDeep =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
  EXPECT_TRUE(ValueOf(Repeated("[", 31) + "1" + Repeated("]", 31)).starts_with("{'a':{'L':"));
  EXPECT_EQ(ValueOf(Repeated("[", 32) + "1" + Repeated("]", 32)), kDeep);
  EXPECT_TRUE(ValueOf(Repeated("[", 31) + "<<1>>" + Repeated("]", 31)).starts_with("{'a':{'L':"));
  EXPECT_TRUE(ValueOf(Repeated("[", 31) + "?" + Repeated("]", 31), "{'L':[]}").starts_with("{'a':{'L':"));
  EXPECT_EQ(ValueOf(Repeated("[", 31) + "?" + Repeated("]", 31), "{'L':[{'N':'1'}]}"), kDeep);
  EXPECT_EQ(ValueOf(Repeated("{'a':", 10000)), kDeep);
  EXPECT_EQ(ValueOf(Repeated("[", 10000)), kDeep);
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = " + Repeated("[", 10000)), kDeep);
}

TEST(Statement, SaysWhatDoesNotFit) {
  EXPECT_EQ(ErrorOf(""), "Expected data manipulation");
  EXPECT_EQ(ErrorOf("foo"), "Expected data manipulation");
  EXPECT_EQ(ErrorOf("CREATE TABLE T"), "Expected data manipulation");
  EXPECT_EQ(ErrorOf("UPDATE Payment-x SET a = 1 WHERE b = 2"), "Expected data manipulation");
  EXPECT_EQ(ErrorOf("UPDATE T WHERE b = 2"), "Expected data manipulation");
  EXPECT_EQ(ErrorOf("INSERT INTO urls (a, b) VALUES (?, ?)", "{'S':'a'},{'S':'b'}"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("INSERT INTO urls (a, b"), "Unexpected end of statement");
  EXPECT_EQ(ErrorOf("INSERT INTO urls (a) VALUE {'a': 1}"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("INSERT INTO urls VALUES {'a': 1}"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("INSERT INTO T VALUE <<{'a': 1}, {'a': 2}>>"), "Unexpected token");
  EXPECT_EQ(ErrorOf("INSERT INTO T VALUE {'a': 1}, {'a': 2}"), "Unexpected token");
  EXPECT_EQ(ErrorOf("INSERT INTO T VALUE {a: 1}"), "Unexpected token");
  EXPECT_EQ(ErrorOf("INSERT INTO T VALUE {'a' 1}"), "Unexpected token");
  EXPECT_EQ(ErrorOf("INSERT INTO T VALUE {'a': }"), "Unexpected token");
  EXPECT_EQ(ErrorOf("INSERT INTO T VALUE {'a': MISSING}"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("INSERT INTO \"T\".\"I\" VALUE {'a': 1}"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT FROM T"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT"), "Unexpected end of statement");
  EXPECT_EQ(ErrorOf("SELECT * FROM"), "Unexpected end of statement");
  EXPECT_EQ(ErrorOf("SELECT * FROM \"\""), "Expected identifier");
  EXPECT_EQ(ErrorOf("SELECT * FROM 'T'"), "Expected identifier");
  EXPECT_EQ(ErrorOf("SELECT * FROM \"T"), "Unterminated quotation");
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = 'x"), "Unterminated quotation");
  EXPECT_EQ(ErrorOf("SELECT *, a FROM T"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT a, * FROM T"), "Expected identifier");
  EXPECT_EQ(ErrorOf("SELECT COUNT(*) FROM T"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT a AS b FROM T"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT DISTINCT a FROM T"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT a + 1 FROM T"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT * FROM T, U"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT * FROM T LIMIT 1"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = 1 GROUP BY a"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a LIKE 'x%'"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT * FROM (SELECT * FROM T)"), "Expected identifier");
  EXPECT_EQ(ErrorOf("SELECT * FROM T; SELECT * FROM T"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT * FROM T;;"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT * FROM T -- all of it"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT * FROM T ORDER a"), "Unexpected token");
  EXPECT_EQ(ErrorOf("EXISTS(SELECT * FROM T WHERE pk = 'a' ORDER BY pk)"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("EXISTS SELECT * FROM T"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("EXISTS(DELETE FROM T)"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("DELETE T WHERE a = 1"), "Unexpected token");
  EXPECT_EQ(ErrorOf("DELETE FROM T SET a = 1"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE a = `2020T`"), "Unexpected token");
  EXPECT_EQ(ErrorOf("SELECT * FROM T WHERE"), "Unexpected end of statement");
  EXPECT_EQ(ErrorOf("SELECT value FROM T"), "Unexpected keyword");
  EXPECT_EQ(ErrorOf("SELECT \"value\" FROM T"), "");
}

TEST(Statement, ProjectsAsAnExpressionDoes) {
  constexpr std::string_view kItem = "{'a':{'M':{'b':{'L':[{'N':'1'},{'N':'2'}]},'c.d':{'S':'x'}}},'e':{'S':'y'}}";
  const auto projected = [&](std::string_view list) {
    Parsed parsed("SELECT " + std::string(list) + " FROM T");
    return parsed.ok() ? expression::TextOf(Project(*parsed->projection, ItemOf(kItem, parsed.arena()), parsed.arena()))
                       : parsed.error();
  };
  EXPECT_EQ(Parsed("SELECT * FROM T")->projection, nullptr);
  EXPECT_EQ(projected("e"), "{'e':{'S':'y'}}");
  EXPECT_EQ(projected("e, a.b[1]"), "{'a':{'M':{'b':{'L':[{'N':'2'}]}}},'e':{'S':'y'}}");
  EXPECT_EQ(projected("\"a\".\"c.d\", zz"), "{'a':{'M':{'c.d':{'S':'x'}}}}");
  EXPECT_EQ(projected("a, a.b"),
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of "
            "these paths; path one: [a], path two: [a, b]");
  EXPECT_EQ(projected("a[4294967295]"),
            "Invalid ProjectionExpression: List index is not within the allowable range; index: [4294967295]");
  EXPECT_EQ(projected("a" + Repeated(".b", 33)),
            "Invalid ProjectionExpression: The document path has too many nesting elements; nesting levels: 33");
  EXPECT_EQ(projected("a[-1]"), std::string(kSyntax) + "Unexpected token");
  EXPECT_EQ(projected("a[1.5]"), std::string(kSyntax) + "Unexpected token");
  EXPECT_EQ(projected("a[?]"), std::string(kSyntax) + "Unexpected token");
}

}  // namespace
}  // namespace basalt::expression::partiql

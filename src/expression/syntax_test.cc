// Tests of the grammar, of syntax errors and of the limits on an expression's text.
#include "expression/syntax.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

constexpr std::string_view kValues =
    "{':v':{'N':'1'},':w':{'N':'2'},':s':{'S':'a'},':l':{'L':[]},':ss':{'SS':['a']},':incr':{'N':'1'}}";

std::string SyntaxErrorOf(Kind kind, std::string_view text) {
  Request request(kValues, {{"#n", "n"}, {"#has", "has"}});
  const std::string error = request.ErrorOf(kind, text);
  const std::string prefix = "Invalid " + std::string(KindName(kind)) + ": Syntax error; ";
  return error.starts_with(prefix) ? error.substr(prefix.size()) : error;
}

std::string Near(std::string_view token, std::string_view near) {
  return "token: \"" + std::string(token) + "\", near: \"" + std::string(near) + "\"";
}

TEST(Syntax, QuotesTheTokenAndItsNeighbours) {
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "a-b"), Near("-", "a-b"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kCondition, "a-b = :v"), Near("-", "a-b"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kUpdate, "ADD hits : incr"), Near(":", "hits : incr"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kUpdate, "SET a = :v, #, = :v"), Near("#", ", #,"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kCondition, "attribute_exists(car_id) AND NOT #has"), Near("<EOF>", "#has"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kCondition, "_type = :x"), Near("_", "_type"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "!!"), Near("!", "!!"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "#n_2021-03-03"), Near("-", "#n_2021-0"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kUpdate, "SET a = :v  ,\tb  c"), Near("c", "b  c"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "a, \xC3\xA9 b"), Near("\xC3\xA9", ", \xC3\xA9 b"));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "\xE2\x82\xAC"), Near("\xE2\x82\xAC", "\xE2\x82\xAC"));
}

TEST(Syntax, HasNoNeighboursBeyondTheEnds) {
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, " \t"), Near("<EOF>", ""));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "a,"), Near("<EOF>", ","));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "a. "), Near("<EOF>", "."));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, ","), Near(",", ","));
  EXPECT_EQ(SyntaxErrorOf(Kind::kProjection, "a!"), Near("!", "a!"));
}

TEST(Syntax, RefusesTheFirstTokenThatFitsNoRule) {
  const auto condition = [](std::string_view text) { return SyntaxErrorOf(Kind::kCondition, text); };
  EXPECT_EQ(condition("a"), Near("<EOF>", "a"));
  EXPECT_EQ(condition("(a)"), Near("<EOF>", ")"));
  EXPECT_EQ(condition("(a) AND b = :v"), Near("AND", ") AND b"));
  EXPECT_EQ(condition("(a AND b)"), Near("AND", "a AND b"));
  EXPECT_EQ(condition("a = :v = :v"), Near("=", ":v = :v"));
  EXPECT_EQ(condition("(a = :v) = :v"), Near("=", ") = :v"));
  EXPECT_EQ(condition("a = (b = :v)"), Near("=", "b = :v"));
  EXPECT_EQ(condition("a = NOT b"), Near("NOT", "= NOT b"));
  EXPECT_EQ(condition("a BETWEEN :v OR :w"), Near("OR", ":v OR :w"));
  EXPECT_EQ(condition("a BETWEEN :v"), Near("<EOF>", ":v"));
  EXPECT_EQ(condition("a IN :v"), Near(":v", "IN :v"));
  EXPECT_EQ(condition("a IN ()"), Near(")", "()"));
  EXPECT_EQ(condition("a IN (:v"), Near("<EOF>", ":v"));
  EXPECT_EQ(condition("a IN (:v, )"), Near(")", ", )"));
  EXPECT_EQ(condition("size() = :v"), Near(")", "() ="));
  EXPECT_EQ(condition("size(a = :v)"), Near("=", "a = :v"));
  EXPECT_EQ(condition("attribute_exists(NOT a)"), Near("NOT", "(NOT a"));
  EXPECT_EQ(condition("a = :v)"), Near(")", ":v)"));
  EXPECT_EQ(condition("(a = :v"), Near("<EOF>", ":v"));
  EXPECT_EQ(condition("a = :v b"), Near("b", ":v b"));
  EXPECT_EQ(condition("a < > :v"), Near(">", "< > :v"));
  EXPECT_EQ(condition("a != :v"), Near("!", "a !="));
  EXPECT_EQ(condition("AND a = :v"), Near("AND", "AND a"));
  EXPECT_EQ(condition("a + :v = :w"), Near("+", "a + :v"));
  EXPECT_EQ(condition("#n(a)"), Near("(", "#n(a"));
  EXPECT_EQ(condition("a = 5"), Near("5", "= 5"));
  EXPECT_EQ(condition("a = \"x\""), Near("\"", "= \"x"));
}

TEST(Syntax, RefusesBadPaths) {
  const auto projection = [](std::string_view text) { return SyntaxErrorOf(Kind::kProjection, text); };
  EXPECT_EQ(projection("a[-1]"), Near("-", "[-1"));
  EXPECT_EQ(projection("a[]"), Near("]", "[]"));
  EXPECT_EQ(projection("a[:v]"), Near(":v", "[:v]"));
  EXPECT_EQ(projection("a[01]"), Near("1", "01]"));
  EXPECT_EQ(projection("a[1"), Near("<EOF>", "1"));
  EXPECT_EQ(projection("a.1"), Near("1", ".1"));
  EXPECT_EQ(projection("1a"), Near("1", "1a"));
  EXPECT_EQ(projection("a..b"), Near(".", "..b"));
  EXPECT_EQ(projection("a.[1]"), Near("[", ".[1"));
  EXPECT_EQ(projection("[1]"), Near("[", "[1"));
  EXPECT_EQ(projection("a[1]b"), Near("b", "]b"));
  EXPECT_EQ(projection("a b"), Near("b", "a b"));
  EXPECT_EQ(projection(":v"), Near(":v", ":v"));
  EXPECT_EQ(projection("(a)"), Near("(", "(a"));
}

TEST(Syntax, RefusesBadUpdates) {
  const auto update = [](std::string_view text) { return SyntaxErrorOf(Kind::kUpdate, text); };
  EXPECT_EQ(update("a = :v"), Near("a", "a ="));
  EXPECT_EQ(update("SET"), Near("<EOF>", "SET"));
  EXPECT_EQ(update("SET a"), Near("<EOF>", "a"));
  EXPECT_EQ(update("SET a = "), Near("<EOF>", "="));
  EXPECT_EQ(update("SET a = :v,"), Near("<EOF>", ","));
  EXPECT_EQ(update("SET a = :v, REMOVE b"), Near("REMOVE", ", REMOVE b"));
  EXPECT_EQ(update("SET a = :v b = :v"), Near("b", ":v b ="));
  EXPECT_EQ(update("SET a = b + c + d"), Near("+", "c + d"));
  EXPECT_EQ(update("SET a = (b + c) + d"), Near("+", ") + d"));
  EXPECT_EQ(update("SET a = (b"), Near("<EOF>", "b"));
  EXPECT_EQ(update("SET a = (b,"), Near(",", "b,"));
  EXPECT_EQ(update("SET a = if_not_exists(b, c + d)"), Near("+", "c + d"));
  EXPECT_EQ(update("SET a = NOT b"), Near("NOT", "= NOT b"));
  EXPECT_EQ(update("SET a = b = c"), Near("=", "b = c"));
  EXPECT_EQ(update("SET (a) = b"), Near("(", "SET (a"));
  EXPECT_EQ(update("REMOVE a = :v"), Near("=", "a = :v"));
  EXPECT_EQ(update("ADD a b"), Near("b", "a b"));
  EXPECT_EQ(update("DELETE a"), Near("<EOF>", "a"));
  EXPECT_EQ(update("ADD a :v + :v"), Near("+", ":v + :v"));
  EXPECT_EQ(update("SET set = :v"), Near("set", "SET set ="));
}

TEST(Syntax, IgnoresWhiteSpaceAndTheCaseOfKeywords) {
  Request request(kValues, {{"#n", "n"}});
  EXPECT_EQ(request.ConditionError("\r\n a\t=:v aNd(NoT b iN(:v , :w)oR c beTween:v AND:w)"), "");
  EXPECT_EQ(request.UpdateError("set a=:v remove b add c :v delete d :ss"), "");
  EXPECT_EQ(request.ProjectionError(" a . b [ 3 ] . #n "), "");
}

TEST(Syntax, TakesSectionKeywordsForNamesOutsideUpdates) {
  Request request(kValues);
  EXPECT_EQ(request.ConditionError("remove = :v"), "");
  EXPECT_EQ(request.ConditionError("set = :v"),
            "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: set");
}

TEST(Syntax, AcceptsParenthesesAroundOperandsAndConditions) {
  Request request(kValues);
  for (const std::string_view text :
       {"(a) = (:v)", "(a = :v)", "((a = :v) AND (b = :v))", "NOT (a) = :v", "NOT (NOT (a = :v))", "(size(a)) > :v",
        "(attribute_exists(a))", "(a) BETWEEN (:v) AND (:w)", "(a) IN ((:v), (b))", "contains((a), (:v))", "((a) = :v)",
        "(a = :v OR b = :v) AND c = :v"}) {
    EXPECT_EQ(request.ConditionError(text), "") << text;
  }
  for (const std::string_view text :
       {"SET a = (b)", "SET a = (b + c)", "SET a = (b) + (c)", "SET a = if_not_exists((b), (:v))",
        "SET a = (if_not_exists(b, :v)) + :v", "SET a = ((b) - c)"}) {
    EXPECT_EQ(request.UpdateError(text), "") << text;
  }
}

TEST(Syntax, RefusesRedundantParentheses) {
  Request request(kValues);
  for (const std::string_view text : {"((a = :v))", "((a)) = :v", "a = ((:v))", "(((a = :v)) AND b = :v)",
                                      "((attribute_exists(a)))", "a IN (((:v)))", "NOT ((a = :v))"}) {
    EXPECT_EQ(request.ConditionError(text), "Invalid ConditionExpression: The expression has redundant parentheses;")
        << text;
  }
  for (const std::string_view text : {"SET a = ((b))", "SET a = ((b + c))", "SET a = ((b)) + c"}) {
    EXPECT_EQ(request.UpdateError(text), "Invalid UpdateExpression: The expression has redundant parentheses;");
  }
}

TEST(Syntax, RefusesTheEmptyText) {
  Request request;
  for (const Kind kind : {Kind::kCondition, Kind::kFilter, Kind::kKeyCondition, Kind::kUpdate, Kind::kProjection}) {
    EXPECT_EQ(request.ErrorOf(kind, ""),
              "Invalid " + std::string(KindName(kind)) + ": The expression can not be empty;");
  }
}

TEST(Syntax, RefusesTextsOver4096Bytes) {
  Request request;
  EXPECT_EQ(request.ProjectionError("a" + std::string(4095, ' ')), "");
  EXPECT_EQ(request.ProjectionError("a" + std::string(4096, ' ')),
            "Invalid ProjectionExpression: Expression size has exceeded the maximum allowed size; expression size: "
            "4097");
}

TEST(Syntax, CountsOperatorsAndFunctions) {
  Request request(kValues);
  // Each term but the first is an AND, a NOT and a function.
  std::string text = "attribute_exists(a)";
  for (int i = 0; i < 99; ++i) {
    text += " AND NOT attribute_exists(a)";
  }
  EXPECT_EQ(request.ConditionError(text + " OR a IN (:v)"), "");  // 1 + 297 + 2 = 300
  EXPECT_EQ(request.ConditionError(text + " OR NOT a BETWEEN :v AND :w"),
            "Invalid ConditionExpression: The expression contains too many operators; operator count: 301");
  std::string update = "SET a0 = b";
  for (int i = 1; i <= 150; ++i) {
    update += ",a" + std::to_string(i) + "=size0(b)-:v";
  }
  EXPECT_EQ(request.UpdateError(update), "Invalid UpdateExpression: Invalid function name; function: size0");
  update = "SET a0 = if_not_exists(b,:v)";
  for (int i = 1; i <= 100; ++i) {
    update += ",a" + std::to_string(i) + "=if_not_exists(b,:v)-:v";
  }
  for (int i = 1; i <= 99; ++i) {
    update += ",b" + std::to_string(i) + "=b+:v";
  }
  EXPECT_EQ(request.UpdateError(update), "");  // 1 + 200 + 99
  EXPECT_EQ(request.UpdateError(update + ",c=b+:v"),
            "Invalid UpdateExpression: The expression contains too many operators; operator count: 301");
}

TEST(Syntax, CountsOperandsOfIn) {
  Request request(kValues);
  std::string operands = ":v";
  for (int i = 1; i < 100; ++i) {
    operands += ",:v";
  }
  EXPECT_EQ(request.ConditionError("a IN (" + operands + ")"), "");
  EXPECT_EQ(request.ConditionError("a IN (" + operands + ",:v)"),
            "Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101");
}

TEST(Syntax, CountsDereferencesOfAPath) {
  Request request;
  std::string path = "a";
  for (int i = 0; i < 32; ++i) {
    path += i % 2 == 0 ? ".b" : "[0]";
  }
  EXPECT_EQ(request.ProjectionError(path), "");
  EXPECT_EQ(request.ProjectionError(path + ".c"),
            "Invalid ProjectionExpression: The document path has too many nesting elements; nesting levels: 33");
}

TEST(Syntax, BoundsListIndexes) {
  Request request(kValues);
  EXPECT_EQ(request.ProjectionError("a[4294967294]"), "");
  EXPECT_EQ(request.ProjectionError("a[4294967295]"),
            "Invalid ProjectionExpression: List index is not within the allowable range; index: [4294967295]");
  EXPECT_EQ(request.UpdateError("SET a[99999999999999999999999] = :v"),
            "Invalid UpdateExpression: List index is not within the allowable range; index: "
            "[99999999999999999999999]");
  EXPECT_EQ(request.ConditionError("a[4294967296] = :v"),
            "Invalid ConditionExpression: List index is not within the allowable range; index: [4294967296]");
}

TEST(Syntax, RefusesReservedWordsInAnyPath) {
  Request request(kValues, {{"#n", "name"}});
  EXPECT_EQ(request.ConditionError("a.Name[1] = :v AND status = :v"),
            "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: Name");
  EXPECT_EQ(request.UpdateError("SET a = sTatus"),
            "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: sTatus");
  EXPECT_EQ(request.ProjectionError("a, b.size"),
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: size");
  EXPECT_EQ(request.ProjectionError("#n, b.#n"), "");
}

// What would overflow the stack of a recursive parser.
TEST(Syntax, SurvivesDeepNesting) {
  Request request(kValues);
  const auto repeat = [](std::string_view text, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) {
      out += text;
    }
    return out;
  };
  EXPECT_EQ(request.ConditionError(repeat("(", 4096)),
            "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"(\"");
  EXPECT_EQ(request.ConditionError(repeat("(", 2000) + "a=:v" + repeat(")", 2000)),
            "Invalid ConditionExpression: The expression has redundant parentheses;");
  EXPECT_EQ(request.ConditionError(repeat("NOT ", 1000) + "a=:v"),
            "Invalid ConditionExpression: The expression contains too many operators; operator count: 1001");
  EXPECT_EQ(request.ConditionError(repeat("NOT ", 299) + "a=:v"), "");
  EXPECT_EQ(request.ConditionError(repeat("(NOT ", 299) + "a=:v" + repeat(")", 299)), "");
  EXPECT_EQ(request.ConditionError(repeat("f(", 1300) + "a" + repeat(")", 1300)),
            "Invalid ConditionExpression: Invalid function name; function: f");
  EXPECT_EQ(request.ConditionError(repeat("size(", 299) + "a" + repeat(")", 299) + ">:v"),
            "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: "
            "size, operand type: N");
  EXPECT_EQ(request.ConditionError(repeat("(a=:v OR ", 149) + "a=:v" + repeat(")", 149)), "");
  EXPECT_EQ(request.UpdateError("SET a=" + repeat("(", 2000) + "b" + repeat(")", 2000)),
            "Invalid UpdateExpression: The expression has redundant parentheses;");
  EXPECT_EQ(request.UpdateError("SET a=" + repeat("list_append(", 240) + "b" + repeat(",c)", 240)), "");
  EXPECT_EQ(request.UpdateError("SET a=" + repeat("if_not_exists(b,", 240) + "c" + repeat(")", 240)), "");
}

}  // namespace
}  // namespace basalt::expression

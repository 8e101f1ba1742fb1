// Tests of what WHERE, SET and REMOVE mean, and of what they refuse.
#include "expression/partiql/node_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/partiql/statement_fixture.h"

namespace basalt::expression::partiql {
namespace {

constexpr std::string_view kSyntax = "Statement wasn't well formed, can't be processed: ";
constexpr std::string_view kItem =
    "{'a':{'N':'1'},'s':{'S':'hello'},'l':{'L':[{'N':'1'},{'S':'x'}]},'m':{'M':{'k.1':{'N':'5'},'n':{'NULL':true}}},"
    "'ss':{'SS':['x','y']},'ns':{'NS':['1','2']},'t':{'BOOL':true},'nil':{'NULL':true},'b':{'B':'eHk='},"
    "'select':{'S':'q'}}";

// Whether the item passes, or the error.
std::string Where(std::string_view condition, std::string_view parameters = "") {
  Parsed parsed("SELECT * FROM T WHERE " + std::string(condition), parameters);
  const Result<ReadPlan> plan = parsed.Read(kSimpleKey);
  if (!plan.ok()) {
    return plan.error().text.starts_with(kSyntax) ? plan.error().text.substr(kSyntax.size()) : plan.error().text;
  }
  return Evaluate(*plan->filter, ItemOf(kItem, parsed.arena())) ? "true" : "false";
}

// The item after the update, or the error.
std::string Updated(std::string_view clauses, std::string_view item, std::string_view parameters = "") {
  Parsed parsed("UPDATE T " + std::string(clauses) + " WHERE pk = 'k'", parameters);
  if (!parsed.ok()) {
    return parsed.error().starts_with(kSyntax) ? parsed.error().substr(kSyntax.size()) : parsed.error();
  }
  const Result<model::Item> result = Apply(*parsed->update, ItemOf(item, parsed.arena()), parsed.arena());
  return result.ok() ? expression::TextOf(*result) : result.error().text;
}

TEST(Where, Compares) {
  EXPECT_EQ(Where("a = 1"), "true");
  EXPECT_EQ(Where("1 = a"), "true");
  EXPECT_EQ(Where("a = 1.0"), "true");
  EXPECT_EQ(Where("a = '1'"), "false");
  EXPECT_EQ(Where("a <> 2"), "true");
  EXPECT_EQ(Where("a != 1"), "false");
  EXPECT_EQ(Where("a < 2 AND a <= 1 AND a > 0 AND a >= 1"), "true");
  EXPECT_EQ(Where("s BETWEEN 'h' AND 'i'"), "true");
  EXPECT_EQ(Where("a BETWEEN 2 AND 3 OR a = 1"), "true");
  EXPECT_EQ(Where("a IN [3, 2, 1]"), "true");
  EXPECT_EQ(Where("a IN (3, 2)"), "false");
  EXPECT_EQ(Where("1 IN [a]"), "true");
  EXPECT_EQ(Where("t = TRUE AND nil = NULL"), "true");
  EXPECT_EQ(Where("ss = <<'y', 'x'>>"), "true");
  EXPECT_EQ(Where("l = [1, 'x']"), "true");
  EXPECT_EQ(Where("m = {'n': NULL, 'k.1': 5}"), "true");
  EXPECT_EQ(Where("b = ?", "{'B':'eHk='}"), "true");
  EXPECT_EQ(Where("a = -1"), "false");
  EXPECT_EQ(Where("a > - 1"), "true");
}

TEST(Where, FollowsPaths) {
  EXPECT_EQ(Where("l[0] = 1"), "true");
  EXPECT_EQ(Where("l[1] = 'x' AND l[2] IS MISSING"), "true");
  EXPECT_EQ(Where("m.\"k.1\" = 5"), "true");
  EXPECT_EQ(Where("\"m\".n IS NULL"), "true");
  EXPECT_EQ(Where("\"m.n\" IS MISSING"), "true");
  EXPECT_EQ(Where("\"select\" = 'q'"), "true");
  EXPECT_EQ(Where("A IS MISSING"), "true");
}

TEST(Where, KnowsItsFunctionsInAnyCase) {
  EXPECT_EQ(Where("begins_with(s, 'he')"), "true");
  EXPECT_EQ(Where("BEGINS_WITH(s, 'lo')"), "false");
  EXPECT_EQ(Where("contains(s, 'ell') AND contains(ss, 'x') AND contains(ns, 2) AND Contains(l, 'x')"), "true");
  EXPECT_EQ(Where("attribute_type(s, 'S') AND NOT attribute_type(s, 'N')"), "true");
  EXPECT_EQ(Where("size(s) = 5 AND size(ss) < 3 AND SIZE(l) BETWEEN 2 AND 2"), "true");
  EXPECT_EQ(Where("(size(s)) = (5)"), "true");
}

TEST(Where, TellsMissingFromNullAndNamesTypes) {
  EXPECT_EQ(Where("zz IS MISSING"), "true");
  EXPECT_EQ(Where("zz IS NOT MISSING"), "false");
  EXPECT_EQ(Where("a IS NOT MISSING"), "true");
  EXPECT_EQ(Where("nil IS NULL"), "true");
  EXPECT_EQ(Where("zz IS NULL"), "false");
  EXPECT_EQ(Where("zz IS NOT NULL"), "true");
  EXPECT_EQ(Where("a IS NOT NULL"), "true");
  EXPECT_EQ(Where("s IS STRING AND a IS NUMBER AND b IS BINARY AND t IS BOOLEAN AND l IS LIST AND m IS MAP"), "true");
  EXPECT_EQ(Where("s IS S AND a IS n AND m IS STRUCT AND ss IS SS AND ns IS NS AND t IS BOOL"), "true");
  EXPECT_EQ(Where("s IS NOT STRING"), "false");
  EXPECT_EQ(Where("a IS FLOAT"), "Unexpected token");
  EXPECT_EQ(Where("a IS TRUE"), "Unexpected keyword");
  EXPECT_EQ(Where("1 IS NULL"), "Unexpected keyword");
  EXPECT_EQ(Where("(a IS MISSING) = TRUE"), "Unexpected token");
}

TEST(Where, IsFalseWhereverWhatItComparesIsAbsent) {
  for (const char* comparison : {"zz = 1", "zz <> 1", "1 != zz", "zz < 1", "zz >= 1", "zz BETWEEN 0 AND 9", "zz IN [1]",
                                 "size(zz) <> 1", "size(a) <> 1", "begins_with(zz, 'a')", "contains(zz, 'a')"}) {
    EXPECT_EQ(Where(comparison), "false") << comparison;
    EXPECT_EQ(Where("NOT " + std::string(comparison)), "true") << comparison;
  }
  EXPECT_EQ(Where("size(s) <> 4"), "true");
  EXPECT_EQ(Where("'a' <> 'b'"), "true");
}

TEST(Where, BindsNotBeforeAndBeforeOr) {
  EXPECT_EQ(Where("a = 1 OR a = 2 AND a = 3"), "true");
  EXPECT_EQ(Where("(a = 1 OR a = 2) AND a = 3"), "false");
  EXPECT_EQ(Where("NOT a = 1 OR a = 1"), "true");
  EXPECT_EQ(Where("NOT (a = 1 OR a = 1)"), "false");
  EXPECT_EQ(Where("NOT a = 2 AND NOT a = 3"), "true");
  EXPECT_EQ(Where("NOT NOT a = 1"), "true");
  EXPECT_EQ(Where("((a = 1))"), "true");
  EXPECT_EQ(Where("((a)) = (1)"), "true");
  EXPECT_EQ(Where("a = 2 AND a = 1 OR a = 1"), "true");
}

TEST(Where, RefusesWhatIsNoCondition) {
  EXPECT_EQ(Where("a"), "Unexpected end of statement");
  EXPECT_EQ(Where("TRUE"), "Unexpected end of statement");
  EXPECT_EQ(Where("a AND b = 1"), "Unexpected keyword");
  EXPECT_EQ(Where("NOT a"), "Unexpected end of statement");
  EXPECT_EQ(Where("(a = 1"), "Unexpected end of statement");
  EXPECT_EQ(Where("a = 1)"), "Unexpected token");
  EXPECT_EQ(Where("a = (b = 1)"), "Unexpected end of statement");
  EXPECT_EQ(Where("a = NOT b"), "Unexpected keyword");
  EXPECT_EQ(Where("a + 1 = 2"), "Unexpected token");
  EXPECT_EQ(Where("a = 1 + 1"), "Unexpected token");
  EXPECT_EQ(Where("a == 1"), "Unexpected token");
  EXPECT_EQ(Where("a = 1 = 1"), "Unexpected token");
  EXPECT_EQ(Where("a IN []"), "Unexpected token");
  EXPECT_EQ(Where("a IN 1"), "Unexpected token");
  EXPECT_EQ(Where("a NOT IN [1]"), "Unexpected keyword");
  EXPECT_EQ(Where("a BETWEEN 1"), "Unexpected end of statement");
  EXPECT_EQ(Where("a BETWEEN 1 OR 2"), "Unexpected keyword");
  EXPECT_EQ(Where("a = 1 RETURNING ALL OLD *"), "Unexpected keyword");
  EXPECT_EQ(Where("a = MISSING"), "Unexpected keyword");
  EXPECT_EQ(Where("begins_with()"), "Unexpected token");
}

TEST(Where, RefusesOperandsAsAFilterExpressionDoes) {
  EXPECT_EQ(Where("a < TRUE"),
            "Invalid FilterExpression: Incorrect operand type for operator or function; operator or function: <, "
            "operand type: BOOL");
  EXPECT_EQ(
      Where("a = a"),
      "Invalid FilterExpression: The first operand must be distinct from the remaining operands for this operator "
      "or function; operator: =, first operand: [a]");
  EXPECT_EQ(Where("a BETWEEN 2 AND 1"),
            "Invalid FilterExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower "
            "bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}");
  EXPECT_EQ(Where("attribute_exists(a)"),
            "Invalid FilterExpression: Invalid function name; function: attribute_exists");
  EXPECT_EQ(Where("begins_with(a) AND b = 1"),
            "Invalid FilterExpression: Incorrect number of operands for operator or function; operator or function: "
            "begins_with, number of operands: 1");
  EXPECT_EQ(Where("begins_with(s, 'h') = TRUE"),
            "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: "
            "begins_with");
  EXPECT_EQ(Where("size(a)"),
            "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: "
            "size");
  EXPECT_EQ(Where("attribute_type(a, 'X')"),
            "Invalid FilterExpression: Invalid attribute type name found; type: X, valid types: "
            "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  EXPECT_EQ(Where("a IN [" + Repeated("1,", 100) + "1]"),
            "Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 101");
  EXPECT_EQ(Where("a IN [" + Repeated("1,", 99) + "1]"), "true");
  EXPECT_EQ(Parsed("UPDATE T SET b = 1 WHERE a < TRUE").error(),
            "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: <, "
            "operand type: BOOL");
}

TEST(Where, BoundsItsNestingAndItsOperators) {
  EXPECT_EQ(Where(Repeated("(", 32) + "a = 1" + Repeated(")", 32)), "true");
  EXPECT_EQ(Where(Repeated("NOT ", 32) + "a = 1"), "true");
  constexpr std::string_view kDeep = "Nesting is too deep";
  EXPECT_EQ(Where(Repeated("(", 33) + "a = 1" + Repeated(")", 33)), kDeep);
  EXPECT_EQ(Where(Repeated("(", 10000)), kDeep);
  EXPECT_EQ(Where(Repeated("NOT ", 10000) + "a = 1"), kDeep);
  EXPECT_EQ(Where(Repeated("size(", 10000)), kDeep);
  EXPECT_EQ(Where("a IN " + Repeated("(", 10000)), kDeep);
  EXPECT_EQ(Where("a = 1" + Repeated(" AND a = 1", 149)), "true");
  EXPECT_EQ(Where("a = 1" + Repeated(" OR a = 1", 150)),
            "Invalid FilterExpression: The expression contains too many operators; operator count: 301");
  EXPECT_EQ(Where("a" + Repeated("[0]", 33) + " = 1"),
            "Invalid FilterExpression: The document path has too many nesting elements; nesting levels: 33");
}

TEST(Set, AssignsAndComputesFromTheOldItem) {
  EXPECT_EQ(Updated("SET a = 5", "{'a':{'N':'1'}}"), "{'a':{'N':'5'}}");
  EXPECT_EQ(Updated("SET a = a + 1, b = a - 2", "{'a':{'N':'1'}}"), "{'a':{'N':'2'},'b':{'N':'-1'}}");
  EXPECT_EQ(Updated("SET a = b SET b = a", "{'a':{'N':'1'},'b':{'N':'2'}}"), "{'a':{'N':'2'},'b':{'N':'1'}}");
  EXPECT_EQ(Updated("SET a = 10 - 2 - 3 + a", "{'a':{'N':'1'}}"), "{'a':{'N':'6'}}");
  EXPECT_EQ(Updated("SET a = 10 - (2 - 3)", "{}"), "{'a':{'N':'11'}}");
  EXPECT_EQ(Updated("SET a = 1-1", "{}"), "{'a':{'N':'0'}}");
  EXPECT_EQ(Updated("SET a = b - -1", "{'b':{'N':'1'}}"), "{'a':{'N':'2'},'b':{'N':'1'}}");
  EXPECT_EQ(Updated("SET m.x[0].\"y.z\" = ?", "{'m':{'M':{'x':{'L':[{'M':{}}]}}}}", "{'BOOL':true}"),
            "{'m':{'M':{'x':{'L':[{'M':{'y.z':{'BOOL':true}}}]}}}}");
  EXPECT_EQ(Updated("SET a = {'k': [1, <<2>>]}", "{}"), "{'a':{'M':{'k':{'L':[{'N':'1'},{'NS':['2']}]}}}}");
  EXPECT_EQ(Updated("SET a = a + 1", "{}"),
            "The provided expression refers to an attribute that does not exist in the item");
  EXPECT_EQ(Updated("SET a = s + 1", "{'s':{'S':'x'}}"),
            "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(Updated("SET m.x = 1", "{}"), "The document path provided in the update expression is invalid for update");
}

TEST(Set, AppendsToListsAndChangesSets) {
  EXPECT_EQ(Updated("SET l = list_append(l, [2])", "{'l':{'L':[{'N':'1'}]}}"), "{'l':{'L':[{'N':'1'},{'N':'2'}]}}");
  EXPECT_EQ(Updated("SET l = LIST_APPEND([2], list_append(l, ?))", "{'l':{'L':[{'N':'1'}]}}", "{'L':[{'N':'3'}]}"),
            "{'l':{'L':[{'N':'2'},{'N':'1'},{'N':'3'}]}}");
  EXPECT_EQ(Updated("SET s = set_add(s, <<'y', 'z'>>)", "{'s':{'SS':['x','y']}}"), "{'s':{'SS':['x','y','z']}}");
  EXPECT_EQ(Updated("SET s = set_add(s, <<1>>)", "{}"), "{'s':{'NS':['1']}}");
  EXPECT_EQ(Updated("SET s = SET_DELETE(s, <<'y', 'z'>>)", "{'s':{'SS':['x','y']}}"), "{'s':{'SS':['x']}}");
  EXPECT_EQ(Updated("SET s = set_delete(s, ?), t = 1", "{'s':{'SS':['x']}}", "{'SS':['x']}"), "{'t':{'N':'1'}}");
  EXPECT_EQ(Updated("SET m.s = set_add(m.s, <<1>>) REMOVE a", "{'a':{'N':'1'},'m':{'M':{}}}"),
            "{'m':{'M':{'s':{'NS':['1']}}}}");
  EXPECT_EQ(Updated("SET s = set_add(s, <<1>>)", "{'s':{'SS':['x']}}"),
            "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(Updated("SET s = set_add(s, ?)", "{}", "{'N':'1'}"),
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: set_add, "
            "operand type: N");
  EXPECT_EQ(
      Updated("SET s = set_add(r, <<1>>)", "{}"),
      "Invalid UpdateExpression: The first operand of a set function must be the attribute that is set; function: "
      "set_add");
  EXPECT_EQ(Updated("SET s = list_append(set_add(s, <<1>>), [])", "{}"),
            "Invalid UpdateExpression: Invalid function name; function: set_add");
}

TEST(Set, RemovesPaths) {
  EXPECT_EQ(Updated("REMOVE a, l[0]", "{'a':{'N':'1'},'b':{'N':'2'},'l':{'L':[{'N':'1'},{'N':'2'}]}}"),
            "{'b':{'N':'2'},'l':{'L':[{'N':'2'}]}}");
  EXPECT_EQ(Updated("REMOVE a SET b = a REMOVE c", "{'a':{'N':'1'},'c':{'N':'1'}}"), "{'b':{'N':'1'}}");
}

TEST(Set, RefusesWhatAnUpdateExpressionDoes) {
  EXPECT_EQ(Updated("SET a = 1, a.b = 2", "{}"),
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [a], path two: [a, b]");
  EXPECT_EQ(Updated("SET a = 1 REMOVE a", "{}"),
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [a], path two: [a]");
  EXPECT_EQ(Updated("SET a = if_not_exists(a, 1)", "{}"),
            "Invalid UpdateExpression: Invalid function name; function: if_not_exists");
  EXPECT_EQ(Updated("SET a = a + 'x'", "{}"),
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, "
            "operand type: S");
  EXPECT_EQ(Updated("SET a = list_append(a)", "{}"),
            "Invalid UpdateExpression: Incorrect number of operands for operator or function; operator or function: "
            "list_append, number of operands: 1");
  EXPECT_EQ(Updated("SET a = list_append(a, 1)", "{}"),
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: "
            "list_append, operand type: N");
  EXPECT_EQ(Updated("SET a = 1" + Repeated(" + 1", 301), "{}"),
            "Invalid UpdateExpression: The expression contains too many operators; operator count: 301");
  EXPECT_EQ(Updated("SET a = 1" + Repeated(" + 1", 300), "{}"), "{'a':{'N':'301'}}");
  EXPECT_EQ(Updated("SET a", "{}"), "Unexpected keyword");
  EXPECT_EQ(Updated("SET a = ", "{}"), "Unexpected keyword");
  EXPECT_EQ(Updated("SET a = 1,", "{}"), "Unexpected keyword");
  EXPECT_EQ(Updated("SET a = b = c", "{}"), "Unexpected token");
  EXPECT_EQ(Updated("REMOVE a = 1", "{}"), "Unexpected token");
  EXPECT_EQ(Updated("ADD a 1", "{}"), "Expected data manipulation");
  EXPECT_EQ(Updated("SET a = " + Repeated("(", 10000), "{}"), "Nesting is too deep");
  EXPECT_EQ(Updated("SET a = " + Repeated("list_append(", 10000), "{}"), "Nesting is too deep");
}

}  // namespace
}  // namespace basalt::expression::partiql

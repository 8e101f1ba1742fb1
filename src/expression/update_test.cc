// Tests of update expressions: static checks, then what they do to an item.
#include "expression/update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

constexpr std::string_view kLiterals =
    "{':s':{'S':'a'},':n':{'N':'1'},':five':{'N':'5'},':b':{'B':'YQ=='},':true':{'BOOL':true},':null':{'NULL':true},"
    "':ss':{'SS':['x','y']},':ns':{'NS':['1','2']},':bs':{'BS':['YQ==']},':l':{'L':[{'N':'8'},{'N':'9'}]},"
    "':map':{'M':{'k':{'S':'v'}}}}";

constexpr std::string_view kBadPath = "The document path provided in the update expression is invalid for update";
constexpr std::string_view kBadType = "An operand in the update expression has an incorrect data type";
constexpr std::string_view kAbsent = "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kTooLarge = "Item size to update has exceeded the maximum allowed size";

std::string CheckError(std::string_view text) {
  Request request(kLiterals, {{"#a", "a"}, {"#dot", "a.b"}});
  const std::string error = request.UpdateError(text);
  constexpr std::string_view kPrefix = "Invalid UpdateExpression: ";
  return error.starts_with(kPrefix) ? error.substr(kPrefix.size()) : error;
}

std::string Updated(std::string_view text, std::string_view item) {
  Request request(kLiterals, {{"#a", "a"}, {"#dot", "a.b"}});
  return request.Updated(text, item);
}

TEST(UpdateCheck, RefusesUnknownFunctions) {
  EXPECT_EQ(CheckError("SET a = foo(b)"), "Invalid function name; function: foo");
  EXPECT_EQ(CheckError("SET a = If_Not_Exists(b, :n)"), "Invalid function name; function: If_Not_Exists");
  EXPECT_EQ(CheckError("SET a = if_not_exists(b, size(c))"), "Invalid function name; function: size");
}

TEST(UpdateCheck, RefusesARepeatedSection) {
  EXPECT_EQ(CheckError("SET a = :n set b = :n"), "The \"SET\" section can only be used once in an update expression;");
  EXPECT_EQ(CheckError("ADD a :n SET b = :n add c :n REMOVE d remove e"),
            "The \"ADD\" section can only be used once in an update expression;");
  EXPECT_EQ(CheckError("REMOVE a REMOVE b"), "The \"REMOVE\" section can only be used once in an update expression;");
  EXPECT_EQ(CheckError("DELETE a :ss DELETE b :ss"),
            "The \"DELETE\" section can only be used once in an update expression;");
}

TEST(UpdateCheck, TakesTheSectionsInAnyOrder) {
  EXPECT_EQ(CheckError("DELETE a :ss ADD b :n REMOVE c SET d = :s"), "");
  EXPECT_EQ(CheckError("REMOVE c SET d = :s, e = :s DELETE a :ss"), "");
}

TEST(UpdateCheck, RefusesUndefinedPlaceholders) {
  EXPECT_EQ(CheckError("SET #x = :y"),
            "An expression attribute name used in the document path is not defined; attribute name: #x");
  EXPECT_EQ(CheckError("SET a = :y, b = #x"),
            "An expression attribute name used in the document path is not defined; attribute name: #x");
  EXPECT_EQ(CheckError("SET a = if_not_exists(b, :y)"),
            "An expression attribute value used in expression is not defined; attribute value: :y");
  EXPECT_EQ(CheckError("ADD a :y"),
            "An expression attribute value used in expression is not defined; attribute value: :y");
}

std::string Clash(std::string_view verb, std::string_view one, std::string_view two) {
  return "Two document paths " + std::string(verb) +
         " with each other; must remove or rewrite one of these paths; path one: " + std::string(one) +
         ", path two: " + std::string(two);
}

TEST(UpdateCheck, RefusesOverlappingPaths) {
  EXPECT_EQ(CheckError("SET a = :n, a = :n"), Clash("overlap", "[a]", "[a]"));
  EXPECT_EQ(CheckError("SET a = :n, #a = :n"), Clash("overlap", "[a]", "[a]"));
  EXPECT_EQ(CheckError("SET a = :n, a.b[1] = :n"), Clash("overlap", "[a]", "[a, b, [1]]"));
  EXPECT_EQ(CheckError("SET a.b[1] = :n REMOVE a"), Clash("overlap", "[a, b, [1]]", "[a]"));
  EXPECT_EQ(CheckError("REMOVE a.b SET z = :n ADD a.b :n"), Clash("overlap", "[a, b]", "[a, b]"));
  EXPECT_EQ(CheckError("SET a[1] = :n, a[1][2] = :n"), Clash("overlap", "[a, [1]]", "[a, [1], [2]]"));
  EXPECT_EQ(CheckError("SET b = :n, c = :n, c.d = :n, b = :n"), Clash("overlap", "[c]", "[c, d]"));
  EXPECT_EQ(CheckError("SET a.b = :n, #dot = :n"), "");
  EXPECT_EQ(CheckError("SET a.b = :n, a.c = a.b, d[0] = :n, d[1] = d[0]"), "");
}

TEST(UpdateCheck, RefusesConflictingPaths) {
  EXPECT_EQ(CheckError("SET a.b = :n, a[1] = :n"), Clash("conflict", "[a, b]", "[a, [1]]"));
  EXPECT_EQ(CheckError("SET a[1].c = :n REMOVE a.b.d"), Clash("conflict", "[a, [1], c]", "[a, b, d]"));
  EXPECT_EQ(CheckError("SET a.b = :n, a[1] = :n, c = :n, c = :n"), Clash("overlap", "[c]", "[c]"));
  EXPECT_EQ(CheckError("SET a.b.c = :n, a.b[0] = :n, a.d = :n"), Clash("conflict", "[a, b, c]", "[a, b, [0]]"));
}

TEST(UpdateCheck, RequiresNumbersOrSetsForAdd) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {":s", "STRING"}, {":b", "BINARY"}, {":true", "BOOLEAN"}, {":null", "NULL"}, {":l", "LIST"}, {":map", "MAP"}};
  for (const auto& [value, name] : refused) {
    EXPECT_EQ(CheckError("ADD a " + value),
              "Incorrect operand type for operator or function; operator: ADD, operand type: " + name);
    EXPECT_EQ(CheckError("DELETE a " + value),
              "Incorrect operand type for operator or function; operator: DELETE, operand type: " + name);
  }
  EXPECT_EQ(CheckError("DELETE a :n"),
            "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER");
  EXPECT_EQ(CheckError("ADD a :n, b :ss, c :ns, d :bs DELETE e :ss, f :ns, g :bs"), "");
}

TEST(UpdateCheck, RequiresTheOperandsOfFunctions) {
  const auto type_error = [](std::string_view name, std::string_view type) {
    return "Incorrect operand type for operator or function; operator or function: " + std::string(name) +
           ", operand type: " + std::string(type);
  };
  EXPECT_EQ(CheckError("SET a = if_not_exists(b)"),
            "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of "
            "operands: 1");
  EXPECT_EQ(CheckError("SET a = list_append(b, c, d)"),
            "Incorrect number of operands for operator or function; operator or function: list_append, number of "
            "operands: 3");
  EXPECT_EQ(CheckError("SET a = if_not_exists(:n, b)"),
            "Operator or function requires a document path; operator or function: if_not_exists");
  EXPECT_EQ(CheckError("SET a = if_not_exists(list_append(:l, :l), b)"),
            "Operator or function requires a document path; operator or function: if_not_exists");
  EXPECT_EQ(CheckError("SET a = list_append(b, :map)"), type_error("list_append", "M"));
  EXPECT_EQ(CheckError("SET a = list_append(:s, b)"), type_error("list_append", "S"));
  EXPECT_EQ(CheckError("SET a = b + :s"), type_error("+", "S"));
  EXPECT_EQ(CheckError("SET a = :ss - b"), type_error("-", "SS"));
  EXPECT_EQ(CheckError("SET a = list_append(b, c) + :n"), type_error("+", "L"));
  EXPECT_EQ(CheckError("SET a = list_append(list_append(b, c), if_not_exists(d, :l))"), "");
}

TEST(UpdateCheck, ReportsDefectsInTheServicesOrder) {
  EXPECT_EQ(CheckError("SET a = foo(status) SET #x = :y"),
            "Attribute name is a reserved keyword; reserved keyword: status");
  EXPECT_EQ(CheckError("SET a = foo(b) SET #x = :y"), "Invalid function name; function: foo");
  EXPECT_EQ(CheckError("SET a = :y SET #x = :n"), "The \"SET\" section can only be used once in an update expression;");
  EXPECT_EQ(CheckError("SET a = :y, a = #x"),
            "An expression attribute name used in the document path is not defined; attribute name: #x");
  EXPECT_EQ(CheckError("SET a = :y, a = b"),
            "An expression attribute value used in expression is not defined; attribute value: :y");
  EXPECT_EQ(CheckError("ADD a :s, a :n"), Clash("overlap", "[a]", "[a]"));
  EXPECT_EQ(CheckError("SET b = list_append(:s, b) ADD a :s"),
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING");
}

TEST(UpdateSet, AssignsLiteralsAndPaths) {
  EXPECT_EQ(Updated("SET a = :n", "{}"), "{'a':{'N':'1'}}");
  EXPECT_EQ(Updated("SET b = :s", "{'a':{'N':'1'},'c':{'N':'3'}}"), "{'a':{'N':'1'},'b':{'S':'a'},'c':{'N':'3'}}");
  EXPECT_EQ(Updated("SET a = c", "{'a':{'N':'1'},'c':{'S':'x'}}"), "{'a':{'S':'x'},'c':{'S':'x'}}");
  EXPECT_EQ(Updated("SET a = m.k[1]", "{'m':{'M':{'k':{'L':[{'N':'1'},{'N':'2'}]}}}}"),
            "{'a':{'N':'2'},'m':{'M':{'k':{'L':[{'N':'1'},{'N':'2'}]}}}}");
  EXPECT_EQ(Updated("SET a = absent", "{}"), kAbsent);
  EXPECT_EQ(Updated("SET a = m.absent", "{'m':{'M':{}}}"), kAbsent);
  EXPECT_EQ(Updated("SET #dot = :n", "{}"), "{'a.b':{'N':'1'}}");
}

TEST(UpdateSet, ReadsTheItemBeforeTheUpdate) {
  EXPECT_EQ(Updated("SET a = b, b = a", "{'a':{'N':'1'},'b':{'N':'2'}}"), "{'a':{'N':'2'},'b':{'N':'1'}}");
  EXPECT_EQ(Updated("REMOVE a SET b = a", "{'a':{'N':'1'}}"), "{'b':{'N':'1'}}");
  EXPECT_EQ(Updated("ADD a :n SET b = a", "{'a':{'N':'1'}}"), "{'a':{'N':'2'},'b':{'N':'1'}}");
  EXPECT_EQ(Updated("SET a = :n, b = if_not_exists(a, :s)", "{}"), "{'a':{'N':'1'},'b':{'S':'a'}}");
}

TEST(UpdateSet, AssignsBelowExistingParents) {
  EXPECT_EQ(Updated("SET m.k = :n", "{'m':{'M':{'a':{'S':'x'}}}}"), "{'m':{'M':{'a':{'S':'x'},'k':{'N':'1'}}}}");
  EXPECT_EQ(Updated("SET m.a.b = :n, m.a.c = :s", "{'m':{'M':{'a':{'M':{}}}}}"),
            "{'m':{'M':{'a':{'M':{'b':{'N':'1'},'c':{'S':'a'}}}}}}");
  EXPECT_EQ(Updated("SET l[0].k = :n", "{'l':{'L':[{'M':{}}]}}"), "{'l':{'L':[{'M':{'k':{'N':'1'}}}]}}");
}

TEST(UpdateSet, RefusesMissingAndWrongParents) {
  EXPECT_EQ(Updated("SET m.k = :n", "{}"), kBadPath);
  EXPECT_EQ(Updated("SET m.k.j = :n", "{'m':{'M':{}}}"), kBadPath);
  EXPECT_EQ(Updated("SET m.k = :n", "{'m':{'S':'x'}}"), kBadPath);
  EXPECT_EQ(Updated("SET m.k = :n", "{'m':{'L':[]}}"), kBadPath);
  EXPECT_EQ(Updated("SET m[0] = :n", "{'m':{'M':{}}}"), kBadPath);
  EXPECT_EQ(Updated("SET m[0] = :n", "{'m':{'NS':['1']}}"), kBadPath);
  EXPECT_EQ(Updated("SET m[0] = :n", "{}"), kBadPath);
  EXPECT_EQ(Updated("SET l[1].k = :n", "{'l':{'L':[{'M':{}}]}}"), kBadPath);
}

TEST(UpdateSet, AddsAndSubtractsExactly) {
  EXPECT_EQ(Updated("SET a = a + :five", "{'a':{'N':'1'}}"), "{'a':{'N':'6'}}");
  EXPECT_EQ(Updated("SET a = a - :five", "{'a':{'N':'1'}}"), "{'a':{'N':'-4'}}");
  EXPECT_EQ(Updated("SET a = :five - a", "{'a':{'N':'0.5'}}"), "{'a':{'N':'4.5'}}");
  EXPECT_EQ(Updated("SET a = if_not_exists(a, :five) + :n", "{}"), "{'a':{'N':'6'}}");
  EXPECT_EQ(Updated("SET a = a + :n", "{'a':{'S':'1'}}"), kBadType);
  EXPECT_EQ(Updated("SET a = a + :n", "{}"), kAbsent);
  EXPECT_EQ(Updated("SET a = a + :n", "{'a':{'N':'9999999999999999999999999999999999999.9'}}"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(Updated("SET a = a + a", "{'a':{'N':'9E125'}}"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
}

TEST(UpdateSet, KeepsAnExistingValueWithIfNotExists) {
  EXPECT_EQ(Updated("SET a = if_not_exists(a, :n)", "{'a':{'S':'x'}}"), "{'a':{'S':'x'}}");
  EXPECT_EQ(Updated("SET a = if_not_exists(a, :n)", "{}"), "{'a':{'N':'1'}}");
  EXPECT_EQ(Updated("SET a = if_not_exists(a, b)", "{'b':{'N':'2'}}"), "{'a':{'N':'2'},'b':{'N':'2'}}");
  EXPECT_EQ(Updated("SET a = if_not_exists(a, b)", "{}"), kAbsent);
  EXPECT_EQ(Updated("SET a = if_not_exists(a, if_not_exists(b, :n))", "{}"), "{'a':{'N':'1'}}");
}

TEST(UpdateSet, AppendsLists) {
  EXPECT_EQ(Updated("SET a = list_append(a, :l)", "{'a':{'L':[{'S':'x'}]}}"),
            "{'a':{'L':[{'S':'x'},{'N':'8'},{'N':'9'}]}}");
  EXPECT_EQ(Updated("SET a = list_append(:l, a)", "{'a':{'L':[{'S':'x'}]}}"),
            "{'a':{'L':[{'N':'8'},{'N':'9'},{'S':'x'}]}}");
  EXPECT_EQ(Updated("SET a = list_append(if_not_exists(a, :l), list_append(b, b))", "{'b':{'L':[{'S':'x'}]}}"),
            "{'a':{'L':[{'N':'8'},{'N':'9'},{'S':'x'},{'S':'x'}]},'b':{'L':[{'S':'x'}]}}");
  EXPECT_EQ(Updated("SET a = list_append(a, :l)", "{'a':{'SS':['x']}}"), kBadType);
  EXPECT_EQ(Updated("SET a = list_append(a, :l)", "{}"), kAbsent);
  EXPECT_EQ(Updated("SET a = list_append(if_not_exists(b, :n), :l)", "{}"), kBadType);
}

constexpr std::string_view kFive = "{'l':{'L':[{'N':'10'},{'N':'11'},{'N':'12'},{'N':'13'},{'N':'14'}]}}";

TEST(UpdateList, ReplacesInsideAndAppendsBeyondTheEnd) {
  EXPECT_EQ(Updated("SET l[1] = :s", "{'l':{'L':[{'N':'0'},{'N':'1'}]}}"), "{'l':{'L':[{'N':'0'},{'S':'a'}]}}");
  EXPECT_EQ(Updated("SET l[2] = :s", "{'l':{'L':[{'N':'0'},{'N':'1'}]}}"),
            "{'l':{'L':[{'N':'0'},{'N':'1'},{'S':'a'}]}}");
  EXPECT_EQ(Updated("SET l[4294967294] = :s", "{'l':{'L':[]}}"), "{'l':{'L':[{'S':'a'}]}}");
}

TEST(UpdateList, AppendsInTheOrderOfIndexesWithoutGaps) {
  EXPECT_EQ(Updated("SET l[50] = :s, l[7] = :n, l[1000] = :five", "{'l':{'L':[{'N':'0'}]}}"),
            "{'l':{'L':[{'N':'0'},{'N':'1'},{'S':'a'},{'N':'5'}]}}");
}

TEST(UpdateList, RemovesByTheOriginalIndexes) {
  EXPECT_EQ(Updated("REMOVE l[1], l[3]", kFive), "{'l':{'L':[{'N':'10'},{'N':'12'},{'N':'14'}]}}");
  EXPECT_EQ(Updated("REMOVE l[3], l[1], l[0]", kFive), "{'l':{'L':[{'N':'12'},{'N':'14'}]}}");
  EXPECT_EQ(Updated("REMOVE l[0], l[1], l[2], l[3], l[4]", kFive), "{'l':{'L':[]}}");
  EXPECT_EQ(Updated("REMOVE l[1] SET l[3] = :s, l[9] = :n", kFive),
            "{'l':{'L':[{'N':'10'},{'N':'12'},{'S':'a'},{'N':'14'},{'N':'1'}]}}");
  EXPECT_EQ(Updated("REMOVE l[5], l[99]", "{'l':{'L':[{'N':'1'}]}}"), "{'l':{'L':[{'N':'1'}]}}");
}

TEST(UpdateList, AddsToAndDeletesFromElements) {
  EXPECT_EQ(Updated("ADD l[0] :n, l[9] :five", kFive),
            "{'l':{'L':[{'N':'11'},{'N':'11'},{'N':'12'},{'N':'13'},{'N':'14'},{'N':'5'}]}}");
  EXPECT_EQ(Updated("DELETE l[0] :ss, l[1] :ss", "{'l':{'L':[{'SS':['x']},{'SS':['x','z']}]}}"),
            "{'l':{'L':[{'SS':['z']}]}}");
}

TEST(UpdateRemove, IgnoresAbsentLeavesButNotAbsentParents) {
  EXPECT_EQ(Updated("REMOVE a", "{'a':{'N':'1'},'b':{'N':'2'}}"), "{'b':{'N':'2'}}");
  EXPECT_EQ(Updated("REMOVE a", "{}"), "{}");
  EXPECT_EQ(Updated("REMOVE m.k, m.j", "{'m':{'M':{'k':{'N':'1'}}}}"), "{'m':{'M':{}}}");
  EXPECT_EQ(Updated("REMOVE m.k", "{}"), kBadPath);
  EXPECT_EQ(Updated("REMOVE m.k", "{'m':{'N':'1'}}"), kBadPath);
  EXPECT_EQ(Updated("REMOVE m[0]", "{'m':{'M':{}}}"), kBadPath);
  EXPECT_EQ(Updated("REMOVE l[3].k", "{'l':{'L':[]}}"), kBadPath);
}

TEST(UpdateAdd, AddsNumbersAndUnitesSets) {
  EXPECT_EQ(Updated("ADD a :five", "{}"), "{'a':{'N':'5'}}");
  EXPECT_EQ(Updated("ADD a :five", "{'a':{'N':'-5'}}"), "{'a':{'N':'0'}}");
  EXPECT_EQ(Updated("ADD a :ss", "{}"), "{'a':{'SS':['x','y']}}");
  EXPECT_EQ(Updated("ADD a :ss", "{'a':{'SS':['y','z']}}"), "{'a':{'SS':['x','y','z']}}");
  EXPECT_EQ(Updated("ADD a :ns", "{'a':{'NS':['1.0','3']}}"), "{'a':{'NS':['1','2','3']}}");
  EXPECT_EQ(Updated("ADD a :bs", "{'a':{'BS':['Yg==']}}"), "{'a':{'BS':['YQ==','Yg==']}}");
  EXPECT_EQ(Updated("ADD m.k :n", "{'m':{'M':{}}}"), "{'m':{'M':{'k':{'N':'1'}}}}");
  EXPECT_EQ(Updated("ADD m.k :n", "{}"), kBadPath);
  EXPECT_EQ(Updated("ADD a :n", "{'a':{'S':'1'}}"), kBadType);
  EXPECT_EQ(Updated("ADD a :ss", "{'a':{'NS':['1']}}"), kBadType);
  EXPECT_EQ(Updated("ADD a :ss", "{'a':{'L':[]}}"), kBadType);
  EXPECT_EQ(Updated("ADD a :n", "{'a':{'NS':['1']}}"), kBadType);
}

TEST(UpdateDelete, SubtractsSets) {
  EXPECT_EQ(Updated("DELETE a :ss", "{'a':{'SS':['w','x','z']}}"), "{'a':{'SS':['w','z']}}");
  EXPECT_EQ(Updated("DELETE a :ss", "{'a':{'SS':['x','y']},'b':{'N':'1'}}"), "{'b':{'N':'1'}}");
  EXPECT_EQ(Updated("DELETE a :ns", "{'a':{'NS':['2.0','3']}}"), "{'a':{'NS':['3']}}");
  EXPECT_EQ(Updated("DELETE a :ss", "{}"), "{}");
  EXPECT_EQ(Updated("DELETE m.k :ss", "{'m':{'M':{}}}"), "{'m':{'M':{}}}");
  EXPECT_EQ(Updated("DELETE m.k :ss", "{}"), kBadPath);
  EXPECT_EQ(Updated("DELETE a :ss", "{'a':{'NS':['1']}}"), kBadType);
  EXPECT_EQ(Updated("DELETE a :ss", "{'a':{'S':'x'}}"), kBadType);
}

TEST(Update, LeavesTheOldItemAsItWas) {
  Request request(kLiterals);
  const model::Item item = request.Item("{'a':{'L':[{'N':'1'},{'M':{'k':{'N':'2'}}}]},'s':{'SS':['x','q']}}");
  const std::string before = TextOf(item);
  const Result<const Update*> update =
      ParseUpdate("SET a[1].k = :s REMOVE a[0] DELETE s :ss", request.placeholders(), request.arena());
  ASSERT_TRUE(update.ok());
  const Result<model::Item> after = Apply(**update, item, request.arena());
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(TextOf(*after), "{'a':{'L':[{'M':{'k':{'S':'a'}}}]},'s':{'SS':['q']}}");
  EXPECT_EQ(TextOf(item), before);
}

TEST(Update, KnowsWhetherItOnlyDeletes) {
  Request request(kLiterals);
  const auto deletes_only = [&](std::string_view text) {
    return DeletesOnly(*ParseUpdate(text, request.placeholders(), request.arena()).value());
  };
  EXPECT_TRUE(deletes_only("REMOVE a"));
  EXPECT_TRUE(deletes_only("DELETE a :ss REMOVE b"));
  EXPECT_FALSE(deletes_only("REMOVE a SET b = :n"));
  EXPECT_FALSE(deletes_only("ADD a :n"));
}

TEST(Update, ListsItsPathsAndTargets) {
  Request request(kLiterals);
  const Result<const Update*> update =
      ParseUpdate("SET a.b = if_not_exists(c, d) + e REMOVE f[1] ADD g :n", request.placeholders(), request.arena());
  ASSERT_TRUE(update.ok());
  std::string heads;
  for (const Path path : PathsOf(**update)) {
    heads += path.front().name;
  }
  EXPECT_EQ(heads, "acdefg");
  heads.clear();
  for (const Path path : TargetsOf(**update)) {
    heads += path.front().name;
  }
  EXPECT_EQ(heads, "afg");
}

TEST(Update, ReturnsOnlyTheTargetedPaths) {
  Request request(kLiterals);
  const model::Item old_item = request.Item(
      "{'pk':{'S':'k'},'m':{'M':{'k':{'N':'1'},'other':{'N':'2'}}},'l':{'L':[{'N':'0'},{'N':'1'}]},'gone':{'N':'3'}}");
  const Result<const Update*> update = ParseUpdate("SET m.k = :five, l[1] = :s, fresh = :n REMOVE gone, absent",
                                                   request.placeholders(), request.arena());
  ASSERT_TRUE(update.ok());
  const Result<model::Item> new_item = Apply(**update, old_item, request.arena());
  ASSERT_TRUE(new_item.ok());
  EXPECT_EQ(TextOf(ProjectTargets(**update, old_item, request.arena())),
            "{'gone':{'N':'3'},'l':{'L':[{'N':'1'}]},'m':{'M':{'k':{'N':'1'}}}}");
  EXPECT_EQ(TextOf(ProjectTargets(**update, *new_item, request.arena())),
            "{'fresh':{'N':'1'},'l':{'L':[{'S':'a'}]},'m':{'M':{'k':{'N':'5'}}}}");
}

// Hostile updates: each would cost gigabytes or minutes if it were taken literally.

std::span<const model::Value> ManyNulls(Arena& arena, size_t count) {
  const std::span<model::Value> elements = arena.NewArray<model::Value>(count);
  for (model::Value& element : elements) {
    element = model::Value::Null();
  }
  return elements;
}

TEST(UpdateHostile, RefusesListsThatCannotBeStoredBeforeBuildingThem) {
  Arena arena;
  const model::Attribute attribute{"a", model::Value::List(ManyNulls(arena, 200'000))};
  Placeholders placeholders({}, {});
  std::string nested = "a";
  for (int i = 0; i < 200; ++i) {
    nested = "list_append(" + nested + ",a)";
  }
  std::string copies = "SET b0 = a";
  for (int i = 1; i < 500; ++i) {
    copies += ",b" + std::to_string(i) + "=a";
  }
  for (const std::string& text : {"SET b = " + nested, copies}) {
    const Result<const Update*> update = ParseUpdate(text, placeholders, arena);
    ASSERT_TRUE(update.ok());
    const auto begin = std::chrono::steady_clock::now();
    const size_t before_bytes = arena.allocated_bytes();
    const Result<model::Item> result = Apply(**update, {&attribute, 1}, arena);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().text, kTooLarge);
    EXPECT_LT(arena.allocated_bytes() - before_bytes, size_t{64} << 20);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  }
}

TEST(UpdateHostile, SearchesALargeSet) {
  Arena arena;
  std::vector<std::string> texts;
  for (int i = 0; i < 200'000; ++i) {
    texts.push_back(std::to_string(i));
  }
  std::sort(texts.begin(), texts.end());
  const std::vector<std::string_view> members(texts.begin(), texts.end());
  const std::span<const std::string_view> all(members);
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) {
    names.push_back("a" + std::to_string(i));
  }
  std::vector<model::Attribute> attributes;
  std::string text = "DELETE ";
  for (size_t i = 0; i < names.size(); ++i) {
    attributes.push_back({names[i], model::Value::Set(model::Type::kSs, all.subspan(i * 10, 10))});
    text += (i > 0 ? "," : "") + names[i] + " :v";
  }
  const std::span<model::Attribute> item = model::SortAttributes(attributes);
  const model::Attribute value{":v", model::Value::Set(model::Type::kSs, all)};
  Placeholders placeholders({}, {&value, 1});
  const auto begin = std::chrono::steady_clock::now();
  const Result<const Update*> update = ParseUpdate(text, placeholders, arena);
  ASSERT_TRUE(update.ok());
  const Result<model::Item> result = Apply(**update, item, arena);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));

  std::string add = "ADD x0 :v";
  for (int i = 1; i < 500; ++i) {
    add += ",x" + std::to_string(i) + " :v";
  }
  const Result<const Update*> added = ParseUpdate(add, placeholders, arena);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(Apply(**added, item, arena).error().text, kTooLarge);
}

TEST(UpdateHostile, FindsAnOverlapAmongManyPathsQuickly) {
  std::string text = "REMOVE ";
  int count = 0;
  while (text.size() < 4080) {
    text += "a[" + std::to_string(count++) + "],";
  }
  Request request;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(request.UpdateError(text + "b"), "");
    EXPECT_EQ(request.UpdateError(text + "a[0]"),
              "Invalid UpdateExpression: " + Clash("overlap", "[a, [0]]", "[a, [0]]"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

}  // namespace
}  // namespace basalt::expression

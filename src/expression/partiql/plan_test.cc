// Tests of plans: how a SELECT reaches its items, and what a write asks of them.
#include "expression/partiql/plan.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/partiql/statement_fixture.h"

namespace basalt::expression::partiql {
namespace {

std::string Simple(std::string_view rest) { return Planned("SELECT * FROM T " + std::string(rest), kSimpleKey); }
std::string Composite(std::string_view rest) { return Planned("SELECT * FROM T " + std::string(rest), kCompositeKey); }
std::string Indexed(std::string_view rest) {
  return Planned("SELECT * FROM \"T\".\"I\" " + std::string(rest), kCompositeKey);
}

constexpr std::array<KeyAttribute, 2> kPartitions = {{{"p1", model::Type::kS}, {"p2", model::Type::kN}}};
constexpr std::array<KeyAttribute, 3> kSorts = {
    {{"s1", model::Type::kS}, {"s2", model::Type::kN}, {"s3", model::Type::kS}}};
const KeySchema kWideKey{kPartitions, kSorts};
std::string Wide(std::string_view rest) { return Planned("SELECT * FROM \"T\".\"I\" " + std::string(rest), kWideKey); }

TEST(PlanRead, GetsTheItemWhoseWholeKeyIsFixed) {
  EXPECT_EQ(Simple("WHERE pk = 'a'"), "get {'pk':{'S':'a'}}");
  EXPECT_EQ(Simple("WHERE 'a' = pk AND x > 1"), "get {'pk':{'S':'a'}}, filter");
  EXPECT_EQ(Composite("WHERE sk = 1 AND (x = 2 AND pk = 'a')"), "get {'pk':{'S':'a'},'sk':{'N':'1'}}, filter");
  EXPECT_EQ(Simple("WHERE pk = 'a' AND pk = 'b'"), "get {'pk':{'S':'a'}}, filter");
  EXPECT_EQ(Simple("WHERE pk = 'a' ORDER BY pk"), "get {'pk':{'S':'a'}}");
  EXPECT_EQ(Indexed("WHERE sk = 1 AND pk = 'a'"), "query {'S':'a'} = {'N':'1'}");
}

TEST(PlanRead, QueriesAPartition) {
  EXPECT_EQ(Composite("WHERE pk = 'a'"), "query {'S':'a'}");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk < 1"), "query {'S':'a'} < {'N':'1'}");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk <= 1"), "query {'S':'a'} <= {'N':'1'}");
  EXPECT_EQ(Composite("WHERE sk > 1 AND pk = 'a'"), "query {'S':'a'} > {'N':'1'}");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND 1 <= sk"), "query {'S':'a'} >= {'N':'1'}");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk BETWEEN 1 AND 2 AND x = 1"),
            "query {'S':'a'} BETWEEN {'N':'1'} AND {'N':'2'}, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk > 1 AND sk < 5"), "query {'S':'a'} > {'N':'1'}, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND x = 1"), "query {'S':'a'}, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk <> 1"), "query {'S':'a'}, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND NOT sk = 1"), "query {'S':'a'}, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk IN [1, 2]"), "query {'S':'a'}, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND (sk = 1 OR sk = 2)"), "query {'S':'a'}, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk = other"), "query {'S':'a'}, filter");
  constexpr std::array<KeyAttribute, 1> kText = {{{"sk", model::Type::kS}}};
  EXPECT_EQ(Planned("SELECT * FROM T WHERE pk = 'a' AND begins_with(sk, 'x')", {kPk, kText}),
            "query {'S':'a'} begins_with {'S':'x'}");
}

TEST(PlanRead, QueriesEachPartitionOfAListOnce) {
  EXPECT_EQ(Composite("WHERE pk IN ['b', 'a', 'b']"), "query {'S':'b'} | {'S':'a'}");
  EXPECT_EQ(Composite("WHERE pk = 'a' OR pk = 'b'"), "query {'S':'a'} | {'S':'b'}");
  EXPECT_EQ(Composite("WHERE (pk = 'a' OR 'b' = pk OR pk IN ['c']) AND sk > 1"),
            "query {'S':'a'} > {'N':'1'} | {'S':'b'} > {'N':'1'} | {'S':'c'} > {'N':'1'}");
  EXPECT_EQ(Composite("WHERE pk IN ['a', 'b'] AND sk = 1 AND x = 1"),
            "query {'S':'a'} = {'N':'1'} | {'S':'b'} = {'N':'1'}, filter");
  EXPECT_EQ(Simple("WHERE pk IN ['a']"), "query {'S':'a'}");
  EXPECT_EQ(Composite("WHERE pk IN ['a', 'b'] AND pk = 'a'"), "query {'S':'a'}, filter");
  EXPECT_EQ(Simple("WHERE pk IN [" + Repeated("'a',", 49) + "'b']"), "query {'S':'a'} | {'S':'b'}");
  EXPECT_EQ(Simple("WHERE pk IN [" + Repeated("'a',", 50) + "'b']"),
            "Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 51");
  EXPECT_EQ(Simple("WHERE pk = 'a'" + Repeated(" OR pk = 'b'", 50)),
            "Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 51");
}

TEST(PlanRead, ScansWithoutAPartition) {
  EXPECT_EQ(Composite(""), "scan");
  EXPECT_EQ(Composite("WHERE x = 1"), "scan, filter");
  EXPECT_EQ(Composite("WHERE sk = 1"), "scan, filter");
  EXPECT_EQ(Composite("WHERE pk > 'a'"), "scan, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' OR x = 1"), "scan, filter");
  EXPECT_EQ(Composite("WHERE pk = 'a' OR sk = 1"), "scan, filter");
  EXPECT_EQ(Composite("WHERE (pk = 'a' AND sk = 1) OR (pk = 'b' AND sk = 2)"), "scan, filter");
  EXPECT_EQ(Composite("WHERE NOT pk = 'a'"), "scan, filter");
  EXPECT_EQ(Composite("WHERE pk IN ['a', other]"), "scan, filter");
  EXPECT_EQ(Composite("WHERE pk.x = 'a' AND sk = 1"), "scan, filter");
  EXPECT_EQ(Composite("WHERE begins_with(pk, 'a')"), "scan, filter");
  EXPECT_EQ(Composite("WHERE pk = 1 OR x = 1"), "scan, filter");
}

TEST(PlanRead, RefusesKeyValuesThatDoNotFitTheSchema) {
  constexpr std::string_view kType =
      "One or more parameter values were invalid: Condition parameter type does not match schema type";
  EXPECT_EQ(Composite("WHERE pk = 1"), kType);
  EXPECT_EQ(Composite("WHERE pk IN ['a', 1]"), kType);
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk > 'x'"), kType);
  EXPECT_EQ(Composite("WHERE pk = 'a' AND begins_with(sk, 'x')"), kType);
  EXPECT_EQ(
      Composite("WHERE pk = ''"),
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk");
  // Those of a whole primary key are checked as any such key is.
  EXPECT_EQ(Composite("WHERE pk = 1 AND sk = 'x'"), "get {'pk':{'N':'1'},'sk':{'S':'x'}}");
}

TEST(PlanRead, LeavesTheRestOfTheConditionAsAFilter) {
  Parsed parsed("SELECT a FROM T WHERE pk = 'k' AND (a = 1 OR b = 2) AND sk > 3 AND NOT c IS MISSING");
  const Result<ReadPlan> plan = parsed.Read(kCompositeKey);
  ASSERT_TRUE(plan.ok());
  const auto passes = [&](std::string_view item) { return Evaluate(*plan->filter, ItemOf(item, parsed.arena())); };
  EXPECT_TRUE(passes("{'a':{'N':'1'},'c':{'N':'1'}}"));
  EXPECT_TRUE(passes("{'b':{'N':'2'},'c':{'N':'1'}}"));
  EXPECT_FALSE(passes("{'c':{'N':'1'}}"));
  EXPECT_FALSE(passes("{'a':{'N':'1'}}"));
  std::string names;
  for (const Path path : PathsOf(*plan->filter)) {
    names += std::string(path.front().name);
  }
  EXPECT_EQ(names, "abc");
  EXPECT_NE(plan->projection, nullptr);
}

TEST(PlanRead, OrdersByTheKey) {
  EXPECT_EQ(Composite("WHERE pk = 'a' ORDER BY sk"), "query {'S':'a'}");
  EXPECT_EQ(Composite("WHERE pk = 'a' ORDER BY sk DESC"), "query {'S':'a'}, descending");
  EXPECT_EQ(Composite("WHERE pk = 'a' ORDER BY pk DESC, sk ASC"), "query {'S':'a'}");
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk = 1 ORDER BY sk DESC"), "get {'pk':{'S':'a'},'sk':{'N':'1'}}");
  EXPECT_EQ(Composite("WHERE pk IN ['b', 'c', 'a'] ORDER BY pk"), "query {'S':'a'} | {'S':'b'} | {'S':'c'}");
  EXPECT_EQ(Composite("WHERE pk IN ['b', 'c', 'a'] ORDER BY pk DESC, sk DESC"),
            "query {'S':'c'} | {'S':'b'} | {'S':'a'}, descending");
  EXPECT_EQ(Composite("WHERE pk IN ['b', 'a'] ORDER BY sk"), "query {'S':'b'} | {'S':'a'}, merged");
  EXPECT_EQ(Composite("WHERE pk IN ['b', 'a'] ORDER BY sk DESC, pk"),
            "query {'S':'a'} | {'S':'b'}, merged, descending");
}

TEST(PlanRead, RefusesOrdersThatTheKeyCannotAnswer) {
  EXPECT_EQ(Composite("ORDER BY pk"), "Must have WHERE clause in the statement when using ORDER BY clause.");
  constexpr std::string_view kNoPartition =
      "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.";
  EXPECT_EQ(Composite("WHERE x = 1 ORDER BY sk"), kNoPartition);
  EXPECT_EQ(Composite("WHERE pk > 'a' ORDER BY pk"), kNoPartition);
  constexpr std::string_view kNotKey = "Variable reference x in ORDER BY clause must be part of the primary key";
  EXPECT_EQ(Composite("WHERE pk = 'a' ORDER BY x"), kNotKey);
  EXPECT_EQ(Composite("WHERE pk = 'a' AND sk = 1 ORDER BY x"), kNotKey);
  EXPECT_EQ(Composite("WHERE y = 1 ORDER BY x"), kNotKey);
  constexpr std::string_view kOrder =
      "ORDER BY clause must name the key attributes in the order of the key, sort keys in one direction";
  EXPECT_EQ(Composite("WHERE pk = 'a' ORDER BY sk, sk"), kOrder);
  EXPECT_EQ(Composite("WHERE pk = 'a' ORDER BY pk, pk"), kOrder);
}

TEST(PlanRead, SelectsByKeysOfSeveralAttributes) {
  EXPECT_EQ(Wide("WHERE p2 = 1 AND p1 = 'a'"), "query {'S':'a'},{'N':'1'}");
  EXPECT_EQ(Wide("WHERE p1 = 'a'"), "scan, filter");
  EXPECT_EQ(Wide("WHERE p1 = 'a' AND p2 = 1 AND s1 = 'x'"), "query {'S':'a'},{'N':'1'} = {'S':'x'}");
  EXPECT_EQ(Wide("WHERE p1 = 'a' AND p2 = 1 AND s2 > 5 AND s1 = 'x'"),
            "query {'S':'a'},{'N':'1'} = {'S':'x'} > {'N':'5'}");
  EXPECT_EQ(Wide("WHERE p1 = 'a' AND p2 = 1 AND s1 = 'x' AND s2 = 5 AND begins_with(s3, 'y')"),
            "query {'S':'a'},{'N':'1'} = {'S':'x'} = {'N':'5'} begins_with {'S':'y'}");
  EXPECT_EQ(Wide("WHERE p1 = 'a' AND p2 = 1 AND s2 = 5"), "query {'S':'a'},{'N':'1'}, filter");
  EXPECT_EQ(Wide("WHERE p1 = 'a' AND p2 = 1 AND s1 > 'x' AND s2 = 5"), "query {'S':'a'},{'N':'1'} > {'S':'x'}, filter");
  EXPECT_EQ(Wide("WHERE p1 IN ['a', 'b'] AND p2 IN [1, 2]"),
            "query {'S':'a'},{'N':'1'} | {'S':'a'},{'N':'2'} | {'S':'b'},{'N':'1'} | {'S':'b'},{'N':'2'}");
  EXPECT_EQ(Wide("WHERE p1 IN ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] AND p2 IN [1, 2, 3, 4, 5, 6, 7]"),
            "Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 56");
}

TEST(PlanRead, OrdersByKeysOfSeveralAttributes) {
  const std::string one = "WHERE p1 = 'a' AND p2 = 1 ";
  const std::string range = "query {'S':'a'},{'N':'1'}";
  EXPECT_EQ(Wide(one + "ORDER BY s1 DESC, s2 DESC"), range + ", descending");
  EXPECT_EQ(Wide(one + "AND s1 = 'x' ORDER BY s2 DESC"), range + " = {'S':'x'}, descending");
  const std::string two = "WHERE p1 IN ['b', 'a'] AND p2 IN [2, 1] ";
  EXPECT_EQ(Wide(two + "ORDER BY p2 DESC, p1, s1"),
            "query {'S':'a'},{'N':'2'} | {'S':'b'},{'N':'2'} | {'S':'a'},{'N':'1'} | {'S':'b'},{'N':'1'}");
  EXPECT_EQ(Wide(two + "ORDER BY p2"),
            "query {'S':'b'},{'N':'1'} | {'S':'a'},{'N':'1'} | {'S':'b'},{'N':'2'} | {'S':'a'},{'N':'2'}");
  constexpr std::string_view kOrder =
      "ORDER BY clause must name the key attributes in the order of the key, sort keys in one direction";
  EXPECT_EQ(Wide(one + "ORDER BY s2"), kOrder);
  EXPECT_EQ(Wide(one + "ORDER BY s2, s1"), kOrder);
  EXPECT_EQ(Wide(one + "ORDER BY s1, s2 DESC"), kOrder);
  EXPECT_EQ(Wide(two + "ORDER BY p1, s1"), kOrder);
  EXPECT_EQ(Wide(two + "ORDER BY p1, s1, p2"), kOrder);
}

TEST(PlanRead, BecomesTheRangeOfAClassicQuery) {
  Parsed parsed("SELECT * FROM T WHERE pk = 'a' AND sk BETWEEN 1 AND 2");
  const Result<ReadPlan> plan = parsed.Read(kCompositeKey);
  ASSERT_TRUE(plan.ok());
  const KeyRange range = RangeOf(plan->selections.front());
  EXPECT_EQ(range.partition.text, "a");
  EXPECT_EQ(range.sort_operator, SortOperator::kBetween);
  EXPECT_EQ(range.sort_low.text, "1");
  EXPECT_EQ(range.sort_high.text, "2");
}

// The key of a write and what its condition says of the items given, or the error.
std::string Written(std::string_view text, std::initializer_list<std::string_view> items) {
  Parsed parsed(text);
  const Result<WritePlan> plan = parsed.Write(kCompositeKey);
  if (!plan.ok()) {
    return plan.error().text;
  }
  std::string out = expression::TextOf(plan->key);
  for (const std::string_view item : items) {
    const bool holds = plan->condition == nullptr || Evaluate(*plan->condition, ItemOf(item, parsed.arena()));
    out += holds ? " yes" : " no";
  }
  return out;
}

constexpr std::string_view kKeyText = "{'pk':{'S':'a'},'sk':{'N':'1'}}";
constexpr std::string_view kThere = "{'pk':{'S':'a'},'sk':{'N':'1'},'x':{'N':'1'}}";

TEST(PlanWrite, InsertsWhereNoItemIs) {
  Parsed parsed("INSERT INTO T VALUE {'sk': 1, 'pk': 'a'}");
  const Result<WritePlan> plan = parsed.Write(kCompositeKey);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(expression::TextOf(plan->item), kKeyText);
  EXPECT_TRUE(Evaluate(*plan->condition, {}));
  EXPECT_FALSE(Evaluate(*plan->condition, ItemOf(kThere, parsed.arena())));
}

TEST(PlanWrite, UpdatesOnlyAnItemThatExists) {
  EXPECT_EQ(Written("UPDATE T SET x = 1 WHERE pk = 'a' AND sk = 1", {kThere, "{}"}), std::string(kKeyText) + " yes no");
  EXPECT_EQ(Written("UPDATE T SET x = 1 WHERE sk = 1 AND x = 1 AND pk = 'a'", {kThere, kKeyText, "{}"}),
            std::string(kKeyText) + " yes no no");
  EXPECT_EQ(Written("UPDATE T SET x = 1 WHERE pk = 'a' AND sk = 1 AND y IS MISSING", {kThere, "{}"}),
            std::string(kKeyText) + " yes no");
  Parsed parsed("UPDATE T SET x = x + 1 WHERE pk = 'a' AND sk = 1 RETURNING ALL NEW *");
  const Result<WritePlan> plan = parsed.Write(kCompositeKey);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->returning, Returning::kAllNew);
  EXPECT_EQ(expression::TextOf(*Apply(*plan->update, ItemOf(kThere, parsed.arena()), parsed.arena())),
            "{'pk':{'S':'a'},'sk':{'N':'1'},'x':{'N':'2'}}");
}

TEST(PlanWrite, DeletesWhatIsThereIfTheConditionHoldsAndNothingElse) {
  EXPECT_EQ(Written("DELETE FROM T WHERE pk = 'a' AND sk = 1", {kThere, "{}"}), std::string(kKeyText) + " yes yes");
  EXPECT_EQ(Written("DELETE FROM T WHERE pk = 'a' AND sk = 1 AND x = 1", {kThere, kKeyText, "{}"}),
            std::string(kKeyText) + " yes no yes");
  EXPECT_EQ(Written("DELETE FROM T WHERE pk = 'a' AND sk = 1 AND x = 2 AND y = 1", {kThere, "{}"}),
            std::string(kKeyText) + " no yes");
}

TEST(PlanWrite, ChecksThatAnItemExists) {
  EXPECT_EQ(Written("EXISTS(SELECT * FROM T WHERE pk = 'a' AND sk = 1)", {kThere, "{}"}),
            std::string(kKeyText) + " yes no");
  EXPECT_EQ(Written("EXISTS(SELECT x FROM T WHERE pk = 'a' AND sk = 1 AND x = 1);", {kThere, kKeyText, "{}"}),
            std::string(kKeyText) + " yes no no");
  EXPECT_EQ(Written("EXISTS(SELECT * FROM \"T\".\"I\" WHERE pk = 'a' AND sk = 1)", {}),
            "EXISTS must select from a table, not from an index");
}

TEST(PlanWrite, WantsTheWholeKeyFixed) {
  constexpr std::string_view kWhole = "Where clause does not contain a mandatory equality on all key attributes";
  for (const char* where :
       {"", "WHERE pk = 'a'", "WHERE sk = 1", "WHERE x = 1", "WHERE pk IN ['a'] AND sk = 1", "WHERE pk = 'a' OR sk = 1",
        "WHERE (pk = 'a' OR pk = 'b') AND sk = 1", "WHERE pk = 'a' AND sk >= 1", "WHERE pk = 'a' AND NOT sk = 1"}) {
    EXPECT_EQ(Written("UPDATE T SET x = 1 " + std::string(where), {}), kWhole) << where;
    EXPECT_EQ(Written("DELETE FROM T " + std::string(where), {}), kWhole) << where;
    EXPECT_EQ(Written("EXISTS(SELECT * FROM T " + std::string(where) + ")", {}), kWhole) << where;
  }
}

TEST(PlanWrite, ChangesNoKeyAttribute) {
  const std::string where = " WHERE pk = 'a' AND sk = 1";
  EXPECT_EQ(Written("UPDATE T SET x = 1, sk = 2" + where, {}),
            "One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key");
  EXPECT_EQ(Written("UPDATE T REMOVE pk" + where, {}),
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key");
  EXPECT_EQ(Written("UPDATE T SET sk.x = 2" + where, {}),
            "One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key");
}

}  // namespace
}  // namespace basalt::expression::partiql

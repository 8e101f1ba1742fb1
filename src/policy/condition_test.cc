#include "policy/condition.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

// Whether a condition, written as the inside of Condition, holds.
bool Holds(std::string_view condition, const ContextTable& context, std::string_view version = "2012-10-17") {
  const Document document =
      Make(DocumentKind::kIdentity, "{'Version':'" + std::string(version) +
                                        "','Statement':{'Effect':'Allow','Action':'*','Resource':'*','Condition':{" +
                                        std::string(condition) + "}}}");
  ComparedBytes compared;
  return ConditionsHold(document.compiled(), document.compiled().statements.front(), context, compared);
}
bool HoldsFor(std::string_view condition, std::string_view key, std::string_view value) {
  ContextTable context;
  context.Set(key, value);
  return Holds(condition, context);
}

TEST(Condition, EachOperatorComparesInItsOwnWay) {
  const struct {
    std::string_view op, written, value;
    bool holds;
  } rows[] = {
      {"StringEquals", "'Ann'", "Ann", true},
      {"StringEquals", "'Ann'", "ann", false},
      {"StringEquals", "'A*'", "Ann", false},
      {"StringEquals", "'A*'", "A*", true},
      {"StringEquals", "['Bob','Ann']", "Ann", true},
      {"StringEquals", "5", "5", true},
      {"StringEquals", "true", "true", true},
      {"StringNotEquals", "'Ann'", "Ann", false},
      {"StringNotEquals", "'Ann'", "Bob", true},
      {"StringNotEquals", "['Bob','Ann']", "Bob", false},
      {"StringEqualsIgnoreCase", "'ANN'", "ann", true},
      {"StringEqualsIgnoreCase", "'ANN'", "anna", false},
      {"StringEqualsIgnoreCase", "'\xC3\x89'", "\xC3\xA9", false},  // of ASCII alone
      {"StringNotEqualsIgnoreCase", "'ANN'", "ann", false},
      {"StringNotEqualsIgnoreCase", "'ANN'", "Bob", true},
      {"StringLike", "'A?n'", "Ann", true},
      {"StringLike", "'a*'", "Ann", false},
      {"StringLike", "['b*','A*']", "Ann", true},
      {"StringNotLike", "'A*'", "Ann", false},
      {"StringNotLike", "['b*','c*']", "Ann", true},
      {"NumericEquals", "'5'", "5.0", true},
      {"NumericEquals", "5", "5", true},
      {"NumericEquals", "0.1", "0.10", true},
      {"NumericEquals", "'12345678901234567890.1'", "12345678901234567890.1", true},
      {"NumericEquals", "'12345678901234567890.1'", "12345678901234567890.2", false},
      {"NumericEquals", "'5'", "five", false},
      {"NumericNotEquals", "'5'", "6", true},
      {"NumericNotEquals", "'5'", "5", false},
      {"NumericLessThan", "'5'", "-6", true},
      {"NumericLessThan", "'5'", "5", false},
      {"NumericLessThanEquals", "'5'", "5", true},
      {"NumericLessThanEquals", "'5'", "10", false},
      {"NumericGreaterThan", "'5'", "10", true},
      {"NumericGreaterThan", "'5'", "5", false},
      {"NumericGreaterThanEquals", "'5'", "5", true},
      {"NumericGreaterThanEquals", "'5'", "4.99", false},
      {"DateEquals", "'2026-01-01'", "1767225600", true},
      {"DateEquals", "1767225600", "2026-01-01T00:00:00Z", true},
      {"DateEquals", "'2026-01-01'", "2026-01-02", false},
      {"DateNotEquals", "'2026-01-01'", "2026-01-02", true},
      {"DateLessThan", "'2026-01-01T00:00:00Z'", "2025-12-31T23:59:59.9Z", true},
      {"DateLessThan", "'2026-01-01T00:00:00Z'", "2026-01-01T00:00:00Z", false},
      {"DateLessThanEquals", "'2026-01-01T00:00:00Z'", "2026-01-01T00:00:00Z", true},
      {"DateGreaterThan", "'2026-01-01T00:00:00Z'", "2026-01-01T00:00:01Z", true},
      {"DateGreaterThanEquals", "'2026-01-01T00:00:00Z'", "2025", false},
      {"Bool", "'true'", "TRUE", true},
      {"Bool", "true", "true", true},
      {"Bool", "'False'", "true", false},
      {"Bool", "'false'", "no", false},
      {"BinaryEquals", "'aGVsbG8='", "aGVsbG8=", true},
      {"BinaryEquals", "'aGVsbG8='", "aGVsbG9=", false},
      {"BinaryEquals", "'aGVsbG8='", "aGVsbG==", false},
      {"IpAddress", "'10.0.0.0/8'", "10.1.1.1", true},
      {"IpAddress", "'10.0.0.0/8'", "11.1.1.1", false},
      {"IpAddress", "'10.0.0.0/8'", "2001:db8::1", false},
      {"IpAddress", "['10.0.0.0/8','2001:db8::/32']", "2001:db8::1", true},
      {"NotIpAddress", "'10.0.0.0/8'", "10.1.1.1", false},
      {"NotIpAddress", "'10.0.0.0/8'", "2001:db8::1", true},
      {"ArnEquals", "'arn:aws:iam::*:user/*'", "arn:aws:iam::1:user/Ann", true},
      {"ArnLike", "'arn:aws:iam::*:user/?nn'", "arn:aws:iam::1:user/Ann", true},
      {"ArnLike", "'arn:aws:*:user/Ann'", "arn:aws:iam::1:user/Ann", false},
      {"ArnLike", "'*'", "arn:aws:iam::1:user/Ann", false},
      {"ArnLike", "'*:*:*:*:*:*'", "Ann", false},
      {"ArnNotEquals", "'arn:aws:iam::*:user/*'", "arn:aws:iam::1:user/Ann", false},
      {"ArnNotLike", "'arn:aws:iam::*:role/*'", "arn:aws:iam::1:user/Ann", true},
      {"ArnNotLike", "'arn:aws:iam::*:role/*'", "Ann", true},
      {"STRINGequals", "'Ann'", "Ann", true},
  };
  for (const auto& row : rows) {
    const std::string condition = "'" + std::string(row.op) + "':{'Some:Key':" + std::string(row.written) + "}";
    EXPECT_EQ(HoldsFor(condition, "some:key", row.value), row.holds) << condition << " of " << row.value;
  }
}

TEST(Condition, AnAbsentKeyFailsUnlessTheFormSaysOtherwise) {
  const ContextTable context;
  ContextTable empty_list;
  empty_list.SetList("some:key", {});
  const struct {
    std::string_view op, written;
    bool holds;
    bool holds_for_empty_list;
  } rows[] = {
      {"StringEquals", "'a'", false, false},
      {"StringNotEquals", "'a'", true, false},
      {"NumericLessThan", "1", false, false},
      {"NumericNotEquals", "1", true, false},
      {"DateGreaterThan", "'2026'", false, false},
      {"DateNotEquals", "'2026'", true, false},
      {"Bool", "'false'", false, false},
      {"BinaryEquals", "''", false, false},
      {"IpAddress", "'0.0.0.0/0'", false, false},
      {"NotIpAddress", "'0.0.0.0/0'", true, false},
      {"ArnLike", "'arn:*:*:*:*:*'", false, false},
      {"ArnNotLike", "'arn:*:*:*:*:*'", true, false},
      {"StringEqualsIfExists", "'a'", true, false},
      {"StringNotEqualsIfExists", "'a'", true, false},
      {"ForAllValues:StringEquals", "'a'", true, true},
      {"ForAllValues:StringNotEquals", "'a'", true, true},
      {"ForAnyValue:StringEquals", "'a'", false, false},
      {"ForAnyValue:StringNotEquals", "'a'", false, false},
      {"ForAnyValue:StringEqualsIfExists", "'a'", true, true},
      {"ForAllValues:StringEqualsIfExists", "'a'", true, true},
      {"Null", "'true'", true, true},
      {"Null", "'false'", false, false},
      {"Null", "false", false, false},
      {"Null", "['true','false']", true, true},
  };
  for (const auto& row : rows) {
    const std::string condition = "'" + std::string(row.op) + "':{'some:key':" + std::string(row.written) + "}";
    EXPECT_EQ(Holds(condition, context), row.holds) << condition;
    EXPECT_EQ(Holds(condition, empty_list), row.holds_for_empty_list) << condition << " of an empty list";
  }
}

TEST(Condition, SetOperatorsAskAllValuesOrAny) {
  const struct {
    std::string_view op, written;
    std::vector<std::string> values;
    bool holds;
  } rows[] = {
      {"ForAllValues:StringEquals", "['a','b']", {"a"}, true},
      {"ForAllValues:StringEquals", "['a','b']", {"a", "b", "a"}, true},
      {"ForAllValues:StringEquals", "['a','b']", {"a", "c"}, false},
      {"ForAllValues:StringNotEquals", "['a','b']", {"c", "d"}, true},
      {"ForAllValues:StringNotEquals", "['a','b']", {"c", "a"}, false},
      {"ForAnyValue:StringEquals", "['a','b']", {"c", "b"}, true},
      {"ForAnyValue:StringEquals", "['a','b']", {"c"}, false},
      {"ForAnyValue:StringNotEquals", "['a','b']", {"a", "c"}, true},
      {"ForAnyValue:StringNotEquals", "['a','b']", {"a", "b"}, false},
      {"ForAnyValue:StringLike", "'a*'", {"c", "ab"}, true},
      // A list under a plain operator never holds, whatever it says.
      {"StringEquals", "'a'", {"a"}, false},
      {"StringNotEquals", "'b'", {"a"}, false},
      {"StringEqualsIfExists", "'a'", {"a"}, false},
      {"Null", "'false'", {"a"}, true},
  };
  for (const auto& row : rows) {
    const std::string condition =
        "'" + std::string(row.op) + "':{'dynamodb:LeadingKeys':" + std::string(row.written) + "}";
    ContextTable context;
    context.SetList("dynamodb:LeadingKeys", row.values);
    EXPECT_EQ(Holds(condition, context), row.holds) << condition;
  }
  // One value is a list of one.
  EXPECT_TRUE(HoldsFor("'ForAllValues:StringEquals':{'aws:username':'Ann'}", "aws:username", "Ann"));
  // A key that is a list by its nature is one while it is absent.
  EXPECT_FALSE(Holds("'StringNotEquals':{'aws:TagKeys':'a'}", ContextTable()));
  EXPECT_FALSE(Holds("'StringEqualsIfExists':{'aws:PrincipalOrgPaths':'a'}", ContextTable()));
}

TEST(Condition, AllOperatorsAndKeysMustHold) {
  ContextTable context;
  context.Set("aws:username", "Ann");
  context.Set("aws:SourceIp", "10.0.0.1");
  EXPECT_TRUE(Holds("'StringEquals':{'aws:username':'Ann'},'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}", context));
  EXPECT_FALSE(Holds("'StringEquals':{'aws:username':'Ann'},'IpAddress':{'aws:SourceIp':'11.0.0.0/8'}", context));
  EXPECT_FALSE(Holds("'StringEquals':{'aws:username':'Ann','aws:SourceIp':'x'}", context));
  EXPECT_TRUE(Holds("'StringEquals':{'AWS:UserName':'Ann','aws:sourceip':'10.0.0.1'}", context));
}

TEST(Condition, VariablesStandForValuesOfTheRequest) {
  ContextTable context;
  context.Set("aws:username", "A*n");
  context.Set("aws:PrincipalTag/Team", "red");
  context.SetList("aws:TagKeys", {"one"});
  const struct {
    std::string_view op, written, value;
    bool holds;
  } rows[] = {
      {"StringEquals", "'${aws:username}'", "A*n", true},
      {"StringEquals", "'${AWS:USERNAME}'", "A*n", true},
      {"StringEquals", "'x-${aws:PrincipalTag/team}-y'", "x-red-y", true},
      {"StringEquals", "'${aws:PrincipalTag/team}${aws:username}'", "redA*n", true},
      // What is put in is literal.
      {"StringLike", "'${aws:username}'", "A*n", true},
      {"StringLike", "'${aws:username}'", "Ann", false},
      {"StringLike", "'${aws:username}*'", "A*nn", true},
      // Escapes.
      {"StringLike", "'a${*}c'", "a*c", true},
      {"StringLike", "'a${*}c'", "abc", false},
      {"StringLike", "'a${?}c'", "abc", false},
      {"StringLike", "'a${?}c'", "a?c", true},
      {"StringEquals", "'${$}{aws:username}'", "${aws:username}", true},
      // Without a value.
      {"StringEquals", "'${nothing}'", "", false},
      {"StringLike", "'*${nothing}'", "anything", false},
      {"StringNotEquals", "'${nothing}'", "x", true},
      {"StringNotLike", "'*${nothing}'", "x", true},
      {"StringEquals", "'${nothing, ^red^}'", "red", true},
      {"StringEquals", "'${nothing,^red^}'", "red", true},
      {"StringEquals", "'${nothing, ^a}b^}'", "a}b", true},
      {"StringEquals", "'${nothing, ^^}'", "", true},
      {"StringLike", "'${nothing, ^r*^}'", "red", false},
      {"StringEquals", "'${aws:PrincipalTag/team, ^blue^}'", "red", true},
      {"StringEquals", "'${aws:TagKeys}'", "one", false},
      {"StringEquals", "'${aws:TagKeys, ^one^}'", "one", false},
      {"StringEquals", "'${nothing, red}'", "red", false},
      {"StringEquals", "'${}'", "", false},
      // No variable at all.
      {"StringEquals", "'${aws:username'", "${aws:username", true},
      {"StringEquals", "'$aws'", "$aws", true},
      {"ArnLike", "'arn:aws:iam::1:user/${aws:PrincipalTag/team}'", "arn:aws:iam::1:user/red", true},
      {"Bool", "'${nothing, ^true^}'", "true", true},
      {"Bool", "'${aws:username}'", "true", false},
  };
  for (const auto& row : rows) {
    const std::string condition = "'" + std::string(row.op) + "':{'some:key':" + std::string(row.written) + "}";
    context.Set("some:key", row.value);
    EXPECT_EQ(Holds(condition, context), row.holds) << condition << " of " << row.value;
  }
}

TEST(Condition, VariablesAreTextInTheOlderVersion) {
  ContextTable context;
  context.Set("aws:username", "Ann");
  context.Set("some:key", "${aws:username}");
  EXPECT_TRUE(Holds("'StringEquals':{'some:key':'${aws:username}'}", context, "2008-10-17"));
  EXPECT_FALSE(Holds("'StringEquals':{'some:key':'${aws:username}'}", context, "2012-10-17"));
  context.Set("some:key", "${anything}");
  EXPECT_TRUE(Holds("'StringLike':{'some:key':'${*}'}", context, "2008-10-17"));
}

TEST(Condition, LongValuesAreTakenWhole) {
  ContextTable context;
  const std::string name(5000, 'n');
  context.Set("aws:username", name);
  context.Set("some:key", name + "/" + name + "/" + name);
  EXPECT_TRUE(Holds("'StringLike':{'some:key':'${aws:username}/*/${aws:username}'}", context));
  context.Set("some:key", name + "/" + name + "/" + name + "x");
  EXPECT_FALSE(Holds("'StringLike':{'some:key':'${aws:username}/*/${aws:username}'}", context));
}

TEST(Condition, ValuesThatAreNoUtf8ActAsNoWildcard) {
  ContextTable context;
  context.Set("aws:UserAgent", "\xFF\xFE\xFD");
  context.Set("some:key", "anything");
  EXPECT_FALSE(Holds("'StringLike':{'some:key':'${aws:UserAgent}'}", context));
}

TEST(ConditionKey, IsFoundWhateverItsCaseAndFamily) {
  EXPECT_EQ(ResolveKey("aws:sourceip").id, KeyId::kSourceIp);
  const ConditionKey tag = ResolveKey("aws:principaltag/team/a");
  EXPECT_EQ(tag.id, KeyId::kPrincipalTag);
  EXPECT_EQ(tag.member, "team/a");
  EXPECT_EQ(ResolveKey("kms:encryptioncontext:aws:dynamodb:tablename").member, "aws:dynamodb:tablename");
  EXPECT_EQ(ResolveKey("aws:principaltag/").id, KeyId::kOther);
  EXPECT_EQ(ResolveKey("aws:nothing").id, KeyId::kOther);
  EXPECT_EQ(ResolveKey("dynamodb:resourcetag/x").id, KeyId::kOther);
  EXPECT_TRUE(IsMultivalued(KeyId::kLeadingKeys));
  EXPECT_FALSE(IsMultivalued(KeyId::kSourceIp));
  EXPECT_EQ(ScopeOf(KeyId::kPrincipalTag), KeyScope::kCaller);
  EXPECT_EQ(ScopeOf(KeyId::kResourceTag), KeyScope::kResource);
  EXPECT_EQ(ScopeOf(KeyId::kCurrentTime), KeyScope::kRequest);
}

}  // namespace
}  // namespace basalt::policy

#include "policy/lint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

using R = LintRule;

std::vector<LintRule> RulesOf(std::string_view statement, std::string_view version = "2012-10-17") {
  const DocumentKind kind =
      statement.find("Principal'") == std::string_view::npos ? DocumentKind::kIdentity : DocumentKind::kTable;
  const Document document =
      Make(kind, "{'Version':'" + std::string(version) + "','Statement':[" + std::string(statement) + "]}");
  std::vector<LintRule> rules;
  for (const LintWarning& warning : Lint(document)) {
    EXPECT_FALSE(warning.text.empty());
    rules.push_back(warning.rule);
  }
  return rules;
}
std::vector<LintRule> RulesIf(std::string_view condition, std::string_view action = "dynamodb:GetItem",
                              std::string_view effect = "Allow") {
  return RulesOf("{'Effect':'" + std::string(effect) + "','Action':'" + std::string(action) +
                 "','Resource':'*','Condition':{" + std::string(condition) + "}}");
}
using Rules = std::vector<LintRule>;

TEST(Lint, SaysNothingOfAPolicyThatDoesWhatItSays) {
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':['dynamodb:Get*','s3:GetObject'],"
                    "'Resource':'arn:aws:dynamodb:*:*:table/${aws:username}','Condition':{"
                    "'IpAddress':{'aws:SourceIp':'10.0.0.0/8'},'StringLike':{'aws:PrincipalTag/team':'r*'}}}"),
            Rules());
  EXPECT_EQ(RulesIf("'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'a'},'Null':{'dynamodb:LeadingKeys':'false'}"),
            Rules());
}

TEST(Lint, WarnsOfConditionsThatNeverOrAlwaysHold) {
  EXPECT_EQ(RulesIf("'StringEquals':{'dynamodb:Attributes':'a'}"), Rules({R::kListWithoutSetOperator}));
  EXPECT_EQ(RulesIf("'StringNotEquals':{'aws:TagKeys':'a'}", "dynamodb:GetItem", "Deny"),
            Rules({R::kListWithoutSetOperator}));
  EXPECT_EQ(RulesIf("'Null':{'aws:TagKeys':'true'}"), Rules());
  EXPECT_EQ(RulesIf("'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'a'}"), Rules({R::kForAllValuesAllows}));
  EXPECT_EQ(RulesIf("'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'a'}", "dynamodb:GetItem", "Deny"), Rules());
  EXPECT_EQ(RulesIf("'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'a'}", "dynamodb:*"),
            Rules({R::kForAllValuesAllows, R::kScanWithLeadingKeys}));
  EXPECT_EQ(RulesIf("'ForAnyValue:StringEquals':{'dynamodb:LeadingKeys':'a'}", "dynamodb:*"), Rules());
  EXPECT_EQ(RulesIf("'StringEqualsIfExists':{'aws:PrincipalOrgID':'o-1'}"), Rules({R::kIfExistsAllows}));
  EXPECT_EQ(RulesIf("'StringEqualsIfExists':{'aws:PrincipalOrgID':'o-1'},'Bool':{'aws:SecureTransport':'true'}"),
            Rules());
  EXPECT_EQ(RulesIf("'StringEquals':{'dynamodb:ResourceTag/a':'b'}"), Rules({R::kUnknownKey}));
  EXPECT_EQ(RulesIf("'StringEquals':{'aws:SourceIpAddress':'b'}"), Rules({R::kUnknownKey}));
  EXPECT_EQ(RulesIf("'StringEquals':{'idp.example:sub':'b'}"), Rules());
  EXPECT_EQ(RulesIf("'StringEquals':{'aws:username':'A*'}"), Rules({R::kWildcardIsText}));
}

TEST(Lint, WarnsOfNamesThatNothingHas) {
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':'dynamodb:GetItems','Resource':'*'}"), Rules({R::kUnknownAction}));
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':['dynamodb:Zap*','unknown:Action'],'Resource':'*'}"),
            Rules({R::kUnknownAction}));
  EXPECT_EQ(RulesOf("{'Effect':'Deny','Principal':'*','Action':'dynamodb:*','Resource':'arn:aws:dynamodb:us-east-1'}"),
            Rules({R::kNeverMatches}));
}

TEST(Lint, WarnsOfResourcesThatTheActionsAreNeverOn) {
  const auto rules = [](std::string_view action, std::string_view resource) {
    return RulesOf("{'Effect':'Deny','Action':'" + std::string(action) + "','Resource':'" + std::string(resource) +
                   "'}");
  };
  for (const char* resource :
       {"arn:aws:s3:::bucket", "arn:aws:dynamodb:us-east-1:111111111111:Music", "arn:aws:sqs:*:*:*",
        "arn:aws:dynamodb:us-east-1:111111111111:tables/Music", "arn:aws:dynamodb:us-east-1:111111111111:tab",
        "arn:aws:dynamodb:us-east-1:111111111111:index/*", "arn:aws:kms"}) {
    EXPECT_EQ(rules("dynamodb:GetItem", resource), Rules({R::kNeverMatches})) << resource;
    EXPECT_EQ(rules("dynamodb:*", resource), Rules({R::kNeverMatches})) << resource;
    EXPECT_EQ(rules("*", resource), Rules()) << resource;
  }
  for (const char* resource :
       {"*", "arn:aws:dynamodb:*:*:*", "arn:aws:dynamodb:us-east-1:111111111111:table/*", "arn:aws:*",
        "arn:aws:dynamodb:us-east-1:111111111111:t*c", "arn:aws:dynamodb:us-east-1:111111111111:?able/Music",
        "arn:aws:dynamodb::111111111111:global-table/G", "arn:aws:dynamodb:us-east-1:111111111111:${aws:username}",
        "arn:aws:dynamodb:us-east-1", "arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/byYear"}) {
    EXPECT_EQ(rules("dynamodb:GetItem", resource), Rules()) << resource;
  }
  EXPECT_EQ(rules("sts:AssumeRole", "arn:aws:iam::111111111111:role/R"), Rules());
}

TEST(Lint, WarnsOfAllowsThatNameNoTable) {
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':'dynamodb:GetItem','Resource':'*'}"), Rules({R::kAnyResourceAllows}));
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':'*','Resource':'*'}"), Rules({R::kAnyResourceAllows}));
  EXPECT_EQ(
      RulesOf("{'Effect':'Allow','Action':'dynamodb:GetRecords','Resource':['*','arn:aws:dynamodb:*:*:table/T']}"),
      Rules({R::kAnyResourceAllows}));
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':'dynamodb:ListTables','Resource':'*'}"), Rules());
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':'kms:Decrypt','Resource':'*'}"), Rules());
  EXPECT_EQ(RulesOf("{'Effect':'Deny','Action':'dynamodb:GetItem','Resource':'*'}"), Rules());
  EXPECT_EQ(RulesIf("'StringEquals':{'aws:ResourceTag/team':'blue'}"), Rules());
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':'dynamodb:GetItem','Resource':'*'}"),
            Rules());
}

TEST(Lint, WarnsOfNegationsThatReachFurtherThanTheyLook) {
  EXPECT_EQ(RulesOf("{'Effect':'Deny','NotPrincipal':{'AWS':'111111111111'},'Action':'dynamodb:*','Resource':'*'}"),
            Rules({R::kNotPrincipal}));
  EXPECT_EQ(RulesOf("{'Effect':'Allow','NotAction':'dynamodb:PutItem','Resource':'*'}"), Rules({R::kNotActionAllows}));
  EXPECT_EQ(RulesOf("{'Effect':'Deny','NotAction':'dynamodb:PutItem','Resource':'*'}"), Rules());
}

TEST(Lint, WarnsOfVariablesThatAreText) {
  const std::string_view statement =
      "{'Effect':'Allow','Action':'dynamodb:*','Resource':'arn:aws:dynamodb:*:*:table/${aws:username}'}";
  EXPECT_EQ(RulesOf(statement), Rules());
  EXPECT_EQ(RulesOf(statement, "2008-10-17"), Rules({R::kVariableInOldVersion}));
  EXPECT_EQ(RulesOf("{'Effect':'Allow','Action':'dynamodb:*','Resource':'arn:aws:dynamodb:*:${aws:PrincipalAccount}:"
                    "table/T'}"),
            Rules({R::kVariableOutOfPlace}));
}

TEST(Lint, NamesStatementsByTheirPlaceInTheText) {
  const Document document = Statements(DocumentKind::kIdentity,
                                       "{'Effect':'Allow','NotAction':'a:b','Resource':'*'},"
                                       "{'Effect':'Deny','Action':'dynamodb:Nothing','Resource':'*'}");
  const std::vector<LintWarning> warnings = Lint(document);
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0].rule, LintRule::kNotActionAllows);
  EXPECT_EQ(warnings[0].statement, 0U);
  EXPECT_EQ(warnings[1].rule, LintRule::kUnknownAction);
  EXPECT_EQ(warnings[1].statement, 1U);
  EXPECT_NE(warnings[1].text.find("dynamodb:nothing"), std::string::npos);
}

}  // namespace
}  // namespace basalt::policy

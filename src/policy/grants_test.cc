// Grants: principals, accounts, what is public.
#include "policy/grants.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

std::vector<Grant> Of(std::string_view statements, DocumentKind kind = DocumentKind::kTable) {
  const std::string text = Quoted("{'Version':'2012-10-17','Statement':[" + std::string(statements) + "]}");
  auto grants = GrantsOf(kind, text, TestActions(), kOwner,
                         [](const Action& action) { return action.name != "dynamodb:PutResourcePolicy"; });
  EXPECT_TRUE(grants.ok()) << grants.error().text;
  return grants.ok() ? *grants : std::vector<Grant>();
}
std::string Statement(std::string_view principal, std::string_view more = "", std::string_view effect = "Allow") {
  return "{'Effect':'" + std::string(effect) + "'," + std::string(principal) + ",'Action':'dynamodb:*','Resource':'*'" +
         std::string(more) + "}";
}

TEST(Grants, TellsOwnPrincipalsFromOthersAndWhatTheyNeed) {
  const auto grants = Of(Statement(
      "'Principal':{'AWS':['111111111111','222222222222','arn:aws:iam::111111111111:user/Ann',"
      "'arn:aws:iam::222222222222:user/Bob','arn:aws:sts::222222222222:assumed-role/R/s','AIDAGONE000000000001'],"
      "'Service':'redshift.amazonaws.com'}"));
  struct Expected {
    std::string principal;
    std::string account;
    bool is_external;
    bool needs_identity_policy;
  };
  const Expected expected[] = {
      {"arn:aws:iam::111111111111:root", "111111111111", false, true},
      {"arn:aws:iam::222222222222:root", "222222222222", true, true},
      {"arn:aws:iam::111111111111:user/Ann", "111111111111", false, false},
      {"arn:aws:iam::222222222222:user/Bob", "222222222222", true, true},
      {"arn:aws:sts::222222222222:assumed-role/R/s", "222222222222", true, true},
      {"AIDAGONE000000000001", "", false, false},
      {"redshift.amazonaws.com", "", true, false},
  };
  ASSERT_EQ(grants.size(), std::size(expected));
  for (size_t i = 0; i < grants.size(); ++i) {
    EXPECT_EQ(grants[i].principal, expected[i].principal);
    EXPECT_EQ(grants[i].account, expected[i].account) << grants[i].principal;
    EXPECT_EQ(grants[i].is_external, expected[i].is_external) << grants[i].principal;
    EXPECT_EQ(grants[i].needs_identity_policy, expected[i].needs_identity_policy) << grants[i].principal;
    EXPECT_FALSE(grants[i].is_public);
  }
}

TEST(Grants, NamesTheActionsThatAreMeant) {
  using Names = std::vector<std::string>;
  const auto actions = [](std::string_view account, std::string_view which, DocumentKind kind = DocumentKind::kTable) {
    return Of("{'Effect':'Allow','Principal':{'AWS':'" + std::string(account) + "'}," + std::string(which) +
                  ",'Resource':'*'}",
              kind)[0]
        .actions;
  };
  const Names all = {"dynamodb:DeleteItem", "dynamodb:DeleteResourcePolicy", "dynamodb:GetItem",
                     "dynamodb:PutItem",    "dynamodb:PutResourcePolicy",    "dynamodb:Query",
                     "dynamodb:Scan"};
  EXPECT_EQ(actions(kOwner, "'Action':'*'"), all);
  // What cannot be granted to other accounts is not theirs.
  Names crossing = all;
  crossing.erase(crossing.begin() + 4);
  EXPECT_EQ(actions(kOther, "'Action':'*'"), crossing);
  EXPECT_EQ(actions(kOther, "'Action':['dynamodb:put*','dynamodb:getitem']"),
            (Names{"dynamodb:GetItem", "dynamodb:PutItem"}));
  EXPECT_EQ(actions(kOwner, "'NotAction':['dynamodb:*Item','dynamodb:Scan','dynamodb:Query']"),
            (Names{"dynamodb:DeleteResourcePolicy", "dynamodb:PutResourcePolicy"}));
  EXPECT_EQ(actions(kOther, "'Action':'*'", DocumentKind::kStream),
            (Names{"dynamodb:DeleteResourcePolicy", "dynamodb:DescribeStream", "dynamodb:GetRecords"}));
}

TEST(Grants, SaysWhatIsPublicAndUnderWhichConditions) {
  const auto grants =
      Of(Statement("'Principal':{'AWS':['222222222222','*']}", ",'Sid':'first'") + "," +
         Statement("'Principal':'*'", ",'Condition':{'StringEquals':{'aws:PrincipalOrgID':['o-1','o-2']}}") + "," +
         Statement("'Principal':'*'", ",'Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}") + "," +
         Statement("'NotPrincipal':{'AWS':['111111111111','222222222222']}") + "," +
         Statement("'Principal':'*'", "", "Deny"));
  ASSERT_EQ(grants.size(), 6U);
  EXPECT_FALSE(grants[0].is_public);
  EXPECT_EQ(grants[0].sid, "first");
  EXPECT_TRUE(grants[1].is_public);
  EXPECT_EQ(grants[1].principal, "*");
  EXPECT_FALSE(grants[0].is_for_everybody);
  EXPECT_TRUE(grants[1].is_for_everybody && grants[2].is_for_everybody && grants[4].is_for_everybody);
  EXPECT_EQ(grants[1].conditions, "");
  EXPECT_FALSE(grants[2].is_public);
  EXPECT_EQ(grants[2].conditions, Quoted("{'StringEquals':{'aws:PrincipalOrgID':['o-1','o-2']}}"));
  EXPECT_TRUE(grants[3].is_public);
  EXPECT_EQ(grants[3].conditions, Quoted("{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}"));
  EXPECT_TRUE(grants[4].is_public);
  EXPECT_EQ(grants[4].principal, "everybody but arn:aws:iam::111111111111:root, arn:aws:iam::222222222222:root");
  EXPECT_EQ(grants[5].effect, Effect::kDeny);
  EXPECT_FALSE(grants[5].is_public);
  EXPECT_FALSE(grants[5].needs_identity_policy);
  EXPECT_EQ(grants[5].statement, 4U);
}

TEST(Grants, NamesResourcesAsTheyAreWritten) {
  const auto grants =
      Of("{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':'*','Resource':['" + std::string(kTableArn) +
         "','" + std::string(kTableArn) + "/index/*']},{'Effect':'Deny','Principal':'*','Action':'*','NotResource':'" +
         std::string(kTableArn) + "'}");
  ASSERT_EQ(grants.size(), 2U);
  EXPECT_EQ(grants[0].resources,
            (std::vector<std::string>{std::string(kTableArn), std::string(kTableArn) + "/index/*"}));
  EXPECT_FALSE(grants[0].other_resources);
  EXPECT_EQ(grants[1].resources, std::vector<std::string>{std::string(kTableArn)});
  EXPECT_TRUE(grants[1].other_resources);
}

TEST(Grants, OfWhatIsNoPolicyAreAnError) {
  EXPECT_FALSE(GrantsOf(DocumentKind::kTable, "{", TestActions(), kOwner, [](const Action&) { return true; }).ok());
}

}  // namespace
}  // namespace basalt::policy

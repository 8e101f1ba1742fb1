#include "policy/guards.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

bool IsPublic(std::string_view principal, std::string_view conditions = "", std::string_view effect = "Allow") {
  std::string text =
      "{'Effect':'" + std::string(effect) + "'," + std::string(principal) + ",'Action':'dynamodb:*','Resource':'*'";
  text += conditions.empty() ? "}" : ",'Condition':{" + std::string(conditions) + "}}";
  return AdmitsEverybody(Statements(DocumentKind::kTable, text));
}
bool IsPublicIf(std::string_view conditions) { return IsPublic("'Principal':'*'", conditions); }

TEST(Guards, AnAllowForEverybodyIsPublic) {
  EXPECT_TRUE(IsPublic("'Principal':'*'"));
  EXPECT_TRUE(IsPublic("'Principal':{'AWS':'*'}"));
  EXPECT_TRUE(IsPublic("'Principal':{'AWS':['111111111111','*']}"));
  EXPECT_TRUE(IsPublic("'NotPrincipal':{'AWS':'111111111111'}"));
  EXPECT_FALSE(IsPublic("'Principal':{'AWS':'111111111111'}"));
  EXPECT_FALSE(IsPublic("'Principal':'*'", "", "Deny"));
  EXPECT_FALSE(IsPublic("'NotPrincipal':{'AWS':'111111111111'}", "", "Deny"));
  EXPECT_TRUE(AdmitsEverybody(
      Statements(DocumentKind::kTable,
                 "{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'dynamodb:*','Resource':'*'},"
                 "{'Effect':'Allow','Principal':'*','Action':'dynamodb:GetItem','Resource':'*'}")));
}

TEST(Guards, ConditionsOnTheCallerConfineByExactValues) {
  for (const std::string_view key :
       {"aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:SourceAccount", "aws:SourceArn",
        "aws:SourceVpc", "aws:SourceVpce", "aws:userid", "AWS:PRINCIPALSERVICENAME", "aws:SourceOrgID",
        "aws:Ec2InstanceSourceVpc", "aws:PrincipalOrgPaths", "aws:SourceOrgPaths", "aws:PrincipalServiceNamesList"}) {
    EXPECT_FALSE(IsPublicIf("'StringEquals':{'" + std::string(key) + "':'x'}")) << key;
    EXPECT_FALSE(IsPublicIf("'ForAnyValue:StringLike':{'" + std::string(key) + "':['x','y']}")) << key;
  }
  EXPECT_FALSE(IsPublicIf("'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::1:role/R'}"));
  EXPECT_FALSE(IsPublicIf("'ArnLike':{'aws:SourceArn':'arn:aws:iam::1:role/R'}"));
  EXPECT_FALSE(IsPublicIf("'Bool':{'aws:PrincipalIsAWSService':'true'}"));
  EXPECT_FALSE(IsPublicIf("'IpAddress':{'aws:SourceIp':'10.0.0.0/8'},'StringEquals':{'aws:PrincipalOrgID':'o-1'}"));
}

TEST(Guards, OtherConditionsDoNotConfine) {
  for (const std::string_view conditions : {
           "'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}",
           "'StringEquals':{'aws:username':'Ann'}",
           "'StringEquals':{'aws:PrincipalTag/team':'red'}",
           "'Bool':{'aws:SecureTransport':'true'}",
           "'Bool':{'aws:PrincipalIsAWSService':'false'}",
           "'Bool':{'aws:PrincipalIsAWSService':['true','false']}",
           "'StringEqualsIfExists':{'aws:PrincipalOrgID':'o-1'}",
           "'ForAllValues:StringEquals':{'aws:PrincipalOrgID':'o-1'}",
           "'StringNotEquals':{'aws:PrincipalOrgID':'o-1'}",
           "'ArnNotLike':{'aws:PrincipalArn':'arn:aws:iam::1:role/R'}",
           "'Null':{'aws:PrincipalOrgID':'false'}",
           "'StringLike':{'aws:PrincipalOrgID':'o-*'}",
           "'StringLike':{'aws:PrincipalOrgID':'o-?'}",
           "'StringEquals':{'aws:PrincipalOrgID':'*'}",
           "'StringEquals':{'aws:PrincipalOrgID':['o-1','o-*']}",
           "'StringEquals':{'aws:PrincipalAccount':'${aws:ResourceAccount}'}",
           "'StringEquals':{'aws:PrincipalAccount':'${*}'}",
           "'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:role/R'}",
       }) {
    EXPECT_TRUE(IsPublicIf(conditions)) << conditions;
  }
}

TEST(Guards, APublicPolicyIsRefusedInTheServicesWords) {
  const Document open =
      Statements(DocumentKind::kTable, "{'Effect':'Allow','Principal':'*','Action':'dynamodb:*','Resource':'*'}");
  const Status status = CheckNotPublic(open);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, Reason::kValidation);
  EXPECT_EQ(status.error().text,
            "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
            "least-privilege form of access");
  EXPECT_TRUE(CheckNotPublic(Statements(DocumentKind::kTable,
                                        "{'Effect':'Deny','Principal':'*','Action':'dynamodb:*','Resource':'*'}"))
                  .ok());
}

TEST(Guards, APolicyThatLocksItsAuthorOutIsRefused) {
  ContextTable context;
  context.Set("aws:PrincipalArn", "arn:aws:iam::111111111111:role/app/Reader");
  const Caller caller = ReaderSession();
  const Resource resource = Resource::Of(kTableArn);
  const Request put = {caller, ActionOf("dynamodb:PutResourcePolicy"), resource, kOwner, context};
  const auto check = [&](std::string_view statement) {
    return CheckKeepsAccess(Statements(DocumentKind::kTable, statement), put, false);
  };
  const Status status = check(
      "{'Effect':'Deny','Principal':'*','Action':'dynamodb:*','Resource':'*','Condition':{"
      "'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::111111111111:role/app/Reader'}}}");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, Reason::kAccessDenied);
  EXPECT_EQ(status.error().text,
            "The new resource policy will not allow you to update the resource policy in the future.");
  EXPECT_TRUE(check("{'Effect':'Deny','Principal':'*','Action':'dynamodb:DeleteResourcePolicy','Resource':'*'}").ok());
  EXPECT_TRUE(check("{'Effect':'Deny','Principal':{'AWS':'222222222222'},'Action':'dynamodb:*','Resource':'*'}").ok());
  // Only what is denied is guarded, not what is not allowed.
  EXPECT_TRUE(
      check("{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':'dynamodb:GetItem','Resource':'*'}").ok());
}

}  // namespace
}  // namespace basalt::policy

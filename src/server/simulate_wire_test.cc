// Simulations over the wire: what policies would say, and which of their statements say it.
#include <gtest/gtest.h>

#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

class SimulateWireTest : public IdentityTest {
 protected:
  static constexpr const char* kTable = "arn:aws:dynamodb:us-east-1:111122223333:table/t";

  // The action, resource and decision of each result.
  std::string Decisions(const Reply& reply) {
    EXPECT_EQ(Outcome(reply), "200") << reply.body;
    std::string decisions;
    size_t at = 0;
    while ((at = reply.body.find("<EvalActionName>", at)) != std::string::npos) {
      const std::string rest = reply.body.substr(at);
      decisions += (decisions.empty() ? "" : "; ") + ElementOf(rest, "EvalActionName") + " " +
                   ElementOf(rest, "EvalResourceName") + " " + ElementOf(rest, "EvalDecision");
      ++at;
    }
    return decisions;
  }
  static std::string Custom(const std::string& document, const std::string& more) {
    return "SimulateCustomPolicy&PolicyInputList.member.1=" + Escaped(document) + more;
  }
  static std::string Entry(int number, const std::string& name, const std::string& type, const std::string& value) {
    const std::string entry = "&ContextEntries.member." + std::to_string(number) + ".";
    return entry + "ContextKeyName=" + Escaped(name) + entry + "ContextKeyType=" + type + entry +
           "ContextKeyValues.member.1=" + Escaped(value);
  }
};

TEST_F(SimulateWireTest, ADecisionNamesTheStatementsThatMadeItAndWhereTheyStand) {
  const std::string document =
      "{\n"
      "  \"Version\": \"2012-10-17\",\n"
      "  \"Statement\": [{\n"
      "    \"Effect\": \"Allow\", \"Action\": \"dynamodb:*\", \"Resource\": \"*\"\n"
      "  },\n"
      "  {\"Effect\": \"Deny\", \"Action\": \"dynamodb:DeleteTable\", \"Resource\": \"*\"}]\n"
      "}";
  const Reply reply = Iam(Custom(document,
                                 "&ActionNames.member.1=dynamodb:GetItem&ActionNames.member.2=dynamodb:DeleteTable&"
                                 "ActionNames.member.3=iam:GetUser"));
  EXPECT_EQ(Decisions(reply),
            "dynamodb:GetItem * allowed; dynamodb:DeleteTable * explicitDeny; iam:GetUser * implicitDeny");
  EXPECT_EQ(ElementOf(reply.body, "MatchedStatements"),
            "<member><SourcePolicyId>PolicyInputList.1</SourcePolicyId><SourcePolicyType>none</SourcePolicyType>"
            "<StartPosition><Line>3</Line><Column>17</Column></StartPosition><EndPosition><Line>5</Line>"
            "<Column>4</Column></EndPosition></member>");
  const std::string denied = reply.body.substr(reply.body.find("explicitDeny"));
  EXPECT_EQ(ElementOf(denied, "StartPosition"), "<Line>6</Line><Column>3</Column>");
  EXPECT_EQ(ElementOf(denied, "EndPosition"), "<Line>6</Line><Column>72</Column>");
  EXPECT_EQ(ElementOf(denied.substr(denied.find("implicitDeny")), "MatchedStatements"), "");
}

TEST_F(SimulateWireTest, ContextIsWhatTheRequestSaysAndWhatIsMissingIsTold) {
  const std::string document =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*","Condition":)"
      R"({"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a","b"]},"Bool":{"aws:SecureTransport":"true"}}}})";
  const std::string get = "&ActionNames.member.1=dynamodb:GetItem";
  const Reply without = Iam(Custom(document, get));
  EXPECT_EQ(Decisions(without), "dynamodb:GetItem * implicitDeny");
  EXPECT_NE(ElementOf(without.body, "MissingContextValues").find("<member>aws:securetransport</member>"),
            std::string::npos);
  const std::string secure = Entry(1, "aws:SecureTransport", "boolean", "true");
  EXPECT_EQ(Decisions(Iam(Custom(document, get + secure + Entry(2, "dynamodb:LeadingKeys", "stringList", "a")))),
            "dynamodb:GetItem * allowed");
  EXPECT_EQ(Decisions(Iam(Custom(document, get + secure + Entry(2, "dynamodb:LeadingKeys", "stringList", "c")))),
            "dynamodb:GetItem * implicitDeny");
}

TEST_F(SimulateWireTest, EachActionIsTriedOnEachResourceInPages) {
  const std::string document =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:Get*","Resource":")" +
      std::string(kTable) + R"("}})";
  const std::string asked = Custom(document, std::string("&ActionNames.member.1=dynamodb:GetItem&ActionNames.member.2="
                                                         "dynamodb:PutItem&ResourceArns.member.1=") +
                                                 kTable + "&ResourceArns.member.2=" + kTable + "x");
  const std::string t = kTable;
  EXPECT_EQ(Decisions(Iam(asked)), "dynamodb:GetItem " + t + " allowed; dynamodb:GetItem " + t +
                                       "x implicitDeny; dynamodb:PutItem " + t + " implicitDeny; dynamodb:PutItem " +
                                       t + "x implicitDeny");
  const Reply first = Iam(asked + "&MaxItems=3");
  EXPECT_EQ(ElementOf(first.body, "IsTruncated"), "true");
  EXPECT_EQ(Decisions(Iam(asked + "&MaxItems=3&Marker=" + Escaped(ElementOf(first.body, "Marker")))),
            "dynamodb:PutItem " + t + "x implicitDeny");
}

TEST_F(SimulateWireTest, BoundariesAndPoliciesOfResourcesTakePart) {
  const std::string all = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
  const std::string none = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}})";
  const std::string get = "&ActionNames.member.1=dynamodb:GetItem";
  const Reply bounded = Iam(Custom(all, get + "&PermissionsBoundaryPolicyInputList.member.1=" + Escaped(none)));
  EXPECT_EQ(Decisions(bounded), "dynamodb:GetItem * implicitDeny");
  EXPECT_EQ(ElementOf(bounded.body, "AllowedByPermissionsBoundary"), "false");
  const std::string ann = "arn:aws:iam::111122223333:user/ann";
  const std::string of_table = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":")" + ann +
                               R"("},"Action":"dynamodb:GetItem","Resource":"*"}})";
  const std::string on_table = get + "&ResourceArns.member.1=" + kTable + "&ResourcePolicy=" + Escaped(of_table);
  const Reply granted = Iam(Custom(none, on_table + "&CallerArn=" + ann));
  EXPECT_EQ(Decisions(granted), "dynamodb:GetItem " + std::string(kTable) + " allowed");
  EXPECT_EQ(ElementOf(granted.body, "SourcePolicyId"), "ResourcePolicy");
  EXPECT_EQ(ElementOf(granted.body, "SourcePolicyType"), "resource");
  EXPECT_EQ(Decisions(Iam(Custom(none, on_table + "&CallerArn=" + ann + "x"))),
            "dynamodb:GetItem " + std::string(kTable) + " implicitDeny");
  // Another account's user needs both sides.
  const std::string eve = "arn:aws:iam::444455556666:user/eve";
  std::string for_eve = of_table;
  for_eve.replace(for_eve.find(ann), ann.size(), eve);
  const std::string by_eve =
      get + "&ResourceArns.member.1=" + kTable + "&CallerArn=" + eve + "&ResourcePolicy=" + Escaped(for_eve);
  EXPECT_EQ(Decisions(Iam(Custom(none, by_eve))), "dynamodb:GetItem " + std::string(kTable) + " implicitDeny");
  EXPECT_EQ(Decisions(Iam(Custom(all, by_eve))), "dynamodb:GetItem " + std::string(kTable) + " allowed");
}

TEST_F(SimulateWireTest, APrincipalIsTriedWithAllThatItHas) {
  MakeUser("ann");
  const std::string of_ann = "SimulatePrincipalPolicy&PolicySourceArn=arn:aws:iam::111122223333:user/ann";
  const std::string get = "&ActionNames.member.1=dynamodb:GetItem";
  const std::string tables =
      Document("{'Effect':'Allow','Action':'dynamodb:*','Resource':'arn:aws:dynamodb:*:*:table/${aws:username}'}");
  EXPECT_EQ(Outcome(Iam("CreateGroup&GroupName=g")), "200");
  EXPECT_EQ(Outcome(Iam("PutGroupPolicy&GroupName=g&PolicyName=own&PolicyDocument=" + tables)), "200");
  const std::string on_own = get + "&ResourceArns.member.1=arn:aws:dynamodb:us-east-1:111122223333:table/ann";
  EXPECT_EQ(Decisions(Iam(of_ann + on_own)),
            "dynamodb:GetItem arn:aws:dynamodb:us-east-1:111122223333:table/ann implicitDeny");
  EXPECT_EQ(Outcome(Iam("AddUserToGroup&GroupName=g&UserName=ann")), "200");
  const Reply allowed = Iam(of_ann + on_own);
  EXPECT_EQ(Decisions(allowed), "dynamodb:GetItem arn:aws:dynamodb:us-east-1:111122223333:table/ann allowed");
  EXPECT_EQ(ElementOf(allowed.body, "SourcePolicyId"), "own");
  EXPECT_EQ(ElementOf(allowed.body, "SourcePolicyType"), "group");
  EXPECT_EQ(Outcome(Iam("PutUserPermissionsBoundary&UserName=ann&PermissionsBoundary=arn:aws:iam::aws:policy/"
                        "IAMFullAccess")),
            "200");
  EXPECT_EQ(ElementOf(Iam(of_ann + on_own).body, "EvalDecision"), "implicitDeny");
  // A role, and a policy that it might get.
  EXPECT_EQ(Outcome(Iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf(kAccount))), "200");
  const std::string of_role = "SimulatePrincipalPolicy&PolicySourceArn=arn:aws:iam::111122223333:role/r" + get;
  EXPECT_EQ(ElementOf(Iam(of_role).body, "EvalDecision"), "implicitDeny");
  EXPECT_EQ(ElementOf(Iam(of_role + "&PolicyInputList.member.1=" + Allow("dynamodb:*")).body, "EvalDecision"),
            "allowed");
  EXPECT_EQ(
      ElementOf(Iam("AttachRolePolicy&RoleName=r&PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess").body, "Code"),
      "(none)");
  EXPECT_EQ(ElementOf(Iam(of_role).body, "SourcePolicyType"), "aws-managed");
}

TEST_F(SimulateWireTest, WhatMakesNoSenseIsRefused) {
  const std::string all = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
  const std::string get = "&ActionNames.member.1=dynamodb:GetItem";
  struct Case {
    std::string form;
    std::string outcome;
  };
  for (const Case& each : std::vector<Case>{
           {Custom("x", get), "400 InvalidInput: Syntax errors in policy."},
           {Custom(all, "&ActionNames.member.1=dynamodb"), "400 InvalidInput: Invalid Entity Action: dynamodb"},
           {Custom(all, "&ActionNames.member.1=dynamodb:*"), "400 InvalidInput: Invalid Entity Action: dynamodb:*"},
           {Custom(all, get + "&CallerArn=arn:aws:iam::111122223333:role/r"),
            "400 InvalidInput: Invalid Entity Arn: arn:aws:iam::111122223333:role/r is not the ARN of a user."},
           {Custom(all, get + "&ResourcePolicy=" +
                            Escaped(R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":)"
                                    R"("dynamodb:GetItem","Resource":"*"}})")),
            "400 InvalidInput: CallerArn is required when a ResourcePolicy is specified and the PolicySourceArn is not "
            "the ARN of a user."},
           {"SimulatePrincipalPolicy&PolicySourceArn=arn:aws:iam::111122223333:user/nobody" + get,
            "404 NoSuchEntity: Entity arn:aws:iam::111122223333:user/nobody cannot be found."},
           {"SimulatePrincipalPolicy&PolicySourceArn=arn:aws:iam::111122223333:root" + get,
            "400 InvalidInput: Invalid Entity Arn: arn:aws:iam::111122223333:root"},
       }) {
    EXPECT_EQ(Outcome(Iam(each.form)), each.outcome) << each.form;
  }
}

}  // namespace
}  // namespace basalt::server

// IAM over the wire: what each operation answers and refuses, and what is left behind.
#include <gtest/gtest.h>

#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

class IamWireTest : public IdentityTest {
 protected:
  struct Case {
    std::string form;
    std::string outcome;
  };
  void Check(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
      EXPECT_EQ(Outcome(Iam(each.form)), each.outcome) << each.form;
    }
  }
};

TEST_F(IamWireTest, AUserIsMadeShownRenamedAndDeleted) {
  const Reply made = Iam("CreateUser&UserName=Ann&Path=/team/&Tags.member.1.Key=a&Tags.member.1.Value=b");
  EXPECT_EQ(made.content_type, "text/xml");
  const std::string id = ElementOf(made.body, "UserId");
  EXPECT_EQ(id.size(), 21U);
  EXPECT_EQ(id.substr(0, 4), "AIDA");
  EXPECT_EQ(ElementOf(made.body, "CreateUserResult"),
            "\n    <User><Path>/team/</Path><UserName>Ann</UserName><UserId>" + id +
                "</UserId><Arn>arn:aws:iam::111122223333:user/team/Ann</Arn><CreateDate>2023-11-14T22:13:20Z"
                "</CreateDate><Tags><member><Key>a</Key><Value>b</Value></member></Tags></User>\n  ");
  EXPECT_NE(made.body.find("<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"),
            std::string::npos);
  EXPECT_EQ(ElementOf(Iam("GetUser&UserName=ann").body, "UserId"), id);
  Check({
      {"CreateUser&UserName=ANN", "409 EntityAlreadyExists: User with name ANN already exists."},
      {"GetUser&UserName=bob", "404 NoSuchEntity: The user with name bob cannot be found."},
      {"UpdateUser&UserName=Ann&NewUserName=Bob&NewPath=/", "200"},
      {"GetUser&UserName=ann", "404 NoSuchEntity: The user with name ann cannot be found."},
  });
  EXPECT_EQ(ElementOf(Iam("GetUser&UserName=Bob").body, "Arn"), "arn:aws:iam::111122223333:user/Bob");
  const Reply deleted = Iam("DeleteUser&UserName=Bob");
  EXPECT_EQ(Outcome(deleted), "200");
  EXPECT_EQ(deleted.body.find("Result"), std::string::npos);
  Check({{"DeleteUser&UserName=Bob", "404 NoSuchEntity: The user with name Bob cannot be found."}});
}

TEST_F(IamWireTest, BadParametersAreNamed) {
  Check({
      {"CreateUser",
       "400 ValidationError: 1 validation error detected: Value null at 'userName' failed to satisfy "
       "constraint: Member must not be null"},
      {"CreateUser&UserName=",
       "400 ValidationError: 1 validation error detected: Value '' at 'userName' failed to "
       "satisfy constraint: Member must have length greater than or equal to 1"},
      {"CreateUser&UserName=a/b",
       "400 ValidationError: The specified value for userName is invalid. It must contain "
       "only alphanumeric characters and/or the following: +=,.@_-"},
      {"CreateUser&UserName=a&Path=b",
       "400 ValidationError: The specified value for path is invalid. It must begin "
       "and end with / and contain only alphanumeric characters and/or / characters."},
      {"ListUsers&MaxItems=0",
       "400 ValidationError: 1 validation error detected: Value '0' at 'maxItems' failed to "
       "satisfy constraint: Member must have value greater than or equal to 1"},
      {"ListUsers&MaxItems=x", "400 MalformedInput: The value of MaxItems is not a valid number."},
      {"ListUsers&Marker=!", "400 ValidationError: Invalid Marker: !"},
      {"CreateUser&UserName=a&Tags.member.x.Key=a",
       "400 MalformedInput: Key Tags.member.x.Key does not name an element of a list."},
      {"CreateUser&UserName=a&Tags.member.1.Key=k&Tags.member.1.Value=1&Tags.member.2.Key=K&Tags.member.2.Value=2",
       "400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive."},
      {"CreateUser&UserName=a&PermissionsBoundary=arn:aws:iam::aws:policy/None",
       "404 NoSuchEntity: Scope ARN: arn:aws:iam::aws:policy/None does not exist or is not attachable."},
      {"NoSuchThing", "400 InvalidAction: Could not find operation NoSuchThing for version 2010-05-08"},
  });
}

TEST_F(IamWireTest, ListsComeInPages) {
  for (const char* name : {"c", "A", "b", "d"}) {
    ASSERT_EQ(Outcome(Iam(std::string("CreateUser&UserName=") + name)), "200");
  }
  const Reply first = Iam("ListUsers&MaxItems=3");
  EXPECT_EQ(ElementOf(first.body, "IsTruncated"), "true");
  const size_t a = first.body.find("<UserName>A<");
  const size_t b = first.body.find("<UserName>b<");
  EXPECT_LT(a, b);
  EXPECT_LT(b, first.body.find("<UserName>c<"));
  const Reply last = Iam("ListUsers&MaxItems=3&Marker=" + Escaped(ElementOf(first.body, "Marker")));
  EXPECT_EQ(ElementOf(last.body, "UserName"), "d");
  EXPECT_EQ(ElementOf(last.body, "IsTruncated"), "false");
  EXPECT_EQ(ElementOf(last.body, "Marker"), "(none)");
}

TEST_F(IamWireTest, AUserHasTwoKeysThatWorkWhileTheyAreActive) {
  const Credentials key = MakeUser("ann");
  EXPECT_EQ(key.id.substr(0, 4), "AKIA");
  EXPECT_EQ(key.secret.size(), 40U);
  const Credentials second = CredentialsIn(Iam("CreateAccessKey&UserName=ann"));
  Check({{"CreateAccessKey&UserName=ann", "409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"}});
  const Reply who = StsAs(key, "GetCallerIdentity");
  EXPECT_EQ(ElementOf(who.body, "Arn"), "arn:aws:iam::111122223333:user/ann");
  EXPECT_EQ(ElementOf(who.body, "UserId").substr(0, 4), "AIDA");
  EXPECT_EQ(ElementOf(who.body, "Account"), kAccount);
  EXPECT_EQ(Iam("ListAccessKeys&UserName=ann").body.find(key.secret), std::string::npos);

  const std::string refused = "403 InvalidClientTokenId: The security token included in the request is invalid.";
  Check({{"UpdateAccessKey&UserName=ann&Status=Inactive&AccessKeyId=" + key.id, "200"}});
  EXPECT_EQ(Outcome(StsAs(key, "GetCallerIdentity")), refused);
  Check({{"UpdateAccessKey&UserName=ann&Status=Active&AccessKeyId=" + key.id, "200"}});
  EXPECT_EQ(Outcome(StsAs(key, "GetCallerIdentity")), "200");
  Check({
      {"DeleteUser&UserName=ann", "409 DeleteConflict: Cannot delete entity, must delete access keys first."},
      {"DeleteAccessKey&UserName=ann&AccessKeyId=" + key.id, "200"},
      {"DeleteAccessKey&UserName=ann&AccessKeyId=" + key.id,
       "404 NoSuchEntity: The Access Key with id " + key.id + " cannot be found."},
      {"DeleteAccessKey&UserName=ann&AccessKeyId=" + second.id, "200"},
      {"DeleteUser&UserName=ann", "200"},
  });
  EXPECT_EQ(Outcome(StsAs(key, "GetCallerIdentity")), refused);
}

TEST_F(IamWireTest, WhatAUserMayDoIsWhatItsPoliciesAndGroupsAllow) {
  const Credentials ann = MakeUser("ann");
  const std::string list = "ListTables";
  const auto may_list = [&] { return DynamoAs(ann, list, "{}").status == 200; };
  EXPECT_EQ(
      Outcome(IamAs(ann, "ListUsers")),
      "403 AccessDenied: User: arn:aws:iam::111122223333:user/ann is not authorized to perform: iam:ListUsers "
      "on resource: arn:aws:iam::111122223333:user/ because no identity-based policy allows the iam:ListUsers action");
  EXPECT_FALSE(may_list());
  Check({{"PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" + Allow("dynamodb:List*"), "200"}});
  EXPECT_TRUE(may_list());
  Check({{"DeleteUserPolicy&UserName=ann&PolicyName=p", "200"}});
  EXPECT_FALSE(may_list());
  Check({
      {"CreateGroup&GroupName=readers", "200"},
      {"AttachGroupPolicy&GroupName=readers&PolicyArn=arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess", "200"},
      {"AddUserToGroup&GroupName=readers&UserName=ann", "200"},
  });
  EXPECT_TRUE(may_list());
  // A boundary that does not speak of it.
  Check({{"PutUserPermissionsBoundary&UserName=ann&PermissionsBoundary=arn:aws:iam::aws:policy/IAMFullAccess", "200"}});
  EXPECT_FALSE(may_list());
  Check({{"DeleteUserPermissionsBoundary&UserName=ann", "200"}});
  EXPECT_TRUE(may_list());
  Check({
      {"DeleteGroup&GroupName=readers",
       "409 DeleteConflict: Cannot delete entity, must remove users from group first."},
      {"RemoveUserFromGroup&GroupName=readers&UserName=ann", "200"},
  });
  EXPECT_FALSE(may_list());
}

TEST_F(IamWireTest, ManagedPoliciesHaveVersionsOfWhichOneCounts) {
  const std::string arn = "arn:aws:iam::111122223333:policy/p";
  const Reply made = Iam("CreatePolicy&PolicyName=p&Description=d&PolicyDocument=" + Allow("dynamodb:ListTables"));
  EXPECT_EQ(ElementOf(made.body, "Arn"), arn);
  EXPECT_EQ(ElementOf(made.body, "PolicyId").substr(0, 4), "ANPA");
  EXPECT_EQ(ElementOf(made.body, "DefaultVersionId"), "v1");
  const Credentials ann = MakeUser("ann");
  const auto may_list = [&] { return DynamoAs(ann, "ListTables", "{}").status == 200; };
  Check({
      {"CreatePolicy&PolicyName=P&PolicyDocument=" + Allow("*"),
       "409 EntityAlreadyExists: A policy called P already exists. Duplicate names are not allowed."},
      {"AttachUserPolicy&UserName=ann&PolicyArn=" + arn, "200"},
      {"AttachUserPolicy&UserName=ann&PolicyArn=" + arn + "x",
       "404 NoSuchEntity: Policy " + arn + "x does not exist or is not attachable."},
      {"GetPolicy&PolicyArn=arn:aws:iam:no-arn-at-all",
       "400 InvalidInput: ARN arn:aws:iam:no-arn-at-all is not valid."},
  });
  EXPECT_TRUE(may_list());
  EXPECT_EQ(ElementOf(Iam("GetPolicy&PolicyArn=" + arn).body, "AttachmentCount"), "1");
  EXPECT_EQ(ElementOf(Iam("GetPolicyVersion&VersionId=v1&PolicyArn=" + arn).body, "Document"),
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22"
            "dynamodb%3AListTables%22%2C%22Resource%22%3A%22%2A%22%7D%7D");
  const std::string next = "CreatePolicyVersion&PolicyArn=" + arn + "&PolicyDocument=" + Allow("dynamodb:GetItem");
  Check({{next + "&SetAsDefault=true", "200"}});
  EXPECT_FALSE(may_list());
  Check({
      {"SetDefaultPolicyVersion&VersionId=v1&PolicyArn=" + arn, "200"},
      {next, "200"},
      {next, "200"},
      {next, "200"},
      {next,
       "409 LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must "
       "delete an existing version."},
      {"DeletePolicyVersion&VersionId=v1&PolicyArn=" + arn,
       "409 DeleteConflict: Cannot delete the default version of a policy."},
      {"DeletePolicyVersion&VersionId=v2&PolicyArn=" + arn, "200"},
      {"GetPolicyVersion&VersionId=v2&PolicyArn=" + arn,
       "404 NoSuchEntity: Policy " + arn + " version v2 does not exist or is not attachable."},
  });
  EXPECT_TRUE(may_list());
  Check({
      {"DeletePolicy&PolicyArn=" + arn, "409 DeleteConflict: Cannot delete a policy attached to entities."},
      {"DetachUserPolicy&UserName=ann&PolicyArn=" + arn, "200"},
      {"DetachUserPolicy&UserName=ann&PolicyArn=" + arn, "404 NoSuchEntity: Policy " + arn + " was not found."},
  });
  EXPECT_FALSE(may_list());
  for (const char* version : {"v3", "v4", "v5"}) {
    Check({{std::string("DeletePolicyVersion&VersionId=") + version + "&PolicyArn=" + arn, "200"}});
  }
  Check({{"DeletePolicy&PolicyArn=" + arn, "200"}});
}

TEST_F(IamWireTest, DocumentsAreHeldToTheirGrammarAndSize) {
  ASSERT_EQ(Outcome(Iam("CreateUser&UserName=ann")), "200");
  const std::string put = "PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=";
  std::string long_name(2100, 'a');
  Check({
      {put + "x", "400 MalformedPolicyDocument: Syntax errors in policy."},
      {put + TrustOf("*"), "400 MalformedPolicyDocument: Policy document should not specify a principal."},
      {put + Allow("dynamodb:" + long_name),
       "409 LimitExceeded: Maximum policy size of 2048 bytes exceeded for user ann"},
      {"GetUserPolicy&UserName=ann&PolicyName=p", "404 NoSuchEntity: The user policy with name p cannot be found."},
      {"CreatePolicy&PolicyName=p&PolicyDocument=" + Allow("dynamodb:" + std::string(6200, 'a')),
       "409 LimitExceeded: Cannot exceed quota for PolicySize: 6144"},
  });
}

TEST_F(IamWireTest, ARoleKeepsWhomItTrustsByTheirIds) {
  MakeUser("ann");
  const std::string trust = TrustOf("arn:aws:iam::111122223333:user/ann");
  const Reply made =
      Iam("CreateRole&RoleName=r&Description=&MaxSessionDuration=7200&AssumeRolePolicyDocument=" + trust);
  EXPECT_EQ(Outcome(made), "200");
  EXPECT_EQ(ElementOf(made.body, "RoleId").substr(0, 4), "AROA");
  EXPECT_EQ(ElementOf(made.body, "MaxSessionDuration"), "7200");
  EXPECT_EQ(ElementOf(made.body, "Description"), "");
  const auto shown = [&] { return ElementOf(Iam("GetRole&RoleName=r").body, "AssumeRolePolicyDocument"); };
  EXPECT_NE(shown().find("user%2Fann"), std::string::npos);
  Check({{"UpdateUser&UserName=ann&NewUserName=eve", "200"}});
  EXPECT_NE(shown().find("user%2Feve"), std::string::npos);
  const std::string key = ElementOf(Iam("ListAccessKeys&UserName=eve").body, "AccessKeyId");
  const std::string id = ElementOf(Iam("GetUser&UserName=eve").body, "UserId");
  Check({
      {"DeleteAccessKey&UserName=eve&AccessKeyId=" + key, "200"},
      {"DeleteUser&UserName=eve", "200"},
      {"CreateUser&UserName=eve", "200"},
  });
  EXPECT_NE(shown().find(id), std::string::npos);
  Check({
      {"CreateRole&RoleName=s&AssumeRolePolicyDocument=" + TrustOf("arn:aws:iam::111122223333:user/nobody"),
       "400 MalformedPolicyDocument: Invalid principal in policy: &quot;AWS&quot;:&quot;arn:aws:iam::111122223333:user/"
       "nobody&quot;"},
      {"CreateRole&RoleName=R&AssumeRolePolicyDocument=" + TrustOf("*"),
       "409 EntityAlreadyExists: Role with name R already exists."},
      {"UpdateAssumeRolePolicy&RoleName=r&PolicyDocument=" + TrustOf(kOtherAccount), "200"},
      {"ListInstanceProfilesForRole&RoleName=r", "200"},
      {"PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=" + Allow("*"), "200"},
      {"DeleteRole&RoleName=r", "409 DeleteConflict: Cannot delete entity, must delete policies first."},
      {"DeleteRolePolicy&RoleName=r&PolicyName=p", "200"},
      {"DeleteRole&RoleName=r", "200"},
  });
}

TEST_F(IamWireTest, TagsArePutOverEachOther) {
  ASSERT_EQ(Outcome(Iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf(kAccount))), "200");
  Check({
      {"TagRole&RoleName=r&Tags.member.1.Key=b&Tags.member.1.Value=1&Tags.member.2.Key=a&Tags.member.2.Value=2", "200"},
      {"TagRole&RoleName=r&Tags.member.1.Key=B&Tags.member.1.Value=3", "200"},
      {"UntagRole&RoleName=r&TagKeys.member.1=a", "200"},
  });
  EXPECT_EQ(ElementOf(Iam("ListRoleTags&RoleName=r").body, "Tags"), "<member><Key>B</Key><Value>3</Value></member>");
}

TEST_F(IamWireTest, AccountsSeeOnlyTheirOwn) {
  MakeUser("ann");
  EXPECT_EQ(ElementOf(IamAs(other_root_, "ListUsers").body, "Users"), "");
  EXPECT_EQ(Outcome(IamAs(other_root_, "CreateUser&UserName=ann")), "200");
  EXPECT_EQ(ElementOf(IamAs(other_root_, "GetUser&UserName=ann").body, "Arn"), "arn:aws:iam::444455556666:user/ann");
}

}  // namespace
}  // namespace basalt::server

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

TEST_F(IamWireTest, AnUpdateOfARoleHasAResultWithNothingInIt) {
  ASSERT_EQ(Outcome(Iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf(kAccount))), "200");
  const Reply updated = Iam("UpdateRole&RoleName=r&MaxSessionDuration=7200");
  EXPECT_EQ(ElementOf(updated.body, "UpdateRoleResult").find_first_not_of(" \n"), std::string::npos);
  EXPECT_NE(updated.body.find("<UpdateRoleResult>"), std::string::npos);
  EXPECT_EQ(ElementOf(Iam("GetRole&RoleName=r").body, "MaxSessionDuration"), "7200");
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

TEST_F(IamWireTest, GroupsAreMadeShownRenamedAndLeft) {
  const Reply made = Iam("CreateGroup&GroupName=Readers&Path=/team/");
  EXPECT_EQ(ElementOf(made.body, "GroupId").substr(0, 4), "AGPA");
  EXPECT_EQ(ElementOf(made.body, "Arn"), "arn:aws:iam::111122223333:group/team/Readers");
  MakeUser("ann");
  Check({
      {"CreateGroup&GroupName=readers", "409 EntityAlreadyExists: Group with name readers already exists."},
      {"AddUserToGroup&GroupName=readers&UserName=ann", "200"},
      {"AddUserToGroup&GroupName=readers&UserName=ann", "200"},
      {"AddUserToGroup&GroupName=none&UserName=ann", "404 NoSuchEntity: The group with name none cannot be found."},
      {"AddUserToGroup&GroupName=readers&UserName=bob", "404 NoSuchEntity: The user with name bob cannot be found."},
  });
  EXPECT_EQ(ElementOf(Iam("GetGroup&GroupName=readers").body, "UserName"), "ann");
  EXPECT_EQ(ElementOf(Iam("ListGroupsForUser&UserName=ann").body, "GroupName"), "Readers");
  Check({
      {"UpdateGroup&GroupName=readers&NewGroupName=writers&NewPath=/", "200"},
      {"GetGroup&GroupName=readers", "404 NoSuchEntity: The group with name readers cannot be found."},
  });
  EXPECT_EQ(ElementOf(Iam("ListGroupsForUser&UserName=ann").body, "Arn"), "arn:aws:iam::111122223333:group/writers");
  for (int i = 0; i < 9; ++i) {
    const std::string name = "g" + std::to_string(i);
    Check({{"CreateGroup&GroupName=" + name, "200"}, {"AddUserToGroup&UserName=ann&GroupName=" + name, "200"}});
  }
  Check({
      {"CreateGroup&GroupName=eleventh", "200"},
      {"AddUserToGroup&UserName=ann&GroupName=eleventh",
       "409 LimitExceeded: Cannot exceed quota for GroupsPerUser: 10"},
      {"PutGroupPolicy&GroupName=eleventh&PolicyName=p&PolicyDocument=" + Allow("*"), "200"},
      {"DeleteGroup&GroupName=eleventh", "409 DeleteConflict: Cannot delete entity, must delete policies first."},
      {"DeleteGroupPolicy&GroupName=eleventh&PolicyName=p", "200"},
      {"DeleteGroup&GroupName=eleventh", "200"},
  });
}

TEST_F(IamWireTest, TenPoliciesAreAttachedAndListedWithTheirUsers) {
  MakeUser("ann");
  for (int i = 0; i < 11; ++i) {
    const std::string name = "p" + std::to_string(i);
    Check({
        {"CreatePolicy&Path=/x/&PolicyName=" + name + "&PolicyDocument=" + Allow("*"), "200"},
        {"AttachUserPolicy&UserName=ann&PolicyArn=arn:aws:iam::111122223333:policy/x/" + name,
         i < 10 ? "200" : "409 LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10"},
    });
  }
  const std::string arn = "arn:aws:iam::111122223333:policy/x/p0";
  Check({{"AttachUserPolicy&UserName=ann&PolicyArn=" + arn, "200"},
         {"PutUserPermissionsBoundary&UserName=ann&PermissionsBoundary=" + arn, "200"}});
  EXPECT_EQ(ElementOf(Iam("ListAttachedUserPolicies&UserName=ann&PathPrefix=/y/").body, "AttachedPolicies"), "");
  EXPECT_EQ(ElementOf(Iam("ListAttachedUserPolicies&UserName=ann&MaxItems=1").body, "AttachedPolicies"),
            "<member><PolicyName>p0</PolicyName><PolicyArn>" + arn + "</PolicyArn></member>");
  const Reply users = Iam("ListEntitiesForPolicy&PolicyArn=" + arn);
  EXPECT_EQ(ElementOf(users.body, "UserName"), "ann");
  EXPECT_EQ(ElementOf(users.body, "PolicyGroups"), "");
  EXPECT_EQ(ElementOf(Iam("ListEntitiesForPolicy&EntityFilter=Role&PolicyArn=" + arn).body, "PolicyUsers"), "");
  EXPECT_EQ(ElementOf(Iam("GetPolicy&PolicyArn=" + arn).body, "PermissionsBoundaryUsageCount"), "1");
  EXPECT_EQ(ElementOf(Iam("ListPolicies&Scope=Local&OnlyAttached=true&MaxItems=1").body, "AttachmentCount"), "1");
  EXPECT_EQ(ElementOf(Iam("ListPolicies&PolicyUsageFilter=PermissionsBoundary").body, "PolicyName"), "p0");
  Check({{"DeletePolicy&PolicyArn=" + arn, "409 DeleteConflict: Cannot delete a policy attached to entities."}});
}

TEST_F(IamWireTest, AKeyTellsWhenItWasUsedLast) {
  const Credentials ann = MakeUser("ann");
  const std::string asked = "GetAccessKeyLastUsed&AccessKeyId=" + ann.id;
  EXPECT_EQ(ElementOf(Iam(asked).body, "GetAccessKeyLastUsedResult"),
            "\n    <UserName>ann</UserName><AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region>"
            "</AccessKeyLastUsed>\n  ");
  DynamoAs(ann, "ListTables", "{}");
  EXPECT_EQ(ElementOf(Iam(asked).body, "AccessKeyLastUsed"),
            "<LastUsedDate>2023-11-14T22:13:20Z</LastUsedDate><ServiceName>dynamodb</ServiceName>"
            "<Region>us-east-1</Region>");
  // The status changes, the key does not.
  Check({{"UpdateAccessKey&UserName=ann&Status=Inactive&AccessKeyId=" + ann.id, "200"}});
  EXPECT_EQ(ElementOf(Iam(asked).body, "ServiceName"), "dynamodb");
  EXPECT_EQ(Outcome(IamAs(other_root_, asked)),
            "404 NoSuchEntity: The Access Key with id " + ann.id + " cannot be found.");
}

TEST_F(IamWireTest, OidcProvidersAreMadeShownAndChanged) {
  const std::string arn = "arn:aws:iam::111122223333:oidc-provider/idp.example.com/a";
  const std::string of_it = "&OpenIDConnectProviderArn=" + arn;
  const std::string url = "CreateOpenIDConnectProvider&Url=https%3A%2F%2Fidp.example.com%2Fa&ClientIDList.member.1=app";
  const std::string thumbprint(40, 'a');
  EXPECT_EQ(ElementOf(Iam(url + "&ThumbprintList.member.1=" + thumbprint).body, "OpenIDConnectProviderArn"), arn);
  Check({
      {url, "409 EntityAlreadyExists: Provider with url https://idp.example.com/a already exists."},
      {"CreateOpenIDConnectProvider&Url=http%3A%2F%2Fx", "400 ValidationError: Invalid Open ID Connect Provider URL"},
      {"CreateOpenIDConnectProvider&Url=https%3A%2F%2Fx&ThumbprintList.member.1=" + std::string(40, 'z'),
       "400 InvalidInput: Thumbprint contains invalid characters."},
      {"AddClientIDToOpenIDConnectProvider&ClientID=second" + of_it, "200"},
      {"AddClientIDToOpenIDConnectProvider&ClientID=second" + of_it, "200"},
      {"RemoveClientIDFromOpenIDConnectProvider&ClientID=app" + of_it, "200"},
      {"UpdateOpenIDConnectProviderThumbprint&ThumbprintList.member.1=" + std::string(40, 'b') + of_it, "200"},
      {"TagOpenIDConnectProvider&Tags.member.1.Key=k&Tags.member.1.Value=v" + of_it, "200"},
  });
  EXPECT_EQ(ElementOf(Iam("GetOpenIDConnectProvider" + of_it).body, "GetOpenIDConnectProviderResult"),
            "\n    <Url>idp.example.com/a</Url><ClientIDList><member>second</member></ClientIDList><ThumbprintList>"
            "<member>" +
                std::string(40, 'b') +
                "</member></ThumbprintList><CreateDate>2023-11-14T22:13:20Z</CreateDate><Tags><member><Key>k</Key>"
                "<Value>v</Value></member></Tags>\n  ");
  EXPECT_EQ(ElementOf(Iam("ListOpenIDConnectProviders").body, "Arn"), arn);
  EXPECT_EQ(ElementOf(IamAs(other_root_, "ListOpenIDConnectProviders").body, "Arn"), "(none)");
  Check({
      {"UntagOpenIDConnectProvider&TagKeys.member.1=K" + of_it, "200"},
      {"DeleteOpenIDConnectProvider" + of_it, "200"},
      {"GetOpenIDConnectProvider" + of_it, "404 NoSuchEntity: OpenIDConnect Provider not found for arn " + arn},
  });
}

TEST_F(IamWireTest, RolesOfServicesAreChangedByThoseAlone) {
  const std::string create = "CreateServiceLinkedRole&AWSServiceName=";
  const std::string role = "AWSServiceRoleForDynamoDBReplication";
  EXPECT_EQ(ElementOf(Iam(create + "replication.dynamodb.amazonaws.com").body, "Arn"),
            "arn:aws:iam::111122223333:role/aws-service-role/replication.dynamodb.amazonaws.com/" + role);
  const std::string protected_role = "400 UnmodifiableEntity: Cannot perform the operation on the protected role '" +
                                     role + "' - this role is only modifiable by AWS";
  Check({
      {create + "replication.dynamodb.amazonaws.com",
       "400 InvalidInput: Service role name " + role +
           " has been taken in this account, please try a different suffix."},
      {create + "none.amazonaws.com",
       "400 InvalidInput: Service-linked roles are not supported for the service none.amazonaws.com."},
      {create + "replication.dynamodb.amazonaws.com&CustomSuffix=x",
       "400 InvalidInput: Custom suffix is not allowed for replication.dynamodb.amazonaws.com"},
      {"DeleteRole&RoleName=" + role, protected_role},
      {"PutRolePolicy&PolicyName=p&RoleName=" + role + "&PolicyDocument=" + Allow("*"), protected_role},
      {"AttachRolePolicy&RoleName=" + role + "&PolicyArn=arn:aws:iam::aws:policy/IAMFullAccess", protected_role},
      {"UpdateAssumeRolePolicy&RoleName=" + role + "&PolicyDocument=" + TrustOf("*"), protected_role},
      {"PutRolePermissionsBoundary&PermissionsBoundary=arn:aws:iam::aws:policy/IAMFullAccess&RoleName=" + role,
       protected_role},
      {"CreateRole&RoleName=x&Path=/aws-service-role/x/&AssumeRolePolicyDocument=" + TrustOf("*"),
       "400 InvalidInput: Roles under /aws-service-role/ are made by CreateServiceLinkedRole."},
  });
  const std::string task = ElementOf(Iam("DeleteServiceLinkedRole&RoleName=" + role).body, "DeletionTaskId");
  EXPECT_EQ(ElementOf(Iam("GetServiceLinkedRoleDeletionStatus&DeletionTaskId=" + Escaped(task)).body, "Status"),
            "SUCCEEDED");
  Check(
      {{"GetRole&RoleName=" + role, "404 NoSuchEntity: The role with name " + role + " cannot be found."},
       {"GetServiceLinkedRoleDeletionStatus&DeletionTaskId=x", "404 NoSuchEntity: Deletion task x cannot be found."}});
}

TEST_F(IamWireTest, AllThatAnAccountKeepsIsToldInPages) {
  MakeUser("ann");
  Check({
      {"CreateGroup&GroupName=readers", "200"},
      {"AddUserToGroup&GroupName=readers&UserName=ann", "200"},
      {"PutUserPolicy&UserName=ann&PolicyName=in&PolicyDocument=" + Allow("*"), "200"},
      {"AttachGroupPolicy&GroupName=readers&PolicyArn=arn:aws:iam::aws:policy/IAMFullAccess", "200"},
      {"CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf(kAccount), "200"},
      {"CreatePolicy&PolicyName=p&PolicyDocument=" + Allow("*"), "200"},
  });
  const std::string all = Iam("GetAccountAuthorizationDetails").body;
  EXPECT_EQ(ElementOf(ElementOf(all, "UserDetailList"), "PolicyName"), "in");
  EXPECT_EQ(ElementOf(ElementOf(all, "UserDetailList"), "GroupList"), "<member>readers</member>");
  EXPECT_EQ(ElementOf(ElementOf(all, "GroupDetailList"), "AttachedManagedPolicies"),
            "<member><PolicyName>IAMFullAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/IAMFullAccess"
            "</PolicyArn></member>");
  EXPECT_EQ(ElementOf(ElementOf(all, "RoleDetailList"), "RoleName"), "r");
  EXPECT_EQ(ElementOf(ElementOf(all, "Policies"), "Arn"), "arn:aws:iam::111122223333:policy/p");
  const std::string some = "GetAccountAuthorizationDetails&MaxItems=1&Filter.member.1=User&Filter.member.2=Group";
  const Reply first = Iam(some);
  EXPECT_EQ(ElementOf(first.body, "GroupDetailList"), "");
  EXPECT_EQ(ElementOf(first.body, "IsTruncated"), "true");
  const Reply second = Iam(some + "&Marker=" + Escaped(ElementOf(first.body, "Marker")));
  EXPECT_EQ(ElementOf(second.body, "UserDetailList"), "");
  EXPECT_EQ(ElementOf(ElementOf(second.body, "GroupDetailList"), "GroupName"), "readers");
  EXPECT_EQ(ElementOf(second.body, "IsTruncated"), "false");
  EXPECT_EQ(ElementOf(second.body, "Policies"), "");
}

TEST_F(IamWireTest, WhatUsersHaveElsewhereNobodyHasHere) {
  MakeUser("ann");
  for (const char* list :
       {"ListMFADevices", "ListSSHPublicKeys", "ListSigningCertificates", "ListServiceSpecificCredentials"}) {
    EXPECT_EQ(ElementOf(Iam(std::string(list) + "&UserName=ann").body, "IsTruncated"), "false") << list;
    Check({{std::string(list) + "&UserName=bob", "404 NoSuchEntity: The user with name bob cannot be found."}});
  }
  Check({
      {"ListVirtualMFADevices", "200"},
      {"ListAccountAliases", "200"},
      {"GetLoginProfile&UserName=ann", "404 NoSuchEntity: Login Profile for User ann cannot be found."},
      {"DeleteLoginProfile&UserName=ann", "404 NoSuchEntity: Login Profile for User ann cannot be found."},
  });
}

TEST_F(IamWireTest, AccountsSeeOnlyTheirOwn) {
  MakeUser("ann");
  EXPECT_EQ(ElementOf(IamAs(other_root_, "ListUsers").body, "Users"), "");
  EXPECT_EQ(Outcome(IamAs(other_root_, "CreateUser&UserName=ann")), "200");
  EXPECT_EQ(ElementOf(IamAs(other_root_, "GetUser&UserName=ann").body, "Arn"), "arn:aws:iam::444455556666:user/ann");
}

}  // namespace
}  // namespace basalt::server

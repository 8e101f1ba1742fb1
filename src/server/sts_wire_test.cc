// Temporary credentials over the wire: who gets them, for how long, and what they are good for.
#include <gtest/gtest.h>

#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

class StsWireTest : public IdentityTest {
 protected:
  static constexpr const char* kRole = "arn:aws:iam::111122223333:role/r";

  void SetUp() override {
    ann_ = MakeUser("ann");
    MakeRole("r", "arn:aws:iam::111122223333:user/ann");
    EXPECT_EQ(Outcome(Iam("PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=" + Allow("dynamodb:*"))), "200");
  }
  void MakeRole(const std::string& name, const std::string& trusts) {
    EXPECT_EQ(Outcome(Iam("CreateRole&RoleName=" + name + "&AssumeRolePolicyDocument=" + TrustOf(trusts))), "200");
  }
  Reply Assume(const Credentials& who, const std::string& more = "", const std::string& role = kRole) {
    return StsAs(who, "AssumeRole&RoleSessionName=once&RoleArn=" + role + more);
  }
  int ListTables(const Credentials& who) { return DynamoAs(who, "ListTables", "{}").status; }

  Credentials ann_;
};

TEST_F(StsWireTest, ASessionOfARoleIsWhatTheRoleMayDo) {
  const Reply assumed = Assume(ann_);
  const Credentials session = CredentialsIn(assumed);
  EXPECT_EQ(session.id.substr(0, 4), "ASIA");
  EXPECT_EQ(session.id.size(), 20U);
  EXPECT_EQ(session.secret.size(), 40U);
  EXPECT_EQ(ElementOf(assumed.body, "Expiration"), "2023-11-14T23:13:20Z");
  EXPECT_EQ(ElementOf(assumed.body, "Arn"), "arn:aws:sts::111122223333:assumed-role/r/once");
  EXPECT_EQ(ElementOf(assumed.body, "PackedPolicySize"), "(none)");
  const Reply who = StsAs(session, "GetCallerIdentity");
  EXPECT_EQ(ElementOf(who.body, "Arn"), "arn:aws:sts::111122223333:assumed-role/r/once");
  EXPECT_EQ(ElementOf(who.body, "UserId"), ElementOf(assumed.body, "AssumedRoleId"));
  EXPECT_EQ(ListTables(ann_), 400);
  EXPECT_EQ(ListTables(session), 200);
}

TEST_F(StsWireTest, ATokenIsGoodForItsKeyAndItsTime) {
  const Credentials session = CredentialsIn(Assume(ann_, "&DurationSeconds=900"));
  const Credentials other = CredentialsIn(Assume(ann_));
  const std::string refused = "403 InvalidClientTokenId: The security token included in the request is invalid.";
  const auto outcome = [&](const Credentials& who) { return Outcome(StsAs(who, "GetCallerIdentity")); };
  EXPECT_EQ(outcome({session.id, session.secret, ""}), refused);
  EXPECT_EQ(outcome({session.id, session.secret, other.token}), refused);
  EXPECT_EQ(outcome({ann_.id, ann_.secret, session.token}), refused);
  for (const size_t at : {size_t{0}, size_t{5}, size_t{30}, session.token.size() / 2, session.token.size() - 6}) {
    Credentials tampered = session;
    tampered.token[at] = tampered.token[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(outcome(tampered), refused) << at;
  }
  EXPECT_EQ(outcome({session.id, other.secret, session.token}).substr(0, 25), "403 SignatureDoesNotMatch");
  EXPECT_EQ(outcome(session), "200");
  clock_.AdvanceMs(899'000);
  EXPECT_EQ(outcome(session), "200");
  clock_.AdvanceMs(1'000);
  EXPECT_EQ(outcome(session), "403 ExpiredToken: The security token included in the request is expired");
  EXPECT_EQ(outcome(other), "200");
  EXPECT_NE(DynamoAs(session, "ListTables", "{}").body.find("ExpiredTokenException"), std::string::npos);
}

TEST_F(StsWireTest, AClockThatIsSetBackGivesNoSessionMoreTime) {
  const Credentials session = CredentialsIn(Assume(ann_));
  const auto outcome = [&] { return Outcome(StsAs(session, "GetCallerIdentity")); };
  clock_.SetWallMs(clock_.WallMs() - 300'000);  // as far as signatures may be off
  EXPECT_EQ(outcome(), "200");
  clock_.SetWallMs(clock_.WallMs() - 1'000);
  EXPECT_EQ(outcome(), "403 InvalidClientTokenId: The security token included in the request is invalid.");
  EXPECT_EQ(Outcome(StsAs(ann_, "GetCallerIdentity")), "200");
  clock_.SetWallMs(clock_.WallMs() + 3'901'000);
  EXPECT_EQ(outcome(), "403 ExpiredToken: The security token included in the request is expired");
}

TEST_F(StsWireTest, ASessionOutlivesTheKeyThatNewOnesAreSealedWith) {
  constexpr int64_t kHourMs = 3'600'000;
  const Credentials old = CredentialsIn(StsAs(ann_, "GetSessionToken&DurationSeconds=129600"));
  const auto sealed_with = server_.directory().snapshots().Load()->session_keys().back().created_ms;
  clock_.AdvanceMs(25 * kHourMs);
  const Credentials young = CredentialsIn(StsAs(ann_, "GetSessionToken"));
  EXPECT_GT(server_.directory().snapshots().Load()->session_keys().back().created_ms, sealed_with);
  EXPECT_EQ(Outcome(StsAs(old, "GetCallerIdentity")), "200");
  EXPECT_EQ(Outcome(StsAs(young, "GetCallerIdentity")), "200");
  clock_.AdvanceMs(11 * kHourMs);
  EXPECT_EQ(Outcome(StsAs(old, "GetCallerIdentity")).substr(0, 16), "403 ExpiredToken");
  EXPECT_EQ(Outcome(StsAs(young, "GetCallerIdentity")), "200");
}

TEST_F(StsWireTest, ADeletedRoleVoidsItsSessionsAlsoWhenItIsMadeAgain) {
  const Credentials session = CredentialsIn(Assume(ann_));
  ASSERT_EQ(ListTables(session), 200);
  ASSERT_EQ(Outcome(Iam("DeleteRolePolicy&RoleName=r&PolicyName=p")), "200");
  EXPECT_EQ(ListTables(session), 400);
  ASSERT_EQ(Outcome(Iam("DeleteRole&RoleName=r")), "200");
  const std::string refused = "403 InvalidClientTokenId: The security token included in the request is invalid.";
  EXPECT_EQ(Outcome(StsAs(session, "GetCallerIdentity")), refused);
  MakeRole("r", "arn:aws:iam::111122223333:user/ann");
  EXPECT_EQ(Outcome(StsAs(session, "GetCallerIdentity")), refused);
}

TEST_F(StsWireTest, OnlyWhomTheTrustPolicyAndItsOwnPoliciesAllowMayAssume) {
  const auto denied = [](const std::string& who, const std::string& role, const std::string& action = "AssumeRole") {
    return "403 AccessDenied: User: " + who + " is not authorized to perform: sts:" + action + " on resource: " + role;
  };
  const std::string ann = "arn:aws:iam::111122223333:user/ann";
  const std::string account_role = "arn:aws:iam::111122223333:role/account";
  const Credentials bob = MakeUser("bob");
  EXPECT_EQ(Outcome(Assume(root_)), "403 AccessDenied: Roles may not be assumed by root accounts.");
  EXPECT_EQ(Outcome(Assume(bob)), denied("arn:aws:iam::111122223333:user/bob", kRole));
  EXPECT_EQ(Outcome(Assume(ann_, "", std::string(kRole) + "x")), denied(ann, std::string(kRole) + "x"));
  // A trust in the account asks for the caller's own policies too.
  MakeRole("account", kAccount);
  EXPECT_EQ(Outcome(Assume(ann_, "", account_role)), denied(ann, account_role));
  EXPECT_EQ(Outcome(Iam("PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" + Allow("sts:AssumeRole"))), "200");
  EXPECT_EQ(Outcome(Assume(ann_, "", account_role)), "200");
  EXPECT_EQ(Outcome(Assume(ann_, "&Tags.member.1.Key=k&Tags.member.1.Value=v", account_role)),
            denied(ann, account_role, "TagSession"));
  EXPECT_EQ(Outcome(Assume(ann_, "&Tags.member.1.Key=k&Tags.member.1.Value=v")), "200");
  // Another account.
  ASSERT_EQ(Outcome(IamAs(other_root_, "CreateUser&UserName=eve")), "200");
  const Credentials eve = CredentialsIn(IamAs(other_root_, "CreateAccessKey&UserName=eve"));
  MakeRole("foreign", "arn:aws:iam::444455556666:user/eve");
  const std::string foreign = "arn:aws:iam::111122223333:role/foreign";
  EXPECT_EQ(Outcome(Assume(eve, "", foreign)), denied("arn:aws:iam::444455556666:user/eve", foreign));
  ASSERT_EQ(Outcome(IamAs(other_root_, "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=" + Allow("sts:*"))),
            "200");
  EXPECT_EQ(ListTables(CredentialsIn(Assume(eve, "", foreign))), 400);
}

TEST_F(StsWireTest, AnExternalIdIsAskedForByTheTrustPolicy) {
  const std::string trust = Document(
      "{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:user/ann'},'Action':'sts:AssumeRole',"
      "'Condition':{'StringEquals':{'sts:ExternalId':'secret'}}}");
  ASSERT_EQ(Outcome(Iam("UpdateAssumeRolePolicy&RoleName=r&PolicyDocument=" + trust)), "200");
  EXPECT_EQ(Assume(ann_).status, 403);
  EXPECT_EQ(Assume(ann_, "&ExternalId=wrong").status, 403);
  EXPECT_EQ(Assume(ann_, "&ExternalId=secret").status, 200);
}

TEST_F(StsWireTest, SessionsLastAsLongAsTheyMay) {
  const std::string longer_than_role =
      "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
  EXPECT_EQ(Outcome(Assume(ann_, "&DurationSeconds=3601")), longer_than_role);
  EXPECT_EQ(Assume(ann_, "&DurationSeconds=899").status, 400);
  EXPECT_EQ(Assume(ann_, "&DurationSeconds=43201").status, 400);
  ASSERT_EQ(Outcome(Iam("UpdateRole&RoleName=r&MaxSessionDuration=43200")), "200");
  const Credentials session = CredentialsIn(Assume(ann_, "&DurationSeconds=43200"));
  // One session begins another, for an hour at most.
  MakeRole("next", "arn:aws:sts::111122223333:assumed-role/r/once");
  ASSERT_EQ(Outcome(Iam("UpdateRole&RoleName=next&MaxSessionDuration=43200")), "200");
  const std::string next = "arn:aws:iam::111122223333:role/next";
  EXPECT_EQ(Outcome(Assume(session, "&DurationSeconds=3601", next)),
            "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining");
  EXPECT_EQ(Outcome(Assume(session, "&DurationSeconds=3600", next)), "200");
}

TEST_F(StsWireTest, ASessionPolicyLimitsWhatASessionMayDo) {
  const Reply assumed = Assume(ann_, "&Policy=" + Allow("dynamodb:GetItem"));
  EXPECT_EQ(ListTables(CredentialsIn(assumed)), 400);
  EXPECT_NE(ElementOf(assumed.body, "PackedPolicySize"), "(none)");
  EXPECT_EQ(ListTables(CredentialsIn(Assume(ann_, "&Policy=" + Allow("dynamodb:List*")))), 200);
  const std::string managed = "&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/";
  EXPECT_EQ(ListTables(CredentialsIn(Assume(ann_, managed + "IAMFullAccess"))), 400);
  EXPECT_EQ(ListTables(CredentialsIn(Assume(ann_, managed + "AmazonDynamoDBReadOnlyAccess"))), 200);
  EXPECT_EQ(Outcome(Assume(ann_, "&Policy=x")), "400 MalformedPolicyDocument: Syntax errors in policy.");
  EXPECT_EQ(Outcome(Assume(ann_, "&Policy=" + Allow("dynamodb:" + std::string(2048, 'a')))).substr(0, 24),
            "400 PackedPolicyTooLarge");
}

TEST_F(StsWireTest, TransitiveTagsAndTheSourceGoOnToTheNextSession) {
  const Credentials first =
      CredentialsIn(Assume(ann_,
                           "&SourceIdentity=ann&Tags.member.1.Key=Team&Tags.member.1.Value=blue&Tags.member.2.Key=x&"
                           "Tags.member.2.Value=y&TransitiveTagKeys.member.1=team"));
  MakeRole("next", "arn:aws:iam::111122223333:role/r");
  const std::string condition = Document(
      "{'Effect':'Allow','Action':'dynamodb:*','Resource':'*','Condition':{'StringEquals':{"
      "'aws:PrincipalTag/team':'blue','aws:SourceIdentity':'ann'},'Null':{'aws:PrincipalTag/x':'true'}}}");
  ASSERT_EQ(Outcome(Iam("PutRolePolicy&RoleName=next&PolicyName=p&PolicyDocument=" + condition)), "200");
  const std::string next = "arn:aws:iam::111122223333:role/next";
  const Reply second = Assume(first, "", next);
  EXPECT_EQ(ElementOf(second.body, "SourceIdentity"), "ann");
  EXPECT_EQ(ListTables(CredentialsIn(second)), 200);
  EXPECT_EQ(Assume(first, "&SourceIdentity=eve", next).status, 403);
  EXPECT_EQ(Assume(first, "&Tags.member.1.Key=TEAM&Tags.member.1.Value=red", next).status, 400);
  EXPECT_EQ(Assume(ann_, "&TransitiveTagKeys.member.1=none").status, 400);
}

TEST_F(StsWireTest, GetSessionTokenIsOfTheUserItself) {
  const Credentials session = CredentialsIn(StsAs(ann_, "GetSessionToken"));
  EXPECT_EQ(ElementOf(StsAs(session, "GetCallerIdentity").body, "Arn"), "arn:aws:iam::111122223333:user/ann");
  EXPECT_EQ(ListTables(session), 400);
  ASSERT_EQ(Outcome(Iam("PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" + Allow("*"))), "200");
  EXPECT_EQ(ListTables(session), 200);
  EXPECT_EQ(Outcome(StsAs(session, "GetSessionToken")),
            "403 AccessDenied: Cannot call GetSessionToken with session credentials");
  EXPECT_EQ(Outcome(StsAs(session, "GetFederationToken&Name=eve")),
            "403 AccessDenied: Cannot call GetFederationToken with session credentials");
  // Without a second factor it is not good for IAM.
  EXPECT_EQ(IamAs(session, "ListUsers").status, 403);
  EXPECT_EQ(IamAs(ann_, "ListUsers").status, 200);
  // An hour of a root user, whatever is asked for.
  EXPECT_EQ(ElementOf(StsAs(root_, "GetSessionToken&DurationSeconds=129600").body, "Expiration"),
            "2023-11-14T23:13:20Z");
}

TEST_F(StsWireTest, AFederatedUserMayDoWhatBothThePolicyAndTheCallerMay) {
  ASSERT_EQ(Outcome(Iam("PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" + Allow("dynamodb:List*"))), "200");
  const Reply begun = StsAs(ann_, "GetFederationToken&Name=eve&Policy=" + Allow("dynamodb:*"));
  const Credentials eve = CredentialsIn(begun);
  EXPECT_EQ(ElementOf(begun.body, "FederatedUserId"), "111122223333:eve");
  EXPECT_EQ(ElementOf(StsAs(eve, "GetCallerIdentity").body, "Arn"), "arn:aws:sts::111122223333:federated-user/eve");
  EXPECT_EQ(ListTables(eve), 200);
  EXPECT_EQ(DynamoAs(eve, "DescribeLimits", "{}").status, 400);
  EXPECT_EQ(ListTables(CredentialsIn(StsAs(ann_, "GetFederationToken&Name=eve"))), 400);
  EXPECT_EQ(Assume(eve).status, 403);
  EXPECT_EQ(IamAs(eve, "ListUsers").status, 403);
}

TEST_F(StsWireTest, GetAccessKeyInfoNamesTheAccount) {
  EXPECT_EQ(ElementOf(StsAs(other_root_, "GetAccessKeyInfo&AccessKeyId=" + ann_.id).body, "Account"), kAccount);
  EXPECT_EQ(StsAs(ann_, "GetAccessKeyInfo&AccessKeyId=AKIAAAAAAAAAAAAAAAAA").status, 400);
}

}  // namespace
}  // namespace basalt::server

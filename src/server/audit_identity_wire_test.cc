// Who stands in the records of the audit log: root users, users, sessions; and that nobody's secret does.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/audit_wire_fixture.h"
#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

class AuditIdentityTest : protected AuditedWorld, public IdentityTest {
 protected:
  AuditIdentityTest() : IdentityTest(WithLog({})) {}

  void SetUp() override {
    ann_ = MakeUser("ann");
    EXPECT_EQ(
        Outcome(Iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf("arn:aws:iam::111122223333:user/ann"))),
        "200");
    EXPECT_EQ(Outcome(Iam("PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=" + Allow("dynamodb:List*"))), "200");
    ForgetRecords();
  }
  // Of the call that was answered so just now.
  std::string RecordOf(const Reply&) { return NewRecord(); }

  Credentials ann_;
};

TEST_F(AuditIdentityTest, AUserIsNamed) {
  const std::string record = RecordOf(DynamoAs(ann_, "ListTables", "{}"));
  const std::string identity = Part(record, "userIdentity");
  EXPECT_EQ(Part(identity, "type"), R"("IAMUser")");
  EXPECT_EQ(Part(identity, "principalId").substr(0, 5), "\"AIDA");
  EXPECT_EQ(Part(identity, "arn"), R"("arn:aws:iam::111122223333:user/ann")");
  EXPECT_EQ(Part(identity, "accountId"), R"("111122223333")");
  EXPECT_EQ(Part(identity, "accessKeyId"), "\"" + ann_.id + "\"");
  EXPECT_EQ(Part(identity, "userName"), R"("ann")");
  EXPECT_EQ(Part(identity, "sessionContext"), "");
  EXPECT_EQ(Part(record, "errorCode"), R"("AccessDeniedException")");
  EXPECT_EQ(Part(Part(record, "decision"), "effect"), R"("Deny")");
  EXPECT_EQ(Part(Part(record, "decision"), "layer"), R"("identity-based policy")");
}

TEST_F(AuditIdentityTest, ASessionIsNamedWithItsRoleAndItsTokenIsNot) {
  const Reply assumed = StsAs(ann_,
                              "AssumeRole&RoleSessionName=once&SourceIdentity=alice&RoleArn="
                              "arn:aws:iam::111122223333:role/r");
  const Credentials session = CredentialsIn(assumed);
  std::string record = RecordOf(assumed);
  EXPECT_EQ(Part(record, "eventName"), R"("AssumeRole")");
  EXPECT_EQ(Part(Part(record, "requestParameters"), "roleArn"), R"("arn:aws:iam::111122223333:role/r")");
  EXPECT_EQ(Part(Part(record, "requestParameters"), "sourceIdentity"), R"("alice")");
  EXPECT_EQ(Part(Part(record, "responseElements"), "accessKeyId"), "\"" + session.id + "\"");
  EXPECT_EQ(record.find(session.secret), std::string::npos);
  EXPECT_EQ(record.find(session.token.substr(0, 20)), std::string::npos);

  record = RecordOf(DynamoAs(session, "ListTables", "{}"));
  const std::string identity = Part(record, "userIdentity");
  EXPECT_EQ(Part(identity, "type"), R"("AssumedRole")");
  EXPECT_EQ(Part(identity, "arn"), R"("arn:aws:sts::111122223333:assumed-role/r/once")");
  EXPECT_TRUE(Part(identity, "principalId").ends_with(":once\"")) << identity;
  const std::string context = Part(identity, "sessionContext");
  EXPECT_EQ(Part(Part(context, "sessionIssuer"), "type"), R"("Role")");
  EXPECT_EQ(Part(Part(context, "sessionIssuer"), "arn"), R"("arn:aws:iam::111122223333:role/r")");
  EXPECT_EQ(Part(Part(context, "sessionIssuer"), "userName"), R"("r")");
  EXPECT_EQ(Part(context, "attributes"), R"({"creationDate":"2023-11-14T22:13:20Z","mfaAuthenticated":"false"})");
  EXPECT_EQ(Part(context, "sourceIdentity"), R"("alice")");
  EXPECT_EQ(Part(record, "decision"),
            R"({"effect":"Allow","layer":"identity-based policy","action":"dynamodb:ListTables",)"
            R"("resource":"arn:aws:dynamodb:us-east-1:111122223333:table/*",)"
            R"("policy":"arn:aws:iam::111122223333:role/r","statementNumber":0})");
}

TEST_F(AuditIdentityTest, SessionsOfUsersAndFederatedOnesSayWhoBeganThem) {
  const Credentials session = CredentialsIn(StsAs(ann_, "GetSessionToken"));
  ForgetRecords();
  std::string identity = Part(RecordOf(DynamoAs(session, "ListTables", "{}")), "userIdentity");
  EXPECT_EQ(Part(identity, "type"), R"("IAMUser")");
  EXPECT_EQ(Part(Part(identity, "sessionContext"), "sessionIssuer"), "");
  EXPECT_NE(Part(Part(identity, "sessionContext"), "attributes"), "");
  const Credentials federated = CredentialsIn(StsAs(root_, "GetFederationToken&Name=bob&Policy=" + Allow("*")));
  ForgetRecords();
  identity = Part(RecordOf(DynamoAs(federated, "ListTables", "{}")), "userIdentity");
  EXPECT_EQ(Part(identity, "type"), R"("FederatedUser")");
  EXPECT_EQ(Part(Part(Part(identity, "sessionContext"), "sessionIssuer"), "type"), R"("Root")");
}

TEST_F(AuditIdentityTest, ANewKeyIsRecordedWithoutItsSecret) {
  const Reply made = Iam("CreateAccessKey&UserName=ann");
  const Credentials key = CredentialsIn(made);
  const std::string record = RecordOf(made);
  EXPECT_EQ(Part(record, "eventSource"), R"("iam.amazonaws.com")");
  EXPECT_EQ(Part(record, "requestParameters"), R"({"userName":"ann"})");
  EXPECT_EQ(Part(Part(record, "responseElements"), "accessKeyId"), "\"" + key.id + "\"");
  EXPECT_EQ(record.find(key.secret), std::string::npos);
}

TEST_F(AuditIdentityTest, ARoleThatMayNotBeAssumedIsADenial) {
  const Credentials other = MakeUser("eve");
  ForgetRecords();
  const Reply refused = StsAs(other, "AssumeRole&RoleSessionName=once&RoleArn=arn:aws:iam::111122223333:role/r");
  EXPECT_EQ(refused.status, 403);
  const std::string record = RecordOf(refused);
  EXPECT_EQ(Part(record, "errorCode"), R"("AccessDenied")");
  EXPECT_EQ(Part(Part(record, "decision"), "effect"), R"("Deny")");
}

}  // namespace
}  // namespace basalt::server

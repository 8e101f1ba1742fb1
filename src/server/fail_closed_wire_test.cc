// What policies that cannot be read do: everything they could govern is denied, until somebody replaces them.
#include <gtest/gtest.h>

#include "operations/actions.h"
#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

class FailClosedWireTest : public IdentityTest {
 protected:
  static constexpr const char* kTable = "arn:aws:dynamodb:us-east-1:111122223333:table/Music";
  static constexpr const char* kUnreadable = R"({"Statement":{"Effect":"Allow","Act)";

  void SetUp() override {
    ann_ = MakeUser("ann");
    ASSERT_EQ(Outcome(Iam("PutUserPolicy&UserName=ann&PolicyName=p&PolicyDocument=" + Allow("*"))), "200");
    ASSERT_EQ(DynamoAs(root_, "CreateTable",
                       R"({"TableName":"Music","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"pk",)"
                       R"("KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}]})")
                  .status,
              200);
    while (DynamoAs(root_, "DescribeTable", R"({"TableName":"Music"})").body.find(R"("TableStatus":"ACTIVE")") ==
           std::string::npos) {
    }
  }

  Reply Call(const Credentials& who, const std::string& operation, const std::string& more = "") {
    return DynamoAs(who, operation, R"({"ResourceArn":")" + std::string(kTable) + "\"" + more + "}");
  }
  // Empty if it may.
  std::string Get(const Credentials& who) {
    const Reply reply = DynamoAs(who, "GetItem", R"({"TableName":"Music","Key":{"pk":{"S":"a"}}})");
    return reply.status == 200 ? "" : DenialIn(reply);
  }
  static std::string DenialIn(const Reply& reply) {
    const size_t begin = reply.body.find(" with ");
    return begin == std::string::npos ? reply.body : reply.body.substr(begin, reply.body.rfind('"') - begin);
  }
  void Change(identity::Directory::ChangeFunction function) {
    const auto changed = Await<void>(
        [&](auto done) { server_.directory().Change(kAccount, std::move(function), server_.loop(), std::move(done)); });
    EXPECT_TRUE(changed.ok());
  }
  static identity::PolicyText Unreadable(policy::DocumentKind kind) {
    return identity::PolicyText::Stored(kind, kUnreadable, &operations::Actions());
  }

  Credentials ann_;
};

TEST_F(FailClosedWireTest, APolicyOfATableDeniesAllButItsDeletionByTheRootUser) {
  ASSERT_EQ(Get(ann_), "");
  const auto updated = Await<table::ChangedRecord>([&](auto done) {
    server_.services().catalogue.Update(
        {kAccount, "us-east-1", "Music"},
        [](const table::TableRecord* current) -> Result<table::TableRecord> {
          table::TableRecord record = *current;
          record.policy = {kUnreadable, true, 1};
          return record;
        },
        server_.loop(), std::move(done));
  });
  ASSERT_TRUE(updated.ok());
  const std::string denied = " with an explicit deny in a resource-based policy";
  EXPECT_EQ(Get(ann_), denied);
  EXPECT_EQ(Get(root_), denied);
  EXPECT_EQ(DenialIn(Call(root_, "GetResourcePolicy")), denied);
  EXPECT_EQ(DenialIn(Call(root_, "PutResourcePolicy",
                          R"(,"Policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},)"
                          R"(\"Action\":\"dynamodb:GetItem\",\"Resource\":\"*\"}}")")),
            denied);
  EXPECT_EQ(DenialIn(Call(ann_, "DeleteResourcePolicy")), denied);
  EXPECT_EQ(Call(root_, "DeleteResourcePolicy").status, 200);
  EXPECT_EQ(Get(ann_), "");
  EXPECT_EQ(Get(root_), "");
}

TEST_F(FailClosedWireTest, APolicyOfAUserDeniesTheUserAlone) {
  const Credentials eve = MakeUser("eve");
  ASSERT_EQ(Outcome(Iam("PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=" + Allow("*"))), "200");
  Change([](identity::Draft& draft) {
    identity::User user = *draft.members().users.Find("ann");
    user.inline_policies.push_back({"q", Unreadable(policy::DocumentKind::kIdentity)});
    draft.Put(std::move(user));
    return Status();
  });
  EXPECT_EQ(Get(ann_), " with an explicit deny in an identity-based policy");
  EXPECT_EQ(Get(eve), "");
  ASSERT_EQ(Outcome(Iam("DeleteUserPolicy&UserName=ann&PolicyName=q")), "200");
  EXPECT_EQ(Get(ann_), "");
}

TEST_F(FailClosedWireTest, ABoundaryThatIsGoneAllowsNothing) {
  Change([](identity::Draft& draft) {
    identity::User user = *draft.members().users.Find("ann");
    user.boundary = "arn:aws:iam::111122223333:policy/gone";
    draft.Put(std::move(user));
    return Status();
  });
  EXPECT_EQ(Get(ann_), " with an explicit deny in a permissions boundary");
}

TEST_F(FailClosedWireTest, ATrustPolicyLetsNobodyAssumeTheRole) {
  const std::string assume = "AssumeRole&RoleSessionName=once&RoleArn=arn:aws:iam::111122223333:role/r";
  ASSERT_EQ(Outcome(Iam("CreateRole&RoleName=r&AssumeRolePolicyDocument=" + TrustOf(kAccount))), "200");
  ASSERT_EQ(Outcome(StsAs(ann_, assume)), "200");
  Change([](identity::Draft& draft) {
    identity::Role role = *draft.members().roles.Find("r");
    static_cast<identity::PolicyText&>(role.trust) = Unreadable(policy::DocumentKind::kTrust);
    draft.Put(std::move(role));
    return Status();
  });
  EXPECT_EQ(StsAs(ann_, assume).status, 403);
}

}  // namespace
}  // namespace basalt::server

// AssumeRoleWithWebIdentity over the wire: for whom a provider vouches, and who is refused.
#include <gtest/gtest.h>

#include "identity/id_token_fixture.h"
#include "server/identity_fixture.h"

namespace basalt::server {
namespace {

class WebIdentityWireTest : public IdentityTest {
 protected:
  static constexpr const char* kRole = "arn:aws:iam::111122223333:role/web";
  static constexpr const char* kProvider = "arn:aws:iam::111122223333:oidc-provider/idp.example.com/a";

  void SetUp() override {
    EXPECT_EQ(Outcome(Iam("CreateOpenIDConnectProvider&ClientIDList.member.1=app&Url=" +
                          Escaped("https://idp.example.com/a"))),
              "200");
    EXPECT_EQ(Outcome(Iam("CreateRole&RoleName=web&AssumeRolePolicyDocument=" + Trust("user-1"))), "200");
    EXPECT_EQ(Outcome(Iam("PutRolePolicy&RoleName=web&PolicyName=own&PolicyDocument=" +
                          Document("{'Effect':'Allow','Action':'dynamodb:ListTables','Resource':'*','Condition':{"
                                   "'StringEquals':{'idp.example.com/a:sub':'user-1','aws:FederatedProvider':'" +
                                   std::string(kProvider) + "'}}}"))),
              "200");
    GiveKeys("https://idp.example.com/a");
  }
  void GiveKeys(std::string_view issuer) {
    auto keys = std::make_shared<identity::ProviderKeys>();
    ASSERT_TRUE(keys->Add(issuer, identity::kProviderJwks).ok());
    server_.services().provider_keys->Publish(std::move(keys));
  }
  static std::string Trust(const std::string& subject) {
    return Document("{'Effect':'Allow','Principal':{'Federated':'" + std::string(kProvider) +
                    "'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringEquals':{'idp.example.com/a:aud':"
                    "'app','idp.example.com/a:sub':'" +
                    subject + "'},'ForAnyValue:StringEquals':{'idp.example.com/a:amr':'otp'}}}");
  }
  // Without a signature.
  Reply Assume(std::string_view token, const std::string& more = "", const std::string& role = kRole) {
    Sending with;
    with.content_type = "application/x-www-form-urlencoded";
    with.sign = false;
    return server_.Send("",
                        "Version=2011-06-15&Action=AssumeRoleWithWebIdentity&RoleSessionName=once&RoleArn=" + role +
                            "&WebIdentityToken=" + std::string(token) + more,
                        with);
  }
};

TEST_F(WebIdentityWireTest, WhoAProviderVouchesForHasASession) {
  clock_.AdvanceMs(1000);
  for (const std::string_view token : {identity::kRsaToken, identity::kEcdsaToken}) {
    const Reply assumed = Assume(token);
    const Credentials session = CredentialsIn(assumed);
    EXPECT_EQ(ElementOf(assumed.body, "SubjectFromWebIdentityToken"), "user-1");
    EXPECT_EQ(ElementOf(assumed.body, "Provider"), kProvider);
    EXPECT_EQ(ElementOf(assumed.body, "Audience"), "app");
    EXPECT_EQ(ElementOf(StsAs(session, "GetCallerIdentity").body, "Arn"),
              "arn:aws:sts::111122223333:assumed-role/web/once");
    // What the token said is known to policies all along.
    EXPECT_EQ(DynamoAs(session, "ListTables", "{}").status, 200);
    EXPECT_EQ(DynamoAs(session, "DescribeLimits", "{}").status, 400);
  }
}

TEST_F(WebIdentityWireTest, AllOthersAreRefused) {
  const std::string bad = "400 InvalidIdentityToken: ";
  const std::string not_authorized = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
  struct Case {
    std::string_view token;
    std::string outcome;
  };
  for (const Case& each : std::vector<Case>{
           {"abcd",
            bad + "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"},
           {identity::kTokenOfNobody, bad + "Missing a required claim: sub"},
           {identity::kTokenOfAnotherIssuer,
            bad + "No OpenIDConnect provider found in your account for https://foreign.example.com"},
           {identity::kTokenOfAnotherParty, bad + "Incorrect token audience"},
           {identity::kTokenForOthers, bad + "Incorrect token audience"},
           {identity::kTokenOfTomorrow, bad + "The ID Token provided is not valid yet."},
           {identity::kTokenOfAnotherAlgorithm, bad + "The ID Token provided is not signed by its provider."},
           {identity::kUnsignedToken, bad + "The ID Token provided is not signed by its provider."},
       }) {
    EXPECT_EQ(Outcome(Assume(each.token)), each.outcome) << each.token;
  }
  EXPECT_EQ(Outcome(Assume(identity::kRsaToken, "", std::string(kRole) + "x")), not_authorized);
  EXPECT_EQ(Outcome(Assume(identity::kRsaToken, "&DurationSeconds=3601")),
            "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  ASSERT_EQ(Outcome(Iam("UpdateAssumeRolePolicy&RoleName=web&PolicyDocument=" + Trust("user-2"))), "200");
  EXPECT_EQ(Outcome(Assume(identity::kRsaToken)), not_authorized);
  ASSERT_EQ(Outcome(Iam("UpdateAssumeRolePolicy&RoleName=web&PolicyDocument=" + TrustOf("*"))), "200");
  EXPECT_EQ(Outcome(Assume(identity::kRsaToken)), not_authorized);
}

TEST_F(WebIdentityWireTest, KeysThatAreNotThereRefuse) {
  GiveKeys("https://foreign.example.com");
  EXPECT_EQ(
      Outcome(Assume(identity::kRsaToken)),
      "400 InvalidIdentityToken: Couldn't retrieve verification key from your identity provider, please reference "
      "AssumeRoleWithWebIdentity documentation for requirements");
}

TEST_F(WebIdentityWireTest, ATokenEndsWithItsTime) {
  clock_.AdvanceMs(599'000);
  EXPECT_EQ(Outcome(Assume(identity::kRsaToken)), "200");
  clock_.AdvanceMs(1000);
  EXPECT_EQ(Outcome(Assume(identity::kRsaToken)),
            "400 ExpiredTokenException: Token expired: current date/time 1700000600 must be before the expiration "
            "date/time 1700000600");
}

}  // namespace
}  // namespace basalt::server

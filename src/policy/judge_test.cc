#include "policy/judge.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

Verdict JudgeFor(const Document& document, const Caller& caller, std::string_view action = "dynamodb:GetItem",
                 std::string_view resource = kTableArn, bool has_boundary = false) {
  ContextTable context;
  context.Set("aws:username", "Ann");
  return Judge(document, {caller, Action::Named(action), Resource::Of(resource), kOwner, context}, has_boundary);
}

Strength StrengthOf(std::string_view principals, const Caller& caller) {
  return JudgeFor(Statements(DocumentKind::kKey, "{'Effect':'Allow','Principal':" + std::string(principals) +
                                                     ",'Action':'*','Resource':'*'}"),
                  caller)
      .allows;
}

TEST(Judge, APrincipalMatchesAsCloselyAsItNamesTheCaller) {
  const struct {
    std::string_view principal;
    Caller caller;
    Strength strength;
  } rows[] = {
      {"'*'", Ann(), Strength::kDirect},
      {"'*'", Bob(), Strength::kDirect},
      {"{'AWS':'*'}", GuestSession(), Strength::kDirect},
      {"{'AWS':'111111111111'}", RootOf(kOwner), Strength::kAccount},
      {"{'AWS':'111111111111'}", Ann(), Strength::kAccount},
      {"{'AWS':'arn:aws:iam::111111111111:root'}", ReaderSession(), Strength::kAccount},
      {"{'AWS':'arn:aws:iam::111111111111:root'}", FederatedAnn(), Strength::kAccount},
      {"{'AWS':'111111111111'}", Bob(), Strength::kNone},
      {"{'AWS':'111111111111'}", ServiceNamed("x.amazonaws.com"), Strength::kNone},
      {"{'AWS':'arn:aws:iam::111111111111:user/team/Ann'}", Ann(), Strength::kDirect},
      {"{'AWS':'arn:aws:iam::111111111111:user/Ann'}", Ann(), Strength::kNone},
      {"{'AWS':'arn:aws:iam::111111111111:user/team/ann'}", Ann(), Strength::kNone},
      {"{'AWS':'AIDAANN0000000000001'}", Ann(), Strength::kDirect},
      {"{'AWS':'AIDAANN0000000000002'}", Ann(), Strength::kNone},
      {"{'AWS':'arn:aws:iam::111111111111:role/app/Reader'}", ReaderSession(), Strength::kRole},
      {"{'AWS':'arn:aws:iam::111111111111:role/Reader'}", ReaderSession(), Strength::kNone},
      {"{'AWS':'AROAREADER0000000001'}", ReaderSession(), Strength::kRole},
      {"{'AWS':'arn:aws:sts::111111111111:assumed-role/Reader/s1'}", ReaderSession(), Strength::kDirect},
      {"{'AWS':'arn:aws:sts::111111111111:assumed-role/Reader/s2'}", ReaderSession(), Strength::kNone},
      {"{'AWS':'arn:aws:sts::111111111111:federated-user/fed'}", FederatedAnn(), Strength::kDirect},
      {"{'AWS':'arn:aws:iam::111111111111:user/team/Ann'}", FederatedAnn(), Strength::kUserOfSession},
      {"{'AWS':['111111111111','arn:aws:iam::111111111111:role/app/Reader']}", ReaderSession(), Strength::kRole},
      {"{'Service':'x.amazonaws.com'}", ServiceNamed("x.amazonaws.com"), Strength::kDirect},
      {"{'Service':'y.amazonaws.com'}", ServiceNamed("x.amazonaws.com"), Strength::kNone},
      {"{'Service':'x.amazonaws.com','AWS':'222222222222'}", Bob(), Strength::kAccount},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(StrengthOf(row.principal, row.caller), row.strength) << row.principal << ' ' << row.caller.arn;
  }
}

TEST(Judge, ATrustPolicyMatchesTheProviderOfAWebIdentity) {
  const Document trust = Statements(DocumentKind::kTrust,
                                    "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::111111111111:"
                                    "oidc-provider/idp'},'Action':'sts:AssumeRoleWithWebIdentity'}");
  const std::string_view action = "sts:AssumeRoleWithWebIdentity";
  EXPECT_EQ(JudgeFor(trust, WebIdentityOf("arn:aws:iam::111111111111:oidc-provider/idp"), action).allows,
            Strength::kDirect);
  EXPECT_TRUE(JudgeFor(trust, WebIdentityOf("arn:aws:iam::111111111111:oidc-provider/other"), action).IsSilent());
  EXPECT_TRUE(JudgeFor(trust, Ann(), action).IsSilent());
}

TEST(Judge, ADenialForAllButSomeExemptsOnlyWhoIsNamedWithAllOfIt) {
  const auto denies = [](std::string_view names, const Caller& caller, bool has_boundary = false) {
    const Document document =
        Statements(DocumentKind::kTable, "{'Effect':'Deny','NotPrincipal':{'AWS':[" + std::string(names) +
                                             "]},'Action':'dynamodb:*','Resource':'*'}");
    return JudgeFor(document, caller, "dynamodb:GetItem", kTableArn, has_boundary).denies;
  };
  const std::string account = "'111111111111'";
  const std::string ann = "'arn:aws:iam::111111111111:user/team/Ann'";
  const std::string role = "'arn:aws:iam::111111111111:role/app/Reader'";
  const std::string session = "'arn:aws:sts::111111111111:assumed-role/Reader/s1'";
  EXPECT_TRUE(denies(account, Bob()));
  EXPECT_FALSE(denies(account, RootOf(kOwner)));
  EXPECT_TRUE(denies(account, Ann()));
  EXPECT_TRUE(denies(ann, Ann()));
  EXPECT_FALSE(denies(account + "," + ann, Ann()));
  EXPECT_TRUE(denies(account + "," + ann, Ann(), true));
  EXPECT_TRUE(denies(account + "," + role, ReaderSession()));
  EXPECT_TRUE(denies(role + "," + session, ReaderSession()));
  EXPECT_FALSE(denies(account + "," + role + "," + session, ReaderSession()));
  EXPECT_TRUE(denies(account + "," + ann, FederatedAnn()));
  EXPECT_FALSE(denies(account + ",'arn:aws:sts::111111111111:federated-user/fed'", FederatedAnn()));
  EXPECT_FALSE(denies("'*'", Bob()));
  EXPECT_TRUE(denies(account + "," + ann, ServiceNamed("redshift.amazonaws.com")));
  // An Allow for all others is an Allow for all others.
  const Document allow = Statements(DocumentKind::kTable,
                                    "{'Effect':'Allow','NotPrincipal':{'AWS':'111111111111'},"
                                    "'Action':'dynamodb:*','Resource':'*'}");
  EXPECT_TRUE(JudgeFor(allow, Ann()).IsSilent());
  EXPECT_EQ(JudgeFor(allow, Bob()).allows, Strength::kDirect);
}

bool SpeaksOf(std::string_view actions, std::string_view action) {
  const Document document =
      Statements(DocumentKind::kIdentity, "{'Effect':'Allow'," + std::string(actions) + ",'Resource':'*'}");
  ContextTable context;
  const Caller caller = Ann();
  const Resource resource = Resource::Of(kTableArn);
  // By its name, and by its number where it has one.
  const bool by_name = !Judge(document, {caller, Action::Named(action), resource, kOwner, context}).IsSilent();
  if (const Action* known = TestActions().Find(LowerCase(action))) {
    EXPECT_EQ(!Judge(document, {caller, *known, resource, kOwner, context}).IsSilent(), by_name) << actions;
  }
  return by_name;
}

TEST(Judge, ActionsMatchWithoutRegardToCase) {
  EXPECT_TRUE(SpeaksOf("'Action':'dynamodb:GetItem'", "dynamodb:GetItem"));
  EXPECT_TRUE(SpeaksOf("'Action':'DynamoDB:getITEM'", "dynamodb:GetItem"));
  EXPECT_TRUE(SpeaksOf("'Action':'dynamodb:G?tItem'", "dynamodb:GetItem"));
  EXPECT_TRUE(SpeaksOf("'Action':'dynamodb:*I*m'", "dynamodb:GetItem"));
  EXPECT_TRUE(SpeaksOf("'Action':'dynamodb:*'", "dynamodb:Anything"));
  EXPECT_TRUE(SpeaksOf("'Action':'*'", "s3:GetObject"));
  EXPECT_TRUE(SpeaksOf("'Action':['s3:*','dynamodb:Query']", "dynamodb:Query"));
  EXPECT_FALSE(SpeaksOf("'Action':'dynamodb:Get'", "dynamodb:GetItem"));
  EXPECT_FALSE(SpeaksOf("'Action':'dynamodb:GetItems'", "dynamodb:GetItem"));
  EXPECT_FALSE(SpeaksOf("'Action':'kms:*'", "dynamodb:GetItem"));
  EXPECT_FALSE(SpeaksOf("'NotAction':'dynamodb:Get*'", "dynamodb:GetItem"));
  EXPECT_TRUE(SpeaksOf("'NotAction':'dynamodb:Get*'", "dynamodb:PutItem"));
  EXPECT_TRUE(SpeaksOf("'NotAction':['dynamodb:Get*','dynamodb:Put*']", "iam:CreateUser"));
  EXPECT_FALSE(SpeaksOf("'NotAction':'*'", "dynamodb:GetItem"));
}

TEST(Judge, ResourcesMatchFieldByFieldWithTheirCase) {
  const struct {
    std::string_view resource, of_request;
    bool identity, table;  // in an identity's document, in a resource's
  } rows[] = {
      {"'Resource':'*'", kTableArn, true, true},
      {"'Resource':'*'", "*", true, true},
      {"'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/Music'", kTableArn, true, true},
      {"'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/music'", kTableArn, false, false},
      {"'Resource':'arn:aws:dynamodb:*:*:table/M*'", kTableArn, true, true},
      {"'Resource':'arn:*:dynamodb:us-?a?t-1:1111*:*'", kTableArn, true, true},
      {"'Resource':'arn:aws:dynamodb:*:table/Music'", kTableArn, false, false},
      {"'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/Music'",
       "arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/I", false, false},
      {"'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/*'",
       "arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/I", true, true},
      {"'Resource':'arn:aws:dynamodb:us-east-1'", kTableArn, true, false},
      {"'Resource':'arn:aws:dynamodb:us-east-*'", kTableArn, true, true},
      {"'Resource':'arn:aws:dynamodb:us-east-2'", kTableArn, false, false},
      {"'Resource':'arn:aws:dynamodb:*:*:*'", "*", false, false},
      {"'NotResource':'arn:aws:dynamodb:*:*:table/Other'", kTableArn, true, true},
      {"'NotResource':'arn:aws:dynamodb:*:*:table/Other'", "*", true, true},
      {"'NotResource':'*'", kTableArn, false, false},
      {"'NotResource':['arn:aws:dynamodb:*:*:table/Other','arn:aws:dynamodb:*:*:table/Music']", kTableArn, false,
       false},
      {"'Resource':'arn:aws:dynamodb:*:*:table/${aws:username}-*'", "arn:aws:dynamodb:us-east-1:1:table/Ann-1", true,
       true},
      {"'Resource':'arn:aws:dynamodb:*:*:table/${aws:username}-*'", "arn:aws:dynamodb:us-east-1:1:table/Bob-1", false,
       false},
      {"'Resource':'arn:aws:dynamodb:*:*:table/${nothing}*'", kTableArn, false, false},
      {"'NotResource':'arn:aws:dynamodb:*:*:table/${nothing}*'", kTableArn, true, true},
      {"'Resource':'arn:aws:dynamodb:${aws:region}:*:table/*'", kTableArn, false, false},
      {"'Resource':'arn:aws:dynamodb:${region, ^us-east-1^}:*:table/*'", kTableArn, false, false},
      {"'Resource':'arn:aws:dynamodb:*:*:table/a${*}b'", "arn:aws:dynamodb:us-east-1:1:table/axb", false, false},
  };
  for (const auto& row : rows) {
    const std::string tail = ",'Action':'dynamodb:*'," + std::string(row.resource) + "}";
    EXPECT_EQ(!JudgeFor(Statements(DocumentKind::kIdentity, "{'Effect':'Allow'" + tail), Ann(), "dynamodb:GetItem",
                        row.of_request)
                   .IsSilent(),
              row.identity)
        << row.resource << ' ' << row.of_request;
    EXPECT_EQ(!JudgeFor(Statements(DocumentKind::kKey, "{'Effect':'Allow','Principal':'*'" + tail), Ann(),
                        "dynamodb:GetItem", row.of_request)
                   .IsSilent(),
              row.table)
        << row.resource << ' ' << row.of_request;
  }
}

TEST(Judge, NamesTheStatementThatDecided) {
  const Document document = Statements(
      DocumentKind::kTable,
      "{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'dynamodb:*','Resource':'*'},"
      "{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111111111111:user/team/Ann'},'Action':'dynamodb:*',"
      "'Resource':'*'},"
      "{'Effect':'Deny','Principal':'*','Action':'dynamodb:PutItem','Resource':'*'},"
      "{'Effect':'Allow','Principal':'*','Action':'dynamodb:*','Resource':'*'}");
  Verdict verdict = JudgeFor(document, Ann());
  EXPECT_FALSE(verdict.denies);
  EXPECT_EQ(verdict.allows, Strength::kDirect);
  EXPECT_EQ(verdict.statement, 1U);
  verdict = JudgeFor(document, Ann(), "dynamodb:PutItem");
  EXPECT_TRUE(verdict.denies);
  EXPECT_EQ(verdict.statement, 2U);
  verdict = JudgeFor(document, Bob());
  EXPECT_EQ(verdict.statement, 3U);
}

TEST(Judge, ConditionsThatAreTooMuchWorkLetNothingThrough) {
  const auto list = [](size_t count, std::string_view pattern) {
    std::string text;
    for (size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "'" : ",'") + std::string(pattern) + "'";
    }
    return text;
  };
  const auto judge = [&](std::string_view op, std::string_view effect, const std::string& patterns, size_t keys) {
    const Document document =
        Statements(DocumentKind::kTable, "{'Effect':'" + std::string(effect) +
                                             "','Principal':'*','Action':'dynamodb:*','Resource':'*','Condition':{'" +
                                             std::string(op) + "':{'dynamodb:LeadingKeys':[" + patterns + "]}}}");
    ContextTable context;
    context.Set("aws:UserAgent", std::string(8000, 'a'));
    context.SetList("dynamodb:LeadingKeys", std::vector<std::string>(keys, std::string(2000, 'a')));
    const Caller caller = Ann();
    const Resource resource = Resource::Of(kTableArn);
    return Judge(document, {caller, ActionOf("dynamodb:GetItem"), resource, kOwner, context});
  };
  const std::string negated = "ForAllValues:StringNotLike";
  const std::string variables = list(200, "${aws:UserAgent}b");
  // What would be allowed, with few keys, is not with many; and what would not be denied is.
  EXPECT_EQ(judge(negated, "Allow", list(500, "*a?b*"), 2).allows, Strength::kDirect);
  EXPECT_TRUE(judge(negated, "Allow", list(500, "*a?b*"), 100).IsSilent());
  EXPECT_TRUE(judge("ForAnyValue:StringLike", "Deny", list(500, "*a?b*"), 2).IsSilent());
  EXPECT_TRUE(judge("ForAnyValue:StringLike", "Deny", list(500, "*a?b*"), 100).denies);
  EXPECT_EQ(judge("ForAllValues:StringNotEquals", "Allow", variables, 2).allows, Strength::kDirect);
  EXPECT_TRUE(judge("ForAllValues:StringNotEquals", "Allow", variables, 100).IsSilent());
  // Texts of other lengths are told apart at once.
  EXPECT_EQ(judge("ForAllValues:StringNotEquals", "Allow", list(2000, "abc"), 100).allows, Strength::kDirect);
}

TEST(Judge, ADocumentThatCannotBeReadDeniesEverything) {
  for (const DocumentKind kind : {DocumentKind::kIdentity, DocumentKind::kTable, DocumentKind::kTrust,
                                  DocumentKind::kServiceControl, DocumentKind::kResourceControl}) {
    const Document document = Document::Unreadable(kind);
    EXPECT_TRUE(JudgeFor(document, Ann()).denies);
    EXPECT_TRUE(JudgeFor(document, ServiceNamed("x"), "s3:GetObject", "*").denies);
    EXPECT_TRUE(JudgeFor(document, WebIdentityOf("x")).denies);
  }
}

}  // namespace
}  // namespace basalt::policy

#include "policy/evaluate.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

constexpr std::string_view kAllowAll = "{'Effect':'Allow','Action':'*','Resource':'*'}";
constexpr std::string_view kDenyAll = "{'Effect':'Deny','Action':'*','Resource':'*'}";
constexpr std::string_view kAllowElse = "{'Effect':'Allow','Action':'s3:*','Resource':'*'}";  // silent here

// What a layer says, as one letter: '-' it is not there, 's' silent, 'a' allows, 'd' denies.
Document Saying(DocumentKind kind, char says, std::string_view principal = "'*'") {
  if (!HasPrincipals(kind)) {
    return Statements(kind, says == 'a' ? kAllowAll : says == 'd' ? kDenyAll : kAllowElse);
  }
  const bool of_table = kind == DocumentKind::kTable;
  const std::string_view action = says == 's' ? (of_table ? "dynamodb:Scan" : "kms:Nothing") : "*";
  std::string text = says == 'd' ? "{'Effect':'Deny','Principal':" : "{'Effect':'Allow','Principal':";
  text += principal;
  text += ",'Action':'" + std::string(action) + "'";
  text += kind == DocumentKind::kTrust ? "}" : ",'Resource':'*'}";
  return Statements(kind, text);
}

// The policies of one request, made of letters.
struct Setting {
  char identity = 's';
  char resource = '-';
  std::string_view named = "'*'";  // by the resource's policy
  char boundary = '-';
  char session = '-';
  std::string_view service_control = {};   // a letter a level
  std::string_view resource_control = {};  // 's' or 'd' a level
  char endpoint = '-';
  ResourceKind kind = ResourceKind::kTable;
  Strength grant = Strength::kNone;
  bool identity_is_root = false;
  bool crosses_accounts = true;
};

// "allowed by …", or the end of the denial's text.
std::string Answer(const Caller& caller, const Setting& setting, std::string_view action_name = "dynamodb:GetItem") {
  std::vector<Document> kept;
  kept.reserve(16);
  const auto keep = [&](Document document) {
    kept.push_back(std::move(document));
    return &kept.back();
  };
  Policies policies;
  std::vector<std::array<const Document*, 1>> levels;
  levels.reserve(8);
  std::vector<Documents> service_control;
  for (const char says : setting.service_control) {
    levels.push_back({keep(Saying(DocumentKind::kServiceControl, says))});
    service_control.emplace_back(levels.back());
  }
  std::vector<Documents> resource_control;
  for (const char says : setting.resource_control) {
    levels.push_back(
        {keep(Statements(DocumentKind::kResourceControl,
                         says == 'd' ? "{'Effect':'Deny','Principal':'*','Action':'*','Resource':'*'}"
                                     : "{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*'}"))});
    resource_control.emplace_back(levels.back());
  }
  policies.service_control = service_control;
  policies.resource_control = resource_control;
  std::array<const Document*, 1> identity = {};
  if (setting.identity != '-') {
    identity[0] = keep(Saying(DocumentKind::kIdentity, setting.identity));
    policies.identity = identity;
  }
  policies.identity_is_root = setting.identity_is_root;
  if (setting.boundary != '-') {
    policies.boundary = keep(Saying(DocumentKind::kBoundary, setting.boundary));
  }
  std::array<const Document*, 1> session = {};
  if (setting.session != '-') {
    session[0] = keep(Saying(DocumentKind::kSession, setting.session));
    policies.session = session;
    policies.has_session_policy = true;
  }
  if (setting.endpoint != '-') {
    policies.endpoint = keep(Saying(DocumentKind::kEndpoint, setting.endpoint));
  }
  policies.resource_kind = setting.kind;
  policies.grant = setting.grant;
  if (setting.resource != '-') {
    const DocumentKind kind = setting.kind == ResourceKind::kTable ? DocumentKind::kTable
                              : setting.kind == ResourceKind::kKey ? DocumentKind::kKey
                                                                   : DocumentKind::kTrust;
    policies.resource = keep(Saying(kind, setting.resource, setting.named));
  }
  const ContextTable context;
  const Action action = Action::Named(action_name);
  const Resource resource = Resource::Of(kTableArn);
  const Request request = {caller, action, resource, kOwner, context, setting.crosses_accounts};
  const Decision decision = Evaluate(request, policies);
  EXPECT_EQ(decision.document != nullptr, decision.is_explicit);
  if (decision.allowed) {
    return "allowed by " + std::string(LayerName(decision.layer));
  }
  const std::string text = DenialText(request, decision);
  const std::string without = DenialTextWithoutReason(request);
  EXPECT_EQ(without, "User: " + std::string(caller.arn) + " is not authorized to perform: " + std::string(action_name) +
                         " on resource: " + std::string(kTableArn));
  EXPECT_TRUE(text.starts_with(without + " "));
  return text.substr(without.size() + 1);
}

std::string No(std::string_view layer, std::string_view action = "dynamodb:GetItem") {
  return "because no " + std::string(layer) + " allows the " + std::string(action) + " action";
}
std::string Deny(std::string_view layer) { return "with an explicit deny in " + std::string(layer); }

constexpr std::string_view kIdentity = "identity-based policy";
constexpr std::string_view kResource = "resource-based policy";
constexpr std::string_view kByAccount = "{'AWS':'111111111111'}";
constexpr std::string_view kByOtherAccount = "{'AWS':'222222222222'}";
constexpr std::string_view kAnnArn = "{'AWS':'arn:aws:iam::111111111111:user/team/Ann'}";
constexpr std::string_view kReaderRole = "{'AWS':'arn:aws:iam::111111111111:role/app/Reader'}";
constexpr std::string_view kReaderSession = "{'AWS':'arn:aws:sts::111111111111:assumed-role/Reader/s1'}";
constexpr std::string_view kFederated = "{'AWS':'arn:aws:sts::111111111111:federated-user/fed'}";

TEST(Evaluate, InOneAccountEitherSideMayAllow) {
  const std::string by_identity = "allowed by identity-based policy";
  const std::string by_resource = "allowed by resource-based policy";
  const struct {
    Caller caller;
    Setting setting;
    std::string answer;
  } rows[] = {
      // The table of identity's and resource's policy.
      {Ann(), {.identity = 'a', .resource = 'a'}, by_resource},
      {Ann(), {.identity = 'a'}, by_identity},
      {Ann(), {.identity = 'a', .resource = 's'}, by_identity},
      {Ann(), {.identity = 's', .resource = 'a', .named = kAnnArn}, by_resource},
      {Ann(), {.identity = '-', .resource = 'a', .named = kAnnArn}, by_resource},
      {Ann(), {.identity = 's', .resource = 'a', .named = kByAccount}, No(kIdentity)},
      {Ann(), {.identity = 'a', .resource = 'a', .named = kByAccount}, by_identity},
      {Ann(), {.identity = 's'}, No(kIdentity)},
      {Ann(), {.identity = '-'}, No(kIdentity)},
      {Ann(), {.identity = 's', .resource = 's'}, No(kIdentity)},
      {Ann(), {.identity = 'a', .resource = 'd'}, Deny("a resource-based policy")},
      {Ann(), {.identity = 'd', .resource = 'a'}, Deny("an identity-based policy")},
      // A direct match asks neither boundary nor session.
      {Ann(), {.resource = 'a', .named = kAnnArn, .boundary = 's'}, by_resource},
      {ReaderSession(), {.resource = 'a', .named = kReaderSession, .boundary = 's', .session = 's'}, by_resource},
      {ReaderSession(), {.resource = 'a', .boundary = 's', .session = 's'}, by_resource},
      {FederatedAnn(), {.resource = 'a', .named = kFederated}, by_resource},
      // But what they deny is denied.
      {Ann(), {.resource = 'a', .named = kAnnArn, .boundary = 'd'}, Deny("a permissions boundary")},
      {ReaderSession(), {.resource = 'a', .named = kReaderSession, .session = 'd'}, Deny("a session policy")},
      // A match of the role, or of the user behind a session, does ask them.
      {ReaderSession(), {.resource = 'a', .named = kReaderRole}, by_resource},
      {ReaderSession(), {.resource = 'a', .named = kReaderRole, .boundary = 'a', .session = 'a'}, by_resource},
      {ReaderSession(), {.resource = 'a', .named = kReaderRole, .boundary = 's'}, No("permissions boundary")},
      {ReaderSession(), {.resource = 'a', .named = kReaderRole, .session = 's'}, No("session policy")},
      {FederatedAnn(), {.resource = 'a', .named = kAnnArn, .session = 'a'}, by_resource},
      {FederatedAnn(), {.resource = 'a', .named = kAnnArn, .session = 's'}, No("session policy")},
      {FederatedAnn(), {.resource = 'a', .named = kAnnArn}, No("session policy")},
      // Without the resource's word all of the identity's side must allow.
      {ReaderSession(), {.identity = 'a', .boundary = 'a', .session = 'a'}, by_identity},
      {ReaderSession(), {.identity = 'a', .boundary = 's', .session = 'a'}, No("permissions boundary")},
      {ReaderSession(), {.identity = 'a', .boundary = 'a', .session = 's'}, No("session policy")},
      {ReaderSession(), {.identity = 's', .boundary = 's', .session = 's'}, No(kIdentity)},
      {FederatedAnn(), {.identity = 'a', .session = 'a'}, by_identity},
      {FederatedAnn(), {.identity = 'a'}, No("session policy")},
      // The root user.
      {RootOf(kOwner), {.identity = '-'}, "allowed by root user"},
      {RootOf(kOwner), {.identity = '-', .resource = 's'}, "allowed by root user"},
      {RootOf(kOwner), {.identity = '-', .resource = 'd'}, Deny("a resource-based policy")},
      {RootOf(kOwner), {.identity = '-', .service_control = "d"}, Deny("a service control policy")},
      {RootOf(kOwner), {.identity = '-', .resource_control = "d"}, Deny("a resource control policy")},
      {RootOf(kOwner), {.identity = '-', .endpoint = 's'}, No("VPC endpoint policy")},
      {FederatedAnn(), {.identity = '-', .session = 'a', .identity_is_root = true}, "allowed by root user"},
      {FederatedAnn(), {.identity = '-', .identity_is_root = true}, No("session policy")},
      // A service stands for itself.
      {ServiceNamed("redshift.amazonaws.com"), {.identity = 'a'}, No(kResource)},
      {ServiceNamed("redshift.amazonaws.com"),
       {.resource = 'a', .named = "{'Service':'redshift.amazonaws.com'}", .service_control = "s"},
       by_resource},
      {ServiceNamed("redshift.amazonaws.com"), {.resource = 'a', .named = kByAccount}, No(kResource)},
      {ServiceNamed("redshift.amazonaws.com"),
       {.resource = 'a', .named = "{'Service':'redshift.amazonaws.com'}", .resource_control = "d"},
       Deny("a resource control policy")},
  };
  size_t i = 0;
  for (const auto& row : rows) {
    EXPECT_EQ(Answer(row.caller, row.setting), row.answer) << "row " << i;
    ++i;
  }
}

TEST(Evaluate, BetweenAccountsBothSidesMustAllow) {
  const std::string by_resource = "allowed by resource-based policy";
  constexpr std::string_view kBobArn = "{'AWS':'arn:aws:iam::222222222222:user/Bob'}";
  constexpr std::string_view kGuestRole = "{'AWS':'arn:aws:iam::222222222222:role/Guest'}";
  constexpr std::string_view kGuestSession = "{'AWS':'arn:aws:sts::222222222222:assumed-role/Guest/s1'}";
  const struct {
    Caller caller;
    Setting setting;
    std::string answer;
  } rows[] = {
      {Bob(), {.identity = 'a', .resource = 'a', .named = kBobArn}, by_resource},
      {Bob(), {.identity = 'a', .resource = 'a', .named = kByOtherAccount}, by_resource},
      {Bob(), {.identity = 'a', .resource = 'a'}, by_resource},
      {Bob(), {.identity = 'a', .resource = 'a', .named = kByAccount}, No(kResource)},
      {Bob(), {.identity = 'a', .resource = 's'}, No(kResource)},
      {Bob(), {.identity = 'a'}, No(kResource)},
      {Bob(), {.identity = 's', .resource = 'a', .named = kBobArn}, No(kIdentity)},
      {Bob(), {.identity = 's', .resource = 'a', .named = kByOtherAccount}, No(kIdentity)},
      {Bob(), {.identity = '-', .resource = 'a', .named = kBobArn}, No(kIdentity)},
      {Bob(), {.identity = 's'}, No(kResource)},
      {Bob(), {.identity = 'a', .resource = 'd'}, Deny("a resource-based policy")},
      {Bob(), {.identity = 'd', .resource = 'a'}, Deny("an identity-based policy")},
      {Bob(), {.identity = 'd'}, Deny("an identity-based policy")},
      // A direct match passes by nothing.
      {Bob(), {.identity = 'a', .resource = 'a', .named = kBobArn, .boundary = 's'}, No("permissions boundary")},
      {GuestSession(),
       {.identity = 'a', .resource = 'a', .named = kGuestSession, .session = 's'},
       No("session policy")},
      {GuestSession(), {.identity = 's', .resource = 'a', .named = kGuestRole}, No(kIdentity)},
      {GuestSession(),
       {.identity = 'a', .resource = 'a', .named = kGuestRole, .boundary = 'a', .session = 'a'},
       by_resource},
      {RootOf(kOther), {.identity = '-', .resource = 'a', .named = kByOtherAccount}, by_resource},
      {RootOf(kOther), {.identity = '-'}, No(kResource)},
      // An operation that is not for others stays so.
      {Bob(), {.identity = 'a', .resource = 'a', .named = kBobArn, .crosses_accounts = false}, No(kResource)},
      {Ann(), {.identity = 'a', .crosses_accounts = false}, "allowed by identity-based policy"},
  };
  size_t i = 0;
  for (const auto& row : rows) {
    EXPECT_EQ(Answer(row.caller, row.setting), row.answer) << "row " << i;
    ++i;
  }
}

TEST(Evaluate, OrganizationsAndEndpointsLimitBoth) {
  const struct {
    Caller caller;
    Setting setting;
    std::string answer;
  } rows[] = {
      {Ann(), {.identity = 'a', .service_control = "aaa"}, "allowed by identity-based policy"},
      {Ann(), {.identity = 'a', .service_control = "asa"}, No("service control policy")},
      {Ann(), {.identity = 'a', .service_control = "ad"}, Deny("a service control policy")},
      {Ann(), {.resource = 'a', .service_control = "s"}, No("service control policy")},
      {Ann(), {.identity = 'a', .resource_control = "ss"}, "allowed by identity-based policy"},
      {Ann(), {.identity = 'a', .resource_control = "sd"}, Deny("a resource control policy")},
      {Bob(), {.identity = 'a', .resource = 'a', .service_control = "s"}, No("service control policy")},
      {Bob(), {.identity = 'a', .resource = 'a', .resource_control = "d"}, Deny("a resource control policy")},
      {Ann(), {.identity = 'a', .endpoint = 'a'}, "allowed by identity-based policy"},
      {Ann(), {.identity = 'a', .endpoint = 's'}, No("VPC endpoint policy")},
      {Ann(), {.identity = 'a', .endpoint = 'd'}, Deny("a VPC endpoint policy")},
      {Ann(), {.resource = 'a', .endpoint = 's'}, No("VPC endpoint policy")},
      // One reason is given: explicit before implicit, then in the order of the layers.
      {Ann(),
       {.identity = 'd',
        .resource = 'd',
        .boundary = 'd',
        .session = 'd',
        .service_control = "d",
        .resource_control = "d",
        .endpoint = 'd'},
       Deny("a service control policy")},
      {Ann(),
       {.identity = 'd', .resource = 'd', .boundary = 'd', .session = 'd', .resource_control = "d", .endpoint = 'd'},
       Deny("a resource control policy")},
      {Ann(),
       {.identity = 'd', .resource = 'd', .boundary = 'd', .session = 'd', .endpoint = 'd'},
       Deny("a VPC endpoint policy")},
      {Ann(), {.identity = 'd', .resource = 'd', .boundary = 'd', .session = 'd'}, Deny("a resource-based policy")},
      {Ann(), {.identity = 'd', .boundary = 'd', .session = 'd'}, Deny("an identity-based policy")},
      {Ann(), {.boundary = 'd', .session = 'd'}, Deny("a permissions boundary")},
      {Ann(), {.session = 'd', .service_control = "s", .endpoint = 's'}, Deny("a session policy")},
      {Ann(), {.service_control = "s", .endpoint = 's'}, No("service control policy")},
  };
  size_t i = 0;
  for (const auto& row : rows) {
    EXPECT_EQ(Answer(row.caller, row.setting), row.answer) << "row " << i;
    ++i;
  }
}

TEST(Evaluate, ARootUserCanAlwaysTakeAPolicyAway) {
  const Setting denied = {.identity = '-', .resource = 'd'};
  EXPECT_EQ(Answer(RootOf(kOwner), denied, "dynamodb:DeleteResourcePolicy"), "allowed by root user");
  EXPECT_EQ(Answer(RootOf(kOwner), denied, "dynamodb:PutResourcePolicy"), Deny("a resource-based policy"));
  EXPECT_EQ(Answer(RootOf(kOther), denied, "dynamodb:DeleteResourcePolicy"), Deny("a resource-based policy"));
  EXPECT_EQ(Answer(Ann(), {.identity = 'a', .resource = 'd'}, "dynamodb:DeleteResourcePolicy"),
            Deny("a resource-based policy"));
}

TEST(Evaluate, AKeyIsOpenedByItsOwnPolicyOrAGrant) {
  const ResourceKind key = ResourceKind::kKey;
  const std::string by_resource = "allowed by resource-based policy";
  const auto no = [](std::string_view layer) { return No(layer, "kms:Decrypt"); };
  const struct {
    Caller caller;
    Setting setting;
    std::string answer;
  } rows[] = {
      {Ann(), {.identity = 'a', .resource = 's', .kind = key}, no(kResource)},
      {Ann(), {.identity = 's', .resource = 's', .kind = key}, no(kResource)},
      {Ann(), {.identity = 'a', .resource = 'a', .named = kByAccount, .kind = key}, "allowed by identity-based policy"},
      {Ann(), {.identity = 's', .resource = 'a', .named = kByAccount, .kind = key}, no(kIdentity)},
      {Ann(), {.identity = 's', .resource = 'a', .named = kAnnArn, .kind = key}, by_resource},
      {ReaderSession(),
       {.identity = 's', .resource = 'a', .named = kReaderRole, .boundary = 's', .kind = key},
       no("permissions boundary")},
      {RootOf(kOwner), {.identity = '-', .resource = 'a', .named = kByAccount, .kind = key}, "allowed by root user"},
      {RootOf(kOwner), {.identity = '-', .resource = 'a', .named = kAnnArn, .kind = key}, no(kResource)},
      // Between accounts an absent identity's Allow is worded as the resource's.
      {Bob(), {.identity = 'a', .resource = 'a', .named = kByOtherAccount, .kind = key}, by_resource},
      {Bob(), {.identity = 's', .resource = 'a', .named = kByOtherAccount, .kind = key}, no(kResource)},
      {Bob(), {.identity = 'a', .resource = 's', .kind = key}, no(kResource)},
      {Bob(), {.identity = 'd', .resource = 'a', .kind = key}, Deny("an identity-based policy")},
      // Grants.
      {Ann(), {.resource = 's', .kind = key, .grant = Strength::kDirect}, "allowed by grant"},
      {Ann(), {.resource = 's', .boundary = 's', .kind = key, .grant = Strength::kDirect}, "allowed by grant"},
      {Ann(), {.resource = 'd', .kind = key, .grant = Strength::kDirect}, Deny("a resource-based policy")},
      {Ann(),
       {.identity = 'd', .resource = 's', .kind = key, .grant = Strength::kDirect},
       Deny("an identity-based policy")},
      {ReaderSession(), {.resource = 's', .kind = key, .grant = Strength::kRole}, "allowed by grant"},
      {ReaderSession(), {.resource = 's', .session = 's', .kind = key, .grant = Strength::kRole}, no("session policy")},
      {Bob(), {.identity = 'a', .resource = 's', .kind = key, .grant = Strength::kDirect}, "allowed by grant"},
      {Bob(), {.identity = 's', .resource = 's', .kind = key, .grant = Strength::kDirect}, no(kResource)},
  };
  size_t i = 0;
  for (const auto& row : rows) {
    EXPECT_EQ(Answer(row.caller, row.setting, "kms:Decrypt"), row.answer) << "row " << i;
    ++i;
  }
}

TEST(Evaluate, ARoleIsAssumedByWhomItTrusts) {
  const ResourceKind role = ResourceKind::kRole;
  const std::string by_trust = "allowed by resource-based policy";
  const auto no = [](std::string_view layer) { return No(layer, "sts:AssumeRole"); };
  constexpr std::string_view kProvider = "{'Federated':'idp.example'}";
  const struct {
    Caller caller;
    Setting setting;
    std::string answer;
  } rows[] = {
      {Ann(), {.identity = 's', .resource = 'a', .named = kAnnArn, .kind = role}, by_trust},
      {Ann(), {.identity = 's', .resource = 'a', .named = kByAccount, .kind = role}, no(kIdentity)},
      {Ann(),
       {.identity = 'a', .resource = 'a', .named = kByAccount, .kind = role},
       "allowed by identity-based policy"},
      {Ann(), {.identity = 'a', .resource = 'a', .named = kByOtherAccount, .kind = role}, no("role trust policy")},
      {Ann(), {.identity = 'a', .resource = 'd', .kind = role}, Deny("the role trust policy")},
      {Ann(), {.identity = 'd', .resource = 'a', .kind = role}, Deny("an identity-based policy")},
      {Bob(), {.identity = 'a', .resource = 'a', .named = kByOtherAccount, .kind = role}, by_trust},
      {Bob(), {.identity = 's', .resource = 'a', .named = kByOtherAccount, .kind = role}, no(kIdentity)},
      {Bob(), {.identity = 'a', .resource = 'a', .named = kByAccount, .kind = role}, no("role trust policy")},
      {WebIdentityOf("idp.example"), {.identity = '-', .resource = 'a', .named = kProvider, .kind = role}, by_trust},
      {WebIdentityOf("other.example"),
       {.identity = '-', .resource = 'a', .named = kProvider, .kind = role},
       no("role trust policy")},
      {WebIdentityOf("idp.example"),
       {.identity = '-', .resource = 'a', .named = kProvider, .resource_control = "d", .kind = role},
       Deny("a resource control policy")},
  };
  size_t i = 0;
  for (const auto& row : rows) {
    EXPECT_EQ(Answer(row.caller, row.setting, "sts:AssumeRole"), row.answer) << "row " << i;
    ++i;
  }
}

TEST(Evaluate, ReportsTheDocumentAndStatementThatDecided) {
  const Document of_user = Statements(DocumentKind::kIdentity, kAllowElse);
  const Document of_group = Statements(DocumentKind::kIdentity,
                                       "{'Sid':'Other','Effect':'Allow','Action':'s3:*','Resource':'*'},"
                                       "{'Sid':'Read','Effect':'Allow','Action':'dynamodb:Get*','Resource':'*'}");
  const std::array<const Document*, 2> identity = {&of_user, &of_group};
  Policies policies;
  policies.identity = identity;
  const ContextTable context;
  const Caller caller = Ann();
  const Resource resource = Resource::Of(kTableArn);
  const Decision decision = Evaluate({caller, ActionOf("dynamodb:GetItem"), resource, kOwner, context}, policies);
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.layer, Layer::kIdentity);
  ASSERT_EQ(decision.document, &of_group);
  EXPECT_EQ(of_group.sid(decision.statement), "Read");
}

TEST(Evaluate, KnowsWhetherAnAnswerMayBeKept) {
  const Document fixed = Statements(DocumentKind::kIdentity,
                                    "{'Effect':'Allow','Action':'dynamodb:GetItem','Resource':'*','Condition':{"
                                    "'StringEquals':{'aws:PrincipalTag/team':'${aws:ResourceTag/team}'}}}");
  const Document varying = Statements(DocumentKind::kTable,
                                      "{'Effect':'Deny','Principal':'*','Action':'dynamodb:GetItem','Resource':'*',"
                                      "'Condition':{'NotIpAddress':{'aws:SourceIp':'10.0.0.0/8'}}}");
  const std::array<const Document*, 1> identity = {&fixed};
  Policies policies;
  policies.identity = identity;
  EXPECT_FALSE(VariesByRequest(policies, ActionOf("dynamodb:GetItem")));
  policies.resource = &varying;
  EXPECT_TRUE(VariesByRequest(policies, ActionOf("dynamodb:GetItem")));
  EXPECT_FALSE(VariesByRequest(policies, ActionOf("dynamodb:PutItem")));
}

}  // namespace
}  // namespace basalt::policy

// Suppositions, for the caller and against it.
#include "policy/supposition.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

constexpr std::string_view kCondition = ",'Condition':{'StringEquals':{'aws:SourceVpce':'vpce-1'}}";

std::string Identity(std::string_view effect, std::string_view resource = "*", std::string_view more = "") {
  return "{'Effect':'" + std::string(effect) + "','Action':'dynamodb:GetItem','Resource':'" + std::string(resource) +
         "'" + std::string(more) + "}";
}

// "never", "maybe" or "always" may Ann read the table of her account.
std::string Reads(const Policies& policies) {
  static const ContextTable nothing;
  const Caller ann = Ann();
  const Resource table = Resource::Of(kTableArn);
  const Request request = {ann, ActionOf("dynamodb:GetItem"), table, kOwner, nothing};
  Supposed best(Supposition::kBest);
  Supposed worst(Supposition::kWorst);
  const bool possible = Evaluate(request, best.Of(policies)).allowed;
  const bool certain = Evaluate(request, worst.Of(policies)).allowed;
  EXPECT_TRUE(possible || !certain);
  return certain ? "always" : possible ? "maybe" : "never";
}
std::string ReadsBy(const std::string& statements) {
  const Document identity = Statements(DocumentKind::kIdentity, statements);
  const std::array<const Document*, 1> documents = {&identity};
  Policies policies;
  policies.identity = documents;
  return Reads(policies);
}

TEST(Supposition, ConditionsMayTurnOutEitherWay) {
  EXPECT_EQ(ReadsBy(Identity("Allow")), "always");
  EXPECT_EQ(ReadsBy(Identity("Allow", "*", kCondition)), "maybe");
  EXPECT_EQ(ReadsBy(Identity("Deny")), "never");
  EXPECT_EQ(ReadsBy(Identity("Allow") + "," + Identity("Deny", "*", kCondition)), "maybe");
  EXPECT_EQ(ReadsBy(Identity("Allow", "*", kCondition) + "," + Identity("Deny")), "never");
  EXPECT_EQ(ReadsBy(Identity("Allow", "*", kCondition) + "," + Identity("Allow")), "always");
}

TEST(Supposition, SoMayVariables) {
  const std::string own = "arn:aws:dynamodb:*:*:table/${aws:username}";
  EXPECT_EQ(ReadsBy(Identity("Allow", own)), "maybe");
  EXPECT_EQ(ReadsBy(Identity("Allow") + "," + Identity("Deny", own)), "maybe");
  const std::string all_others = "{'Effect':'Allow','Action':'dynamodb:GetItem','NotResource':'" + own + "'}";
  EXPECT_EQ(ReadsBy(all_others), "maybe");
  EXPECT_EQ(ReadsBy(Identity("Allow") + ",{'Effect':'Deny','Action':'dynamodb:GetItem','NotResource':'" + own + "'}"),
            "maybe");
  EXPECT_EQ(ReadsBy(Identity("Allow", std::string(kTableArn))), "always");
  EXPECT_EQ(ReadsBy(Identity("Allow", "arn:aws:dynamodb:*:*:table/Books")), "never");
}

TEST(Supposition, HoldsForEveryLayer) {
  const Document allow = Statements(DocumentKind::kIdentity, Identity("Allow"));
  const Document maybe = Statements(DocumentKind::kIdentity, Identity("Allow", "*", kCondition));
  const std::array<const Document*, 1> always_documents = {&allow};
  const std::array<const Document*, 1> maybe_documents = {&maybe};
  const std::array<Documents, 2> levels = {Documents(always_documents), Documents(maybe_documents)};
  Policies policies;
  policies.identity = always_documents;
  policies.boundary = &maybe;
  EXPECT_EQ(Reads(policies), "maybe");
  policies.boundary = nullptr;
  policies.service_control = levels;
  EXPECT_EQ(Reads(policies), "maybe");
  policies.service_control = {};
  policies.session = maybe_documents;
  policies.has_session_policy = true;
  EXPECT_EQ(Reads(policies), "maybe");
  policies = {};
  const Document resource = Statements(
      DocumentKind::kTable,
      "{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111111111111:user/team/Ann'},'Action':'dynamodb:GetItem',"
      "'Resource':'*','Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}}");
  policies.resource = &resource;
  EXPECT_EQ(Reads(policies), "maybe");
}

TEST(Supposition, WhatCannotBeReadDeniesEitherWay) {
  const Document unreadable = Document::Unreadable(DocumentKind::kTable);
  const Document allow = Statements(DocumentKind::kIdentity, Identity("Allow"));
  const std::array<const Document*, 1> documents = {&allow};
  Policies policies;
  policies.identity = documents;
  policies.resource = &unreadable;
  EXPECT_EQ(Reads(policies), "never");
}

}  // namespace
}  // namespace basalt::policy

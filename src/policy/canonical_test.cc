#include "policy/canonical.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

std::optional<std::string> AsItIs(std::string_view principal) { return std::string(principal); }

std::string Canonical(std::string_view text) {
  EXPECT_EQ(DefectOf(DocumentKind::kTable, text), "");
  const Result<CanonicalForm> form = Canonicalize(DocumentKind::kTable, Quoted(text), AsItIs);
  EXPECT_TRUE(form.ok());
  return form.ok() ? form->text : "";
}

TEST(Canonical, RewritesWhatTheServiceRewrites) {
  const struct {
    std::string_view what, text, canonical;
  } rows[] = {
      {"order and space",
       "{ 'Statement' : [ { 'Resource' : '*', 'Condition':{'Bool':{'aws:SecureTransport':'true'}}, 'Action':"
       "'dynamodb:GetItem',\n'Principal':'*', 'Effect':'Deny', 'Sid':'s' } ], 'Id':'i', 'Version':'2012-10-17' }",
       "{'Version':'2012-10-17','Id':'i','Statement':[{'Sid':'s','Effect':'Deny','Principal':'*','Action':"
       "'dynamodb:GetItem','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'true'}}}]}"},
      {"one statement, effect's case, no version",
       "{'Statement':{'Effect':'dENY','Principal':'*','Action':'dynamodb:scan','Resource':'*'}}",
       "{'Version':'2008-10-17','Statement':[{'Effect':'Deny','Principal':'*','Action':'dynamodb:scan',"
       "'Resource':'*'}]}"},
      {"lists of one",
       "{'Statement':[{'Effect':'Deny','Principal':{'AWS':['*']},'Action':['dynamodb:Scan'],'Resource':['*'],"
       "'Condition':{'StringEquals':{'a:b':['c']},'Bool':{'a:b':[true]},'NumericEquals':{'a:c':[5,1.5]}}}]}",
       "{'Version':'2008-10-17','Statement':[{'Effect':'Deny','Principal':{'AWS':'*'},'Action':'dynamodb:Scan',"
       "'Resource':'*','Condition':{'StringEquals':{'a:b':'c'},'Bool':{'a:b':'true'},'NumericEquals':{'a:c':"
       "['5','1.5']}}}]}"},
      {"longer lists stay",
       "{'Statement':[{'Effect':'Deny','Principal':'*','NotAction':['dynamodb:Scan','dynamodb:Scan','DYNAMODB:Query'],"
       "'NotResource':['*','*']}]}",
       "{'Version':'2008-10-17','Statement':[{'Effect':'Deny','Principal':'*','NotAction':['dynamodb:Scan',"
       "'dynamodb:Scan','DYNAMODB:Query'],'NotResource':['*','*']}]}"},
      {"accounts",
       "{'Statement':[{'Effect':'Allow','Principal':{'AWS':['111111111111','arn:aws:iam::111111111111:root']},"
       "'Action':'dynamodb:Scan','Resource':'*'}]}",
       "{'Version':'2008-10-17','Statement':[{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111111111111:root'},"
       "'Action':'dynamodb:Scan','Resource':'*'}]}"},
      {"several principals",
       "{'Statement':[{'Effect':'Deny','NotPrincipal':{'Service':'redshift.amazonaws.com','AWS':['222222222222',"
       "'111111111111','222222222222']},'Action':'dynamodb:Scan','Resource':'*'}]}",
       "{'Version':'2008-10-17','Statement':[{'Effect':'Deny','NotPrincipal':{'Service':'redshift.amazonaws.com',"
       "'AWS':['arn:aws:iam::222222222222:root','arn:aws:iam::111111111111:root']},'Action':'dynamodb:Scan',"
       "'Resource':'*'}]}"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Canonical(row.text), Quoted(row.canonical)) << row.what;
    EXPECT_EQ(Canonical(row.canonical), Quoted(row.canonical)) << row.what << ", once more";
  }
}

TEST(Canonical, DecodesEscapes) {
  constexpr std::string_view kText =
      R"({"Statement":[{"Sid":"caf\u00e9 \u002f","Effect":"Deny","Principal":"*","Action":)"
      R"("dynamodb:\u0053can","Resource":"*"}]})";
  const Result<CanonicalForm> form = Canonicalize(DocumentKind::kTable, kText, AsItIs);
  ASSERT_TRUE(form.ok());
  EXPECT_EQ(
      form->text,
      "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Sid\":\"caf\xC3\xA9 /\",\"Effect\":\"Deny\",\"Principal\":\"*\","
      "\"Action\":\"dynamodb:Scan\",\"Resource\":\"*\"}]}");
}

TEST(Canonical, IsReadAgainWhateverItsEscapesStoodFor) {
  constexpr std::string_view kText =
      R"({"Statement":{"Sid":"\u0100\u0007","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}})";
  ASSERT_TRUE(Document::Parse(DocumentKind::kKey, kText, nullptr).ok());
  const Result<CanonicalForm> form = Canonicalize(DocumentKind::kKey, kText, AsItIs);
  ASSERT_TRUE(form.ok());
  const Result<Document> again = Document::ParseStored(DocumentKind::kKey, form->text, nullptr);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->sid(0), "\xC4\x80\x07");
}

TEST(Canonical, TellsAnAbsentVersionFromTheOneItReadsBackAs) {
  const std::string rest = "'Statement':[{'Effect':'Deny','Principal':'*','Action':'dynamodb:Scan','Resource':'*'}]}";
  const auto form = [&](std::string_view version) {
    return Canonicalize(DocumentKind::kTable, Quoted("{" + std::string(version) + rest), AsItIs).value();
  };
  EXPECT_EQ(form("").text, form("'Version':'2008-10-17',").text);
  EXPECT_NE(form(""), form("'Version':'2008-10-17',"));
  EXPECT_EQ(form(" "), form(""));
  EXPECT_NE(form("'Version':'2012-10-17',"), form("'Version':'2008-10-17',"));
}

TEST(Canonical, BindsPrincipalsToIdsAndShowsThemAgain) {
  constexpr std::string_view kRole = "arn:aws:iam::111111111111:role/app/Reader";
  constexpr std::string_view kId = "AROAREADER0000000001";
  const std::string text = Quoted(
      "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':{'AWS':['111111111111',"
      "'arn:aws:iam::111111111111:role/app/Reader']},'Action':'dynamodb:Scan','Resource':'*'}]}");
  const MapPrincipal bind = [&](std::string_view principal) -> std::optional<std::string> {
    if (principal == "arn:aws:iam::111111111111:root") {
      return std::string(principal);
    }
    return principal == kRole ? std::optional(std::string(kId)) : std::nullopt;
  };
  const MapPrincipal show = [&](std::string_view principal) -> std::optional<std::string> {
    return std::string(principal == kId ? kRole : principal);
  };
  const Result<CanonicalForm> bound = Canonicalize(DocumentKind::kTable, text, bind);
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(bound->text.find("role/app"), std::string::npos);
  EXPECT_NE(bound->text.find(kId), std::string::npos);
  EXPECT_EQ(DefectOf(DocumentKind::kTable, bound->text), "");
  const Result<CanonicalForm> shown = Canonicalize(DocumentKind::kTable, bound->text, show);
  EXPECT_EQ(shown->text, Canonical(text));

  // Of an entity that is gone the id stays; one that never was is refused.
  EXPECT_EQ(Canonicalize(DocumentKind::kTable, bound->text, AsItIs)->text, bound->text);
  const Result<CanonicalForm> unknown = Canonicalize(
      DocumentKind::kTable, text, [](std::string_view) -> std::optional<std::string> { return std::nullopt; });
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().reason, Reason::kValidation);
  EXPECT_EQ(unknown.error().text, "One or more parameter values were invalid: Invalid principal in policy document.");
}

}  // namespace
}  // namespace basalt::policy

// Reviews of files: kinds, lines, words.
#include "policy/review.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

Review Read(std::string_view text, std::optional<DocumentKind> kind = std::nullopt) {
  return ReviewPolicy(Quoted(text), kind, TestActions());
}
std::string StatementOf(std::string_view more) { return "{'Effect':'Allow'," + std::string(more) + "}"; }
DocumentKind Guessed(std::string_view more) { return Read("{'Statement':[" + StatementOf(more) + "]}").kind; }

TEST(Review, TellsTheKindOfAPolicyByWhatItNames) {
  EXPECT_EQ(Guessed("'Action':'dynamodb:GetItem','Resource':'*'"), DocumentKind::kIdentity);
  EXPECT_EQ(Guessed("'Principal':'*','Action':'dynamodb:GetItem','Resource':'*'"), DocumentKind::kTable);
  EXPECT_EQ(Guessed("'NotPrincipal':{'AWS':'1'},'Action':'dynamodb:GetItem','Resource':'*'"), DocumentKind::kTable);
  EXPECT_EQ(Guessed("'Principal':'*','Action':['dynamodb:getrecords'],'Resource':'*'"), DocumentKind::kStream);
  EXPECT_EQ(Guessed("'Principal':'*','Action':'*','Resource':'arn:aws:dynamodb:r:1:table/T/stream/*'"),
            DocumentKind::kStream);
  EXPECT_EQ(Guessed("'Principal':{'AWS':'111111111111'},'Action':'sts:AssumeRole'"), DocumentKind::kTrust);
  EXPECT_EQ(Guessed("'Principal':{'AWS':'111111111111'},'Action':'kms:*','Resource':'*'"), DocumentKind::kKey);
  for (const char* text : {"", "{", "[]", "3", "{}", "{'Statement':[]}", "{'Statement':null}"}) {
    EXPECT_EQ(Read(text).kind, DocumentKind::kTable) << text;
  }
  EXPECT_EQ(Read("{'Statement':[3,{'Action':3}]}").kind, DocumentKind::kIdentity);
  EXPECT_EQ(
      Read("{'Statement':" + StatementOf("'Principal':'*','Action':'*','Resource':'*'") + "}", DocumentKind::kEndpoint)
          .kind,
      DocumentKind::kEndpoint);
}

TEST(Review, SaysWhyNobodyWouldTakeAPolicyAndWhere) {
  struct Case {
    std::string text;
    std::string defect;
    size_t row;
    size_t statement;
  };
  const std::string prefix = "One or more parameter values were invalid: Invalid policy document: ";
  const std::string good = "{'Effect':'Deny','Principal':'*','Action':'dynamodb:GetItem','Resource':'*'}";
  const Case cases[] = {
      {"", prefix + "This policy contains invalid Json", 0, 0},
      {"{}", prefix + "Syntax error at position (1,3)", 0, 0},
      {"{'Statement':[]}", prefix + "Could not parse the policy: Statement is empty!", 0, 0},
      {"{\n'Statement':[\n" + good + ",\n{'Effect':'Deny','Principal':'*','Action':'dynamodb:GetItem'}]}",
       prefix + "Missing required field Resource", 4, 2},
      {"{'Statement':[" + good + ",\n\n{'Effect':'Deny','Principal':'*','Action':'dynamodb:Nothing','Resource':'*'}]}",
       prefix + "The following action names are invalid: \"dynamodb:Nothing\"", 3, 2},
      {"{'Statement':[{'Sid':'a'," + good.substr(1) + ",{'Sid':'a'," + good.substr(1) + "]}",
       prefix + "The Statement Ids in the policy are not unique", 0, 0},
      {"\n{'Statement':{'Effect':'Allow','Principal':{'AWS':'1234'},'Action':'dynamodb:GetItem','Resource':'*'}}",
       "One or more parameter values were invalid: Invalid principal in policy document.", 2, 1},
      {"{'Statement':{'Effect':'Allow','Principal':'*','Action':'dynamodb:GetItem','Resource':'*'}}",
       "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
       "least-privilege form of access",
       0, 0},
      {"{'Statement':[{'Effect':'Allow','Action':'GetItem','Resource':'*'}]}",
       "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", 1, 1},
  };
  for (const Case& c : cases) {
    const Review review = Read(c.text);
    ASSERT_TRUE(review.defect) << c.text;
    EXPECT_EQ(review.defect->text, c.defect);
    EXPECT_EQ(review.defect->row, c.row) << c.text;
    EXPECT_EQ(review.defect->statement, c.statement) << c.text;
    EXPECT_TRUE(review.warnings.empty());
  }
  EXPECT_TRUE(Read(std::string(200'000, ' ')).defect);
}

TEST(Review, NamesTheStatementOfAWarningByPlaceAndSid) {
  const Review review = Read(
      "{'Version':'2012-10-17',\n 'Statement':[\n  {'Effect':'Allow','Action':'dynamodb:ListTables','Resource':'*'},\n"
      "  {'Sid':'All','Effect':'Allow',\n   'Action':'dynamodb:GetItem','Resource':'*'}]}");
  EXPECT_FALSE(review.defect);
  ASSERT_EQ(review.warnings.size(), 1U);
  EXPECT_EQ(review.warnings[0].row, 4U);
  EXPECT_EQ(review.warnings[0].statement, 2U);
  EXPECT_EQ(review.warnings[0].sid, "All");
  EXPECT_NE(review.warnings[0].text, "");
  // Denials stand before allowances once they are compiled; places are those of the text.
  const Review turned = Read(
      "{'Statement':[\n{'Effect':'Allow','NotAction':'a:b','Resource':'arn:aws:s3:::b'},\n"
      "{'Effect':'Deny','Action':'dynamodb:GetItem','Resource':'arn:aws:s3:::b'}]}");
  ASSERT_EQ(turned.warnings.size(), 2U);
  EXPECT_EQ(turned.warnings[0].row, 2U);
  EXPECT_EQ(turned.warnings[1].row, 3U);
}

TEST(Review, SaysNothingOfAPolicyThatDoesWhatItSays) {
  const Review review = Read(
      "{'Statement':{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':"
      "'dynamodb:GetItem','Resource':'*'}}");
  EXPECT_FALSE(review.defect);
  EXPECT_TRUE(review.warnings.empty());
}

TEST(Review, KindsHaveNames) {
  for (const DocumentKind kind :
       {DocumentKind::kIdentity, DocumentKind::kBoundary, DocumentKind::kSession, DocumentKind::kServiceControl,
        DocumentKind::kResourceControl, DocumentKind::kTable, DocumentKind::kStream, DocumentKind::kTrust,
        DocumentKind::kKey, DocumentKind::kEndpoint}) {
    EXPECT_EQ(KindNamed(KindName(kind)), kind);
  }
  EXPECT_EQ(KindNamed("Table"), std::nullopt);
}

}  // namespace
}  // namespace basalt::policy

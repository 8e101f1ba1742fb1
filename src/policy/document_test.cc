#include "policy/document.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/policy_fixture.h"

namespace basalt::policy {
namespace {

constexpr std::string_view kP = "One or more parameter values were invalid: ";
constexpr std::string_view kD = "One or more parameter values were invalid: Invalid policy document: ";

std::string P(std::string_view text) { return std::string(kP) + std::string(text); }
std::string D(std::string_view text) { return std::string(kD) + std::string(text); }

// A table's policy of one statement with `member` instead of the one of that name, or without it.
std::string TableStatement(std::string_view name, std::string_view member) {
  std::string text;
  const std::pair<std::string_view, std::string_view> members[] = {{"Effect", "'Effect':'Allow'"},
                                                                   {"Principal", "'Principal':{'AWS':'111111111111'}"},
                                                                   {"Action", "'Action':'dynamodb:GetItem'"},
                                                                   {"Resource", "'Resource':'*'"}};
  bool replaced = false;
  for (const auto& [member_name, written] : members) {
    const std::string_view chosen = member_name == name ? member : written;
    replaced = replaced || member_name == name;
    if (!chosen.empty()) {
      text += (text.empty() ? "" : ",") + std::string(chosen);
    }
  }
  if (!replaced) {
    text += "," + std::string(member);
  }
  return "{'Version':'2012-10-17','Statement':[{" + text + "}]}";
}
std::string TableDefect(std::string_view name, std::string_view member) {
  return DefectOf(DocumentKind::kTable, TableStatement(name, member));
}

TEST(Document, TakesEveryFormOfTheGrammarInATablesPolicy) {
  for (const std::string& text : {
           TableStatement("Sid", "'Sid':'any thing at all'"),
           TableStatement("Effect", "'Effect':'allow'"),
           TableStatement("Effect", "'Effect':'DENY'"),
           TableStatement("Principal", "'Principal':'*'"),
           TableStatement("Principal", "'Principal':{'AWS':'*'}"),
           TableStatement("Principal", "'Principal':{'AWS':['111111111111','arn:aws:iam::111111111111:root']}"),
           TableStatement("Principal", "'Principal':{'AWS':'arn:aws:iam::111111111111:user/a/b/Ann'}"),
           TableStatement("Principal", "'Principal':{'AWS':'arn:aws:iam::111111111111:role/R'}"),
           TableStatement("Principal", "'Principal':{'AWS':'arn:aws:sts::111111111111:assumed-role/R/s'}"),
           TableStatement("Principal", "'Principal':{'AWS':'arn:aws:sts::111111111111:federated-user/f'}"),
           TableStatement("Principal", "'Principal':{'AWS':'AROAREADER0000000001'}"),
           TableStatement("Principal", "'Principal':{'Service':'replication.dynamodb.amazonaws.com'}"),
           TableStatement("Principal", "'Principal':{'Service':['redshift.amazonaws.com'],'AWS':'111111111111'}"),
           TableStatement("Action", "'Action':['dynamodb:getitem','DYNAMODB:PutItem']"),
           TableStatement("Action", "'Action':'dynamodb:*'"),
           TableStatement("Action", "'Action':'*'"),
           TableStatement("Action", "'NotAction':'dynamodb:Get*'"),
           TableStatement("Resource", "'NotResource':'arn:aws:dynamodb:*:*:table/Other'"),
           TableStatement("Resource", "'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/T/index/I'"),
           TableStatement("Resource", "'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/T/*'"),
           TableStatement("Resource", "'Resource':'arn:aws:dynamodb:us-east-1:111111111111:*'"),
           TableStatement("Resource", "'Resource':'arn:aws:dynamodb:*'"),
           TableStatement("Condition", "'Condition':{}"),
           TableStatement("Condition", "'Condition':{'Bool':{'aws:SecureTransport':false}}"),
           TableStatement("Condition", "'Condition':{'NumericLessThan':{'a:b':[1,2.5,'3']}}"),
           std::string(
               "{'Id':'x','Statement':{'Resource':'*','Action':'dynamodb:Scan','Principal':'*','Effect':'Deny'}}"),
       }) {
    EXPECT_EQ(DefectOf(DocumentKind::kTable, text), "") << text;
  }
}

TEST(Document, WordsEachDefectOfATablesPolicyAsTheServiceDoes) {
  EXPECT_EQ(DefectOf(DocumentKind::kTable, ""), D("This policy contains invalid Json"));
  EXPECT_EQ(DefectOf(DocumentKind::kTable, "{"), D("This policy contains invalid Json"));
  EXPECT_EQ(DefectOf(DocumentKind::kTable, "{}x"), D("This policy contains invalid Json"));
  EXPECT_EQ(DefectOf(DocumentKind::kTable, "{'a':'\xFF'}"), D("This policy contains invalid Json"));
  EXPECT_EQ(DefectOf(DocumentKind::kTable, "{}"), D("Syntax error at position (1,3)"));
  EXPECT_EQ(DefectOf(DocumentKind::kTable, "{'Statement':[]}"), D("Could not parse the policy: Statement is empty!"));
  EXPECT_EQ(TableDefect("Effect", ""), D("Missing required field Effect"));
  EXPECT_EQ(TableDefect("Principal", ""), D("Missing required field Principal"));
  EXPECT_EQ(TableDefect("Action", ""), D("Missing required field Action"));
  EXPECT_EQ(TableDefect("Resource", ""), D("Missing required field Resource"));
  EXPECT_EQ(
      DefectOf(DocumentKind::kTable,
               "{'Statement':[{'Sid':'a','Effect':'Deny','Principal':'*','Action':'dynamodb:Scan','Resource':'*'},"
               "{'Sid':'a','Effect':'Deny','Principal':'*','Action':'dynamodb:Scan','Resource':'*'}]}"),
      D("The Statement Ids in the policy are not unique"));
  EXPECT_EQ(TableDefect("Action", "'Action':['dynamodb:GetRecords','dynamodb:GetItem','dynamodb:DescribeStream']"),
            D(R"(The following action names are invalid: "dynamodb:GetRecords", "dynamodb:DescribeStream")"));
  for (const std::string_view action : {"dynamodb:ListTables", "dynamodb:Nothing", "s3:GetObject", "s3:*", "GetItem",
                                        "dynamodb:", "dyn*:GetItem", "dynamodb:a:b", "", "**"}) {
    EXPECT_EQ(TableDefect("Action", "'Action':'" + std::string(action) + "'"),
              D("The following action names are invalid: \"" + std::string(action) + "\""));
  }
  EXPECT_EQ(TableDefect("Resource", "'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/T/stream/L'"),
            D(R"(The relative-id "table/T/stream/L" is invalid for ARN )"
              R"("arn:aws:dynamodb:us-east-1:111111111111:table/T/stream/L")"));
  for (const std::string_view resource :
       {"arn:aws:dynamodb:us-east-1:111111111111:T", "arn:aws:dynamodb:us-east-1:111111111111:table",
        "arn:aws:dynamodb:us-east-1:111111111111:table/T/backup/B", "arn:aws:dynamodb:us-east-1:111111111111:table/T/I",
        "arn:aws:dynamodb::111111111111:global-table/G", "arn:aws:s3:::bucket"}) {
    EXPECT_TRUE(
        TableDefect("Resource", "'Resource':'" + std::string(resource) + "'").starts_with(D("The relative-id \"")))
        << resource;
  }
  for (const std::string_view resource :
       {"Music", "", "**", "arn:aws:dyn*:us-east-1:1:table/T", "arn:aws:*:*:*:table/T"}) {
    EXPECT_EQ(TableDefect("Resource", "'Resource':'" + std::string(resource) + "'"),
              D("Resource " + std::string(resource) + " must be in ARN format or \"*\"."));
  }
  for (const std::string_view principal :
       {"arn:aws:iam::111111111111:user/*", "arn:aws:iam::111111111111:user/", "arn:aws:iam::1:root", "11111111111",
        "arn:aws:iam::111111111111:group/g", "arn:aws:sts::111111111111:assumed-role/R", "Ann", "", "AIDA",
        "arn:aws:sts::111111111111:assumed-role/R/s/t", "arn:aws-cn:iam::111111111111:root"}) {
    EXPECT_EQ(TableDefect("Principal", "'Principal':{'AWS':'" + std::string(principal) + "'}"),
              P("Invalid principal in policy document."))
        << principal;
  }
  EXPECT_EQ(TableDefect("Principal", "'Principal':{'CanonicalUser':'x'}"), P("Invalid principal in policy document."));
  EXPECT_EQ(TableDefect("Principal", "'Principal':{'Federated':'x'}"), P("Invalid principal in policy document."));
  EXPECT_EQ(TableDefect("Principal", "'Principal':{'Service':'lambda.amazonaws.com'}"),
            D("Policy contains invalid service principal"));
}

TEST(Document, CountsTheBytesOfATablesPolicyAsSent) {
  const std::string text = Quoted(TableStatement("Effect", "'Effect':'Allow'"));
  std::string padded = text + std::string(kTablePolicyBytesMax - text.size(), ' ');
  EXPECT_TRUE(Document::Parse(DocumentKind::kTable, padded, nullptr).ok());
  padded.push_back('\n');
  EXPECT_EQ(Document::Parse(DocumentKind::kTable, padded, nullptr).error().text,
            P("Maximum policy size of 20480 bytes exceeded"));
}

TEST(Document, ThatWasStoredIsReadThoughItIsLongerAndNamesWhatIsGone) {
  std::string accounts;
  for (int i = 0; i < 1000; ++i) {
    accounts += (i == 0 ? "'arn:aws:iam::" : ",'arn:aws:iam::") + std::to_string(100000000000 + i) + ":root'";
  }
  const std::string text = Quoted("{'Statement':{'Effect':'Allow','Principal':{'AWS':[" + accounts +
                                  "]},'Action':'dynamodb:Gone','Resource':'*'}}");
  EXPECT_GT(text.size(), kTablePolicyBytesMax);
  EXPECT_FALSE(Document::Parse(DocumentKind::kTable, text, &TestActions()).ok());
  EXPECT_TRUE(Document::ParseStored(DocumentKind::kTable, text, &TestActions()).ok());
  EXPECT_FALSE(Document::ParseStored(DocumentKind::kTable, "{}", &TestActions()).ok());
}

TEST(Document, SaysWhereItStopsToMakeSense) {
  const struct {
    std::string_view text, position;
  } rows[] = {
      {"[]", "(1,3)"},
      {" \n {}", "(2,4)"},
      {"5", "(1,2)"},
      {"{'Version':'2011-10-17'}", "(1,24)"},
      {"{'Version':null}", "(1,16)"},
      {"{'Statement':5}", "(1,15)"},
      {"{'Statement':[5]}", "(1,16)"},
      {"{'Nothing':1}", "(1,13)"},
      {"{'Id':5,'Statement':[]}", "(1,8)"},
      {"{'Version':'2012-10-17',\n'Version':'2012-10-17'}", "(2,23)"},
      {"{'Statement':{'Effect':'Permit'}}", "(1,32)"},
      {"{'Statement':{'Effect':5}}", "(1,25)"},
      {"{'Statement':{'Sid':5}}", "(1,22)"},
      {"{'Statement':{'\xC3\xA9':'\xF0\x9F\x98\x80'}}", "(1,23)"},
      {"{'Statement':{'Effect':'Allow','Principal':'111122223333'}}", "(1,58)"},
      {"{'Statement':{'Effect':'Allow','Principal':{}}}", "(1,46)"},
      {"{'Statement':{'Effect':'Allow','Principal':[]}}", "(1,46)"},
      {"{'Statement':{'Effect':'Allow','Principal':{'AWS':[]}}}", "(1,53)"},
      {"{'Statement':{'Effect':'Allow','Principal':{'AWS':[5]}}}", "(1,53)"},
      {"{'Statement':{'Effect':'Allow','Principal':{'User':'x'}}}", "(1,55)"},
      {"{'Statement':{'Effect':'Allow','Principal':'*','NotPrincipal':'*'}}", "(1,66)"},
      {"{'Statement':{'Effect':'Allow','Principal':'*','Action':[]}}", "(1,59)"},
      {"{'Statement':{'Effect':'Allow','Principal':'*','Action':'*','NotAction':'*'}}", "(1,76)"},
      {"{'Statement':{'Effect':'Allow','Principal':'*','Action':'*','Resource':{}}}", "(1,74)"},
      {"{'Statement':{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*','NotResource':'*'}}", "(1,93)"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(DefectOf(DocumentKind::kTable, row.text), D("Syntax error at position " + std::string(row.position)))
        << row.text;
  }
}

TEST(Document, RefusesConditionsThatCouldNeverBeMeant) {
  for (const std::string_view condition : {"5",
                                           "[]",
                                           "'x'",
                                           "{'StringEquals':5}",
                                           "{'StringEquals':{}}",
                                           "{'StringEquals':{'a':[]}}",
                                           "{'StringEquals':{'a':null}}",
                                           "{'StringEquals':{'a':{}}}",
                                           "{'StringEquals':{'a':[['b']]}}",
                                           "{'StringEquals':{'':'b'}}",
                                           "{'StringIs':{'a':'b'}}",
                                           "{'Not':{'a':'b'}}",
                                           "{'':{'a':'b'}}",
                                           "{'IfExists':{'a':'b'}}",
                                           "{'NullIfExists':{'a':'true'}}",
                                           "{'ForAllValues:Null':{'a':'true'}}",
                                           "{'ForNoValue:StringEquals':{'a':'b'}}",
                                           "{'Null':{'a':'maybe'}}",
                                           "{'Bool':{'a':'maybe'}}",
                                           "{'NumericEquals':{'a':'one'}}",
                                           "{'DateEquals':{'a':'yesterday'}}",
                                           "{'IpAddress':{'a':'10.0.0.0/99'}}",
                                           "{'IpAddress':{'a':'10.*'}}",
                                           "{'BinaryEquals':{'a':'!'}}",
                                           "{'NumericEquals':{'a':'${aws:username}'}}",
                                           "{'StringEquals':{'a':'b','a':'c'}}",
                                           "{'StringEquals':{'a':'b'},'StringEquals':{'c':'d'}}"}) {
    EXPECT_TRUE(TableDefect("Condition", "'Condition':" + std::string(condition)).starts_with(D("Syntax error at ")))
        << condition;
  }
}

TEST(Document, TakesOfEachKindOnlyItsElements) {
  const std::string principal = "{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'sts:AssumeRole'}";
  const std::string federated =
      "{'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::111111111111:oidc-provider/idp.example'},'Action':'*'}";
  const std::string resource = "{'Effect':'Allow','Action':'s3:Get*','Resource':'arn:aws:s3:::b/*'}";
  const std::string both = "{'Effect':'Allow','Principal':'*','Action':'kms:*','Resource':'*'}";
  const std::string deny = "{'Effect':'Deny','Principal':'*','Action':'dynamodb:*','Resource':'*'}";
  const std::string not_principal =
      "{'Effect':'Deny','NotPrincipal':{'AWS':'111111111111'},'Action':'*','Resource':'*'}";
  const std::string all_but =
      "{'Effect':'Allow','NotPrincipal':{'AWS':'111111111111'},'Action':'dynamodb:*','Resource':'*'}";
  const auto defect = [](DocumentKind kind, const std::string& statement, std::string_view more = "") {
    return DefectOf(kind, "{" + std::string(more) + "'Statement':" + statement + "}");
  };
  for (const DocumentKind kind :
       {DocumentKind::kIdentity, DocumentKind::kBoundary, DocumentKind::kSession, DocumentKind::kServiceControl}) {
    EXPECT_EQ(defect(kind, resource), "");
    EXPECT_EQ(defect(kind, both), "Policy document should not specify a principal.");
    EXPECT_EQ(defect(kind, resource, "'Id':'x',"), "Syntax errors in policy.");
    EXPECT_EQ(defect(kind, "{'Effect':'Allow','Action':'*'}"), "Policy statement must contain resources.");
    EXPECT_EQ(defect(kind, "{'Effect':'Allow','Resource':'*'}"), "Policy statement must contain actions.");
  }
  EXPECT_EQ(defect(DocumentKind::kTrust, principal), "");
  EXPECT_EQ(defect(DocumentKind::kTrust, federated), "");
  EXPECT_EQ(defect(DocumentKind::kTrust, both), "Has prohibited field Resource");
  EXPECT_EQ(defect(DocumentKind::kTrust, resource), "Missing required field Principal");
  EXPECT_EQ(defect(DocumentKind::kTrust, "{'Effect':'Deny','NotPrincipal':'*','Action':'*'}"),
            "Has prohibited field NotPrincipal");
  EXPECT_EQ(defect(DocumentKind::kKey, both, "'Id':'key-default-1',"), "");
  EXPECT_EQ(defect(DocumentKind::kKey, not_principal), "");
  EXPECT_EQ(defect(DocumentKind::kKey, all_but), "Has prohibited field NotPrincipal");
  EXPECT_EQ(defect(DocumentKind::kEndpoint, both), "");
  EXPECT_EQ(defect(DocumentKind::kTable, all_but), "");  // refused as public, in other words
  EXPECT_EQ(defect(DocumentKind::kResourceControl, deny), "");
  for (const std::string& statement :
       {both, std::string("{'Effect':'Deny','Principal':{'AWS':'111111111111'},'Action':'*','Resource':'*'}")}) {
    EXPECT_EQ(defect(DocumentKind::kResourceControl, statement),
              "A resource control policy may deny to everybody and do nothing else.");
  }
  EXPECT_EQ(defect(DocumentKind::kStream,
                   "{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'dynamodb:GetRecords',"
                   "'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/T/stream/*'}"),
            "");
  EXPECT_EQ(defect(DocumentKind::kStream,
                   "{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'dynamodb:GetRecords',"
                   "'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/T'}"),
            D(R"(The relative-id "table/T" is invalid for ARN "arn:aws:dynamodb:us-east-1:111111111111:table/T")"));
  EXPECT_EQ(defect(DocumentKind::kStream, "{'Effect':'Deny','Principal':'*','Action':'dynamodb:Scan','Resource':'*'}"),
            D("The following action names are invalid: \"dynamodb:Scan\""));
}

TEST(Document, WordsDefectsOfOtherDocumentsAsIamDoes) {
  const auto defect = [](std::string_view statement) {
    return DefectOf(DocumentKind::kIdentity, "{'Version':'2012-10-17','Statement':[" + std::string(statement) + "]}");
  };
  EXPECT_EQ(DefectOf(DocumentKind::kIdentity, "{"), "Syntax errors in policy.");
  EXPECT_EQ(DefectOf(DocumentKind::kIdentity, "{}"), "Syntax errors in policy.");
  EXPECT_EQ(defect("{'Effect':'allow','Action':'*','Resource':'*'}"), "Syntax errors in policy.");
  EXPECT_EQ(defect("{'Effect':'Allow','Action':'GetItem','Resource':'*'}"),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  EXPECT_EQ(defect("{'Effect':'Allow','Action':'dyn*:GetItem','Resource':'*'}"), "Vendor dyn* is not valid");
  EXPECT_EQ(defect("{'Effect':'Allow','Action':'a:b:c','Resource':'*'}"),
            "Actions/Condition can contain only one colon.");
  EXPECT_EQ(defect("{'Effect':'Allow','Action':'a:b','Resource':'bucket'}"),
            "Resource bucket must be in ARN format or \"*\".");
  EXPECT_EQ(defect("{'Sid':'a b','Effect':'Allow','Action':'a:b','Resource':'*'}"),
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
            "[0-9A-Za-z]*");
  EXPECT_EQ(defect("{'Sid':'a','Effect':'Allow','Action':'a:b','Resource':'*'},"
                   "{'Sid':'a','Effect':'Allow','Action':'a:b','Resource':'*'}"),
            "Statement IDs (SID) in a single policy must be unique.");
  EXPECT_EQ(defect("{'Sid':'','Effect':'Allow','Action':'a:b','Resource':'*'},"
                   "{'Sid':'','Effect':'Allow','Action':'a:b','Resource':'*'}"),
            "");
  // Characters above U+00FF, of which IAM takes none.
  EXPECT_EQ(defect("{'Effect':'Allow','Action':'a:b','Resource':'arn:aws:s3:::\xC3\xBF'}"), "");
  EXPECT_EQ(defect("{'Effect':'Allow','Action':'a:b','Resource':'arn:aws:s3:::\xC4\x80'}"), "Syntax errors in policy.");
  EXPECT_EQ(DefectOf(DocumentKind::kTrust,
                     "{'Statement':{'Effect':'Allow','Principal':{'AWS':'Ann'},'Action':'sts:AssumeRole'}}"),
            R"(Invalid principal in policy: "AWS":"Ann")");
}

TEST(Document, CountsCharactersWithoutWhiteSpace) {
  EXPECT_EQ(CountCharacters(""), 0U);
  EXPECT_EQ(CountCharacters(" a\tb\r\nc "), 3U);
  EXPECT_EQ(CountCharacters("\xC3\xA9\xC3\xA9"), 2U);
}

TEST(Document, TellsWhichKeysAnActionsStatementsRead) {
  const Document document = Statements(
      DocumentKind::kIdentity,
      "{'Effect':'Allow','Action':'dynamodb:Get*','Resource':'arn:aws:dynamodb:*:*:table/${aws:username}'},"
      "{'Effect':'Allow','Action':'dynamodb:PutItem','Resource':'*','Condition':{"
      "'IpAddress':{'aws:SourceIp':'10.0.0.0/8'},'StringEquals':{'aws:PrincipalTag/a':'${aws:ResourceTag/a}'}}},"
      "{'Effect':'Allow','Action':'dynamodb:Scan','Resource':'*','Condition':{'StringEquals':{'idp.example:sub':'x'}}"
      "}");
  KeySet keys = document.KeysFor(ActionOf("dynamodb:GetItem"));
  EXPECT_EQ(keys.count(), 1U);
  EXPECT_TRUE(keys.test(static_cast<size_t>(KeyId::kUserName)));
  EXPECT_FALSE(document.VariesByRequest(ActionOf("dynamodb:GetItem")));
  keys = document.KeysFor(Action::Named("DYNAMODB:putitem"));
  EXPECT_EQ(keys.count(), 3U);
  EXPECT_TRUE(keys.test(static_cast<size_t>(KeyId::kSourceIp)));
  EXPECT_TRUE(keys.test(static_cast<size_t>(KeyId::kPrincipalTag)));
  EXPECT_TRUE(keys.test(static_cast<size_t>(KeyId::kResourceTag)));
  EXPECT_TRUE(document.VariesByRequest(ActionOf("dynamodb:PutItem")));
  EXPECT_TRUE(document.VariesByRequest(ActionOf("dynamodb:Scan")));
  EXPECT_TRUE(document.KeysFor(ActionOf("dynamodb:Query")).none());
}

TEST(Document, RemembersItsSidsByTheirPlaceInTheText) {
  const Document document = Statements(DocumentKind::kIdentity,
                                       "{'Sid':'first','Effect':'Allow','Action':'*','Resource':'*'},"
                                       "{'Effect':'Deny','Action':'*','Resource':'*'},"
                                       "{'Sid':'third','Effect':'Deny','Action':'*','Resource':'*'}");
  EXPECT_EQ(document.statement_count(), 3U);
  EXPECT_EQ(document.sid(0), "first");
  EXPECT_EQ(document.sid(1), "");
  EXPECT_EQ(document.sid(2), "third");
  EXPECT_EQ(document.sid(3), "");
}

TEST(Document, OfManyIdentitiesAndTablesFitsInMemory) {
  // Ten statements with conditions, as large as most ever get.
  std::string statements;
  for (int i = 0; i < 10; ++i) {
    statements += i == 0 ? "" : ",";
    statements += "{'Sid':'S" + std::to_string(i) +
                  "','Effect':'Allow','Action':['dynamodb:GetItem','dynamodb:Query'],'Resource':'arn:aws:dynamodb:"
                  "us-east-1:111111111111:table/T','Condition':{'StringEquals':{'aws:PrincipalTag/team':'red'}}}";
  }
  const Document document = Statements(DocumentKind::kIdentity, statements);
  EXPECT_LT(document.MemoryBytes(), 8000U);  // 12,500 of them: 100 MB
}

}  // namespace
}  // namespace basalt::policy

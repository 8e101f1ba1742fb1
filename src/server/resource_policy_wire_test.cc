// Exact answers of PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy, and of CreateTable with a policy.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/policy_wire_fixture.h"
#include "table/resource_policy.h"

namespace basalt::server {
namespace {

class ResourcePolicyWireTest : public PolicyWireTest {
 protected:
  void SetUp() override { CreateTable("Music", "S"); }
};

constexpr std::string_view kDefect = "One or more parameter values were invalid: Invalid policy document: ";
constexpr std::string_view kMissing = "Resource-based policy not found for the provided ResourceArn: ";

std::string NoPolicy(std::string_view why) {
  return ErrorBody("com.amazonaws.dynamodb.v20120810#PolicyNotFoundException", "message",
                   std::string(kMissing) + std::string(why));
}

std::string Named(std::string_view arn) { return "{'ResourceArn':'" + std::string(arn) + "'}"; }

TEST_F(ResourcePolicyWireTest, WhatArnsMustNameIsSaidInTheServicesOrder) {
  const std::string allow = Statement("Allow", kFriend, "dynamodb:GetItem");
  const auto refused = [](std::string_view what, std::string_view arn) {
    return InvalidParameter(std::string(what) + std::string(arn));
  };
  const std::string not_ours = "Provided Arn is not a DynamoDB resource arn: ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Music", refused("ARNs must start with 'arn:': ", "Music")},
      {"arn:aws:s3:us-east-1:111111111111:table/Music",
       refused(not_ours, "arn:aws:s3:us-east-1:111111111111:table/Music")},
      {"arn:aws:dynamodb:us-east-1:111111111111:table/Music/backup/01489602797149-73d8d5bc",
       refused(not_ours, "arn:aws:dynamodb:us-east-1:111111111111:table/Music/backup/01489602797149-73d8d5bc")},
      {std::string(kMusic) + "/index/byArtist",
       refused("Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ",
               std::string(kMusic) + "/index/byArtist")},
      {"arn:aws:dynamodb:eu-west-1:111111111111:table/Music",
       refused("Invalid resource Arn: ", "arn:aws:dynamodb:eu-west-1:111111111111:table/Music")},
      {"arn:aws-cn:dynamodb:us-east-1:111111111111:table/Music",
       refused("Invalid resource Arn: ", "arn:aws-cn:dynamodb:us-east-1:111111111111:table/Music")},
      {"arn:aws:dynamodb:us-east-1:222222222222:table/Music",
       Invalid("This action is only supported by accounts that match the resource owner\u2019s account.")},
      {"arn:aws:dynamodb:us-east-1:111111111111:table/music",
       NotFound("Requested resource not found: Table: music not found")},
      {std::string(kMusic) + "/stream/2020-01-01T00:00:00.000",
       NotFound("Requested resource not found: Stream: 2020-01-01T00:00:00.000 not found for Table: Music")},
  };
  for (const auto& [arn, answer] : cases) {
    const bool is_stream = arn.find("/stream/") != std::string::npos;
    EXPECT_EQ(Send("GetResourcePolicy", Named(arn)), answer) << arn;
    EXPECT_EQ(Send("DeleteResourcePolicy", Named(arn)), answer) << arn;
    EXPECT_EQ(Put(is_stream ? Statement("Allow", kFriend, "dynamodb:GetRecords") : allow, "", arn), answer) << arn;
  }
}

TEST_F(ResourcePolicyWireTest, DocumentsThatCannotBePutChangeNothing) {
  const std::string kept =
      Document("{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':'dynamodb:Query','Resource':'*'}");
  const std::string revision = RevisionOf(PutDocument(kept));
  const std::string stored = Send("GetResourcePolicy", Named(kMusic));
  const auto defect = [](std::string_view text) { return Invalid(std::string(kDefect) + std::string(text)); };
  const std::string before = "'Effect':'Allow','Principal':{'AWS':'222222222222'},";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", defect("This policy contains invalid Json")},
      {"{'Version':", defect("This policy contains invalid Json")},
      {"{}", defect("Syntax error at position (1,3)")},
      {Document("{" + before + "'Action':'dynamodb:GetItem'}"), defect("Missing required field Resource")},
      {"{'Version':'2012-10-17','Statement':[]}", defect("Could not parse the policy: Statement is empty!")},
      {Document("{'Sid':'a'," + before + "'Action':'dynamodb:GetItem','Resource':'*'},{'Sid':'a'," + before +
                "'Action':'dynamodb:Query','Resource':'*'}"),
       defect("The Statement Ids in the policy are not unique")},
      {Document("{" + before +
                "'Action':['dynamodb:GetRecords','dynamodb:Query','dynamodb:DescribeStream'],'Resource':'*'}"),
       defect("The following action names are invalid: \"dynamodb:GetRecords\", \"dynamodb:DescribeStream\"")},
      {Document("{" + before +
                "'Action':['dynamodb:ExecuteStatement','dynamodb:TransactWriteItems','dynamodb:ListStreams'],'Resource'"
                ":'*'}"),
       defect("The following action names are invalid: \"dynamodb:ExecuteStatement\", \"dynamodb:TransactWriteItems\", "
              "\"dynamodb:ListStreams\"")},
      {Document("{" + before + "'Action':'dynamodb:GetItem','Resource':'" + std::string(kMusic) + "/stream/x'}"),
       defect("The relative-id \"table/Music/stream/x\" is invalid for ARN \"" + std::string(kMusic) + "/stream/x\"")},
      {Document("{'Effect':'Allow','Principal':{'AWS':'999999999999'},'Action':'dynamodb:GetItem','Resource':'*'}"),
       InvalidParameter("Invalid principal in policy document.")},
      {Document("{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::222222222222:role/"
                "none'},'Action':'dynamodb:GetItem','Resource':'*'}"),
       InvalidParameter("Invalid principal in policy document.")},
      {Document(
           "{'Effect':'Allow','Principal':{'Service':'ec2.amazonaws.com'},'Action':'dynamodb:GetItem','Resource':'*'}"),
       defect("Policy contains invalid service principal")},
      {Document("{'Effect':'Allow','Principal':'*','Action':'dynamodb:GetItem','Resource':'*'}"),
       Invalid("Resource-based policy grants unbounded access in one or more elements. Please revise the policy to "
               "ensure least-privilege form of access")},
  };
  for (const auto& [document, answer] : cases) {
    EXPECT_EQ(PutDocument(document), answer) << document;
    EXPECT_EQ(Send("GetResourcePolicy", Named(kMusic)), stored) << document;
  }
  EXPECT_EQ(RevisionOf(PutDocument(kept)), revision);
}

TEST_F(ResourcePolicyWireTest, WhatMatchesNothingOrIsWrittenLooselyIsAccepted) {
  const std::string friends = "'Principal':{'AWS':'222222222222'},";
  const std::string get = friends + "'Action':'dynamodb:GetItem',";
  const std::vector<std::string> documents = {
      Document("{'Effect':'Allow'," + get + "'Resource':'arn:aws:dynamodb:us-east-1:111111111111:table/Other'}"),
      Document("{'Effect':'Allow'," + get + "'Resource':['" + std::string(kMusic) + "','" + std::string(kMusic) +
               "/index/*']}"),
      Document("{'Effect':'Allow'," + friends + "'NotAction':'dynamodb:DeleteTable','Resource':'*'}"),
      Document("{'Effect':'Allow'," + friends +
               "'Action':['DYNAMODB:getitem','dynamodb:*','dynamodb:Get*'],"
               "'Resource':'*'}"),
      Document("{'Effect':'allow'," + get + "'Resource':'*'}"),
      "{'Statement':{'Effect':'Allow'," + get + "'Resource':'*'}}",
      Document("{'Effect':'Deny','Principal':'*','Action':'dynamodb:Scan','Resource':'*'}"),
      Document(
          "{'Effect':'Allow','Principal':{'Service':['redshift.amazonaws.com','replication.dynamodb.amazonaws.com']"
          "},'Action':['dynamodb:ReadDataForReplication','dynamodb:WriteDataForReplication',"
          "'dynamodb:ReplicateSettings','dynamodb:AssociateTableReplica'],'Resource':'*'}"),
  };
  std::string last;
  for (const std::string& document : documents) {
    const std::string revision = RevisionOf(PutDocument(document));
    EXPECT_GT(revision, last) << document;
    last = revision;
  }
}

TEST_F(ResourcePolicyWireTest, NobodyOpensATableToEverybody) {
  const std::string open = Invalid(
      "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
      "least-privilege form of access");
  const auto put = [this](const std::string& condition, const std::string& principal = "'Principal':'*'") {
    return PutDocument(Document("{'Effect':'Allow'," + principal + ",'Action':'dynamodb:GetItem','Resource':'*'" +
                                (condition.empty() ? "" : ",'Condition':{" + condition + "}") + "}"));
  };
  EXPECT_EQ(put(""), open);
  EXPECT_EQ(put("", "'Principal':{'AWS':'*'}"), open);
  EXPECT_EQ(put("", "'Principal':{'AWS':['222222222222','*']}"), open);
  EXPECT_EQ(put("", "'NotPrincipal':{'AWS':'222222222222'}"), open);
  for (const std::string confined : {
           "'StringEquals':{'aws:PrincipalOrgID':'o-abcdefghij'}",
           "'StringEquals':{'aws:PrincipalAccount':['222222222222','333333333333']}",
           "'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::222222222222:role/r'}",
           "'StringLike':{'aws:userid':'AIDAAAAAAAAAAAAAAAAAA'}",
           "'StringEquals':{'aws:SourceVpc':'vpc-1'}",
           "'StringEquals':{'AWS:sourcevpce':'vpce-1'}",
           "'ForAnyValue:StringEquals':{'aws:PrincipalOrgPaths':'o-a/r-b/'}",
           "'Bool':{'aws:PrincipalIsAWSService':'true'}",
           "'IpAddress':{'aws:SourceIp':'10.0.0.0/8'},'StringEquals':{'aws:PrincipalAccount':'222222222222'}",
       }) {
    EXPECT_NE(RevisionOf(put(confined)), "") << confined;
  }
  for (const std::string unconfined : {
           "'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}",
           "'StringEqualsIfExists':{'aws:PrincipalOrgID':'o-abcdefghij'}",
           "'StringNotEquals':{'aws:PrincipalAccount':'222222222222'}",
           "'StringLike':{'aws:PrincipalAccount':'2222*'}",
           "'StringLike':{'aws:PrincipalArn':'arn:aws:iam::22222222222?:root'}",
           "'StringEquals':{'aws:PrincipalAccount':'${aws:ResourceAccount}'}",
           "'StringEquals':{'aws:PrincipalAccount':['222222222222','${aws:userid}']}",
           "'ForAllValues:StringEquals':{'aws:PrincipalOrgPaths':'o-a/r-b/'}",
           "'Bool':{'aws:PrincipalIsAWSService':'false'}",
           "'Null':{'aws:SourceVpc':'false'}",
           "'StringEquals':{'aws:PrincipalTag/team':'blue'}",
           "'StringEquals':{'dynamodb:LeadingKeys':'a'}",
       }) {
    EXPECT_EQ(put(unconfined), open) << unconfined;
  }
}

TEST_F(ResourcePolicyWireTest, APolicyHasRoomFor20480BytesWhiteSpaceIncluded) {
  std::string document =
      Document("{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':'dynamodb:GetItem','Resource':'*'}");
  document.insert(1, std::string(20480 - document.size(), ' '));
  EXPECT_NE(RevisionOf(PutDocument(document)), "");
  EXPECT_EQ(PutDocument(document + " "), InvalidParameter("Maximum policy size of 20480 bytes exceeded"));
}

TEST_F(ResourcePolicyWireTest, PoliciesReadBackInTheirCanonicalForm) {
  const std::string put = PutDocument(
      "{ 'Statement' : {'Resource':['" + std::string(kMusic) +
      "'],'Condition':{'StringEquals':{'aws:PrincipalAccount':['222222222222']}},'Action':['dynamodb:getitem',"
      "'dynamodb:Query','dynamodb:Query'],'Principal':{'AWS':['222222222222','arn:aws:iam::222222222222:root']},"
      "'Effect':'allow'}}");
  const std::string revision = RevisionOf(put);
  EXPECT_EQ(put, "{\"RevisionId\":\"" + revision + "\"}");
  const std::string canonical =
      "{'Version':'2008-10-17','Statement':[{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::222222222222:root'},"
      "'Action':['dynamodb:getitem','dynamodb:Query','dynamodb:Query'],'Resource':'" +
      std::string(kMusic) + "','Condition':{'StringEquals':{'aws:PrincipalAccount':'222222222222'}}}]}";
  std::string shown = "{\"Policy\":";
  json::AppendString(shown, Quoted(canonical));
  EXPECT_EQ(Send("GetResourcePolicy", Named(kMusic)), shown + ",\"RevisionId\":\"" + revision + "\"}");
  // What says the same keeps its revision, but for a Version that was not there.
  const std::string with_version = RevisionOf(PutDocument(canonical));
  EXPECT_NE(with_version, revision);
  EXPECT_EQ(RevisionOf(PutDocument(canonical)), with_version);
}

TEST_F(ResourcePolicyWireTest, RevisionsGuardChanges) {
  const std::string allow = Statement("Allow", kFriend, "dynamodb:GetItem");
  EXPECT_EQ(Send("GetResourcePolicy", Named(kMusic)), NoPolicy(kMusic));
  EXPECT_EQ(Send("DeleteResourcePolicy", Named(kMusic)), "{}");
  EXPECT_EQ(Put(allow, ",'ExpectedRevisionId':'1'"),
            NoPolicy("Requested update for policy with revision id 1, but there is no policy associated to target "
                     "table Music."));
  const std::string first = RevisionOf(Put(allow, ",'ExpectedRevisionId':'NO_POLICY'"));
  EXPECT_EQ(first.size(), 13U);
  const std::string exists = NoPolicy(
      "Requested policy update expecting none to be present for table Music, but a "
      "policy exists with revision id " +
      first + ".");
  EXPECT_EQ(Put(allow, ",'ExpectedRevisionId':'NO_POLICY'"), exists);
  const std::string other = NoPolicy(
      "Requested update for policy with revision id 1, but the policy associated to target table Music has revision "
      "id " +
      first + ".");
  EXPECT_EQ(Put(allow, ",'ExpectedRevisionId':'1'"), other);
  EXPECT_EQ(Send("DeleteResourcePolicy", "{'ResourceArn':'" + std::string(kMusic) + "','ExpectedRevisionId':'1'}"),
            other);
  const std::string second =
      RevisionOf(Put(Statement("Allow", kFriend, "dynamodb:Query"), ",'ExpectedRevisionId':'" + first + "'"));
  EXPECT_GT(second, first);
  const std::string deleted = Send("DeleteResourcePolicy", Named(kMusic));
  EXPECT_GT(RevisionOf(deleted), second);
  EXPECT_EQ(Send("DeleteResourcePolicy", Named(kMusic)), deleted);
  EXPECT_EQ(Send("GetResourcePolicy", Named(kMusic)), NoPolicy(kMusic));
  EXPECT_GT(RevisionOf(Put(allow, ",'ExpectedRevisionId':'NO_POLICY'")), RevisionOf(deleted));
}

TEST_F(ResourcePolicyWireTest, NobodyLocksHimselfOutUnasked) {
  const std::string deny = "{'Effect':'Deny','Principal':'*','Action':'dynamodb:PutResourcePolicy','Resource':'*'}";
  EXPECT_EQ(PutDocument(Document(deny)),
            ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message",
                      "The new resource policy will not allow you to update the resource policy in the future."));
  // Only what meets this very request counts.
  EXPECT_NE(RevisionOf(PutDocument(Document(
                "{'Effect':'Deny','Principal':'*','Action':'dynamodb:PutResourcePolicy','Resource':'*','Condition':"
                "{'StringEquals':{'aws:PrincipalAccount':'222222222222'}}}"))),
            "");
  EXPECT_EQ(
      PutDocument(Document("{'Effect':'Deny','Principal':'*','Action':'dynamodb:PutResourcePolicy','Resource':'*',"
                           "'Condition':{'IpAddress':{'aws:SourceIp':'127.0.0.0/8'}}}"))
          .find("RevisionId"),
      std::string::npos);
  EXPECT_NE(RevisionOf(PutDocument(Document("{'Effect':'Deny','Principal':'*','Action':'dynamodb:DeleteResourcePolicy',"
                                            "'Resource':'*'}"))),
            "");
  EXPECT_NE(RevisionOf(PutDocument(Document(deny), ",'ConfirmRemoveSelfResourceAccess':true")), "");
  EXPECT_EQ(PutDocument(Document(deny)),
            Denied("dynamodb:PutResourcePolicy", kMusic, "with an explicit deny in a resource-based policy", kOwner));
  // The root user can always take it away.
  EXPECT_NE(RevisionOf(Send("DeleteResourcePolicy", Named(kMusic))), "");
}

TEST_F(ResourcePolicyWireTest, ATableMayBeCreatedWithAPolicy) {
  const auto create = [](const std::string& name, const std::string& policy) {
    std::string text;
    json::AppendString(text, Quoted(policy));
    return Quoted("{'TableName':'" + name +
                  "','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],"
                  "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],'ResourcePolicy':") +
           text + "}";
  };
  const std::string created =
      SendRaw("CreateTable", create("Books", Document(Statement("Allow", kFriend, "dynamodb:GetItem")))).body;
  EXPECT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
  EXPECT_EQ(created.find("olicy"), std::string::npos);
  const std::string books = "arn:aws:dynamodb:us-east-1:111111111111:table/Books";
  EXPECT_NE(RevisionOf(Send("GetResourcePolicy", Named(books))), "");
  AwaitDescription("Books", "\"TableStatus\":\"ACTIVE\"");
  EXPECT_EQ(SendAs(kFriend, "GetItem", "{'TableName':'" + books + "','Key':{'pk':{'S':'a'}}}"), "{}");
  EXPECT_EQ(SendRaw("CreateTable", create("Other", "{}")).body,
            Invalid(std::string(kDefect) + "Syntax error at position (1,3)"));
  // With its table its policy goes.
  Send("DeleteTable", "{'TableName':'Books'}");
  while (Send("DescribeTable", "{'TableName':'Books'}").find("TableStatus") != std::string::npos) {
  }
  CreateTable("Books", "S");
  EXPECT_EQ(Send("GetResourcePolicy", Named(books)), NoPolicy(books));
}

// ---- as the service has it: changes lie apart

struct ClockHolder {
  os::ManualClock clock{1'700'000'000'123};
};

class PolicyCooldownTest : protected ClockHolder, public PolicyWireTest {
 protected:
  PolicyCooldownTest() : PolicyWireTest(Options(clock)) {}
  void SetUp() override { CreateTable("Music", "S"); }

  static InProcessOptions Options(os::Clock& clock) {
    InProcessOptions options{.engine = engine::NewMemoryEngine(clock), .clock = clock};
    options.catalogue_settings.delays.policy_ms = table::kServiceDelays.policy_ms;
    options.policy_update_cooldown_ms = table::kServicePolicyCooldownMs;
    return options;
  }
};

TEST_F(PolicyCooldownTest, AChangeWaitsForTheOneBefore) {
  const std::string get = Statement("Allow", kFriend, "dynamodb:GetItem");
  const std::string query = Statement("Allow", kFriend, "dynamodb:Query");
  const std::string pending = InUse(
      "Attempt to change a resource which is still in use: Table is pending previous resource-based policy "
      "update: Music");
  const std::string too_soon =
      ErrorBody("com.amazon.coral.availability#ThrottlingException", "message",
                "Resource-based policy for table Music modified within the previous 15000 milliseconds. Please try "
                "again after 2023-11-14T22:13:35.123Z.");
  EXPECT_EQ(Put(get), "{\"RevisionId\":\"1700000000123\"}");
  EXPECT_EQ(Put(query), pending);
  EXPECT_EQ(Send("DeleteResourcePolicy", Named(kMusic)), pending);
  EXPECT_EQ(
      Send("DeleteTable", "{'TableName':'Music'}"),
      InUse("Attempt to change a resource which is still in use: Table: Music has a pending resource-based policy "
            "update."));
  // What changes nothing need not wait, and revisions are looked at before.
  EXPECT_EQ(Put(get), "{\"RevisionId\":\"1700000000123\"}");
  EXPECT_EQ(Put(query, ",'ExpectedRevisionId':'NO_POLICY'"),
            NoPolicy("Requested policy update expecting none to be present for table Music, but a policy exists with "
                     "revision id 1700000000123."));
  clock.AdvanceMs(2'000);
  EXPECT_EQ(Put(query), too_soon);
  EXPECT_EQ(Send("DeleteResourcePolicy", Named(kMusic)), too_soon);
  clock.AdvanceMs(12'999);
  EXPECT_EQ(Put(query), too_soon);
  clock.AdvanceMs(1);
  EXPECT_EQ(Put(query), "{\"RevisionId\":\"1700000015123\"}");
  clock.AdvanceMs(15'000);
  EXPECT_EQ(Send("DeleteResourcePolicy", Named(kMusic)), "{\"RevisionId\":\"1700000030123\"}");
  EXPECT_EQ(Put(get), pending);
  clock.AdvanceMs(2'000);
  EXPECT_TRUE(Send("DeleteTable", "{'TableName':'Music'}").starts_with("{\"TableDescription\":"));
}

}  // namespace
}  // namespace basalt::server

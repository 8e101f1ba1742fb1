// What the audit log holds of calls: which are recorded, what of them is written down, and what never is.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/audit_wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kSecret = "S3CRETmarker";

class AuditTest : public AuditWireTest {
 protected:
  using AuditWireTest::AuditWireTest;
  void SetUp() override {
    CreateTable("Music", "S", "S");
    ForgetRecords();
  }
};

class AuditAllTest : public AuditTest {
 protected:
  AuditAllTest() : AuditTest({.all_data_events = true}) {}
};

TEST_F(AuditTest, CallsThatManageAreRecorded) {
  Send("DescribeTable", "{'TableName':'Music'}");
  const std::string record = NewRecord();
  EXPECT_EQ(Part(record, "userIdentity"),
            R"({"type":"Root","principalId":"111111111111","arn":"arn:aws:iam::111111111111:root",)"
            R"("accountId":"111111111111","accessKeyId":"111111111111"})");
  EXPECT_EQ(Part(record, "eventSource"), R"("dynamodb.amazonaws.com")");
  EXPECT_EQ(Part(record, "eventName"), R"("DescribeTable")");
  EXPECT_EQ(Part(record, "awsRegion"), R"("us-east-1")");
  EXPECT_EQ(Part(record, "sourceIPAddress"), R"("127.0.0.1")");
  EXPECT_EQ(Part(record, "requestParameters"), R"({"tableName":"Music"})");
  EXPECT_EQ(Part(record, "responseElements"), "null");
  EXPECT_EQ(Part(record, "readOnly"), "true");
  EXPECT_EQ(Part(record, "resources"), R"([{"accountId":"111111111111","type":"AWS::DynamoDB::Table",)"
                                       R"("ARN":"arn:aws:dynamodb:us-east-1:111111111111:table/Music"}])");
  EXPECT_EQ(Part(record, "eventType"), R"("AwsApiCall")");
  EXPECT_EQ(Part(record, "apiVersion"), R"("2012-08-10")");
  EXPECT_EQ(Part(record, "managementEvent"), "true");
  EXPECT_EQ(Part(record, "eventCategory"), R"("Management")");
  EXPECT_EQ(Part(record, "recipientAccountId"), R"("111111111111")");
  EXPECT_EQ(Part(record, "decision"), R"({"effect":"Allow","layer":"root user"})");
  EXPECT_EQ(Part(record, "sharedEventID"), "");
  EXPECT_EQ(Part(record, "errorCode"), "");
}

TEST_F(AuditTest, ARecordHasTheIdOfItsAnswerAndOneOfItsOwn) {
  Sending with;
  with.more = {{"User-Agent", "aws-cli/2.13 \xff"}};
  const Reply reply = ReplyAs(kOwner, "DescribeTable", "{'TableName':'Music'}", with);
  const std::string record = NewRecord();
  EXPECT_EQ(Part(record, "requestID"), "\"" + reply.headers.find("x-amzn-RequestId")->second + "\"");
  EXPECT_EQ(Part(record, "eventID").size(), 38U);
  EXPECT_EQ(Part(record, "userAgent"), R"("aws-cli/2.13 ?")");
}

TEST_F(AuditTest, AnswersOfChangesAreWrittenDownInLowerCaseWithTheirTimesAsText) {
  Send("UpdateTable", "{'TableName':'Music','DeletionProtectionEnabled':true}");
  const std::string record = NewRecord();
  EXPECT_EQ(Part(record, "requestParameters"), R"({"tableName":"Music","deletionProtectionEnabled":true})");
  const std::string answer = Part(record, "responseElements");
  EXPECT_TRUE(answer.starts_with(R"({"tableDescription":{)")) << answer;
  EXPECT_NE(answer.find(R"("tableName":"Music")"), std::string::npos) << answer;
  const std::string created = Part(answer, "creationDateTime");
  EXPECT_TRUE(created.ends_with(" AM\"") || created.ends_with(" PM\"")) << created;
  EXPECT_EQ(Part(record, "readOnly"), "false");
}

TEST_F(AuditTest, ErrorsAreRecordedWithTheirNameAndText) {
  Send("DescribeTable", "{'TableName':'Nothing'}");
  const std::string record = NewRecord();
  EXPECT_EQ(Part(record, "errorCode"), R"("ResourceNotFoundException")");
  EXPECT_EQ(Part(record, "errorMessage"), R"("Requested resource not found: Table: Nothing not found")");
}

TEST_F(AuditTest, ReadsAndWritesOfItemsAreNotRecordedUnlessTheyAreDenied) {
  Send("PutItem", "{'TableName':'Music','Item':{'pk':{'S':'a'},'sk':{'S':'b'}}}");
  Send("GetItem", "{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}}}");
  Send("GetItem", "{'TableName':'Music','Key':{'pk':{'N':'1'}}}");
  EXPECT_TRUE(NewRecords().empty());

  SendAs(kFriend, "GetItem", fmt::format("{{'TableName':'{}','Key':{{'pk':{{'S':'a'}},'sk':{{'S':'b'}}}}}}", kMusic));
  const std::vector<std::string> records = NewRecords();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(Part(records[0], "recipientAccountId"), R"("222222222222")");
  EXPECT_EQ(Part(records[1], "recipientAccountId"), R"("111111111111")");
  EXPECT_EQ(Part(records[0], "sharedEventID"), Part(records[1], "sharedEventID"));
  EXPECT_EQ(Part(records[0], "sharedEventID").size(), 38U);
  EXPECT_NE(Part(records[0], "eventID"), Part(records[1], "eventID"));
  EXPECT_EQ(Part(records[1], "userIdentity"),
            R"({"type":"AWSAccount","principalId":"222222222222","accountId":"222222222222"})");
  for (const std::string& record : records) {
    EXPECT_EQ(Part(record, "errorCode"), R"("AccessDeniedException")");
    EXPECT_EQ(Part(record, "eventCategory"), R"("Data")");
    EXPECT_EQ(Part(record, "managementEvent"), "false");
    EXPECT_EQ(Part(record, "decision"),
              R"({"effect":"Deny","layer":"resource-based policy","action":"dynamodb:GetItem",)"
              R"("resource":"arn:aws:dynamodb:us-east-1:111111111111:table/Music"})");
    EXPECT_EQ(Part(Part(record, "requestParameters"), "key"), R"({"pk":"a","sk":"b"})");
  }
}

TEST_F(AuditAllTest, TheStatementThatDecidedIsNamed) {
  Put(Statement("Allow", kFriend, "dynamodb:GetItem", kMusic, ",'Sid':'Friends'") + "," +
      Statement("Deny", kFriend, "dynamodb:PutItem", kMusic));
  ForgetRecords();
  SendAs(kFriend, "GetItem", fmt::format("{{'TableName':'{}','Key':{{'pk':{{'S':'a'}},'sk':{{'S':'b'}}}}}}", kMusic));
  std::vector<std::string> records = NewRecords();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(Part(records[0], "errorCode"), "");
  EXPECT_EQ(Part(records[1], "decision"),
            R"({"effect":"Allow","layer":"resource-based policy","action":"dynamodb:GetItem",)"
            R"("resource":"arn:aws:dynamodb:us-east-1:111111111111:table/Music",)"
            R"("policy":"arn:aws:dynamodb:us-east-1:111111111111:table/Music","statementId":"Friends",)"
            R"("statementNumber":0})");
  SendAs(kFriend, "PutItem", fmt::format("{{'TableName':'{}','Item':{{'pk':{{'S':'a'}},'sk':{{'S':'b'}}}}}}", kMusic));
  records = NewRecords();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(Part(Part(records[1], "decision"), "effect"), R"("Deny")");
  EXPECT_EQ(Part(Part(records[1], "decision"), "statementNumber"), "1");
}

TEST_F(AuditTest, AChangedPolicyIsRecordedWithTheRevisionsBeforeAndAfter) {
  const std::string first = RevisionOf(Put(Statement("Allow", kFriend, "dynamodb:GetItem", kMusic)));
  EXPECT_EQ(Part(NewRecord(), "additionalEventData"), "");
  const std::string second = RevisionOf(Put(Statement("Allow", kFriend, "dynamodb:PutItem", kMusic)));
  std::string record = NewRecord();
  EXPECT_EQ(Part(record, "additionalEventData"), "{\"previousRevisionId\":\"" + first + "\"}");
  EXPECT_EQ(Part(record, "responseElements"), "{\"revisionId\":\"" + second + "\"}");
  Send("DeleteResourcePolicy", fmt::format("{{'ResourceArn':'{}'}}", kMusic));
  record = NewRecord();
  EXPECT_EQ(Part(record, "additionalEventData"), "{\"previousRevisionId\":\"" + second + "\"}");
}

TEST_F(AuditTest, OfTlsTheHostIsKnown) {
  Sending with;
  with.peer.tls = true;
  with.host = "127.0.0.1:8443";
  ReplyAs(kOwner, "ListTables", "{}", with);
  EXPECT_EQ(Part(NewRecord(), "tlsDetails"), R"({"clientProvidedHostHeader":"127.0.0.1:8443"})");
}

TEST_F(AuditTest, StrangersAreNotRecorded) {
  Sending with;
  with.sign = false;
  ReplyAs(kOwner, "DescribeTable", "{'TableName':'Music'}", with);
  Send("NoSuchOperation", "{}");
  server_.Send("DynamoDB_20120810.DescribeTable", "{", Sending());
  EXPECT_TRUE(NewRecords().empty());
}

TEST_F(AuditAllTest, OfItemsTheKeyAndTheNamesAreWrittenDown) {
  EXPECT_EQ(Parameters("PutItem",
                       "{'TableName':'Music','Item':{'pk':{'S':'a'},'sk':{'S':'b'},'c':{'N':'7'}},"
                       "'ConditionExpression':'#n <> :v','ExpressionAttributeNames':{'#n':'c'},"
                       "'ExpressionAttributeValues':{':v':{'S':'x'}},'ReturnConsumedCapacity':'TOTAL'}"),
            R"({"returnConsumedCapacity":"TOTAL","tableName":"Music","key":{"pk":"a","sk":"b"},)"
            R"("item":["pk","sk","c"],"conditionExpression":"#n <> :v","expressionAttributeNames":{"#n":"c"}})");
  EXPECT_EQ(Parameters("GetItem",
                       "{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}},'ProjectionExpression':'c',"
                       "'ConsistentRead':true}"),
            R"({"tableName":"Music","key":{"pk":"a","sk":"b"},"consistentRead":true,"projectionExpression":"c"})");
  EXPECT_EQ(Parameters("UpdateItem",
                       "{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}},'UpdateExpression':'SET c = :v',"
                       "'ExpressionAttributeValues':{':v':{'S':'x'}},'ReturnValues':'ALL_NEW'}"),
            R"({"tableName":"Music","returnValues":"ALL_NEW","key":{"pk":"a","sk":"b"},)"
            R"("updateExpression":"SET c = :v"})");
  EXPECT_EQ(Parameters("DeleteItem", "{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}}}"),
            R"({"tableName":"Music","key":{"pk":"a","sk":"b"}})");
  EXPECT_EQ(Parameters("Query",
                       "{'TableName':'Music','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':"
                       "{':p':{'S':'a'}},'Limit':3,'ExclusiveStartKey':{'pk':{'S':'a'},'sk':{'S':'b'}}}"),
            R"({"tableName":"Music","limit":3,"exclusiveStartKey":{"pk":"a","sk":"b"},)"
            R"("keyConditionExpression":"pk = :p"})");
  EXPECT_EQ(Parameters("Scan", "{'TableName':'Music','TotalSegments':2,'Segment':1}"),
            R"({"totalSegments":2,"tableName":"Music","segment":1})");
}

TEST_F(AuditAllTest, OfBatchesAndTransactionsEachEntryIsWrittenDown) {
  EXPECT_EQ(
      Parameters("BatchWriteItem",
                 "{'RequestItems':{'Music':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'S':'b'},'c':{'S':'x'}}}},"
                 "{'DeleteRequest':{'Key':{'pk':{'S':'c'},'sk':{'S':'d'}}}}]}}"),
      R"({"requestItems":{"Music":[{"putRequest":{"key":{"pk":"a","sk":"b"},"item":["pk","sk","c"]}},)"
      R"({"deleteRequest":{"key":{"pk":"c","sk":"d"}}}]}})");
  EXPECT_EQ(Parameters("BatchGetItem",
                       "{'RequestItems':{'Music':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'b'}}],'ConsistentRead':true}}}"),
            R"({"requestItems":{"Music":{"keys":[{"pk":"a","sk":"b"}],"consistentRead":true}}})");
  EXPECT_EQ(Parameters("TransactWriteItems",
                       "{'TransactItems':[{'Put':{'TableName':'Music','Item':{'pk':{'S':'p'},'sk':{'S':'q'},'c':"
                       "{'S':'x'}}}},{'Update':{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}},"
                       "'UpdateExpression':'SET c = :v','ExpressionAttributeValues':{':v':{'S':'x'}}}}]}"),
            R"({"requestItems":[{"operation":"Put","key":{"pk":"p","sk":"q"},"items":["pk","sk","c"],)"
            R"("tableName":"Music"},{"operation":"Update","key":{"pk":"a","sk":"b"},)"
            R"("updateExpression":"SET c = :v","tableName":"Music"}]})");
  EXPECT_EQ(Parameters("TransactGetItems",
                       "{'TransactItems':[{'Get':{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}}}}]}"),
            R"({"requestItems":[{"operation":"Get","key":{"pk":"a","sk":"b"},"tableName":"Music"}]})");
}

TEST_F(AuditAllTest, OfStatementsLiteralsAreHiddenThatAreOfNoKey) {
  EXPECT_EQ(Parameters("ExecuteStatement",
                       R"({'Statement':"SELECT * FROM Music WHERE pk = \u0027a\u0027 AND c = \u0027x\u0027"})"),
            R"x({"statement":"SELECT * FROM Music WHERE pk = 'a' AND c = ***(Redacted)"})x");
  ForgetRecords();
  SendRaw("ExecuteStatement", R"({"Statement":"INSERT INTO Music VALUE {'pk':'a','sk':?}","Parameters":[{"S":"x"}]})");
  const std::string record = NewRecord();
  EXPECT_EQ(Part(record, "requestParameters"),
            R"({"statement":"INSERT INTO Music VALUE {'pk':***(Redacted),'sk':?}"})");
  EXPECT_EQ(Part(record, "readOnly"), "false");
  EXPECT_EQ(
      Parameters("BatchExecuteStatement",
                 R"({'Statements':[{'Statement':"DELETE FROM Music WHERE pk=\u0027a\u0027 AND sk=\u0027b\u0027"}]})"),
      R"({"requestItems":[{"statement":"DELETE FROM Music WHERE pk='a' AND sk='b'"}]})");
  ForgetRecords();
  SendRaw("ExecuteTransaction", R"({"TransactStatements":[{"Statement":"SELEKT 'S3CRETmarker' FROM"}]})");
  EXPECT_EQ(Part(NewRecord(), "requestParameters"), R"x({"requestItems":[{"statement":"***(Redacted)"}]})x");
}

// Every position of a request that holds a value, in good requests and in bad ones.
TEST_F(AuditAllTest, NoValueThatIsOfNoKeyIsEverWrittenDown) {
  const std::vector<std::pair<std::string, std::string>> requests = {
      {"PutItem",
       "{'TableName':'Music','Item':{'pk':{'S':'k'},'sk':{'S':'k'},'a':{'S':'S3CRETmarker'},"
       "'b':{'M':{'c':{'L':[{'SS':['S3CRETmarker']}]}}}},'ConditionExpression':'a <> :v',"
       "'ExpressionAttributeValues':{':v':{'S':'S3CRETmarker'}}}"},
      {"PutItem", "{'TableName':'Music','Item':{'pk':{'S':'k'},'sk':{'S':'k'},'a':{'N':'S3CRETmarker'}}}"},
      {"PutItem", "{'TableName':'Music','Item':{'pk':{'M':{'a':{'S':'S3CRETmarker'}}},'sk':{'S':'k'}}}"},
      {"PutItem", "{'TableName':'Music','Item':{'pk':{'S':'k'},'a':{'S':'S3CRETmarker'}}}"},
      {"PutItem", "{'TableName':'Music','Item':{'pk':{'S':'k'},'sk':{'S':'k'},'a':{'NS':['1','S3CRETmarker']}}}"},
      {"PutItem", "{'TableName':'Nowhere','Item':{'pk':{'S':'S3CRETmarker'}}}"},
      {"PutItem",
       "{'TableName':'Music','Item':{'pk':{'S':'k'},'sk':{'S':'k'}},'Expected':{'a':{'Value':"
       "{'S':'S3CRETmarker'}}}}"},
      {"GetItem", "{'TableName':'Music','Key':{'pk':{'S':'k'},'sk':{'S':'k'},'a':{'S':'S3CRETmarker'}}}"},
      {"UpdateItem",
       "{'TableName':'Music','Key':{'pk':{'S':'k'},'sk':{'S':'k'}},'AttributeUpdates':{'a':{'Value':"
       "{'S':'S3CRETmarker'},'Action':'PUT'}}}"},
      {"UpdateItem",
       "{'TableName':'Music','Key':{'pk':{'S':'k'},'sk':{'S':'k'}},'UpdateExpression':'SET a = :v',"
       "'ExpressionAttributeValues':{':v':{'N':'S3CRETmarker'}}}"},
      {"Query",
       "{'TableName':'Music','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':"
       "[{'S':'k'}]}},'QueryFilter':{'a':{'ComparisonOperator':'EQ','AttributeValueList':"
       "[{'S':'S3CRETmarker'}]}}}"},
      {"Query",
       "{'TableName':'Music','KeyConditionExpression':'pk = :p','FilterExpression':'a = :v',"
       "'ExpressionAttributeValues':{':p':{'S':'k'},':v':{'S':'S3CRETmarker'}},"
       "'ExclusiveStartKey':{'pk':{'S':'k'},'sk':{'S':'k'},'a':{'S':'S3CRETmarker'}}}"},
      {"Scan",
       "{'TableName':'Music','ScanFilter':{'a':{'ComparisonOperator':'EQ','AttributeValueList':"
       "[{'S':'S3CRETmarker'}]}}}"},
      {"BatchWriteItem",
       "{'RequestItems':{'Music':[{'PutRequest':{'Item':{'pk':{'S':'k'},'sk':{'S':'k'},'a':"
       "{'B':'UzNDUkVUbWFya2Vy'},'b':{'S':'S3CRETmarker'}}}}]}}"},
      {"BatchGetItem",
       "{'RequestItems':{'Music':{'Keys':[{'pk':{'S':'k'},'sk':{'S':'k'},'a':"
       "{'S':'S3CRETmarker'}}]}}}"},
      {"TransactWriteItems",
       "{'TransactItems':[{'ConditionCheck':{'TableName':'Music','Key':{'pk':{'S':'k'},'sk':"
       "{'S':'k'}},'ConditionExpression':'a = :v','ExpressionAttributeValues':{':v':"
       "{'S':'S3CRETmarker'}},'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}]}"},
      {"TransactWriteItems",
       "{'TransactItems':[{'Put':{'TableName':'Music','Item':{'pk':{'S':'k'},'sk':{'S':'k'},"
       "'a':{'N':'S3CRETmarker'}}}}]}"},
      {"ExecuteStatement",
       "{'Statement':'SELECT * FROM Music WHERE pk = ? AND a = ?','Parameters':[{'S':'k'},"
       "{'S':'S3CRETmarker'}]}"},
      {"ExecuteStatement", R"({'Statement':"SELECT * FROM Music WHERE a = \u0027S3CRETmarker\u0027"})"},
      {"ExecuteStatement", R"({'Statement':"UPDATE Music SET a = \u0027S3CRETmarker\u0027 WHERE pk = \u0027k\u0027"})"},
      {"ExecuteStatement", R"({'Statement':"INSERT INTO Music VALUE {\u0027a\u0027: \u0027S3CRETmarker\u0027}"})"},
      {"ExecuteStatement", R"({'Statement':"SELECT * FROM Music WHERE a = \u0027S3CRETmarker"})"},
      {"BatchExecuteStatement",
       R"({'Statements':[{'Statement':"INSERT INTO Music VALUE {\u0027pk\u0027: \u0027k\u0027, )"
       R"(\u0027sk\u0027: \u0027k\u0027, \u0027a\u0027: [\u0027S3CRETmarker\u0027]}"}]})"},
      {"ExecuteTransaction", R"({'TransactStatements':[{'Statement':"UPDATE Music SET a = \u0027S3CRETmarker\u0027 )"
                             R"(WHERE pk = \u0027k\u0027 AND sk = \u0027k\u0027"}]})"},
  };
  for (const auto& [operation, request] : requests) {
    Send(operation, request);
    const std::string record = NewRecord();
    EXPECT_EQ(Part(record, "eventName"), "\"" + operation + "\"");
    EXPECT_EQ(record.find(kSecret), std::string::npos) << record;
    EXPECT_EQ(record.find("UzNDUkVUbWFya2Vy"), std::string::npos) << record;
  }
}

TEST_F(AuditAllTest, WhatIsTooLargeIsLeftOut) {
  std::string long_names = "{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}},'AttributesToGet':['" +
                           std::string(120'000, 'x') + "']}";
  EXPECT_EQ(Parameters("GetItem", long_names), "null");
  ForgetRecords();
  Send("DescribeTable", "{'TableName':'" + std::string(5'000, 'x') + "'}");
  EXPECT_LE(Part(NewRecord(), "errorMessage").size(), 1'002U);
}

TEST_F(AuditAllTest, AnOwnerLearnsOnlyOfItsOwnTablesFromABatchOverSeveralAccounts) {
  Put(Statement("Allow", kFriend, "dynamodb:*", kMusic));
  SendAs(kFriend, "CreateTable",
         "{'TableName':'Mine','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],"
         "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}]}");
  AwaitDescription("Mine", "\"TableStatus\":\"ACTIVE\"", std::string(kFriend));
  ForgetRecords();
  SendAs(kFriend, "BatchGetItem",
         fmt::format("{{'RequestItems':{{'{}':{{'Keys':[{{'pk':{{'S':'a'}},'sk':{{'S':'b'}}}}]}},"
                     "'Mine':{{'Keys':[{{'pk':{{'S':'hidden'}}}}]}}}}}}",
                     kMusic));
  const std::vector<std::string> records = NewRecords();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_NE(records[0].find("hidden"), std::string::npos);
  EXPECT_EQ(records[1].find("hidden"), std::string::npos) << records[1];
  EXPECT_EQ(records[1].find("Mine"), std::string::npos) << records[1];
  EXPECT_EQ(Part(records[1], "requestParameters"),
            fmt::format(R"({{"requestItems":{{"{}":{{"keys":[{{"pk":"a","sk":"b"}}]}}}}}})", kMusic));
}

TEST_F(AuditTest, ADenialInsideABatchOfStatementsIsRecordedThoughTheCallGoesOn) {
  SendAs(kFriend, "BatchExecuteStatement",
         fmt::format(
             R"({{'Statements':[{{'Statement':"SELECT * FROM \"{}\" WHERE pk=\u0027a\u0027 AND sk=\u0027b\u0027"}}]}})",
             kMusic));
  const std::vector<std::string> records = NewRecords();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(Part(Part(records[0], "decision"), "effect"), R"("Deny")");
}

TEST_F(AuditTest, OtherServicesAreRecordedUnderTheirNames) {
  Sending with;
  with.content_type = "application/x-amz-json-1.1";
  with.service = "kms";
  server_.Send("TrentService.DescribeKey", R"({"KeyId":"alias/aws/dynamodb"})", with);
  std::string record = NewRecord();
  EXPECT_EQ(Part(record, "eventSource"), R"("kms.amazonaws.com")");
  EXPECT_EQ(Part(record, "eventName"), R"("DescribeKey")");
  EXPECT_EQ(Part(record, "apiVersion"), "");
  with = {};
  with.content_type = "application/x-www-form-urlencoded";
  with.service = "sts";
  server_.Send("", "Action=GetCallerIdentity&Version=2011-06-15", with);
  record = NewRecord();
  EXPECT_EQ(Part(record, "eventSource"), R"("sts.amazonaws.com")");
  EXPECT_EQ(Part(record, "apiVersion"), R"("2011-06-15")");
  EXPECT_EQ(Part(record, "readOnly"), "true");
  with = {};
  server_.Send("DynamoDBStreams_20120810.ListStreams", "{}", with);
  EXPECT_EQ(Part(NewRecord(), "eventCategory"), R"("Management")");
  server_.Send("DynamoDBStreams_20120810.GetRecords", R"({"ShardIterator":"x"})", with);
  EXPECT_TRUE(NewRecords().empty());
}

TEST_F(AuditTest, WhatCannotBeRecordedIsAnsweredAllTheSame) {
  files().StopAt(files().mutation_count());
  EXPECT_EQ(SendRaw("DescribeTable", R"({"TableName":"Music"})").status, 200);
  EXPECT_EQ(SendRaw("DescribeTable", R"({"TableName":"Music"})").status, 200);
  files().StopAt(UINT64_MAX);
}

class StrictAuditTest : public AuditTest {
 protected:
  StrictAuditTest() : AuditTest({.all_data_events = true, .strict = true}) {}
};

TEST_F(StrictAuditTest, WhatCannotBeRecordedIsNotAnsweredNorDone) {
  ASSERT_EQ(SendRaw("PutItem", R"({"TableName":"Music","Item":{"pk":{"S":"a"},"sk":{"S":"b"}}})").status, 200);
  files().StopAt(files().mutation_count());
  const Reply reply = SendRaw("DescribeTable", R"({"TableName":"Music"})");
  EXPECT_EQ(reply.status, 500);
  EXPECT_NE(reply.body.find("InternalServerError"), std::string::npos) << reply.body;
  // From then on nothing is carried out.
  EXPECT_EQ(SendRaw("PutItem", R"({"TableName":"Music","Item":{"pk":{"S":"c"},"sk":{"S":"d"}}})").status, 500);
  files().StopAt(UINT64_MAX);
  for (int i = 0; i < 100 && SendRaw("DescribeTable", R"({"TableName":"Music"})").status != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(Send("GetItem", "{'TableName':'Music','Key':{'pk':{'S':'a'},'sk':{'S':'b'}}}"),
            R"({"Item":{"pk":{"S":"a"},"sk":{"S":"b"}}})");
  EXPECT_EQ(Send("GetItem", "{'TableName':'Music','Key':{'pk':{'S':'c'},'sk':{'S':'d'}}}"), "{}");
}

}  // namespace
}  // namespace basalt::server

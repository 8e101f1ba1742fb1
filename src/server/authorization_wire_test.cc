// What policies of tables and streams let other accounts do, and what they keep the owner from: every operation, every
// key of a condition, byte for byte where the answer is a refusal.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "server/policy_wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kDeniedHere = "with an explicit deny in a resource-based policy";

bool IsDenied(std::string_view answer) { return answer.find("AccessDeniedException") != std::string_view::npos; }

// A table "Music" of the owner's: keys pk and sk, an index "byYear" by year, tags, one item.
class AuthorizationWireTest : public PolicyWireTest {
 protected:
  explicit AuthorizationWireTest(InProcessOptions options = {}) : PolicyWireTest(std::move(options)) {}

  void SetUp() override {
    MakeTable(kOwner, "Music");
    EXPECT_EQ(Send("PutItem", "{'TableName':'Music','Item':{'pk':{'S':'a'},'sk':{'S':'1'},'year':{'N':'1999'}}}"),
              "{}");
  }

  void MakeTable(std::string_view account, const std::string& name, std::string_view more = "") {
    const std::string created = SendAs(
        account, "CreateTable",
        fmt::format(
            "{{'TableName':'{}','BillingMode':'PAY_PER_REQUEST','KeySchema':[{{'AttributeName':'pk','KeyType':"
            "'HASH'}},{{'AttributeName':'sk','KeyType':'RANGE'}}],'AttributeDefinitions':[{{'AttributeName':'pk',"
            "'AttributeType':'S'}},{{'AttributeName':'sk','AttributeType':'S'}},{{'AttributeName':'year',"
            "'AttributeType':'N'}}],'GlobalSecondaryIndexes':[{{'IndexName':'byYear','KeySchema':[{{"
            "'AttributeName':'year','KeyType':'HASH'}}],'Projection':{{'ProjectionType':'ALL'}}}}],'Tags':[{{"
            "'Key':'team','Value':'blue'}}]{}}}",
            name, more));
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"", std::string(account));
  }

  void MustPut(std::string_view statements, std::string_view arn = kMusic) {
    const std::string answer = Put(statements, "", arn);
    ASSERT_NE(RevisionOf(answer), "") << answer << statements;
  }
  // Of the table's policy there is this one statement about the friend.
  void Grant(std::string_view actions, std::string_view condition = "") {
    MustPut(fmt::format("{{'Effect':'Allow','Principal':{{'AWS':'{}'}},'Action':{},'Resource':'*'{}}}", kFriend,
                        actions, condition.empty() ? "" : fmt::format(",'Condition':{{{}}}", condition)));
  }

  // Of the friend's request for the owner's table.
  std::string Ask(const std::string& operation, std::string_view members, const Sending& with = {}) {
    return SendAs(kFriend, operation, fmt::format("{{'TableName':'{}',{}}}", kMusic, members), with);
  }
  std::string Get(const Sending& with = {}) { return Ask("GetItem", kKey, with); }

  static constexpr std::string_view kKey = "'Key':{'pk':{'S':'a'},'sk':{'S':'1'}}";
};

// ---- operations

struct Crossing {
  std::string operation;
  std::string request;  // TABLE stands for the table's ARN
  std::string action;   // what has to be granted
  std::string resource = "TABLE";
  bool is_control = false;
};

std::string WithArn(std::string text) {
  constexpr std::string_view kPlace = "TABLE";
  for (size_t at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace)) {
    text.replace(at, kPlace.size(), kMusic);
  }
  return text;
}

TEST_F(AuthorizationWireTest, EachOperationThatCrossesAccountsIsOpenToWhomItIsGranted) {
  const std::string key = std::string(kKey);
  const std::string condition = ",'KeyConditionExpression':'pk = :a','ExpressionAttributeValues':{':a':{'S':'a'}}";
  const std::string of_year =
      ",'KeyConditionExpression':'#y = :y','ExpressionAttributeNames':{'#y':'year'},"
      "'ExpressionAttributeValues':{':y':{'N':'1999'}}";
  const std::vector<Crossing> crossings = {
      {"GetItem", "{'TableName':'TABLE'," + key + "}", "GetItem"},
      {"PutItem", "{'TableName':'TABLE','Item':{'pk':{'S':'b'},'sk':{'S':'1'}}}", "PutItem"},
      {"UpdateItem", "{'TableName':'TABLE'," + key + ",'UpdateExpression':'SET v = pk'}", "UpdateItem"},
      {"DeleteItem", "{'TableName':'TABLE','Key':{'pk':{'S':'b'},'sk':{'S':'1'}}}", "DeleteItem"},
      {"Query", "{'TableName':'TABLE'" + condition + "}", "Query"},
      {"Query", "{'TableName':'TABLE','IndexName':'byYear'" + of_year + "}", "Query", "TABLE/index/byYear"},
      {"Scan", "{'TableName':'TABLE'}", "Scan"},
      {"Scan", "{'TableName':'TABLE','IndexName':'byYear'}", "Scan", "TABLE/index/byYear"},
      {"BatchGetItem", "{'RequestItems':{'TABLE':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'1'}}]}}}", "BatchGetItem"},
      {"BatchWriteItem", "{'RequestItems':{'TABLE':[{'DeleteRequest':{'Key':{'pk':{'S':'b'},'sk':{'S':'1'}}}}]}}",
       "BatchWriteItem"},
      {"TransactGetItems", "{'TransactItems':[{'Get':{'TableName':'TABLE'," + key + "}}]}", "GetItem"},
      {"TransactWriteItems", "{'TransactItems':[{'Put':{'TableName':'TABLE','Item':{'pk':{'S':'b'},'sk':{'S':'1'}}}}]}",
       "PutItem"},
      {"TransactWriteItems",
       "{'TransactItems':[{'Update':{'TableName':'TABLE'," + key + ",'UpdateExpression':'SET v = pk'}}]}",
       "UpdateItem"},
      {"TransactWriteItems",
       "{'TransactItems':[{'ConditionCheck':{'TableName':'TABLE'," + key +
           ",'ConditionExpression':"
           "'attribute_exists(pk)'}}]}",
       "ConditionCheckItem"},
      {"TransactWriteItems",
       "{'TransactItems':[{'Delete':{'TableName':'TABLE','Key':{'pk':{'S':'b'},'sk':{'S':'1'}}}}]}", "DeleteItem"},
      {"DescribeTable", "{'TableName':'TABLE'}", "DescribeTable", "TABLE", true},
      {"ListTagsOfResource", "{'ResourceArn':'TABLE'}", "ListTagsOfResource", "TABLE", true},
      {"TagResource", "{'ResourceArn':'TABLE','Tags':[{'Key':'a','Value':'b'}]}", "TagResource", "TABLE", true},
      {"UntagResource", "{'ResourceArn':'TABLE','TagKeys':['a']}", "UntagResource", "TABLE", true},
      {"UpdateTable", "{'TableName':'TABLE','DeletionProtectionEnabled':false}", "UpdateTable", "TABLE", true},
      {"DeleteTable", "{'TableName':'TABLE'}", "DeleteTable", "TABLE", true},
  };
  for (const Crossing& crossing : crossings) {
    const std::string request = WithArn(crossing.request);
    const std::string resource = WithArn(crossing.resource);
    const std::string action = "dynamodb:" + crossing.action;
    const auto refused = [&](std::string_view account) {
      return crossing.is_control
                 ? ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message", "Access is denied")
                 : NotGranted(action, resource, account);
    };
    Send("DeleteResourcePolicy", fmt::format("{{'ResourceArn':'{}'}}", kMusic));
    EXPECT_EQ(SendAs(kFriend, crossing.operation, request), refused(kFriend)) << request;
    MustPut(Statement("Allow", kFriend, action, resource));
    const Reply granted = ReplyAs(kFriend, crossing.operation, request);
    EXPECT_EQ(granted.status, 200) << crossing.operation << request << granted.body;
    EXPECT_EQ(SendAs(kStranger, crossing.operation, request), refused(kStranger)) << request;
  }
}

TEST_F(AuthorizationWireTest, OperationsThatDoNotCrossAccountsStayShutWhateverIsGranted) {
  MustPut(Statement("Allow", kFriend, "dynamodb:*"));
  const std::string shut = ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message", "Access is denied");
  const std::string name = fmt::format("{{'TableName':'{}'}}", kMusic);
  EXPECT_EQ(SendAs(kFriend, "DescribeTimeToLive", name), shut);
  EXPECT_EQ(SendAs(kFriend, "DescribeContinuousBackups", name), shut);
  EXPECT_EQ(Ask("UpdateTimeToLive", "'TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}"), shut);
  const std::string foreign =
      Invalid("This action is only supported by accounts that match the resource owner\u2019s account.");
  const std::string resource = fmt::format("{{'ResourceArn':'{}'}}", kMusic);
  EXPECT_EQ(SendAs(kFriend, "GetResourcePolicy", resource), foreign);
  EXPECT_EQ(SendAs(kFriend, "DeleteResourcePolicy", resource), foreign);
  const std::string arn(kMusic);
  const auto quoted = [](std::string text) { return "\\\"" + std::move(text) + "\\\""; };
  const std::string select = "SELECT * FROM " + quoted(arn) + " WHERE pk = 'a' AND sk = '1'";
  const std::string deletion = "DELETE FROM " + quoted(arn) + " WHERE pk = 'a' AND sk = '1'";
  const auto raw = [this](const std::string& operation, const std::string& body) {
    Sending with;
    with.access_key_id = kFriend;
    return server_.Send("DynamoDB_20120810." + operation, body, with).body;  // with quotes of both kinds
  };
  EXPECT_EQ(raw("ExecuteStatement", R"({"Statement":")" + select + "\"}"),
            NotGranted("dynamodb:PartiQLSelect", kMusic));
  EXPECT_EQ(raw("ExecuteStatement", R"({"Statement":")" + deletion + "\"}"),
            NotGranted("dynamodb:PartiQLDelete", kMusic));
  EXPECT_EQ(raw("ExecuteTransaction", R"({"TransactStatements":[{"Statement":")" + select + "\"}]}"),
            NotGranted("dynamodb:PartiQLSelect", kMusic));
  const std::string batch = raw("BatchExecuteStatement", R"({"Statements":[{"Statement":")" + select + "\"}]}");
  EXPECT_NE(batch.find(R"("Error":{"Code":"AccessDenied")"), std::string::npos) << batch;
}

TEST_F(AuthorizationWireTest, WhatIsNotThereIsRefusedLikeWhatIsNotGranted) {
  MustPut(Statement("Allow", kFriend, "dynamodb:GetItem"));
  const std::string none = "arn:aws:dynamodb:us-east-1:111111111111:table/None";
  EXPECT_EQ(SendAs(kFriend, "GetItem", fmt::format("{{'TableName':'{}',{}}}", none, kKey)),
            NotGranted("dynamodb:GetItem", none));
  EXPECT_EQ(SendAs(kFriend, "ListTables", "{}"), "{\"TableNames\":[]}");
  // A bare name is always the caller's own.
  EXPECT_EQ(SendAs(kFriend, "GetItem", fmt::format("{{'TableName':'Music',{}}}", kKey)), NotFound());
}

TEST_F(AuthorizationWireTest, AnIndexIsGrantedByItself) {
  const std::string index = std::string(kMusic) + "/index/byYear";
  const std::string scan = "'IndexName':'byYear'";
  MustPut(Statement("Allow", kFriend, "dynamodb:Scan", kMusic));
  EXPECT_EQ(Ask("Scan", scan), NotGranted("dynamodb:Scan", index));
  MustPut(Statement("Allow", kFriend, "dynamodb:Scan", std::string(kMusic) + "/index/*"));
  EXPECT_FALSE(IsDenied(Ask("Scan", scan)));
  EXPECT_EQ(Ask("Scan", "'Limit':1"), NotGranted("dynamodb:Scan", kMusic));
}

TEST_F(AuthorizationWireTest, OneDeniedPartDeniesTheWholeCall) {
  const std::string theirs = "arn:aws:dynamodb:us-east-1:222222222222:table/Theirs";
  MakeTable(kFriend, "Theirs");
  const std::string reads = fmt::format(
      "{{'RequestItems':{{'{0}':{{'Keys':[{{'pk':{{'S':'a'}},'sk':{{'S':'1'}}}}],'ProjectionExpression':'pk'}},"
      "'{1}':{{'Keys':[{{'pk':{{'S':'a'}},'sk':{{'S':'1'}}}}]}}}},'ReturnConsumedCapacity':'TOTAL'}}",
      kMusic, theirs);
  const std::string writes = fmt::format(
      "{{'RequestItems':{{'{0}':[{{'PutRequest':{{'Item':{{'pk':{{'S':'b'}},'sk':{{'S':'1'}}}}}}}}],"
      "'{1}':[{{'PutRequest':{{'Item':{{'pk':{{'S':'b'}},'sk':{{'S':'1'}}}}}}}}]}}}}",
      kMusic, theirs);
  EXPECT_EQ(SendAs(kFriend, "BatchGetItem", reads), NotGranted("dynamodb:BatchGetItem", kMusic));
  EXPECT_EQ(SendAs(kFriend, "BatchWriteItem", writes), NotGranted("dynamodb:BatchWriteItem", kMusic));
  EXPECT_EQ(SendAs(kFriend, "GetItem", "{'TableName':'Theirs','Key':{'pk':{'S':'b'},'sk':{'S':'1'}}}"), "{}");
  Grant("['dynamodb:BatchGetItem','dynamodb:BatchWriteItem','dynamodb:PutItem','dynamodb:GetItem']");
  // Batches go over accounts; answers name tables as the request did.
  EXPECT_EQ(SendAs(kFriend, "BatchGetItem", reads),
            Quoted(fmt::format("{{'Responses':{{'{0}':[{{'pk':{{'S':'a'}}}}],'{1}':[]}},'UnprocessedKeys':{{}},"
                               "'ConsumedCapacity':[{{'TableName':'{0}','CapacityUnits':0.5}},{{'TableName':'{1}',"
                               "'CapacityUnits':0.5}}]}}",
                               kMusic, theirs)));
  EXPECT_EQ(SendAs(kFriend, "BatchWriteItem", writes), "{\"UnprocessedItems\":{}}");
  EXPECT_NE(SendAs(kFriend, "GetItem", "{'TableName':'Theirs','Key':{'pk':{'S':'b'},'sk':{'S':'1'}}}"), "{}");
  // Transactions do not.
  const auto different = [](std::string_view operation) {
    return Canceled(
        "None, ValidationError",
        fmt::format("{{'Code':'None'}},{{'Code':'ValidationError','Message':'A table in the {} request is in "
                    "a different account or region'}}",
                    operation));
  };
  EXPECT_EQ(SendAs(kFriend, "TransactGetItems",
                   fmt::format("{{'TransactItems':[{{'Get':{{'TableName':'Theirs',{1}}}}},{{'Get':{{'TableName':'{0}',"
                               "{1}}}}}]}}",
                               kMusic, kKey)),
            different("TransactGetItems"));
  const std::string item = "'Item':{'pk':{'S':'c'},'sk':{'S':'1'}}";
  EXPECT_EQ(SendAs(kFriend, "TransactWriteItems",
                   fmt::format("{{'TransactItems':[{{'Put':{{'TableName':'Theirs',{1}}}}},{{'Put':{{'TableName':'{0}',"
                               "{1}}}}}]}}",
                               kMusic, item)),
            different("TransactWriteItems"));
  EXPECT_EQ(SendAs(kFriend, "GetItem", "{'TableName':'Theirs','Key':{'pk':{'S':'c'},'sk':{'S':'1'}}}"), "{}");
}

TEST_F(AuthorizationWireTest, ADenyHoldsForTheOwnerToo) {
  const std::string get = fmt::format("{{'TableName':'Music',{}}}", kKey);
  MustPut("{'Effect':'Deny','Principal':'*','Action':['dynamodb:GetItem','dynamodb:DeleteTable'],'Resource':'*'}");
  EXPECT_EQ(Send("GetItem", get), Denied("dynamodb:GetItem", kMusic, kDeniedHere, kOwner));
  EXPECT_EQ(Get(), Denied("dynamodb:GetItem", kMusic, kDeniedHere, kFriend));
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"), Denied("dynamodb:DeleteTable", kMusic, kDeniedHere, kOwner));
  EXPECT_FALSE(IsDenied(Send("Scan", "{'TableName':'Music'}")));
  // It is in force at once, and gone at once.
  EXPECT_NE(RevisionOf(Send("DeleteResourcePolicy", fmt::format("{{'ResourceArn':'{}'}}", kMusic))), "");
  EXPECT_FALSE(IsDenied(Send("GetItem", get)));
}

TEST_F(AuthorizationWireTest, AccessIsDecidedBeforeStatesAndProtection) {
  EXPECT_FALSE(IsDenied(Send("UpdateTable", "{'TableName':'Music','DeletionProtectionEnabled':true}")));
  MustPut("{'Effect':'Deny','Principal':'*','Action':'dynamodb:DeleteTable','Resource':'*'}");
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"), Denied("dynamodb:DeleteTable", kMusic, kDeniedHere, kOwner));
}

TEST_F(AuthorizationWireTest, CreatingATableAsksForWhatItBringsWithIt) {
  // The table to be has no policy yet; what its own denies is not asked of its creation.
  const std::string arn = "arn:aws:dynamodb:us-east-1:111111111111:table/Books";
  std::string document;
  json::AppendString(document,
                     Quoted(Document("{'Effect':'Deny','Principal':'*','Action':'dynamodb:GetItem','Resource':'*'}")));
  const std::string body = Quoted(
      "{'TableName':'Books','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],"
      "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],'ResourcePolicy':");
  EXPECT_EQ(SendRaw("CreateTable", body + document + "}").status, 200);
  EXPECT_EQ(Send("GetItem", "{'TableName':'Books','Key':{'pk':{'S':'a'}}}"),
            Denied("dynamodb:GetItem", arn, kDeniedHere, kOwner));
}

// ---- conditions

struct Conditional {
  std::string condition;
  std::string operation;
  std::string members;
  bool holds;
  Sending with = {};
};

TEST_F(AuthorizationWireTest, ConditionsSeeTheRequest) {
  const std::string key(kKey);
  const auto equals = [](const std::string& name, const std::string& value) {
    return "'StringEquals':{'" + name + "':'" + value + "'}";
  };
  const auto from = [](const std::string& address) { return Sending{.peer = {.ip = address, .uid = {}}}; };
  Sending browser;
  browser.more = {{"User-Agent", "agent/1"}, {"Referer", "https://a.example/"}};
  Sending secure;
  secure.peer.tls = true;
  const std::string net = "'IpAddress':{'aws:SourceIp':['10.0.0.0/8','2001:db8::/32']}";
  const std::string put = "'Item':{'pk':{'S':'a'},'sk':{'S':'2'}}";
  const std::vector<Conditional> cases = {
      {net, "GetItem", key, true, from("10.1.2.3")},
      {net, "GetItem", key, true, from("::ffff:10.1.2.3")},
      {net, "GetItem", key, true, from("2001:db8::7")},
      {net, "GetItem", key, false, from("11.1.2.3")},
      {net, "GetItem", key, false, from("2001:db9::7")},
      {net, "GetItem", key, false, from("")},  // over a unix socket there is no address
      {"'Bool':{'aws:SecureTransport':'true'}", "GetItem", key, false},
      {"'Bool':{'aws:SecureTransport':'true'}", "GetItem", key, true, secure},
      {"'Null':{'aws:SourceVpc':'true'}", "GetItem", key, true},
      {equals("aws:SourceVpce", "vpce-1"), "GetItem", key, false},
      {"'DateGreaterThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'},'DateLessThan':{'aws:CurrentTime':"
       "'2120-01-01T00:00:00Z'}",
       "GetItem", key, true},
      {"'DateLessThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}", "GetItem", key, false},
      {"'NumericGreaterThan':{'aws:EpochTime':'1577836800'}", "GetItem", key, true},
      {"'NumericLessThan':{'aws:EpochTime':'1577836800'}", "GetItem", key, false},
      {equals("aws:UserAgent", "agent/1"), "GetItem", key, true, browser},
      {equals("aws:UserAgent", "agent/1"), "GetItem", key, false},
      {equals("aws:referer", "https://a.example/"), "GetItem", key, true, browser},
      {"'Null':{'aws:referer':'true'}", "GetItem", key, true},
      {equals("aws:PrincipalAccount", "222222222222"), "GetItem", key, true},
      {equals("aws:PrincipalAccount", "333333333333"), "GetItem", key, false},
      {"'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::222222222222:root'}", "GetItem", key, true},
      {equals("aws:PrincipalType", "Account"), "GetItem", key, true},
      {equals("aws:userid", "222222222222"), "GetItem", key, true},
      {equals("aws:ResourceAccount", "111111111111"), "GetItem", key, true},
      {equals("aws:ResourceAccount", "222222222222"), "GetItem", key, false},
      {equals("aws:RequestedRegion", "us-east-1"), "GetItem", key, true},
      {"'Bool':{'aws:ViaAWSService':'false','aws:PrincipalIsAWSService':'false'}", "GetItem", key, true},
      {"'Null':{'aws:username':'true','aws:MultiFactorAuthPresent':'true','aws:TokenIssueTime':'true'}", "GetItem", key,
       true},
      {equals("aws:ResourceTag/Team", "blue"), "GetItem", key, true},
      {equals("aws:ResourceTag/team", "red"), "GetItem", key, false},
      {equals("aws:ResourceTag/team", "blue"), "Scan", "'IndexName':'byYear'", true},
      {equals("aws:RequestTag/a", "b"), "TagResource",
       "'ResourceArn':'" + std::string(kMusic) + "','Tags':[{'Key':'a','Value':'b'}]", true},
      {"'ForAllValues:StringEquals':{'aws:TagKeys':'a'}", "UntagResource",
       "'ResourceArn':'" + std::string(kMusic) + "','TagKeys':['a','b']", false},
      {equals("dynamodb:Select", "ALL_ATTRIBUTES"), "GetItem", key, true},
      {equals("dynamodb:Select", "SPECIFIC_ATTRIBUTES"), "GetItem", key + ",'ProjectionExpression':'pk'", true},
      {equals("dynamodb:Select", "SPECIFIC_ATTRIBUTES"), "GetItem", key + ",'AttributesToGet':['pk']", true},
      {equals("dynamodb:Select", "ALL_PROJECTED_ATTRIBUTES"), "Scan", "'IndexName':'byYear'", true},
      {equals("dynamodb:Select", "COUNT"), "Scan", "'Select':'COUNT'", true},
      {equals("dynamodb:Select", "ALL_ATTRIBUTES"), "PutItem", put, false},
      {equals("dynamodb:ReturnValues", "NONE"), "PutItem", put, true},
      {equals("dynamodb:ReturnValues", "ALL_OLD"), "PutItem", put + ",'ReturnValues':'ALL_OLD'", true},
      {equals("dynamodb:ReturnValues", "UPDATED_NEW"), "UpdateItem",
       key + ",'UpdateExpression':'SET v = pk','ReturnValues':'UPDATED_NEW'", true},
      {equals("dynamodb:ReturnConsumedCapacity", "NONE"), "GetItem", key, true},
      {equals("dynamodb:ReturnConsumedCapacity", "INDEXES"), "GetItem", key + ",'ReturnConsumedCapacity':'INDEXES'",
       true},
      {"'Null':{'dynamodb:EnclosingOperation':'true'}", "GetItem", key, true},
      {"'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'a'}", "GetItem", key, true},
      {"'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'b'}", "GetItem", key, false},
      {"'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':'b'}", "Scan", "'Limit':1", true},
      {"'ForAnyValue:StringEquals':{'dynamodb:LeadingKeys':'a'}", "Scan", "'Limit':1", false},
      {"'ForAllValues:StringEquals':{'dynamodb:FirstPartitionKeyValues':'a'}", "GetItem", key, true},
      {"'ForAnyValue:StringEquals':{'dynamodb:SecondPartitionKeyValues':'a'}", "GetItem", key, false},
      // A list of values needs an operator for lists.
      {equals("dynamodb:LeadingKeys", "a"), "GetItem", key, false},
  };
  for (const Conditional& conditional : cases) {
    Grant("'dynamodb:" + conditional.operation + "'", conditional.condition);
    const bool names_resource = conditional.members.starts_with("'ResourceArn'");
    const std::string answer = names_resource ? SendAs(kFriend, conditional.operation, "{" + conditional.members + "}")
                                              : Ask(conditional.operation, conditional.members, conditional.with);
    EXPECT_EQ(!IsDenied(answer), conditional.holds)
        << conditional.condition << conditional.operation << conditional.members << answer;
  }
}

TEST_F(AuthorizationWireTest, TransactionsSayThatTheyEncloseWhatTheyDo) {
  const std::string key(kKey);
  const auto within = [](std::string_view operation) {
    return fmt::format("'StringEquals':{{'dynamodb:EnclosingOperation':'{}'}}", operation);
  };
  const std::string get = fmt::format("{{'TransactItems':[{{'Get':{{'TableName':'{}',{}}}}}]}}", kMusic, key);
  const auto check = [&](std::string_view more) {
    return fmt::format(
        "{{'TransactItems':[{{'ConditionCheck':{{'TableName':'{}',{},'ConditionExpression':'attribute_exists(pk)'{}}}}}"
        "]}}",
        kMusic, key, more);
  };
  Grant("'dynamodb:GetItem'", within("TransactGetItems"));
  EXPECT_FALSE(IsDenied(SendAs(kFriend, "TransactGetItems", get)));
  EXPECT_TRUE(IsDenied(Get()));
  Grant("'dynamodb:ConditionCheckItem'", within("TransactWriteItems"));
  EXPECT_EQ(SendAs(kFriend, "TransactWriteItems", check("")), "{}");
  // What an entry asks to be shown is its ReturnValues.
  Grant("'dynamodb:ConditionCheckItem'", "'StringEquals':{'dynamodb:ReturnValues':'NONE'}");
  EXPECT_EQ(SendAs(kFriend, "TransactWriteItems", check("")), "{}");
  EXPECT_TRUE(
      IsDenied(SendAs(kFriend, "TransactWriteItems", check(",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"))));
}

// Every name, and every value of a partition key, that a call touches: it passes if all are allowed, and no more
// without any one of them.
class FactsTest : public AuthorizationWireTest {
 protected:
  void ExpectAll(const std::string& key, const std::string& operation, const std::string& request,
                 const std::vector<std::string>& values, const std::string& action = "") {
    const std::string granted = "'dynamodb:" + (action.empty() ? operation : action) + "'";
    const auto passes = [&](size_t left_out) {
      std::string list;
      for (size_t i = 0; i < values.size(); ++i) {
        list += i == left_out ? "" : (list.empty() ? "'" : ",'") + values[i] + "'";
      }
      // Without a value at all this would hold: so some value there must be.
      Grant(granted, "'ForAllValues:StringEquals':{'dynamodb:" + key + "':[" + (list.empty() ? "'none'" : list) +
                         "]},'Null':{'dynamodb:" + key + "':'false'}");
      return !IsDenied(SendAs(kFriend, operation, WithArn(request)));
    };
    EXPECT_TRUE(passes(values.size())) << key << request;
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_FALSE(passes(i)) << key << request << values[i];
    }
  }
};

TEST_F(FactsTest, AttributesAreThoseThatTheRequestNames) {
  const std::string table = "{'TableName':'TABLE',";
  const std::string key = "'Key':{'pk':{'S':'a'},'sk':{'S':'1'}}";
  const auto expect = [this](const std::string& operation, const std::string& request,
                             const std::vector<std::string>& names, const std::string& action = "") {
    ExpectAll("Attributes", operation, request, names, action);
  };
  expect("GetItem", table + key + "}", {"pk", "sk"});
  expect("GetItem", table + key + ",'ProjectionExpression':'#v.deep[2], w','ExpressionAttributeNames':{'#v':'v'}}",
         {"pk", "sk", "v", "w"});
  expect("GetItem", table + key + ",'AttributesToGet':['v']}", {"pk", "sk", "v"});
  expect("PutItem",
         table +
             "'Item':{'pk':{'S':'a'},'sk':{'S':'2'},'v':{'M':{'deep':{'N':'1'}}}},'ConditionExpression':"
             "'attribute_not_exists(w)'}",
         {"pk", "sk", "v", "w"});
  expect("UpdateItem",
         table + key +
             ",'UpdateExpression':'SET v = w REMOVE x.y','ConditionExpression':'size(z) < :n','"
             "ExpressionAttributeValues':{':n':{'N':'1'}}}",
         {"pk", "sk", "v", "w", "x", "z"});
  expect("UpdateItem", table + key + ",'AttributeUpdates':{'v':{'Action':'DELETE'}},'Expected':{'w':{'Exists':false}}}",
         {"pk", "sk", "v", "w"});
  expect("DeleteItem",
         table + "'Key':{'pk':{'S':'none'},'sk':{'S':'1'}},'ConditionExpression':'attribute_not_exists(v)'}",
         {"pk", "sk", "v"});
  expect("Query",
         table +
             "'KeyConditionExpression':'pk = :a AND begins_with(sk, :a)','FilterExpression':'v = :a',"
             "'ProjectionExpression':'w','ExpressionAttributeValues':{':a':{'S':'a'}}}",
         {"pk", "sk", "v", "w"});
  expect("Query",
         table +
             "'KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'a'}]}},'QueryFilter':"
             "{'v':{'ComparisonOperator':'NOT_NULL'}},'AttributesToGet':['w']}",
         {"pk", "v", "w"});
  expect("Scan", table + "'FilterExpression':'attribute_exists(v)'}", {"v"});
  expect("Scan", table + "'ScanFilter':{'v':{'ComparisonOperator':'NULL'}}}", {"v"});
  expect("BatchGetItem",
         "{'RequestItems':{'TABLE':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'1'}}],'ProjectionExpression':'v'}}}",
         {"pk", "sk", "v"});
  expect("BatchWriteItem",
         "{'RequestItems':{'TABLE':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'S':'3'},'v':{'S':'x'}}}},"
         "{'DeleteRequest':{'Key':{'pk':{'S':'a'},'sk':{'S':'4'}}}}]}}",
         {"pk", "sk", "v"});
  expect("TransactGetItems", "{'TransactItems':[{'Get':" + table + key + ",'ProjectionExpression':'v'}}]}",
         {"pk", "sk", "v"}, "GetItem");
  expect("TransactWriteItems",
         "{'TransactItems':[{'Update':" + table + key +
             ",'UpdateExpression':'SET v = pk','ConditionExpression':"
             "'attribute_not_exists(w)'}}]}",
         {"pk", "sk", "v", "w"}, "UpdateItem");
}

TEST_F(FactsTest, LeadingKeysAreTheValuesOfPartitionKeys) {
  const auto expect = [this](const std::string& operation, const std::string& request,
                             const std::vector<std::string>& values, const std::string& action = "") {
    ExpectAll("LeadingKeys", operation, request, values, action);
  };
  const std::string table = "{'TableName':'TABLE',";
  expect("GetItem", table + "'Key':{'pk':{'S':'a'},'sk':{'S':'1'}}}", {"a"});
  expect("PutItem", table + "'Item':{'pk':{'S':'a b'},'sk':{'S':'1'}}}", {"a b"});
  expect("UpdateItem", table + "'Key':{'pk':{'S':'a'},'sk':{'S':'1'}},'UpdateExpression':'SET v = pk'}", {"a"});
  expect("DeleteItem", table + "'Key':{'pk':{'S':'n'},'sk':{'S':'1'}}}", {"n"});
  expect("Query", table + "'KeyConditionExpression':'pk = :a','ExpressionAttributeValues':{':a':{'S':'a'}}}", {"a"});
  // Of an index its own partition key; numbers in one form whatever was written.
  expect("Query",
         table +
             "'IndexName':'byYear','KeyConditionExpression':'#y = :y','ExpressionAttributeNames':{'#y':'year'},"
             "'ExpressionAttributeValues':{':y':{'N':'1.9990E3'}}}",
         {"1999"});
  expect("BatchGetItem",
         "{'RequestItems':{'TABLE':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'1'}},{'pk':{'S':'b'},'sk':{'S':'1'}},"
         "{'pk':{'S':'a'},'sk':{'S':'2'}}]}}}",
         {"a", "b"});
  expect("BatchWriteItem",
         "{'RequestItems':{'TABLE':[{'PutRequest':{'Item':{'pk':{'S':'c'},'sk':{'S':'1'}}}},{'DeleteRequest':{'Key':{"
         "'pk':{'S':'d'},'sk':{'S':'1'}}}}]}}",
         {"c", "d"});
  expect("TransactWriteItems", "{'TransactItems':[{'Put':" + table + "'Item':{'pk':{'S':'e'},'sk':{'S':'1'}}}}]}",
         {"e"}, "PutItem");
}

// What a Deny for everybody keeps from the owner's statements.
TEST_F(AuthorizationWireTest, ConditionsSeeWhatStatementsDo) {
  const auto denied = [this](const std::string& condition, const std::string& statement) {
    MustPut("{'Effect':'Deny','Principal':'*','Action':'dynamodb:PartiQL*','Resource':'*','Condition':{" + condition +
            "}}");
    std::string body = "{\"Statement\":";
    json::AppendString(body, statement);
    return IsDenied(SendRaw("ExecuteStatement", body + "}").body);
  };
  const std::string scan = "'Bool':{'dynamodb:FullTableScan':'true'}";
  EXPECT_TRUE(denied(scan, "SELECT * FROM Music"));
  EXPECT_TRUE(denied(scan, "SELECT * FROM Music WHERE sk = '1'"));
  EXPECT_TRUE(denied(scan, "SELECT * FROM Music WHERE pk > 'a'"));
  EXPECT_FALSE(denied(scan, "SELECT * FROM Music WHERE pk = 'a'"));
  EXPECT_FALSE(denied(scan, "SELECT * FROM Music WHERE pk IN ['a','b']"));
  EXPECT_TRUE(denied(scan, "SELECT * FROM Music.byYear WHERE pk = 'a'"));
  EXPECT_FALSE(denied(scan, "SELECT * FROM Music.byYear WHERE \"year\" = 1999"));
  EXPECT_FALSE(denied(scan, "INSERT INTO Music VALUE {'pk':'x','sk':'1'}"));

  const std::string key = "'ForAnyValue:StringEquals':{'dynamodb:LeadingKeys':'a'}";
  EXPECT_TRUE(denied(key, "SELECT * FROM Music WHERE pk = 'a' AND sk = '1'"));
  EXPECT_TRUE(denied(key, "SELECT * FROM Music WHERE pk IN ['b','a']"));
  EXPECT_FALSE(denied(key, "SELECT * FROM Music WHERE pk = 'b' AND sk = 'a'"));
  EXPECT_FALSE(denied(key, "SELECT * FROM Music"));
  EXPECT_TRUE(denied(key, "INSERT INTO Music VALUE {'pk':'a','sk':'9'}"));
  EXPECT_TRUE(denied(key, "UPDATE Music SET v = 1 WHERE pk = 'a' AND sk = '1'"));
  EXPECT_TRUE(denied(key, "DELETE FROM Music WHERE pk = 'a' AND sk = '1'"));
  EXPECT_FALSE(denied(key, "DELETE FROM Music WHERE pk = 'c' AND sk = '1'"));

  const std::string secret = "'ForAnyValue:StringEquals':{'dynamodb:Attributes':'secret'}";
  EXPECT_TRUE(denied(secret, "SELECT secret.deep FROM Music WHERE pk = 'a'"));
  EXPECT_TRUE(denied(secret, "SELECT pk FROM Music WHERE pk = 'a' AND secret = 1"));
  EXPECT_FALSE(denied(secret, "SELECT pk FROM Music WHERE pk = 'a' AND other = 1"));
  EXPECT_TRUE(denied(secret, "INSERT INTO Music VALUE {'pk':'y','sk':'1','secret':1}"));
  EXPECT_TRUE(denied(secret, "UPDATE Music SET secret = 1 WHERE pk = 'b' AND sk = '1'"));
  EXPECT_TRUE(denied(secret, "UPDATE Music REMOVE secret WHERE pk = 'b' AND sk = '1'"));
  EXPECT_TRUE(denied(secret, "DELETE FROM Music WHERE pk = 'b' AND sk = '1' AND secret = 1"));

  const auto equals = [](const std::string& name, const std::string& value) {
    return "'StringEquals':{'dynamodb:" + name + "':'" + value + "'}";
  };
  EXPECT_TRUE(denied(equals("Select", "ALL_ATTRIBUTES"), "SELECT * FROM Music WHERE pk = 'a'"));
  EXPECT_TRUE(denied(equals("Select", "SPECIFIC_ATTRIBUTES"), "SELECT pk FROM Music WHERE pk = 'a'"));
  EXPECT_TRUE(
      denied(equals("ReturnValues", "ALL_OLD"), "DELETE FROM Music WHERE pk = 'b' AND sk = '1' RETURNING ALL OLD *"));
  EXPECT_TRUE(denied(equals("ReturnValues", "NONE"), "UPDATE Music SET v = 1 WHERE pk = 'a' AND sk = '1'"));
  EXPECT_FALSE(denied(equals("EnclosingOperation", "ExecuteTransaction"), "SELECT * FROM Music WHERE pk = 'a'"));
  EXPECT_TRUE(
      IsDenied(SendRaw("ExecuteTransaction",
                       R"({"TransactStatements":[{"Statement":"SELECT * FROM Music WHERE pk = 'a' AND sk = '1'"}]})")
                   .body));
}

// ---- streams

class StreamPolicyTest : public AuthorizationWireTest {
 protected:
  void SetUp() override {
    MakeTable(kOwner, "Music", ",'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}");
    arn_ = Text(Send("DescribeTable", "{'TableName':'Music'}"), "LatestStreamArn");
  }

  static std::string Text(const std::string& body, const std::string& member) {
    const std::string before = "\"" + member + "\":\"";
    const size_t at = body.find(before) + before.size();
    return body.find(before) == std::string::npos ? "" : body.substr(at, body.find('"', at) - at);
  }
  std::string AskStreams(std::string_view account, const std::string& operation, const std::string& request) {
    Sending with;
    with.access_key_id = account;
    return server_.Send("DynamoDBStreams_20120810." + operation, Quoted(request), with).body;
  }
  std::string Describe(std::string_view account) {
    return AskStreams(account, "DescribeStream", "{'StreamArn':'" + arn_ + "'}");
  }

  std::string arn_;
};

TEST_F(StreamPolicyTest, AStreamIsOpenedByItsOwnPolicyAlone) {
  const auto refused = [this](std::string_view action) { return NotGranted(action, arn_); };
  EXPECT_EQ(Describe(kFriend), refused("dynamodb:DescribeStream"));
  MustPut(Statement("Allow", kFriend, "dynamodb:*"));
  EXPECT_EQ(Describe(kFriend), refused("dynamodb:DescribeStream"));
  MustPut(Statement("Allow", kFriend, "dynamodb:DescribeStream"), arn_);
  const std::string described = Describe(kFriend);
  ASSERT_FALSE(IsDenied(described)) << described;
  EXPECT_TRUE(IsDenied(Describe(kStranger)));
  const std::string iterator =
      "{'StreamArn':'" + arn_ + "','ShardId':'" + Text(described, "ShardId") + "','ShardIteratorType':'TRIM_HORIZON'}";
  EXPECT_EQ(AskStreams(kFriend, "GetShardIterator", iterator), refused("dynamodb:GetShardIterator"));
  MustPut(
      "{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':['dynamodb:GetShardIterator',"
      "'dynamodb:GetRecords'],'Resource':'" +
          arn_ + "'}",
      arn_);
  const std::string got = Text(AskStreams(kFriend, "GetShardIterator", iterator), "ShardIterator");
  ASSERT_NE(got, "");
  EXPECT_FALSE(IsDenied(AskStreams(kFriend, "GetRecords", "{'ShardIterator':'" + got + "'}")));
  // An iterator opens nothing by itself.
  EXPECT_EQ(AskStreams(kStranger, "GetRecords", "{'ShardIterator':'" + got + "'}"),
            NotGranted("dynamodb:GetRecords", arn_, kStranger));
  EXPECT_EQ(AskStreams(kFriend, "ListStreams", "{}"), "{\"Streams\":[]}");
}

TEST_F(StreamPolicyTest, PoliciesOfStreamsNameActionsAndResourcesOfStreams) {
  const std::string defect = "One or more parameter values were invalid: Invalid policy document: ";
  EXPECT_EQ(Put(Statement("Allow", kFriend, "dynamodb:GetItem"), "", arn_),
            Invalid(defect + "The following action names are invalid: \"dynamodb:GetItem\""));
  EXPECT_EQ(Put(Statement("Allow", kFriend, "dynamodb:GetRecords", kMusic), "", arn_),
            Invalid(defect + "The relative-id \"table/Music\" is invalid for ARN \"" + std::string(kMusic) + "\""));
  const std::string put =
      Put(Statement("Allow", kFriend, "dynamodb:GetRecords"), ",'ExpectedRevisionId':'NO_POLICY'", arn_);
  EXPECT_NE(RevisionOf(put), "") << put;
  // It is apart from the table's.
  EXPECT_EQ(Send("GetResourcePolicy", fmt::format("{{'ResourceArn':'{}'}}", kMusic)).find("Policy\":"),
            std::string::npos);
  EXPECT_NE(RevisionOf(Send("GetResourcePolicy", "{'ResourceArn':'" + arn_ + "'}")), "");
}

TEST_F(StreamPolicyTest, AStreamHasTagsOfItsOwn) {
  const std::string stream = "{'ResourceArn':'" + arn_ + "'";
  EXPECT_EQ(Send("ListTagsOfResource", stream + "}"), "{\"Tags\":[]}");
  EXPECT_EQ(Send("TagResource", stream + ",'Tags':[{'Key':'a','Value':'1'},{'Key':'b','Value':'2'}]}"), "");
  EXPECT_EQ(Send("UntagResource", stream + ",'TagKeys':['a']}"), "");
  EXPECT_EQ(Send("ListTagsOfResource", stream + "}"), Quoted("{'Tags':[{'Key':'b','Value':'2'}]}"));
  EXPECT_EQ(Send("ListTagsOfResource", "{'ResourceArn':'" + std::string(kMusic) + "'}"),
            Quoted("{'Tags':[{'Key':'team','Value':'blue'}]}"));
  // They, not the table's, are what policies see.
  const auto tagged = [this](const std::string& tag, const std::string& value) {
    MustPut(Statement("Allow", kFriend, "dynamodb:DescribeStream", "*",
                      ",'Condition':{'StringEquals':{'aws:ResourceTag/" + tag + "':'" + value + "'}}"),
            arn_);
    return !IsDenied(Describe(kFriend));
  };
  EXPECT_TRUE(tagged("b", "2"));
  EXPECT_FALSE(tagged("b", "1"));
  EXPECT_FALSE(tagged("team", "blue"));
}

TEST_F(StreamPolicyTest, APolicyStaysWithItsStreamWhenTheTableIsGone) {
  MustPut(Statement("Allow", kFriend, "dynamodb:DescribeStream"), arn_);
  Send("DeleteTable", "{'TableName':'Music'}");
  for (int i = 0; i < 5000 && Send("DescribeTable", "{'TableName':'Music'}").find("TableStatus") != std::string::npos;
       ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::string described = Describe(kFriend);
  EXPECT_NE(described.find("\"StreamStatus\":\"DISABLED\""), std::string::npos) << described;
  EXPECT_TRUE(IsDenied(Describe(kStranger)));
}

}  // namespace
}  // namespace basalt::server

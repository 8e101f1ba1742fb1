// The request path in one process: requests go in as a connection would hand them over, answers come out; below it
// the memory engine. Errors, their order and their exact bodies; what real clients send is tested from outside.
#include "server/request_path.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/checksum.h"
#include "base/gzip.h"
#include "server/host_check.h"
#include "server/in_process_server.h"
#include "server/query_parameters.h"

namespace basalt::server {
namespace {

class RequestPathTest : public ::testing::Test {
 protected:
  explicit RequestPathTest(operations::Mode mode = operations::Mode::kDev) : server_({.mode = mode}) {}

  Reply Send(const std::string& amz_target, const std::string& body, Sending with) {
    return server_.Send(amz_target, body, std::move(with));
  }
  Reply Send(const std::string& operation, const std::string& body) { return server_.Send(operation, body); }

  void CreateTable(const std::string& name) {
    const Reply reply = Send("CreateTable", R"({"TableName":")" + name +
                                                R"(","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
                                                R"({"AttributeName":"sk","KeyType":"RANGE"}],"AttributeDefinitions":)"
                                                R"([{"AttributeName":"pk","AttributeType":"S"},)"
                                                R"({"AttributeName":"sk","AttributeType":"N"}],)"
                                                R"("BillingMode":"PAY_PER_REQUEST"})");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_NE(reply.body.find("\"TableStatus\":\"CREATING\""), std::string::npos);
    while (Send("DescribeTable", R"({"TableName":")" + name + "\"}").body.find("\"TableStatus\":\"ACTIVE\"") ==
           std::string::npos) {
    }
  }

  InProcessServer server_;
};

std::string Validation(std::string_view text) {
  return fmt::format(R"({{"__type":"com.amazon.coral.validate#ValidationException","message":"{}"}})", text);
}

TEST_F(RequestPathTest, ItemsAreStoredReadChangedAndDeleted) {
  CreateTable("Music");
  EXPECT_EQ(
      Send("PutItem", R"({"TableName":"Music","Item":{"pk":{"S":"a"},"sk":{"N":"1.0"},"v":{"SS":["x","y"]}}})").body,
      "{}");
  EXPECT_EQ(
      Send("GetItem", R"({"TableName":"Music","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ConsistentRead":true})").body,
      R"({"Item":{"pk":{"S":"a"},"sk":{"N":"1"},"v":{"SS":["x","y"]}}})");
  EXPECT_EQ(Send("UpdateItem", R"({"TableName":"Music","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"UpdateExpression":)"
                               R"("SET n = if_not_exists(n, :z) + :one REMOVE v","ExpressionAttributeValues":)"
                               R"({":z":{"N":"41"},":one":{"N":"1"}},"ReturnValues":"ALL_NEW",)"
                               R"("ReturnConsumedCapacity":"INDEXES"})")
                .body,
            R"({"Attributes":{"n":{"N":"42"},"pk":{"S":"a"},"sk":{"N":"1"}},"ConsumedCapacity":{"TableName":"Music",)"
            R"("CapacityUnits":1.0,"Table":{"CapacityUnits":1.0}}})");
  EXPECT_EQ(Send("Query", R"({"TableName":"Music","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":)"
                          R"({":p":{"S":"a"}}})")
                .body,
            R"({"Items":[{"n":{"N":"42"},"pk":{"S":"a"},"sk":{"N":"1"}}],"Count":1,"ScannedCount":1})");
  EXPECT_EQ(
      Send("DeleteItem", R"({"TableName":"Music","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ReturnValues":"ALL_OLD"})")
          .body,
      R"({"Attributes":{"n":{"N":"42"},"pk":{"S":"a"},"sk":{"N":"1"}}})");
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music"})").body, R"({"Items":[],"Count":0,"ScannedCount":0})");
  EXPECT_EQ(Send("GetItem", R"({"TableName":"Music","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}})").body, "{}");
}

TEST_F(RequestPathTest, AFailedConditionShowsTheItemWhenAsked) {
  CreateTable("Music");
  const std::string item =
      R"~("Item":{"pk":{"S":"a"},"sk":{"N":"1"}},"ConditionExpression":"attribute_not_exists(pk)")~";
  EXPECT_EQ(Send("PutItem", R"({"TableName":"Music",)" + item + "}").status, 200);
  const Reply bare = Send("PutItem", R"({"TableName":"Music",)" + item + "}");
  EXPECT_EQ(bare.status, 400);
  EXPECT_EQ(bare.body, R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
                       R"("message":"The conditional request failed"})");
  EXPECT_EQ(
      Send("PutItem", R"({"TableName":"Music","ReturnValuesOnConditionCheckFailure":"ALL_OLD",)" + item + "}").body,
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
      R"("message":"The conditional request failed","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}})");
}

TEST_F(RequestPathTest, EveryAnswerCarriesAnIdAndItsChecksum) {
  for (const char* operation : {"ListTables", "NoSuchOperation"}) {
    const Reply reply = Send(operation, "{}");
    EXPECT_EQ(reply.headers.at("x-amzn-RequestId").size(), 52U);
    EXPECT_EQ(reply.headers.at("x-amz-crc32"), std::to_string(Crc32(reply.body)));
    EXPECT_EQ(reply.content_type, "application/x-amz-json-1.0");
  }
  Sending json;
  json.content_type = "application/json; charset=utf-8";
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", json).content_type, "application/json");
}

TEST_F(RequestPathTest, BrokenJsonAndUnknownOperationsAnswerBeforeTheSignature) {
  Sending unsigned_request;
  unsigned_request.sign = false;
  EXPECT_EQ(Send("DynamoDB_20120810.GetItem", "{", unsigned_request).body,
            R"({"__type":"com.amazon.coral.service#SerializationException"})");
  for (const char* target :
       {"DynamoDB_20120810.Nope", "DynamoDB_20120810", "GetItem", "", "DynamoDB_20111205.GetItem"}) {
    const Reply reply = Send(target, "{}", unsigned_request);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, R"({"__type":"com.amazon.coral.service#UnknownOperationException"})") << target;
  }
  EXPECT_EQ(Send("DynamoDB_20120810.GetItem", "{}", unsigned_request).body,
            R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
            R"("message":"Request is missing Authentication Token"})");
  EXPECT_EQ(Send("DynamoDB_20120810.GetItem", "", Sending()).body,
            R"({"__type":"com.amazon.coral.service#SerializationException"})");
}

TEST_F(RequestPathTest, StrangersGetNothingLargeParsed) {
  Sending unsigned_request;
  unsigned_request.sign = false;
  const std::string missing = R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
                              R"("message":"Request is missing Authentication Token"})";
  const std::string broken(size_t{2} << 20, '[');
  EXPECT_EQ(Send("DynamoDB_20120810.PutItem", broken, unsigned_request).body, missing);
  unsigned_request.more = {{"Content-Encoding", "gzip"}};
  EXPECT_EQ(Send("DynamoDB_20120810.PutItem", "no gzip", unsigned_request).body, missing);
  Sending signed_request;
  EXPECT_EQ(Send("DynamoDB_20120810.PutItem", broken, signed_request).body,
            R"({"__type":"com.amazon.coral.service#SerializationException"})");
}

TEST_F(RequestPathTest, LargeAnswersAreCompressedForThoseWhoAsk) {
  CreateTable("Music");
  Sending asking;
  asking.more = {{"Accept-Encoding", "br, gzip;q=0.5"}};
  const auto call = [&](const std::string& operation, const std::string& body, const Sending& sending) {
    return Send("DynamoDB_20120810." + operation, body, sending);
  };
  const std::string key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  const std::string get = R"({"TableName":"Music","Key":)" + key + "}";
  const std::string around = R"({"Item":{"pk":{"S":"a"},"sk":{"N":"1"},"v":{"S":""}}})";
  for (const size_t size : {size_t{4096}, size_t{4097}, size_t{300'000}}) {
    const std::string value = std::string(size - around.size(), 'x');
    const std::string item = R"({"pk":{"S":"a"},"sk":{"N":"1"},"v":{"S":")" + value + R"("}})";
    ASSERT_EQ(Send("PutItem", R"({"TableName":"Music","Item":)" + item + "}").status, 200);
    const Reply plain = Send("GetItem", get);
    EXPECT_EQ(plain.body.size(), size);
    EXPECT_EQ(plain.headers.count("Content-Encoding"), 0u);
    EXPECT_EQ(plain.headers.at("x-amz-crc32"), fmt::format("{}", Crc32(plain.body)));
    const Reply packed = call("GetItem", get, asking);
    EXPECT_EQ(packed.status, 200);
    EXPECT_EQ(packed.headers.at("x-amz-crc32"), fmt::format("{}", Crc32(packed.body)));
    if (size <= 4096) {
      EXPECT_EQ(packed.headers.count("Content-Encoding"), 0u);
      EXPECT_EQ(packed.body, plain.body);
    } else {
      EXPECT_EQ(packed.headers.at("Content-Encoding"), "gzip");
      EXPECT_EQ(packed.content_type, "application/x-amz-json-1.0");
      EXPECT_LT(packed.body.size(), size / 3);
      EXPECT_EQ(*Gunzip(packed.body, size), plain.body);
    }
    Sending declining;
    declining.more = {{"Accept-Encoding", "gzip;q=0, identity"}};
    EXPECT_EQ(call("GetItem", get, declining).body, plain.body);
  }
  // Errors too.
  const std::string broken = R"({"TableName":")" + std::string(5000, 'n') + R"("})";
  const Reply plain = call("DescribeTable", broken, Sending());
  const Reply packed = call("DescribeTable", broken, asking);
  EXPECT_EQ(packed.status, 400);
  EXPECT_EQ(packed.headers.at("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.headers.at("x-amz-crc32"), fmt::format("{}", Crc32(packed.body)));
  EXPECT_EQ(*Gunzip(packed.body, 100'000), plain.body);
}

TEST_F(RequestPathTest, AnAnswerTooLargeToCompressInOneGoIsSentAsItIs) {
  CreateTable("Music");
  std::string keys;
  for (int i = 0; i < 12; ++i) {
    const std::string key = R"("pk":{"S":"a"},"sk":{"N":")" + std::to_string(i) + "\"}";
    ASSERT_EQ(Send("PutItem",
                   R"({"TableName":"Music","Item":{)" + key + R"(,"v":{"S":")" + std::string(390'000, 'x') + "\"}}}")
                  .status,
              200);
    keys += (i == 0 ? "{" : ",{") + key + "}";
  }
  Sending asking;
  asking.more = {{"Accept-Encoding", "gzip"}};
  const Reply reply =
      Send("DynamoDB_20120810.BatchGetItem", R"({"RequestItems":{"Music":{"Keys":[)" + keys + "]}}}", asking);
  EXPECT_EQ(reply.status, 200);
  EXPECT_GT(reply.body.size(), size_t{4} << 20);
  EXPECT_EQ(reply.headers.count("Content-Encoding"), 0u);
}

TEST_F(RequestPathTest, OtherMethodsAndContentTypesAreNotOurs) {
  Sending text;
  text.content_type = "text/plain";
  const Reply reply = Send("DynamoDB_20120810.ListTables", "{}", text);
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "<UnknownOperationException/>\n");
  Sending put;
  put.method = "PUT";
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", put).status, 404);
}

TEST_F(RequestPathTest, TypesThatDoNotFitTheShapeAreSerializationErrors) {
  const auto message = [&](const std::string& body) {
    const std::string text = Send("PutItem", body).body;
    const std::string head = R"({"__type":"com.amazon.coral.service#SerializationException","Message":")";
    EXPECT_EQ(text.substr(0, head.size()), head) << text;
    return text.substr(head.size(), text.size() - head.size() - 2);
  };
  EXPECT_EQ(message(R"({"TableName":true})"), "TRUE_VALUE cannot be converted to String");
  EXPECT_EQ(message(R"({"TableName":1.5})"), "DECIMAL_VALUE cannot be converted to String");
  EXPECT_EQ(message(R"({"TableName":[]})"), "Unrecognized collection type class java.lang.String");
  EXPECT_EQ(message(R"({"TableName":{}})"), "Start of structure or map found where not expected");
  EXPECT_EQ(message(R"({"Item":"x"})"), "Unexpected field type");
  EXPECT_EQ(message(R"({"Item":[]})"),
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>");
  EXPECT_EQ(message(R"({"ExpressionAttributeNames":[]})"),
            "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>");
  EXPECT_EQ(message(R"({"Item":{"a":"x"}})"), "Unexpected value type in payload");
  EXPECT_EQ(message(R"({"Item":{"a":{"S":1}}})"), "NUMBER_VALUE cannot be converted to String");
}

TEST_F(RequestPathTest, ConstraintsAreListedTogether) {
  EXPECT_EQ(Send("PutItem", R"({"ReturnValues":"x"})").body,
            Validation("3 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member "
                       "must not be null; Value null at 'item' failed to satisfy constraint: Member must not be null; "
                       "Value 'x' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
                       "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"));
  EXPECT_EQ(Send("DescribeTable", R"({"TableName":"a!"})").body,
            Validation("2 validation errors detected: Value 'a!' at 'tableName' failed to satisfy constraint: Member "
                       "must have length greater than or equal to 3; Value 'a!' at 'tableName' failed to satisfy "
                       "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"));
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music","Limit":0})").body,
            Validation("1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must "
                       "have value greater than or equal to 1"));
  EXPECT_EQ(Send("CreateTable", R"({"TableName":"Music","KeySchema":[{"AttributeName":"a","KeyType":"X"}],)"
                                R"("AttributeDefinitions":[]})")
                .body,
            Validation("1 validation error detected: Value 'X' at 'keySchema.1.member.keyType' failed to satisfy "
                       "constraint: Member must satisfy enum value set: [HASH, RANGE]"));
}

TEST_F(RequestPathTest, WhatIsNotBuiltYetIsRefusedByItsNameUnlessItAsksForNothing) {
  const std::string table = R"("TableName":"Music","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],)"
                            R"("AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],)"
                            R"("BillingMode":"PAY_PER_REQUEST")";
  EXPECT_EQ(Send("CreateTable", "{" + table + R"(,"SSESpecification":{"Enabled":true}})").body,
            Validation("SSESpecification is not supported by this server yet"));
  EXPECT_EQ(Send("CreateTable", "{" + table +
                                    R"(,"StreamSpecification":{"StreamEnabled":false},"Tags":[],)"
                                    R"("SSESpecification":{"Enabled":false}})")
                .status,
            200);
}

TEST_F(RequestPathTest, KeySchemasAreCheckedInTheServicesOrder) {
  const auto create = [&](const std::string& keys, const std::string& definitions) {
    return Send("CreateTable", R"({"TableName":"Music","BillingMode":"PAY_PER_REQUEST","KeySchema":[)" + keys +
                                   R"(],"AttributeDefinitions":[)" + definitions + "]}")
        .body;
  };
  const auto key = [](const std::string& name, const std::string& type) {
    return R"({"AttributeName":")" + name + R"(","KeyType":")" + type + R"("})";
  };
  const auto definition = [](const std::string& name) {
    return R"({"AttributeName":")" + name + R"(","AttributeType":"S"})";
  };
  EXPECT_EQ(create(key("a", "HASH"), ""), Validation("Invalid KeySchema: Some index key attribute have no definition"));
  EXPECT_EQ(create(key("a", "HASH"), definition("b")),
            Validation("One or more parameter values were invalid: Some index key attributes are not defined in "
                       "AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]"));
  EXPECT_EQ(create(key("a", "HASH") + "," + key("a", "RANGE"), definition("a")),
            Validation("Both the Hash Key and the Range Key element in the KeySchema have the same name"));
  EXPECT_EQ(create(key("a", "RANGE"), definition("a")),
            Validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"));
  EXPECT_EQ(create(key("a", "HASH") + "," + key("b", "HASH"), definition("a") + "," + definition("b")),
            Validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"));
  EXPECT_EQ(create(key("a", "HASH"), definition("a") + "," + definition("b")),
            Validation("One or more parameter values were invalid: Number of attributes in KeySchema does not exactly "
                       "match number of attributes defined in AttributeDefinitions"));
  EXPECT_EQ(create(key("a", "HASH"), definition("a") + "," + definition("a")),
            Validation("Attribute Name is duplicated: a"));
}

TEST_F(RequestPathTest, TablesByArnAreTheSameTables) {
  CreateTable("Music");
  const auto get = [&](const std::string& name) {
    return Send("GetItem", R"({"TableName":")" + name +
                               R"(","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},)"
                               R"("ReturnConsumedCapacity":"TOTAL"})");
  };
  EXPECT_EQ(get("arn:aws:dynamodb:us-east-1:111111111111:table/Music").body,
            R"({"ConsumedCapacity":{"TableName":"arn:aws:dynamodb:us-east-1:111111111111:table/Music",)"
            R"("CapacityUnits":0.5}})");
  EXPECT_EQ(get("arn:aws:dynamodb:eu-west-1:111111111111:table/Music").body,
            Validation("1 validation error detected: Invalid AWS region in "
                       "'arn:aws:dynamodb:eu-west-1:111111111111:table/Music'"));
  EXPECT_EQ(get("arn:aws-cn:dynamodb:us-east-1:111111111111:table/Music").body,
            Validation("1 validation error detected: Invalid AWS partition in "
                       "'arn:aws-cn:dynamodb:us-east-1:111111111111:table/Music'"));
  EXPECT_EQ(get("arn:aws:dynamodb:us-east-1:222222222222:table/Music").body,
            R"({"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: )"
            R"(arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:GetItem on resource: )"
            R"(arn:aws:dynamodb:us-east-1:222222222222:table/Music because no resource-based policy allows the )"
            R"(dynamodb:GetItem action"})");
}

TEST_F(RequestPathTest, TablesAreSeparateByAccountAndRegion) {
  CreateTable("Music");
  Sending elsewhere;
  elsewhere.region = "eu-west-1";
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", elsewhere).body, R"({"TableNames":[]})");
  Sending other;
  other.access_key_id = "222222222222";
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", other).body, R"({"TableNames":[]})");
  EXPECT_EQ(Send("ListTables", "{}").body, R"({"TableNames":["Music"]})");
}

TEST_F(RequestPathTest, ListTablesPagesByName) {
  for (const char* name : {"ccc", "aaa", "bbb"}) {
    CreateTable(name);
  }
  EXPECT_EQ(Send("ListTables", R"({"Limit":2})").body,
            R"({"TableNames":["aaa","bbb"],"LastEvaluatedTableName":"bbb"})");
  EXPECT_EQ(Send("ListTables", R"({"Limit":2,"ExclusiveStartTableName":"bbb"})").body, R"({"TableNames":["ccc"]})");
  EXPECT_EQ(Send("ListTables", R"({"Limit":3})").body, R"({"TableNames":["aaa","bbb","ccc"]})");
}

TEST_F(RequestPathTest, StartKeysAreCheckedAgainstTheQuery) {
  CreateTable("Music");
  const auto query = [&](const std::string& condition, const std::string& start) {
    return Send("Query", R"({"TableName":"Music","KeyConditionExpression":")" + condition +
                             R"(","ExpressionAttributeValues":{":p":{"S":"a"})" +
                             (condition.find(":s") == std::string::npos ? "" : R"(,":s":{"N":"5"})") +
                             R"(},"ExclusiveStartKey":)" + start + "}")
        .body;
  };
  EXPECT_EQ(query("pk = :p", R"({"pk":{"S":"a"}})"), Validation("The provided starting key is invalid"));
  EXPECT_EQ(query("pk = :p", R"({"pk":{"S":"a"},"sk":{"S":"1"}})"),
            Validation("The provided starting key is invalid: The provided key element does not match the schema"));
  EXPECT_EQ(query("pk = :p", R"({"pk":{"S":"b"},"sk":{"N":"1"}})"),
            Validation("The provided starting key is outside query boundaries based on provided conditions"));
  EXPECT_EQ(query("pk = :p AND sk > :s", R"({"pk":{"S":"a"},"sk":{"N":"1"}})"),
            Validation("The provided starting key does not match the range key predicate"));
  EXPECT_EQ(query("pk = :p", R"({"pk":{"S":"a"},"sk":{"N":"x"}})"),
            Validation("The parameter cannot be converted to a numeric value: x"));
  EXPECT_EQ(query("pk = :p", R"({"pk":{"S":"a"},"sk":{}})"),
            Validation("The provided starting key is invalid: Supplied AttributeValue is empty, must contain exactly "
                       "one of the supported datatypes"));
  EXPECT_EQ(query("pk = :p", R"({"pk":{"S":"a"},"sk":{"N":"1"}})"), R"({"Items":[],"Count":0,"ScannedCount":0})");
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music","ExclusiveStartKey":{"pk":{"S":"a"}}})").body,
            Validation("The provided starting key is invalid: The provided key element does not match the schema"));
}

TEST_F(RequestPathTest, RequestChecksComeBeforeTheTableIsLookedFor) {
  EXPECT_EQ(Send("PutItem", R"({"TableName":"None","Item":{"a":{"NULL":false}}})").body,
            Validation("One or more parameter values were invalid: Null attribute value types must have the value of "
                       "true"));
  EXPECT_EQ(Send("PutItem", R"({"TableName":"None","Item":{},"ReturnValues":"ALL_NEW"})").body,
            Validation("ReturnValues can only be ALL_OLD or NONE"));
  EXPECT_EQ(Send("PutItem", R"({"TableName":"None","Item":{}})").body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
            R"("message":"Requested resource not found"})");
  EXPECT_EQ(Send("DescribeTable", R"({"TableName":"None"})").body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
            R"("message":"Requested resource not found: Table: None not found"})");
}

TEST_F(RequestPathTest, PlaceholdersMustBeNeededAndUsed) {
  EXPECT_EQ(Send("GetItem", R"({"TableName":"Music","Key":{},"ExpressionAttributeNames":{"#a":"a"}})").body,
            Validation("ExpressionAttributeNames can only be specified when using expressions"));
  EXPECT_EQ(Send("UpdateItem", R"({"TableName":"Music","Key":{},"ExpressionAttributeValues":{":a":{"S":"a"}}})").body,
            Validation("ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and "
                       "ConditionExpression are null"));
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music","FilterExpression":"a = :a","ExpressionAttributeValues":)"
                         R"({":a":{"S":"a"},":b":{"N":"x"}}})")
                .body,
            Validation("ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
                       "numeric value: x for key :b"));
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music","FilterExpression":"a = :a","ExpressionAttributeValues":)"
                         R"({":a":{"S":"a"},":b":{"N":"1"}}})")
                .body,
            Validation("Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"));
}

TEST_F(RequestPathTest, SegmentsComeInPairsAndInRange) {
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music","Segment":1})").body,
            Validation("The TotalSegments parameter is required but was not present in the request when Segment "
                       "parameter is present"));
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music","TotalSegments":1})").body,
            Validation("The Segment parameter is required but was not present in the request when parameter "
                       "TotalSegments is present"));
  EXPECT_EQ(Send("Scan", R"({"TableName":"Music","Segment":3,"TotalSegments":3})").body,
            Validation("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 3 "
                       "is not less than TotalSegments: 3"));
}

TEST_F(RequestPathTest, WhoAmIAnswersInXmlByPostAndByGet) {
  Sending form;
  form.content_type = "application/x-www-form-urlencoded";
  form.service = "sts";
  const Reply posted = Send("", "Action=GetCallerIdentity&Version=2011-06-15", form);
  EXPECT_EQ(posted.status, 200);
  EXPECT_EQ(posted.content_type, "text/xml");
  EXPECT_NE(posted.body.find("<Arn>arn:aws:iam::111111111111:root</Arn>"), std::string::npos);
  EXPECT_NE(posted.body.find("<Account>111111111111</Account>"), std::string::npos);
  Sending get;
  get.content_type.clear();
  get.method = "GET";
  get.service = "sts";
  get.target = "/?Action=GetCallerIdentity&Version=2011-06-15";
  EXPECT_EQ(Send("", "", get).status, 200);
  const Reply unknown = Send("", "Action=Nope&Version=2011-06-15", form);
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("<Code>InvalidAction</Code>"), std::string::npos);
  const Reply old = Send("", "Action=GetCallerIdentity&Version=2010-05-08", form);
  EXPECT_EQ(old.status, 400);
  EXPECT_NE(old.body.find("Could not find operation GetCallerIdentity for version 2010-05-08"), std::string::npos);
  form.sign = false;
  const Reply anonymous = Send("", "Action=GetCallerIdentity&Version=2011-06-15", form);
  EXPECT_EQ(anonymous.status, 403);
  EXPECT_NE(anonymous.body.find("<Code>MissingAuthenticationToken</Code>"), std::string::npos);
}

TEST_F(RequestPathTest, PagesForOperators) {
  Sending get;
  get.method = "GET";
  get.sign = false;
  get.content_type.clear();
  get.target = "/health";
  EXPECT_EQ(Send("", "", get).status, 200);
  get.target = "/ready";
  EXPECT_EQ(Send("", "", get).status, 200);
  get.target = "/";
  EXPECT_EQ(Send("", "", get).body, "healthy: dynamodb.us-east-1.amazonaws.com ");
}

TEST_F(RequestPathTest, DevRefusesForeignOriginsAndHosts) {
  Sending page;
  page.more = {{"Origin", "http://evil.example"}};
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", page).status, 403);
  Sending rebound;
  rebound.host = "evil.example:8000";
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", rebound).status, 403);
  Sending local;
  local.host = "localhost:8000";
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", local).status, 200);
}

TEST_F(RequestPathTest, KeysThatWereIssuedAreCheckedInDevToo) {
  auto issued = Await<identity::IssuedKey>(
      [&](auto done) { server_.directory().CreateAccount("333333333333", server_.loop(), std::move(done)); });
  ASSERT_TRUE(issued.ok());
  Sending right;
  right.access_key_id = issued->access_key_id;
  right.secret = issued->secret.view();
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", right).status, 200);
  Sending wrong = right;
  wrong.secret = "wrong";
  EXPECT_NE(Send("DynamoDB_20120810.ListTables", "{}", wrong).body.find("InvalidSignatureException"),
            std::string::npos);
  ASSERT_TRUE(Await<identity::IssuedKey>([&](auto done) {
                server_.directory().ResetRoot("333333333333", server_.loop(), std::move(done));
              }).ok());
  EXPECT_NE(Send("DynamoDB_20120810.ListTables", "{}", right).body.find("UnrecognizedClientException"),
            std::string::npos);
}

class ServeTest : public RequestPathTest {
 protected:
  ServeTest() : RequestPathTest(operations::Mode::kServe) {}
};

TEST_F(ServeTest, OnlyIssuedKeysAreKnown) {
  EXPECT_EQ(Send("ListTables", "{}").body, R"({"__type":"com.amazon.coral.service#UnrecognizedClientException",)"
                                           R"("message":"The security token included in the request is invalid."})");
  auto issued = Await<identity::IssuedKey>(
      [&](auto done) { server_.directory().CreateAccount("333333333333", server_.loop(), std::move(done)); });
  Sending right;
  right.access_key_id = issued->access_key_id;
  right.secret = issued->secret.view();
  EXPECT_EQ(Send("DynamoDB_20120810.ListTables", "{}", right).status, 200);
  right.more = {{"X-Amz-Security-Token", "made up"}};
  EXPECT_NE(Send("DynamoDB_20120810.ListTables", "{}", right).body.find("UnrecognizedClientException"),
            std::string::npos);
}

class NoRelief final : public http::Relief {
 public:
  bool EndSlowest() override { return false; }
};

TEST_F(ServeTest, RequestsBeyondTheBoundsAreTurnedAway) {
  RequestPathSettings settings;
  settings.admitted_requests_max = 1;
  const std::unique_ptr<http::Handler> path = NewRequestPath(server_.loop(), server_.services(), settings);
  http::RequestHead head;
  NoRelief relief;
  auto first = path->Admit(head, relief);
  ASSERT_TRUE(std::holds_alternative<std::unique_ptr<http::Ticket>>(first));
  const auto second = path->Admit(head, relief);
  const auto* refused = std::get_if<http::Response>(&second);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->close);
  EXPECT_NE(refused->body.find("com.amazon.coral.availability#ServiceUnavailableException"), std::string::npos);
  std::get<std::unique_ptr<http::Ticket>>(first).reset();
  EXPECT_TRUE(std::holds_alternative<std::unique_ptr<http::Ticket>>(path->Admit(head, relief)));
}

class CountingRelief final : public http::Relief {
 public:
  bool EndSlowest() override { return ++asked <= 3; }
  int asked = 0;
};

TEST(TightServer, ADocumentWhoseNodesFindNoRoomIsTurnedAwayAndNothingStaysHeld) {
  RequestPathSettings settings;
  settings.admitted_bytes_max = uint64_t{4} << 20;
  InProcessServer server({.settings = settings});
  std::string body = R"({"Ignored":[0)";
  while (body.size() < 900'000) {
    body += ",0";
  }
  body += "]}";
  const std::string busy = R"({"__type":"com.amazon.coral.availability#ServiceUnavailableException",)"
                           R"("message":"The service is currently unavailable or busy. Try again."})";
  for (int i = 0; i < 5; ++i) {
    const Reply refused = server.Send("ListTables", body);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.body, busy);
    EXPECT_EQ(server.Send("ListTables", R"({"Ignored":[0,0]})").body, R"({"TableNames":[]})");
  }
  // Broken text is broken, not busy.
  EXPECT_EQ(server.Send("ListTables", body + "]").body,
            R"({"__type":"com.amazon.coral.service#SerializationException"})");
  // Stalled transfers are asked for their memory first, as long as there are any.
  CountingRelief relief;
  Sending with;
  with.relief = &relief;
  EXPECT_EQ(server.Send("DynamoDB_20120810.ListTables", body, with).status, 503);
  EXPECT_EQ(relief.asked, 4);
  // A text of that size that takes few nodes is fine.
  EXPECT_EQ(server.Send("ListTables", R"({"Ignored":")" + std::string(900'000, 'x') + "\"}").status, 200);
}

TEST_F(ServeTest, LargeBodiesOfStrangersHaveLessRoom) {
  RequestPathSettings settings;
  settings.admitted_bytes_max = uint64_t{64} << 20;
  const std::unique_ptr<http::Handler> path = NewRequestPath(server_.loop(), server_.services(), settings);
  auto issued = Await<identity::IssuedKey>(
      [&](auto done) { server_.directory().CreateAccount("444444444444", server_.loop(), std::move(done)); });
  NoRelief relief;
  const auto most_mib = [&](const std::string& access_key_id, bool chunked) {
    const std::string date = os::FormatBasicIso8601(os::SystemClock().WallMs());
    std::vector<http::Header> headers = {{"Host", "h"}, {"X-Amz-Date", date}};
    std::string authorization;
    if (!access_key_id.empty()) {
      authorization = signature::MakeAuthorization({"POST", "/", "", headers, ""}, access_key_id, "wrong", "us-east-1",
                                                   "dynamodb", date);
      headers.push_back({"Authorization", authorization});
    }
    http::RequestHead head;
    head.method = "POST";
    head.target = head.path = "/";
    head.headers = headers;
    head.chunked = chunked;
    head.content_length = chunked ? 0 : uint64_t{16} << 20;
    auto admitted = path->Admit(head, relief);
    auto& ticket = std::get<std::unique_ptr<http::Ticket>>(admitted);
    uint64_t most = 0;
    for (const uint64_t mib : {uint64_t{32}, uint64_t{48}, uint64_t{64}}) {
      most = ticket->Hold(mib << 20) ? mib : most;
    }
    return most;
  };
  for (const bool chunked : {false, true}) {
    EXPECT_EQ(most_mib(issued->access_key_id, chunked), 48U);
    EXPECT_EQ(most_mib("AKIAIOSFODNN7EXAMPLE", chunked), 32U);
    EXPECT_EQ(most_mib("", chunked), 32U);
  }
}

TEST(HostCheck, AddressesLocalhostAndGivenNamesAreLocal) {
  const std::vector<std::string> names = {"db.internal"};
  for (const char* host : {"", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000", "localhost", "LOCALHOST:1", "10.0.0.1",
                           "db.internal:8000", "DB.internal"}) {
    EXPECT_TRUE(HostIsLocal(host, names)) << host;
  }
  for (const char* host : {"evil.example", "127.0.0.1.evil.example", "[zz]:1", "[::1", "localhost.evil"}) {
    EXPECT_FALSE(HostIsLocal(host, names)) << host;
  }
}

TEST(QueryParameters, AreDecodedInOrder) {
  Arena arena;
  const auto parameters = ParseParameters("a=1+2&b=%3d%26&&c&d=", arena);
  ASSERT_TRUE(parameters.ok());
  ASSERT_EQ(parameters->size(), 4U);
  EXPECT_EQ((*parameters)[0].value, "1 2");
  EXPECT_EQ((*parameters)[1].value, "=&");
  EXPECT_EQ((*parameters)[2].name, "c");
  EXPECT_EQ(FindParameter(*parameters, "d"), "");
  EXPECT_FALSE(ParseParameters("a=%", arena).ok());
  EXPECT_FALSE(ParseParameters("a=%4", arena).ok());
  EXPECT_FALSE(ParseParameters("a=%zz", arena).ok());
  EXPECT_TRUE(ParseParameters("a=%41", arena).ok());
}

}  // namespace
}  // namespace basalt::server

// Requests with two defects: which of them is answered. Each test lists an operation's defects from the first found to
// the last; of any two of them in one request the earlier one must be answered.
#include <string>
#include <vector>

#include "server/precedence_fixture.h"

namespace basalt::server {
namespace {

TEST_F(PrecedenceTest, TheWireComesBeforeTheRequest) {
  Sending anonymous;
  anonymous.sign = false;
  const auto send = [&](const std::string& target, const std::string& body) {
    return server_.Send(target, Quoted(body), anonymous).body;
  };
  const std::string bare = R"({"__type":"com.amazon.coral.service#SerializationException"})";
  const std::string unknown = R"({"__type":"com.amazon.coral.service#UnknownOperationException"})";
  const std::string missing = ErrorBody("com.amazon.coral.service#MissingAuthenticationTokenException", "message",
                                        "Request is missing Authentication Token");
  EXPECT_EQ(send("DynamoDB_20120810.Nope", "{"), bare);
  EXPECT_EQ(send("DynamoDB_20120810.Nope", "{}"), unknown);
  EXPECT_EQ(send("DynamoDB_20120810.Nope", ""), unknown);
  EXPECT_EQ(send("DynamoDB_20120810.getitem", "{}"), unknown);
  EXPECT_EQ(send("DynamoDB_20120810.GetItem", ""), missing);
  EXPECT_EQ(send("DynamoDB_20120810.GetItem", "{'TableName':1}"), missing);
  EXPECT_EQ(SendRaw("GetItem", "").body, bare);
  EXPECT_EQ(SendRaw("GetItem", "[]").body, bare);
  EXPECT_EQ(Send("GetItem", "{'TableName':1,'Key':{}}"), Misfit("NUMBER_VALUE cannot be converted to String"));
  // A request without a body needs no content type.
  Sending untyped;
  untyped.content_type.clear();
  EXPECT_EQ(server_.Send("DynamoDB_20120810.GetItem", "", untyped).body, bare);
  EXPECT_EQ(server_.Send("DynamoDB_20120810.GetItem", "{}", untyped).status, 404);
}

TEST_F(PrecedenceTest, PutItem) {
  CreateTable("Pair", "S", "N");
  const std::string big(409'600, 'x');
  CheckOrder(
      "PutItem", "'TableName':'Pair','Item':{'pk':{'S':'a'},'sk':{'N':'1'}}",
      {
          {"'ReturnItemCollectionMetrics':5", Misfit("NUMBER_VALUE cannot be converted to String")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeNames':{},'ConditionExpression':null",
           Invalid("ExpressionAttributeNames can only be specified when using expressions")},
          {"'Item':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'ReturnValues':'ALL_NEW'", Invalid("ReturnValues can only be ALL_OLD or NONE")},
          {"'Item':{'a':{'S':'" + big + "'}}", Invalid("Item size has exceeded the maximum allowed size")},
          {"'ConditionExpression':'a =','ExpressionAttributeNames':{'a':'a'}",
           Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")},
          {"'ConditionExpression':'a ='",
           Invalid("Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'ConditionExpression':'a = b','ExpressionAttributeNames':{'#a':'a'}",
           Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}")},
          {"'TableName':'None'", NotFound()},
          {"'Item':{'pk':{'S':'a'},'sk':{'S':'1'}}",
           InvalidParameter("Type mismatch for key sk expected: N actual: S")},
          {"'ConditionExpression':'attribute_exists(pk.a)'",
           Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                   "pk")},
          {"'ConditionExpression':'attribute_exists(pk)'", ConditionFailed()},
      });
}

TEST_F(PrecedenceTest, UpdateItem) {
  CreateTable("Pair", "S", "N");
  CheckOrder(
      "UpdateItem", "'TableName':'Pair','Key':{'pk':{'S':'a'},'sk':{'N':'1'}}",
      {
          {"'ConditionExpression':{}", Misfit("Start of structure or map found where not expected")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeValues':{},'ConditionExpression':null,'UpdateExpression':null,'"
           "ExpressionAttributeNames':null",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and "
                   "ConditionExpression are null")},
          {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'UpdateExpression':'SET a','ExpressionAttributeNames':{'a':'a'}",
           Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")},
          {"'UpdateExpression':'SET a'",
           Invalid("Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \"a\"")},
          {"'ConditionExpression':'a ='",
           Invalid("Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'ConditionExpression':'a = b','ExpressionAttributeNames':{'#a':'a'}",
           Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}")},
          {"'TableName':'None'", NotFound()},
          {"'Key':{'pk':{'S':'a'}}", Invalid(kSchemaMismatch)},
          {"'UpdateExpression':'SET pk = sk[0]'",
           InvalidParameter("Cannot update attribute pk. This attribute is part of the key")},
          {"'UpdateExpression':'SET a = sk[0]'",
           Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                   "sk")},
          {"'ConditionExpression':'attribute_exists(pk)'", ConditionFailed()},
          {"'UpdateExpression':'SET a = b'",
           Invalid("The provided expression refers to an attribute that does not exist in the item")},
      });
}

TEST_F(PrecedenceTest, DeleteItem) {
  CreateTable("Single", "S");
  CheckOrder(
      "DeleteItem", "'TableName':'Single','Key':{'pk':{'S':'a'}}",
      {
          {"'Key':5", Misfit("Unexpected field type")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeValues':{':a':{}},'ConditionExpression':null,'ExpressionAttributeNames':null",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is "
                   "null")},
          {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'ReturnValues':'UPDATED_OLD'", Invalid("ReturnValues can only be ALL_OLD or NONE")},
          {"'ConditionExpression':'a =','ExpressionAttributeNames':{'a':'a'}",
           Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")},
          {"'ConditionExpression':'a ='",
           Invalid("Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'ConditionExpression':'a = b','ExpressionAttributeNames':{'#a':'a'}",
           Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}")},
          {"'TableName':'None'", NotFound()},
          {"'Key':{'a':{'S':'a'}}", Invalid(kSchemaMismatch)},
          {"'ConditionExpression':'attribute_exists(pk[0])'",
           Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                   "pk")},
          {"'ConditionExpression':'attribute_exists(pk)'", ConditionFailed()},
      });
}

TEST_F(PrecedenceTest, GetItem) {
  CreateTable("Single", "S");
  CheckOrder(
      "GetItem", "'TableName':'Single','Key':{'pk':{'S':'a'}}",
      {
          {"'Key':5", Misfit("Unexpected field type")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeNames':{'a':'b'},'ProjectionExpression':null",
           Invalid("ExpressionAttributeNames can only be specified when using expressions")},
          {"'Key':{'a':{}}",
           Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")},
          {"'ProjectionExpression':'a,','ExpressionAttributeNames':{'a':'a'}",
           Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")},
          {"'ProjectionExpression':'a,'",
           Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"")},
          {"'ProjectionExpression':'a','ExpressionAttributeNames':{'#a':'a'}",
           Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}")},
          {"'TableName':'None'", NotFound()},
          {"'Key':{'pk':{'N':'1'}}", Invalid(kSchemaMismatch)},
          {"'ProjectionExpression':'pk[0]'",
           Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                   "pk")},
      });
}

TEST_F(PrecedenceTest, Query) {
  CreateTable("Pair", "S", "N");
  const std::string values = "'ExpressionAttributeValues':{':p':{'S':'a'}}";
  CheckOrder(
      "Query", "'TableName':'Pair','KeyConditionExpression':'pk = :p'," + values,
      {
          {"'Limit':'x'", Misfit("STRING_VALUE cannot be converted to Integer")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeNames':{'#a':'a'},'KeyConditionExpression':null,'FilterExpression':null,"
           "'ProjectionExpression':null",
           Invalid("ExpressionAttributeNames can only be specified when using expressions")},
          {"'ExclusiveStartKey':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'KeyConditionExpression':null,'FilterExpression':'a = :p'",
           Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")},
          {"'ExpressionAttributeNames':{'a':'a'}",
           Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")},
          {"'KeyConditionExpression':'pk ='",
           Invalid("Invalid KeyConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'KeyConditionExpression':'pk = :p OR sk = :p'",
           Invalid("Invalid operator used in KeyConditionExpression: OR")},
          {"'KeyConditionExpression':'pk = :p AND a = :p AND b = :p AND c = :p AND d = :p AND e = :p AND f = :p AND g "
           "= :p "
           "AND h = :p'",
           Invalid("Conditions can be of length 1 or 2 only")},
          {"'FilterExpression':'a ='",
           Invalid("Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'ProjectionExpression':'a,'",
           Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"")},
          {"'ExpressionAttributeNames':{'#a':'a'}",
           Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}")},
          {"'Select':'SPECIFIC_ATTRIBUTES','ProjectionExpression':null",
           Invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                   "SPECIFIC_ATTRIBUTES")},
          {"'TableName':'None'", NotFound()},
          {"'IndexName':'nope'", Invalid("The table does not have the specified index: nope")},
          {"'ExclusiveStartKey':{'a':{'N':'1'}}", Invalid("The provided starting key is invalid")},
          {"'KeyConditionExpression':'pk > :p'", Invalid("Query key condition not supported")},
          {"'ExclusiveStartKey':{'pk':{'S':'b'},'sk':{'N':'1'}}",
           Invalid("The provided starting key is outside query boundaries based on provided conditions")},
          {"'ProjectionExpression':'pk.a'",
           Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                   "pk")},
          {"'FilterExpression':'attribute_exists(sk)'",
           Invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: sk")},
      });
}

TEST_F(PrecedenceTest, Scan) {
  CreateTable("Pair", "S", "N");
  CheckOrder(
      "Scan", "'TableName':'Pair'",
      {
          {"'Limit':[]", Misfit("Unrecognized collection type class java.lang.Integer")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeValues':{':a':{}},'FilterExpression':null,'ExpressionAttributeNames':null",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null")},
          {"'ExclusiveStartKey':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'Segment':3,'TotalSegments':3",
           Invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 3 is "
                   "not less than TotalSegments: 3")},
          {"'FilterExpression':'a =','ExpressionAttributeNames':{'a':'a'}",
           Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")},
          {"'FilterExpression':'a ='",
           Invalid("Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'ProjectionExpression':'a,'",
           Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"")},
          {"'FilterExpression':'a = b','ExpressionAttributeNames':{'#a':'a'}",
           Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}")},
          {"'Select':'COUNT','ProjectionExpression':'a'",
           Invalid("Cannot specify the ProjectionExpression when choosing to get only the Count")},
          {"'TableName':'None'", NotFound()},
          {"'IndexName':'nope'", Invalid("The table does not have the specified index: nope")},
          {"'ExclusiveStartKey':{'a':{'N':'1'}}",
           Invalid("The provided starting key is invalid: The provided key element does not match the schema")},
          {"'FilterExpression':'attribute_exists(pk.a)'",
           Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
                   "pk")},
      });
}

// In batches the defects stand in one member, so the pairs are written out: in each request the defect that is answered
// and the next one of the order.
TEST_F(PrecedenceTest, BatchGetItem) {
  CreateTable("One", "S");
  CreateTable("Two", "S", "N");
  const std::string key = "{'pk':{'S':'a'}}";
  const std::string same = key + "," + key;
  const std::string bad_value = "{'pk':{'N':'x'}}";
  std::string hundred = "{'pk':{'S':'0'}}";
  for (int i = 1; i < 100; ++i) {
    hundred += fmt::format(",{{'pk':{{'S':'{}'}}}}", i);
  }
  const auto batch = [](const std::string& tables) { return "{'RequestItems':{" + tables + "}}"; };
  const std::string duplicates = Invalid("Provided list of item keys contains duplicates");
  const std::string syntax = Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"");
  const std::string names = Invalid("ExpressionAttributeNames can only be specified when using expressions");
  Check({
      {"BatchGetItem", "{'ReturnConsumedCapacity':5,'RequestItems':{}}",
       Misfit("NUMBER_VALUE cannot be converted to String")},
      {"BatchGetItem",
       "{'ReturnConsumedCapacity':'SOME','RequestItems':{'One':{'Keys':[" + key +
           "],'ExpressionAttributeNames':{'a':'a'}}}}",
       BadCapacity()},
      {"BatchGetItem", batch("'One':{'Keys':[" + key + "],'ExpressionAttributeNames':{'a':'a'}}"), names},
      {"BatchGetItem",
       batch("'One':{'Keys':[" + key + "],'ProjectionExpression':'a,','ExpressionAttributeNames':{'a':'a'}}"),
       Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")},
      {"BatchGetItem",
       batch("'One':{'Keys':[" + key + "],'ProjectionExpression':'a,','ExpressionAttributeNames':{'#a':'a'}}"), syntax},
      {"BatchGetItem",
       batch("'One':{'Keys':[" + bad_value + "],'ProjectionExpression':'a','ExpressionAttributeNames':{'#a':'a'}}"),
       Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}")},
      {"BatchGetItem", batch("'One':{'Keys':[" + bad_value + "],'ProjectionExpression':'a,'}"), syntax},
      {"BatchGetItem", batch("'One':{'Keys':[" + same + "," + bad_value + "]}"),
       Invalid("The parameter cannot be converted to a numeric value: x")},
      {"BatchGetItem", batch("'One':{'Keys':[" + hundred + "]},'Two':{'Keys':[" + same + "]}"), duplicates},
      // One table after the other.
      {"BatchGetItem", batch("'One':{'Keys':[" + same + "]},'Two':{'Keys':[" + key + "],'ProjectionExpression':'a,'}"),
       duplicates},
      {"BatchGetItem", batch("'One':{'Keys':[" + key + "],'ProjectionExpression':'a,'},'Two':{'Keys':[" + same + "]}"),
       syntax},
      {"BatchGetItem", batch("'None':{'Keys':[" + hundred + "]},'Two':{'Keys':[" + key + "]}"),
       Invalid("Too many items requested for the BatchGetItem call")},
      {"BatchGetItem", batch("'None':{'Keys':[" + same + "]}"), duplicates},
      {"BatchGetItem", batch("'Two':{'Keys':[" + same + "]}"), duplicates},
      {"BatchGetItem", batch("'Two':{'Keys':[" + key + "]},'None':{'Keys':[" + key + "]}"), NotFound()},
      {"BatchGetItem", batch("'Two':{'Keys':[" + key + "],'ProjectionExpression':'pk.a'}"), Invalid(kSchemaMismatch)},
      {"BatchGetItem", batch("'One':{'Keys':[" + key + "],'ProjectionExpression':'pk.a'}"),
       Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk")},
  });
}

TEST_F(PrecedenceTest, BatchWriteItem) {
  CreateTable("One", "S");
  CreateTable("Two", "S", "N");
  const auto put = [](const std::string& item) { return "{'PutRequest':{'Item':" + item + "}}"; };
  const std::string good = put("{'pk':{'S':'a'}}");
  const std::string bad_value = put("{'pk':{'S':'b'},'v':{'N':'x'}}");
  const std::string large = put("{'pk':{'S':'c'},'v':{'S':'" + std::string(409'600, 'x') + "'}}");
  const std::string large_bad = put("{'v':{'S':'" + std::string(409'600, 'x') + "'},'w':{'N':'x'}}");
  std::string twenty_five = bad_value;
  for (int i = 1; i < 25; ++i) {
    twenty_five += fmt::format(",{{'PutRequest':{{'Item':{{'pk':{{'S':'{}'}}}}}}}}", i);
  }
  const auto batch = [](const std::string& tables) { return "{'RequestItems':{" + tables + "}}"; };
  const std::string shape = Invalid(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
  const std::string value = Invalid("The parameter cannot be converted to a numeric value: x");
  const std::string size = Invalid("Item size has exceeded the maximum allowed size");
  Check({
      {"BatchWriteItem", "{'ReturnConsumedCapacity':5,'RequestItems':{}}",
       Misfit("NUMBER_VALUE cannot be converted to String")},
      {"BatchWriteItem",
       "{'ReturnConsumedCapacity':'SOME','RequestItems':{'One':[" + twenty_five + "],'Two':[" + good + "]}}",
       BadCapacity()},
      {"BatchWriteItem", batch("'One':[" + twenty_five + "],'Two':[{}]"),
       Invalid("Too many items requested for the BatchWriteItem call")},
      // Entry by entry: shape, values, size.
      {"BatchWriteItem", batch("'None':[{}," + bad_value + "]"), shape},
      {"BatchWriteItem", batch("'None':[" + bad_value + ",{}]"), value},
      {"BatchWriteItem", batch("'None':[" + large_bad + "]"), value},
      {"BatchWriteItem", batch("'None':[" + large + "," + bad_value + "]"), size},
      {"BatchWriteItem", batch("'None':[" + good + "],'Two':[" + large + "]"), size},
      {"BatchWriteItem", batch("'Two':[" + good + "],'None':[" + good + "]"), NotFound()},
      {"BatchWriteItem", batch("'None':[" + good + "," + good + "]"), NotFound()},
      {"BatchWriteItem", batch("'One':[" + good + "," + good + "," + put("{'pk':{'N':'1'}}") + "]"),
       Invalid(kSchemaMismatch)},
      {"BatchWriteItem", batch("'One':[" + good + "," + good + "],'Two':[" + good + "]"), Invalid(kSchemaMismatch)},
      {"BatchWriteItem", batch("'One':[" + good + "," + good + "]"),
       Invalid("Provided list of item keys contains duplicates")},
  });
}

TEST_F(PrecedenceTest, AuthorizationComesBeforeTheTable) {
  const std::string arn = "arn:aws:dynamodb:us-east-1:222222222222:table/Pair";
  const std::string denied = ErrorBody(
      "com.amazon.coral.service#AccessDeniedException", "Message",
      "User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:PutItem on resource: " + arn +
          " because no resource-based policy allows the dynamodb:PutItem action");
  Check({
      {"PutItem", "{'TableName':'" + arn + "','Item':{'a':{'N':'x'}}}",
       Invalid("The parameter cannot be converted to a numeric value: x")},
      {"PutItem", "{'TableName':'" + arn + "','Item':{}}", denied},
  });
}

}  // namespace
}  // namespace basalt::server

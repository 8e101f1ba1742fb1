// Requests with two defects: which of them is answered. Each test lists an operation's defects from the first found to
// the last; of any two of them in one request the earlier one must be answered.
#include <map>
#include <string>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// A defect as the members that make it, and what is answered to it. A member that is null is left out of the request.
struct Defect {
  std::string members;
  std::string answer;
};

using Members = std::map<std::string, std::string>;

// Takes an object's members apart; a later member of a name replaces an earlier one.
void SetMembers(Members& members, std::string_view text) {
  int depth = 0;
  bool in_string = false;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i == text.size() ? ',' : text[i];
    if (c == '\'') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      ++depth;
    } else if (!in_string && (c == '}' || c == ']')) {
      --depth;
    } else if (!in_string && depth == 0 && c == ',') {
      const std::string_view member = text.substr(begin, i - begin);
      const size_t colon = member.find(':');
      members[std::string(member.substr(0, colon))] = member.substr(colon + 1);
      begin = i + 1;
    }
  }
}

std::string RequestOf(const Members& members) {
  std::string request;
  for (const auto& [name, value] : members) {
    if (value != "null") {
      request += (request.empty() ? "{" : ",") + name + ":" + value;
    }
  }
  return request + "}";
}

class PrecedenceTest : public WireTest {
 protected:
  // `sound` are members that make the request whole where no defect replaces them. Of two defects that set the same
  // member, the earlier one sets it, so that the pair may have only one of them: that shows nothing, and does no harm.
  void CheckOrder(const std::string& operation, const std::string& sound, const std::vector<Defect>& defects) {
    for (size_t first = 0; first < defects.size(); ++first) {
      for (size_t second = first; second < defects.size(); ++second) {
        Members members;
        SetMembers(members, sound);
        SetMembers(members, defects[second].members);
        SetMembers(members, defects[first].members);
        const std::string request = RequestOf(members);
        EXPECT_EQ(Send(operation, request), defects[first].answer) << operation << " " << request.substr(0, 1000);
      }
    }
  }
};

const std::string& BadCapacity() {
  static const std::string kAnswer = OneConstraint(
      "Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
      "[INDEXES, TOTAL, NONE]");
  return kAnswer;
}

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
          {"'ExpressionAttributeValues':{},'ConditionExpression':null,'UpdateExpression':null",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and "
                   "ConditionExpression are null")},
          {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'UpdateExpression':'SET a'",
           Invalid("Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \"a\"")},
          {"'ConditionExpression':'a ='",
           Invalid("Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
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
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeValues':{':a':{}},'ConditionExpression':null",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is "
                   "null")},
          {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'ReturnValues':'UPDATED_OLD'", Invalid("ReturnValues can only be ALL_OLD or NONE")},
          {"'ConditionExpression':'a ='",
           Invalid("Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'TableName':'None'", NotFound()},
          {"'Key':{'a':{'S':'a'}}", Invalid(kSchemaMismatch)},
          {"'ConditionExpression':'attribute_exists(pk)'", ConditionFailed()},
      });
}

TEST_F(PrecedenceTest, GetItem) {
  CreateTable("Single", "S");
  CheckOrder(
      "GetItem", "'TableName':'Single','Key':{'pk':{'S':'a'}}",
      {
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeNames':{'a':'b'},'ProjectionExpression':null",
           Invalid("ExpressionAttributeNames can only be specified when using expressions")},
          {"'Key':{'a':{}}",
           Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")},
          {"'ProjectionExpression':'a,'",
           Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"")},
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
          {"'KeyConditionExpression':'pk ='",
           Invalid("Invalid KeyConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'FilterExpression':'a ='",
           Invalid("Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'ProjectionExpression':'a,'",
           Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"")},
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
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ExpressionAttributeValues':{':a':{}},'FilterExpression':null",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null")},
          {"'ExclusiveStartKey':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'Segment':3,'TotalSegments':3",
           Invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 3 is "
                   "not less than TotalSegments: 3")},
          {"'FilterExpression':'a ='",
           Invalid("Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
          {"'ProjectionExpression':'a,'",
           Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"")},
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

// ---- legacy parameters

std::string MixedParameters(std::string_view legacy, std::string_view expressions) {
  return Invalid(
      fmt::format("Can not use both expression and non-expression parameters in the same request: Non-expression "
                  "parameters: {{{}}} Expression parameters: {{{}}}",
                  legacy, expressions));
}

const std::string& LoneConditionalOperator() {
  static const std::string kAnswer = InvalidParameter("ConditionalOperator cannot be used without Filter or Expected");
  return kAnswer;
}

TEST_F(PrecedenceTest, PutItemWithExpected) {
  CreateTable("Pair", "S", "N");
  const std::string big(409'600, 'x');
  CheckOrder(
      "PutItem", "'TableName':'Pair','Item':{'pk':{'S':'a'},'sk':{'N':'1'}},'Expected':{'v':{'Exists':false}}",
      {
          {"'Expected':{'a':{'Exists':5}}", Misfit("NUMBER_VALUE cannot be converted to Boolean")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'Expected':{},'ConditionalOperator':null,'ConditionExpression':''",
           MixedParameters("Expected", "ConditionExpression")},
          {"'ExpressionAttributeNames':{}",
           Invalid("ExpressionAttributeNames can only be specified when using expressions")},
          {"'Item':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'ReturnValues':'ALL_NEW'", Invalid("ReturnValues can only be ALL_OLD or NONE")},
          {"'Item':{'a':{'S':'" + big + "'}}", Invalid("Item size has exceeded the maximum allowed size")},
          {"'ConditionalOperator':'OR'", LoneConditionalOperator()},
          {"'Expected':{'a':{}}", InvalidParameter("Value must be provided when Exists is null for Attribute: a")},
          {"'TableName':'None'", NotFound()},
          {"'Item':{'pk':{'S':'a'}}", InvalidParameter("Missing the key sk in the item")},
          {"'Expected':{'pk':{'ComparisonOperator':'NOT_NULL'}}", ConditionFailed()},
      });
}

TEST_F(PrecedenceTest, UpdateItemWithLegacyParameters) {
  CreateTable("Pair", "S", "N");
  ASSERT_EQ(Send("PutItem", "{'TableName':'Pair','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'s':{'S':'x'}}}"), "{}");
  CheckOrder("UpdateItem",
             "'TableName':'Pair','Key':{'pk':{'S':'a'},'sk':{'N':'1'}},'AttributeUpdates':{'v':{'Action':'DELETE'}}",
             {
                 {"'AttributeUpdates':5", Misfit("Unexpected field type")},
                 {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
                 {"'AttributeUpdates':{},'Expected':null,'ConditionalOperator':null,'UpdateExpression':''",
                  MixedParameters("AttributeUpdates", "UpdateExpression")},
                 {"'ExpressionAttributeValues':{}",
                  Invalid("ExpressionAttributeValues can only be specified when using expressions: UpdateExpression "
                          "and ConditionExpression are null")},
                 {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
                 {"'AttributeUpdates':{'a':{}}",
                  InvalidParameter("Only DELETE action is allowed when no attribute value is specified")},
                 {"'ConditionalOperator':'OR'", LoneConditionalOperator()},
                 {"'Expected':{'a':{'Exists':true}}",
                  InvalidParameter("Value must be provided when Exists is true for Attribute: a")},
                 {"'TableName':'None'", NotFound()},
                 {"'Key':{'pk':{'S':'a'}}", Invalid(kSchemaMismatch)},
                 {"'AttributeUpdates':{'sk':{'Action':'DELETE'}}",
                  InvalidParameter("Cannot update attribute sk. This attribute is part of the key")},
                 {"'Expected':{'s':{'Exists':false}}", ConditionFailed()},
                 {"'AttributeUpdates':{'s':{'Action':'ADD','Value':{'N':'1'}}}",
                  Invalid("Type mismatch for attribute to update")},
             });
}

// Of the entries of one map the first one with a defect answers; of its defects, in this order.
TEST_F(PrecedenceTest, EntriesOfALegacyMap) {
  const std::string bad_number = Invalid("The parameter cannot be converted to a numeric value: x");
  const auto expected = [](std::string_view entries) {
    return fmt::format("{{'TableName':'None','Item':{{}},'Expected':{{{}}}}}", entries);
  };
  const auto updates = [](std::string_view entries) {
    return fmt::format("{{'TableName':'None','Key':{{}},'AttributeUpdates':{{{}}}}}", entries);
  };
  Check({
      {"PutItem", expected("'z':{'Value':{'N':'x'}},'a':{}"), bad_number},
      {"PutItem", expected("'z':{},'a':{'Value':{'N':'x'}}"),
       InvalidParameter("Value must be provided when Exists is null for Attribute: z")},
      {"PutItem", expected("'a':{'Value':{'N':'x'},'Exists':false}"),
       InvalidParameter("Value cannot be used when Exists is false for Attribute: a")},
      {"PutItem", expected("'a':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'x'}]}"), bad_number},
      {"PutItem", expected("'a':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'1'},{'S':''},{'M':{}}]}"),
       InvalidParameter("Invalid number of argument(s) for the BETWEEN ComparisonOperator")},
      {"PutItem", expected("'a':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'M':{}},{'S':''}]}"),
       InvalidParameter("AttributeValues inside AttributeValueList must be of same type")},
      {"UpdateItem", updates("'z':{'Value':{'N':'x'}},'a':{}"), bad_number},
      {"UpdateItem", updates("'z':{},'a':{'Value':{'N':'x'}}"),
       InvalidParameter("Only DELETE action is allowed when no attribute value is specified")},
      {"UpdateItem", updates("'a':{'Action':'ADD','Value':{'M':{'b':{'N':'x'}}}}"), bad_number},
  });
}

TEST_F(PrecedenceTest, DeleteItemWithExpected) {
  CreateTable("Single", "S");
  CheckOrder(
      "DeleteItem", "'TableName':'Single','Key':{'pk':{'S':'a'}},'Expected':{'v':{'Exists':false}}",
      {
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'Expected':{},'ConditionalOperator':null,'ConditionExpression':''",
           MixedParameters("Expected", "ConditionExpression")},
          {"'ExpressionAttributeValues':{':a':{}}",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is "
                   "null")},
          {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'ReturnValues':'UPDATED_OLD'", Invalid("ReturnValues can only be ALL_OLD or NONE")},
          {"'ConditionalOperator':'AND'", LoneConditionalOperator()},
          {"'Expected':{'a':{}}", InvalidParameter("Value must be provided when Exists is null for Attribute: a")},
          {"'TableName':'None'", NotFound()},
          {"'Key':{'a':{'S':'a'}}", Invalid(kSchemaMismatch)},
          {"'Expected':{'pk':{'ComparisonOperator':'NOT_NULL'}}", ConditionFailed()},
      });
}

TEST_F(PrecedenceTest, GetItemWithAttributesToGet) {
  CreateTable("Single", "S");
  CheckOrder("GetItem", "'TableName':'Single','Key':{'pk':{'S':'a'}},'AttributesToGet':['a']",
             {
                 {"'AttributesToGet':[5]", Misfit("NUMBER_VALUE cannot be converted to String")},
                 {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
                 {"'ProjectionExpression':''", MixedParameters("AttributesToGet", "ProjectionExpression")},
                 {"'ExpressionAttributeNames':{'a':'b'}",
                  Invalid("ExpressionAttributeNames can only be specified when using expressions")},
                 {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
                 {"'AttributesToGet':['a','b','a']", InvalidParameter("Duplicate value in attribute name: a")},
                 {"'TableName':'None'", NotFound()},
                 {"'Key':{'pk':{'N':'1'}}", Invalid(kSchemaMismatch)},
             });
}

TEST_F(PrecedenceTest, BatchGetItemWithAttributesToGet) {
  const auto request = [](std::string_view members) {
    return fmt::format("{{'RequestItems':{{'None':{{'Keys':[{{'a':{{'N':'x'}}}}]{}}}}}}}", members);
  };
  Check({
      {"BatchGetItem", request(",'AttributesToGet':['a','a'],'ProjectionExpression':''"),
       MixedParameters("AttributesToGet", "ProjectionExpression")},
      {"BatchGetItem", request(",'AttributesToGet':['a','a'],'ExpressionAttributeNames':{}"),
       Invalid("ExpressionAttributeNames can only be specified when using expressions")},
      {"BatchGetItem", request(",'AttributesToGet':['a','a']"),
       InvalidParameter("Duplicate value in attribute name: a")},
      {"BatchGetItem", request(",'AttributesToGet':['a']"),
       Invalid("The parameter cannot be converted to a numeric value: x")},
  });
}

TEST_F(PrecedenceTest, QueryWithLegacyParameters) {
  CreateTable("Pair", "S", "N");
  const std::string eq = "{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'a'}]}";
  CheckOrder(
      "Query", "'TableName':'Pair','KeyConditions':{'pk':" + eq + "}",
      {
          {"'KeyConditions':{'pk':5}", Misfit("Unexpected value type in payload")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'KeyConditions':{},'AttributesToGet':null,'QueryFilter':null,'ConditionalOperator':null,"
           "'KeyConditionExpression':''",
           MixedParameters("KeyConditions", "KeyConditionExpression")},
          {"'ExpressionAttributeNames':{'#a':'a'}",
           Invalid("ExpressionAttributeNames can only be specified when using expressions")},
          {"'ConditionalOperator':'OR'", LoneConditionalOperator()},
          {"'QueryFilter':{'a':{'ComparisonOperator':'LT','AttributeValueList':[{'N':'x'}]}}",
           Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'AttributesToGet':['a','a']", InvalidParameter("Duplicate value in attribute name: a")},
          {"'ExclusiveStartKey':{'a':{}}",
           Invalid("The provided starting key is invalid: Supplied AttributeValue is empty, must contain exactly one "
                   "of the supported datatypes")},
          {"'KeyConditions':null",
           Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")},
          {"'KeyConditions':{'pk':{'ComparisonOperator':'EQ'}}",
           InvalidParameter("Invalid number of argument(s) for the EQ ComparisonOperator")},
          {"'KeyConditions':{}", Invalid("Conditions can be of length 1 or 2 only")},
          {"'KeyConditions':{'pk':{'ComparisonOperator':'NULL'}}",
           Invalid("Attempted conditional constraint is not an indexable operation")},
          {"'AttributesToGet':['a'],'Select':'COUNT'",
           Invalid("Cannot specify the AttributesToGet when choosing to get only the Count")},
          {"'TableName':'None'", NotFound()},
          {"'IndexName':'nope'", Invalid("The table does not have the specified index: nope")},
          {"'ExclusiveStartKey':{'a':{'N':'1'}}", Invalid("The provided starting key is invalid")},
          {"'KeyConditions':{'other':" + eq + "}", Invalid("Query condition missed key schema element: pk")},
          {"'ExclusiveStartKey':{'pk':{'S':'b'},'sk':{'N':'1'}}",
           Invalid("The provided starting key is outside query boundaries based on provided conditions")},
          {"'QueryFilter':{'sk':{'ComparisonOperator':'NULL'}}",
           Invalid("QueryFilter can only contain non-primary key attributes: Primary key attribute: sk")},
      });
}

TEST_F(PrecedenceTest, QueryWithKeyConditionsAndExpressions) {
  CreateTable("Pair", "S", "N");
  CheckOrder("Query",
             "'TableName':'Pair','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'a'}]}},"
             "'FilterExpression':'attribute_exists(a)'",
             {
                 {"'AttributesToGet':['a'],'ProjectionExpression':null",
                  MixedParameters("AttributesToGet", "FilterExpression")},
                 {"'KeyConditions':{}", Invalid("Conditions can be of length 1 or 2 only")},
                 {"'FilterExpression':'a ='",
                  Invalid("Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
                 {"'ProjectionExpression':'a,'",
                  Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"")},
                 {"'Select':'SPECIFIC_ATTRIBUTES','ProjectionExpression':null",
                  Invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                          "SPECIFIC_ATTRIBUTES")},
                 {"'TableName':'None'", NotFound()},
             });
}

TEST_F(PrecedenceTest, ScanWithLegacyParameters) {
  CreateTable("Pair", "S", "N");
  CheckOrder(
      "Scan", "'TableName':'Pair','ScanFilter':{'a':{'ComparisonOperator':'NULL'}}",
      {
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ScanFilter':{},'AttributesToGet':null,'ConditionalOperator':null,'FilterExpression':''",
           MixedParameters("ScanFilter", "FilterExpression")},
          {"'ExpressionAttributeValues':{':a':{}}",
           Invalid("ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null")},
          {"'ConditionalOperator':'OR'", LoneConditionalOperator()},
          {"'ScanFilter':{'a':{'ComparisonOperator':'LT'}}",
           InvalidParameter("Invalid number of argument(s) for the LT ComparisonOperator")},
          {"'AttributesToGet':['a','a']", InvalidParameter("Duplicate value in attribute name: a")},
          {"'ExclusiveStartKey':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
          {"'Segment':1", Invalid("The TotalSegments parameter is required but was not present in the request when "
                                  "Segment parameter is present")},
          {"'AttributesToGet':['a'],'Select':'ALL_ATTRIBUTES'",
           Invalid("Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES")},
          {"'TableName':'None'", NotFound()},
          {"'ExclusiveStartKey':{'a':{'N':'1'}}",
           Invalid("The provided starting key is invalid: The provided key element does not match the schema")},
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

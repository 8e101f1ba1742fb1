// Requests with legacy parameters and two defects: which of them is answered.
#include <string>

#include "server/legacy_wire_fixture.h"
#include "server/precedence_fixture.h"

namespace basalt::server {
namespace {

using LegacyPrecedenceTest = PrecedenceTest;

const std::string& LoneConditionalOperator() {
  static const std::string kAnswer = InvalidParameter("ConditionalOperator cannot be used without Filter or Expected");
  return kAnswer;
}

TEST_F(LegacyPrecedenceTest, PutItemWithExpected) {
  CreateTable("Pair", "S", "N");
  const std::string big(409'600, 'x');
  CheckOrder(
      "PutItem", "'TableName':'Pair','Item':{'pk':{'S':'a'},'sk':{'N':'1'}},'Expected':{'v':{'Exists':false}}",
      {
          {"'Expected':{'a':{'Exists':5}}", Misfit("NUMBER_VALUE cannot be converted to Boolean")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'Expected':{},'ConditionalOperator':null,'ConditionExpression':''",
           Mixed("Expected", "ConditionExpression")},
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

TEST_F(LegacyPrecedenceTest, UpdateItemWithLegacyParameters) {
  CreateTable("Pair", "S", "N");
  ASSERT_EQ(Send("PutItem", "{'TableName':'Pair','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'s':{'S':'x'}}}"), "{}");
  CheckOrder("UpdateItem",
             "'TableName':'Pair','Key':{'pk':{'S':'a'},'sk':{'N':'1'}},'AttributeUpdates':{'v':{'Action':'DELETE'}}",
             {
                 {"'AttributeUpdates':5", Misfit("Unexpected field type")},
                 {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
                 {"'AttributeUpdates':{},'Expected':null,'ConditionalOperator':null,'UpdateExpression':''",
                  Mixed("AttributeUpdates", "UpdateExpression")},
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
TEST_F(LegacyPrecedenceTest, EntriesOfALegacyMap) {
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

TEST_F(LegacyPrecedenceTest, DeleteItemWithExpected) {
  CreateTable("Single", "S");
  CheckOrder(
      "DeleteItem", "'TableName':'Single','Key':{'pk':{'S':'a'}},'Expected':{'v':{'Exists':false}}",
      {
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'Expected':{},'ConditionalOperator':null,'ConditionExpression':''",
           Mixed("Expected", "ConditionExpression")},
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

TEST_F(LegacyPrecedenceTest, GetItemWithAttributesToGet) {
  CreateTable("Single", "S");
  CheckOrder("GetItem", "'TableName':'Single','Key':{'pk':{'S':'a'}},'AttributesToGet':['a']",
             {
                 {"'AttributesToGet':[5]", Misfit("NUMBER_VALUE cannot be converted to String")},
                 {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
                 {"'ProjectionExpression':''", Mixed("AttributesToGet", "ProjectionExpression")},
                 {"'ExpressionAttributeNames':{'a':'b'}",
                  Invalid("ExpressionAttributeNames can only be specified when using expressions")},
                 {"'Key':{'a':{'N':'x'}}", Invalid("The parameter cannot be converted to a numeric value: x")},
                 {"'AttributesToGet':['a','b','a']", InvalidParameter("Duplicate value in attribute name: a")},
                 {"'TableName':'None'", NotFound()},
                 {"'Key':{'pk':{'N':'1'}}", Invalid(kSchemaMismatch)},
             });
}

TEST_F(LegacyPrecedenceTest, BatchGetItemWithAttributesToGet) {
  const auto request = [](std::string_view members) {
    return fmt::format("{{'RequestItems':{{'None':{{'Keys':[{{'a':{{'N':'x'}}}}]{}}}}}}}", members);
  };
  Check({
      {"BatchGetItem", request(",'AttributesToGet':['a','a'],'ProjectionExpression':''"),
       Mixed("AttributesToGet", "ProjectionExpression")},
      {"BatchGetItem", request(",'AttributesToGet':['a','a'],'ExpressionAttributeNames':{}"),
       Invalid("ExpressionAttributeNames can only be specified when using expressions")},
      {"BatchGetItem", request(",'AttributesToGet':['a','a']"),
       InvalidParameter("Duplicate value in attribute name: a")},
      {"BatchGetItem", request(",'AttributesToGet':['a']"),
       Invalid("The parameter cannot be converted to a numeric value: x")},
  });
}

TEST_F(LegacyPrecedenceTest, QueryWithLegacyParameters) {
  CreateTable("Pair", "S", "N");
  const std::string eq = "{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'a'}]}";
  CheckOrder(
      "Query", "'TableName':'Pair','KeyConditions':{'pk':" + eq + "}",
      {
          {"'KeyConditions':{'pk':5}", Misfit("Unexpected value type in payload")},
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'KeyConditions':{},'AttributesToGet':null,'QueryFilter':null,'ConditionalOperator':null,"
           "'KeyConditionExpression':''",
           Mixed("KeyConditions", "KeyConditionExpression")},
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

TEST_F(LegacyPrecedenceTest, QueryWithKeyConditionsAndExpressions) {
  CreateTable("Pair", "S", "N");
  CheckOrder("Query",
             "'TableName':'Pair','KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'a'}]}},"
             "'FilterExpression':'attribute_exists(a)'",
             {
                 {"'AttributesToGet':['a'],'ProjectionExpression':null", Mixed("AttributesToGet", "FilterExpression")},
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

TEST_F(LegacyPrecedenceTest, ScanWithLegacyParameters) {
  CreateTable("Pair", "S", "N");
  CheckOrder(
      "Scan", "'TableName':'Pair','ScanFilter':{'a':{'ComparisonOperator':'NULL'}}",
      {
          {"'ReturnConsumedCapacity':'SOME'", BadCapacity()},
          {"'ScanFilter':{},'AttributesToGet':null,'ConditionalOperator':null,'FilterExpression':''",
           Mixed("ScanFilter", "FilterExpression")},
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

}  // namespace
}  // namespace basalt::server

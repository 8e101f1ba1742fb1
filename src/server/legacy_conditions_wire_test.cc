// Expected, filters and KeyConditions on the wire: every text of a refusal, wherever a condition may stand.
#include <string>
#include <utility>

#include "server/legacy_wire_fixture.h"

namespace basalt::server {
namespace {

class LegacyConditionsTest : public LegacyWireTest {
 protected:
  // The same condition in all places that take one must be answered the same text.
  void CheckEverywhere(std::string_view condition, const std::string& answer) {
    for (const auto& [operation, request] : {
             std::pair{"PutItem", "{{'TableName':'None','Item':{{}},'Expected':{{'a':{}}}}}"},
             std::pair{"DeleteItem", "{{'TableName':'None','Key':{{}},'Expected':{{'a':{}}}}}"},
             std::pair{"UpdateItem", "{{'TableName':'None','Key':{{}},'Expected':{{'a':{}}}}}"},
             std::pair{"Scan", "{{'TableName':'None','ScanFilter':{{'a':{}}}}}"},
             std::pair{"Query", "{{'TableName':'None','QueryFilter':{{'a':{}}}}}"},
             std::pair{"Query", "{{'TableName':'None','KeyConditions':{{'a':{}}}}}"},
         }) {
      EXPECT_EQ(Send(operation, fmt::format(fmt::runtime(request), condition)), answer) << operation << condition;
    }
  }
};

TEST_F(LegacyConditionsTest, LegacyAndExpressionParametersDoNotMix) {
  const std::string put = "{'TableName':'None','Item':{'a':{'N':'x'}},'ExpressionAttributeValues':{':v':{}}";
  const std::string key = "{'TableName':'None','Key':{'a':{'N':'x'}},'ExpressionAttributeValues':{':v':{}}";
  const std::string expected = ",'Expected':{'a':{}}";
  const std::string joined = ",'ConditionalOperator':'OR'";
  const std::string condition = ",'ConditionExpression':''}";
  const std::string scan = "{'TableName':'None'";
  Check({
      {"PutItem", put + expected + condition, Mixed("Expected", "ConditionExpression")},
      {"PutItem", put + joined + condition, Mixed("ConditionalOperator", "ConditionExpression")},
      {"PutItem", put + expected + joined + condition, Mixed("Expected, ConditionalOperator", "ConditionExpression")},
      {"PutItem", put + ",'Expected':{}" + condition, Mixed("Expected", "ConditionExpression")},
      {"PutItem", "{'TableName':'None','Item':{},'Expected':null" + condition,
       Invalid("Invalid ConditionExpression: The expression can not be empty;")},
      {"DeleteItem", key + expected + condition, Mixed("Expected", "ConditionExpression")},
      {"DeleteItem", key + joined + condition, Mixed("ConditionalOperator", "ConditionExpression")},
      {"UpdateItem", key + expected + condition, Mixed("Expected", "ConditionExpression")},
      {"UpdateItem", key + ",'AttributeUpdates':{}" + condition, Mixed("AttributeUpdates", "ConditionExpression")},
      {"UpdateItem", key + expected + ",'UpdateExpression':''}", Mixed("Expected", "UpdateExpression")},
      {"UpdateItem", key + ",'AttributeUpdates':{'a':{}},'UpdateExpression':''}",
       Mixed("AttributeUpdates", "UpdateExpression")},
      {"UpdateItem", key + ",'AttributeUpdates':{'a':{}},'UpdateExpression':''" + expected + joined + condition,
       Mixed("AttributeUpdates, Expected, ConditionalOperator", "UpdateExpression, ConditionExpression")},
      {"GetItem", "{'TableName':'None','Key':{},'AttributesToGet':['a','a'],'ProjectionExpression':''}",
       Mixed("AttributesToGet", "ProjectionExpression")},
      {"Scan", scan + ",'AttributesToGet':['a'],'ProjectionExpression':''}",
       Mixed("AttributesToGet", "ProjectionExpression")},
      {"Scan", scan + ",'AttributesToGet':['a'],'FilterExpression':''}", Mixed("AttributesToGet", "FilterExpression")},
      {"Scan", scan + ",'ScanFilter':{},'FilterExpression':''}", Mixed("ScanFilter", "FilterExpression")},
      {"Scan", scan + ",'ScanFilter':{},'ProjectionExpression':''}", Mixed("ScanFilter", "ProjectionExpression")},
      {"Scan", scan + ",'ConditionalOperator':'AND','FilterExpression':''}",
       Mixed("ConditionalOperator", "FilterExpression")},
      {"Query", scan + ",'KeyConditions':{},'KeyConditionExpression':''}",
       Mixed("KeyConditions", "KeyConditionExpression")},
      {"Query", scan + ",'QueryFilter':{},'KeyConditionExpression':''}",
       Mixed("QueryFilter", "KeyConditionExpression")},
      {"Query", scan + ",'AttributesToGet':['a'],'KeyConditionExpression':''}",
       Mixed("AttributesToGet", "KeyConditionExpression")},
      {"Query", scan + ",'KeyConditions':{},'QueryFilter':{},'FilterExpression':''}",
       Mixed("QueryFilter", "FilterExpression")},
      {"Query",
       scan + ",'AttributesToGet':['a'],'QueryFilter':{},'ConditionalOperator':'OR','KeyConditions':{},"
              "'ProjectionExpression':'','FilterExpression':'','KeyConditionExpression':''}",
       Mixed("AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions",
             "ProjectionExpression, FilterExpression, KeyConditionExpression")},
      // Names and values are no expressions of their own.
      {"GetItem", "{'TableName':'None','Key':{},'AttributesToGet':['a'],'ExpressionAttributeNames':{'#a':'a'}}",
       Invalid("ExpressionAttributeNames can only be specified when using expressions")},
      {"UpdateItem", key + ",'AttributeUpdates':{}}",
       Invalid("ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and "
               "ConditionExpression are null")},
      {"Query", scan + ",'KeyConditions':{},'ExpressionAttributeValues':{':v':{}}}",
       Invalid("ExpressionAttributeValues can only be specified when using expressions: FilterExpression and "
               "KeyConditionExpression are null")},
  });
}

TEST_F(LegacyConditionsTest, EntriesOfExpectedMustMakeSense) {
  const std::string value = "'Value':{'S':'x'}";
  const std::string list = "'AttributeValueList':[{'S':'x'}]";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {value + "," + list, "Value and AttributeValueList cannot be used together for Attribute: a"},
      {value + "," + list + ",'Exists':true,'ComparisonOperator':'EQ'",
       "Value and AttributeValueList cannot be used together for Attribute: a"},
      {"'Exists':true,'ComparisonOperator':'EQ'," + value,
       "Exists and ComparisonOperator cannot be used together for Attribute: a"},
      {"'Exists':false,'ComparisonOperator':'NULL'",
       "Exists and ComparisonOperator cannot be used together for Attribute: a"},
      {"'ComparisonOperator':'EQ'",
       "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a"},
      {"'ComparisonOperator':'BETWEEN','AttributeValueList':null",
       "Value or AttributeValueList must be used with ComparisonOperator: BETWEEN for Attribute: a"},
      {list, "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"},
      {list + ",'Exists':true", "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"},
      {"'AttributeValueList':[]", "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"},
      {"", "Value must be provided when Exists is null for Attribute: a"},
      {"'Exists':null", "Value must be provided when Exists is null for Attribute: a"},
      {"'Exists':true", "Value must be provided when Exists is true for Attribute: a"},
      {"'Exists':'true'", "Value must be provided when Exists is true for Attribute: a"},
      {"'Exists':false," + value, "Value cannot be used when Exists is false for Attribute: a"},
      {"'ComparisonOperator':'NULL'," + value, "Invalid number of argument(s) for the NULL ComparisonOperator"},
      {"'ComparisonOperator':'BETWEEN'," + value, "Invalid number of argument(s) for the BETWEEN ComparisonOperator"},
      {"'ComparisonOperator':'GE','Value':{'BOOL':true}",
       "ComparisonOperator GE is not valid for BOOL AttributeValue type"},
      {"'Value':{'SS':[]}", "An string set  may not be empty"},
  };
  for (const auto& [entry, text] : cases) {
    const std::string expected = ",'Expected':{'a':{" + entry + "}}}";
    Check({
        {"PutItem", "{'TableName':'None','Item':{}" + expected, InvalidParameter(text)},
        {"DeleteItem", "{'TableName':'None','Key':{}" + expected, InvalidParameter(text)},
        {"UpdateItem", "{'TableName':'None','Key':{}" + expected, InvalidParameter(text)},
    });
  }
}

TEST_F(LegacyConditionsTest, ValuesOfConditionsAreChecked) {
  struct Comparator {
    std::string name;
    std::string arguments;  // as many as it takes
    std::string refused;    // types it does not take
  };
  const auto condition = [](std::string_view name, std::string_view arguments) {
    return fmt::format("{{'ComparisonOperator':'{}','AttributeValueList':[{}]}}", name, arguments);
  };
  const std::vector<std::pair<std::string, std::string>> values = {
      {"S", "{'S':'x'}"},         {"N", "{'N':'1'}"},     {"B", "{'B':'AA=='}"},  {"BOOL", "{'BOOL':true}"},
      {"NULL", "{'NULL':true}"},  {"SS", "{'SS':['x']}"}, {"NS", "{'NS':['1']}"}, {"BS", "{'BS':['AA==']}"},
      {"L", "{'L':[{'S':'x'}]}"}, {"M", "{'M':{}}"},
  };
  for (const std::string name : {"LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "IN", "BEGINS_WITH", "BETWEEN"}) {
    for (const auto& [type, value] : values) {
      const bool ordered = type == "S" || type == "B" || (type == "N" && name != "BEGINS_WITH");
      if (!ordered) {
        CheckEverywhere(
            condition(name, name == "BETWEEN" ? value + "," + value : value),
            InvalidParameter(fmt::format("ComparisonOperator {} is not valid for {} AttributeValue type", name, type)));
      }
    }
  }
  const std::string s = "{'S':'x'}";
  const auto wrong_number = [](std::string_view name) {
    return InvalidParameter(fmt::format("Invalid number of argument(s) for the {} ComparisonOperator", name));
  };
  for (const std::string name : {"EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"}) {
    CheckEverywhere(condition(name, ""), wrong_number(name));
    CheckEverywhere(condition(name, s + "," + s), wrong_number(name));
  }
  for (const std::string name : {"NULL", "NOT_NULL"}) {
    CheckEverywhere(condition(name, s), wrong_number(name));
  }
  CheckEverywhere(condition("IN", ""), wrong_number("IN"));
  CheckEverywhere(condition("BETWEEN", s), wrong_number("BETWEEN"));
  CheckEverywhere(condition("BETWEEN", s + "," + s + "," + s), wrong_number("BETWEEN"));

  const std::string same_type = InvalidParameter("AttributeValues inside AttributeValueList must be of same type");
  CheckEverywhere(condition("BETWEEN", "{'S':'x'},{'N':'1'}"), same_type);
  CheckEverywhere(condition("IN", "{'S':'x'},{'S':'y'},{'B':'AA=='}"), same_type);
  CheckEverywhere(condition("IN", "{'BOOL':true},{'S':'y'}"), same_type);

  const std::string upside_down =
      Invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  CheckEverywhere(condition("BETWEEN", "{'N':'10'},{'N':'9'}"), upside_down);
  CheckEverywhere(condition("BETWEEN", "{'S':'b'},{'S':'a'}"), upside_down);
  CheckEverywhere(condition("BETWEEN", "{'B':'gA=='},{'B':'fw=='}"), upside_down);

  // Defects of a value come first, without an introduction.
  CheckEverywhere(condition("LT", "{'N':'x'},{}"), Invalid("The parameter cannot be converted to a numeric value: x"));
  CheckEverywhere(condition("LT", "{}"),
                  Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"));
  CheckEverywhere(condition("LT", "null"),
                  Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"));
  CheckEverywhere(condition("LT", "{'NULL':false}"),
                  InvalidParameter("Null attribute value types must have the value of true"));
}

TEST_F(LegacyConditionsTest, ShapesOfLegacyParametersAreTheServices) {
  const std::string operators =
      "[IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]";
  const auto not_an_operator = [&](std::string_view path) {
    return OneConstraint(fmt::format(
        "Value 'LIKE' at '{}.a.member.comparisonOperator' failed to satisfy constraint: Member must satisfy enum "
        "value set: {}",
        path, operators));
  };
  const std::string like = "{'a':{'ComparisonOperator':'LIKE'}}}";
  const std::string neither =
      "'NOR' at 'conditionalOperator' failed to satisfy constraint: Member must satisfy enum "
      "value set: [OR, AND]";
  Check({
      {"PutItem", "{'TableName':'Single','Item':{},'Expected':" + like, not_an_operator("expected")},
      {"DeleteItem", "{'TableName':'Single','Key':{},'Expected':" + like, not_an_operator("expected")},
      {"UpdateItem", "{'TableName':'Single','Key':{},'Expected':" + like, not_an_operator("expected")},
      {"Scan", "{'TableName':'Single','ScanFilter':" + like, not_an_operator("scanFilter")},
      {"Query", "{'TableName':'Single','QueryFilter':" + like, not_an_operator("queryFilter")},
      {"Query", "{'TableName':'Single','KeyConditions':" + like, not_an_operator("keyConditions")},
      {"Query", "{'TableName':'Single','KeyConditions':{'a':{}}}",
       OneConstraint("Value null at 'keyConditions.a.member.comparisonOperator' failed to satisfy constraint: Member "
                     "must not be null")},
      {"UpdateItem", "{'TableName':'Single','Key':{},'AttributeUpdates':{'a':{'Action':'SET'}}}",
       OneConstraint("Value 'SET' at 'attributeUpdates.a.member.action' failed to satisfy constraint: Member must "
                     "satisfy enum value set: [ADD, PUT, DELETE]")},
      {"PutItem", "{'TableName':'Single','Item':{},'ConditionalOperator':'NOR'}", OneConstraint("Value " + neither)},
      {"Scan", "{'TableName':'Single','ConditionalOperator':'NOR'}", OneConstraint("Value " + neither)},
      {"GetItem", "{'TableName':'Single','Key':{},'AttributesToGet':[]}",
       OneConstraint("Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater "
                     "than or equal to 1")},
      {"BatchGetItem", "{'RequestItems':{'Single':{'Keys':[{}],'AttributesToGet':[]}}}",
       OneConstraint("Value '[]' at 'requestItems.Single.member.attributesToGet' failed to satisfy constraint: Member "
                     "must have length greater than or equal to 1")},
      {"PutItem", "{'TableName':'Single','Item':{},'Expected':{'a':{'Exists':1}}}",
       Misfit("NUMBER_VALUE cannot be converted to Boolean")},
      {"PutItem", "{'TableName':'Single','Item':{},'Expected':{'a':'x'}}", Misfit("Unexpected value type in payload")},
      {"PutItem", "{'TableName':'Single','Item':{},'Expected':{'a':[]}}",
       Misfit("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue")},
      {"PutItem", "{'TableName':'Single','Item':{},'Expected':[]}",
       Misfit("Unrecognized collection type java.util.Map<java.lang.String, "
              "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue>")},
      {"Scan", "{'TableName':'Single','ScanFilter':{'a':{'AttributeValueList':{}}}}",
       Misfit("Start of structure or map found where not expected")},
      {"Scan", "{'TableName':'Single','ScanFilter':{'a':{'AttributeValueList':['x']}}}",
       Misfit("Unexpected value type in payload")},
      {"Scan", "{'TableName':'Single','ScanFilter':[]}",
       Misfit("Unrecognized collection type java.util.Map<java.lang.String, "
              "com.amazonaws.dynamodb.v20120810.Condition>")},
      {"UpdateItem", "{'TableName':'Single','Key':{},'AttributeUpdates':{'a':{'Value':'x'}}}",
       Misfit("Unexpected field type")},
      {"UpdateItem", "{'TableName':'Single','Key':{},'AttributeUpdates':[]}",
       Misfit("Unrecognized collection type java.util.Map<java.lang.String, "
              "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate>")},
      {"GetItem", "{'TableName':'Single','Key':{},'AttributesToGet':[1]}",
       Misfit("NUMBER_VALUE cannot be converted to String")},
      // Members that a structure does not have are ignored, whatever they hold.
      {"Scan", "{'TableName':'Single','ScanFilter':{'a':{'ComparisonOperator':'NULL','Value':5,'Exists':[]}}}",
       Quoted("{'Items':[],'Count':0,'ScannedCount':0}")},
      {"UpdateItem",
       "{'TableName':'Single','Key':{'pk':{'S':'none'}},'AttributeUpdates':{'a':{'Action':'DELETE',"
       "'AttributeValueList':5}}}",
       "{}"},
  });
}

TEST_F(LegacyConditionsTest, ConditionalOperatorNeedsTwoConditions) {
  const std::string alone = InvalidParameter("ConditionalOperator cannot be used without Filter or Expected");
  const std::string one = "{'a':{'ComparisonOperator':'NULL'}}";
  const std::string two = "{'a':{'ComparisonOperator':'NULL'},'b':{'ComparisonOperator':'NULL'}}";
  const std::string key_conditions =
      "'KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'none'}]}}";
  for (const std::string connective : {"AND", "OR"}) {
    const std::string joined = "'ConditionalOperator':'" + connective + "'}";
    for (const auto& [operation, request, member] : {
             std::tuple{"PutItem", std::string("{'TableName':'None','Item':{},"), "Expected"},
             std::tuple{"DeleteItem", std::string("{'TableName':'None','Key':{},"), "Expected"},
             std::tuple{"UpdateItem", std::string("{'TableName':'None','Key':{},"), "Expected"},
             std::tuple{"Scan", std::string("{'TableName':'None',"), "ScanFilter"},
             std::tuple{"Query", "{'TableName':'None'," + key_conditions + ",", "QueryFilter"},
         }) {
      Check({
          {operation, request + joined, alone},
          {operation, request + "'" + member + "':{}," + joined, alone},
          {operation, request + "'" + member + "':" + one + "," + joined, alone},
          // An attribute named twice is one condition.
          {operation,
           request + "'" + member + "':" + one.substr(0, one.size() - 1) + "," + one.substr(1) + "," + joined, alone},
          {operation, request + "'" + member + "':" + two + "," + joined, NotFound()},
      });
    }
  }
}

TEST_F(LegacyConditionsTest, ConditionsHaveABound) {
  const auto entries = [](size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) {
      out += fmt::format("{}'a{}':{{'ComparisonOperator':'NULL'}}", i == 0 ? "" : ",", i);
    }
    return out;
  };
  const auto values = [](size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) {
      out += fmt::format("{}{{'N':'{}'}}", i == 0 ? "" : ",", i);
    }
    return out;
  };
  const std::string empty = Quoted("{'Items':[],'Count':0,'ScannedCount':0}");
  const std::string too_many = InvalidParameter("The conditions contain too many attributes and values; number: 1301");
  Check({
      {"Scan", "{'TableName':'Single','ScanFilter':{" + entries(1300) + "}}", empty},
      {"Scan", "{'TableName':'Single','ScanFilter':{" + entries(1301) + "}}", too_many},
      {"Scan", "{'TableName':'Single','ScanFilter':{'a':" + Condition("IN", values(1299)) + "}}", empty},
      {"Scan", "{'TableName':'Single','ScanFilter':{'a':" + Condition("IN", values(1300)) + "}}", too_many},
      {"PutItem", "{'TableName':'Single','Item':{'pk':{'S':'a'}},'Expected':{" + entries(1301) + "}}", too_many},
      {"PutItem", "{'TableName':'Single','Item':{'pk':{'S':'a'}},'Expected':{" + entries(1300) + "}}", "{}"},
  });
  std::string updates;
  for (int i = 0; i < 20'000; ++i) {
    updates += fmt::format("{}'a{}':{{'Value':{{'N':'1'}}}}", i == 0 ? "" : ",", i);
  }
  EXPECT_EQ(Update("wide", "{" + updates + "}"), "{}");
}

}  // namespace
}  // namespace basalt::server

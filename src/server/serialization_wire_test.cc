// JSON types that do not fit the model: what each model type answers to each JSON type, in every kind of position.
#include <string>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

class SerializationTest : public WireTest {};

// A place in a request, its operation and the request around it with # for what stands there.
struct Position {
  std::string operation;
  std::string request;
};

struct Misplaced {
  std::string json;
  std::string text;
};

std::vector<WireCase> Everywhere(const std::vector<Position>& positions, const std::vector<Misplaced>& misplaced) {
  std::vector<WireCase> cases;
  for (const Position& position : positions) {
    for (const Misplaced& wrong : misplaced) {
      std::string request = position.request;
      request.replace(request.find('#'), 1, wrong.json);
      cases.push_back({position.operation, request, Misfit(wrong.text)});
    }
  }
  return cases;
}

const std::string kObjectFound = "Start of structure or map found where not expected";
const std::string kUnexpectedField = "Unexpected field type";
const std::string kUnexpectedValue = "Unexpected value type in payload";
const std::string kCollection = "Unrecognized collection type ";
const std::string kModel = "com.amazonaws.dynamodb.v20120810.";

// Attribute values wherever they may stand, with # for the value.
std::vector<Position> ValuePositions() {
  return {
      {"PutItem", "{'Item':{'a':#}}"},
      {"PutItem", "{'Item':{'a':{'L':[#]}}}"},
      {"PutItem", "{'Item':{'a':{'M':{'b':{'L':[{'S':'x'},#]}}}}}"},
      {"PutItem", "{'ExpressionAttributeValues':{':a':#}}"},
      {"PutItem", "{'Expected':{'a':{'AttributeValueList':[#]}}}"},
      {"GetItem", "{'Key':{'a':#}}"},
      {"UpdateItem", "{'Key':{'a':#}}"},
      {"DeleteItem", "{'Key':{'a':#}}"},
      {"Query", "{'ExclusiveStartKey':{'a':#}}"},
      {"Query", "{'KeyConditions':{'a':{'AttributeValueList':[#]}}}"},
      {"Query", "{'QueryFilter':{'a':{'AttributeValueList':[#]}}}"},
      {"Scan", "{'ScanFilter':{'a':{'AttributeValueList':[#]}}}"},
      {"BatchGetItem", "{'RequestItems':{'abc':{'Keys':[{'a':#}]}}}"},
      {"BatchWriteItem", "{'RequestItems':{'abc':[{'PutRequest':{'Item':{'a':#}}}]}}"},
      {"BatchWriteItem", "{'RequestItems':{'abc':[{'DeleteRequest':{'Key':{'a':#}}}]}}"},
  };
}

// The same and those where a value is a member of a structure, with # inside the value.
std::vector<Position> InsideValues(const std::string& type, const std::string& inside = "#") {
  std::vector<Position> positions = ValuePositions();
  positions.push_back({"PutItem", "{'Expected':{'a':{'Value':#}}}"});
  positions.push_back({"UpdateItem", "{'AttributeUpdates':{'a':{'Value':#}}}"});
  for (Position& position : positions) {
    position.request.replace(position.request.find('#'), 1, "{'" + type + "':" + inside + "}");
  }
  return positions;
}

TEST_F(SerializationTest, Strings) {
  const std::vector<Misplaced> misplaced = {
      {"true", "TRUE_VALUE cannot be converted to String"},
      {"false", "FALSE_VALUE cannot be converted to String"},
      {"12", "NUMBER_VALUE cannot be converted to String"},
      {"-1", "NUMBER_VALUE cannot be converted to String"},
      {"1.5", "DECIMAL_VALUE cannot be converted to String"},
      {"1e2", "DECIMAL_VALUE cannot be converted to String"},
      {"[]", kCollection + "class java.lang.String"},
      {"['a']", kCollection + "class java.lang.String"},
      {"{}", kObjectFound},
      {"{'S':'a'}", kObjectFound},
  };
  std::vector<Position> positions = {
      {"PutItem", "{'TableName':#}"},
      {"GetItem", "{'TableName':#}"},
      {"DescribeTable", "{'TableName':#}"},
      {"ListTables", "{'ExclusiveStartTableName':#}"},
      {"Query", "{'IndexName':#}"},
      {"Query", "{'Select':#}"},
      {"Scan", "{'FilterExpression':#}"},
      {"UpdateItem", "{'ReturnValues':#}"},
      {"GetItem", "{'AttributesToGet':['a',#]}"},
      {"GetItem", "{'ExpressionAttributeNames':{'a':'b','b':#}}"},
      {"PutItem", "{'Expected':{'a':{'ComparisonOperator':#}}}"},
      {"UpdateItem", "{'AttributeUpdates':{'a':{'Action':#}}}"},
      {"CreateTable", "{'KeySchema':[{'AttributeName':#}]}"},
      {"BatchGetItem", "{'RequestItems':{'abc':{'ProjectionExpression':#}}}"},
  };
  Check(Everywhere(positions, misplaced));
  for (const std::string type : {"S", "N"}) {
    Check(Everywhere(InsideValues(type), misplaced));
  }
  for (const std::string type : {"SS", "NS"}) {
    Check(Everywhere(InsideValues(type, "['a',#]"), misplaced));
  }
}

TEST_F(SerializationTest, Booleans) {
  const std::vector<Misplaced> misplaced = {
      {"12", "NUMBER_VALUE cannot be converted to Boolean"},   {"0", "NUMBER_VALUE cannot be converted to Boolean"},
      {"1.5", "DECIMAL_VALUE cannot be converted to Boolean"}, {"'maybe'", "Unexpected token received from parser"},
      {"''", "Unexpected token received from parser"},         {"' true'", "Unexpected token received from parser"},
      {"'y'", "Unexpected token received from parser"},        {"[]", kCollection + "class java.lang.Boolean"},
      {"[true]", kCollection + "class java.lang.Boolean"},     {"{}", kObjectFound},
  };
  Check(Everywhere(
      {
          {"GetItem", "{'ConsistentRead':#}"},
          {"Query", "{'ScanIndexForward':#}"},
          {"PutItem", "{'Expected':{'a':{'Exists':#}}}"},
          {"CreateTable", "{'DeletionProtectionEnabled':#}"},
          {"BatchGetItem", "{'RequestItems':{'abc':{'ConsistentRead':#}}}"},
      },
      misplaced));
  for (const std::string type : {"BOOL", "NULL"}) {
    Check(Everywhere(InsideValues(type), misplaced));
  }
}

TEST_F(SerializationTest, WordsForBooleansAreTakenInAnyCase) {
  CreateTable("Values", "S");
  const auto stored = [&](const std::string& word) {
    EXPECT_EQ(Send("PutItem", "{'TableName':'Values','Item':{'pk':{'S':'a'},'v':{'BOOL':'" + word + "'}}}"), "{}");
    return Send("GetItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}},'ConsistentRead':'" + word + "'}");
  };
  for (const std::string word : {"true", "TRUE", "True", "1", "yes", "YES", "yEs"}) {
    EXPECT_EQ(stored(word), Quoted("{'Item':{'pk':{'S':'a'},'v':{'BOOL':true}}}")) << word;
  }
  for (const std::string word : {"false", "FALSE", "0", "no", "NO", "No"}) {
    EXPECT_EQ(stored(word), Quoted("{'Item':{'pk':{'S':'a'},'v':{'BOOL':false}}}")) << word;
  }
}

TEST_F(SerializationTest, Integers) {
  const auto misplaced = [](const std::string& type) {
    return std::vector<Misplaced>{
        {"'1'", "STRING_VALUE cannot be converted to " + type},
        {"''", "STRING_VALUE cannot be converted to " + type},
        {"true", "TRUE_VALUE cannot be converted to " + type},
        {"false", "FALSE_VALUE cannot be converted to " + type},
        {"[]", kCollection + "class java.lang." + type},
        {"[1]", kCollection + "class java.lang." + type},
        {"{}", kObjectFound},
    };
  };
  Check(Everywhere(
      {
          {"Scan", "{'Limit':#}"},
          {"Scan", "{'Segment':#}"},
          {"Scan", "{'TotalSegments':#}"},
          {"Query", "{'Limit':#}"},
          {"ListTables", "{'Limit':#}"},
      },
      misplaced("Integer")));
  Check(Everywhere(
      {
          {"CreateTable", "{'ProvisionedThroughput':{'ReadCapacityUnits':#}}"},
          {"CreateTable", "{'ProvisionedThroughput':{'WriteCapacityUnits':#}}"},
      },
      misplaced("Long")));
}

TEST_F(SerializationTest, FractionsForIntegersAreFloored) {
  CreateTable("Values", "S");
  for (const std::string key : {"a", "b", "c"}) {
    ASSERT_EQ(Send("PutItem", "{'TableName':'Values','Item':{'pk':{'S':'" + key + "'}}}"), "{}");
  }
  const auto count = [&](const std::string& limit) {
    const std::string answer = Send("Scan", "{'TableName':'Values','Select':'COUNT','Limit':" + limit + "}");
    return answer.substr(0, answer.find(','));
  };
  EXPECT_EQ(count("1.7"), "{\"Count\":1");
  EXPECT_EQ(count("2.999"), "{\"Count\":2");
  EXPECT_EQ(count("1e0"), "{\"Count\":1");
  const auto refused = [](std::string_view value) {
    return OneConstraint(fmt::format(
        "Value '{}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
        value));
  };
  Check({
      {"Scan", "{'TableName':'Values','Limit':0.9}", refused("0")},
      {"Scan", "{'TableName':'Values','Limit':-0.5}", refused("-1")},
      {"Scan", "{'TableName':'Values','Limit':-3}", refused("-3")},
  });
}

TEST_F(SerializationTest, Blobs) {
  const std::vector<Misplaced> misplaced = {
      {"12", "only base-64-encoded strings are convertible to bytes"},
      {"1.5", "only base-64-encoded strings are convertible to bytes"},
      {"true", "only base-64-encoded strings are convertible to bytes"},
      {"false", "only base-64-encoded strings are convertible to bytes"},
      {"[]", kCollection + "class java.nio.ByteBuffer"},
      {"['YQ==']", kCollection + "class java.nio.ByteBuffer"},
      {"{}", kObjectFound},
      {"'a'", "Base64 encoded length is expected a multiple of 4 bytes but found: 1"},
      {"'YWJ'", "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
      {"'YWJjZ'", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
      {"'YR=='", "Invalid last non-pad Base64 character dectected"},
      {"'YWK='", "Invalid last non-pad Base64 character dectected"},
      {"'AAAAYR=='", "Invalid last non-pad Base64 character dectected"},
      {"'Y!=='", "Invalid base64 character"},
      {"'Y-_a'", "Invalid base64 character"},
      {"'YQ= '", "Invalid base64 character"},
      {"'=AAA'", "Invalid base64 character"},
  };
  Check(Everywhere(InsideValues("B"), misplaced));
  Check(Everywhere(InsideValues("BS", "['YQ==',#]"), misplaced));
}

TEST_F(SerializationTest, Lists) {
  std::vector<Misplaced> misplaced = {{"{}", kObjectFound}, {"{'a':1}", kObjectFound}};
  for (const std::string scalar : {"'a'", "1", "1.5", "true", "false"}) {
    misplaced.push_back({scalar, kUnexpectedField});
  }
  Check(Everywhere(
      {
          {"GetItem", "{'AttributesToGet':#}"},
          {"PutItem", "{'Expected':{'a':{'AttributeValueList':#}}}"},
          {"Query", "{'KeyConditions':{'a':{'AttributeValueList':#}}}"},
          {"CreateTable", "{'KeySchema':#}"},
          {"CreateTable", "{'AttributeDefinitions':#}"},
          {"BatchGetItem", "{'RequestItems':{'abc':{'Keys':#}}}"},
          {"BatchGetItem", "{'RequestItems':{'abc':{'AttributesToGet':#}}}"},
      },
      misplaced));
  for (const std::string type : {"L", "SS", "NS", "BS"}) {
    Check(Everywhere(InsideValues(type), misplaced));
  }
}

TEST_F(SerializationTest, Maps) {
  const auto misplaced = [](const std::string& value_class) {
    std::vector<Misplaced> wrong;
    for (const std::string scalar : {"'a'", "1", "1.5", "true", "false"}) {
      wrong.push_back({scalar, kUnexpectedField});
    }
    for (const std::string list : {"[]", "[{}]"}) {
      wrong.push_back({list, kCollection + "java.util.Map<java.lang.String, " + value_class + ">"});
    }
    return wrong;
  };
  Check(Everywhere(
      {
          {"PutItem", "{'Item':#}"},
          {"GetItem", "{'Key':#}"},
          {"Query", "{'ExclusiveStartKey':#}"},
          {"Scan", "{'ExpressionAttributeValues':#}"},
          {"BatchWriteItem", "{'RequestItems':{'abc':[{'PutRequest':{'Item':#}}]}}"},
          {"BatchWriteItem", "{'RequestItems':{'abc':[{'DeleteRequest':{'Key':#}}]}}"},
      },
      misplaced(kModel + "AttributeValue")));
  Check(Everywhere(InsideValues("M"), misplaced(kModel + "AttributeValue")));
  Check(Everywhere(
      {
          {"PutItem", "{'ExpressionAttributeNames':#}"},
          {"BatchGetItem", "{'RequestItems':{'abc':{'ExpressionAttributeNames':#}}}"},
      },
      misplaced("java.lang.String")));
  Check(Everywhere({{"PutItem", "{'Expected':#}"}, {"DeleteItem", "{'Expected':#}"}},
                   misplaced(kModel + "ExpectedAttributeValue")));
  Check(Everywhere({{"UpdateItem", "{'AttributeUpdates':#}"}}, misplaced(kModel + "AttributeValueUpdate")));
  Check(Everywhere({{"Query", "{'KeyConditions':#}"}, {"Query", "{'QueryFilter':#}"}, {"Scan", "{'ScanFilter':#}"}},
                   misplaced(kModel + "Condition")));
  Check(Everywhere({{"BatchGetItem", "{'RequestItems':#}"}}, misplaced(kModel + "KeysAndAttributes")));
  Check(
      Everywhere({{"BatchWriteItem", "{'RequestItems':#}"}}, misplaced("java.util.List<" + kModel + "WriteRequest>")));
}

TEST_F(SerializationTest, StructuresInMapsAndLists) {
  const auto misplaced = [](const std::string& shape) {
    std::vector<Misplaced> wrong;
    for (const std::string scalar : {"'a'", "1", "1.5", "true", "false"}) {
      wrong.push_back({scalar, kUnexpectedValue});
    }
    for (const std::string list : {"[]", "[{}]"}) {
      wrong.push_back({list, kCollection + "class " + kModel + shape});
    }
    return wrong;
  };
  Check(Everywhere(ValuePositions(), misplaced("AttributeValue")));
  Check(Everywhere({{"PutItem", "{'Expected':{'a':#}}"}}, misplaced("ExpectedAttributeValue")));
  Check(Everywhere({{"UpdateItem", "{'AttributeUpdates':{'a':#}}"}}, misplaced("AttributeValueUpdate")));
  Check(
      Everywhere({{"Query", "{'KeyConditions':{'a':#}}"}, {"Scan", "{'ScanFilter':{'a':#}}"}}, misplaced("Condition")));
  Check(Everywhere({{"BatchGetItem", "{'RequestItems':{'abc':#}}"}}, misplaced("KeysAndAttributes")));
  Check(Everywhere({{"BatchWriteItem", "{'RequestItems':{'abc':[#]}}"}}, misplaced("WriteRequest")));
  Check(Everywhere({{"CreateTable", "{'KeySchema':[#]}"}}, misplaced("KeySchemaElement")));
}

TEST_F(SerializationTest, StructuresAsMembers) {
  const auto misplaced = [](const std::string& shape) {
    std::vector<Misplaced> wrong;
    for (const std::string scalar : {"'a'", "1", "1.5", "true", "false"}) {
      wrong.push_back({scalar, kUnexpectedField});
    }
    for (const std::string list : {"[]", "[{}]"}) {
      wrong.push_back({list, kCollection + "class " + kModel + shape});
    }
    return wrong;
  };
  Check(Everywhere(
      {{"PutItem", "{'Expected':{'a':{'Value':#}}}"}, {"UpdateItem", "{'AttributeUpdates':{'a':{'Value':#}}}"}},
      misplaced("AttributeValue")));
  Check(Everywhere({{"BatchWriteItem", "{'RequestItems':{'abc':[{'PutRequest':#}]}}"}}, misplaced("PutRequest")));
  Check(Everywhere({{"BatchWriteItem", "{'RequestItems':{'abc':[{'DeleteRequest':#}]}}"}}, misplaced("DeleteRequest")));
  Check(Everywhere({{"CreateTable", "{'ProvisionedThroughput':#}"}}, misplaced("ProvisionedThroughput")));
}

TEST_F(SerializationTest, CollectionsInCollections) {
  std::vector<Misplaced> scalars;
  for (const std::string scalar : {"'a'", "1", "1.5", "true", "false"}) {
    scalars.push_back(
        {scalar,
         "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
         "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of "
         "loader 'bootstrap')"});
  }
  const std::vector<Position> keys = {{"BatchGetItem", "{'RequestItems':{'abc':{'Keys':[#]}}}"},
                                      {"BatchGetItem", "{'RequestItems':{'abc':{'Keys':[{'a':{'S':'a'}},#]}}}"}};
  const std::vector<Position> requests = {{"BatchWriteItem", "{'RequestItems':{'abc':#}}"}};
  Check(Everywhere(keys, scalars));
  Check(Everywhere(requests, scalars));
  Check(Everywhere(keys, {{"[]", kCollection + "java.util.Map<java.lang.String, " + kModel + "AttributeValue>"}}));
  Check(Everywhere(requests, {{"{}", kObjectFound}}));
}

TEST_F(SerializationTest, TheFirstMisfitOfTheTextIsAnsweredBeforeAnyConstraint) {
  Check({
      {"PutItem", "{'TableName':'x!','Item':{'a':{'S':1},'b':{'N':true}}}",
       Misfit("NUMBER_VALUE cannot be converted to String")},
      {"PutItem", "{'Item':{'b':{'N':true}},'TableName':1}", Misfit("TRUE_VALUE cannot be converted to String")},
      {"PutItem", "{'TableName':1,'Item':{'b':{'N':true}}}", Misfit("NUMBER_VALUE cannot be converted to String")},
      {"PutItem", "{'Item':{'a':{'SS':['a',1],'N':true}}}", Misfit("NUMBER_VALUE cannot be converted to String")},
      {"Scan", "{'Limit':'x','Segment':true}", Misfit("STRING_VALUE cannot be converted to Integer")},
      // A member that counts for nothing is read all the same.
      {"GetItem", "{'TableName':1,'Key':{},'TableName':'abc'}", Misfit("NUMBER_VALUE cannot be converted to String")},
      // What the model does not know is not read.
      {"GetItem", "{'Nonsense':1,'Key':{'a':{'Nonsense':1}}}",
       OneConstraint("Value null at 'tableName' failed to satisfy constraint: Member must not be null")},
  });
}

}  // namespace
}  // namespace basalt::server

// Constraints of item operations: which members have which, the order in which they are listed, how values are shown.
#include <regex>
#include <string>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

class ConstraintsTest : public WireTest {};

std::string At(std::string_view value, std::string_view path, std::string_view rule) {
  return fmt::format("Value {} at '{}' failed to satisfy constraint: Member must {}", value, path, rule);
}

std::string Listed(const std::vector<std::string>& violations) {
  return Invalid(fmt::format("{} validation error{} detected: {}", violations.size(), violations.size() == 1 ? "" : "s",
                             fmt::join(violations, "; ")));
}

const std::string kNotNull = "not be null";
const std::string kPattern = "satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
const std::string kShortest = "have length greater than or equal to 3";

std::string Enum(std::string_view values) { return fmt::format("satisfy enum value set: [{}]", values); }
const std::string kCapacity = Enum("INDEXES, TOTAL, NONE");
const std::string kMetrics = Enum("SIZE, NONE");
const std::string kReturnValues = Enum("ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW");
const std::string kOnFailure = Enum("ALL_OLD, NONE");
const std::string kSelect = Enum("SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES");
const std::string kConditional = Enum("OR, AND");
const std::string kComparison =
    Enum("IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS");
const std::string kAction = Enum("ADD, PUT, DELETE");

std::string AtLeast(int value) { return fmt::format("have value greater than or equal to {}", value); }
std::string AtMost(int value) { return fmt::format("have value less than or equal to {}", value); }
std::string LongerThan(int length) { return fmt::format("have length greater than or equal to {}", length); }
std::string ShorterThan(int length) { return fmt::format("have length less than or equal to {}", length); }

TEST_F(ConstraintsTest, EveryMemberInTheOrderOfTheOperation) {
  const std::string every_bad_write =
      "'ReturnConsumedCapacity':'','ReturnItemCollectionMetrics':'size','ReturnValues':'X','ConditionalOperator':'NOT',"
      "'Expected':{'k':{'ComparisonOperator':'='}},'ReturnValuesOnConditionCheckFailure':'Y'";
  const std::string expected = "expected.k.member.comparisonOperator";
  Check({
      {"PutItem", "{" + every_bad_write + "}",
       Listed({At("''", "returnConsumedCapacity", kCapacity), At("null", "tableName", kNotNull),
               At("null", "item", kNotNull), At("'NOT'", "conditionalOperator", kConditional),
               At("'='", expected, kComparison), At("'X'", "returnValues", kReturnValues),
               At("'size'", "returnItemCollectionMetrics", kMetrics),
               At("'Y'", "returnValuesOnConditionCheckFailure", kOnFailure)})},
      {"UpdateItem", "{" + every_bad_write + ",'AttributeUpdates':{'k':{'Action':'SET'}}}",
       Listed({At("''", "returnConsumedCapacity", kCapacity), At("null", "tableName", kNotNull),
               At("'size'", "returnItemCollectionMetrics", kMetrics), At("'X'", "returnValues", kReturnValues),
               At("null", "key", kNotNull), At("'NOT'", "conditionalOperator", kConditional),
               At("'='", expected, kComparison), At("'SET'", "attributeUpdates.k.member.action", kAction),
               At("'Y'", "returnValuesOnConditionCheckFailure", kOnFailure)})},
      {"DeleteItem", "{" + every_bad_write + "}",
       Listed({At("''", "returnConsumedCapacity", kCapacity), At("null", "tableName", kNotNull),
               At("'X'", "returnValues", kReturnValues), At("'size'", "returnItemCollectionMetrics", kMetrics),
               At("null", "key", kNotNull), At("'NOT'", "conditionalOperator", kConditional),
               At("'='", expected, kComparison), At("'Y'", "returnValuesOnConditionCheckFailure", kOnFailure)})},
      {"GetItem", "{'ReturnConsumedCapacity':'none','AttributesToGet':[]}",
       Listed({At("'none'", "returnConsumedCapacity", kCapacity), At("'[]'", "attributesToGet", LongerThan(1)),
               At("null", "tableName", kNotNull), At("null", "key", kNotNull)})},
      {"Query",
       "{'Select':'ALL','IndexName':'a','ReturnConsumedCapacity':'X','QueryFilter':{'f':{}},'ConditionalOperator':'XOR'"
       ","
       "'AttributesToGet':[],'Limit':0,'KeyConditions':{'k':{'ComparisonOperator':'IS'}}}",
       Listed({At("'ALL'", "select", kSelect), At("'a'", "indexName", kShortest),
               At("'X'", "returnConsumedCapacity", kCapacity),
               At("null", "queryFilter.f.member.comparisonOperator", kNotNull), At("null", "tableName", kNotNull),
               At("'XOR'", "conditionalOperator", kConditional), At("'[]'", "attributesToGet", LongerThan(1)),
               At("'0'", "limit", AtLeast(1)), At("'IS'", "keyConditions.k.member.comparisonOperator", kComparison)})},
      {"Scan",
       "{'Select':'ALL','IndexName':'a b','TotalSegments':0,'ReturnConsumedCapacity':'X','ConditionalOperator':'XOR',"
       "'ScanFilter':{'f':{'ComparisonOperator':null}},'Segment':-1,'Limit':-5,'AttributesToGet':[]}",
       Listed({At("'ALL'", "select", kSelect), At("'a b'", "indexName", kPattern),
               At("'0'", "totalSegments", AtLeast(1)), At("'X'", "returnConsumedCapacity", kCapacity),
               At("null", "tableName", kNotNull), At("'XOR'", "conditionalOperator", kConditional),
               At("null", "scanFilter.f.member.comparisonOperator", kNotNull), At("'-1'", "segment", AtLeast(0)),
               At("'-5'", "limit", AtLeast(1)), At("'[]'", "attributesToGet", LongerThan(1))})},
      {"Scan", "{'TableName':'abc','TotalSegments':1000001,'Segment':1000000}",
       Listed({At("'1000001'", "totalSegments", AtMost(1'000'000)), At("'1000000'", "segment", AtMost(999'999))})},
      {"BatchGetItem", "{'ReturnConsumedCapacity':'X'}",
       Listed({At("'X'", "returnConsumedCapacity", kCapacity), At("null", "requestItems", kNotNull)})},
      {"BatchGetItem", "{'RequestItems':{'abc':{'AttributesToGet':[]},'abd':{'Keys':[]}}}",
       Listed({At("null", "requestItems.abc.member.keys", kNotNull),
               At("'[]'", "requestItems.abc.member.attributesToGet", LongerThan(1)),
               At("'[]'", "requestItems.abd.member.keys", LongerThan(1))})},
      {"BatchWriteItem", "{'ReturnItemCollectionMetrics':'X','ReturnConsumedCapacity':'Y'}",
       Listed({At("'Y'", "returnConsumedCapacity", kCapacity), At("'X'", "returnItemCollectionMetrics", kMetrics),
               At("null", "requestItems", kNotNull)})},
      {"BatchWriteItem",
       "{'RequestItems':{'abc':[{'PutRequest':{}},{'DeleteRequest':{'Key':null}},{'PutRequest':{'Item':null}}]}}",
       Listed({At("null", "requestItems.abc.member.1.member.putRequest.item", kNotNull),
               At("null", "requestItems.abc.member.2.member.deleteRequest.key", kNotNull),
               At("null", "requestItems.abc.member.3.member.putRequest.item", kNotNull)})},
  });
}

TEST_F(ConstraintsTest, EdgesOfLengthsAndValues) {
  const auto named = [](const std::string& index) {
    return "{'TableName':'abc','KeyConditionExpression':'a = :a','IndexName':'" + index + "'}";
  };
  const std::string undefined = Invalid(
      "Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; attribute "
      "value: :a");
  const std::string longest(255, 'i');
  const std::string too_long(256, 'i');
  std::string names = "'a'";
  std::string shown = "a";
  for (int i = 1; i < 256; ++i) {
    names += ",'a'";
    shown += ", a";
  }
  Check({
      {"Query", named("ab"), Listed({At("'ab'", "indexName", kShortest)})},
      {"Query", named("abc"), undefined},
      {"Query", named(longest), undefined},
      {"Query", named(too_long), Listed({At("'" + too_long + "'", "indexName", ShorterThan(255))})},
      {"Query", named(""), Listed({At("''", "indexName", kShortest), At("''", "indexName", kPattern)})},
      // Characters are counted, not bytes.
      {"Query", named("\xc3\xa9\xc3\xa9"),
       Listed({At("'\xc3\xa9\xc3\xa9'", "indexName", kShortest), At("'\xc3\xa9\xc3\xa9'", "indexName", kPattern)})},
      {"Query", named("\xc3\xa9\xc3\xa9\xc3\xa9"), Listed({At("'\xc3\xa9\xc3\xa9\xc3\xa9'", "indexName", kPattern)})},
      {"Scan", "{'TableName':'abc','TotalSegments':1000000,'Segment':999999}", NotFound()},
      {"Scan", "{'TableName':'abc','Limit':1,'TotalSegments':1,'Segment':0}", NotFound()},
      {"GetItem", "{'TableName':'abc','Key':{},'AttributesToGet':[" + names + "]}",
       Listed({At("'[" + shown + "]'", "attributesToGet", ShorterThan(255))})},
      {"GetItem", "{'TableName':'abc','Key':{},'ReturnConsumedCapacity':null}", NotFound()},
  });
}

TEST_F(ConstraintsTest, NoMoreThanTenAreListed) {
  std::string filter;
  std::vector<std::string> violations;
  for (int i = 0; i < 12; ++i) {
    filter += fmt::format("{}'f{}':{{'ComparisonOperator':'X'}}", i == 0 ? "" : ",", i);
    violations.push_back(At("'X'", fmt::format("scanFilter.f{}.member.comparisonOperator", i), kComparison));
  }
  violations.resize(10);
  EXPECT_EQ(Send("Scan", "{'TableName':'abc','ScanFilter':{" + filter + "},'Limit':0}"), Listed(violations));
  violations.resize(8);
  violations.insert(violations.begin(), {At("'ALL'", "select", kSelect), At("null", "tableName", kNotNull)});
  EXPECT_EQ(Send("Scan", "{'Select':'ALL','ScanFilter':{" + filter + "},'Limit':0}"), Listed(violations));
}

// Of map keys and values there is one violation each, which shows the whole map; of structures it shows an identity.
TEST_F(ConstraintsTest, MapsAreShownWhole) {
  const std::string identity = "com\\.amazonaws\\.dynamodb\\.v20120810\\.";
  const auto expect_matches = [&](const std::string& operation, const std::string& request, const std::string& value,
                                  const std::string& rest) {
    const std::string answer = Send(operation, request);
    const std::regex wanted(
        R"(\{"__type":"com\.amazon\.coral\.validate#ValidationException",)"
        R"("message":"1 validation error detected: Value ')" +
        value + "' at 'requestItems" + rest + R"("\})");
    EXPECT_TRUE(std::regex_match(answer, wanted)) << answer;
  };
  const std::string keys_rule =
      "' failed to satisfy constraint: Map keys must satisfy constraint: \\[Member must have length less than or equal "
      "to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: "
      "\\[a-zA-Z0-9_\\.-\\]\\+\\]";
  const std::string values_rule =
      "' failed to satisfy constraint: Map value must satisfy constraint: \\[Member must have length less than or "
      "equal "
      "to 25, Member must have length greater than or equal to 1\\]";
  const std::string put = "{'PutRequest':{'Item':{'a':{'S':'a'}}}}";
  expect_matches("BatchGetItem", "{'RequestItems':{'a!':{'Keys':[{'a':{'S':'a'}}]}}}",
                 "\\{a!=" + identity + "KeysAndAttributes@[0-9a-f]{8}\\}", keys_rule);
  expect_matches("BatchWriteItem", "{'RequestItems':{'ab':[" + put + "," + put + "]}}",
                 "\\{ab=\\[" + identity + "WriteRequest@[0-9a-f]{8}, " + identity + "WriteRequest@[0-9a-f]{8}\\]\\}",
                 keys_rule);
  expect_matches("BatchWriteItem", "{'RequestItems':{'abc':[" + put + "],'abd':[]}}",
                 "\\{abc=\\[" + identity + "WriteRequest@[0-9a-f]{8}\\], abd=\\[\\]\\}", values_rule);
  std::string many;
  for (int i = 0; i < 26; ++i) {
    many += (i == 0 ? "'t" : ",'t") + std::to_string(100 + i) + "':[" + put + "]";
  }
  const std::string answer = Send("BatchWriteItem", "{'RequestItems':{" + many + "}}");
  EXPECT_TRUE(
      answer.ends_with("}' at 'requestItems' failed to satisfy constraint: Member must have length less than or "
                       "equal to 25\"}"))
      << answer;
  std::string tables;
  for (int i = 0; i < 101; ++i) {
    tables += (i == 0 ? "'t" : ",'t") + std::to_string(100 + i) + "':{'Keys':[{'a':{'S':'a'}}]}";
  }
  const std::string too_many = Send("BatchGetItem", "{'RequestItems':{" + tables + "}}");
  EXPECT_TRUE(too_many.ends_with(
      "}' at 'requestItems' failed to satisfy constraint: Member must have length less than or equal to 100\"}"))
      << too_many;
  std::string keys = "{'a':{'S':'a'}}";
  for (int i = 0; i < 100; ++i) {
    keys += ",{'a':{'S':'a'}}";
  }
  // A map inside a list is shown with its values' identities.
  expect_matches("BatchGetItem", "{'RequestItems':{'abc':{'Keys':[" + keys + "]}}}",
                 "\\[(\\{a=" + identity + "AttributeValue@[0-9a-f]{8}\\}(, )?){101}\\]",
                 "\\.abc\\.member\\.keys' failed to satisfy constraint: Member must have length less than or equal to "
                 "100");
}

// What is null inside of lists and maps: missing if it should be a structure, else without a value.
TEST_F(ConstraintsTest, NullsInListsAndMaps) {
  const std::string no_type = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
  Check({
      {"BatchGetItem", "{'RequestItems':{'abc':null}}", Listed({At("null", "requestItems.abc.member", kNotNull)})},
      {"BatchWriteItem", "{'RequestItems':{'abc':[null]}}",
       Listed({At("null", "requestItems.abc.member.1.member", kNotNull)})},
      {"BatchWriteItem", "{'RequestItems':{'abc':null}}",
       Listed({"Value '{abc=null}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
               "[Member must have length less than or equal to 25, Member must have length greater than or equal to "
               "1]"})},
      {"Query", "{'TableName':'abc','KeyConditions':{'a':null}}",
       Listed({At("null", "keyConditions.a.member", kNotNull)})},
      {"PutItem", "{'TableName':'abc','Item':{'a':null}}", Invalid(no_type)},
      {"PutItem", "{'TableName':'abc','Item':{'a':{'L':[null]}}}", Invalid(no_type)},
      {"PutItem", "{'TableName':'abc','Item':{'a':{'SS':[null]}}}", Invalid(no_type)},
  });
}

TEST_F(ConstraintsTest, LongNamesAreShownButNotManyTimes) {
  const std::string name(3 << 20, '!');
  EXPECT_LT(Send("GetItem", "{'TableName':'" + name + "'}").size(), name.size() + 1000);
  EXPECT_LT(Send("BatchWriteItem", "{'RequestItems':{'" + name + "':[{'PutRequest':{}},{'PutRequest':{}}]}}").size(),
            name.size() + 1000);
}

}  // namespace
}  // namespace basalt::server

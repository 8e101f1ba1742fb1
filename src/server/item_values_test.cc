// Attribute values on the wire: what each JSON type answers, what a value may hold, how it comes back, how large it is.
#include <string>

#include "model/limits.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kNoType =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr std::string_view kSeveralTypes =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
constexpr std::string_view kNotNumeric = "The parameter cannot be converted to a numeric value";
constexpr std::string_view kTooManyDigits = "Attempting to store more than 38 significant digits in a Number";
constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr std::string_view kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr std::string_view kTooDeep =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

class ItemValuesTest : public WireTest {
 protected:
  std::string Put(std::string_view value) {
    return Send("PutItem", fmt::format("{{'TableName':'Values','Item':{{'pk':{{'S':'a'}},'v':{}}}}}", value));
  }
  std::string Get() {
    return Send("GetItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}},'ProjectionExpression':'v'}");
  }
};

TEST_F(ItemValuesTest, JsonTypesThatDoNotFitAreNamed) {
  const auto value = [](std::string_view type, std::string_view json) {
    return fmt::format("{{'TableName':'Values','Item':{{'a':{{'{}':{}}}}}}}", type, json);
  };
  const auto member = [](std::string_view name, std::string_view json) {
    return fmt::format("{{'{}':{}}}", name, json);
  };
  constexpr std::string_view kMapFound = "Start of structure or map found where not expected";
  constexpr std::string_view kUnexpected = "Unexpected field type";
  const std::string value_shape = "com.amazonaws.dynamodb.v20120810.AttributeValue";
  Check({
      {"PutItem", value("S", "true"), Misfit("TRUE_VALUE cannot be converted to String")},
      {"PutItem", value("S", "false"), Misfit("FALSE_VALUE cannot be converted to String")},
      {"PutItem", value("N", "12"), Misfit("NUMBER_VALUE cannot be converted to String")},
      {"PutItem", value("N", "1.5"), Misfit("DECIMAL_VALUE cannot be converted to String")},
      {"PutItem", value("S", "['a']"), Misfit("Unrecognized collection type class java.lang.String")},
      {"PutItem", value("S", "{'a':1}"), Misfit(kMapFound)},
      {"PutItem", value("BOOL", "1"), Misfit("NUMBER_VALUE cannot be converted to Boolean")},
      {"PutItem", value("BOOL", "1.5"), Misfit("DECIMAL_VALUE cannot be converted to Boolean")},
      {"PutItem", value("NULL", "'maybe'"), Misfit("Unexpected token received from parser")},
      {"PutItem", value("BOOL", "[true]"), Misfit("Unrecognized collection type class java.lang.Boolean")},
      {"PutItem", value("BOOL", "{}"), Misfit(kMapFound)},
      {"PutItem", value("B", "1"), Misfit("only base-64-encoded strings are convertible to bytes")},
      {"PutItem", value("B", "true"), Misfit("only base-64-encoded strings are convertible to bytes")},
      {"PutItem", value("B", "[1]"), Misfit("Unrecognized collection type class java.nio.ByteBuffer")},
      {"PutItem", value("B", "{}"), Misfit(kMapFound)},
      {"PutItem", value("B", "'abcde'"),
       Misfit("Base64 encoded length is expected a multiple of 4 bytes but found: 5")},
      {"PutItem", value("B", "'ab=='"), Misfit("Invalid last non-pad Base64 character dectected")},
      {"PutItem", value("B", "'a!=='"), Misfit("Invalid base64 character")},
      {"PutItem", value("SS", "'a'"), Misfit(kUnexpected)},
      {"PutItem", value("NS", "{}"), Misfit(kMapFound)},
      {"PutItem", value("NS", "[1]"), Misfit("NUMBER_VALUE cannot be converted to String")},
      {"PutItem", value("L", "1"), Misfit(kUnexpected)},
      {"PutItem", value("L", "{}"), Misfit(kMapFound)},
      {"PutItem", value("L", "['a']"), Misfit("Unexpected value type in payload")},
      {"PutItem", value("L", "[[]]"), Misfit("Unrecognized collection type class " + value_shape)},
      {"PutItem", value("M", "'a'"), Misfit(kUnexpected)},
      {"PutItem", value("M", "[]"),
       Misfit("Unrecognized collection type java.util.Map<java.lang.String, " + value_shape + ">")},
      {"PutItem", value("M", "{'x':1}"), Misfit("Unexpected value type in payload")},
      {"PutItem", member("Item", "1"), Misfit(kUnexpected)},
      {"PutItem", "{'Item':{'a':'b'}}", Misfit("Unexpected value type in payload")},
      {"PutItem", "{'Item':{'a':[]}}", Misfit("Unrecognized collection type class " + value_shape)},
      {"PutItem", member("ExpressionAttributeNames", "'a'"), Misfit(kUnexpected)},
      {"PutItem", member("ExpressionAttributeNames", "[]"),
       Misfit("Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>")},
      {"PutItem", member("ExpressionAttributeNames", "{'#a':1}"), Misfit("NUMBER_VALUE cannot be converted to String")},
      {"PutItem", member("Expected", "{'a':1}"), Misfit("Unexpected value type in payload")},
      {"PutItem", member("Expected", "{'a':[]}"),
       Misfit("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue")},
      {"PutItem", "{'Expected':{'a':{'Value':1}}}", Misfit(kUnexpected)},
      {"GetItem", member("AttributesToGet", "'a'"), Misfit(kUnexpected)},
      {"GetItem", member("AttributesToGet", "{}"), Misfit(kMapFound)},
      {"GetItem", member("ConsistentRead", "'on'"), Misfit("Unexpected token received from parser")},
      {"Scan", member("Limit", "'1'"), Misfit("STRING_VALUE cannot be converted to Integer")},
      {"Scan", member("Limit", "true"), Misfit("TRUE_VALUE cannot be converted to Integer")},
      {"Scan", member("Limit", "[]"), Misfit("Unrecognized collection type class java.lang.Integer")},
      {"Scan", member("Limit", "{}"), Misfit(kMapFound)},
      {"CreateTable", "{'ProvisionedThroughput':{'ReadCapacityUnits':'1'}}",
       Misfit("STRING_VALUE cannot be converted to Long")},
      {"CreateTable", member("ProvisionedThroughput", "1"), Misfit(kUnexpected)},
      {"CreateTable", member("ProvisionedThroughput", "[]"),
       Misfit("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput")},
      {"CreateTable", member("KeySchema", "[1]"), Misfit("Unexpected value type in payload")},
      // The first misfit of the text wins, and any of them precedes every constraint.
      {"PutItem", "{'TableName':'x!','Item':{'a':{'S':1},'b':{'N':true}}}",
       Misfit("NUMBER_VALUE cannot be converted to String")},
  });
}

TEST_F(ItemValuesTest, DefectsOfValuesAreWordedAlikeWhereverTheyStand) {
  struct Defect {
    std::string value;
    std::string text;
    bool bare_in_start_key = false;
  };
  const std::string p = "One or more parameter values were invalid: ";
  const std::vector<Defect> defects = {
      {"{}", std::string(kNoType)},
      {"null", std::string(kNoType)},
      {"{'X':'a'}", std::string(kNoType)},
      {"{'S':'a','N':'1'}", std::string(kSeveralTypes)},
      {"{'S':'a','N':'x'}", std::string(kNotNumeric) + ": x", true},
      {"{'N':'x','NS':['y']}", std::string(kNotNumeric) + ": x", true},
      {"{'NULL':false}", p + "Null attribute value types must have the value of true"},
      {"{'SS':[]}", p + "An string set  may not be empty"},
      {"{'NS':[]}", p + "An number set  may not be empty", true},
      {"{'BS':[]}", p + "Binary sets should not be empty"},
      {"{'SS':['a','b','a']}", p + "Input collection [a, b, a] contains duplicates.", true},
      {"{'BS':['YQ==','Yg==','YQ==']}", p + "Input collection [YQ==, Yg==, YQ==]of type BS contains duplicates.", true},
      {"{'NS':['1','2','1.0']}", "Input collection contains duplicates", true},
      {"{'N':''}", std::string(kNotNumeric), true},
      {"{'NS':['1','']}", std::string(kNotNumeric), true},
      {"{'N':' 1'}", std::string(kNotNumeric) + ":  1", true},
      {"{'N':'0x1'}", std::string(kNotNumeric) + ": 0x1", true},
      {"{'N':'NaN'}", std::string(kNotNumeric) + ": NaN", true},
      {"{'N':'1_0'}", std::string(kNotNumeric) + ": 1_0", true},
      {"{'N':'.'}", std::string(kNotNumeric) + ": .", true},
      {"{'N':'1e'}", std::string(kNotNumeric) + ": 1e", true},
      {"{'N':'123456789012345678901234567890123456789'}", std::string(kTooManyDigits), true},
      {"{'N':'1E126'}", std::string(kOverflow), true},
      {"{'N':'-1E126'}", std::string(kOverflow), true},
      {"{'N':'1E-131'}", std::string(kUnderflow), true},
      {"{'L':[null]}", std::string(kNoType)},
      {"{'L':[{'S':'a'},{'N':'x'}]}", std::string(kNotNumeric) + ": x", true},
      {"{'M':{'k':{}}}", std::string(kNoType)},
  };
  for (const Defect& defect : defects) {
    const std::string start_key = "The provided starting key is invalid: ";
    Check({
        {"PutItem", "{'TableName':'None','Item':{'pk':{'S':'a'},'v':" + defect.value + "}}", Invalid(defect.text)},
        {"GetItem", "{'TableName':'None','Key':{'pk':" + defect.value + "}}", Invalid(defect.text)},
        {"DeleteItem", "{'TableName':'None','Key':{'pk':" + defect.value + "}}", Invalid(defect.text)},
        {"UpdateItem", "{'TableName':'None','Key':{'pk':" + defect.value + "}}", Invalid(defect.text)},
        {"Scan",
         "{'TableName':'None','FilterExpression':'a = :v','ExpressionAttributeValues':{':v':" + defect.value + "}}",
         Invalid("ExpressionAttributeValues contains invalid value: " + defect.text + " for key :v")},
        {"Scan", "{'TableName':'None','ExclusiveStartKey':{'pk':" + defect.value + "}}",
         Invalid(defect.bare_in_start_key ? defect.text : start_key + defect.text)},
    });
  }
}

TEST_F(ItemValuesTest, EveryTypeComesBackCanonical) {
  CreateTable("Values", "S");
  const std::vector<std::pair<std::string, std::string>> values = {
      {"{'S':''}", ""},
      {"{'S':'\\u0000\\u001f\\ud83d\\ude00\\u00e9/'}", "{\"S\":\"\\u0000\\u001f\xf0\x9f\x98\x80\xc3\xa9/\"}"},
      {"{'B':''}", ""},
      {"{'B':'AP9/gA=='}", ""},
      {"{'BOOL':true}", ""},
      {"{'BOOL':false}", ""},
      {"{'BOOL':'YES'}", "{'BOOL':true}"},
      {"{'BOOL':'0'}", "{'BOOL':false}"},
      {"{'NULL':true}", ""},
      {"{'N':'00042'}", "{'N':'42'}"},
      {"{'N':'1.5E2'}", "{'N':'150'}"},
      {"{'N':'1.0'}", "{'N':'1'}"},
      {"{'N':'1E-5'}", "{'N':'0.00001'}"},
      {"{'N':'-0'}", "{'N':'0'}"},
      {"{'N':'+.5'}", "{'N':'0.5'}"},
      {"{'N':'5.'}", "{'N':'5'}"},
      {"{'N':'12345678901234567890123456789012345678'}", ""},
      {"{'N':'-0.12345678901234567890123456789012345678'}", ""},
      {"{'N':'1E125'}", "{'N':'1" + std::string(125, '0') + "'}"},
      {"{'N':'-1E-130'}", "{'N':'-0." + std::string(129, '0') + "1'}"},
      {"{'N':'9.9999999999999999999999999999999999999E125'}",
       "{'N':'" + std::string(38, '9') + std::string(88, '0') + "'}"},
      {"{'SS':['b','','a']}", "{'SS':['','a','b']}"},
      {"{'NS':['2.50','1']}", "{'NS':['1','2.5']}"},
      {"{'BS':['AA==','']}", "{'BS':['','AA==']}"},
      {"{'L':[]}", ""},
      {"{'M':{}}", ""},
      {"{'L':[{'S':'a'},{'N':'1'},{'L':[{'NULL':true}]},{'M':{'k':{'B':'AA=='}}}]}", ""},
      {"{'M':{'__type':{'S':'a'},'b':{'BOOL':true},'a':{'L':[]}}}",
       "{'M':{'__type':{'S':'a'},'a':{'L':[]},'b':{'BOOL':true}}}"},
      {"{'S':'a','N':null,'Other':[1]}", "{'S':'a'}"},
  };
  for (const auto& [sent, returned] : values) {
    ASSERT_EQ(Put(sent), "{}") << sent;
    EXPECT_EQ(Get(), "{\"Item\":{\"v\":" + Quoted(returned.empty() ? sent : returned) + "}}");
  }
}

std::string Nested(int containers, bool lists) {
  std::string value = "{'S':'x'}";
  for (int i = 0; i < containers; ++i) {
    value = lists ? "{'L':[" + value + "]}" : "{'M':{'m':" + value + "}}";
  }
  return value;
}

TEST_F(ItemValuesTest, ThirtyTwoLevelsAreTheDeepest) {
  CreateTable("Values", "S");
  for (const bool lists : {true, false}) {
    ASSERT_EQ(Put(Nested(31, lists)), "{}");
    EXPECT_EQ(Get(), "{\"Item\":{\"v\":" + Quoted(Nested(31, lists)) + "}}");
    EXPECT_EQ(Put(Nested(32, lists)), Invalid(kTooDeep));
    const auto update = [&](const std::string& value) {
      return Send("UpdateItem",
                  "{'TableName':'Values','Key':{'pk':{'S':'u'}},'UpdateExpression':'SET v = :v',"
                  "'ExpressionAttributeValues':{':v':" +
                      value + "}}");
    };
    EXPECT_EQ(update(Nested(31, lists)), "{}");
    EXPECT_EQ(update(Nested(32, lists)), Invalid(kTooDeep));  // without the words about the placeholder
  }
  // What is within the limit as a value may exceed it where an update puts it.
  const auto wrap = [&](const std::string& path, int containers) {
    return Send("UpdateItem", "{'TableName':'Values','Key':{'pk':{'S':'u'}},'UpdateExpression':'SET " + path +
                                  " = :v','ExpressionAttributeValues':{':v':" + Nested(containers, true) + "}}");
  };
  ASSERT_EQ(wrap("w", 1), "{}");
  EXPECT_EQ(wrap("w[0]", 30), "{}");
  EXPECT_EQ(wrap("w[0]", 31), Invalid(kTooDeep));
}

TEST_F(ItemValuesTest, FourHundredKilobytesAreTheLargestItem) {
  CreateTable("Values", "S");
  // Names and values count: "pk" + "a" + "v" + the text.
  const size_t most = model::kItemSizeBytesMax - 4;
  const std::string exact(most, 'x');
  EXPECT_EQ(Put("{'S':'" + exact + "'}"), "{}");
  EXPECT_EQ(Get().size(), exact.size() + std::string_view(R"({"Item":{"v":{"S":""}}})").size());
  EXPECT_EQ(Put("{'S':'x" + exact + "'}"), Invalid("Item size has exceeded the maximum allowed size"));
  const auto update = [&](const std::string& text) {
    return Send("UpdateItem",
                "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET v = :v',"
                "'ExpressionAttributeValues':{':v':{'S':'" +
                    text + "'}}}");
  };
  EXPECT_EQ(update(exact), "{}");
  EXPECT_EQ(update("x" + exact), Invalid("Item size to update has exceeded the maximum allowed size"));
  EXPECT_EQ(Send("UpdateItem",
                 "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET w = :w',"
                 "'ExpressionAttributeValues':{':w':{'S':''}}}"),
            Invalid("Item size to update has exceeded the maximum allowed size"));
}

// The size decides the write units: an item of n KB and one byte costs one more.
TEST_F(ItemValuesTest, SizesAreCountedByType) {
  CreateTable("Values", "S");
  const std::vector<std::pair<std::string, size_t>> sizes = {
      {"{'S':'caf\\u00e9'}", 5},
      {"{'S':''}", 0},
      {"{'B':'AAEC'}", 3},
      {"{'BOOL':true}", 1},
      {"{'NULL':true}", 1},
      {"{'N':'0'}", 1},
      {"{'N':'42'}", 2},
      {"{'N':'-42'}", 3},
      {"{'N':'1.2'}", 3},
      {"{'N':'12.34'}", 3},
      {"{'N':'100'}", 2},
      {"{'N':'0.01'}", 2},
      {"{'N':'120'}", 2},
      {"{'N':'0.012'}", 2},
      {"{'N':'12345678901234567890123456789012345678'}", 20},
      {"{'SS':['ab','c']}", 3},
      {"{'NS':['1','22']}", 4},
      {"{'BS':['AAEC','']}", 3},
      {"{'L':[]}", 3},
      {"{'L':[{'S':'ab'},{'N':'1'}]}", 3 + 1 + 2 + 1 + 2},
      {"{'M':{}}", 3},
      {"{'M':{'ab':{'S':'c'}}}", 3 + 1 + 2 + 1},
  };
  for (const auto& [value, size] : sizes) {
    for (const bool over : {false, true}) {
      // pk (2) + a (1) + v (1) + value + p (1) + padding = 1024, or one more.
      const std::string padding(1024 - 5 - size + (over ? 1 : 0), 'p');
      const std::string answer =
          Send("PutItem", "{'TableName':'Values','ReturnConsumedCapacity':'TOTAL','Item':{'pk':{'S':'a'},'v':" + value +
                              ",'p':{'S':'" + padding + "'}}}");
      ASSERT_TRUE(answer.find(over ? "\"CapacityUnits\":2.0" : "\"CapacityUnits\":1.0") != std::string::npos)
          << value << " " << answer;
      ASSERT_EQ(Send("DeleteItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}}}"), "{}");
    }
  }
}

TEST_F(ItemValuesTest, KeysMustFitTheSchema) {
  CreateTable("Pair", "S", "N");
  CreateTable("Bytes", "B", "B");
  const auto put = [](const std::string& item) { return "{'TableName':'Pair','Item':" + item + "}"; };
  const auto key = [](const std::string& item) { return "{'TableName':'Pair','Key':" + item + "}"; };
  const std::string empty_text =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ";
  const std::string hash_size = "Size of hashkey has exceeded the maximum size limit of2048 bytes";
  const std::string range_size = "Aggregated size of all range keys has exceeded the size limit of 1024 bytes";
  Check({
      {"PutItem", put("{}"), InvalidParameter("Missing the key pk in the item")},
      {"PutItem", put("{'pk':{'S':'a'}}"), InvalidParameter("Missing the key sk in the item")},
      {"PutItem", put("{'pk':{'N':'1'},'sk':{'S':'x'}}"),
       InvalidParameter("Type mismatch for key pk expected: S actual: N")},
      {"PutItem", put("{'pk':{'S':'a'},'sk':{'M':{}}}"),
       InvalidParameter("Type mismatch for key sk expected: N actual: M")},
      {"PutItem", put("{'pk':{'S':''},'sk':{'S':'x'}}"), Invalid(empty_text + "string value. Key: pk")},
      {"PutItem", put("{'pk':{'S':'" + std::string(2049, 'x') + "'},'sk':{'N':'1'}}"), InvalidParameter(hash_size)},
      {"PutItem", put("{'pk':{'S':'" + std::string(2048, 'x') + "'},'sk':{'N':'1'}}"), "{}"},
      {"PutItem", "{'TableName':'Bytes','Item':{'pk':{'B':'AA=='},'sk':{'B':''}}}",
       Invalid(empty_text + "binary value. Key: sk")},
      {"PutItem", "{'TableName':'Bytes','Item':{'pk':{'B':'AA=='},'sk':{'B':'" + std::string(1368, 'A') + "'}}}",
       InvalidParameter(range_size)},
      {"PutItem",
       "{'TableName':'Bytes','Item':{'pk':{'B':'AA=='},'sk':{'B':'" + std::string(1364, 'A') +
           "A=='}}}"
           "",
       Misfit("Base64 encoded length is expected a multiple of 4 bytes but found: 1367")},
  });
  for (const std::string operation : {"GetItem", "UpdateItem", "DeleteItem"}) {
    Check({
        {operation, key("{}"), Invalid(kSchemaMismatch)},
        {operation, key("{'pk':{'S':'a'}}"), Invalid(kSchemaMismatch)},
        {operation, key("{'pk':{'S':''},'sk':{'N':'1'},'x':{'S':'a'}}"), Invalid(kSchemaMismatch)},
        {operation, key("{'pk':{'S':'a'},'x':{'N':'1'}}"), Invalid(kSchemaMismatch)},
        {operation, key("{'pk':{'N':'1'},'sk':{'N':'1'}}"), Invalid(kSchemaMismatch)},
        {operation, key("{'pk':{'S':'a'},'sk':{'L':[]}}"), Invalid(kSchemaMismatch)},
        {operation, key("{'pk':{'S':''},'sk':{'N':'1'}}"), Invalid(empty_text + "string value. Key: pk")},
        {operation, key("{'pk':{'S':'" + std::string(2049, 'x') + "'},'sk':{'N':'1'}}"), InvalidParameter(hash_size)},
    });
  }
}

TEST_F(ItemValuesTest, EqualNumbersAreOneKey) {
  CreateTable("Pair", "S", "N");
  Check({
      {"PutItem", "{'TableName':'Pair','Item':{'pk':{'S':'a'},'sk':{'N':'1.50'},'v':{'S':'first'}}}", "{}"},
      {"PutItem", "{'TableName':'Pair','Item':{'pk':{'S':'a'},'sk':{'N':'15E-1'},'v':{'S':'second'}}}", "{}"},
      {"Scan", "{'TableName':'Pair'}",
       Quoted("{'Items':[{'pk':{'S':'a'},'sk':{'N':'1.5'},'v':{'S':'second'}}],'Count':1,'ScannedCount':1}")},
  });
}

TEST_F(ItemValuesTest, UnknownMembersAreIgnoredAndNullOnesAreAbsent) {
  CreateTable("Values", "S");
  Check({
      {"PutItem",
       "{'TableName':'Values','Item':{'pk':{'S':'a'}},'Nonsense':[1,{'a':2}],'ReturnValues':null,"
       "'ConditionExpression':null,'ExpressionAttributeNames':null,'Expected':null}",
       "{}"},
      {"GetItem", "{'TableName':null,'Key':{'pk':{'S':'a'}},'TableName':'Values'}",
       Quoted("{'Item':{'pk':{'S':'a'}}}")},
      {"GetItem", "{'TableName':'Values','Key':null}",
       OneConstraint("Value null at 'key' failed to satisfy constraint: Member must not be null")},
      {"Scan", "{'TableName':'Values','Limit':1.7,'ConsistentRead':'TRUE','Segment':null}",
       Quoted("{'Items':[{'pk':{'S':'a'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'a'}}}")},
  });
}

}  // namespace
}  // namespace basalt::server

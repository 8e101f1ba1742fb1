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
        {"Query",
         "{'TableName':'None','KeyConditionExpression':'pk = :p','ExclusiveStartKey':{'pk':" + defect.value + "}}",
         Invalid(defect.bare_in_start_key ? defect.text : start_key + defect.text)},
        {"UpdateItem",
         "{'TableName':'None','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET a = "
         ":v','ExpressionAttributeValues':{':v':" +
             defect.value + "}}",
         Invalid("ExpressionAttributeValues contains invalid value: " + defect.text + " for key :v")},
        {"BatchGetItem", "{'RequestItems':{'None':{'Keys':[{'pk':{'S':'a'}},{'pk':" + defect.value + "}]}}}",
         Invalid(defect.text)},
        {"BatchWriteItem", "{'RequestItems':{'None':[{'PutRequest':{'Item':{'pk':" + defect.value + "}}}]}}",
         Invalid(defect.text)},
        {"BatchWriteItem", "{'RequestItems':{'None':[{'DeleteRequest':{'Key':{'pk':" + defect.value + "}}}]}}",
         Invalid(defect.text)},
        // Inside lists and maps, however deep.
        {"PutItem", "{'TableName':'None','Item':{'v':{'L':[{'S':'a'}," + defect.value + "]}}}", Invalid(defect.text)},
        {"PutItem", "{'TableName':'None','Item':{'v':{'M':{'a':{'L':[{'M':{'b':" + defect.value + "}}]}}}}}",
         Invalid(defect.text)},
    });
  }
}

// Any two types are too many, in either order; a number that is none is found before that.
TEST_F(ItemValuesTest, NoTwoTypesGoTogether) {
  const std::vector<std::string> members = {"'S':'a'",    "'N':'1'",    "'B':'YQ=='",    "'BOOL':true", "'NULL':true",
                                            "'SS':['a']", "'NS':['1']", "'BS':['YQ==']", "'L':[]",      "'M':{}"};
  for (const std::string& one : members) {
    for (const std::string& other : members) {
      if (one != other) {
        EXPECT_EQ(Put("{" + one + "," + other + "}"), Invalid(kSeveralTypes));
      }
    }
    if (one != "'N':'1'") {
      EXPECT_EQ(Put("{" + one + ",'N':'x'}"), Invalid(std::string(kNotNumeric) + ": x"));
      EXPECT_EQ(Put("{'N':'','" + one.substr(1) + "}"), Invalid(kNotNumeric));
    }
    if (one != "'NS':['1']") {
      EXPECT_EQ(Put("{" + one + ",'NS':['x']}"), Invalid(std::string(kNotNumeric) + ": x"));
    }
  }
  // The first defect in the order of the text.
  EXPECT_EQ(Put("{'N':'x','NS':['y']}"), Invalid(std::string(kNotNumeric) + ": x"));
  EXPECT_EQ(Put("{'NS':['y'],'N':'x'}"), Invalid(std::string(kNotNumeric) + ": y"));
  EXPECT_EQ(Send("PutItem", "{'TableName':'Values','Item':{'b':{'N':'x'},'a':{'N':'y'}}}"),
            Invalid(std::string(kNotNumeric) + ": x"));
}

TEST_F(ItemValuesTest, EmptyValuesAreStoredEverywhereButInKeysAndAsSets) {
  CreateTable("Values", "S");
  for (const std::string value :
       {"{'S':''}", "{'B':''}", "{'L':[]}", "{'M':{}}", "{'SS':['']}", "{'BS':['']}", "{'SS':['','a']}",
        "{'L':[{'S':''},{'B':''},{'L':[]},{'M':{}},{'SS':['']}]}", "{'M':{'a':{'S':''},'b':{'B':''}}}"}) {
    ASSERT_EQ(Put(value), "{}") << value;
    EXPECT_EQ(Get(), "{\"Item\":{\"v\":" + Quoted(value) + "}}");
  }
}

TEST_F(ItemValuesTest, NamesAreNeitherEmptyNorTooLong) {
  CreateTable("Values", "S");
  const std::string longest(model::kAttributeNameBytesMax, 'n');
  const std::string too_long = longest + "n";
  // Bytes are counted: 32,767 letters of two bytes are one less than the longest.
  std::string two_bytes;
  for (int i = 0; i < 32'767; ++i) {
    two_bytes += "\xc3\xa9";
  }
  const std::string empty = Invalid("Empty attribute name");
  const std::string large = Invalid("Attribute name is too large, must be less than 65536 bytes");
  const auto item = [](const std::string& name) { return "{'pk':{'S':'a'},'" + name + "':{'S':'b'}}"; };
  for (const auto& [name, answer] : std::vector<std::pair<std::string, std::string>>{
           {longest, "{}"}, {two_bytes + "a", "{}"}, {"", empty}, {too_long, large}, {two_bytes + "ab", large}}) {
    const std::string put_answer = answer;
    Check({
        {"PutItem", "{'TableName':'Values','Item':" + item(name) + "}", put_answer},
        {"PutItem", "{'TableName':'Values','Item':{'pk':{'S':'a'},'m':{'M':" + item(name) + "}}}", put_answer},
        {"BatchWriteItem", "{'RequestItems':{'Values':[{'PutRequest':{'Item':" + item(name) + "}}]}}",
         put_answer == "{}" ? Quoted("{'UnprocessedItems':{}}") : put_answer},
        {"UpdateItem",
         "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET m = :m',"
         "'ExpressionAttributeValues':{':m':{'M':" +
             item(name) + "}}}",
         answer == "{}" ? answer
         : answer == empty
             ? Invalid("ExpressionAttributeValues contains invalid value: Empty attribute name for key :m")
             : Invalid("ExpressionAttributeValues contains invalid value: Attribute name is too large, "
                       "must be less than 65536 bytes for key :m")},
    });
    if (answer == "{}") {
      EXPECT_EQ(Send("GetItem",
                     "{'TableName':'Values','Key':{'pk':{'S':'a'}},'ProjectionExpression':'#n',"
                     "'ExpressionAttributeNames':{'#n':'" +
                         name + "'}}"),
                Quoted("{'Item':{'" + name + "':{'S':'b'}}}"));
    } else {
      Check({{"GetItem", "{'TableName':'Values','Key':" + item(name) + "}", answer},
             {"Scan", "{'TableName':'Values','ExclusiveStartKey':" + item(name) + "}",
              Invalid("The provided starting key is invalid: " +
                      (answer == empty ? std::string("Empty attribute name")
                                       : std::string("Attribute name is too large, must be less than 65536 bytes")))}});
    }
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

// Names, levels and all types count in the limit, of every request that puts, at the exact byte.
TEST_F(ItemValuesTest, TheLimitCountsEveryPartOfAnItem) {
  CreateTable("Values", "S");
  // pk (2) + a (1) + x (1) + the map (3 + an entry, its name and 1 + 2 for 42) + p (1), and the padding.
  const std::string mixed =
      "'pk':{'S':'a'},'x':{'M':{'\xc3\xa9':{'N':'42'},'l':{'L':[{'BOOL':true},{'NS':['-1','0.5']}]}}}";
  const size_t mixed_bytes = 2 + 1 + 1 + (3 + (1 + 2 + 2) + (1 + 1 + 3 + (1 + 1) + (1 + 3 + 2)));
  const std::string padding(model::kItemSizeBytesMax - mixed_bytes - 1, 'p');
  const auto item = [&](const std::string& text) { return "{" + mixed + ",'p':{'S':'" + text + "'}}"; };
  const std::string too_large = Invalid("Item size has exceeded the maximum allowed size");
  Check({
      {"PutItem", "{'TableName':'Values','Item':" + item(padding) + "}", "{}"},
      {"PutItem", "{'TableName':'Values','Item':" + item(padding + "p") + "}", too_large},
      {"BatchWriteItem", "{'RequestItems':{'Values':[{'PutRequest':{'Item':" + item(padding) + "}}]}}",
       Quoted("{'UnprocessedItems':{}}")},
      {"BatchWriteItem", "{'RequestItems':{'Values':[{'PutRequest':{'Item':" + item(padding + "p") + "}}]}}",
       too_large},
      // Before the table is looked for.
      {"PutItem", "{'TableName':'None','Item':" + item(padding + "p") + "}", too_large},
      {"UpdateItem",
       "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET p = :p',"
       "'ExpressionAttributeValues':{':p':{'S':'" +
           padding + "'}}}",
       "{}"},
      {"UpdateItem",
       "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET p = :p',"
       "'ExpressionAttributeValues':{':p':{'S':'" +
           padding + "p'}}}",
       Invalid("Item size to update has exceeded the maximum allowed size")},
      {"UpdateItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'REMOVE x.l'}", "{}"},
      {"UpdateItem",
       "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET x.l = :l',"
       "'ExpressionAttributeValues':{':l':{'L':[{'BOOL':true},{'NS':['-1','0.5']}]}}}",
       "{}"},
      {"UpdateItem",
       "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD x.#e :n',"
       "'ExpressionAttributeNames':{'#e':'\xc3\xa9'},'ExpressionAttributeValues':{':n':{'N':'100.5'}}}",
       Invalid("Item size to update has exceeded the maximum allowed size")},
  });
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
      // In structures inside of others, too.
      {"BatchWriteItem",
       "{'RequestItems':{'Values':[{'PutRequest':{'Item':{'pk':{'S':'a'},'v':{'S':null,'N':'1','X':{}}},'X':[1]},"
       "'DeleteRequest':null,'Y':2}]},'ReturnItemCollectionMetrics':null}",
       Quoted("{'UnprocessedItems':{}}")},
      {"BatchGetItem",
       "{'RequestItems':{'Values':{'Keys':[{'pk':{'S':'a','B':null}}],'ProjectionExpression':null,'ConsistentRead':"
       "null,"
       "'ExpressionAttributeNames':null,'Z':{'z':null}}},'W':[]}",
       Quoted("{'Responses':{'Values':[{'pk':{'S':'a'},'v':{'N':'1'}}]},'UnprocessedKeys':{}}")},
      {"PutItem", "{'TableName':'Values','Item':{'pk':{'S':'a'}}}", "{}"},
      {"GetItem", "{'TableName':'Values','Key':null}",
       OneConstraint("Value null at 'key' failed to satisfy constraint: Member must not be null")},
      {"Scan", "{'TableName':'Values','Limit':1.7,'ConsistentRead':'TRUE','Segment':null}",
       Quoted("{'Items':[{'pk':{'S':'a'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'a'}}}")},
  });
}

}  // namespace
}  // namespace basalt::server

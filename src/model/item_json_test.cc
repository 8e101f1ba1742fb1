// Attribute values in and out of JSON: every text of the reader and of the validator, canonical output, and time
// that stays linear for hostile items.
#include "model/item_json.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "base/base64.h"
#include "model/limits.h"

namespace basalt::model {
namespace {

constexpr std::string_view kNoType =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr std::string_view kSeveralTypes =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
constexpr std::string_view kTooDeep =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
const std::string kInvalidPrefix = "One or more parameter values were invalid: ";  // NOLINT(cert-err58-cpp)

json::Node Parsed(std::string_view text, Arena& arena) {
  const Result<json::Node> node = json::Parse(text, arena);
  EXPECT_TRUE(node.ok()) << text;
  return *node;
}

// The text of the error, or "ok".
std::string ShapeOf(std::string_view text, ShapePosition position = ShapePosition::kElement) {
  Arena arena;
  const Status status = CheckValueShape(Parsed(text, arena), position);
  if (status.ok()) {
    return "ok";
  }
  EXPECT_EQ(status.error().reason, Reason::kSerialization);
  return status.error().text;
}

std::string ItemShapeOf(std::string_view text) {
  Arena arena;
  const Status status = CheckItemShape(Parsed(text, arena));
  return status.ok() ? "ok" : status.error().text;
}

// The value as written again, or the text of the validation error.
std::string ValueOf(std::string_view text) {
  Arena arena;
  const json::Node node = Parsed(text, arena);
  EXPECT_TRUE(CheckValueShape(node).ok()) << text;
  const Result<Value> value = ParseValue(node, arena);
  if (!value.ok()) {
    EXPECT_EQ(value.error().reason, Reason::kValidation);
    return value.error().text;
  }
  std::string out;
  AppendJson(out, *value);
  return out;
}

std::string ItemOf(std::string_view text) {
  Arena arena;
  const Result<Item> item = ParseItem(Parsed(text, arena), arena);
  if (!item.ok()) {
    return item.error().text;
  }
  std::string out;
  AppendJson(out, *item);
  return out;
}

std::string Nested(std::string_view open, std::string_view inner, std::string_view close, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += open;
  }
  text += inner;
  for (int i = 0; i < count; ++i) {
    text += close;
  }
  return text;
}

// --- the reader's texts ---

TEST(ValueShape, StringMembers) {
  for (const std::string type : {"S", "N"}) {
    const auto shape = [&](std::string_view json) { return ShapeOf("{\"" + type + "\":" + std::string(json) + "}"); };
    EXPECT_EQ(shape("\"x\""), "ok");
    EXPECT_EQ(shape("null"), "ok");
    EXPECT_EQ(shape("true"), "TRUE_VALUE cannot be converted to String");
    EXPECT_EQ(shape("false"), "FALSE_VALUE cannot be converted to String");
    EXPECT_EQ(shape("12"), "NUMBER_VALUE cannot be converted to String");
    EXPECT_EQ(shape("1.5"), "DECIMAL_VALUE cannot be converted to String");
    EXPECT_EQ(shape("[\"x\"]"), "Unrecognized collection type class java.lang.String");
    EXPECT_EQ(shape("{}"), "Start of structure or map found where not expected");
  }
}

TEST(ValueShape, BooleanMembers) {
  for (const std::string type : {"BOOL", "NULL"}) {
    const auto shape = [&](std::string_view json) { return ShapeOf("{\"" + type + "\":" + std::string(json) + "}"); };
    for (const std::string_view word : {"true", "false", "null", "\"true\"", "\"TRUE\"", "\"1\"", "\"yes\"", "\"Yes\"",
                                        "\"false\"", "\"False\"", "\"0\"", "\"no\""}) {
      EXPECT_EQ(shape(word), "ok") << word;
    }
    for (const std::string_view word : {"\"\"", "\"2\"", "\"y\"", "\"true \"", "\"truth\"", "\"nope\""}) {
      EXPECT_EQ(shape(word), "Unexpected token received from parser") << word;
    }
    EXPECT_EQ(shape("12"), "NUMBER_VALUE cannot be converted to Boolean");
    EXPECT_EQ(shape("1.5"), "DECIMAL_VALUE cannot be converted to Boolean");
    EXPECT_EQ(shape("[]"), "Unrecognized collection type class java.lang.Boolean");
    EXPECT_EQ(shape("{}"), "Start of structure or map found where not expected");
  }
}

TEST(ValueShape, BlobMembers) {
  const auto shape = [](std::string_view json) { return ShapeOf("{\"B\":" + std::string(json) + "}"); };
  EXPECT_EQ(shape("\"AAEC\""), "ok");
  EXPECT_EQ(shape("\"\""), "ok");
  for (const std::string_view json : {"12", "1.5", "true", "false"}) {
    EXPECT_EQ(shape(json), "only base-64-encoded strings are convertible to bytes") << json;
  }
  EXPECT_EQ(shape("[]"), "Unrecognized collection type class java.nio.ByteBuffer");
  EXPECT_EQ(shape("{}"), "Start of structure or map found where not expected");
  EXPECT_EQ(shape("\"abc\""), "Base64 encoded length is expected a multiple of 4 bytes but found: 3");
  EXPECT_EQ(shape("\"AAECA\""), "Base64 encoded length is expected a multiple of 4 bytes but found: 5");
  EXPECT_EQ(shape("\"AB==\""), "Invalid last non-pad Base64 character dectected");
  EXPECT_EQ(shape("\"AAF=\""), "Invalid last non-pad Base64 character dectected");
  for (const std::string_view json : {"\"A-_A\"", "\"A===\"", "\"====\"", "\"AA==AAAA\"", "\"AA=A\"", "\"A A=\""}) {
    EXPECT_EQ(shape(json), "Invalid base64 character") << json;
  }
}

TEST(ValueShape, LongBlobs) {
  std::string text = Base64Encode(std::string(9000, 'x'));
  const auto shape = [&] { return ShapeOf("{\"B\":\"" + text + "\"}"); };
  EXPECT_EQ(shape(), "ok");
  text.replace(4094, 2, "==");  // padding at the end of the first piece that is checked
  EXPECT_EQ(shape(), "Invalid base64 character");
  text.replace(4094, 2, "AA");
  EXPECT_EQ(shape(), "ok");
  text[11'000] = '!';
  EXPECT_EQ(shape(), "Invalid base64 character");
}

TEST(ValueShape, ListsOfStringsAndBlobs) {
  EXPECT_EQ(ShapeOf(R"({"SS":["a",null]})"), "ok");
  EXPECT_EQ(ShapeOf(R"({"SS":"a"})"), "Unexpected field type");
  EXPECT_EQ(ShapeOf(R"({"NS":1})"), "Unexpected field type");
  EXPECT_EQ(ShapeOf(R"({"BS":true})"), "Unexpected field type");
  EXPECT_EQ(ShapeOf(R"({"SS":{}})"), "Start of structure or map found where not expected");
  EXPECT_EQ(ShapeOf(R"({"SS":["a",1]})"), "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(ShapeOf(R"({"NS":[1.5]})"), "DECIMAL_VALUE cannot be converted to String");
  EXPECT_EQ(ShapeOf(R"({"SS":[["a"]]})"), "Unrecognized collection type class java.lang.String");
  EXPECT_EQ(ShapeOf(R"({"SS":[{}]})"), "Start of structure or map found where not expected");
  EXPECT_EQ(ShapeOf(R"({"BS":["AA"]})"), "Base64 encoded length is expected a multiple of 4 bytes but found: 2");
  EXPECT_EQ(ShapeOf(R"({"BS":[false]})"), "only base-64-encoded strings are convertible to bytes");
}

TEST(ValueShape, ListsAndMaps) {
  EXPECT_EQ(ShapeOf(R"({"L":[{"S":"a"},null,{}]})"), "ok");
  EXPECT_EQ(ShapeOf(R"({"L":"a"})"), "Unexpected field type");
  EXPECT_EQ(ShapeOf(R"({"L":{}})"), "Start of structure or map found where not expected");
  EXPECT_EQ(ShapeOf(R"({"L":["a"]})"), "Unexpected value type in payload");
  EXPECT_EQ(ShapeOf(R"({"L":[[]]})"),
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  EXPECT_EQ(ShapeOf(R"({"L":[{"S":1}]})"), "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(ShapeOf(R"({"M":{"a":{"S":"a"},"b":null}})"), "ok");
  EXPECT_EQ(ShapeOf(R"({"M":"a"})"), "Unexpected field type");
  EXPECT_EQ(ShapeOf(R"({"M":[]})"),
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>");
  EXPECT_EQ(ShapeOf(R"({"M":{"a":"x"}})"), "Unexpected value type in payload");
  EXPECT_EQ(ShapeOf(R"({"M":{"a":{"L":[{"M":{"b":{"BOOL":1}}}]}}})"), "NUMBER_VALUE cannot be converted to Boolean");
}

TEST(ValueShape, TheValueItself) {
  EXPECT_EQ(ShapeOf("{}"), "ok");
  EXPECT_EQ(ShapeOf("null"), "ok");
  EXPECT_EQ(ShapeOf(R"({"X":1,"s":2,"__type":[]})"), "ok");
  EXPECT_EQ(ShapeOf("\"x\""), "Unexpected value type in payload");
  EXPECT_EQ(ShapeOf("1", ShapePosition::kMember), "Unexpected field type");
  EXPECT_EQ(ShapeOf("[]"), "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  EXPECT_EQ(ShapeOf("[]", ShapePosition::kMember),
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  EXPECT_EQ(ShapeOf(R"({"S":1,"BOOL":"x"})"), "NUMBER_VALUE cannot be converted to String");  // the first wins
}

TEST(ValueShape, Items) {
  EXPECT_EQ(ItemShapeOf(R"({"a":{"S":"x"}})"), "ok");
  EXPECT_EQ(ItemShapeOf("null"), "ok");
  EXPECT_EQ(ItemShapeOf("\"x\""), "Unexpected field type");
  EXPECT_EQ(ItemShapeOf("[]"),
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>");
  EXPECT_EQ(ItemShapeOf(R"({"a":"x"})"), "Unexpected value type in payload");
}

TEST(JsonShape, IntegersAreReadByTheServicesRules) {
  Arena arena;
  const auto text_of = [&](std::string_view text, Status (*check)(const json::Node&)) {
    const Status status = check(Parsed(text, arena));
    return status.ok() ? std::string("ok") : status.error().text;
  };
  EXPECT_EQ(text_of("12", CheckInteger), "ok");
  EXPECT_EQ(text_of("1.7", CheckInteger), "ok");
  EXPECT_EQ(text_of("null", CheckInteger), "ok");
  EXPECT_EQ(text_of("\"s\"", CheckInteger), "STRING_VALUE cannot be converted to Integer");
  EXPECT_EQ(text_of("true", CheckInteger), "TRUE_VALUE cannot be converted to Integer");
  EXPECT_EQ(text_of("false", CheckLong), "FALSE_VALUE cannot be converted to Long");
  EXPECT_EQ(text_of("[]", CheckInteger), "Unrecognized collection type class java.lang.Integer");
  EXPECT_EQ(text_of("[]", CheckLong), "Unrecognized collection type class java.lang.Long");
  EXPECT_EQ(text_of("{}", CheckLong), "Start of structure or map found where not expected");
  EXPECT_EQ(text_of("[]", CheckMapOfStrings),
            "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>");
  EXPECT_EQ(ReadInteger(Parsed("12", arena)), 12);
  EXPECT_EQ(ReadInteger(Parsed("1.7", arena)), 1);
  EXPECT_EQ(ReadInteger(Parsed("-1.2", arena)), -2);
  EXPECT_EQ(ReadInteger(Parsed("1e300", arena)), INT64_MAX);
  EXPECT_EQ(ReadInteger(Parsed("-1e300", arena)), INT64_MIN);
  EXPECT_TRUE(ReadBoolean(Parsed("\"YES\"", arena)));
  EXPECT_FALSE(ReadBoolean(Parsed("\"no\"", arena)));
}

// --- the validator's texts ---

TEST(ParseValue, WritesEveryTypeBack) {
  EXPECT_EQ(ValueOf(R"({"S":""})"), R"({"S":""})");
  EXPECT_EQ(ValueOf(R"({"S":"a\u0022\u00e9\n\u0001"})"), "{\"S\":\"a\\\"\xc3\xa9\\n\\u0001\"}");
  EXPECT_EQ(ValueOf(R"({"N":"+1.50E1"})"), R"({"N":"15"})");
  EXPECT_EQ(ValueOf(R"({"N":"-0"})"), R"({"N":"0"})");
  EXPECT_EQ(ValueOf(R"({"B":""})"), R"({"B":""})");
  EXPECT_EQ(ValueOf(R"({"B":"AAECAw=="})"), R"({"B":"AAECAw=="})");
  EXPECT_EQ(ValueOf(R"({"BOOL":"yes"})"), R"({"BOOL":true})");
  EXPECT_EQ(ValueOf(R"({"BOOL":false})"), R"({"BOOL":false})");
  EXPECT_EQ(ValueOf(R"({"NULL":true})"), R"({"NULL":true})");
  EXPECT_EQ(ValueOf(R"({"SS":["b","","a"]})"), R"({"SS":["","a","b"]})");
  EXPECT_EQ(ValueOf(R"({"NS":["2.0","1"]})"), R"({"NS":["1","2"]})");
  EXPECT_EQ(ValueOf(R"({"BS":["AAEC",""]})"), R"({"BS":["","AAEC"]})");
  EXPECT_EQ(ValueOf(R"({"L":[]})"), R"({"L":[]})");
  EXPECT_EQ(ValueOf(R"({"M":{}})"), R"({"M":{}})");
  EXPECT_EQ(ValueOf(R"({"M":{"b":{"L":[{"N":"1.0"}]},"a":{"S":"x"}}})"),
            R"({"M":{"a":{"S":"x"},"b":{"L":[{"N":"1"}]}}})");
}

TEST(ParseValue, NeedsExactlyOneType) {
  EXPECT_EQ(ValueOf("{}"), kNoType);
  EXPECT_EQ(ValueOf(R"({"X":"y","s":"x"})"), kNoType);
  EXPECT_EQ(ValueOf(R"({"S":null})"), kNoType);
  EXPECT_EQ(ValueOf("null"), kNoType);
  EXPECT_EQ(ValueOf(R"({"S":"a","N":"1"})"), kSeveralTypes);
  EXPECT_EQ(ValueOf(R"({"L":[],"M":{}})"), kSeveralTypes);
  EXPECT_EQ(ValueOf(R"({"S":"a","N":null,"X":1})"), R"({"S":"a"})");
  EXPECT_EQ(ValueOf(R"({"S":"a","S":"b"})"), R"({"S":"b"})");
  EXPECT_EQ(ValueOf(R"({"L":[null]})"), kNoType);
  EXPECT_EQ(ValueOf(R"({"L":[{"S":"a"},{}]})"), kNoType);
  EXPECT_EQ(ValueOf(R"({"M":{"a":null}})"), kNoType);
  EXPECT_EQ(ValueOf(R"({"SS":["a",null]})"), kNoType);
}

TEST(ParseValue, LooksAtEachMemberBeforeCountingThem) {
  EXPECT_EQ(ValueOf(R"({"S":"a","N":"x"})"), "The parameter cannot be converted to a numeric value: x");
  EXPECT_EQ(ValueOf(R"({"NS":["1","y"],"S":"a"})"), "The parameter cannot be converted to a numeric value: y");
  EXPECT_EQ(ValueOf(R"({"N":"x","NS":["y"]})"), "The parameter cannot be converted to a numeric value: x");
  EXPECT_EQ(ValueOf(R"({"NS":["y"],"N":"x"})"), "The parameter cannot be converted to a numeric value: y");
  EXPECT_EQ(ValueOf(R"({"L":[{}],"S":"a"})"), kSeveralTypes);  // children only after counting
}

TEST(ParseValue, RefusesFalseNull) {
  const std::string text = kInvalidPrefix + "Null attribute value types must have the value of true";
  EXPECT_EQ(ValueOf(R"({"NULL":false})"), text);
  EXPECT_EQ(ValueOf(R"({"NULL":"no"})"), text);
}

TEST(ParseValue, RefusesEmptySets) {
  EXPECT_EQ(ValueOf(R"({"SS":[]})"), kInvalidPrefix + "An string set  may not be empty");
  EXPECT_EQ(ValueOf(R"({"NS":[]})"), kInvalidPrefix + "An number set  may not be empty");
  EXPECT_EQ(ValueOf(R"({"BS":[]})"), kInvalidPrefix + "Binary sets should not be empty");
}

TEST(ParseValue, RefusesDuplicatesInSets) {
  EXPECT_EQ(ValueOf(R"({"SS":["a","b","a"]})"), kInvalidPrefix + "Input collection [a, b, a] contains duplicates.");
  EXPECT_EQ(ValueOf(R"({"BS":["AA==","AAEC","AA=="]})"),
            kInvalidPrefix + "Input collection [AA==, AAEC, AA==]of type BS contains duplicates.");
  EXPECT_EQ(ValueOf(R"({"NS":["1","2","1.0"]})"), "Input collection contains duplicates");
  EXPECT_EQ(ValueOf(R"({"NS":["0","-0.0"]})"), "Input collection contains duplicates");
  EXPECT_EQ(ValueOf(R"({"SS":["1","2","3","4","5","6","7","8","9","10","11","3"]})"),
            kInvalidPrefix + "Input collection [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3] contains duplicates.");
}

TEST(ParseValue, RefusesNumbersWithTheServicesTexts) {
  EXPECT_EQ(ValueOf(R"({"N":""})"), "The parameter cannot be converted to a numeric value");
  EXPECT_EQ(ValueOf(R"({"NS":["1",""]})"), "The parameter cannot be converted to a numeric value");
  EXPECT_EQ(ValueOf(R"({"N":"abc"})"), "The parameter cannot be converted to a numeric value: abc");
  EXPECT_EQ(ValueOf(R"({"N":"123456789012345678901234567890123456789"})"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(ValueOf(R"({"N":"1E126"})"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(ValueOf(R"({"NS":["1E-131"]})"),
            "Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

TEST(ParseValue, BoundsNestingAtThirtyTwoLevels) {
  EXPECT_TRUE(ValueOf(Nested("{\"L\":[", "{\"S\":\"x\"}", "]}", 31)).starts_with("{\"L\":"));
  EXPECT_EQ(ValueOf(Nested("{\"L\":[", "{\"S\":\"x\"}", "]}", 32)), kTooDeep);
  EXPECT_TRUE(ValueOf(Nested("{\"M\":{\"k\":", "{\"N\":\"1\"}", "}}", 31)).starts_with("{\"M\":"));
  EXPECT_EQ(ValueOf(Nested("{\"M\":{\"k\":", "{\"N\":\"1\"}", "}}", 32)), kTooDeep);
  EXPECT_EQ(ValueOf(Nested("{\"M\":{\"k\":", "{}", "}}", 500)), kTooDeep);
  EXPECT_EQ(ItemOf("{\"a\":" + Nested("{\"L\":[", "{\"S\":\"x\"}", "]}", 32) + "}"), kTooDeep);
  EXPECT_TRUE(ItemOf("{\"a\":" + Nested("{\"L\":[", "{\"S\":\"x\"}", "]}", 31) + "}").starts_with("{\"a\":"));
}

TEST(ParseValue, AnswersWhatWasNotChecked) {
  Arena arena;
  for (const std::string_view text :
       {"\"x\"", "[]", "1", R"({"S":1})", R"({"N":[]})", R"({"B":"###"})", R"({"B":1})", R"({"BOOL":1})",
        R"({"NULL":[]})", R"({"SS":"x"})", R"({"SS":[1]})", R"({"BS":["A"]})", R"({"L":{}})", R"({"M":[]})"}) {
    const Result<Value> value = ParseValue(Parsed(text, arena), arena);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.error().reason, Reason::kSerialization) << text;
  }
  EXPECT_FALSE(ParseItem(Parsed("[]", arena), arena).ok());
  EXPECT_FALSE(ParseItem(Parsed("null", arena), arena).ok());
}

TEST(ParseItem, SortsByNameAndKeepsTheLastOfEqualNames) {
  EXPECT_EQ(ItemOf(R"({"b":{"S":"1"},"a":{"S":"2"},"B":{"S":"3"},"b":{"S":"4"}})"),
            R"({"B":{"S":"3"},"a":{"S":"2"},"b":{"S":"4"}})");
  EXPECT_EQ(ItemOf("{}"), "{}");
  EXPECT_EQ(ItemOf(R"({"a":null})"), kNoType);
  EXPECT_EQ(ItemOf(R"({"__type":{"S":"x"}})"), R"({"__type":{"S":"x"}})");
}

TEST(ParseItem, BoundsNames) {
  EXPECT_EQ(ItemOf(R"({"":{"S":"x"}})"), "Empty attribute name");
  const std::string longest(kAttributeNameBytesMax, 'n');
  EXPECT_EQ(ItemOf("{\"" + longest + "\":{\"S\":\"x\"}}").size(), longest.size() + 14);
  EXPECT_EQ(ItemOf("{\"" + longest + "n\":{\"S\":\"x\"}}"),
            "Attribute name is too large, must be less than 65536 bytes");
}

// --- stored items ---

std::string Stored(std::string_view text) {
  Arena arena;
  const Result<Item> item = ParseStoredItem(text, arena);
  if (!item.ok()) {
    EXPECT_EQ(item.error().reason, Reason::kCorruption);
    return "corrupt";
  }
  std::string out;
  AppendJson(out, *item);
  return out;
}

TEST(ParseStoredItem, ReadsWhatAppendJsonWrites) {
  for (const std::string_view text :
       {"{}", R"({"a":{"S":""}})", R"({"a":{"S":"\"\\\b\f\n\r\t\u0000\u001f/"},"b":{"N":"-1.5"}})",
        R"({"\"":{"B":"AAEC"},"a":{"BOOL":true},"b":{"BOOL":false},"c":{"NULL":true},"d":{"B":""}})",
        R"({"a":{"SS":["","\n","x"]},"b":{"NS":["1","2"]},"c":{"BS":["","AA=="]}})",
        R"({"a":{"L":[]},"b":{"M":{}},"c":{"L":[{"L":[{"N":"1"},{"M":{"x":{"S":"y"},"z":{"S":"w"}}}]},{"S":"q"}]}})"}) {
    EXPECT_EQ(Stored(text), text);
  }
}

TEST(ParseStoredItem, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      "x",
                                      "{",
                                      "{}x",
                                      " {}",
                                      "{} ",
                                      "[]",
                                      "null",
                                      R"({"a":null})",
                                      R"({"a":{}})",
                                      R"({"a":{"S":"x"})",
                                      R"({"a":{"S":"x"}}})",
                                      R"({"a": {"S":"x"}})",
                                      R"({"b":{"S":"x"},"a":{"S":"x"}})",
                                      R"({"a":{"S":"x"},"a":{"S":"x"}})",
                                      R"({"a":{"S":"x"},})",
                                      R"({"a":{"N":"1.0"}})",
                                      R"({"a":{"N":"x"}})",
                                      R"({"a":{"N":1}})",
                                      R"({"a":{"B":"AAE"}})",
                                      R"({"a":{"B":"AAF="}})",
                                      R"({"a":{"SS":[]}})",
                                      R"({"a":{"SS":["x",]}})",
                                      R"({"a":{"SS":["x","x"]}})",
                                      R"({"a":{"SS":["y","x"]}})",
                                      R"({"a":{"NULL":false}})",
                                      R"({"a":{"BOOL":null}})",
                                      R"({"a":{"X":"x"}})",
                                      R"({"a":{"S":"x","N":"1"}})",
                                      R"({"a":{"S":"\u0041"}})",
                                      R"({"a":{"S":"\u000A"}})",
                                      R"({"a":{"S":"\u000a"}})",
                                      R"({"a":{"S":"\/"}})",
                                      R"({"a":{"S":"\u00"}})",
                                      R"({"a":{"S":"\u"}})",
                                      R"({"a":{"S":"\)",
                                      R"({"a":{"S":")",
                                      R"({"a":{"L":[{"S":"x"},]}})",
                                      R"({"a":{"L":[,]}})",
                                      R"({"a":{"M":{"b":{"S":"x"},"a":{"S":"x"}}}})"}) {
    EXPECT_EQ(Stored(text), "corrupt") << text;
  }
  EXPECT_EQ(Stored("{\"a\":{\"S\":\"\xff\"}}"), "corrupt");
  EXPECT_EQ(Stored("{\"a\":{\"S\":\"\n\"}}"), "corrupt");
}

TEST(ParseStoredItem, BoundsNestingAboveWhatUpdatesCanMake) {
  const auto stored = [](int count) {
    return Stored("{\"a\":" + Nested("{\"L\":[", "{\"S\":\"x\"}", "]}", count) + "}");
  };
  EXPECT_NE(stored(kNestingLevelsMax + kPathDepthMax), "corrupt");
  EXPECT_EQ(stored(100), "corrupt");
  EXPECT_EQ(stored(100'000), "corrupt");
}

TEST(ParseStoredItem, OutlivesItsText) {
  Arena arena;
  std::string text = R"({"a":{"S":"kept"},"b":{"SS":["also","kept"]}})";
  const Result<Item> item = ParseStoredItem(text, arena);
  const std::string before = text;
  text.assign(text.size(), '#');
  std::string out;
  AppendJson(out, *item);
  EXPECT_EQ(out, before);
}

// Random values, written and read both ways.
class RandomValue {
 public:
  explicit RandomValue(uint64_t seed) : random_(seed) {}

  std::string Json(int levels) {
    switch (random_() % (levels > 0 ? 10 : 8)) {
      case 0:
      case 1:
        return "{\"S\":\"" + Text() + "\"}";
      case 2:
        return "{\"N\":\"" + Digits() + "\"}";
      case 3:
        return "{\"B\":\"" + Base64Encode(Text()) + "\"}";
      case 4:
        return random_() % 2 == 0 ? R"({"BOOL":true})" : R"({"NULL":true})";
      case 5:
        return "{\"SS\":[\"" + Text() + "1\",\"" + Text() + "2\"]}";
      case 6:
        return "{\"NS\":[\"" + Digits() + "\"]}";
      case 7:
        return "{\"BS\":[\"" + Base64Encode(Text()) + "\"]}";
      case 8: {
        std::string list;
        for (size_t i = random_() % 4; i > 0; --i) {
          list += (list.empty() ? "" : ",") + Json(levels - 1);
        }
        return "{\"L\":[" + list + "]}";
      }
      default:
        return "{\"M\":" + Map(levels - 1) + "}";
    }
  }

  std::string Map(int levels) {
    std::string map;
    for (size_t i = random_() % 6; i > 0; --i) {
      map += (map.empty() ? "\"k" : ",\"k") + Text() + "\":" + Json(levels);
    }
    return "{" + map + "}";
  }

 private:
  std::string Text() {
    static constexpr std::array<std::string_view, 8> kPieces = {
        "a", "b", "\\n", "\\\"", "\xc3\xa9", "\\u0000", "/", "\\\\",
    };
    std::string text;
    for (size_t i = random_() % 12; i > 0; --i) {
      text += kPieces[random_() % kPieces.size()];
    }
    return text;
  }
  std::string Digits() {
    return std::to_string(static_cast<int64_t>(random_())) + "E-" + std::to_string(random_() % 30);
  }

  std::mt19937_64 random_;
};

TEST(ItemJson, RoundTripsRandomItems) {
  RandomValue random(1);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = random.Map(4);
    Arena arena;
    const json::Node node = Parsed(text, arena);
    ASSERT_TRUE(CheckItemShape(node).ok()) << text;
    const Result<Item> item = ParseItem(node, arena);
    ASSERT_TRUE(item.ok()) << item.error().text << " in " << text;
    std::string out;
    AppendJson(out, *item);
    const Result<Item> again = ParseItem(Parsed(out, arena), arena);
    const Result<Item> stored = ParseStoredItem(out, arena);
    ASSERT_TRUE(again.ok());
    ASSERT_TRUE(stored.ok()) << out;
    ASSERT_TRUE(Equal(Value::Map(*item), Value::Map(*again)));
    ASSERT_TRUE(Equal(Value::Map(*item), Value::Map(*stored)));
    ASSERT_EQ(SizeBytes(*item), SizeBytes(*stored));
    std::string out_again;
    AppendJson(out_again, *stored);
    ASSERT_EQ(out_again, out);
  }
}

// --- hostile items: each of these takes milliseconds, and would take minutes if it were quadratic ---

template <class Act>
void ExpectQuick(Act act) {
  const auto begin = std::chrono::steady_clock::now();
  act();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(HostileItem, ManyTinyAttributesInDescendingOrder) {
  std::string text = "{";
  for (int i = 200'000; i > 100'000; --i) {
    text += (text.size() > 1 ? ",\"" : "\"") + std::to_string(i) + "\":{\"N\":\"1.0\"}";
  }
  text += "}";
  ExpectQuick([&] { EXPECT_EQ(ItemOf(text).size(), text.size() - 200'000); });
}

TEST(HostileItem, OneAttributeRepeated) {
  std::string text = "{\"a\":{\"S\":\"x\"}";
  for (int i = 0; i < 100'000; ++i) {
    text += ",\"a\":{\"S\":\"y\"}";
  }
  ExpectQuick([&] { EXPECT_EQ(ItemOf(text + "}"), R"({"a":{"S":"y"}})"); });
}

TEST(HostileItem, OneTypeRepeated) {
  std::string text = "{\"S\":\"x\"";
  for (int i = 0; i < 200'000; ++i) {
    text += ",\"S\":\"y\"";
  }
  ExpectQuick([&] { EXPECT_EQ(ValueOf(text + "}"), R"({"S":"y"})"); });
}

TEST(HostileItem, LargeSets) {
  std::string members = "\"1\"";
  for (int i = 2; i <= 100'000; ++i) {
    members += ",\"" + std::to_string(i) + "\"";
  }
  ExpectQuick([&] {
    EXPECT_EQ(ValueOf("{\"SS\":[" + members + "]}").size(), members.size() + 9);
    EXPECT_EQ(ValueOf("{\"NS\":[" + members + "]}").size(), members.size() + 9);
    EXPECT_EQ(ValueOf("{\"NS\":[" + members + ",\"1E0\"]}"), "Input collection contains duplicates");
    EXPECT_TRUE(ValueOf("{\"SS\":[" + members + ",\"77\"]}").ends_with(", 100000, 77] contains duplicates."));
  });
}

TEST(HostileItem, DeepAndWide) {
  std::string wide = "{\"L\":[]}";
  for (int i = 0; i < 50'000; ++i) {
    wide += ",{\"L\":[]}";
  }
  ExpectQuick([&] {
    EXPECT_NE(ValueOf(Nested("{\"L\":[", wide, "]}", 31)), kTooDeep);
    EXPECT_EQ(ValueOf(Nested("{\"L\":[", wide, "]}", 32)), kTooDeep);
  });
}

TEST(HostileItem, StringsOfEscapes) {
  std::string text;
  for (int i = 0; i < 400'000; ++i) {
    text += "\\u0001";
  }
  ExpectQuick([&] {
    const std::string item = "{\"a\":{\"S\":\"" + text + "\"}}";
    EXPECT_EQ(ItemOf(item), item);
    EXPECT_EQ(Stored(item), item);
  });
}

}  // namespace
}  // namespace basalt::model

// Starting keys that no page ended with: every shape that is wrong, for a table and for an index of each kind, in Query
// and in Scan.
#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// Where is read, the members of a key there, and what a Query of it selects.
struct Place {
  std::string index;  // empty: the table
  std::vector<std::pair<std::string, std::string>> key;
  std::string condition;
  std::string values;
};

constexpr std::string_view kInvalidStart = "The provided starting key is invalid";

// "Pair": key (pk S, sk N), a local index, a global one, and one with keys of several attributes.
class StartKeysTest : public WireTest {
 protected:
  void SetUp() override {
    const std::string created = Send("CreateTable", R"({
      'TableName':'Pair','BillingMode':'PAY_PER_REQUEST',
      'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'sk','AttributeType':'N'},
        {'AttributeName':'a','AttributeType':'S'},{'AttributeName':'b','AttributeType':'N'},
        {'AttributeName':'c','AttributeType':'B'}],
      'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],
      'LocalSecondaryIndexes':[
        {'IndexName':'local','Projection':{'ProjectionType':'KEYS_ONLY'},
         'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'a','KeyType':'RANGE'}]}],
      'GlobalSecondaryIndexes':[
        {'IndexName':'global','Projection':{'ProjectionType':'ALL'},
         'KeySchema':[{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'b','KeyType':'RANGE'}]},
        {'IndexName':'several','Projection':{'ProjectionType':'KEYS_ONLY'},
         'KeySchema':[{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'b','KeyType':'HASH'},
           {'AttributeName':'c','KeyType':'RANGE'},{'AttributeName':'sk','KeyType':'RANGE'}]}]})");
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription("Pair", "\"TableStatus\":\"ACTIVE\"");
  }

  static const std::vector<Place>& Places() {
    const std::pair<std::string, std::string> pk = {"pk", "{'S':'p'}"};
    const std::pair<std::string, std::string> sk = {"sk", "{'N':'1'}"};
    const std::pair<std::string, std::string> a = {"a", "{'S':'x'}"};
    const std::pair<std::string, std::string> b = {"b", "{'N':'1'}"};
    const std::pair<std::string, std::string> c = {"c", "{'B':'YQ=='}"};
    static const std::vector<Place> kPlaces = {
        {"", {pk, sk}, "pk = :p", "':p':{'S':'p'}"},
        {"local", {pk, sk, a}, "pk = :p", "':p':{'S':'p'}"},
        {"global", {pk, sk, a, b}, "a = :a", "':a':{'S':'x'}"},
        {"several", {pk, sk, a, b, c}, "a = :a AND b = :b", "':a':{'S':'x'},':b':{'N':'1'}"},
    };
    return kPlaces;
  }
  static bool IsOfTable(std::string_view attribute) { return attribute == "pk" || attribute == "sk"; }

  // The place's key with `value` for an attribute; an empty one leaves it out.
  static std::string KeyWith(const Place& place, std::string_view attribute, std::string_view value) {
    std::string members;
    for (const auto& [name, sound] : place.key) {
      const std::string_view given = name == attribute ? value : std::string_view(sound);
      if (!given.empty()) {
        members += fmt::format("{}'{}':{}", members.empty() ? "" : ",", name, given);
      }
    }
    return "{" + members + "}";
  }
  std::string Read(const std::string& operation, const Place& place, std::string_view key, std::string_view more = "") {
    const std::string index = place.index.empty() ? "" : fmt::format(",'IndexName':'{}'", place.index);
    const std::string query = operation == "Scan"
                                  ? ""
                                  : fmt::format(",'KeyConditionExpression':'{}','ExpressionAttributeValues':{{{}}}",
                                                place.condition, place.values);
    return Send(operation, fmt::format("{{'TableName':'Pair'{}{}{},'ExclusiveStartKey':{}}}", index, query, more, key));
  }
  // Every place and operation refuses the key that has `value` for some attribute of it.
  template <class Expected>
  void ExpectWith(std::string_view attribute, std::string_view value, const Expected& expected) {
    for (const Place& place : Places()) {
      const bool has_it = std::any_of(place.key.begin(), place.key.end(),
                                      [&](const auto& member) { return member.first == attribute; });
      for (const std::string operation : {"Query", "Scan"}) {
        if (has_it) {
          EXPECT_EQ(Read(operation, place, KeyWith(place, attribute, value)), expected(operation, place))
              << operation << " " << place.index << " " << attribute << " " << value.substr(0, 100);
        }
      }
    }
  }
  static std::string Introduced(std::string_view why) { return Invalid(fmt::format("{}: {}", kInvalidStart, why)); }
  // A key that is not made of the right attributes: of a table a Scan says more.
  static std::string WrongAttributes(const std::string& operation, const Place& place) {
    return operation == "Scan" && place.index.empty() ? Introduced(kSchemaMismatch) : Invalid(kInvalidStart);
  }
};

const std::string& NothingFound() {
  static const std::string kAnswer = Quoted("{'Items':[],'Count':0,'ScannedCount':0}");
  return kAnswer;
}

TEST_F(StartKeysTest, AKeyThatAPageMayEndWithIsTakenWhereverItIs) {
  for (const Place& place : Places()) {
    for (const std::string operation : {"Query", "Scan"}) {
      EXPECT_EQ(Read(operation, place, KeyWith(place, "", "")), NothingFound()) << operation << " " << place.index;
      EXPECT_EQ(Read(operation, place, "null"), NothingFound()) << operation << " " << place.index;
    }
  }
}

TEST_F(StartKeysTest, WhatIsNoMapOfValuesIsASerializationError) {
  for (const Place& place : Places()) {
    for (const std::string operation : {"Query", "Scan"}) {
      EXPECT_EQ(Read(operation, place, "[]"), Misfit("Unrecognized collection type java.util.Map<java.lang.String, "
                                                     "com.amazonaws.dynamodb.v20120810.AttributeValue>"));
      EXPECT_EQ(Read(operation, place, "'p'"), Misfit("Unexpected field type"));
      EXPECT_EQ(Read(operation, place, "7"), Misfit("Unexpected field type"));
      EXPECT_EQ(Read(operation, place, "true"), Misfit("Unexpected field type"));
      EXPECT_EQ(Read(operation, place, "{'pk':'p'}"), Misfit("Unexpected value type in payload"));
      EXPECT_EQ(Read(operation, place, "{'pk':{'S':1}}"), Misfit("NUMBER_VALUE cannot be converted to String"));
    }
  }
}

TEST_F(StartKeysTest, ValuesThatNoItemMayHoldAreSaidToMakeItInvalidButNumbersAndDuplicates) {
  const std::string empty = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
  const std::string parameter = "One or more parameter values were invalid: ";
  for (const auto& [value, text] : std::vector<std::pair<std::string, std::string>>{
           {"null", empty},
           {"{}", empty},
           {"{'X':'p'}", empty},
           {"{'S':'p','N':'1'}",
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes"},
           {"{'NULL':false}", parameter + "Null attribute value types must have the value of true"},
           {"{'SS':[]}", parameter + "An string set  may not be empty"},
           {"{'BS':[]}", parameter + "Binary sets should not be empty"},
           {"{'L':[{}]}", empty},
       }) {
    for (const char* attribute : {"pk", "sk", "a", "b", "c"}) {
      ExpectWith(attribute, value, [answer = Introduced(text)](const auto&, const Place&) { return answer; });
    }
  }
  for (const auto& [value, text] : std::vector<std::pair<std::string, std::string>>{
           {"{'N':''}", "The parameter cannot be converted to a numeric value"},
           {"{'N':'x'}", "The parameter cannot be converted to a numeric value: x"},
           {"{'N':'1e126'}",
            "Number overflow. Attempting to store a number with magnitude larger than supported range"},
           {"{'N':'1e-131'}",
            "Number underflow. Attempting to store a number with magnitude smaller than supported range"},
           {"{'N':'123456789012345678901234567890123456789'}",
            "Attempting to store more than 38 significant digits in a Number"},
           {"{'NS':[]}", parameter + "An number set  may not be empty"},
           {"{'SS':['u','u']}", parameter + "Input collection [u, u] contains duplicates."},
           {"{'NS':['1','1.0']}", "Input collection contains duplicates"},
       }) {
    for (const char* attribute : {"pk", "sk", "a", "b", "c"}) {
      ExpectWith(attribute, value, [answer = Invalid(text)](const auto&, const Place&) { return answer; });
    }
  }
}

TEST_F(StartKeysTest, ItHasAllAttributesOfTheKeysAndNoOther) {
  for (const Place& place : Places()) {
    for (const std::string operation : {"Query", "Scan"}) {
      const std::string wrong = WrongAttributes(operation, place);
      EXPECT_EQ(Read(operation, place, "{}"), wrong) << operation << " " << place.index;
      for (const auto& [name, value] : place.key) {
        EXPECT_EQ(Read(operation, place, KeyWith(place, name, "")), wrong) << operation << " " << place.index << name;
      }
      std::string key = KeyWith(place, "", "");
      key.pop_back();
      EXPECT_EQ(Read(operation, place, key + ",'more':{'S':'x'}}"), wrong) << operation << " " << place.index;
      // As many as there should be, one of them another.
      std::string renamed = KeyWith(place, "sk", "");
      renamed.pop_back();
      EXPECT_EQ(Read(operation, place, renamed + ",'SK':{'N':'1'}}"), wrong) << operation << " " << place.index;
    }
  }
}

TEST_F(StartKeysTest, ItsValuesHaveTheTypesOfTheKeys) {
  const auto of_another_type = [](std::string_view attribute) {
    return attribute == "pk" || attribute == "a" ? "{'N':'1'}" : "{'S':'1'}";
  };
  for (const char* attribute : {"pk", "sk", "a", "b", "c"}) {
    for (const std::string_view value : {std::string_view(of_another_type(attribute)), std::string_view("{'L':[]}"),
                                         std::string_view("{'BOOL':true}"), std::string_view("{'SS':['u']}")}) {
      ExpectWith(attribute, value, [&](const auto&, const Place&) {
        return IsOfTable(attribute) ? Introduced(kSchemaMismatch) : Invalid(kSchemaMismatch);
      });
    }
  }
}

TEST_F(StartKeysTest, ItsValuesAreNeitherEmptyNorTooLong) {
  const std::string too_long = fmt::format("{{'S':'{}'}}", std::string(2049, 'x'));
  ExpectWith("pk", "{'S':''}", [](const auto&, const Place&) {
    return Introduced(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
        "string value. Key: pk");
  });
  ExpectWith("pk", too_long, [](const auto&, const Place&) {
    return Introduced(
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes");
  });
  for (const std::string& value : {std::string("{'S':''}"), too_long}) {
    ExpectWith("a", value, [](const auto&, const Place&) { return Invalid(kInvalidStart); });
  }
  ExpectWith("c", "{'B':''}", [](const auto&, const Place&) { return Invalid(kInvalidStart); });
}

TEST_F(StartKeysTest, ItLiesWhereTheQueryReads) {
  const std::string outside =
      Invalid("The provided starting key is outside query boundaries based on provided conditions");
  for (const auto& [index, attribute, value] :
       std::vector<std::tuple<std::string, std::string, std::string>>{{"", "pk", "{'S':'q'}"},
                                                                      {"local", "pk", "{'S':'q'}"},
                                                                      {"global", "a", "{'S':'y'}"},
                                                                      {"several", "a", "{'S':'y'}"},
                                                                      {"several", "b", "{'N':'2'}"}}) {
    for (const Place& place : Places()) {
      if (place.index == index) {
        EXPECT_EQ(Read("Query", place, KeyWith(place, attribute, value)), outside) << index << " " << attribute;
        EXPECT_EQ(Read("Scan", place, KeyWith(place, attribute, value)), NothingFound()) << index << " " << attribute;
      }
    }
  }
  // Of keys of several attributes the condition of the sort part is looked at in each of them.
  const std::string predicate = Invalid("The provided starting key does not match the range key predicate");
  const std::string only = Invalid("The query can return at most one row and cannot be restarted");
  Place bounded = Places()[3];
  bounded.condition += " AND c = :c AND sk > :s";
  bounded.values += ",':c':{'B':'YQ=='},':s':{'N':'0'}";
  EXPECT_EQ(Read("Query", bounded, KeyWith(bounded, "", "")), NothingFound());
  EXPECT_EQ(Read("Query", bounded, KeyWith(bounded, "sk", "{'N':'0'}")), predicate);
  EXPECT_EQ(Read("Query", bounded, KeyWith(bounded, "c", "{'B':'Yg=='}")), predicate);
  EXPECT_EQ(Read("Query", bounded, KeyWith(bounded, "b", "{'N':'2'}")), only);
}

TEST_F(StartKeysTest, ItLiesInTheSegmentThatIsScanned) {
  for (const Place& place : Places()) {
    size_t taken = 0;
    for (const std::string segment : {"0", "1", "2"}) {
      const std::string answer = Read("Scan", place, KeyWith(place, "", ""), ",'TotalSegments':3,'Segment':" + segment);
      const std::string refused = Introduced(
          "Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: 3 Segment: " +
          segment);
      EXPECT_TRUE(answer == refused || answer == NothingFound()) << answer;
      taken += answer == NothingFound() ? 1U : 0U;
    }
    EXPECT_EQ(taken, 1U) << place.index;
  }
}

}  // namespace
}  // namespace basalt::server

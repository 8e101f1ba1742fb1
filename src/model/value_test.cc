// Values: sizes, equality, order, maps.
#include "model/value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "model/item_json.h"
#include "model/number.h"

namespace basalt::model {
namespace {

class ValueTest : public testing::Test {
 protected:
  Value Of(std::string_view text) {
    const Result<json::Node> node = json::Parse(text, arena_);
    EXPECT_TRUE(node.ok()) << text;
    const Result<Value> value = ParseValue(*node, arena_);
    EXPECT_TRUE(value.ok()) << text;
    return *value;
  }
  size_t SizeOf(std::string_view text) { return SizeBytes(Of(text)); }

  Arena arena_;
};

TEST_F(ValueTest, CountsScalarsAndSets) {
  EXPECT_EQ(SizeOf(R"({"S":""})"), 0U);
  EXPECT_EQ(SizeOf(R"({"S":"caf\u00e9"})"), 5U);
  EXPECT_EQ(SizeOf(R"({"B":"AAEC"})"), 3U);
  EXPECT_EQ(SizeOf(R"({"BOOL":false})"), 1U);
  EXPECT_EQ(SizeOf(R"({"NULL":true})"), 1U);
  EXPECT_EQ(SizeOf(R"({"SS":["a","bc"]})"), 3U);
  EXPECT_EQ(SizeOf(R"({"NS":["1","-42"]})"), 5U);
  EXPECT_EQ(SizeOf(R"({"BS":["AAEC","AA=="]})"), 4U);
}

TEST_F(ValueTest, CountsNumbersFromTheirText) {
  const std::vector<std::pair<std::string, size_t>> rows = {{"0", 1},
                                                            {"42", 2},
                                                            {"-42", 3},
                                                            {"1.2", 3},
                                                            {"12.34", 3},
                                                            {"100", 2},
                                                            {"0.01", 2},
                                                            {"120", 2},
                                                            {"0.012", 2},
                                                            {"10.01", 3},
                                                            {std::string(38, '7'), 20}};
  for (const auto& [text, size] : rows) {
    EXPECT_EQ(SizeBytes(Value::Number(text)), size) << text;
    EXPECT_EQ(SizeBytes(Value::Number(text)), Number::FromCanonical(text).SizeBytes()) << text;
  }
}

TEST_F(ValueTest, CountsNumbersAsTheNumberItselfDoes) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = (random() % 2 == 0 ? "-" : "") + std::to_string(random() >> (random() % 64)) + "E" +
                             std::to_string(static_cast<int>(random() % 200) - 100);
    const Number number = Number::Parse(text).value();
    ASSERT_EQ(SizeBytes(Value::Number(number.ToCanonical())), number.SizeBytes()) << text;
  }
}

TEST_F(ValueTest, CountsContainers) {
  EXPECT_EQ(SizeOf(R"({"L":[]})"), 3U);
  EXPECT_EQ(SizeOf(R"({"M":{}})"), 3U);
  EXPECT_EQ(SizeOf(R"({"L":[{"S":"ab"},{"N":"42"}]})"), 3U + (1 + 2) + (1 + 2));
  EXPECT_EQ(SizeOf(R"({"M":{"key":{"S":"ab"}}})"), 3U + 1 + 3 + 2);
  EXPECT_EQ(SizeOf(R"({"L":[{"L":[{"NULL":true}]}]})"), 3U + 1 + (3 + 1 + 1));
}

TEST_F(ValueTest, CountsItemsWithTheirNames) {
  const Result<json::Node> node = json::Parse(R"({"pk":{"S":"abc"},"\u00e9":{"N":"100"},"e":{"S":""}})", arena_);
  EXPECT_EQ(SizeBytes(*ParseItem(*node, arena_)), (2U + 3) + (2 + 2) + (1 + 0));
  EXPECT_EQ(SizeBytes(Item()), 0U);
}

TEST_F(ValueTest, CountsAnItemAtTheLimit) {
  const std::string text(409'600 - 2, 'x');
  const std::vector<Attribute> attributes = {{"pk", Value::String(text)}};
  EXPECT_EQ(SizeBytes(Item(attributes)), 409'600U);
}

TEST_F(ValueTest, EqualsByTypeAndContent) {
  const std::vector<std::string_view> distinct = {R"({"S":"1"})",
                                                  R"({"N":"1"})",
                                                  R"({"B":"MQ=="})",
                                                  R"({"BOOL":true})",
                                                  R"({"BOOL":false})",
                                                  R"({"NULL":true})",
                                                  R"({"SS":["1"]})",
                                                  R"({"NS":["1"]})",
                                                  R"({"BS":["MQ=="]})",
                                                  R"({"L":[]})",
                                                  R"({"M":{}})",
                                                  R"({"S":""})",
                                                  R"({"L":[{"N":"1"}]})",
                                                  R"({"L":[{"N":"1"},{"N":"2"}]})",
                                                  R"({"L":[{"N":"2"},{"N":"1"}]})",
                                                  R"({"M":{"a":{"N":"1"}}})",
                                                  R"({"M":{"b":{"N":"1"}}})",
                                                  R"({"M":{"a":{"N":"2"}}})",
                                                  R"({"SS":["1","2"]})",
                                                  R"({"SS":["1","3"]})"};
  for (size_t i = 0; i < distinct.size(); ++i) {
    for (size_t j = 0; j < distinct.size(); ++j) {
      EXPECT_EQ(Equal(Of(distinct[i]), Of(distinct[j])), i == j) << distinct[i] << " " << distinct[j];
    }
  }
}

TEST_F(ValueTest, EqualsWithoutOrderInSetsAndMapsAndByValueInNumbers) {
  EXPECT_TRUE(Equal(Of(R"({"N":"1.0"})"), Of(R"({"N":"1"})")));
  EXPECT_TRUE(Equal(Of(R"({"NS":["1","2","30"]})"), Of(R"({"NS":["3E1","2.0","1"]})")));
  EXPECT_TRUE(Equal(Of(R"({"SS":["a","b"]})"), Of(R"({"SS":["b","a"]})")));
  EXPECT_TRUE(Equal(Of(R"({"M":{"a":{"S":"x"},"b":{"L":[]}}})"), Of(R"({"M":{"b":{"L":[]},"a":{"S":"x"}}})")));
}

TEST_F(ValueTest, ComparesScalars) {
  EXPECT_LT(Compare(Value::String("a"), Value::String("b")), 0);
  EXPECT_LT(Compare(Value::String("a"), Value::String("aa")), 0);
  EXPECT_LT(Compare(Value::String("z"), Value::String("\xc3\xa9")), 0);  // unsigned bytes
  EXPECT_LT(Compare(Value::Binary(std::string_view("\x00", 1)), Value::Binary("\xff")), 0);
  EXPECT_LT(Compare(Value::Number("9"), Value::Number("10")), 0);
  EXPECT_GT(Compare(Value::Number("-9"), Value::Number("-10")), 0);
  EXPECT_EQ(Compare(Value::Number("10"), Value::Number("10")), 0);
  EXPECT_EQ(Compare(Value::String(""), Value::String("")), 0);
}

TEST_F(ValueTest, FindsByName) {
  const Value map = Of(R"({"M":{"b":{"N":"2"},"a":{"N":"1"},"\u00e9":{"N":"3"}}})");
  EXPECT_EQ(Find(map.attributes, "a")->text, "1");
  EXPECT_EQ(Find(map.attributes, "b")->text, "2");
  EXPECT_EQ(Find(map.attributes, "\xc3\xa9")->text, "3");
  EXPECT_EQ(Find(map.attributes, ""), nullptr);
  EXPECT_EQ(Find(map.attributes, "aa"), nullptr);
  EXPECT_EQ(Find(Item(), "a"), nullptr);
}

TEST_F(ValueTest, SortsAttributesAndKeepsTheLastOfEqualNames) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 3000; ++round) {
    const size_t count = random() % 40;
    std::vector<std::string> names;
    for (size_t i = 0; i < count; ++i) {
      names.push_back("n" + std::to_string(random() % 30));
    }
    std::vector<Attribute> attributes;
    std::map<std::string, std::string> expected;
    for (size_t i = 0; i < count; ++i) {
      const std::string order = std::to_string(i);
      attributes.push_back({names[i], Value::Number(arena_.Copy(order))});
      expected[names[i]] = order;
    }
    const std::span<Attribute> sorted = SortAttributes(attributes);
    ASSERT_EQ(sorted.size(), expected.size());
    size_t i = 0;
    for (const auto& [name, order] : expected) {
      ASSERT_EQ(sorted[i].name, name);
      ASSERT_EQ(sorted[i].value.text, order);
      ++i;
    }
  }
}

TEST_F(ValueTest, CountsNestingLevels) {
  EXPECT_EQ(NestingLevels(Of(R"({"S":"x"})")), 1);
  EXPECT_EQ(NestingLevels(Of(R"({"SS":["x"]})")), 1);
  EXPECT_EQ(NestingLevels(Of(R"({"L":[]})")), 1);
  EXPECT_EQ(NestingLevels(Of(R"({"L":[{"S":"x"},{"M":{"a":{"N":"1"}}}]})")), 3);
}

TEST_F(ValueTest, DeepCopiesLeaveNothingBehind) {
  constexpr std::string_view kText =
      R"({"M":{"a":{"S":"x"},"b":{"L":[{"N":"1.5"},{"B":"AAEC"},{"M":{"q":{"BOOL":true}}}]},"c":{"SS":["k","l"]},)"
      R"("d":{"NULL":true},"e":{"NS":["1","2"]},"f":{"BS":["AA=="]}}})";
  Arena target;
  Value copy;
  {
    Arena source;
    const Result<json::Node> node = json::Parse(kText, source);
    copy = DeepCopy(*ParseValue(*node, source), target);
  }
  EXPECT_TRUE(Equal(copy, Of(kText)));
}

TEST_F(ValueTest, ComparesLargeSetsQuickly) {
  constexpr int kMembers = 50'000;
  std::string forward;
  std::string backward;
  for (int i = 0; i < kMembers; ++i) {
    forward += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\"";
    backward += (i == 0 ? "\"" : ",\"") + std::to_string(kMembers - 1 - i) + "\"";
  }
  const Value one = Of("{\"SS\":[" + forward + "]}");
  const Value other = Of("{\"SS\":[" + backward + "]}");
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 300; ++i) {  // as often as one condition can ask
    EXPECT_TRUE(Equal(one, other));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace basalt::model

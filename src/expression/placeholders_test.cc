// Tests of ExpressionAttributeNames and -Values.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

std::string CheckError(const Names& names, std::string_view values = "{}") {
  Arena arena;
  const Status status = Placeholders(names, ItemOf(values, arena)).Check();
  return status.ok() ? "" : status.error().text;
}

TEST(Placeholders, AcceptsLettersDigitsAndUnderscores) {
  EXPECT_EQ(CheckError({{"#a", "x"}, {"#_9Z", "y"}, {"#0", "z"}}, "{':a':{'S':''},':_0':{'S':''},':9':{'S':''}}"), "");
}

TEST(Placeholders, RefusesABadNamesKey) {
  for (const std::string_view key : {"a", "#", "", ":a", "#a-b", "##a", "#a ", "#\xC3\xA9"}) {
    EXPECT_EQ(CheckError({{key, "x"}}),
              "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" + std::string(key) + "\"");
  }
}

TEST(Placeholders, RefusesABadValuesKey) {
  EXPECT_EQ(CheckError({}, "{'v':{'S':''}}"),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\"");
  EXPECT_EQ(CheckError({}, "{':':{'S':''}}"),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \":\"");
}

TEST(Placeholders, ReportsNamesBeforeValuesAndInTheirOrder) {
  EXPECT_EQ(CheckError({{"#ok", "x"}, {"z", "x"}, {"a", "x"}}, "{'v':{'S':''}}"),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"z\"");
}

TEST(Placeholders, RefusesKeysOver255Bytes) {
  const std::string longest = "#" + std::string(254, 'a');
  EXPECT_EQ(CheckError({{longest, "x"}}), "");
  const std::string too_long = longest + "a";
  EXPECT_NE(CheckError({{too_long, "x"}}), "");
}

TEST(Placeholders, RefusesNamesThatNoAttributeCanHave) {
  EXPECT_EQ(CheckError({{"#a", ""}}),
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a");
  const std::string longest(65535, 'x');
  EXPECT_EQ(CheckError({{"#a", longest}}), "");
  const std::string too_long(65536, 'x');
  EXPECT_EQ(CheckError({{"#a", too_long}}), "Attribute name is too large, must be less than 65536 bytes");
}

TEST(Placeholders, RefusesMoreThanTwoMegabytes) {
  const std::string long_name(65000, 'x');
  std::vector<std::string> keys;
  for (int i = 0; i < 33; ++i) {
    keys.push_back("#n" + std::to_string(i));
  }
  Names names;
  for (const std::string& key : keys) {
    names.push_back({key, long_name});
  }
  EXPECT_NE(CheckError(names), "");
  names.pop_back();
  EXPECT_EQ(CheckError(names), "");
}

TEST(Placeholders, CountsAPlaceholderAsUsedWhereverItOccurs) {
  Request request("{':a':{'N':'1'},':b':{'N':'2'}}", {{"#a", "x"}, {"#b", "y"}});
  EXPECT_EQ(request.placeholders().CheckAllUsed().error().text,
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}");
  EXPECT_EQ(request.ConditionError("attribute_exists(z) OR (#a = :a AND #a.#b = :a)"), "");
  EXPECT_EQ(request.placeholders().CheckAllUsed().error().text,
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}");
  EXPECT_EQ(request.UpdateError("SET q = if_not_exists(q, :b)"), "");
  EXPECT_TRUE(request.placeholders().CheckAllUsed().ok());
}

TEST(Placeholders, TakesTheLastOfEqualNames) {
  Request request("{':a':{'N':'1'}}", {{"#a", "x"}, {"#a", "y"}});
  EXPECT_EQ(request.Evaluated("#a = :a", "{'y':{'N':'1'}}"), "true");
  EXPECT_TRUE(request.placeholders().CheckAllUsed().ok());
}

TEST(Placeholders, AreFoundQuicklyAmongManyThousands) {
  std::vector<std::string> keys;
  std::string values = "{";
  for (int i = 0; i < 65536; ++i) {
    keys.push_back("#" + std::to_string(i));
    values += (i > 0 ? ",':" : "':") + std::to_string(i) + "':{'BOOL':true}";
  }
  values += '}';
  Names names;
  for (const std::string& key : keys) {
    names.push_back({key, key});
  }
  Request request(values, names);
  EXPECT_TRUE(request.placeholders().Check().ok());
  std::string text;
  for (int i = 0; text.size() < 4000; ++i) {
    text += (i > 0 ? "," : "") + keys[static_cast<size_t>(65535 - i)];
  }
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(request.ProjectionError(text), "");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  EXPECT_NE(request.placeholders().FindValue(":65535"), nullptr);
  EXPECT_EQ(request.placeholders().FindValue(":65536"), nullptr);
}

}  // namespace
}  // namespace basalt::expression

// Tests of key conditions: their form, and what the key schema asks of them.
#include "expression/key_condition.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

constexpr std::string_view kLiterals =
    "{':s':{'S':'a'},':t':{'S':'b'},':n':{'N':'1'},':m':{'N':'2'},':b':{'B':'YQ=='},':e':{'S':''},':eb':{'B':''},"
    "':bool':{'BOOL':true}}";

std::string ParseError(std::string_view text) {
  Request request(kLiterals, {{"#p", "pk"}});
  return request.KeyConditionError(text);
}

std::string Show(const model::Value& value) {
  std::string out;
  model::AppendJson(out, value);
  return out;
}

// The range as text, or the error.
std::string Bound(std::string_view text, model::Type partition_type = model::Type::kS,
                  model::Type sort_type = model::Type::kS, bool has_sort = true, std::string_view values = kLiterals) {
  Request request(values, {{"#p", "pk"}});
  const Result<const KeyCondition*> condition = ParseKeyCondition(text, request.placeholders(), request.arena());
  if (!condition.ok()) {
    return condition.error().text;
  }
  const KeyAttribute partition{"pk", partition_type};
  const KeyAttribute sort{"sk", sort_type};
  const Result<KeyRange> range =
      BindKeyCondition(**condition, std::span(&partition, 1), std::span(&sort, has_sort ? 1 : 0), request.arena());
  if (!range.ok()) {
    return range.error().text;
  }
  std::string out = Show(range->partition);
  switch (range->sort_operator) {
    case SortOperator::kNone:
      return out;
    case SortOperator::kEqual:
      return out + " = " + Show(range->sort_low);
    case SortOperator::kLess:
      return out + " < " + Show(range->sort_low);
    case SortOperator::kLessOrEqual:
      return out + " <= " + Show(range->sort_low);
    case SortOperator::kGreater:
      return out + " > " + Show(range->sort_low);
    case SortOperator::kGreaterOrEqual:
      return out + " >= " + Show(range->sort_low);
    case SortOperator::kBetween:
      return out + " between " + Show(range->sort_low) + Show(range->sort_high);
    case SortOperator::kBeginsWith:
      return out + " begins " + Show(range->sort_low);
  }
  return out;
}

TEST(KeyCondition, RefusesOperatorsThatSelectNoRange) {
  const std::string text = "Invalid operator used in KeyConditionExpression: ";
  EXPECT_EQ(ParseError("pk = :s or sk = :s"), text + "OR");
  EXPECT_EQ(ParseError("pk = :s AND not sk = :s"), text + "NOT");
  EXPECT_EQ(ParseError("pk in (:s)"), text + "IN");
  EXPECT_EQ(ParseError("pk <> :s"), text + "<>");
  EXPECT_EQ(ParseError("attribute_exists(pk)"), text + "attribute_exists");
  EXPECT_EQ(ParseError("attribute_not_exists(pk)"), text + "attribute_not_exists");
  EXPECT_EQ(ParseError("pk = :s AND contains(sk, :s)"), text + "contains");
  Request request("{':t':{'S':'S'}}");
  EXPECT_EQ(request.KeyConditionError("attribute_type(pk, :t)"), text + "attribute_type");
}

TEST(KeyCondition, RefusesNestedOperationsAndAttributes) {
  EXPECT_EQ(ParseError("size(pk) = :n"), "KeyConditionExpressions cannot contain nested operations");
  EXPECT_EQ(ParseError("pk.a = :n"), "KeyConditionExpressions cannot have conditions on nested attributes");
  EXPECT_EQ(ParseError("pk = :s AND sk[0] > :n"),
            "KeyConditionExpressions cannot have conditions on nested attributes");
}

TEST(KeyCondition, RequiresOneAttributeInEachCondition) {
  const std::string text = "Invalid condition in KeyConditionExpression: ";
  EXPECT_EQ(ParseError("pk = sk"), text + "Multiple attribute names used in one condition");
  EXPECT_EQ(ParseError("pk BETWEEN :s AND sk"), text + "Multiple attribute names used in one condition");
  EXPECT_EQ(ParseError(":s = :t"), text + "No key attribute specified");
  EXPECT_EQ(ParseError("begins_with(:s, :t)"), text + "No key attribute specified");
  EXPECT_EQ(ParseError("pk = :s AND :s BETWEEN sk AND :t"),
            text + "BETWEEN operator must have the key attribute as its first operand");
  EXPECT_EQ(ParseError("pk = :s AND begins_with(:s, sk)"),
            text + "begins_with operator must have the key attribute as its first operand");
}

TEST(KeyCondition, CountsConditions) {
  EXPECT_EQ(ParseError("pk = :s AND pk = :t"), "KeyConditionExpressions must only contain one condition per key");
  EXPECT_EQ(ParseError("pk = :s AND #p > :t"), "KeyConditionExpressions must only contain one condition per key");
  EXPECT_EQ(ParseError("pk = :s AND sk > :s AND tk = :s"), "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(ParseError("pk = :s AND (sk > :s AND tk = :s)"), "Conditions can be of length 1 or 2 only");
}

TEST(KeyCondition, FailsLikeAnyConditionFirst) {
  const std::string prefix = "Invalid KeyConditionExpression: ";
  EXPECT_EQ(ParseError("pk = "), prefix + "Syntax error; token: \"<EOF>\", near: \"=\"");
  EXPECT_EQ(ParseError("((pk = :s))"), prefix + "The expression has redundant parentheses;");
  EXPECT_EQ(ParseError("pk = :x OR sk = :s"),
            prefix + "An expression attribute value used in expression is not defined; attribute value: :x");
  EXPECT_EQ(
      ParseError("pk = :s AND begins_with(sk, :n)"),
      prefix + "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N");
  EXPECT_EQ(ParseError("pk = :s AND sk BETWEEN :t AND :s"),
            prefix +
                "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
                "operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}");
}

TEST(KeyCondition, BindsEveryOperator) {
  EXPECT_EQ(Bound("pk = :s"), R"({"S":"a"})");
  EXPECT_EQ(Bound("pk = :s AND sk = :t"), R"({"S":"a"} = {"S":"b"})");
  EXPECT_EQ(Bound("sk < :t AND #p = :s"), R"({"S":"a"} < {"S":"b"})");
  EXPECT_EQ(Bound("(pk = :s) AND (sk <= :t)"), R"({"S":"a"} <= {"S":"b"})");
  EXPECT_EQ(Bound("(pk = :s AND sk > :t)"), R"({"S":"a"} > {"S":"b"})");
  EXPECT_EQ(Bound("pk = :s AND sk >= :t"), R"({"S":"a"} >= {"S":"b"})");
  EXPECT_EQ(Bound("pk = :s AND sk BETWEEN :s AND :t"), R"({"S":"a"} between {"S":"a"}{"S":"b"})");
  EXPECT_EQ(Bound("pk = :s AND begins_with(sk, :t)"), R"({"S":"a"} begins {"S":"b"})");
  EXPECT_EQ(Bound("pk = :n AND sk > :b", model::Type::kN, model::Type::kB), R"({"N":"1"} > {"B":"YQ=="})");
}

TEST(KeyCondition, MirrorsAComparisonWithTheValueFirst) {
  EXPECT_EQ(Bound(":s = pk AND :t < sk"), R"({"S":"a"} > {"S":"b"})");
  EXPECT_EQ(Bound(":s = pk AND :t <= sk"), R"({"S":"a"} >= {"S":"b"})");
  EXPECT_EQ(Bound(":s = pk AND :t > sk"), R"({"S":"a"} < {"S":"b"})");
  EXPECT_EQ(Bound(":s = pk AND :t >= sk"), R"({"S":"a"} <= {"S":"b"})");
  EXPECT_EQ(Bound(":s = pk AND :t = sk"), R"({"S":"a"} = {"S":"b"})");
}

TEST(KeyCondition, NamesAMissingKeyAttribute) {
  EXPECT_EQ(Bound("sk = :s"), "Query condition missed key schema element: pk");
  EXPECT_EQ(Bound("xk = :s"), "Query condition missed key schema element: pk");
  EXPECT_EQ(Bound("xk = :s AND sk = :s"), "Query condition missed key schema element: pk");
  EXPECT_EQ(Bound("pk = :s AND xk = :s"), "Query condition missed key schema element: sk");
}

TEST(KeyCondition, RefusesWhatTheSchemaCannotServe) {
  for (const std::string_view text :
       {"pk > :s", "pk BETWEEN :s AND :t", "begins_with(pk, :s)", "pk < :s AND sk = :s"}) {
    EXPECT_EQ(Bound(text), "Query key condition not supported") << text;
  }
  EXPECT_EQ(Bound("pk = :s AND sk = :s", model::Type::kS, model::Type::kS, false), "Query key condition not supported");
}

TEST(KeyCondition, RequiresTheTypesOfTheSchema) {
  const std::string text =
      "One or more parameter values were invalid: Condition parameter type does not match schema type";
  EXPECT_EQ(Bound("pk = :n"), text);
  EXPECT_EQ(Bound("pk = :bool"), text);
  EXPECT_EQ(Bound("pk = :s AND sk = :n"), text);
  EXPECT_EQ(Bound("pk = :s AND sk BETWEEN :s AND :t", model::Type::kS, model::Type::kN), text);
  EXPECT_EQ(Bound("pk = :s AND begins_with(sk, :s)", model::Type::kS, model::Type::kN), text);
  EXPECT_EQ(Bound("pk = :s AND begins_with(sk, :s)", model::Type::kS, model::Type::kB), text);
}

TEST(KeyCondition, RefusesEmptyKeyValues) {
  const std::string text =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ";
  EXPECT_EQ(Bound("pk = :e"), text + "string value. Key: pk");
  EXPECT_EQ(Bound("pk = :s AND sk >= :e"), text + "string value. Key: sk");
  EXPECT_EQ(Bound("pk = :s AND sk BETWEEN :e AND :s"), text + "string value. Key: sk");
  EXPECT_EQ(Bound("pk = :eb", model::Type::kB), text + "binary value. Key: pk");
}

TEST(KeyCondition, BoundsTheSizeOfKeyValues) {
  const auto values = [](size_t partition_bytes, size_t sort_bytes) {
    return "{':s':{'S':'" + std::string(partition_bytes, 'x') + "'},':t':{'S':'" + std::string(sort_bytes, 'y') + "'}}";
  };
  const auto bound = [&](size_t partition_bytes, size_t sort_bytes) {
    return Bound("pk = :s AND sk > :t", model::Type::kS, model::Type::kS, true, values(partition_bytes, sort_bytes));
  };
  EXPECT_EQ(bound(2048, 1024).substr(0, 6), "{\"S\":\"");
  EXPECT_EQ(bound(2049, 1),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
            "bytes");
  EXPECT_EQ(bound(1, 1025),
            "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit "
            "of 1024 bytes");
}

}  // namespace
}  // namespace basalt::expression

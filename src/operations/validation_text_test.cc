// Tests of the two wordings of validation errors, apart from where the texts come from.
#include "operations/validation_text.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "model/item_json.h"

namespace basalt::operations {
namespace {

constexpr std::string_view kOneError = "1 validation error detected: ";

Operation Row(std::string_view name, AccessClass access) { return {name, "", access, nullptr, nullptr}; }
const Operation kPut = Row("PutItem", AccessClass::kWrite);
const Operation kUpdate = Row("UpdateItem", AccessClass::kWrite);
const Operation kDelete = Row("DeleteItem", AccessClass::kWrite);
const Operation kQuery = Row("Query", AccessClass::kRead);
const Operation kScan = Row("Scan", AccessClass::kRead);
const Operation kDescribe = Row("DescribeTable", AccessClass::kControl);

std::string InNewer(std::string_view text, const Operation& operation) {
  return InDialect(Error(Reason::kValidation, std::string(text)), operation, Dialect::k2026).text;
}

TEST(Dialect, IsNamed) {
  EXPECT_EQ(DialectNamed("classic"), Dialect::kClassic);
  EXPECT_EQ(DialectNamed("2026"), Dialect::k2026);
  for (const std::string_view name : {"", "Classic", "2026 ", "2025"}) {
    EXPECT_EQ(DialectNamed(name), std::nullopt) << name;
  }
}

TEST(ValidationText, ListsViolations) {
  const std::vector<Violation> one = {{"'[]'", "keySchema", "Member must have length greater than or equal to 1"}};
  const std::vector<Violation> two = {one[0], {"null", "requestItems.A.member.keys", "Member must not be null"}};
  for (const Dialect dialect : {Dialect::kClassic, Dialect::k2026}) {
    EXPECT_EQ(ConstraintError(one, kPut, dialect).reason, Reason::kValidation);
    EXPECT_EQ(ConstraintError(one, kPut, dialect).text,
              "1 validation error detected: Value '[]' at 'keySchema' failed to satisfy constraint: Member must have "
              "length greater than or equal to 1");
    EXPECT_EQ(ConstraintError(two, kPut, dialect).text,
              "2 validation errors detected: Value '[]' at 'keySchema' failed to satisfy constraint: Member must have "
              "length greater than or equal to 1; Value null at 'requestItems.A.member.keys' failed to satisfy "
              "constraint: Member must not be null");
  }
  EXPECT_EQ(OneValidationError("Invalid AWS region in 'x'").text,
            "1 validation error detected: Invalid AWS region in 'x'");
}

TEST(ValidationText, TheNewerDialectReportsABadTableNameAloneWithoutItsValue) {
  const std::vector<Violation> violations = {
      {"'X'", "returnValues", "Member must satisfy enum value set: [A]"},
      {"''", "tableName", "Member must have length greater than or equal to 3"},
      {"null", "transactItems.1.member.put.tableName", "Member must not be null"}};
  const std::string classic =
      "3 validation errors detected: Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy "
      "enum "
      "value set: [A]; Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or "
      "equal to 3; Value null at 'transactItems.1.member.put.tableName' failed to satisfy constraint: Member must not "
      "be null";
  EXPECT_EQ(ConstraintError(violations, kPut, Dialect::kClassic).text, classic);
  EXPECT_EQ(ConstraintError(violations, kPut, Dialect::k2026).text,
            "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must have length "
            "greater than or equal to 3");
  EXPECT_EQ(ConstraintError(violations, kDescribe, Dialect::k2026).text, classic);
}

TEST(ValidationText, TheNewerDialectIntroducesSomeTextsOfSomeOperations) {
  const std::string mixing = "Can not use both expression and non-expression parameters in the same request: x";
  const std::string condition = "Invalid ConditionExpression: The expression has redundant parentheses;";
  const std::string update = "Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \"a\"";
  const std::string return_values = "ReturnValues can only be ALL_OLD or NONE";
  const std::string select =
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES";
  const std::string repeated_key = "KeyConditionExpressions must only contain one condition per key";
  struct Case {
    const Operation& operation;
    std::string text;
    std::string_view introduction;
  };
  const std::vector<Case> cases = {
      {kPut, mixing, kOneError},
      {kPut, condition, kOneError},
      {kPut, return_values, kOneError},
      {kPut, update, ""},
      {kPut, "Item size has exceeded the maximum allowed size", ""},
      {kPut, "ExpressionAttributeNames can only be specified when using expressions", ""},
      {kUpdate, mixing, kOneError},
      {kUpdate, condition, kOneError},
      {kUpdate, update, kOneError},
      {kDelete, mixing, ""},
      {kDelete, condition, ""},
      {kDelete, return_values, ""},
      {kQuery, select, kOneError},
      {kQuery, repeated_key, "Invalid KeyConditionExpression: "},
      {kQuery, mixing, ""},
      {kQuery, "Invalid KeyConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"", ""},
      {kScan, select, ""},
      {kDescribe, return_values, ""},
  };
  for (const Case& wanted : cases) {
    EXPECT_EQ(InNewer(wanted.text, wanted.operation), std::string(wanted.introduction) + wanted.text)
        << wanted.operation.name;
    EXPECT_EQ(InDialect(Error(Reason::kValidation, wanted.text), wanted.operation, Dialect::kClassic).text,
              wanted.text);
  }
  EXPECT_EQ(InDialect(Error(Reason::kConditionFailed, return_values), kPut, Dialect::k2026).text, return_values);
}

TEST(ValidationText, TheNewerDialectIntroducesDefectsOfSetsByTheirKind) {
  const auto defective = [](model::ValueDefect::Kind kind) {
    Error error(Reason::kValidation, "words");
    error.detail = std::make_unique<model::ValueDefect>(kind);
    return error;
  };
  using Kind = model::ValueDefect::Kind;
  for (const Kind kind : {Kind::kEmptySet, Kind::kEmptyNumberSet, Kind::kDuplicates}) {
    EXPECT_EQ(InDialect(defective(kind), kPut, Dialect::k2026).text, "1 validation error detected: words");
    EXPECT_EQ(InDialect(defective(kind), kUpdate, Dialect::k2026).text, "1 validation error detected: words");
    EXPECT_EQ(InDialect(defective(kind), kDelete, Dialect::k2026).text, "words");
    EXPECT_EQ(InDialect(defective(kind), kPut, Dialect::kClassic).text, "words");
  }
  for (const Kind kind : {Kind::kNumber, Kind::kNesting}) {
    EXPECT_EQ(InDialect(defective(kind), kPut, Dialect::k2026).text, "words");
  }
}

}  // namespace
}  // namespace basalt::operations

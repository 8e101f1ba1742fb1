// Wordings. All that is known of the newer layer: which texts it introduces, and how it names a table's name.
#include "operations/validation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/item_json.h"

namespace basalt::operations {
namespace {

constexpr std::string_view kTableNamePath = "tableName";
constexpr std::string_view kOneError = "1 validation error detected: ";

// A text the newer layer introduces by another one, and the only operation that does so.
struct Introduced {
  std::string_view operation;
  std::string_view beginning;  // of the classic text
  std::string_view introduction;
};
constexpr std::array kIntroduced = {
    Introduced{"PutItem", "Invalid ConditionExpression: ", kOneError},
    Introduced{"PutItem", "Can not use both expression and non-expression parameters", kOneError},
    Introduced{"PutItem", "ReturnValues can only be", kOneError},
    Introduced{"UpdateItem", "Invalid UpdateExpression: ", kOneError},
    Introduced{"UpdateItem", "Invalid ConditionExpression: ", kOneError},
    Introduced{"UpdateItem", "Can not use both expression and non-expression parameters", kOneError},
    Introduced{"Query", "Must specify the AttributesToGet or ProjectionExpression", kOneError},
    Introduced{"Query", "KeyConditionExpressions must only contain one condition per key",
               "Invalid KeyConditionExpression: "},
};

// Sets that are empty or repeat a member, wherever in the request they stand.
constexpr std::array<std::string_view, 2> kIntroduceSetDefects = {"PutItem", "UpdateItem"};

bool IsSetDefect(const Error& error) {
  const std::optional<model::ValueDefect::Kind> defect = model::DefectOf(error);
  if (!defect) {
    return false;
  }
  switch (*defect) {
    case model::ValueDefect::Kind::kEmptySet:
    case model::ValueDefect::Kind::kEmptyNumberSet:
    case model::ValueDefect::Kind::kDuplicates:
      return true;
    case model::ValueDefect::Kind::kNumber:
    case model::ValueDefect::Kind::kNesting:
      return false;
  }
  return false;
}

std::string_view IntroductionOf(const Error& error, std::string_view operation) {
  for (const Introduced& row : kIntroduced) {
    if (row.operation == operation && error.text.starts_with(row.beginning)) {
      return row.introduction;
    }
  }
  const bool introduces_sets =
      std::find(kIntroduceSetDefects.begin(), kIntroduceSetDefects.end(), operation) != kIntroduceSetDefects.end();
  return introduces_sets && IsSetDefect(error) ? kOneError : std::string_view();
}

template <class Word>
Error Listed(std::span<const Violation> violations, Word word) {
  std::string text;
  for (const Violation& violation : violations) {
    text += text.empty() ? "" : "; ";
    text += word(violation);
  }
  return violations.size() == 1
             ? OneValidationError(text)
             : Error(Reason::kValidation, fmt::format("{} validation errors detected: {}", violations.size(), text));
}

// Items moved to the newer layer; table management did not.
bool Moved(const Operation& operation, Dialect dialect) {
  return dialect == Dialect::k2026 && operation.access != AccessClass::kControl;
}

}  // namespace

Error ConstraintError(std::span<const Violation> violations, const Operation& operation, Dialect dialect) {
  if (Moved(operation, dialect)) {
    // A bad table name is reported without whatever else is wrong.
    std::vector<Violation> of_table_name;
    std::copy_if(violations.begin(), violations.end(), std::back_inserter(of_table_name),
                 [](const Violation& violation) { return violation.path == kTableNamePath; });
    if (!of_table_name.empty()) {
      return Listed(of_table_name, [](const Violation& violation) {
        return fmt::format("Value at 'TableName' failed to satisfy constraint: {}", violation.constraint);
      });
    }
  }
  return Listed(violations, [](const Violation& violation) {
    return fmt::format("Value {} at '{}' failed to satisfy constraint: {}", violation.value, violation.path,
                       violation.constraint);
  });
}

Error InDialect(Error error, const Operation& operation, Dialect dialect) {
  if (error.reason == Reason::kValidation && Moved(operation, dialect)) {
    error.text.insert(0, IntroductionOf(error, operation.name));
  }
  return error;
}

Error OneValidationError(std::string_view text) {
  return Error(Reason::kValidation, fmt::format("{}{}", kOneError, text));
}

}  // namespace basalt::operations

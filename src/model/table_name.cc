// The rule for names, and the text for what breaks it.
#include "model/table_name.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/limits.h"

namespace basalt::model {
namespace {

bool IsTableNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

Error ConstraintError(std::string_view text) {
  std::vector<std::string> constraints;
  if (text.size() < kTableNameLengthMin) {
    constraints.push_back("Member must have length greater than or equal to " + std::to_string(kTableNameLengthMin));
  }
  if (text.size() > kTableNameLengthMax) {
    constraints.push_back("Member must have length less than or equal to " + std::to_string(kTableNameLengthMax));
  }
  if (!HasTableNameCharacters(text)) {
    constraints.push_back("Member must satisfy regular expression pattern: " + std::string(kTableNamePattern));
  }
  std::string message = std::to_string(constraints.size()) + " validation error";
  message += constraints.size() == 1 ? " detected: " : "s detected: ";
  for (size_t i = 0; i < constraints.size(); ++i) {
    if (i > 0) {
      message += "; ";
    }
    message += "Value '";
    message += text;
    message += "' at 'tableName' failed to satisfy constraint: ";
    message += constraints[i];
  }
  return {Reason::kValidation, std::move(message)};
}

}  // namespace

bool HasTableNameCharacters(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTableNameCharacter);
}

bool IsTableName(std::string_view text) {
  return text.size() >= kTableNameLengthMin && text.size() <= kTableNameLengthMax && HasTableNameCharacters(text);
}

Result<TableName> TableName::Parse(std::string_view text) {
  if (!IsTableName(text)) {
    return ConstraintError(text);
  }
  return TableName(text);
}

}  // namespace basalt::model

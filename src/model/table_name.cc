// The rule for names.
#include "model/table_name.h"

#include <algorithm>

#include "model/limits.h"

namespace basalt::model {
namespace {

bool IsTableNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

}  // namespace

bool HasTableNameCharacters(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTableNameCharacter);
}

bool IsTableName(std::string_view text) {
  return text.size() >= kTableNameLengthMin && text.size() <= kTableNameLengthMax && HasTableNameCharacters(text);
}

std::optional<TableName> TableName::Parse(std::string_view text) {
  return IsTableName(text) ? std::optional(TableName(text)) : std::nullopt;
}

}  // namespace basalt::model

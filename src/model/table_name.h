// TableName: 3 to 255 of a-z A-Z 0-9 _ . - (index names follow the same rule). Case matters; nothing is trimmed.
// What holds a TableName need not ask again.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace basalt::model {

inline constexpr std::string_view kTableNamePattern = "[a-zA-Z0-9_.-]+";

bool HasTableNameCharacters(std::string_view text);  // one or more, and nothing but those of the pattern
bool IsTableName(std::string_view text);             // the characters, and the length

class TableName {
 public:
  // Nothing for what can be no table's name.
  static std::optional<TableName> Parse(std::string_view text);

  const std::string& text() const { return text_; }

  bool operator==(const TableName& other) const = default;
  std::strong_ordering operator<=>(const TableName& other) const = default;

 private:
  explicit TableName(std::string_view text) : text_(text) {}

  std::string text_;
};

}  // namespace basalt::model

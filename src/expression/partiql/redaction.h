// A PartiQL statement as it may be written down: with the literals that its keys are compared with, and no other value.
// Pure; any thread. Source: Developer Guide, "Logging DynamoDB operations".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::expression::partiql {

inline constexpr std::string_view kRedacted = "***(Redacted)";

struct Redaction {
  std::string text;
  std::vector<std::string_view>
      hidden;  // the literals that are not in it, without their quotes; views of the statement
};

// Of a statement that can be parsed. `key_names` are those of the key of the table that it names.
Redaction Redact(std::string_view statement, std::span<const std::string_view> key_names);

}  // namespace basalt::expression::partiql

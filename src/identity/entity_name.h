// What names and paths of entities are made of. Pure.
// Source: IAM User Guide, "IAM identifiers", "Using service-linked roles".
#pragma once

#include <string_view>

namespace basalt::identity {

bool IsNameCharacter(char c);  // of names of entities and sessions

// Services made the roles below it for themselves.
inline constexpr std::string_view kServiceLinkedPath = "/aws-service-role/";

}  // namespace basalt::identity

// How principals of type AWS are written. Pure.
// Source: IAM User Guide, "AWS JSON policy elements: Principal".
#pragma once

#include <optional>
#include <string_view>

namespace basalt::policy {

// The exact ARN of a user, a role or a session of either. No wildcard in any.
bool IsPrincipalArn(std::string_view text);
bool IsUniqueId(std::string_view text);  // of a user or a role
// The account whose root this names, by its number or as an ARN.
std::optional<std::string_view> AccountOfRoot(std::string_view text);

}  // namespace basalt::policy

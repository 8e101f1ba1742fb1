// Operators of conditions by their names: ForAnyValue:StringNotLikeIfExists. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "policy/compiled.h"

namespace basalt::policy {

// Without key and values; nullopt for what is no operator. Any case.
std::optional<ConditionEntry> ParseOperator(std::string_view name);

}  // namespace basalt::policy

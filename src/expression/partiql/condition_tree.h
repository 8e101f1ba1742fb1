// Conditions put together from tests that have passed their checks. A test may stand in several of them: what is joined
// is a copy that shares its operands.
#pragma once

#include <span>
#include <string_view>

#include "base/arena.h"
#include "expression/condition.h"
#include "expression/syntax.h"

namespace basalt::expression::partiql {

// kAnd or kOr of one or more.
const Node& Join(Operation operation, std::span<const Node* const> tests, Arena& arena);
// kAttributeExists or kAttributeNotExists.
const Node& ExistenceOf(Function function, std::string_view attribute, Arena& arena);

const Condition* Compile(const Node& root, Arena& arena);

}  // namespace basalt::expression::partiql

// What policies speak of: the actions of every operation, and those that are permissions only. Which of them the policy
// of a table or a stream may name, and which it can grant to other accounts. Source: DynamoDB Developer Guide,
// "DynamoDB API operations supported by resource-based policies".
#pragma once

#include <string_view>

#include "policy/action.h"

namespace basalt::operations {

// All of them, made once; any thread.
const policy::ActionCatalogue& Actions();

// One that registry rows or accesses name, as they spell it.
const policy::Action& ActionNamed(std::string_view name);

// Whether another account can be let in to it. What cannot be granted so is refused to it whatever policies say.
bool CrossesAccounts(const policy::Action& action);

// Whether an index can be what it is done to.
bool IsOnIndexes(const policy::Action& action);

}  // namespace basalt::operations

// Do the conditions of a statement hold for a request? Pure.
#pragma once

#include "policy/compiled.h"
#include "policy/condition_key.h"

namespace basalt::policy {

bool ConditionsHold(const Compiled& document, const Statement& statement, const Context& context);

}  // namespace basalt::policy

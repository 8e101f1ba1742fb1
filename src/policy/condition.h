// Do the conditions of a statement hold for a request? Pure.
#pragma once

#include <cstddef>

#include "policy/compiled.h"
#include "policy/condition_key.h"

namespace basalt::policy {

// What one document may compare for one request: bytes of values and patterns that are walked through, such as
// thousands of patterns over a hundred long keys. About ten milliseconds.
inline constexpr size_t kComparedBytesMax = size_t{4} << 20;

struct ComparedBytes {
  size_t left = kComparedBytesMax;
  bool exceeded = false;
};

// Once too much was compared the answer is the one that lets less through: conditions of a Deny hold, of an Allow not.
bool ConditionsHold(const Compiled& document, const Statement& statement, const Context& context,
                    ComparedBytes& compared);

}  // namespace basalt::policy

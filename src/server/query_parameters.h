// Form parameters (application/x-www-form-urlencoded) of the query protocol, from a body or a query string.
#pragma once

#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "operations/operation.h"

namespace basalt::server {

// Decoded into the arena, in order. kSerialization if an escape is malformed or there are too many parameters.
Result<std::span<const operations::Parameter>> ParseParameters(std::string_view encoded, Arena& arena);

// The value of the first of that name; empty if there is none.
std::string_view FindParameter(std::span<const operations::Parameter> parameters, std::string_view name);

}  // namespace basalt::server

// Requests of the query protocol as the nodes that JSON requests are: form parameters, put together by the shape of the
// operation's input, so that everything behind it is the same for both.
//
//   UserName=ann&Tags.member.1.Key=team&Tags.member.1.Value=blue    ->   {"UserName":"ann","Tags":[{"Key":"team",…}]}
// Source: AWS Query protocol (Smithy).
#pragma once

#include <span>

#include "base/arena.h"
#include "base/result.h"
#include "json/node.h"
#include "operations/operation.h"

namespace basalt::operations {

// What the shape does not know is left out. Nodes live in the arena, views are of the parameters. kSerialization: a
// number or boolean that is none, or an index of a list that is none.
Result<json::Node> ReadParameters(const Shape& shape, std::span<const Parameter> parameters, Arena& arena);

}  // namespace basalt::operations

// The parameters that expressions replaced, as they stand in requests: AttributesToGet, Expected, QueryFilter,
// ScanFilter, KeyConditions, ConditionalOperator, AttributeUpdates. Each reader answers null if its member is absent,
// and has the service's texts; entries are looked at in the order of the document. Of an attribute named twice the last
// entry counts. `input` is the request's body, or the part of it that has the member; it has passed its shape.
#pragma once

#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "json/node.h"

namespace basalt::operations::dynamodb {

// Expected, QueryFilter or ScanFilter, with ConditionalOperator; an empty map is no condition.
Result<const expression::Condition*> ReadExpected(const json::Node& input, Arena& arena);
Result<const expression::Condition*> ReadLegacyFilter(const json::Node& input, std::string_view member, Arena& arena);

// `for_index` as in expression::ParseKeyCondition.
Result<const expression::KeyCondition*> ReadKeyConditions(const json::Node& input, Arena& arena,
                                                          bool for_index = false);

// An empty map is no update.
Result<const expression::Update*> ReadAttributeUpdates(const json::Node& input, Arena& arena);

Result<const expression::Projection*> ReadAttributesToGet(const json::Node& input, Arena& arena);

}  // namespace basalt::operations::dynamodb

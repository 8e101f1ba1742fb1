// Secondary indexes as CreateTable and UpdateTable describe them, read from a body that has passed its shape, with the
// checks that need the request alone. kValidation, the service's texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/node.h"
#include "table/index_update.h"

namespace basalt::operations::dynamodb {

// AttributeDefinitions, each name once.
Result<std::vector<table::KeyAttribute>> ReadDefinitions(const json::Node& definitions);

// The names of a KeySchema in its order.
std::vector<std::string_view> KeyNamesOf(const json::Node& schema);
// Of a table or a local index: a HASH key, then perhaps a RANGE key of another name.
Status CheckKeySchema(const json::Node& schema);

// The indexes of a table that is created: its keys, billing mode and pay_per_request_since_ms are in the record, into
// which they go, in the order of the request.
Status ReadIndexes(const json::Node& input, const std::vector<table::KeyAttribute>& definitions,
                   table::TableRecord& record);

// GlobalSecondaryIndexUpdates.
Result<table::IndexUpdates> ReadIndexUpdates(const json::Node& input);

}  // namespace basalt::operations::dynamodb

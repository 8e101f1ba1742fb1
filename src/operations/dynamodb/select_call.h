// ExecuteStatement of a SELECT: one page of what it reads, and where the next one begins.
#pragma once

#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/statement_request.h"

namespace basalt::operations::dynamodb {

// `request` is a SELECT; its call's input may have Limit and NextToken.
std::unique_ptr<PreparedCall> NewSelectCall(Call& call, StatementRequest request);

}  // namespace basalt::operations::dynamodb

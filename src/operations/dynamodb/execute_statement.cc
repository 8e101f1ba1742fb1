// ExecuteStatement: one PartiQL statement.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/next_token.h"
#include "operations/dynamodb/select_call.h"
#include "operations/dynamodb/statement_write.h"

namespace basalt::operations::dynamodb {

Prepared PrepareExecuteStatement(Call& call) {
  TRY_ASSIGN(StatementRequest request, ReadStatement(call, call.input));
  TRY(CheckNotExists(request));
  if (request.IsRead()) {
    return NewSelectCall(call, std::move(request));
  }
  if (call.input.Find("NextToken") != nullptr) {
    return NextTokenMismatch();
  }
  Access access = AccessOf(request);
  auto write = std::make_unique<StatementWrite>(call, std::move(request), ReadReturnedCapacity(call.input));
  write->accesses.push_back(std::move(access));
  return write;
}

}  // namespace basalt::operations::dynamodb

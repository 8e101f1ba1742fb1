// A PartiQL statement as a request gives it: parsed, with its parameters, its table and what it needs to be allowed.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "expression/partiql/plan.h"
#include "expression/partiql/statement.h"
#include "operations/dynamodb/request.h"
#include "table/key_schema.h"

namespace basalt::operations::dynamodb {

struct StatementRequest {
  const expression::partiql::Statement* statement = nullptr;
  std::string_view text;
  std::span<const model::Value> parameters;
  TableReference table;
  bool consistent = false;
  bool item_on_condition_failure = false;

  bool IsRead() const { return statement->verb == expression::partiql::Verb::kSelect; }
};

// The members Statement, Parameters, ConsistentRead and ReturnValuesOnConditionCheckFailure of `input`. kValidation.
Result<StatementRequest> ReadStatement(Call& call, const json::Node& input);

// EXISTS stands only in transactions.
Status CheckNotExists(const StatementRequest& request);

Access AccessOf(const StatementRequest& request);

// What planning wants to know of a schema, which must live as long as the plan.
expression::partiql::KeySchema PlanSchema(const table::KeySchema& schema, Arena& arena);

}  // namespace basalt::operations::dynamodb

// Statements of requests.
#include "operations/dynamodb/statement_request.h"

#include "model/item_json.h"

namespace basalt::operations::dynamodb {
namespace {

using expression::partiql::Verb;

std::string_view ActionOf(Verb verb) {
  switch (verb) {
    case Verb::kSelect:
    case Verb::kExists:
      return "dynamodb:PartiQLSelect";
    case Verb::kInsert:
      return "dynamodb:PartiQLInsert";
    case Verb::kUpdate:
      return "dynamodb:PartiQLUpdate";
    case Verb::kDelete:
      return "dynamodb:PartiQLDelete";
  }
  BASALT_CHECK(false);
}

Result<std::span<const model::Value>> ReadParameters(const json::Node& input, Arena& arena) {
  const json::Node* given = input.Find("Parameters");
  if (given == nullptr) {
    return std::span<const model::Value>();
  }
  const std::span<model::Value> values = arena.NewArray<model::Value>(given->elements.size());
  for (size_t i = 0; i < values.size(); ++i) {
    TRY_ASSIGN(values[i], model::ParseValue(given->elements[i], arena));
  }
  return std::span<const model::Value>(values);
}

}  // namespace

Result<StatementRequest> ReadStatement(Call& call, const json::Node& input) {
  StatementRequest request;
  request.text = *GetString(input, "Statement");
  request.consistent = GetBool(input, "ConsistentRead").value_or(false);
  request.item_on_condition_failure =
      GetString(input, "ReturnValuesOnConditionCheckFailure").value_or("NONE") == "ALL_OLD";
  TRY_ASSIGN(request.parameters, ReadParameters(input, call.arena));
  TRY_ASSIGN(request.statement, expression::partiql::ParseStatement(request.text, request.parameters, call.arena));
  TRY_ASSIGN(request.table, ResolveTable(call, request.statement->table));
  return request;
}

Status CheckNotExists(const StatementRequest& request) {
  return request.statement->verb == Verb::kExists
             ? Status(Error(Reason::kValidation, "EXISTS can only be used in ExecuteTransaction"))
             : Status();
}

Access AccessOf(const StatementRequest& request) {
  Access access{request.table.Arn(), request.table.address.account, ActionOf(request.statement->verb)};
  if (request.statement->index) {
    access.resource_arn += "/index/";
    access.resource_arn += *request.statement->index;
  }
  return access;
}

expression::partiql::KeySchema PlanSchema(const table::KeySchema& schema, Arena& arena) {
  return {SchemaAttributes(schema.partition(), arena), SchemaAttributes(schema.sort(), arena)};
}

}  // namespace basalt::operations::dynamodb

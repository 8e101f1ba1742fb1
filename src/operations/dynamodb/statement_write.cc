// Statements that write.
#include "operations/dynamodb/statement_write.h"

#include <utility>

#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/write_plan.h"

namespace basalt::operations::dynamodb {

using expression::partiql::Returning;
using expression::partiql::Verb;

ReturnValues ReturnValuesOf(Returning returning) {
  switch (returning) {
    case Returning::kNone:
      return ReturnValues::kNone;
    case Returning::kAllOld:
      return ReturnValues::kAllOld;
    case Returning::kModifiedOld:
      return ReturnValues::kUpdatedOld;
    case Returning::kAllNew:
      return ReturnValues::kAllNew;
    case Returning::kModifiedNew:
      return ReturnValues::kUpdatedNew;
  }
  BASALT_CHECK(false);
}

Status PlanStatement(const table::TableRecord& record, const StatementRequest& request, Arena& arena,
                     table::ItemWrite& write) {
  const table::KeySchema schema(record);
  TRY_ASSIGN(const expression::partiql::WritePlan plan,
             expression::partiql::PlanWrite(*request.statement, PlanSchema(schema, arena), arena));
  switch (request.statement->verb) {
    case Verb::kInsert: {
      const size_t size_bytes = model::SizeBytes(plan.item);
      if (size_bytes > model::kItemSizeBytesMax) {
        return model::ItemTooLarge();
      }
      return PlanPut(record, plan.item, size_bytes, plan.condition, write);
    }
    case Verb::kUpdate:
      return PlanUpdate(record, plan.key, plan.update, plan.condition, write);
    case Verb::kDelete:
      return PlanDelete(record, plan.key, plan.condition, write);
    case Verb::kSelect:
    case Verb::kExists:
      break;
  }
  BASALT_CHECK(false);
}

Error StatementRefusal(Verb verb, Error error) {
  if (verb == Verb::kInsert && error.reason == Reason::kConditionFailed) {
    error.reason = Reason::kDuplicateItem;
    error.text = "Duplicate primary key exists in table";
  }
  return error;
}

StatementWrite::StatementWrite(Call& call, StatementRequest request, ReturnedCapacity returned_capacity)
    : WriteCall(call), request_(std::move(request)) {
  table_ = request_.table;
  return_values_ = ReturnValuesOf(request_.statement->returning);
  returned_capacity_ = returned_capacity;
  item_on_condition_failure_ = request_.item_on_condition_failure;
}

AccessFacts StatementWrite::FactsOf(size_t, const table::TableRecord* record) const {
  AccessFacts facts = dynamodb::FactsOf(request_, record, call_.arena);
  facts.returned_capacity = NameOf(returned_capacity_);
  return facts;
}

Status StatementWrite::PlanWrite(const table::TableRecord& record, table::ItemWrite& write) {
  return PlanStatement(record, request_, call_.arena, write);
}

Error StatementWrite::MakeRefusal(Error error) const {
  return StatementRefusal(request_.statement->verb, std::move(error));
}

std::string StatementWrite::MakeAnswer() const {
  std::string body = "{\"Items\":[";
  body += item_json();
  body += ']';
  AppendConsumedCapacity(body, false, returned_capacity_, table_, units());
  body += '}';
  return body;
}

}  // namespace basalt::operations::dynamodb

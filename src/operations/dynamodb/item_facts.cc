// From understood requests to facts.
#include "operations/dynamodb/item_facts.h"

#include <algorithm>

#include "base/base64.h"
#include "expression/partiql/plan.h"
#include "operations/dynamodb/statement_write.h"
#include "table/key_schema.h"

namespace basalt::operations::dynamodb {
namespace {

using expression::partiql::Verb;

void AddAttribute(AccessFacts& facts, std::string_view name) {
  if (!facts.attributes) {
    facts.attributes.emplace();
  }
  facts.attributes->push_back(name);
}

// As policies are written: binary as base64, numbers in their canonical form, which is how they are kept.
std::string_view PolicyText(const model::Value& value, Arena& arena) {
  return value.type == model::Type::kB ? arena.Copy(Base64Encode(value.text)) : value.text;
}

void AddPartitionValue(AccessFacts& facts, size_t attribute, const model::Value& value, Arena& arena) {
  if (value.type != model::Type::kS && value.type != model::Type::kN && value.type != model::Type::kB) {
    return;  // the call will be refused for it
  }
  facts.partition_values.resize(std::max(facts.partition_values.size(), attribute + 1));
  facts.partition_values[attribute].push_back(PolicyText(value, arena));
}

void AddSelect(AccessFacts& facts, const StatementRequest& request, const table::TableRecord* record, Arena& arena) {
  const expression::partiql::Statement& statement = *request.statement;
  facts.select = SelectOf(statement.projection, statement.index.has_value());
  AddAttributes(facts, statement.projection);
  const table::IndexRecord* const index =
      record == nullptr || !statement.index ? nullptr : record->FindIndex(*statement.index);
  if (record == nullptr || (statement.index && index == nullptr)) {
    return;
  }
  const table::KeySchema schema(*record, index);
  const expression::partiql::KeySchema keys = PlanSchema(schema, arena);
  const Result<expression::partiql::ReadPlan> plan = expression::partiql::PlanRead(statement, keys, arena);
  if (!plan.ok()) {
    return;  // so it will be refused
  }
  facts.full_table_scan = plan->access == expression::partiql::Access::kScan;
  AddAttributes(facts, plan->filter);
  if (plan->access == expression::partiql::Access::kGet) {
    AddItem(facts, record, plan->key, arena);
  }
  for (const expression::partiql::KeySelection& selection : plan->selections) {
    AddPartition(facts, selection.partition, arena);
    for (const expression::KeyAttribute& attribute : keys.partition) {
      AddAttribute(facts, attribute.name);
    }
    const size_t sorted = selection.sort_prefix.size() +
                          (selection.sort_operator == expression::SortOperator::kNone ? size_t{0} : size_t{1});
    for (size_t i = 0; i < std::min(sorted, keys.sort.size()); ++i) {
      AddAttribute(facts, keys.sort[i].name);
    }
  }
}

void AddWrite(AccessFacts& facts, const StatementRequest& request, const table::TableRecord* record, Arena& arena) {
  const expression::partiql::Statement& statement = *request.statement;
  AddItem(facts, record, statement.item, arena);
  AddAttributes(facts, statement.update);
  if (record == nullptr) {
    return;
  }
  const table::KeySchema schema(*record);
  const Result<expression::partiql::WritePlan> plan =
      expression::partiql::PlanWrite(statement, PlanSchema(schema, arena), arena);
  if (!plan.ok()) {
    return;
  }
  AddItem(facts, record, plan->key, arena);
  AddAttributes(facts, plan->condition);
}

}  // namespace

void AddAttributes(AccessFacts& facts, std::span<const expression::Path> paths) {
  for (const expression::Path path : paths) {
    AddAttribute(facts, path[0].name);
  }
}

void AddAttributes(AccessFacts& facts, const expression::Condition* condition) {
  if (condition != nullptr) {
    AddAttributes(facts, expression::PathsOf(*condition));
  }
}

void AddAttributes(AccessFacts& facts, const expression::Update* update) {
  if (update != nullptr) {
    AddAttributes(facts, expression::PathsOf(*update));
    AddAttributes(facts, expression::TargetsOf(*update));
  }
}

void AddAttributes(AccessFacts& facts, const expression::Projection* projection) {
  if (projection != nullptr) {
    AddAttributes(facts, expression::PathsOf(*projection));
  }
}

void AddItem(AccessFacts& facts, const table::TableRecord* record, model::Item item, Arena& arena) {
  for (const model::Attribute& attribute : item) {
    AddAttribute(facts, attribute.name);
    if (record != nullptr && attribute.name == record->partition.name) {
      AddPartitionValue(facts, 0, attribute.value, arena);
    }
  }
}

void AddPartition(AccessFacts& facts, std::span<const model::Value> values, Arena& arena) {
  for (size_t i = 0; i < values.size(); ++i) {
    AddPartitionValue(facts, i, values[i], arena);
  }
}

std::string_view SelectOf(const expression::Projection* projection, bool on_index) {
  if (projection != nullptr) {
    return "SPECIFIC_ATTRIBUTES";
  }
  return on_index ? "ALL_PROJECTED_ATTRIBUTES" : "ALL_ATTRIBUTES";
}

std::string_view NameOf(ReturnedCapacity returned) {
  switch (returned) {
    case ReturnedCapacity::kTotal:
      return "TOTAL";
    case ReturnedCapacity::kIndexes:
      return "INDEXES";
    case ReturnedCapacity::kNone:
      break;
  }
  return "NONE";
}

std::string_view NameOf(ReturnValues return_values) {
  switch (return_values) {
    case ReturnValues::kAllOld:
      return "ALL_OLD";
    case ReturnValues::kAllNew:
      return "ALL_NEW";
    case ReturnValues::kUpdatedOld:
      return "UPDATED_OLD";
    case ReturnValues::kUpdatedNew:
      return "UPDATED_NEW";
    case ReturnValues::kNone:
      break;
  }
  return "NONE";
}

AccessFacts FactsOf(const TransactWrite& entry, const table::TableRecord* record, Arena& arena) {
  AccessFacts facts;
  AddItem(facts, record, entry.item, arena);
  AddAttributes(facts, entry.condition);
  AddAttributes(facts, entry.update);
  facts.return_values = entry.item_on_condition_failure ? "ALL_OLD" : "NONE";
  facts.enclosing_operation = "TransactWriteItems";
  return facts;
}

AccessFacts FactsOf(const StatementRequest& request, const table::TableRecord* record, Arena& arena) {
  AccessFacts facts;
  const Verb verb = request.statement->verb;
  if (verb == Verb::kSelect) {
    AddSelect(facts, request, record, arena);
  } else {
    AddWrite(facts, request, record, arena);
  }
  if (verb == Verb::kUpdate || verb == Verb::kDelete) {
    facts.return_values = NameOf(ReturnValuesOf(request.statement->returning));
  }
  return facts;
}

}  // namespace basalt::operations::dynamodb

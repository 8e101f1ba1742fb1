// A SELECT against its table: the index and the keys it reads, what it filters and shows, and the reading of one item
// by its key.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "expression/partiql/plan.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/statement_request.h"
#include "table/item_read.h"

namespace basalt::operations::dynamodb {

struct SelectPlan {
  std::shared_ptr<const table::Table> found;
  const table::IndexRecord* index = nullptr;  // of found; null: the table is read
  expression::partiql::ReadPlan plan;
  std::string key;          // kGet: the engine's bytes
  table::ReadRequest read;  // of each walk, but for its range and limits
  bool consistent = false;

  ConsumedUnits UnitsOf(const table::ReadResult& result) const;
};

// `request` is a SELECT. kResourceNotFound, kValidation.
Result<SelectPlan> PlanSelect(Call& call, const StatementRequest& request);

// kGet: the item if there is one, and if it passes the filter. `plan` lives until `done` has run, now or later.
void GetSelected(Call& call, const SelectPlan& plan, engine::Done<table::ReadResult> done);

}  // namespace basalt::operations::dynamodb

// What a write is once its table is known: its key checked against the schema, its expressions against the key and the
// indexes. For single writes and for those of transactions.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "expression/expression.h"
#include "model/value.h"
#include "table/item_write.h"
#include "table/table_record.h"

namespace basalt::operations::dynamodb {

// Each fills `write`; null: no condition, no update. kValidation.
Status PlanPut(const table::TableRecord& record, model::Item item, size_t size_bytes,
               const expression::Condition* condition, table::ItemWrite& write);
Status PlanUpdate(const table::TableRecord& record, model::Item key, const expression::Update* update,
                  const expression::Condition* condition, table::ItemWrite& write);
Status PlanDelete(const table::TableRecord& record, model::Item key, const expression::Condition* condition,
                  table::ItemWrite& write);
Status PlanCheck(const table::TableRecord& record, model::Item key, const expression::Condition* condition,
                 table::ItemWrite& write);

}  // namespace basalt::operations::dynamodb

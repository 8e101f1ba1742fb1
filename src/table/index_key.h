// Attributes of index keys in writes: an item need not have them, but one it has must be fit to be a key. What a
// defect is called depends on whether an item was given whole or an update made it. Source of the texts: API
// reference, TransactWriteItems, and what the service was seen to answer.
#pragma once

#include <optional>

#include "base/result.h"
#include "expression/expression.h"
#include "model/value.h"
#include "table/index_record.h"
#include "table/table_record.h"

namespace basalt::table {

// Whether writes keep the index's entries: always but while it is being deleted.
bool IsMaintained(const IndexRecord& index);
bool HasMaintainedIndexes(const TableRecord& record);

// Of several offenders the index whose name is the first one is named.
Status CheckIndexKeys(const TableRecord& record, model::Item item);
// What an update of a table is known to set, whatever item it meets.
Status CheckIndexKeysInUpdate(const TableRecord& record, const expression::Update& update);
// What an update made of an item (`before`: empty if there was none). Only what it changed is looked at.
Status CheckUpdatedIndexKeys(const TableRecord& record, model::Item before, model::Item after);

// Whether an item has an entry: all of the index's key attributes, each fit to be one.
bool IsMember(const IndexRecord& index, model::Item item);

}  // namespace basalt::table

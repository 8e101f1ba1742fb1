// Making the entries of items that were there before what they are entries of: a global index, or the expiry index.
// Either is named by its space in the table's keyspace; the record has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "engine/engine.h"
#include "table/table_record.h"

namespace basalt::table {

// The key of the entry that a stored item has there; nullopt: it has none. kCorruption.
Result<std::optional<engine::Key>> BackfillKeyOf(const TableRecord& record, uint16_t space, std::string_view stored,
                                                 Arena& arena);
// Makes the entry inside a transaction on the item's key and on `expected`, which is what BackfillKeyOf said of the
// item when backfill came by; `stored` and `entry` are what lies at both now. Once the space is published every write
// keeps its item's entry, so nothing is to be done if there is one already, or the item has changed. kCorruption.
Status PlanBackfill(const TableRecord& record, const engine::Key& expected, std::optional<std::string_view> stored,
                    std::optional<std::string_view> entry, Arena& arena, engine::Plan& plan);

}  // namespace basalt::table

// The entries of a table's indexes, as pure functions of its items: what an entry holds and where it lies, and what a
// write changes of them. An entry is stored as an item is, in the space of its index, under KeySchema's key; its
// value is the part of the item that the index projects. Source: Developer Guide, "Secondary indexes" and "Capacity
// unit consumption".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "engine/engine.h"
#include "model/value.h"
#include "table/index_key.h"
#include "table/table_record.h"

namespace basalt::table {

// What an entry of the index holds of an item: the keys of both, and what is projected.
model::Item ProjectEntry(const TableRecord& record, const IndexRecord& index, model::Item item, Arena& arena);

// Whether entries of the index hold this attribute.
bool Projects(const TableRecord& record, const IndexRecord& index, std::string_view attribute);

// An item as it is before or after a write.
struct ItemVersion {
  model::Item item;
  size_t size_bytes = 0;
  std::string_view stored = {};  // EncodeStoredItem(item); of the one after
};

// What a transaction's function knows of entries beside its items. Of an index whose backfill is under way nobody can
// tell by an item whether its entry is there yet; so the function asks (engine::Plan::asks) and runs again. Kept over
// all runs of one transaction.
struct AskedEntries {
  std::vector<engine::Key> keys = {};  // in the order asked
  engine::Values values = {};          // of this run: theirs, as far as they are known
};

struct IndexUnits {
  const IndexRecord* index = nullptr;  // of the record given
  double units = 0;
};

struct EntryChanges {
  std::span<const IndexUnits> units;  // of each index that is touched, in the record's order
  int64_t local_delta_bytes = 0;      // by what all entries in local indexes grow
  size_t local_bytes = 0;             // of these entries after the write
};

// Puts the changes of all maintained indexes into the plan; null: there is no item. If it asks for entries, the rest
// of the plan and the changes are worth nothing.
EntryChanges PlanEntries(const TableRecord& record, const ItemVersion* before, const ItemVersion* after,
                         AskedEntries& asked, Arena& arena, engine::Plan& plan);

// Backfill: the key of the entry that a stored item has in an index; nullopt if it is not a member. kCorruption.
Result<std::optional<engine::Key>> EntryKeyOf(const TableRecord& record, const IndexRecord& index,
                                              std::string_view stored, Arena& arena);
// Makes the entry of an item that was there before the index, inside a transaction on the item's key and on what
// EntryKeyOf said of the item when backfill came by, `expected`; `stored` and `entry` are what lies there now. Once the
// index is published every write keeps its item's entries, so nothing is to be done if there is an entry already, or
// the item has changed. kCorruption.
Status BackfillEntry(const TableRecord& record, const IndexRecord& index, const engine::Key& expected,
                     std::optional<std::string_view> stored, std::optional<std::string_view> entry, Arena& arena,
                     engine::Plan& plan);

}  // namespace basalt::table

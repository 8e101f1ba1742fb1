// What a write does to one item, as a pure function of the item as it is: condition, new item, sizes. PutItem,
// UpdateItem and DeleteItem run it inside the engine's transaction; everything that writes items goes through here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/arena.h"
#include "base/result.h"
#include "engine/engine.h"
#include "expression/expression.h"
#include "model/value.h"
#include "table/index_entry.h"
#include "table/table_record.h"

namespace basalt::table {

struct PutWrite {
  model::Item item;
  std::string encoded;  // EncodeStoredItem(item), made once however often the function runs
  size_t size_bytes = 0;
};
struct UpdateWrite {
  const expression::Update* update = nullptr;  // null: none, which creates the item from its key alone
};
struct DeleteWrite {};
struct CheckWrite {};  // of a transaction: nothing but the condition

struct ItemWrite {
  std::string key;  // the engine's bytes
  model::Item key_attributes;
  const expression::Condition* condition = nullptr;
  bool item_on_condition_failure = false;  // put the item as it is into the error
  // Tables with local indexes: by what the item collection may still grow.
  int64_t collection_room_bytes = INT64_MAX;
  std::variant<PutWrite, UpdateWrite, DeleteWrite, CheckWrite> action;
  bool expired_by_ttl = false;  // a deletion by the service, not by a client
};

// What names the item: the one put, or its key.
model::Item ItemOrKeyOf(const ItemWrite& write);

// Items live in the arena given to ApplyWrite, in the stored value or in the request.
struct WriteEffect {
  std::optional<model::Item> old_item;  // parsed only if the write or its caller needs it
  std::optional<model::Item> new_item;
  std::string_view old_body_json;  // the old item as it was stored, a view into `stored`; empty if there was none
  size_t old_size_bytes = 0;
  size_t new_size_bytes = 0;
  std::span<const IndexUnits> index_units;  // of the indexes that the write touches
};

// The error of a failed condition carries this.
struct ConditionFailure final : ErrorDetail {
  std::string item_json;  // the item as it is, if it is wanted; empty if there is none
  double units = 1;       // that the attempt has cost
};

// Counters of a table's keyspace.
inline constexpr uint16_t kItemCountCounter = 0;
inline constexpr uint16_t kTableSizeCounter = 1;

// Evaluates `write` against the stored value and fills `plan`: the item, its entries in the indexes of `record` and in
// the expiry index, the counters of both, the size of its collection and what the enabled stream is told; or asks for
// more (AskedEntries). `record` is the one in force while this runs (Table::Current). kConditionFailed (with
// ConditionFailure), kValidation (an update that cannot be applied, an item that does not fit an index),
// kItemCollectionLimit, kResourceNotFound (the table is being deleted), kCorruption.
Result<WriteEffect> ApplyWrite(const ItemWrite& write, const TableRecord& record,
                               std::optional<std::string_view> stored, bool needs_old_item, AskedEntries& asked,
                               Arena& arena, engine::Plan& plan);

}  // namespace basalt::table

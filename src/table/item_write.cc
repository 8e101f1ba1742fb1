// One item's write, as a pure function.
#include "table/item_write.h"

#include "model/item_json.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "table/capacity.h"
#include "table/change_record.h"
#include "table/expiry.h"
#include "table/index_key.h"
#include "table/item_collection.h"
#include "table/item_key.h"
#include "table/stored_item.h"
#include "table/stream_state.h"
#include "table/table_state.h"
#include "table/update_size.h"

namespace basalt::table {
namespace {

// It costs one unit where there is no item, else what the item that was to be put would have, or the one that is there.
Error ConditionFailed(const ItemWrite& write, const WriteEffect& effect, bool has_item) {
  Error error(Reason::kConditionFailed, "The conditional request failed");
  auto detail = std::make_unique<ConditionFailure>();
  if (has_item) {
    const auto* put = std::get_if<PutWrite>(&write.action);
    detail->units = WriteUnits(0, put != nullptr ? put->size_bytes : effect.old_size_bytes);
  }
  if (write.item_on_condition_failure) {
    detail->item_json = effect.old_body_json;
  }
  error.detail = std::move(detail);
  return error;
}

// What the write does to the indexes, and what they ask of it: the item and its entries in local indexes together may
// be as large as an item alone, and its collection no larger than its limit.
Status PlanIndexes(const ItemWrite& write, const TableRecord& record, WriteEffect& effect, AskedEntries& asked,
                   Arena& arena, engine::Plan& plan) {
  // What `after` looks at must stay where it is while the plan's puts grow.
  plan.puts.reserve(plan.puts.size() + record.indexes.size());
  ItemVersion before;
  ItemVersion after;
  if (effect.old_item) {
    before = {*effect.old_item, effect.old_size_bytes};
  }
  if (effect.new_item) {
    after = {*effect.new_item, effect.new_size_bytes, plan.puts.back().value};
  }
  const EntryChanges changes =
      PlanEntries(record, effect.old_item ? &before : nullptr, effect.new_item ? &after : nullptr, asked, arena, plan);
  effect.index_units = changes.units;
  if (!HasItemCollections(record)) {
    return {};
  }
  if (effect.new_size_bytes + changes.local_bytes > model::kItemSizeBytesMax) {
    return std::holds_alternative<UpdateWrite>(write.action) ? model::UpdatedItemTooLarge() : model::ItemTooLarge();
  }
  const int64_t delta_bytes = static_cast<int64_t>(effect.new_size_bytes) -
                              static_cast<int64_t>(effect.old_size_bytes) + changes.local_delta_bytes;
  return PlanCollectionSize(record, ItemOrKeyOf(write), delta_bytes, write.collection_room_bytes, plan);
}

// What the stream is told of a write, if it changes the item: values are equal exactly if their stored forms are.
void PlanChange(const ItemWrite& write, const TableRecord& record, const StreamRecord& stream,
                const WriteEffect& effect, bool existed, Arena& arena, engine::Plan& plan) {
  const bool exists = effect.new_item.has_value();
  std::string_view new_json;
  if (exists) {
    new_json = DecodeStoredItem(plan.puts.back().value).value().body_json;
  }
  if ((!exists && !existed) || (exists && existed && new_json == effect.old_body_json)) {
    return;
  }
  ChangeRecord change;
  change.kind = !existed ? ChangeKind::kInsert : exists ? ChangeKind::kModify : ChangeKind::kRemove;
  change.by_service = write.expired_by_ttl;
  const model::Item key = KeyAttributesOf(record, ItemOrKeyOf(write), arena);
  std::string keys_json;
  model::AppendJson(keys_json, key);
  change.keys_json = keys_json;
  change.size_bytes = model::SizeBytes(key);
  if (exists && (stream.view == StreamView::kNewImage || stream.view == StreamView::kNewAndOldImages)) {
    change.new_json = new_json;
    change.size_bytes += effect.new_size_bytes;
  }
  if (existed && (stream.view == StreamView::kOldImage || stream.view == StreamView::kNewAndOldImages)) {
    change.old_json = effect.old_body_json;
    change.size_bytes += effect.old_size_bytes;
  }
  plan.feed_records.push_back({EncodeChangeRecord(change)});
}

}  // namespace

model::Item ItemOrKeyOf(const ItemWrite& write) {
  const auto* put = std::get_if<PutWrite>(&write.action);
  return put != nullptr ? put->item : write.key_attributes;
}

Result<WriteEffect> ApplyWrite(const ItemWrite& write, const TableRecord& record,
                               std::optional<std::string_view> stored, bool needs_old_item, AskedEntries& asked,
                               Arena& arena, engine::Plan& plan) {
  if (record.status == TableStatus::kDeleting) {
    return TableGone();
  }
  WriteEffect effect;
  const bool has_indexes = HasMaintainedIndexes(record);
  if (stored) {
    TRY_ASSIGN(const StoredItem old, DecodeStoredItem(*stored));
    effect.old_body_json = old.body_json;
    effect.old_size_bytes = old.size_bytes;
    const bool is_update = std::holds_alternative<UpdateWrite>(write.action);
    if (needs_old_item || is_update || has_indexes || record.expiry || write.condition != nullptr) {
      TRY_ASSIGN(effect.old_item, model::ParseStoredItem(effect.old_body_json, arena));
    }
  }
  const auto* put = std::get_if<PutWrite>(&write.action);
  if (has_indexes && put != nullptr) {
    TRY(CheckIndexKeys(record, put->item));
  }
  if (write.condition != nullptr && !expression::Evaluate(*write.condition, effect.old_item.value_or(model::Item{}))) {
    return ConditionFailed(write, effect, stored.has_value());
  }

  if (std::holds_alternative<CheckWrite>(write.action)) {
    effect.new_size_bytes = effect.old_size_bytes;
    return effect;
  }

  const engine::Key key{0, write.key};
  if (put != nullptr) {
    effect.new_item = put->item;
    effect.new_size_bytes = put->size_bytes;
    plan.puts.push_back({key, put->encoded});
  } else if (const auto* update = std::get_if<UpdateWrite>(&write.action)) {
    model::Item item = effect.old_item.value_or(write.key_attributes);
    if (update->update != nullptr) {
      TRY_ASSIGN(item, expression::Apply(*update->update, item, arena));
      if (!stored && expression::DeletesOnly(*update->update)) {
        return effect;  // nothing to delete from: creates nothing, and succeeds
      }
    }
    for (const model::Attribute& attribute : item) {
      if (model::NestingLevels(attribute.value) > model::kNestingLevelsMax) {
        return model::NestedTooDeeply();
      }
    }
    effect.new_item = item;
    effect.new_size_bytes = model::SizeBytes(item);
    if (has_indexes) {
      TRY(CheckUpdatedIndexKeys(record, effect.old_item.value_or(model::Item{}), item));
    }
    TRY(CheckUpdatedSize(effect.new_size_bytes, write.key_attributes, update->update, kUpdateMeasure));
    plan.puts.push_back({key, EncodeStoredItem(item)});
  } else if (stored) {
    plan.deletes.push_back(key);
  }

  const bool exists_after = effect.new_item.has_value();
  if (exists_after != stored.has_value()) {
    plan.counter_deltas.push_back({kItemCountCounter, exists_after ? 1 : -1});
  }
  if (effect.new_size_bytes != effect.old_size_bytes) {
    plan.counter_deltas.push_back(
        {kTableSizeCounter, static_cast<int64_t>(effect.new_size_bytes) - static_cast<int64_t>(effect.old_size_bytes)});
  }
  if (const StreamRecord* const stream = EnabledStream(record); stream != nullptr) {
    PlanChange(write, record, *stream, effect, stored.has_value(), arena, plan);
  }
  if (has_indexes) {
    TRY(PlanIndexes(write, record, effect, asked, arena, plan));
  }
  if (record.expiry) {
    PlanExpiryEntry(record, write.key, effect.old_item ? &*effect.old_item : nullptr,
                    effect.new_item ? &*effect.new_item : nullptr, plan);
  }
  return effect;
}

}  // namespace basalt::table

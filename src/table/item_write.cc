// One item's write, as a pure function.
#include "table/item_write.h"

#include "model/item_json.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "table/stored_item.h"
#include "table/update_size.h"

namespace basalt::table {
namespace {

Error ConditionFailed(std::string_view item_json) {
  Error error(Reason::kConditionFailed, "The conditional request failed");
  auto detail = std::make_unique<ConditionFailure>();
  detail->item_json = item_json;
  error.detail = std::move(detail);
  return error;
}

}  // namespace

Result<WriteEffect> ApplyWrite(const ItemWrite& write, std::optional<std::string_view> stored, bool needs_old_item,
                               Arena& arena, engine::Plan& plan) {
  WriteEffect effect;
  if (stored) {
    TRY_ASSIGN(const StoredItem old, DecodeStoredItem(*stored));
    effect.old_body_json = old.body_json;
    effect.old_size_bytes = old.size_bytes;
    const bool is_update = std::holds_alternative<UpdateWrite>(write.action);
    if (needs_old_item || is_update || write.condition != nullptr) {
      TRY_ASSIGN(effect.old_item, model::ParseStoredItem(effect.old_body_json, arena));
    }
  }
  if (write.condition != nullptr && !expression::Evaluate(*write.condition, effect.old_item.value_or(model::Item{}))) {
    return ConditionFailed(write.item_on_condition_failure ? effect.old_body_json : std::string_view());
  }

  const engine::Key key{0, write.key};
  if (const auto* put = std::get_if<PutWrite>(&write.action)) {
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
  return effect;
}

}  // namespace basalt::table

#include "operations/dynamodb/write_plan.h"

#include "model/validation_error.h"
#include "operations/dynamodb/request.h"
#include "table/index_key.h"
#include "table/item_key.h"
#include "table/stored_item.h"

namespace basalt::operations::dynamodb {
namespace {

Status UseCondition(const table::TableRecord& record, const expression::Condition* condition, table::ItemWrite& write) {
  if (condition != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*condition)));
  }
  write.condition = condition;
  return {};
}

Status UseKey(const table::TableRecord& record, model::Item key, table::ItemWrite& write) {
  TRY_ASSIGN(write.key, table::KeyOf(record, key, table::KeyPosition::kKey));
  write.key_attributes = key;
  return {};
}

}  // namespace

Status PlanPut(const table::TableRecord& record, model::Item item, size_t size_bytes,
               const expression::Condition* condition, table::ItemWrite& write) {
  TRY_ASSIGN(write.key, table::KeyOf(record, item, table::KeyPosition::kItem));
  TRY(table::CheckIndexKeys(record, item));
  TRY(UseCondition(record, condition, write));
  write.action = table::PutWrite{item, table::EncodeStoredItem(item), size_bytes};
  return {};
}

Status PlanUpdate(const table::TableRecord& record, model::Item key, const expression::Update* update,
                  const expression::Condition* condition, table::ItemWrite& write) {
  TRY(UseKey(record, key, write));
  if (update != nullptr) {
    for (const expression::Path target : expression::TargetsOf(*update)) {
      if (table::IsKeyAttribute(record, target[0].name)) {
        return model::KeyAttributeUpdated(target[0].name);
      }
    }
    TRY(table::CheckIndexKeysInUpdate(record, *update));
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*update)));
  }
  TRY(UseCondition(record, condition, write));
  write.action = table::UpdateWrite{update};
  return {};
}

Status PlanDelete(const table::TableRecord& record, model::Item key, const expression::Condition* condition,
                  table::ItemWrite& write) {
  TRY(UseKey(record, key, write));
  TRY(UseCondition(record, condition, write));
  write.action = table::DeleteWrite{};
  return {};
}

Status PlanCheck(const table::TableRecord& record, model::Item key, const expression::Condition* condition,
                 table::ItemWrite& write) {
  TRY(UseKey(record, key, write));
  TRY(UseCondition(record, condition, write));
  write.action = table::CheckWrite{};
  return {};
}

}  // namespace basalt::operations::dynamodb

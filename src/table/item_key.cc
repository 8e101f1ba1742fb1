// Key checks and the key's bytes.
#include "table/item_key.h"

#include "model/key_encoding.h"
#include "model/key_value.h"
#include "model/validation_error.h"

namespace basalt::table {
namespace {

Status CheckKeyAttribute(const KeyAttribute& attribute, model::KeyRole role, model::Item item, KeyPosition position) {
  const model::Value* value = model::Find(item, attribute.name);
  if (value == nullptr) {
    return position == KeyPosition::kItem
               ? model::InvalidParameter("Missing the key " + attribute.name + " in the item")
               : model::KeySchemaMismatch();
  }
  if (value->type != attribute.type) {
    return position == KeyPosition::kItem
               ? model::InvalidParameter("Type mismatch for key " + attribute.name +
                                         " expected: " + std::string(model::TypeName(attribute.type)) +
                                         " actual: " + std::string(model::TypeName(value->type)))
               : model::KeySchemaMismatch();
  }
  return model::CheckKeyValue(attribute.name, *value, role);
}

}  // namespace

Result<std::string> KeyOf(const TableRecord& record, model::Item item, KeyPosition position) {
  if (position == KeyPosition::kKey && item.size() != (record.sort ? 2U : 1U)) {
    return model::KeySchemaMismatch();
  }
  TRY(CheckKeyAttribute(record.partition, model::KeyRole::kPartition, item, position));
  if (record.sort) {
    TRY(CheckKeyAttribute(*record.sort, model::KeyRole::kSort, item, position));
  }
  return EncodeKey(record, item);
}

Status CheckKeyIsNotEmpty(const TableRecord& record, model::Item item) {
  const auto check = [item](const KeyAttribute& attribute, model::KeyRole role) -> Status {
    const model::Value* value = model::Find(item, attribute.name);
    if (value == nullptr || value->type != attribute.type ||
        model::DefectOfKey(*value, role) != model::KeyDefect::kEmpty) {
      return {};
    }
    return model::CheckKeyValue(attribute.name, *value, role);
  };
  TRY(check(record.partition, model::KeyRole::kPartition));
  return record.sort ? check(*record.sort, model::KeyRole::kSort) : Status();
}

std::string EncodeKey(const TableRecord& record, model::Item item) {
  std::string key = model::PartitionPrefix(record.hash_seed, *model::Find(item, record.partition.name));
  if (record.sort) {
    model::AppendOrdered(key, *model::Find(item, record.sort->name));
  }
  return key;
}

model::Item KeyAttributesOf(const TableRecord& record, model::Item item, Arena& arena) {
  const std::span<model::Attribute> key = arena.NewArray<model::Attribute>(record.sort ? 2 : 1);
  key[0] = {record.partition.name, *model::Find(item, record.partition.name)};
  if (record.sort) {
    key[1] = {record.sort->name, *model::Find(item, record.sort->name)};
  }
  return model::SortAttributes(key);
}

bool IsKeyAttribute(const TableRecord& record, std::string_view name) {
  return name == record.partition.name || (record.sort && name == record.sort->name);
}

}  // namespace basalt::table

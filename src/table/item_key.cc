// Key checks and the key's bytes.
#include "table/item_key.h"

#include "model/key_encoding.h"
#include "model/limits.h"

namespace basalt::table {
namespace {

Error SchemaMismatch() { return Error(Reason::kValidation, "The provided key element does not match the schema"); }

Error InvalidParameter(std::string text) {
  return Error(Reason::kValidation, "One or more parameter values were invalid: " + std::move(text));
}

Status CheckKeyAttribute(const KeyAttribute& attribute, bool is_partition, model::Item item, KeyPosition position) {
  const model::Value* value = model::Find(item, attribute.name);
  if (value == nullptr) {
    return position == KeyPosition::kItem ? InvalidParameter("Missing the key " + attribute.name + " in the item")
                                          : SchemaMismatch();
  }
  if (value->type != attribute.type) {
    return position == KeyPosition::kItem
               ? InvalidParameter("Type mismatch for key " + attribute.name +
                                  " expected: " + std::string(model::TypeName(attribute.type)) +
                                  " actual: " + std::string(model::TypeName(value->type)))
               : SchemaMismatch();
  }
  if (value->type == model::Type::kN) {
    return {};
  }
  if (value->text.empty()) {
    return Error(Reason::kValidation,
                 std::string("One or more parameter values are not valid. The AttributeValue for a key attribute "
                             "cannot contain an empty ") +
                     (value->type == model::Type::kS ? "string" : "binary") + " value. Key: " + attribute.name);
  }
  if (is_partition && value->text.size() > model::kPartitionKeyBytesMax) {
    return InvalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (!is_partition && value->text.size() > model::kSortKeyBytesMax) {
    return InvalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return {};
}

}  // namespace

Result<std::string> KeyOf(const TableRecord& record, model::Item item, KeyPosition position) {
  if (position == KeyPosition::kKey && item.size() != (record.sort ? 2U : 1U)) {
    return SchemaMismatch();
  }
  TRY(CheckKeyAttribute(record.partition, true, item, position));
  if (record.sort) {
    TRY(CheckKeyAttribute(*record.sort, false, item, position));
  }
  return EncodeKey(record, item);
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

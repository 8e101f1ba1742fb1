// Keys of a table's spaces.
#include "table/key_schema.h"

#include <algorithm>

#include "base/check.h"
#include "model/key_encoding.h"

namespace basalt::table {
namespace {

using PartitionValues = std::array<model::Value, model::kKeyAttributesPerRoleMax>;

}  // namespace

KeySchema::KeySchema(const TableRecord& record, const IndexRecord* index) : record_(record), index_(index) {
  if (index_ == nullptr) {
    partition_ = std::span(&record.partition, 1);
    sort_ = record.sort ? std::span(&*record.sort, 1) : std::span<const KeyAttribute>();
  } else {
    partition_ = index_->partition;
    sort_ = index_->sort;
  }
  BASALT_CHECK(!partition_.empty() && partition_.size() <= model::kKeyAttributesPerRoleMax &&
               sort_.size() <= model::kKeyAttributesPerRoleMax);
  for (const std::span<const KeyAttribute> part : {partition_, sort_}) {
    for (const KeyAttribute& attribute : part) {
      attributes_[count_++] = &attribute;
    }
  }
  if (index_ != nullptr && !Orders(record.partition.name)) {
    attributes_[count_++] = &record.partition;
  }
  if (index_ != nullptr && record.sort && !Orders(record.sort->name)) {
    attributes_[count_++] = &*record.sort;
  }
}

bool KeySchema::Orders(std::string_view name) const {
  const auto named = [name](const KeyAttribute& attribute) { return attribute.name == name; };
  return std::any_of(partition_.begin(), partition_.end(), named) || std::any_of(sort_.begin(), sort_.end(), named);
}

std::string KeySchema::Prefix(model::Item item) const {
  PartitionValues values;
  for (size_t i = 0; i < partition_.size(); ++i) {
    values[i] = *model::Find(item, partition_[i].name);
  }
  return model::PartitionPrefix(record_.hash_seed, std::span<const model::Value>(values).first(partition_.size()));
}

std::string KeySchema::Prefix(const expression::KeyRange& range) const {
  BASALT_CHECK(range.more_partition.size() + 1 == partition_.size());
  PartitionValues values;
  values[0] = range.partition;
  std::copy(range.more_partition.begin(), range.more_partition.end(), values.begin() + 1);
  return model::PartitionPrefix(record_.hash_seed, std::span<const model::Value>(values).first(partition_.size()));
}

std::string KeySchema::Encode(model::Item item) const {
  std::string key = Prefix(item);
  for (const KeyAttribute* attribute : attributes().subspan(partition_.size())) {
    model::AppendOrdered(key, *model::Find(item, attribute->name));
  }
  return key;
}

Result<model::Item> KeySchema::Decode(std::string_view key, Arena& arena) const {
  if (key.size() < model::kPartitionHashBytes) {
    return Error(Reason::kCorruption, "a stored key is cut short");
  }
  key.remove_prefix(model::kPartitionHashBytes);
  const std::span<model::Attribute> decoded = arena.NewArray<model::Attribute>(count_);
  for (size_t i = 0; i < count_; ++i) {
    decoded[i].name = attributes_[i]->name;
    TRY_ASSIGN(decoded[i].value, model::DecodeOrdered(key, attributes_[i]->type, arena));
  }
  if (!key.empty()) {
    return Error(Reason::kCorruption, "a stored key is longer than its attributes");
  }
  return model::Item(model::SortAttributes(decoded));
}

}  // namespace basalt::table

// What orders the keys of one space of a table: its primary key, or the key of one of its indexes, which the rest of
// the primary key follows, so that entries with equal index keys are told apart and lie in a known order.
//   hash of the partition attributes | ordered partition attributes | ordered sort attributes | [index: ordered rest]
// A view of the record and index given, which must outlive it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "model/limits.h"
#include "model/value.h"
#include "table/index_record.h"
#include "table/table_record.h"

namespace basalt::table {

class KeySchema {
 public:
  // `index` is one of the record's; null: the primary key.
  explicit KeySchema(const TableRecord& record, const IndexRecord* index = nullptr);

  uint16_t space() const { return index_ == nullptr ? 0 : index_->space; }
  std::span<const KeyAttribute> partition() const { return partition_; }
  std::span<const KeyAttribute> sort() const { return sort_; }
  // What a key is made of, in its order: partition, sort, then those of the primary key that are not among them.
  std::span<const KeyAttribute* const> attributes() const { return std::span(attributes_).first(count_); }
  // Whether it is a partition or sort attribute.
  bool Orders(std::string_view name) const;

  // The engine's bytes of a key; `item` has every attribute, of the right type.
  std::string Encode(model::Item item) const;
  // The attributes of a key, sorted by name; kCorruption.
  Result<model::Item> Decode(std::string_view key, Arena& arena) const;
  // What the bytes of every key with these partition values begin with; `item` has them.
  std::string Prefix(model::Item item) const;
  // The same of those that a key condition selects.
  std::string Prefix(const expression::KeyRange& range) const;

 private:
  static constexpr size_t kAttributesMax = 2 * model::kKeyAttributesPerRoleMax + 2;

  const TableRecord& record_;
  const IndexRecord* index_;
  std::span<const KeyAttribute> partition_;
  std::span<const KeyAttribute> sort_;
  std::array<const KeyAttribute*, kAttributesMax> attributes_{};
  size_t count_ = 0;
};

}  // namespace basalt::table

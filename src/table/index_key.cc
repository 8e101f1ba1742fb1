// The defects of index keys, and membership.
#include "table/index_key.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/check.h"
#include "model/key_value.h"
#include "model/limits.h"
#include "model/validation_error.h"

namespace basalt::table {
namespace {

using model::KeyRole;

enum class Defect : uint8_t { kNone, kType, kEmpty, kTooLong };

// The first defect of an index's key in an item; attributes it lacks have none.
struct Offence {
  Defect defect = Defect::kNone;
  const IndexRecord* index = nullptr;
  const KeyAttribute* attribute = nullptr;
  const model::Value* value = nullptr;
  KeyRole role = KeyRole::kPartition;
};

std::span<const KeyAttribute> PartOf(const IndexRecord& index, KeyRole role) {
  return role == KeyRole::kPartition ? index.partition : index.sort;
}

Defect DefectOf(const KeyAttribute& attribute, const model::Value& value, KeyRole role) {
  if (value.type != attribute.type) {
    return Defect::kType;
  }
  switch (model::DefectOfKey(value, role)) {
    case model::KeyDefect::kNone:
      return Defect::kNone;
    case model::KeyDefect::kEmpty:
      return Defect::kEmpty;
    case model::KeyDefect::kTooLong:
      return Defect::kTooLong;
  }
  BASALT_CHECK(false);
}

// `counts` says of an attribute whether it is looked at.
template <class Counts>
Offence FindOffence(const IndexRecord& index, model::Item item, const Counts& counts) {
  for (const KeyRole role : {KeyRole::kPartition, KeyRole::kSort}) {
    std::array<model::Value, model::kKeyAttributesPerRoleMax> values;
    size_t count = 0;
    for (const KeyAttribute& attribute : PartOf(index, role)) {
      const model::Value* value = model::Find(item, attribute.name);
      if (value == nullptr || !counts(attribute, *value)) {
        continue;
      }
      if (const Defect defect = DefectOf(attribute, *value, role); defect != Defect::kNone) {
        return {defect, &index, &attribute, value, role};
      }
      values[count++] = *value;
      if (!model::KeyFits(std::span<const model::Value>(values).first(count), role)) {
        return {Defect::kTooLong, &index, &attribute, value, role};
      }
    }
  }
  return {};
}

// Of the maintained index whose name is the first one.
template <class Counts>
Offence FindOffence(const TableRecord& record, model::Item item, const Counts& counts) {
  Offence first;
  for (const IndexRecord& index : record.indexes) {
    if (!IsMaintained(index) || (first.index != nullptr && first.index->name < index.name)) {
      continue;
    }
    if (const Offence offence = FindOffence(index, item, counts); offence.index != nullptr) {
      first = offence;
    }
  }
  return first;
}

Error TypeMismatch(const Offence& offence) {
  return model::InvalidParameter("Type mismatch for Index Key " + offence.attribute->name +
                                 " Expected: " + std::string(model::TypeName(offence.attribute->type)) +
                                 " Actual: " + std::string(model::TypeName(offence.value->type)) +
                                 " IndexName: " + offence.index->name);
}

std::string EmptyValueText(const Offence& offence) {
  return "The AttributeValue for a key attribute cannot contain an " +
         std::string(model::EmptyKeyName(*offence.value)) + ".";
}

}  // namespace

bool IsMaintained(const IndexRecord& index) { return index.status != IndexStatus::kDeleting; }

bool HasMaintainedIndexes(const TableRecord& record) {
  return std::any_of(record.indexes.begin(), record.indexes.end(), IsMaintained);
}

Status CheckIndexKeys(const TableRecord& record, model::Item item) {
  const Offence offence =
      FindOffence(record, item, [](const KeyAttribute& /*attribute*/, const model::Value& /*value*/) { return true; });
  switch (offence.defect) {
    case Defect::kNone:
      return {};
    case Defect::kType:
      return TypeMismatch(offence);
    case Defect::kEmpty:
      return model::ParameterNotValid("A value specified for a secondary index key is not supported. " +
                                      EmptyValueText(offence) + " IndexName: " + offence.index->name +
                                      ", IndexKey: " + offence.attribute->name);
    case Defect::kTooLong:
      return model::InvalidParameter(std::string(model::KeyTooLongText(offence.role)) +
                                     ". IndexName: " + offence.index->name + " IndexKey: " + offence.attribute->name);
  }
  BASALT_CHECK(false);
}

Status CheckIndexKeysInUpdate(const TableRecord& record, const expression::Update& update) {
  Offence first;
  for (const IndexRecord& index : record.indexes) {
    if (!IsMaintained(index) || (first.index != nullptr && first.index->name < index.name)) {
      continue;
    }
    Offence offence;
    for (const KeyRole role : {KeyRole::kPartition, KeyRole::kSort}) {
      for (const KeyAttribute& attribute : PartOf(index, role)) {
        const model::Value* value = expression::AssignedLiteral(update, attribute.name);
        if (offence.index == nullptr && value != nullptr && value->type != attribute.type) {
          offence = {Defect::kType, &index, &attribute, value, role};
        }
      }
    }
    if (offence.index != nullptr) {
      first = offence;
    }
  }
  return first.index == nullptr ? Status() : Status(TypeMismatch(first));
}

Status CheckUpdatedIndexKeys(const TableRecord& record, model::Item before, model::Item after) {
  const Offence offence = FindOffence(record, after, [&](const KeyAttribute& attribute, const model::Value& value) {
    const model::Value* const old = model::Find(before, attribute.name);
    return old == nullptr || !model::Equal(*old, value);
  });
  switch (offence.defect) {
    case Defect::kNone:
      return {};
    case Defect::kType:
      return Error(Reason::kValidation,
                   "The update expression attempted to update the secondary index key to unsupported type");
    case Defect::kEmpty:
      return model::ParameterNotValid(
          "The update expression attempted to update a secondary index key to a value that is not supported. " +
          EmptyValueText(offence));
    case Defect::kTooLong:
      return Error(Reason::kValidation,
                   "The update expression attempted to update the secondary index key beyond allowed size limits");
  }
  BASALT_CHECK(false);
}

bool IsMember(const IndexRecord& index, model::Item item) {
  for (const KeyRole role : {KeyRole::kPartition, KeyRole::kSort}) {
    std::array<model::Value, model::kKeyAttributesPerRoleMax> values;
    size_t count = 0;
    for (const KeyAttribute& attribute : PartOf(index, role)) {
      const model::Value* value = model::Find(item, attribute.name);
      if (value == nullptr || DefectOf(attribute, *value, role) != Defect::kNone) {
        return false;
      }
      values[count++] = *value;
    }
    if (!model::KeyFits(std::span<const model::Value>(values).first(count), role)) {
      return false;
    }
  }
  return true;
}

}  // namespace basalt::table

// The limits of key values and their texts.
#include "model/key_value.h"

#include <string>

#include "model/limits.h"
#include "model/validation_error.h"

namespace basalt::model {
namespace {

size_t KeyBytesMax(KeyRole role) { return role == KeyRole::kPartition ? kPartitionKeyBytesMax : kSortKeyBytesMax; }

}  // namespace

KeyDefect DefectOfKey(const Value& value, KeyRole role) {
  if (value.type == Type::kN) {
    return KeyDefect::kNone;
  }
  if (value.text.empty()) {
    return KeyDefect::kEmpty;
  }
  return value.text.size() > KeyBytesMax(role) ? KeyDefect::kTooLong : KeyDefect::kNone;
}

bool KeyFits(std::span<const Value> values, KeyRole role) {
  size_t bytes = 0;
  for (const Value& value : values) {
    bytes += SizeBytes(value);
  }
  return bytes <= KeyBytesMax(role);
}

std::string_view EmptyKeyName(const Value& value) {
  return value.type == Type::kS ? "empty string value" : "empty binary value";
}

std::string_view KeyTooLongText(KeyRole role) {
  return role == KeyRole::kPartition ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
                                     : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes";
}

Status CheckKeyValue(std::string_view attribute, const Value& value, KeyRole role) {
  switch (DefectOfKey(value, role)) {
    case KeyDefect::kNone:
      return {};
    case KeyDefect::kEmpty: {
      std::string text = "The AttributeValue for a key attribute cannot contain an ";
      text += EmptyKeyName(value);
      text += ". Key: ";
      text += attribute;
      return ParameterNotValid(text);
    }
    case KeyDefect::kTooLong:
      break;
  }
  return InvalidParameter(KeyTooLongText(role));
}

}  // namespace basalt::model

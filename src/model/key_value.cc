// The limits of key values and their texts.
#include "model/key_value.h"

#include <string>

#include "model/limits.h"
#include "model/validation_error.h"

namespace basalt::model {

Status CheckKeyValue(std::string_view attribute, const Value& value, KeyRole role) {
  if (value.type == Type::kN) {
    return {};
  }
  if (value.text.empty()) {
    std::string text = "The AttributeValue for a key attribute cannot contain an empty ";
    text += value.type == Type::kS ? "string" : "binary";
    text += " value. Key: ";
    text += attribute;
    return ParameterNotValid(text);
  }
  if (role == KeyRole::kPartition && value.text.size() > kPartitionKeyBytesMax) {
    return InvalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (role == KeyRole::kSort && value.text.size() > kSortKeyBytesMax) {
    return InvalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return {};
}

}  // namespace basalt::model

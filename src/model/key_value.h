// What the value of a key attribute must be beyond having its type: neither empty nor too long. Items, keys, key
// conditions and the keys of indexes ask alike; each has texts of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace basalt::model {

enum class KeyRole : uint8_t { kPartition, kSort };

enum class KeyDefect : uint8_t { kNone, kEmpty, kTooLong };
// `value` is S, N or B. Numbers have none.
KeyDefect DefectOfKey(const Value& value, KeyRole role);
// The attributes of one role together, if there are several.
bool KeyFits(std::span<const Value> values, KeyRole role);

// "empty string value" or "empty binary value", as texts of kEmpty say it.
std::string_view EmptyKeyName(const Value& value);
// What texts of kTooLong begin with.
std::string_view KeyTooLongText(KeyRole role);

// kValidation, naming the attribute if its value is empty.
Status CheckKeyValue(std::string_view attribute, const Value& value, KeyRole role);

}  // namespace basalt::model

// What the value of a key attribute must be beyond having its type: neither empty nor too long. Items, keys and key
// conditions ask alike.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace basalt::model {

enum class KeyRole : uint8_t { kPartition, kSort };

// `value` is S, N or B. kValidation, naming the attribute if it is empty. Numbers always pass.
Status CheckKeyValue(std::string_view attribute, const Value& value, KeyRole role);

}  // namespace basalt::model

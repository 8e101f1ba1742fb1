// Does a JSON value fit the type that the service's model gives a member? Each check answers the kSerialization error
// of the service's reader, word for word, or success. Null fits everything: it is an absent member. A check looks at
// one node, not at its children. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "json/node.h"

namespace basalt::model {

// Where a structure stands: the reader words a scalar in its place differently.
enum class ShapePosition : uint8_t {
  kMember,   // a member of another structure
  kElement,  // a list element or a map value
};

Status CheckString(const json::Node& node);
Status CheckBoolean(const json::Node& node);
Status CheckInteger(const json::Node& node);  // a 32-bit member
Status CheckLong(const json::Node& node);     // a 64-bit member
Status CheckBlob(const json::Node& node);     // base64 included
Status CheckList(const json::Node& node);
Status CheckMapOfStrings(const json::Node& node);
Status CheckMapOf(const json::Node& node, std::string_view value_shape);         // "AttributeValue"
Status CheckMapOfLists(const json::Node& node, std::string_view element_shape);  // "WriteRequest"
Status CheckStructure(const json::Node& node, std::string_view shape, ShapePosition position);

// The value of a node that passed the check and is not null. Fractions are floored; what exceeds 64 bits is cut.
bool ReadBoolean(const json::Node& node);
int64_t ReadInteger(const json::Node& node);

}  // namespace basalt::model

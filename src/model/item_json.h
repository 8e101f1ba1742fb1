// Attribute values from and to DynamoDB's JSON ({"S":"x"}, {"N":"42"}, …). Parsing is also the validation of a value:
// errors are kValidation with the service's texts and order (data plane, "Validation of one value"), or
// kSerialization where the JSON type does not fit the shape.
//
//   json::Node body = …;                                     // {"Item":{"pk":{"S":"x"},"n":{"N":"1.50"}}}
//   TRY(CheckItemShape(*body.Find("Item")));
//   TRY_ASSIGN(Item item, ParseItem(*body.Find("Item"), arena));
//   AppendJson(out, item);                                   // {"n":{"N":"1.5"},"pk":{"S":"x"}}
//
// A parsed value shares the strings of its nodes: it lives as long as both the nodes' arena and its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/arena.h"
#include "base/result.h"
#include "json/node.h"
#include "model/json_shape.h"
#include "model/value.h"

namespace basalt::model {

// Type check alone (SerializationException texts), recursively, without looking at constraints.
Status CheckValueShape(const json::Node& node, ShapePosition position = ShapePosition::kElement);
// The same for a map of attribute name to value.
Status CheckItemShape(const json::Node& node);

// The detail of a kValidation error whose kind decides how a caller words or introduces it.
struct ValueDefect final : ErrorDetail {
  enum class Kind : uint8_t { kNumber, kEmptySet, kEmptyNumberSet, kDuplicates, kNesting };

  explicit ValueDefect(Kind defect) : kind(defect) {}

  Kind kind;
};
std::optional<ValueDefect::Kind> DefectOf(const Error& error);

// {"NULL":false}: the service refuses it, or, where it has moved to its newer validation, takes it as true.
enum class FalseNull : uint8_t { kRefused, kTakenAsTrue };

// 1 to 65535 bytes.
Status CheckAttributeName(std::string_view name);

// `node` has passed CheckValueShape. Numbers become canonical, base64 is decoded, maps and sets are sorted; nesting
// is at most kNestingLevelsMax levels.
Result<Value> ParseValue(const json::Node& node, Arena& arena);
// A map of attribute name to value (Item, Key, …), sorted by name.
Result<Item> ParseItem(const json::Node& node, Arena& arena, FalseNull false_null = FalseNull::kRefused);

void AppendJson(std::string& out, const Value& value);  // {"S":"x"}
void AppendJson(std::string& out, Item item);           // {"pk":{"S":"x"}}

// For JSON this process wrote itself with AppendJson (a stored item); `text` need not outlive the call. kCorruption
// if it is not such, byte for byte.
Result<Item> ParseStoredItem(std::string_view text, Arena& arena);

}  // namespace basalt::model

// Attribute values: what DynamoDB calls S, N, B, BOOL, NULL, SS, NS, BS, L and M. A Value is a small, trivially
// copyable view into an Arena (or other memory that outlives it): copying one never copies what it holds.
// Numbers are kept as their canonical text, so equal numbers have equal bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"

namespace basalt::model {

enum class Type : uint8_t { kS, kN, kB, kBool, kNull, kSs, kNs, kBs, kL, kM };

std::string_view TypeName(Type type);  // "S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"

struct Attribute;

struct Value {
  Type type = Type::kNull;
  union {
    std::string_view text;                      // S (UTF-8), N (canonical), B (raw bytes, not base64)
    bool boolean;                               // BOOL
    std::span<const std::string_view> members;  // SS, NS (canonical), BS (raw); sorted (bytes), unique
    std::span<const Value> elements;            // L
    std::span<const Attribute> attributes;      // M, sorted by name (bytes), names unique
  };

  Value() : text() {}

  static Value String(std::string_view utf8);
  static Value Number(std::string_view canonical);
  static Value Binary(std::string_view bytes);
  static Value Bool(bool value);
  static Value Null();
  static Value Set(Type type, std::span<const std::string_view> sorted_members);
  static Value List(std::span<const Value> elements);
  static Value Map(std::span<const Attribute> sorted_attributes);

  bool IsScalar() const { return type <= Type::kNull; }
  bool IsSet() const { return type == Type::kSs || type == Type::kNs || type == Type::kBs; }
};

struct Attribute {
  std::string_view name;
  Value value;
};

// An item, a key, any top-level map: attributes sorted by name.
using Item = std::span<const Attribute>;

// Binary search; null if absent.
const Value* Find(Item item, std::string_view name);

// Sorts by name; of equal names the last wins (as in the service's JSON reader). Returns the part that remains.
std::span<Attribute> SortAttributes(std::span<Attribute> attributes);

// Deep equality by DynamoDB's rules: types must agree, numbers by value, sets and maps without order. Linear: what has
// no order of its own is kept sorted.
bool Equal(const Value& a, const Value& b);

// Order of S, N, B pairs of one type: <0, 0, >0. Both must be of the same one of these three types.
int Compare(const Value& a, const Value& b);

// Bytes as the service counts them for limits, pages and capacity (names included for items and maps).
size_t SizeBytes(const Value& value);
size_t SizeBytes(Item item);

// Levels of nesting: 1 for a scalar, a set or an empty container, one more for each container around.
int NestingLevels(const Value& value);

// Copies everything a value points to.
Value DeepCopy(const Value& value, Arena& arena);
Item DeepCopy(Item item, Arena& arena);

}  // namespace basalt::model

// What DynamoDB had before expressions: conditions (Expected, QueryFilter, ScanFilter, KeyConditions), updates
// (AttributeUpdates) and projections (AttributesToGet) as maps and lists of the request. Each becomes what an equal
// expression is parsed to, so that evaluating, applying and planning are one. Names are literal: a dot is no path.
// Pure; views and values given must outlive what is made. Every error is kValidation with the service's text.
//
//   const std::array<LegacyCondition, 2> conditions = {{{"a", Comparator::kNull, {}}, {"b", Comparator::kEq, values}}};
//   TRY(CheckLegacyCondition(conditions[0]));                                      // and the other one
//   TRY_ASSIGN(auto condition, MakeCondition(conditions, Connective::kOr, arena));  // attribute_not_exists(a) OR b =
//   :v bool holds = Evaluate(*condition, item);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "model/value.h"

namespace basalt::expression {

enum class Comparator : uint8_t {
  kEq,
  kNe,
  kLe,
  kLt,
  kGe,
  kGt,
  kNotNull,
  kNull,
  kContains,
  kNotContains,
  kBeginsWith,
  kIn,
  kBetween,
};
std::optional<Comparator> ComparatorNamed(std::string_view name);  // "BEGINS_WITH"

struct LegacyCondition {
  std::string_view attribute;
  Comparator comparator = Comparator::kEq;
  std::span<const model::Value> values;
};

// An entry of Expected may be written in two ways; these are the members it has.
struct ExpectedMembers {
  bool value = false;
  std::optional<bool> exists = {};
  std::optional<Comparator> comparator = {};
  bool value_list = false;
};
// The comparator meant, unless the members contradict each other.
Result<Comparator> ComparatorOfExpected(std::string_view attribute, const ExpectedMembers& members);

// How many values there are, and of which types.
Status CheckLegacyCondition(const LegacyCondition& condition);

enum class Connective : uint8_t { kAnd, kOr };

// `conditions`: one or more, each for an attribute of its own, that passed CheckLegacyCondition.
Result<const Condition*> MakeCondition(std::span<const LegacyCondition> conditions, Connective connective,
                                       Arena& arena);
// The same of KeyConditions, however many; the rest is BindKeyCondition's. `for_index` as in ParseKeyCondition.
Result<const KeyCondition*> MakeKeyCondition(std::span<const LegacyCondition> conditions, Arena& arena,
                                             bool for_index = false);

enum class LegacyAction : uint8_t { kPut, kAdd, kDelete };

struct LegacyUpdate {
  std::string_view attribute;
  LegacyAction action = LegacyAction::kPut;
  const model::Value* value = nullptr;  // null: none
};
Status CheckLegacyUpdate(const LegacyUpdate& update);

// `updates`: one or more, each of an attribute of its own, that passed CheckLegacyUpdate.
const Update* MakeUpdate(std::span<const LegacyUpdate> updates, Arena& arena);

// Refuses a name that stands twice.
Result<const Projection*> MakeProjection(std::span<const std::string_view> names, Arena& arena);

}  // namespace basalt::expression

// KeyCondition: the comparisons of a KeyConditionExpression, each with its key attribute on the left.
#pragma once

#include <span>
#include <string_view>

#include "expression/expression.h"
#include "expression/syntax.h"
#include "model/key_value.h"
#include "model/limits.h"
#include "model/value.h"

namespace basalt::expression {

struct KeyComparison {
  std::string_view attribute;
  SortOperator comparison = SortOperator::kEqual;
  const model::Value* low = nullptr;
  const model::Value* high = nullptr;  // BETWEEN only
};

struct KeyCondition {
  std::span<const KeyComparison> comparisons;
};

// What a test of a condition says of a key attribute; an error if nothing. Its operands are substituted.
Result<KeyComparison> KeyComparisonOf(const Node& test);
// Whether `value` can be compared to the key attribute.
Status CheckKeyOperand(const model::Value& value, const KeyAttribute& attribute, model::KeyRole role);

// A key has one or two attributes, and so has what selects by it; that of a global index may have more.
inline constexpr size_t kKeyComparisonsMax = 2;
inline constexpr size_t kIndexKeyComparisonsMax = 2 * model::kKeyAttributesPerRoleMax;
Error WrongNumberOfKeyConditions();

}  // namespace basalt::expression

// KeyCondition: the one or two comparisons of a KeyConditionExpression, each with its key attribute on the left.
#pragma once

#include <span>
#include <string_view>

#include "expression/expression.h"
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

}  // namespace basalt::expression

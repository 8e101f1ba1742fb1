// Key conditions: what a condition must look like to select by key, and what the key schema asks of it.
#include "expression/key_condition.h"

#include <array>
#include <string>

#include "expression/checks.h"
#include "expression/message.h"
#include "model/validation_error.h"

namespace basalt::expression {
namespace {

using model::Type;
using model::Value;

Error Refuse(std::string text, SourceLocation where = SourceLocation::Current()) {
  return Error(Reason::kValidation, std::move(text), where);
}

Error InvalidOperator(std::string_view name) {
  return Refuse("Invalid operator used in KeyConditionExpression: " + std::string(name));
}

Error InvalidCondition(std::string_view text) {
  return Refuse("Invalid condition in KeyConditionExpression: " + std::string(text));
}

SortOperator ComparisonOf(Operation operation, bool mirrored) {
  switch (operation) {
    case Operation::kLess:
      return mirrored ? SortOperator::kGreater : SortOperator::kLess;
    case Operation::kLessOrEqual:
      return mirrored ? SortOperator::kGreaterOrEqual : SortOperator::kLessOrEqual;
    case Operation::kGreater:
      return mirrored ? SortOperator::kLess : SortOperator::kGreater;
    case Operation::kGreaterOrEqual:
      return mirrored ? SortOperator::kLessOrEqual : SortOperator::kGreaterOrEqual;
    case Operation::kBetween:
      return SortOperator::kBetween;
    case Operation::kCall:
      return SortOperator::kBeginsWith;
    default:
      return SortOperator::kEqual;
  }
}

Status CheckOperator(const Node& node) {
  switch (node.operation) {
    case Operation::kOr:
    case Operation::kNot:
    case Operation::kIn:
    case Operation::kNotEqual:
      return InvalidOperator(OperationName(node.operation));
    case Operation::kCall:
      return node.function == Function::kBeginsWith ? Status() : InvalidOperator(node.name);
    default:
      return {};
  }
}

// A comparison as the tree has it, every operand a path, a literal or size().
Result<KeyComparison> ParseComparison(const Node& node) {
  const Node* path = nullptr;
  size_t path_count = 0;
  for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
    if (operand->operation == Operation::kCall) {
      return Refuse("KeyConditionExpressions cannot contain nested operations");
    }
    if (operand->operation == Operation::kPath) {
      path = operand;
      ++path_count;
      if (operand->path.size() > 1) {
        return Refuse("KeyConditionExpressions cannot have conditions on nested attributes");
      }
    }
  }
  if (path_count == 0) {
    return InvalidCondition("No key attribute specified");
  }
  if (path_count > 1) {
    return InvalidCondition("Multiple attribute names used in one condition");
  }
  const bool mirrored = path != node.first;
  if (mirrored && (node.operation == Operation::kBetween || node.operation == Operation::kCall)) {
    return InvalidCondition(std::string(node.operation == Operation::kBetween ? "BETWEEN" : node.name) +
                            " operator must have the key attribute as its first operand");
  }
  KeyComparison comparison;
  comparison.attribute = path->path.front().name;
  comparison.comparison = ComparisonOf(node.operation, mirrored);
  comparison.low = mirrored ? node.first->value : node.first->next->value;
  if (node.operation == Operation::kBetween) {
    comparison.high = node.last->value;
  }
  return comparison;
}

// One or two comparisons joined by AND.
class Collector {
 public:
  // Recursion: one level an operator.
  Status Collect(const Node& node) {
    TRY(CheckOperator(node));
    if (node.operation == Operation::kAnd) {
      for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
        TRY(Collect(*operand));
      }
      return {};
    }
    TRY_ASSIGN(const KeyComparison comparison, ParseComparison(node));
    for (size_t i = 0; i < count_ && i < comparisons_.size(); ++i) {
      if (comparisons_[i].attribute == comparison.attribute) {
        return Refuse("KeyConditionExpressions must only contain one condition per key");
      }
    }
    if (count_ < comparisons_.size()) {
      comparisons_[count_] = comparison;
    }
    ++count_;
    return {};
  }

  Result<std::span<const KeyComparison>> Take(Arena& arena) const {
    if (count_ > comparisons_.size()) {
      return WrongNumberOfKeyConditions();
    }
    return arena.CopyArray(std::span<const KeyComparison>(comparisons_).first(count_));
  }

 private:
  std::array<KeyComparison, kKeyComparisonsMax> comparisons_{};
  size_t count_ = 0;
};

const KeyComparison* FindComparison(const KeyCondition& condition, std::string_view attribute) {
  for (const KeyComparison& comparison : condition.comparisons) {
    if (comparison.attribute == attribute) {
      return &comparison;
    }
  }
  return nullptr;
}

Error MissedElement(std::string_view attribute) {
  return Refuse("Query condition missed key schema element: " + std::string(attribute));
}

}  // namespace

Result<KeyComparison> KeyComparisonOf(const Node& test) {
  TRY(CheckOperator(test));
  if (test.operation == Operation::kAnd) {
    return WrongNumberOfKeyConditions();
  }
  return ParseComparison(test);
}

Status CheckKeyOperand(const Value& value, const KeyAttribute& attribute, model::KeyRole role) {
  if (value.type != attribute.type) {
    return model::InvalidParameter("Condition parameter type does not match schema type");
  }
  return model::CheckKeyValue(attribute.name, value, role);
}

Error WrongNumberOfKeyConditions() { return Refuse("Conditions can be of length 1 or 2 only"); }

Result<const KeyCondition*> ParseKeyCondition(std::string_view text, Placeholders& placeholders, Arena& arena) {
  TRY_ASSIGN(const Syntax* syntax, ParseCheckedCondition(Kind::kKeyCondition, text, placeholders, arena));
  Collector collector;
  TRY(collector.Collect(*syntax->root));
  KeyCondition* condition = arena.New<KeyCondition>();
  TRY_ASSIGN(condition->comparisons, collector.Take(arena));
  return condition;
}

Result<KeyRange> BindKeyCondition(const KeyCondition& condition, const KeyAttribute& partition,
                                  const KeyAttribute* sort) {
  const KeyComparison* on_partition = FindComparison(condition, partition.name);
  if (on_partition == nullptr) {
    return MissedElement(partition.name);
  }
  const KeyComparison* on_sort = nullptr;
  if (condition.comparisons.size() > 1) {
    if (sort == nullptr) {
      return Refuse("Query key condition not supported");
    }
    on_sort = FindComparison(condition, sort->name);
    if (on_sort == nullptr) {
      return MissedElement(sort->name);
    }
  }
  if (on_partition->comparison != SortOperator::kEqual) {
    return Refuse("Query key condition not supported");
  }

  KeyRange range;
  TRY(CheckKeyOperand(*on_partition->low, partition, model::KeyRole::kPartition));
  range.partition = *on_partition->low;
  if (on_sort != nullptr) {
    TRY(CheckKeyOperand(*on_sort->low, *sort, model::KeyRole::kSort));
    range.sort_operator = on_sort->comparison;
    range.sort_low = *on_sort->low;
    if (on_sort->high != nullptr) {
      TRY(CheckKeyOperand(*on_sort->high, *sort, model::KeyRole::kSort));
      range.sort_high = *on_sort->high;
    }
  }
  return range;
}

}  // namespace basalt::expression

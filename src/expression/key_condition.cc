// Key conditions: what a condition must look like to select by key, and what the key schema asks of it.
#include "expression/key_condition.h"

#include <algorithm>
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

// Comparisons joined by AND.
class Collector {
 public:
  explicit Collector(size_t comparisons_max) : comparisons_max_(comparisons_max) {}

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
    if (count_ > comparisons_max_) {
      return WrongNumberOfKeyConditions();
    }
    return arena.CopyArray(std::span<const KeyComparison>(comparisons_).first(count_));
  }

 private:
  const size_t comparisons_max_;
  std::array<KeyComparison, kIndexKeyComparisonsMax> comparisons_{};
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

Error Unsupported() { return Refuse("Query key condition not supported"); }

// Sort attributes are used from the left: `last` is the last one used, `missing` those before it that are not.
Error SortAttributesLeftOut(std::span<const KeyAttribute> missing, const KeyAttribute& last) {
  std::string text = "RANGE key attributes ";
  for (size_t i = 0; i < missing.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += missing[i].name;
  }
  text += " must have equality conditions specified in the query because a condition is present on key attribute ";
  text += last.name;
  return Refuse(std::move(text));
}

// The comparisons of a condition in the order of the schema's attributes.
struct Comparisons {
  std::array<const KeyComparison*, model::kKeyAttributesPerRoleMax> partition{};
  std::array<const KeyComparison*, model::kKeyAttributesPerRoleMax> sort{};
  size_t sort_count = 0;  // of sort attributes that are used: the first so many
};

Result<Comparisons> Arrange(const KeyCondition& condition, std::span<const KeyAttribute> partition,
                            std::span<const KeyAttribute> sort) {
  Comparisons found;
  size_t used = 0;
  for (size_t i = 0; i < partition.size(); ++i) {
    found.partition[i] = FindComparison(condition, partition[i].name);
    if (found.partition[i] == nullptr) {
      return MissedElement(partition[i].name);
    }
    ++used;
  }
  for (size_t i = 0; i < sort.size(); ++i) {
    found.sort[i] = FindComparison(condition, sort[i].name);
    if (found.sort[i] != nullptr) {
      found.sort_count = i + 1;
      ++used;
    }
  }
  if (used < condition.comparisons.size()) {  // one of them is of no key attribute
    const auto unused =
        std::find(found.sort.begin(), found.sort.begin() + static_cast<ptrdiff_t>(sort.size()), nullptr);
    const auto at = static_cast<size_t>(unused - found.sort.begin());
    return at < sort.size() ? MissedElement(sort[at].name) : Unsupported();
  }
  std::array<KeyAttribute, model::kKeyAttributesPerRoleMax> missing;
  size_t missing_count = 0;
  for (size_t i = 0; i < found.sort_count; ++i) {
    if (found.sort[i] == nullptr) {
      missing[missing_count++] = sort[i];
    }
  }
  if (missing_count > 0) {
    return SortAttributesLeftOut(std::span(missing).first(missing_count), sort[found.sort_count - 1]);
  }
  const auto is_equality = [](const KeyComparison* comparison) {
    return comparison->comparison == SortOperator::kEqual;
  };
  const bool ok =
      std::all_of(found.partition.begin(), found.partition.begin() + static_cast<ptrdiff_t>(partition.size()),
                  is_equality) &&
      (found.sort_count == 0 ||
       std::all_of(found.sort.begin(), found.sort.begin() + static_cast<ptrdiff_t>(found.sort_count - 1), is_equality));
  return ok ? Result<Comparisons>(found) : Result<Comparisons>(Unsupported());
}

// What several attributes of one role hold together is bounded as one attribute is.
Status CheckTogether(std::span<const Value> values, model::KeyRole role) {
  return model::KeyFits(values, role) ? Status() : model::InvalidParameter(model::KeyTooLongText(role));
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

Result<const KeyCondition*> ParseKeyCondition(std::string_view text, Placeholders& placeholders, Arena& arena,
                                              bool for_index) {
  TRY_ASSIGN(const Syntax* syntax, ParseCheckedCondition(Kind::kKeyCondition, text, placeholders, arena));
  Collector collector(for_index ? kIndexKeyComparisonsMax : kKeyComparisonsMax);
  TRY(collector.Collect(*syntax->root));
  KeyCondition* condition = arena.New<KeyCondition>();
  TRY_ASSIGN(condition->comparisons, collector.Take(arena));
  return condition;
}

Result<KeyRange> BindKeyCondition(const KeyCondition& condition, std::span<const KeyAttribute> partition,
                                  std::span<const KeyAttribute> sort, Arena& arena) {
  if (partition.size() == 1 && sort.size() <= 1 && condition.comparisons.size() > kKeyComparisonsMax) {
    return WrongNumberOfKeyConditions();
  }
  TRY_ASSIGN(const Comparisons comparisons, Arrange(condition, partition, sort));
  const std::span<Value> partition_values = arena.NewArray<Value>(partition.size());
  for (size_t i = 0; i < partition.size(); ++i) {
    partition_values[i] = *comparisons.partition[i]->low;
    TRY(CheckKeyOperand(partition_values[i], partition[i], model::KeyRole::kPartition));
  }
  TRY(CheckTogether(partition_values, model::KeyRole::kPartition));
  KeyRange range;
  range.partition = partition_values.front();
  range.more_partition = partition_values.subspan(1);
  if (comparisons.sort_count == 0) {
    return range;
  }
  const std::span<Value> sort_values = arena.NewArray<Value>(comparisons.sort_count);
  for (size_t i = 0; i < comparisons.sort_count; ++i) {
    sort_values[i] = *comparisons.sort[i]->low;
    TRY(CheckKeyOperand(sort_values[i], sort[i], model::KeyRole::kSort));
  }
  TRY(CheckTogether(sort_values, model::KeyRole::kSort));
  const size_t last = comparisons.sort_count - 1;
  range.sort_equal = sort_values.first(last);
  range.sort_operator = comparisons.sort[last]->comparison;
  range.sort_low = sort_values[last];
  if (const Value* high = comparisons.sort[last]->high; high != nullptr) {
    TRY(CheckKeyOperand(*high, sort[last], model::KeyRole::kSort));
    range.sort_high = *high;
  }
  return range;
}

}  // namespace basalt::expression

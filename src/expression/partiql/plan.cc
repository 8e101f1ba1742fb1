// The planner. See plan.h.
#include "expression/partiql/plan.h"

#include <algorithm>
#include <string>
#include <vector>

#include "expression/key_condition.h"
#include "expression/message.h"
#include "expression/partiql/condition_tree.h"
#include "expression/partiql/key_choice.h"
#include "model/limits.h"
#include "model/validation_error.h"

namespace basalt::expression::partiql {
namespace {

using model::Value;

Error Refuse(std::string text, SourceLocation where = SourceLocation::Current()) {
  return Error(Reason::kValidation, std::move(text), where);
}

const Condition* FilterOf(std::span<const Node* const> tests, Arena& arena) {
  return tests.empty() ? nullptr : Compile(Join(Operation::kAnd, tests, arena), arena);
}

// ---- SELECT

// The values that a partition attribute may have, each once, in the order of the text; none: any.
Result<std::vector<Value>> PartitionValues(KeyChoice& choice, const KeyAttribute& attribute) {
  std::vector<Value> values;
  if (const Value* value = choice.TakeEquality(attribute.name)) {
    TRY(CheckKeyOperand(*value, attribute, model::KeyRole::kPartition));
    values.push_back(*value);
    return values;
  }
  const std::span<const Value* const> candidates = choice.TakeValues(attribute.name);
  if (candidates.size() > model::kPartitionValuesMax) {
    return TooManyInOperands(Kind::kFilter, candidates.size());
  }
  for (const Value* candidate : candidates) {
    TRY(CheckKeyOperand(*candidate, attribute, model::KeyRole::kPartition));
    if (std::none_of(values.begin(), values.end(),
                     [&](const Value& value) { return model::Equal(value, *candidate); })) {
      values.push_back(*candidate);
    }
  }
  return values;
}

// Every combination, the last attribute's values changing fastest.
Result<std::vector<std::vector<Value>>> Combine(const std::vector<std::vector<Value>>& values) {
  std::vector<std::vector<Value>> combinations(1);
  for (const std::vector<Value>& of_attribute : values) {
    if (combinations.size() * of_attribute.size() > model::kPartitionValuesMax) {
      return TooManyInOperands(Kind::kFilter, combinations.size() * of_attribute.size());
    }
    std::vector<std::vector<Value>> longer;
    for (const std::vector<Value>& combination : combinations) {
      for (const Value& value : of_attribute) {
        longer.push_back(combination);
        longer.back().push_back(value);
      }
    }
    combinations = std::move(longer);
  }
  return combinations;
}

// The sort part of a selection: equalities from the left, then one other comparison.
Status SelectSort(KeyChoice& choice, std::span<const KeyAttribute> sort, KeySelection& selection, Arena& arena) {
  std::vector<Value> prefix;
  for (const KeyAttribute& attribute : sort) {
    const Value* equal = choice.TakeEquality(attribute.name);
    const KeyComparison* other = equal == nullptr ? choice.TakeComparison(attribute.name) : nullptr;
    if (equal == nullptr && other == nullptr) {
      break;
    }
    if (selection.sort_operator == SortOperator::kEqual) {
      prefix.push_back(selection.sort_low);
    }
    selection.sort_operator = equal != nullptr ? SortOperator::kEqual : other->comparison;
    selection.sort_low = equal != nullptr ? *equal : *other->low;
    TRY(CheckKeyOperand(selection.sort_low, attribute, model::KeyRole::kSort));
    if (other != nullptr) {
      if (other->high != nullptr) {
        selection.sort_high = *other->high;
        TRY(CheckKeyOperand(selection.sort_high, attribute, model::KeyRole::kSort));
      }
      break;
    }
  }
  selection.sort_prefix = arena.CopyArray(std::span<const Value>(prefix));
  return {};
}

std::span<const KeySelection> SelectionsOf(const std::vector<std::vector<Value>>& partitions,
                                           const KeySelection& sort_part, Arena& arena) {
  const std::span<KeySelection> selections = arena.NewArray<KeySelection>(partitions.size());
  for (size_t i = 0; i < partitions.size(); ++i) {
    selections[i] = sort_part;
    selections[i].partition = arena.CopyArray(std::span<const Value>(partitions[i]));
  }
  return selections;
}

// ORDER BY.

struct PartitionTerm {
  size_t attribute;
  bool descending;
};

// What the terms ask for, as far as the key can answer it.
struct Order {
  std::vector<PartitionTerm> partition;
  size_t sort_terms = 0;
  bool sort_first = false;
  bool descending = false;
};

const KeyAttribute* FindAttribute(std::span<const KeyAttribute> attributes, std::string_view name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const KeyAttribute& attribute) { return attribute.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

Error OrderNotOfKey() {
  return Refuse("ORDER BY clause must name the key attributes in the order of the key, sort keys in one direction");
}

// `fixed`: how many of the sort attributes, from the left, have one value anyway.
Result<Order> ReadOrder(std::span<const OrderTerm> terms, const KeySchema& schema, size_t fixed) {
  Order order;
  size_t next_sort = 0;
  for (const OrderTerm& term : terms) {
    if (const KeyAttribute* attribute = FindAttribute(schema.partition, term.attribute)) {
      const auto number = static_cast<size_t>(attribute - schema.partition.data());
      if ((order.sort_terms > 0 && !order.sort_first) ||
          std::any_of(order.partition.begin(), order.partition.end(),
                      [&](const PartitionTerm& other) { return other.attribute == number; })) {
        return OrderNotOfKey();
      }
      order.partition.push_back({number, term.descending});
      continue;
    }
    const KeyAttribute* attribute = FindAttribute(schema.sort, term.attribute);
    if (attribute == nullptr) {
      return Refuse("Variable reference " + std::string(term.attribute) +
                    " in ORDER BY clause must be part of the primary key");
    }
    const auto number = static_cast<size_t>(attribute - schema.sort.data());
    if (number < next_sort || (order.sort_terms > 0 && term.descending != order.descending)) {
      return OrderNotOfKey();
    }
    while (next_sort < number) {
      if (next_sort++ >= fixed) {
        return OrderNotOfKey();
      }
    }
    ++next_sort;
    order.sort_first = order.sort_first || order.partition.empty();
    order.descending = term.descending;
    ++order.sort_terms;
  }
  return order;
}

// Sorts the partitions and says how they are read together.
Status ApplyOrder(const Order& order, const KeySchema& schema, std::vector<std::vector<Value>>& partitions,
                  ReadPlan& plan) {
  plan.descending = order.descending;
  if (partitions.size() == 1) {
    return {};
  }
  // Between partitions that some terms leave equal, the sort key would have to decide before the rest of the terms.
  if (order.sort_terms > 0 && !order.sort_first && order.partition.size() < schema.partition.size()) {
    return OrderNotOfKey();
  }
  plan.merged = order.sort_first;
  std::stable_sort(partitions.begin(), partitions.end(), [&](const std::vector<Value>& a, const std::vector<Value>& b) {
    for (const PartitionTerm& term : order.partition) {
      const int comparison = model::Compare(a[term.attribute], b[term.attribute]);
      if (comparison != 0) {
        return (comparison < 0) != term.descending;
      }
    }
    return false;
  });
  return {};
}

// ---- keys

// The attributes of a key whose values are given role by role.
model::Item KeyItem(const KeySchema& schema, std::span<const Value> partition, std::span<const Value> sort,
                    Arena& arena) {
  const std::span<model::Attribute> key = arena.NewArray<model::Attribute>(partition.size() + sort.size());
  for (size_t i = 0; i < key.size(); ++i) {
    const bool in_sort = i >= partition.size();
    key[i].name = in_sort ? schema.sort[i - partition.size()].name : schema.partition[i].name;
    key[i].value = in_sort ? sort[i - partition.size()] : partition[i];
  }
  return model::SortAttributes(key);
}

// The value that an equality gives each key attribute.
Result<model::Item> TakeWholeKey(KeyChoice& choice, const KeySchema& schema, Arena& arena) {
  std::vector<Value> partition;
  std::vector<Value> sort;
  const auto take = [&](std::span<const KeyAttribute> attributes, std::vector<Value>& values) {
    for (const KeyAttribute& attribute : attributes) {
      if (const Value* value = choice.TakeEquality(attribute.name)) {
        values.push_back(*value);
      }
    }
    return values.size() == attributes.size();
  };
  if (!take(schema.partition, partition) || !take(schema.sort, sort)) {
    return Refuse("Where clause does not contain a mandatory equality on all key attributes");
  }
  return KeyItem(schema, partition, sort, arena);
}

Status CheckTargets(const Update& update, const KeySchema& schema) {
  for (const Path target : TargetsOf(update)) {
    const std::string_view name = target.front().name;
    if (FindAttribute(schema.partition, name) != nullptr || FindAttribute(schema.sort, name) != nullptr) {
      return model::KeyAttributeUpdated(name);
    }
  }
  return {};
}

}  // namespace

KeyRange RangeOf(const KeySelection& selection) {
  KeyRange range;
  range.partition = selection.partition.front();
  range.more_partition = selection.partition.subspan(1);
  range.sort_equal = selection.sort_prefix;
  range.sort_operator = selection.sort_operator;
  range.sort_low = selection.sort_low;
  range.sort_high = selection.sort_high;
  return range;
}

Result<ReadPlan> PlanRead(const Statement& statement, const KeySchema& schema, Arena& arena) {
  BASALT_CHECK(statement.verb == Verb::kSelect);
  ReadPlan plan;
  plan.projection = statement.projection;
  if (!statement.order.empty() && statement.where == nullptr) {
    return Refuse("Must have WHERE clause in the statement when using ORDER BY clause.");
  }

  KeyChoice choice(statement.where);
  // The primary key of a table names one item, that of an index does not.
  if (!statement.index) {
    if (const Result<model::Item> key = TakeWholeKey(choice, schema, arena); key.ok()) {
      TRY(ReadOrder(statement.order, schema, schema.sort.size()));
      plan.access = Access::kGet;
      plan.key = *key;
      plan.filter = FilterOf(choice.Rest(), arena);
      return plan;
    }
    choice.PutBack();
  }

  std::vector<std::vector<Value>> values;
  for (const KeyAttribute& attribute : schema.partition) {
    TRY_ASSIGN(values.emplace_back(), PartitionValues(choice, attribute));
    if (values.back().empty()) {
      TRY(ReadOrder(statement.order, schema, 0));
      if (!statement.order.empty()) {
        return Refuse(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
      }
      plan.filter = statement.where == nullptr ? nullptr : Compile(*statement.where, arena);
      return plan;
    }
  }
  TRY_ASSIGN(std::vector<std::vector<Value>> partitions, Combine(values));
  KeySelection sort_part;
  TRY(SelectSort(choice, schema.sort, sort_part, arena));
  const size_t fixed = sort_part.sort_prefix.size() + (sort_part.sort_operator == SortOperator::kEqual ? 1 : 0);
  TRY_ASSIGN(const Order order, ReadOrder(statement.order, schema, fixed));
  TRY(ApplyOrder(order, schema, partitions, plan));
  plan.access = Access::kQuery;
  plan.selections = SelectionsOf(partitions, sort_part, arena);
  plan.filter = FilterOf(choice.Rest(), arena);
  return plan;
}

Result<WritePlan> PlanWrite(const Statement& statement, const KeySchema& schema, Arena& arena) {
  BASALT_CHECK(statement.verb != Verb::kSelect);
  WritePlan plan;
  plan.returning = statement.returning;
  const std::string_view partition = schema.partition.front().name;
  const Node& absent = ExistenceOf(Function::kAttributeNotExists, partition, arena);
  if (statement.verb == Verb::kInsert) {
    plan.item = statement.item;
    plan.condition = Compile(absent, arena);
    return plan;
  }
  if (statement.index) {
    return Refuse("EXISTS must select from a table, not from an index");
  }
  KeyChoice choice(statement.where);
  TRY_ASSIGN(plan.key, TakeWholeKey(choice, schema, arena));
  std::vector<const Node*> tests = choice.Rest();
  if (statement.verb == Verb::kDelete) {
    // To delete what is not there succeeds, whatever else the statement asks for.
    if (!tests.empty()) {
      const Node* const either[] = {&absent, &Join(Operation::kAnd, tests, arena)};
      plan.condition = Compile(Join(Operation::kOr, either, arena), arena);
    }
    return plan;
  }
  tests.insert(tests.begin(), &ExistenceOf(Function::kAttributeExists, partition, arena));
  plan.condition = FilterOf(tests, arena);
  if (statement.verb == Verb::kUpdate) {
    TRY(CheckTargets(*statement.update, schema));
    plan.update = statement.update;
  }
  return plan;
}

}  // namespace basalt::expression::partiql

// Applying an update to an item.
//
// First every right-hand side of SET is evaluated on the old item; then one walk over the tree of targets builds the
// new item beside the old one, copying only the containers on the way to a target. What ends up in the item is counted
// as it is made: an update that could not be stored anyway is refused before it costs more than an item's worth of
// memory.
#include <algorithm>
#include <utility>
#include <vector>

#include "expression/expression.h"
#include "expression/path_tree.h"
#include "expression/update.h"
#include "model/limits.h"
#include "model/number.h"
#include "model/validation_error.h"

namespace basalt::expression {
namespace {

using model::Attribute;
using model::Type;
using model::Value;
using Members = std::span<const std::string_view>;

Error PathInvalid() {
  return Error(Reason::kValidation, "The document path provided in the update expression is invalid for update");
}
Error TypeIncorrect() {
  return Error(Reason::kValidation, "An operand in the update expression has an incorrect data type");
}
Error TargetTypeIncorrect(TypeMismatch mismatch) {
  return mismatch == TypeMismatch::kOfOperand ? TypeIncorrect()
                                              : Error(Reason::kValidation, "Type mismatch for attribute to update");
}
Error AttributeAbsent() {
  return Error(Reason::kValidation, "The provided expression refers to an attribute that does not exist in the item");
}

class Applier {
 public:
  Applier(const Update& update, model::Item old_item, Arena& arena)
      : update_(update), old_item_(old_item), arena_(arena) {}

  Result<model::Item> Apply() {
    set_values_ = arena_.NewArray<Value>(update_.actions.size());
    for (size_t i = 0; i < update_.actions.size(); ++i) {
      if (update_.actions[i].section == Section::kSet) {
        TRY_ASSIGN(set_values_[i], EvaluateOperand(*update_.actions[i].value));
        TRY(Spend(model::SizeBytes(set_values_[i])));
      }
    }
    return ApplyToMap(update_.tree->children, old_item_);
  }

 private:
  // `present` false: the attribute or element goes, or does not come into being.
  struct Outcome {
    bool present = false;
    Value value;
  };

  // Targets do not overlap, so the new item is at least as large as the sum of what is written into it.
  Status Spend(size_t size_bytes) {
    spent_bytes_ += size_bytes;
    if (spent_bytes_ > model::kItemSizeBytesMax) {
      return model::UpdatedItemTooLarge();
    }
    return {};
  }

  // Right-hand sides. Recursion: one level an operator or function, so at most model::kExpressionOperatorsMax.

  Result<Value> EvaluateOperand(const Node& node) {
    switch (node.operation) {
      case Operation::kValue:
        return *node.value;
      case Operation::kPlus:
      case Operation::kMinus:
        return EvaluateSum(node);
      case Operation::kCall: {
        if (node.function == Function::kListAppend) {
          return EvaluateListAppend(node);
        }
        const Value* existing = FindPath(node.first->path, old_item_);
        if (existing != nullptr) {
          return *existing;
        }
        return EvaluateOperand(*node.last);
      }
      default:
        break;
    }
    const Value* value = FindPath(node.path, old_item_);
    if (value == nullptr) {
      return AttributeAbsent();
    }
    return *value;
  }

  Result<Value> EvaluateSum(const Node& node) {
    TRY_ASSIGN(const Value left, EvaluateOperand(*node.first));
    TRY_ASSIGN(const Value right, EvaluateOperand(*node.last));
    if (left.type != Type::kN || right.type != Type::kN) {
      return TypeIncorrect();
    }
    const model::Number a = model::Number::FromCanonical(left.text);
    const model::Number b = model::Number::FromCanonical(right.text);
    TRY_ASSIGN(const model::Number sum,
               node.operation == Operation::kPlus ? model::Number::Add(a, b) : model::Number::Subtract(a, b));
    return Value::Number(sum.ToCanonical(arena_));
  }

  // Nested appends are flattened first: copying each intermediate list would cost the square of their number.
  Result<Value> EvaluateListAppend(const Node& node) {
    std::vector<std::span<const Value>> parts;
    TRY(CollectParts(node, parts));
    size_t count = 0;
    for (const std::span<const Value> part : parts) {
      count += part.size();
      if (count > model::kItemSizeBytesMax) {  // an element takes at least a byte
        return model::UpdatedItemTooLarge();
      }
    }
    const std::span<Value> elements = arena_.NewArray<Value>(count);
    auto out = elements.begin();
    for (const std::span<const Value> part : parts) {
      out = std::copy(part.begin(), part.end(), out);
    }
    return Value::List(elements);
  }

  Status CollectParts(const Node& node, std::vector<std::span<const Value>>& parts) {
    if (node.operation == Operation::kCall) {
      if (node.function == Function::kListAppend) {
        TRY(CollectParts(*node.first, parts));
        return CollectParts(*node.last, parts);
      }
      if (FindPath(node.first->path, old_item_) == nullptr) {
        return CollectParts(*node.last, parts);
      }
    }
    TRY_ASSIGN(const Value value, EvaluateOperand(node));
    if (value.type != Type::kL) {
      return TypeIncorrect();
    }
    parts.push_back(value.elements);
    return {};
  }

  // The walk. At most model::kPathDepthMax + 1 deep.

  Result<Outcome> ApplyTo(const PathNode& node, const Value* old_value) {
    if (node.ends_path()) {
      return Act(node.path, old_value);
    }
    if (old_value == nullptr) {
      return PathInvalid();
    }
    Outcome outcome;
    outcome.present = true;
    if (node.children_are_indexes()) {
      if (old_value->type != Type::kL) {
        return PathInvalid();
      }
      TRY_ASSIGN(const std::span<const Value> elements, ApplyToList(node.children, old_value->elements));
      outcome.value = Value::List(elements);
    } else {
      if (old_value->type != Type::kM) {
        return PathInvalid();
      }
      TRY_ASSIGN(const std::span<const Attribute> attributes, ApplyToMap(node.children, old_value->attributes));
      outcome.value = Value::Map(attributes);
    }
    return outcome;
  }

  Result<model::Item> ApplyToMap(std::span<const PathNode> children, std::span<const Attribute> old_attributes) {
    const std::span<Attribute> attributes = arena_.NewArray<Attribute>(old_attributes.size() + children.size());
    auto out = attributes.begin();
    auto old = old_attributes.begin();
    for (const PathNode& child : children) {
      const auto at =
          std::lower_bound(old, old_attributes.end(), child.element.name,
                           [](const Attribute& attribute, std::string_view name) { return attribute.name < name; });
      out = std::copy(old, at, out);
      old = at;
      const bool exists = old != old_attributes.end() && old->name == child.element.name;
      TRY_ASSIGN(const Outcome outcome, ApplyTo(child, exists ? &old->value : nullptr));
      if (outcome.present) {
        out->name = exists ? old->name : child.element.name;
        out->value = outcome.value;
        ++out;
      }
      if (exists) {
        ++old;
      }
    }
    out = std::copy(old, old_attributes.end(), out);
    return model::Item(attributes.first(static_cast<size_t>(out - attributes.begin())));
  }

  // Indexes are those of the old list: removals close up and appends follow only afterwards.
  Result<std::span<const Value>> ApplyToList(std::span<const PathNode> children, std::span<const Value> old_elements) {
    const std::span<Value> elements = arena_.NewArray<Value>(old_elements.size() + children.size());
    auto out = elements.begin();
    size_t old = 0;
    for (const PathNode& child : children) {
      const size_t index = child.element.index;
      const size_t at = std::min(index, old_elements.size());
      out = std::copy(old_elements.begin() + static_cast<std::ptrdiff_t>(old),
                      old_elements.begin() + static_cast<std::ptrdiff_t>(at), out);
      old = at;
      const bool exists = index < old_elements.size();
      TRY_ASSIGN(const Outcome outcome, ApplyTo(child, exists ? &old_elements[index] : nullptr));
      if (outcome.present) {
        *out++ = outcome.value;
      }
      if (exists) {
        ++old;
      }
    }
    out = std::copy(old_elements.begin() + static_cast<std::ptrdiff_t>(old), old_elements.end(), out);
    return std::span<const Value>(elements.first(static_cast<size_t>(out - elements.begin())));
  }

  // One action at its target; `old_value` null: the target does not exist.
  Result<Outcome> Act(uint32_t number, const Value* old_value) {
    const Action& action = update_.actions[number];
    Outcome outcome;
    switch (action.section) {
      case Section::kSet:
        outcome.present = true;
        outcome.value = set_values_[number];
        return outcome;
      case Section::kRemove:
        return outcome;
      case Section::kAdd: {
        TRY_ASSIGN(outcome.value, AddTo(old_value, *action.value->value));
        outcome.present = true;
        return outcome;
      }
      case Section::kDelete:
        break;
    }
    if (old_value == nullptr) {
      return outcome;
    }
    const Value& removed = *action.value->value;
    if (old_value->type != removed.type) {
      return TargetTypeIncorrect(update_.mismatch);
    }
    const Members rest = Difference(old_value->members, removed.members);
    outcome.present = !rest.empty();
    outcome.value = Value::Set(removed.type, rest);
    return outcome;
  }

  Result<Value> AddTo(const Value* old_value, const Value& added) {
    TRY(Spend(model::SizeBytes(added)));
    if (old_value == nullptr) {
      return added;
    }
    if (old_value->type != added.type) {
      return TargetTypeIncorrect(update_.mismatch);
    }
    if (added.type == Type::kL) {
      return Value::List(Concatenation(old_value->elements, added.elements));
    }
    if (added.type != Type::kN) {
      return Value::Set(added.type, Union(old_value->members, added.members));
    }
    TRY_ASSIGN(const model::Number sum, model::Number::Add(model::Number::FromCanonical(old_value->text),
                                                           model::Number::FromCanonical(added.text)));
    return Value::Number(sum.ToCanonical(arena_));
  }

  std::span<const Value> Concatenation(std::span<const Value> head, std::span<const Value> tail) {
    const std::span<Value> elements = arena_.NewArray<Value>(head.size() + tail.size());
    std::copy(tail.begin(), tail.end(), std::copy(head.begin(), head.end(), elements.begin()));
    return elements;
  }

  // Members are sorted, and stay so.

  Members Union(Members old_members, Members added) {
    const std::span<std::string_view> members = arena_.NewArray<std::string_view>(old_members.size() + added.size());
    const auto end =
        std::set_union(old_members.begin(), old_members.end(), added.begin(), added.end(), members.begin());
    return members.first(static_cast<size_t>(end - members.begin()));
  }

  // One large literal may be deleted from hundreds of small sets, so it is searched, not walked.
  Members Difference(Members old_members, Members removed) {
    const std::span<std::string_view> members = arena_.NewArray<std::string_view>(old_members.size());
    auto out = members.begin();
    for (const std::string_view member : old_members) {
      if (!std::binary_search(removed.begin(), removed.end(), member)) {
        *out++ = member;
      }
    }
    return members.first(static_cast<size_t>(out - members.begin()));
  }

  const Update& update_;
  model::Item old_item_;
  Arena& arena_;
  std::span<Value> set_values_;  // by action
  size_t spent_bytes_ = 0;
};

}  // namespace

Result<model::Item> Apply(const Update& update, model::Item old_item, Arena& arena) {
  return Applier(update, old_item, arena).Apply();
}

}  // namespace basalt::expression

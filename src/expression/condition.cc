// Conditions and filters: compilation to steps, and evaluation. See condition.h.
#include "expression/condition.h"

#include <array>
#include <charconv>
#include <cstring>

#include "expression/checks.h"
#include "expression/path_tree.h"
#include "expression/syntax.h"

namespace basalt::expression {
namespace {

using model::Type;
using model::Value;

class Compiler {
 public:
  Compiler(const Syntax& syntax, Arena& arena)
      : arena_(arena),
        steps_(arena.NewArray<ConditionStep>(syntax.predicate_count)),
        next_(static_cast<uint16_t>(syntax.predicate_count)) {}

  // Steps are laid down from the last to the first, so that where a test leads to is known when it is made.
  std::span<const ConditionStep> Compile(const Node& root) {
    Lay(root, ConditionStep::kHolds, ConditionStep::kFails);
    return steps_;
  }

 private:
  // Returns the first step of `node`. Recursion: one level an operator, so at most model::kExpressionOperatorsMax.
  uint16_t Lay(const Node& node, uint16_t if_true, uint16_t if_false) {
    switch (node.operation) {
      case Operation::kNot:
        return Lay(*node.first, if_false, if_true);
      case Operation::kAnd: {
        uint16_t entry = if_true;
        for (const Node* operand = node.last; operand != nullptr; operand = operand->previous) {
          entry = Lay(*operand, entry, if_false);
        }
        return entry;
      }
      case Operation::kOr: {
        uint16_t entry = if_false;
        for (const Node* operand = node.last; operand != nullptr; operand = operand->previous) {
          entry = Lay(*operand, if_true, entry);
        }
        return entry;
      }
      default:
        break;
    }
    ConditionStep& step = steps_[--next_];
    step.test = TestOf(node);
    step.if_true = if_true;
    step.if_false = if_false;
    step.operands = Operands(node);
    if (step.test == Test::kAttributeType) {
      step.type = TypeNamed(node.last->value->text);
    }
    return next_;
  }

  static Type TypeNamed(std::string_view name) {
    uint8_t type = 0;
    while (model::TypeName(static_cast<Type>(type)) != name) {
      ++type;
    }
    return static_cast<Type>(type);
  }

  static Test TestOf(const Node& node) {
    switch (node.operation) {
      case Operation::kNotEqual:
        return Test::kNotEqual;
      case Operation::kLess:
        return Test::kLess;
      case Operation::kLessOrEqual:
        return Test::kLessOrEqual;
      case Operation::kGreater:
        return Test::kGreater;
      case Operation::kGreaterOrEqual:
        return Test::kGreaterOrEqual;
      case Operation::kBetween:
        return Test::kBetween;
      case Operation::kIn:
        return Test::kIn;
      case Operation::kCall:
        break;
      default:
        return Test::kEqual;
    }
    switch (node.function) {
      case Function::kAttributeNotExists:
        return Test::kAttributeNotExists;
      case Function::kAttributeType:
        return Test::kAttributeType;
      case Function::kBeginsWith:
        return Test::kBeginsWith;
      case Function::kContains:
        return Test::kContains;
      default:
        return Test::kAttributeExists;
    }
  }

  std::span<const Operand> Operands(const Node& node) {
    const std::span<Operand> operands = arena_.NewArray<Operand>(node.operand_count);
    const Node* source = node.first;
    for (Operand& operand : operands) {
      const Node* inner = source;
      if (inner->operation == Operation::kCall) {
        operand.is_size = true;
        inner = inner->first;
      }
      operand.literal = inner->value;
      operand.path = inner->path;
      source = source->next;
    }
    return operands;
  }

  Arena& arena_;
  std::span<ConditionStep> steps_;
  uint16_t next_;
};

// An operand's value for one item. Points into itself, so it stays where it is made.
class Evaluated {
 public:
  Evaluated(const Operand& operand, model::Item item)
      : value_(operand.literal != nullptr ? operand.literal : FindPath(operand.path, item)) {
    if (operand.is_size && value_ != nullptr) {
      ReplaceBySize();
    }
  }
  Evaluated(const Evaluated&) = delete;
  Evaluated& operator=(const Evaluated&) = delete;

  const Value* value() const { return value_; }  // null: absent

 private:
  void ReplaceBySize() {
    size_t size = 0;
    switch (value_->type) {
      case Type::kS:
      case Type::kB:
        size = value_->text.size();
        break;
      case Type::kSs:
      case Type::kNs:
      case Type::kBs:
        size = value_->members.size();
        break;
      case Type::kL:
        size = value_->elements.size();
        break;
      case Type::kM:
        size = value_->attributes.size();
        break;
      case Type::kN:
      case Type::kBool:
      case Type::kNull:
        value_ = nullptr;
        return;
    }
    const auto [end, code] = std::to_chars(digits_.data(), digits_.data() + digits_.size(), size);
    size_ = Value::Number({digits_.data(), static_cast<size_t>(end - digits_.data())});
    value_ = &size_;
  }

  const Value* value_;
  Value size_;
  std::array<char, 20> digits_;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
};

bool AreEqual(const Value* a, const Value* b) {
  if (a == nullptr || b == nullptr || a->type != b->type) {
    return false;
  }
  // Numbers are canonical, so their text decides as well.
  if (a->type == Type::kS || a->type == Type::kN || a->type == Type::kB) {
    return a->text == b->text;
  }
  return model::Equal(*a, *b);
}

bool AreOrdered(Test test, const Value* a, const Value* b) {
  if (a == nullptr || b == nullptr || a->type != b->type ||
      (a->type != Type::kS && a->type != Type::kN && a->type != Type::kB)) {
    return false;
  }
  const int order = model::Compare(*a, *b);
  switch (test) {
    case Test::kLess:
      return order < 0;
    case Test::kLessOrEqual:
      return order <= 0;
    case Test::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

// memmem is linear whatever the texts; std::string_view::find is not.
bool ContainsBytes(std::string_view text, std::string_view part) {
  return part.empty() || (!text.empty() && ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr);
}

bool ContainsMember(const Value& set, const Value& member, Type member_type) {
  if (member.type != member_type) {
    return false;
  }
  for (const std::string_view candidate : set.members) {
    if (candidate == member.text) {
      return true;
    }
  }
  return false;
}

bool Contains(const Value& container, const Value& part) {
  switch (container.type) {
    case Type::kS:
    case Type::kB:
      return part.type == container.type && ContainsBytes(container.text, part.text);
    case Type::kSs:
      return ContainsMember(container, part, Type::kS);
    case Type::kNs:
      return ContainsMember(container, part, Type::kN);
    case Type::kBs:
      return ContainsMember(container, part, Type::kB);
    case Type::kL:
      for (const Value& element : container.elements) {
        if (AreEqual(&element, &part)) {
          return true;
        }
      }
      return false;
    case Type::kN:
    case Type::kBool:
    case Type::kNull:
    case Type::kM:
      break;
  }
  return false;
}

bool BeginsWith(const Value& text, const Value& prefix) {
  return text.type == prefix.type && (text.type == Type::kS || text.type == Type::kB) &&
         text.text.starts_with(prefix.text);
}

bool IsIn(const Value* value, std::span<const Operand> candidates, model::Item item) {
  if (value == nullptr) {
    return false;
  }
  for (const Operand& candidate : candidates) {
    if (AreEqual(value, Evaluated(candidate, item).value())) {
      return true;
    }
  }
  return false;
}

bool Holds(const ConditionStep& step, model::Item item) {
  const Evaluated first(step.operands[0], item);
  const Value* a = first.value();
  switch (step.test) {
    case Test::kAttributeExists:
      return a != nullptr;
    case Test::kAttributeNotExists:
      return a == nullptr;
    case Test::kAttributeType:
      return a != nullptr && a->type == step.type;
    case Test::kIn:
      return IsIn(a, step.operands.subspan(1), item);
    default:
      break;
  }
  const Evaluated second(step.operands[1], item);
  const Value* b = second.value();
  switch (step.test) {
    case Test::kEqual:
      return AreEqual(a, b);
    case Test::kNotEqual:
      return !AreEqual(a, b);
    case Test::kBetween:
      return AreOrdered(Test::kGreaterOrEqual, a, b) &&
             AreOrdered(Test::kLessOrEqual, a, Evaluated(step.operands[2], item).value());
    case Test::kBeginsWith:
      return a != nullptr && b != nullptr && BeginsWith(*a, *b);
    case Test::kContains:
      return a != nullptr && b != nullptr && Contains(*a, *b);
    default:
      return AreOrdered(step.test, a, b);
  }
}

}  // namespace

Result<const Condition*> ParseCondition(Kind kind, std::string_view text, Placeholders& placeholders, Arena& arena) {
  TRY_ASSIGN(const Syntax* syntax, ParseCheckedCondition(kind, text, placeholders, arena));
  return CompileCondition(*syntax, arena);
}

const Condition* CompileCondition(const Syntax& syntax, Arena& arena) {
  Condition* condition = arena.New<Condition>();
  condition->steps = Compiler(syntax, arena).Compile(*syntax.root);
  condition->paths = CollectPaths(syntax, arena);
  return condition;
}

std::span<const Path> PathsOf(const Condition& condition) { return condition.paths; }

bool Evaluate(const Condition& condition, model::Item item) {
  uint16_t at = 0;
  while (at < ConditionStep::kFails) {
    const ConditionStep& step = condition.steps[at];
    at = Holds(step, item) ? step.if_true : step.if_false;
  }
  return at == ConditionStep::kHolds;
}

}  // namespace basalt::expression

// Legacy parameters as trees of expressions. See legacy.h.
#include "expression/legacy.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/path_tree.h"
#include "expression/projection.h"
#include "expression/syntax.h"
#include "expression/update.h"
#include "model/limits.h"
#include "model/validation_error.h"

namespace basalt::expression {
namespace {

using model::InvalidParameter;
using model::Type;
using model::Value;

Error InvalidFor(std::string_view attribute, std::string text, SourceLocation where = SourceLocation::Current()) {
  text += " for Attribute: ";
  text += attribute;
  return InvalidParameter(text, where);
}

// ---- conditions

constexpr size_t kAnyNumber = std::numeric_limits<size_t>::max();

// Which values a comparator can be given.
enum class Operands : uint8_t { kAny, kOrdered, kText };

// What is known of each comparator, in the order of the enum.
struct ComparatorFacts {
  std::string_view name;
  size_t values_min;
  size_t values_max;
  Operands operands;
  Operation operation;  // kCall: see `function`
  Function function = Function::kUnknown;
  bool negated = false;
  SortOperator sort_operator = SortOperator::kNone;  // kNone: not for keys
};

constexpr std::array<ComparatorFacts, 13> kComparators = {{
    {"EQ", 1, 1, Operands::kAny, Operation::kEqual, Function::kUnknown, false, SortOperator::kEqual},
    {"NE", 1, 1, Operands::kAny, Operation::kNotEqual},
    {"LE", 1, 1, Operands::kOrdered, Operation::kLessOrEqual, Function::kUnknown, false, SortOperator::kLessOrEqual},
    {"LT", 1, 1, Operands::kOrdered, Operation::kLess, Function::kUnknown, false, SortOperator::kLess},
    {"GE", 1, 1, Operands::kOrdered, Operation::kGreaterOrEqual, Function::kUnknown, false,
     SortOperator::kGreaterOrEqual},
    {"GT", 1, 1, Operands::kOrdered, Operation::kGreater, Function::kUnknown, false, SortOperator::kGreater},
    {"NOT_NULL", 0, 0, Operands::kAny, Operation::kCall, Function::kAttributeExists},
    {"NULL", 0, 0, Operands::kAny, Operation::kCall, Function::kAttributeNotExists},
    {"CONTAINS", 1, 1, Operands::kOrdered, Operation::kCall, Function::kContains},
    {"NOT_CONTAINS", 1, 1, Operands::kOrdered, Operation::kCall, Function::kContains, true},
    {"BEGINS_WITH", 1, 1, Operands::kText, Operation::kCall, Function::kBeginsWith, false, SortOperator::kBeginsWith},
    {"IN", 1, kAnyNumber, Operands::kOrdered, Operation::kIn},
    {"BETWEEN", 2, 2, Operands::kOrdered, Operation::kBetween, Function::kUnknown, false, SortOperator::kBetween},
}};

const ComparatorFacts& FactsOf(Comparator comparator) { return kComparators[static_cast<size_t>(comparator)]; }

bool Takes(Operands operands, Type type) {
  switch (operands) {
    case Operands::kAny:
      return true;
    case Operands::kOrdered:
      return type == Type::kS || type == Type::kN || type == Type::kB;
    case Operands::kText:
      return type == Type::kS || type == Type::kB;
  }
  return false;
}

// Lays down the nodes that ParseSyntax and the static checks would leave behind.
class SyntaxBuilder {
 public:
  explicit SyntaxBuilder(Arena& arena) : arena_(arena), syntax_(arena.New<Syntax>()) {}

  const Syntax& Build(std::span<const LegacyCondition> conditions, Connective connective) {
    if (conditions.size() == 1) {
      syntax_->root = Predicate(conditions.front());
      return *syntax_;
    }
    syntax_->root = NewNode(connective == Connective::kAnd ? Operation::kAnd : Operation::kOr);
    for (const LegacyCondition& condition : conditions) {
      AppendOperand(syntax_->root, Predicate(condition));
    }
    return *syntax_;
  }

 private:
  Node* NewNode(Operation operation) {
    Node* node = arena_.New<Node>();
    node->operation = operation;
    return node;
  }

  Node* Predicate(const LegacyCondition& condition) {
    const ComparatorFacts& facts = FactsOf(condition.comparator);
    Node* predicate = NewNode(facts.operation);
    predicate->function = facts.function;
    ++syntax_->predicate_count;
    Node* path = NewNode(Operation::kPath);
    path->path = arena_.NewArray<PathElement>(1);
    path->path.front().name = condition.attribute;
    AppendInText(syntax_->paths, path);
    AppendOperand(predicate, path);
    for (const Value& value : condition.values) {
      Node* literal = NewNode(Operation::kValue);
      literal->value = &value;
      AppendOperand(predicate, literal);
    }
    if (!facts.negated) {
      return predicate;
    }
    Node* negation = NewNode(Operation::kNot);
    AppendOperand(negation, predicate);
    return negation;
  }

  Arena& arena_;
  Syntax* syntax_;
};

// ---- updates

Section SectionOf(const LegacyUpdate& update) {
  switch (update.action) {
    case LegacyAction::kPut:
      return Section::kSet;
    case LegacyAction::kAdd:
      return Section::kAdd;
    case LegacyAction::kDelete:
      return update.value == nullptr ? Section::kRemove : Section::kDelete;
  }
  return Section::kSet;
}

Path PathTo(std::string_view name, Arena& arena) {
  const std::span<PathElement> path = arena.NewArray<PathElement>(1);
  path.front().name = name;
  return path;
}

// The first name that stands further ahead as well; null if there is none.
const std::string_view* FirstRepeated(std::span<const std::string_view> names) {
  std::vector<const std::string_view*> sorted;
  sorted.reserve(names.size());
  for (const std::string_view& name : names) {
    sorted.push_back(&name);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const std::string_view* a, const std::string_view* b) { return *a < *b; });
  const std::string_view* first = nullptr;
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (*sorted[i] == *sorted[i - 1] && (first == nullptr || sorted[i] < first)) {
      first = sorted[i];
    }
  }
  return first;
}

}  // namespace

std::optional<Comparator> ComparatorNamed(std::string_view name) {
  for (size_t i = 0; i < kComparators.size(); ++i) {
    if (kComparators[i].name == name) {
      return static_cast<Comparator>(i);
    }
  }
  return std::nullopt;
}

Result<Comparator> ComparatorOfExpected(std::string_view attribute, const ExpectedMembers& members) {
  if (members.value && members.value_list) {
    return InvalidFor(attribute, "Value and AttributeValueList cannot be used together");
  }
  if (members.comparator) {
    if (members.exists) {
      return InvalidFor(attribute, "Exists and ComparisonOperator cannot be used together");
    }
    const ComparatorFacts& facts = FactsOf(*members.comparator);
    if (facts.values_min > 0 && !members.value && !members.value_list) {
      return InvalidFor(attribute,
                        "Value or AttributeValueList must be used with ComparisonOperator: " + std::string(facts.name));
    }
    return *members.comparator;
  }
  if (members.value_list) {
    return InvalidFor(attribute, "AttributeValueList can only be used with a ComparisonOperator");
  }
  if (members.exists.value_or(true)) {
    if (!members.value) {
      return InvalidFor(attribute,
                        std::string("Value must be provided when Exists is ") + (members.exists ? "true" : "null"));
    }
    return Comparator::kEq;
  }
  if (members.value) {
    return InvalidFor(attribute, "Value cannot be used when Exists is false");
  }
  return Comparator::kNull;
}

Status CheckLegacyCondition(const LegacyCondition& condition) {
  const ComparatorFacts& facts = FactsOf(condition.comparator);
  const std::span<const Value> values = condition.values;
  if (values.size() < facts.values_min || values.size() > facts.values_max) {
    return InvalidParameter("Invalid number of argument(s) for the " + std::string(facts.name) + " ComparisonOperator");
  }
  for (const Value& value : values) {
    if (value.type != values.front().type) {
      return InvalidParameter("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  if (!values.empty() && !Takes(facts.operands, values.front().type)) {
    return InvalidParameter("ComparisonOperator " + std::string(facts.name) + " is not valid for " +
                            std::string(model::TypeName(values.front().type)) + " AttributeValue type");
  }
  if (condition.comparator == Comparator::kBetween && model::Compare(values[0], values[1]) > 0) {
    return Error(Reason::kValidation,
                 "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  }
  return {};
}

Result<const Condition*> MakeCondition(std::span<const LegacyCondition> conditions, Connective connective,
                                       Arena& arena) {
  size_t operands = conditions.size();
  for (const LegacyCondition& condition : conditions) {
    operands += condition.values.size();
  }
  if (operands > model::kLegacyOperandsMax) {
    return InvalidParameter("The conditions contain too many attributes and values; number: " +
                            std::to_string(operands));
  }
  return CompileCondition(SyntaxBuilder(arena).Build(conditions, connective), arena);
}

Result<const KeyCondition*> MakeKeyCondition(std::span<const LegacyCondition> conditions, Arena& arena,
                                             bool for_index) {
  std::array<KeyComparison, kIndexKeyComparisonsMax> comparisons{};
  if (conditions.empty() || conditions.size() > (for_index ? kIndexKeyComparisonsMax : kKeyComparisonsMax)) {
    return WrongNumberOfKeyConditions();
  }
  for (size_t i = 0; i < conditions.size(); ++i) {
    const LegacyCondition& condition = conditions[i];
    const ComparatorFacts& facts = FactsOf(condition.comparator);
    if (facts.sort_operator == SortOperator::kNone) {
      return Error(Reason::kValidation, "Attempted conditional constraint is not an indexable operation");
    }
    comparisons[i].attribute = condition.attribute;
    comparisons[i].comparison = facts.sort_operator;
    comparisons[i].low = &condition.values.front();
    comparisons[i].high = condition.values.size() > 1 ? &condition.values.back() : nullptr;
  }
  KeyCondition* condition = arena.New<KeyCondition>();
  condition->comparisons = arena.CopyArray(std::span<const KeyComparison>(comparisons).first(conditions.size()));
  return condition;
}

Status CheckLegacyUpdate(const LegacyUpdate& update) {
  if (update.value == nullptr) {
    return update.action == LegacyAction::kDelete
               ? Status()
               : InvalidParameter("Only DELETE action is allowed when no attribute value is specified");
  }
  const Type type = update.value->type;
  if (update.action == LegacyAction::kDelete && !update.value->IsSet()) {
    return InvalidParameter("DELETE action with value is not supported for the type " +
                            std::string(model::TypeName(type)));
  }
  if (update.action == LegacyAction::kAdd && type != Type::kN && type != Type::kL && !update.value->IsSet()) {
    return InvalidParameter("ADD action is not supported for the type " + std::string(model::TypeName(type)));
  }
  return {};
}

const Update* MakeUpdate(std::span<const LegacyUpdate> updates, Arena& arena) {
  const std::span<Action> actions = arena.NewArray<Action>(updates.size());
  const std::span<Path> targets = arena.NewArray<Path>(updates.size());
  for (size_t i = 0; i < updates.size(); ++i) {
    targets[i] = PathTo(updates[i].attribute, arena);
    actions[i].section = SectionOf(updates[i]);
    if (updates[i].value != nullptr) {
      Node* literal = arena.New<Node>();
      literal->operation = Operation::kValue;
      literal->value = updates[i].value;
      actions[i].value = literal;
    }
  }
  Result<Update*> update = AssembleUpdate(actions, targets, arena);
  BASALT_CHECK(update.ok());  // names that differ neither overlap nor conflict
  (*update)->paths = targets;
  (*update)->mismatch = TypeMismatch::kOfAttribute;
  return *update;
}

Result<const Projection*> MakeProjection(std::span<const std::string_view> names, Arena& arena) {
  const std::span<Path> paths = arena.NewArray<Path>(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    paths[i] = PathTo(names[i], arena);
  }
  if (const std::string_view* repeated = FirstRepeated(names)) {
    return model::DuplicateAttributeName(*repeated);
  }
  return CompileProjection(paths, arena);
}

}  // namespace basalt::expression

// Update expressions: static checks. See update.h; they are applied in apply.cc.
#include "expression/update.h"

#include <algorithm>
#include <string>

#include "expression/checks.h"
#include "expression/message.h"

namespace basalt::expression {
namespace {

using model::Type;

constexpr Kind kKind = Kind::kUpdate;

// ADD and DELETE name types in words.
std::string_view LongTypeName(Type type) {
  switch (type) {
    case Type::kS:
      return "STRING";
    case Type::kN:
      return "NUMBER";
    case Type::kB:
      return "BINARY";
    case Type::kBool:
      return "BOOLEAN";
    case Type::kNull:
      return "NULL";
    case Type::kL:
      return "LIST";
    case Type::kM:
      return "MAP";
    case Type::kSs:
    case Type::kNs:
    case Type::kBs:
      break;
  }
  return model::TypeName(type);
}

Status CheckSections(const Syntax& syntax) {
  if (!syntax.section_repeated) {
    return {};
  }
  std::string text = "The \"";
  text += SectionName(syntax.repeated_section);
  text += "\" section can only be used once in an update expression;";
  return Invalid(kKind, text);
}

Status CheckActionOperand(const ActionSyntax& action) {
  if (action.section != Section::kAdd && action.section != Section::kDelete) {
    return {};
  }
  const model::Value& value = *action.value->value;
  if (value.IsSet() || (action.section == Section::kAdd && value.type == Type::kN)) {
    return {};
  }
  std::string text = "Incorrect operand type for operator or function; operator: ";
  text += SectionName(action.section);
  text += ", operand type: ";
  text += LongTypeName(value.type);
  return Invalid(kKind, text);
}

Status CheckOperandTypes(const Node& node, std::string_view name, Type expected) {
  for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
    const Type* type = StaticType(*operand);
    if (type != nullptr && *type != expected) {
      return IncorrectOperandType(kKind, name, model::TypeName(*type));
    }
  }
  return {};
}

// The value of a SET. Operands before the function they belong to; at most model::kExpressionOperatorsMax deep.
Status CheckOperands(const Node& node) {
  for (const Node* operand = node.first; operand != nullptr; operand = operand->next) {
    TRY(CheckOperands(*operand));
  }
  switch (node.operation) {
    case Operation::kPlus:
    case Operation::kMinus:
      return CheckOperandTypes(node, OperationName(node.operation), Type::kN);
    case Operation::kCall:
      TRY(CheckOperandCount(kKind, node, 2));
      if (node.function == Function::kListAppend) {
        return CheckOperandTypes(node, node.name, Type::kL);
      }
      if (node.first->operation != Operation::kPath) {
        return Invalid(
            kKind, "Operator or function requires a document path; operator or function: " + std::string(node.name));
      }
      return {};
    default:
      return {};
  }
}

}  // namespace

Status CheckUpdateFunctions(const Syntax& syntax) {
  for (const Node* call = syntax.calls.first; call != nullptr; call = call->next_in_text) {
    if (call->function != Function::kIfNotExists && call->function != Function::kListAppend) {
      return InvalidFunctionName(kKind, call->name);
    }
  }
  return {};
}

Result<Update*> AssembleUpdate(std::span<const Action> actions, std::span<const Path> targets, Arena& arena) {
  Update* update = arena.New<Update>();
  update->actions = actions;
  update->targets = targets;
  update->deletes_only = std::none_of(actions.begin(), actions.end(), [](const Action& action) {
    return action.section == Section::kSet || action.section == Section::kAdd;
  });
  TRY_ASSIGN(update->tree, BuildPathTree(kKind, targets, arena));
  return update;
}

Result<const Update*> CompileUpdate(const Syntax& syntax, Arena& arena) {
  const std::span<Action> actions = arena.NewArray<Action>(syntax.action_count);
  const std::span<Path> targets = arena.NewArray<Path>(syntax.action_count);
  size_t count = 0;
  for (const ActionSyntax* action = syntax.first_action; action != nullptr; action = action->next) {
    actions[count].section = action->section;
    actions[count].value = action->value;
    targets[count] = action->target->path;
    ++count;
  }
  TRY_ASSIGN(Update * update, AssembleUpdate(actions, targets, arena));
  update->paths = CollectPaths(syntax, arena);

  for (const ActionSyntax* action = syntax.first_action; action != nullptr; action = action->next) {
    TRY(CheckActionOperand(*action));
  }
  for (const ActionSyntax* action = syntax.first_action; action != nullptr; action = action->next) {
    if (action->section == Section::kSet) {
      TRY(CheckOperands(*action->value));
    }
  }
  return update;
}

Result<const Update*> ParseUpdate(std::string_view text, Placeholders& placeholders, Arena& arena) {
  TRY_ASSIGN(const Syntax* syntax, ParseSyntax(kKind, text, arena));
  TRY(CheckParentheses(kKind, *syntax));
  TRY(CheckReservedWords(kKind, *syntax));
  TRY(CheckListIndexes(kKind, *syntax));
  TRY(CheckUpdateFunctions(*syntax));
  TRY(CheckSections(*syntax));
  TRY(CheckOperatorCount(kKind, *syntax));
  for (Node* path = syntax->paths.first; path != nullptr; path = path->next_in_text) {
    TRY(ResolvePath(kKind, *path, placeholders));
  }
  for (Node* value = syntax->values.first; value != nullptr; value = value->next_in_text) {
    TRY(ResolveValue(kKind, *value, placeholders));
  }
  return CompileUpdate(*syntax, arena);
}

std::span<const Path> PathsOf(const Update& update) { return update.paths; }
std::span<const Path> TargetsOf(const Update& update) { return update.targets; }
bool DeletesOnly(const Update& update) { return update.deletes_only; }

model::Item ProjectTargets(const Update& update, model::Item item, Arena& arena) {
  return ProjectTree(*update.tree, item, arena);
}

ActionCounts CountActions(const Update& update) {
  ActionCounts counts;
  for (size_t i = 0; i < update.actions.size(); ++i) {
    const Action& action = update.actions[i];
    if (action.section == Section::kRemove || action.section == Section::kDelete) {
      ++counts.taking_away;
      continue;
    }
    ++counts.assigning;
    if (action.section == Section::kAdd) {
      continue;
    }
    const Path target = update.targets[i];
    if (std::any_of(target.begin(), target.end(), [](const PathElement& element) { return element.is_index; })) {
      ++counts.into_lists;
    }
    if (action.value->operation == Operation::kPlus || action.value->operation == Operation::kMinus) {
      ++counts.arithmetic;
    }
  }
  return counts;
}

const model::Value* AssignedLiteral(const Update& update, std::string_view attribute) {
  for (size_t i = 0; i < update.actions.size(); ++i) {
    const Action& action = update.actions[i];
    if (action.section == Section::kSet && action.value->operation == Operation::kValue &&
        update.targets[i].size() == 1 && update.targets[i].front().name == attribute) {
      return action.value->value;
    }
  }
  return nullptr;
}

}  // namespace basalt::expression

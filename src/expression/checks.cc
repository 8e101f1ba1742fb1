// Static checks of expressions. See checks.h.
#include "expression/checks.h"

#include <algorithm>
#include <string>

#include "expression/message.h"
#include "expression/reserved_words.h"
#include "model/limits.h"

namespace basalt::expression {
namespace {

using model::Type;

// What the service prints for an operand of attribute_type that is no literal: every type, in its own order.
constexpr std::string_view kAnyType = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";
constexpr std::string_view kAttributeTypeNames = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}";

bool IsOrdered(Type type) { return type == Type::kS || type == Type::kN || type == Type::kB; }

// Recursion: size() inside size(), at most model::kExpressionOperatorsMax deep.
Status ResolveOperands(Kind kind, const Node& node, Placeholders& placeholders) {
  for (Node* operand = node.first; operand != nullptr; operand = operand->next) {
    if (operand->operation == Operation::kPath) {
      TRY(ResolvePath(kind, *operand, placeholders));
    } else if (operand->operation == Operation::kValue) {
      TRY(ResolveValue(kind, *operand, placeholders));
    } else {
      TRY(ResolveOperands(kind, *operand, placeholders));
    }
  }
  return {};
}

Status CheckSize(Kind kind, const Node& call) {
  TRY(CheckOperandCount(kind, call, 1));
  const Node& operand = *call.first;
  if (operand.operation == Operation::kCall) {
    TRY(CheckSize(kind, operand));
  }
  const Type* type = StaticType(operand);
  if (type != nullptr && (*type == Type::kN || *type == Type::kBool || *type == Type::kNull)) {
    return IncorrectOperandType(kind, call.name, model::TypeName(*type));
  }
  return {};
}

Status CheckDistinct(Kind kind, std::string_view name, const Node& predicate) {
  const Node& first = *predicate.first;
  const Node& second = *first.next;
  if (first.operation != Operation::kPath || second.operation != Operation::kPath ||
      !SamePath(first.path, second.path)) {
    return {};
  }
  std::string text = "The first operand must be distinct from the remaining operands for this operator or function; ";
  text += "operator: ";
  text += name;
  text += ", first operand: ";
  text += RenderPath(first.path);
  return Invalid(kind, text);
}

Status CheckOrderedOperands(Kind kind, const Node& predicate) {
  for (const Node* operand = predicate.first; operand != nullptr; operand = operand->next) {
    const Type* type = StaticType(*operand);
    if (type != nullptr && !IsOrdered(*type)) {
      return IncorrectOperandType(kind, OperationName(predicate.operation), model::TypeName(*type));
    }
  }
  return {};
}

Status CheckBounds(Kind kind, const Node& predicate) {
  const Node& low = *predicate.first->next;
  const Node& high = *low.next;
  if (low.operation != Operation::kValue || high.operation != Operation::kValue) {
    return {};
  }
  std::string_view defect;
  if (low.value->type != high.value->type) {
    defect = "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: ";
  } else if (model::Compare(*low.value, *high.value) > 0) {
    defect =
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: ";
  } else {
    return {};
  }
  return Invalid(kind, std::string(defect) + RenderAttributeValue(*low.value) +
                           ", upper bound operand: " + RenderAttributeValue(*high.value));
}

Status CheckPathRequired(Kind kind, const Node& call) {
  if (call.first->operation == Operation::kPath) {
    return {};
  }
  return Invalid(kind,
                 "Operator or function requires a document path; operator or function: " + std::string(call.name));
}

Status CheckAttributeType(Kind kind, const Node& call) {
  const Node& name = *call.first->next;
  const Type* type = StaticType(name);
  if (type == nullptr || *type != Type::kS) {
    return IncorrectOperandType(kind, call.name, type == nullptr ? kAnyType : model::TypeName(*type));
  }
  for (uint8_t t = 0; t <= static_cast<uint8_t>(Type::kM); ++t) {
    if (name.value->text == model::TypeName(static_cast<Type>(t))) {
      return {};
    }
  }
  std::string text = "Invalid attribute type name found; type: ";
  text += name.value->text;
  text += ", valid types: ";
  text += kAttributeTypeNames;
  return Invalid(kind, text);
}

Status CheckCall(Kind kind, const Node& call) {
  switch (call.function) {
    case Function::kAttributeExists:
    case Function::kAttributeNotExists:
      TRY(CheckOperandCount(kind, call, 1));
      return CheckPathRequired(kind, call);
    case Function::kAttributeType:
      TRY(CheckOperandCount(kind, call, 2));
      return CheckAttributeType(kind, call);
    case Function::kBeginsWith:
      TRY(CheckOperandCount(kind, call, 2));
      TRY(CheckDistinct(kind, call.name, call));
      for (const Node* operand = call.first; operand != nullptr; operand = operand->next) {
        const Type* type = StaticType(*operand);
        if (type != nullptr && *type != Type::kS && *type != Type::kB) {
          return IncorrectOperandType(kind, call.name, model::TypeName(*type));
        }
      }
      return {};
    case Function::kContains: {
      TRY(CheckOperandCount(kind, call, 2));
      TRY(CheckDistinct(kind, call.name, call));
      // Nothing can be contained in these.
      const Type* type = StaticType(*call.first);
      if (type != nullptr && (*type == Type::kN || *type == Type::kBool || *type == Type::kNull || *type == Type::kM)) {
        return IncorrectOperandType(kind, call.name, model::TypeName(*type));
      }
      return {};
    }
    case Function::kSize:
    case Function::kIfNotExists:
    case Function::kListAppend:
    case Function::kUnknown:
      break;
  }
  return {};
}

}  // namespace

bool SamePath(Path a, Path b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const PathElement& x, const PathElement& y) {
    return x.is_index == y.is_index && (x.is_index ? x.index == y.index : x.name == y.name);
  });
}

Status CheckFunctions(Kind kind, const Syntax& syntax) {
  for (const Node* call = syntax.calls.first; call != nullptr; call = call->next_in_text) {
    if (call->function == Function::kUnknown || call->function == Function::kIfNotExists ||
        call->function == Function::kListAppend) {
      return InvalidFunctionName(kind, call->name);
    }
  }
  for (const Node* call = syntax.calls.first; call != nullptr; call = call->next_in_text) {
    if (call->used_as_condition == (call->function == Function::kSize)) {
      return Invalid(kind, "The function is not allowed to be used this way in an expression; function: " +
                               std::string(call->name));
    }
  }
  return {};
}

Status CheckPredicate(Kind kind, const Node& predicate) {
  if (predicate.operation == Operation::kIn && predicate.operand_count - 1 > uint32_t{model::kInOperandsMax}) {
    return TooManyInOperands(kind, predicate.operand_count - 1);
  }
  for (const Node* operand = predicate.first; operand != nullptr; operand = operand->next) {
    if (operand->operation == Operation::kCall) {
      TRY(CheckSize(kind, *operand));
    }
  }
  switch (predicate.operation) {
    case Operation::kEqual:
    case Operation::kNotEqual:
      return CheckDistinct(kind, OperationName(predicate.operation), predicate);
    case Operation::kLess:
    case Operation::kLessOrEqual:
    case Operation::kGreater:
    case Operation::kGreaterOrEqual:
      TRY(CheckDistinct(kind, OperationName(predicate.operation), predicate));
      return CheckOrderedOperands(kind, predicate);
    case Operation::kBetween:
      TRY(CheckOrderedOperands(kind, predicate));
      return CheckBounds(kind, predicate);
    case Operation::kCall:
      return CheckCall(kind, predicate);
    case Operation::kIn:
    case Operation::kPath:
    case Operation::kValue:
    case Operation::kNot:
    case Operation::kAnd:
    case Operation::kOr:
    case Operation::kPlus:
    case Operation::kMinus:
      break;
  }
  return {};
}

const Type* StaticType(const Node& node) {
  static constexpr Type kNumber = Type::kN;
  static constexpr Type kList = Type::kL;
  switch (node.operation) {
    case Operation::kValue:
      return &node.value->type;
    case Operation::kCall:
      if (node.function == Function::kSize) {
        return &kNumber;
      }
      return node.function == Function::kListAppend ? &kList : nullptr;
    default:
      return nullptr;
  }
}

Status CheckParentheses(Kind kind, const Syntax& syntax) {
  if (syntax.redundant_parentheses) {
    return Invalid(kind, "The expression has redundant parentheses;");
  }
  return {};
}

Status CheckReservedWords(Kind kind, const Syntax& syntax) {
  for (const Node* node = syntax.paths.first; node != nullptr; node = node->next_in_text) {
    for (const PathElement& element : node->path) {
      if (!element.is_index && IsReservedWord(element.name)) {
        return Invalid(kind, "Attribute name is a reserved keyword; reserved keyword: " + std::string(element.name));
      }
    }
  }
  return {};
}

Status CheckListIndexes(Kind kind, const Syntax& syntax) {
  if (!syntax.index_out_of_range.empty()) {
    return Invalid(
        kind, "List index is not within the allowable range; index: [" + std::string(syntax.index_out_of_range) + "]");
  }
  return {};
}

Status CheckOperatorCount(Kind kind, const Syntax& syntax) {
  if (syntax.operator_count > uint32_t{model::kExpressionOperatorsMax}) {
    return Invalid(
        kind, "The expression contains too many operators; operator count: " + std::to_string(syntax.operator_count));
  }
  return {};
}

Status CheckPathDepth(Kind kind, Path path) {
  if (path.size() - 1 > size_t{model::kPathDepthMax}) {
    return Invalid(
        kind, "The document path has too many nesting elements; nesting levels: " + std::to_string(path.size() - 1));
  }
  return {};
}

Status ResolvePath(Kind kind, Node& path, Placeholders& placeholders) {
  for (PathElement& element : path.path) {
    if (element.is_index || element.name.empty() || element.name[0] != '#') {
      continue;
    }
    const std::string_view* name = placeholders.FindName(element.name);
    if (name == nullptr) {
      return Invalid(kind, "An expression attribute name used in the document path is not defined; attribute name: " +
                               std::string(element.name));
    }
    element.name = *name;
  }
  return CheckPathDepth(kind, path.path);
}

Status ResolveValue(Kind kind, Node& value, Placeholders& placeholders) {
  value.value = placeholders.FindValue(value.name);
  if (value.value == nullptr) {
    return Invalid(kind, "An expression attribute value used in expression is not defined; attribute value: " +
                             std::string(value.name));
  }
  return {};
}

Status CheckOperandCount(Kind kind, const Node& call, uint32_t expected) {
  if (call.operand_count == expected) {
    return {};
  }
  return Invalid(kind, "Incorrect number of operands for operator or function; operator or function: " +
                           std::string(call.name) + ", number of operands: " + std::to_string(call.operand_count));
}

std::span<const Path> CollectPaths(const Syntax& syntax, Arena& arena) {
  const std::span<Path> paths = arena.NewArray<Path>(syntax.paths.count);
  size_t count = 0;
  for (const Node* node = syntax.paths.first; node != nullptr; node = node->next_in_text) {
    paths[count++] = node->path;
  }
  return paths;
}

Result<const Syntax*> ParseCheckedCondition(Kind kind, std::string_view text, Placeholders& placeholders,
                                            Arena& arena) {
  TRY_ASSIGN(const Syntax* syntax, ParseSyntax(kind, text, arena));
  TRY(CheckParentheses(kind, *syntax));
  TRY(CheckFunctions(kind, *syntax));
  TRY(CheckReservedWords(kind, *syntax));
  TRY(CheckListIndexes(kind, *syntax));
  TRY(CheckOperatorCount(kind, *syntax));
  for (const Node* predicate = syntax->first_predicate; predicate != nullptr; predicate = predicate->next_predicate) {
    TRY(ResolveOperands(kind, *predicate, placeholders));
    TRY(CheckPredicate(kind, *predicate));
  }
  return syntax;
}

}  // namespace basalt::expression

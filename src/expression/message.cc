// Error texts of expressions. See message.h.
#include "expression/message.h"

#include "base/base64.h"

namespace basalt::expression {
namespace {

void AppendScalar(std::string& out, const model::Value& value) {
  switch (value.type) {
    case model::Type::kS:
    case model::Type::kN:
      out += value.text;
      return;
    case model::Type::kB:
      AppendBase64(out, value.text);
      return;
    case model::Type::kBool:
      out += value.boolean ? "true" : "false";
      return;
    case model::Type::kNull:
      out += "true";
      return;
    case model::Type::kSs:
    case model::Type::kNs:
    case model::Type::kBs:
    case model::Type::kL:
    case model::Type::kM:
      return;
  }
}

}  // namespace

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kCondition:
      return "ConditionExpression";
    case Kind::kFilter:
      return "FilterExpression";
    case Kind::kKeyCondition:
      return "KeyConditionExpression";
    case Kind::kUpdate:
      return "UpdateExpression";
    case Kind::kProjection:
      return "ProjectionExpression";
  }
  return "";
}

Error Invalid(Kind kind, std::string_view text, SourceLocation where) {
  std::string full = "Invalid ";
  full += KindName(kind);
  full += ": ";
  full += text;
  return Error(Reason::kValidation, std::move(full), where);
}

Error IncorrectOperandType(Kind kind, std::string_view name, std::string_view type, SourceLocation where) {
  std::string text = "Incorrect operand type for operator or function; operator or function: ";
  text += name;
  text += ", operand type: ";
  text += type;
  return Invalid(kind, text, where);
}

Error InvalidFunctionName(Kind kind, std::string_view name, SourceLocation where) {
  return Invalid(kind, "Invalid function name; function: " + std::string(name), where);
}

Error TooManyInOperands(Kind kind, size_t count, SourceLocation where) {
  return Invalid(
      kind, "The IN operator is provided with too many operands; number of operands: " + std::to_string(count), where);
}

std::string RenderPath(Path path) {
  std::string out = "[";
  for (size_t i = 0; i < path.size(); ++i) {
    if (i > 0) {
      out += ", ";
    }
    if (path[i].is_index) {
      out += '[';
      out += std::to_string(path[i].index);
      out += ']';
    } else {
      out += path[i].name;
    }
  }
  out += ']';
  return out;
}

std::string RenderAttributeValue(const model::Value& value) {
  std::string out = "AttributeValue: {";
  out += model::TypeName(value.type);
  out += ':';
  AppendScalar(out, value);
  out += '}';
  return out;
}

}  // namespace basalt::expression

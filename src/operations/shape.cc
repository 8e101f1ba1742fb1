// The two walks over request shapes.
#include "operations/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/checksum.h"
#include "model/item_json.h"

namespace basalt::operations {
namespace {

constexpr size_t kErrorsMax = 10;  // the service lists no more
constexpr std::string_view kModelPackage = "com.amazonaws.dynamodb.v20120810.";
constexpr std::string_view kNamePattern = "[a-zA-Z0-9_.-]+";

// A decimal stands for the integer below it, within what an integer can hold.
int64_t IntegerOf(const json::Node& node) {
  if (node.kind == json::Kind::kInteger) {
    return node.integer;
  }
  constexpr double kBound = 9.2e18;
  return static_cast<int64_t>(std::clamp(std::floor(node.real), -kBound, kBound));
}

// ---- types

Error Mismatch(std::string text) { return Error(Reason::kSerialization, std::move(text)); }

Error UnexpectedStart() { return Mismatch("Start of structure or map found where not expected"); }

std::string_view TokenName(json::Kind kind) {
  switch (kind) {
    case json::Kind::kTrue:
      return "TRUE_VALUE";
    case json::Kind::kFalse:
      return "FALSE_VALUE";
    case json::Kind::kInteger:
      return "NUMBER_VALUE";
    case json::Kind::kDouble:
      return "DECIMAL_VALUE";
    case json::Kind::kString:
    case json::Kind::kNull:
    case json::Kind::kArray:
    case json::Kind::kObject:
      break;
  }
  return "STRING_VALUE";
}

// Which Java class the service names when it finds an array instead.
std::string CollectionClass(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::kString:
      return "class java.lang.String";
    case ShapeKind::kBoolean:
      return "class java.lang.Boolean";
    case ShapeKind::kInteger:
      return "class java.lang.Integer";
    case ShapeKind::kLong:
      return "class java.lang.Long";
    case ShapeKind::kAttributeValue:
      return fmt::format("class {}AttributeValue", kModelPackage);
    case ShapeKind::kStructure:
      return fmt::format("class {}{}", kModelPackage, shape.name);
    case ShapeKind::kMap: {
      const Shape& value = *shape.element;
      return fmt::format("java.util.Map<java.lang.String, {}>",
                         value.kind == ShapeKind::kString
                             ? "java.lang.String"
                             : fmt::format("{}{}", kModelPackage,
                                           value.kind == ShapeKind::kAttributeValue ? "AttributeValue" : value.name));
    }
    case ShapeKind::kList:
      break;
  }
  return {};
}

bool IsBooleanText(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return lower == "true" || lower == "1" || lower == "yes" || lower == "false" || lower == "0" || lower == "no";
}

enum class Position : uint8_t { kMember, kElement };

Status CheckType(const Shape& shape, const json::Node& node, Position position);

Status CheckScalarType(const Shape& shape, std::string_view type_name, const json::Node& node) {
  if (node.kind == json::Kind::kArray) {
    return Mismatch("Unrecognized collection type " + CollectionClass(shape));
  }
  if (node.kind == json::Kind::kObject) {
    return UnexpectedStart();
  }
  return Mismatch(fmt::format("{} cannot be converted to {}", TokenName(node.kind), type_name));
}

Status CheckStructureType(const Shape& shape, const json::Node& node, Position position) {
  if (node.kind == json::Kind::kArray) {
    return Mismatch("Unrecognized collection type " + CollectionClass(shape));
  }
  if (node.kind != json::Kind::kObject) {
    return Mismatch(position == Position::kMember ? "Unexpected field type" : "Unexpected value type in payload");
  }
  for (const json::Member& member : node.members) {
    if (member.value.IsNull()) {
      continue;
    }
    for (const Field& field : shape.fields) {
      if (field.name == member.name) {
        TRY(CheckType(*field.shape, member.value, Position::kMember));
      }
    }
  }
  return {};
}

Status CheckType(const Shape& shape, const json::Node& node, Position position) {
  switch (shape.kind) {
    case ShapeKind::kString:
      return node.kind == json::Kind::kString ? Status() : CheckScalarType(shape, "String", node);
    case ShapeKind::kBoolean:
      if (node.kind == json::Kind::kTrue || node.kind == json::Kind::kFalse) {
        return {};
      }
      if (node.kind == json::Kind::kString) {
        return IsBooleanText(node.string) ? Status() : Mismatch("Unexpected token received from parser");
      }
      return CheckScalarType(shape, "Boolean", node);
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      if (node.kind == json::Kind::kInteger || node.kind == json::Kind::kDouble) {
        return {};
      }
      return CheckScalarType(shape, shape.kind == ShapeKind::kInteger ? "Integer" : "Long", node);
    case ShapeKind::kList:
      if (node.kind == json::Kind::kObject) {
        return UnexpectedStart();
      }
      if (node.kind != json::Kind::kArray) {
        return Mismatch("Unexpected field type");
      }
      for (const json::Node& element : node.elements) {
        if (!element.IsNull()) {
          TRY(CheckType(*shape.element, element, Position::kElement));
        }
      }
      return {};
    case ShapeKind::kMap:
      if (node.kind == json::Kind::kArray) {
        return Mismatch("Unrecognized collection type " + CollectionClass(shape));
      }
      if (node.kind != json::Kind::kObject) {
        return Mismatch("Unexpected field type");
      }
      for (const json::Member& member : node.members) {
        if (!member.value.IsNull()) {
          TRY(CheckType(*shape.element, member.value, Position::kElement));
        }
      }
      return {};
    case ShapeKind::kStructure:
      return CheckStructureType(shape, node, position);
    case ShapeKind::kAttributeValue:
      return model::CheckValueShape(node);
  }
  BASALT_CHECK(false);
}

// ---- constraints

std::string LowerFirst(std::string_view name) {
  std::string lowered(name);
  if (!lowered.empty() && lowered[0] >= 'A' && lowered[0] <= 'Z') {
    lowered[0] = static_cast<char>(lowered[0] + 32);
  }
  return lowered;
}

// As the service prints a value inside an error; structures as a Java object's identity, whose digits are arbitrary.
std::string Render(const Shape& shape, const json::Node& node) {
  switch (node.kind) {
    case json::Kind::kNull:
      return "null";
    case json::Kind::kFalse:
      return "false";
    case json::Kind::kTrue:
      return "true";
    case json::Kind::kInteger:
      return fmt::format("{}", node.integer);
    case json::Kind::kDouble:
      return fmt::format("{}", IntegerOf(node));
    case json::Kind::kString:
      return std::string(node.string);
    case json::Kind::kArray: {
      std::string text = "[";
      for (size_t i = 0; i < node.elements.size(); ++i) {
        text += (i == 0 ? "" : ", ") + Render(*shape.element, node.elements[i]);
      }
      return text + "]";
    }
    case json::Kind::kObject:
      break;
  }
  if (shape.kind == ShapeKind::kMap) {
    std::string text = "{";
    for (const json::Member& member : node.members) {
      text += fmt::format("{}{}={}", text.size() == 1 ? "" : ", ", member.name, Render(*shape.element, member.value));
    }
    return text + "}";
  }
  const std::string_view name = shape.kind == ShapeKind::kAttributeValue ? "AttributeValue" : shape.name;
  return fmt::format("{}{}@{:08x}", kModelPackage, name,
                     static_cast<uint32_t>(Xxh3({static_cast<const char*>(static_cast<const void*>(&node)), sizeof(void*)}, 0)));
}

class ConstraintWalk {
 public:
  void Walk(const Shape& shape, const json::Node* node, bool required, const std::string& path) {
    if (node == nullptr || node->IsNull()) {
      if (required) {
        Add("null", path, "Member must not be null");
      }
      return;
    }
    switch (shape.kind) {
      case ShapeKind::kString:
        CheckString(shape, *node, path);
        return;
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        CheckBounds(shape, IntegerOf(*node), "value", *node, path);
        return;
      case ShapeKind::kList:
        CheckBounds(shape, static_cast<int64_t>(node->elements.size()), "length", *node, path);
        for (size_t i = 0; i < node->elements.size() && errors_.size() < kErrorsMax; ++i) {
          Walk(*shape.element, &node->elements[i], false, fmt::format("{}.{}.member", path, i + 1));
        }
        return;
      case ShapeKind::kMap:
        CheckBounds(shape, static_cast<int64_t>(node->members.size()), "length", *node, path);
        if (shape.element->kind != ShapeKind::kAttributeValue && shape.element->kind != ShapeKind::kString) {
          for (size_t i = 0; i < node->members.size() && errors_.size() < kErrorsMax; ++i) {
            Walk(*shape.element, &node->members[i].value, false,
                 fmt::format("{}.{}.member", path, node->members[i].name));
          }
        }
        return;
      case ShapeKind::kStructure:
        for (const Field& field : shape.fields) {
          const std::string name = LowerFirst(field.name);
          Walk(*field.shape, node->Find(field.name), field.required, path.empty() ? name : path + "." + name);
        }
        return;
      case ShapeKind::kBoolean:
      case ShapeKind::kAttributeValue:
        return;
    }
  }

  Status Finish() const {
    if (errors_.empty()) {
      return {};
    }
    return Error(Reason::kValidation, fmt::format("{} validation error{} detected: {}", errors_.size(),
                                                  errors_.size() == 1 ? "" : "s", fmt::join(errors_, "; ")));
  }

 private:
  void CheckString(const Shape& shape, const json::Node& node, const std::string& path) {
    const std::string_view text = node.string;
    const bool is_arn = shape.pattern == Pattern::kNameOrArn && text.substr(0, 4) == "arn:";
    if (!is_arn) {
      CheckBounds(shape, static_cast<int64_t>(text.size()), "length", node, path);
    }
    if (shape.pattern != Pattern::kNone && !is_arn && !MatchesName(text)) {
      AddFor(shape, node, path, fmt::format("Member must satisfy regular expression pattern: {}", kNamePattern));
    }
    if (!shape.values.empty() && std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end()) {
      AddFor(shape, node, path, fmt::format("Member must satisfy enum value set: [{}]", fmt::join(shape.values, ", ")));
    }
  }

  void CheckBounds(const Shape& shape, int64_t value, std::string_view noun, const json::Node& node,
                   const std::string& path) {
    if (shape.minimum && value < *shape.minimum) {
      AddFor(shape, node, path, fmt::format("Member must have {} greater than or equal to {}", noun, *shape.minimum));
    }
    if (shape.maximum && value > *shape.maximum) {
      AddFor(shape, node, path, fmt::format("Member must have {} less than or equal to {}", noun, *shape.maximum));
    }
  }

  static bool MatchesName(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
             c == '-';
    });
  }

  void AddFor(const Shape& shape, const json::Node& node, const std::string& path, std::string_view constraint) {
    if (errors_.size() < kErrorsMax) {
      Add("'" + Render(shape, node) + "'", path, constraint);
    }
  }

  void Add(std::string_view value, const std::string& path, std::string_view constraint) {
    if (errors_.size() < kErrorsMax) {
      errors_.push_back(fmt::format("Value {} at '{}' failed to satisfy constraint: {}", value, path, constraint));
    }
  }

  std::vector<std::string> errors_;
};

bool AsksForSomething(const json::Node& node) {
  switch (node.kind) {
    case json::Kind::kNull:
    case json::Kind::kFalse:
      return false;
    case json::Kind::kArray:
      return !node.elements.empty();
    case json::Kind::kObject:
      return std::any_of(node.members.begin(), node.members.end(),
                         [](const json::Member& member) { return AsksForSomething(member.value); });
    case json::Kind::kTrue:
    case json::Kind::kInteger:
    case json::Kind::kDouble:
    case json::Kind::kString:
      break;
  }
  return true;
}

}  // namespace

Status CheckTypes(const Shape& shape, const json::Node& input) {
  return CheckType(shape, input, Position::kMember);
}

Status CheckConstraints(const Shape& shape, const json::Node& input) {
  ConstraintWalk walk;
  walk.Walk(shape, &input, false, "");
  TRY(walk.Finish());
  for (const Field& field : shape.fields) {
    const json::Node* value = field.supported ? nullptr : input.Find(field.name);
    if (value != nullptr && AsksForSomething(*value)) {
      return Error(Reason::kValidation, fmt::format("{} is not supported by this server yet", field.name));
    }
  }
  return {};
}

std::optional<std::string_view> GetString(const json::Node& object, std::string_view member) {
  const json::Node* node = object.Find(member);
  return node == nullptr ? std::nullopt : std::optional(node->string);
}

std::optional<int64_t> GetInteger(const json::Node& object, std::string_view member) {
  const json::Node* node = object.Find(member);
  return node == nullptr ? std::nullopt : std::optional(IntegerOf(*node));
}

std::optional<bool> GetBool(const json::Node& object, std::string_view member) {
  const json::Node* node = object.Find(member);
  if (node == nullptr) {
    return std::nullopt;
  }
  if (node->kind == json::Kind::kString) {
    const char first = node->string[0];
    return first == 't' || first == 'T' || first == '1' || first == 'y' || first == 'Y';
  }
  return node->kind == json::Kind::kTrue;
}

}  // namespace basalt::operations

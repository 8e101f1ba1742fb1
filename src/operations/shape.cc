// The two walks over request shapes.
#include "operations/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/checksum.h"
#include "model/arn.h"
#include "model/item_json.h"
#include "model/json_shape.h"
#include "model/limits.h"
#include "model/table_name.h"

namespace basalt::operations {
namespace {

constexpr size_t kViolationsMax = 10;           // the service lists no more
constexpr size_t kViolationBytesMax = 1 << 20;  // no further one after so many bytes of the client's own
constexpr std::string_view kModelPackage = "com.amazonaws.dynamodb.v20120810.";
constexpr size_t kRenderedBytesMax = 16 << 10;  // of a list or map inside an error: each element may print as 60 bytes

// ---- types

// A scalar where a list or map stands inside another: the service's reader trips over its own types.
Status CheckNestedCollection(const Shape& shape, const json::Node& node) {
  const bool is_collection = shape.kind == ShapeKind::kList || shape.kind == ShapeKind::kMap;
  if (!is_collection || node.IsNull() || node.kind == json::Kind::kArray || node.kind == json::Kind::kObject) {
    return {};
  }
  return Error(Reason::kSerialization,
               "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
               "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are "
               "in module java.base of loader 'bootstrap')");
}

Status CheckType(const Shape& shape, const json::Node& node, model::ShapePosition position) {
  if (node.IsNull()) {
    return {};  // an absent member
  }
  switch (shape.kind) {
    case ShapeKind::kString:
      return model::CheckString(node);
    case ShapeKind::kBoolean:
      return model::CheckBoolean(node);
    case ShapeKind::kInteger:
      return model::CheckInteger(node);
    case ShapeKind::kLong:
      return model::CheckLong(node);
    case ShapeKind::kAttributeValue:
      return model::CheckValueShape(node, position);
    case ShapeKind::kList:
      TRY(model::CheckList(node));
      for (const json::Node& element : node.elements) {
        TRY(CheckNestedCollection(*shape.element, element));
        TRY(CheckType(*shape.element, element, model::ShapePosition::kElement));
      }
      return {};
    case ShapeKind::kMap:
      switch (shape.element->kind) {
        case ShapeKind::kString:
          TRY(model::CheckMapOfStrings(node));
          break;
        case ShapeKind::kAttributeValue:
          TRY(model::CheckMapOf(node, "AttributeValue"));
          break;
        case ShapeKind::kList:
          TRY(model::CheckMapOfLists(node, shape.element->element->name));
          break;
        case ShapeKind::kBoolean:
        case ShapeKind::kInteger:
        case ShapeKind::kLong:
        case ShapeKind::kMap:
        case ShapeKind::kStructure:
          TRY(model::CheckMapOf(node, shape.element->name));
          break;
      }
      for (const json::Member& member : node.members) {
        TRY(CheckNestedCollection(*shape.element, member.value));
        TRY(CheckType(*shape.element, member.value, model::ShapePosition::kElement));
      }
      return {};
    case ShapeKind::kStructure:
      TRY(model::CheckStructure(node, shape.name, position));
      for (const json::Member& member : node.members) {
        for (const Field& field : shape.fields) {
          if (field.name == member.name) {
            TRY(CheckType(*field.shape, member.value, model::ShapePosition::kMember));
          }
        }
      }
      return {};
  }
  BASALT_CHECK(false);
}

// ---- constraints

// Characters, not bytes.
int64_t LengthOf(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; });
}

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
      return fmt::format("{}", model::ReadInteger(node));
    case json::Kind::kString:
      return std::string(node.string);
    case json::Kind::kArray: {
      std::string text = "[";
      for (size_t i = 0; i < node.elements.size(); ++i) {
        text += (i == 0 ? "" : ", ") + Render(*shape.element, node.elements[i]);
        if (text.size() > kRenderedBytesMax) {
          text += ", ...";
          break;
        }
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
      if (text.size() > kRenderedBytesMax) {
        text += ", ...";
        break;
      }
    }
    return text + "}";
  }
  const std::string_view name = shape.kind == ShapeKind::kAttributeValue ? "AttributeValue" : shape.name;
  return fmt::format(
      "{}{}@{:08x}", kModelPackage, name,
      static_cast<uint32_t>(Xxh3({static_cast<const char*>(static_cast<const void*>(&node)), sizeof(void*)}, 0)));
}

class ConstraintWalk {
 public:
  // `is_map_value`: a list's bounds were looked at with its map.
  void Walk(const Shape& shape, const json::Node* node, bool required, const std::string& path,
            bool is_map_value = false) {
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
        CheckBounds(shape, model::ReadInteger(*node), "value", *node, path);
        return;
      case ShapeKind::kList:
        if (!is_map_value) {
          CheckBounds(shape, static_cast<int64_t>(node->elements.size()), "length", *node, path);
        }
        for (size_t i = 0; i < node->elements.size() && !IsFull(); ++i) {
          Walk(*shape.element, &node->elements[i], IsStructure(shape.element),
               fmt::format("{}.{}.member", path, i + 1));
        }
        return;
      case ShapeKind::kMap:
        CheckBounds(shape, static_cast<int64_t>(node->members.size()), "length", *node, path);
        CheckMapKeys(shape, *node, path);
        if (shape.element->kind == ShapeKind::kList) {
          CheckMapValues(shape, *node, path);
        }
        if (shape.element->kind != ShapeKind::kAttributeValue && shape.element->kind != ShapeKind::kString) {
          for (size_t i = 0; i < node->members.size() && !IsFull(); ++i) {
            Walk(*shape.element, &node->members[i].value, IsStructure(shape.element),
                 fmt::format("{}.{}.member", path, node->members[i].name), true);
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

  std::vector<Violation> TakeViolations() { return std::move(violations_); }

 private:
  // A null among structures is a structure that is missing.
  static bool IsStructure(const Shape* element) { return element->kind == ShapeKind::kStructure; }

  void CheckString(const Shape& shape, const json::Node& node, const std::string& path) {
    const std::string_view text = node.string;
    const bool is_arn = shape.pattern == Pattern::kNameOrArn && model::LooksLikeArn(text);
    if (!is_arn) {
      CheckBounds(shape, LengthOf(text), "length", node, path);
    } else if (text.size() > model::kTableArnLengthMax) {
      AddFor(shape, node, path,
             fmt::format("Member must have length less than or equal to {}", model::kTableArnLengthMax));
    }
    if (shape.pattern != Pattern::kNone && !is_arn && !model::HasTableNameCharacters(text)) {
      AddFor(shape, node, path,
             fmt::format("Member must satisfy regular expression pattern: {}", model::kTableNamePattern));
    }
    if (!shape.values.empty() && std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end()) {
      AddFor(shape, node, path, fmt::format("Member must satisfy enum value set: [{}]", fmt::join(shape.values, ", ")));
    }
  }

  // One error for all keys, and one for all values, each with the whole map.
  void CheckMapKeys(const Shape& shape, const json::Node& node, const std::string& path) {
    if (shape.key == nullptr) {
      return;
    }
    const auto is_wrong = [&shape](const json::Member& member) {
      const int64_t size = LengthOf(member.name);
      const bool is_arn = shape.key->pattern == Pattern::kNameOrArn && model::LooksLikeArn(member.name);
      return is_arn ? member.name.size() > model::kTableArnLengthMax
                    : size > *shape.key->maximum || size < *shape.key->minimum ||
                          !model::HasTableNameCharacters(member.name);
    };
    if (std::any_of(node.members.begin(), node.members.end(), is_wrong)) {
      AddFor(shape, node, path,
             fmt::format("Map keys must satisfy constraint: [Member must have length less than or equal to {}, Member "
                         "must have length greater than or equal to {}, Member must satisfy regular expression "
                         "pattern: {}]",
                         *shape.key->maximum, *shape.key->minimum, model::kTableNamePattern));
    }
  }

  void CheckMapValues(const Shape& shape, const json::Node& node, const std::string& path) {
    const auto is_wrong = [&shape](const json::Member& member) {
      const size_t size = member.value.kind == json::Kind::kArray ? member.value.elements.size() : 0;
      return static_cast<int64_t>(size) > *shape.element->maximum ||
             static_cast<int64_t>(size) < *shape.element->minimum;
    };
    if (std::any_of(node.members.begin(), node.members.end(), is_wrong)) {
      AddFor(shape, node, path,
             fmt::format("Map value must satisfy constraint: [Member must have length less than or equal to {}, Member "
                         "must have length greater than or equal to {}]",
                         *shape.element->maximum, *shape.element->minimum));
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

  bool IsFull() const { return violations_.size() >= kViolationsMax || bytes_ >= kViolationBytesMax; }

  void AddFor(const Shape& shape, const json::Node& node, const std::string& path, std::string constraint) {
    if (!IsFull()) {
      Add("'" + Render(shape, node) + "'", path, std::move(constraint));
    }
  }

  void Add(std::string value, const std::string& path, std::string constraint) {
    if (!IsFull()) {
      bytes_ += value.size() + path.size();
      violations_.push_back({std::move(value), path, std::move(constraint)});
    }
  }

  std::vector<Violation> violations_;
  size_t bytes_ = 0;  // of values and paths, which are the client's
};

// Whether a value of a member whose feature does not exist wants it: an empty list or map does not, nor a structure in
// which nothing is switched on.
bool AsksForSomething(const Shape& shape, const json::Node& node) {
  switch (node.kind) {
    case json::Kind::kNull:
    case json::Kind::kFalse:
      return false;
    case json::Kind::kArray:
      return !node.elements.empty();
    case json::Kind::kObject:
      return std::any_of(node.members.begin(), node.members.end(), [&shape](const json::Member& member) {
        return shape.kind == ShapeKind::kMap || (!member.value.IsNull() && member.value.kind != json::Kind::kFalse);
      });
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
  return CheckType(shape, input, model::ShapePosition::kMember);
}

std::vector<Violation> FindViolations(const Shape& shape, const json::Node& input) {
  ConstraintWalk walk;
  walk.Walk(shape, &input, false, "");
  return walk.TakeViolations();
}

Status CheckSupported(const Shape& shape, const json::Node& input) {
  for (const Field& field : shape.fields) {
    const json::Node* value = field.supported ? nullptr : input.Find(field.name);
    if (value != nullptr && AsksForSomething(*field.shape, *value)) {
      return NotSupportedYet(field.name);
    }
  }
  return {};
}

Error NotSupportedYet(std::string_view member) {
  return Error(Reason::kValidation, fmt::format("{} is not supported by this server yet", member));
}

std::optional<std::string_view> GetString(const json::Node& object, std::string_view member) {
  const json::Node* node = object.Find(member);
  return node == nullptr ? std::nullopt : std::optional(node->string);
}

std::optional<int64_t> GetInteger(const json::Node& object, std::string_view member) {
  const json::Node* node = object.Find(member);
  return node == nullptr ? std::nullopt : std::optional(model::ReadInteger(*node));
}

std::optional<bool> GetBool(const json::Node& object, std::string_view member) {
  const json::Node* node = object.Find(member);
  if (node == nullptr) {
    return std::nullopt;
  }
  return model::ReadBoolean(*node);
}

}  // namespace basalt::operations

// The texts of the service's JSON reader, one function a model type.
#include "model/json_shape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <utility>

#include "base/base64.h"

namespace basalt::model {
namespace {

using json::Kind;

constexpr std::string_view kShapePackage = "com.amazonaws.dynamodb.v20120810.";

Error Misfit(std::string text) { return {Reason::kSerialization, std::move(text)}; }

Error UnexpectedObject() { return Misfit("Start of structure or map found where not expected"); }
Error UnexpectedField() { return Misfit("Unexpected field type"); }
Error UnexpectedArray(std::string_view java_class) {
  return Misfit("Unrecognized collection type class " + std::string(java_class));
}
Error Unconvertible(Kind kind, std::string_view target) {
  std::string_view token;
  switch (kind) {
    case Kind::kTrue:
      token = "TRUE_VALUE";
      break;
    case Kind::kFalse:
      token = "FALSE_VALUE";
      break;
    case Kind::kInteger:
      token = "NUMBER_VALUE";
      break;
    case Kind::kDouble:
      token = "DECIMAL_VALUE";
      break;
    case Kind::kString:
      token = "STRING_VALUE";
      break;
    case Kind::kNull:
    case Kind::kArray:
    case Kind::kObject:
      break;
  }
  return Misfit(std::string(token) + " cannot be converted to " + std::string(target));
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

bool IsAnyOf(std::string_view text, const std::array<std::string_view, 3>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return EqualsIgnoringCase(text, word); });
}

constexpr std::array<std::string_view, 3> kTrueWords = {"true", "1", "yes"};
constexpr std::array<std::string_view, 3> kFalseWords = {"false", "0", "no"};

// Decodes piece by piece into a small buffer, for the defect only.
Base64Defect FindBase64Defect(std::string_view text) {
  constexpr size_t kPieceChars = 4096;
  std::array<char, kPieceChars / 4 * 3> bytes;
  if (text.size() % 4 != 0) {
    return Base64Defect::kLength;
  }
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, kPieceChars);
    text.remove_prefix(piece.size());
    if (!text.empty() && piece.back() == '=') {
      return Base64Defect::kCharacter;
    }
    size_t size_bytes = 0;
    const Base64Defect defect = Base64Decode(piece, bytes.data(), size_bytes);
    if (defect != Base64Defect::kNone) {
      return defect;
    }
  }
  return Base64Defect::kNone;
}

Status CheckWhole(const json::Node& node, std::string_view type) {
  switch (node.kind) {
    case Kind::kNull:
    case Kind::kInteger:
    case Kind::kDouble:
      return {};
    case Kind::kTrue:
    case Kind::kFalse:
    case Kind::kString:
      return Unconvertible(node.kind, type);
    case Kind::kArray:
      return UnexpectedArray("java.lang." + std::string(type));
    case Kind::kObject:
      return UnexpectedObject();
  }
  return {};
}

// The parts of the value's class are joined only for an error.
Status CheckMap(const json::Node& node, std::initializer_list<std::string_view> value_class) {
  if (node.IsNull() || node.IsObject()) {
    return {};
  }
  if (node.kind != Kind::kArray) {
    return UnexpectedField();
  }
  std::string text = "Unrecognized collection type java.util.Map<java.lang.String, ";
  for (const std::string_view part : value_class) {
    text += part;
  }
  text += ">";
  return Misfit(std::move(text));
}

}  // namespace

Status CheckString(const json::Node& node) {
  switch (node.kind) {
    case Kind::kNull:
    case Kind::kString:
      return {};
    case Kind::kTrue:
    case Kind::kFalse:
    case Kind::kInteger:
    case Kind::kDouble:
      return Unconvertible(node.kind, "String");
    case Kind::kArray:
      return UnexpectedArray("java.lang.String");
    case Kind::kObject:
      return UnexpectedObject();
  }
  return {};
}

Status CheckBoolean(const json::Node& node) {
  switch (node.kind) {
    case Kind::kNull:
    case Kind::kTrue:
    case Kind::kFalse:
      return {};
    case Kind::kString:
      if (IsAnyOf(node.string, kTrueWords) || IsAnyOf(node.string, kFalseWords)) {
        return {};
      }
      return Misfit("Unexpected token received from parser");
    case Kind::kInteger:
    case Kind::kDouble:
      return Unconvertible(node.kind, "Boolean");
    case Kind::kArray:
      return UnexpectedArray("java.lang.Boolean");
    case Kind::kObject:
      return UnexpectedObject();
  }
  return {};
}

Status CheckInteger(const json::Node& node) { return CheckWhole(node, "Integer"); }
Status CheckLong(const json::Node& node) { return CheckWhole(node, "Long"); }

Status CheckBlob(const json::Node& node) {
  switch (node.kind) {
    case Kind::kNull:
      return {};
    case Kind::kTrue:
    case Kind::kFalse:
    case Kind::kInteger:
    case Kind::kDouble:
      return Misfit("only base-64-encoded strings are convertible to bytes");
    case Kind::kArray:
      return UnexpectedArray("java.nio.ByteBuffer");
    case Kind::kObject:
      return UnexpectedObject();
    case Kind::kString:
      break;
  }
  switch (FindBase64Defect(node.string)) {
    case Base64Defect::kNone:
      return {};
    case Base64Defect::kLength:
      return Misfit("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                    std::to_string(node.string.size()));
    case Base64Defect::kCharacter:
      return Misfit("Invalid base64 character");
    case Base64Defect::kTrailingBits:
      return Misfit("Invalid last non-pad Base64 character dectected");  // the service's spelling
  }
  return {};
}

Status CheckList(const json::Node& node) {
  if (node.IsNull() || node.kind == Kind::kArray) {
    return {};
  }
  return node.IsObject() ? UnexpectedObject() : UnexpectedField();
}

Status CheckMapOfStrings(const json::Node& node) { return CheckMap(node, {"java.lang.String"}); }

Status CheckMapOf(const json::Node& node, std::string_view value_shape) {
  return CheckMap(node, {kShapePackage, value_shape});
}

Status CheckMapOfLists(const json::Node& node, std::string_view element_shape) {
  return CheckMap(node, {"java.util.List<", kShapePackage, element_shape, ">"});
}

Status CheckStructure(const json::Node& node, std::string_view shape, ShapePosition position) {
  if (node.IsNull() || node.IsObject()) {
    return {};
  }
  if (node.kind == Kind::kArray) {
    return UnexpectedArray(std::string(kShapePackage) + std::string(shape));
  }
  return position == ShapePosition::kMember ? UnexpectedField() : Misfit("Unexpected value type in payload");
}

bool ReadBoolean(const json::Node& node) {
  return node.kind == Kind::kTrue || (node.kind == Kind::kString && IsAnyOf(node.string, kTrueWords));
}

int64_t ReadInteger(const json::Node& node) {
  if (node.kind == Kind::kInteger) {
    return node.integer;
  }
  if (node.kind != Kind::kDouble) {
    return 0;
  }
  constexpr double kTwoToThe63 = 9223372036854775808.0;
  const double floored = std::floor(node.real);
  if (floored >= kTwoToThe63) {
    return std::numeric_limits<int64_t>::max();
  }
  return floored < -kTwoToThe63 ? std::numeric_limits<int64_t>::min() : static_cast<int64_t>(floored);
}

}  // namespace basalt::model

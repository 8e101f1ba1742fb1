// Request shapes: what each member of a request may be. Two walks read them: CheckTypes (a member's JSON type does not
// fit: SerializationException, the first one found) and FindViolations (required, length, range, pattern, enum: all of
// them, as data; validation_text.h makes one ValidationException of them).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/node.h"

namespace basalt::operations {

enum class ShapeKind : uint8_t {
  kString,
  kBoolean,
  kInteger,  // 32 bits
  kLong,
  kList,
  kMap,
  kStructure,
  kAttributeValue,
};

// Constraints on a string's characters; the text is the one the service shows.
enum class Pattern : uint8_t {
  kNone,
  kName,       // [a-zA-Z0-9_.-]+
  kNameOrArn,  // the same, except that what begins with "arn:" is looked at by the operation
};

// What of it stands in the record that the audit log keeps of a call. Of attribute values only those of keys ever do.
enum class Logged : uint8_t {
  kPlain,      // as it is
  kKey,        // a map of attribute values: those of the table's key
  kItem,       // the same as "key", and the names of all
  kEntry,      // a structure of one member: which one it is, and that one's members
  kStatement,  // a PartiQL statement, without its literals
  kNever,
};

struct Field;

struct Shape {
  ShapeKind kind = ShapeKind::kString;
  std::string_view name = {};           // of a structure
  std::span<const Field> fields = {};   // of a structure, in the order in which violations are listed
  const Shape* element = nullptr;       // of a list, or a map's values
  const Shape* key = nullptr;           // of a map, if its keys are constrained: a string
  std::optional<int64_t> minimum = {};  // length of strings, lists and maps; value of integers
  std::optional<int64_t> maximum = {};
  Pattern pattern = Pattern::kNone;
  std::span<const std::string_view> values = {};  // of an enum, in the service's order
  Logged logged = Logged::kPlain;
  std::string_view logged_name = {};  // of the member there, if not its own in lower case
};

struct Field {
  std::string_view name;
  const Shape* shape;
  bool required = false;
  bool supported = true;  // false: a feature that does not exist yet; refused when it asks for something
};

// `input` = the request's body. kSerialization.
Status CheckTypes(const Shape& shape, const json::Node& input);

// One constraint that a request violates, its parts as the classic wording shows them.
struct Violation {
  std::string value;  // null, or in single quotes
  std::string path;   // keySchema.1.member.attributeName
  std::string constraint;
};
// In the order of the fields, at most as many as the service lists.
std::vector<Violation> FindViolations(const Shape& shape, const json::Node& input);
// kValidation for a supported == false member that asks for something.
Status CheckSupported(const Shape& shape, const json::Node& input);

// What is answered to such a member.
Error NotSupportedYet(std::string_view member);

// Reading a body that has passed both; absent and null are nullopt.
std::optional<std::string_view> GetString(const json::Node& object, std::string_view member);
std::optional<int64_t> GetInteger(const json::Node& object, std::string_view member);
std::optional<bool> GetBool(const json::Node& object, std::string_view member);

}  // namespace basalt::operations

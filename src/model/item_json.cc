// Three parts: the type check, the validating parser over nodes, and the writer with its strict inverse.
#include "model/item_json.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "base/base64.h"
#include "json/utf8.h"
#include "json/writer.h"
#include "model/limits.h"
#include "model/number.h"
#include "model/validation_error.h"

namespace basalt::model {
namespace {

using json::Kind;
using json::Member;
using json::Node;

constexpr size_t kTypeCount = 10;

std::optional<Type> TypeNamed(std::string_view name) {
  switch (name.size()) {
    case 1:
      switch (name[0]) {
        case 'S':
          return Type::kS;
        case 'N':
          return Type::kN;
        case 'B':
          return Type::kB;
        case 'L':
          return Type::kL;
        case 'M':
          return Type::kM;
        default:
          return std::nullopt;
      }
    case 2:
      if (name[1] != 'S') {
        return std::nullopt;
      }
      switch (name[0]) {
        case 'S':
          return Type::kSs;
        case 'N':
          return Type::kNs;
        case 'B':
          return Type::kBs;
        default:
          return std::nullopt;
      }
    case 4:
      if (name == "BOOL") {
        return Type::kBool;
      }
      return name == "NULL" ? std::optional(Type::kNull) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// Shape.

Status CheckListOf(const Node& node, Status (*check_element)(const Node&)) {
  TRY(CheckList(node));
  if (node.kind == Kind::kArray) {
    for (const Node& element : node.elements) {
      TRY(check_element(element));
    }
  }
  return {};
}

Status CheckElementShape(const Node& node) { return CheckValueShape(node, ShapePosition::kElement); }

Status CheckTypedShape(Type type, const Node& node) {
  switch (type) {
    case Type::kS:
    case Type::kN:
      return CheckString(node);
    case Type::kB:
      return CheckBlob(node);
    case Type::kBool:
    case Type::kNull:
      return CheckBoolean(node);
    case Type::kSs:
    case Type::kNs:
      return CheckListOf(node, CheckString);
    case Type::kBs:
      return CheckListOf(node, CheckBlob);
    case Type::kL:
      return CheckListOf(node, CheckElementShape);
    case Type::kM:
      return CheckItemShape(node);
  }
  return {};
}

// Constraints.

Error Invalid(std::string text) { return {Reason::kValidation, std::move(text)}; }
Error WithDefect(Error error, ValueDefect::Kind kind) {
  error.detail = std::make_unique<ValueDefect>(kind);
  return error;
}
Error NoType() {
  return Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}
Error Misfit() { return {Reason::kSerialization, "Unexpected field type"}; }

Error EmptySetSent(Type type) {
  return WithDefect(EmptySet(type),
                    type == Type::kNs ? ValueDefect::Kind::kEmptyNumberSet : ValueDefect::Kind::kEmptySet);
}

// `sent` is the JSON array of strings.
Error DuplicatesSent(Type type, std::span<const Node> sent) {
  std::vector<std::string_view> members;
  members.reserve(sent.size());
  for (const Node& node : sent) {
    members.push_back(node.string);
  }
  return WithDefect(DuplicateMembers(type, members), ValueDefect::Kind::kDuplicates);
}

class ValueParser {
 public:
  explicit ValueParser(Arena& arena, FalseNull false_null = FalseNull::kRefused)
      : arena_(arena), false_null_(false_null) {}

  // `level` is that of this value; a top-level attribute has level 1.
  Status Parse(const Node& node, int level, Value& value) {
    if (level > kNestingLevelsMax) {
      return WithDefect(NestedTooDeeply(), ValueDefect::Kind::kNesting);
    }
    if (node.IsNull()) {
      return NoType();
    }
    if (!node.IsObject()) {
      return Misfit();
    }
    // The types present, in wire order; of repeated members the last that is not null counts.
    std::array<const Node*, kTypeCount> latest{};
    std::array<Type, kTypeCount> order;
    size_t count = 0;
    for (const Member& member : node.members) {
      const std::optional<Type> type = member.value.IsNull() ? std::nullopt : TypeNamed(member.name);
      if (!type) {
        continue;
      }
      const Node*& slot = latest[static_cast<size_t>(*type)];
      if (slot == nullptr) {
        order[count++] = *type;
      }
      slot = &member.value;
    }
    if (count == 0) {
      return NoType();
    }
    // What a member says of itself comes before "more than one", what its children say after it.
    for (size_t i = 0; i < count; ++i) {
      value = Value();
      value.type = order[i];
      TRY(ParseFlat(*latest[static_cast<size_t>(order[i])], value));
    }
    if (count > 1) {
      return SeveralTypes();
    }
    if (value.type == Type::kL) {
      return ParseElements(latest[static_cast<size_t>(Type::kL)]->elements, level, value);
    }
    if (value.type == Type::kM) {
      Item item;
      TRY(ParseAttributes(*latest[static_cast<size_t>(Type::kM)], level + 1, item));
      value.attributes = item;
    }
    return {};
  }

  // `level` is that of the attributes' values.
  Status ParseAttributes(const Node& node, int level, Item& item) {
    if (!node.IsObject()) {
      return Misfit();
    }
    const std::span<Attribute> attributes = arena_.NewArray<Attribute>(node.members.size());
    for (size_t i = 0; i < attributes.size(); ++i) {
      const Member& member = node.members[i];
      TRY(CheckAttributeName(member.name));
      attributes[i].name = member.name;
      TRY(Parse(member.value, level, attributes[i].value));
    }
    item = SortAttributes(attributes);
    return {};
  }

 private:
  // Everything but the children of a list or map.
  Status ParseFlat(const Node& node, Value& value) {
    switch (value.type) {
      case Type::kS:
        return ReadText(node, value.text);
      case Type::kN:
        return ParseNumber(node, value.text);
      case Type::kB:
        return ParseBinary(node, value.text);
      case Type::kBool:
        TRY(CheckBoolean(node));
        value.boolean = ReadBoolean(node);
        return {};
      case Type::kNull:
        TRY(CheckBoolean(node));
        if (!ReadBoolean(node) && false_null_ == FalseNull::kRefused) {
          return InvalidParameter("Null attribute value types must have the value of true");
        }
        return {};
      case Type::kSs:
      case Type::kNs:
      case Type::kBs:
        return ParseSet(node, value);
      case Type::kL:
        return node.kind == Kind::kArray ? Status() : Misfit();
      case Type::kM:
        return node.IsObject() ? Status() : Misfit();
    }
    return {};
  }

  static Status ReadText(const Node& node, std::string_view& text) {
    if (node.kind != Kind::kString) {
      return node.IsNull() ? NoType() : Misfit();
    }
    text = node.string;
    return {};
  }

  Status ParseNumber(const Node& node, std::string_view& canonical) {
    TRY(ReadText(node, canonical));
    if (Number::IsCanonical(canonical)) {
      return {};
    }
    Result<Number> number = Number::Parse(canonical);
    if (!number.ok()) {
      return WithDefect(number.TakeError(), ValueDefect::Kind::kNumber);
    }
    canonical = number->ToCanonical(arena_);
    return {};
  }

  Status ParseBinary(const Node& node, std::string_view& bytes) {
    std::string_view text;
    TRY(ReadText(node, text));
    char* decoded = static_cast<char*>(arena_.Allocate(text.size() / 4 * 3, 1));
    size_t size_bytes = 0;
    if (Base64Decode(text, decoded, size_bytes) != Base64Defect::kNone) {
      return CheckBlob(node);
    }
    bytes = {decoded, size_bytes};
    return {};
  }

  Status ParseSet(const Node& node, Value& value) {
    if (node.kind != Kind::kArray) {
      return Misfit();
    }
    if (node.elements.empty()) {
      return EmptySetSent(value.type);
    }
    const std::span<std::string_view> members = arena_.NewArray<std::string_view>(node.elements.size());
    for (size_t i = 0; i < members.size(); ++i) {
      const Node& element = node.elements[i];
      if (value.type == Type::kSs) {
        TRY(ReadText(element, members[i]));
      } else if (value.type == Type::kNs) {
        TRY(ParseNumber(element, members[i]));
      } else {
        TRY(ParseBinary(element, members[i]));
      }
    }
    std::sort(members.begin(), members.end());
    if (std::adjacent_find(members.begin(), members.end()) != members.end()) {
      return DuplicatesSent(value.type, node.elements);
    }
    value.members = members;
    return {};
  }

  Status ParseElements(std::span<const Node> nodes, int level, Value& value) {
    const std::span<Value> elements = arena_.NewArray<Value>(nodes.size());
    for (size_t i = 0; i < elements.size(); ++i) {
      TRY(Parse(nodes[i], level + 1, elements[i]));
    }
    value.elements = elements;
    return {};
  }

  Arena& arena_;
  FalseNull false_null_;
};

// Out.

void AppendQuotedBase64(std::string& out, std::string_view bytes) {
  out.push_back('"');
  AppendBase64(out, bytes);
  out.push_back('"');
}

void AppendQuoted(std::string& out, std::string_view plain) {
  out.push_back('"');
  out += plain;
  out.push_back('"');
}

void AppendSetMember(std::string& out, Type type, std::string_view member) {
  if (type == Type::kSs) {
    json::AppendString(out, member);
  } else if (type == Type::kNs) {
    AppendQuoted(out, member);
  } else {
    AppendQuotedBase64(out, member);
  }
}

void AppendSet(std::string& out, const Value& set) {
  char before = '[';
  for (const std::string_view member : set.members) {
    out.push_back(before);
    before = ',';
    AppendSetMember(out, set.type, member);
  }
  out += set.members.empty() ? "[]" : "]";
}

void AppendList(std::string& out, std::span<const Value> elements) {
  out.push_back('[');
  for (size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) {
      out.push_back(',');
    }
    AppendJson(out, elements[i]);
  }
  out.push_back(']');
}

// Reads exactly what AppendJson writes, from a copy of the text in the arena that values point into.
class StoredParser {
 public:
  StoredParser(std::string_view text, Arena& arena) : arena_(arena) {
    at_ = static_cast<char*>(arena.Allocate(text.size() + 1, 1));
    if (!text.empty()) {
      std::memcpy(at_, text.data(), text.size());
    }
    end_ = at_ + text.size();
    attributes_.reserve(kScratchReserved);
  }

  bool Parse(Item& item) { return ParseAttributes(1, item) && at_ == end_; }

 private:
  static constexpr size_t kScratchReserved = 32;
  // A path of at most kPathDepthMax steps may set a value of at most kNestingLevelsMax levels.
  static constexpr int kStoredLevelsMax = kNestingLevelsMax + kPathDepthMax + 1;

  std::string_view rest() const { return {at_, static_cast<size_t>(end_ - at_)}; }

  bool Take(char c) {
    if (at_ == end_ || *at_ != c) {
      return false;
    }
    ++at_;
    return true;
  }

  bool Take(std::string_view text) {
    if (!rest().starts_with(text)) {
      return false;
    }
    at_ += text.size();
    return true;
  }

  // A string without escapes.
  bool TakePlain(std::string_view& text) {
    if (!Take('"')) {
      return false;
    }
    text = rest().substr(0, json::PlainPrefix(rest()));
    at_ += text.size();
    return Take('"');
  }

  bool TakeString(std::string_view& text) {
    if (!Take('"')) {
      return false;
    }
    char* const begin = at_;
    char* out = at_;  // never ahead of at_: an escape is longer than what it stands for
    while (true) {
      const size_t plain = json::PlainPrefix(rest());
      if (out != at_) {
        std::memmove(out, at_, plain);
      }
      out += plain;
      at_ += plain;
      if (Take('"')) {
        text = {begin, static_cast<size_t>(out - begin)};
        return true;
      }
      if (!Take('\\') || !TakeEscape(*out++)) {
        return false;
      }
    }
  }

  bool TakeEscape(char& c) {
    static constexpr std::string_view kNames = "\"\\bfnrt";
    static constexpr std::string_view kMeant = "\"\\\b\f\n\r\t";
    if (at_ == end_) {
      return false;
    }
    const size_t named = kNames.find(*at_);
    if (named != std::string_view::npos) {
      c = kMeant[named];
      ++at_;
      return true;
    }
    static constexpr std::string_view kHexDigits = "0123456789abcdef";
    if (!Take("u00") || end_ - at_ < 2 || (at_[0] != '0' && at_[0] != '1')) {
      return false;
    }
    const size_t low = kHexDigits.find(at_[1]);
    if (low == std::string_view::npos) {
      return false;
    }
    c = static_cast<char>((at_[0] - '0') * 16 + static_cast<int>(low));
    at_ += 2;
    return kMeant.find(c) == std::string_view::npos;  // those have a shorter form
  }

  bool TakeNumber(std::string_view& canonical) { return TakePlain(canonical) && Number::IsCanonical(canonical); }

  bool TakeBinary(std::string_view& bytes) {
    std::string_view text;
    if (!TakePlain(text)) {
      return false;
    }
    char* decoded = static_cast<char*>(arena_.Allocate(text.size() / 4 * 3, 1));
    size_t size_bytes = 0;
    if (Base64Decode(text, decoded, size_bytes) != Base64Defect::kNone) {
      return false;
    }
    bytes = {decoded, size_bytes};
    return true;
  }

  bool ParseAttributes(int level, Item& item) {
    if (!Take('{')) {
      return false;
    }
    if (Take('}')) {
      item = {};
      return true;
    }
    const size_t first = attributes_.size();
    do {
      Attribute attribute;
      if (!TakeString(attribute.name) || !Take(':') || !ParseValue(level, attribute.value)) {
        return false;
      }
      if (attributes_.size() > first && attribute.name <= attributes_.back().name) {
        return false;
      }
      attributes_.push_back(attribute);
    } while (Take(','));
    item = arena_.CopyArray(std::span<const Attribute>(attributes_).subspan(first));
    attributes_.resize(first);
    return Take('}');
  }

  bool ParseValue(int level, Value& value) {
    std::string_view name;
    if (level > kStoredLevelsMax || !Take('{') || !TakePlain(name) || !Take(':')) {
      return false;
    }
    const std::optional<Type> type = TypeNamed(name);
    if (!type) {
      return false;
    }
    value.type = *type;
    return ParseTyped(level, value) && Take('}');
  }

  bool ParseTyped(int level, Value& value) {
    switch (value.type) {
      case Type::kS:
        return TakeString(value.text);
      case Type::kN:
        return TakeNumber(value.text);
      case Type::kB:
        return TakeBinary(value.text);
      case Type::kBool:
        value.boolean = Take("true");
        return value.boolean || Take("false");
      case Type::kNull:
        return Take("true");
      case Type::kSs:
      case Type::kNs:
      case Type::kBs:
        return ParseSet(value);
      case Type::kL:
        return ParseList(level, value);
      case Type::kM: {
        Item item;
        const bool parsed = ParseAttributes(level + 1, item);
        value.attributes = item;
        return parsed;
      }
    }
    return false;
  }

  bool ParseSet(Value& value) {
    members_.clear();
    if (!Take('[')) {
      return false;
    }
    do {
      std::string_view member;
      const bool taken = value.type == Type::kSs   ? TakeString(member)
                         : value.type == Type::kNs ? TakeNumber(member)
                                                   : TakeBinary(member);
      if (!taken || (!members_.empty() && member <= members_.back())) {
        return false;
      }
      members_.push_back(member);
    } while (Take(','));
    value.members = arena_.CopyArray(std::span<const std::string_view>(members_));
    return Take(']');
  }

  bool ParseList(int level, Value& value) {
    value.elements = {};
    if (!Take('[')) {
      return false;
    }
    if (Take(']')) {
      return true;
    }
    const size_t first = elements_.size();
    do {
      Value element;
      if (!ParseValue(level + 1, element)) {
        return false;
      }
      elements_.push_back(element);
    } while (Take(','));
    value.elements = arena_.CopyArray(std::span<const Value>(elements_).subspan(first));
    elements_.resize(first);
    return Take(']');
  }

  Arena& arena_;
  char* at_;
  char* end_;
  // What is open: each list or map keeps its part at the end until it closes.
  std::vector<Attribute> attributes_;
  std::vector<Value> elements_;
  std::vector<std::string_view> members_;
};

}  // namespace

Status CheckValueShape(const Node& node, ShapePosition position) {
  TRY(CheckStructure(node, "AttributeValue", position));
  if (node.IsObject()) {
    for (const Member& member : node.members) {
      const std::optional<Type> type = TypeNamed(member.name);
      if (type) {
        TRY(CheckTypedShape(*type, member.value));
      }
    }
  }
  return {};
}

Status CheckItemShape(const Node& node) {
  TRY(CheckMapOf(node, "AttributeValue"));
  if (node.IsObject()) {
    for (const Member& member : node.members) {
      TRY(CheckValueShape(member.value, ShapePosition::kElement));
    }
  }
  return {};
}

std::optional<ValueDefect::Kind> DefectOf(const Error& error) {
  const auto* defect = dynamic_cast<const ValueDefect*>(error.detail.get());
  return defect == nullptr ? std::nullopt : std::optional(defect->kind);
}

Status CheckAttributeName(std::string_view name) {
  if (name.empty()) {
    return Invalid("Empty attribute name");
  }
  if (name.size() > kAttributeNameBytesMax) {
    return AttributeNameTooLong();
  }
  return {};
}

Result<Value> ParseValue(const Node& node, Arena& arena) {
  Value value;
  TRY(ValueParser(arena).Parse(node, 1, value));
  return value;
}

Result<Item> ParseItem(const Node& node, Arena& arena, FalseNull false_null) {
  Item item;
  TRY(ValueParser(arena, false_null).ParseAttributes(node, 1, item));
  return item;
}

void AppendJson(std::string& out, const Value& value) {
  out += "{\"";
  out += TypeName(value.type);
  out += "\":";
  switch (value.type) {
    case Type::kS:
      json::AppendString(out, value.text);
      break;
    case Type::kN:
      AppendQuoted(out, value.text);
      break;
    case Type::kB:
      AppendQuotedBase64(out, value.text);
      break;
    case Type::kBool:
      out += value.boolean ? "true" : "false";
      break;
    case Type::kNull:
      out += "true";
      break;
    case Type::kSs:
    case Type::kNs:
    case Type::kBs:
      AppendSet(out, value);
      break;
    case Type::kL:
      AppendList(out, value.elements);
      break;
    case Type::kM:
      AppendJson(out, value.attributes);
      break;
  }
  out.push_back('}');
}

void AppendJson(std::string& out, Item item) {
  char before = '{';
  for (const Attribute& attribute : item) {
    out.push_back(before);
    before = ',';
    json::AppendString(out, attribute.name);
    out.push_back(':');
    AppendJson(out, attribute.value);
  }
  out += item.empty() ? "{}" : "}";
}

Result<Item> ParseStoredItem(std::string_view text, Arena& arena) {
  Item item;
  if (!json::IsUtf8(text) || !StoredParser(text, arena).Parse(item)) {
    return Error(Reason::kCorruption, "a stored item is not what was written");
  }
  return item;
}

}  // namespace basalt::model

// Attribute values: lookup, order, equality, size. Everything here is linear or n log n in what it is given.
#include "model/value.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/check.h"
#include "model/number.h"

namespace basalt::model {
namespace {

static_assert(std::is_trivially_copyable_v<Value> && std::is_trivially_copyable_v<Attribute>);

constexpr size_t kInsertionSortMax = 16;
constexpr size_t kListOverheadBytes = 3;
constexpr size_t kElementOverheadBytes = 1;

bool ByName(const Attribute& a, const Attribute& b) { return a.name < b.name; }

// Stable: an attribute never passes one of its own name.
void InsertionSort(std::span<Attribute> attributes) {
  for (size_t i = 1; i < attributes.size(); ++i) {
    const Attribute moving = attributes[i];
    size_t at = i;
    while (at > 0 && ByName(moving, attributes[at - 1])) {
      attributes[at] = attributes[at - 1];
      --at;
    }
    attributes[at] = moving;
  }
}

// From the canonical text alone: digits are trimmed of zeros at both ends of the whole number, those left and right
// of the point are rounded up to pairs apart.
size_t NumberSizeBytes(std::string_view canonical) {
  size_t size_bytes = 1;
  if (!canonical.empty() && canonical.front() == '-') {
    ++size_bytes;
    canonical.remove_prefix(1);
  }
  const size_t point = canonical.find('.');
  std::string_view whole = canonical.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? std::string_view() : canonical.substr(point + 1);
  if (whole == "0") {
    whole = {};
  }
  if (fraction.empty()) {
    while (!whole.empty() && whole.back() == '0') {
      whole.remove_suffix(1);
    }
  }
  if (whole.empty()) {
    while (!fraction.empty() && fraction.front() == '0') {
      fraction.remove_prefix(1);
    }
  }
  return size_bytes + (whole.size() + 1) / 2 + (fraction.size() + 1) / 2;
}

}  // namespace

std::string_view TypeName(Type type) {
  static constexpr std::array<std::string_view, 10> kNames = {"S",  "N",  "B",  "BOOL", "NULL",
                                                              "SS", "NS", "BS", "L",    "M"};
  return kNames[static_cast<size_t>(type)];
}

Value Value::String(std::string_view utf8) {
  Value value;
  value.type = Type::kS;
  value.text = utf8;
  return value;
}

Value Value::Number(std::string_view canonical) {
  Value value;
  value.type = Type::kN;
  value.text = canonical;
  return value;
}

Value Value::Binary(std::string_view bytes) {
  Value value;
  value.type = Type::kB;
  value.text = bytes;
  return value;
}

Value Value::Bool(bool boolean_value) {
  Value value;
  value.type = Type::kBool;
  value.boolean = boolean_value;
  return value;
}

Value Value::Null() { return {}; }

Value Value::Set(Type type, std::span<const std::string_view> sorted_members) {
  Value value;
  value.type = type;
  value.members = sorted_members;
  BASALT_CHECK(value.IsSet());
  return value;
}

Value Value::List(std::span<const Value> elements) {
  Value value;
  value.type = Type::kL;
  value.elements = elements;
  return value;
}

Value Value::Map(std::span<const Attribute> sorted_attributes) {
  Value value;
  value.type = Type::kM;
  value.attributes = sorted_attributes;
  return value;
}

const Value* Find(Item item, std::string_view name) {
  const auto found =
      std::lower_bound(item.begin(), item.end(), name,
                       [](const Attribute& attribute, std::string_view wanted) { return attribute.name < wanted; });
  return found != item.end() && found->name == name ? &found->value : nullptr;
}

std::span<Attribute> SortAttributes(std::span<Attribute> attributes) {
  const auto not_ascending = [](const Attribute& a, const Attribute& b) { return !ByName(a, b); };
  if (std::adjacent_find(attributes.begin(), attributes.end(), not_ascending) == attributes.end()) {
    return attributes;
  }
  if (attributes.size() <= kInsertionSortMax) {
    InsertionSort(attributes);
  } else {
    std::stable_sort(attributes.begin(), attributes.end(), ByName);
  }
  size_t kept = 0;
  for (size_t i = 0; i < attributes.size(); ++i) {
    if (i + 1 == attributes.size() || attributes[i].name != attributes[i + 1].name) {
      attributes[kept++] = attributes[i];
    }
  }
  return attributes.first(kept);
}

bool Equal(const Value& a, const Value& b) {
  if (a.type != b.type) {
    return false;
  }
  switch (a.type) {
    case Type::kS:
    case Type::kN:
    case Type::kB:
      return a.text == b.text;
    case Type::kBool:
      return a.boolean == b.boolean;
    case Type::kNull:
      return true;
    case Type::kSs:
    case Type::kNs:
    case Type::kBs:
      return std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end());
    case Type::kL:
      return std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(), Equal);
    case Type::kM:
      return std::equal(
          a.attributes.begin(), a.attributes.end(), b.attributes.begin(), b.attributes.end(),
          [](const Attribute& x, const Attribute& y) { return x.name == y.name && Equal(x.value, y.value); });
  }
  return false;
}

int Compare(const Value& a, const Value& b) {
  BASALT_CHECK(a.type == b.type && a.type <= Type::kB);
  if (a.type == Type::kN) {
    return a.text == b.text ? 0 : Number::Compare(Number::FromCanonical(a.text), Number::FromCanonical(b.text));
  }
  return a.text.compare(b.text);
}

size_t SizeBytes(const Value& value) {
  switch (value.type) {
    case Type::kS:
    case Type::kB:
      return value.text.size();
    case Type::kN:
      return NumberSizeBytes(value.text);
    case Type::kBool:
    case Type::kNull:
      return 1;
    case Type::kSs:
    case Type::kBs: {
      size_t size_bytes = 0;
      for (const std::string_view member : value.members) {
        size_bytes += member.size();
      }
      return size_bytes;
    }
    case Type::kNs: {
      size_t size_bytes = 0;
      for (const std::string_view member : value.members) {
        size_bytes += NumberSizeBytes(member);
      }
      return size_bytes;
    }
    case Type::kL: {
      size_t size_bytes = kListOverheadBytes;
      for (const Value& element : value.elements) {
        size_bytes += kElementOverheadBytes + SizeBytes(element);
      }
      return size_bytes;
    }
    case Type::kM:
      return kListOverheadBytes + kElementOverheadBytes * value.attributes.size() + SizeBytes(value.attributes);
  }
  return 0;
}

size_t SizeBytes(Item item) {
  size_t size_bytes = 0;
  for (const Attribute& attribute : item) {
    size_bytes += attribute.name.size() + SizeBytes(attribute.value);
  }
  return size_bytes;
}

int NestingLevels(const Value& value) {
  int below = 0;
  if (value.type == Type::kL) {
    for (const Value& element : value.elements) {
      below = std::max(below, NestingLevels(element));
    }
  } else if (value.type == Type::kM) {
    for (const Attribute& attribute : value.attributes) {
      below = std::max(below, NestingLevels(attribute.value));
    }
  }
  return below + 1;
}

Value DeepCopy(const Value& value, Arena& arena) {
  Value copy = value;
  switch (value.type) {
    case Type::kS:
    case Type::kN:
    case Type::kB:
      copy.text = arena.Copy(value.text);
      break;
    case Type::kBool:
    case Type::kNull:
      break;
    case Type::kSs:
    case Type::kNs:
    case Type::kBs: {
      const std::span<std::string_view> members = arena.NewArray<std::string_view>(value.members.size());
      for (size_t i = 0; i < members.size(); ++i) {
        members[i] = arena.Copy(value.members[i]);
      }
      copy.members = members;
      break;
    }
    case Type::kL: {
      const std::span<Value> elements = arena.NewArray<Value>(value.elements.size());
      for (size_t i = 0; i < elements.size(); ++i) {
        elements[i] = DeepCopy(value.elements[i], arena);
      }
      copy.elements = elements;
      break;
    }
    case Type::kM:
      copy.attributes = DeepCopy(value.attributes, arena);
      break;
  }
  return copy;
}

Item DeepCopy(Item item, Arena& arena) {
  const std::span<Attribute> attributes = arena.NewArray<Attribute>(item.size());
  for (size_t i = 0; i < attributes.size(); ++i) {
    attributes[i].name = arena.Copy(item[i].name);
    attributes[i].value = DeepCopy(item[i].value, arena);
  }
  return attributes;
}

}  // namespace basalt::model

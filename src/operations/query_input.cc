// Parameters are sorted by name once; whatever a member is made of is then a range of them.
#include "operations/query_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace basalt::operations {
namespace {

using Range = std::span<const Parameter>;

Error Malformed(std::string_view name, std::string_view type) {
  return Error(Reason::kSerialization, fmt::format("The value of {} is not a valid {}.", name, type));
}

std::optional<int64_t> ReadNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

json::Node StringNode(std::string_view text) {
  json::Node node;
  node.kind = json::Kind::kString;
  node.string = text;
  return node;
}

class FormReader {
 public:
  explicit FormReader(Arena& arena) : arena_(arena) {}

  // Of `range`, whose names all begin with `prefix_size` characters that are read already. Null: nothing is there.
  Result<json::Node> Read(const Shape& shape, Range range, size_t prefix_size) {
    switch (shape.kind) {
      case ShapeKind::kStructure:
        return ReadStructure(shape, range, prefix_size);
      case ShapeKind::kList:
        return ReadList(shape, Within(range, prefix_size, ".member."), prefix_size + 8);
      case ShapeKind::kMap:
      case ShapeKind::kAttributeValue:
        return json::Node();  // no query service has any
      case ShapeKind::kString:
      case ShapeKind::kBoolean:
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        break;
    }
    if (range.empty() || range.front().name.size() != prefix_size) {
      return json::Node();
    }
    const Parameter& parameter = range.front();
    if (shape.kind == ShapeKind::kString) {
      return StringNode(parameter.value);
    }
    json::Node node;
    if (shape.kind == ShapeKind::kBoolean) {
      if (parameter.value != "true" && parameter.value != "false") {
        return Malformed(parameter.name, "boolean");
      }
      node.kind = parameter.value == "true" ? json::Kind::kTrue : json::Kind::kFalse;
      return node;
    }
    const auto number = ReadNumber(parameter.value);
    if (!number) {
      return Malformed(parameter.name, "number");
    }
    node.kind = json::Kind::kInteger;
    node.integer = *number;
    return node;
  }

 private:
  // Those of `range` that go on with `text` behind the prefix.
  static Range Within(Range range, size_t prefix_size, std::string_view text) {
    const auto rest = [prefix_size, size = text.size()](const Parameter& parameter) {
      return parameter.name.substr(prefix_size, size);
    };
    const auto begin = std::lower_bound(range.begin(), range.end(), text,
                                        [&rest](const Parameter& p, std::string_view t) { return rest(p) < t; });
    const auto end = std::upper_bound(begin, range.end(), text,
                                      [&rest](std::string_view t, const Parameter& p) { return t < rest(p); });
    return {begin, end};
  }

  Result<json::Node> ReadStructure(const Shape& shape, Range range, size_t prefix_size) {
    std::vector<json::Member> members;
    // Behind the name of what holds it a structure's member is parted by a dot.
    const std::string dot = prefix_size == 0 ? "" : ".";
    for (const Field& field : shape.fields) {
      const std::string name = dot + std::string(field.name);
      TRY_ASSIGN(const json::Node value,
                 Read(*field.shape, Within(range, prefix_size, name), prefix_size + name.size()));
      if (!value.IsNull()) {
        members.push_back({field.name, value});
      }
    }
    json::Node node;
    if (!members.empty() || prefix_size == 0) {
      node.kind = json::Kind::kObject;
      node.members = arena_.CopyArray(std::span<const json::Member>(members));
    }
    return node;
  }

  Result<json::Node> ReadList(const Shape& shape, Range range, size_t prefix_size) {
    struct Numbered {
      int64_t number;
      json::Node node;
    };
    std::vector<Numbered> elements;
    while (!range.empty()) {
      const std::string_view rest = range.front().name.substr(prefix_size);
      const std::string_view index = rest.substr(0, rest.find('.'));
      const auto number = ReadNumber(index);
      if (!number || *number < 1 || index.front() == '0') {
        return Error(Reason::kSerialization,
                     fmt::format("Key {} does not name an element of a list.", range.front().name));
      }
      // In order of their bytes "1" and "1.Key" are neighbours, and "10" comes behind.
      const auto end = std::find_if(range.begin(), range.end(), [&](const Parameter& parameter) {
        const std::string_view other = parameter.name.substr(prefix_size);
        return other.substr(0, other.find('.')) != index;
      });
      TRY_ASSIGN(const json::Node node, Read(*shape.element, {range.begin(), end}, prefix_size + index.size()));
      if (!node.IsNull() || shape.element->kind == ShapeKind::kStructure) {
        elements.push_back({*number, node});
      }
      range = {end, range.end()};
    }
    json::Node node;
    if (elements.empty()) {
      return node;
    }
    std::sort(elements.begin(), elements.end(),
              [](const Numbered& a, const Numbered& b) { return a.number < b.number; });
    const std::span<json::Node> nodes = arena_.NewArray<json::Node>(elements.size());
    std::transform(elements.begin(), elements.end(), nodes.begin(), [](const Numbered& e) { return e.node; });
    node.kind = json::Kind::kArray;
    node.elements = nodes;
    return node;
  }

  Arena& arena_;
};

}  // namespace

Result<json::Node> ReadParameters(const Shape& shape, std::span<const Parameter> parameters, Arena& arena) {
  std::vector<Parameter> sorted(parameters.begin(), parameters.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Parameter& a, const Parameter& b) { return a.name < b.name; });
  return FormReader(arena).Read(shape, sorted, 0);
}

}  // namespace basalt::operations

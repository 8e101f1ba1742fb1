// Answers as records hold them.
#include "operations/logged_answer.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/arena.h"
#include "json/node.h"
#include "json/writer.h"
#include "os/clock.h"

namespace basalt::operations {
namespace {

constexpr std::array<std::string_view, 2> kSecrets = {"secretAccessKey", "sessionToken"};
constexpr size_t kDepthMax = 32;

bool IsSecret(std::string_view name) {
  return std::find(kSecrets.begin(), kSecrets.end(), InLowerCase(name)) != kSecrets.end();
}

bool IsTime(std::string_view member) { return member.ends_with("DateTime"); }

// Seconds that a date can be written of; others stay the number that they are.
bool IsDate(double time_s) {
  constexpr double kEndOf9999S = 253'402'300'800;
  return time_s >= 0 && time_s < kEndOf9999S;
}

void WriteNode(json::Writer& writer, const json::Node& node, bool is_time) {
  switch (node.kind) {
    case json::Kind::kNull:
      return writer.Null();
    case json::Kind::kFalse:
    case json::Kind::kTrue:
      return writer.Bool(node.kind == json::Kind::kTrue);
    case json::Kind::kInteger:
      return is_time && IsDate(static_cast<double>(node.integer))
                 ? writer.String(os::FormatShortDate(node.integer * 1000))
                 : writer.Integer(node.integer);
    case json::Kind::kDouble:
      return is_time && IsDate(node.real) ? writer.String(os::FormatShortDate(static_cast<int64_t>(node.real * 1000)))
                                          : writer.Double(node.real);
    case json::Kind::kString:
      return writer.String(node.string);
    case json::Kind::kArray:
      writer.BeginArray();
      for (const json::Node& element : node.elements) {
        WriteNode(writer, element, false);
      }
      return writer.EndArray();
    case json::Kind::kObject:
      writer.BeginObject();
      for (const json::Member& member : node.members) {
        if (!IsSecret(member.name)) {
          writer.Key(InLowerCase(member.name));
          WriteNode(writer, member.value, IsTime(member.name));
        }
      }
      return writer.EndObject();
  }
}

// ---- XML as we write it: elements without attributes, and text

struct Element {
  std::string_view name;
  std::string_view text;  // of one without children
  std::vector<Element> children;
};

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  // Nullopt if it is not of that form.
  std::optional<std::vector<Element>> Run() {
    std::vector<Element> elements;
    if (!ReadElements(elements, 0) || !rest_.empty()) {
      return std::nullopt;
    }
    return elements;
  }

 private:
  void SkipSpace() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  // Up to the end of the text, or of the element that they stand in.
  bool ReadElements(std::vector<Element>& elements, size_t depth) {
    SkipSpace();
    while (rest_.starts_with('<') && !rest_.starts_with("</")) {
      Element element;
      if (depth == kDepthMax || !ReadElement(element, depth)) {
        return false;
      }
      elements.push_back(std::move(element));
      SkipSpace();
    }
    return true;
  }

  bool ReadElement(Element& element, size_t depth) {
    const size_t close = rest_.find('>');
    if (close == std::string_view::npos || close < 2) {
      return false;
    }
    element.name = rest_.substr(1, close - 1);
    rest_.remove_prefix(close + 1);
    if (element.name.ends_with('/')) {
      element.name.remove_suffix(1);
      return true;
    }
    const std::string_view inside = rest_;
    if (!ReadElements(element.children, depth + 1)) {
      return false;
    }
    if (element.children.empty()) {
      rest_ = inside;
      element.text = inside.substr(0, inside.find('<'));
      rest_.remove_prefix(element.text.size());
    }
    const bool ends = rest_.starts_with("</") && rest_.substr(2).starts_with(element.name) &&
                      rest_.substr(2 + element.name.size()).starts_with('>');
    if (ends) {
      rest_.remove_prefix(element.name.size() + 3);
    }
    return ends;
  }

  std::string_view rest_;
};

std::string Unescaped(std::string_view text) {
  struct Escape {
    std::string_view form;
    char character;
  };
  static constexpr std::array<Escape, 4> kEscapes = {{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}}};
  std::string out;
  while (!text.empty()) {
    const auto escape = std::find_if(kEscapes.begin(), kEscapes.end(),
                                     [text](const Escape& known) { return text.starts_with(known.form); });
    out += escape == kEscapes.end() ? text.front() : escape->character;
    text.remove_prefix(escape == kEscapes.end() ? 1 : escape->form.size());
  }
  return out;
}

void WriteElements(json::Writer& writer, const std::vector<Element>& elements);

void WriteElement(json::Writer& writer, const Element& element) {
  element.children.empty() ? writer.String(Unescaped(element.text)) : WriteElements(writer, element.children);
}

// <member>s are a list, all else members of an object.
void WriteElements(json::Writer& writer, const std::vector<Element>& elements) {
  const bool is_list = elements.front().name == "member";
  is_list ? writer.BeginArray() : writer.BeginObject();
  for (const Element& element : elements) {
    if (IsSecret(element.name)) {
      continue;
    }
    if (!is_list) {
      writer.Key(InLowerCase(element.name));
    }
    WriteElement(writer, element);
  }
  is_list ? writer.EndArray() : writer.EndObject();
}

std::optional<std::string> Bounded(std::string json) {
  return json.size() > kLoggedBytesMax ? std::nullopt : std::optional(std::move(json));
}

}  // namespace

std::string InLowerCase(std::string_view name) {
  std::string lowered(name);
  if (!lowered.empty() && lowered[0] >= 'A' && lowered[0] <= 'Z') {
    lowered[0] = static_cast<char>(lowered[0] - 'A' + 'a');
  }
  return lowered;
}

std::optional<std::string> LoggedJsonAnswer(std::string_view answer) {
  if (answer.size() > kLoggedBytesMax) {
    return std::nullopt;
  }
  Arena arena;
  const Result<json::Node> node = json::Parse(answer, arena);
  if (!node.ok() || !node->IsObject() || node->members.empty()) {
    return std::nullopt;
  }
  std::string out;
  json::Writer writer(out);
  WriteNode(writer, *node, false);
  return Bounded(std::move(out));
}

std::optional<std::string> LoggedXmlAnswer(std::string_view answer) {
  if (answer.size() > kLoggedBytesMax) {
    return std::nullopt;
  }
  const std::optional<std::vector<Element>> elements = XmlReader(answer).Run();
  if (!elements || elements->empty()) {
    return std::nullopt;
  }
  std::string out;
  json::Writer writer(out);
  WriteElements(writer, *elements);
  return Bounded(std::move(out));
}

}  // namespace basalt::operations

#include "policy/position.h"

#include "base/check.h"

namespace basalt::policy {
namespace {

// Walks text and nodes side by side. The text has been parsed, so it holds what the nodes say.
class Walk {
 public:
  Walk(std::string_view text, const json::Node& wanted) : text_(text), wanted_(wanted) {}

  // Whether the node was found, having ended just behind it. As deep as the parser allows.
  bool Pass(const json::Node& node) {
    SkipSpace();
    const size_t begin = at_;
    if (node.kind == json::Kind::kObject) {
      Skip(1);
      for (const json::Member& member : node.members) {
        SkipTo('"');
        SkipString();
        SkipTo(':');
        Skip(1);
        if (Pass(member.value)) {
          return true;
        }
      }
      SkipTo('}');
      Skip(1);
    } else if (node.kind == json::Kind::kArray) {
      Skip(1);
      for (const json::Node& element : node.elements) {
        if (Pass(element)) {
          return true;
        }
        SkipSpace();
        if (at_ < text_.size() && text_[at_] == ',') {
          Skip(1);
        }
      }
      SkipTo(']');
      Skip(1);
    } else if (node.kind == json::Kind::kString) {
      SkipString();
    } else {
      SkipScalar();
    }
    found_begin_ = begin;
    return &node == &wanted_;
  }

  Extent extent() const { return {found_begin_, at_}; }

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  void Skip(size_t count) {
    BASALT_CHECK(at_ + count <= text_.size());
    at_ += count;
  }
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) {
      ++at_;
    }
  }
  void SkipTo(char c) {
    at_ = text_.find(c, at_);
    BASALT_CHECK(at_ != std::string_view::npos);
  }
  void SkipString() {
    Skip(1);
    while (text_[at_] != '"') {
      Skip(text_[at_] == '\\' ? 2 : 1);
      BASALT_CHECK(at_ < text_.size());
    }
    Skip(1);
  }
  void SkipScalar() {
    while (at_ < text_.size() && !IsSpace(text_[at_]) && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ']') {
      ++at_;
    }
  }

  std::string_view text_;
  const json::Node& wanted_;
  size_t at_ = 0;
  size_t found_begin_ = 0;  // of the node that was passed last
};

}  // namespace

Extent ExtentOf(std::string_view text, const json::Node& root, const json::Node& node) {
  Walk walk(text, node);
  walk.Pass(root);
  return walk.extent();
}

Position PositionAt(std::string_view text, size_t offset) {
  Position position;
  for (const char c : text.substr(0, offset)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      position = {position.row + 1, 1};
    } else if ((byte & 0xC0) != 0x80) {
      position.column += byte >= 0xF0 ? 2 : 1;
    }
  }
  return position;
}

Position PositionBehind(std::string_view text, const json::Node& root, const json::Node& node) {
  return PositionAt(text, ExtentOf(text, root, node).end);
}

}  // namespace basalt::policy

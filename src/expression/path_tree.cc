// Paths merged into a tree. See path_tree.h.
#include "expression/path_tree.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "base/checksum.h"
#include "expression/message.h"

namespace basalt::expression {
namespace {

constexpr uint32_t kNone = PathNode::kNoPath;

bool SameElement(const PathElement& a, const PathElement& b) {
  if (a.is_index != b.is_index) {
    return false;
  }
  if (a.is_index) {
    return a.index == b.index;
  }
  // A placeholder used again is the same view: no need to compare what may be 64 KiB.
  return a.name.size() == b.name.size() && (a.name.data() == b.name.data() || a.name == b.name);
}

// Inserts the paths in their order, so that the first offending pair of the text is the one reported.
class Builder {
 public:
  Builder(Kind kind, std::span<const Path> paths, Arena& arena) : kind_(kind), paths_(paths), arena_(arena) {
    size_t elements = 1;
    for (const Path path : paths) {
      elements += path.size();
    }
    drafts_ = arena.NewArray<Draft>(elements);
    slots_ = arena.NewArray<uint32_t>(std::bit_ceil(elements * 2));
    std::fill(slots_.begin(), slots_.end(), kNone);
  }

  Result<const PathNode*> Build() {
    for (uint32_t i = 0; i < paths_.size(); ++i) {
      TRY(Insert(i));
    }
    if (conflict_.has_value()) {
      return Clash("conflict", conflict_->first, conflict_->second);
    }
    PathNode* root = arena_.New<PathNode>();
    FillChildren(*root, drafts_[0]);
    return root;
  }

 private:
  struct Draft {
    PathElement element;
    uint32_t parent = kNone;
    uint32_t first_path = kNone;  // the earliest path through here
    uint32_t path = kNone;        // the path that ends here
    uint32_t first_child = kNone;
    uint32_t last_child = kNone;
    uint32_t next_sibling = kNone;
    uint32_t child_count = 0;
  };

  Error Clash(std::string_view verb, uint32_t one, uint32_t two) const {
    std::string text = "Two document paths ";
    text += verb;
    text += " with each other; must remove or rewrite one of these paths; path one: ";
    text += RenderPath(paths_[one]);
    text += ", path two: ";
    text += RenderPath(paths_[two]);
    return Invalid(kind_, text);
  }

  Status Insert(uint32_t path) {
    uint32_t at = 0;
    bool is_new = false;
    for (const PathElement& element : paths_[path]) {
      Draft& parent = drafts_[at];
      if (parent.path != kNone) {
        return Clash("overlap", parent.path, path);
      }
      if (!conflict_.has_value() && parent.first_child != kNone &&
          drafts_[parent.first_child].element.is_index != element.is_index) {
        conflict_.emplace(drafts_[parent.first_child].first_path, path);
      }
      uint32_t& slot = FindSlot(at, element);
      is_new = slot == kNone;
      if (is_new) {
        slot = count_;
        AddChild(at, element, path);
      }
      at = slot;
    }
    if (!is_new) {
      return Clash("overlap", drafts_[at].first_path, path);
    }
    drafts_[at].path = path;
    return {};
  }

  uint32_t& FindSlot(uint32_t parent, const PathElement& element) {
    const size_t mask = slots_.size() - 1;
    const uint64_t hash =
        element.is_index ? (uint64_t{element.index} + 1) * 0x9E3779B97F4A7C15U + uint64_t{parent} * 0xC2B2AE3D27D4EB4FU
                         : Xxh3(element.name, parent);
    size_t at = (hash ^ (hash >> 32U)) & mask;
    while (slots_[at] != kNone &&
           (drafts_[slots_[at]].parent != parent || !SameElement(drafts_[slots_[at]].element, element))) {
      at = (at + 1) & mask;
    }
    return slots_[at];
  }

  void AddChild(uint32_t parent_index, const PathElement& element, uint32_t path) {
    Draft& child = drafts_[count_];
    child.element = element;
    child.parent = parent_index;
    child.first_path = path;
    Draft& parent = drafts_[parent_index];
    (parent.last_child == kNone ? parent.first_child : drafts_[parent.last_child].next_sibling) = count_;
    parent.last_child = count_;
    ++parent.child_count;
    ++count_;
  }

  // At most model::kPathDepthMax + 1 deep.
  void FillChildren(PathNode& node, const Draft& draft) {
    const std::span<PathNode> children = arena_.NewArray<PathNode>(draft.child_count);
    uint32_t at = draft.first_child;
    for (PathNode& child : children) {
      const Draft& source = drafts_[at];
      child.element = source.element;
      child.path = source.path;
      FillChildren(child, source);
      at = source.next_sibling;
    }
    std::sort(children.begin(), children.end(), [](const PathNode& a, const PathNode& b) {
      return a.element.is_index ? a.element.index < b.element.index : a.element.name < b.element.name;
    });
    node.children = children;
  }

  Kind kind_;
  std::span<const Path> paths_;
  Arena& arena_;
  std::span<Draft> drafts_;    // the first one is the root
  std::span<uint32_t> slots_;  // open addressing: (parent, element) to draft
  uint32_t count_ = 1;
  std::optional<std::pair<uint32_t, uint32_t>> conflict_;
};

bool Project(const PathNode& node, const model::Value& value, model::Value& out, Arena& arena);

std::span<const model::Attribute> ProjectMap(std::span<const PathNode> children,
                                             std::span<const model::Attribute> attributes, Arena& arena) {
  const std::span<model::Attribute> found = arena.NewArray<model::Attribute>(children.size());
  size_t count = 0;
  for (const PathNode& child : children) {
    const model::Value* value = model::Find(attributes, child.element.name);
    if (value != nullptr && Project(child, *value, found[count].value, arena)) {
      found[count].name = child.element.name;
      ++count;
    }
  }
  return found.first(count);
}

std::span<const model::Value> ProjectList(std::span<const PathNode> children, std::span<const model::Value> elements,
                                          Arena& arena) {
  const std::span<model::Value> found = arena.NewArray<model::Value>(std::min(children.size(), elements.size()));
  size_t count = 0;
  for (const PathNode& child : children) {
    if (child.element.index >= elements.size()) {
      break;
    }
    if (Project(child, elements[child.element.index], found[count], arena)) {
      ++count;
    }
  }
  return found.first(count);
}

// False if nothing is reached. At most model::kPathDepthMax + 1 deep.
bool Project(const PathNode& node, const model::Value& value, model::Value& out, Arena& arena) {
  if (node.ends_path()) {
    out = value;
    return true;
  }
  if (node.children_are_indexes()) {
    if (value.type != model::Type::kL) {
      return false;
    }
    const std::span<const model::Value> elements = ProjectList(node.children, value.elements, arena);
    out = model::Value::List(elements);
    return !elements.empty();
  }
  if (value.type != model::Type::kM) {
    return false;
  }
  const std::span<const model::Attribute> attributes = ProjectMap(node.children, value.attributes, arena);
  out = model::Value::Map(attributes);
  return !attributes.empty();
}

}  // namespace

Result<const PathNode*> BuildPathTree(Kind kind, std::span<const Path> paths, Arena& arena) {
  return Builder(kind, paths, arena).Build();
}

model::Item ProjectTree(const PathNode& root, model::Item item, Arena& arena) {
  return ProjectMap(root.children, item, arena);
}

const model::Value* FindPath(Path path, model::Item item) {
  const model::Value* value = model::Find(item, path.front().name);
  for (const PathElement& element : path.subspan(1)) {
    if (value == nullptr) {
      return nullptr;
    }
    if (element.is_index) {
      if (value->type != model::Type::kL || element.index >= value->elements.size()) {
        return nullptr;
      }
      value = &value->elements[element.index];
    } else {
      if (value->type != model::Type::kM) {
        return nullptr;
      }
      value = model::Find(value->attributes, element.name);
    }
  }
  return value;
}

}  // namespace basalt::expression

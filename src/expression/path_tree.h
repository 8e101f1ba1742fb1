// PathTree: the paths of an update or a projection merged into one tree, so that an item is walked once. Lives in the
// Arena. No path is a prefix of another, and below a node there are either names or indexes, never both: what would
// break this is refused while the tree is built.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"

namespace basalt::expression {

struct PathNode {
  static constexpr uint32_t kNoPath = std::numeric_limits<uint32_t>::max();

  PathElement element;                 // meaningless at the root
  std::span<const PathNode> children;  // sorted by name or by index
  uint32_t path = kNoPath;             // which of the paths ends here: then there are no children

  bool ends_path() const { return path != kNoPath; }
  bool children_are_indexes() const { return children.front().element.is_index; }  // if there are children
};

// The root; its children are attributes of the item. Near-linear in the number of elements.
Result<const PathNode*> BuildPathTree(Kind kind, std::span<const Path> paths, Arena& arena);

// The part of `item` that the paths reach. Lists keep only the elements reached, closed up; a container in which
// nothing is reached is left out.
model::Item ProjectTree(const PathNode& root, model::Item item, Arena& arena);

// What `path` leads to; null if there is no such thing.
const model::Value* FindPath(Path path, model::Item item);

}  // namespace basalt::expression

// Projection: the paths of a ProjectionExpression, merged.
#pragma once

#include <span>

#include "expression/expression.h"
#include "expression/path_tree.h"

namespace basalt::expression {

struct Projection {
  const PathNode* tree = nullptr;
  std::span<const Path> paths;
};

Result<const Projection*> CompileProjection(std::span<const Path> paths, Arena& arena);

}  // namespace basalt::expression

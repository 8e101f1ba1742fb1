// Where in a text a node of its parsed document stands. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "json/node.h"
#include "policy/defect.h"

namespace basalt::policy {

struct Extent {
  size_t begin = 0;  // in bytes
  size_t end = 0;
};

// Of `node`, which belongs to the document `root` that `text` was parsed to.
Extent ExtentOf(std::string_view text, const json::Node& root, const json::Node& node);

// Characters are counted as UTF-16 does, whose pairs count twice.
Position PositionAt(std::string_view text, size_t offset);

Position PositionBehind(std::string_view text, const json::Node& root, const json::Node& node);

}  // namespace basalt::policy

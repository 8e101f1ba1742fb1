// Where in a text a node of its parsed document stands. Pure.
#pragma once

#include <string_view>

#include "json/node.h"
#include "policy/defect.h"

namespace basalt::policy {

// Just behind `node`, which belongs to the document `root` that `text` was parsed to. Characters are counted as UTF-16
// does, whose pairs count twice.
Position PositionBehind(std::string_view text, const json::Node& root, const json::Node& node);

}  // namespace basalt::policy

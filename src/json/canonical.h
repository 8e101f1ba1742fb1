// Documents that mean the same as the same text: members in the order of their names, the last of several of one name,
// without those that are null, which equal absent ones. Pure; any thread.
#pragma once

#include <string>

#include "json/node.h"

namespace basalt::json {

void AppendCanonical(std::string& out, const Node& node);

}  // namespace basalt::json

// Tags of a table or a stream, as records keep them.
#pragma once

#include <map>
#include <string>

namespace basalt::table {

using Tags = std::map<std::string, std::string>;  // value by key

}  // namespace basalt::table

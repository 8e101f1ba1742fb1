// The networks that a server is told of, with the policies of endpoints read from their files.
#pragma once

#include <memory>

#include "base/result.h"
#include "main/settings.h"
#include "server/networks.h"

namespace basalt::main {

// Of complete settings, whose listeners it numbers in their order. Null if nothing is said. kInvalidArgument,
// `WHAT; WHAT TO DO`; what can be used but should not be so is a warning on stderr.
Result<std::shared_ptr<const server::Networks>> LoadNetworks(const ServerSettings& settings);

}  // namespace basalt::main

// The keys of OIDC providers that a server is told of, read from their files.
#pragma once

#include <memory>

#include "base/result.h"
#include "identity/id_token.h"
#include "main/settings.h"

namespace basalt::main {

// kInvalidArgument, `WHAT; WHAT TO DO`.
Result<std::shared_ptr<const identity::ProviderKeys>> LoadProviderKeys(const ServerSettings& settings);

}  // namespace basalt::main

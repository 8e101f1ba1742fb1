// The operator's API, served on a unix socket only: POST with a JSON body, JSON back.
//   /account/create      {"account": "111122223333"} -> {"account", "access_key_id", "secret_access_key"}
//   /account/reset-root  the same
//   /account/list        {} -> {"accounts": ["111122223333"]}
// Errors: 400, 403 (another user's process), 404, 409, 500 with {"error": TEXT}. Runs on one loop.
#pragma once

#include <sys/types.h>

#include <memory>

#include "base/executor.h"
#include "http/handler.h"
#include "identity/directory.h"

namespace basalt::main {

inline constexpr uint64_t kAdminBodyBytesMax = uint64_t{64} << 10;

// `loop` is where the handler's requests live; `owner` may call, and root. References outlive the handler.
std::unique_ptr<http::Handler> NewAdminApi(Executor& loop, identity::Directory& directory, uid_t owner);

}  // namespace basalt::main

// The operator's side of admin_api.h: one call over the running server's unix socket. Blocks.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace basalt::main {

struct AdminAnswer {
  int status = 0;
  std::string body;
};

// kUnavailable if no server listens there or it does not answer.
Result<AdminAnswer> CallAdminApi(const std::string& socket_path, std::string_view call, std::string_view json_body);

// Status and body of a whole HTTP/1.1 response that says its length; kUnavailable if it is not one.
Result<AdminAnswer> ParseAdminResponse(std::string_view response);

}  // namespace basalt::main

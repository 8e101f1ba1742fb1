// The operator's side of admin_api.h: one call over the running server's unix socket. Blocks.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "json/node.h"
#include "main/command_line.h"

namespace basalt::main {

struct AdminAnswer {
  int status = 0;
  std::string body;
};

inline constexpr int kAdminTimeoutS = 30;

// kUnavailable if no server listens there or it does not answer for that long.
Result<AdminAnswer> CallAdminApi(const std::string& socket_path, std::string_view call, std::string_view json_body,
                                 int timeout_s = kAdminTimeoutS);

// The object that the chosen server answers with; or the error it answers with, as a line `WHAT; WHAT TO DO`, for which
// `advice_for` a status is asked unless the server says so itself.
Result<json::Node> AskServer(const ServerChoice& server, std::string_view call, std::string_view json_body,
                             std::string_view (*advice_for)(int status), Arena& arena, int timeout_s = kAdminTimeoutS);

// A member of an answer; empty if it is not there.
std::string TextOf(const json::Node& object, std::string_view name);

// Status and body of a whole HTTP/1.1 response that says its length; kUnavailable if it is not one.
Result<AdminAnswer> ParseAdminResponse(std::string_view response);

}  // namespace basalt::main

// The head of a response as it goes over the wire. Pure.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace basalt::http {

// Whether a response of that status has a body at all (RFC 9112 6.3).
bool StatusAllowsBody(int status);

// Status line, Date, Server, the response's own headers, Content-Length and Connection, with the empty line. A header
// whose value could end the line early is left out.
void AppendResponseHead(std::string& out, const Response& response, std::string_view date, bool keep_alive);

}  // namespace basalt::http

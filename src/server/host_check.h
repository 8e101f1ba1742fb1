// Which Host values `basalt dev` answers to: a page in a browser can reach a server on loopback under a name of its
// choice (DNS rebinding), but not under an IP address, localhost or a name the operator gave.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace basalt::server {

// `host` as in the header, with or without a port. An empty one (HTTP/1.0) is local.
bool HostIsLocal(std::string_view host, std::span<const std::string> names);

}  // namespace basalt::server

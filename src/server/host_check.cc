// The Host rule of dev mode.
#include "server/host_check.h"

#include <arpa/inet.h>

#include <array>

#include "http/message.h"

namespace basalt::server {
namespace {

bool IsAddress(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

}  // namespace

bool HostIsLocal(std::string_view host, std::span<const std::string> names) {
  if (host.empty()) {
    return true;
  }
  if (host.front() == '[') {
    const size_t close = host.find(']');
    return close != std::string_view::npos && IsAddress(AF_INET6, host.substr(1, close - 1));
  }
  const std::string_view name = host.substr(0, host.find(':'));
  if (http::EqualIgnoringCase(name, "localhost") || IsAddress(AF_INET, name)) {
    return true;
  }
  for (const std::string& allowed : names) {
    if (http::EqualIgnoringCase(name, allowed)) {
      return true;
    }
  }
  return false;
}

}  // namespace basalt::server

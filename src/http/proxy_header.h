// The PROXY protocol, version 2: what a proxy says, before the first byte of a connection, of whom it passes on. The
// binary form alone, of TCP alone; what is not exactly that is refused. Pure.
// Source: HAProxy, "The PROXY protocol"; Elastic Load Balancing, "Proxy protocol", for the endpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace basalt::http {

inline constexpr size_t kProxyPrefixBytes = 16;       // of every header: signature, version, command, family, length
inline constexpr size_t kProxyHeaderBytesMax = 4096;  // of a whole header

struct ProxyHeader {
  bool is_local = false;  // the proxy speaks for itself; nothing else is said
  std::string ip;         // of the client, textual; an IPv4 address inside an IPv6 one is the former
  uint16_t port = 0;
  bool tls = false;      // the client speaks TLS to the proxy
  std::string endpoint;  // id of the VPC endpoint that the client came through; empty if not said
};

// Whether the first bytes of a connection, at most kProxyPrefixBytes of them, may be those of a header.
bool MayBeProxyHeader(std::string_view bytes);

// How long the header is that begins with `prefix`, of kProxyPrefixBytes. kInvalidArgument if it is none.
Result<size_t> ProxyHeaderSize(std::string_view prefix);

// Of a whole header, with a size that ProxyHeaderSize has told. kInvalidArgument.
Result<ProxyHeader> ParseProxyHeader(std::string_view header);

}  // namespace basalt::http

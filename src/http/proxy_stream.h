// The stream of a peer that is a proxy: a PROXY header (http/proxy_header.h) comes before anything else, under TLS too.
// Not established until it has been read, or until it is known that there is none. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>

#include "http/message.h"
#include "http/stream.h"

namespace basalt::http {

enum class ProxyHeaders : uint8_t {
  kTaken,     // if the connection begins with one
  kRequired,  // a connection without one fails
};

// What the header says is put into `peer`, which outlives the stream, before a byte behind it is read.
std::unique_ptr<Stream> NewProxyStream(std::unique_ptr<Stream> transport, ProxyHeaders headers, PeerAddress& peer);

}  // namespace basalt::http

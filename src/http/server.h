// Server: listeners over a set of loops. TCP listeners use SO_REUSEPORT, one acceptor a loop, after a plain bind has
// proved the port free; a unix socket (the operator's) is served by the first loop.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/published.h"
#include "base/result.h"
#include "http/handler.h"
#include "http/loop.h"
#include "http/tls_context.h"
#include "os/clock.h"

namespace basalt::http {

struct ServerLimits {
  size_t head_bytes_max = size_t{32} << 10;      // request line and headers together: 431 above
  size_t headers_max = 128;                      // 431 above
  uint64_t body_bytes_max = uint64_t{16} << 20;  // 413 above
  int64_t idle_timeout_ms = 120'000;             // between requests
  int64_t head_timeout_ms = 20'000;              // from its first byte to the end of a head: 408
  int64_t body_timeout_ms = 60'000;              // without any progress while a body or an answer moves
  uint64_t bytes_per_s_min = 4096;               // of a body or an answer once it takes longer than body_timeout_ms
  int64_t stalled_ms = 1'000;                    // who waited or made no progress so long goes when there is no room
  size_t connections_max = 20'000;  // over all loops; above: the one that waited longest goes, or the new one
};

struct ListenAddress {
  std::string host;   // IPv4 or IPv6 literal, or a name that resolves to one
  uint16_t port = 0;  // 0 = any free one
};
Result<ListenAddress> ParseListenAddress(std::string_view text);  // HOST:PORT, [V6]:PORT; kInvalidArgument

// What a listener's connections speak, and what is known of them.
struct ListenTerms {
  // Null: in the clear. Outlives the server and its loops; a new connection speaks TLS with what is published then.
  const Published<TlsContext>* tls = nullptr;
  uint32_t number = 0;  // shown as PeerAddress::listener
  // Whether who connects from there is a proxy, whose PROXY header is believed. Empty: nobody is. Called on any loop.
  std::function<bool(std::string_view ip)> is_proxy = {};
  bool requires_proxy_header = false;  // a proxy that sends none is closed
};

class Server {
 public:
  // One handler a loop, made by the caller; all must outlive the server. The destructor closes every connection at
  // once and gives every ticket back; it may run before or after the loops are stopped, not while they are being
  // stopped. A Responder may outlive the server, but not its loop.
  Server(std::span<Loop* const> loops, std::span<Handler* const> handlers, ServerLimits limits, os::Clock& clock);
  ~Server();

  // Binds and starts accepting. kAlreadyExists if the address is in use. Returns the bound address, port resolved.
  Result<ListenAddress> Listen(const ListenAddress& address, const ListenTerms& terms = {});
  // 0600; a socket file that nobody listens on any more is replaced, kAlreadyExists if somebody does. Requests arrive
  // with peer->uid set.
  Status ListenUnix(const std::string& path);

  // Stops accepting, lets requests under way finish and their answers go out (at most `grace_ms`), closes idle
  // connections at once; `drained` runs on some loop when no connection is left.
  void Drain(int64_t grace_ms, UniqueFunction<void()> drained);

  size_t connection_count() const;  // open now, over all loops; from any thread

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace basalt::http

// HTTP messages as the rest of the house sees them. Views of a Request live until its Responder is called.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace basalt::http {

struct Header {
  std::string_view name;   // as received
  std::string_view value;  // as received, outer white space removed
};

bool EqualIgnoringCase(std::string_view a, std::string_view b);  // ASCII

struct RequestHead {
  std::string_view method;  // "POST"; any token
  std::string_view target;  // as received
  std::string_view path;    // of the target, up to '?', still percent-encoded
  std::string_view query;   // after '?', still encoded; empty if none
  int minor_version = 1;    // HTTP/1.0 or 1.1
  std::span<const Header> headers;
  uint64_t content_length = 0;  // 0 if chunked
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false;  // the client waits for 100 Continue before it sends the body

  // The first of that name, or null.
  const Header* Find(std::string_view name) const;
};

// Who is at the other end of a connection; of one that a proxy passes on and tells of by a PROXY header, its client.
struct PeerAddress {
  std::string ip;  // textual; empty for a unix socket
  uint16_t port = 0;
  bool tls = false;                  // to us, or to the proxy
  uint32_t listener = 0;             // number of the one it came to
  std::string endpoint = {};         // id of the VPC endpoint that the proxy names; empty if none
  std::optional<uint32_t> uid = {};  // of the peer process, unix sockets only
};

class Relief;

struct Request {
  RequestHead head;
  std::string_view body;  // decoded from chunks, still content-encoded
  const PeerAddress* peer = nullptr;
  Relief* relief = nullptr;  // whom to ask for memory; null if nobody
};

// Date, Server, Content-Length and Connection are added when it is written.
struct Response {
  int status = 200;
  std::string_view content_type;                                  // static text; empty = none
  std::vector<std::pair<std::string_view, std::string>> headers;  // names are static text
  std::string body;
  bool close = false;  // close the connection after it
};

}  // namespace basalt::http

// A small HTTP/1.1 client over a unix socket: one request, one answer, closed.
#include "main/admin_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "http/message.h"
#include "main/data_directory.h"
#include "main/socket_path.h"
#include "os/file_system.h"

namespace basalt::main {
namespace {

constexpr size_t kAnswerBytesMax = size_t{64} << 20;  // a list of every account fits

class Socket {
 public:
  Socket() : number_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (number_ >= 0) {
      close(number_);
    }
  }
  int number() const { return number_; }

 private:
  int number_;
};

Error Unreachable(const std::string& path, int error) {
  char buffer[128];
  return Error(Reason::kUnavailable, "no server answers at " + path + ": " + strerror_r(error, buffer, sizeof(buffer)) +
                                         "; start one, or name its directory with --data-dir D");
}

bool SendAll(int socket_number, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_number, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

template <class Number>
bool ParseNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

Result<AdminAnswer> ParseAdminResponse(std::string_view response) {
  const Error not_one(Reason::kUnavailable, "the server's answer cannot be understood; is it a basalt?");
  const auto refuse = [&] { return Error(not_one.reason, not_one.text); };
  const size_t end = response.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return refuse();
  }
  std::string_view head = response.substr(0, end + 2);
  const std::string_view body = response.substr(end + 4);
  const std::string_view status_line = TakeLine(head);
  AdminAnswer answer;
  if (!status_line.starts_with("HTTP/1.1 ") || status_line.size() < 12 ||
      !ParseNumber(status_line.substr(9, 3), answer.status)) {
    return refuse();
  }
  bool has_length = false;
  while (!head.empty()) {
    const std::string_view line = TakeLine(head);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !http::EqualIgnoringCase(line.substr(0, colon), "content-length")) {
      continue;
    }
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) {
      value.remove_prefix(1);
    }
    size_t length = 0;
    if (!ParseNumber(value, length) || length != body.size()) {
      return refuse();
    }
    has_length = true;
  }
  if (!has_length) {
    return refuse();
  }
  answer.body = body;
  return answer;
}

std::string TextOf(const json::Node& object, std::string_view name) {
  const json::Node* node = object.Find(name);
  return node != nullptr && node->kind == json::Kind::kString ? std::string(node->string) : std::string();
}

Result<json::Node> AskServer(const ServerChoice& server, std::string_view call, std::string_view json_body,
                             std::string_view (*advice_for)(int status), Arena& arena, int timeout_s) {
  const std::string socket_path =
      server.admin_socket.empty() ? os::JoinPath(server.data_dir, kAdminSocketName) : server.admin_socket;
  TRY_ASSIGN(const AdminAnswer answer, CallAdminApi(socket_path, call, json_body, timeout_s));
  Result<json::Node> node = json::Parse(answer.body, arena);
  if (!node.ok() || !node->IsObject()) {
    return Error(Reason::kUnavailable, "the server's answer cannot be understood; is it a basalt?");
  }
  if (answer.status == 200) {
    return node;
  }
  std::string text = TextOf(*node, "error");
  if (text.find("; ") == std::string::npos) {
    text.append("; ").append(advice_for(answer.status));
  }
  return Error(Reason::kInternal, std::move(text));
}

Result<AdminAnswer> CallAdminApi(const std::string& socket_path, std::string_view call, std::string_view json_body,
                                 int timeout_s) {
  TRY_ASSIGN(const SocketPath path, SocketPath::Open(socket_path));
  const Socket connection;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.name().data(), path.name().size());
  const timeval timeout{timeout_s, 0};
  if (connection.number() < 0 ||
      setsockopt(connection.number(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) != 0 ||
      setsockopt(connection.number(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) != 0 ||
      // The socket interface wants its general address type.
      connect(connection.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Unreachable(socket_path, errno);
  }
  std::string request = "POST ";
  request.append(call).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
  request.append("Content-Type: application/json\r\nContent-Length: ");
  request.append(std::to_string(json_body.size())).append("\r\n\r\n").append(json_body);
  if (!SendAll(connection.number(), request)) {
    return Unreachable(socket_path, errno);
  }
  std::string response;
  char buffer[8192];
  while (response.size() <= kAnswerBytesMax) {
    const ssize_t got = recv(connection.number(), buffer, sizeof(buffer), 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return Unreachable(socket_path, errno);
    }
    if (got == 0) {
      break;
    }
    response.append(buffer, static_cast<size_t>(got));
  }
  return ParseAdminResponse(response);
}

}  // namespace basalt::main

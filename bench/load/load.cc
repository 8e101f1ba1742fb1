// The epoll loop of the driver. Answers are recognised by Content-Length, which both servers under test send.
#include "load/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

namespace basalt::bench {
namespace {

int64_t NowNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// User and system time of a process, all its threads, in microseconds; 0 without a process.
double CpuUsOf(int pid) {
  if (pid == 0) {
    return 0;
  }
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The second field, the program's name in parentheses, may hold spaces.
  const size_t after_name = text.rfind(')');
  if (after_name == std::string::npos) {
    return 0;
  }
  std::istringstream fields(text.substr(after_name + 2));
  std::string field;
  uint64_t ticks = 0;
  for (int number = 3; number <= 15 && fields >> field; ++number) {
    if (number >= 14) {
      ticks += std::strtoull(field.c_str(), nullptr, 10);
    }
  }
  return static_cast<double>(ticks) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Error SocketError(std::string_view what) { return {Reason::kIo, std::string(what) + ": " + std::strerror(errno)}; }

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

Result<Socket> Connect(const std::string& host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return Error(Reason::kInvalidArgument, "not an IPv4 address: " + host);
  }
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) {
    return SocketError("socket");
  }
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof(generic));
  if (connect(socket.get(), &generic, sizeof(address)) != 0) {
    return SocketError("connect to " + host + ":" + std::to_string(port));
  }
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return socket;
}

// How many bytes the answer at the front of `bytes` has, or 0 if its head is not whole yet.
size_t AnswerLength(std::string_view bytes) {
  const size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    return 0;
  }
  constexpr std::string_view kName = "content-length:";
  const std::string_view head = bytes.substr(0, head_end);
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  const auto* const at = std::search(head.begin(), head.end(), kName.begin(), kName.end(), same);
  uint64_t length = 0;
  if (at != head.end()) {
    const char* begin = at + kName.size();
    while (begin != head.end() && *begin == ' ') {
      ++begin;
    }
    std::from_chars(begin, head.end(), length);
  }
  return head_end + 4 + length;
}

bool IsSuccess(std::string_view answer) { return answer.substr(0, 12) == "HTTP/1.1 200"; }

struct Connection {
  Socket socket;
  std::string received;
  size_t answer_length = 0;  // 0: not known yet
  int64_t sent_ns = 0;
};

// The whole request, which fits a socket buffer that is empty.
Status Send(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) {
        continue;
      }
      return SocketError("send");
    }
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return {};
}

Result<size_t> Receive(int descriptor, std::string& into) {
  std::array<char, 65'536> buffer{};
  ssize_t count = 0;
  do {
    count = recv(descriptor, buffer.data(), buffer.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    return SocketError("recv");
  }
  if (count == 0) {
    return Error(Reason::kIo, "the server closed a connection");
  }
  into.append(buffer.data(), static_cast<size_t>(count));
  return static_cast<size_t>(count);
}

double Percentile(std::vector<uint32_t>& latencies_ns, double share) {
  if (latencies_ns.empty()) {
    return 0;
  }
  const auto rank = static_cast<ptrdiff_t>(share * static_cast<double>(latencies_ns.size() - 1));
  std::nth_element(latencies_ns.begin(), latencies_ns.begin() + rank, latencies_ns.end());
  return static_cast<double>(latencies_ns[static_cast<size_t>(rank)]) / 1e3;
}

class Run {
 public:
  Run(const LoadSettings& settings, std::span<const std::string> requests) : settings_(settings), requests_(requests) {}

  Result<LoadReport> Execute() {
    const Socket epoll(epoll_create1(EPOLL_CLOEXEC));
    connections_.resize(static_cast<size_t>(settings_.connections));
    for (size_t i = 0; i < connections_.size(); ++i) {
      TRY_ASSIGN(connections_[i].socket, Connect(settings_.host, settings_.port));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, connections_[i].socket.get(), &event) != 0) {
        return SocketError("epoll_ctl");
      }
    }
    const bool counted = settings_.requests_max != UINT64_MAX;
    BeginMeasuring();
    const int64_t warm_until_ns = began_ns_ + (counted ? 0 : settings_.warm_up_ms * 1'000'000);
    const int64_t until_ns = warm_until_ns + settings_.measured_ms * 1'000'000;
    bool warming = !counted;
    for (Connection& connection : connections_) {
      TRY(SendNext(connection));
    }
    std::array<epoll_event, 256> events{};
    while (under_way_ > 0) {
      const int count = epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 1'000);
      if (count < 0 && errno != EINTR) {
        return SocketError("epoll_wait");
      }
      const int64_t now_ns = NowNs(CLOCK_MONOTONIC);
      if (warming && now_ns >= warm_until_ns) {
        warming = false;
        BeginMeasuring();
      }
      if (!counted && now_ns >= until_ns) {
        break;
      }
      for (int i = 0; i < count; ++i) {
        TRY(OnReadable(connections_[events[static_cast<size_t>(i)].data.u64], now_ns));
      }
    }
    return Report();
  }

 private:
  void BeginMeasuring() {
    report_ = {};
    latencies_ns_.clear();
    began_ns_ = NowNs(CLOCK_MONOTONIC);
    client_cpu_ns_ = NowNs(CLOCK_PROCESS_CPUTIME_ID);
    server_cpu_us_ = CpuUsOf(settings_.server_pid);
  }

  Status SendNext(Connection& connection) {
    if (sent_ == settings_.requests_max) {
      return {};
    }
    const std::string& request = requests_[sent_ % requests_.size()];
    ++sent_;
    ++under_way_;
    connection.sent_ns = NowNs(CLOCK_MONOTONIC);
    return Send(connection.socket.get(), request);
  }

  Status OnReadable(Connection& connection, int64_t now_ns) {
    TRY_ASSIGN(const size_t count, Receive(connection.socket.get(), connection.received));
    static_cast<void>(count);
    if (connection.answer_length == 0) {
      connection.answer_length = AnswerLength(connection.received);
    }
    if (connection.answer_length == 0 || connection.received.size() < connection.answer_length) {
      return {};
    }
    --under_way_;
    ++report_.requests;
    if (!IsSuccess(connection.received)) {
      ++report_.errors;
      if (report_.first_error.empty()) {
        report_.first_error = connection.received;
      }
    }
    const int64_t latency_ns = std::max<int64_t>(0, now_ns - connection.sent_ns);
    latencies_ns_.push_back(static_cast<uint32_t>(std::min<int64_t>(latency_ns, UINT32_MAX)));
    connection.received.clear();
    connection.answer_length = 0;
    return SendNext(connection);
  }

  LoadReport Report() {
    const auto requests = static_cast<double>(std::max<uint64_t>(report_.requests, 1));
    report_.seconds = static_cast<double>(NowNs(CLOCK_MONOTONIC) - began_ns_) / 1e9;
    report_.client_cpu_us = static_cast<double>(NowNs(CLOCK_PROCESS_CPUTIME_ID) - client_cpu_ns_) / 1e3 / requests;
    report_.server_cpu_us = (CpuUsOf(settings_.server_pid) - server_cpu_us_) / requests;
    report_.latency_p50_us = Percentile(latencies_ns_, 0.50);
    report_.latency_p99_us = Percentile(latencies_ns_, 0.99);
    return std::move(report_);
  }

  const LoadSettings& settings_;
  std::span<const std::string> requests_;
  std::vector<Connection> connections_;
  std::vector<uint32_t> latencies_ns_;
  LoadReport report_;
  uint64_t sent_ = 0;
  uint64_t under_way_ = 0;
  int64_t began_ns_ = 0;
  int64_t client_cpu_ns_ = 0;
  double server_cpu_us_ = 0;
};

}  // namespace

Result<LoadReport> RunLoad(const LoadSettings& settings, std::span<const std::string> requests) {
  if (requests.empty()) {
    return Error(Reason::kInvalidArgument, "no requests to send");
  }
  return Run(settings, requests).Execute();
}

Result<std::string> Exchange(const std::string& host, uint16_t port, std::string_view request) {
  TRY_ASSIGN(const Socket socket, Connect(host, port));
  TRY(Send(socket.get(), request));
  std::string received;
  for (size_t length = 0; length == 0 || received.size() < length; length = AnswerLength(received)) {
    TRY_ASSIGN(const size_t count, Receive(socket.get(), received));
    static_cast<void>(count);
  }
  return received;
}

}  // namespace basalt::bench

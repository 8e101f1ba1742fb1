// The epoll loop of the driver. Answers are recognised by Content-Length, which both servers under test send.
#include "load/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
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
#include <numeric>
#include <sstream>

namespace basalt::bench {
namespace {

int64_t NowNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// User and system time of a process, all its threads, in microseconds.
double CpuUsOf(int pid) {
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

double CpuUsOf(std::span<const int> pids) {
  return std::accumulate(pids.begin(), pids.end(), 0.0, [](double sum, int pid) { return sum + CpuUsOf(pid); });
}

Error SocketError(std::string_view what) { return {Reason::kIo, std::string(what) + ": " + std::strerror(errno)}; }

// Resident memory of a process, in bytes.
int64_t ResidentBytesOf(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * sysconf(_SC_PAGESIZE);
}

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), ssl_(std::exchange(other.ssl_, nullptr)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(ssl_, other.ssl_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    SSL_free(ssl_);
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
  }
  int get() const { return descriptor_; }

  Status StartTls() {
    static SSL_CTX* const context = [] {
      SSL_CTX* made = SSL_CTX_new(TLS_client_method());
      SSL_CTX_clear_mode(made, SSL_MODE_AUTO_RETRY);  // a ticket is no answer to wait behind
      return made;
    }();
    ssl_ = SSL_new(context);
    if (ssl_ == nullptr || SSL_set_fd(ssl_, descriptor_) != 1 || SSL_connect(ssl_) != 1) {
      return Error(Reason::kIo, "the TLS handshake failed");
    }
    return {};
  }

  // The whole request, which fits a socket buffer that is empty.
  Status Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                           : send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        if (ssl_ == nullptr && errno == EINTR) {
          continue;
        }
        return SocketError("send");
      }
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return {};
  }

  Status Receive(std::string& into) const {
    std::array<char, 65'536> buffer;
    if (ssl_ != nullptr) {
      do {
        const int count = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
        if (count <= 0) {
          return SSL_get_error(ssl_, count) == SSL_ERROR_WANT_READ
                     ? Status()
                     : Status(Error(Reason::kIo, "the server ended a TLS connection"));
        }
        into.append(buffer.data(), static_cast<size_t>(count));
      } while (SSL_pending(ssl_) > 0);
      return {};
    }
    ssize_t count = 0;
    do {
      count = recv(descriptor_, buffer.data(), buffer.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
      return SocketError("recv");
    }
    if (count == 0) {
      return Error(Reason::kIo, "the server closed a connection");
    }
    into.append(buffer.data(), static_cast<size_t>(count));
    return {};
  }

 private:
  int descriptor_ = -1;
  SSL* ssl_ = nullptr;
};

Result<Socket> Connect(const std::string& host, uint16_t port, bool tls) {
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
  if (tls) {
    TRY(socket.StartTls());
  }
  return socket;
}

Result<Socket> Connect(const LoadSettings& settings) { return Connect(settings.host, settings.port, settings.tls); }

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

size_t TimesIn(std::string_view bytes, std::string_view text) {
  size_t times = 0;
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (const void* found = memmem(at, static_cast<size_t>(end - at), text.data(), text.size())) {
    ++times;
    at = static_cast<const char*>(found) + text.size();
  }
  return times;
}

bool HoldsAll(std::string_view answer, std::span<const ExpectedText> expected) {
  return std::all_of(expected.begin(), expected.end(),
                     [answer](const ExpectedText& wanted) { return TimesIn(answer, wanted.text) == wanted.times; });
}

struct Connection {
  Socket socket;
  std::string received;
  size_t answer_length = 0;  // 0: not known yet
  int64_t sent_ns = 0;
};

double Percentile(std::vector<uint32_t>& latencies_ns, double share) {
  if (latencies_ns.empty()) {
    return 0;
  }
  const auto rank = static_cast<ptrdiff_t>(share * static_cast<double>(latencies_ns.size() - 1));
  std::nth_element(latencies_ns.begin(), latencies_ns.begin() + rank, latencies_ns.end());
  return static_cast<double>(latencies_ns[static_cast<size_t>(rank)]) / 1e3;
}

Result<std::string> ExchangeOn(const Socket& socket, std::string_view request) {
  TRY(socket.Send(request));
  std::string received;
  for (size_t length = 0; length == 0 || received.size() < length; length = AnswerLength(received)) {
    TRY(socket.Receive(received));
  }
  return received;
}

class Run {
 public:
  Run(const LoadSettings& settings, std::span<const std::string> requests) : settings_(settings), requests_(requests) {}

  Result<LoadReport> Execute() {
    const Socket epoll(epoll_create1(EPOLL_CLOEXEC));
    connections_.resize(static_cast<size_t>(settings_.connections));
    for (size_t i = 0; i < connections_.size(); ++i) {
      TRY_ASSIGN(connections_[i].socket, Connect(settings_));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, connections_[i].socket.get(), &event) != 0) {
        return SocketError("epoll_ctl");
      }
    }
    const bool counted = settings_.requests_max != UINT64_MAX;
    BeginMeasuring();
    const bool agreed = settings_.measure_at_ms != 0;
    const int64_t warm_up_ns =
        agreed ? settings_.measure_at_ms * 1'000'000 - NowNs(CLOCK_REALTIME) : settings_.warm_up_ms * 1'000'000;
    const int64_t warm_until_ns = began_ns_ + warm_up_ns;
    const uint64_t warm_until_sent = settings_.warm_up_sends_all && !agreed ? requests_.size() : 0;
    if (warm_up_ns < 0) {
      return Error(Reason::kInvalidArgument, "the time to measure at has passed before the load began");
    }
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
      if (warming && now_ns >= warm_until_ns && sent_ >= warm_until_sent) {
        warming = false;
        BeginMeasuring();
      }
      if (!counted && !warming && now_ns >= began_ns_ + settings_.measured_ms * 1'000'000) {
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
    server_cpu_us_ = CpuUsOf(settings_.server_pids);
  }

  Status SendNext(Connection& connection) {
    if (sent_ == settings_.requests_max) {
      return {};
    }
    const std::string& request = requests_[sent_ % requests_.size()];
    ++sent_;
    ++under_way_;
    connection.sent_ns = NowNs(CLOCK_MONOTONIC);
    return connection.socket.Send(request);
  }

  Status OnReadable(Connection& connection, int64_t now_ns) {
    TRY(connection.socket.Receive(connection.received));
    if (connection.answer_length == 0) {
      connection.answer_length = AnswerLength(connection.received);
    }
    if (connection.answer_length == 0 || connection.received.size() < connection.answer_length) {
      return {};
    }
    --under_way_;
    ++report_.requests;
    if (!IsSuccess(connection.received) || !HoldsAll(connection.received, settings_.expected)) {
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
    report_.server_cpu_us = (CpuUsOf(settings_.server_pids) - server_cpu_us_) / requests;
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
  TRY_ASSIGN(const Socket socket, Connect(host, port, false));
  return ExchangeOn(socket, request);
}

Result<int64_t> MeasureIdleConnectionBytes(const LoadSettings& settings, std::string_view request) {
  if (settings.server_pids.empty()) {
    return Error(Reason::kInvalidArgument, "no server to measure");
  }
  std::vector<Socket> sockets;
  const auto open_one = [&]() -> Status {
    TRY_ASSIGN(Socket socket, Connect(settings));
    TRY_ASSIGN(const std::string answer, ExchangeOn(socket, request));
    if (!IsSuccess(answer)) {
      return Error(Reason::kIo, answer);
    }
    sockets.push_back(std::move(socket));
    return {};
  };
  // What the first ones leave behind stays for all.
  for (int i = 0; i < settings.connections; ++i) {
    TRY(open_one());
  }
  const int64_t before_bytes = ResidentBytesOf(settings.server_pids.front());
  for (int i = 0; i < settings.connections; ++i) {
    TRY(open_one());
  }
  return (ResidentBytesOf(settings.server_pids.front()) - before_bytes) / settings.connections;
}

}  // namespace basalt::bench

// Sockets are bound and set to listen in the caller's thread, so that an error is known at once; each loop then takes
// its own over.
#include "http/server.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "http/connection_group.h"
#include "http/loop_implementation.h"

namespace basalt::http {
namespace {

constexpr int kBacklog = 4096;
constexpr int kFreePortAttempts = 16;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  int get() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

std::string ErrnoText(int error) {
  std::array<char, 128> text{};
  return strerror_r(error, text.data(), text.size());  // the GNU one, which returns the text
}

Error SocketError(std::string_view what, const std::string& where, int error) {
  const Reason reason = error == EADDRINUSE ? Reason::kAlreadyExists : Reason::kIo;
  return Error(reason, std::string(what) + " " + where + ": " + ErrnoText(error));
}

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::string Describe(const ListenAddress& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

// The first address the name stands for, IPv4 before IPv6 since `localhost` is both.
Result<Endpoint> Resolve(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (const int failure = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found); failure != 0) {
    return Error(Reason::kInvalidArgument, "listen address " + Describe(address) + ": " + gai_strerror(failure));
  }
  const addrinfo* chosen = nullptr;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    if (at->ai_family == AF_INET || (at->ai_family == AF_INET6 && chosen == nullptr)) {
      chosen = at;
      if (at->ai_family == AF_INET) {
        break;
      }
    }
  }
  Endpoint endpoint;
  if (chosen != nullptr) {
    std::memcpy(&endpoint.storage, chosen->ai_addr, chosen->ai_addrlen);
    endpoint.size = chosen->ai_addrlen;
  }
  freeaddrinfo(found);
  if (endpoint.size == 0) {
    return Error(Reason::kInvalidArgument, "listen address " + Describe(address) + ": neither IPv4 nor IPv6");
  }
  return endpoint;
}

enum class Sharing : uint8_t { kAlone, kReusePort };

Result<Descriptor> Bind(const Endpoint& endpoint, const std::string& where, Sharing sharing) {
  Descriptor descriptor(::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor.get() < 0) {
    return SocketError("open a socket for", where, errno);
  }
  const int on = 1;
  const int off = 0;
  setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (endpoint.storage.ss_family == AF_INET6) {
    setsockopt(descriptor.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));  // [::] serves IPv4 too
  }
  if (sharing == Sharing::kReusePort && setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) {
    return SocketError("share", where, errno);
  }
  if (::bind(descriptor.get(), endpoint.address(), endpoint.size) != 0) {
    return SocketError("listen on", where, errno);
  }
  return descriptor;
}

Result<uint16_t> BoundPort(int descriptor, const std::string& where) {
  Endpoint bound;
  bound.size = sizeof(bound.storage);
  if (getsockname(descriptor, bound.address(), &bound.size) != 0) {
    return SocketError("read the port of", where, errno);
  }
  // Both families keep the port at the same place.
  sockaddr_in internet{};
  std::memcpy(&internet, &bound.storage, sizeof(internet));
  return ntohs(internet.sin_port);
}

void SetPort(Endpoint& endpoint, uint16_t port) {
  sockaddr_in internet{};
  std::memcpy(&internet, &endpoint.storage, sizeof(internet));
  internet.sin_port = htons(port);
  std::memcpy(&endpoint.storage, &internet, offsetof(sockaddr_in, sin_addr));
}

// One listening socket a loop. With SO_REUSEPORT alone a second server would share the port without a word, so a
// bind without it goes first.
Result<std::vector<Descriptor>> BindAll(Endpoint endpoint, ListenAddress& address, size_t count) {
  const std::string where = Describe(address);
  {
    TRY_ASSIGN(const Descriptor probe, Bind(endpoint, where, Sharing::kAlone));
    TRY_ASSIGN(address.port, BoundPort(probe.get(), where));
  }
  SetPort(endpoint, address.port);
  std::vector<Descriptor> descriptors;
  for (size_t i = 0; i < count; ++i) {
    TRY_ASSIGN(Descriptor descriptor, Bind(endpoint, where, Sharing::kReusePort));
    if (::listen(descriptor.get(), kBacklog) != 0) {
      return SocketError("listen on", where, errno);
    }
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

// Whether a server still answers behind a socket file, or only its file was left behind.
bool SomebodyListens(const sockaddr_un& address) {
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return probe.get() >= 0 &&
         (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 || errno == EAGAIN);
}

struct SocketFile {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
};

}  // namespace

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto fail = [&text] {
    return Error(Reason::kInvalidArgument,
                 "'" + std::string(text) + "' is not a listen address: HOST:PORT or [IPV6]:PORT is expected");
  };
  ListenAddress address;
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t bracket = text.find(']');
    if (bracket == std::string_view::npos || bracket + 1 >= text.size() || text[bracket + 1] != ':') {
      return fail();
    }
    address.host = text.substr(1, bracket - 1);
    in6_addr parsed{};
    if (inet_pton(AF_INET6, address.host.c_str(), &parsed) != 1) {
      return fail();
    }
    port = text.substr(bracket + 2);
  } else {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
      return fail();
    }
    address.host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (address.host.empty() || address.host.find_first_of(std::string_view("/ \t\r\n\0", 6)) != std::string::npos ||
      port.empty() || port.size() > 5) {
    return fail();
  }
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (failure != std::errc() || end != port.data() + port.size()) {
    return fail();
  }
  return address;
}

struct Server::Implementation {
  std::vector<Loop*> loops;
  std::vector<std::shared_ptr<ConnectionGroup>> groups;
  std::shared_ptr<std::atomic<size_t>> connection_count = std::make_shared<std::atomic<size_t>>(0);
  std::vector<SocketFile> socket_files;

  void Accept(size_t loop, Descriptor descriptor, const ListenTerms& terms) {
    // Held by a Descriptor until the task runs, in case it never does.
    loops[loop]->Post([group = groups[loop], descriptor = std::move(descriptor), terms]() mutable {
      group->Accept(descriptor.Release(), std::move(terms));
    });
  }
};

Server::Server(std::span<Loop* const> loops, std::span<Handler* const> handlers, ServerLimits limits, os::Clock& clock)
    : implementation_(std::make_unique<Implementation>()) {
  BASALT_CHECK(!loops.empty() && loops.size() == handlers.size());
  for (size_t i = 0; i < loops.size(); ++i) {
    implementation_->loops.push_back(loops[i]);
    implementation_->groups.push_back(
        std::make_shared<ConnectionGroup>(*loops[i], *handlers[i], limits, clock, implementation_->connection_count));
  }
}

Server::~Server() {
  for (size_t i = 0; i < implementation_->loops.size(); ++i) {
    RunOnLoop(*implementation_->loops[i], [group = implementation_->groups[i]] { group->Shut(); });
  }
  for (const SocketFile& file : implementation_->socket_files) {
    struct stat now {};
    if (::lstat(file.path.c_str(), &now) == 0 && now.st_dev == file.device && now.st_ino == file.inode) {
      ::unlink(file.path.c_str());
    }
  }
}

Result<ListenAddress> Server::Listen(const ListenAddress& address, const ListenTerms& terms) {
  TRY_ASSIGN(const Endpoint endpoint, Resolve(address));
  const size_t count = implementation_->loops.size();
  ListenAddress bound = address;
  Result<std::vector<Descriptor>> descriptors = BindAll(endpoint, bound, count);
  // A port the system chose can be taken by another process between the two binds.
  for (int attempt = 1; address.port == 0 && !descriptors.ok() && attempt < kFreePortAttempts; ++attempt) {
    if (descriptors.error().reason != Reason::kAlreadyExists) {
      break;
    }
    bound = address;
    descriptors = BindAll(endpoint, bound, count);
  }
  if (!descriptors.ok()) {
    return descriptors.TakeError();
  }
  for (size_t i = 0; i < count; ++i) {
    implementation_->Accept(i, std::move((*descriptors)[i]), terms);
  }
  return bound;
}

Status Server::ListenUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return Error(Reason::kInvalidArgument, "socket path '" + path + "' must have 1 to " +
                                               std::to_string(sizeof(address.sun_path) - 1) + " bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat existing {};
  if (::lstat(path.c_str(), &existing) == 0) {
    if (!S_ISSOCK(existing.st_mode)) {
      return Error(Reason::kAlreadyExists, "'" + path + "' exists and is not a socket");
    }
    if (SomebodyListens(address)) {
      return Error(Reason::kAlreadyExists, "'" + path + "' is in use by another server");
    }
    ::unlink(path.c_str());
  }
  Descriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor.get() < 0) {
    return SocketError("open a socket for", path, errno);
  }
  // The mode of an unbound socket is that of the file bind makes, so there is no moment at which others may connect.
  if (::fchmod(descriptor.get(), S_IRUSR | S_IWUSR) != 0 ||
      ::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(descriptor.get(), kBacklog) != 0 ||
      ::lstat(path.c_str(), &existing) != 0) {
    return SocketError("listen on", path, errno);
  }
  implementation_->socket_files.push_back({path, existing.st_dev, existing.st_ino});
  implementation_->Accept(0, std::move(descriptor), {});
  return {};
}

void Server::Drain(int64_t grace_ms, UniqueFunction<void()> drained) {
  struct Remaining {
    std::atomic<size_t> loops;
    UniqueFunction<void()> drained;
  };
  const auto remaining = std::make_shared<Remaining>();
  remaining->loops = implementation_->loops.size();
  remaining->drained = std::move(drained);
  for (size_t i = 0; i < implementation_->loops.size(); ++i) {
    implementation_->loops[i]->Post([group = implementation_->groups[i], grace_ms, remaining] {
      group->Drain(grace_ms, [remaining] {
        if (remaining->loops.fetch_sub(1) == 1) {
          remaining->drained();
        }
      });
    });
  }
}

size_t Server::connection_count() const { return implementation_->connection_count->load(std::memory_order_relaxed); }

}  // namespace basalt::http

// Accepting, ticking, draining. Accepting waits for readiness and then takes a bounded number at once, so a storm of
// connections does not starve those that are there; when descriptors run out it pauses instead of spinning.
#include "http/connection_group.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "http/connection.h"
#include "http/loop_implementation.h"
#include "http/proxy_stream.h"
#include "http/tls_stream.h"

namespace basalt::http {
namespace {

constexpr int kAcceptsAtOnceMax = 64;
constexpr int64_t kAcceptPauseMs = 100;
constexpr size_t kSpareBuffersMax = 64;
constexpr int64_t kTickMsMin = 5;
constexpr int64_t kTickMsMax = 500;

int64_t ChooseTickMs(const ServerLimits& limits) {
  const int64_t shortest_ms = std::min({limits.idle_timeout_ms, limits.head_timeout_ms, limits.body_timeout_ms});
  return std::clamp(shortest_ms / 8, kTickMsMin, kTickMsMax);
}

template <class Address>
Address AddressAs(const sockaddr_storage& storage) {
  Address address{};
  std::memcpy(&address, &storage, sizeof(address));
  return address;
}

PeerAddress DescribePeer(int descriptor, const sockaddr_storage& storage) {
  PeerAddress peer;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto address = AddressAs<sockaddr_in>(storage);
    inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    peer.port = ntohs(address.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    const auto address = AddressAs<sockaddr_in6>(storage);
    if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
      inet_ntop(AF_INET, &address.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    }
    peer.port = ntohs(address.sin6_port);
  } else {
    ucred credentials{};
    socklen_t size = sizeof(credentials);
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
      peer.uid = credentials.uid;
    }
  }
  peer.ip = text.data();
  return peer;
}

// Network errors of the connection about to be accepted, which accept reports (accept(2), "Error handling"). All
// others, such as running out of descriptors or memory, would come again at once.
bool ConcernsOneConnection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

}  // namespace

class ConnectionGroup::Listener {
 public:
  Listener(asio::io_context& context, ListenTerms listen_terms)
      : descriptor(context), pause(context), terms(std::move(listen_terms)) {
    if (terms.tls != nullptr) {
      tls.emplace(*terms.tls);
    }
  }

  WatchedDescriptor descriptor;
  Timer pause;
  const ListenTerms terms;
  std::optional<Subscriber<TlsContext>> tls;
};

ConnectionGroup::ConnectionGroup(Loop& loop, Handler& handler, const ServerLimits& limits, os::Clock& clock,
                                 std::shared_ptr<std::atomic<size_t>> connection_count)
    : loop_(loop),
      handler_(handler),
      limits_(limits),
      clock_(clock),
      connection_count_(std::move(connection_count)),
      tick_ms_(ChooseTickMs(limits)),
      tick_timer_(loop.implementation().context),
      readiness_(std::make_shared<ReadinessSet>(loop.implementation().context)) {}

ConnectionGroup::~ConnectionGroup() = default;

void ConnectionGroup::Accept(int listening_descriptor, ListenTerms terms) {
  auto listener = std::make_shared<Listener>(loop_.implementation().context, std::move(terms));
  asio::error_code error;
  if (!shut_ && !draining_) {
    listener->descriptor.assign(listening_descriptor, error);
  }
  if (!listener->descriptor.is_open()) {
    ::close(listening_descriptor);
    return;
  }
  listeners_.push_back(listener);
  WaitToAccept(listener);
}

void ConnectionGroup::WaitToAccept(const std::shared_ptr<Listener>& listener) {
  listener->descriptor.async_wait(WatchedDescriptor::wait_read,
                                  [group = shared_from_this(), listener](const asio::error_code& error) {
                                    if (!error) {
                                      group->AcceptSome(listener);
                                    }
                                  });
}

void ConnectionGroup::AcceptSome(const std::shared_ptr<Listener>& listener) {
  for (int i = 0; i < kAcceptsAtOnceMax && listener->descriptor.is_open(); ++i) {
    const int descriptor = ::accept4(listener->descriptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor >= 0) {
      Add(descriptor, *listener);
      continue;
    }
    if (errno == EAGAIN) {
      break;
    }
    if ((errno == EMFILE || errno == ENFILE) && CloseOldest()) {
      continue;
    }
    if (!ConcernsOneConnection(errno)) {
      listener->pause.expires_after(std::chrono::milliseconds(kAcceptPauseMs));
      listener->pause.async_wait([group = shared_from_this(), listener](const asio::error_code& error) {
        if (!error && listener->descriptor.is_open()) {
          group->WaitToAccept(listener);
        }
      });
      return;
    }
  }
  if (listener->descriptor.is_open()) {
    WaitToAccept(listener);
  }
}

void ConnectionGroup::Add(int descriptor, Listener& listener) {
  if (connection_count_->fetch_add(1, std::memory_order_relaxed) >= limits_.connections_max && !CloseOldest()) {
    connection_count_->fetch_sub(1, std::memory_order_relaxed);
    ::close(descriptor);
    return;
  }
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  // A peer that is gone already has no address; its connection will find out by itself.
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    storage.ss_family = AF_UNSPEC;
  }
  if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6) {
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  auto peer = std::make_unique<PeerAddress>(DescribePeer(descriptor, storage));
  peer->tls = listener.tls.has_value();
  peer->listener = listener.terms.number;
  std::unique_ptr<Stream> stream = NewPlainStream(descriptor);
  if (listener.terms.is_proxy && listener.terms.is_proxy(peer->ip)) {
    stream =
        NewProxyStream(std::move(stream),
                       listener.terms.requires_proxy_header ? ProxyHeaders::kRequired : ProxyHeaders::kTaken, *peer);
  }
  if (listener.tls) {
    stream = NewTlsStream(std::move(stream), listener.tls->Get());
  }
  if (stream == nullptr || !readiness_->Start()) {
    connection_count_->fetch_sub(1, std::memory_order_relaxed);
    ::close(descriptor);
    return;
  }
  auto connection = std::make_shared<Connection>(shared_from_this(), descriptor, std::move(stream), std::move(peer),
                                                 connections_.size());
  connections_.push_back(connection);
  std::list<Connection*>& busy = rows_[static_cast<size_t>(Row::kBusy)];
  connection->place().at = busy.insert(busy.end(), connection.get());
  StartTicking();
  connection->Start();
}

void ConnectionGroup::Remove(size_t index) {
  const Place& place = connections_[index]->place();
  rows_[static_cast<size_t>(place.row)].erase(place.at);
  if (index + 1 != connections_.size()) {
    std::swap(connections_[index], connections_.back());
    connections_[index]->set_index(index);
  }
  connections_.pop_back();
  connection_count_->fetch_sub(1, std::memory_order_relaxed);
  FinishDrainsIfEmpty();
}

void ConnectionGroup::Stand(Connection& connection, Row row) {
  Place& place = connection.place();
  std::list<Connection*>& to = rows_[static_cast<size_t>(row)];
  to.splice(to.end(), rows_[static_cast<size_t>(place.row)], place.at);
  place.row = row;
  place.since_tick = tick_;
}

std::shared_ptr<Connection> ConnectionGroup::StalledFrontOf(Row row) const {
  const std::list<Connection*>& standing = rows_[static_cast<size_t>(row)];
  if (standing.empty() || tick_ < TickAfter(standing.front()->place().since_tick, limits_.stalled_ms)) {
    return nullptr;
  }
  return standing.front()->shared_from_this();
}

bool ConnectionGroup::EndSlowest() {
  const std::shared_ptr<Connection> slowest = StalledFrontOf(Row::kMoving);
  if (slowest == nullptr || slowest->advancing()) {  // it may be the one that asks
    return false;
  }
  slowest->EndTransfer();
  return true;
}

bool ConnectionGroup::CloseOldest() {
  for (const Row row : {Row::kWaiting, Row::kMoving}) {
    if (const std::shared_ptr<Connection> oldest = StalledFrontOf(row); oldest != nullptr) {
      oldest->Close();
      return true;
    }
  }
  return false;
}

uint64_t ConnectionGroup::TickAfter(uint64_t begin, int64_t delay_ms) const {
  const int64_t ticks = std::max<int64_t>(0, delay_ms + tick_ms_ - 1) / tick_ms_;
  return begin + static_cast<uint64_t>(ticks) + 1;  // one more: the first tick had partly passed
}

void ConnectionGroup::StartTicking() {
  if (ticking_ || shut_) {
    return;
  }
  ticking_ = true;
  tick_timer_.expires_after(std::chrono::milliseconds(tick_ms_));
  tick_timer_.async_wait([group = shared_from_this()](const asio::error_code& error) {
    group->ticking_ = false;
    if (!error) {
      group->OnTick();
    }
  });
}

void ConnectionGroup::OnTick() {
  ++tick_;
  // Backwards, since a connection that closes is replaced by the last one, which has been looked at.
  for (size_t i = connections_.size(); i-- > 0;) {
    const std::shared_ptr<Connection> connection = connections_[i];
    connection->OnTick(tick_);
  }
  if (!connections_.empty()) {
    StartTicking();  // an empty group sleeps
  }
}

void ConnectionGroup::StopAccepting() {
  for (const std::shared_ptr<Listener>& listener : listeners_) {
    asio::error_code error;
    listener->descriptor.close(error);
    listener->pause.cancel();
  }
  listeners_.clear();
}

void ConnectionGroup::CloseConnections() {
  while (!connections_.empty()) {
    const std::shared_ptr<Connection> connection = connections_.back();
    connection->Close();
  }
}

void ConnectionGroup::FinishDrainsIfEmpty() {
  if (!draining_ || !connections_.empty()) {
    return;
  }
  std::vector<UniqueFunction<void()>> drains = std::move(drains_);
  drains_.clear();
  for (UniqueFunction<void()>& drained : drains) {
    drained();
  }
}

void ConnectionGroup::Drain(int64_t grace_ms, UniqueFunction<void()> drained) {
  draining_ = true;
  StopAccepting();
  drains_.push_back(std::move(drained));
  for (size_t i = connections_.size(); i-- > 0;) {
    const std::shared_ptr<Connection> connection = connections_[i];
    connection->CloseIfIdle();
  }
  FinishDrainsIfEmpty();
  if (connections_.empty()) {
    return;
  }
  if (grace_ms <= 0) {
    CloseConnections();
    return;
  }
  loop_.PostAfter(grace_ms, [group = weak_from_this()] {
    if (const std::shared_ptr<ConnectionGroup> alive = group.lock(); alive != nullptr) {
      alive->CloseConnections();
    }
  });
}

void ConnectionGroup::Shut() {
  shut_ = true;
  drains_.clear();
  StopAccepting();
  CloseConnections();
  readiness_->Stop();
  tick_timer_.cancel();
  spare_buffers_.clear();
}

Buffer ConnectionGroup::TakeBuffer() {
  if (spare_buffers_.empty()) {
    return {std::unique_ptr<char[]>(new char[kBufferBytes]), kBufferBytes};
  }
  Buffer buffer = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return buffer;
}

void ConnectionGroup::GiveBuffer(Buffer buffer) {
  if (buffer.capacity_bytes == kBufferBytes && spare_buffers_.size() < kSpareBuffersMax) {
    spare_buffers_.push_back(std::move(buffer));
  }
}

std::string_view ConnectionGroup::HttpDate() {
  const int64_t now_ms = clock_.WallMs();
  if (now_ms / 1000 != http_date_s_) {
    http_date_s_ = now_ms / 1000;
    http_date_ = os::FormatHttpDate(now_ms);
  }
  return http_date_;
}

char* ConnectionGroup::discarded_bytes() {
  if (discarded_ == nullptr) {
    discarded_.reset(new char[kDiscardedBytesMax]);
  }
  return discarded_.get();
}

}  // namespace basalt::http

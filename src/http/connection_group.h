// ConnectionGroup: the connections of one server on one loop, with what they share: the handler, a pool of read
// buffers, the date, and one coarse clock whose ticks find connections past their deadline. Also accepts them.
//
// Owned by shared pointers of the server and of its connections. Everything runs on the loop, except construction
// and what RunOnLoop runs for a loop without a thread.
#pragma once

#include <array>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cache_line.h"
#include "base/published.h"
#include "base/unique_function.h"
#include "http/handler.h"
#include "http/loop.h"
#include "http/readiness_set.h"
#include "http/server.h"
#include "http/tls_context.h"
#include "os/clock.h"

namespace basalt::http {

class Connection;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

struct Buffer {
  std::unique_ptr<char[]> bytes;  // null if none
  size_t capacity_bytes = 0;
};

inline constexpr size_t kBufferBytes = size_t{16} << 10;

class alignas(kCacheLineBytes) ConnectionGroup final : public Relief,
                                                       public std::enable_shared_from_this<ConnectionGroup> {
 public:
  // What a connection is at, as far as it matters to whom is let go first when there is no room. Those of one kind
  // stand in a row, the one that came longest ago in front.
  enum class Row : uint8_t {
    kWaiting,  // for a whole head, since it was opened or answered
    kMoving,   // a body or an answer, since its last progress
    kBusy,     // with its handler, or saying goodbye: left alone
  };
  static constexpr size_t kRows = 3;
  struct Place {
    Row row = Row::kBusy;
    uint64_t since_tick = 0;
    std::list<Connection*>::iterator at;
  };

  // `connection_count` counts over all groups of the server.
  ConnectionGroup(Loop& loop, Handler& handler, const ServerLimits& limits, os::Clock& clock,
                  std::shared_ptr<std::atomic<size_t>> connection_count);
  ConnectionGroup(const ConnectionGroup&) = delete;
  ConnectionGroup& operator=(const ConnectionGroup&) = delete;
  ~ConnectionGroup() override;

  // Takes the listening descriptor over.
  void Accept(int listening_descriptor, ListenTerms terms);
  // After at most `grace_ms` no connection is left; then `drained` runs.
  void Drain(int64_t grace_ms, UniqueFunction<void()> drained);
  // Closes everything at once; drains under way are forgotten.
  void Shut();

  // The rest is for connections.
  const Loop* loop() const { return &loop_; }
  asio::io_context::executor_type executor() { return tick_timer_.get_executor(); }
  ReadinessSet& readiness() { return *readiness_; }
  Handler& handler() { return handler_; }
  const ServerLimits& limits() const { return limits_; }
  bool draining() const { return draining_; }
  uint64_t tick() const { return tick_; }
  // The tick by which `delay_ms` have passed for sure since the current one, or since tick `begin`.
  uint64_t TickAfter(int64_t delay_ms) const { return TickAfter(tick_, delay_ms); }
  uint64_t TickAfter(uint64_t begin, int64_t delay_ms) const;
  Buffer TakeBuffer();  // of kBufferBytes
  void GiveBuffer(Buffer buffer);
  std::string_view HttpDate();
  std::string& head_scratch() { return head_scratch_; }
  // A place for bytes nobody wants.
  char* discarded_bytes();
  static constexpr size_t kDiscardedBytesMax = kBufferBytes;
  void Remove(size_t index);
  // To the end of that row.
  void Stand(Connection& connection, Row row);
  bool EndSlowest() override;

 private:
  class Listener;

  void WaitToAccept(const std::shared_ptr<Listener>& listener);
  void AcceptSome(const std::shared_ptr<Listener>& listener);
  void Add(int descriptor, Listener& listener);
  // Lets the connection go that has waited longest for a request, else one whose transfer has stalled; false if none.
  bool CloseOldest();
  std::shared_ptr<Connection> StalledFrontOf(Row row) const;  // or null
  void StartTicking();
  void OnTick();
  void StopAccepting();
  void CloseConnections();
  void FinishDrainsIfEmpty();

  Loop& loop_;
  Handler& handler_;
  const ServerLimits limits_;
  os::Clock& clock_;
  const std::shared_ptr<std::atomic<size_t>> connection_count_;

  const int64_t tick_ms_;
  uint64_t tick_ = 0;
  bool ticking_ = false;
  bool draining_ = false;
  bool shut_ = false;
  Timer tick_timer_;
  const std::shared_ptr<ReadinessSet> readiness_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::array<std::list<Connection*>, kRows> rows_;
  std::vector<UniqueFunction<void()>> drains_;
  std::vector<Buffer> spare_buffers_;
  std::unique_ptr<char[]> discarded_;
  std::string head_scratch_;
  std::string http_date_;
  int64_t http_date_s_ = -1;
};

}  // namespace basalt::http

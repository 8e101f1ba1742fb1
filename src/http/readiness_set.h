// ReadinessSet: tells many descriptors' watchers when they can be read or written. Asio makes a system call each time a
// descriptor is waited for, which a request that is answered at once feels (epoll_ctl, 5 % of a cached read); here a
// descriptor is registered once, in an epoll set of its own (epoll(7), level-triggered), and Asio waits for the set.
//
// On one loop; everything on its thread, except as ConnectionGroup says.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace basalt::http {

// Bound to the loop's own executor: the type-erased default costs at every wait.
using WatchedDescriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

class ReadinessSet : public std::enable_shared_from_this<ReadinessSet> {
 public:
  // Who is told. May go only after Remove.
  class Watcher {
   public:
    // `events` as epoll_wait(2) tells them; told again and again until something is done about them.
    virtual void OnReady(uint32_t events) = 0;

   protected:
    ~Watcher() = default;
  };

  explicit ReadinessSet(asio::io_context& context);
  ReadinessSet(const ReadinessSet&) = delete;
  ReadinessSet& operator=(const ReadinessSet&) = delete;

  // Before the first Add; again does nothing. False: no descriptor for the set could be had.
  bool Start();
  // Nobody is told anything any more.
  void Stop();

  // EPOLLIN and EPOLLOUT; the end and failures are told in any case (EPOLLHUP, EPOLLERR). False: errno says why.
  bool Add(int descriptor, uint32_t events, Watcher& watcher);
  bool Change(int descriptor, uint32_t events, Watcher& watcher);
  // Before the descriptor is closed. The watcher is not told even what was seen already.
  void Remove(int descriptor, const Watcher& watcher);

 private:
  static constexpr size_t kEventsAtOnceMax = 128;

  bool Control(int operation, int descriptor, uint32_t events, Watcher& watcher);
  void Wait();
  void TellReady();

  WatchedDescriptor set_;
  std::array<epoll_event, kEventsAtOnceMax> ready_{};  // [told_, ready_count_) is still to be told
  size_t told_ = 0;
  size_t ready_count_ = 0;
};

}  // namespace basalt::http

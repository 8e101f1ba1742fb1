// The set over epoll(7).
#include "http/readiness_set.h"

#include <unistd.h>

#include <algorithm>

namespace basalt::http {

ReadinessSet::ReadinessSet(asio::io_context& context) : set_(context) {}

bool ReadinessSet::Start() {
  if (set_.is_open()) {
    return true;
  }
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) {
    return false;
  }
  asio::error_code error;
  set_.assign(descriptor, error);
  if (error) {
    ::close(descriptor);
    return false;
  }
  Wait();
  return true;
}

void ReadinessSet::Stop() {
  asio::error_code error;
  set_.close(error);
  ready_count_ = 0;
}

bool ReadinessSet::Add(int descriptor, uint32_t events, Watcher& watcher) {
  return Control(EPOLL_CTL_ADD, descriptor, events, watcher);
}

bool ReadinessSet::Change(int descriptor, uint32_t events, Watcher& watcher) {
  return Control(EPOLL_CTL_MOD, descriptor, events, watcher);
}

bool ReadinessSet::Control(int operation, int descriptor, uint32_t events, Watcher& watcher) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watcher;
  return ::epoll_ctl(set_.native_handle(), operation, descriptor, &event) == 0;
}

void ReadinessSet::Remove(int descriptor, const Watcher& watcher) {
  if (set_.is_open()) {
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
  }
  for (size_t i = told_; i < ready_count_; ++i) {
    if (ready_[i].data.ptr == &watcher) {
      ready_[i].data.ptr = nullptr;
    }
  }
}

void ReadinessSet::Wait() {
  set_.async_wait(WatchedDescriptor::wait_read, [set = shared_from_this()](const asio::error_code& error) {
    if (!error) {
      set->TellReady();
    }
  });
}

void ReadinessSet::TellReady() {
  const int count = ::epoll_wait(set_.native_handle(), ready_.data(), static_cast<int>(ready_.size()), 0);
  ready_count_ = static_cast<size_t>(std::max(count, 0));
  for (told_ = 0; told_ < ready_count_;) {
    const epoll_event& event = ready_[told_++];
    if (event.data.ptr != nullptr) {
      static_cast<Watcher*>(event.data.ptr)->OnReady(event.events);
    }
  }
  if (set_.is_open()) {
    Wait();
  }
}

}  // namespace basalt::http

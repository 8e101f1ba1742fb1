// Loop over asio::io_context. The work guard keeps an idle loop asleep in epoll rather than ended.
#include "http/loop.h"

#include <pthread.h>

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <string>
#include <utility>

#include "base/check.h"
#include "http/loop_implementation.h"

namespace basalt::http {
namespace {

thread_local const Loop* current_loop = nullptr;

}  // namespace

const Loop* CurrentLoop() { return current_loop; }

Loop::Loop() : implementation_(std::make_unique<Implementation>()) {}

Loop::~Loop() { Stop(); }

void Loop::Start(int number) {
  Implementation& loop = *implementation_;
  const MutexLock lock(loop.mutex);
  BASALT_CHECK(loop.phase == Implementation::Phase::kNew);
  loop.phase = Implementation::Phase::kRunning;
  loop.work.emplace(loop.context.get_executor());
  loop.thread = std::thread([this, number] {
    current_loop = this;
    pthread_setname_np(pthread_self(), ("loop-" + std::to_string(number)).substr(0, 15).c_str());
    implementation_->context.run();
    current_loop = nullptr;
  });
}

void Loop::Stop() {
  Implementation& loop = *implementation_;
  {
    const MutexLock lock(loop.mutex);
    loop.phase = Implementation::Phase::kStopped;
  }
  loop.context.stop();
  if (loop.thread.joinable() && !IsCurrent()) {
    loop.thread.join();
  }
}

void Loop::Post(UniqueFunction<void()> task) {
  asio::post(implementation_->context, [task = std::move(task)]() mutable { task(); });
}

void Loop::PostAfter(int64_t delay_ms, UniqueFunction<void()> task) {
  auto timer = std::make_unique<asio::steady_timer>(implementation_->context);
  asio::steady_timer& started = *timer;
  started.expires_after(std::chrono::milliseconds(delay_ms));
  started.async_wait([timer = std::move(timer), task = std::move(task)](const asio::error_code& error) mutable {
    if (!error) {
      task();
    }
  });
}

bool Loop::IsCurrent() const { return current_loop == this; }

void RunOnLoop(Loop& loop, UniqueFunction<void()> task) {
  Loop::Implementation& implementation = loop.implementation();
  bool running = false;
  {
    const MutexLock lock(implementation.mutex);
    running = implementation.phase == Loop::Implementation::Phase::kRunning;
  }
  if (!running || loop.IsCurrent()) {
    task();
    return;
  }
  std::promise<void> done;
  loop.Post([&task, &done] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace basalt::http

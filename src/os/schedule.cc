#include "os/schedule.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace basalt::os {

Schedule::Schedule(Clock& clock) : clock_(clock), thread_([this] { Run(); }) {}

Schedule::~Schedule() { Stop(); }

void Schedule::Stop() {
  std::multimap<int64_t, UniqueFunction<void()>> forgotten;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    forgotten.swap(tasks_);
  }
  wake_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Schedule::After(int64_t delay_ms, UniqueFunction<void()> task) {
  {
    MutexLock lock(mutex_);
    if (stopping_) {
      return;
    }
    tasks_.emplace(clock_.MonotonicMs() + delay_ms, std::move(task));
  }
  wake_.notify_all();
}

void Schedule::Run() {
  for (;;) {
    UniqueFunction<void()> task;
    {
      MutexLock lock(mutex_);
      while (!stopping_ && (tasks_.empty() || tasks_.begin()->first > clock_.MonotonicMs())) {
        if (tasks_.empty()) {
          wake_.wait(mutex_);
          continue;
        }
        // Bounded, since a clock in a test may be moved forward without a word.
        const int64_t left_ms = tasks_.begin()->first - clock_.MonotonicMs();
        wake_.wait_for(mutex_, std::chrono::milliseconds(std::clamp<int64_t>(left_ms, 1, 50)));
      }
      if (stopping_) {
        return;
      }
      task = std::move(tasks_.begin()->second);
      tasks_.erase(tasks_.begin());
    }
    task();
  }
}

}  // namespace basalt::os

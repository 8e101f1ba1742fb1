#include "engine/rocks/retry_schedule.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace basalt::engine::rocks {

RetrySchedule::RetrySchedule(os::Clock& clock) : clock_(clock), thread_([this] { Run(); }) {}

RetrySchedule::~RetrySchedule() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void RetrySchedule::After(int64_t delay_ms, UniqueFunction<void()> task) {
  {
    MutexLock lock(mutex_);
    tasks_.emplace(clock_.MonotonicMs() + delay_ms, std::move(task));
  }
  wake_.notify_all();
}

void RetrySchedule::Run() {
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

}  // namespace basalt::engine::rocks

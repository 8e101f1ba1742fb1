// Tasks and steps, counted.
#include "chores/work_thread.h"

namespace basalt::chores {

void WorkThread::Stop() {
  pauses_.Stop();
  MutexLock lock(mutex_);
  stopping_ = true;
  while (under_way_ > 0) {
    idle_.wait(mutex_);
  }
}

void WorkThread::Post(UniqueFunction<void()> task) {
  {
    MutexLock lock(mutex_);
    if (stopping_) {
      return;
    }
    ++under_way_;
  }
  home_.Post([this, task = std::move(task)]() mutable {
    if (!stopping_) {
      task();
    }
    task = nullptr;
    Leave();
  });
}

void WorkThread::PostAfter(int64_t delay_ms, UniqueFunction<void()> task) {
  pauses_.After(delay_ms, [this, task = std::move(task)]() mutable { Post(std::move(task)); });
}

void WorkThread::Enter() {
  MutexLock lock(mutex_);
  ++under_way_;
}

void WorkThread::Leave() {
  MutexLock lock(mutex_);
  if (--under_way_ == 0) {
    idle_.notify_all();
  }
}

}  // namespace basalt::chores

// The thread of one chore: its work is chains of asynchronous steps, of which all run here, one at a time. When it
// stops, each chain ends after the step it is at.
//
// Threads: Stop and destruction on any but this one and a loop; all else on any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "base/thread_pool.h"
#include "base/unique_function.h"
#include "engine/engine.h"
#include "os/clock.h"
#include "os/schedule.h"

namespace basalt::chores {

class WorkThread {
 public:
  // `clock` measures pauses.
  WorkThread(std::string name, os::Clock& clock) : pauses_(clock), home_(std::move(name), 1) {}
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;
  ~WorkThread() { Stop(); }

  // From then on nothing runs on the thread, nor will, and what tasks held is gone.
  void Stop() EXCLUDES(mutex_);
  bool stopping() const { return stopping_; }

  // Where calls complete whose completion is a Step.
  Executor& home() { return home_; }
  // Tasks that have begun end before Stop does, so what Stop precedes the end of need not be held by them.
  void Post(UniqueFunction<void()> task) EXCLUDES(mutex_);
  void PostAfter(int64_t delay_ms, UniqueFunction<void()> task);
  // What follows a call under way; Stop waits for it, and lets it not run.
  template <class T>
  engine::Done<T> Step(UniqueFunction<void(Result<T>)> step) EXCLUDES(mutex_) {
    Enter();
    return [this, step = std::move(step)](Result<T> result) mutable {
      if (!stopping_) {
        step(std::move(result));
      }
      step = nullptr;
      Leave();
    };
  }

 private:
  void Enter() EXCLUDES(mutex_);
  void Leave() EXCLUDES(mutex_);

  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  std::condition_variable_any idle_;
  size_t under_way_ GUARDED_BY(mutex_) = 0;  // calls, and tasks posted
  os::Schedule pauses_;
  ThreadPool home_;  // last, so that it is joined before what its tasks use is gone
};

}  // namespace basalt::chores

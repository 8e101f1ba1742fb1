// Runs tasks after a delay, on a thread of its own. What it runs must be short: it posts to a pool.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <thread>

#include "base/mutex.h"
#include "base/unique_function.h"
#include "os/clock.h"

namespace basalt::os {

class Schedule {
 public:
  explicit Schedule(Clock& clock);
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  ~Schedule();

  void After(int64_t delay_ms, UniqueFunction<void()> task) EXCLUDES(mutex_);

  // Forgets what is not due, and what is said later; nothing of it runs any more. Call it where a task would come too
  // late, at the latest by the destructor; not from a task.
  void Stop() EXCLUDES(mutex_);

 private:
  void Run() EXCLUDES(mutex_);

  Clock& clock_;
  Mutex mutex_;
  std::condition_variable_any wake_;
  std::multimap<int64_t, UniqueFunction<void()>> tasks_ GUARDED_BY(mutex_);  // by the time they are due
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace basalt::os

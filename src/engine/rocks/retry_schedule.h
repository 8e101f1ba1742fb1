// Runs tasks after a delay, on a thread of its own. What it runs must be short: it posts to a pool.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <thread>

#include "base/mutex.h"
#include "base/unique_function.h"
#include "os/clock.h"

namespace basalt::engine::rocks {

class RetrySchedule {
 public:
  explicit RetrySchedule(os::Clock& clock);
  RetrySchedule(const RetrySchedule&) = delete;
  RetrySchedule& operator=(const RetrySchedule&) = delete;
  ~RetrySchedule();  // forgets what is not due

  void After(int64_t delay_ms, UniqueFunction<void()> task) EXCLUDES(mutex_);

 private:
  void Run() EXCLUDES(mutex_);

  os::Clock& clock_;
  Mutex mutex_;
  std::condition_variable_any wake_;
  std::multimap<int64_t, UniqueFunction<void()>> tasks_ GUARDED_BY(mutex_);  // by the time they are due
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace basalt::engine::rocks

// ThreadPool: a fixed number of threads that run tasks which may block on a disk. The destructor runs what was
// posted before it and joins.
#pragma once

#include <condition_variable>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "base/executor.h"
#include "base/mutex.h"

namespace basalt {

class ThreadPool final : public Executor {
 public:
  // `name` (at most 15 bytes) is what `top -H` shows.
  ThreadPool(std::string name, size_t thread_count);
  ~ThreadPool() override;

  void Post(UniqueFunction<void()> task) override;

 private:
  void Run();

  Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<UniqueFunction<void()>> tasks_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace basalt

// Executor: where a completion runs. A server loop is one; so is the pool of threads that may wait for a disk.
// Post may be called from any thread; the task runs later, never inside Post.
#pragma once

#include "base/unique_function.h"

namespace basalt {

class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  virtual void Post(UniqueFunction<void()> task) = 0;
};

}  // namespace basalt

// What a Loop holds. For http/ only: everything else sees http/loop.h, without Asio.
#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <optional>
#include <thread>

#include "base/mutex.h"
#include "http/loop.h"

namespace basalt::http {

struct Loop::Implementation {
  enum class Phase : uint8_t { kNew, kRunning, kStopped };

  asio::io_context context{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::thread thread;
  Mutex mutex;
  Phase phase GUARDED_BY(mutex) = Phase::kNew;
};

// The loop whose thread this is, or null. Compare only: it may be about to go.
const Loop* CurrentLoop();

// Runs `task` on the loop and returns when it has run; at once if the caller is the loop, or if no thread runs it
// (not started yet, or stopped). The loop must not be stopped by another thread meanwhile.
void RunOnLoop(Loop& loop, UniqueFunction<void()> task);

}  // namespace basalt::http

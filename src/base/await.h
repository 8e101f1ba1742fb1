// Await: calls something that completes on another thread and waits for it. For starting, stopping and tools; never
// on a loop, and never on the thread where the completion runs.
#pragma once

#include <future>
#include <memory>
#include <utility>

#include "base/result.h"

namespace basalt {

// `start` is given the completion: start(UniqueFunction<void(Result<T>)>).
template <class T, class Start>
Result<T> Await(Start start) {
  // Shared, because the thread that completes may still be inside the promise when the waiter leaves.
  auto promise = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> future = promise->get_future();
  start([promise](Result<T> result) { promise->set_value(std::move(result)); });
  return future.get();
}

}  // namespace basalt

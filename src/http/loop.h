// Loop: one thread, one Asio io_context(1), everything a connection needs. A request stays on its loop from first
// byte to last; completions of engines come back to it by Post. Asio stays behind this header.
#pragma once

#include <cstdint>
#include <memory>

#include "base/executor.h"
#include "base/unique_function.h"

namespace basalt::http {

class Loop final : public Executor {
 public:
  Loop();            // nothing runs yet
  ~Loop() override;  // stops and joins

  void Start(int number);  // the thread is named loop-<number>
  void Stop();             // ends the thread after the handler that is running; idempotent
  void Post(UniqueFunction<void()> task) override;
  // Runs `task` on the loop after the delay, unless the loop stops before. From any thread.
  void PostAfter(int64_t delay_ms, UniqueFunction<void()> task);
  bool IsCurrent() const;  // whether the calling thread is this loop's

  struct Implementation;  // holds the io_context; for http/ only
  Implementation& implementation() { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace basalt::http

// The service's clock, which an operator may move forward under --test-clock: what states of tables, cooldowns, quotas
// and expiry go by, and what the engine says of its commits. Signatures and TLS keep to the system's.
//
// By how much it was moved is kept in the catalogue's keyspace, beside the records of tables, so that time never runs
// backwards in a data directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/executor.h"
#include "base/result.h"
#include "engine/engine.h"
#include "main/store.h"
#include "os/clock.h"

namespace basalt::main {

class TestClock {
 public:
  // Moves `clock`, which stands where the system's does, to where the store's was moved; blocks. The store, and the
  // clock, which the store may have been opened with, outlive it.
  static Result<std::unique_ptr<TestClock>> Open(Store& store, os::AdvancedClock& clock);

  bool was_moved() const { return clock_.offset_ms() != 0; }

  // Forward; durable and in force when `done` runs on `home`, with the time then. kInvalidArgument.
  void Advance(int64_t duration_ms, Executor& home, engine::Done<int64_t> done);

 private:
  TestClock(std::shared_ptr<engine::Keyspace> keyspace, os::AdvancedClock& clock)
      : keyspace_(std::move(keyspace)), clock_(clock) {}

  std::shared_ptr<engine::Keyspace> keyspace_;
  os::AdvancedClock& clock_;
};

}  // namespace basalt::main

// The service's clock, which an operator may move forward under --test-clock: what states of tables, cooldowns, quotas
// and expiry go by. Signatures and TLS keep to the system's.
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
  // Reads how far the clock of the store was moved; blocks. The store outlives it.
  static Result<std::unique_ptr<TestClock>> Open(Store& store);

  os::Clock& clock() { return clock_; }
  bool was_moved() const { return clock_.offset_ms() != 0; }

  // Forward; durable and in force when `done` runs on `home`, with the time then. kInvalidArgument.
  void Advance(int64_t duration_ms, Executor& home, engine::Done<int64_t> done);

 private:
  explicit TestClock(std::shared_ptr<engine::Keyspace> keyspace) : keyspace_(std::move(keyspace)) {}

  std::shared_ptr<engine::Keyspace> keyspace_;
  os::AdvancedClock clock_{os::SystemClock()};
};

}  // namespace basalt::main

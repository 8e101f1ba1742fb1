// The engine that keeps everything in ordered maps in memory: the oracle of the engine contract, and what the tests
// of the floors above run on. A keyspace outlives Close and Open, not the engine. KeySource is never asked.
//
// Threads: as engine.h says. A function of Transact runs on its home loop without any lock held and runs again when
// another transaction committed meanwhile.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "os/clock.h"

namespace basalt::engine {

// `clock`, which outlives it, says when commits happen.
std::unique_ptr<Engine> NewMemoryEngine(const os::Clock& clock = os::SystemClock());

}  // namespace basalt::engine

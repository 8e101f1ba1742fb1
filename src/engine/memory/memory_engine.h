// The engine that keeps everything in ordered maps in memory: the oracle of the engine contract, and what the tests
// of the floors above run on. A keyspace outlives Close and Open, not the engine. KeySource is never asked.
//
// Threads: as engine.h says. A function of a transaction runs on its home loop without any lock held and runs again
// when another transaction committed meanwhile; others are held back while it does so once it did too often.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "os/clock.h"

namespace basalt::engine {

// `clock`, which outlives it, says when commits happen and when values of kExpiringSpace go.
std::unique_ptr<Engine> NewMemoryEngine(const os::Clock& clock = os::SystemClock());

}  // namespace basalt::engine

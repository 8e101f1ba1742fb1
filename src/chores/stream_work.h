// Stream work: what streams need beside reads and writes. It finds the ends of streams that are disabled and of shards
// that have been open for long enough, forgets what is older than it is kept, and puts the streams of tables that are
// being deleted into their archives. The catalogue says which tables have streams; nothing else is visited, and a table
// is opened only when something of it is due.
//
// Where a shard ends is the newest number of the feed at a moment at which nobody is told of its records: the record
// first says that it closes, durably, so that a crash leaves nothing but work to repeat.
//
// Threads: made and destroyed on any that is not a loop; works on threads of its own, of which one waits for archives.
// The catalogue outlives it, and must not be going away while it is destroyed. Destroy it before the engine closes
// tables.
#pragma once

#include <memory>

#include "chores/chore.h"
#include "engine/engine.h"
#include "os/clock.h"
#include "table/catalogue.h"
#include "table/stream_state.h"

namespace basalt::chores {

class StreamWork final : public Chore {
 public:
  // `clock` says what is old, and when to look again. `unwrap` opens archives.
  StreamWork(engine::Engine& engine, table::Catalogue& catalogue, table::UnwrapTableKey unwrap, os::Clock& clock,
             table::StreamPeriods periods);
  ~StreamWork() override;  // what is under way ends at its next step; the next start begins it again

  void RunDue(UniqueFunction<void(Status)> done) override;

 private:
  class Worker;

  std::shared_ptr<Worker> worker_;
};

}  // namespace basalt::chores

// Index work: makes the entries of items that were there before a global index was added to their table, or time to
// live was enabled, and destroys those of indexes that are gone. The catalogue says what is to be done and is told what
// is done; nothing else is remembered, so after a restart it begins anew and finds what it had made.
//
// Making entries goes on beside writes. A Fence after the index was published lets every later write keep its item's
// entries and shows a scan all that was written without. The scan gives keys alone: what the entry of an item is, is
// decided under the item's latch, from the item as it is then.
//
// Threads: made and destroyed on any that is not a loop; works on one of its own. The catalogue outlives it, and must
// not be going away while it is destroyed. Destroy it before the engine closes tables.
#pragma once

#include <memory>

#include "chores/chore.h"
#include "os/clock.h"
#include "table/catalogue.h"

namespace basalt::chores {

class IndexWork final : public Chore {
 public:
  // `clock` measures the pauses after failures.
  IndexWork(table::Catalogue& catalogue, os::Clock& clock);
  ~IndexWork() override;  // what is under way ends at its next step; the next start begins it again

  // What fails is tried again later, as ever.
  void RunDue(UniqueFunction<void(Status)> done) override;

 private:
  class Worker;

  std::shared_ptr<Worker> worker_;
};

}  // namespace basalt::chores

// Expiry: deletes the items of tables with time to live enabled whose time is over, a minute or two after it is.
//
// Now and then every such table is looked at: the due part of its expiry index is walked, and items are deleted in
// transactions that decide anew, under the items' latches, whether they have expired. So a write that put the time off
// is never undone. A deletion is a write like any other, but nobody pays for it, and it says whose it is
// (ItemWrite::expired_by_ttl). Between transactions the sweep rests, so that it takes a part of the machine, not all.
//
// A table that nobody has open is opened only when something is due there: what is due next is remembered from the last
// look, as long as nobody has opened the table since.
//
// Threads: made and destroyed on any that is not a loop; works on one of its own. The catalogue outlives it, and must
// not be going away while it is destroyed. Destroy it before the engine closes tables.
#pragma once

#include <memory>

#include "chores/chore.h"
#include "os/clock.h"
#include "table/catalogue.h"

namespace basalt::chores {

class ExpirySweep final : public Chore {
 public:
  // By `clock` items expire.
  ExpirySweep(table::Catalogue& catalogue, os::Clock& clock);
  ~ExpirySweep() override;  // a sweep under way ends at its next step

  // What fails is tried again by the next sweep.
  void RunDue(UniqueFunction<void(Status)> done) override;

 private:
  class Worker;

  std::shared_ptr<Worker> worker_;
};

}  // namespace basalt::chores

// A chore: background work that goes by the clock, or by what the catalogue says is to be done.
#pragma once

#include <memory>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/unique_function.h"

namespace basalt::chores {

class Chore {
 public:
  Chore() = default;
  Chore(const Chore&) = delete;
  Chore& operator=(const Chore&) = delete;
  virtual ~Chore() = default;

  // Once, to its end and without resting, all that is to be done now, the clock's present time included. `done` runs
  // on a thread of the chore, with the first failure if there was one; not at all if the chore goes away before.
  virtual void RunDue(UniqueFunction<void(Status)> done) = 0;
};

// Runs chores one after another, in the order given, when asked. Any thread.
class ChoreRound {
 public:
  // The chores outlive the call of Stop.
  explicit ChoreRound(std::vector<Chore*> chores);

  // `done` runs on a thread of a chore, with the first failure; not at all once stopped.
  void Run(UniqueFunction<void(Status)> done);
  // From then on no chore is asked for anything.
  void Stop();

 private:
  struct Chores {
    Mutex mutex;
    std::vector<Chore*> all GUARDED_BY(mutex);
  };
  static void RunFrom(const std::shared_ptr<Chores>& chores, size_t next, Status outcome,
                      UniqueFunction<void(Status)> done);

  const std::shared_ptr<Chores> chores_;
};

}  // namespace basalt::chores

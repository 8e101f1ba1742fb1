// Rounds of chores.
#include "chores/chore.h"

#include <utility>

namespace basalt::chores {

ChoreRound::ChoreRound(std::vector<Chore*> chores) : chores_(std::make_shared<Chores>()) {
  MutexLock lock(chores_->mutex);
  chores_->all = std::move(chores);
}

void ChoreRound::Run(UniqueFunction<void(Status)> done) { RunFrom(chores_, 0, {}, std::move(done)); }

void ChoreRound::Stop() {
  MutexLock lock(chores_->mutex);
  chores_->all.clear();
}

void ChoreRound::RunFrom(const std::shared_ptr<Chores>& chores, size_t next, Status outcome,
                         UniqueFunction<void(Status)> done) {
  // Held while the chore is asked, which only takes note.
  MutexLock lock(chores->mutex);
  if (next >= chores->all.size()) {
    return;  // stopped
  }
  const bool is_last = next + 1 == chores->all.size();
  chores->all[next]->RunDue(
      [chores, next, is_last, outcome = std::move(outcome), done = std::move(done)](Status ran) mutable {
        Status first = outcome.ok() ? std::move(ran) : std::move(outcome);
        if (is_last) {
          return done(std::move(first));
        }
        RunFrom(chores, next + 1, std::move(first), std::move(done));
      });
}

}  // namespace basalt::chores

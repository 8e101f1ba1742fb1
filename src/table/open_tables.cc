#include "table/open_tables.h"

#include <algorithm>
#include <utility>

namespace basalt::table {
namespace {

constexpr int64_t kTicksOfIdleTime = 8;
constexpr int64_t kTickMsMax = 10'000;

}  // namespace

OpenTables::OpenTables(OpenTablesLimits limits, os::Clock& clock, os::Schedule& schedule)
    : limits_(limits),
      tick_ms_(std::clamp<int64_t>(limits.idle_close_ms / kTicksOfIdleTime, 1, kTickMsMax)),
      clock_(clock),
      schedule_(schedule) {}

std::shared_ptr<void> OpenTables::Join(Executor& loop, UniqueFunction<void()> let_go) {
  auto kept = std::make_shared<UniqueFunction<void()>>(std::move(let_go));
  MutexLock lock(mutex_);
  std::erase_if(members_, [](const Member& member) { return member.let_go.expired(); });
  members_.push_back({&loop, kept});
  return kept;
}

std::shared_ptr<TableUse> OpenTables::Hold(const std::string& keyspace) {
  MutexLock lock(mutex_);
  std::weak_ptr<TableUse>& known = tables_[keyspace];
  std::shared_ptr<TableUse> use = known.lock();
  if (use == nullptr) {
    use = std::make_shared<TableUse>();
    known = use;
  }
  use->NoteUse(MoveOn());
  if (LetGoOfLeastRecentlyUsed()) {
    TellLoops();
  }
  StartTicking();
  return use;
}

void OpenTables::LetGoOfIdle() {
  MutexLock lock(mutex_);
  ticking_ = false;
  const int64_t now_us = MoveOn();
  ForgetReleased();
  // A use is noted at the moment that was last before it, which may be a tick ago.
  const int64_t idle_us = (limits_.idle_close_ms + tick_ms_) * 1000;
  bool found = false;
  for (auto at = tables_.begin(); at != tables_.end();) {
    const auto table = at++;
    const std::shared_ptr<TableUse> use = table->second.lock();
    if (use == nullptr || now_us - use->last_use_us_.load(std::memory_order_relaxed) >= idle_us) {
      LetGo(table);
      found = true;
    }
  }
  if (found) {
    TellLoops();
  }
  StartTicking();
}

int64_t OpenTables::MoveOn() {
  const int64_t now_us = std::max(moment_us() + 1, clock_.MonotonicMs() * 1000);
  moment_us_.store(now_us, std::memory_order_relaxed);
  return now_us;
}

void OpenTables::ForgetReleased() {
  std::erase_if(tables_, [](const auto& table) { return table.second.expired(); });
}

void OpenTables::LetGo(std::map<std::string, std::weak_ptr<TableUse>>::iterator table) {
  if (const std::shared_ptr<TableUse> use = table->second.lock(); use != nullptr) {
    use->unwanted_.store(true, std::memory_order_relaxed);
  }
  tables_.erase(table);
}

bool OpenTables::LetGoOfLeastRecentlyUsed() {
  if (tables_.size() > limits_.tables_max) {
    ForgetReleased();
  }
  bool found = false;
  while (tables_.size() > limits_.tables_max) {
    auto oldest = tables_.end();
    int64_t oldest_us = 0;
    for (auto at = tables_.begin(); at != tables_.end(); ++at) {
      const std::shared_ptr<TableUse> use = at->second.lock();
      const int64_t last_use_us = use == nullptr ? 0 : use->last_use_us_.load(std::memory_order_relaxed);
      if (oldest == tables_.end() || last_use_us < oldest_us) {
        oldest = at;
        oldest_us = last_use_us;
      }
    }
    LetGo(oldest);
    found = true;
  }
  return found;
}

void OpenTables::TellLoops() {
  for (const Member& member : members_) {
    if (!member.let_go.expired()) {
      member.loop->Post([let_go = member.let_go] {
        if (const auto alive = let_go.lock(); alive != nullptr) {
          (*alive)();
        }
      });
    }
  }
}

void OpenTables::StartTicking() {
  if (ticking_ || tables_.empty() || limits_.idle_close_ms == 0) {
    return;
  }
  ticking_ = true;
  schedule_.After(tick_ms_, [this] { LetGoOfIdle(); });
}

}  // namespace basalt::table

// Which tables the loops keep open between requests, and which of these are to close: those that no loop has used for
// a while, and the least recently used ones while there are more than there may be. A table closes when its last
// holder lets go; requests under way hold it themselves, so that telling a loop to let go is never an error.
//
// A request writes nothing that loops share: uses are noted by the moment, which moves on only when a table is opened
// and when idle ones are looked for, and a loop notes a table once a moment.
//
// Threads: all methods from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/mutex.h"
#include "base/unique_function.h"
#include "os/clock.h"
#include "os/schedule.h"

namespace basalt::table {

struct OpenTablesLimits {
  size_t tables_max = 500;          // at least 1; more only for as long as loops take to let go
  int64_t idle_close_ms = 300'000;  // 0: idle tables stay open
};

// One open table, shared by the loops that hold it.
class TableUse {
 public:
  void NoteUse(int64_t moment_us) { last_use_us_.store(moment_us, std::memory_order_relaxed); }
  bool unwanted() const { return unwanted_.load(std::memory_order_relaxed); }

 private:
  friend class OpenTables;
  std::atomic<int64_t> last_use_us_{0};
  std::atomic<bool> unwanted_{false};  // for good: who opens the table again has another TableUse
};

class OpenTables {
 public:
  // `clock` and `schedule` outlive it; the schedule runs nothing any more when it goes.
  OpenTables(OpenTablesLimits limits, os::Clock& clock, os::Schedule& schedule);

  // `let_go` runs on `loop` when some of what loops hold has become unwanted, for as long as the caller keeps the
  // answer. Let go of that on the loop, or when the loop runs no more; `loop` outlives this object.
  [[nodiscard]] std::shared_ptr<void> Join(Executor& loop, UniqueFunction<void()> let_go) EXCLUDES(mutex_);

  // For a loop that keeps a table open from now on, which is a use of it: its one TableUse. Once no loop has that any
  // more, the table does not count.
  std::shared_ptr<TableUse> Hold(const std::string& keyspace) EXCLUDES(mutex_);

  // What to note of a use now.
  int64_t moment_us() const { return moment_us_.load(std::memory_order_relaxed); }

  // Runs by itself every tick while tables are open.
  void LetGoOfIdle() EXCLUDES(mutex_);
  int64_t tick_ms() const { return tick_ms_; }

 private:
  struct Member {
    Executor* loop;
    std::weak_ptr<UniqueFunction<void()>> let_go;
  };

  int64_t MoveOn() REQUIRES(mutex_);
  void ForgetReleased() REQUIRES(mutex_);
  void LetGo(std::map<std::string, std::weak_ptr<TableUse>>::iterator table) REQUIRES(mutex_);
  bool LetGoOfLeastRecentlyUsed() REQUIRES(mutex_);  // while there are too many; whether loops are to be told
  void TellLoops() REQUIRES(mutex_);
  void StartTicking() REQUIRES(mutex_);

  const OpenTablesLimits limits_;
  const int64_t tick_ms_;
  os::Clock& clock_;
  os::Schedule& schedule_;

  Mutex mutex_;
  std::map<std::string, std::weak_ptr<TableUse>> tables_ GUARDED_BY(mutex_);  // wanted ones, by keyspace
  std::vector<Member> members_ GUARDED_BY(mutex_);
  bool ticking_ GUARDED_BY(mutex_) = false;

  // Of the monotonic clock, and never the same twice, so that what was opened one after another has an order.
  alignas(64) std::atomic<int64_t> moment_us_{0};
};

}  // namespace basalt::table

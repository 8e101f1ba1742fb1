#include "main/test_clock.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/await.h"
#include "main/duration.h"
#include "table/table_record.h"

namespace basalt::main {
namespace {

constexpr int64_t kTimeMsMax = 253'402'300'799'999;  // the end of the year 9999

// A sum: it grows by each advance.
engine::Key OffsetKey() { return {table::kClockSpace, "clock_offset_ms"}; }

}  // namespace

Result<std::unique_ptr<TestClock>> TestClock::Open(Store& store, os::AdvancedClock& its_clock) {
  TRY_ASSIGN(auto keyspace, Await<std::shared_ptr<engine::Keyspace>>([&](auto done) {
               store.engine().Open(table::kCatalogueKeyspace, store.system_key_source(), store.home(), std::move(done));
             }));
  TRY_ASSIGN(const auto values, Await<std::vector<std::optional<std::string>>>([&](auto done) {
               keyspace->Get({OffsetKey()}, engine::Consistency::kStrong, store.home(), std::move(done));
             }));
  std::unique_ptr<TestClock> clock(new TestClock(std::move(keyspace), its_clock));
  if (values.front()) {
    TRY_ASSIGN(const int64_t offset_ms, engine::DecodeSum(*values.front()));
    its_clock.AdvanceMs(offset_ms);
  }
  return clock;
}

void TestClock::Advance(int64_t duration_ms, Executor& home, engine::Done<int64_t> done) {
  if (duration_ms < 1 || duration_ms > kDurationMsMax || duration_ms > kTimeMsMax - clock_.WallMs()) {
    return home.Post([done = std::move(done)]() mutable {
      done(Error(Reason::kInvalidArgument,
                 "the clock moves forward only, by at most a hundred years and not past the year 9999; give less"));
    });
  }
  keyspace_->Transact(
      {},
      [duration_ms](engine::Values) -> std::variant<engine::Plan, engine::Reject> {
        engine::Plan plan;
        plan.sum_deltas.push_back({OffsetKey(), duration_ms});
        return plan;
      },
      home,
      [this, duration_ms, done = std::move(done)](Result<engine::Outcome> outcome) mutable {
        if (!outcome.ok()) {
          return done(outcome.TakeError());
        }
        clock_.AdvanceMs(duration_ms);
        done(clock_.WallMs());
      });
}

}  // namespace basalt::main

// Counters of tables.
#include "operations/dynamodb/table_totals.h"

#include <utility>

#include "operations/dynamodb/request.h"

namespace basalt::operations::dynamodb {

void ReadTotals(Call& call, const std::shared_ptr<const table::Table>& table,
                UniqueFunction<void(Result<TableTotals>)> done) {
  WithKeyspace(
      call, table, [&call, table, done = std::move(done)](Result<std::shared_ptr<engine::Keyspace>> keyspace) mutable {
        if (!keyspace.ok()) {
          return done(FailureOn(call, *table, keyspace.TakeError()));
        }
        engine::Keyspace& used = **keyspace;
        used.Statistics(call.loop, [&call, table, held = *std::move(keyspace),
                                    done = std::move(done)](Result<engine::KeyspaceStatistics> statistics) mutable {
          if (!statistics.ok()) {
            return done(FailureOn(call, *table, statistics.TakeError()));
          }
          done(TableTotals{std::move(statistics->counters)});
        });
      });
}

}  // namespace basalt::operations::dynamodb

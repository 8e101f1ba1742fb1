// What it costs to understand a statement: parsed, and planned for its table.
#include <benchmark/benchmark.h>

#include "expression/partiql/statement_fixture.h"

namespace basalt::expression::partiql {
namespace {

// `parameters` as those of Parsed.
void Understand(benchmark::State& state, std::string_view text, std::string_view parameters) {
  Arena outer;
  const std::span<const model::Value> values =
      ItemOf("{'p':{'L':[" + std::string(parameters) + "]}}", outer).front().value.elements;
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    const Result<const Statement*> statement = ParseStatement(text, values, arena);
    BASALT_CHECK(statement.ok());
    if ((*statement)->verb == Verb::kSelect) {
      const Result<ReadPlan> plan = PlanRead(**statement, kCompositeKey, arena);
      BASALT_CHECK(plan.ok());
      benchmark::DoNotOptimize(plan->access);
    } else {
      const Result<WritePlan> plan = PlanWrite(**statement, kCompositeKey, arena);
      BASALT_CHECK(plan.ok());
      benchmark::DoNotOptimize(plan->condition);
    }
  }
}

void PlanGet(benchmark::State& state) {
  Understand(state, "SELECT * FROM \"Orders\" WHERE pk = ? AND sk = ?", "{'S':'customer-1'},{'N':'17'}");
}
BENCHMARK(PlanGet);

void PlanQueryWithFilter(benchmark::State& state) {
  Understand(state,
             "SELECT pk, total, \"address\".city FROM \"Orders\" WHERE pk = 'customer-1' AND sk BETWEEN 1 AND 99 AND "
             "(status = 'open' OR total > 100) ORDER BY sk DESC",
             "");
}
BENCHMARK(PlanQueryWithFilter);

void PlanInsert(benchmark::State& state) {
  Understand(state,
             "INSERT INTO \"Orders\" VALUE {'pk': ?, 'sk': ?, 'total': 12.5, 'tags': <<'a', 'b'>>, 'lines': [?]}",
             "{'S':'customer-1'},{'N':'17'},{'M':{'sku':{'S':'x'}}}");
}
BENCHMARK(PlanInsert);

void PlanUpdate(benchmark::State& state) {
  Understand(state,
             "UPDATE \"Orders\" SET total = total + 1, status = 'paid' WHERE pk = ? AND sk = ? AND status = 'open'",
             "{'S':'customer-1'},{'N':'17'}");
}
BENCHMARK(PlanUpdate);

}  // namespace
}  // namespace basalt::expression::partiql

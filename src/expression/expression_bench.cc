// Benchmarks of expressions: what a conditional write, a filtered Scan and an update pay.
#include <benchmark/benchmark.h>

#include <string>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

constexpr std::string_view kCondition =
    "#s = :active AND (attribute_not_exists(lockedUntil) OR lockedUntil < :now) AND begins_with(sku, :prefix)";
constexpr std::string_view kUpdate =
    "SET version = version + :one, #s = :active, address.city = :city REMOVE lockedUntil ADD tags :tags";
constexpr std::string_view kProjection = "pk, sku, address.city, parts[0].quantity, parts[1].quantity";
constexpr std::string_view kValues =
    "{':active':{'S':'ACTIVE'},':now':{'N':'1700000000'},':prefix':{'S':'SKU-'},':one':{'N':'1'},"
    "':city':{'S':'Oslo'},':tags':{'SS':['new']}}";
constexpr std::string_view kItem =
    "{'pk':{'S':'order#1'},'sku':{'S':'SKU-12345'},'status':{'S':'ACTIVE'},'lockedUntil':{'N':'1600000000'},"
    "'version':{'N':'7'},'tags':{'SS':['a','b']},'address':{'M':{'street':{'S':'Storgata 1'},'city':{'S':'Bergen'}}},"
    "'parts':{'L':[{'M':{'quantity':{'N':'1'},'price':{'N':'9.5'}}},{'M':{'quantity':{'N':'3'}}}]}}";

const NameEntry kStatus[] = {{"#s", "status"}};

void ParseConditionText(benchmark::State& state) {
  Arena inputs;
  const model::Item values = ItemOf(kValues, inputs);
  Arena arena;
  for (auto _ : state) {
    Placeholders placeholders(kStatus, values);
    benchmark::DoNotOptimize(ParseCondition(Kind::kCondition, kCondition, placeholders, arena).ok());
    arena.Reset();
  }
}
BENCHMARK(ParseConditionText);

void EvaluateCondition(benchmark::State& state) {
  Arena arena;
  const model::Item values = ItemOf(kValues, arena);
  const model::Item item = ItemOf(kItem, arena);
  Placeholders placeholders(kStatus, values);
  const Result<const Condition*> condition = ParseCondition(Kind::kCondition, kCondition, placeholders, arena);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Evaluate(**condition, item));
  }
}
BENCHMARK(EvaluateCondition);

void ParseUpdateText(benchmark::State& state) {
  Arena inputs;
  const model::Item values = ItemOf(kValues, inputs);
  Arena arena;
  for (auto _ : state) {
    Placeholders placeholders(kStatus, values);
    benchmark::DoNotOptimize(ParseUpdate(kUpdate, placeholders, arena).ok());
    arena.Reset();
  }
}
BENCHMARK(ParseUpdateText);

void ApplyUpdate(benchmark::State& state) {
  Arena inputs;
  const model::Item values = ItemOf(kValues, inputs);
  const model::Item item = ItemOf(kItem, inputs);
  Placeholders placeholders(kStatus, values);
  const Result<const Update*> update = ParseUpdate(kUpdate, placeholders, inputs);
  Arena arena;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Apply(**update, item, arena).ok());
    arena.Reset();
  }
}
BENCHMARK(ApplyUpdate);

void ProjectItem(benchmark::State& state) {
  Arena inputs;
  const model::Item item = ItemOf(kItem, inputs);
  Placeholders placeholders({}, {});
  const Result<const Projection*> projection = ParseProjection(kProjection, placeholders, inputs);
  Arena arena;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Project(**projection, item, arena).size());
    arena.Reset();
  }
}
BENCHMARK(ProjectItem);

}  // namespace
}  // namespace basalt::expression

// SELECT statements and their tables.
#include "operations/dynamodb/select_plan.h"

#include <utility>
#include <vector>

#include "operations/dynamodb/read_items.h"
#include "table/item_key.h"

namespace basalt::operations::dynamodb {
namespace {

using expression::partiql::Access;

// What an index does not hold, a local one fetches; a global one reads as missing.
bool MustFetch(const table::TableRecord& record, const SelectPlan& select) {
  if (select.index == nullptr || select.index->kind == table::IndexKind::kGlobal) {
    return false;
  }
  std::vector<std::string_view> missing;
  if (select.plan.projection != nullptr) {
    AddUnprojected(record, *select.index, expression::PathsOf(*select.plan.projection), missing);
  }
  if (select.plan.filter != nullptr) {
    AddUnprojected(record, *select.index, expression::PathsOf(*select.plan.filter), missing);
  }
  return !missing.empty();
}

}  // namespace

ConsumedUnits SelectPlan::UnitsOf(const table::ReadResult& result) const {
  return dynamodb::UnitsOf(result, index, consistent);
}

Result<SelectPlan> PlanSelect(Call& call, const StatementRequest& request) {
  SelectPlan select;
  select.consistent = request.consistent;
  select.found = FindUsableTable(call, request.table);
  if (select.found == nullptr) {
    return TableNotFound();
  }
  const table::TableRecord& record = select.found->record();
  if (request.statement->index) {
    TRY_ASSIGN(select.index, FindReadableIndex(record, *request.statement->index, request.consistent));
  }
  const table::KeySchema schema(record, select.index);
  TRY_ASSIGN(select.plan,
             expression::partiql::PlanRead(*request.statement, PlanSchema(schema, call.arena), call.arena));
  if (select.plan.access == Access::kGet) {
    TRY_ASSIGN(select.key, table::KeyOf(record, select.plan.key, table::KeyPosition::kKey));
  }
  if (select.plan.filter != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*select.plan.filter)));
  }
  if (select.plan.projection != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*select.plan.projection)));
  }
  select.read.direction = select.plan.descending ? engine::Direction::kBackward : engine::Direction::kForward;
  select.read.consistency = select.consistent ? engine::Consistency::kStrong : engine::Consistency::kEventual;
  select.read.filter = select.plan.filter;
  select.read.projection = select.plan.projection;
  select.read.index = select.index;
  select.read.fetch = MustFetch(record, select);
  return select;
}

void GetSelected(Call& call, const SelectPlan& plan, engine::Done<table::ReadResult> done) {
  WithKeyspace(call, plan.found,
               [&call, &plan, done = std::move(done)](Result<std::shared_ptr<engine::Keyspace>> keyspace) mutable {
                 if (!keyspace.ok()) {
                   return done(FailureOn(call, *plan.found, keyspace.TakeError()));
                 }
                 std::vector<engine::Key> keys;
                 keys.push_back({0, plan.key});
                 engine::Keyspace& used = **keyspace;
                 call.tables.ReadValues(
                     used, std::move(keys), plan.read.consistency, call.loop,
                     [&call, &plan, done = std::move(done),
                      keyspace = *std::move(keyspace)](Result<std::vector<std::optional<std::string>>> values) mutable {
                       if (!values.ok()) {
                         return done(FailureOn(call, *plan.found, values.TakeError()));
                       }
                       table::ReadResult result;
                       if (const std::optional<std::string>& value = values->front()) {
                         Result<table::StoredItem> stored = table::DecodeStoredItem(*value);
                         if (!stored.ok()) {
                           return done(stored.TakeError());
                         }
                         result.scanned_count = 1;
                         result.evaluated_bytes = stored->size_bytes;
                         Arena arena;
                         if (Status status = table::Evaluate(plan.read, *stored, arena, result); !status.ok()) {
                           return done(status.TakeError());
                         }
                       }
                       done(std::move(result));
                     });
               });
}

}  // namespace basalt::operations::dynamodb

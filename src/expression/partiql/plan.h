// Plans: what a statement does, once the key schema of its table or index is known. Pure data, in the terms of the
// operations that execute it: keys, key ranges, filters, conditions, updates. Views into the statement and the schema
// are kept. Every error is kValidation.
#pragma once

#include <cstdint>
#include <span>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "expression/partiql/statement.h"
#include "model/value.h"

namespace basalt::expression::partiql {

// Of the table, or of the index if the statement names one. An index may have several attributes a role.
struct KeySchema {
  std::span<const KeyAttribute> partition;  // one or more
  std::span<const KeyAttribute> sort;
};

enum class Access : uint8_t {
  kGet,    // one item by its whole primary key
  kQuery,  // one or several partitions, each with an optional condition on the sort key
  kScan,   // all of it
};

// The keys of one partition that a SELECT reads. Its values fit the schema.
struct KeySelection {
  std::span<const model::Value> partition;    // one an attribute of the schema
  std::span<const model::Value> sort_prefix;  // the sort attributes before the one that the operator is for are equal
  SortOperator sort_operator = SortOperator::kNone;
  model::Value sort_low;   // as in KeyRange
  model::Value sort_high;  // BETWEEN only
};
// The same in the terms of a key condition.
KeyRange RangeOf(const KeySelection& selection);

struct ReadPlan {
  Access access = Access::kScan;
  model::Item key;                           // kGet: the key's attributes, sorted by name; for table::KeyOf to check
  std::span<const KeySelection> selections;  // kQuery: each partition once, in the order in which to read them …
  bool merged = false;                       // … but as one sequence in the order of the sort key, ties in that order
  bool descending = false;                   // the sort key's direction
  const Condition* filter = nullptr;         // null: none
  const Projection* projection = nullptr;    // null: all attributes
};

// `statement` is a SELECT.
Result<ReadPlan> PlanRead(const Statement& statement, const KeySchema& schema, Arena& arena);

struct WritePlan {
  model::Item key;                         // all but INSERT, as that of a ReadPlan
  model::Item item;                        // INSERT
  const Update* update = nullptr;          // UPDATE; writes no key attribute
  const Condition* condition = nullptr;    // null: none. Failed by an INSERT, it means that the key exists
  Returning returning = Returning::kNone;  // UPDATE and DELETE
};

// `statement` is anything but a SELECT; of an EXISTS, `condition` is what must hold. `schema` is the table's.
Result<WritePlan> PlanWrite(const Statement& statement, const KeySchema& schema, Arena& arena);

}  // namespace basalt::expression::partiql

// PartiQL statements: text and parameters in, a checked statement out, in the terms that expressions are evaluated and
// applied in. Pure; what is parsed lives in the Arena given, and views into the text and the parameters are kept, so
// these must outlive it. Every error is kValidation: of syntax "Statement wasn't well formed, can't be processed: …",
// of what an operator or function is given the text that an expression of the same meaning gets.
//
//   TRY_ASSIGN(const Statement* statement, ParseStatement("SELECT a FROM T WHERE pk = ? AND b > 1", parameters,
//   arena)); TRY_ASSIGN(const ReadPlan plan, PlanRead(*statement, schema, arena));      // plan.h
//
// Source: DynamoDB Developer Guide, "PartiQL statements for DynamoDB".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "expression/expression.h"
#include "expression/syntax.h"
#include "model/value.h"

namespace basalt::expression::partiql {

enum class Verb : uint8_t {
  kSelect,
  kInsert,
  kUpdate,
  kDelete,
  kExists,  // of a SELECT; in transactions
};

enum class Returning : uint8_t { kNone, kAllOld, kModifiedOld, kAllNew, kModifiedNew };

struct OrderTerm {
  std::string_view attribute;
  bool descending = false;
};

struct Statement {
  Verb verb = Verb::kSelect;
  std::string_view table;                  // its name or ARN
  std::optional<std::string_view> index;   // SELECT and EXISTS
  const Projection* projection = nullptr;  // SELECT; null: all attributes
  model::Item item;                        // INSERT
  const Update* update = nullptr;          // UPDATE
  const Node* where = nullptr;             // null: none. A tree that has passed its checks
  std::span<const OrderTerm> order;        // SELECT
  Returning returning = Returning::kNone;  // UPDATE and DELETE
};

// `parameters`: the values of the question marks, in their order; exactly as many.
Result<const Statement*> ParseStatement(std::string_view text, std::span<const model::Value> parameters, Arena& arena);

// What kind of expression the statement's WHERE is the like of, for error texts.
Kind WhereKind(Verb verb);

}  // namespace basalt::expression::partiql

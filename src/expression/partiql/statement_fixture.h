// For tests and the fuzzer: a statement parsed and planned, and its plan as text. Values and items are JSON with ' for
// ", as request_fixture.h writes them.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "expression/condition.h"
#include "expression/partiql/plan.h"
#include "expression/partiql/statement.h"
#include "expression/request_fixture.h"

namespace basalt::expression::partiql {

inline constexpr std::array<KeyAttribute, 1> kPk = {{{"pk", model::Type::kS}}};
inline constexpr std::array<KeyAttribute, 1> kSk = {{{"sk", model::Type::kN}}};
inline const KeySchema kSimpleKey{kPk, {}};
inline const KeySchema kCompositeKey{kPk, kSk};

inline std::string TextOf(const model::Value& value) {
  std::string text;
  model::AppendJson(text, value);
  for (char& c : text) {
    c = c == '"' ? '\'' : c;
  }
  return text;
}

inline std::string Repeated(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    out += text;
  }
  return out;
}

// One statement with its parameters, given as "{'S':'a'},{'N':'1'}".
class Parsed {
 public:
  explicit Parsed(std::string_view text, std::string_view parameters = "")
      : parameters_(ItemOf("{'p':{'L':[" + std::string(parameters) + "]}}", arena_).front().value.elements),
        statement_(ParseStatement(arena_.Copy(text), parameters_, arena_)) {}

  bool ok() const { return statement_.ok(); }
  const Statement& operator*() const { return **statement_; }
  const Statement* operator->() const { return *statement_; }
  std::string error() const { return statement_.ok() ? "" : statement_.error().text; }
  Arena& arena() { return arena_; }

  // Of a SELECT.
  Result<ReadPlan> Read(const KeySchema& schema) {
    TRY(Ok());
    return PlanRead(**statement_, schema, arena_);
  }
  // Of the others.
  Result<WritePlan> Write(const KeySchema& schema) {
    TRY(Ok());
    return PlanWrite(**statement_, schema, arena_);
  }

 private:
  Status Ok() const { return statement_.ok() ? Status() : Error(statement_.error().reason, statement_.error().text); }

  Arena arena_;
  std::span<const model::Value> parameters_;
  Result<const Statement*> statement_;
};

inline std::string TextOf(const KeySelection& selection) {
  static constexpr std::array<std::string_view, 8> kOperators = {
      "", " = ", " < ", " <= ", " > ", " >= ", " BETWEEN ", " begins_with "};
  std::string text;
  for (const model::Value& value : selection.partition) {
    text += (text.empty() ? "" : ",") + TextOf(value);
  }
  for (const model::Value& value : selection.sort_prefix) {
    text += " = " + TextOf(value);
  }
  text += kOperators[static_cast<size_t>(selection.sort_operator)];
  if (selection.sort_operator != SortOperator::kNone) {
    text += TextOf(selection.sort_low);
  }
  if (selection.sort_operator == SortOperator::kBetween) {
    text += " AND " + TextOf(selection.sort_high);
  }
  return text;
}

// "get {…}", "query … | …", "scan"; then "merged", "descending", "filter" where they are so.
inline std::string TextOf(const ReadPlan& plan) {
  std::string text;
  switch (plan.access) {
    case Access::kGet:
      text = "get " + expression::TextOf(plan.key);
      break;
    case Access::kQuery:
      text = "query ";
      for (const KeySelection& selection : plan.selections) {
        text += (&selection == plan.selections.data() ? "" : " | ") + TextOf(selection);
      }
      break;
    case Access::kScan:
      text = "scan";
      break;
  }
  text += plan.merged ? ", merged" : "";
  text += plan.descending ? ", descending" : "";
  text += plan.filter != nullptr ? ", filter" : "";
  return text;
}

// The plan or the error.
inline std::string Planned(std::string_view text, const KeySchema& schema, std::string_view parameters = "") {
  Parsed parsed(text, parameters);
  const Result<ReadPlan> plan = parsed.Read(schema);
  return plan.ok() ? TextOf(*plan) : plan.error().text;
}

}  // namespace basalt::expression::partiql

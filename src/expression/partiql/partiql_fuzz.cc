// Fuzzer of statements. Input: a byte, then either choices for twins that must agree, or a statement, which is parsed
// with as many parameters as it asks for, planned for several keys, and what comes out evaluated, applied and
// projected.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "base/check.h"
#include "expression/partiql/lexer.h"
#include "expression/partiql/twins.h"
#include "model/limits.h"

namespace {

using namespace basalt;                       // NOLINT(google-build-using-namespace)
using namespace basalt::expression;           // NOLINT(google-build-using-namespace)
using namespace basalt::expression::partiql;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kItem =
    "{'pk':{'S':'a'},'sk':{'N':'1'},'a':{'N':'1'},'b':{'S':'abc'},'c':{'SS':['x','z']},"
    "'d':{'L':[{'N':'1'},{'M':{'a':{'L':[{'N':'2'}]}}}]},'e':{'M':{'a':{'N':'5'}}},'f':{'NULL':true}}";

constexpr std::array<KeyAttribute, 2> kPartitions = {{{"pk", model::Type::kS}, {"a", model::Type::kN}}};
constexpr std::array<KeyAttribute, 2> kSorts = {{{"sk", model::Type::kN}, {"b", model::Type::kS}}};

// The values of a statement's question marks: some that fit a key, some that do not.
std::span<const model::Value> ParametersFor(std::string_view text, Arena& arena) {
  const model::Item values = ItemOf(
      "{'p':{'L':[{'S':'a'},{'N':'1'},{'S':'b'},{'L':[{'N':'1'}]},{'SS':['x']},{'M':{'pk':{'S':'a'}}},{'B':'YQ=='}]}}",
      arena);
  const std::span<const model::Value> some = values.front().value.elements;
  size_t count = 0;
  partiql::Lexer lexer(text);
  for (partiql::Token token = lexer.Next(); token.kind != partiql::TokenKind::kEnd; token = lexer.Next()) {
    count += token.kind == partiql::TokenKind::kParameter ? 1U : 0U;
  }
  const std::span<model::Value> parameters = arena.NewArray<model::Value>(count);
  for (size_t i = 0; i < count; ++i) {
    parameters[i] = some[(i + text.size()) % some.size()];
  }
  return parameters;
}

void CheckRead(const Statement& statement, const KeySchema& schema, model::Item item, Arena& arena) {
  const Result<ReadPlan> plan = PlanRead(statement, schema, arena);
  if (!plan.ok()) {
    BASALT_CHECK(plan.error().reason == Reason::kValidation && !plan.error().text.empty());
    return;
  }
  if (plan->filter != nullptr) {
    Evaluate(*plan->filter, item);
  }
  if (plan->projection != nullptr) {
    Project(*plan->projection, item, arena);
  }
  BASALT_CHECK((plan->access == Access::kGet) == (plan->key.size() == schema.partition.size() + schema.sort.size()));
  BASALT_CHECK((plan->access == Access::kQuery) == !plan->selections.empty());
  BASALT_CHECK(plan->selections.size() <= model::kPartitionValuesMax);
  for (const KeySelection& selection : plan->selections) {
    BASALT_CHECK(selection.partition.size() == schema.partition.size());
    BASALT_CHECK(selection.sort_prefix.size() <= schema.sort.size());
    for (size_t i = 0; i < selection.partition.size(); ++i) {
      BASALT_CHECK(selection.partition[i].type == schema.partition[i].type);
    }
  }
}

void CheckWrite(const Statement& statement, const KeySchema& schema, model::Item item, Arena& arena) {
  const Result<WritePlan> plan = PlanWrite(statement, schema, arena);
  if (!plan.ok()) {
    BASALT_CHECK(plan.error().reason == Reason::kValidation && !plan.error().text.empty());
    return;
  }
  if (plan->condition != nullptr) {
    Evaluate(*plan->condition, item);
    Evaluate(*plan->condition, {});
  }
  if (plan->update != nullptr) {
    const Result<model::Item> result = Apply(*plan->update, item, arena);
    if (result.ok()) {
      ProjectTargets(*plan->update, *result, arena);
    }
  }
  BASALT_CHECK(statement.verb == Verb::kInsert || plan->key.size() == schema.partition.size() + schema.sort.size());
}

void RunStatement(std::string_view text) {
  Arena arena;
  const Result<const Statement*> statement = ParseStatement(text, ParametersFor(text, arena), arena);
  if (!statement.ok()) {
    BASALT_CHECK(statement.error().reason == Reason::kValidation && !statement.error().text.empty());
    return;
  }
  const model::Item item = ItemOf(kItem, arena);
  for (const KeySchema& schema : {kSimpleKey, kCompositeKey, KeySchema{kPartitions, kSorts}}) {
    if ((*statement)->verb == Verb::kSelect) {
      CheckRead(**statement, schema, item, arena);
    } else {
      CheckWrite(**statement, schema, item, arena);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  if (data[0] % 2 == 1) {
    size_t at = 1;
    StatementTwins twins([&](size_t bound) { return at < size ? data[at++] % bound : 0; });
    const std::string disagreement = twins.Compare();
    if (!disagreement.empty()) {
      std::fprintf(stderr, "%s\n", disagreement.c_str());
    }
    BASALT_CHECK(disagreement.empty());
    return 0;
  }
  RunStatement({reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}

// Puts in a word of the language, so that the fuzzer needs no dictionary beside it.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  static constexpr std::string_view kWords[] = {"SELECT ",
                                                " FROM T ",
                                                " WHERE ",
                                                " ORDER BY ",
                                                " DESC",
                                                "INSERT INTO T VALUE ",
                                                "UPDATE T ",
                                                "DELETE FROM T",
                                                " SET ",
                                                " REMOVE ",
                                                " RETURNING ",
                                                "ALL OLD *",
                                                "MODIFIED NEW *",
                                                "EXISTS(",
                                                " AND ",
                                                " OR ",
                                                "NOT ",
                                                " BETWEEN ",
                                                " IN [",
                                                " IS ",
                                                "MISSING",
                                                "NULL",
                                                "begins_with(",
                                                "contains(",
                                                "size(",
                                                "attribute_type(",
                                                "list_append(",
                                                "set_add(",
                                                "set_delete(",
                                                "pk = 'a'",
                                                "sk = 1",
                                                "pk",
                                                "sk",
                                                "a",
                                                "\"d\"[1].",
                                                "c",
                                                "'x'",
                                                "1",
                                                "?",
                                                "<<",
                                                ">>",
                                                "{'k':",
                                                "[",
                                                "]",
                                                "(",
                                                ")",
                                                "=",
                                                "<>",
                                                "<=",
                                                " + ",
                                                " - ",
                                                ","};
  if (size < 2 || data[0] % 2 == 1 || seed % 2 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  const std::string_view word = kWords[(seed / 7) % std::size(kWords)];
  const size_t at = 1 + (seed / 2) % size;
  std::string text(reinterpret_cast<char*>(data), size);
  text.insert(std::min(at, text.size()), word);
  text.resize(std::min(text.size(), max_size));
  text.copy(reinterpret_cast<char*>(data), text.size());
  return text.size();
}

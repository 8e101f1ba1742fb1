// INSERT, UPDATE and DELETE: as writes of one item.
#pragma once

#include <string>

#include "operations/dynamodb/statement_request.h"
#include "operations/dynamodb/write_item.h"

namespace basalt::operations::dynamodb {

// What the statement, no SELECT or EXISTS, does to which item. What it asks to be returned is not part of it.
Status PlanStatement(const table::TableRecord& record, const StatementRequest& request, Arena& arena,
                     table::ItemWrite& write);

// What a RETURNING clause asks for.
ReturnValues ReturnValuesOf(expression::partiql::Returning returning);

// Why a write did not come about, in the words that the statement's verb has for it.
Error StatementRefusal(expression::partiql::Verb verb, Error error);

class StatementWrite final : public WriteCall {
 public:
  StatementWrite(Call& call, StatementRequest request, ReturnedCapacity returned_capacity);

  AccessFacts FactsOf(size_t, const table::TableRecord* record) const override;
  // Once it is done: what it returns, empty if nothing, and what it cost.
  const std::string& item_json() const { return attributes_json(); }
  using WriteCall::units;

 private:
  Status PlanWrite(const table::TableRecord& record, table::ItemWrite& write) override;
  const expression::Update* update() const override { return request_.statement->update; }
  Error MakeRefusal(Error error) const override;
  std::string MakeAnswer() const override;

  const StatementRequest request_;
};

}  // namespace basalt::operations::dynamodb

// TransactGetItems: up to 100 items of several tables by key, all as they were at one time.
#include <array>
#include <utility>

#include "model/item_json.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/read_transaction.h"

namespace basalt::operations::dynamodb {
namespace {

class TransactGetItems final : public PreparedCall {
 public:
  explicit TransactGetItems(Call& call)
      : call_(call), returned_capacity_(ReadReturnedCapacity(call.input)), transaction_(call) {}

  Status Prepare() {
    for (const json::Node& item : call_.input.Find("TransactItems")->elements) {
      TRY_ASSIGN(TransactRead entry, ReadEntry(*item.Find("Get")));
      transaction_.Add(std::move(entry));
    }
    return {};
  }

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override {
    const TransactRead& entry = transaction_.entry(access);
    AccessFacts facts;
    AddItem(facts, record, entry.key, call_.arena);
    AddAttributes(facts, entry.projection);
    facts.select = SelectOf(entry.projection);
    facts.returned_capacity = NameOf(returned_capacity_);
    facts.enclosing_operation = "TransactGetItems";
    return facts;
  }

  void Execute(AnswerDone done) override {
    if (Status one = CheckOneAccount(accesses, "TransactGetItems"); !one.ok()) {
      return done(one.TakeError());
    }
    transaction_.Run([this, done = std::move(done)](Status status) mutable {
      if (!status.ok()) {
        return done(status.TakeError());
      }
      std::string body = "{\"Responses\":";
      transaction_.AppendResponses(body);
      transaction_.AppendConsumed(body, /*first=*/false, returned_capacity_);
      done(body + "}");
    });
  }

 private:
  Result<TransactRead> ReadEntry(const json::Node& get) {
    TransactRead entry;
    TRY_ASSIGN(entry.table, ResolveTable(call_, *GetString(get, "TableName")));
    accesses.push_back({entry.table.Arn(), entry.table.address.account, kTransactReadAction});
    const std::array<ExpressionMember, 1> expressions = {
        {{"ProjectionExpression", GetString(get, "ProjectionExpression")}}};
    TRY(ExpressionInputs::CheckNeeded(get, expressions, {}));
    TRY_ASSIGN(entry.key, model::ParseItem(*get.Find("Key"), call_.arena));
    TRY_ASSIGN(std::unique_ptr<ExpressionInputs> inputs, ExpressionInputs::Read(get, false, call_.arena));
    if (expressions[0].text) {
      TRY_ASSIGN(entry.projection,
                 expression::ParseProjection(*expressions[0].text, inputs->placeholders(), call_.arena));
    }
    TRY(inputs->placeholders().CheckAllUsed());
    inputs_.push_back(std::move(inputs));
    return entry;
  }

  Call& call_;
  const ReturnedCapacity returned_capacity_;
  ReadTransaction transaction_;
  std::vector<std::unique_ptr<ExpressionInputs>> inputs_;
};

}  // namespace

Prepared PrepareTransactGetItems(Call& call) {
  auto transaction = std::make_unique<TransactGetItems>(call);
  TRY(transaction->Prepare());
  return transaction;
}

}  // namespace basalt::operations::dynamodb

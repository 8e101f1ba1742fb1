// ExecuteTransaction: up to 100 PartiQL statements, all of them or none: all write an item or check that one exists, or
// all read one.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json/canonical.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/read_transaction.h"
#include "operations/dynamodb/statement_request.h"
#include "operations/dynamodb/statement_write.h"
#include "operations/dynamodb/write_transaction.h"
#include "operations/errors.h"

namespace basalt::operations::dynamodb {
namespace {

using expression::partiql::Returning;
using expression::partiql::Verb;

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

TransactWrite::Kind KindOf(Verb verb) {
  switch (verb) {
    case Verb::kInsert:
      return TransactWrite::Kind::kPut;
    case Verb::kUpdate:
      return TransactWrite::Kind::kUpdate;
    case Verb::kDelete:
      return TransactWrite::Kind::kDelete;
    case Verb::kExists:
      return TransactWrite::Kind::kCheck;
    case Verb::kSelect:
      break;
  }
  BASALT_CHECK(false);
}

class ExecuteTransaction final : public PreparedCall {
 public:
  explicit ExecuteTransaction(Call& call)
      : call_(call),
        returned_capacity_(ReadReturnedCapacity(call.input)),
        reads_(call),
        writes_(call, {returned_capacity_, /*metrics=*/false}) {}

  Status Prepare() {
    const json::Node& given = *call_.input.Find("TransactStatements");
    for (const json::Node& element : given.elements) {
      TRY_ASSIGN(StatementRequest request, ReadStatement(call_, element));
      TRY(CheckAllowed(request));
      accesses.push_back(AccessOf(request));
      statements_.push_back(std::move(request));
    }
    if (const auto token = GetString(call_.input, "ClientRequestToken"); token && !IsRead()) {
      std::string request;
      json::AppendCanonical(request, given);
      writes_.UseToken(*token, crypto::Sha256(request));
    }
    return {};
  }

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override {
    AccessFacts facts = dynamodb::FactsOf(statements_[access], record, call_.arena);
    facts.returned_capacity = NameOf(returned_capacity_);
    facts.enclosing_operation = "ExecuteTransaction";
    return facts;
  }

  void Execute(AnswerDone done) override {
    if (Status planned = Plan(); !planned.ok()) {
      return done(planned.TakeError());
    }
    done_ = std::move(done);
    if (IsRead()) {
      reads_.Run([this](Status status) { Finish(std::move(status)); });
    } else {
      writes_.Run([this](Status status) { Finish(std::move(status)); });
    }
  }

 private:
  bool IsRead() const { return statements_.front().IsRead(); }

  // Beside the other statements; none has its place after this one.
  Status CheckAllowed(const StatementRequest& request) const {
    if (!statements_.empty() && request.IsRead() != IsRead()) {
      return Invalid("The transaction must consist of either read statements or write statements, not both");
    }
    if (request.statement->returning != Returning::kNone) {
      return Invalid("RETURNING clause is not supported in ExecuteTransaction");
    }
    if (request.IsRead() && request.statement->index) {
      return Invalid("Statements within ExecuteTransaction must select from a table, not from an index");
    }
    return {};
  }

  Status Plan() {
    for (const StatementRequest& request : statements_) {
      const std::shared_ptr<const table::Table> found = FindUsableTable(call_, request.table);
      if (found == nullptr) {
        return TableNotFound();
      }
      found_.push_back(found);  // plans look at names in its record
      const table::KeySchema schema(found->record());
      TRY(request.IsRead() ? AddRead(request, schema) : AddWrite(request, schema));
    }
    return {};
  }

  Status AddRead(const StatementRequest& request, const table::KeySchema& schema) {
    TRY_ASSIGN(const expression::partiql::ReadPlan plan,
               expression::partiql::PlanRead(*request.statement, PlanSchema(schema, call_.arena), call_.arena));
    if (plan.access != expression::partiql::Access::kGet) {
      return Invalid("Select statements within ExecuteTransaction must specify the primary key in the where clause.");
    }
    reads_.Add({request.table, plan.key, plan.filter, plan.projection});
    return {};
  }

  Status AddWrite(const StatementRequest& request, const table::KeySchema& schema) {
    TRY_ASSIGN(const expression::partiql::WritePlan plan,
               expression::partiql::PlanWrite(*request.statement, PlanSchema(schema, call_.arena), call_.arena));
    TransactWrite write;
    write.kind = KindOf(request.statement->verb);
    write.table = request.table;
    write.item = plan.key;
    if (write.kind == TransactWrite::Kind::kPut) {
      write.item = plan.item;
      write.size_bytes = model::SizeBytes(plan.item);
      if (write.size_bytes > model::kItemSizeBytesMax) {
        return model::ItemTooLarge();
      }
    }
    write.condition = plan.condition;
    write.update = plan.update;
    write.item_on_condition_failure = request.item_on_condition_failure;
    writes_.Add(std::move(write));
    return {};
  }

  void Finish(Status status) {
    AnswerDone finished = std::move(done_);
    if (!status.ok()) {
      return finished(Refusal(status.TakeError()));
    }
    std::string body = "{\"Responses\":";
    if (IsRead()) {
      reads_.AppendResponses(body);
      reads_.AppendConsumed(body, /*first=*/false, returned_capacity_);
    } else {
      body += '[';
      for (size_t i = 0; i < statements_.size(); ++i) {
        body += i == 0 ? "{}" : ",{}";
      }
      body += ']';
      writes_.AppendConsumed(body, /*first=*/false);
    }
    finished(body + "}");
  }

  // Each statement's reason in the words of its verb.
  Error Refusal(Error error) const {
    auto* cancellation = dynamic_cast<Cancellation*>(error.detail.get());
    if (cancellation == nullptr) {
      return error;
    }
    std::vector<std::optional<Error>> reasons = std::move(cancellation->reasons);
    for (size_t i = 0; i < reasons.size(); ++i) {
      if (reasons[i]) {
        reasons[i] = StatementRefusal(statements_[i].statement->verb, *std::move(reasons[i]));
      }
    }
    return TransactionCanceled(std::move(reasons));
  }

  Call& call_;
  const ReturnedCapacity returned_capacity_;
  std::vector<StatementRequest> statements_;  // one or more
  std::vector<std::shared_ptr<const table::Table>> found_;
  ReadTransaction reads_;
  WriteTransaction writes_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareExecuteTransaction(Call& call) {
  auto transaction = std::make_unique<ExecuteTransaction>(call);
  TRY(transaction->Prepare());
  return transaction;
}

}  // namespace basalt::operations::dynamodb

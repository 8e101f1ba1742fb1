// BatchExecuteStatement: up to 25 PartiQL statements, each on its own and with an answer of its own: all of them write
// one item, or all of them read one.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json/writer.h"
#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/select_plan.h"
#include "operations/dynamodb/statement_write.h"
#include "operations/errors.h"

namespace basalt::operations::dynamodb {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

// One statement, and what came of it.
struct BatchStatement {
  std::optional<StatementRequest> request;  // none: it could not be understood
  std::optional<Error> error;
  SelectPlan select;
  Charge charge;  // of a read
  std::unique_ptr<StatementWrite> write;
  std::string item_json;  // empty: none
  ConsumedUnits units;
};

class BatchExecuteStatement final : public PreparedCall {
 public:
  explicit BatchExecuteStatement(Call& call) : call_(call) {}

  Status Prepare() {
    returned_capacity_ = ReadReturnedCapacity(call_.input);
    const auto& given = call_.input.Find("Statements")->elements;
    statements_.resize(given.size());
    std::optional<bool> reads;
    for (size_t i = 0; i < given.size(); ++i) {
      BatchStatement& statement = statements_[i];
      Result<StatementRequest> request = ReadStatement(call_, given[i]);
      if (!request.ok()) {
        statement.error = request.TakeError();
        continue;
      }
      statement.request = *std::move(request);
      if (Status fits = CheckNotExists(*statement.request); !fits.ok()) {
        statement.error = fits.TakeError();
        continue;
      }
      if (reads.value_or(statement.request->IsRead()) != statement.request->IsRead()) {
        return Invalid("The batch must consist of either read statements or write statements, not both");
      }
      reads = statement.request->IsRead();
      accesses.push_back(AccessOf(*statement.request));
      accessing_.push_back(i);
    }
    return {};
  }

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override {
    AccessFacts facts = dynamodb::FactsOf(*statements_[accessing_[access]].request, record, call_.arena);
    facts.returned_capacity = NameOf(returned_capacity_);
    return facts;
  }

  Status TakeDenial(size_t access, Error error) override {
    statements_[accessing_[access]].error = std::move(error);
    return {};
  }

  void Execute(AnswerDone done) override {
    done_ = std::move(done);
    under_way_ = 1;  // this loop, so that nothing finishes before every statement was begun
    for (BatchStatement& statement : statements_) {
      if (statement.error) {
        continue;
      }
      ++under_way_;
      if (statement.request->IsRead()) {
        Read(statement);
      } else {
        Write(statement);
      }
    }
    FinishOne();
  }

 private:
  void Read(BatchStatement& statement) {
    if (Status planned = Plan(statement); !planned.ok()) {
      statement.error = planned.TakeError();
      return FinishOne();
    }
    GetSelected(call_, statement.select, [this, &statement](Result<table::ReadResult> result) {
      if (result.ok()) {
        statement.units = statement.select.UnitsOf(*result);
        statement.charge.SetTo(statement.units);
        statement.item_json = std::move(result->items_json);
      } else {
        statement.error = result.TakeError();
      }
      FinishOne();
    });
  }

  Status Plan(BatchStatement& statement) {
    TRY_ASSIGN(statement.select, PlanSelect(call_, *statement.request));
    if (statement.select.plan.access != expression::partiql::Access::kGet) {
      return Invalid(
          "Select statements within BatchExecuteStatement must specify the primary key in the where clause.");
    }
    return statement.charge.Admit(*statement.select.found, table::UnitKind::kRead);
  }

  void Write(BatchStatement& statement) {
    statement.write = std::make_unique<StatementWrite>(call_, *statement.request, returned_capacity_);
    statement.write->Execute([this, &statement](Result<Answer> answer) {
      if (answer.ok()) {
        statement.units = statement.write->units();
        statement.item_json = statement.write->item_json();
      } else {
        statement.error = answer.TakeError();
      }
      FinishOne();
    });
  }

  // One part is done; the last one answers.
  void FinishOne() {
    if (--under_way_ > 0) {
      return;
    }
    AnswerDone finished = std::move(done_);
    const auto failed_by_us = [](const BatchStatement& statement) {
      return statement.error && WireErrorOf(statement.error->reason).fault == Fault::kService;
    };
    // Nothing is known of any statement: that is no answer.
    if (std::all_of(statements_.begin(), statements_.end(), failed_by_us)) {
      finished(*std::move(statements_.front().error));
    } else {
      finished(MakeAnswer());
    }
  }

  std::string MakeAnswer() const {
    std::string body = "{\"Responses\":[";
    std::vector<TableUnits> consumed;
    for (const BatchStatement& statement : statements_) {
      body += body.back() == '[' ? "{" : ",{";
      if (statement.error) {
        AppendError(body, *statement.error);
      }
      if (statement.request) {
        body += body.back() == '{' ? "\"TableName\":" : ",\"TableName\":";
        json::AppendString(body, statement.request->table.as_given);
      }
      if (!statement.item_json.empty()) {
        body += ",\"Item\":" + statement.item_json;
      }
      body += '}';
      if (!statement.error) {
        AddUnits(consumed, statement);
      }
    }
    body += ']';
    AppendConsumedCapacities(body, false, returned_capacity_, std::move(consumed));
    body += '}';
    return body;
  }

  static void AppendError(std::string& body, const Error& error) {
    body += "\"Error\":";
    json::Writer writer(body);
    writer.BeginObject();
    writer.Key("Code");
    writer.String(CodeOf(error.reason));
    writer.Key("Message");
    writer.String(PublicText(error));
    if (const std::string_view item = FailedItemJson(error); !item.empty()) {
      writer.Key("Item");
      writer.Raw(item);
    }
    writer.EndObject();
  }

  static void AddUnits(std::vector<TableUnits>& consumed, const BatchStatement& statement) {
    const TableReference& table = statement.request->table;
    const auto known = std::find_if(consumed.begin(), consumed.end(),
                                    [&](const TableUnits& units) { return units.table->address == table.address; });
    if (known == consumed.end()) {
      consumed.push_back({&table, statement.units});
    } else {
      known->units.Add(statement.units);
    }
  }

  Call& call_;
  ReturnedCapacity returned_capacity_ = ReturnedCapacity::kNone;
  std::vector<BatchStatement> statements_;
  std::vector<size_t> accessing_;  // of each access the statement
  size_t under_way_ = 0;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareBatchExecuteStatement(Call& call) {
  auto batch = std::make_unique<BatchExecuteStatement>(call);
  TRY(batch->Prepare());
  return batch;
}

}  // namespace basalt::operations::dynamodb

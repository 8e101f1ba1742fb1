// TransactGetItems: up to 100 items of several tables by key, all as they were at one time.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "model/item_json.h"
#include "model/limits.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"
#include "operations/errors.h"
#include "table/capacity.h"
#include "table/item_key.h"
#include "table/stored_item.h"

namespace basalt::operations::dynamodb {
namespace {

// What is asked of one table.
struct TableGets {
  TableReference table;
  std::shared_ptr<const table::Table> found;
  std::shared_ptr<engine::Keyspace> keyspace;
  std::vector<engine::Key> keys;
  std::vector<std::optional<std::string>> values;
  double units = 0;
};

struct Get {
  size_t table = 0;  // of tables_
  size_t key = 0;    // of its table's keys
  model::Item key_item;
  std::unique_ptr<ExpressionInputs> inputs;
  const expression::Projection* projection = nullptr;
};

class TransactGetItems final : public PreparedCall {
 public:
  explicit TransactGetItems(Call& call) : call_(call), returned_capacity_(ReadReturnedCapacity(call.input)) {}

  Status Prepare() {
    for (const json::Node& item : call_.input.Find("TransactItems")->elements) {
      TRY(ReadGet(*item.Find("Get")));
    }
    return {};
  }

  void Execute(AnswerDone done) override {
    if (Status planned = Plan(); !planned.ok()) {
      return done(planned.TakeError());
    }
    done_ = std::move(done);
    under_way_ = tables_.size() + 1;  // one for this loop, so that nothing is read before all were asked for
    for (TableGets& gets : tables_) {
      WithKeyspace(call_, gets.found, [this, &gets](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
        if (keyspace.ok()) {
          gets.keyspace = *std::move(keyspace);
        } else {
          error_ = keyspace.TakeError();
        }
        OpenedOne();
      });
    }
    OpenedOne();
  }

 private:
  Status ReadGet(const json::Node& node) {
    TRY_ASSIGN(TableReference table, ResolveTable(call_, *GetString(node, "TableName")));
    accesses.push_back({table.Arn(), table.address.account, "dynamodb:GetItem"});
    Get& get = gets_.emplace_back();
    const auto known = std::find_if(tables_.begin(), tables_.end(),
                                    [&table](const TableGets& gets) { return gets.table.address == table.address; });
    get.table = static_cast<size_t>(known - tables_.begin());
    if (known == tables_.end()) {
      tables_.emplace_back().table = std::move(table);
    }
    const std::array<ExpressionMember, 1> expressions = {
        {{"ProjectionExpression", GetString(node, "ProjectionExpression")}}};
    TRY(ExpressionInputs::CheckNeeded(node, expressions, {}));
    TRY_ASSIGN(get.key_item, model::ParseItem(*node.Find("Key"), call_.arena));
    TRY_ASSIGN(get.inputs, ExpressionInputs::Read(node, false, call_.arena));
    if (expressions[0].text) {
      TRY_ASSIGN(get.projection,
                 expression::ParseProjection(*expressions[0].text, get.inputs->placeholders(), call_.arena));
    }
    return get.inputs->placeholders().CheckAllUsed();
  }

  Status Plan() {
    for (TableGets& gets : tables_) {
      gets.found = FindUsableTable(call_, gets.table);
      if (gets.found == nullptr) {
        return TableNotFound();
      }
    }
    std::vector<std::optional<Error>> defects(gets_.size());
    bool any_defect = false;
    for (size_t i = 0; i < gets_.size(); ++i) {
      if (Status planned = PlanGet(gets_[i]); !planned.ok()) {
        defects[i] = planned.TakeError();
        any_defect = true;
      }
    }
    if (any_defect) {
      return TransactionCanceled(std::move(defects));
    }
    std::set<std::pair<size_t, std::string_view>> seen;
    for (const Get& get : gets_) {
      if (!seen.emplace(get.table, tables_[get.table].keys[get.key].bytes).second) {
        return SeveralOperationsOnOneItem();
      }
    }
    return {};
  }

  Status PlanGet(Get& get) {
    TableGets& gets = tables_[get.table];
    const table::TableRecord& record = gets.found->record();
    TRY_ASSIGN(std::string key, table::KeyOf(record, get.key_item, table::KeyPosition::kKey));
    if (get.projection != nullptr) {
      TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*get.projection)));
    }
    get.key = gets.keys.size();
    gets.keys.push_back({0, std::move(key)});
    return {};
  }

  void OpenedOne() {
    if (--under_way_ > 0) {
      return;
    }
    if (error_) {
      return Finish(*std::move(error_));
    }
    if (tables_.size() > 1) {
      return ReadTables();
    }
    TableGets& gets = tables_.front();
    call_.tables.ReadValues(*gets.keyspace, gets.keys, engine::Consistency::kTransactional, call_.loop,
                            [this, &gets](Result<std::vector<std::optional<std::string>>> values) {
                              if (!values.ok()) {
                                return Finish(values.TakeError());
                              }
                              gets.values = *std::move(values);
                              Finish(MakeAnswer());
                            });
  }

  // Under the latches of all of them: a transaction that changes nothing.
  void ReadTables() {
    std::vector<engine::KeyspacePart> parts;
    for (const TableGets& gets : tables_) {
      parts.push_back({gets.keyspace, gets.keys});
    }
    call_.tables.TransactAcross(
        std::move(parts),
        [this](std::span<const engine::Values> values) {
          for (size_t i = 0; i < tables_.size(); ++i) {
            tables_[i].values.assign(values[i].begin(), values[i].end());
          }
          return engine::Reject{};
        },
        call_.loop,
        [this](Result<engine::Outcome> outcome) {
          Finish(outcome.ok() ? MakeAnswer() : Result<Answer>(outcome.TakeError()));
        });
  }

  Result<Answer> MakeAnswer() {
    std::string body = "{\"Responses\":[";
    size_t size_bytes = 0;
    for (size_t i = 0; i < gets_.size(); ++i) {
      const Get& get = gets_[i];
      TableGets& gets = tables_[get.table];
      body += i == 0 ? "{" : ",{";
      table::StoredItem stored;
      if (const std::optional<std::string>& value = gets.values[get.key]) {
        TRY_ASSIGN(stored, table::DecodeStoredItem(*value));
        TRY(AppendItem(body, get, stored));
      }
      body += '}';
      size_bytes += stored.size_bytes;
      gets.units += table::kTransactionFactor * table::ReadUnits(stored.size_bytes, true);
    }
    if (size_bytes > model::kTransactBytesMax) {
      return TransactionTooLarge();
    }
    body += ']';
    std::vector<TableUnits> consumed;
    for (const TableGets& gets : tables_) {
      consumed.push_back({&gets.table, {gets.units}});
    }
    AppendConsumedCapacities(body, /*first=*/false, returned_capacity_, std::move(consumed), UnitKind::kRead);
    return body + "}";
  }

  Status AppendItem(std::string& body, const Get& get, const table::StoredItem& stored) {
    body += "\"Item\":";
    if (get.projection == nullptr) {
      body += stored.body_json;
      return {};
    }
    TRY_ASSIGN(const model::Item item, model::ParseStoredItem(stored.body_json, call_.arena));
    model::AppendJson(body, expression::Project(*get.projection, item, call_.arena));
    return {};
  }

  void Finish(Result<Answer> answer) {
    AnswerDone finished = std::move(done_);
    if (answer.ok()) {
      return finished(std::move(answer));
    }
    Error error = answer.TakeError();
    for (const TableGets& gets : tables_) {
      error = FailureOn(call_, *gets.found, std::move(error));
    }
    finished(std::move(error));
  }

  Call& call_;
  const ReturnedCapacity returned_capacity_;
  std::vector<TableGets> tables_;
  std::vector<Get> gets_;
  size_t under_way_ = 0;
  std::optional<Error> error_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareTransactGetItems(Call& call) {
  auto transaction = std::make_unique<TransactGetItems>(call);
  TRY(transaction->Prepare());
  return transaction;
}

}  // namespace basalt::operations::dynamodb

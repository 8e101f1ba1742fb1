// TransactWriteItems: up to 100 puts, updates, deletes and condition checks of several tables, all of them or none.
#include <algorithm>
#include <array>
#include <string_view>

#include "json/canonical.h"
#include "model/item_json.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/write_transaction.h"

namespace basalt::operations::dynamodb {
namespace {

using Kind = TransactWrite::Kind;

struct EntryKind {
  std::string_view member;
  Kind kind;
};
constexpr std::array<EntryKind, 4> kEntryKinds = {
    {{"ConditionCheck", Kind::kCheck}, {"Put", Kind::kPut}, {"Update", Kind::kUpdate}, {"Delete", Kind::kDelete}}};

class TransactWriteItems final : public PreparedCall {
 public:
  explicit TransactWriteItems(Call& call)
      : call_(call), transaction_(call, {ReadReturnedCapacity(call.input), ReadWantsMetrics(call.input)}) {}

  Status Prepare() {
    const json::Node& items = *call_.input.Find("TransactItems");
    for (const json::Node& item : items.elements) {
      const auto given = [&item](const EntryKind& kind) { return item.Find(kind.member) != nullptr; };
      if (std::count_if(kEntryKinds.begin(), kEntryKinds.end(), given) != 1) {
        return Error(Reason::kValidation, "TransactItems can only contain one of Check, Put, Update or Delete");
      }
    }
    std::vector<TransactWrite> entries;
    for (const json::Node& item : items.elements) {
      for (const EntryKind& kind : kEntryKinds) {
        if (const json::Node* entry = item.Find(kind.member)) {
          TRY_ASSIGN(TransactWrite write, ReadEntry(kind, *entry));
          entries.push_back(std::move(write));
        }
      }
    }
    for (TransactWrite& entry : entries) {
      if (entry.size_bytes > model::kItemSizeBytesMax) {
        return model::ItemTooLarge();
      }
      transaction_.Add(std::move(entry));
    }
    if (const auto token = GetString(call_.input, "ClientRequestToken")) {
      std::string request;
      json::AppendCanonical(request, items);
      transaction_.UseToken(*token, crypto::Sha256(request));
    }
    return {};
  }

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override {
    AccessFacts facts = dynamodb::FactsOf(transaction_.entry(access), record, call_.arena);
    facts.returned_capacity = NameOf(ReadReturnedCapacity(call_.input));
    return facts;
  }

  void Execute(AnswerDone done) override {
    if (Status one = CheckOneAccount(accesses, "TransactWriteItems"); !one.ok()) {
      return done(one.TakeError());
    }
    done_ = std::move(done);
    transaction_.Run([this](Status status) {
      AnswerDone finished = std::move(done_);
      if (!status.ok()) {
        return finished(status.TakeError());
      }
      std::string body = "{";
      transaction_.AppendConsumed(body, /*first=*/true);
      transaction_.AppendMetrics(body, /*first=*/body.size() == 1);
      finished(body + "}");
    });
  }

 private:
  Result<TransactWrite> ReadEntry(const EntryKind& kind, const json::Node& entry) {
    TransactWrite write;
    write.kind = kind.kind;
    TRY_ASSIGN(write.table, ResolveTable(call_, *GetString(entry, "TableName")));
    accesses.push_back({write.table.Arn(), write.table.address.account, ActionOf(kind.kind)});
    write.item_on_condition_failure =
        GetString(entry, "ReturnValuesOnConditionCheckFailure").value_or("NONE") == "ALL_OLD";
    const ExpressionMember update = {"UpdateExpression", GetString(entry, "UpdateExpression")};
    const ExpressionMember condition = {"ConditionExpression", GetString(entry, "ConditionExpression")};
    const std::array both = {update, condition};
    const auto expressions = std::span(both).subspan(kind.kind == Kind::kUpdate ? 0 : 1);
    TRY(ExpressionInputs::CheckNeeded(entry, expressions, expressions));
    TRY_ASSIGN(write.item, model::ParseItem(*entry.Find(kind.kind == Kind::kPut ? "Item" : "Key"), call_.arena));
    TRY_ASSIGN(std::unique_ptr<ExpressionInputs> inputs, ExpressionInputs::Read(entry, true, call_.arena));
    if (kind.kind == Kind::kUpdate) {
      TRY_ASSIGN(write.update, expression::ParseUpdate(*update.text, inputs->placeholders(), call_.arena));
    }
    if (condition.text) {
      TRY_ASSIGN(write.condition, expression::ParseCondition(expression::Kind::kCondition, *condition.text,
                                                             inputs->placeholders(), call_.arena));
    }
    TRY(inputs->placeholders().CheckAllUsed());
    inputs_.push_back(std::move(inputs));
    write.size_bytes = kind.kind == Kind::kPut ? model::SizeBytes(write.item) : 0;
    return write;
  }

  Call& call_;
  WriteTransaction transaction_;
  std::vector<std::unique_ptr<ExpressionInputs>> inputs_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareTransactWriteItems(Call& call) {
  auto transaction = std::make_unique<TransactWriteItems>(call);
  TRY(transaction->Prepare());
  return transaction;
}

}  // namespace basalt::operations::dynamodb

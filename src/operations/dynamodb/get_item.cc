// GetItem: one item by its key, whole or projected.
#include <array>

#include "model/item_json.h"
#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "operations/dynamodb/request.h"
#include "table/capacity.h"
#include "table/item_key.h"
#include "table/stored_item.h"

namespace basalt::operations::dynamodb {
namespace {

class GetItem final : public PreparedCall {
 public:
  explicit GetItem(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& input = call_.input;
    TRY_ASSIGN(table_, ReadTableReference(call_));
    accesses.push_back({table_.Arn(), table_.address.account});
    returned_capacity_ = ReadReturnedCapacity(input);
    consistent_ = GetBool(input, "ConsistentRead").value_or(false);
    const std::array<ExpressionMember, 1> expressions = {
        {{"ProjectionExpression", GetString(input, "ProjectionExpression")}}};
    TRY(CheckNotMixed(std::array{ReadLegacyMember(input, "AttributesToGet")}, expressions));
    TRY(ExpressionInputs::CheckNeeded(input, expressions, {}));
    TRY_ASSIGN(key_, model::ParseItem(*input.Find("Key"), call_.arena));
    TRY_ASSIGN(projection_, ReadAttributesToGet(input, call_.arena));
    TRY_ASSIGN(inputs_, ExpressionInputs::Read(input, false, call_.arena));
    if (expressions[0].text) {
      TRY_ASSIGN(projection_, expression::ParseProjection(*expressions[0].text, inputs_->placeholders(), call_.arena));
    }
    return inputs_->placeholders().CheckAllUsed();
  }

  AccessFacts FactsOf(size_t, const table::TableRecord* record) const override {
    AccessFacts facts;
    AddItem(facts, record, key_, call_.arena);
    AddAttributes(facts, projection_);
    facts.select = SelectOf(projection_);
    facts.returned_capacity = NameOf(returned_capacity_);
    return facts;
  }

  void Execute(AnswerDone done) override {
    found_ = FindUsableTable(call_, table_);
    if (found_ == nullptr) {
      return done(TableNotFound());
    }
    const table::TableRecord& record = found_->record();
    Result<std::string> key = table::KeyOf(record, key_, table::KeyPosition::kKey);
    if (!key.ok()) {
      return done(key.TakeError());
    }
    if (projection_ != nullptr) {
      if (Status scalars = CheckKeyAttributesAreScalars(record, expression::PathsOf(*projection_)); !scalars.ok()) {
        return done(scalars.TakeError());
      }
    }
    if (Status admitted = charge_.Admit(*found_, table::UnitKind::kRead); !admitted.ok()) {
      return done(admitted.TakeError());
    }
    done_ = std::move(done);
    WithKeyspace(call_, found_,
                 [this, key = *std::move(key)](Result<std::shared_ptr<engine::Keyspace>> keyspace) mutable {
                   if (keyspace.ok()) {
                     Read(*std::move(keyspace), std::move(key));
                   } else {
                     AnswerDone finished = std::move(done_);
                     finished(FailureOn(call_, *found_, keyspace.TakeError()));
                   }
                 });
  }

 private:
  void Read(std::shared_ptr<engine::Keyspace> keyspace, std::string key) {
    engine::Key wanted{0, std::move(key)};
    if (const std::optional<std::string_view> known = call_.tables.FindValue(*keyspace, wanted)) {
      AnswerDone finished = std::move(done_);
      return finished(MakeAnswer(known));
    }
    std::vector<engine::Key> keys;
    keys.push_back(std::move(wanted));
    engine::Keyspace& used = *keyspace;
    call_.tables.ReadValues(
        used, std::move(keys), consistent_ ? engine::Consistency::kStrong : engine::Consistency::kEventual, call_.loop,
        [this, keyspace = std::move(keyspace)](Result<std::vector<std::optional<std::string>>> values) {
          AnswerDone finished = std::move(done_);
          finished(values.ok() ? MakeAnswer((*values)[0])
                               : Result<Answer>(FailureOn(call_, *found_, values.TakeError())));
        });
  }

  Result<Answer> MakeAnswer(std::optional<std::string_view> value) {
    std::string body = "{";
    table::StoredItem stored;
    if (value) {
      TRY_ASSIGN(stored, table::DecodeStoredItem(*value));
      body.reserve(stored.body_json.size() + 128);
      body += "\"Item\":";
      if (projection_ == nullptr) {
        body += stored.body_json;
      } else {
        TRY_ASSIGN(const model::Item item, model::ParseStoredItem(stored.body_json, call_.arena));
        model::AppendJson(body, expression::Project(*projection_, item, call_.arena));
      }
    }
    const ConsumedUnits units = {table::ReadUnits(stored.size_bytes, consistent_)};
    charge_.SetTo(units);
    AppendConsumedCapacity(body, !value.has_value(), returned_capacity_, table_, units);
    body += "}";
    return body;
  }

  Call& call_;
  TableReference table_;
  ReturnedCapacity returned_capacity_ = ReturnedCapacity::kNone;
  bool consistent_ = false;
  model::Item key_;
  std::unique_ptr<ExpressionInputs> inputs_;
  const expression::Projection* projection_ = nullptr;
  std::shared_ptr<const table::Table> found_;
  Charge charge_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareGetItem(Call& call) {
  auto get = std::make_unique<GetItem>(call);
  TRY(get->Prepare());
  return get;
}

}  // namespace basalt::operations::dynamodb

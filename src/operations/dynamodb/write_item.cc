// The common course of single-item writes.
#include "operations/dynamodb/write_item.h"

#include "model/item_json.h"
#include "operations/dynamodb/item_collections.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "table/capacity.h"
#include "table/item_key.h"

namespace basalt::operations::dynamodb {

ReturnValues ReadReturnValues(const json::Node& input) {
  const std::string_view text = GetString(input, "ReturnValues").value_or("NONE");
  if (text == "ALL_OLD") {
    return ReturnValues::kAllOld;
  }
  if (text == "ALL_NEW") {
    return ReturnValues::kAllNew;
  }
  if (text == "UPDATED_OLD") {
    return ReturnValues::kUpdatedOld;
  }
  return text == "UPDATED_NEW" ? ReturnValues::kUpdatedNew : ReturnValues::kNone;
}

Status CheckOnlyAllOldOrNone(ReturnValues return_values) {
  if (return_values == ReturnValues::kNone || return_values == ReturnValues::kAllOld) {
    return {};
  }
  return Error(Reason::kValidation, "ReturnValues can only be ALL_OLD or NONE");
}

Status WriteCall::ReadCommon() {
  TRY_ASSIGN(table_, ReadTableReference(call_));
  accesses.push_back({table_.Arn(), table_.address.account});
  return_values_ = ReadReturnValues(call_.input);
  returned_capacity_ = ReadReturnedCapacity(call_.input);
  wants_metrics_ = ReadWantsMetrics(call_.input);
  item_on_condition_failure_ =
      GetString(call_.input, "ReturnValuesOnConditionCheckFailure").value_or("NONE") == "ALL_OLD";
  return {};
}

Status WriteCall::ReadExpected() {
  TRY_ASSIGN(condition_, dynamodb::ReadExpected(call_.input, call_.arena));
  return {};
}

Status WriteCall::ReadPlaceholders() {
  TRY_ASSIGN(inputs_, ExpressionInputs::Read(call_.input, true, call_.arena));
  return {};
}

Status WriteCall::ParseCondition(std::optional<std::string_view> text) {
  if (text) {
    TRY_ASSIGN(condition_,
               expression::ParseCondition(expression::Kind::kCondition, *text, inputs_->placeholders(), call_.arena));
  }
  return {};
}

AccessFacts WriteCall::FactsOfWrite(const table::TableRecord* record, model::Item item) const {
  AccessFacts facts;
  AddItem(facts, record, item, call_.arena);
  AddAttributes(facts, condition_);
  AddAttributes(facts, update());
  facts.return_values = NameOf(return_values_);
  facts.returned_capacity = NameOf(returned_capacity_);
  return facts;
}

void WriteCall::Execute(AnswerDone done) {
  found_ = FindUsableTable(call_, table_);
  if (found_ == nullptr) {
    return done(TableNotFound());
  }
  if (Status planned = PlanWrite(found_->record(), write_); !planned.ok()) {
    return done(planned.TakeError());
  }
  write_.item_on_condition_failure = item_on_condition_failure_;
  if (Status admitted = charge_.Admit(*found_, table::UnitKind::kWrite); !admitted.ok()) {
    return done(admitted.TakeError());
  }
  done_ = std::move(done);
  WithKeyspace(call_, found_, [this](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
    if (!keyspace.ok()) {
      Finish(FailureOn(call_, *found_, keyspace.TakeError()));
    } else if (table::HasItemCollections(found_->record())) {
      FindRoom(*std::move(keyspace));
    } else {
      Run(*std::move(keyspace));
    }
  });
}

void WriteCall::FindRoom(std::shared_ptr<engine::Keyspace> keyspace) {
  std::vector<engine::Key> keys;
  keys.push_back(table::CollectionKeyOf(found_->record(), table::ItemOrKeyOf(write_)));
  ReadCollectionSizes(call_, keyspace, std::move(keys), [this, keyspace](Result<std::vector<int64_t>> sizes) {
    if (!sizes.ok()) {
      return Finish(FailureOn(call_, *found_, sizes.TakeError()));
    }
    write_.collection_room_bytes = call_.services.item_collection_bytes_max - sizes->front();
    Run(keyspace);
  });
}

void WriteCall::Finish(Result<Answer> answer) {
  AnswerDone finished = std::move(done_);
  finished(std::move(answer));
}

void WriteCall::Run(std::shared_ptr<engine::Keyspace> keyspace) {
  std::vector<engine::Key> keys;
  keys.push_back({0, write_.key});
  engine::Keyspace& used = *keyspace;
  call_.tables.Transact(
      used, std::move(keys),
      [this](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
        engine::Plan plan;
        asked_.values = values.subspan(1);
        const bool needs_old_item = return_values_ == ReturnValues::kUpdatedOld;
        Result<table::WriteEffect> effect =
            table::ApplyWrite(write_, found_->Current(newer_), values[0], needs_old_item, asked_, call_.arena, plan);
        if (!effect.ok()) {
          error_ = effect.TakeError();
          return engine::Reject{};
        }
        error_.reset();
        Take(*effect);
        if (charge_.is_limited() && plan.asks.empty()) {
          if (Status admitted = charge_.AdmitIndexes(charge_.allowance(), effect->index_units); !admitted.ok()) {
            error_ = admitted.TakeError();
            return engine::Reject{};
          }
          charge_.SetTo(units_);
        }
        return plan;
      },
      call_.loop,
      [this, keyspace = std::move(keyspace)](Result<engine::Outcome> outcome) {
        if (!outcome.ok()) {
          charge_.SetTo({});
          Finish(FailureOn(call_, *found_, outcome.TakeError()));
        } else if (error_) {
          Fail(*std::move(error_));
        } else if (wants_metrics_ && table::HasItemCollections(found_->record())) {
          ReadMetrics(keyspace);
        } else {
          Finish(MakeAnswer());
        }
      });
}

void WriteCall::Fail(Error error) {
  const auto* failure = dynamic_cast<const table::ConditionFailure*>(error.detail.get());
  charge_.SetTo({failure == nullptr ? 0 : failure->units});
  Finish(MakeRefusal(std::move(error)));
}

void WriteCall::ReadMetrics(std::shared_ptr<engine::Keyspace> keyspace) {
  const model::Item item = table::ItemOrKeyOf(write_);
  std::vector<engine::Key> keys;
  keys.push_back(table::CollectionKeyOf(found_->record(), item));
  ReadCollectionSizes(call_, std::move(keyspace), std::move(keys), [this, item](Result<std::vector<int64_t>> sizes) {
    if (!sizes.ok()) {
      return Finish(FailureOn(call_, *found_, sizes.TakeError()));
    }
    AppendCollectionMetrics(metrics_json_, found_->record(), item, sizes->front());
    Finish(MakeAnswer());
  });
}

void WriteCall::Take(const table::WriteEffect& effect) {
  units_ = {table::WriteUnits(effect.old_size_bytes, effect.new_size_bytes)};
  if (returned_capacity_ != ReturnedCapacity::kNone || charge_.is_limited()) {
    units_.Add(effect.index_units);
  }
  attributes_json_.clear();
  switch (return_values_) {
    case ReturnValues::kNone:
      return;
    case ReturnValues::kAllOld:
      attributes_json_ = effect.old_body_json;
      return;
    case ReturnValues::kAllNew:
      if (effect.new_item) {
        model::AppendJson(attributes_json_, *effect.new_item);
      }
      return;
    case ReturnValues::kUpdatedOld:
    case ReturnValues::kUpdatedNew: {
      const std::optional<model::Item>& item =
          return_values_ == ReturnValues::kUpdatedOld ? effect.old_item : effect.new_item;
      if (item && update() != nullptr) {
        const model::Item updated = expression::ProjectTargets(*update(), *item, call_.arena);
        if (!updated.empty()) {
          model::AppendJson(attributes_json_, updated);
        }
      }
      return;
    }
  }
}

std::string WriteCall::MakeAnswer() const {
  std::string body = "{";
  if (!attributes_json_.empty()) {
    body += "\"Attributes\":";
    body += attributes_json_;
  }
  AppendConsumedCapacity(body, attributes_json_.empty(), returned_capacity_, table_, units_);
  if (!metrics_json_.empty()) {
    body += body.size() == 1 ? "\"ItemCollectionMetrics\":" : ",\"ItemCollectionMetrics\":";
    body += metrics_json_;
  }
  body += "}";
  return body;
}

}  // namespace basalt::operations::dynamodb

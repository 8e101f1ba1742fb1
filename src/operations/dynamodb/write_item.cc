// The common course of single-item writes.
#include "operations/dynamodb/write_item.h"

#include "model/item_json.h"
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
  write_.item_on_condition_failure =
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

Status WriteCall::UseCondition(const table::TableRecord& record, table::ItemWrite& write) const {
  if (condition_ != nullptr) {
    TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*condition_)));
  }
  write.condition = condition_;
  return {};
}

void WriteCall::Execute(AnswerDone done) {
  found_ = FindUsableTable(call_, table_);
  if (found_ == nullptr) {
    return done(TableNotFound());
  }
  if (Status planned = PlanWrite(found_->record(), write_); !planned.ok()) {
    return done(planned.TakeError());
  }
  done_ = std::move(done);
  WithKeyspace(call_, found_, [this](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
    if (keyspace.ok()) {
      Run(*std::move(keyspace));
    } else {
      AnswerDone finished = std::move(done_);
      finished(FailureOn(call_, *found_, keyspace.TakeError()));
    }
  });
}

void WriteCall::Run(std::shared_ptr<engine::Keyspace> keyspace) {
  std::vector<engine::Key> keys;
  keys.push_back({0, write_.key});
  engine::Keyspace& used = *keyspace;
  call_.tables.Transact(
      used, std::move(keys),
      [this](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
        engine::Plan plan;
        const bool needs_old_item = return_values_ == ReturnValues::kUpdatedOld;
        Result<table::WriteEffect> effect = table::ApplyWrite(write_, values[0], needs_old_item, call_.arena, plan);
        if (!effect.ok()) {
          error_ = effect.TakeError();
          return engine::Reject{};
        }
        error_.reset();
        Take(*effect);
        return plan;
      },
      call_.loop,
      [this, keyspace = std::move(keyspace)](Result<engine::Outcome> outcome) {
        AnswerDone finished = std::move(done_);
        if (!outcome.ok()) {
          finished(FailureOn(call_, *found_, outcome.TakeError()));
        } else if (error_) {
          finished(*std::move(error_));
        } else {
          finished(MakeAnswer());
        }
      });
}

void WriteCall::Take(const table::WriteEffect& effect) {
  units_ = table::WriteUnits(effect.old_size_bytes, effect.new_size_bytes);
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
  body += "}";
  return body;
}

}  // namespace basalt::operations::dynamodb

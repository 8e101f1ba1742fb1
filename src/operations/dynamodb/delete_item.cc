// DeleteItem: removes an item, if its condition holds; a missing one is success.
#include <array>

#include "model/item_json.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/write_item.h"
#include "table/item_key.h"

namespace basalt::operations::dynamodb {
namespace {

class DeleteItem final : public WriteCall {
 public:
  using WriteCall::WriteCall;

  Status Prepare() {
    TRY(ReadCommon());
    const json::Node& input = call_.input;
    const std::array<ExpressionMember, 1> expressions = {
        {{"ConditionExpression", GetString(input, "ConditionExpression")}}};
    TRY(ExpressionInputs::CheckNeeded(input, expressions, expressions));
    TRY_ASSIGN(key_, model::ParseItem(*input.Find("Key"), call_.arena));
    TRY(CheckOnlyAllOldOrNone(return_values_));
    TRY_ASSIGN(inputs_, ExpressionInputs::Read(input, true, call_.arena));
    if (expressions[0].text) {
      TRY_ASSIGN(condition_, expression::ParseCondition(expression::Kind::kCondition, *expressions[0].text,
                                                        inputs_->placeholders(), call_.arena));
    }
    return inputs_->placeholders().CheckAllUsed();
  }

 private:
  Status PlanWrite(const table::TableRecord& record, table::ItemWrite& write) override {
    TRY_ASSIGN(write.key, table::KeyOf(record, key_, table::KeyPosition::kKey));
    if (condition_ != nullptr) {
      TRY(CheckKeyAttributesAreScalars(record, expression::PathsOf(*condition_)));
    }
    write.condition = condition_;
    write.action = table::DeleteWrite{};
    return {};
  }

  model::Item key_;
  const expression::Condition* condition_ = nullptr;
};

}  // namespace

Prepared PrepareDeleteItem(Call& call) {
  auto deletion = std::make_unique<DeleteItem>(call);
  TRY(deletion->Prepare());
  return deletion;
}

}  // namespace basalt::operations::dynamodb

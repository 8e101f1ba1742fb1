// DeleteItem: removes an item, if its condition holds; a missing one is success.
#include <array>

#include "model/item_json.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/write_item.h"
#include "operations/dynamodb/write_plan.h"

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
    TRY(CheckNotMixed(std::array{ReadLegacyMember(input, "Expected"), ReadLegacyMember(input, "ConditionalOperator")},
                      expressions));
    TRY(ExpressionInputs::CheckNeeded(input, expressions, expressions));
    TRY_ASSIGN(key_, model::ParseItem(*input.Find("Key"), call_.arena));
    TRY(CheckOnlyAllOldOrNone(return_values_));
    TRY(ReadExpected());
    TRY(ReadPlaceholders());
    TRY(ParseCondition(expressions[0].text));
    return inputs_->placeholders().CheckAllUsed();
  }

  AccessFacts FactsOf(size_t, const table::TableRecord* record) const override { return FactsOfWrite(record, key_); }

 private:
  Status PlanWrite(const table::TableRecord& record, table::ItemWrite& write) override {
    return PlanDelete(record, key_, condition_, write);
  }

  model::Item key_;
};

}  // namespace

Prepared PrepareDeleteItem(Call& call) {
  auto deletion = std::make_unique<DeleteItem>(call);
  TRY(deletion->Prepare());
  return deletion;
}

}  // namespace basalt::operations::dynamodb

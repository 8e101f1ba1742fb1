// PutItem: replaces an item whole, if its condition holds.
#include <array>

#include "model/item_json.h"
#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/write_item.h"
#include "operations/dynamodb/write_plan.h"

namespace basalt::operations::dynamodb {
namespace {

class PutItem final : public WriteCall {
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
    const model::FalseNull false_null =
        call_.services.dialect == Dialect::k2026 ? model::FalseNull::kTakenAsTrue : model::FalseNull::kRefused;
    TRY_ASSIGN(item_, model::ParseItem(*input.Find("Item"), call_.arena, false_null));
    TRY(CheckOnlyAllOldOrNone(return_values_));
    size_bytes_ = model::SizeBytes(item_);
    if (size_bytes_ > model::kItemSizeBytesMax) {
      return model::ItemTooLarge();
    }
    TRY(ReadExpected());
    TRY(ReadPlaceholders());
    TRY(ParseCondition(expressions[0].text));
    return inputs_->placeholders().CheckAllUsed();
  }

  AccessFacts FactsOf(size_t, const table::TableRecord* record) const override { return FactsOfWrite(record, item_); }

 private:
  Status PlanWrite(const table::TableRecord& record, table::ItemWrite& write) override {
    return PlanPut(record, item_, size_bytes_, condition_, write);
  }

  model::Item item_;
  size_t size_bytes_ = 0;
};

}  // namespace

Prepared PreparePutItem(Call& call) {
  auto put = std::make_unique<PutItem>(call);
  TRY(put->Prepare());
  return put;
}

}  // namespace basalt::operations::dynamodb

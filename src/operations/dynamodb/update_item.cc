// UpdateItem: changes attributes of an item, or makes it, if its condition holds.
#include <array>

#include "model/item_json.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "operations/dynamodb/write_item.h"
#include "operations/dynamodb/write_plan.h"

namespace basalt::operations::dynamodb {
namespace {

class UpdateItem final : public WriteCall {
 public:
  using WriteCall::WriteCall;

  Status Prepare() {
    TRY(ReadCommon());
    const json::Node& input = call_.input;
    const std::array<ExpressionMember, 2> expressions = {
        {{"UpdateExpression", GetString(input, "UpdateExpression")},
         {"ConditionExpression", GetString(input, "ConditionExpression")}}};
    TRY(CheckNotMixed(std::array{ReadLegacyMember(input, "AttributeUpdates"), ReadLegacyMember(input, "Expected"),
                                 ReadLegacyMember(input, "ConditionalOperator")},
                      expressions));
    TRY(ExpressionInputs::CheckNeeded(input, expressions, expressions));
    TRY_ASSIGN(key_, model::ParseItem(*input.Find("Key"), call_.arena));
    TRY_ASSIGN(update_, ReadAttributeUpdates(input, call_.arena));
    TRY(ReadExpected());
    TRY(ReadPlaceholders());
    if (expressions[0].text) {
      TRY_ASSIGN(update_, expression::ParseUpdate(*expressions[0].text, inputs_->placeholders(), call_.arena));
    }
    TRY(ParseCondition(expressions[1].text));
    return inputs_->placeholders().CheckAllUsed();
  }

  AccessFacts FactsOf(size_t, const table::TableRecord* record) const override { return FactsOfWrite(record, key_); }

 private:
  const expression::Update* update() const override { return update_; }

  Status PlanWrite(const table::TableRecord& record, table::ItemWrite& write) override {
    return PlanUpdate(record, key_, update_, condition_, write);
  }

  model::Item key_;
  const expression::Update* update_ = nullptr;
};

}  // namespace

Prepared PrepareUpdateItem(Call& call) {
  auto update = std::make_unique<UpdateItem>(call);
  TRY(update->Prepare());
  return update;
}

}  // namespace basalt::operations::dynamodb

// Query: the items of one partition key value, in the order of the sort key.
#include <array>

#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "operations/dynamodb/read_items.h"
#include "table/item_key.h"

namespace basalt::operations::dynamodb {
namespace {

class Query final : public ReadCall {
 public:
  using ReadCall::ReadCall;

  Status Prepare() {
    const json::Node& input = call_.input;
    TRY(ReadTable());
    filter_may_use_keys_ = false;
    const auto key_condition = GetString(input, "KeyConditionExpression");
    const ExpressionMember filter{"FilterExpression", GetString(input, "FilterExpression")};
    const ExpressionMember condition{"KeyConditionExpression", key_condition};
    const ExpressionMember projection{"ProjectionExpression", GetString(input, "ProjectionExpression")};
    // KeyConditions may stand beside a FilterExpression or ProjectionExpression, not beside what replaced it.
    LegacyMember key_conditions = ReadLegacyMember(input, "KeyConditions");
    key_conditions.given = key_conditions.given && key_condition;
    TRY(CheckNotMixed(std::array{ReadLegacyMember(input, "AttributesToGet"), ReadLegacyMember(input, "QueryFilter"),
                                 ReadLegacyMember(input, "ConditionalOperator"), key_conditions},
                      std::array{projection, filter, condition}));
    TRY(ExpressionInputs::CheckNeeded(input, std::array{filter, condition, projection}, std::array{filter, condition}));
    TRY(ReadCommon("QueryFilter"));
    TRY_ASSIGN(key_condition_, ReadKeyConditions(input, call_.arena));
    if (key_condition_ == nullptr && !key_condition) {
      return Error(Reason::kValidation,
                   "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    }
    if (!GetBool(input, "ScanIndexForward").value_or(true)) {
      direction_ = engine::Direction::kBackward;
    }
    TRY_ASSIGN(inputs_, ExpressionInputs::Read(input, true, call_.arena));
    if (key_condition) {
      TRY_ASSIGN(key_condition_, expression::ParseKeyCondition(*key_condition, inputs_->placeholders(), call_.arena));
    }
    TRY(ParseFilter());
    TRY(ParseProjection());
    TRY(inputs_->placeholders().CheckAllUsed());
    return CheckSelect();
  }

 private:
  Result<engine::Range> PlanRange(const table::TableRecord& record) override {
    const expression::KeyAttribute partition = SchemaAttribute(record.partition);
    expression::KeyAttribute sort;
    if (record.sort) {
      sort = SchemaAttribute(*record.sort);
    }
    TRY_ASSIGN(key_range_, expression::BindKeyCondition(*key_condition_, partition, record.sort ? &sort : nullptr));
    return table::RangeOf(record, key_range_);
  }

  Status CheckStartKey(const table::TableRecord& record, const engine::Range& range,
                       std::string_view start_key) override {
    if (table::Contains(range, start_key)) {
      return {};
    }
    const bool same_partition =
        model::Equal(*model::Find(*exclusive_start_key_, record.partition.name), key_range_.partition);
    if (same_partition) {
      return Error(Reason::kValidation, "The provided starting key does not match the range key predicate");
    }
    if (key_range_.sort_operator != expression::SortOperator::kNone) {
      // Would its sort value satisfy the condition in the partition asked for?
      std::array<model::Attribute, 2> moved = {
          {{record.partition.name, key_range_.partition},
           {record.sort->name, *model::Find(*exclusive_start_key_, record.sort->name)}}};
      if (table::Contains(range, table::EncodeKey(record, model::SortAttributes(moved)))) {
        return Error(Reason::kValidation, "The query can return at most one row and cannot be restarted");
      }
    }
    return Error(Reason::kValidation,
                 "The provided starting key is outside query boundaries based on provided conditions");
  }

  Error StartKeyMismatch() const override { return InvalidStartKey(""); }

  const expression::KeyCondition* key_condition_ = nullptr;
  expression::KeyRange key_range_;
};

}  // namespace

Prepared PrepareQuery(Call& call) {
  auto query = std::make_unique<Query>(call);
  TRY(query->Prepare());
  return query;
}

}  // namespace basalt::operations::dynamodb

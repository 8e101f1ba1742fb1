// Query: the items of one partition key value, in the order of the sort key.
#include <array>

#include "expression/key_condition.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "operations/dynamodb/read_items.h"

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
    TRY_ASSIGN(key_condition_, ReadKeyConditions(input, call_.arena, on_index()));
    if (key_condition_ == nullptr && !key_condition) {
      return Error(Reason::kValidation,
                   "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    }
    if (!GetBool(input, "ScanIndexForward").value_or(true)) {
      direction_ = engine::Direction::kBackward;
    }
    TRY_ASSIGN(inputs_, ExpressionInputs::Read(input, true, call_.arena));
    if (key_condition) {
      TRY_ASSIGN(key_condition_,
                 expression::ParseKeyCondition(*key_condition, inputs_->placeholders(), call_.arena, on_index()));
    }
    TRY(ParseFilter());
    TRY(ParseProjection());
    TRY(inputs_->placeholders().CheckAllUsed());
    return CheckSelect();
  }

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override {
    AccessFacts facts = ReadCall::FactsOf(access, record);
    for (const expression::KeyComparison& comparison : key_condition_->comparisons) {
      const expression::PathElement name = {.name = comparison.attribute};
      AddAttributes(facts, std::array{expression::Path(&name, 1)});
    }
    const table::IndexRecord* const index =
        record == nullptr || !on_index() ? nullptr : record->FindIndex(*index_name());
    if (record == nullptr || (on_index() && index == nullptr)) {
      return facts;
    }
    const table::KeySchema schema(*record, index);
    const Result<expression::KeyRange> range =
        expression::BindKeyCondition(*key_condition_, SchemaAttributes(schema.partition(), call_.arena),
                                     SchemaAttributes(schema.sort(), call_.arena), call_.arena);
    if (range.ok()) {  // else it will be refused
      std::vector<model::Value> partition = {range->partition};
      partition.insert(partition.end(), range->more_partition.begin(), range->more_partition.end());
      AddPartition(facts, partition, call_.arena);
    }
    return facts;
  }

 private:
  Result<engine::Range> PlanRange(const table::KeySchema& schema) override {
    TRY_ASSIGN(key_range_,
               expression::BindKeyCondition(*key_condition_, SchemaAttributes(schema.partition(), call_.arena),
                                            SchemaAttributes(schema.sort(), call_.arena), call_.arena));
    return table::RangeOf(schema, key_range_);
  }

  Status CheckStartKey(const table::KeySchema& schema, const engine::Range& range,
                       std::string_view start_key) override {
    if (table::Contains(range, start_key)) {
      return {};
    }
    const std::string asked_for = schema.Prefix(key_range_);
    const std::string given = schema.Prefix(*exclusive_start_key_);
    if (given == asked_for) {
      return Error(Reason::kValidation, "The provided starting key does not match the range key predicate");
    }
    // Would its sort values satisfy the condition in the partition asked for?
    if (key_range_.sort_operator != expression::SortOperator::kNone &&
        table::Contains(range, asked_for + std::string(start_key.substr(given.size())))) {
      return Error(Reason::kValidation, "The query can return at most one row and cannot be restarted");
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

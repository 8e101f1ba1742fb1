// What PutItem, UpdateItem and DeleteItem share: parameters of conditional writes, the transaction, the answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/request.h"
#include "table/item_write.h"

namespace basalt::operations::dynamodb {

enum class ReturnValues : uint8_t { kNone, kAllOld, kAllNew, kUpdatedOld, kUpdatedNew };
ReturnValues ReadReturnValues(const json::Node& input);
// PutItem and DeleteItem know only two of them.
Status CheckOnlyAllOldOrNone(ReturnValues return_values);

// A prepared write: subclasses fill `write` in PlanWrite, once the table's key schema is known.
class WriteCall : public PreparedCall {
 public:
  explicit WriteCall(Call& call) : call_(call) {}

  void Execute(AnswerDone done) final;

 protected:
  // Reads the members every write has, except expressions.
  Status ReadCommon();

  // Expected, with ConditionalOperator, if there is one: the condition.
  Status ReadExpected();
  // ExpressionAttributeNames and -Values; then, if there is one, the ConditionExpression.
  Status ReadPlaceholders();
  Status ParseCondition(std::optional<std::string_view> text);

  // What every write says to policies; `item`: what is written, or its key.
  AccessFacts FactsOfWrite(const table::TableRecord* record, model::Item item) const;
  // Checks that need the table, and what the write is. Called once, before the transaction.
  virtual Status PlanWrite(const table::TableRecord& record, table::ItemWrite& write) = 0;
  // The members "Attributes" is made of; null unless UpdateItem.
  virtual const expression::Update* update() const { return nullptr; }
  // What a write that was refused, or one that is done, is answered with.
  virtual Error MakeRefusal(Error error) const { return error; }
  virtual std::string MakeAnswer() const;

  // Of a write that is done.
  const std::string& attributes_json() const { return attributes_json_; }  // empty: none
  const ConsumedUnits& units() const { return units_; }

  Call& call_;
  TableReference table_;
  ReturnValues return_values_ = ReturnValues::kNone;
  ReturnedCapacity returned_capacity_ = ReturnedCapacity::kNone;
  bool item_on_condition_failure_ = false;
  std::unique_ptr<ExpressionInputs> inputs_;
  const expression::Condition* condition_ = nullptr;

 private:
  // A table with local indexes: what room the item's collection has, first.
  void FindRoom(std::shared_ptr<engine::Keyspace> keyspace);
  void Run(std::shared_ptr<engine::Keyspace> keyspace);
  // Done, but for the metrics that are wanted.
  void ReadMetrics(std::shared_ptr<engine::Keyspace> keyspace);
  void Finish(Result<Answer> answer);
  void Fail(Error error);
  void Take(const table::WriteEffect& effect);

  bool wants_metrics_ = false;
  std::shared_ptr<const table::Table> found_;
  std::shared_ptr<const table::TableRecord> newer_;  // than that of found_, if the last run of the function met one
  Charge charge_;
  table::ItemWrite write_;
  table::AskedEntries asked_;
  AnswerDone done_;
  // What the last run of the function found.
  std::optional<Error> error_;
  std::string attributes_json_;
  ConsumedUnits units_;
  std::string metrics_json_;
};

}  // namespace basalt::operations::dynamodb

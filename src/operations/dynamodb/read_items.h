// What Query and Scan share: paging members, filter and projection, Select, the walk, the answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/consumed_capacity.h"
#include "operations/dynamodb/request.h"
#include "table/item_read.h"

namespace basalt::operations::dynamodb {

enum class Select : uint8_t { kAbsent, kAllAttributes, kAllProjectedAttributes, kSpecificAttributes, kCount };

// "The provided starting key is invalid", and why if that is said.
Error InvalidStartKey(std::string_view why);

// The index that a read names, if it can be read so. What is found is of the record.
Result<const table::IndexRecord*> FindReadableIndex(const table::TableRecord& record, std::string_view name,
                                                    bool consistent);

// The attributes of these paths that an index holds nothing of, each once, in the order of the paths, behind those
// that `missing` has already.
void AddUnprojected(const table::TableRecord& record, const table::IndexRecord& index,
                    std::span<const expression::Path> paths, std::vector<std::string_view>& missing);

// What one read of an index (null: the table) has consumed.
ConsumedUnits UnitsOf(const table::ReadResult& result, const table::IndexRecord* index, bool consistent);

class ReadCall : public PreparedCall {
 public:
  explicit ReadCall(Call& call) : call_(call) {}

  AccessFacts FactsOf(size_t access, const table::TableRecord* record) const override;
  void Execute(AnswerDone done) final;

 protected:
  // The table, and the index if one is named, which is then what is accessed.
  Status ReadTable();
  // The other members both have, up to and including ExclusiveStartKey's values. `filter_member` = the legacy filter.
  Status ReadCommon(std::string_view filter_member);
  // Filter and projection, in their place among the operation's own expressions.
  Status ParseFilter();
  Status ParseProjection();
  Status CheckSelect() const;
  bool on_index() const { return index_name_.has_value(); }
  const std::optional<std::string>& index_name() const { return index_name_; }

  // The keys to walk, ExclusiveStartKey not yet considered; checks that need the table. `schema` is of what is read.
  virtual Result<engine::Range> PlanRange(const table::KeySchema& schema) = 0;
  // An ExclusiveStartKey with attributes of the right names and types, against the range; its engine key is given.
  virtual Status CheckStartKey(const table::KeySchema& schema, const engine::Range& range,
                               std::string_view start_key) = 0;
  // What an ExclusiveStartKey with other attributes than the key's is answered.
  virtual Error StartKeyMismatch() const = 0;

  Call& call_;
  TableReference table_;
  std::unique_ptr<ExpressionInputs> inputs_;
  std::optional<model::Item> exclusive_start_key_;
  const expression::Condition* filter_ = nullptr;
  const expression::Projection* projection_ = nullptr;
  engine::Direction direction_ = engine::Direction::kForward;
  bool filter_may_use_keys_ = true;

 private:
  Status Plan();
  Status CheckStartKeyShape(const table::KeySchema& schema) const;
  Status CheckFilterAttributes(const table::KeySchema& schema) const;
  // Attributes of which the index holds nothing: an error of a global one, fetched for a local one.
  Status PlanFetching();
  void Run(std::shared_ptr<engine::Keyspace> keyspace);
  std::string MakeAnswer(const table::ReadResult& result);

  ReturnedCapacity returned_capacity_ = ReturnedCapacity::kNone;
  Select select_ = Select::kAbsent;
  bool consistent_ = false;
  uint64_t limit_ = UINT64_MAX;
  std::optional<std::string> index_name_;
  std::shared_ptr<const table::Table> found_;
  Charge charge_;
  const table::IndexRecord* index_ = nullptr;  // of found_; null: the table is read
  table::ReadRequest request_;
  AnswerDone done_;
};

}  // namespace basalt::operations::dynamodb

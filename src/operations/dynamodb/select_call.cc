// Pages of SELECT. A page of several partitions reads one after the other, or, where their items are to come as one
// sequence, has the next item of each at hand and takes the one that is first. Source: Developer Guide, "PartiQL
// select statements" and "PartiQL operators"; API reference, ExecuteStatement.
#include "operations/dynamodb/select_call.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "json/writer.h"
#include "model/item_json.h"
#include "model/key_encoding.h"
#include "model/limits.h"
#include "operations/dynamodb/charge.h"
#include "operations/dynamodb/item_facts.h"
#include "operations/dynamodb/next_token.h"
#include "operations/dynamodb/select_plan.h"
#include "table/capacity.h"

namespace basalt::operations::dynamodb {
namespace {

using expression::partiql::Access;

class SelectCall final : public PreparedCall {
 public:
  SelectCall(Call& call, StatementRequest request) : call_(call), request_(std::move(request)) {
    const json::Node& input = call_.input;
    returned_capacity_ = ReadReturnedCapacity(input);
    next_token_ = GetString(input, "NextToken");
    if (const auto limit = GetInteger(input, "Limit")) {
      limit_ = static_cast<uint64_t>(*limit);
    }
    accesses.push_back(AccessOf(request_));
  }

  AccessFacts FactsOf(size_t, const table::TableRecord* record) const override {
    AccessFacts facts = dynamodb::FactsOf(request_, record, call_.arena);
    facts.returned_capacity = NameOf(returned_capacity_);
    return facts;
  }

  void Execute(AnswerDone done) override {
    Result<SelectPlan> planned = PlanSelect(call_, request_);
    if (!planned.ok()) {
      return done(planned.TakeError());
    }
    select_ = *std::move(planned);
    if (Status resumed = FindWhereToRead(); !resumed.ok()) {
      return done(resumed.TakeError());
    }
    if (Status admitted = charge_.Admit(*select_.found, table::UnitKind::kRead, select_.index); !admitted.ok()) {
      return done(admitted.TakeError());
    }
    done_ = std::move(done);
    if (select_.plan.access == Access::kGet) {
      return Get();
    }
    WithKeyspace(call_, select_.found, [this](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
      if (!keyspace.ok()) {
        return Fail(keyspace.TakeError());
      }
      keyspace_ = *std::move(keyspace);
      if (select_.plan.merged) {
        ReadHeads(0);
      } else {
        ReadOn(first_);
      }
    });
  }

 private:
  // One of the partitions that are read as one sequence.
  struct Head {
    bool is_read = false;
    table::ReadResult next;  // one item, evaluated; none: there are no more
    std::string order;       // the item's place in the sequence
    table::ReadResult taken;
  };

  // ---- one item

  void Get() {
    GetSelected(call_, select_, [this](Result<table::ReadResult> result) {
      if (!result.ok()) {
        return Finish(result.TakeError());
      }
      Add(*result);
      units_ = select_.UnitsOf(*result);
      Finish(MakeAnswer());
    });
  }

  // ---- where to read

  Status FindWhereToRead() {
    if (select_.plan.access == Access::kGet) {
      return next_token_ ? Status(NextTokenMismatch()) : Status();  // one item has no second page
    }
    schema_.emplace(select_.found->record(), select_.index);
    FindRanges();
    return Resume();
  }

  void FindRanges() {
    if (select_.plan.access == Access::kScan) {
      ranges_.push_back(table::SegmentRange(0, 1, schema_->space()));
      return;
    }
    for (const expression::partiql::KeySelection& selection : select_.plan.selections) {
      ranges_.push_back(table::RangeOf(*schema_, expression::partiql::RangeOf(selection)));
    }
    if (ranges_.size() > 1) {
      limit_ = std::min(limit_, model::kPartitionsPageItemsMax);
    }
  }

  Status Resume() {
    if (!next_token_) {
      return {};
    }
    TRY_ASSIGN(const ReadPosition position, DecodeNextToken(*next_token_, TokenPurpose()));
    if (position.partition >= ranges_.size() || (position.key.empty() && select_.plan.merged)) {
      return NextTokenMismatch();
    }
    first_ = position.partition;
    if (position.key.empty()) {
      return {};
    }
    const Result<model::Item> key = schema_->Decode(position.key, call_.arena);
    if (!key.ok() || !table::Contains(ranges_[first_], position.key) || schema_->Encode(*key) != position.key) {
      return NextTokenMismatch();
    }
    if (select_.plan.merged) {
      SkipInOthers(*key);
    }
    ranges_[first_] = table::After(std::move(ranges_[first_]), select_.read.direction, position.key);
    return {};
  }

  // What stands before `key`, an item of the partition `first_`, in the sequence of all partitions was read. Between
  // equal sort keys the partitions' own order decides.
  void SkipInOthers(model::Item key) {
    const std::string sort = SortPart(key);
    for (size_t i = 0; i < ranges_.size(); ++i) {
      if (i == first_) {
        continue;
      }
      const std::string at = PrefixOf(i) + sort;
      const bool is_forward = select_.read.direction == engine::Direction::kForward;
      // Keys with this very sort key are left in the partitions that come later.
      const std::string bound = (i < first_) == is_forward ? table::PrefixEnd(at) : at;
      engine::Range& range = ranges_[i];
      if (is_forward) {
        range.begin = std::max(range.begin, bound);
      } else if (range.end.empty() || bound < range.end) {
        range.end = bound;
      }
    }
  }

  std::string PrefixOf(size_t partition) const {
    return schema_->Prefix(expression::partiql::RangeOf(select_.plan.selections[partition]));
  }

  // The bytes that order an item inside its partition, without what tells equal sort keys of an index apart.
  std::string SortPart(model::Item key) const {
    std::string bytes;
    for (const table::KeyAttribute& attribute : schema_->sort()) {
      model::AppendOrdered(bytes, *model::Find(key, attribute.name));
    }
    return bytes;
  }

  std::string TokenPurpose() const {
    const table::TableRecord& record = select_.found->record();
    std::string purpose;
    AppendLengthPrefixed(purpose, record.table_id);
    AppendBigEndian16(purpose, schema_->space());
    AppendLengthPrefixed(purpose, request_.text);
    for (const model::Value& parameter : request_.parameters) {
      std::string json;
      model::AppendJson(json, parameter);
      AppendLengthPrefixed(purpose, json);
    }
    return purpose;
  }

  // ---- one partition after the other

  void ReadOn(size_t partition) {
    table::ReadRequest read = select_.read;
    read.range = ranges_[partition];
    read.limit = limit_ - evaluated_;
    read.bytes_max = model::kPageBytesMax - std::min<uint64_t>(model::kPageBytesMax, page_bytes_);
    read.at_least_one = evaluated_ == 0;
    table::ReadItems(keyspace_, select_.found->record(), std::move(read), call_.loop,
                     [this, partition](Result<table::ReadResult> result) {
                       if (!result.ok()) {
                         return Fail(result.TakeError());
                       }
                       Add(*result);
                       // A partition that had no room on this page has cost nothing yet.
                       if (result->scanned_count > 0 || !result->more) {
                         units_.Add(select_.UnitsOf(*result));
                       }
                       if (result->more) {
                         next_ = ReadPosition{partition, std::move(result->last_key)};
                       } else if (partition + 1 < ranges_.size()) {
                         return ReadOn(partition + 1);
                       }
                       Finish(MakeAnswer());
                     });
  }

  // ---- all partitions as one sequence

  void ReadHeads(size_t from) {
    heads_.resize(ranges_.size());
    while (from < heads_.size() && heads_[from].is_read) {
      ++from;
    }
    if (from == heads_.size()) {
      return TakeHead();
    }
    table::ReadRequest read = select_.read;
    read.range = ranges_[from];
    read.limit = 1;
    table::ReadItems(keyspace_, select_.found->record(), std::move(read), call_.loop,
                     [this, from](Result<table::ReadResult> result) {
                       if (!result.ok()) {
                         return Fail(result.TakeError());
                       }
                       Head& head = heads_[from];
                       head.is_read = true;
                       head.next = *std::move(result);
                       if (head.next.scanned_count > 0) {
                         Arena arena;
                         Result<model::Item> key = schema_->Decode(head.next.last_key, arena);
                         if (!key.ok()) {
                           return Fail(key.TakeError());
                         }
                         head.order = SortPart(*key);
                       }
                       ReadHeads(from + 1);
                     });
  }

  // Every partition's next item is at hand.
  void TakeHead() {
    Head* first = nullptr;
    for (Head& head : heads_) {
      if (head.next.scanned_count > 0 && (first == nullptr || ComesBefore(head, *first))) {
        first = &head;
      }
    }
    if (first == nullptr) {
      return FinishSequence();
    }
    if (evaluated_ > 0 && page_bytes_ + first->next.page_bytes > model::kPageBytesMax) {
      next_ = ReadPosition{last_partition_, last_key_};
      return FinishSequence();
    }
    const auto partition = static_cast<size_t>(first - heads_.data());
    Add(first->next);
    first->taken.evaluated_bytes += first->next.evaluated_bytes;
    first->taken.fetched_units += first->next.fetched_units;
    first->taken.scanned_count += 1;
    last_partition_ = partition;
    if (evaluated_ == limit_) {
      next_ = ReadPosition{last_partition_, last_key_};
      return FinishSequence();
    }
    ranges_[partition] = table::After(std::move(ranges_[partition]), select_.read.direction, last_key_);
    first->is_read = false;
    ReadHeads(partition);
  }

  bool ComesBefore(const Head& head, const Head& other) const {
    return select_.read.direction == engine::Direction::kForward ? head.order < other.order : head.order > other.order;
  }

  // Each partition that gave something has cost as a query of its own.
  void FinishSequence() {
    for (const Head& head : heads_) {
      if (head.taken.scanned_count > 0) {
        units_.Add(select_.UnitsOf(head.taken));
      }
    }
    if (evaluated_ == 0) {
      units_.Add(select_.UnitsOf({}));
    }
    Finish(MakeAnswer());
  }

  // ---- the answer

  void Add(const table::ReadResult& result) {
    if (!items_json_.empty() && !result.items_json.empty()) {
      items_json_ += ',';
    }
    items_json_ += result.items_json;
    evaluated_ += result.scanned_count;
    page_bytes_ += result.page_bytes;
    if (!result.last_key.empty()) {
      last_key_ = result.last_key;
    }
  }

  void Fail(Error error) { Finish(FailureOn(call_, *select_.found, std::move(error))); }

  void Finish(Result<Answer> answer) {
    charge_.SetTo(units_);
    AnswerDone finished = std::move(done_);
    finished(std::move(answer));
  }

  Result<Answer> MakeAnswer() const {
    std::string body;
    body.reserve(items_json_.size() + 256);
    body += "{\"Items\":[";
    body += items_json_;
    body += ']';
    if (next_) {
      body += ",\"NextToken\":";
      json::AppendString(body, EncodeNextToken(*next_, TokenPurpose()));
      Arena arena;
      TRY_ASSIGN(const model::Item key, schema_->Decode(last_key_, arena));
      body += ",\"LastEvaluatedKey\":";
      model::AppendJson(body, key);
    }
    AppendConsumedCapacity(body, false, returned_capacity_, request_.table, units_);
    body += '}';
    return body;
  }

  Call& call_;
  const StatementRequest request_;
  ReturnedCapacity returned_capacity_ = ReturnedCapacity::kNone;
  std::optional<std::string_view> next_token_;
  uint64_t limit_ = UINT64_MAX;
  SelectPlan select_;
  std::optional<table::KeySchema> schema_;  // of what is read
  std::vector<engine::Range> ranges_;       // of each partition, or of the whole; what is left to be read
  size_t first_ = 0;                        // partition of this page
  std::shared_ptr<engine::Keyspace> keyspace_;
  std::vector<Head> heads_;
  AnswerDone done_;

  // The page so far.
  std::string items_json_;
  uint64_t evaluated_ = 0;
  uint64_t page_bytes_ = 0;
  ConsumedUnits units_;
  Charge charge_;
  std::string last_key_;  // that was passed
  size_t last_partition_ = 0;
  std::optional<ReadPosition> next_;  // none: this page is the last
};

}  // namespace

std::unique_ptr<PreparedCall> NewSelectCall(Call& call, StatementRequest request) {
  return std::make_unique<SelectCall>(call, std::move(request));
}

}  // namespace basalt::operations::dynamodb

// DescribeTable: a table as it is now, with its counters.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/table_description.h"
#include "table/item_write.h"

namespace basalt::operations::dynamodb {
namespace {

class DescribeTable final : public PreparedCall {
 public:
  explicit DescribeTable(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(table_, ReadTableReference(call_));
    accesses.push_back({table_.Arn(), table_.address.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    found_ = FindUsableTable(call_, table_);
    if (found_ == nullptr) {
      return done(WithoutCounters());
    }
    done_ = std::move(done);
    WithKeyspace(call_, found_, [this](Result<std::shared_ptr<engine::Keyspace>> keyspace) {
      if (!keyspace.ok()) {
        AnswerDone finished = std::move(done_);
        return finished(AnswerFailure(keyspace.TakeError()));
      }
      engine::Keyspace& used = **keyspace;
      used.Statistics(call_.loop, [this, held = *std::move(keyspace)](Result<engine::KeyspaceStatistics> statistics) {
        AnswerDone finished = std::move(done_);
        if (!statistics.ok()) {
          return finished(AnswerFailure(statistics.TakeError()));
        }
        const auto counter = [&statistics](uint16_t number) {
          return number < statistics->counters.size() ? statistics->counters[number] : 0;
        };
        finished(MakeAnswer({counter(table::kItemCountCounter), counter(table::kTableSizeCounter)}));
      });
    });
  }

 private:
  // Of a table that takes no items now, or that there is none.
  Result<Answer> WithoutCounters() {
    found_ = call_.tables.Find(table_.address);
    if (found_ == nullptr) {
      return table::NoSuchTable(table_.address);
    }
    return MakeAnswer({});
  }

  // The table may have been deleted since it was found.
  Result<Answer> AnswerFailure(Error error) {
    error = FailureOn(call_, *found_, std::move(error));
    return error.reason == Reason::kResourceNotFound ? WithoutCounters() : Result<Answer>(std::move(error));
  }

  std::string MakeAnswer(const TableTotals& totals) const {
    return "{\"Table\":" + TableDescriptionJson(found_->record(), totals, DescriptionUse::kDescribe) + "}";
  }

  Call& call_;
  TableReference table_;
  std::shared_ptr<const table::Table> found_;
  AnswerDone done_;
};

}  // namespace

Prepared PrepareDescribeTable(Call& call) {
  auto describe = std::make_unique<DescribeTable>(call);
  TRY(describe->Prepare());
  return describe;
}

}  // namespace basalt::operations::dynamodb

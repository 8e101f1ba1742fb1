// DescribeTable: a table as it is now, with its counters.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/table_description.h"
#include "operations/dynamodb/table_totals.h"
#include "table/table_state.h"

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
    ReadTotals(call_, found_, [this](Result<TableTotals> totals) {
      AnswerDone finished = std::move(done_);
      if (totals.ok()) {
        return finished(MakeAnswer(*totals));
      }
      // The table may have been deleted since it was found.
      finished(totals.error().reason == Reason::kResourceNotFound ? WithoutCounters() : totals.TakeError());
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

  std::string MakeAnswer(const TableTotals& totals) const {
    return "{\"Table\":" +
           TableDescriptionJson(found_->record(), totals, DescriptionUse::kDescribe, call_.services.clock.WallMs()) +
           "}";
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

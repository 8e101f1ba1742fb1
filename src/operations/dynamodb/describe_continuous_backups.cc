// DescribeContinuousBackups: the service calls them ENABLED for every table, whether or not point-in-time recovery is;
// no table has that.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"

namespace basalt::operations::dynamodb {
namespace {

class DescribeContinuousBackups final : public PreparedCall {
 public:
  explicit DescribeContinuousBackups(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(table_, ReadTableReference(call_));
    accesses.push_back({table_.Arn(), table_.address.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    if (FindUsableTable(call_, table_) == nullptr) {
      return done(Error(Reason::kTableNotFound, "Table not found: " + table_.address.name));
    }
    done(R"({"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":)"
         R"({"PointInTimeRecoveryStatus":"DISABLED"}}})");
  }

 private:
  Call& call_;
  TableReference table_;
};

}  // namespace

Prepared PrepareDescribeContinuousBackups(Call& call) {
  auto describe = std::make_unique<DescribeContinuousBackups>(call);
  TRY(describe->Prepare());
  return describe;
}

}  // namespace basalt::operations::dynamodb

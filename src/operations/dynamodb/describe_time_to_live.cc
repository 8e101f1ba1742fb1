// DescribeTimeToLive: by which attribute items expire, if they do.
#include <fmt/format.h>

#include "json/writer.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"

namespace basalt::operations::dynamodb {
namespace {

class DescribeTimeToLive final : public PreparedCall {
 public:
  explicit DescribeTimeToLive(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(table_, ReadTableReference(call_));
    accesses.push_back({table_.Arn(), table_.address.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    const std::shared_ptr<const table::Table> found = call_.tables.Find(table_.address);
    if (found == nullptr) {
      return done(table::NoSuchTable(table_.address));
    }
    const table::TableStatus status = found->record().status;
    if (status == table::TableStatus::kCreating || status == table::TableStatus::kDeleting) {
      return done(Error(Reason::kValidation,
                        fmt::format("Cannot describe time to live while table is in {0} state: Current table state is "
                                    "{0}",
                                    table::StatusName(status))));
    }
    const std::optional<table::ExpiryRecord>& expiry = found->record().expiry;
    if (!expiry) {
      return done(R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
    }
    std::string body = R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":)";
    json::AppendString(body, expiry->attribute);
    done(body + "}}");
  }

 private:
  Call& call_;
  TableReference table_;
};

}  // namespace

Prepared PrepareDescribeTimeToLive(Call& call) {
  auto describe = std::make_unique<DescribeTimeToLive>(call);
  TRY(describe->Prepare());
  return describe;
}

}  // namespace basalt::operations::dynamodb

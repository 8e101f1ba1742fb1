// ListTables: names of the caller's tables in this region, in byte order, page by page.
#include "json/writer.h"
#include "operations/dynamodb/handlers.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr int64_t kNamesPerPageMax = 100;

class ListTables final : public PreparedCall {
 public:
  explicit ListTables(Call& call) : call_(call) {}

  Status Prepare() {
    start_ = {call_.caller.account_id, call_.region,
              std::string(GetString(call_.input, "ExclusiveStartTableName").value_or(""))};
    limit_ = static_cast<size_t>(GetInteger(call_.input, "Limit").value_or(kNamesPerPageMax));
    accesses.push_back(
        {"arn:aws:dynamodb:" + call_.region + ":" + call_.caller.account_id + ":table/*", call_.caller.account_id});
    return {};
  }

  void Execute(AnswerDone done) override {
    const table::TableMap& tables = call_.tables.All();
    const auto in_scope = [&](auto at) {
      return at != tables.end() && at->first.account == start_.account && at->first.region == start_.region;
    };
    std::string body;
    json::Writer writer(body);
    writer.BeginObject();
    writer.Key("TableNames");
    writer.BeginArray();
    auto at = tables.upper_bound(start_);
    std::string_view last;
    for (size_t count = 0; count < limit_ && in_scope(at); ++count, ++at) {
      last = at->first.name;
      writer.String(last);
    }
    writer.EndArray();
    if (in_scope(at)) {
      writer.Key("LastEvaluatedTableName");
      writer.String(last);
    }
    writer.EndObject();
    done(std::move(body));
  }

 private:
  Call& call_;
  table::TableAddress start_;
  size_t limit_ = 0;
};

}  // namespace

Prepared PrepareListTables(Call& call) {
  auto list = std::make_unique<ListTables>(call);
  TRY(list->Prepare());
  return list;
}

}  // namespace basalt::operations::dynamodb

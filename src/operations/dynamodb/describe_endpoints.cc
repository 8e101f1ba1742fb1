// DescribeEndpoints: where to send requests: to where this one was sent.
#include "json/writer.h"
#include "operations/dynamodb/handlers.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr int64_t kCachePeriodMinutes = 1440;

class DescribeEndpoints final : public PreparedCall {
 public:
  explicit DescribeEndpoints(Call& call) : call_(call) { accesses.push_back({"*", call_.caller.account_id}); }

  void Execute(AnswerDone done) override {
    std::string body;
    json::Writer writer(body);
    writer.BeginObject();
    writer.Key("Endpoints");
    writer.BeginArray();
    writer.BeginObject();
    writer.Key("Address");
    writer.String(call_.host);
    writer.Key("CachePeriodInMinutes");
    writer.Integer(kCachePeriodMinutes);
    writer.EndObject();
    writer.EndArray();
    writer.EndObject();
    done(std::move(body));
  }

 private:
  Call& call_;
};

}  // namespace

Prepared PrepareDescribeEndpoints(Call& call) { return std::make_unique<DescribeEndpoints>(call); }

}  // namespace basalt::operations::dynamodb

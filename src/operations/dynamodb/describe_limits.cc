// DescribeLimits: the quotas of capacity units.
#include "json/writer.h"
#include "operations/dynamodb/handlers.h"

namespace basalt::operations::dynamodb {
namespace {

class DescribeLimits final : public PreparedCall {
 public:
  explicit DescribeLimits(Call& call) : call_(call) {
    accesses.push_back({"*", call_.caller.account_id});  // no resource narrows it
  }

  void Execute(AnswerDone done) override {
    const table::Quotas& quotas = call_.services.catalogue.quotas();
    std::string body;
    json::Writer writer(body);
    writer.BeginObject();
    for (const auto& [name, value] : {std::pair("AccountMaxReadCapacityUnits", quotas.account_read_units_max),
                                      std::pair("AccountMaxWriteCapacityUnits", quotas.account_write_units_max),
                                      std::pair("TableMaxReadCapacityUnits", quotas.table_read_units_max),
                                      std::pair("TableMaxWriteCapacityUnits", quotas.table_write_units_max)}) {
      writer.Key(name);
      writer.Integer(value);
    }
    writer.EndObject();
    done(std::move(body));
  }

 private:
  Call& call_;
};

}  // namespace

Prepared PrepareDescribeLimits(Call& call) { return std::make_unique<DescribeLimits>(call); }

}  // namespace basalt::operations::dynamodb

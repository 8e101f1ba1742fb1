// UpdateTimeToLive. What the table's state and settings allow is checked twice: at once, so that a table under way is
// reported as such and not waited for, and in its turn on the catalogue's thread.
#include <fmt/format.h>

#include "json/writer.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"
#include "table/time_to_live.h"

namespace basalt::operations::dynamodb {
namespace {

class UpdateTimeToLive final : public PreparedCall {
 public:
  explicit UpdateTimeToLive(Call& call) : call_(call) {}

  Status Prepare() {
    const json::Node& specification = *call_.input.Find("TimeToLiveSpecification");
    time_to_live_.enabled = *GetBool(specification, "Enabled");
    time_to_live_.attribute = *GetString(specification, "AttributeName");
    TRY_ASSIGN(table_, ReadTableReference(call_));
    accesses.push_back({table_.Arn(), table_.address.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    const std::shared_ptr<const table::Table> found = call_.tables.Find(table_.address);
    if (Result<table::TableRecord> allowed = Change(found == nullptr ? nullptr : &found->record()); !allowed.ok()) {
      return done(allowed.TakeError());
    }
    call_.services.catalogue.Update(
        table_.address, [this](const table::TableRecord* current) { return Change(current); }, call_.loop,
        [this, done = std::move(done)](Result<table::ChangedRecord> changed) mutable {
          done(changed.ok() ? Result<Answer>(MakeAnswer()) : Result<Answer>(changed.TakeError()));
        });
  }

 private:
  Result<table::TableRecord> Change(const table::TableRecord* current) const {
    return table::WithTimeToLive(current, table_.address, time_to_live_, call_.services.clock.WallMs(),
                                 call_.services.time_to_live_cooldown_ms);
  }

  Answer MakeAnswer() const {
    Answer answer =
        fmt::format(R"({{"TimeToLiveSpecification":{{"Enabled":{},"AttributeName":)", time_to_live_.enabled);
    json::AppendString(answer, time_to_live_.attribute);
    return answer + "}}";
  }

  Call& call_;
  TableReference table_;
  table::TimeToLive time_to_live_;
};

}  // namespace

Prepared PrepareUpdateTimeToLive(Call& call) {
  auto update = std::make_unique<UpdateTimeToLive>(call);
  TRY(update->Prepare());
  return update;
}

}  // namespace basalt::operations::dynamodb

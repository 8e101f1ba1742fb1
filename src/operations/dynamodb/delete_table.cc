// DeleteTable: the table's key goes at once and durably, its directory soon after.
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/table_description.h"

namespace basalt::operations::dynamodb {
namespace {

class DeleteTable final : public PreparedCall {
 public:
  explicit DeleteTable(Call& call) : call_(call) {}

  Status Prepare() {
    TRY_ASSIGN(table_, ReadTableReference(call_));
    accesses.push_back({table_.Arn(), table_.address.account});
    return {};
  }

  void Execute(AnswerDone done) override {
    call_.services.catalogue.Delete(
        table_.address, call_.loop,
        [this, done = std::move(done)](Result<std::shared_ptr<const table::TableRecord>> deleted) mutable {
          if (!deleted.ok()) {
            return done(deleted.TakeError());
          }
          done("{\"TableDescription\":" +
               TableDescriptionJson(**deleted, {}, DescriptionUse::kDelete, call_.services.clock.WallMs()) + "}");
        });
  }

 private:
  Call& call_;
  TableReference table_;
};

}  // namespace

Prepared PrepareDeleteTable(Call& call) {
  auto deletion = std::make_unique<DeleteTable>(call);
  TRY(deletion->Prepare());
  return deletion;
}

}  // namespace basalt::operations::dynamodb

// DeleteTable: the table's key goes at once and durably, its directory soon after. What its streams hold is put under a
// key of its own before that.
#include <optional>
#include <utility>

#include "crypto/random.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/request.h"
#include "operations/dynamodb/table_description.h"
#include "operations/dynamodb/table_settings.h"

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
    table::FeedArchive archive{
        .table_id = crypto::RandomUuid(), .keyspace = NewTableKeyspace(), .wrapped_table_key = {}};
    Result<keys::TableKey> key = call_.services.service_keys.NewTableKey(
        {table_.address.account, table_.address.region, table_.address.name, archive.table_id});
    if (key.ok()) {
      archive.wrapped_table_key = std::move(key->wrapped);
    }
    // No key was ever made where there never was a table.
    std::optional<table::FeedArchive> kept = key.ok() ? std::optional(std::move(archive)) : std::nullopt;
    call_.services.catalogue.Delete(
        table_.address, call_.loop,
        [this, done = std::move(done)](Result<std::shared_ptr<const table::TableRecord>> deleted) mutable {
          if (!deleted.ok()) {
            return done(deleted.TakeError());
          }
          done("{\"TableDescription\":" +
               TableDescriptionJson(**deleted, {}, DescriptionUse::kDelete, call_.services.clock.WallMs()) + "}");
        },
        std::move(kept));
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

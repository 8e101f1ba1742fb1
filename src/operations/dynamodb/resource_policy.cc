// Resource policies of requests and of tables.
#include "operations/dynamodb/resource_policy.h"

#include <fmt/format.h>

#include <utility>

#include "model/arn.h"
#include "model/validation_error.h"
#include "operations/actions.h"
#include "policy/guards.h"

namespace basalt::operations::dynamodb {
namespace {

using model::InvalidParameter;

Error InvalidArn(model::TableArnDefect defect, std::string_view arn) {
  switch (defect) {
    case model::TableArnDefect::kPartition:
    case model::TableArnDefect::kRegion:
    case model::TableArnDefect::kAccount:
    case model::TableArnDefect::kName:
      return InvalidParameter(fmt::format("Invalid resource Arn: {}", arn));
    case model::TableArnDefect::kNone:
    case model::TableArnDefect::kMalformed:
    case model::TableArnDefect::kService:
    case model::TableArnDefect::kResourceType:
      break;
  }
  return NotADynamoDbArn(arn);
}

}  // namespace

Result<NamedResource> ReadPolicyTarget(const Call& call) {
  TRY_ASSIGN(NamedResource target, ReadNamedResource(call, InvalidArn));
  if (target.table.account != call.caller.account_id) {
    return Error(Reason::kValidation,
                 "This action is only supported by accounts that match the resource owner\u2019s account.");
  }
  return target;
}

Result<const table::PolicyRecord*> FindPolicy(Call& call, const NamedResource& target) {
  const table::Table* const table = call.tables.Look(target.table.view());
  return table::FindPolicy(table == nullptr ? nullptr : &table->record(), target.table, target.stream);
}

Result<NewPolicy> ReadPolicy(const Call& call, policy::DocumentKind kind, std::string_view text) {
  TRY_ASSIGN(policy::Document document, policy::Document::Parse(kind, text, &Actions()));
  NewPolicy read;
  TRY_ASSIGN(read.form, policy::Canonicalize(kind, text, [&call](std::string_view principal) {
               return BindPrincipal(call.services, principal);
             }));
  TRY(policy::CheckNotPublic(document));
  read.document = std::make_shared<const policy::Document>(std::move(document));
  return read;
}

policy::DocumentKind KindOf(const NamedResource& target) {
  return target.stream.empty() ? policy::DocumentKind::kTable : policy::DocumentKind::kStream;
}

std::string RevisionJson(const table::PolicyRecord& policy) {
  return policy.revision_ms == 0 ? "{}" : fmt::format(R"({{"RevisionId":"{}"}})", policy.RevisionId());
}

void ChangePolicy(Call& call, const NamedResource& target, table::PolicyChange change, AnswerDone done) {
  if (auto found = FindPolicy(call, target); !found.ok()) {
    return done(found.TakeError());
  }
  change.stream = target.stream;
  auto change_record = [&services = call.services, address = target.table,
                        change = std::move(change)](const table::TableRecord* current) {
    return table::WithPolicy(current, address, change, services.clock.WallMs(), services.policy_update_cooldown_ms);
  };
  call.services.catalogue.Update(
      target.table, std::move(change_record), call.loop,
      [&call, target, done = std::move(done)](Result<table::ChangedRecord> changed) mutable {
        if (!changed.ok()) {
          return done(changed.TakeError());
        }
        const auto before = table::FindPolicy(changed->before.get(), target.table, target.stream);
        if (before.ok() && (*before)->IsSet()) {
          call.replaced_revision = (*before)->RevisionId();
        }
        auto policy = table::FindPolicy(changed->after.get(), target.table, target.stream);
        done(policy.ok() ? Result<Answer>(RevisionJson(**policy)) : Result<Answer>(policy.TakeError()));
      });
}

}  // namespace basalt::operations::dynamodb

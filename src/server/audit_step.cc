// From calls to records.
#include "server/audit_step.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "audit/record.h"
#include "crypto/random.h"
#include "identity/principal.h"
#include "operations/logged_answer.h"
#include "operations/logged_request.h"

namespace basalt::server {
namespace {

using operations::Protocol;

// The version of its API that a service's target names, as in DynamoDB_20120810; of a query service, its own.
std::string ApiVersion(const operations::Service& service) {
  const size_t underscore = service.target_prefix.find('_');
  if (underscore == std::string_view::npos) {
    return std::string(service.version);
  }
  std::string digits(service.target_prefix.substr(underscore + 1));
  if (digits.size() == 8) {
    digits.insert(6, "-").insert(4, "-");
  }
  return digits;
}

std::string_view TypeOf(policy::CallerKind kind) {
  switch (kind) {
    case policy::CallerKind::kRoot:
      return "Root";
    case policy::CallerKind::kUser:
      return "IAMUser";
    case policy::CallerKind::kRoleSession:
      return "AssumedRole";
    case policy::CallerKind::kFederatedUser:
      return "FederatedUser";
    case policy::CallerKind::kService:
      return "AWSService";
    case policy::CallerKind::kWebIdentity:
      return "WebIdentityUser";
  }
  BASALT_CHECK(false);
}

// Views of the caller, which outlives what is made of it.
audit::UserIdentity IdentityOf(const operations::Caller& caller) {
  const identity::Principal& principal = *caller.principal;
  const policy::Caller& known = principal.caller();
  audit::UserIdentity identity;
  identity.type = TypeOf(known.kind);
  identity.principal_id = principal.user_id();
  identity.arn = caller.principal_arn;
  identity.account_id = caller.account_id;
  identity.access_key_id = caller.access_key_id;
  identity.user_name = principal.user_name();
  if (!principal.is_session()) {
    return identity;
  }
  const identity::SessionClaims& session = principal.session();
  identity.session_began_ms = session.issued_ms;
  identity.source_identity = session.source_identity;
  if (session.kind == identity::SessionKind::kAssumedRole || session.kind == identity::SessionKind::kFederatedUser) {
    const std::string_view arn = known.entity_arn;
    identity.issuer = {session.issuer_id.empty()                             ? "Root"
                       : session.kind == identity::SessionKind::kAssumedRole ? "Role"
                                                                             : "IAMUser",
                       known.entity_id, arn, session.account,
                       session.issuer_id.empty() ? std::string_view() : arn.substr(arn.rfind('/') + 1)};
  }
  return identity;
}

// As the owner of a resource may know a caller from another account.
audit::UserIdentity ForOthers(const audit::UserIdentity& caller) {
  audit::UserIdentity identity;
  identity.type = "AWSAccount";
  identity.principal_id = caller.principal_id;
  identity.account_id = caller.account_id;
  return identity;
}

std::string_view TypeOf(std::string_view arn) {
  struct Form {
    std::string_view service;
    std::string_view part;
    std::string_view type;
  };
  static constexpr Form kForms[] = {
      {":dynamodb:", "/stream/", "AWS::DynamoDB::Stream"},
      {":dynamodb:", ":table/", "AWS::DynamoDB::Table"},
      {":kms:", ":key/", "AWS::KMS::Key"},
      {":iam:", ":role/", "AWS::IAM::Role"},
  };
  for (const Form& form : kForms) {
    if (arn.find(form.service) != std::string_view::npos && arn.find(form.part) != std::string_view::npos) {
      return form.type;
    }
  }
  return {};
}

// One a table, and only what exists by a name; with `owner` its own alone.
std::vector<audit::EventResource> ResourcesOf(const operations::PreparedCall* prepared,
                                              std::optional<std::string_view> owner) {
  std::vector<audit::EventResource> resources;
  if (prepared == nullptr) {
    return resources;
  }
  std::set<std::string_view> seen;
  for (const operations::Access& access : prepared->accesses) {
    const std::string_view arn = std::string_view(access.resource_arn).substr(0, access.resource_arn.find("/index/"));
    const std::string_view type = TypeOf(arn);
    const bool is_wanted = !type.empty() && arn.find('*') == std::string_view::npos &&
                           (!owner || access.account_id == *owner) && seen.insert(arn).second;
    if (is_wanted) {
      resources.push_back({std::string(type), std::string(arn), access.account_id});
    }
  }
  return resources;
}

std::set<std::string_view> OtherOwners(const AuditedCall& audited) {
  std::set<std::string_view> owners;
  if (audited.prepared != nullptr) {
    for (const operations::Access& access : audited.prepared->accesses) {
      if (access.account_id != audited.call.caller.account_id) {
        owners.insert(access.account_id);
      }
    }
  }
  return owners;
}

// What no policy was asked about is allowed to the root user; an operation may also have decided by itself.
audit::DecisionNote NoteOf(const AuditedCall& audited) {
  const operations::DecidedBy& decided = audited.call.decided;
  const bool has_accesses = audited.prepared != nullptr && !audited.prepared->accesses.empty();
  audit::DecisionNote note;
  note.allowed = !decided.denied && (audited.error == nullptr || audited.error->reason != Reason::kAccessDenied);
  note.layer = decided.is_known || (has_accesses && note.allowed) ? policy::LayerName(decided.layer) : "";
  note.action = decided.action;
  note.resource = decided.resource;
  note.policy = decided.policy;
  note.statement = decided.statement;
  note.statement_number = decided.statement_number;
  return note;
}

std::string HeaderOf(const operations::Call& call, std::string_view name) {
  return call.origin == nullptr ? std::string() : std::string(call.origin->FindHeader(name).value_or(""));
}

}  // namespace

std::vector<audit::Entry> AuditStep::MakeRecords(const AuditedCall& audited) const {
  operations::Call& call = audited.call;
  const operations::Operation& operation = audited.operation;
  const bool is_data = operations::IsDataEvent(audited.service, operation);
  const std::string source = std::string(audited.service.name) + ".amazonaws.com";
  const std::string api_version = ApiVersion(audited.service);
  const operations::Route route = call.origin == nullptr ? operations::Route() : call.origin->FindRoute();
  const std::string user_agent = HeaderOf(call, "user-agent");
  std::string error_text;

  audit::Event event;
  event.identity = IdentityOf(call.caller);
  event.time_ms = clock_.WallMs();
  event.source = source;
  event.name = operation.name;
  event.region = call.region;
  event.source_address = route.address;
  event.user_agent = user_agent;
  if (audited.error != nullptr) {
    const operations::WireError& wire = operations::WireErrorOf(*audited.error, audited.service.error_style);
    event.error_code = audited.service.protocol == Protocol::kQuery ? wire.query_code : wire.name;
    error_text = operations::LoggedErrorText(call, operation, operations::PublicText(*audited.error));
    event.error_message = error_text;
  }
  event.read_only = operations::IsReadOnly(operation);
  if (audited.answer != nullptr && !is_data && !event.read_only) {
    event.answer = audited.service.protocol == Protocol::kQuery ? operations::LoggedXmlAnswer(*audited.answer)
                                                                : operations::LoggedJsonAnswer(*audited.answer);
  }
  event.replaced_revision = call.replaced_revision;
  event.request_id = audited.request_id;
  event.is_management = !is_data;
  event.api_version = api_version;
  event.vpc_endpoint = route.endpoint;
  if (route.secure) {
    event.tls = audit::TlsDetails{.version = {}, .cipher_suite = {}, .host = call.host};
  }
  event.decision = NoteOf(audited);

  const std::set<std::string_view> others = OtherOwners(audited);
  const std::string shared_id = others.empty() ? std::string() : crypto::RandomUuid();
  event.shared_event_id = shared_id;
  std::vector<audit::Entry> entries;
  const auto add = [&](std::string_view account, std::optional<std::string_view> owner) {
    event.event_id = crypto::RandomUuid();
    event.recipient_account = account;
    event.parameters = operations::LoggedParameters(call, operation, owner);
    event.resources = ResourcesOf(audited.prepared, owner);
    std::string json = audit::MakeRecord(event);
    BASALT_CHECK(json.size() <= audit::kRecordBytesMax);
    entries.push_back({event.time_ms, is_data ? audit::RecordKind::kData : audit::RecordKind::kManagement,
                       std::string(account), std::move(json)});
  };
  add(call.caller.account_id, {});
  event.identity = ForOthers(event.identity);
  for (const std::string_view account : others) {
    add(account, account);
  }
  return entries;
}

void AuditStep::Write(std::vector<audit::Entry> records, UniqueFunction<void(Status)> done) {
  const bool strict = settings_.strict;
  settings_.log->Append(
      std::move(records), strict ? audit::Durability::kSynced : audit::Durability::kWritten, loop_,
      [strict, done = std::move(done)](Status written) mutable { done(strict ? std::move(written) : Status()); });
}

}  // namespace basalt::server

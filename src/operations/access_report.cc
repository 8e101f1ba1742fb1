#include "operations/access_report.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "json/writer.h"
#include "model/arn.h"
#include "operations/actions.h"
#include "operations/principals.h"
#include "policy/canonical.h"

namespace basalt::operations {
namespace {

Result<std::vector<policy::Grant>> ReadGrants(const Services& services, policy::DocumentKind kind,
                                              const table::PolicyRecord& policy, std::string_view owner) {
  TRY_ASSIGN(const policy::CanonicalForm shown,
             policy::Canonicalize(kind, policy.text, [&services](std::string_view stored) {
               return std::optional(ShowPrincipal(services, stored));
             }));
  return policy::GrantsOf(kind, shown.text, Actions(), owner, CrossesAccounts);
}

void Add(const Services& services, policy::DocumentKind kind, const table::PolicyRecord& policy, std::string arn,
         std::string_view owner, AccessReport& report) {
  if (!policy.IsSet()) {
    return;
  }
  AccessReport::Policy& added = report.policies.emplace_back();
  added.resource_arn = std::move(arn);
  added.revision = policy.RevisionId();
  Result<std::vector<policy::Grant>> grants = ReadGrants(services, kind, policy, owner);
  added.is_unreadable = !grants.ok();
  if (grants.ok()) {
    added.grants = *std::move(grants);
  }
}

Error Missing(std::string_view table) { return {Reason::kNotFound, "there is no table " + std::string(table)}; }

Result<const table::TableRecord*> FindTable(const table::TableMap& tables, std::string_view table) {
  if (model::LooksLikeArn(table)) {
    const model::ParsedTableArn parsed = model::ParseTableArn(table);
    if (parsed.defect != model::TableArnDefect::kNone || parsed.arn->kind != model::TableArnKind::kTable) {
      return Error(Reason::kInvalidArgument, "\"" + std::string(table) + "\" is not the ARN of a table");
    }
    const auto found =
        tables.find(table::TableAddressView{parsed.arn->account, parsed.arn->region, parsed.arn->name.text()});
    return found == tables.end() ? Result<const table::TableRecord*>(Missing(table)) : &found->second->record();
  }
  const table::TableRecord* only = nullptr;
  for (const auto& [address, candidate] : tables) {
    if (address.name == table && only != nullptr) {
      return Error(Reason::kInvalidArgument, "several tables are called \"" + std::string(table) + "\"");
    }
    only = address.name == table ? &candidate->record() : only;
  }
  return only == nullptr ? Result<const table::TableRecord*>(Missing(table)) : only;
}

void WriteTexts(json::Writer& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.Key(name);
  writer.BeginArray();
  for (const std::string& text : texts) {
    writer.String(text);
  }
  writer.EndArray();
}

void WriteGrant(json::Writer& writer, const policy::Grant& grant) {
  writer.BeginObject();
  writer.Key("effect");
  writer.String(grant.effect == policy::Effect::kAllow ? "Allow" : "Deny");
  writer.Key("principal");
  writer.String(grant.principal);
  if (!grant.account.empty()) {
    writer.Key("account");
    writer.String(grant.account);
  }
  writer.Key("external");
  writer.Bool(grant.is_external);
  writer.Key("public");
  writer.Bool(grant.is_public);
  writer.Key("needs_identity_policy");
  writer.Bool(grant.needs_identity_policy);
  WriteTexts(writer, "actions", grant.actions);
  WriteTexts(writer, grant.other_resources ? "not_resources" : "resources", grant.resources);
  if (!grant.conditions.empty()) {
    writer.Key("conditions");
    writer.Raw(grant.conditions);
  }
  writer.Key("statement");
  writer.Integer(int64_t{grant.statement} + 1);
  if (!grant.sid.empty()) {
    writer.Key("sid");
    writer.String(grant.sid);
  }
  writer.EndObject();
}

}  // namespace

bool AccessReport::IsPublic() const {
  return std::any_of(policies.begin(), policies.end(), [](const Policy& policy) {
    return std::any_of(policy.grants.begin(), policy.grants.end(),
                       [](const policy::Grant& grant) { return grant.is_public; });
  });
}

Result<AccessReport> ReportAccess(const Services& services, std::string_view table) {
  const std::shared_ptr<const table::TableMap> tables = services.catalogue.tables().Load();
  TRY_ASSIGN(const table::TableRecord* const found, FindTable(*tables, table));
  const table::TableRecord& record = *found;
  AccessReport report;
  report.table_arn = record.Arn();
  Add(services, policy::DocumentKind::kTable, record.policy, report.table_arn, record.address.account, report);
  for (const table::StreamRecord& stream : record.streams) {
    Add(services, policy::DocumentKind::kStream, stream.policy, report.table_arn + "/stream/" + stream.label,
        record.address.account, report);
  }
  return report;
}

std::string ToJson(const AccessReport& report) {
  std::string text;
  json::Writer writer(text);
  writer.BeginObject();
  writer.Key("table");
  writer.String(report.table_arn);
  writer.Key("public");
  writer.Bool(report.IsPublic());
  writer.Key("policies");
  writer.BeginArray();
  for (const AccessReport::Policy& policy : report.policies) {
    writer.BeginObject();
    writer.Key("resource");
    writer.String(policy.resource_arn);
    writer.Key("revision");
    writer.String(policy.revision);
    writer.Key("unreadable");
    writer.Bool(policy.is_unreadable);
    writer.Key("grants");
    writer.BeginArray();
    for (const policy::Grant& grant : policy.grants) {
      WriteGrant(writer, grant);
    }
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return text;
}

}  // namespace basalt::operations

// Grants of policies, and what all policies together let each principal do.
#include "operations/access_report.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "identity/organization.h"
#include "identity/principal.h"
#include "json/writer.h"
#include "model/arn.h"
#include "operations/actions.h"
#include "operations/principals.h"
#include "policy/canonical.h"
#include "policy/evaluate.h"
#include "policy/supposition.h"

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

// Asks all policies that apply to each principal, with every condition supposed to turn out for it and against it.
class Survey {
 public:
  Survey(const Services& services, const table::Table& table, AccessReport& report)
      : identities_(services.directory.snapshots().Load()), table_(table), report_(report) {}

  void Run() {
    for (const std::string& account : Accounts()) {
      Ask(*identity::Principal::RootOf(*identities_, account), identity::RootArn(account));
      const std::shared_ptr<const identity::Members> members = identities_->Find(account);
      if (members == nullptr) {
        continue;  // of a dev server, which has heard of it by a key alone
      }
      for (const auto& [name, user] : members->users.by_name()) {
        Ask(*identity::Principal::OfUser(*identities_, account, user->id), identity::ArnOf(account, *user));
      }
      for (const auto& [name, role] : members->roles.by_name()) {
        Ask(*identity::Principal::OfRole(*identities_, account, role->id), identity::ArnOf(account, *role));
      }
    }
  }

 private:
  // The owner's, and those that a statement lets in.
  std::set<std::string> Accounts() const {
    std::set<std::string> accounts = {table_.record().address.account};
    bool is_for_all = false;
    for (const AccessReport::Policy& policy : report_.policies) {
      for (const policy::Grant& grant : policy.grants) {
        if (grant.effect == policy::Effect::kAllow && !grant.account.empty()) {
          accounts.insert(grant.account);
        }
        is_for_all = is_for_all || (grant.effect == policy::Effect::kAllow && grant.is_for_everybody);
      }
    }
    if (is_for_all) {
      for (const identity::Account& account : identities_->ListAccounts()) {
        accounts.insert(account.id);
      }
    }
    return accounts;
  }

  void Ask(const identity::Principal& principal, const std::string& arn) {
    const table::TableRecord& record = table_.record();
    AskFor(principal, arn, report_.table_arn, table_.policy(), policy::DocumentKind::kTable);
    for (const table::IndexRecord& index : record.indexes) {
      AskFor(principal, arn, report_.table_arn + "/index/" + index.name, table_.policy(), policy::DocumentKind::kTable);
    }
    for (const table::StreamRecord& stream : record.streams) {
      AskFor(principal, arn, report_.table_arn + "/stream/" + stream.label, table_.StreamPolicy(stream.label),
             policy::DocumentKind::kStream);
    }
  }

  void AskFor(const identity::Principal& principal, const std::string& arn, const std::string& resource_arn,
              const policy::Document* policy, policy::DocumentKind kind) {
    policy::Policies policies = principal.policies();
    policies.resource = policy;
    policies.resource_control = identity::ResourceControlOf(*identities_, table_.record().address.account);
    const policy::Policies best = best_.Of(policies);
    const policy::Policies worst = worst_.Of(policies);
    const policy::Resource resource = policy::Resource::Of(resource_arn);
    AccessReport::Reach reach = {arn, principal.account(), resource_arn, {}, {}};
    for (size_t number = 0; number < Actions().size(); ++number) {
      const policy::KnownAction& row = Actions().row(number);
      const policy::Action& action = Actions().action(number);
      const bool is_index = resource_arn.find("/index/") != std::string::npos;
      if (kind == policy::DocumentKind::kTable ? !row.for_tables || (is_index && !IsOnIndexes(action))
                                               : !row.for_streams) {
        continue;
      }
      const policy::Request request = {
          principal.caller(), action, resource, table_.record().address.account, nothing_, CrossesAccounts(action)};
      if (policy::Evaluate(request, worst).allowed) {
        reach.actions.push_back(row.name);
      } else if (policy::Evaluate(request, best).allowed) {
        reach.conditional_actions.push_back(row.name);
      }
    }
    if (!reach.actions.empty() || !reach.conditional_actions.empty()) {
      std::sort(reach.actions.begin(), reach.actions.end());
      std::sort(reach.conditional_actions.begin(), reach.conditional_actions.end());
      report_.reach.push_back(std::move(reach));
    }
  }

  const std::shared_ptr<const identity::Snapshot> identities_;
  const table::Table& table_;
  AccessReport& report_;
  policy::Supposed best_{policy::Supposition::kBest};
  policy::Supposed worst_{policy::Supposition::kWorst};
  const policy::ContextTable nothing_;
};

Error Missing(std::string_view table) { return {Reason::kNotFound, "there is no table " + std::string(table)}; }

Result<std::shared_ptr<const table::Table>> FindTable(const table::TableMap& tables, std::string_view table) {
  if (model::LooksLikeArn(table)) {
    const model::ParsedTableArn parsed = model::ParseTableArn(table);
    if (parsed.defect != model::TableArnDefect::kNone || parsed.arn->kind != model::TableArnKind::kTable) {
      return Error(Reason::kInvalidArgument, "\"" + std::string(table) + "\" is not the ARN of a table");
    }
    const auto found =
        tables.find(table::TableAddressView{parsed.arn->account, parsed.arn->region, parsed.arn->name.text()});
    if (found == tables.end()) {
      return Missing(table);
    }
    return found->second;
  }
  std::shared_ptr<const table::Table> only;
  for (const auto& [address, candidate] : tables) {
    if (address.name == table && only != nullptr) {
      return Error(Reason::kInvalidArgument, "several tables are called \"" + std::string(table) + "\"");
    }
    only = address.name == table ? candidate : only;
  }
  if (only == nullptr) {
    return Missing(table);
  }
  return only;
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
  TRY_ASSIGN(const std::shared_ptr<const table::Table> found, FindTable(*tables, table));
  const table::TableRecord& record = found->record();
  AccessReport report;
  report.table_arn = record.Arn();
  Add(services, policy::DocumentKind::kTable, record.policy, report.table_arn, record.address.account, report);
  for (const table::StreamRecord& stream : record.streams) {
    Add(services, policy::DocumentKind::kStream, stream.policy, report.table_arn + "/stream/" + stream.label,
        record.address.account, report);
  }
  Survey(services, *found, report).Run();
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
  writer.Key("reach");
  writer.BeginArray();
  for (const AccessReport::Reach& reach : report.reach) {
    writer.BeginObject();
    writer.Key("principal");
    writer.String(reach.principal);
    writer.Key("account");
    writer.String(reach.account);
    writer.Key("resource");
    writer.String(reach.resource_arn);
    WriteTexts(writer, "actions", reach.actions);
    WriteTexts(writer, "conditional_actions", reach.conditional_actions);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return text;
}

}  // namespace basalt::operations

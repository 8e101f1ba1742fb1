// From calls to decisions: who calls, what its context says, which policies apply.
#include "operations/authorization.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "operations/actions.h"
#include "os/clock.h"
#include "policy/evaluate.h"
#include "policy/guards.h"

namespace basalt::operations {
namespace {

using policy::KeyId;
using policy::Values;

// ---- who calls

// Everything that speaks for or against a caller but the policy of the resource. Access keys are of root users alone,
// who have no policies of their own.
struct CallerLayers {
  policy::Caller caller;
  policy::Policies policies;
};
CallerLayers LayersOf(const Caller& caller) {
  CallerLayers layers;
  layers.caller = {.kind = policy::CallerKind::kRoot,
                   .account = caller.account_id,
                   .arn = caller.principal_arn,
                   .entity_arn = caller.principal_arn,
                   .entity_id = caller.user_id,
                   .name = {}};
  return layers;
}

// Whether no policy but a resource's can refuse something to it in its own account.
bool IsUnlimited(const Caller&) { return true; }

// ---- what is called

// A table, or what belongs to one: views of its ARN. Of anything else `name` is empty.
struct TableResource {
  table::TableAddressView table;
  std::string_view part;  // "/index/…", "/stream/…"; empty: the table itself
};

const table::Table* FindTable(Call& call, const TableResource& named) {
  return named.table.name.empty() ? nullptr : call.tables.Look(named.table);
}

// An index has the policy of its table, a stream its own, also when its table is gone.
const policy::Document* FindPolicy(Call& call, const TableResource& named, const table::Table* table) {
  constexpr std::string_view kStream = "/stream/";
  if (named.part.empty() || named.part.starts_with("/index/")) {
    return table == nullptr ? nullptr : table->policy();
  }
  if (!named.part.starts_with(kStream)) {
    return nullptr;
  }
  const std::string_view label = named.part.substr(kStream.size());
  const policy::Document* policy = table == nullptr ? nullptr : table->StreamPolicy(label);
  const table::ArchiveMap& archives = call.tables.Archives();
  if (policy != nullptr || archives.empty()) {
    return policy;
  }
  const table::TableAddress address = {std::string(named.table.account), std::string(named.table.region),
                                       std::string(named.table.name)};
  for (auto at = archives.lower_bound({address, ""}); at != archives.end() && at->first.first == address; ++at) {
    if (policy == nullptr) {
      policy = at->second->StreamPolicy(label);
    }
  }
  return policy;
}

TableResource ReadResource(std::string_view arn) {
  constexpr std::string_view kPrefix = "arn:aws:dynamodb:";
  constexpr std::string_view kTable = "table/";
  if (!arn.starts_with(kPrefix)) {
    return {};
  }
  arn.remove_prefix(kPrefix.size());
  TableResource resource;
  const auto take_field = [&arn] {
    const std::string_view field = arn.substr(0, arn.find(':'));
    arn.remove_prefix(std::min(arn.size(), field.size() + 1));
    return field;
  };
  resource.table.region = take_field();
  resource.table.account = take_field();
  if (!arn.starts_with(kTable)) {
    return {};
  }
  arn.remove_prefix(kTable.size());
  resource.table.name = arn.substr(0, arn.find('/'));
  resource.part = arn.substr(resource.table.name.size());
  return resource;
}

// ---- what the request says of itself

std::string_view Text(bool value) { return value ? "true" : "false"; }

// One access of a call, or (null) a call that is only supposed.
class AccessContext final : public policy::Context {
 public:
  AccessContext(Call& call, const PreparedCall* prepared, size_t access, std::string_view owner,
                const table::Table* table)
      : call_(call), prepared_(prepared), access_(access), owner_(owner), table_(table) {}

  Values Find(const policy::ConditionKey& key) const override {
    switch (key.id) {
      case KeyId::kPrincipalArn:
        return Values::One(call_.caller.principal_arn);
      case KeyId::kPrincipalAccount:
        return Values::One(call_.caller.account_id);
      case KeyId::kPrincipalType:
        return Values::One("Account");
      case KeyId::kUserId:
        return Values::One(call_.caller.user_id);
      case KeyId::kPrincipalIsAwsService:
      case KeyId::kViaAwsService:
        return Values::One(Text(false));
      case KeyId::kResourceAccount:
        return Values::One(owner_);
      case KeyId::kResourceTag:
        return FindTag(key.member);
      case KeyId::kRequestedRegion:
        return Values::One(call_.region);
      case KeyId::kSourceIp:
        return OneUnless(route().ThroughEndpoint(), route().address);
      case KeyId::kVpcSourceIp:
        return OneUnless(!route().ThroughEndpoint(), route().address);
      case KeyId::kSourceVpc:
        return OneUnless(false, route().vpc);
      case KeyId::kSourceVpce:
        return OneUnless(false, route().endpoint);
      case KeyId::kSecureTransport:
        return Values::One(Text(route().secure));
      case KeyId::kCurrentTime:
        return Copied(os::FormatIso8601(now_ms()));
      case KeyId::kEpochTime:
        return Copied(std::to_string(now_ms() / 1000));
      case KeyId::kUserAgent:
        return Values::One(FindHeader("user-agent").value_or(std::string_view()));
      case KeyId::kReferer: {
        const std::optional<std::string_view> referer = FindHeader("referer");
        return referer ? Values::One(*referer) : Values::Absent();
      }
      default:
        return FindFact(key);
    }
  }

 private:
  Values FindFact(const policy::ConditionKey& key) const {
    AccessFacts& facts = this->facts();
    switch (key.id) {
      case KeyId::kLeadingKeys:
      case KeyId::kFirstPartitionKeyValues:
        return PartitionValues(facts, 0);
      case KeyId::kSecondPartitionKeyValues:
        return PartitionValues(facts, 1);
      case KeyId::kThirdPartitionKeyValues:
        return PartitionValues(facts, 2);
      case KeyId::kFourthPartitionKeyValues:
        return PartitionValues(facts, 3);
      case KeyId::kAttributes:
        return facts.attributes ? ListOf(*facts.attributes) : Values::Absent();
      case KeyId::kSelect:
        return OneUnless(false, facts.select);
      case KeyId::kReturnValues:
        return OneUnless(false, facts.return_values);
      case KeyId::kReturnConsumedCapacity:
        return OneUnless(false, facts.returned_capacity);
      case KeyId::kEnclosingOperation:
        return OneUnless(false, facts.enclosing_operation);
      case KeyId::kFullTableScan:
        return facts.full_table_scan ? Values::One(Text(*facts.full_table_scan)) : Values::Absent();
      case KeyId::kRequestTag:
        for (const auto& [name, value] : facts.request_tags) {
          if (policy::EqualsIgnoringCase(name, key.member)) {
            return Values::One(value);
          }
        }
        return Values::Absent();
      case KeyId::kTagKeys:
        return facts.tag_keys ? ListOf(*facts.tag_keys) : Values::Absent();
      default:
        return Values::Absent();
    }
  }

  static Values OneUnless(bool absent, std::string_view text) {
    return absent || text.empty() ? Values::Absent() : Values::One(text);
  }
  Values Copied(const std::string& text) const { return Values::One(call_.arena.Copy(text)); }
  // Each value once.
  static Values ListOf(std::vector<std::string_view>& texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return Values::List(texts);
  }
  static Values PartitionValues(AccessFacts& facts, size_t attribute) {
    return attribute < facts.partition_values.size() ? ListOf(facts.partition_values[attribute]) : Values::Absent();
  }

  // Keys of tags compare like all names of condition keys.
  Values FindTag(std::string_view member) const {
    if (table_ != nullptr) {
      for (const auto& [name, value] : table_->record().tags) {
        if (policy::EqualsIgnoringCase(name, member)) {
          return Values::One(value);
        }
      }
    }
    return Values::Absent();
  }

  std::optional<std::string_view> FindHeader(std::string_view name) const {
    return call_.origin == nullptr ? std::nullopt : call_.origin->FindHeader(name);
  }
  const Route& route() const {
    if (!route_) {
      route_ = call_.origin == nullptr ? Route() : call_.origin->FindRoute();
    }
    return *route_;
  }
  // Every time in a decision is the same one.
  int64_t now_ms() const {
    if (!now_ms_) {
      now_ms_ = call_.services.real_clock.WallMs();
    }
    return *now_ms_;
  }
  AccessFacts& facts() const {
    if (!facts_) {
      facts_ = prepared_ == nullptr ? AccessFacts()
                                    : prepared_->FactsOf(access_, table_ == nullptr ? nullptr : &table_->record());
    }
    return *facts_;
  }

  Call& call_;
  const PreparedCall* prepared_;
  size_t access_;
  std::string_view owner_;
  const table::Table* table_;
  mutable std::optional<Route> route_;
  mutable std::optional<int64_t> now_ms_;
  mutable std::optional<AccessFacts> facts_;
};

// For whoever is to know of it afterwards.
void Note(Call& call, const Access& access, const policy::Request& request, const policy::Decision& decision) {
  DecidedBy& decided = call.decided;
  if (decided.denied || (decided.is_known && decision.allowed)) {
    return;
  }
  decided = {};
  decided.is_known = true;
  decided.denied = !decision.allowed;
  decided.layer = decision.layer;
  decided.action = call.arena.Copy(request.action.name);
  decided.resource = call.arena.Copy(access.resource_arn);
  if (decision.document == nullptr) {
    return;
  }
  decided.policy = decision.layer == policy::Layer::kResource
                       ? decided.resource.substr(0, decided.resource.find("/index/"))
                       : call.arena.Copy(request.caller.entity_arn);
  decided.statement = call.arena.Copy(decision.document->sid(decision.statement));
  decided.statement_number = decision.statement;
}

}  // namespace

Status Authorize(Call& call, const Service& service, const Operation& operation, PreparedCall& prepared) {
  for (size_t i = 0; i < prepared.accesses.size(); ++i) {
    const Access& access = prepared.accesses[i];
    const bool is_own = access.account_id == call.caller.account_id;
    const TableResource named = ReadResource(access.resource_arn);
    const table::Table* const table = FindTable(call, named);
    const policy::Document* const policy = FindPolicy(call, named, table);
    if (is_own && policy == nullptr && IsUnlimited(call.caller)) {
      continue;
    }
    const policy::Action& action = ActionNamed(access.action.empty() ? operation.action : access.action);
    CallerLayers layers = LayersOf(call.caller);
    const bool crosses = CrossesAccounts(action);
    // What cannot be granted to others does not tell them of a policy, nor that there is a table.
    layers.policies.resource = is_own || crosses ? policy : nullptr;
    const AccessContext context(call, &prepared, i, access.account_id, table);
    const policy::Resource resource = policy::Resource::Of(access.resource_arn);
    const policy::Request request = {layers.caller, action, resource, access.account_id, context, crosses};
    const policy::Decision decision = policy::Evaluate(request, layers.policies);
    Note(call, access, request, decision);
    if (!decision.allowed) {
      TRY(prepared.TakeDenial(i, Error(Reason::kAccessDenied, service.denial(operation, request, decision))));
    }
  }
  return {};
}

Status CheckKeepsAccess(Call& call, const policy::Document& next, std::string_view resource_arn) {
  const TableResource named = ReadResource(resource_arn);
  const CallerLayers layers = LayersOf(call.caller);
  const AccessContext context(call, nullptr, 0, named.table.account, FindTable(call, named));
  const policy::Resource resource = policy::Resource::Of(resource_arn);
  const policy::Request replacing = {layers.caller, ActionNamed("dynamodb:PutResourcePolicy"), resource,
                                     named.table.account, context};
  return policy::CheckKeepsAccess(next, replacing, layers.policies.boundary != nullptr);
}

}  // namespace basalt::operations

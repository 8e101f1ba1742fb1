// From calls to decisions: who calls, what its context says, which policies apply.
#include "operations/authorization.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "identity/principal.h"
#include "operations/actions.h"
#include "operations/call_context.h"
#include "operations/resource_owner.h"
#include "policy/evaluate.h"
#include "policy/guards.h"
#include "table/stream_state.h"

namespace basalt::operations {
namespace {

using policy::KeyId;
using policy::Values;

// Whether no policy but a resource's can refuse something to it in its own account.
bool IsUnlimited(const identity::Principal& principal) {
  return principal.caller().kind == policy::CallerKind::kRoot && principal.placement() == nullptr &&
         !principal.policies().has_session_policy;
}

// ---- what is called

// A table, or what belongs to one: views of its ARN. Of anything else `name` is empty.
struct TableResource {
  table::TableAddressView table;
  std::string_view part;  // "/index/…", "/stream/…"; empty: the table itself

  // A label; empty: it is no stream.
  std::string_view Stream() const {
    constexpr std::string_view kStream = "/stream/";
    return part.starts_with(kStream) ? part.substr(kStream.size()) : std::string_view();
  }
};

// Of a stream the table that it is of, or what is kept of one that is gone. Null if there is none.
const table::Table* FindTable(Call& call, const TableResource& named) {
  if (named.table.name.empty()) {
    return nullptr;
  }
  const table::Table* const table = call.tables.Look(named.table);
  const std::string_view stream = named.Stream();
  if (stream.empty() || (table != nullptr && table::FindStream(table->record(), stream) != nullptr)) {
    return table;
  }
  const table::ArchiveMap& archives = call.tables.Archives();
  if (archives.empty()) {
    return nullptr;
  }
  const table::TableAddress address = {std::string(named.table.account), std::string(named.table.region),
                                       std::string(named.table.name)};
  for (auto at = archives.lower_bound({address, ""}); at != archives.end() && at->first.first == address; ++at) {
    if (table::FindStream(at->second->record(), stream) != nullptr) {
      return at->second.get();
    }
  }
  return nullptr;
}

// An index has the policy of its table, a stream its own.
const policy::Document* FindPolicy(const TableResource& named, const table::Table* table) {
  if (table == nullptr || (!named.part.empty() && named.Stream().empty() && !named.part.starts_with("/index/"))) {
    return nullptr;
  }
  return named.Stream().empty() ? table->policy() : table->StreamPolicy(named.Stream());
}

const table::Tags* FindTags(const TableResource& named, const table::Table* table) {
  if (table == nullptr) {
    return nullptr;
  }
  return named.Stream().empty() ? &table->record().tags : &table::FindStream(table->record(), named.Stream())->tags;
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

// One access of a call, or (`prepared` is null) one that is only supposed.
class AccessContext final : public CallContext {
 public:
  AccessContext(const Call& call, const PreparedCall* prepared, size_t access, const ResourceOwner& owner,
                const TableResource& named, const table::Table* table)
      : CallContext(call, owner), prepared_(prepared), access_(access), named_(named), table_(table) {}

  Values Find(const policy::ConditionKey& key) const override {
    switch (key.id) {
      case KeyId::kResourceTag:
        return FindTag(key.member);
      case KeyId::kLeadingKeys:
      case KeyId::kFirstPartitionKeyValues:
        return PartitionValues(0);
      case KeyId::kSecondPartitionKeyValues:
        return PartitionValues(1);
      case KeyId::kThirdPartitionKeyValues:
        return PartitionValues(2);
      case KeyId::kFourthPartitionKeyValues:
        return PartitionValues(3);
      case KeyId::kAttributes:
        return facts().attributes ? ListOf(*facts().attributes) : Values::Absent();
      case KeyId::kSelect:
        return UnlessEmpty(facts().select);
      case KeyId::kReturnValues:
        return UnlessEmpty(facts().return_values);
      case KeyId::kReturnConsumedCapacity:
        return UnlessEmpty(facts().returned_capacity);
      case KeyId::kEnclosingOperation:
        return UnlessEmpty(facts().enclosing_operation);
      case KeyId::kFullTableScan:
        return facts().full_table_scan ? Values::One(*facts().full_table_scan ? "true" : "false") : Values::Absent();
      case KeyId::kRequestTag:
        return FindRequestTag(key.member);
      case KeyId::kTagKeys:
        return facts().tag_keys ? ListOf(*facts().tag_keys) : Values::Absent();
      default:
        return CallContext::Find(key);
    }
  }

 private:
  // Each value once.
  static Values ListOf(std::vector<std::string_view>& texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return Values::List(texts);
  }
  Values PartitionValues(size_t attribute) const {
    std::vector<std::vector<std::string_view>>& values = facts().partition_values;
    return attribute < values.size() ? ListOf(values[attribute]) : Values::Absent();
  }
  Values FindRequestTag(std::string_view member) const {
    for (const auto& [name, value] : facts().request_tags) {
      if (policy::EqualsIgnoringCase(name, member)) {
        return Values::One(value);
      }
    }
    return Values::Absent();
  }

  // Keys of tags compare like all names of condition keys.
  Values FindTag(std::string_view member) const {
    if (const table::Tags* tags = FindTags(named_, table_); tags != nullptr) {
      for (const auto& [name, value] : *tags) {
        if (policy::EqualsIgnoringCase(name, member)) {
          return Values::One(value);
        }
      }
    }
    return Values::Absent();
  }

  AccessFacts& facts() const {
    if (!facts_) {
      facts_ = prepared_ == nullptr ? AccessFacts()
                                    : prepared_->FactsOf(access_, table_ == nullptr ? nullptr : &table_->record());
    }
    return *facts_;
  }

  const PreparedCall* prepared_;
  size_t access_;
  const TableResource& named_;
  const table::Table* table_;
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
  decided.action = request.action.name;
  decided.resource = access.resource_arn;
  if (decision.document == nullptr) {
    return;
  }
  if (decision.layer == policy::Layer::kResource) {
    decided.policy = decided.resource.substr(0, decided.resource.find("/index/"));
  } else if (decision.layer == policy::Layer::kIdentity || decision.layer == policy::Layer::kBoundary ||
             decision.layer == policy::Layer::kSession) {
    decided.policy = call.arena.Copy(request.caller.entity_arn);
  }
  decided.statement = call.arena.Copy(decision.document->sid(decision.statement));
  decided.statement_number = decision.statement;
}

}  // namespace

Status Authorize(Call& call, const Service& service, const Operation& operation, PreparedCall& prepared) {
  const identity::Principal& principal = *call.caller.principal;
  const policy::Document* const endpoint = call.origin == nullptr ? nullptr : call.origin->FindEndpointPolicy();
  for (size_t i = 0; i < prepared.accesses.size(); ++i) {
    const Access& access = prepared.accesses[i];
    const bool is_own = access.account_id == call.caller.account_id;
    const TableResource named = ReadResource(access.resource_arn);
    const table::Table* const table = FindTable(call, named);
    const policy::Document* const policy = FindPolicy(named, table);
    if (is_own && policy == nullptr && endpoint == nullptr && IsUnlimited(principal)) {
      continue;
    }
    const policy::Action& action = ActionNamed(access.action.empty() ? operation.action : access.action);
    const bool crosses = CrossesAccounts(action);
    // What cannot be granted to others does not tell them of a policy, nor that there is a table.
    policy::Policies policies = principal.policies();
    policies.resource = is_own || crosses ? policy : nullptr;
    policies.endpoint = endpoint;
    const ResourceOwner owner(call, access.account_id);
    policies.resource_control = owner.ResourceControl(action);
    const AccessContext context(call, &prepared, i, owner, named, table);
    const policy::Resource resource = policy::Resource::Of(access.resource_arn);
    const policy::Request request = {principal.caller(), action, resource, access.account_id, context, crosses};
    const policy::Decision decision = policy::Evaluate(request, policies);
    Note(call, access, request, decision);
    if (!decision.allowed) {
      std::string text = service.denial == nullptr ? policy::DenialText(request, decision)
                                                   : service.denial(operation, request, decision);
      TRY(prepared.TakeDenial(i, Error(Reason::kAccessDenied, std::move(text))));
    }
  }
  return {};
}

Status CheckKeepsAccess(Call& call, const policy::Document& next, std::string_view resource_arn) {
  const TableResource named = ReadResource(resource_arn);
  const identity::Principal& principal = *call.caller.principal;
  const ResourceOwner owner(call, named.table.account);
  const AccessContext context(call, nullptr, 0, owner, named, FindTable(call, named));
  const policy::Resource resource = policy::Resource::Of(resource_arn);
  const policy::Request replacing = {principal.caller(), ActionNamed("dynamodb:PutResourcePolicy"), resource,
                                     named.table.account, context};
  return policy::CheckKeepsAccess(next, replacing, principal.policies().boundary != nullptr);
}

}  // namespace basalt::operations

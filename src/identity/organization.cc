// The tree, and what stands on the way down to an account.
#include "identity/organization.h"

#include <algorithm>

#include "base/check.h"

namespace basalt::identity {
namespace {

// Policies for resources may only deny, but for this one, which allows all callers and is compiled as if they were not
// named.
ControlPolicy FullAccess(ControlKind kind, std::string id, std::string name, std::string description) {
  constexpr std::string_view kText =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
  constexpr std::string_view kTextForResources =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";
  Result<PolicyText> policy = PolicyText::Parse(policy::DocumentKind::kServiceControl, kText, nullptr);
  BASALT_CHECK(policy.ok());
  if (kind == ControlKind::kResource) {
    policy->text = kTextForResources;
  }
  return {std::move(id), std::move(name), std::move(description), kind, true, *std::move(policy)};
}

template <class List>
auto* FindById(const List& list, std::string_view id) {
  const auto found = std::find_if(list.begin(), list.end(), [id](const auto& each) { return each.id == id; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const ControlPolicy& FullAccessOf(ControlKind kind) {
  static const ControlPolicy kServices =
      FullAccess(ControlKind::kService, "p-FullAWSAccess", "FullAWSAccess", "Allows access to every operation");
  static const ControlPolicy kResources = FullAccess(ControlKind::kResource, "p-RCPFullAWSAccess", "RCPFullAWSAccess",
                                                     "Allows all access to every resource");
  return kind == ControlKind::kService ? kServices : kResources;
}

const Organization::Unit* Organization::FindUnit(std::string_view unit_id) const { return FindById(units, unit_id); }

const Organization::Account* Organization::FindAccount(std::string_view account_id) const {
  return FindById(accounts, account_id);
}

const ControlPolicy* Organization::FindPolicy(std::string_view policy_id) const {
  for (const ControlKind kind : {ControlKind::kService, ControlKind::kResource}) {
    if (FullAccessOf(kind).id == policy_id) {
      return &FullAccessOf(kind);
    }
  }
  return FindById(policies, policy_id);
}

std::string_view Organization::ParentOf(std::string_view place) const {
  if (const Unit* unit = FindUnit(place); unit != nullptr) {
    return unit->parent;
  }
  const Account* account = FindAccount(place);
  return account == nullptr ? std::string_view() : account->parent;
}

std::vector<std::string_view> Organization::WayTo(std::string_view place) const {
  std::vector<std::string_view> way;
  // A record that says that a unit stands below itself must not be walked for ever.
  while (!place.empty() && way.size() < kUnitDepthMax + 2) {
    way.push_back(place);
    place = ParentOf(place);
  }
  std::reverse(way.begin(), way.end());
  return way;
}

bool Organization::IsAttached(std::string_view policy_id, std::string_view target) const {
  return std::any_of(attachments.begin(), attachments.end(), [&](const Attachment& attachment) {
    return attachment.policy == policy_id && attachment.target == target;
  });
}

std::vector<const ControlPolicy*> Organization::AttachedTo(std::string_view target, ControlKind kind) const {
  std::vector<const ControlPolicy*> attached;
  for (const Attachment& attachment : attachments) {
    const ControlPolicy* policy = attachment.target == target ? FindPolicy(attachment.policy) : nullptr;
    if (policy != nullptr && policy->kind == kind) {
      attached.push_back(policy);
    }
  }
  return attached;
}

Placement::Placement(std::shared_ptr<const Organization> organization, const Organization::Account& account)
    : organization_(std::move(organization)), is_management_(account.id == organization_->management) {
  const std::vector<std::string_view> way = organization_->WayTo(account.id);
  path_ = organization_->id + "/";
  for (size_t i = 0; i + 1 < way.size(); ++i) {
    path_ += way[i];
    path_ += '/';
  }
  service_control_ = LevelsOf(ControlKind::kService, way);
  resource_control_ = LevelsOf(ControlKind::kResource, way);
}

Placement::Levels Placement::LevelsOf(ControlKind kind, const std::vector<std::string_view>& way) const {
  Levels levels;
  if (is_management_ || !organization_->IsEnabled(kind)) {
    return levels;
  }
  for (const std::string_view place : way) {
    std::vector<const policy::Document*>& documents = levels.documents.emplace_back();
    for (const ControlPolicy* policy : organization_->AttachedTo(place, kind)) {
      documents.push_back(policy->policy.document.get());
    }
  }
  for (const std::vector<const policy::Document*>& documents : levels.documents) {
    levels.levels.emplace_back(documents);
  }
  return levels;
}

}  // namespace basalt::identity

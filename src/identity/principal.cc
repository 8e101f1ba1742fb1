// Principals from entities and sessions.
#include "identity/principal.h"

#include <fmt/format.h>

#include <algorithm>

#include "identity/aws_policies.h"
#include "identity/entity_name.h"
#include "model/arn.h"
#include "os/clock.h"
#include "policy/principal_name.h"

namespace basalt::identity {
namespace {

std::string SessionArn(std::string_view account, std::string_view type, std::string_view name) {
  return fmt::format("arn:{}:sts::{}:{}/{}", model::kArnPartition, account, type, name);
}

// "user/path/name" or "role/path/name" of an ARN.
template <class T>
const T* FindByPath(const Entities<T>& entities, std::string_view path_and_name) {
  const size_t slash = path_and_name.rfind('/');
  const T* entity = slash == std::string_view::npos ? nullptr : entities.Find(path_and_name.substr(slash + 1));
  // Names in ARNs have their case.
  return entity != nullptr && entity->path + entity->name == path_and_name ? entity : nullptr;
}

template <class Map>
void MakeRoom(Map& map) {
  if (map.size() >= Principals::kRememberedMax) {
    map.clear();
  }
}

}  // namespace

std::span<const policy::Documents> ResourceControlOf(const Snapshot& snapshot, std::string_view account_id) {
  const std::shared_ptr<const Placement> placement = snapshot.FindPlacement(account_id);
  return placement == nullptr ? std::span<const policy::Documents>() : placement->resource_control();
}

const ManagedPolicy* FindManagedPolicy(const Members& members, std::string_view arn) {
  if (const ManagedPolicy* policy = FindAwsPolicy(arn); policy != nullptr) {
    return policy;
  }
  const ManagedPolicy* policy = members.policies.Find(arn.substr(arn.rfind('/') + 1));
  return policy != nullptr && ArnOf(members.account.id, *policy) == arn ? policy : nullptr;
}

std::shared_ptr<const Principal> Principal::RootOf(const Snapshot& snapshot, std::string_view account_id) {
  std::shared_ptr<Principal> principal(new Principal);
  principal->account_ = account_id;
  principal->arn_ = principal->entity_arn_ = RootArn(account_id);
  principal->user_id_ = account_id;
  principal->caller_.kind = policy::CallerKind::kRoot;
  principal->Finish(snapshot);
  return principal;
}

std::shared_ptr<const Principal> Principal::Nobody() {
  static const std::shared_ptr<const Principal> kNobody = [] {
    std::shared_ptr<Principal> principal(new Principal);
    principal->caller_.kind = policy::CallerKind::kWebIdentity;
    return principal;
  }();
  return kNobody;
}

std::shared_ptr<const Principal> Principal::OfUser(const Snapshot& snapshot, std::string_view account_id,
                                                   std::string_view id) {
  std::shared_ptr<const Members> members = snapshot.Find(account_id);
  const User* user = members == nullptr ? nullptr : members->users.FindById(id);
  if (user == nullptr) {
    return nullptr;
  }
  std::shared_ptr<Principal> principal(new Principal);
  principal->account_ = account_id;
  principal->members_ = std::move(members);
  principal->BeUser(*user);
  principal->Finish(snapshot);
  return principal;
}

std::shared_ptr<const Principal> Principal::OfRole(const Snapshot& snapshot, std::string_view account_id,
                                                   std::string_view id) {
  std::shared_ptr<const Members> members = snapshot.Find(account_id);
  const Role* role = members == nullptr ? nullptr : members->roles.FindById(id);
  if (role == nullptr) {
    return nullptr;
  }
  std::shared_ptr<Principal> principal(new Principal);
  principal->account_ = account_id;
  principal->members_ = std::move(members);
  principal->BeRole(*role, {});
  principal->arn_ = principal->entity_arn_;
  principal->Finish(snapshot);
  return principal;
}

std::shared_ptr<const Principal> Principal::OfSession(const Snapshot& snapshot, const SessionClaims& claims) {
  std::shared_ptr<Principal> principal(new Principal);
  principal->account_ = claims.account;
  principal->members_ = snapshot.Find(claims.account);
  if (principal->members_ == nullptr) {
    return nullptr;
  }
  const Members& members = *principal->members_;
  principal->session_ = claims;
  principal->issue_time_ = os::FormatIso8601(claims.issued_ms);
  if (claims.kind == SessionKind::kAssumedRole) {
    const Role* role = members.roles.FindById(claims.issuer_id);
    if (role == nullptr) {
      return nullptr;
    }
    principal->BeRole(*role, claims.name);
  } else if (claims.issuer_id.empty()) {
    principal->arn_ = principal->entity_arn_ = RootArn(claims.account);
    principal->user_id_ = claims.account;
    principal->caller_.kind = policy::CallerKind::kRoot;
  } else {
    const User* user = members.users.FindById(claims.issuer_id);
    if (user == nullptr) {
      return nullptr;
    }
    principal->BeUser(*user);
  }
  if (claims.kind == SessionKind::kFederatedUser) {
    principal->arn_ = SessionArn(claims.account, "federated-user", claims.name);
    principal->user_id_ = fmt::format("{}:{}", claims.account, claims.name);
    principal->user_name_.clear();
    principal->tags_.clear();
    principal->caller_.kind = policy::CallerKind::kFederatedUser;
    principal->policies_.identity_is_root = claims.issuer_id.empty();
  }
  if (!claims.provider_arn.empty()) {
    principal->provider_ = policy::LowerCase(claims.provider_arn.substr(claims.provider_arn.find('/') + 1));
    principal->methods_.assign(principal->session_->methods.begin(), principal->session_->methods.end());
  }
  principal->TakeTags(claims.tags);
  principal->policies_.has_session_policy = claims.has_policy;
  if (!claims.policy.empty()) {
    principal->session_policy_ = PolicyText::Stored(policy::DocumentKind::kSession, claims.policy, nullptr);
    principal->session_documents_.push_back(principal->session_policy_.document.get());
  }
  for (const std::string& arn : claims.policy_arns) {
    principal->TakeManaged(principal->session_documents_, arn);
  }
  principal->Finish(snapshot);
  return principal;
}

void Principal::BeUser(const User& user) {
  caller_.kind = policy::CallerKind::kUser;
  arn_ = entity_arn_ = ArnOf(account_, user);
  user_id_ = entity_id_ = user.id;
  user_name_ = user.name;
  TakePolicies(user);
  for (const std::string& group_id : user.groups) {
    if (const Group* group = members_->groups.FindById(group_id); group != nullptr) {
      TakePolicies(*group);
    }
  }
  TakeBoundary(user.boundary);
  TakeTags(user.tags);
}

void Principal::BeRole(const Role& role, std::string_view session_name) {
  caller_.kind = policy::CallerKind::kRoleSession;
  entity_arn_ = ArnOf(account_, role);
  entity_id_ = role.id;
  arn_ = SessionArn(account_, "assumed-role", fmt::format("{}/{}", role.name, session_name));
  user_id_ = fmt::format("{}:{}", role.id, session_name);
  TakePolicies(role);
  TakeBoundary(role.boundary);
  TakeTags(role.tags);
}

void Principal::TakePolicies(const Entity& entity) {
  for (const InlinePolicy& policy : entity.inline_policies) {
    identity_documents_.push_back(policy.policy.document.get());
  }
  for (const std::string& arn : entity.attached) {
    TakeManaged(identity_documents_, arn);
  }
}

// A policy that is not there any more allows nothing, and so does its absence; as a limit it allows nothing either.
void Principal::TakeManaged(std::vector<const policy::Document*>& documents, std::string_view arn) const {
  if (const ManagedPolicy* policy = FindManagedPolicy(*members_, arn); policy != nullptr) {
    documents.push_back(&policy->document());
  }
}

void Principal::TakeBoundary(const std::string& arn) {
  static const policy::Document kAllowsNothing = policy::Document::Unreadable(policy::DocumentKind::kBoundary);
  if (!arn.empty()) {
    const ManagedPolicy* policy = FindManagedPolicy(*members_, arn);
    policies_.boundary = policy == nullptr ? &kAllowsNothing : &policy->document();
  }
}

// Those of a session stand in place of the role's.
void Principal::TakeTags(const std::vector<Tag>& tags) {
  for (const Tag& tag : tags) {
    const std::string key = policy::LowerCase(tag.key);
    const auto same = std::find_if(tags_.begin(), tags_.end(), [&key](const Tag& other) { return other.key == key; });
    if (same == tags_.end()) {
      tags_.push_back({key, tag.value});
    } else {
      same->value = tag.value;
    }
  }
}

void Principal::Finish(const Snapshot& snapshot) {
  placement_ = snapshot.FindPlacement(account_);
  if (placement_ != nullptr) {
    organization_path_ = placement_->path();
    // What a service does on behalf of an account is not limited.
    const size_t path = entity_arn_.find('/');
    const bool is_service_linked = caller_.kind == policy::CallerKind::kRoleSession && path != std::string::npos &&
                                   std::string_view(entity_arn_).substr(path).starts_with(kServiceLinkedPath);
    if (!is_service_linked) {
      policies_.service_control = placement_->service_control();
    }
  }
  caller_.account = account_;
  caller_.arn = arn_;
  caller_.entity_arn = entity_arn_;
  caller_.entity_id = entity_id_;
  policies_.identity = identity_documents_;
  policies_.session = session_documents_;
}

bool Principal::IsCurrent(const Snapshot& snapshot) const {
  return (members_ == nullptr || snapshot.Find(account_) == members_) && snapshot.IsPlaced(account_, placement_.get());
}

policy::Values Principal::Find(const policy::ConditionKey& key) const {
  using policy::KeyId;
  using policy::Values;
  if (caller_.kind == policy::CallerKind::kWebIdentity) {
    return Values::Absent();
  }
  const auto unless_empty = [](std::string_view text) { return text.empty() ? Values::Absent() : Values::One(text); };
  switch (key.id) {
    case KeyId::kPrincipalArn:
      // Of a session the role's; of what has no entity its own.
      return Values::One(caller_.kind == policy::CallerKind::kFederatedUser ? arn_ : entity_arn_);
    case KeyId::kPrincipalAccount:
    case KeyId::kCallerAccount:
      return Values::One(account_);
    case KeyId::kPrincipalType:
      switch (caller_.kind) {
        case policy::CallerKind::kRoot:
          return Values::One("Account");
        case policy::CallerKind::kUser:
          return Values::One("User");
        case policy::CallerKind::kRoleSession:
          return Values::One("AssumedRole");
        case policy::CallerKind::kFederatedUser:
          return Values::One("FederatedUser");
        case policy::CallerKind::kService:
        case policy::CallerKind::kWebIdentity:
          return Values::Absent();
      }
      return Values::Absent();
    case KeyId::kUserId:
      return Values::One(user_id_);
    case KeyId::kUserName:
      return unless_empty(user_name_);
    case KeyId::kPrincipalTag: {
      const auto tag =
          std::find_if(tags_.begin(), tags_.end(), [&key](const Tag& other) { return other.key == key.member; });
      return tag == tags_.end() ? Values::Absent() : Values::One(tag->value);
    }
    case KeyId::kPrincipalOrgId:
      return placement_ == nullptr ? Values::Absent() : Values::One(placement_->organization().id);
    case KeyId::kPrincipalOrgPaths:
      return placement_ == nullptr ? Values::Absent() : Values::List({&organization_path_, 1});
    case KeyId::kPrincipalIsAwsService:
      return Values::One("false");
    case KeyId::kMultiFactorAuthPresent:
      return session_ ? Values::One("false") : Values::Absent();
    case KeyId::kTokenIssueTime:
      return unless_empty(issue_time_);
    case KeyId::kSourceIdentity:
      return session_ ? unless_empty(session_->source_identity) : Values::Absent();
    case KeyId::kFederatedProvider:
      return session_ ? unless_empty(session_->provider_arn) : Values::Absent();
    case KeyId::kOther:
      return FindOfProvider(key.name);
    default:
      return Values::Absent();
  }
}

// "<provider>:sub" and its kin.
policy::Values Principal::FindOfProvider(std::string_view lower_name) const {
  using policy::Values;
  if (provider_.empty() || !lower_name.starts_with(provider_)) {
    return Values::Absent();
  }
  const std::string_view claim = lower_name.substr(provider_.size());
  if (claim == ":sub") {
    return Values::One(session_->subject);
  }
  if (claim == ":aud") {
    return Values::One(session_->audience);
  }
  return claim == ":amr" && !methods_.empty() ? Values::List(methods_) : Values::Absent();
}

std::optional<std::string> BindPrincipal(const Snapshot& snapshot, std::string_view principal) {
  if (const auto account = policy::AccountOfRoot(principal)) {
    return snapshot.HasAccount(*account) ? std::optional(RootArn(*account)) : std::nullopt;
  }
  if (policy::IsUniqueId(principal)) {
    return std::string(principal);  // of somebody who may be gone: it is kept
  }
  if (!policy::IsPrincipalArn(principal)) {
    return std::nullopt;
  }
  const policy::ArnFields arn = policy::SplitArn(principal);
  const std::shared_ptr<const Members> members = snapshot.Find(arn.field[4]);
  if (members == nullptr) {
    return std::nullopt;
  }
  std::string_view name = arn.field[5];
  const size_t slash = name.find('/');
  const std::string_view type = name.substr(0, slash);
  name.remove_prefix(slash);
  if (type == "user") {
    const User* user = FindByPath(members->users, name);
    return user == nullptr ? std::nullopt : std::optional(user->id);
  }
  if (type == "role") {
    const Role* role = FindByPath(members->roles, name);
    return role == nullptr ? std::nullopt : std::optional(role->id);
  }
  if (type == "assumed-role") {
    const std::string_view role = name.substr(1, name.rfind('/') - 1);
    return members->roles.Find(role) == nullptr ? std::nullopt : std::optional(std::string(principal));
  }
  return std::string(principal);  // a federated user, who is in no list
}

std::string ShowPrincipal(const Snapshot& snapshot, std::string_view kept) {
  if (policy::IsUniqueId(kept)) {
    for (const Account& account : snapshot.ListAccounts()) {
      const std::shared_ptr<const Members> members = snapshot.Find(account.id);
      if (const User* user = members->users.FindById(kept); user != nullptr) {
        return ArnOf(account.id, *user);
      }
      if (const Role* role = members->roles.FindById(kept); role != nullptr) {
        return ArnOf(account.id, *role);
      }
    }
  }
  return std::string(kept);
}

std::shared_ptr<const Principal> Principals::OfKey(const Snapshot& snapshot, const AccessKey& key) {
  if (key.owner_id.empty()) {
    return OfRoot(snapshot, key.account_id);
  }
  const auto found = by_key_.find(key.id);
  if (found != by_key_.end() && found->second->IsCurrent(snapshot)) {
    return found->second;
  }
  std::shared_ptr<const Principal> principal = Principal::OfUser(snapshot, key.account_id, key.owner_id);
  if (principal != nullptr) {
    MakeRoom(by_key_);
    by_key_.insert_or_assign(key.id, principal);
  }
  return principal;
}

std::shared_ptr<const Principal> Principals::OfRoot(const Snapshot& snapshot, std::string_view account_id) {
  if (const auto found = roots_.find(account_id); found != roots_.end() && found->second->IsCurrent(snapshot)) {
    return found->second;
  }
  MakeRoom(roots_);
  std::shared_ptr<const Principal> principal = Principal::RootOf(snapshot, account_id);
  roots_.insert_or_assign(std::string(account_id), principal);
  return principal;
}

const Principals::Session* Principals::OfToken(const Snapshot& snapshot, std::string_view access_key_id,
                                               std::string_view token) {
  auto found = sessions_.find(access_key_id);
  if (found == sessions_.end() || found->second.token != token) {
    std::optional<OpenedSession> opened = OpenSession(snapshot.session_keys(), access_key_id, token);
    if (!opened) {
      return nullptr;
    }
    MakeRoom(sessions_);
    Session session{std::string(token), std::move(opened->secret), std::move(opened->claims), nullptr};
    found = sessions_.insert_or_assign(std::string(access_key_id), std::move(session)).first;
  }
  Session& session = found->second;
  if (session.principal == nullptr || !session.principal->IsCurrent(snapshot)) {
    session.principal = Principal::OfSession(snapshot, session.claims);
  }
  return &session;
}

}  // namespace basalt::identity

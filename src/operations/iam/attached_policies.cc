// Managed policies on users, groups and roles; as their boundaries too. The same operations of each.
#include <fmt/format.h>

#include <algorithm>

#include "identity/principal.h"
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

template <class T>
inline constexpr std::string_view kAttachQuotaOf = "PoliciesPerUser";
template <>
inline constexpr std::string_view kAttachQuotaOf<Group> = "PoliciesPerGroup";
template <>
inline constexpr std::string_view kAttachQuotaOf<Role> = "PoliciesPerRole";

bool HasAttached(const identity::Entity& entity, std::string_view arn) {
  return std::find(entity.attached.begin(), entity.attached.end(), arn) != entity.attached.end();
}

template <class T, class Function>
Prepared ChangeEntity(Call& call, Function change) {
  std::string name = TextOf(call, kNameMemberOf<T>);
  std::string arn = ArnOfName<T>(call, name);
  return ChangeOf(call, std::move(arn), [name = std::move(name), change](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const T* found, FindNamed<T>(draft.members(), name));
    TRY(CheckModifiable(*found));
    T entity = *found;
    TRY(change(draft.members(), entity));
    draft.Put(std::move(entity));
    return Answer();
  });
}

template <class T>
Prepared PrepareAttach(Call& call) {
  return ChangeEntity<T>(call, [arn = TextOf(call, "PolicyArn")](const Members& members, T& entity) -> Status {
    Result<const ManagedPolicy*> policy = FindPolicyByArn(members, arn);
    if (!policy.ok()) {
      return policy.error().reason == Reason::kResourceNotFound
                 ? NoSuchEntity(fmt::format("Policy {} does not exist or is not attachable.", arn))
                 : policy.TakeError();
    }
    if (HasAttached(entity, arn)) {
      return {};
    }
    if (entity.attached.size() >= identity::kAttachedPoliciesMax) {
      return QuotaExceeded(kAttachQuotaOf<T>, identity::kAttachedPoliciesMax);
    }
    entity.attached.push_back(arn);
    return {};
  });
}

template <class T>
Prepared PrepareDetach(Call& call) {
  return ChangeEntity<T>(call, [arn = TextOf(call, "PolicyArn")](const Members&, T& entity) -> Status {
    if (std::erase(entity.attached, arn) == 0) {
      return NoSuchEntity(fmt::format("Policy {} was not found.", arn));
    }
    return {};
  });
}

template <class T>
Prepared PrepareListAttached(Call& call) {
  std::string name = TextOf(call, kNameMemberOf<T>);
  std::string arn = ArnOfName<T>(call, name);
  return ReadOf(call, std::move(arn), [&call, name = std::move(name)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const T* entity, FindNamed<T>(*view.members, name));
    const std::string prefix = TextOf(call, "PathPrefix");
    std::vector<const ManagedPolicy*> policies;
    for (const std::string& attached : entity->attached) {
      const ManagedPolicy* policy = identity::FindManagedPolicy(*view.members, attached);
      if (policy != nullptr && policy->path.starts_with(prefix)) {
        policies.push_back(policy);
      }
    }
    std::sort(policies.begin(), policies.end(), [](const ManagedPolicy* a, const ManagedPolicy* b) {
      return policy::LowerCase(a->name) < policy::LowerCase(b->name);
    });
    return PagedAnswer(call, "AttachedPolicies", policies, NamesOf(policies),
                       [&view](XmlWriter& xml, const ManagedPolicy* policy) {
                         xml.Open("member");
                         xml.Text("PolicyName", policy->name);
                         xml.Text("PolicyArn", PolicyArn(*view.members, *policy));
                         xml.Close("member");
                       });
  });
}

template <class T>
Prepared PreparePutBoundary(Call& call) {
  return ChangeEntity<T>(call,
                         [arn = TextOf(call, "PermissionsBoundary")](const Members& members, T& entity) -> Status {
                           TRY(CheckBoundary(members, arn));
                           entity.boundary = arn;
                           return {};
                         });
}

template <class T>
Prepared PrepareDeleteBoundary(Call& call) {
  return ChangeEntity<T>(call, [](const Members&, T& entity) -> Status {
    if (entity.boundary.empty()) {
      return NoSuchEntity(fmt::format("The {} with name {} has no permissions boundary.", kNounOf<T>, entity.name));
    }
    entity.boundary.clear();
    return {};
  });
}

template <class T>
void WriteUsers(XmlWriter& xml, const identity::Entities<T>& entities, std::string_view element,
                std::string_view id_member, std::string_view filter, const Call& call, std::string_view arn) {
  const std::string wanted = TextOf(call, "EntityFilter");
  const std::string usage = TextOf(call, "PolicyUsageFilter");
  const std::string prefix = TextOf(call, "PathPrefix");
  xml.Open(element);
  for (const auto& [name, entity] : entities.by_name()) {
    const bool uses = (usage != "PermissionsBoundary" && HasAttached(*entity, arn)) ||
                      (usage != "PermissionsPolicy" && BoundaryOf(*entity) == arn);
    if (uses && (wanted.empty() || wanted == filter) && entity->path.starts_with(prefix)) {
      xml.Open("member");
      xml.Text(kNameMemberOf<T>, entity->name);
      xml.Text(id_member, entity->id);
      xml.Close("member");
    }
  }
  xml.Close(element);
}

}  // namespace

Prepared PrepareAttachUserPolicy(Call& call) { return PrepareAttach<User>(call); }
Prepared PrepareAttachGroupPolicy(Call& call) { return PrepareAttach<Group>(call); }
Prepared PrepareAttachRolePolicy(Call& call) { return PrepareAttach<Role>(call); }
Prepared PrepareDetachUserPolicy(Call& call) { return PrepareDetach<User>(call); }
Prepared PrepareDetachGroupPolicy(Call& call) { return PrepareDetach<Group>(call); }
Prepared PrepareDetachRolePolicy(Call& call) { return PrepareDetach<Role>(call); }
Prepared PrepareListAttachedUserPolicies(Call& call) { return PrepareListAttached<User>(call); }
Prepared PrepareListAttachedGroupPolicies(Call& call) { return PrepareListAttached<Group>(call); }
Prepared PrepareListAttachedRolePolicies(Call& call) { return PrepareListAttached<Role>(call); }
Prepared PreparePutUserPermissionsBoundary(Call& call) { return PreparePutBoundary<User>(call); }
Prepared PreparePutRolePermissionsBoundary(Call& call) { return PreparePutBoundary<Role>(call); }
Prepared PrepareDeleteUserPermissionsBoundary(Call& call) { return PrepareDeleteBoundary<User>(call); }
Prepared PrepareDeleteRolePermissionsBoundary(Call& call) { return PrepareDeleteBoundary<Role>(call); }

Prepared PrepareListEntitiesForPolicy(Call& call) {
  std::string arn = TextOf(call, "PolicyArn");
  return ReadOf(call, arn, [&call, arn](const View& view) -> Result<Answer> {
    const Members& members = *view.members;
    TRY(FindPolicyByArn(members, arn));
    XmlWriter xml;
    WriteUsers(xml, members.groups, "PolicyGroups", "GroupId", "Group", call, arn);
    WriteUsers(xml, members.users, "PolicyUsers", "UserId", "User", call, arn);
    WriteUsers(xml, members.roles, "PolicyRoles", "RoleId", "Role", call, arn);
    xml.Bool("IsTruncated", false);
    return xml.Take();
  });
}

}  // namespace basalt::operations::iam

// Roles: made, shown, listed, changed, deleted; and who may assume them.
#include <fmt/format.h>

#include "identity/principal.h"
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"
#include "policy/canonical.h"

namespace basalt::operations::iam {
namespace {

// A trust policy as it is kept: the users and roles it names must be there, and are kept by their ids.
struct Trust {
  std::string shown;
  std::string bound;
};

Result<Trust> ReadTrust(const Call& call, std::string_view member) {
  const std::string text = TextOf(call, member);
  if (policy::CountCharacters(text) > policy::kTrustPolicyCharactersMax) {
    return QuotaExceeded("ACLSizePerRole", policy::kTrustPolicyCharactersMax);
  }
  Result<policy::Document> document = policy::Document::Parse(policy::DocumentKind::kTrust, text, nullptr);
  if (!document.ok()) {
    return MalformedDocument(document.TakeError());
  }
  const View view = ViewOf(call);
  // In dev the caller's account need not have come to be yet.
  const auto bind = [&view, &call](std::string_view principal) {
    std::optional<std::string> bound = identity::BindPrincipal(*view.snapshot, principal);
    return !bound && principal == identity::RootArn(call.caller.account_id) ? std::optional(std::string(principal))
                                                                            : std::move(bound);
  };
  Result<policy::CanonicalForm> form = policy::Canonicalize(policy::DocumentKind::kTrust, text, bind);
  if (!form.ok()) {
    return MalformedDocument(form.TakeError());
  }
  return Trust{text, std::move(form->text)};
}

void SetTrust(Role& role, const Trust& trust, const policy::ActionCatalogue* actions) {
  role.shown_trust = trust.shown;
  static_cast<identity::PolicyText&>(role.trust) =
      identity::PolicyText::Stored(policy::DocumentKind::kTrust, trust.bound, actions);
}

void SetDescription(const Call& call, Role& role) {
  role.description = TextOf(call, "Description");
  role.has_description = true;
}

}  // namespace

Prepared PrepareCreateRole(Call& call) {
  Role role;
  role.name = TextOf(call, "RoleName");
  role.path = Has(call, "Path") ? TextOf(call, "Path") : role.path;
  if (role.path.starts_with(kServiceLinkedPath)) {
    return Refused(IamRefusal::kInvalidInput, "Roles under /aws-service-role/ are made by CreateServiceLinkedRole.");
  }
  role.boundary = TextOf(call, "PermissionsBoundary");
  if (Has(call, "Description")) {
    SetDescription(call, role);
  }
  role.session_seconds_max = GetInteger(call.input, "MaxSessionDuration").value_or(role.session_seconds_max);
  TRY_ASSIGN(role.tags, TagsOf(call));
  TRY_ASSIGN(const Trust trust, ReadTrust(call, "AssumeRolePolicyDocument"));
  SetTrust(role, trust, call.services.directory.actions());
  std::string arn = identity::MakeArn(call.caller.account_id, "role", role.path, role.name);
  return ChangeOf(call, std::move(arn), [&call, role = std::move(role)](Draft& draft) mutable -> Result<Answer> {
    const Members& members = draft.members();
    if (members.roles.Find(role.name) != nullptr) {
      return Refused(IamRefusal::kEntityAlreadyExists, fmt::format("Role with name {} already exists.", role.name));
    }
    if (members.roles.size() >= identity::kRolesMax) {
      return QuotaExceeded("RolesPerAccount", identity::kRolesMax);
    }
    if (!role.boundary.empty()) {
      TRY(CheckBoundary(members, role.boundary));
    }
    role.id = identity::NewUniqueId(identity::kIdPrefixOf<Role>);
    role.created_ms = draft.now_ms();
    XmlWriter xml;
    View view = ViewOf(call);
    view.members = std::make_shared<const Members>(members);
    WriteRole(xml, "Role", view, role, Detail::kWhole);
    draft.Put(role);
    return xml.Take();
  });
}

Prepared PrepareGetRole(Call& call) {
  std::string name = TextOf(call, "RoleName");
  std::string arn = ArnOfName<Role>(call, name);
  return ReadOf(call, std::move(arn), [name = std::move(name)](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const Role* role, FindNamed<Role>(*view.members, name));
    XmlWriter xml;
    WriteRole(xml, "Role", view, *role, Detail::kWhole);
    return xml.Take();
  });
}

Prepared PrepareListRoles(Call& call) {
  return ReadOf(call, EverythingArn(call, "role"), [&call](const View& view) -> Result<Answer> {
    const auto roles = Listed(call, view.members->roles);
    return PagedAnswer(call, "Roles", roles, NamesOf(roles), [&view](XmlWriter& xml, const Role* role) {
      WriteRole(xml, "member", view, *role, Detail::kListed);
    });
  });
}

Prepared PrepareUpdateRole(Call& call) {
  std::string name = TextOf(call, "RoleName");
  std::string arn = ArnOfName<Role>(call, name);
  return ChangeOf(call, std::move(arn), [&call, name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Role* found, FindNamed<Role>(draft.members(), name));
    Role role = *found;
    if (Has(call, "Description")) {
      SetDescription(call, role);
    }
    // What is not said becomes what it is without being said.
    role.session_seconds_max = GetInteger(call.input, "MaxSessionDuration").value_or(identity::kSessionSecondsDefault);
    draft.Put(std::move(role));
    return Answer(kEmptyResult);
  });
}

Prepared PrepareUpdateRoleDescription(Call& call) {
  std::string name = TextOf(call, "RoleName");
  std::string arn = ArnOfName<Role>(call, name);
  return ChangeOf(call, std::move(arn), [&call, name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Role* found, FindNamed<Role>(draft.members(), name));
    Role role = *found;
    SetDescription(call, role);
    XmlWriter xml;
    WriteRole(xml, "Role", ViewOf(call), role, Detail::kWhole);
    draft.Put(std::move(role));
    return xml.Take();
  });
}

Prepared PrepareUpdateAssumeRolePolicy(Call& call) {
  std::string name = TextOf(call, "RoleName");
  std::string arn = ArnOfName<Role>(call, name);
  TRY_ASSIGN(Trust trust, ReadTrust(call, "PolicyDocument"));
  return ChangeOf(call, std::move(arn),
                  [&call, name = std::move(name), trust = std::move(trust)](Draft& draft) -> Result<Answer> {
                    TRY_ASSIGN(const Role* found, FindNamed<Role>(draft.members(), name));
                    TRY(CheckModifiable(*found));
                    Role role = *found;
                    SetTrust(role, trust, call.services.directory.actions());
                    draft.Put(std::move(role));
                    return Answer();
                  });
}

Prepared PrepareDeleteRole(Call& call) {
  std::string name = TextOf(call, "RoleName");
  std::string arn = ArnOfName<Role>(call, name);
  return ChangeOf(call, std::move(arn), [name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Role* role, FindNamed<Role>(draft.members(), name));
    TRY(CheckModifiable(*role));
    if (!role->inline_policies.empty()) {
      return ConflictOnDelete("delete policies first");
    }
    if (!role->attached.empty()) {
      return ConflictOnDelete("detach all policies first");
    }
    draft.Remove<Role>(std::string(role->id));
    return Answer();
  });
}

// Instances do not exist here, so no role is in a profile; clients ask before they delete a role.
Prepared PrepareListInstanceProfilesForRole(Call& call) {
  std::string name = TextOf(call, "RoleName");
  std::string arn = ArnOfName<Role>(call, name);
  return ReadOf(call, std::move(arn), [&call, name = std::move(name)](const View& view) -> Result<Answer> {
    TRY(FindNamed<Role>(*view.members, name));
    return PagedNames(call, "InstanceProfiles", {});
  });
}

}  // namespace basalt::operations::iam

// What an account has of everything, and how much of it it may have.
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {

Prepared PrepareGetAccountSummary(Call& call) {
  return ReadOf(call, "*", [](const View& view) -> Result<Answer> {
    const Members& members = *view.members;
    size_t versions = 0;
    for (const auto& [name, policy] : members.policies.by_name()) {
      versions += policy->versions.size();
    }
    XmlWriter xml;
    xml.Open("SummaryMap");
    const auto entry = [&xml](std::string_view key, size_t value) {
      xml.Open("entry");
      xml.Text("key", key);
      xml.Number("value", static_cast<int64_t>(value));
      xml.Close("entry");
    };
    entry("Users", members.users.size());
    entry("UsersQuota", identity::kUsersMax);
    entry("Groups", members.groups.size());
    entry("GroupsQuota", identity::kGroupsMax);
    entry("Roles", members.roles.size());
    entry("RolesQuota", identity::kRolesMax);
    entry("Policies", members.policies.size());
    entry("PoliciesQuota", identity::kManagedPoliciesMax);
    entry("PolicyVersionsInUse", versions);
    entry("PolicyVersionsInUseQuota", identity::kManagedPoliciesMax * identity::kPolicyVersionsMax);
    entry("VersionsPerPolicyQuota", identity::kPolicyVersionsMax);
    entry("AccessKeysPerUserQuota", identity::kAccessKeysOfUserMax);
    entry("GroupsPerUserQuota", identity::kGroupsOfUserMax);
    entry("AttachedPoliciesPerUserQuota", identity::kAttachedPoliciesMax);
    entry("AttachedPoliciesPerGroupQuota", identity::kAttachedPoliciesMax);
    entry("AttachedPoliciesPerRoleQuota", identity::kAttachedPoliciesMax);
    entry("UserPolicySizeQuota", policy::kUserPolicyCharactersMax);
    entry("GroupPolicySizeQuota", policy::kGroupPolicyCharactersMax);
    entry("RolePolicySizeQuota", policy::kRolePolicyCharactersMax);
    entry("PolicySizeQuota", policy::kManagedPolicyCharactersMax);
    entry("AssumeRolePolicySizeQuota", policy::kTrustPolicyCharactersMax);
    entry("AccountAccessKeysPresent", view.snapshot->KeysOf(members.account.id, {}).empty() ? 0 : 1);
    xml.Close("SummaryMap");
    return xml.Take();
  });
}

}  // namespace basalt::operations::iam

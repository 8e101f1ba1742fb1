// Managed policies and their versions.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "identity/aws_policies.h"
#include "identity/principal.h"
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

using identity::PolicyVersion;

Result<identity::PolicyText> ReadDocument(const Call& call) {
  const std::string text = TextOf(call, "PolicyDocument");
  if (policy::CountCharacters(text) > policy::kManagedPolicyCharactersMax) {
    return QuotaExceeded("PolicySize", policy::kManagedPolicyCharactersMax);
  }
  Result<identity::PolicyText> policy =
      identity::PolicyText::Parse(policy::DocumentKind::kIdentity, text, call.services.directory.actions());
  if (!policy.ok()) {
    return MalformedDocument(policy.TakeError());
  }
  return policy;
}

Result<const PolicyVersion*> FindVersion(const ManagedPolicy& policy, std::string_view arn, std::string_view id) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(id.data() + std::min<size_t>(1, id.size()), id.data() + id.size(), number);
  const bool is_number = id.starts_with('v') && error == std::errc() && end == id.data() + id.size();
  const PolicyVersion* version = is_number ? policy.Find(number) : nullptr;
  if (version == nullptr) {
    return NoSuchEntity(fmt::format("Policy {} version {} does not exist or is not attachable.", arn, id));
  }
  return version;
}

template <class Function>
Prepared ChangePolicy(Call& call, Function change) {
  std::string arn = TextOf(call, "PolicyArn");
  return ChangeOf(call, arn, [arn, change](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const ManagedPolicy* found, FindOwnPolicy(draft.members(), arn));
    ManagedPolicy policy = *found;
    TRY_ASSIGN(Answer answer, change(draft, policy));
    draft.Put(std::move(policy));
    return answer;
  });
}

}  // namespace

Prepared PrepareCreatePolicy(Call& call) {
  ManagedPolicy policy;
  policy.name = TextOf(call, "PolicyName");
  policy.path = Has(call, "Path") ? TextOf(call, "Path") : policy.path;
  policy.description = TextOf(call, "Description");
  TRY_ASSIGN(policy.tags, TagsOf(call));
  TRY_ASSIGN(identity::PolicyText text, ReadDocument(call));
  policy.versions.push_back({1, 0, std::move(text)});
  std::string arn = identity::MakeArn(call.caller.account_id, "policy", policy.path, policy.name);
  return ChangeOf(call, std::move(arn), [policy = std::move(policy)](Draft& draft) mutable -> Result<Answer> {
    if (draft.members().policies.Find(policy.name) != nullptr) {
      return Refused(IamRefusal::kEntityAlreadyExists,
                     fmt::format("A policy called {} already exists. Duplicate names are not allowed.", policy.name));
    }
    if (draft.members().policies.size() >= identity::kManagedPoliciesMax) {
      return QuotaExceeded("PoliciesPerAccount", identity::kManagedPoliciesMax);
    }
    policy.id = identity::NewUniqueId(identity::kIdPrefixOf<ManagedPolicy>);
    policy.created_ms = policy.updated_ms = policy.versions.front().created_ms = draft.now_ms();
    draft.Put(policy);
    XmlWriter xml;
    WritePolicy(xml, "Policy", draft.members(), policy, Uses(), Detail::kWhole);
    return xml.Take();
  });
}

Prepared PrepareGetPolicy(Call& call) {
  std::string arn = TextOf(call, "PolicyArn");
  return ReadOf(call, arn, [arn](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const ManagedPolicy* policy, FindPolicyByArn(*view.members, arn));
    XmlWriter xml;
    WritePolicy(xml, "Policy", *view.members, *policy, UsesOf(*view.members, arn), Detail::kWhole);
    return xml.Take();
  });
}

Prepared PrepareListPolicies(Call& call) {
  return ReadOf(call, EverythingArn(call, "policy"), [&call](const View& view) -> Result<Answer> {
    const std::string scope = TextOf(call, "Scope");
    const std::string usage = TextOf(call, "PolicyUsageFilter");
    const bool only_attached = GetBool(call.input, "OnlyAttached").value_or(false);
    struct Row {
      const ManagedPolicy* policy;
      Uses uses;
    };
    std::vector<Row> rows;
    const UseCounts counts(*view.members);
    const auto add = [&](const ManagedPolicy& policy) {
      const Uses uses = counts.Of(PolicyArn(*view.members, policy));
      const bool is_used = (usage != "PermissionsBoundary" && uses.attached > 0) ||
                           (usage != "PermissionsPolicy" && uses.boundaries > 0);
      if (is_used || (usage.empty() && !only_attached)) {
        rows.push_back({&policy, uses});
      }
    };
    if (scope != "AWS") {
      for (const ManagedPolicy* policy : Listed(call, view.members->policies)) {
        add(*policy);
      }
    }
    if (scope != "Local") {
      const std::string prefix = TextOf(call, "PathPrefix");
      for (const ManagedPolicy& policy : identity::AwsPolicies()) {
        if (policy.path.starts_with(prefix)) {
          add(policy);
        }
      }
    }
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
      return policy::LowerCase(a.policy->name) < policy::LowerCase(b.policy->name);
    });
    std::vector<std::string> names;
    for (const Row& row : rows) {
      names.push_back(row.policy->name);
    }
    return PagedAnswer(call, "Policies", rows, names, [&view](XmlWriter& xml, const Row& row) {
      WritePolicy(xml, "member", *view.members, *row.policy, row.uses, Detail::kListed);
    });
  });
}

Prepared PrepareDeletePolicy(Call& call) {
  std::string arn = TextOf(call, "PolicyArn");
  return ChangeOf(call, arn, [arn](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const ManagedPolicy* policy, FindOwnPolicy(draft.members(), arn));
    const Uses uses = UsesOf(draft.members(), arn);
    if (uses.attached > 0 || uses.boundaries > 0) {
      return Refused(IamRefusal::kDeleteConflict, "Cannot delete a policy attached to entities.");
    }
    if (policy->versions.size() > 1) {
      return Refused(IamRefusal::kDeleteConflict,
                     "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                     "versions. The default version is deleted with the policy.");
    }
    draft.Remove<ManagedPolicy>(std::string(policy->id));
    return Answer();
  });
}

Prepared PrepareCreatePolicyVersion(Call& call) {
  TRY_ASSIGN(identity::PolicyText text, ReadDocument(call));
  const bool set_default = GetBool(call.input, "SetAsDefault").value_or(false);
  return ChangePolicy(
      call, [text = std::move(text), set_default](Draft& draft, ManagedPolicy& policy) -> Result<Answer> {
        if (policy.versions.size() >= identity::kPolicyVersionsMax) {
          return Error(Reason::kLimitExceeded,
                       fmt::format("A managed policy can have up to {} versions. Before you create a new version, you "
                                   "must delete an existing version.",
                                   identity::kPolicyVersionsMax));
        }
        policy.versions.push_back({++policy.versions_made, draft.now_ms(), text});
        policy.updated_ms = draft.now_ms();
        if (set_default) {
          policy.default_version = policy.versions_made;
        }
        XmlWriter xml;
        WriteVersion(xml, "PolicyVersion", policy, policy.versions.back(), Detail::kListed);
        return xml.Take();
      });
}

Prepared PrepareGetPolicyVersion(Call& call) {
  std::string arn = TextOf(call, "PolicyArn");
  return ReadOf(call, arn, [&call, arn](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const ManagedPolicy* policy, FindPolicyByArn(*view.members, arn));
    TRY_ASSIGN(const PolicyVersion* version, FindVersion(*policy, arn, TextOf(call, "VersionId")));
    XmlWriter xml;
    WriteVersion(xml, "PolicyVersion", *policy, *version, Detail::kWhole);
    return xml.Take();
  });
}

Prepared PrepareListPolicyVersions(Call& call) {
  std::string arn = TextOf(call, "PolicyArn");
  return ReadOf(call, arn, [arn](const View& view) -> Result<Answer> {
    TRY_ASSIGN(const ManagedPolicy* policy, FindPolicyByArn(*view.members, arn));
    XmlWriter xml;
    xml.Open("Versions");
    for (auto version = policy->versions.rbegin(); version != policy->versions.rend(); ++version) {
      WriteVersion(xml, "member", *policy, *version, Detail::kListed);
    }
    xml.Close("Versions");
    xml.Bool("IsTruncated", false);
    return xml.Take();
  });
}

Prepared PrepareDeletePolicyVersion(Call& call) {
  return ChangePolicy(call, [&call](Draft&, ManagedPolicy& policy) -> Result<Answer> {
    TRY_ASSIGN(const PolicyVersion* version, FindVersion(policy, TextOf(call, "PolicyArn"), TextOf(call, "VersionId")));
    if (version->number == policy.default_version) {
      return Refused(IamRefusal::kDeleteConflict, "Cannot delete the default version of a policy.");
    }
    std::erase_if(policy.versions,
                  [number = version->number](const PolicyVersion& other) { return other.number == number; });
    return Answer();
  });
}

Prepared PrepareSetDefaultPolicyVersion(Call& call) {
  return ChangePolicy(call, [&call](Draft& draft, ManagedPolicy& policy) -> Result<Answer> {
    TRY_ASSIGN(const PolicyVersion* version, FindVersion(policy, TextOf(call, "PolicyArn"), TextOf(call, "VersionId")));
    policy.default_version = version->number;
    policy.updated_ms = draft.now_ms();
    return Answer();
  });
}

}  // namespace basalt::operations::iam

// Policies of an organization, and where they are attached.
#include <algorithm>

#include "crypto/random.h"
#include "operations/organizations/handlers.h"

namespace basalt::operations::organizations {
namespace {

constexpr size_t kPolicyIdRandomLength = 10;
constexpr std::string_view kIdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

Error NoPolicy() { return Refused(IamRefusal::kPolicyNotFound, "You specified a policy that doesn't exist."); }
Error NoTarget() { return Refused(IamRefusal::kTargetNotFound, "You specified a target that doesn't exist."); }
Error NotEnabled() {
  return Refused(IamRefusal::kPolicyTypeNotEnabled, "This operation can be performed only for enabled policy types.");
}

void WriteSummary(json::Writer& writer, const Organization& organization, const ControlPolicy& policy) {
  writer.BeginObject();
  WriteText(writer, "Id", policy.id);
  WriteText(writer, "Arn", ArnOf(organization, policy));
  WriteText(writer, "Name", policy.name);
  WriteText(writer, "Description", policy.description);
  WriteText(writer, "Type", TypeName(policy.kind));
  writer.Key("AwsManaged");
  writer.Bool(policy.is_aws);
  writer.EndObject();
}

Answer PolicyAnswer(const Organization& organization, const ControlPolicy& policy) {
  return ObjectOf([&](json::Writer& writer) {
    writer.Key("Policy");
    writer.BeginObject();
    writer.Key("PolicySummary");
    WriteSummary(writer, organization, policy);
    WriteText(writer, "Content", policy.policy.text);
    writer.EndObject();
  });
}

Result<Answer> PoliciesAnswer(const Call& call, const Organization& organization,
                              std::vector<const ControlPolicy*> policies) {
  return PagedAnswer(
      call, "Policies", std::move(policies), [](const ControlPolicy* policy) -> std::string_view { return policy->id; },
      [&organization](json::Writer& writer, const ControlPolicy* policy) {
        WriteSummary(writer, organization, *policy);
      });
}

Result<identity::PolicyText> ReadContent(const Call& call, ControlKind kind) {
  const std::string text = TextOf(call, "Content");
  if (text.size() > policy::kControlPolicyBytesMax) {
    return Refused(IamRefusal::kConstraintViolation, "You have exceeded the maximum policy document size.");
  }
  const auto document_kind =
      kind == ControlKind::kService ? policy::DocumentKind::kServiceControl : policy::DocumentKind::kResourceControl;
  Result<identity::PolicyText> policy =
      identity::PolicyText::Parse(document_kind, text, call.services.directory.actions());
  if (!policy.ok() && policy.error().reason == Reason::kValidation) {
    return Refused(IamRefusal::kMalformedPolicy,
                   "The provided policy document does not meet the requirements of the specified policy type.");
  }
  return policy;
}

Status CheckName(const Organization& organization, const ControlPolicy& policy) {
  const auto is_same = [&policy](const ControlPolicy& other) {
    return other.id != policy.id && other.kind == policy.kind && other.name == policy.name;
  };
  if (is_same(identity::FullAccessOf(policy.kind)) ||
      std::any_of(organization.policies.begin(), organization.policies.end(), is_same)) {
    return Refused(IamRefusal::kDuplicatePolicy, "A policy with the same name already exists.");
  }
  return {};
}

// One that the organization may change: those of everybody are not its own.
Result<ControlPolicy*> FindOwn(Organization& organization, std::string_view id) {
  const ControlPolicy* policy = organization.FindPolicy(id);
  if (policy == nullptr) {
    return NoPolicy();
  }
  if (policy->is_aws) {
    return NotAllowed();
  }
  return &*std::find_if(organization.policies.begin(), organization.policies.end(),
                        [id](const ControlPolicy& other) { return other.id == id; });
}

}  // namespace

Prepared PrepareCreatePolicy(Call& call) {
  ControlPolicy policy;
  TRY_ASSIGN(policy.kind, KindOf(call, "Type"));
  TRY_ASSIGN(policy.policy, ReadContent(call, policy.kind));
  policy.name = TextOf(call, "Name");
  policy.description = TextOf(call, "Description");
  return ChangeOf(
      call, "*", [policy = std::move(policy)](Draft&, Organization& organization) mutable -> Result<Answer> {
        TRY(CheckName(organization, policy));
        if (organization.policies.size() >= identity::kControlPoliciesMax) {
          return Refused(IamRefusal::kConstraintViolation, "You have exceeded the allowed number of policies.");
        }
        policy.id = "p-" + crypto::RandomText(kPolicyIdRandomLength, kIdAlphabet);
        organization.policies.push_back(policy);
        return PolicyAnswer(organization, organization.policies.back());
      });
}

Prepared PrepareUpdatePolicy(Call& call) {
  const std::string id = TextOf(call, "PolicyId");
  return ChangeOf(call, PolicyResource(call, id), [&call, id](Draft&, Organization& organization) -> Result<Answer> {
    TRY_ASSIGN(ControlPolicy * policy, FindOwn(organization, id));
    if (Has(call, "Content")) {
      TRY_ASSIGN(policy->policy, ReadContent(call, policy->kind));
    }
    if (Has(call, "Name")) {
      policy->name = TextOf(call, "Name");
      TRY(CheckName(organization, *policy));
    }
    if (Has(call, "Description")) {
      policy->description = TextOf(call, "Description");
    }
    return PolicyAnswer(organization, *policy);
  });
}

Prepared PrepareDescribePolicy(Call& call) {
  const std::string id = TextOf(call, "PolicyId");
  return ReadOf(call, Who::kManagement, PolicyResource(call, id),
                [id](const Organization& organization) -> Result<Answer> {
                  const ControlPolicy* policy = organization.FindPolicy(id);
                  if (policy == nullptr) {
                    return NoPolicy();
                  }
                  return PolicyAnswer(organization, *policy);
                });
}

Prepared PrepareDeletePolicy(Call& call) {
  const std::string id = TextOf(call, "PolicyId");
  return ChangeOf(call, PolicyResource(call, id), [id](Draft&, Organization& organization) -> Result<Answer> {
    TRY(FindOwn(organization, id));
    if (std::any_of(organization.attachments.begin(), organization.attachments.end(),
                    [&id](const Organization::Attachment& attachment) { return attachment.policy == id; })) {
      return Refused(IamRefusal::kPolicyInUse,
                     "The policy is attached to one or more entities. You must detach it "
                     "from all roots, OUs, and accounts before performing this operation.");
    }
    std::erase_if(organization.policies, [&id](const ControlPolicy& policy) { return policy.id == id; });
    return ObjectOf([](json::Writer&) {});
  });
}

Prepared PrepareListPolicies(Call& call) {
  TRY_ASSIGN(const ControlKind kind, KindOf(call, "Filter"));
  return ReadOf(call, Who::kManagement, "*", [&call, kind](const Organization& organization) -> Result<Answer> {
    std::vector<const ControlPolicy*> policies{&identity::FullAccessOf(kind)};
    for (const ControlPolicy& policy : organization.policies) {
      if (policy.kind == kind) {
        policies.push_back(&policy);
      }
    }
    return PoliciesAnswer(call, organization, std::move(policies));
  });
}

Prepared PrepareAttachPolicy(Call& call) {
  const std::string id = TextOf(call, "PolicyId");
  return ChangeOf(call, PolicyResource(call, id), [&call, id](Draft&, Organization& organization) -> Result<Answer> {
    const std::string target = TextOf(call, "TargetId");
    const ControlPolicy* policy = organization.FindPolicy(id);
    if (policy == nullptr) {
      return NoPolicy();
    }
    if (!organization.IsPlace(target)) {
      return NoTarget();
    }
    if (!organization.IsEnabled(policy->kind)) {
      return NotEnabled();
    }
    if (organization.IsAttached(id, target)) {
      return Refused(IamRefusal::kDuplicateAttachment,
                     "A policy with the specified name and type already attached to the specified target.");
    }
    if (organization.AttachedTo(target, policy->kind).size() >= identity::kAttachedToTargetMax) {
      return Refused(IamRefusal::kConstraintViolation,
                     "You have attached the maximum number of policies to the specified target.");
    }
    organization.attachments.push_back({id, target});
    return ObjectOf([](json::Writer&) {});
  });
}

Prepared PrepareDetachPolicy(Call& call) {
  const std::string id = TextOf(call, "PolicyId");
  return ChangeOf(call, PolicyResource(call, id), [&call, id](Draft&, Organization& organization) -> Result<Answer> {
    const std::string target = TextOf(call, "TargetId");
    const ControlPolicy* policy = organization.FindPolicy(id);
    if (policy == nullptr) {
      return NoPolicy();
    }
    if (!organization.IsPlace(target)) {
      return NoTarget();
    }
    if (!organization.IsAttached(id, target)) {
      return Refused(IamRefusal::kPolicyNotAttached,
                     "The policy isn't attached to the specified target in the specified root.");
    }
    if (id == identity::FullAccessOf(ControlKind::kResource).id) {
      return Refused(IamRefusal::kConstraintViolation, "You can't detach the RCPFullAWSAccess policy.");
    }
    if (policy->kind == ControlKind::kService && organization.AttachedTo(target, policy->kind).size() == 1) {
      return Refused(IamRefusal::kConstraintViolation,
                     "You can't remove the last policy from the specified target. You must have at least one policy "
                     "attached at all times.");
    }
    std::erase_if(organization.attachments, [&](const Organization::Attachment& attachment) {
      return attachment.policy == id && attachment.target == target;
    });
    return ObjectOf([](json::Writer&) {});
  });
}

Prepared PrepareListTargetsForPolicy(Call& call) {
  const std::string id = TextOf(call, "PolicyId");
  return ReadOf(call, Who::kManagement, PolicyResource(call, id),
                [&call, id](const Organization& organization) -> Result<Answer> {
                  if (organization.FindPolicy(id) == nullptr) {
                    return NoPolicy();
                  }
                  std::vector<std::string_view> targets;
                  for (const Organization::Attachment& attachment : organization.attachments) {
                    if (attachment.policy == id) {
                      targets.push_back(attachment.target);
                    }
                  }
                  return PagedAnswer(
                      call, "Targets", std::move(targets), [](std::string_view target) { return target; },
                      [&organization](json::Writer& writer, std::string_view target) {
                        const Organization::Unit* unit = organization.FindUnit(target);
                        const Organization::Account* account = organization.FindAccount(target);
                        writer.BeginObject();
                        WriteText(writer, "TargetId", target);
                        WriteText(writer, "Arn", ArnOf(organization, target));
                        WriteText(writer, "Name",
                                  unit != nullptr      ? std::string_view(unit->name)
                                  : account != nullptr ? std::string_view(account->name)
                                                       : std::string_view("Root"));
                        WriteText(writer, "Type",
                                  unit != nullptr      ? "ORGANIZATIONAL_UNIT"
                                  : account != nullptr ? "ACCOUNT"
                                                       : "ROOT");
                        writer.EndObject();
                      });
                });
}

Prepared PrepareListPoliciesForTarget(Call& call) {
  TRY_ASSIGN(const ControlKind kind, KindOf(call, "Filter"));
  const std::string target = TextOf(call, "TargetId");
  return ReadOf(call, Who::kManagement, ResourceOf(call, target),
                [&call, kind, target](const Organization& organization) -> Result<Answer> {
                  if (!organization.IsPlace(target)) {
                    return NoTarget();
                  }
                  return PoliciesAnswer(call, organization, organization.AttachedTo(target, kind));
                });
}

}  // namespace basalt::operations::organizations

// The organization itself, its root, and which kinds of policies are in force.
#include <fmt/format.h>

#include <algorithm>

#include "crypto/random.h"
#include "model/arn.h"
#include "operations/organizations/handlers.h"

namespace basalt::operations::organizations {
namespace {

constexpr std::string_view kIdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kEnabled = "ENABLED";

void WriteType(json::Writer& writer, ControlKind kind) {
  writer.BeginObject();
  WriteText(writer, "Type", TypeName(kind));
  WriteText(writer, "Status", kEnabled);
  writer.EndObject();
}

Answer OrganizationAnswer(const Organization& organization) {
  return ObjectOf([&](json::Writer& writer) {
    writer.Key("Organization");
    writer.BeginObject();
    WriteText(writer, "Id", organization.id);
    WriteText(writer, "Arn",
              fmt::format("arn:{}:organizations::{}:organization/{}", model::kArnPartition, organization.management,
                          organization.id));
    WriteText(writer, "FeatureSet", organization.has_all_features ? "ALL" : "CONSOLIDATED_BILLING");
    WriteText(writer, "MasterAccountArn", ArnOf(organization, organization.management));
    WriteText(writer, "MasterAccountId", organization.management);
    WriteText(writer, "MasterAccountEmail", organization.accounts.front().email);
    writer.Key("AvailablePolicyTypes");
    writer.BeginArray();
    if (organization.has_all_features) {
      WriteType(writer, ControlKind::kService);
      WriteType(writer, ControlKind::kResource);
    }
    writer.EndArray();
    writer.EndObject();
  });
}

void WriteRoot(json::Writer& writer, const Organization& organization) {
  writer.BeginObject();
  WriteText(writer, "Id", organization.root);
  WriteText(writer, "Arn", ArnOf(organization, organization.root));
  WriteText(writer, "Name", "Root");
  writer.Key("PolicyTypes");
  writer.BeginArray();
  for (const ControlKind kind : {ControlKind::kService, ControlKind::kResource}) {
    if (organization.IsEnabled(kind)) {
      WriteType(writer, kind);
    }
  }
  writer.EndArray();
  writer.EndObject();
}

Answer RootAnswer(const Organization& organization) {
  return ObjectOf([&](json::Writer& writer) {
    writer.Key("Root");
    WriteRoot(writer, organization);
  });
}

Status CheckRoot(const Call& call, const Organization& organization) {
  if (TextOf(call, "RootId") != organization.root) {
    return Refused(IamRefusal::kRootNotFound, "You specified a root that doesn't exist.");
  }
  return {};
}

bool& EnabledOf(Organization& organization, ControlKind kind) {
  return kind == ControlKind::kService ? organization.service_control : organization.resource_control;
}

}  // namespace

Prepared PrepareCreateOrganization(Call& call) {
  return FoundingOf(call, [&call](Draft& draft) -> Result<Answer> {
    const std::string& account = draft.members().account.id;
    if (draft.before().FindPlacement(account) != nullptr) {
      return Refused(IamRefusal::kAlreadyInOrganization, "The AWS account is already a member of an organization.");
    }
    Organization organization;
    organization.id = "o-" + crypto::RandomText(10, kIdAlphabet);
    organization.root = "r-" + crypto::RandomText(4, kIdAlphabet);
    organization.management = account;
    organization.created_ms = draft.now_ms();
    organization.has_all_features = TextOf(call, "FeatureSet") != "CONSOLIDATED_BILLING";
    // Nobody has told of an address.
    organization.accounts.push_back(
        {account, account, account + "@basalt.invalid", organization.root, draft.now_ms(), false});
    Answer answer = OrganizationAnswer(organization);
    draft.PutOrganization(std::move(organization));
    return answer;
  });
}

Prepared PrepareDeleteOrganization(Call& call) {
  return ChangeOf(call, "*", [](Draft&, Organization& organization) -> Result<Answer> {
    if (organization.accounts.size() > 1 || !organization.units.empty() || !organization.policies.empty()) {
      return Refused(IamRefusal::kOrganizationNotEmpty,
                     "To delete an organization you must first remove all member accounts (except the master).");
    }
    organization.id.clear();
    return ObjectOf([](json::Writer&) {});
  });
}

Prepared PrepareDescribeOrganization(Call& call) {
  return ReadOf(call, Who::kMembers, "*",
                [](const Organization& organization) -> Result<Answer> { return OrganizationAnswer(organization); });
}

Prepared PrepareListRoots(Call& call) {
  return ReadOf(call, Who::kManagement, "*", [&call](const Organization& organization) -> Result<Answer> {
    return PagedAnswer(
        call, "Roots", std::vector<std::string_view>{organization.root}, [](std::string_view root) { return root; },
        [&organization](json::Writer& writer, std::string_view) { WriteRoot(writer, organization); });
  });
}

// Every place gets the policy that allows everything, so that nothing changes until others are attached.
Prepared PrepareEnablePolicyType(Call& call) {
  TRY_ASSIGN(const ControlKind kind, KindOf(call, "PolicyType"));
  return ChangeOf(call, ResourceOf(call, TextOf(call, "RootId")),
                  [&call, kind](Draft&, Organization& organization) -> Result<Answer> {
                    TRY(CheckRoot(call, organization));
                    if (!organization.has_all_features) {
                      return Refused(IamRefusal::kPolicyTypeNotAvailable,
                                     "You can't use the specified policy type with the feature set currently enabled "
                                     "for this organization.");
                    }
                    if (organization.IsEnabled(kind)) {
                      return Refused(IamRefusal::kPolicyTypeAlreadyEnabled,
                                     "The specified policy type is already enabled.");
                    }
                    EnabledOf(organization, kind) = true;
                    const std::string& full = identity::FullAccessOf(kind).id;
                    organization.attachments.push_back({full, organization.root});
                    for (const Organization::Unit& unit : organization.units) {
                      organization.attachments.push_back({full, unit.id});
                    }
                    for (const Organization::Account& account : organization.accounts) {
                      organization.attachments.push_back({full, account.id});
                    }
                    return RootAnswer(organization);
                  });
}

Prepared PrepareDisablePolicyType(Call& call) {
  TRY_ASSIGN(const ControlKind kind, KindOf(call, "PolicyType"));
  return ChangeOf(call, ResourceOf(call, TextOf(call, "RootId")),
                  [&call, kind](Draft&, Organization& organization) -> Result<Answer> {
                    TRY(CheckRoot(call, organization));
                    if (!organization.IsEnabled(kind)) {
                      return Refused(IamRefusal::kPolicyTypeNotEnabled,
                                     "This operation can be performed only for enabled policy types.");
                    }
                    EnabledOf(organization, kind) = false;
                    std::erase_if(organization.attachments, [&](const Organization::Attachment& attachment) {
                      const ControlPolicy* policy = organization.FindPolicy(attachment.policy);
                      return policy == nullptr || policy->kind == kind;
                    });
                    return RootAnswer(organization);
                  });
}

}  // namespace basalt::operations::organizations

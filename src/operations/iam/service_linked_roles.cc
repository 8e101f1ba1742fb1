// Roles that services make for themselves: there to be seen, named and trusted by those alone. What services do here
// they do inside, so such a role has no policies.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "crypto/random.h"
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

struct Service {
  std::string_view name;
  std::string_view role;
};
constexpr std::array<Service, 4> kServices = {{
    {"replication.dynamodb.amazonaws.com", "AWSServiceRoleForDynamoDBReplication"},
    {"dynamodb.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"},
    {"kinesisreplication.dynamodb.amazonaws.com", "AWSServiceRoleForDynamoDBKinesisDataStreamsReplication"},
    {"contributorinsights.dynamodb.amazonaws.com", "AWSServiceRoleForDynamoDBCloudWatchContributorInsights"},
}};
constexpr std::string_view kTask = "task";
constexpr size_t kTaskIdLength = 32;

void SetTrust(Role& role, std::string_view service, const policy::ActionCatalogue* actions) {
  role.shown_trust = fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{}"}},"Action":"sts:)"
      R"(AssumeRole"}}]}})",
      service);
  Result<identity::PolicyText> trust =
      identity::PolicyText::Parse(policy::DocumentKind::kTrust, role.shown_trust, actions);
  BASALT_CHECK(trust.ok());
  static_cast<identity::PolicyText&>(role.trust) = *std::move(trust);
}

}  // namespace

Prepared PrepareCreateServiceLinkedRole(Call& call) {
  const std::string service = TextOf(call, "AWSServiceName");
  const auto row = std::find_if(kServices.begin(), kServices.end(),
                                [&service](const Service& known) { return known.name == service; });
  if (row == kServices.end()) {
    return Refused(IamRefusal::kInvalidInput,
                   fmt::format("Service-linked roles are not supported for the service {}.", service));
  }
  if (Has(call, "CustomSuffix")) {
    return Refused(IamRefusal::kInvalidInput, fmt::format("Custom suffix is not allowed for {}", service));
  }
  Role role;
  role.name = row->role;
  role.path = fmt::format("{}{}/", kServiceLinkedPath, service);
  role.description = TextOf(call, "Description");
  role.has_description = Has(call, "Description");
  SetTrust(role, service, call.services.directory.actions());
  std::string arn = identity::ArnOf(call.caller.account_id, role);
  return ChangeOf(call, std::move(arn), [&call, role = std::move(role)](Draft& draft) mutable -> Result<Answer> {
    if (draft.members().roles.Find(role.name) != nullptr) {
      return Refused(IamRefusal::kInvalidInput,
                     fmt::format("Service role name {} has been taken in this account, please try a different suffix.",
                                 role.name));
    }
    role.id = identity::NewUniqueId(identity::kIdPrefixOf<Role>);
    role.created_ms = draft.now_ms();
    View view = ViewOf(call);
    view.members = std::make_shared<const Members>(draft.members());
    XmlWriter xml;
    WriteRole(xml, "Role", view, role, Detail::kWhole);
    draft.Put(role);
    return xml.Take();
  });
}

// Nothing uses the role in a way that could keep it: it is gone with the answer.
Prepared PrepareDeleteServiceLinkedRole(Call& call) {
  std::string name = TextOf(call, "RoleName");
  std::string arn = ArnOfName<Role>(call, name);
  return ChangeOf(call, std::move(arn), [name = std::move(name)](Draft& draft) -> Result<Answer> {
    TRY_ASSIGN(const Role* role, FindNamed<Role>(draft.members(), name));
    if (!IsServiceLinked(*role)) {
      return NoEntityNamed("service-linked role", name);
    }
    XmlWriter xml;
    xml.Text("DeletionTaskId", fmt::format("{}{}{}/{}", kTask, role->path, role->name,
                                           crypto::RandomText(kTaskIdLength, "0123456789abcdef")));
    draft.Remove<Role>(std::string(role->id));
    return xml.Take();
  });
}

Prepared PrepareGetServiceLinkedRoleDeletionStatus(Call& call) {
  return ReadOf(call, EverythingArn(call, "role"),
                [id = TextOf(call, "DeletionTaskId")](const View&) -> Result<Answer> {
                  if (!id.starts_with(fmt::format("{}{}", kTask, kServiceLinkedPath))) {
                    return NoSuchEntity(fmt::format("Deletion task {} cannot be found.", id));
                  }
                  XmlWriter xml;
                  xml.Text("Status", "SUCCEEDED");
                  return xml.Take();
                });
}

}  // namespace basalt::operations::iam

// GetAccountAuthorizationDetails: users, groups, roles and managed policies with all that says what they may do, page
// by page over all kinds.
#include <algorithm>

#include "identity/aws_policies.h"
#include "identity/principal.h"
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"

namespace basalt::operations::iam {
namespace {

// In the order in which kinds are paged through.
enum class Kind : uint8_t { kUser, kGroup, kRole, kPolicy };

struct Row {
  Kind kind;
  const void* entity;
};

class Details {
 public:
  Details(const Call& call, const View& view) : call_(call), view_(view), members_(*view.members), counts_(members_) {}

  Result<Answer> Write() {
    AddAll(Kind::kUser, "User", members_.users);
    AddAll(Kind::kGroup, "Group", members_.groups);
    AddAll(Kind::kRole, "Role", members_.roles);
    AddAll(Kind::kPolicy, "LocalManagedPolicy", members_.policies);
    if (IsWanted("AWSManagedPolicy")) {
      for (const ManagedPolicy& policy : identity::AwsPolicies()) {
        Add(Kind::kPolicy, "zaws/" + policy.name, &policy);
      }
    }
    TRY_ASSIGN(page_, PageOf(call_, names_));
    WriteKind<User>("UserDetailList", Kind::kUser, [this](const User& user) { WriteUserDetail(user); });
    WriteKind<Group>("GroupDetailList", Kind::kGroup, [this](const Group& group) { WriteGroupDetail(group); });
    WriteKind<Role>("RoleDetailList", Kind::kRole, [this](const Role& role) { WriteRoleDetail(role); });
    WriteKind<ManagedPolicy>("Policies", Kind::kPolicy,
                             [this](const ManagedPolicy& policy) { WritePolicyDetail(policy); });
    WritePageEnd(xml_, page_, names_);
    return xml_.Take();
  }

 private:
  bool IsWanted(std::string_view type) const {
    const json::Node* filter = call_.input.Find("Filter");
    return filter == nullptr || filter->elements.empty() ||
           std::any_of(filter->elements.begin(), filter->elements.end(),
                       [type](const json::Node& node) { return node.string == type; });
  }
  void Add(Kind kind, const std::string& name, const void* entity) {
    rows_.push_back({kind, entity});
    names_.push_back(std::to_string(static_cast<int>(kind)) + "/" + name);
  }
  template <class T>
  void AddAll(Kind kind, std::string_view type, const identity::Entities<T>& entities) {
    if (IsWanted(type)) {
      for (const auto& [name, entity] : entities.by_name()) {
        Add(kind, name, entity.get());
      }
    }
  }
  template <class T, class WriteOne>
  void WriteKind(std::string_view element, Kind kind, WriteOne write) {
    xml_.Open(element);
    for (size_t i = page_.begin; i < page_.end; ++i) {
      if (rows_[i].kind == kind) {
        xml_.Open("member");
        write(*static_cast<const T*>(rows_[i].entity));
        xml_.Close("member");
      }
    }
    xml_.Close(element);
  }

  void WriteInline(std::string_view element, const identity::Entity& entity) {
    xml_.Open(element);
    for (const identity::InlinePolicy& policy : entity.inline_policies) {
      xml_.Open("member");
      xml_.Text("PolicyName", policy.name);
      xml_.Encoded("PolicyDocument", policy.policy.text);
      xml_.Close("member");
    }
    xml_.Close(element);
  }
  void WriteAttached(const identity::Entity& entity) {
    xml_.Open("AttachedManagedPolicies");
    for (const std::string& arn : entity.attached) {
      if (const ManagedPolicy* policy = identity::FindManagedPolicy(members_, arn); policy != nullptr) {
        xml_.Open("member");
        xml_.Text("PolicyName", policy->name);
        xml_.Text("PolicyArn", arn);
        xml_.Close("member");
      }
    }
    xml_.Close("AttachedManagedPolicies");
  }
  void WriteUserDetail(const User& user) {
    WriteNames(xml_, members_.account.id, user, "UserName", "UserId");
    WriteInline("UserPolicyList", user);
    xml_.Open("GroupList");
    for (const std::string& id : user.groups) {
      if (const Group* group = members_.groups.FindById(id); group != nullptr) {
        xml_.Text("member", group->name);
      }
    }
    xml_.Close("GroupList");
    WriteAttached(user);
    WriteBoundary(xml_, user.boundary);
    WriteTags(xml_, user.tags);
  }
  void WriteGroupDetail(const Group& group) {
    WriteNames(xml_, members_.account.id, group, "GroupName", "GroupId");
    WriteInline("GroupPolicyList", group);
    WriteAttached(group);
  }
  void WriteRoleDetail(const Role& role) {
    WriteNames(xml_, members_.account.id, role, "RoleName", "RoleId");
    xml_.Encoded("AssumeRolePolicyDocument", ShownTrust(*view_.snapshot, role));
    xml_.Open("InstanceProfileList");
    xml_.Close("InstanceProfileList");
    WriteInline("RolePolicyList", role);
    WriteAttached(role);
    WriteBoundary(xml_, role.boundary);
    WriteTags(xml_, role.tags);
  }
  void WritePolicyDetail(const ManagedPolicy& policy) {
    const std::string arn = PolicyArn(members_, policy);
    WritePolicyFields(xml_, members_, policy, counts_.Of(arn));
    if (!policy.description.empty()) {
      xml_.Text("Description", policy.description);
    }
    xml_.Open("PolicyVersionList");
    for (auto version = policy.versions.rbegin(); version != policy.versions.rend(); ++version) {
      WriteVersion(xml_, "member", policy, *version, Detail::kWhole);
    }
    xml_.Close("PolicyVersionList");
  }

  const Call& call_;
  const View& view_;
  const Members& members_;
  UseCounts counts_;
  std::vector<Row> rows_;
  std::vector<std::string> names_;
  PageBounds page_;
  XmlWriter xml_;
};

}  // namespace

Prepared PrepareGetAccountAuthorizationDetails(Call& call) {
  return ReadOf(call, "*", [&call](const View& view) -> Result<Answer> { return Details(call, view).Write(); });
}

}  // namespace basalt::operations::iam

// XML of entities.
#include "operations/iam/answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "identity/aws_policies.h"
#include "identity/principal.h"
#include "policy/canonical.h"

namespace basalt::operations::iam {
namespace {

constexpr int64_t kPageSizeDefault = 100;

}  // namespace

std::string ShownTrust(const identity::Snapshot& snapshot, const Role& role) {
  const auto shown = policy::Canonicalize(
      policy::DocumentKind::kTrust, role.trust.text,
      [&snapshot](std::string_view kept) { return std::optional(identity::ShowPrincipal(snapshot, kept)); });
  const auto given =
      policy::Canonicalize(policy::DocumentKind::kTrust, role.shown_trust,
                           [](std::string_view principal) { return std::optional(std::string(principal)); });
  return shown.ok() && given.ok() && shown->text != given->text ? shown->text : role.shown_trust;
}

void WriteTags(XmlWriter& xml, const std::vector<identity::Tag>& tags) {
  xml.Open("Tags");
  for (const identity::Tag& tag : tags) {
    xml.Open("member");
    xml.Text("Key", tag.key);
    xml.Text("Value", tag.value);
    xml.Close("member");
  }
  xml.Close("Tags");
}

void WriteBoundary(XmlWriter& xml, std::string_view arn) {
  if (!arn.empty()) {
    xml.Open("PermissionsBoundary");
    xml.Text("PermissionsBoundaryType", "Policy");
    xml.Text("PermissionsBoundaryArn", arn);
    xml.Close("PermissionsBoundary");
  }
}

void WriteUser(XmlWriter& xml, std::string_view element, std::string_view account, const User& user, Detail detail) {
  xml.Open(element);
  WriteNames(xml, account, user, "UserName", "UserId");
  if (detail == Detail::kWhole) {
    WriteBoundary(xml, user.boundary);
    if (!user.tags.empty()) {
      WriteTags(xml, user.tags);
    }
  }
  xml.Close(element);
}

void WriteGroup(XmlWriter& xml, std::string_view element, std::string_view account, const Group& group) {
  xml.Open(element);
  WriteNames(xml, account, group, "GroupName", "GroupId");
  xml.Close(element);
}

void WriteRole(XmlWriter& xml, std::string_view element, const View& view, const Role& role, Detail detail) {
  xml.Open(element);
  WriteNames(xml, view.members->account.id, role, "RoleName", "RoleId");
  xml.Encoded("AssumeRolePolicyDocument", ShownTrust(*view.snapshot, role));
  if (role.has_description) {
    xml.Text("Description", role.description);
  }
  xml.Number("MaxSessionDuration", role.session_seconds_max);
  if (detail == Detail::kWhole) {
    WriteBoundary(xml, role.boundary);
    if (!role.tags.empty()) {
      WriteTags(xml, role.tags);
    }
  }
  xml.Close(element);
}

std::string PolicyArn(const Members& members, const ManagedPolicy& policy) {
  const bool is_own = members.policies.FindById(policy.id) != nullptr;
  return identity::ArnOf(is_own ? std::string_view(members.account.id) : identity::kAwsPolicyOwner, policy);
}

Uses UsesOf(const Members& members, std::string_view policy_arn) {
  Uses uses;
  const auto count = [&uses, policy_arn](const auto& entities) {
    for (const auto& [name, entity] : entities.by_name()) {
      uses.attached += static_cast<size_t>(std::count(entity->attached.begin(), entity->attached.end(), policy_arn));
      uses.boundaries += BoundaryOf(*entity) == policy_arn ? size_t{1} : size_t{0};
    }
  };
  count(members.users);
  count(members.groups);
  count(members.roles);
  return uses;
}

UseCounts::UseCounts(const Members& members) {
  const auto count = [this](const auto& entities) {
    for (const auto& [name, entity] : entities.by_name()) {
      for (const std::string& arn : entity->attached) {
        ++by_arn_[arn].attached;
      }
      if (const std::string_view boundary = BoundaryOf(*entity); !boundary.empty()) {
        ++by_arn_[std::string(boundary)].boundaries;
      }
    }
  };
  count(members.users);
  count(members.groups);
  count(members.roles);
}

Uses UseCounts::Of(std::string_view policy_arn) const {
  const auto found = by_arn_.find(policy_arn);
  return found == by_arn_.end() ? Uses() : found->second;
}

void WritePolicy(XmlWriter& xml, std::string_view element, const Members& members, const ManagedPolicy& policy,
                 const Uses& uses, Detail detail) {
  xml.Open(element);
  WritePolicyFields(xml, members, policy, uses);
  if (detail == Detail::kWhole) {
    if (!policy.description.empty()) {
      xml.Text("Description", policy.description);
    }
    WriteTags(xml, policy.tags);
  }
  xml.Close(element);
}

void WritePolicyFields(XmlWriter& xml, const Members& members, const ManagedPolicy& policy, const Uses& uses) {
  xml.Text("PolicyName", policy.name);
  xml.Text("PolicyId", policy.id);
  xml.Text("Arn", PolicyArn(members, policy));
  xml.Text("Path", policy.path);
  xml.Text("DefaultVersionId", fmt::format("v{}", policy.default_version));
  xml.Number("AttachmentCount", static_cast<int64_t>(uses.attached));
  xml.Number("PermissionsBoundaryUsageCount", static_cast<int64_t>(uses.boundaries));
  xml.Bool("IsAttachable", true);
  xml.Time("CreateDate", policy.created_ms);
  xml.Time("UpdateDate", policy.updated_ms);
}

void WriteVersion(XmlWriter& xml, std::string_view element, const ManagedPolicy& policy,
                  const identity::PolicyVersion& version, Detail detail) {
  xml.Open(element);
  if (detail == Detail::kWhole) {
    xml.Encoded("Document", version.policy.text);
  }
  xml.Text("VersionId", fmt::format("v{}", version.number));
  xml.Bool("IsDefaultVersion", version.number == policy.default_version);
  xml.Time("CreateDate", version.created_ms);
  xml.Close(element);
}

Result<PageBounds> PageOf(const Call& call, const std::vector<std::string>& sorted_names) {
  PageBounds page;
  if (const auto marker = GetString(call.input, "Marker")) {
    std::string last(marker->size(), '\0');
    size_t size = 0;
    if (Base64Decode(*marker, last.data(), size) != Base64Defect::kNone) {
      return Error(Reason::kValidation, fmt::format("Invalid Marker: {}", *marker));
    }
    last.resize(size);
    // Names are listed without regard to case.
    const std::string behind = policy::LowerCase(last);
    while (page.begin < sorted_names.size() && policy::LowerCase(sorted_names[page.begin]) <= behind) {
      ++page.begin;
    }
  }
  const auto most = static_cast<size_t>(GetInteger(call.input, "MaxItems").value_or(kPageSizeDefault));
  page.end = std::min(sorted_names.size(), page.begin + most);
  return page;
}

void WritePageEnd(XmlWriter& xml, const PageBounds& page, const std::vector<std::string>& sorted_names) {
  const bool more = page.end < sorted_names.size();
  xml.Bool("IsTruncated", more);
  if (more) {
    xml.Text("Marker", Base64Encode(sorted_names[page.end - 1]));
  }
}

Result<Answer> PagedTags(const Call& call, std::vector<identity::Tag> tags) {
  std::sort(tags.begin(), tags.end(), [](const identity::Tag& a, const identity::Tag& b) {
    return policy::LowerCase(a.key) < policy::LowerCase(b.key);
  });
  std::vector<std::string> keys;
  for (const identity::Tag& tag : tags) {
    keys.push_back(tag.key);
  }
  return PagedAnswer(call, "Tags", tags, keys, [](XmlWriter& xml, const identity::Tag& tag) {
    xml.Open("member");
    xml.Text("Key", tag.key);
    xml.Text("Value", tag.value);
    xml.Close("member");
  });
}

Result<Answer> PagedNames(const Call& call, std::string_view element, const std::vector<std::string>& names) {
  return PagedAnswer(call, element, names, names,
                     [](XmlWriter& xml, const std::string& name) { xml.Text("member", name); });
}

}  // namespace basalt::operations::iam

// Reading requests, and the two kinds of calls.
#include "operations/iam/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "identity/principal.h"
#include "model/tag.h"
#include "operations/directory_change.h"

namespace basalt::operations::iam {
namespace {

constexpr std::array<std::string_view, 6> kNameMembers = {"UserName",     "NewUserName", "GroupName",
                                                          "NewGroupName", "RoleName",    "PolicyName"};
constexpr std::array<std::string_view, 2> kPathMembers = {"Path", "NewPath"};

bool IsPath(std::string_view text) {
  return text == "/" || (text.size() > 2 && text.front() == '/' && text.back() == '/' &&
                         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7e; }));
}

std::string LowerFirst(std::string_view name) {
  std::string lowered(name);
  lowered[0] = static_cast<char>(lowered[0] + 32);
  return lowered;
}

Status CheckCharacters(const Call& call) {
  for (const std::string_view member : kNameMembers) {
    const auto name = GetString(call.input, member);
    if (name && !std::all_of(name->begin(), name->end(), identity::IsNameCharacter)) {
      return Error(Reason::kValidation, fmt::format("The specified value for {} is invalid. It must contain only "
                                                    "alphanumeric characters and/or the following: +=,.@_-",
                                                    LowerFirst(member)));
    }
  }
  for (const std::string_view member : kPathMembers) {
    const auto path = GetString(call.input, member);
    if (path && !IsPath(*path)) {
      return Error(Reason::kValidation, fmt::format("The specified value for {} is invalid. It must begin and end with "
                                                    "/ and contain only alphanumeric characters and/or / characters.",
                                                    LowerFirst(member)));
    }
  }
  if (const auto prefix = GetString(call.input, "PathPrefix"); prefix && !prefix->starts_with('/')) {
    return Error(Reason::kValidation,
                 "The specified value for pathPrefix is invalid. It must begin with / and contain only alphanumeric "
                 "characters and/or / characters.");
  }
  return {};
}

// Requests that set tags or take them away say so to policies.
AccessFacts FactsOfTags(const json::Node& input) {
  AccessFacts facts;
  if (const json::Node* tags = input.Find("Tags")) {
    facts.tag_keys.emplace();
    for (const json::Node& tag : tags->elements) {
      facts.request_tags.emplace_back(GetString(tag, "Key").value_or(""), GetString(tag, "Value").value_or(""));
      facts.tag_keys->push_back(facts.request_tags.back().first);
    }
  }
  if (const json::Node* keys = input.Find("TagKeys")) {
    facts.tag_keys.emplace();
    for (const json::Node& key : keys->elements) {
      facts.tag_keys->push_back(key.string);
    }
  }
  return facts;
}

class Read final : public PreparedCall {
 public:
  Read(const Call& call, std::function<Result<Answer>(const View&)> read) : call_(call), read_(std::move(read)) {}

  void Execute(AnswerDone done) override { done(read_(ViewOf(call_))); }

 private:
  const Call& call_;
  std::function<Result<Answer>(const View&)> read_;
};

class Change final : public DirectoryChange {
 public:
  using DirectoryChange::DirectoryChange;

  AccessFacts FactsOf(size_t, const table::TableRecord*) const override { return FactsOfTags(call().input); }
};

// Sessions that a user or root began for itself or another have no second factor, and IAM asks them for one.
Status CheckSession(const Call& call) {
  const identity::Principal& principal = *call.caller.principal;
  if (principal.is_session() && principal.session().kind != identity::SessionKind::kAssumedRole) {
    return Error(Reason::kUnrecognizedClient, "The security token included in the request is invalid.");
  }
  return {};
}

template <class Kind, class Function>
Prepared Make(Call& call, std::string resource_arn, Function function) {
  TRY(CheckSession(call));
  TRY(CheckCharacters(call));
  auto prepared = std::make_unique<Kind>(call, std::move(function));
  prepared->accesses.push_back({std::move(resource_arn), call.caller.account_id});
  return prepared;
}

}  // namespace

View ViewOf(const Call& call) {
  static const auto kNothing = std::make_shared<const Members>();
  View view;
  view.snapshot = call.services.directory.snapshots().Load();
  view.members = view.snapshot->Find(call.caller.account_id);
  if (view.members == nullptr) {
    view.members = kNothing;
  }
  return view;
}

Prepared ReadOf(Call& call, std::string resource_arn, std::function<Result<Answer>(const View&)> read) {
  return Make<Read>(call, std::move(resource_arn), std::move(read));
}

Prepared ChangeOf(Call& call, std::string resource_arn, std::function<Result<Answer>(Draft&)> change) {
  return Make<Change>(call, std::move(resource_arn), std::move(change));
}

std::string TextOf(const Call& call, std::string_view member) {
  return std::string(GetString(call.input, member).value_or(""));
}

bool Has(const Call& call, std::string_view member) { return call.input.Find(member) != nullptr; }

Result<std::string> UserNameOf(const Call& call) {
  if (Has(call, "UserName")) {
    return TextOf(call, "UserName");
  }
  if (!call.caller.principal->user_name().empty()) {
    return call.caller.principal->user_name();
  }
  return Error(Reason::kValidation, "Must specify userName when calling with non-User credentials");
}

Result<std::vector<identity::Tag>> TagsOf(const Call& call) {
  std::vector<identity::Tag> tags;
  const json::Node* list = call.input.Find("Tags");
  if (list == nullptr) {
    return tags;
  }
  for (const json::Node& node : list->elements) {
    const std::string_view key = *GetString(node, "Key");
    const std::string_view value = *GetString(node, "Value");
    if (!model::IsTagKey(key) || !model::IsTagValue(value)) {
      const bool is_key = !model::IsTagKey(key);
      return Error(Reason::kValidation,
                   fmt::format("1 validation error detected: Value '{}' at 'tags.{}.member.{}' failed to satisfy "
                               "constraint: Member must satisfy regular expression pattern: "
                               "[\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]{}",
                               is_key ? key : value, &node - list->elements.data() + 1, is_key ? "key" : "value",
                               is_key ? '+' : '*'));
    }
    if (model::IsReservedTagKey(key)) {
      return Refused(IamRefusal::kInvalidInput, "Tag keys beginning with aws: are reserved for system use.");
    }
    const std::string lower = policy::LowerCase(key);
    if (std::any_of(tags.begin(), tags.end(),
                    [&lower](const identity::Tag& tag) { return policy::LowerCase(tag.key) == lower; })) {
      return Refused(IamRefusal::kInvalidInput,
                     "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    tags.push_back({std::string(key), std::string(value)});
  }
  return tags;
}

std::vector<std::string> TagKeysOf(const Call& call) {
  std::vector<std::string> keys;
  for (const json::Node& node : call.input.Find("TagKeys")->elements) {
    keys.emplace_back(node.string);
  }
  return keys;
}

std::string EverythingArn(const Call& call, std::string_view type) {
  return identity::MakeArn(call.caller.account_id, type, "/", "");
}

Error NoSuchEntity(std::string text) { return Error(Reason::kResourceNotFound, std::move(text)); }

Error NoEntityNamed(std::string_view noun, std::string_view name) {
  return NoSuchEntity(fmt::format("The {} with name {} cannot be found.", noun, name));
}

Error QuotaExceeded(std::string_view quota, size_t most) {
  return Error(Reason::kLimitExceeded, fmt::format("Cannot exceed quota for {}: {}", quota, most));
}

Error ConflictOnDelete(std::string_view what_first) {
  return Refused(IamRefusal::kDeleteConflict, fmt::format("Cannot delete entity, must {}.", what_first));
}

Error MalformedDocument(Error error) {
  return error.reason == Reason::kValidation ? Refused(IamRefusal::kMalformedPolicy, std::move(error.text))
                                             : std::move(error);
}

Result<const ManagedPolicy*> FindPolicyByArn(const Members& members, std::string_view arn) {
  if (!arn.starts_with("arn:") || std::count(arn.begin(), arn.end(), ':') < 5) {
    return Refused(IamRefusal::kInvalidInput, fmt::format("ARN {} is not valid.", arn));
  }
  const ManagedPolicy* policy = identity::FindManagedPolicy(members, arn);
  if (policy == nullptr) {
    return NoSuchEntity(fmt::format("Policy {} was not found.", arn));
  }
  return policy;
}

Result<const ManagedPolicy*> FindOwnPolicy(const Members& members, std::string_view arn) {
  TRY_ASSIGN(const ManagedPolicy* policy, FindPolicyByArn(members, arn));
  if (members.policies.FindById(policy->id) == nullptr) {
    return Error(Reason::kAccessDenied, fmt::format("Policy {} belongs to everybody and cannot be changed.", arn));
  }
  return policy;
}

Result<std::vector<identity::Tag>> WithTags(std::vector<identity::Tag> tags, const std::vector<identity::Tag>& added) {
  for (const identity::Tag& tag : added) {
    const std::string lower = policy::LowerCase(tag.key);
    const auto same = std::find_if(tags.begin(), tags.end(), [&lower](const identity::Tag& other) {
      return policy::LowerCase(other.key) == lower;
    });
    if (same == tags.end()) {
      tags.push_back(tag);
    } else {
      *same = tag;
    }
  }
  if (tags.size() > identity::kTagsMax) {
    return Error(Reason::kLimitExceeded, "The number of tags has reached the maximum limit.");
  }
  return tags;
}

std::vector<identity::Tag> WithoutTags(std::vector<identity::Tag> tags, const std::vector<std::string>& keys) {
  std::erase_if(tags, [&keys](const identity::Tag& tag) {
    return std::any_of(keys.begin(), keys.end(),
                       [&tag](const std::string& key) { return policy::EqualsIgnoringCase(key, tag.key); });
  });
  return tags;
}

bool IsServiceLinked(const Role& role) { return role.path.starts_with(kServiceLinkedPath); }

template <>
Status CheckModifiable(const Role& role) {
  if (IsServiceLinked(role)) {
    return Refused(IamRefusal::kUnmodifiableEntity,
                   fmt::format("Cannot perform the operation on the protected role '{}' - this role is only modifiable "
                               "by AWS",
                               role.name));
  }
  return {};
}

Status CheckBoundary(const Members& members, std::string_view boundary) {
  if (identity::FindManagedPolicy(members, boundary) == nullptr) {
    return NoSuchEntity(fmt::format("Scope ARN: {} does not exist or is not attachable.", boundary));
  }
  return {};
}

}  // namespace basalt::operations::iam

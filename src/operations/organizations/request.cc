// Reading requests, and the kinds of calls.
#include "operations/organizations/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "identity/principal.h"
#include "model/arn.h"
#include "operations/directory_change.h"

namespace basalt::operations::organizations {
namespace {

constexpr int64_t kPageSizeMax = 20;
constexpr std::string_view kLowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kPolicyIdCharacters = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

bool IsMadeOf(std::string_view text, std::string_view alphabet, size_t least, size_t most) {
  return text.size() >= least && text.size() <= most && text.find_first_not_of(alphabet) == std::string_view::npos;
}

// `text` behind "r-"; its length and characters.
bool IsId(std::string_view text, std::string_view prefix, size_t least) {
  return text.starts_with(prefix) && IsMadeOf(text.substr(prefix.size()), kLowerAlphanumeric, least, 32);
}
bool IsRoot(std::string_view text) { return IsId(text, "r-", 4); }
bool IsUnit(std::string_view text) {
  const size_t dash = text.rfind('-');
  return text.starts_with("ou-") && dash > 3 && IsMadeOf(text.substr(3, dash - 3), kLowerAlphanumeric, 4, 32) &&
         IsMadeOf(text.substr(dash + 1), kLowerAlphanumeric, 8, 32);
}
bool IsParent(std::string_view text) { return IsRoot(text) || IsUnit(text); }
bool IsPlace(std::string_view text) { return IsParent(text) || model::IsAccountId(text); }
bool IsChild(std::string_view text) { return IsUnit(text) || model::IsAccountId(text); }
bool IsPolicy(std::string_view text) {
  return text.starts_with("p-") && IsMadeOf(text.substr(2), kPolicyIdCharacters, 8, 128);
}
bool IsAccountRequest(std::string_view text) { return IsId(text, "car-", 8); }
bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  const size_t dot = text.rfind('.');
  return text.find_first_of(" \t\r\n") == std::string_view::npos && at != std::string_view::npos && at > 0 &&
         text.find('@', at + 1) == std::string_view::npos && dot != std::string_view::npos && dot > at + 1 &&
         dot + 1 < text.size();
}
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}
bool IsRoleName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kPolicyIdCharacters.find(c) != std::string_view::npos ||
           std::string_view("+=,.@-").find(c) != std::string_view::npos;
  });
}

struct MemberForm {
  std::string_view member;
  bool (*is_right)(std::string_view);
};
constexpr std::array<MemberForm, 13> kForms = {{
    {"RootId", IsRoot},
    {"OrganizationalUnitId", IsUnit},
    {"ParentId", IsParent},
    {"SourceParentId", IsParent},
    {"DestinationParentId", IsParent},
    {"ChildId", IsChild},
    {"TargetId", IsPlace},
    {"AccountId", [](std::string_view text) { return model::IsAccountId(text); }},
    {"PolicyId", IsPolicy},
    {"CreateAccountRequestId", IsAccountRequest},
    {"Email", IsEmail},
    {"AccountName", IsPrintable},
    {"RoleName", IsRoleName},
}};

Status CheckForms(const Call& call) {
  for (const MemberForm& form : kForms) {
    const auto text = GetString(call.input, form.member);
    if (text && !form.is_right(*text)) {
      return Refused(IamRefusal::kInvalidInput, "You provided a value that does not match the required pattern.");
    }
  }
  return {};
}

Error NotInUse() { return Refused(IamRefusal::kNotInOrganization, "Your account is not a member of an organization."); }

class Read final : public PreparedCall {
 public:
  Read(const Call& call, Who who, std::function<Result<Answer>(const Organization&)> read)
      : call_(call), who_(who), read_(std::move(read)) {}

  void Execute(AnswerDone done) override {
    const auto snapshot = call_.services.directory.snapshots().Load();
    const auto placement = snapshot->FindPlacement(call_.caller.account_id);
    if (placement == nullptr) {
      return done(NotInUse());
    }
    if (who_ == Who::kManagement && !placement->is_management()) {
      return done(NotAllowed());
    }
    done(read_(placement->organization()));
  }

 private:
  const Call& call_;
  Who who_;
  std::function<Result<Answer>(const Organization&)> read_;
};

std::shared_ptr<const identity::Placement> PlacementOf(const Call& call) {
  return call.services.directory.snapshots().Load()->FindPlacement(call.caller.account_id);
}

// As if of an organization of the caller's own where there is none: the call is refused later.
std::string FullArn(const Call& call, const std::string& resource) {
  if (resource == "*") {
    return resource;
  }
  const auto placement = PlacementOf(call);
  return fmt::format("arn:{}:organizations::{}:{}", model::kArnPartition,
                     placement == nullptr ? call.caller.account_id : placement->organization().management, resource);
}

template <class Kind, class... Arguments>
Prepared Make(Call& call, const std::string& resource, Arguments... arguments) {
  TRY(CheckForms(call));
  auto prepared = std::make_unique<Kind>(call, std::move(arguments)...);
  prepared->accesses.push_back({FullArn(call, resource), call.caller.account_id});
  return prepared;
}

std::string PlaceResource(std::string_view organization, std::string_view place) {
  const std::string_view type = place.starts_with("ou-") ? "ou" : place.starts_with("r-") ? "root" : "account";
  return fmt::format("{}/{}/{}", type, organization, place);
}

std::string OrganizationIdOf(const Call& call) {
  const auto placement = PlacementOf(call);
  return placement == nullptr ? "*" : placement->organization().id;
}

std::string LowerTypeName(ControlKind kind) { return policy::LowerCase(TypeName(kind)); }

}  // namespace

Prepared ReadOf(Call& call, Who who, std::string resource, std::function<Result<Answer>(const Organization&)> read) {
  return Make<Read>(call, resource, who, std::move(read));
}

Prepared ChangeOf(Call& call, std::string resource, std::function<Result<Answer>(Draft&, Organization&)> change) {
  std::function<Result<Answer>(Draft&)> on_draft = [change = std::move(change)](Draft& draft) -> Result<Answer> {
    const auto placement = draft.before().FindPlacement(draft.members().account.id);
    if (placement == nullptr) {
      return NotInUse();
    }
    if (!placement->is_management()) {
      return NotAllowed();
    }
    Organization organization = placement->organization();
    TRY_ASSIGN(Answer answer, change(draft, organization));
    if (!organization.id.empty()) {
      draft.PutOrganization(std::move(organization));
    } else {
      draft.RemoveOrganization();
    }
    return answer;
  };
  return Make<DirectoryChange>(call, resource, std::move(on_draft));
}

Prepared FoundingOf(Call& call, std::function<Result<Answer>(Draft&)> change) {
  return Make<DirectoryChange>(call, "*", std::move(change));
}

std::string TextOf(const Call& call, std::string_view member) {
  return std::string(GetString(call.input, member).value_or(""));
}

bool Has(const Call& call, std::string_view member) { return call.input.Find(member) != nullptr; }

std::string ResourceOf(const Call& call, std::string_view place) {
  return PlaceResource(OrganizationIdOf(call), place);
}

std::string PolicyResource(const Call& call, std::string_view policy_id) {
  const auto placement = PlacementOf(call);
  const ControlPolicy* policy = placement == nullptr ? nullptr : placement->organization().FindPolicy(policy_id);
  return fmt::format("policy/{}/{}/{}", OrganizationIdOf(call),
                     policy == nullptr ? std::string("*") : LowerTypeName(policy->kind), policy_id);
}

std::string ArnOf(const Organization& organization, std::string_view place) {
  return fmt::format("arn:{}:organizations::{}:{}", model::kArnPartition, organization.management,
                     PlaceResource(organization.id, place));
}

std::string ArnOf(const Organization& organization, const ControlPolicy& policy) {
  if (policy.is_aws) {
    return fmt::format("arn:{}:organizations::aws:policy/{}/{}", model::kArnPartition, LowerTypeName(policy.kind),
                       policy.id);
  }
  return fmt::format("arn:{}:organizations::{}:policy/{}/{}/{}", model::kArnPartition, organization.management,
                     organization.id, LowerTypeName(policy.kind), policy.id);
}

std::string_view TypeName(ControlKind kind) {
  return kind == ControlKind::kService ? "SERVICE_CONTROL_POLICY" : "RESOURCE_CONTROL_POLICY";
}

Result<ControlKind> KindOf(const Call& call, std::string_view member) {
  const std::string type = TextOf(call, member);
  for (const ControlKind kind : {ControlKind::kService, ControlKind::kResource}) {
    if (type == TypeName(kind)) {
      return kind;
    }
  }
  return Refused(IamRefusal::kPolicyTypeNotAvailable, fmt::format("Policies of type {} do not exist here.", type));
}

void WriteText(json::Writer& writer, std::string_view name, std::string_view text) {
  writer.Key(name);
  writer.String(text);
}

Result<PageBounds> PageOf(const Call& call, const std::vector<std::string_view>& ids) {
  PageBounds page;
  if (const auto token = GetString(call.input, "NextToken"); token && !token->empty()) {
    std::string last(token->size() / 4 * 3, '\0');
    size_t size = 0;
    if (Base64Decode(*token, last.data(), size) != Base64Defect::kNone) {
      return Refused(IamRefusal::kInvalidInput, "You provided a NextToken that is not valid.");
    }
    last.resize(size);
    page.begin = static_cast<size_t>(std::upper_bound(ids.begin(), ids.end(), std::string_view(last)) - ids.begin());
  }
  const auto most = static_cast<size_t>(GetInteger(call.input, "MaxResults").value_or(kPageSizeMax));
  page.end = std::min(ids.size(), page.begin + most);
  if (page.end < ids.size()) {
    page.next_token = Base64Encode(ids[page.end - 1]);
  }
  return page;
}

Error NotAllowed() { return Error(Reason::kAccessDenied, "You don't have permissions to access this resource."); }
Error NoUnit() {
  return Refused(IamRefusal::kUnitNotFound, "You specified an organizational unit that doesn't exist.");
}
Error NoParent() { return Refused(IamRefusal::kParentNotFound, "You specified parent that doesn't exist."); }
Error NoAccount() { return Refused(IamRefusal::kAccountNotFound, "You specified an account that doesn't exist."); }

}  // namespace basalt::operations::organizations

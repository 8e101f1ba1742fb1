// SimulateCustomPolicy and SimulatePrincipalPolicy: what policies would say to a call that nobody makes, and which
// statements say it. Decided by what decides real calls.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "identity/principal.h"
#include "json/node.h"
#include "model/arn.h"
#include "operations/iam/answers.h"
#include "operations/iam/handlers.h"
#include "policy/evaluate.h"
#include "policy/judge.h"
#include "policy/position.h"
#include "policy/principal_name.h"

namespace basalt::operations::iam {
namespace {

// One statement alone, so that it can be asked whether it speaks.
struct Statement {
  std::shared_ptr<const policy::Document> document;
  policy::Position begin;
  policy::Position end;
};

// A document that takes part, and how answers name it.
struct Source {
  std::string id;
  std::string_view type;
  std::shared_ptr<const policy::Document> document;
  std::vector<Statement> statements;
};

// `text` has been parsed as a document of that kind.
std::vector<Statement> StatementsOf(policy::DocumentKind kind, std::string_view text) {
  std::vector<Statement> statements;
  Arena arena;
  const Result<json::Node> root = json::Parse(text, arena);
  const json::Node* list = root.ok() ? root->Find("Statement") : nullptr;
  if (list == nullptr) {
    return statements;
  }
  const json::Node* version = root->Find("Version");
  const auto add = [&](const json::Node& node) {
    const policy::Extent extent = policy::ExtentOf(text, *root, node);
    const std::string alone =
        fmt::format(R"({{{}"Statement":[{}]}})",
                    version == nullptr ? std::string() : fmt::format(R"("Version":"{}",)", version->string),
                    text.substr(extent.begin, extent.end - extent.begin));
    Result<policy::Document> document = policy::Document::ParseStored(kind, alone, nullptr);
    if (document.ok()) {
      statements.push_back({std::make_shared<const policy::Document>(*std::move(document)),
                            policy::PositionAt(text, extent.begin), policy::PositionAt(text, extent.end)});
    }
  };
  if (list->kind == json::Kind::kArray) {
    for (const json::Node& node : list->elements) {
      add(node);
    }
  } else {
    add(*list);
  }
  return statements;
}

Source SourceOf(std::string id, std::string_view type, policy::DocumentKind kind, const identity::PolicyText& policy) {
  return {std::move(id), type, policy.document, StatementsOf(kind, policy.text)};
}

// What the request says of the call, then what is known of the principal; what is asked for in vain is remembered.
class SimulatedContext final : public policy::Context {
 public:
  SimulatedContext(const policy::ContextTable& said, const identity::Principal* principal)
      : said_(said), principal_(principal) {}

  policy::Values Find(const policy::ConditionKey& key) const override {
    policy::Values values = said_.Find(key);
    if (!values.present() && principal_ != nullptr) {
      values = principal_->Find(key);
    }
    if (!values.present()) {
      missing_.insert(std::string(key.name));
    }
    return values;
  }
  const std::set<std::string>& missing() const { return missing_; }

 private:
  const policy::ContextTable& said_;
  const identity::Principal* principal_;
  mutable std::set<std::string> missing_;
};

class Simulation {
 public:
  Simulation(const Call& call, const View& view) : call_(call), view_(view) {}

  Status TakeInput() {
    TRY(TakeTexts("PolicyInputList", policy::DocumentKind::kIdentity, identity_));
    std::vector<Source> boundaries;
    TRY(TakeTexts("PermissionsBoundaryPolicyInputList", policy::DocumentKind::kBoundary, boundaries));
    if (boundaries.size() > 1) {
      return Refused(IamRefusal::kInvalidInput, "PermissionsBoundaryPolicyInputList can have only one policy.");
    }
    if (!boundaries.empty()) {
      boundary_ = std::move(boundaries.front());
    }
    if (Has(call_, "ResourcePolicy")) {
      TRY_ASSIGN(resource_, TakeText("ResourcePolicy", policy::DocumentKind::kTable, TextOf(call_, "ResourcePolicy")));
    }
    TakeContext();
    return {};
  }

  // Whom policies of resources may name: the user that CallerArn says, or else the principal.
  Status TakeCaller() {
    caller_.account = view_.members->account.id;
    if (principal_ != nullptr) {
      caller_ = principal_->caller();
    }
    if (!Has(call_, "CallerArn")) {
      const bool is_known = principal_ != nullptr && caller_.kind == policy::CallerKind::kUser;
      return resource_ && !is_known
                 ? Status(Refused(IamRefusal::kInvalidInput,
                                  "CallerArn is required when a ResourcePolicy is specified and the PolicySourceArn is "
                                  "not the ARN of a user."))
                 : Status();
    }
    caller_arn_ = TextOf(call_, "CallerArn");
    const policy::ArnFields fields = policy::SplitArn(caller_arn_);
    if (!policy::IsPrincipalArn(caller_arn_) || !fields.field[5].starts_with("user/")) {
      return Refused(IamRefusal::kInvalidInput,
                     fmt::format("Invalid Entity Arn: {} is not the ARN of a user.", caller_arn_));
    }
    caller_.kind = policy::CallerKind::kUser;
    caller_.account = fields.field[4];
    caller_.arn = caller_.entity_arn = caller_arn_;
    caller_id_ = identity::BindPrincipal(*view_.snapshot, caller_arn_).value_or("");
    caller_.entity_id = caller_id_;
    return {};
  }

  // A user with its groups, a group or a role, by its ARN.
  Status TakePrincipal() {
    const std::string arn = TextOf(call_, "PolicySourceArn");
    const policy::ArnFields fields = policy::SplitArn(arn);
    const Members& members = *view_.members;
    const std::string_view entity = fields.count == policy::ArnFields::kCount ? fields.field[5] : std::string_view();
    const std::string_view type = entity.substr(0, entity.find('/'));
    const std::string_view name = entity.substr(std::min(entity.size(), entity.rfind('/') + 1));
    if (type != "user" && type != "group" && type != "role") {
      return Refused(IamRefusal::kInvalidInput, fmt::format("Invalid Entity Arn: {}", arn));
    }
    const auto is_found = [&](const auto* found) {
      return found != nullptr && identity::ArnOf(members.account.id, *found) == arn;
    };
    if (const User* user = members.users.Find(name); type == "user" && is_found(user)) {
      principal_ = identity::Principal::OfUser(*view_.snapshot, members.account.id, user->id);
      TakeEntity(*user, "user");
      for (const std::string& id : user->groups) {
        if (const Group* group = members.groups.FindById(id); group != nullptr) {
          TakeEntity(*group, "group");
        }
      }
      TakeBoundary(user->boundary);
      return {};
    }
    if (const Role* role = members.roles.Find(name); type == "role" && is_found(role)) {
      principal_ = identity::Principal::OfRole(*view_.snapshot, members.account.id, role->id);
      TakeEntity(*role, "role");
      TakeBoundary(role->boundary);
      return {};
    }
    if (const Group* group = members.groups.Find(name); type == "group" && is_found(group)) {
      TakeEntity(*group, "group");
      return {};
    }
    return NoSuchEntity(fmt::format("Entity {} cannot be found.", arn));
  }

  // Each action on each resource, a page of them.
  Result<Answer> Write() {
    const std::vector<std::string> actions = ListOf("ActionNames");
    std::vector<std::string> resources = ListOf("ResourceArns");
    if (resources.empty()) {
      resources.emplace_back("*");
    }
    for (const std::string& action : actions) {
      const size_t colon = action.find(':');
      if (colon == 0 || colon == std::string::npos || colon + 1 == action.size() ||
          action.find_first_of("*?") != std::string::npos) {
        return Refused(IamRefusal::kInvalidInput, fmt::format("Invalid Entity Action: {}", action));
      }
    }
    std::vector<std::string> ordinals;
    for (size_t i = 0; i < actions.size() * resources.size(); ++i) {
      ordinals.push_back(fmt::format("{:012}", i));
    }
    TRY_ASSIGN(const PageBounds page, PageOf(call_, ordinals));
    for (const Source& source : identity_) {
      documents_.push_back(source.document.get());
    }
    xml_.Open("EvaluationResults");
    for (size_t i = page.begin; i < page.end; ++i) {
      WriteResult(actions[i / resources.size()], resources[i % resources.size()]);
    }
    xml_.Close("EvaluationResults");
    WritePageEnd(xml_, page, ordinals);
    return xml_.Take();
  }

 private:
  std::vector<std::string> ListOf(std::string_view member) const { return TextsIn(call_.input, member); }
  static std::vector<std::string> TextsIn(const json::Node& node, std::string_view member) {
    std::vector<std::string> texts;
    if (const json::Node* list = node.Find(member); list != nullptr) {
      for (const json::Node& text : list->elements) {
        texts.emplace_back(text.string);
      }
    }
    return texts;
  }

  static Result<Source> TakeText(std::string id, policy::DocumentKind kind, const std::string& text) {
    Result<identity::PolicyText> policy = identity::PolicyText::Parse(kind, text, nullptr);
    if (!policy.ok()) {
      return Refused(IamRefusal::kInvalidInput, policy.error().text);
    }
    return SourceOf(std::move(id), kind == policy::DocumentKind::kTable ? "resource" : "none", kind, *policy);
  }
  Status TakeTexts(std::string_view member, policy::DocumentKind kind, std::vector<Source>& sources) {
    size_t number = 0;
    for (const std::string& text : ListOf(member)) {
      TRY_ASSIGN(Source source, TakeText(fmt::format("{}.{}", member, ++number), kind, text));
      sources.push_back(std::move(source));
    }
    return {};
  }

  void TakeEntity(const identity::Entity& entity, std::string_view type) {
    for (const identity::InlinePolicy& policy : entity.inline_policies) {
      identity_.push_back(SourceOf(policy.name, type, policy::DocumentKind::kIdentity, policy.policy));
    }
    for (const std::string& arn : entity.attached) {
      if (const ManagedPolicy* policy = identity::FindManagedPolicy(*view_.members, arn); policy != nullptr) {
        identity_.push_back(SourceOfManaged(*policy));
      }
    }
  }
  void TakeBoundary(const std::string& arn) {
    const ManagedPolicy* policy = arn.empty() ? nullptr : identity::FindManagedPolicy(*view_.members, arn);
    if (policy != nullptr) {
      boundary_ = SourceOfManaged(*policy);
    }
  }
  Source SourceOfManaged(const ManagedPolicy& policy) const {
    const bool is_own = view_.members->policies.FindById(policy.id) != nullptr;
    return SourceOf(policy.name, is_own ? "user-managed" : "aws-managed", policy::DocumentKind::kIdentity,
                    policy.Find(policy.default_version)->policy);
  }

  void TakeContext() {
    const json::Node* entries = call_.input.Find("ContextEntries");
    if (entries == nullptr) {
      return;
    }
    for (const json::Node& entry : entries->elements) {
      const std::string_view name = GetString(entry, "ContextKeyName").value_or("");
      std::vector<std::string> values = TextsIn(entry, "ContextKeyValues");
      if (GetString(entry, "ContextKeyType").value_or("").ends_with("List") || values.size() > 1) {
        said_.SetList(name, std::move(values));
      } else if (!values.empty()) {
        said_.Set(name, values.front());
      }
    }
  }

  // Whose the resource is matters only where it has a policy: else nothing could be said of those of other accounts.
  std::string OwnerOf(const policy::Resource& resource) const {
    if (!resource_) {
      return std::string(caller_.account);
    }
    if (resource.IsArn() && model::IsAccountId(resource.fields.field[4])) {
      return std::string(resource.fields.field[4]);
    }
    const std::string owner = TextOf(call_, "ResourceOwner");
    const std::optional<std::string_view> account = policy::AccountOfRoot(owner);
    return account ? std::string(*account) : view_.members->account.id;
  }

  void WriteResult(const std::string& action_name, const std::string& resource_name) {
    const policy::Action action = policy::Action::Named(action_name);
    const policy::Resource resource = policy::Resource::Of(resource_name);
    const std::string owner = OwnerOf(resource);
    const SimulatedContext context(said_, principal_.get());
    const policy::Request request{caller_, action, resource, owner, context};
    policy::Policies policies;
    policies.identity = documents_;
    policies.boundary = boundary_ ? boundary_->document.get() : nullptr;
    policies.resource = resource_ ? resource_->document.get() : nullptr;
    policies.service_control =
        principal_ == nullptr ? std::span<const policy::Documents>() : principal_->policies().service_control;
    const policy::Decision decision = policy::Evaluate(request, policies);
    xml_.Open("member");
    xml_.Text("EvalActionName", action_name);
    xml_.Text("EvalResourceName", resource_name);
    xml_.Text("EvalDecision", decision.allowed ? "allowed" : decision.is_explicit ? "explicitDeny" : "implicitDeny");
    xml_.Open("MatchedStatements");
    if (decision.allowed || decision.is_explicit) {
      for (const Source& source : identity_) {
        WriteMatches(source, request, decision.allowed);
      }
      for (const std::optional<Source>* source : {&boundary_, &resource_}) {
        if (*source) {
          WriteMatches(**source, request, decision.allowed);
        }
      }
    }
    xml_.Close("MatchedStatements");
    xml_.Open("MissingContextValues");
    for (const std::string& name : context.missing()) {
      xml_.Text("member", name);
    }
    xml_.Close("MissingContextValues");
    if (!policies.service_control.empty()) {
      xml_.Open("OrganizationsDecisionDetail");
      xml_.Bool("AllowedByOrganizations", AllLevelsAllow(policies.service_control, request));
      xml_.Close("OrganizationsDecisionDetail");
    }
    if (policies.boundary != nullptr) {
      const policy::Verdict verdict = Judge(*policies.boundary, request);
      xml_.Open("PermissionsBoundaryDecisionDetail");
      xml_.Bool("AllowedByPermissionsBoundary", !verdict.denies && verdict.allows != policy::Strength::kNone);
      xml_.Close("PermissionsBoundaryDecisionDetail");
    }
    xml_.Close("member");
  }

  static bool AllLevelsAllow(std::span<const policy::Documents> levels, const policy::Request& request) {
    return std::all_of(levels.begin(), levels.end(), [&request](policy::Documents level) {
      bool allows = false;
      for (const policy::Document* document : level) {
        const policy::Verdict verdict = Judge(*document, request);
        if (verdict.denies) {
          return false;
        }
        allows = allows || verdict.allows != policy::Strength::kNone;
      }
      return allows;
    });
  }

  // The statements that allow, or those that deny.
  void WriteMatches(const Source& source, const policy::Request& request, bool allowed) {
    for (const Statement& statement : source.statements) {
      const policy::Verdict verdict = Judge(*statement.document, request, boundary_.has_value());
      if (allowed ? verdict.denies || verdict.allows == policy::Strength::kNone : !verdict.denies) {
        continue;
      }
      xml_.Open("member");
      xml_.Text("SourcePolicyId", source.id);
      xml_.Text("SourcePolicyType", source.type);
      WritePosition("StartPosition", statement.begin);
      WritePosition("EndPosition", statement.end);
      xml_.Close("member");
    }
  }
  void WritePosition(std::string_view element, const policy::Position& position) {
    xml_.Open(element);
    xml_.Number("Line", static_cast<int64_t>(position.row));
    xml_.Number("Column", static_cast<int64_t>(position.column));
    xml_.Close(element);
  }

  const Call& call_;
  const View& view_;
  std::shared_ptr<const identity::Principal> principal_;
  std::vector<Source> identity_;
  std::optional<Source> boundary_;
  std::optional<Source> resource_;
  policy::ContextTable said_;
  std::string caller_arn_;
  std::string caller_id_;
  policy::Caller caller_;
  std::vector<const policy::Document*> documents_;
  XmlWriter xml_;
};

}  // namespace

Prepared PrepareSimulateCustomPolicy(Call& call) {
  return ReadOf(call, "*", [&call](const View& view) -> Result<Answer> {
    Simulation simulation(call, view);
    TRY(simulation.TakeInput());
    TRY(simulation.TakeCaller());
    return simulation.Write();
  });
}

Prepared PrepareSimulatePrincipalPolicy(Call& call) {
  return ReadOf(call, TextOf(call, "PolicySourceArn"), [&call](const View& view) -> Result<Answer> {
    Simulation simulation(call, view);
    TRY(simulation.TakePrincipal());
    TRY(simulation.TakeInput());
    TRY(simulation.TakeCaller());
    return simulation.Write();
  });
}

}  // namespace basalt::operations::iam

// AssumeRole: temporary credentials of a role, for whoever its trust policy and, unless that names the caller itself,
// the caller's own policies allow. A role that is not there is refused like one that trusts nobody.
#include <fmt/format.h>

#include <algorithm>

#include "operations/call_context.h"
#include "operations/sts/handlers.h"
#include "operations/sts/session.h"
#include "policy/evaluate.h"

namespace basalt::operations::sts {
namespace {

constexpr int64_t kChainedSecondsMax = 3600;

// What the request tells beside the caller.
class AssumeRoleContext final : public CallContext {
 public:
  AssumeRoleContext(const Call& call, const ResourceOwner& owner, const identity::SessionClaims& claims)
      : CallContext(call, owner) {
    for (const identity::Tag& tag : claims.tags) {
      tag_keys_.push_back(tag.key);
      tags_.emplace_back(policy::LowerCase(tag.key), tag.value);
    }
    for (const std::string& key : claims.transitive_tag_keys) {
      transitive_keys_.push_back(key);
    }
  }

  policy::Values Find(const policy::ConditionKey& key) const override {
    using policy::KeyId;
    using policy::Values;
    const auto member = [this](std::string_view name) {
      const auto text = GetString(call().input, name);
      return text ? Values::One(*text) : Values::Absent();
    };
    const auto list = [](const std::vector<std::string_view>& texts) {
      return texts.empty() ? Values::Absent() : Values::List(texts);
    };
    switch (key.id) {
      case KeyId::kExternalId:
        return member("ExternalId");
      case KeyId::kRoleSessionName:
        return member("RoleSessionName");
      case KeyId::kStsSourceIdentity:
        return member("SourceIdentity");
      case KeyId::kTransitiveTagKeys:
        return list(transitive_keys_);
      case KeyId::kTagKeys:
        return list(tag_keys_);
      case KeyId::kRequestTag: {
        const auto tag =
            std::find_if(tags_.begin(), tags_.end(), [&key](const auto& other) { return other.first == key.member; });
        return tag == tags_.end() ? Values::Absent() : Values::One(tag->second);
      }
      default:
        return CallContext::Find(key);
    }
  }

 private:
  std::vector<std::string_view> tag_keys_;
  std::vector<std::string_view> transitive_keys_;
  std::vector<std::pair<std::string, std::string_view>> tags_;
};

class AssumeRole final : public PreparedCall {
 public:
  explicit AssumeRole(const Call& call) : call_(call) {}

  Status Prepare() {
    const identity::Principal& principal = *call_.caller.principal;
    arn_ = *GetString(call_.input, "RoleArn");
    const policy::ArnFields fields = policy::SplitArn(arn_);
    if (fields.count != policy::ArnFields::kCount) {
      return Error(Reason::kValidation, fmt::format("{} is invalid", arn_));
    }
    if (principal.caller().kind == policy::CallerKind::kRoot && !IsNeverIssuedKey()) {
      return Error(Reason::kAccessDenied, "Roles may not be assumed by root accounts.");
    }
    if (principal.caller().kind == policy::CallerKind::kFederatedUser) {
      return Denied("sts:AssumeRole");
    }
    claims_.kind = identity::SessionKind::kAssumedRole;
    claims_.account = fields.field[4];
    claims_.name = *GetString(call_.input, "RoleSessionName");
    // What a session hands on to those it begins.
    if (principal.is_session() && principal.session().kind == identity::SessionKind::kAssumedRole) {
      claims_.is_chained = true;
      claims_.source_identity = principal.session().source_identity;
      claims_.transitive_tag_keys = principal.session().transitive_tag_keys;
      for (const identity::Tag& tag : principal.session().tags) {
        if (std::any_of(claims_.transitive_tag_keys.begin(), claims_.transitive_tag_keys.end(),
                        [&tag](const std::string& key) { return policy::EqualsIgnoringCase(key, tag.key); })) {
          claims_.tags.push_back(tag);
        }
      }
    }
    const std::string inherited_source = claims_.source_identity;
    TRY(ReadSession(call_, claims_));
    if (!inherited_source.empty() && claims_.source_identity != inherited_source) {
      return Denied("sts:SetSourceIdentity");
    }
    return {};
  }

  void Execute(AnswerDone done) override {
    const auto snapshot = call_.services.directory.snapshots().Load();
    const auto members = snapshot->Find(claims_.account);
    const identity::Role* role = members == nullptr ? nullptr : FindRole(*members, arn_);
    if (role == nullptr) {
      return done(Denied("sts:AssumeRole"));
    }
    if (Status allowed = CheckTrust(*role); !allowed.ok()) {
      return done(allowed.TakeError());
    }
    const int64_t duration_s = GetInteger(call_.input, "DurationSeconds").value_or(identity::kSessionSecondsDefault);
    if (claims_.is_chained && duration_s > kChainedSecondsMax) {
      return done(Error(Reason::kValidation,
                        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
                        "chaining"));
    }
    BeginRoleSession(
        call_, claims_, *role,
        [source_identity = claims_.source_identity](XmlWriter& xml) {
          if (!source_identity.empty()) {
            xml.Text("SourceIdentity", source_identity);
          }
        },
        std::move(done));
  }

 private:
  // Where keys need not have been issued, they stand for whoever a developer is.
  bool IsNeverIssuedKey() const {
    return call_.services.mode == Mode::kDev && !call_.caller.principal->is_session() &&
           !call_.services.directory.WasIssued(call_.caller.access_key_id);
  }

  Error Denied(std::string_view action) const {
    return Error(Reason::kAccessDenied, fmt::format("User: {} is not authorized to perform: {} on resource: {}",
                                                    call_.caller.principal_arn, action, arn_));
  }

  // Tagging the session and naming a source are permissions of their own.
  Status CheckTrust(const identity::Role& role) const {
    const identity::Principal& principal = *call_.caller.principal;
    const ResourceOwner owner(call_, claims_.account);
    const AssumeRoleContext context(call_, owner, claims_);
    policy::Policies policies = principal.policies();
    policies.resource = role.trust.document.get();
    policies.resource_kind = policy::ResourceKind::kRole;
    policies.endpoint = call_.origin == nullptr ? nullptr : call_.origin->FindEndpointPolicy();
    const policy::Resource resource = policy::Resource::Of(arn_);
    const auto check = [&](std::string_view name) -> Status {
      const policy::Action action = policy::Action::Named(name);
      policies.resource_control = owner.ResourceControl(action);
      const policy::Request request{principal.caller(), action, resource, claims_.account, context};
      return Evaluate(request, policies).allowed ? Status() : Status(Denied(name));
    };
    TRY(check("sts:AssumeRole"));
    if (!claims_.tags.empty()) {
      TRY(check("sts:TagSession"));
    }
    if (!claims_.source_identity.empty()) {
      TRY(check("sts:SetSourceIdentity"));
    }
    return {};
  }

  const Call& call_;
  std::string arn_;
  identity::SessionClaims claims_;
};

}  // namespace

Prepared PrepareAssumeRole(Call& call) {
  auto prepared = std::make_unique<AssumeRole>(call);
  TRY(prepared->Prepare());
  return prepared;
}

}  // namespace basalt::operations::sts

// AssumeRoleWithWebIdentity: temporary credentials of a role for whoever an OIDC provider vouches for. Needs no
// signature: the provider's token says who asks, and the role's trust policy alone decides.
#include <fmt/format.h>

#include <algorithm>

#include "identity/id_token.h"
#include "operations/call_context.h"
#include "operations/sts/handlers.h"
#include "operations/sts/session.h"
#include "policy/evaluate.h"

namespace basalt::operations::sts {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::string_view kAction = "sts:AssumeRoleWithWebIdentity";
constexpr int64_t kSkewMaxS = 300;  // by which a provider's clock may be ahead

Error BadToken(std::string text) { return Refused(IamRefusal::kInvalidIdentityToken, std::move(text)); }

class WebIdentityContext final : public CallContext {
 public:
  WebIdentityContext(const Call& call, const ResourceOwner& owner, const identity::SessionClaims& claims,
                     std::string_view provider)
      : CallContext(call, owner),
        claims_(claims),
        provider_(policy::LowerCase(provider)),
        methods_(claims.methods.begin(), claims.methods.end()) {}

  policy::Values Find(const policy::ConditionKey& key) const override {
    using policy::KeyId;
    using policy::Values;
    if (key.id == KeyId::kFederatedProvider) {
      return Values::One(claims_.provider_arn);
    }
    if (key.id == KeyId::kRoleSessionName) {
      return Values::One(claims_.name);
    }
    if (key.id == KeyId::kOther && key.name.starts_with(provider_)) {
      const std::string_view claim = key.name.substr(provider_.size());
      return claim == ":sub"                        ? Values::One(claims_.subject)
             : claim == ":aud"                      ? Values::One(claims_.audience)
             : claim == ":amr" && !methods_.empty() ? Values::List(methods_)
                                                    : Values::Absent();
    }
    return CallContext::Find(key);
  }

 private:
  const identity::SessionClaims& claims_;
  std::string provider_;
  std::vector<std::string_view> methods_;
};

class AssumeRoleWithWebIdentity final : public PreparedCall {
 public:
  explicit AssumeRoleWithWebIdentity(const Call& call) : call_(call) {}

  Status Prepare() {
    arn_ = *GetString(call_.input, "RoleArn");
    const policy::ArnFields fields = policy::SplitArn(arn_);
    if (fields.count != policy::ArnFields::kCount) {
      return Error(Reason::kValidation, fmt::format("{} is invalid", arn_));
    }
    claims_.kind = identity::SessionKind::kAssumedRole;
    claims_.account = fields.field[4];
    claims_.name = *GetString(call_.input, "RoleSessionName");
    return ReadSession(call_, claims_);
  }

  void Execute(AnswerDone done) override {
    const auto snapshot = call_.services.directory.snapshots().Load();
    const auto members = snapshot->Find(claims_.account);
    const identity::Role* role = members == nullptr ? nullptr : FindRole(*members, arn_);
    if (role == nullptr) {
      return done(NotAuthorized());
    }
    if (Status trusted = TakeToken(*members); !trusted.ok()) {
      return done(trusted.TakeError());
    }
    if (!IsTrusted(*role)) {
      return done(NotAuthorized());
    }
    BeginRoleSession(
        call_, claims_, *role,
        [provider = claims_.provider_arn, subject = claims_.subject, audience = claims_.audience](XmlWriter& xml) {
          xml.Text("SubjectFromWebIdentityToken", subject);
          xml.Text("Provider", provider);
          xml.Text("Audience", audience);
        },
        std::move(done));
  }

 private:
  static Error NotAuthorized() {
    return Error(Reason::kAccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }

  // Who asks, if a provider of the account says so, now, to one of its clients.
  Status TakeToken(const identity::Members& members) {
    const auto token = identity::ReadIdToken(*GetString(call_.input, "WebIdentityToken"));
    if (!token || !token->issuer.starts_with(kScheme)) {
      return BadToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
    }
    TRY(CheckClaims(*token));
    provider_ = token->issuer.substr(kScheme.size());
    const identity::OidcProvider* provider = members.oidc_providers.FindById(provider_);
    if (provider == nullptr) {
      return BadToken(fmt::format("No OpenIDConnect provider found in your account for {}", token->issuer));
    }
    const auto keys = call_.services.provider_keys->Load();
    if (!keys->Knows(token->issuer)) {
      return BadToken(
          "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity "
          "documentation for requirements");
    }
    if (!keys->Verifies(token->issuer, *token)) {
      return BadToken("The ID Token provided is not signed by its provider.");
    }
    TRY(CheckTimes(*token));
    claims_.audience = token->authorized_party.empty() ? KnownAudience(*provider, *token) : token->authorized_party;
    if (std::find(provider->client_ids.begin(), provider->client_ids.end(), claims_.audience) ==
        provider->client_ids.end()) {
      return BadToken("Incorrect token audience");
    }
    claims_.provider_arn = identity::ArnOf(claims_.account, *provider);
    claims_.subject = token->subject;
    claims_.methods = token->methods;
    return {};
  }

  static Status CheckClaims(const identity::IdToken& token) {
    const std::string_view missing = token.subject.empty()     ? "sub"
                                     : token.audiences.empty() ? "aud"
                                     : !token.expires_s        ? "exp"
                                     : !token.issued_s         ? "iat"
                                                               : "";
    return missing.empty() ? Status() : Status(BadToken(fmt::format("Missing a required claim: {}", missing)));
  }
  Status CheckTimes(const identity::IdToken& token) const {
    const int64_t now_s = call_.services.real_clock.WallMs() / 1000;
    if (now_s >= *token.expires_s) {
      return Refused(IamRefusal::kExpiredIdentityToken,
                     fmt::format("Token expired: current date/time {} must be before the expiration date/time {}",
                                 now_s, *token.expires_s));
    }
    if (token.not_before_s.value_or(now_s) > now_s + kSkewMaxS || *token.issued_s > now_s + kSkewMaxS) {
      return BadToken("The ID Token provided is not valid yet.");
    }
    return {};
  }
  static std::string KnownAudience(const identity::OidcProvider& provider, const identity::IdToken& token) {
    const auto known = std::find_if(token.audiences.begin(), token.audiences.end(), [&](const std::string& audience) {
      return std::find(provider.client_ids.begin(), provider.client_ids.end(), audience) != provider.client_ids.end();
    });
    return known == token.audiences.end() ? std::string() : *known;
  }

  bool IsTrusted(const identity::Role& role) const {
    const ResourceOwner owner(call_, claims_.account);
    const WebIdentityContext context(call_, owner, claims_, provider_);
    const policy::Action action = policy::Action::Named(kAction);
    const policy::Resource resource = policy::Resource::Of(arn_);
    policy::Caller caller;
    caller.kind = policy::CallerKind::kWebIdentity;
    caller.arn = caller.name = claims_.provider_arn;
    policy::Policies policies;
    policies.resource = role.trust.document.get();
    policies.resource_kind = policy::ResourceKind::kRole;
    policies.resource_control = owner.ResourceControl(action);
    policies.endpoint = call_.origin == nullptr ? nullptr : call_.origin->FindEndpointPolicy();
    return Evaluate({caller, action, resource, claims_.account, context}, policies).allowed;
  }

  const Call& call_;
  std::string arn_;
  std::string provider_;
  identity::SessionClaims claims_;
};

}  // namespace

Prepared PrepareAssumeRoleWithWebIdentity(Call& call) {
  auto prepared = std::make_unique<AssumeRoleWithWebIdentity>(call);
  TRY(prepared->Prepare());
  return prepared;
}

}  // namespace basalt::operations::sts

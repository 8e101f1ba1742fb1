// From a claim to a caller.
#include "server/authenticator.h"

#include <utility>

#include "model/arn.h"

namespace basalt::server {
namespace {

constexpr std::string_view kGlobalRegion = "us-east-1";       // global services are signed for it
constexpr std::string_view kUnnamedAccount = "000000000000";  // dev: keys that name no account

Error UnrecognizedClient() {
  return Error(Reason::kUnrecognizedClient, "The security token included in the request is invalid.");
}

operations::Caller CallerOf(std::shared_ptr<const identity::Principal> principal, std::string_view access_key_id) {
  return {principal->account(), principal->arn(), std::string(access_key_id), std::move(principal)};
}

}  // namespace

Authenticator::Authenticator(const operations::Services& services, int64_t skew_s)
    : services_(services), identities_(services.directory.snapshots()), skew_s_(skew_s) {}

Result<Authenticated> Authenticator::Authenticate(const http::Request& request, const operations::Service& service,
                                                  Arena& arena) {
  signature::Expectations expectations;
  expectations.now_ms = services_.real_clock.WallMs();
  expectations.skew_s = skew_s_;
  expectations.service_wanted = service.name;
  expectations.service_accepted = [&service](std::string_view name) { return name == service.name; };
  expectations.region_accepted = [this, &service](std::string_view region) {
    return services_.ServesRegion(region) || (service.is_global && region == kGlobalRegion);
  };
  TRY_ASSIGN(const signature::Claim claim, signature::ParseClaim(request, expectations, arena));
  TRY_ASSIGN(operations::Caller caller, IdentifyCaller(claim, request, expectations.now_ms, arena));
  return Authenticated{std::move(caller), std::string(claim.credential.region)};
}

bool Authenticator::KnowsSigner(const http::RequestHead& head) {
  if (services_.mode == operations::Mode::kDev) {
    return true;
  }
  signature::Expectations expectations;
  expectations.now_ms = services_.real_clock.WallMs();
  expectations.skew_s = skew_s_;
  expectations.service_accepted = [](std::string_view) { return true; };
  expectations.region_accepted = [](std::string_view) { return true; };
  http::Request request;
  request.head = head;
  Arena arena;
  const Result<signature::Claim> claim = signature::ParseClaim(request, expectations, arena);
  if (!claim.ok()) {
    return false;
  }
  const identity::Snapshot& snapshot = identities_.Get();
  const std::string_view id = claim->credential.access_key_id;
  if (!claim->security_token.empty()) {
    const identity::Principals::Session* session = principals_.OfToken(snapshot, id, claim->security_token);
    return session != nullptr && session->principal != nullptr && services_.clock.WallMs() < session->claims.expires_ms;
  }
  const identity::AccessKey* key = snapshot.FindAccessKey(id);
  return key != nullptr && key->status == identity::KeyStatus::kActive;
}

Result<operations::Caller> Authenticator::IdentifyCaller(const signature::Claim& claim, const http::Request& request,
                                                         int64_t now_ms, Arena& arena) {
  const identity::Snapshot& snapshot = identities_.Get();
  const std::string_view id = claim.credential.access_key_id;
  const identity::AccessKey* key = snapshot.FindAccessKey(id);
  if (key == nullptr) {
    const identity::Principals::Session* session =
        claim.security_token.empty() ? nullptr : principals_.OfToken(snapshot, id, claim.security_token);
    if (session != nullptr) {
      return IdentifySession(*session, claim, request, arena);
    }
    if (services_.mode == operations::Mode::kDev && !snapshot.WasIssued(id)) {
      const std::string_view account = model::IsAccountId(id) ? id : kUnnamedAccount;
      if (account != last_named_) {
        last_named_ = account;
        services_.named_accounts->Add(account);
      }
      return CallerOf(principals_.OfRoot(snapshot, account), id);
    }
    return UnrecognizedClient();
  }
  if (key->status != identity::KeyStatus::kActive || !claim.security_token.empty()) {
    return UnrecognizedClient();
  }
  const crypto::HmacSha256Key& signing_key =
      signing_keys_.Get(claim.credential, key->secret_version, key->secret.view());
  TRY(signature::Verify(claim, request, signing_key, arena));
  std::shared_ptr<const identity::Principal> principal = principals_.OfKey(snapshot, *key);
  if (principal == nullptr) {
    return UnrecognizedClient();
  }
  key->use->Note(now_ms, claim.credential.service, claim.credential.region);
  return CallerOf(std::move(principal), id);
}

// What is wrong with the token is said before the signature is looked at, as of keys.
Result<operations::Caller> Authenticator::IdentifySession(const identity::Principals::Session& session,
                                                          const signature::Claim& claim, const http::Request& request,
                                                          Arena& arena) {
  constexpr uint64_t kSecretVersion = 1;  // an id has one secret for life
  if (session.principal == nullptr) {
    return UnrecognizedClient();
  }
  const int64_t now_ms = services_.clock.WallMs();
  if (now_ms < session.claims.issued_ms - skew_s_ * 1000) {
    return UnrecognizedClient();  // the clock was set back: when the session ends cannot be told
  }
  if (now_ms >= session.claims.expires_ms) {
    return Error(Reason::kExpiredToken, "The security token included in the request is expired");
  }
  const crypto::HmacSha256Key& signing_key = signing_keys_.Get(claim.credential, kSecretVersion, session.secret.view());
  TRY(signature::Verify(claim, request, signing_key, arena));
  return CallerOf(session.principal, claim.credential.access_key_id);
}

}  // namespace basalt::server

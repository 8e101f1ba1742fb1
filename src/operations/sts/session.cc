// Sessions are claims, sealed.
#include "operations/sts/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "identity/entity_name.h"
#include "identity/principal.h"
#include "model/tag.h"

namespace basalt::operations::sts {
namespace {

constexpr size_t kPolicyArnsMax = 10;
constexpr int64_t kSessionKeyAgeMaxMs = os::kMsPerDay;  // of the key that new sessions are sealed with

Status CheckName(const Call& call, std::string_view member, std::string_view shown) {
  const auto name = GetString(call.input, member);
  if (name && !std::all_of(name->begin(), name->end(), identity::IsNameCharacter)) {
    return Error(
        Reason::kValidation,
        fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must "
                    "satisfy regular expression pattern: [\\w+=,.@-]*",
                    *name, shown));
  }
  return {};
}

Error TooLarge(size_t percent) {
  return Refused(IamRefusal::kPackedPolicyTooLarge,
                 fmt::format("Packed policy consumes {}% of allotted space, please use smaller policy.", percent));
}

Status ReadPolicies(const Call& call, identity::SessionClaims& claims) {
  size_t characters = 0;
  if (const auto policy = GetString(call.input, "Policy")) {
    const Result<policy::Document> document = policy::Document::Parse(policy::DocumentKind::kSession, *policy, nullptr);
    if (!document.ok()) {
      return Refused(IamRefusal::kMalformedPolicy, document.error().text);
    }
    claims.policy = *policy;
    claims.has_policy = true;
    characters += policy->size();
  }
  if (const json::Node* arns = call.input.Find("PolicyArns"); arns != nullptr) {
    if (arns->elements.size() > kPolicyArnsMax) {
      return Error(Reason::kValidation, fmt::format("The number of policy ARNs may not exceed {}.", kPolicyArnsMax));
    }
    const auto members = call.services.directory.snapshots().Load()->Find(claims.account);
    for (const json::Node& node : arns->elements) {
      const std::string_view arn = GetString(node, "arn").value_or("");
      const identity::ManagedPolicy* policy = members == nullptr ? nullptr : identity::FindManagedPolicy(*members, arn);
      if (policy == nullptr) {
        return Refused(IamRefusal::kMalformedPolicy,
                       fmt::format("Policy {} does not exist or is not attachable.", arn));
      }
      claims.policy_arns.emplace_back(arn);
      claims.has_policy = true;
      characters += policy->Find(policy->default_version)->policy.text.size();
    }
  }
  if (characters > policy::kSessionPolicyCharactersMax) {
    return TooLarge(characters * 100 / policy::kSessionPolicyCharactersMax);
  }
  return {};
}

Status ReadTags(const Call& call, identity::SessionClaims& claims) {
  const auto is_there = [&claims](std::string_view key) {
    return std::any_of(claims.tags.begin(), claims.tags.end(),
                       [key](const identity::Tag& tag) { return policy::EqualsIgnoringCase(tag.key, key); });
  };
  if (const json::Node* tags = call.input.Find("Tags"); tags != nullptr) {
    for (const json::Node& node : tags->elements) {
      const std::string_view key = *GetString(node, "Key");
      const std::string_view value = *GetString(node, "Value");
      if (!model::IsTagKey(key) || !model::IsTagValue(value) || model::IsReservedTagKey(key)) {
        return Error(Reason::kValidation, fmt::format("The session tag {} is not valid.", key));
      }
      if (is_there(key)) {
        // Also of a tag that comes with the session that asks: what is transitive is not to be replaced.
        return Refused(IamRefusal::kInvalidInput,
                       "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
      }
      claims.tags.push_back({std::string(key), std::string(value)});
    }
  }
  if (const json::Node* keys = call.input.Find("TransitiveTagKeys"); keys != nullptr) {
    for (const json::Node& node : keys->elements) {
      if (!is_there(node.string)) {
        return Refused(IamRefusal::kInvalidInput,
                       "The specified transitive tag key must be included in the requested tags.");
      }
      claims.transitive_tag_keys.emplace_back(node.string);
    }
  }
  return {};
}

bool IsFresh(const identity::Snapshot& snapshot, int64_t since_ms) {
  return !snapshot.session_keys().empty() && snapshot.session_keys().back().created_ms > since_ms;
}

Result<Answer> MakeAnswer(const identity::SessionKey& key, const identity::SessionClaims& claims,
                          const std::function<void(XmlWriter&)>& write) {
  const identity::SessionCredentials credentials = SealSession(key, claims);
  const size_t percent = credentials.token.size() * 100 / identity::kSessionTokenCharactersMax;
  if (credentials.token.size() > identity::kSessionTokenCharactersMax) {
    return TooLarge(percent);
  }
  XmlWriter xml;
  xml.Open("Credentials");
  xml.Text("AccessKeyId", credentials.access_key_id);
  xml.Text("SecretAccessKey", credentials.secret.view());
  xml.Text("SessionToken", credentials.token);
  xml.Time("Expiration", claims.expires_ms);
  xml.Close("Credentials");
  write(xml);
  if (claims.has_policy || !claims.tags.empty()) {
    xml.Number("PackedPolicySize", static_cast<int64_t>(percent));
  }
  return xml.Take();
}

}  // namespace

Status ReadSession(const Call& call, identity::SessionClaims& claims) {
  TRY(CheckName(call, "RoleSessionName", "roleSessionName"));
  TRY(CheckName(call, "Name", "name"));
  TRY(CheckName(call, "SourceIdentity", "sourceIdentity"));
  TRY(ReadPolicies(call, claims));
  TRY(ReadTags(call, claims));
  if (const auto source = GetString(call.input, "SourceIdentity")) {
    claims.source_identity = *source;
  }
  return {};
}

const identity::Role* FindRole(const identity::Members& members, std::string_view arn) {
  const identity::Role* role = members.roles.Find(arn.substr(arn.rfind('/') + 1));
  return role != nullptr && identity::ArnOf(members.account.id, *role) == arn ? role : nullptr;
}

void BeginRoleSession(const Call& call, identity::SessionClaims claims, const identity::Role& role,
                      std::function<void(XmlWriter&)> write, AnswerDone done) {
  const int64_t duration_s = GetInteger(call.input, "DurationSeconds").value_or(identity::kSessionSecondsDefault);
  if (duration_s > role.session_seconds_max) {
    return done(
        Error(Reason::kValidation, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
  }
  claims.issuer_id = role.id;
  std::string user_id = fmt::format("{}:{}", role.id, claims.name);
  std::string arn = fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", claims.account, role.name, claims.name);
  BeginSession(
      call, std::move(claims), duration_s,
      [user_id = std::move(user_id), arn = std::move(arn), write = std::move(write)](XmlWriter& xml) {
        xml.Open("AssumedRoleUser");
        xml.Text("AssumedRoleId", user_id);
        xml.Text("Arn", arn);
        xml.Close("AssumedRoleUser");
        write(xml);
      },
      std::move(done));
}

Status CheckLongTermKey(const Call& call, std::string_view operation, RoleSessions role_sessions) {
  const identity::Principal& principal = *call.caller.principal;
  const bool is_of_role = principal.is_session() && principal.session().kind == identity::SessionKind::kAssumedRole;
  if (!principal.is_session() || (is_of_role && role_sessions == RoleSessions::kMay)) {
    return {};
  }
  return Error(Reason::kAccessDenied, fmt::format("Cannot call {} with session credentials", operation));
}

int64_t LongTermDuration(const Call& call) {
  constexpr int64_t kDefault = 43'200;
  constexpr int64_t kRootMax = 3600;
  const int64_t asked_s = GetInteger(call.input, "DurationSeconds").value_or(kDefault);
  return call.caller.principal->caller().kind == policy::CallerKind::kRoot ? std::min(asked_s, kRootMax) : asked_s;
}

void BeginSession(const Call& call, identity::SessionClaims claims, int64_t duration_s,
                  std::function<void(XmlWriter&)> write, AnswerDone done) {
  identity::Directory& directory = call.services.directory;
  claims.issued_ms = call.services.clock.WallMs();
  claims.expires_ms = claims.issued_ms + duration_s * 1000;
  // Keys are dated by the directory's clock, which nobody moves.
  const int64_t fresh_since_ms = call.services.real_clock.WallMs() - kSessionKeyAgeMaxMs;
  const auto snapshot = directory.snapshots().Load();
  if (IsFresh(*snapshot, fresh_since_ms)) {
    return done(MakeAnswer(snapshot->session_keys().back(), claims, write));
  }
  const std::string account = claims.account;  // who asks need not be of any
  directory.Change(
      account,
      [fresh_since_ms](identity::Draft& draft) -> Status {
        if (!IsFresh(draft.before(), fresh_since_ms)) {
          draft.AddSessionKey();
        }
        return {};
      },
      call.loop,
      [&directory, claims = std::move(claims), write = std::move(write), done = std::move(done)](Status made) mutable {
        if (!made.ok()) {
          return done(made.TakeError());
        }
        done(MakeAnswer(directory.snapshots().Load()->session_keys().back(), claims, write));
      },
      call.services.mode == Mode::kDev ? identity::Directory::IfAbsent::kMake : identity::Directory::IfAbsent::kRefuse);
}

}  // namespace basalt::operations::sts

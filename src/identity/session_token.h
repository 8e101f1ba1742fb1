// Tokens of temporary credentials: nothing is stored of a session, its token says all, sealed so that nobody reads or
// makes one. Bound to its access key id; the secret behind that id is derived from what the token holds.
//
//   token = base64( format u8 | number of the key u32 | nonce 96 bits | AES-256-GCM( gzip( claims ) ) )
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "identity/entity.h"

namespace basalt::identity {

inline constexpr size_t kSessionKeyBytes = 32;
inline constexpr size_t kSessionTokenCharactersMax = 4096;
inline constexpr int64_t kSessionSecondsMax = 129'600;  // of any kind: a key is kept that long after its last use

struct SessionKey {
  uint32_t number = 0;
  int64_t created_ms = 0;
  SecretBytes secret;
};

enum class SessionKind : uint8_t {
  kAssumedRole = 1,
  kSessionToken = 2,   // of the user or root that asked for it
  kFederatedUser = 3,  // of a user or root, within a policy
};

// What a token says.
struct SessionClaims {
  SessionKind kind = SessionKind::kAssumedRole;
  std::string account;
  std::string issuer_id;  // of the role or the user; empty: the root user
  std::string name;       // of the session, or the federated user
  int64_t issued_ms = 0;
  int64_t expires_ms = 0;
  bool is_chained = false;  // begun by a session
  bool has_policy = false;  // whether a session policy was handed over
  std::string policy;       // its text; empty: none but managed ones
  std::vector<std::string> policy_arns;
  std::vector<Tag> tags;
  std::vector<std::string> transitive_tag_keys;
  std::string source_identity;
  // Of a session that began with the token of an OIDC provider: the ARN of that, and what the token said.
  std::string provider_arn;
  std::string subject;
  std::string audience;
  std::vector<std::string> methods;
};

struct SessionCredentials {
  std::string access_key_id;  // ASIA…
  SecretBytes secret;
  std::string token;
};

// Makes an id, a secret and a token for the claims. The token may be longer than kSessionTokenCharactersMax.
SessionCredentials SealSession(const SessionKey& key, const SessionClaims& claims);

struct OpenedSession {
  SessionClaims claims;
  SecretBytes secret;
};
// Nullopt if it was not sealed under one of `keys` for this id.
std::optional<OpenedSession> OpenSession(std::span<const SessionKey> keys, std::string_view access_key_id,
                                         std::string_view token);

// The bytes inside. Nullopt if they are no claims.
std::string EncodeClaims(const SessionClaims& claims);
std::optional<SessionClaims> DecodeClaims(std::string_view bytes);

}  // namespace basalt::identity

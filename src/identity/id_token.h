// Tokens of OIDC providers: a JWT, and the keys that providers sign with (JWKS). RS256 and ES256 alone. Pure; any
// thread. Source: RFC 7515 (JWS), RFC 7517 (JWK), OpenID Connect Core 1.0, section 2.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/public_key.h"

namespace basalt::identity {

inline constexpr size_t kIdTokenCharactersMax = 20'000;
inline constexpr size_t kProviderKeysBytesMax = size_t{256} << 10;
inline constexpr size_t kKeysOfProviderMax = 100;

// What a token says. Nothing of it is true before it was verified.
struct IdToken {
  std::string algorithm;
  std::string key_id;  // empty: it names none
  std::string issuer;
  std::string subject;
  std::vector<std::string> audiences;
  std::string authorized_party;
  std::vector<std::string> methods;
  std::optional<int64_t> expires_s;
  std::optional<int64_t> issued_s;
  std::optional<int64_t> not_before_s;
  std::string signed_text;
  std::string signature;
};

// Nullopt: it is none.
std::optional<IdToken> ReadIdToken(std::string_view text);

// The keys of all providers that the operator has told of.
class ProviderKeys {
 public:
  // `jwks`: the provider's document; keys that are of another kind or for another use are left out. kInvalidArgument if
  // it is none, or has no key that can be used. `issuer`: its URL.
  Status Add(std::string_view issuer, std::string_view jwks);

  bool Knows(std::string_view issuer) const { return by_issuer_.find(issuer) != by_issuer_.end(); }
  // Whether a key of that provider has signed the token.
  bool Verifies(std::string_view issuer, const IdToken& token) const;

 private:
  struct Key {
    std::string id;
    crypto::PublicKey key;
  };
  std::map<std::string, std::vector<Key>, std::less<>> by_issuer_;
};

}  // namespace basalt::identity

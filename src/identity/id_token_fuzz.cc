// Arbitrary bytes as a token of an OIDC provider, and as a provider's keys: refused, or read without harm. No bytes are
// a token that those keys have signed but one that they did.
#include "identity/id_token.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "identity/id_token_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::identity;
  static constexpr std::string_view kIssuer = "https://idp.example.com/a";
  static const ProviderKeys kKeys = [] {
    ProviderKeys keys;
    BASALT_CHECK(keys.Add(kIssuer, kProviderJwks).ok());
    return keys;
  }();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto token = ReadIdToken(bytes); token && kKeys.Verifies(kIssuer, *token)) {
    BASALT_CHECK(token->issuer == kIssuer || bytes == kTokenOfAnotherIssuer);
  }
  ProviderKeys keys;
  if (keys.Add(kIssuer, bytes).ok()) {
    keys.Verifies(kIssuer, *ReadIdToken(kEcdsaToken));
  }
  return 0;
}

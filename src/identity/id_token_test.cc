#include "identity/id_token.h"

#include <gtest/gtest.h>

#include "identity/id_token_fixture.h"

namespace basalt::identity {
namespace {

constexpr std::string_view kIssuer = "https://idp.example.com/a";

TEST(IdTokenTest, SaysWhatStandsInIt) {
  const auto token = ReadIdToken(kRsaToken);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->algorithm, "RS256");
  EXPECT_EQ(token->key_id, "r1");
  EXPECT_EQ(token->issuer, kIssuer);
  EXPECT_EQ(token->subject, "user-1");
  EXPECT_EQ(token->audiences, (std::vector<std::string>{"other", "app"}));
  EXPECT_EQ(token->methods, (std::vector<std::string>{"pwd", "otp"}));
  EXPECT_EQ(token->expires_s, 1'700'000'600);
  EXPECT_EQ(token->issued_s, 1'700'000'000);
  EXPECT_FALSE(token->not_before_s);
}

TEST(IdTokenTest, IsVerifiedByTheKeyThatItNames) {
  ProviderKeys keys;
  ASSERT_TRUE(keys.Add(kIssuer, kProviderJwks).ok());
  for (const std::string_view text : {kRsaToken, kEcdsaToken}) {
    auto token = ReadIdToken(text);
    ASSERT_TRUE(token);
    EXPECT_TRUE(keys.Verifies(kIssuer, *token));
    EXPECT_FALSE(keys.Verifies("https://foreign.example.com", *token));
    token->key_id.clear();
    EXPECT_TRUE(keys.Verifies(kIssuer, *token));
    token->key_id = "none";
    EXPECT_FALSE(keys.Verifies(kIssuer, *token));
  }
}

TEST(IdTokenTest, EveryBitOfItMatters) {
  ProviderKeys keys;
  ASSERT_TRUE(keys.Add(kIssuer, kProviderJwks).ok());
  for (const std::string_view text : {kRsaToken, kEcdsaToken}) {
    IdToken token = *ReadIdToken(text);
    for (std::string* part : {&token.signed_text, &token.signature}) {
      for (size_t i = 0; i < part->size(); ++i) {
        (*part)[i] = static_cast<char>((*part)[i] ^ 1);
        EXPECT_FALSE(keys.Verifies(kIssuer, token)) << i;
        (*part)[i] = static_cast<char>((*part)[i] ^ 1);
      }
    }
    token.signature.pop_back();
    EXPECT_FALSE(keys.Verifies(kIssuer, token));
  }
}

TEST(IdTokenTest, ItsAlgorithmMustBeItsKeys) {
  ProviderKeys keys;
  ASSERT_TRUE(keys.Add(kIssuer, kProviderJwks).ok());
  EXPECT_FALSE(keys.Verifies(kIssuer, *ReadIdToken(kTokenOfAnotherAlgorithm)));
  EXPECT_FALSE(keys.Verifies(kIssuer, *ReadIdToken(kUnsignedToken)));
}

TEST(IdTokenTest, WhatIsNoTokenIsNone) {
  for (const std::string_view text :
       {"", ".", "..", "a.b", "a.b.c", "e30.e30.e30.e30", "e30=.e30.", "bnVsbA.e30.", "e30.W10."}) {
    EXPECT_FALSE(ReadIdToken(text)) << text;
  }
  EXPECT_TRUE(ReadIdToken("e30.e30."));
  EXPECT_FALSE(ReadIdToken(std::string(kIdTokenCharactersMax, 'A') + ".e30."));
  // {"crit":["b64"]}
  EXPECT_FALSE(ReadIdToken("eyJjcml0IjpbImI2NCJdfQ.e30."));
}

TEST(IdTokenTest, KeysThatCannotBeUsedAreNone) {
  ProviderKeys keys;
  for (const std::string_view text :
       {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AAAA"}]})",
        R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})",
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]})"}) {
    EXPECT_FALSE(keys.Add(kIssuer, text).ok()) << text;
  }
  EXPECT_FALSE(keys.Knows(kIssuer));
  // 32 bytes each, but no point of the curve.
  const std::string zeros(43, 'A');
  EXPECT_FALSE(
      keys.Add(kIssuer, R"({"keys":[{"kty":"EC","crv":"P-256","x":")" + zeros + R"(","y":")" + zeros + "\"}]}").ok());
}

}  // namespace
}  // namespace basalt::identity

// Tests of session tokens.
#include "identity/session_token.h"

#include <gtest/gtest.h>

#include <set>

namespace basalt::identity {
namespace {

std::vector<SessionKey> Keys() {
  std::vector<SessionKey> keys;
  keys.push_back({1, 0, SecretBytes(std::string(kSessionKeyBytes, 'a'))});
  keys.push_back({2, 0, SecretBytes(std::string(kSessionKeyBytes, 'b'))});
  return keys;
}

SessionClaims Claims() {
  SessionClaims claims;
  claims.account = "111122223333";
  claims.issuer_id = "AROAAAAAAAAAAAAAAAAAA";
  claims.name = "session";
  claims.issued_ms = 1'700'000'000'000;
  claims.expires_ms = 1'700'003'600'000;
  claims.is_chained = true;
  claims.has_policy = true;
  claims.policy = "{}";
  claims.policy_arns = {"arn:aws:iam::aws:policy/a", "arn:aws:iam::aws:policy/b"};
  claims.tags = {{"team", "blue"}, {"empty", ""}};
  claims.transitive_tag_keys = {"team"};
  claims.source_identity = "me";
  return claims;
}

TEST(SessionTokenTest, WhatWasSealedIsOpened) {
  const std::vector<SessionKey> keys = Keys();
  for (const SessionKey& key : keys) {
    const SessionCredentials credentials = SealSession(key, Claims());
    const auto opened = OpenSession(keys, credentials.access_key_id, credentials.token);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(EncodeClaims(opened->claims), EncodeClaims(Claims()));
    EXPECT_EQ(opened->claims.tags[0].value, "blue");
    EXPECT_TRUE(opened->claims.is_chained);
    EXPECT_EQ(opened->secret.view(), credentials.secret.view());
    EXPECT_EQ(credentials.secret.size(), 40U);
  }
}

TEST(SessionTokenTest, EveryBitOfATokenMatters) {
  const std::vector<SessionKey> keys = Keys();
  const SessionCredentials credentials = SealSession(keys[0], Claims());
  for (size_t i = 0; i < credentials.token.size(); ++i) {
    std::string token = credentials.token;
    token[i] = token[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(OpenSession(keys, credentials.access_key_id, token).has_value()) << i;
    EXPECT_FALSE(OpenSession(keys, credentials.access_key_id, credentials.token.substr(0, i)).has_value()) << i;
  }
}

TEST(SessionTokenTest, ATokenIsOfItsIdAndItsKeyAlone) {
  const std::vector<SessionKey> keys = Keys();
  const SessionCredentials one = SealSession(keys[1], Claims());
  const SessionCredentials other = SealSession(keys[1], Claims());
  EXPECT_NE(one.access_key_id, other.access_key_id);
  EXPECT_NE(one.secret.view(), other.secret.view());
  EXPECT_FALSE(OpenSession(keys, other.access_key_id, one.token).has_value());
  EXPECT_FALSE(OpenSession(std::span(keys).first(1), one.access_key_id, one.token).has_value());
  EXPECT_FALSE(OpenSession(keys, "AKIA" + one.access_key_id.substr(4), one.token).has_value());
}

TEST(SessionTokenTest, ClaimsThatEndEarlyAreRefused) {
  const std::string encoded = EncodeClaims(Claims());
  // Tags are the last and may be none.
  size_t understood = 0;
  for (size_t size = 0; size < encoded.size(); ++size) {
    understood += DecodeClaims(std::string_view(encoded).substr(0, size)) ? size_t{1} : size_t{0};
  }
  EXPECT_EQ(understood, 2U);
}

}  // namespace
}  // namespace basalt::identity

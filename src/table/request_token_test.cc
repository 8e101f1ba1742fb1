#include "table/request_token.h"

#include <gtest/gtest.h>

namespace basalt::table {
namespace {

UsedToken SomeToken() { return {1'700'000'000'000, crypto::Sha256("request"), 300}; }

TEST(RequestToken, ComesBackAsItWas) {
  const UsedToken token = *DecodeUsedToken(EncodeUsedToken(SomeToken()));
  EXPECT_EQ(token.expires_ms, 1'700'000'000'000);
  EXPECT_EQ(token.request, crypto::Sha256("request"));
  EXPECT_EQ(token.read_units, 300U);
}

TEST(RequestToken, RefusesWhatIsCutLongerOrOfAnotherVersion) {
  const std::string good = EncodeUsedToken(SomeToken());
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(DecodeUsedToken(good.substr(0, length)).error().reason, Reason::kCorruption) << length;
  }
  EXPECT_FALSE(DecodeUsedToken(good + "x").ok());
  std::string newer = good;
  newer[8] = 2;
  EXPECT_FALSE(DecodeUsedToken(newer).ok());
}

TEST(RequestToken, IsGoneWhenItsTimeIsOver) {
  const std::string stored = EncodeUsedToken(SomeToken());
  EXPECT_TRUE((*FindUsedToken(stored, 1'699'999'999'999)).has_value());
  EXPECT_FALSE((*FindUsedToken(stored, 1'700'000'000'000)).has_value());
  EXPECT_FALSE((*FindUsedToken(std::nullopt, 0)).has_value());
}

TEST(RequestToken, BelongsToItsAccount) {
  EXPECT_NE(RequestTokenKey("111111111111", "a"), RequestTokenKey("222222222222", "a"));
  EXPECT_NE(RequestTokenKey("1", "1a"), RequestTokenKey("11", "a"));
  EXPECT_EQ(RequestTokenKey("1", "a").space, engine::kExpiringSpace);
}

using Begun = RequestTokens::Begun;

TEST(RequestTokens, OneTransactionAtATimeHasAToken) {
  RequestTokens tokens;
  const auto request = crypto::Sha256("request");
  EXPECT_EQ(tokens.Begin("a", request, 0), Begun::kYes);
  EXPECT_EQ(tokens.Begin("a", request, 0), Begun::kUnderWay);
  EXPECT_EQ(tokens.Begin("a", crypto::Sha256("another"), 0), Begun::kUnderWay);
  EXPECT_EQ(tokens.Begin("b", request, 0), Begun::kYes);
  tokens.End("a", std::nullopt);
  EXPECT_EQ(tokens.Begin("a", crypto::Sha256("another"), 0), Begun::kYes);
}

TEST(RequestTokens, WhatWasCarriedOutKeepsItsTokenForItselfUntilItsTimeIsOver) {
  RequestTokens tokens;
  const auto request = crypto::Sha256("request");
  const auto another = crypto::Sha256("another");
  ASSERT_EQ(tokens.Begin("a", request, 0), Begun::kYes);
  tokens.End("a", UsedToken{1000, request, 1});
  EXPECT_EQ(tokens.Begin("a", another, 999), Begun::kUsed);
  EXPECT_EQ(tokens.Begin("a", request, 999), Begun::kYes);
  tokens.End("a", UsedToken{1500, request, 1});  // again: the time stays
  EXPECT_EQ(tokens.Begin("b", another, 999), Begun::kYes);
  EXPECT_EQ(tokens.Begin("a", another, 1000), Begun::kYes);
}

TEST(RequestTokens, RemembersABoundedNumberTheNewestOnes) {
  RequestTokens tokens(2);
  const auto request = crypto::Sha256("request");
  for (const char* token : {"a", "b", "c"}) {
    ASSERT_EQ(tokens.Begin(token, request, 0), Begun::kYes);
    tokens.End(token, UsedToken{1000, request, 1});
  }
  const auto another = crypto::Sha256("another");
  EXPECT_EQ(tokens.Begin("a", another, 0), Begun::kYes);
  EXPECT_EQ(tokens.Begin("b", another, 0), Begun::kUsed);
  EXPECT_EQ(tokens.Begin("c", another, 0), Begun::kUsed);
}

}  // namespace
}  // namespace basalt::table

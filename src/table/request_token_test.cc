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

TEST(TokensUnderWay, OneTransactionHasAToken) {
  TokensUnderWay tokens;
  EXPECT_TRUE(tokens.Begin("a"));
  EXPECT_FALSE(tokens.Begin("a"));
  EXPECT_TRUE(tokens.Begin("b"));
  tokens.End("a");
  EXPECT_TRUE(tokens.Begin("a"));
}

}  // namespace
}  // namespace basalt::table

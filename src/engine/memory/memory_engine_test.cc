// What is the memory engine's own; all else is in the engine contract.
#include "engine/memory/memory_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "engine/testing.h"
#include "os/clock.h"

namespace basalt::engine {
namespace {

using ::testing::ElementsAre;

std::string Expiring(uint64_t expires_ms) {
  std::string bytes;
  AppendBigEndian64(bytes, expires_ms);
  return bytes;
}

TEST(MemoryEngine, WhatHasExpiredGoesWithALaterCommit) {
  os::ManualClock clock(1000);
  TestLoop loop;
  const auto engine = NewMemoryEngine(clock);
  const auto keyspace = *CreateNow(loop, *engine, "tables/1");
  const Key first{kExpiringSpace, "first"};
  const Key again{kExpiringSpace, "again"};
  const Key item{0, "item"};
  ASSERT_TRUE(PutNow(loop, *keyspace, first, Expiring(2000)).ok());
  ASSERT_TRUE(PutNow(loop, *keyspace, again, Expiring(2000)).ok());
  ASSERT_TRUE(PutNow(loop, *keyspace, again, Expiring(3000)).ok());
  clock.AdvanceMs(999);
  ASSERT_TRUE(PutNow(loop, *keyspace, item, Expiring(1)).ok());
  EXPECT_THAT(*GetNow(loop, *keyspace, {first, again, item}), ElementsAre(Expiring(2000), Expiring(3000), Expiring(1)));
  clock.AdvanceMs(1);
  ASSERT_TRUE(PutNow(loop, *keyspace, item, Expiring(2)).ok());
  EXPECT_THAT(*GetNow(loop, *keyspace, {first, again, item}), ElementsAre(std::nullopt, Expiring(3000), Expiring(2)));
  clock.AdvanceMs(1000);
  ASSERT_TRUE(PutNow(loop, *keyspace, item, Expiring(3)).ok());
  EXPECT_THAT(*GetNow(loop, *keyspace, {first, again, item}), ElementsAre(std::nullopt, std::nullopt, Expiring(3)));
}

// Each time the function runs somebody else commits, but for the last.
TEST(MemoryEngine, ATransactionThatOthersComeBetweenHoldsThemBackInTheEnd) {
  TestLoop loop;
  TestLoop other_loop;
  const auto engine = NewMemoryEngine();
  const auto one = *CreateNow(loop, *engine, "tables/1");
  const auto two = *CreateNow(loop, *engine, "tables/2");
  int runs = 0;
  const auto outcome =
      TransactAcrossNow(loop, *engine, {{one, {{0, "a"}}}, {two, {{0, "a"}}}}, [&](std::span<const Values> values) {
        ++runs;
        EXPECT_EQ(values.size(), 2U);
        if (runs <= 8) {
          EXPECT_TRUE(PutNow(other_loop, *two, {0, "other"}, std::to_string(runs)).ok());
        }
        std::vector<Plan> plans(2);
        plans[0].puts = {{{0, "a"}, "1"}};
        plans[1].puts = {{{0, "a"}, "2"}};
        return plans;
      });
  EXPECT_EQ(*outcome, Outcome::kCommitted);
  EXPECT_EQ(runs, 9);
  EXPECT_THAT(*GetNow(loop, *two, {{0, "a"}, {0, "other"}}), ElementsAre("2", "8"));
}

}  // namespace
}  // namespace basalt::engine

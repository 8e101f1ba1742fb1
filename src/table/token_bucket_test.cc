#include "table/token_bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace basalt::table {
namespace {

constexpr int64_t kUnit = kMilliunitsPerUnit;
constexpr int64_t kSecondMs = 1000;

// Takes single units as long as something is left.
int64_t TakeAll(TokenBucket& bucket, int64_t now_ms) {
  int64_t count = 0;
  for (; bucket.BalanceMilliunits(now_ms) > 0; ++count) {
    bucket.Take(kUnit, now_ms);
  }
  return count;
}

TEST(TokenBucket, GivesItsBurstAndThenWhatFlowsIn) {
  for (const int64_t units_per_s : {1, 3, 7, 1000, 1291}) {
    const TokenBucket::Flow flow = {units_per_s, 300};
    TokenBucket bucket(flow, TokenBucket::CapacityMilliunits(flow), 0);
    EXPECT_EQ(TakeAll(bucket, 0), 300 * units_per_s);
    for (int64_t second = 1; second <= 10; ++second) {
      EXPECT_EQ(TakeAll(bucket, second * kSecondMs), units_per_s) << second;
    }
    // What nobody takes is kept, but no more than it holds.
    EXPECT_EQ(TakeAll(bucket, (10 + 100) * kSecondMs), 100 * units_per_s);
    EXPECT_EQ(TakeAll(bucket, (110 + 300) * kSecondMs), 300 * units_per_s);
    EXPECT_EQ(TakeAll(bucket, (410 + 100'000) * kSecondMs), 300 * units_per_s);
  }
}

TEST(TokenBucket, LetsTheLastOneTakeMoreThanIsThere) {
  TokenBucket bucket({10, 1}, 1, 0);
  EXPECT_EQ(bucket.BalanceMilliunits(0), 1);
  bucket.Take(400 * kUnit, 0);
  EXPECT_EQ(bucket.BalanceMilliunits(0), 1 - 400 * kUnit);
  EXPECT_EQ(bucket.BalanceMilliunits(39 * kSecondMs), 1 - 10 * kUnit);
  EXPECT_EQ(bucket.BalanceMilliunits(40 * kSecondMs - 1), 1 - 10);
  EXPECT_EQ(bucket.BalanceMilliunits(40 * kSecondMs), 1);
}

TEST(TokenBucket, BeginsWithNoMoreThanItHolds) {
  TokenBucket bucket({10, 1}, 300 * kUnit, 0);
  EXPECT_EQ(bucket.BalanceMilliunits(0), 10 * kUnit);
}

TEST(TokenBucket, TakesBackWhatWasTaken) {
  TokenBucket bucket({10, 1}, 10 * kUnit, 0);
  bucket.Take(4 * kUnit, 0);
  bucket.Take(-3 * kUnit, 0);
  EXPECT_EQ(bucket.BalanceMilliunits(0), 9 * kUnit);
}

TEST(TokenBucket, HandsOutNoBurstWhenItsFlowChanges) {
  TokenBucket bucket({10, 300}, 3000 * kUnit, 0);
  EXPECT_EQ(TakeAll(bucket, 0), 3000);
  bucket.Change({1000, 300}, 0);
  EXPECT_EQ(TakeAll(bucket, 0), 0);
  EXPECT_EQ(TakeAll(bucket, kSecondMs), 1000);
  // What flowed in before the change did so at the rate of then.
  bucket.Change({5, 300}, 3 * kSecondMs);
  EXPECT_EQ(bucket.BalanceMilliunits(3 * kSecondMs), 1500 * kUnit) << "no more than the smaller one holds";
  EXPECT_EQ(bucket.BalanceMilliunits(4 * kSecondMs), 1500 * kUnit);
  bucket.Take(1600 * kUnit, 4 * kSecondMs);
  bucket.Change({50, 1}, 5 * kSecondMs);
  EXPECT_EQ(bucket.BalanceMilliunits(5 * kSecondMs), -95 * kUnit) << "a debt stays";
  EXPECT_EQ(bucket.BalanceMilliunits(7 * kSecondMs), 5 * kUnit);
}

TEST(TokenBucket, KnowsNoNumberThatIsTooLarge) {
  const TokenBucket::Flow flow = {1'000'000'000'000, 300};
  TokenBucket bucket(flow, kUnit, 0);
  bucket.Take(1'000'000 * kUnit, 0);
  EXPECT_EQ(bucket.BalanceMilliunits(1), kUnit - 1'000'000 * kUnit + flow.units_per_s);
  EXPECT_EQ(bucket.BalanceMilliunits(INT64_MAX), TokenBucket::CapacityMilliunits(flow));
}

TEST(TokenBucket, GoesByNoTimeThatIsOver) {
  TokenBucket bucket({10, 300}, 5 * kUnit, 1000);
  EXPECT_EQ(bucket.BalanceMilliunits(0), 5 * kUnit);
  EXPECT_EQ(bucket.BalanceMilliunits(2000), 15 * kUnit);
  EXPECT_EQ(bucket.BalanceMilliunits(1500), 15 * kUnit);
  EXPECT_EQ(bucket.BalanceMilliunits(2001), 15 * kUnit + 10);
}

// The same bucket, one millisecond after another.
struct SlowBucket {
  int64_t units_per_s;
  int64_t burst_s;
  int64_t balance;
  int64_t now_ms = 0;

  void MoveTo(int64_t then_ms) {
    for (; now_ms < then_ms; ++now_ms) {
      balance = std::min(balance + units_per_s, units_per_s * burst_s * kUnit);
    }
  }
};

TEST(TokenBucket, AgreesWithOneThatCountsEveryMillisecond) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&random](int64_t low, int64_t high) {
      return std::uniform_int_distribution<int64_t>(low, high)(random);
    };
    SlowBucket slow = {pick(1, 50), pick(0, 1) == 0 ? 1 : 300, 0};
    slow.balance = pick(0, slow.units_per_s * slow.burst_s * kUnit);
    TokenBucket bucket({slow.units_per_s, slow.burst_s}, slow.balance, 0);
    for (int step = 0; step < 100; ++step) {
      slow.MoveTo(slow.now_ms + (pick(0, 3) == 0 ? 0 : pick(0, 2000)));
      if (pick(0, 19) == 0) {
        slow.units_per_s = pick(1, 50);
        slow.burst_s = pick(0, 1) == 0 ? 1 : 300;
        slow.balance = std::min(slow.balance, slow.units_per_s * slow.burst_s * kUnit);
        bucket.Change({slow.units_per_s, slow.burst_s}, slow.now_ms);
      } else {
        const int64_t milliunits = pick(1, 60) * kUnit / 2;
        slow.balance -= milliunits;
        bucket.Take(milliunits, slow.now_ms);
      }
      ASSERT_EQ(bucket.BalanceMilliunits(slow.now_ms), slow.balance) << "seed " << seed << ", step " << step;
    }
  }
}

TEST(TokenBucket, LosesNothingAmongThreads) {
  constexpr int kThreads = 4;
  constexpr int64_t kTakes = 20'000;
  TokenBucket bucket({1000, 300}, 0, 0);  // never full
  std::atomic<int64_t> now_ms{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int64_t take = 0; take < kTakes; ++take) {
        bucket.Take(kUnit, now_ms.fetch_add(1) + 1);
        if (take % 3 == 0) {
          bucket.Take(-kUnit / 2, now_ms.load());
        }
        if (take % 1000 == 0) {
          bucket.Change({1000, 300}, now_ms.load());
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const int64_t taken = kThreads * (kTakes * kUnit - (kTakes + 2) / 3 * (kUnit / 2));
  EXPECT_EQ(bucket.BalanceMilliunits(now_ms.load()), 1000 * now_ms.load() - taken);
}

}  // namespace
}  // namespace basalt::table

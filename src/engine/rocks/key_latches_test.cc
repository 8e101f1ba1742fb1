#include "engine/rocks/key_latches.h"

#include <gtest/gtest.h>

namespace basalt::engine::rocks {
namespace {

struct Waiter {
  int number = 0;
};

TEST(KeyLatches, PassesALatchOnInOrderAndForgetsIdleKeys) {
  KeyLatches<Waiter> latches;
  PendingWritePtr pending;
  auto first = std::make_unique<Waiter>(Waiter{1});
  EXPECT_TRUE(latches.Acquire("a", first, pending));
  EXPECT_NE(first, nullptr);
  for (int i = 2; i <= 3; ++i) {
    auto next = std::make_unique<Waiter>(Waiter{i});
    EXPECT_FALSE(latches.Acquire("a", next, pending));
    EXPECT_EQ(next, nullptr);
  }
  EXPECT_EQ(latches.Release("a", pending)->number, 2);
  EXPECT_EQ(latches.Release("a", pending)->number, 3);
  EXPECT_EQ(latches.Release("a", pending), nullptr);
  EXPECT_EQ(latches.slot_count(), 0U);
}

TEST(KeyLatches, ShowsThePendingWriteUntilItAndNoNewerOneIsCleared) {
  KeyLatches<Waiter> latches;
  const auto write = [](const char* value) {
    return std::make_shared<const PendingWrite>(PendingWrite{.key = "a", .value = value});
  };
  const PendingWritePtr older = write("1");
  const PendingWritePtr newer = write("2");
  auto waiter = std::make_unique<Waiter>();
  PendingWritePtr pending;
  EXPECT_TRUE(latches.Acquire("a", waiter, pending));
  EXPECT_EQ(pending, nullptr);
  latches.SetPending(older);
  latches.Release("a", pending);
  EXPECT_TRUE(latches.Acquire("a", waiter, pending));
  EXPECT_EQ(pending, older);
  latches.SetPending(newer);
  latches.ClearPending(older);
  auto queued = std::make_unique<Waiter>();
  EXPECT_FALSE(latches.Acquire("a", queued, pending));
  EXPECT_NE(latches.Release("a", pending), nullptr);
  EXPECT_EQ(pending, newer);
  latches.Release("a", pending);
  EXPECT_EQ(latches.slot_count(), 1U);
  latches.ClearPending(newer);
  EXPECT_EQ(latches.slot_count(), 0U);
}

}  // namespace
}  // namespace basalt::engine::rocks

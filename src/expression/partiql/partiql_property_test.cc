// Properties of statements: random ones agree with expressions of the same meaning, and plans with the conditions that
// they come from.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "expression/partiql/twins.h"

namespace basalt::expression::partiql {
namespace {

TEST(PartiqlProperty, ConditionsMeanWhatExpressionsMeanAndPlansReadTheItemsTheyChoose) {
  std::array<size_t, 3> planned{};
  size_t held = 0;
  for (uint32_t seed = 0; seed < 6000; ++seed) {
    std::mt19937 random(seed);
    StatementTwins twins([&](size_t bound) { return random() % bound; });
    ASSERT_EQ(twins.Compare(), "") << seed;
    held += twins.held();
    if (twins.access()) {
      ++planned[static_cast<size_t>(*twins.access())];
    }
  }
  // Neither side may win by always saying the same.
  EXPECT_GT(planned[static_cast<size_t>(Access::kGet)], 300U);
  EXPECT_GT(planned[static_cast<size_t>(Access::kQuery)], 500U);
  EXPECT_GT(planned[static_cast<size_t>(Access::kScan)], 500U);
  EXPECT_GT(held, 6000U);
  EXPECT_LT(held, 30000U);
}

}  // namespace
}  // namespace basalt::expression::partiql

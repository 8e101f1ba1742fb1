// Properties of statements: random ones agree with expressions of the same meaning, and plans with the conditions that
// they come from.
#include <gtest/gtest.h>

#include <random>

#include "expression/partiql/twins.h"

namespace basalt::expression::partiql {
namespace {

TEST(PartiqlProperty, ConditionsMeanWhatExpressionsMeanAndPlansReadTheItemsTheyChoose) {
  for (uint32_t seed = 0; seed < 6000; ++seed) {
    std::mt19937 random(seed);
    StatementTwins twins([&](size_t bound) { return random() % bound; });
    ASSERT_EQ(twins.Compare(), "") << seed;
  }
}

}  // namespace
}  // namespace basalt::expression::partiql

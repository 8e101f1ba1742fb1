// Tests of legacy parameters: what they refuse, what they become, and that they agree with the expressions that say the
// same, whatever the item.
#include "expression/legacy.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "expression/legacy_twins.h"
#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

std::string TextOf(const Status& status) { return status.ok() ? "" : status.error().text; }

TEST(Legacy, ComparatorsAreKnownByTheirNames) {
  EXPECT_EQ(ComparatorNamed("EQ"), Comparator::kEq);
  EXPECT_EQ(ComparatorNamed("NOT_CONTAINS"), Comparator::kNotContains);
  EXPECT_EQ(ComparatorNamed("BETWEEN"), Comparator::kBetween);
  EXPECT_EQ(ComparatorNamed("eq"), std::nullopt);
  EXPECT_EQ(ComparatorNamed(""), std::nullopt);
}

TEST(Legacy, TheExampleOfTheHeaderHolds) {
  Arena arena;
  const std::array<model::Value, 1> values = {model::Value::String("x")};
  const std::array<LegacyCondition, 2> conditions = {{{"a", Comparator::kNull, {}}, {"b", Comparator::kEq, values}}};
  for (const LegacyCondition& condition : conditions) {
    EXPECT_EQ(TextOf(CheckLegacyCondition(condition)), "");
  }
  const Result<const Condition*> condition = MakeCondition(conditions, Connective::kOr, arena);
  ASSERT_TRUE(condition.ok());
  EXPECT_TRUE(Evaluate(**condition, ItemOf("{'a':{'N':'1'},'b':{'S':'x'}}", arena)));
  EXPECT_TRUE(Evaluate(**condition, ItemOf("{'b':{'S':'y'}}", arena)));
  EXPECT_FALSE(Evaluate(**condition, ItemOf("{'a':{'N':'1'},'b':{'S':'y'}}", arena)));
}

TEST(Legacy, ExpectedMeansEqualityOrAbsenceUnlessItNamesAComparator) {
  const auto comparator = [](const ExpectedMembers& members) {
    const Result<Comparator> result = ComparatorOfExpected("a", members);
    return result.ok() ? std::optional(*result) : std::nullopt;
  };
  EXPECT_EQ(comparator({.value = true}), Comparator::kEq);
  EXPECT_EQ(comparator({.value = true, .exists = true}), Comparator::kEq);
  EXPECT_EQ(comparator({.exists = false}), Comparator::kNull);
  EXPECT_EQ(comparator({.comparator = Comparator::kNotNull}), Comparator::kNotNull);
  EXPECT_EQ(comparator({.value = true, .comparator = Comparator::kGt}), Comparator::kGt);
  EXPECT_EQ(comparator({.comparator = Comparator::kIn, .value_list = true}), Comparator::kIn);
  EXPECT_EQ(comparator({}), std::nullopt);
  EXPECT_EQ(comparator({.exists = true}), std::nullopt);
  EXPECT_EQ(comparator({.comparator = Comparator::kGt}), std::nullopt);
  EXPECT_EQ(comparator({.value_list = true}), std::nullopt);
}

TEST(Legacy, NamesAreNoPaths) {
  Arena arena;
  const std::array<std::string_view, 3> names = {"a.b", "c[0]", "a"};
  const Result<const Projection*> projection = MakeProjection(names, arena);
  ASSERT_TRUE(projection.ok());
  const model::Item item =
      ItemOf("{'a':{'M':{'b':{'N':'1'}}},'a.b':{'N':'2'},'c':{'L':[{'N':'3'}]},'c[0]':{'N':'4'}}", arena);
  EXPECT_EQ(expression::TextOf(Project(**projection, item, arena)),
            "{'a':{'M':{'b':{'N':'1'}}},'a.b':{'N':'2'},'c[0]':{'N':'4'}}");
  const std::array<std::string_view, 3> twice = {"a", "b", "a"};
  EXPECT_EQ(MakeProjection(twice, arena).error().text,
            "One or more parameter values were invalid: Duplicate value in attribute name: a");
  const std::array<std::string_view, 5> several = {"b", "a", "c", "a", "b"};
  EXPECT_EQ(MakeProjection(several, arena).error().text,
            "One or more parameter values were invalid: Duplicate value in attribute name: a");
  const Result<const Projection*> nothing = MakeProjection({}, arena);
  ASSERT_TRUE(nothing.ok());
  EXPECT_TRUE(Project(**nothing, item, arena).empty());
}

TEST(Legacy, UpdatesThatOnlyDeleteAreKnownAsSuch) {
  Arena arena;
  const std::array<std::string_view, 1> members = {"x"};
  const model::Value set = model::Value::Set(model::Type::kSs, members);
  const auto deletes_only = [&](std::vector<LegacyUpdate> updates) { return DeletesOnly(*MakeUpdate(updates, arena)); };
  EXPECT_TRUE(deletes_only({{"a", LegacyAction::kDelete, nullptr}, {"b", LegacyAction::kDelete, &set}}));
  EXPECT_FALSE(deletes_only({{"a", LegacyAction::kDelete, nullptr}, {"b", LegacyAction::kAdd, &set}}));
  EXPECT_FALSE(deletes_only({{"a", LegacyAction::kPut, &set}}));
}

TEST(Legacy, KeysAreSelectedByOneOrTwoIndexableConditions) {
  Arena arena;
  const std::array<model::Value, 1> values = {model::Value::String("x")};
  const LegacyCondition equal{"a", Comparator::kEq, values};
  const auto error = [&](std::vector<LegacyCondition> conditions) {
    const Result<const KeyCondition*> made = MakeKeyCondition(conditions, arena);
    return made.ok() ? "" : made.error().text;
  };
  EXPECT_EQ(error({equal}), "");
  EXPECT_EQ(error({}), "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(error({equal, equal, equal}), "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(error({equal, {"b", Comparator::kNotNull, {}}}),
            "Attempted conditional constraint is not an indexable operation");
}

// Twins that a seed makes; the seed of a disagreement is part of the message.
class LegacyTwinsTest : public ::testing::Test {
 protected:
  void Run(std::string (LegacyTwins::*compare)()) {
    for (uint32_t seed = 0; seed < 4000; ++seed) {
      std::mt19937 random(seed);
      LegacyTwins twins([&random](size_t bound) { return random() % bound; });
      ASSERT_EQ((twins.*compare)(), "") << "seed " << seed;
    }
  }
};

TEST_F(LegacyTwinsTest, ConditionsHoldWhenTheirExpressionsDo) { Run(&LegacyTwins::CompareConditions); }
TEST_F(LegacyTwinsTest, UpdatesMakeTheItemTheirExpressionsMake) { Run(&LegacyTwins::CompareUpdates); }
TEST_F(LegacyTwinsTest, KeyConditionsBindAsTheirExpressionsDo) { Run(&LegacyTwins::CompareKeyConditions); }

}  // namespace
}  // namespace basalt::expression

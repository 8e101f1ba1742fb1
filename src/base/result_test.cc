// Result and TRY: the value, the error, and leaving at the first failure.
#include "base/result.h"

#include <gtest/gtest.h>

namespace basalt {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) {
    return Error(Reason::kValidation, "odd");
  }
  return value / 2;
}

Result<int> Quarter(int value) {
  TRY_ASSIGN(const int half, Half(value));
  return Half(half);
}

Status Check(int value) {
  TRY(Quarter(value));
  return {};
}

TEST(Result, CarriesAValueOrAnError) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).error().text, "odd");
  EXPECT_EQ(Quarter(6).error().reason, Reason::kValidation);
  EXPECT_TRUE(Check(4).ok());
  EXPECT_FALSE(Check(3).ok());
  EXPECT_EQ(Half(3).ValueOr(7), 7);
}

TEST(Result, AnErrorKnowsWhereItWasMade) {
  const Error error(Reason::kInternal, "here");
  EXPECT_NE(std::string_view(error.where.file).find("result_test"), std::string_view::npos);
  EXPECT_GT(error.where.line, 0);
}

struct Base {
  virtual ~Base() = default;
};
struct Derived final : Base {};

TEST(Result, TakesWhatConvertsToItsValue) {
  const auto make = []() -> Result<std::unique_ptr<Base>> { return std::make_unique<Derived>(); };
  EXPECT_NE(*make(), nullptr);
}

using ResultDeathTest = ::testing::Test;

TEST(ResultDeathTest, AskingAnErrorForItsValueStopsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH({ [[maybe_unused]] const int value = Half(1).value(); }, "broken invariant");
}

}  // namespace
}  // namespace basalt

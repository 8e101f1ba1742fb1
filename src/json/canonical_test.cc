#include "json/canonical.h"

#include <gtest/gtest.h>

namespace basalt::json {
namespace {

std::string Canonical(std::string_view text) {
  Arena arena;
  std::string out;
  AppendCanonical(out, *Parse(text, arena));
  return out;
}

TEST(Canonical, OrderOfMembersAndSpaceMakeNoDifference) {
  EXPECT_EQ(Canonical(R"({ "b" : [1, {"y":2,"x":"\u0061"}], "a":true })"), R"({"a":true,"b":[1,{"x":"a","y":2}]})");
  EXPECT_EQ(Canonical(R"([1.5,-3,false,null,""])"), R"([1.5,-3,false,null,""])");
}

TEST(Canonical, OrderOfElementsMakesOne) { EXPECT_NE(Canonical("[1,2]"), Canonical("[2,1]")); }

TEST(Canonical, NullMembersAreAbsentAndTheLastOfANameStands) {
  EXPECT_EQ(Canonical(R"({"a":null,"b":{}})"), R"({"b":{}})");
  EXPECT_EQ(Canonical(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
  EXPECT_EQ(Canonical(R"({"a":1,"a":null})"), R"({"a":1})");
}

}  // namespace
}  // namespace basalt::json

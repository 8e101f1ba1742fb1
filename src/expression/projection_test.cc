// Tests of projections.
#include "expression/projection.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/request_fixture.h"

namespace basalt::expression {
namespace {

constexpr std::string_view kItem =
    "{'pk':{'S':'k'},'n':{'N':'1'},'m':{'M':{'a':{'N':'1'},'b':{'M':{'c':{'S':'x'},'d':{'S':'y'}}},'l':{'L':[{'M':{"
    "'c':{'N':'7'},'d':{'N':'8'}}},{'N':'9'}]}}},'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'},{'L':[{'S':'p'},{'S':'q'}]}"
    "]},'a.b':{'S':'dotted'}}";

std::string Projected(std::string_view text) {
  Request request("{}", {{"#n", "n"}, {"#dot", "a.b"}, {"#m", "m"}});
  return request.Projected(text, kItem);
}

TEST(Projection, TakesTopLevelAttributesWithoutAddingKeys) {
  EXPECT_EQ(Projected("n"), "{'n':{'N':'1'}}");
  EXPECT_EQ(Projected("pk, n"), "{'n':{'N':'1'},'pk':{'S':'k'}}");
  EXPECT_EQ(Projected("#n"), "{'n':{'N':'1'}}");
  EXPECT_EQ(Projected("#dot"), "{'a.b':{'S':'dotted'}}");
}

TEST(Projection, LeavesOutWhatIsAbsent) {
  EXPECT_EQ(Projected("absent, n"), "{'n':{'N':'1'}}");
  EXPECT_EQ(Projected("absent"), "{}");
  EXPECT_EQ(Projected("m.absent, l[9], m.b.absent.c"), "{}");
  EXPECT_EQ(Projected("m.a, m.absent"), "{'m':{'M':{'a':{'N':'1'}}}}");
}

TEST(Projection, FindsNothingThroughAWrongContainer) {
  EXPECT_EQ(Projected("n.a, n[0]"),
            "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of "
            "these paths; path one: [n, a], path two: [n, [0]]");
  EXPECT_EQ(Projected("n.a, m[0], l.a, pk[1]"), "{}");
}

TEST(Projection, KeepsTheNesting) {
  EXPECT_EQ(Projected("m.b.c"), "{'m':{'M':{'b':{'M':{'c':{'S':'x'}}}}}}");
  EXPECT_EQ(Projected("m.l[0].c"), "{'m':{'M':{'l':{'L':[{'M':{'c':{'N':'7'}}}]}}}}");
  EXPECT_EQ(Projected("l[3][1]"), "{'l':{'L':[{'L':[{'S':'q'}]}]}}");
}

TEST(Projection, MergesPathsIntoOneMap) {
  EXPECT_EQ(Projected("m.b.d, n, m.a, #m.b.c"),
            "{'m':{'M':{'a':{'N':'1'},'b':{'M':{'c':{'S':'x'},'d':{'S':'y'}}}}},'n':{'N':'1'}}");
}

TEST(Projection, ClosesUpListsInIndexOrder) {
  EXPECT_EQ(Projected("l[2], l[0]"), "{'l':{'L':[{'N':'0'},{'N':'2'}]}}");
  EXPECT_EQ(Projected("l[10], l[3][1], l[1], l[2].x"), "{'l':{'L':[{'N':'1'},{'L':[{'S':'q'}]}]}}");
}

TEST(Projection, RefusesOverlapAndConflict) {
  const std::string text = "Invalid ProjectionExpression: Two document paths ";
  const std::string advice = " with each other; must remove or rewrite one of these paths; path one: ";
  EXPECT_EQ(Projected("n, n"), text + "overlap" + advice + "[n], path two: [n]");
  EXPECT_EQ(Projected("n, #n"), text + "overlap" + advice + "[n], path two: [n]");
  EXPECT_EQ(Projected("m.b.c, m.b"), text + "overlap" + advice + "[m, b, c], path two: [m, b]");
  EXPECT_EQ(Projected("m.b, m.b[2]"), text + "overlap" + advice + "[m, b], path two: [m, b, [2]]");
  EXPECT_EQ(Projected("m.b.c, m.b[2]"), text + "conflict" + advice + "[m, b, c], path two: [m, b, [2]]");
}

TEST(Projection, RefusesUndefinedNames) {
  EXPECT_EQ(Projected("n, m.#x, n"),
            "Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; "
            "attribute name: #x");
}

TEST(Projection, ListsItsPaths) {
  Request request("{}", {{"#n", "n"}});
  const Result<const Projection*> projection =
      ParseProjection("z.y, #n[3], a", request.placeholders(), request.arena());
  ASSERT_TRUE(projection.ok());
  ASSERT_EQ(PathsOf(**projection).size(), 3U);
  EXPECT_EQ(PathsOf(**projection)[0].front().name, "z");
  EXPECT_EQ(PathsOf(**projection)[1].front().name, "n");
  EXPECT_EQ(PathsOf(**projection)[2].front().name, "a");
}

}  // namespace
}  // namespace basalt::expression

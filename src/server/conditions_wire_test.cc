// What conditions and filters mean, by type: each comparator, function and bound between attributes and literals of
// every two types, of present and absent attributes; a filter and a condition always mean the same.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// Literals of every type in an order of their own: of two of one scalar type the earlier one is the smaller.
struct Literal {
  std::string_view type;
  std::string_view json;
};
constexpr std::array<Literal, 27> kLiterals = {{
    {"S", "{'S':''}"},
    {"S", "{'S':'10'}"},
    {"S", "{'S':'9'}"},
    {"S", "{'S':'a'}"},
    {"S", "{'S':'\xc3\xa9'}"},
    {"N", "{'N':'-1E20'}"},
    {"N", "{'N':'-0.5'}"},
    {"N", "{'N':'0'}"},
    {"N", "{'N':'9'}"},
    {"N", "{'N':'10'}"},
    {"B", "{'B':''}"},
    {"B", "{'B':'MTA='}"},  // "10"
    {"B", "{'B':'YQ=='}"},  // "a"
    {"B", "{'B':'/w=='}"},
    {"BOOL", "{'BOOL':false}"},
    {"BOOL", "{'BOOL':true}"},
    {"NULL", "{'NULL':true}"},
    {"SS", "{'SS':['a','10']}"},
    {"SS", "{'SS':['a']}"},
    {"NS", "{'NS':['10','9']}"},
    {"NS", "{'NS':['9']}"},
    {"BS", "{'BS':['YQ==','MTA=']}"},
    {"L", "{'L':[]}"},
    {"L", "{'L':[{'S':'a'},{'N':'9'},{'SS':['10','a']},{'L':[]},{'M':{}}]}"},
    {"L", "{'L':[{'N':'9'},{'S':'a'}]}"},
    {"M", "{'M':{}}"},
    {"M", "{'M':{'k':{'S':'a'},'n':{'N':'9'}}}"},
}};
constexpr int kAbsent = -1;
bool IsOrdered(std::string_view type) { return type == "S" || type == "N" || type == "B"; }

class ConditionsTest : public WireTest {
 protected:
  void SetUp() override {
    CreateTable("Items", "S");
    std::string item = "'pk':{'S':'z'}";
    for (size_t i = 0; i < kLiterals.size(); ++i) {
      item += fmt::format(",'a{}':{}", i, kLiterals[i].json);
    }
    ASSERT_EQ(Send("PutItem", "{'TableName':'Items','Item':{" + item + "}}"), "{}");
  }

  static std::string Attribute(int index) { return index == kAbsent ? "absent" : fmt::format("a{}", index); }
  // In another writing than that of the attribute where there is one.
  static std::string Value(int index) {
    std::string json(kLiterals[static_cast<size_t>(index)].json);
    for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{"['10','9']", "['9.0','1E1']"},
                                   {"'-0.5'", "'-5e-1'"},
                                   {"['a','10']", "['10','a']"},
                                   {"'k':{'S':'a'},'n':{'N':'9'}", "'n':{'N':'+9'},'k':{'S':'a'}"}}) {
      const size_t at = json.find(from);
      if (at != std::string::npos) {
        json.replace(at, from.size(), to);
      }
    }
    return json;
  }

  void Expect(std::string_view condition, bool holds, std::string_view values = "") {
    const std::string map = values.empty() ? "" : fmt::format(",'ExpressionAttributeValues':{{{}}}", values);
    const std::string scanned =
        Send("Scan", fmt::format("{{'TableName':'Items','Select':'COUNT','FilterExpression':'{}'{}}}", condition, map));
    EXPECT_EQ(scanned, Quoted(fmt::format("{{'Count':{},'ScannedCount':1}}", holds ? 1 : 0))) << condition << values;
    const std::string negated = Send(
        "UpdateItem", fmt::format("{{'TableName':'Items','Key':{{'pk':{{'S':'z'}}}},'ConditionExpression':'NOT ({})'"
                                  "{}}}",
                                  condition, map));
    EXPECT_EQ(negated, holds ? ConditionFailed() : "{}") << condition << values;
  }
};

TEST_F(ConditionsTest, ComparatorsOfEveryTwoTypes) {
  const int count = static_cast<int>(kLiterals.size());
  for (int a = kAbsent; a < count; ++a) {
    for (int b = 0; b < count; ++b) {
      const std::string_view type = kLiterals[static_cast<size_t>(b)].type;
      const bool equal = a == b;
      const bool ordered = a != kAbsent && IsOrdered(type) && kLiterals[static_cast<size_t>(a)].type == type;
      const std::string values = fmt::format("':v':{}", Value(b));
      Expect(Attribute(a) + " = :v", equal, values);
      Expect(":v = " + Attribute(a), equal, values);
      Expect(Attribute(a) + " <> :v", !equal, values);
      Expect(Attribute(a) + " IN (:v, absent)", equal, values);
      if (IsOrdered(type)) {
        Expect(Attribute(a) + " < :v", ordered && a < b, values);
        Expect(Attribute(a) + " <= :v", ordered && a <= b, values);
        Expect(Attribute(a) + " > :v", ordered && a > b, values);
        Expect(":v <= " + Attribute(a), ordered && b <= a, values);
        Expect(Attribute(a) + " BETWEEN :v AND :v", ordered && a == b, values);
      }
      // Between two attributes nothing is refused; what has no order is in none.
      if (a != b) {
        const bool both = ordered && a != kAbsent;
        Expect(Attribute(a) + " = " + Attribute(b), false);
        Expect(Attribute(a) + " < " + Attribute(b), both && a < b);
        Expect(Attribute(a) + " >= " + Attribute(b), both && a > b);
      }
      Expect(fmt::format("{} BETWEEN {} AND {}", Attribute(a), Attribute(b), Attribute(b)), ordered && a == b);
    }
    Expect(Attribute(a) + " = nothing", false);
    Expect(Attribute(a) + " <> nothing", true);
    Expect("nothing > " + Attribute(a), false);
    Expect(fmt::format("attribute_exists({})", Attribute(a)), a != kAbsent);
    Expect(fmt::format("attribute_not_exists({})", Attribute(a)), a == kAbsent);
    for (const std::string_view type : {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"}) {
      Expect(fmt::format("attribute_type({}, :t)", Attribute(a)),
             a != kAbsent && kLiterals[static_cast<size_t>(a)].type == type, fmt::format("':t':{{'S':'{}'}}", type));
    }
  }
}

TEST_F(ConditionsTest, FunctionsOfEveryTwoTypes) {
  // Attributes by their number in the table above that contain, or begin with, the literal of that number.
  const auto index_of = [](std::string_view json) {
    int index = 0;
    while (kLiterals[static_cast<size_t>(index)].json != json) {
      ++index;
    }
    return index;
  };
  struct Part {
    std::string_view whole;
    std::string_view part;
  };
  const std::vector<Part> members = {
      {"{'SS':['a','10']}", "{'S':'a'}"},
      {"{'SS':['a','10']}", "{'S':'10'}"},
      {"{'SS':['a']}", "{'S':'a'}"},
      {"{'NS':['10','9']}", "{'N':'10'}"},
      {"{'NS':['10','9']}", "{'N':'9'}"},
      {"{'NS':['9']}", "{'N':'9'}"},
      {"{'BS':['YQ==','MTA=']}", "{'B':'YQ=='}"},
      {"{'BS':['YQ==','MTA=']}", "{'B':'MTA='}"},
      {"{'L':[{'S':'a'},{'N':'9'},{'SS':['10','a']},{'L':[]},{'M':{}}]}", "{'S':'a'}"},
      {"{'L':[{'S':'a'},{'N':'9'},{'SS':['10','a']},{'L':[]},{'M':{}}]}", "{'N':'9'}"},
      {"{'L':[{'S':'a'},{'N':'9'},{'SS':['10','a']},{'L':[]},{'M':{}}]}", "{'SS':['a','10']}"},
      {"{'L':[{'S':'a'},{'N':'9'},{'SS':['10','a']},{'L':[]},{'M':{}}]}", "{'L':[]}"},
      {"{'L':[{'S':'a'},{'N':'9'},{'SS':['10','a']},{'L':[]},{'M':{}}]}", "{'M':{}}"},
      {"{'L':[{'N':'9'},{'S':'a'}]}", "{'N':'9'}"},
      {"{'L':[{'N':'9'},{'S':'a'}]}", "{'S':'a'}"},
  };
  const int count = static_cast<int>(kLiterals.size());
  for (int a = kAbsent; a < count; ++a) {
    for (int b = 0; b < count; ++b) {
      const std::string values = fmt::format("':v':{}", Value(b));
      const std::string_view whole = a == kAbsent ? "" : kLiterals[static_cast<size_t>(a)].type;
      const std::string_view part = kLiterals[static_cast<size_t>(b)].type;
      // Of the texts and binaries here each begins with itself and with nothing, and contains no other.
      const bool begins = whole == part && (part == "S" || part == "B") &&
                          (a == b || b == index_of("{'S':''}") || b == index_of("{'B':''}"));
      bool contains = begins;
      for (const Part& member : members) {
        contains = contains || (a == index_of(member.whole) && b == index_of(member.part));
      }
      Expect(fmt::format("contains({}, :v)", Attribute(a)), contains, values);
      if (part == "S" || part == "B") {
        Expect(fmt::format("begins_with({}, :v)", Attribute(a)), begins, values);
      }
    }
  }
  // Bytes of texts and binaries, members of sets, elements and entries of lists and maps; others have no size.
  const std::vector<std::optional<int>> sizes = {0,  2,  1,  1, 2, {}, {}, {}, {}, {}, 0, 2, 1, 1,
                                                 {}, {}, {}, 2, 1, 2,  1,  2,  0,  5,  2, 0, 2};
  for (int a = kAbsent; a < count; ++a) {
    const std::optional<int> size = a == kAbsent ? std::nullopt : sizes[static_cast<size_t>(a)];
    for (int n = 0; n <= 5; ++n) {
      const std::string values = fmt::format("':n':{{'N':'{}'}}", n);
      Expect(fmt::format("size({}) = :n", Attribute(a)), size == n, values);
      Expect(fmt::format("size({}) > :n", Attribute(a)), size.has_value() && *size > n, values);
    }
    Expect(fmt::format("size({}) <> :n", Attribute(a)), size != 7, "':n':{'N':'7'}");
  }
}

}  // namespace
}  // namespace basalt::server

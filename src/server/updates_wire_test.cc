// What updates do to items of every kind: types that meet in ADD, DELETE and arithmetic, places in lists and maps,
// what is read before what is written, keys as targets, what is returned and what is left unchanged.
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kPathText = "The document path provided in the update expression is invalid for update";
constexpr std::string_view kTypeText = "An operand in the update expression has an incorrect data type";
constexpr std::string_view kAbsentText =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kOverflowText =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr std::string_view kUnderflowText =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr std::string_view kDigitsText = "Attempting to store more than 38 significant digits in a Number";

class UpdatesTest : public WireTest {
 protected:
  void SetUp() override { CreateTable("Items", "S"); }

  // Puts the item {'pk':{'S':'z'}, item…}, or deletes it if `item` is "-".
  void Given(std::string_view item) {
    ASSERT_EQ(Send("DeleteItem", "{'TableName':'Items','Key':{'pk':{'S':'z'}}}"), "{}");
    if (item != "-") {
      ASSERT_EQ(Send("PutItem", fmt::format("{{'TableName':'Items','Item':{{{}'pk':{{'S':'z'}}}}}}",
                                            item.empty() ? "" : std::string(item) + ",")),
                "{}");
    }
  }
  std::string Update(std::string_view expression, std::string_view values = "", std::string_view more = "") {
    return Send(
        "UpdateItem",
        fmt::format("{{'TableName':'Items','Key':{{'pk':{{'S':'z'}}}},'UpdateExpression':'{}'{}{}}}", expression,
                    values.empty() ? "" : fmt::format(",'ExpressionAttributeValues':{{{}}}", values), more));
  }
  std::string Get() { return Send("GetItem", "{'TableName':'Items','Key':{'pk':{'S':'z'}}}"); }
  static std::string Item(std::string_view attributes) {
    return Quoted(
        fmt::format("{{'Item':{{{}'pk':{{'S':'z'}}}}}}", attributes.empty() ? "" : std::string(attributes) + ","));
  }

  // The item after the update; or, if `text` is given, the refusal, and the item as it was.
  void ExpectAfter(std::string_view item, std::string_view expression, std::string_view values,
                   std::string_view attributes) {
    Given(item);
    EXPECT_EQ(Update(expression, values), "{}") << item << " " << expression;
    EXPECT_EQ(Get(), Item(attributes)) << item << " " << expression << " " << values;
  }
  void ExpectRefused(std::string_view item, std::string_view expression, std::string_view values,
                     std::string_view text) {
    Given(item);
    const std::string before = Get();
    EXPECT_EQ(Update(expression, values), Invalid(text)) << item << " " << expression << " " << values;
    EXPECT_EQ(Get(), before) << "a refused update changes nothing";
  }
};

// Attributes "a" of every type.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kTypes = {{
    {"S", "{'S':'x'}"},
    {"N", "{'N':'5'}"},
    {"B", "{'B':'YQ=='}"},
    {"BOOL", "{'BOOL':true}"},
    {"NULL", "{'NULL':true}"},
    {"SS", "{'SS':['x']}"},
    {"NS", "{'NS':['5']}"},
    {"BS", "{'BS':['YQ==']}"},
    {"L", "{'L':[{'S':'x'}]}"},
    {"M", "{'M':{'x':{'S':'x'}}}"},
}};

TEST_F(UpdatesTest, AddAndDeleteMeetEveryType) {
  struct Operand {
    std::string_view type;
    std::string_view added;
    std::string_view sum;  // with the value of the same type
    std::string_view deleted;
    std::string_view rest;
  };
  for (const Operand& operand : {
           Operand{"N", "{'N':'-7.5'}", "{'N':'-2.5'}", "", ""},
           Operand{"SS", "{'SS':['y','x','w']}", "{'SS':['w','x','y']}", "{'SS':['y']}", "{'SS':['x']}"},
           Operand{"NS", "{'NS':['7','5.0']}", "{'NS':['5','7']}", "{'NS':['7']}", "{'NS':['5']}"},
           Operand{"BS", "{'BS':['Yg==']}", "{'BS':['YQ==','Yg==']}", "{'BS':['Yg==']}", "{'BS':['YQ==']}"},
       }) {
    for (const auto& [type, value] : kTypes) {
      const std::string item = fmt::format("'a':{}", value);
      if (type == operand.type) {
        ExpectAfter(item, "ADD a :v", fmt::format("':v':{}", operand.added), fmt::format("'a':{}", operand.sum));
      } else {
        ExpectRefused(item, "ADD a :v", fmt::format("':v':{}", operand.added), kTypeText);
      }
      if (operand.deleted.empty()) {
        continue;
      }
      if (type == operand.type) {
        ExpectAfter(item, "DELETE a :v", fmt::format("':v':{}", operand.deleted), fmt::format("'a':{}", operand.rest));
        ExpectAfter(item, "DELETE a :v", fmt::format("':v':{}", value), "");
      } else {
        ExpectRefused(item, "DELETE a :v", fmt::format("':v':{}", operand.deleted), kTypeText);
      }
    }
    // To nothing the value itself is added, and from nothing nothing is deleted; so it is inside maps and lists.
    const std::string added = operand.type == "SS"   ? "{'SS':['w','x','y']}"
                              : operand.type == "NS" ? "{'NS':['5','7']}"
                                                     : std::string(operand.added);
    const std::string v = fmt::format("':v':{}", operand.added);
    ExpectAfter("", "ADD a :v", v, fmt::format("'a':{}", added));
    ExpectAfter("-", "ADD a :v", v, fmt::format("'a':{}", added));
    ExpectAfter("'m':{'M':{}}", "ADD m.a :v", v, fmt::format("'m':{{'M':{{'a':{}}}}}", added));
    ExpectAfter("'l':{'L':[]}", "ADD l[3] :v", v, fmt::format("'l':{{'L':[{}]}}", added));
    ExpectRefused("", "ADD m.a :v", v, kPathText);
    if (!operand.deleted.empty()) {
      const std::string d = fmt::format("':v':{}", operand.deleted);
      ExpectAfter("", "DELETE a :v", d, "");
      ExpectAfter("'m':{'M':{}}", "DELETE m.a :v", d, "'m':{'M':{}}");
      ExpectAfter("'l':{'L':[]}", "DELETE l[3] :v", d, "'l':{'L':[]}");
      ExpectRefused("", "DELETE m.a :v", d, kPathText);
      ExpectRefused("'m':{'S':'x'}", "DELETE m.a :v", d, kPathText);
    }
  }
  // The last member takes its place in a list with it.
  ExpectAfter("'l':{'L':[{'SS':['x']},{'S':'b'}]}", "DELETE l[0] :v", "':v':{'SS':['x']}", "'l':{'L':[{'S':'b'}]}");
}

TEST_F(UpdatesTest, OperandsFoundInTheItemMustHaveTheirType) {
  for (const auto& [type, value] : kTypes) {
    const std::string item = fmt::format("'a':{}", value);
    if (type == "N") {
      ExpectAfter(item, "SET b = a + :n", "':n':{'N':'1'}", "'a':{'N':'5'},'b':{'N':'6'}");
      ExpectAfter(item, "SET b = :n - a", "':n':{'N':'1'}", "'a':{'N':'5'},'b':{'N':'-4'}");
      ExpectAfter(item, "SET b = if_not_exists(a, :s) - :n", "':n':{'N':'1'},':s':{'S':'x'}",
                  "'a':{'N':'5'},'b':{'N':'4'}");
    } else {
      ExpectRefused(item, "SET b = a + :n", "':n':{'N':'1'}", kTypeText);
      ExpectRefused(item, "SET b = :n - a", "':n':{'N':'1'}", kTypeText);
      ExpectRefused(item, "SET b = if_not_exists(a, :n) - :n", "':n':{'N':'1'}", kTypeText);
    }
    if (type == "L") {
      ExpectAfter(item, "SET b = list_append(a, :l)", "':l':{'L':[]}", "'a':{'L':[{'S':'x'}]},'b':{'L':[{'S':'x'}]}");
      ExpectAfter(item, "SET a = list_append(a, a)", "", "'a':{'L':[{'S':'x'},{'S':'x'}]}");
    } else {
      ExpectRefused(item, "SET b = list_append(a, :l)", "':l':{'L':[]}", kTypeText);
      ExpectRefused(item, "SET b = list_append(:l, if_not_exists(a, :l))", "':l':{'L':[]}", kTypeText);
    }
    // Parents of a target.
    if (type == "M") {
      ExpectAfter(item, "SET a.y = :n", "':n':{'N':'1'}", "'a':{'M':{'x':{'S':'x'},'y':{'N':'1'}}}");
      ExpectAfter(item, "REMOVE a.x", "", "'a':{'M':{}}");
      ExpectAfter(item, "REMOVE a.y", "", "'a':{'M':{'x':{'S':'x'}}}");
    } else {
      ExpectRefused(item, "SET a.y = :n", "':n':{'N':'1'}", kPathText);
      ExpectRefused(item, "REMOVE a.y", "", kPathText);
    }
    if (type == "L") {
      ExpectAfter(item, "SET a[0] = :n", "':n':{'N':'1'}", "'a':{'L':[{'N':'1'}]}");
      ExpectAfter(item, "REMOVE a[0]", "", "'a':{'L':[]}");
      ExpectAfter(item, "REMOVE a[1]", "", "'a':{'L':[{'S':'x'}]}");
    } else {
      ExpectRefused(item, "SET a[0] = :n", "':n':{'N':'1'}", kPathText);
      ExpectRefused(item, "REMOVE a[0]", "", kPathText);
    }
  }
}

TEST_F(UpdatesTest, AnAbsentAttributeIsReadThroughIfNotExistsAlone) {
  const std::string one = "':n':{'N':'1'}";
  for (const std::string_view expression :
       {"SET a = b", "SET a = b.c", "SET a = b[0]", "SET a = b + :n", "SET a = :n - b",
        "SET a = if_not_exists(b, c) + :n", "SET a = if_not_exists(b, if_not_exists(c, d)) - :n"}) {
    ExpectRefused("", expression, expression.find(":n") == std::string_view::npos ? "" : one, kAbsentText);
    ExpectRefused("-", expression, expression.find(":n") == std::string_view::npos ? "" : one, kAbsentText);
  }
  ExpectRefused("", "SET a = list_append(b, :l)", "':l':{'L':[]}", kAbsentText);
  ExpectRefused("", "SET a = list_append(:l, if_not_exists(b, c))", "':l':{'L':[]}", kAbsentText);
  ExpectRefused("'b':{'L':[]}", "SET a = b[0]", "", kAbsentText);
  ExpectRefused("'b':{'S':'x'}", "SET a = b.c", "", kAbsentText);
  ExpectAfter("", "SET a = if_not_exists(b, :n)", one, "'a':{'N':'1'}");
  ExpectAfter("", "SET a = if_not_exists(b.c[0], :n)", one, "'a':{'N':'1'}");
  ExpectAfter("'b':{'NULL':true}", "SET a = if_not_exists(b, :n)", one, "'a':{'NULL':true},'b':{'NULL':true}");
  ExpectAfter("'c':{'N':'3'}", "SET a = if_not_exists(b, if_not_exists(c, :n))", one, "'a':{'N':'3'},'c':{'N':'3'}");
  ExpectAfter("", "SET a = if_not_exists(b, if_not_exists(c, :n)) + if_not_exists(d, :n)", one, "'a':{'N':'2'}");
  // The other operand is not looked at if the path leads to a value.
  ExpectAfter("'b':{'N':'3'}", "SET a = if_not_exists(b, c)", "", "'a':{'N':'3'},'b':{'N':'3'}");
  ExpectAfter("'b':{'L':[{'S':'0'}]}", "SET a = list_append(if_not_exists(b, c), list_append(:l, b))",
              "':l':{'L':[{'S':'1'},{'S':'2'}]}",
              "'a':{'L':[{'S':'0'},{'S':'1'},{'S':'2'},{'S':'0'}]},'b':{'L':[{'S':'0'}]}");
  ExpectAfter("", "SET a = list_append(if_not_exists(a, :e), list_append(:l, list_append(:e, :l)))",
              "':e':{'L':[]},':l':{'L':[{'N':'1'}]}", "'a':{'L':[{'N':'1'},{'N':'1'}]}");
}

TEST_F(UpdatesTest, WhatIsReadIsTheItemBeforeTheUpdate) {
  const std::string n = "':n':{'N':'1'}";
  ExpectAfter("'a':{'N':'1'},'b':{'N':'2'},'c':{'N':'3'}", "SET a = b, b = c, c = a", "",
              "'a':{'N':'2'},'b':{'N':'3'},'c':{'N':'1'}");
  ExpectAfter("'a':{'N':'1'}", "SET b = a + :n, c = a + :n ADD a :n", n, "'a':{'N':'2'},'b':{'N':'2'},'c':{'N':'2'}");
  ExpectAfter("'a':{'N':'1'}", "REMOVE a SET b = a", "", "'b':{'N':'1'}");
  ExpectAfter("'a':{'SS':['x','y']}", "DELETE a :s SET b = a", "':s':{'SS':['x']}",
              "'a':{'SS':['y']},'b':{'SS':['x','y']}");
  ExpectAfter("", "SET a = :n, b = if_not_exists(a, :m)", n + ",':m':{'N':'9'}", "'a':{'N':'1'},'b':{'N':'9'}");
  ExpectRefused("", "SET a = :n, b = a", n, kAbsentText);
  ExpectRefused("'m':{'S':'x'}", "SET m = :m, m2.x = :n", n + ",':m':{'M':{}}", kPathText);
  ExpectAfter("'m':{'M':{'a':{'N':'1'}}}", "SET m.b = m.a, m.a = m.a + :n", n,
              "'m':{'M':{'a':{'N':'2'},'b':{'N':'1'}}}");
  ExpectAfter("'m':{'M':{'a':{'N':'1'}}}", "SET m.was = m", "",
              "'m':{'M':{'a':{'N':'1'},'was':{'M':{'a':{'N':'1'}}}}}");
}

std::string List(std::string_view elements) {
  std::string text = "'l':{'L':[";
  for (const char element : elements) {
    text += fmt::format("{}{{'S':'{}'}}", text.back() == '[' ? "" : ",", element);
  }
  return text + "]}";
}

TEST_F(UpdatesTest, ListsKeepTheirOriginalIndexesDuringAnUpdate) {
  const std::string x = "':x':{'S':'X'}";
  const std::string xy = x + ",':y':{'S':'Y'}";
  const std::string xyz = xy + ",':z':{'S':'Z'}";
  struct Change {
    std::string_view before;
    std::string_view expression;
    std::string values;
    std::string_view after;
  };
  for (const Change& change : std::vector<Change>{
           {"abc", "SET l[0] = :x", x, "Xbc"},
           {"abc", "SET l[2] = :x", x, "abX"},
           {"abc", "SET l[3] = :x", x, "abcX"},
           {"abc", "SET l[4] = :x", x, "abcX"},
           {"abc", "SET l[4294967294] = :x", x, "abcX"},
           {"", "SET l[0] = :x", x, "X"},
           {"", "SET l[7] = :x, l[2] = :y", xy, "YX"},
           {"abc", "SET l[30] = :x, l[10] = :y, l[20] = :z", xyz, "abcYZX"},
           {"abc", "SET l[5] = :x, l[1] = :y, l[3] = :z", xyz, "aYcZX"},
           {"abc", "REMOVE l[0]", "", "bc"},
           {"abc", "REMOVE l[2]", "", "ab"},
           {"abc", "REMOVE l[3]", "", "abc"},
           {"abc", "REMOVE l[0], l[1], l[2]", "", ""},
           {"abcde", "REMOVE l[3], l[1]", "", "ace"},
           {"abcde", "REMOVE l[0], l[9], l[4]", "", "bcd"},
           {"abcde", "REMOVE l[1] SET l[3] = :x", x, "acXe"},
           {"abcde", "SET l[3] = :x REMOVE l[1]", x, "acXe"},
           {"abc", "REMOVE l[0] SET l[3] = :x", x, "bcX"},
           {"abc", "REMOVE l[0], l[1], l[2] SET l[9] = :x, l[8] = :y", xy, "YX"},
           {"abc", "SET l[0] = l[2], l[2] = l[0]", "", "cba"},
           {"abc", "SET l[5] = l[0] REMOVE l[0]", "", "bca"},
           {"ab", "SET l = list_append(l, l)", "", "abab"},
       }) {
    ExpectAfter(List(change.before), change.expression, change.values, List(change.after));
  }
  ExpectRefused(List("abc"), "REMOVE l[0][0]", "", kPathText);
  ExpectRefused(List("abc"), "SET l[3].x = :x", x, kPathText);
  ExpectRefused(List("abc"), "REMOVE l[3].x", "", kPathText);
  ExpectRefused("", "SET l[0] = :x", x, kPathText);
  ExpectRefused("-", "SET l[0] = :x", x, kPathText);
  ExpectRefused("", "REMOVE l[0]", "", kPathText);
  ExpectAfter("'l':{'L':[{'L':[{'S':'a'}]},{'M':{'k':{'L':[]}}}]}", "SET l[0][5] = :x, l[1].k[0] = :x REMOVE l[0][0]",
              x, "'l':{'L':[{'L':[{'S':'X'}]},{'M':{'k':{'L':[{'S':'X'}]}}}]}");
}

TEST_F(UpdatesTest, ArithmeticIsExactUpToTheEndsOfTheRange) {
  const std::string nines(38, '9');
  const auto zeros = [](size_t count) { return std::string(count, '0'); };
  struct Sum {
    std::string left;
    std::string right;
    std::string sum;  // or the text of the refusal
    bool refused = false;
  };
  for (const Sum& sum : std::vector<Sum>{
           {"0.1", "0.2", "0.3"},
           {"-1", "1", "0"},
           {"1E125", "-1E125", "0"},
           {nines, "1", "1" + zeros(38)},
           {nines, "2", std::string(kDigitsText), true},
           {"-" + nines, "-1", "-1" + zeros(38)},
           {"-" + nines, "-2", std::string(kDigitsText), true},
           {"1E37", "1", "1" + zeros(36) + "1"},
           {"1E38", "1", std::string(kDigitsText), true},
           {"1", "1E-37", "1." + zeros(36) + "1"},
           {"1", "1E-38", std::string(kDigitsText), true},
           {"1E125", "1E-130", std::string(kDigitsText), true},
           {"5E125", "5E125", std::string(kOverflowText), true},
           {"-5E125", "-5E125", std::string(kOverflowText), true},
           {nines + "E88", "1E88", std::string(kOverflowText), true},
           {"5E125", "4E125", "9" + zeros(125)},
           {"1E-130", "1E-130", "0." + zeros(129) + "2"},
           {"1.1E-129", "-1E-129", "0." + zeros(129) + "1"},
           {"1.01E-129", "-1E-129", std::string(kUnderflowText), true},
       }) {
    const std::string item = fmt::format("'a':{{'N':'{}'}}", sum.left);
    const std::string added = fmt::format("':v':{{'N':'{}'}}", sum.right);
    const std::string subtracted =
        fmt::format("':v':{{'N':'{}'}}", sum.right[0] == '-' ? sum.right.substr(1) : "-" + sum.right);
    for (const auto& [expression, values] : {std::pair<std::string, std::string>{"SET a = a + :v", added},
                                             {"SET a = :v + a", added},
                                             {"ADD a :v", added},
                                             {"SET a = a - :v", subtracted}}) {
      if (sum.refused) {
        ExpectRefused(item, expression, values, sum.sum);
      } else {
        ExpectAfter(item, expression, values, fmt::format("'a':{{'N':'{}'}}", sum.sum));
      }
    }
  }
}

TEST_F(UpdatesTest, KeysAreNoTargets) {
  CreateTable("Pair", "S", "N");
  const auto update = [this](std::string_view expression, std::string_view values = "", std::string_view names = "") {
    return Send(
        "UpdateItem",
        fmt::format("{{'TableName':'Pair','Key':{{'pk':{{'S':'z'}},'sk':{{'N':'1'}}}},'UpdateExpression':'{}'{}{}"
                    "}}",
                    expression, values.empty() ? "" : fmt::format(",'ExpressionAttributeValues':{{{}}}", values),
                    names.empty() ? "" : fmt::format(",'ExpressionAttributeNames':{{{}}}", names)));
  };
  for (const std::string name : {"pk", "sk"}) {
    const std::string text =
        InvalidParameter(fmt::format("Cannot update attribute {}. This attribute is part of the key", name));
    EXPECT_EQ(update("SET " + name + " = :v", "':v':{'S':'z'}"), text);
    EXPECT_EQ(update("SET " + name + " = " + name), text);  // not even to its own value
    EXPECT_EQ(update("SET a = :v, " + name + " = :v", "':v':{'N':'1'}"), text);
    EXPECT_EQ(update("REMOVE " + name), text);
    EXPECT_EQ(update("ADD " + name + " :v", "':v':{'N':'1'}"), text);
    EXPECT_EQ(update("DELETE " + name + " :v", "':v':{'SS':['a']}"), text);
    EXPECT_EQ(update("SET " + name + ".a = :v", "':v':{'N':'1'}"), text);
    EXPECT_EQ(update("REMOVE " + name + "[0]"), text);
    EXPECT_EQ(update("SET #k = :v", "':v':{'N':'1'}", "'#k':'" + name + "'"), text);
    EXPECT_EQ(update("SET a = " + name + ".b"),
              Invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
                      "Key: " +
                      name));
    // Below the top level it is a name like any other.
    EXPECT_EQ(update("SET m = :m", "':m':{'M':{}}"), "{}");
    EXPECT_EQ(update("SET m." + name + " = :v, " + name + "2 = " + name, "':v':{'N':'1'}"), "{}");
  }
  EXPECT_EQ(Send("GetItem", "{'TableName':'Pair','Key':{'pk':{'S':'z'},'sk':{'N':'1'}}}"),
            Quoted("{'Item':{'m':{'M':{'sk':{'N':'1'}}},'pk':{'S':'z'},'pk2':{'S':'z'},'sk':{'N':'1'},"
                   "'sk2':{'N':'1'}}}"));
}

TEST_F(UpdatesTest, EachModeReturnsItsPartOfTheItem) {
  struct Returned {
    std::string_view item;  // "-": there is none
    std::string_view expression;
    std::string_view values;
    std::string_view all_old;  // attributes; empty: the member is absent
    std::string_view updated_old;
    std::string_view all_new;
    std::string_view updated_new;
  };
  const std::string_view n = "':n':{'N':'1'}";
  const std::vector<Returned> cases = {
      {"-", "SET a = :n", n, "", "", "'a':{'N':'1'},'pk':{'S':'z'}", "'a':{'N':'1'}"},
      {"-", "REMOVE a", "", "", "", "", ""},
      {"-", "DELETE a :s", "':s':{'SS':['x']}", "", "", "", ""},
      {"-", "ADD a :n", n, "", "", "'a':{'N':'1'},'pk':{'S':'z'}", "'a':{'N':'1'}"},
      {"", "SET a = :n", n, "'pk':{'S':'z'}", "", "'a':{'N':'1'},'pk':{'S':'z'}", "'a':{'N':'1'}"},
      {"'a':{'N':'0'}", "SET a = :n", n, "'a':{'N':'0'},'pk':{'S':'z'}", "'a':{'N':'0'}",
       "'a':{'N':'1'},'pk':{'S':'z'}", "'a':{'N':'1'}"},
      {"'a':{'N':'1'}", "SET a = :n", n, "'a':{'N':'1'},'pk':{'S':'z'}", "'a':{'N':'1'}",
       "'a':{'N':'1'},'pk':{'S':'z'}", "'a':{'N':'1'}"},
      {"'a':{'N':'1'},'b':{'N':'2'}", "REMOVE a", "", "'a':{'N':'1'},'b':{'N':'2'},'pk':{'S':'z'}", "'a':{'N':'1'}",
       "'b':{'N':'2'},'pk':{'S':'z'}", ""},
      {"'b':{'N':'2'}", "REMOVE a", "", "'b':{'N':'2'},'pk':{'S':'z'}", "", "'b':{'N':'2'},'pk':{'S':'z'}", ""},
      {"'a':{'SS':['x']}", "DELETE a :s", "':s':{'SS':['x']}", "'a':{'SS':['x']},'pk':{'S':'z'}", "'a':{'SS':['x']}",
       "'pk':{'S':'z'}", ""},
      {"'a':{'N':'1'},'b':{'N':'2'}", "SET c = :n REMOVE a", n, "'a':{'N':'1'},'b':{'N':'2'},'pk':{'S':'z'}",
       "'a':{'N':'1'}", "'b':{'N':'2'},'c':{'N':'1'},'pk':{'S':'z'}", "'c':{'N':'1'}"},
      // Nested targets keep their nesting.
      {"'m':{'M':{'x':{'N':'0'},'y':{'N':'0'}}}", "SET m.x = :n", n,
       "'m':{'M':{'x':{'N':'0'},'y':{'N':'0'}}},'pk':{'S':"
       "'z'}",
       "'m':{'M':{'x':{'N':'0'}}}", "'m':{'M':{'x':{'N':'1'},'y':{'N':'0'}}},'pk':{'S':'z'}",
       "'m':{'M':{'x':{'N':'1'}}}"},
      {"'m':{'M':{'y':{'N':'0'}}}", "SET m.x = :n REMOVE m.y", n, "'m':{'M':{'y':{'N':'0'}}},'pk':{'S':'z'}",
       "'m':{'M':{'y':{'N':'0'}}}", "'m':{'M':{'x':{'N':'1'}}},'pk':{'S':'z'}", "'m':{'M':{'x':{'N':'1'}}}"},
      {"'m':{'M':{'y':{'N':'0'}}}", "REMOVE m.y", "", "'m':{'M':{'y':{'N':'0'}}},'pk':{'S':'z'}",
       "'m':{'M':{'y':{'N':'0'}}}", "'m':{'M':{}},'pk':{'S':'z'}", ""},
      // Elements of lists are looked up by the path as it stands, before and after.
      {"'l':{'L':[{'S':'a'},{'S':'b'},{'S':'c'}]}", "SET l[1] = :n", n,
       "'l':{'L':[{'S':'a'},{'S':'b'},{'S':'c'}]},'pk':{'S':'z'}", "'l':{'L':[{'S':'b'}]}",
       "'l':{'L':[{'S':'a'},{'N':'1'},{'S':'c'}]},'pk':{'S':'z'}", "'l':{'L':[{'N':'1'}]}"},
      {"'l':{'L':[{'S':'a'}]}", "SET l[1] = :n", n, "'l':{'L':[{'S':'a'}]},'pk':{'S':'z'}", "",
       "'l':{'L':[{'S':'a'},{'N':'1'}]},'pk':{'S':'z'}", "'l':{'L':[{'N':'1'}]}"},
      {"'l':{'L':[{'S':'a'}]}", "SET l[9] = :n", n, "'l':{'L':[{'S':'a'}]},'pk':{'S':'z'}", "",
       "'l':{'L':[{'S':'a'},{'N':'1'}]},'pk':{'S':'z'}", ""},
      {"'l':{'L':[{'S':'a'},{'S':'b'}]}", "REMOVE l[0]", "", "'l':{'L':[{'S':'a'},{'S':'b'}]},'pk':{'S':'z'}",
       "'l':{'L':[{'S':'a'}]}", "'l':{'L':[{'S':'b'}]},'pk':{'S':'z'}", "'l':{'L':[{'S':'b'}]}"},
      {"'l':{'L':[{'S':'a'},{'S':'b'}]}", "REMOVE l[1]", "", "'l':{'L':[{'S':'a'},{'S':'b'}]},'pk':{'S':'z'}",
       "'l':{'L':[{'S':'b'}]}", "'l':{'L':[{'S':'a'}]},'pk':{'S':'z'}", ""},
      {"'l':{'L':[{'S':'a'}]}", "REMOVE l", "", "'l':{'L':[{'S':'a'}]},'pk':{'S':'z'}", "'l':{'L':[{'S':'a'}]}",
       "'pk':{'S':'z'}", ""},
  };
  for (const Returned& returned : cases) {
    for (const auto& [mode, attributes] : {std::pair<std::string_view, std::string_view>{"NONE", ""},
                                           {"ALL_OLD", returned.all_old},
                                           {"UPDATED_OLD", returned.updated_old},
                                           {"ALL_NEW", returned.all_new},
                                           {"UPDATED_NEW", returned.updated_new}}) {
      Given(returned.item);
      EXPECT_EQ(Update(returned.expression, returned.values, fmt::format(",'ReturnValues':'{}'", mode)),
                attributes.empty() ? "{}" : Quoted(fmt::format("{{'Attributes':{{{}}}}}", attributes)))
          << returned.item << " " << returned.expression << " " << mode;
    }
    // A failed condition returns nothing of all this.
    Given(returned.item);
    EXPECT_EQ(Update(returned.expression, returned.values,
                     ",'ReturnValues':'ALL_NEW','ConditionExpression':'attribute_exists(nothing)'"),
              ConditionFailed());
  }
}

TEST_F(UpdatesTest, TheConditionSeesTheItemBeforeTheUpdateAndComesFirst) {
  const std::string_view n = "':n':{'N':'1'}";
  Given("'a':{'N':'0'}");
  EXPECT_EQ(Update("SET a = :n", n, ",'ConditionExpression':'a = :n'"), ConditionFailed());
  EXPECT_EQ(Update("SET a = :n", n, ",'ConditionExpression':'a <> :n'"), "{}");
  EXPECT_EQ(Update("SET a = absent", "", ",'ConditionExpression':'attribute_exists(absent)'"), ConditionFailed());
  EXPECT_EQ(Update("SET a = absent", "", ",'ConditionExpression':'attribute_exists(a)'"), Invalid(kAbsentText));
  // A missing item is an empty one, without even its key.
  for (const auto& [condition, holds] : {std::pair<std::string_view, bool>{"attribute_not_exists(pk)", true},
                                         {"attribute_exists(pk)", false},
                                         {"NOT attribute_exists(pk)", true},
                                         {"pk <> :z", true},
                                         {"pk = :z", false},
                                         {"pk >= :z", false},
                                         {"NOT pk = :z", true}}) {
    const std::string values = condition.find(":z") == std::string_view::npos ? "" : "':z':{'S':'z'}";
    Given("-");
    EXPECT_EQ(Update("REMOVE a", values, fmt::format(",'ConditionExpression':'{}'", condition)),
              holds ? "{}" : ConditionFailed())
        << condition;
    const std::string map = values.empty() ? "" : ",'ExpressionAttributeValues':{" + values + "}";
    EXPECT_EQ(Send("DeleteItem", fmt::format("{{'TableName':'Items','Key':{{'pk':{{'S':'z'}}}},'ConditionExpression':"
                                             "'{}'{}}}",
                                             condition, map)),
              holds ? "{}" : ConditionFailed());
    EXPECT_EQ(Send("PutItem", fmt::format("{{'TableName':'Items','Item':{{'pk':{{'S':'z'}}}},'ConditionExpression':'{}'"
                                          "{}}}",
                                          condition, map)),
              holds ? "{}" : ConditionFailed());
  }
}

}  // namespace
}  // namespace basalt::server

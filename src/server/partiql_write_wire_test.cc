// INSERT, UPDATE and DELETE on the wire: what they do to items, what they return, what they refuse.
#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "server/partiql_fixture.h"

namespace basalt::server {
namespace {

std::string Duplicate() {
  return ErrorBody("com.amazonaws.dynamodb.v20120810#DuplicateItemException", "message",
                   "Duplicate primary key exists in table");
}
std::string ConditionFailedOf(std::string_view item) {
  std::string body = ConditionFailed();
  body.pop_back();
  return body + ",\"Item\":" + Quoted(item) + "}";
}

// "Tab": key (pk S, sk N). "Simple": key pk S.
class PartiqlWriteTest : public PartiqlTest {
 protected:
  PartiqlWriteTest() {
    CreateTable("Tab", "S", "N");
    CreateTable("Simple", "S");
  }

  // The item (a, 1), without its brackets.
  std::string Stored() {
    const std::string answer = Send("GetItem", "{'TableName':'Tab','Key':{'pk':{'S':'a'},'sk':{'N':'1'}}}");
    const std::string item = MemberOf(answer, "Item");
    return item.empty() ? answer : item.substr(1, item.size() - 2);
  }
  void Store(std::string_view attributes) {
    EXPECT_EQ(Send("PutItem", fmt::format("{{'TableName':'Tab','Item':{{'pk':{{'S':'a'}},'sk':{{'N':'1'}}{}{}}}}}",
                                          attributes.empty() ? "" : ",", attributes)),
              "{}");
  }
  static std::string Where(std::string_view more = "") {
    return " WHERE pk = 'a' AND sk = 1" + (more.empty() ? "" : " AND " + std::string(more));
  }
  std::string Update(std::string_view changes, std::string_view more = "", std::string_view parameters = "") {
    return Execute("UPDATE Tab " + std::string(changes) + Where(more), parameters);
  }
};

constexpr std::string_view kKey = R"("pk":{"S":"a"},"sk":{"N":"1"})";

// ---- INSERT

TEST_F(PartiqlWriteTest, InsertsAnItemWithEveryKindOfValue) {
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'a', 'sk':1, 's':'it''s', 'n':-1.50, 'b':?, 't':TRUE, 'z':NULL, "
                    "'l':[1,'x',?], 'm':{'k':{'x':'?'}}, 'ss':<<'x','y'>>, 'ns':<<2,1>>}",
                    "{'B':'AAE='},{'SS':['q','p']}"),
            Items(""));
  std::string stored = Stored();
  std::replace(stored.begin(), stored.end(), '"', '\'');
  EXPECT_EQ(stored,
            "'b':{'B':'AAE='},'l':{'L':[{'N':'1'},{'S':'x'},{'SS':['p','q']}]},'m':{'M':{'k':{'M':{'x':{'S':'?'}}}}},"
            "'n':{'N':'-1.5'},'ns':{'NS':['1','2']},'pk':{'S':'a'},'s':{'S':'it's'},'sk':{'N':'1'},"
            "'ss':{'SS':['x','y']},'t':{'BOOL':true},'z':{'NULL':true}");
  EXPECT_EQ(Execute("INSERT INTO Simple VALUE ?", "{'M':{'pk':{'S':'a'},'v':{'N':'1'}}}"), Items(""));
  EXPECT_EQ(Send("GetItem", "{'TableName':'Simple','Key':{'pk':{'S':'a'}}}"),
            Quoted("{'Item':{'pk':{'S':'a'},'v':{'N':'1'}}}"));
}

TEST_F(PartiqlWriteTest, InsertsNothingWhereAnItemIs) {
  Store("'v':{'N':'1'}");
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'a', 'sk':1, 'v':2}"), Duplicate());
  EXPECT_EQ(
      Execute("INSERT INTO Tab VALUE {'pk':'a', 'sk':1, 'v':2}", "", "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"),
      Duplicate());
  EXPECT_EQ(Stored(), std::string(kKey) + Quoted(",'v':{'N':'1'}"));
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'a', 'sk':2}"), Items(""));
}

TEST_F(PartiqlWriteTest, RefusesItemsThatPutItemRefuses) {
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'a'}"), InvalidParameter("Missing the key sk in the item"));
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'a', 'sk':'1'}"),
            InvalidParameter("Type mismatch for key sk expected: N actual: S"));
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'', 'sk':1}"),
            Invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
                    "an empty string value. Key: pk"));
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'a', 'sk':1, 'v':?}", "{'S':'" + std::string(409'600, 'x') + "'}"),
            Invalid("Item size has exceeded the maximum allowed size"));
  EXPECT_EQ(Execute("INSERT INTO None VALUE {'pk':'a'}"), NotFound());
  EXPECT_EQ(Stored(), "{}");
}

// ---- UPDATE

TEST_F(PartiqlWriteTest, UpdatesAnItemInEveryWay) {
  for (const auto& [before, changes, after] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"'v':{'N':'1'}", "SET v = 2, w = 'x'", "'v':{'N':'2'},'w':{'S':'x'}"},
           {"'v':{'N':'1'}", "SET v = v + 1", "'v':{'N':'2'}"},
           {"'v':{'N':'1'}", "SET v = v - 3 SET w = v", "'v':{'N':'-2'},'w':{'N':'1'}"},
           {"'v':{'N':'1'},'w':{'N':'2'}", "SET v = w, w = v", "'v':{'N':'2'},'w':{'N':'1'}"},
           {"'v':{'L':[{'N':'1'}]}", "SET v = list_append(v, [2])", "'v':{'L':[{'N':'1'},{'N':'2'}]}"},
           {"'v':{'L':[{'N':'1'}]}", "SET v = LIST_APPEND([2], v)", "'v':{'L':[{'N':'2'},{'N':'1'}]}"},
           {"'v':{'SS':['x']}", "SET v = set_add(v, <<'y'>>)", "'v':{'SS':['x','y']}"},
           {"", "SET v = set_add(v, <<1>>)", "'v':{'NS':['1']}"},
           {"'v':{'SS':['x','y']}", "SET v = set_delete(v, <<'y'>>)", "'v':{'SS':['x']}"},
           {"'v':{'SS':['x']}", "SET v = set_delete(v, <<'x','y'>>)", ""},
           {"'v':{'N':'1'},'w':{'N':'2'}", "REMOVE v, w", ""},
           {"'v':{'N':'1'}", "REMOVE v SET w = v", "'w':{'N':'1'}"},
           {"'v':{'M':{'a.b':{'L':[{'N':'1'},{'N':'2'}]}}}", "SET v.\"a.b\"[1] = 3 REMOVE v.\"a.b\"[0]",
            "'v':{'M':{'a.b':{'L':[{'N':'3'}]}}}"},
           {"", "REMOVE none", ""}}) {
    Store(before);
    EXPECT_EQ(Update(changes), Items("")) << changes;
    EXPECT_EQ(Stored(), std::string(kKey) + (after.empty() ? "" : "," + Quoted(after))) << changes;
  }
}

TEST_F(PartiqlWriteTest, UpdatesNoItemThatIsMissingOrFailsACondition) {
  EXPECT_EQ(Update("SET v = 1"), ConditionFailed());
  EXPECT_EQ(Update("REMOVE v"), ConditionFailed());
  EXPECT_EQ(Stored(), "{}");
  Store("'v':{'N':'1'}");
  EXPECT_EQ(Update("SET v = 2", "v = 2"), ConditionFailed());
  EXPECT_EQ(Update("SET v = 2", "w IS NOT MISSING"), ConditionFailed());
  EXPECT_EQ(Stored(), std::string(kKey) + Quoted(",'v':{'N':'1'}"));
  EXPECT_EQ(Update("SET v = ?", "v = ? AND w IS MISSING", "{'N':'3'},{'N':'1'}"), Items(""));
  EXPECT_EQ(Stored(), std::string(kKey) + Quoted(",'v':{'N':'3'}"));
}

TEST_F(PartiqlWriteTest, AFailedConditionShowsTheItemIfThatIsAskedFor) {
  constexpr std::string_view kAsked = "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'";
  EXPECT_EQ(Execute("UPDATE Tab SET v = 2" + Where(), "", kAsked), ConditionFailed());
  Store("'v':{'N':'1'}");
  const std::string failed = ConditionFailedOf("{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}");
  EXPECT_EQ(Execute("UPDATE Tab SET v = 2" + Where("v = 2"), "", kAsked), failed);
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where("v = 2"), "", kAsked), failed);
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where("v = 2"), "", "'ReturnValuesOnConditionCheckFailure':'NONE'"),
            ConditionFailed());
}

TEST_F(PartiqlWriteTest, RefusesUpdatesThatUpdateItemRefuses) {
  Store("'v':{'S':'x'}");
  EXPECT_EQ(Update("SET sk = 2"), InvalidParameter("Cannot update attribute sk. This attribute is part of the key"));
  EXPECT_EQ(Update("REMOVE pk"), InvalidParameter("Cannot update attribute pk. This attribute is part of the key"));
  EXPECT_EQ(Update("SET w = none + 1"),
            Invalid("The provided expression refers to an attribute that does not exist in the item"));
  EXPECT_EQ(Update("SET v = v + 1"), Invalid("An operand in the update expression has an incorrect data type"));
  EXPECT_EQ(Update("SET v = set_add(v, <<'y'>>)"),
            Invalid("An operand in the update expression has an incorrect data type"));
  EXPECT_EQ(Update("SET v.x = 1"),
            Invalid("The document path provided in the update expression is invalid for update"));
  EXPECT_EQ(Update("SET v = 1, v = 2"),
            Invalid("Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one "
                    "of these paths; path one: [v], path two: [v]"));
  EXPECT_EQ(Update("SET v = ?", "", "{'S':'" + std::string(409'600, 'x') + "'}"),
            Invalid("Item size to update has exceeded the maximum allowed size"));
  EXPECT_EQ(Execute("UPDATE Tab SET v = 1 WHERE pk = 'a' AND sk = 'x'"), Invalid(kSchemaMismatch));
  EXPECT_EQ(Stored(), std::string(kKey) + Quoted(",'v':{'S':'x'}"));
}

TEST_F(PartiqlWriteTest, WritesOnlyWhereTheWholeKeyIsFixed) {
  const std::string refused = Invalid("Where clause does not contain a mandatory equality on all key attributes");
  for (const char* where : {"", " WHERE pk = 'a'", " WHERE sk = 1", " WHERE pk IN ['a'] AND sk = 1",
                            " WHERE pk = 'a' AND sk > 0", " WHERE (pk = 'a' OR pk = 'b') AND sk = 1", " WHERE v = 1"}) {
    EXPECT_EQ(Execute("UPDATE Tab SET v = 1" + std::string(where)), refused) << where;
    EXPECT_EQ(Execute("DELETE FROM Tab" + std::string(where)), refused) << where;
  }
}

// ---- RETURNING

TEST_F(PartiqlWriteTest, ReturnsWhatIsAskedFor) {
  const std::string before = "'m':{'M':{'x':{'N':'1'},'y':{'N':'2'}}},'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}";
  const std::string after = "'m':{'M':{'x':{'N':'3'},'y':{'N':'2'}}},'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'2'}";
  for (const auto& [returning, items] : std::vector<std::pair<std::string, std::string>>{
           {"", ""},
           {" RETURNING ALL OLD *", "{" + before + "}"},
           {" returning modified old *", "{'m':{'M':{'x':{'N':'1'}}},'v':{'N':'1'}}"},
           {" RETURNING ALL NEW *", "{" + after + "}"},
           {" RETURNING MODIFIED NEW *", "{'m':{'M':{'x':{'N':'3'}}},'v':{'N':'2'}}"}}) {
    Store("'m':{'M':{'x':{'N':'1'},'y':{'N':'2'}}},'v':{'N':'1'}");
    EXPECT_EQ(Execute("UPDATE Tab SET v = v + 1 SET m.x = 3" + Where() + returning), Items(items)) << returning;
  }
  EXPECT_EQ(Execute("UPDATE Tab REMOVE none" + Where() + " RETURNING MODIFIED NEW *"), Items(""));
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where("v = 2") + " RETURNING ALL OLD *"), Items("{" + after + "}"));
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where() + " RETURNING ALL OLD *"), Items(""));
}

// ---- DELETE

TEST_F(PartiqlWriteTest, DeletesAnItemOrFindsNothingToDelete) {
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where()), Items(""));
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where("v = 1")), Items(""));
  Store("'v':{'N':'1'}");
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where("v = 2")), ConditionFailed());
  EXPECT_EQ(Stored(), std::string(kKey) + Quoted(",'v':{'N':'1'}"));
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where("v = 1")), Items(""));
  EXPECT_EQ(Stored(), "{}");
}

TEST_F(PartiqlWriteTest, MembersForReadsChangeNothing) {
  EXPECT_EQ(Execute("INSERT INTO Tab VALUE {'pk':'a','sk':1}", "", "'Limit':1,'ConsistentRead':true"), Items(""));
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where() + " RETURNING ALL OLD *", "", "'Limit':1,'ConsistentRead':true"),
            Items("{'pk':{'S':'a'},'sk':{'N':'1'}}"));
}

// ---- capacity

TEST_F(PartiqlWriteTest, CostsWhatSingleWritesCost) {
  const auto cost = [&](const std::string& statement, std::string_view parameters = "") {
    return MemberOf(Execute(statement, parameters, "'ReturnConsumedCapacity':'INDEXES'"), "ConsumedCapacity");
  };
  const auto units = [](std::string_view count) {
    return Quoted(fmt::format("{{'TableName':'Tab','CapacityUnits':{0},'Table':{{'CapacityUnits':{0}}}}}", count));
  };
  EXPECT_EQ(cost("INSERT INTO Tab VALUE {'pk':'a','sk':1,'v':?}", "{'S':'" + std::string(3000, 'x') + "'}"),
            units("3.0"));
  EXPECT_EQ(cost("UPDATE Tab SET v = 1" + Where()), units("3.0"));
  EXPECT_EQ(cost("UPDATE Tab SET v = 1" + Where()), units("1.0"));
  EXPECT_EQ(cost("DELETE FROM Tab" + Where()), units("1.0"));
  EXPECT_EQ(cost("DELETE FROM Tab" + Where()), units("1.0"));
  EXPECT_EQ(Execute("DELETE FROM Tab" + Where(), "", "'ReturnConsumedCapacity':'TOTAL'"),
            Quoted("{'Items':[],'ConsumedCapacity':{'TableName':'Tab','CapacityUnits':1.0}}"));
}

}  // namespace
}  // namespace basalt::server

// BatchExecuteStatement on the wire: answers in the order of the statements, each with an error of its own, what fails
// the whole call, capacity.
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"

namespace basalt::server {
namespace {

// "Tab": key (pk S, sk N). "Simple": key pk S.
class PartiqlBatchTest : public PartiqlTest {
 protected:
  PartiqlBatchTest() {
    CreateTable("Tab", "S", "N");
    CreateTable("Simple", "S");
  }

  static std::string Responses(std::string_view responses) {
    return Quoted(fmt::format("{{'Responses':[{}]}}", responses));
  }
  // An element with an error, its text as it is.
  static std::string Failed(std::string_view code, std::string_view text, std::string_view table = "",
                            std::string_view item = "") {
    std::string out = fmt::format(R"({{"Error":{{"Code":"{}","Message":)", code);
    json::AppendString(out, text);
    out += (item.empty() ? "" : ",\"Item\":" + Quoted(item)) + "}";
    return out + (table.empty() ? "" : fmt::format(R"(,"TableName":"{}")", table)) + "}";
  }
  static std::string Answer(const std::vector<std::string>& responses) {
    return fmt::format(R"({{"Responses":[{}]}})", fmt::join(responses, ","));
  }
};

constexpr const char* kDone = R"({"TableName":"Tab"})";

TEST_F(PartiqlBatchTest, WritesAndReadsItemsOfSeveralTables) {
  EXPECT_EQ(ExecuteBatch({Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1,'v':1}"),
                          Statement("INSERT INTO Simple VALUE {'pk':?}", "{'S':'a'}"),
                          Statement("INSERT INTO Tab VALUE {'pk':'a','sk':2}")}),
            Responses("{'TableName':'Tab'},{'TableName':'Simple'},{'TableName':'Tab'}"));
  EXPECT_EQ(ExecuteBatch({Statement("SELECT v FROM Tab WHERE pk = 'a' AND sk = 1"),
                          Statement("SELECT * FROM Simple WHERE pk = ?", "{'S':'none'}", "'ConsistentRead':true"),
                          Statement("SELECT v FROM Tab WHERE pk = 'a' AND sk = 2"),
                          Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 1 AND v = 2"),
                          Statement("SELECT * FROM Simple WHERE pk = 'a'")}),
            Responses("{'TableName':'Tab','Item':{'v':{'N':'1'}}},{'TableName':'Simple'},{'TableName':'Tab','Item':{}},"
                      "{'TableName':'Tab'},{'TableName':'Simple','Item':{'pk':{'S':'a'}}}"));
}

TEST_F(PartiqlBatchTest, EveryStatementSucceedsOrFailsOnItsOwn) {
  Send("PutItem", "{'TableName':'Tab','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}}");
  constexpr std::string_view kAsked = "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'";
  constexpr std::string_view kItem = "{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}";
  constexpr std::string_view kFailed = "The conditional request failed";
  EXPECT_EQ(
      ExecuteBatch({
          Statement("UPDATE Tab SET v = 2 WHERE pk = 'a' AND sk = 1 AND v = 7"),
          Statement("UPDATE Tab SET v = 2 WHERE pk = 'a' AND sk = 1 AND v = 7", "", kAsked),
          Statement("UPDATE Tab SET v = 2 WHERE pk = 'none' AND sk = 1"),
          Statement("DELETE FROM Tab WHERE pk = 'none' AND sk = 1"),
          Statement("DELETE FROM Tab WHERE pk = 'a' AND sk = 1 AND v = 7"),
          Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}"),
          Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}", "", kAsked),
          Statement("INSERT INTO Tab VALUE {'pk':'b','sk':1}"),
          Statement("INSERT INTO Tab VALUE {'pk':'c'}"),
          Statement("INSERT INTO None VALUE {'pk':'c'}"),
          Statement("INSERT INTO Tab VALUES ('c', 1)"),
          Statement("UPDATE Tab SET v = ? WHERE pk = 'a' AND sk = 1"),
          Statement("UPDATE Tab SET v = 5 WHERE pk = 'a'"),
          Statement("INSERT INTO \"arn:aws:dynamodb:us-east-1:222222222222:table/Tab\" VALUE {'pk':'a','sk':1}"),
          Statement("EXISTS(SELECT * FROM Tab WHERE pk = 'a' AND sk = 1)"),
          Statement("UPDATE Tab SET v = v + 1 WHERE pk = 'b' AND sk = 1 RETURNING MODIFIED NEW *"),
          Statement("UPDATE Tab SET v = v + 1 WHERE pk = 'a' AND sk = 1 RETURNING MODIFIED NEW *"),
      }),
      Answer({
          Failed("ConditionalCheckFailed", kFailed, "Tab"),
          Failed("ConditionalCheckFailed", kFailed, "Tab", kItem),
          Failed("ConditionalCheckFailed", kFailed, "Tab"),
          kDone,
          Failed("ConditionalCheckFailed", kFailed, "Tab"),
          Failed("DuplicateItem", "Duplicate primary key exists in table", "Tab"),
          Failed("DuplicateItem", "Duplicate primary key exists in table", "Tab", kItem),
          kDone,
          Failed("ValidationError", "One or more parameter values were invalid: Missing the key sk in the item", "Tab"),
          Failed("ResourceNotFound", "Requested resource not found", "None"),
          Failed("ValidationError", "Statement wasn't well formed, can't be processed: Unexpected keyword"),
          Failed("ValidationError", "Number of parameters in request and statement don't match."),
          Failed("ValidationError", "Where clause does not contain a mandatory equality on all key attributes", "Tab"),
          Failed("AccessDenied",
                 "User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:PartiQLInsert on "
                 "resource: arn:aws:dynamodb:us-east-1:222222222222:table/Tab because no resource-based policy allows "
                 "the dynamodb:PartiQLInsert action",
                 "arn:aws:dynamodb:us-east-1:222222222222:table/Tab"),
          Failed("ValidationError", "EXISTS can only be used in ExecuteTransaction", "Tab"),
          Failed("ValidationError", "The provided expression refers to an attribute that does not exist in the item",
                 "Tab"),
          Quoted("{'TableName':'Tab','Item':{'v':{'N':'2'}}}"),
      }));
}

TEST_F(PartiqlBatchTest, WritesOfOneItemAllHappen) {
  std::vector<std::string> statements;
  for (int i = 0; i < 25; ++i) {
    statements.push_back(Statement(i == 0 ? "INSERT INTO Tab VALUE {'pk':'a','sk':1,'v':1}"
                                          : "UPDATE Tab SET v = v + 1 WHERE pk = 'a' AND sk = 1"));
  }
  const std::string answer = ExecuteBatch(statements);
  EXPECT_EQ(answer.find("Error"), std::string::npos) << answer;
  EXPECT_EQ(Send("GetItem", "{'TableName':'Tab','Key':{'pk':{'S':'a'},'sk':{'N':'1'}},'ProjectionExpression':'v'}"),
            Quoted("{'Item':{'v':{'N':'25'}}}"));
}

TEST_F(PartiqlBatchTest, ReadsOneItemAStatement) {
  const std::string refused =
      Failed("ValidationError",
             "Select statements within BatchExecuteStatement must specify the primary key in the where clause.", "Tab");
  EXPECT_EQ(ExecuteBatch({Statement("SELECT * FROM Tab"), Statement("SELECT * FROM Tab WHERE pk = 'a'"),
                          Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk > 1"),
                          Statement("SELECT * FROM Tab WHERE pk IN ['a'] AND sk = 1"),
                          Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 1")}),
            Answer({refused, refused, refused, refused, kDone}));
  EXPECT_EQ(ExecuteBatch({Statement("SELECT * FROM Tab.none WHERE pk = 'a' AND sk = 1"),
                          Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 'x'"),
                          Statement("SELECT * FROM None WHERE pk = 'a'")}),
            Answer({Failed("ValidationError", "The table does not have the specified index: none", "Tab"),
                    Failed("ValidationError", kSchemaMismatch, "Tab"),
                    Failed("ResourceNotFound", "Requested resource not found", "None")}));
}

TEST_F(PartiqlBatchTest, ReadsAndWritesDoNotMix) {
  const std::string refused = Invalid("The batch must consist of either read statements or write statements, not both");
  EXPECT_EQ(ExecuteBatch({Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 1"),
                          Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}")}),
            refused);
  EXPECT_EQ(ExecuteBatch({Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}"), Statement("no statement"),
                          Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 1")}),
            refused);
  EXPECT_EQ(Send("Scan", "{'TableName':'Tab','Select':'COUNT'}"), Quoted("{'Count':0,'ScannedCount':0}"));
}

TEST_F(PartiqlBatchTest, HasOneToTwentyFiveStatements) {
  EXPECT_EQ(SendRaw("BatchExecuteStatement", "{}").body,
            OneConstraint("Value null at 'statements' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(SendRaw("BatchExecuteStatement", R"({"Statements":[]})").body,
            OneConstraint("Value '[]' at 'statements' failed to satisfy constraint: Member must have length greater "
                          "than or equal to 1"));
  const std::string many = ExecuteBatch(std::vector<std::string>(26, Statement("SELECT * FROM Tab")));
  EXPECT_TRUE(many.find("at 'statements' failed to satisfy constraint: Member must have length less than or equal to "
                        "25") != std::string::npos)
      << many;
  EXPECT_EQ(SendRaw("BatchExecuteStatement", R"({"Statements":[{}]})").body,
            OneConstraint("Value null at 'statements.1.member.statement' failed to satisfy constraint: Member must not "
                          "be null"));
  EXPECT_EQ(SendRaw("BatchExecuteStatement", R"({"Statements":[{"Statement":""}]})").body,
            OneConstraint("Value '' at 'statements.1.member.statement' failed to satisfy constraint: Member must have "
                          "length greater than or equal to 1"));
}

TEST_F(PartiqlBatchTest, CountsCapacityByTable) {
  EXPECT_EQ(
      MemberOf(
          ExecuteBatch(
              {Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1,'v':?}", "{'S':'" + std::string(3000, 'x') + "'}"),
               Statement("INSERT INTO Simple VALUE {'pk':'a'}"), Statement("INSERT INTO Tab VALUE {'pk':'a','sk':2}"),
               Statement("INSERT INTO Tab VALUE {'pk':'a'}")},
              "'ReturnConsumedCapacity':'TOTAL'"),
          "ConsumedCapacity"),
      Quoted("[{'TableName':'Simple','CapacityUnits':1.0},{'TableName':'Tab','CapacityUnits':4.0}]"));
  EXPECT_EQ(
      MemberOf(ExecuteBatch({Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 1"),
                             Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 1", "", "'ConsistentRead':true"),
                             Statement("SELECT * FROM Tab WHERE pk = 'none' AND sk = 1")},
                            "'ReturnConsumedCapacity':'INDEXES'"),
               "ConsumedCapacity"),
      Quoted("[{'TableName':'Tab','CapacityUnits':2.0,'Table':{'CapacityUnits':2.0}}]"));
}

}  // namespace
}  // namespace basalt::server

// BatchExecuteStatement on the wire: answers in the order of the statements, each with an error of its own, what fails
// the whole call, capacity.
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"

namespace basalt::server {
namespace {

// "T": key (pk S, sk N). "Simple": key pk S.
class PartiqlBatchTest : public PartiqlTest {
 protected:
  PartiqlBatchTest() {
    CreateTable("T", "S", "N");
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

constexpr const char* kDone = R"({"TableName":"T"})";

TEST_F(PartiqlBatchTest, WritesAndReadsItemsOfSeveralTables) {
  EXPECT_EQ(ExecuteBatch({Statement("INSERT INTO T VALUE {'pk':'a','sk':1,'v':1}"),
                          Statement("INSERT INTO Simple VALUE {'pk':?}", "{'S':'a'}"),
                          Statement("INSERT INTO T VALUE {'pk':'a','sk':2}")}),
            Responses("{'TableName':'T'},{'TableName':'Simple'},{'TableName':'T'}"));
  EXPECT_EQ(ExecuteBatch({Statement("SELECT v FROM T WHERE pk = 'a' AND sk = 1"),
                          Statement("SELECT * FROM Simple WHERE pk = ?", "{'S':'none'}", "'ConsistentRead':true"),
                          Statement("SELECT v FROM T WHERE pk = 'a' AND sk = 2"),
                          Statement("SELECT * FROM T WHERE pk = 'a' AND sk = 1 AND v = 2"),
                          Statement("SELECT * FROM Simple WHERE pk = 'a'")}),
            Responses("{'TableName':'T','Item':{'v':{'N':'1'}}},{'TableName':'Simple'},{'TableName':'T','Item':{}},"
                      "{'TableName':'T'},{'TableName':'Simple','Item':{'pk':{'S':'a'}}}"));
}

TEST_F(PartiqlBatchTest, EveryStatementSucceedsOrFailsOnItsOwn) {
  Send("PutItem", "{'TableName':'T','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}}");
  constexpr std::string_view kAsked = "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'";
  constexpr std::string_view kItem = "{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}";
  constexpr std::string_view kFailed = "The conditional request failed";
  EXPECT_EQ(
      ExecuteBatch({
          Statement("UPDATE T SET v = 2 WHERE pk = 'a' AND sk = 1 AND v = 7"),
          Statement("UPDATE T SET v = 2 WHERE pk = 'a' AND sk = 1 AND v = 7", "", kAsked),
          Statement("UPDATE T SET v = 2 WHERE pk = 'none' AND sk = 1"),
          Statement("DELETE FROM T WHERE pk = 'none' AND sk = 1"),
          Statement("DELETE FROM T WHERE pk = 'a' AND sk = 1 AND v = 7"),
          Statement("INSERT INTO T VALUE {'pk':'a','sk':1}"),
          Statement("INSERT INTO T VALUE {'pk':'a','sk':1}", "", kAsked),
          Statement("INSERT INTO T VALUE {'pk':'b','sk':1}"),
          Statement("INSERT INTO T VALUE {'pk':'c'}"),
          Statement("INSERT INTO None VALUE {'pk':'c'}"),
          Statement("INSERT INTO T VALUES ('c', 1)"),
          Statement("UPDATE T SET v = ? WHERE pk = 'a' AND sk = 1"),
          Statement("UPDATE T SET v = 5 WHERE pk = 'a'"),
          Statement("INSERT INTO \"arn:aws:dynamodb:us-east-1:222222222222:table/T\" VALUE {'pk':'a','sk':1}"),
          Statement("EXISTS(SELECT * FROM T WHERE pk = 'a' AND sk = 1)"),
          Statement("UPDATE T SET v = v + 1 WHERE pk = 'b' AND sk = 1 RETURNING MODIFIED NEW *"),
          Statement("UPDATE T SET v = v + 1 WHERE pk = 'a' AND sk = 1 RETURNING MODIFIED NEW *"),
      }),
      Answer({
          Failed("ConditionalCheckFailed", kFailed, "T"),
          Failed("ConditionalCheckFailed", kFailed, "T", kItem),
          Failed("ConditionalCheckFailed", kFailed, "T"),
          kDone,
          Failed("ConditionalCheckFailed", kFailed, "T"),
          Failed("DuplicateItem", "Duplicate primary key exists in table", "T"),
          Failed("DuplicateItem", "Duplicate primary key exists in table", "T", kItem),
          kDone,
          Failed("ValidationError", "One or more parameter values were invalid: Missing the key sk in the item", "T"),
          Failed("ResourceNotFound", "Requested resource not found", "None"),
          Failed("ValidationError", "Statement wasn't well formed, can't be processed: Unexpected keyword"),
          Failed("ValidationError", "Number of parameters in request and statement don't match."),
          Failed("ValidationError", "Where clause does not contain a mandatory equality on all key attributes", "T"),
          Failed("AccessDenied",
                 "User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:PartiQLInsert on "
                 "resource: arn:aws:dynamodb:us-east-1:222222222222:table/T because no resource-based policy allows "
                 "the dynamodb:PartiQLInsert action",
                 "arn:aws:dynamodb:us-east-1:222222222222:table/T"),
          Failed("ValidationError", "EXISTS can only be used in ExecuteTransaction", "T"),
          Failed("ValidationError", "The provided expression refers to an attribute that does not exist in the item",
                 "T"),
          Quoted("{'TableName':'T','Item':{'v':{'N':'2'}}}"),
      }));
}

TEST_F(PartiqlBatchTest, WritesOfOneItemAllHappen) {
  std::vector<std::string> statements;
  for (int i = 0; i < 25; ++i) {
    statements.push_back(Statement(i == 0 ? "INSERT INTO T VALUE {'pk':'a','sk':1,'v':1}"
                                          : "UPDATE T SET v = v + 1 WHERE pk = 'a' AND sk = 1"));
  }
  const std::string answer = ExecuteBatch(statements);
  EXPECT_EQ(answer.find("Error"), std::string::npos) << answer;
  EXPECT_EQ(Send("GetItem", "{'TableName':'T','Key':{'pk':{'S':'a'},'sk':{'N':'1'}},'ProjectionExpression':'v'}"),
            Quoted("{'Item':{'v':{'N':'25'}}}"));
}

TEST_F(PartiqlBatchTest, ReadsOneItemAStatement) {
  const std::string refused =
      Failed("ValidationError",
             "Select statements within BatchExecuteStatement must specify the primary key in the where clause.", "T");
  EXPECT_EQ(ExecuteBatch({Statement("SELECT * FROM T"), Statement("SELECT * FROM T WHERE pk = 'a'"),
                          Statement("SELECT * FROM T WHERE pk = 'a' AND sk > 1"),
                          Statement("SELECT * FROM T WHERE pk IN ['a'] AND sk = 1"),
                          Statement("SELECT * FROM T WHERE pk = 'a' AND sk = 1")}),
            Answer({refused, refused, refused, refused, kDone}));
  EXPECT_EQ(ExecuteBatch({Statement("SELECT * FROM T.none WHERE pk = 'a' AND sk = 1"),
                          Statement("SELECT * FROM T WHERE pk = 'a' AND sk = 'x'"),
                          Statement("SELECT * FROM None WHERE pk = 'a'")}),
            Answer({Failed("ValidationError", "The table does not have the specified index: none", "T"),
                    Failed("ValidationError", kSchemaMismatch, "T"),
                    Failed("ResourceNotFound", "Requested resource not found", "None")}));
}

TEST_F(PartiqlBatchTest, ReadsAndWritesDoNotMix) {
  const std::string refused = Invalid("The batch must consist of either read statements or write statements, not both");
  EXPECT_EQ(ExecuteBatch({Statement("SELECT * FROM T WHERE pk = 'a' AND sk = 1"),
                          Statement("INSERT INTO T VALUE {'pk':'a','sk':1}")}),
            refused);
  EXPECT_EQ(ExecuteBatch({Statement("INSERT INTO T VALUE {'pk':'a','sk':1}"), Statement("no statement"),
                          Statement("SELECT * FROM T WHERE pk = 'a' AND sk = 1")}),
            refused);
  EXPECT_EQ(Send("Scan", "{'TableName':'T','Select':'COUNT'}"), Quoted("{'Count':0,'ScannedCount':0}"));
}

TEST_F(PartiqlBatchTest, HasOneToTwentyFiveStatements) {
  EXPECT_EQ(SendRaw("BatchExecuteStatement", "{}").body,
            OneConstraint("Value null at 'statements' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(SendRaw("BatchExecuteStatement", R"({"Statements":[]})").body,
            OneConstraint("Value '[]' at 'statements' failed to satisfy constraint: Member must have length greater "
                          "than or equal to 1"));
  const std::string many = ExecuteBatch(std::vector<std::string>(26, Statement("SELECT * FROM T")));
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
      MemberOf(ExecuteBatch(
                   {Statement("INSERT INTO T VALUE {'pk':'a','sk':1,'v':?}", "{'S':'" + std::string(3000, 'x') + "'}"),
                    Statement("INSERT INTO Simple VALUE {'pk':'a'}"),
                    Statement("INSERT INTO T VALUE {'pk':'a','sk':2}"), Statement("INSERT INTO T VALUE {'pk':'a'}")},
                   "'ReturnConsumedCapacity':'TOTAL'"),
               "ConsumedCapacity"),
      Quoted("[{'TableName':'Simple','CapacityUnits':1.0},{'TableName':'T','CapacityUnits':4.0}]"));
  EXPECT_EQ(MemberOf(ExecuteBatch({Statement("SELECT * FROM T WHERE pk = 'a' AND sk = 1"),
                                   Statement("SELECT * FROM T WHERE pk = 'a' AND sk = 1", "", "'ConsistentRead':true"),
                                   Statement("SELECT * FROM T WHERE pk = 'none' AND sk = 1")},
                                  "'ReturnConsumedCapacity':'INDEXES'"),
                     "ConsumedCapacity"),
            Quoted("[{'TableName':'T','CapacityUnits':2.0,'Table':{'CapacityUnits':2.0}}]"));
}

}  // namespace
}  // namespace basalt::server

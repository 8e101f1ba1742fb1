// ExecuteTransaction on the wire: all statements or none, a reason for each, the three shapes of what a read answers,
// tokens, what may not stand in it.
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"

namespace basalt::server {
namespace {

// "Tab": key (pk S, sk N). "Simple": key pk S.
class PartiqlTransactionTest : public PartiqlTest {
 protected:
  PartiqlTransactionTest() {
    CreateTable("Tab", "S", "N");
    CreateTable("Simple", "S");
  }

  std::string Transact(const std::vector<std::string>& statements, std::string_view members = "") {
    return SendRaw("ExecuteTransaction", ListOf("TransactStatements", statements, members)).body;
  }
  static std::string Reason(std::string_view code, std::string_view text, std::string_view item = "") {
    std::string out = fmt::format(R"({{"Code":"{}")", code);
    out += item.empty() ? "" : ",\"Item\":" + Quoted(item);
    out += ",\"Message\":";
    json::AppendString(out, text);
    return out + "}";
  }
  static std::string Canceled(std::string_view codes, const std::vector<std::string>& reasons) {
    return fmt::format(
        R"({{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[{}],)"
        R"("Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [{}]"}})",
        fmt::join(reasons, ","), codes);
  }
  std::string CountOf(const std::string& table) {
    return MemberOf(Send("Scan", "{'TableName':'" + table + "','Select':'COUNT'}"), "Count");
  }
};

constexpr const char* kNoReason = R"({"Code":"None"})";

TEST_F(PartiqlTransactionTest, WritesItemsOfSeveralTablesTogether) {
  EXPECT_EQ(Transact({Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1,'v':1}"),
                      Statement("INSERT INTO Simple VALUE {'pk':?}", "{'S':'a'}")}),
            Quoted("{'Responses':[{},{}]}"));
  EXPECT_EQ(Transact({Statement("UPDATE Tab SET v = v + 1 WHERE pk = 'a' AND sk = 1 AND v = ?", "{'N':'1'}"),
                      Statement("DELETE FROM Simple WHERE pk = 'none'"),
                      Statement("EXISTS(SELECT * FROM Simple WHERE pk = 'a' AND v IS MISSING)"),
                      Statement("INSERT INTO Tab VALUE {'pk':'a','sk':2}")}),
            Quoted("{'Responses':[{},{},{},{}]}"));
  EXPECT_EQ(Execute("SELECT sk, v FROM Tab WHERE pk = 'a'"), Items("{'sk':{'N':'1'},'v':{'N':'2'}},{'sk':{'N':'2'}}"));
}

TEST_F(PartiqlTransactionTest, AnswersAReadInOneOfThreeShapes) {
  Send("PutItem", "{'TableName':'Tab','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}}");
  EXPECT_EQ(Transact({Statement("SELECT v FROM Tab WHERE pk = 'a' AND sk = 1"),
                      Statement("SELECT none FROM Tab WHERE sk = ? AND pk = 'a'", "{'N':'1'}")}),
            Invalid("Transaction request cannot include multiple operations on one item"));
  EXPECT_EQ(Transact({Statement("SELECT none FROM Tab WHERE sk = ? AND pk = 'a'", "{'N':'1'}"),
                      Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 2"),
                      Statement("SELECT * FROM Simple WHERE pk = 'a'")}),
            Quoted("{'Responses':[{'Item':{}},{},{}]}"));
  EXPECT_EQ(Transact({Statement("SELECT * FROM Tab WHERE pk = 'a' AND sk = 1")}),
            Quoted("{'Responses':[{'Item':{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}}]}"));
  EXPECT_EQ(Transact({Statement("SELECT v FROM Tab WHERE pk = 'a' AND sk = 1 AND v = 1")}),
            Quoted("{'Responses':[{'Item':{'v':{'N':'1'}}}]}"));
  EXPECT_EQ(Transact({Statement("SELECT v FROM Tab WHERE pk = 'a' AND sk = 1 AND v > 1")}),
            Quoted("{'Responses':[{}]}"));
}

TEST_F(PartiqlTransactionTest, OneStatementThatFailsKeepsAllFromHappening) {
  Send("PutItem", "{'TableName':'Tab','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}}");
  constexpr std::string_view kAsked = "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'";
  constexpr std::string_view kItem = "{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}";
  constexpr std::string_view kFailed = "The conditional request failed";
  const std::string insert = Statement("INSERT INTO Simple VALUE {'pk':'a'}");
  EXPECT_EQ(
      Transact({insert, Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}")}),
      Canceled("None, DuplicateItem", {kNoReason, Reason("DuplicateItem", "Duplicate primary key exists in table")}));
  EXPECT_EQ(Transact({Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}", "", kAsked), insert}),
            Canceled("DuplicateItem, None",
                     {Reason("DuplicateItem", "Duplicate primary key exists in table", kItem), kNoReason}));
  EXPECT_EQ(
      Transact({insert, Statement("UPDATE Tab SET v = 2 WHERE pk = 'a' AND sk = 1 AND v = 7", "", kAsked),
                Statement("UPDATE Tab SET v = 2 WHERE pk = 'none' AND sk = 1"),
                Statement("DELETE FROM Tab WHERE pk = 'none' AND sk = 2"),
                Statement("EXISTS(SELECT * FROM Tab WHERE pk = 'none' AND sk = 3)")}),
      Canceled("None, ConditionalCheckFailed, ConditionalCheckFailed, None, ConditionalCheckFailed",
               {kNoReason, Reason("ConditionalCheckFailed", kFailed, kItem), Reason("ConditionalCheckFailed", kFailed),
                kNoReason, Reason("ConditionalCheckFailed", kFailed)}));
  EXPECT_EQ(Transact({insert, Statement("EXISTS(SELECT v FROM Tab WHERE pk = 'a' AND sk = 1 AND v = 2)")}),
            Canceled("None, ConditionalCheckFailed", {kNoReason, Reason("ConditionalCheckFailed", kFailed)}));
  EXPECT_EQ(Transact({insert, Statement("UPDATE Tab SET v = none + 1 WHERE pk = 'a' AND sk = 1")}),
            Canceled("None, ValidationError",
                     {kNoReason, Reason("ValidationError",
                                        "The provided expression refers to an attribute that does not exist in the "
                                        "item")}));
  EXPECT_EQ(CountOf("Simple"), "0");
  EXPECT_EQ(CountOf("Tab"), "1");
}

TEST_F(PartiqlTransactionTest, WhatIsWrongWithAStatementIsAnErrorOfTheWhole) {
  const std::string insert = Statement("INSERT INTO Simple VALUE {'pk':'a'}");
  for (const auto& [statement, error] : std::vector<std::pair<std::string, std::string>>{
           {"no statement", Invalid("Statement wasn't well formed, can't be processed: Expected data manipulation")},
           {"UPDATE Tab SET v = ? WHERE pk = 'a' AND sk = 1",
            Invalid("Number of parameters in request and statement don't match.")},
           {"UPDATE Tab SET v = 1 WHERE pk = 'a'",
            Invalid("Where clause does not contain a mandatory equality on all key attributes")},
           {"EXISTS(SELECT * FROM Tab WHERE pk = 'a')",
            Invalid("Where clause does not contain a mandatory equality on all key attributes")},
           {"EXISTS(SELECT * FROM Tab.I WHERE pk = 'a' AND sk = 1)",
            Invalid("EXISTS must select from a table, not from an index")},
           {"UPDATE Tab SET v = 1 WHERE pk = 'a' AND sk = 1 RETURNING ALL OLD *",
            Invalid("RETURNING clause is not supported in ExecuteTransaction")},
           {"SELECT * FROM Tab WHERE pk = 'a' AND sk = 1",
            Invalid("The transaction must consist of either read statements or write statements, not both")},
           {"INSERT INTO None VALUE {'pk':'a'}", NotFound()},
           {"INSERT INTO Simple VALUE {'pk':'a','v':1}",
            Invalid("Transaction request cannot include multiple operations on one item")},
       }) {
    EXPECT_EQ(Transact({insert, Statement(statement)}), error) << statement;
  }
  const std::string get = Statement("SELECT * FROM Simple WHERE pk = 'a'");
  for (const auto& [statement, error] : std::vector<std::pair<std::string, std::string>>{
           {"SELECT * FROM Tab",
            Invalid("Select statements within ExecuteTransaction must specify the primary key in the where clause.")},
           {"SELECT * FROM Tab WHERE pk = 'a' AND sk > 1",
            Invalid("Select statements within ExecuteTransaction must specify the primary key in the where clause.")},
           {"SELECT * FROM Tab.I WHERE pk = 'a' AND sk = 1",
            Invalid("Statements within ExecuteTransaction must select from a table, not from an index")},
           {"EXISTS(SELECT * FROM Tab WHERE pk = 'a' AND sk = 1)",
            Invalid("The transaction must consist of either read statements or write statements, not both")},
           {"SELECT * FROM None WHERE pk = 'a'", NotFound()}}) {
    EXPECT_EQ(Transact({get, Statement(statement)}), error) << statement;
  }
  EXPECT_EQ(
      Transact({insert, Statement("DELETE FROM \"arn:aws:dynamodb:us-east-1:222222222222:table/Tab\" WHERE pk = 'a'")}),
      ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message",
                "User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:PartiQLDelete on "
                "resource: arn:aws:dynamodb:us-east-1:222222222222:table/Tab because no resource-based policy "
                "allows the dynamodb:PartiQLDelete action"));
  EXPECT_EQ(CountOf("Simple"), "0");
}

TEST_F(PartiqlTransactionTest, HasOneToAHundredStatements) {
  EXPECT_EQ(SendRaw("ExecuteTransaction", "{}").body,
            OneConstraint("Value null at 'transactStatements' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(SendRaw("ExecuteTransaction", R"({"TransactStatements":[]})").body,
            OneConstraint("Value '[]' at 'transactStatements' failed to satisfy constraint: Member must have length "
                          "greater than or equal to 1"));
  std::vector<std::string> statements;
  for (int i = 0; i < 101; ++i) {
    statements.push_back(Statement(fmt::format("INSERT INTO Tab VALUE {{'pk':'a','sk':{}}}", i)));
  }
  const std::string many = Transact(statements);
  EXPECT_TRUE(many.find("at 'transactStatements' failed to satisfy constraint: Member must have length less than or "
                        "equal to 100") != std::string::npos)
      << many;
  EXPECT_EQ(CountOf("Tab"), "0");
  statements.pop_back();
  EXPECT_EQ(MemberOf(Transact(statements), "Responses").size(), 301U);
  EXPECT_EQ(CountOf("Tab"), "100");
  EXPECT_EQ(
      Transact({statements.front()}, "'ClientRequestToken':'" + std::string(37, 'x') + "'"),
      OneConstraint("Value '" + std::string(37, 'x') +
                    "' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or "
                    "equal to 36"));
}

TEST_F(PartiqlTransactionTest, FourMegabytesAreTheMost) {
  const auto insert = [](int number, size_t size_bytes) {  // "pk" and two digits, "v" and text
    return Statement(fmt::format("INSERT INTO Simple VALUE {{'pk':'{}','v':?}}", number),
                     "{'S':'" + std::string(size_bytes - 5, 'x') + "'}");
  };
  std::vector<std::string> inserts;
  std::vector<std::string> reads;
  for (int number = 10; number < 20; ++number) {
    inserts.push_back(insert(number, 409'600));
    reads.push_back(Statement(fmt::format("SELECT pk FROM Simple WHERE pk = '{}'", number)));
  }
  const std::string too_large = Invalid("The aggregate size of the items in the transaction exceeds 4 MB");
  inserts.push_back(insert(20, 98'305));
  EXPECT_EQ(Transact(inserts), too_large);
  EXPECT_EQ(CountOf("Simple"), "0");
  inserts.back() = insert(20, 98'304);
  EXPECT_EQ(MemberOf(Transact(inserts), "Responses"), "[{},{},{},{},{},{},{},{},{},{},{}]");
  reads.push_back(Statement("SELECT pk FROM Simple WHERE pk = '20'"));
  EXPECT_TRUE(Transact(reads).starts_with(R"({"Responses":[{"Item":{"pk")"));
  EXPECT_EQ(Transact({Statement("INSERT INTO Simple VALUE {'pk':'21'}")}), Quoted("{'Responses':[{}]}"));
  reads.push_back(Statement("SELECT pk FROM Simple WHERE pk = '21'"));
  EXPECT_EQ(Transact(reads), too_large);
}

TEST_F(PartiqlTransactionTest, ATokenMakesItHappenOnce) {
  const std::string insert = Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}");
  EXPECT_EQ(Transact({insert}, "'ClientRequestToken':'one'"), Quoted("{'Responses':[{}]}"));
  EXPECT_EQ(Transact({insert}, "'ClientRequestToken':'one'"), Quoted("{'Responses':[{}]}"));
  EXPECT_EQ(Transact({insert}, "'ClientRequestToken':'two'"),
            Canceled("DuplicateItem", {Reason("DuplicateItem", "Duplicate primary key exists in table")}));
  const std::string other =
      Transact({Statement("INSERT INTO Tab VALUE {'pk':'b','sk':1}")}, "'ClientRequestToken':'one'");
  EXPECT_TRUE(other.starts_with(R"({"__type":"com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException")"))
      << other;
  EXPECT_EQ(CountOf("Tab"), "1");
  // Reads happen as often as they are asked for.
  const std::string get = Statement("SELECT sk FROM Tab WHERE pk = 'a' AND sk = 1");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Transact({get}, "'ClientRequestToken':'one'"), Quoted("{'Responses':[{'Item':{'sk':{'N':'1'}}}]}"));
  }
}

TEST_F(PartiqlTransactionTest, CostsWhatOtherTransactionsCost) {
  EXPECT_EQ(
      Transact({Statement("INSERT INTO Tab VALUE {'pk':'a','sk':1}"), Statement("INSERT INTO Simple VALUE {'pk':'a'}"),
                Statement("INSERT INTO Tab VALUE {'pk':'a','sk':2}")},
               "'ReturnConsumedCapacity':'TOTAL'"),
      Quoted("{'Responses':[{},{},{}],'ConsumedCapacity':[{'TableName':'Simple','CapacityUnits':2.0,"
             "'WriteCapacityUnits':2.0},{'TableName':'Tab','CapacityUnits':4.0,'WriteCapacityUnits':4.0}]}"));
  EXPECT_EQ(Transact({Statement("SELECT sk FROM Tab WHERE pk = 'a' AND sk = 1"),
                      Statement("SELECT sk FROM Tab WHERE pk = 'a' AND sk = 3")},
                     "'ReturnConsumedCapacity':'TOTAL'"),
            Quoted("{'Responses':[{'Item':{'sk':{'N':'1'}}},{}],'ConsumedCapacity':[{'TableName':'Tab',"
                   "'CapacityUnits':4.0,'ReadCapacityUnits':4.0}]}"));
}

}  // namespace
}  // namespace basalt::server

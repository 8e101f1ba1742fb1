// Transactions with two defects: which of them is answered. What is wrong with any entry at an earlier step comes
// before what is wrong with any other at a later one, wherever they stand.
#include <string>
#include <string_view>
#include <vector>

#include "server/partiql_fixture.h"
#include "server/precedence_fixture.h"

namespace basalt::server {
namespace {

// One entry, or several, that have it, and what is answered.
struct EntryDefect {
  std::string entries;
  std::string answer;
};

class TransactPrecedenceTest : public PrecedenceTest {
 protected:
  void SetUp() override {
    CreateTable("One", "S");
    CreateTable("Two", "S", "N");
  }
  static std::string Put(std::string_view table, std::string_view item, std::string_view more = "") {
    return fmt::format("{{'Put':{{'TableName':'{}','Item':{}{}}}}}", table, item, more);
  }
  static std::string Get(std::string_view table, std::string_view key, std::string_view more = "") {
    return fmt::format("{{'Get':{{'TableName':'{}','Key':{}{}}}}}", table, key, more);
  }
  static std::string Entries(std::string_view entries, std::string_view more = "") {
    return fmt::format("{{'TransactItems':[{}]{}}}", entries, more);
  }
  // Each beside each later one, before it and after it.
  void CheckSteps(const std::string& operation, const std::vector<EntryDefect>& steps) {
    for (size_t first = 0; first < steps.size(); ++first) {
      EXPECT_EQ(Send(operation, Entries(steps[first].entries)), steps[first].answer) << first;
      for (size_t second = first + 1; second < steps.size(); ++second) {
        EXPECT_EQ(Send(operation, Entries(steps[first].entries + "," + steps[second].entries)), steps[first].answer)
            << first << " before " << second;
        EXPECT_EQ(Send(operation, Entries(steps[second].entries + "," + steps[first].entries)), steps[first].answer)
            << first << " after " << second;
      }
    }
  }
};

const std::string& SeveralOperations() {
  static const std::string kAnswer = Invalid("Transaction request cannot include multiple operations on one item");
  return kAnswer;
}
const std::string& EmptyKey() {
  static const std::string kAnswer = Invalid(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk");
  return kAnswer;
}
std::string InvalidBeside(std::string_view text) {
  return Canceled("ValidationError", fmt::format("{{'Code':'ValidationError','Message':'{}'}}", text));
}

TEST_F(TransactPrecedenceTest, WritesAreLookedAtStepByStep) {
  const std::string item = "{'pk':{'S':'a'}}";
  CheckSteps("TransactWriteItems",
             {
                 {"{}", Invalid("TransactItems can only contain one of Check, Put, Update or Delete")},
                 {Put("One", "{'pk':{'S':'syntax'}}", ",'ConditionExpression':'v ='"),
                  Invalid("Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
                 {Put("One", "{'pk':{'S':'large'},'v':{'S':'" + std::string(409'600, 'x') + "'}}"),
                  Invalid("Item size has exceeded the maximum allowed size")},
                 {Put("None", item), NotFound()},
                 {Put("One", "{'pk':{'S':''}}"), EmptyKey()},
                 {Put("One", item) + "," + Put("One", item), SeveralOperations()},
             });
  // Then all that is left are reasons, in the order of the entries.
  EXPECT_EQ(Send("TransactWriteItems", Entries(Put("One", item) + "," + Put("One", item) + "," +
                                               Put("Two", "{'pk':{'S':'a'},'sk':{'S':'1'}}"))),
            SeveralOperations());
  EXPECT_EQ(Send("TransactWriteItems", Entries(Put("Two", "{'pk':{'S':'a'},'sk':{'S':'1'}}"))),
            InvalidBeside("One or more parameter values were invalid: Type mismatch for key sk expected: N actual: S"));
  EXPECT_EQ(Send("GetItem", "{'TableName':'One','Key':" + item + "}"), "{}");
}

TEST_F(TransactPrecedenceTest, ReadsAreLookedAtStepByStep) {
  const std::string key = "{'pk':{'S':'a'}}";
  CheckSteps("TransactGetItems", {
                                     {Get("One", "{'pk':{'S':'syntax'}}", ",'ProjectionExpression':'v,'"),
                                      Invalid("Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: "
                                              "\",\"")},
                                     {Get("None", key), NotFound()},
                                     {Get("One", key) + "," + Get("One", key), SeveralOperations()},
                                 });
  // Whether there are several reads of one item is known once every key is one.
  EXPECT_EQ(Send("TransactGetItems", Entries(Get("One", key) + "," + Get("One", key) + "," + Get("Two", key))),
            Canceled("None, None, ValidationError",
                     fmt::format("{{'Code':'None'}},{{'Code':'None'}},{{'Code':'ValidationError','Message':'{}'}}",
                                 kSchemaMismatch)));
  // Defects of a key are reasons of its entry, also what is an error of the whole in a write.
  EXPECT_EQ(Send("TransactGetItems", Entries(Get("One", "{'pk':{'S':''}}"))),
            InvalidBeside("One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                          "contain an empty string value. Key: pk"));
  EXPECT_EQ(Send("TransactGetItems", Entries(Get("One", "{'pk':{'S':'" + std::string(2049, 'x') + "'}}"))),
            InvalidBeside("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
                          "limit of2048 bytes"));
  EXPECT_EQ(Send("TransactGetItems", Entries(Get("One", "{}"))), InvalidBeside(kSchemaMismatch));
  const std::string scalar = Send("TransactGetItems", Entries(Get("One", key, ",'ProjectionExpression':'pk.x'")));
  EXPECT_NE(
      scalar.find(R"([{"Code":"ValidationError","Message":"Key attributes must be scalars; list random access '[]' )"
                  R"(and map lookup '.' are not allowed: Key: pk"}])"),
      std::string::npos)
      << scalar;
}

TEST_F(TransactPrecedenceTest, TheRequestComesBeforeItsEntries) {
  Check({
      {"TransactWriteItems", Entries("{}", ",'ReturnConsumedCapacity':5"),
       Misfit("NUMBER_VALUE cannot be converted to String")},
      {"TransactWriteItems", Entries("{}", ",'ReturnConsumedCapacity':'SOME'"), BadCapacity()},
      {"TransactGetItems", Entries(Get("None", "{'pk':{'N':'x'}}"), ",'ReturnConsumedCapacity':'SOME'"), BadCapacity()},
      {"TransactWriteItems", Entries("{},null"),
       OneConstraint("Value null at 'transactItems.2.member' failed to satisfy constraint: Member must not be null")},
      {"TransactGetItems", Entries("null"),
       OneConstraint("Value null at 'transactItems.1.member' failed to satisfy constraint: Member must not be null")},
      {"TransactWriteItems", Entries("{'Put':{}}"),
       Invalid("2 validation errors detected: Value null at 'transactItems.1.member.put.item' failed to satisfy "
               "constraint: Member must not be null; Value null at 'transactItems.1.member.put.tableName' failed to "
               "satisfy constraint: Member must not be null")},
      // A member that is null is none.
      {"TransactWriteItems", Entries("{'Put':null,'Delete':null}"),
       Invalid("TransactItems can only contain one of Check, Put, Update or Delete")},
      {"TransactWriteItems", Entries("{'Put':null,'Delete':{'TableName':'One','Key':{'pk':{'S':'a'}}}}"), "{}"},
  });
}

TEST_F(TransactPrecedenceTest, ATokenComesAfterTheRequestAndBeforeWhatItemsSay) {
  const std::string token = ",'ClientRequestToken':'t'";
  const std::string absent = Put("One", "{'pk':{'S':'a'}}", ",'ConditionExpression':'attribute_not_exists(pk)'");
  EXPECT_EQ(Send("TransactWriteItems", Entries(absent, token)), "{}");
  EXPECT_EQ(Send("TransactWriteItems", Entries(absent, token)), "{}") << "its condition no longer holds";
  const std::string mismatch = R"({"__type":"com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"})";
  EXPECT_EQ(Send("TransactWriteItems", Entries(absent + "," + Put("One", "{'pk':{'S':'b'}}"), token)), mismatch);
  EXPECT_EQ(Send("TransactWriteItems", Entries(absent + "," + absent, token)), SeveralOperations());
  EXPECT_EQ(Send("TransactWriteItems", Entries(Put("None", "{'pk':{'S':'a'}}"), token)), NotFound());
}

TEST_F(TransactPrecedenceTest, StatementsAreUnderstoodThenAllowedThenMeetTheirTables) {
  const auto transact = [this](const std::vector<std::string>& statements, std::string_view members = "") {
    return SendRaw("ExecuteTransaction", ListOf("TransactStatements", statements, members)).body;
  };
  const std::string foreign = "arn:aws:dynamodb:us-east-1:222222222222:table/One";
  const std::vector<EntryDefect> steps = {
      {Statement("nothing"), Invalid("Statement wasn't well formed, can't be processed: Expected data manipulation")},
      {Statement("DELETE FROM \"" + foreign + "\" WHERE pk = 'a'"),
       ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message",
                 "User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:PartiQLDelete on "
                 "resource: " +
                     foreign + " because no resource-based policy allows the dynamodb:PartiQLDelete action")},
      {Statement("DELETE FROM None WHERE pk = 'a'"), NotFound()},
      {Statement("DELETE FROM One WHERE pk = ''"), EmptyKey()},
      {Statement("DELETE FROM One WHERE pk = 'a'") + "," + Statement("DELETE FROM One WHERE pk = 'a'"),
       SeveralOperations()},
  };
  for (size_t first = 0; first < steps.size(); ++first) {
    EXPECT_EQ(transact({steps[first].entries}, "'ReturnConsumedCapacity':'SOME'"), BadCapacity());
    EXPECT_EQ(transact({steps[first].entries}), steps[first].answer);
    for (size_t second = first + 1; second < steps.size(); ++second) {
      EXPECT_EQ(transact({steps[first].entries, steps[second].entries}), steps[first].answer)
          << first << " before " << second;
      EXPECT_EQ(transact({steps[second].entries, steps[first].entries}), steps[first].answer)
          << first << " after " << second;
    }
  }
  // Statement by statement: a table that is not there and one whose key is not fixed.
  const std::string no_key = Statement("DELETE FROM One WHERE v = 1");
  EXPECT_EQ(transact({no_key, Statement("DELETE FROM None WHERE pk = 'a'")}),
            Invalid("Where clause does not contain a mandatory equality on all key attributes"));
  EXPECT_EQ(transact({Statement("DELETE FROM None WHERE pk = 'a'"), no_key}), NotFound());
}

}  // namespace
}  // namespace basalt::server

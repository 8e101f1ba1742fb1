// The two dialects of validation errors on the wire: every difference there is, and what stays alike.
#include <string>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

class ClassicDialectTest : public WireTest {};

class NewerDialectTest : public WireTest {
 protected:
  NewerDialectTest() : WireTest({.dialect = operations::Dialect::k2026}) {}
};

// A request whose answer is a ValidationException, and its text in both dialects.
struct DialectCase {
  std::string operation;
  std::string request;
  std::string classic;
  std::string newer;  // empty: the same
};

std::string At(std::string_view value, std::string_view path, std::string_view rule) {
  return fmt::format("Value {} at '{}' failed to satisfy constraint: Member must {}", value, path, rule);
}

// The newer one, which shows no value.
std::string AtTableName(std::string_view rule) {
  return fmt::format("Value at 'TableName' failed to satisfy constraint: Member must {}", rule);
}

std::vector<WireCase> Answers(const std::vector<DialectCase>& cases, bool newer) {
  std::vector<WireCase> answers;
  for (const DialectCase& dialect_case : cases) {
    answers.push_back({dialect_case.operation, dialect_case.request,
                       Invalid(newer && !dialect_case.newer.empty() ? dialect_case.newer : dialect_case.classic)});
  }
  return answers;
}

constexpr std::string_view kShortest = "have length greater than or equal to 3";
constexpr std::string_view kPattern = "satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
const std::string kOne = "1 validation error detected: ";
const std::string kTwo = "2 validation errors detected: ";

// The members that make each item operation whole apart from its table's name.
const std::vector<std::pair<std::string, std::string>>& ItemOperations() {
  static const std::vector<std::pair<std::string, std::string>> kOperations = {
      {"PutItem", "'Item':{}"},
      {"UpdateItem", "'Key':{}"},
      {"DeleteItem", "'Key':{}"},
      {"GetItem", "'Key':{}"},
      {"Query", "'KeyConditionExpression':'a = :a'"},
      {"Scan", "'Limit':1"},
  };
  return kOperations;
}

std::vector<DialectCase> TableNameCases() {
  std::vector<DialectCase> cases;
  const std::string bad_capacity =
      At("'SOME'", "returnConsumedCapacity", "satisfy enum value set: [INDEXES, TOTAL, NONE]");
  for (const auto& [operation, members] : ItemOperations()) {
    const auto named = [&members = members](std::string_view name, std::string_view more = "") {
      return fmt::format("{{'TableName':{},{}{}}}", name, members, more);
    };
    cases.push_back(
        {operation, named("null"), kOne + At("null", "tableName", "not be null"), kOne + AtTableName("not be null")});
    cases.push_back(
        {operation, named("'ab'"), kOne + At("'ab'", "tableName", kShortest), kOne + AtTableName(kShortest)});
    cases.push_back(
        {operation, named("'a b'"), kOne + At("'a b'", "tableName", kPattern), kOne + AtTableName(kPattern)});
    cases.push_back({operation, named("''"),
                     kTwo + At("''", "tableName", kShortest) + "; " + At("''", "tableName", kPattern),
                     kTwo + AtTableName(kShortest) + "; " + AtTableName(kPattern)});
    // Beside another violation the table's name is reported alone.
    const std::string two = named("'a b'", ",'ReturnConsumedCapacity':'SOME'");
    cases.push_back({operation, two, kTwo + bad_capacity + "; " + At("'a b'", "tableName", kPattern),
                     kOne + AtTableName(kPattern)});
    cases.push_back({operation, named("'abc'", ",'ReturnConsumedCapacity':'SOME'"), kOne + bad_capacity, ""});
  }
  const std::string missing_key = At("null", "key", "not be null");
  cases.push_back({"GetItem", "{}", kTwo + At("null", "tableName", "not be null") + "; " + missing_key,
                   kOne + AtTableName("not be null")});
  cases.push_back({"GetItem", "{'TableName':'abc'}", kOne + missing_key, ""});
  // Table management and ARNs stay as they are.
  for (const std::string operation : {"DescribeTable", "DeleteTable"}) {
    cases.push_back({operation, "{'TableName':'ab'}", kOne + At("'ab'", "tableName", kShortest), ""});
    cases.push_back({operation, "{}", kOne + At("null", "tableName", "not be null"), ""});
  }
  cases.push_back({"GetItem", "{'TableName':'arn:aws:dynamodb:eu-west-1:111111111111:table/abc','Key':{}}",
                   kOne + "Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:111111111111:table/abc'", ""});
  return cases;
}

std::vector<DialectCase> HandWrittenCases() {
  std::vector<DialectCase> cases;
  const auto same = [&](const std::string& operation, const std::string& request, const std::string& text) {
    cases.push_back({operation, request, text, ""});
  };
  const auto introduced = [&](const std::string& operation, const std::string& request, const std::string& text) {
    cases.push_back({operation, request, text, kOne + text});
  };
  const std::string p = "One or more parameter values were invalid: ";
  const std::string parentheses = "Invalid ConditionExpression: The expression has redundant parentheses;";
  const std::string syntax = "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"";
  const std::string undefined =
      "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: "
      ":v";
  for (const std::string operation : {"PutItem", "UpdateItem", "DeleteItem"}) {
    const std::string item = operation == "PutItem" ? "'Item'" : "'Key'";
    const auto with = [&](const std::string& members) { return "{'TableName':'abc'," + item + ":{}," + members + "}"; };
    const auto& add = [&](const std::string& members, const std::string& text) {
      operation == "DeleteItem" ? same(operation, with(members), text) : introduced(operation, with(members), text);
    };
    add("'ConditionExpression':'((attribute_exists(a)))'", parentheses);
    add("'ConditionExpression':'a ='", syntax);
    add("'ConditionExpression':'a = :v'", undefined);
    // Sets, directly and as values of expressions.
    const auto value = [&](const std::string& set) { return "{'TableName':'abc'," + item + ":{'a':" + set + "}}"; };
    for (const auto& [set, text] : std::vector<std::pair<std::string, std::string>>{
             {"{'SS':[]}", p + "An string set  may not be empty"},
             {"{'NS':[]}", p + "An number set  may not be empty"},
             {"{'BS':[]}", p + "Binary sets should not be empty"},
             {"{'SS':['a','a']}", p + "Input collection [a, a] contains duplicates."},
             {"{'BS':['YQ==','YQ==']}", p + "Input collection [YQ==, YQ==]of type BS contains duplicates."},
             {"{'NS':['1','1.0']}", "Input collection contains duplicates"}}) {
      const std::string in_expression = "'ConditionExpression':'a = :v','ExpressionAttributeValues':{':v':" + set + "}";
      const std::string wrapped = "ExpressionAttributeValues contains invalid value: " + text + " for key :v";
      if (operation == "DeleteItem") {
        same(operation, value(set), text);
      } else {
        introduced(operation, value(set), text);
      }
      add(in_expression, wrapped);
    }
    // Nothing else of them changes.
    same(operation, value("{'N':'x'}"), "The parameter cannot be converted to a numeric value: x");
    same(operation, value("{}"),
         "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    same(operation, with("'ExpressionAttributeNames':{'#a':'a'}"),
         "ExpressionAttributeNames can only be specified when using expressions");
    same(operation, with("'ConditionExpression':'attribute_exists(a)','ExpressionAttributeNames':{'#a':'a'}"),
         "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}");
  }
  const std::string return_values = "ReturnValues can only be ALL_OLD or NONE";
  introduced("PutItem", "{'TableName':'abc','Item':{},'ReturnValues':'ALL_NEW'}", return_values);
  same("DeleteItem", "{'TableName':'abc','Key':{},'ReturnValues':'ALL_NEW'}", return_values);
  introduced("UpdateItem", "{'TableName':'abc','Key':{},'UpdateExpression':'SET a'}",
             "Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \"a\"");
  introduced(
      "UpdateItem", "{'TableName':'abc','Key':{},'UpdateExpression':'SET a = b, a = c'}",
      "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these "
      "paths; path one: [a], path two: [a]");
  const std::string select =
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES";
  const auto query = [](const std::string& condition, const std::string& more) {
    return "{'TableName':'abc','KeyConditionExpression':'" + condition +
           "','ExpressionAttributeValues':{':a':{'S':'a'}}" + more + "}";
  };
  introduced("Query", query("pk = :a", ",'Select':'SPECIFIC_ATTRIBUTES'"), select);
  same("Scan", "{'TableName':'abc','Select':'SPECIFIC_ATTRIBUTES'}", select);
  const std::string repeated = "KeyConditionExpressions must only contain one condition per key";
  cases.push_back({"Query", query("pk = :a AND pk = :a", ""), repeated, "Invalid KeyConditionExpression: " + repeated});
  // This one has the introduction in both.
  same("Query", query("pk = :a", ",'Limit':0"), kOne + At("'0'", "limit", "have value greater than or equal to 1"));
  same("Query", query("pk =", ""), "Invalid KeyConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"");
  same("Query", query("pk = :a", ",'FilterExpression':'a ='"),
       "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"");
  same("Scan", "{'TableName':'abc','FilterExpression':'a ='}",
       "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"");
  same("GetItem", "{'TableName':'abc','Key':{},'ProjectionExpression':'a,'}",
       "Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"");
  same("GetItem", "{'TableName':'abc','Key':{'a':{'SS':[]}}}", p + "An string set  may not be empty");
  same("BatchWriteItem", "{'RequestItems':{'abc':[{'PutRequest':{'Item':{'a':{'SS':[]}}}}]}}",
       p + "An string set  may not be empty");
  same("PutItem", "{'TableName':'abc','Item':{'a':{'S':'" + std::string(409'600, 'x') + "'}}}",
       "Item size has exceeded the maximum allowed size");
  return cases;
}

TEST_F(ClassicDialectTest, EchoesTableNamesAndListsThemWithTheRest) { Check(Answers(TableNameCases(), false)); }
TEST_F(NewerDialectTest, NamesTheTableNameAloneWithoutItsValue) { Check(Answers(TableNameCases(), true)); }

TEST_F(ClassicDialectTest, GivesHandWrittenTextsBare) { Check(Answers(HandWrittenCases(), false)); }
TEST_F(NewerDialectTest, IntroducesSomeHandWrittenTexts) { Check(Answers(HandWrittenCases(), true)); }

constexpr std::string_view kFalseNullRefused = "Null attribute value types must have the value of true";

TEST_F(ClassicDialectTest, RefusesAFalseNull) {
  CreateTable("Values", "S");
  Check({{"PutItem", "{'TableName':'Values','Item':{'pk':{'S':'a'},'v':{'NULL':false}}}",
          InvalidParameter(kFalseNullRefused)}});
}

TEST_F(NewerDialectTest, PutItemTakesAFalseNullAsTrue) {
  CreateTable("Values", "S");
  const std::string in_expression = Invalid(
      fmt::format("ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: {} for "
                  "key :v",
                  kFalseNullRefused));
  Check({
      {"PutItem",
       "{'TableName':'Values','Item':{'pk':{'S':'a'},'v':{'NULL':false},"
       "'l':{'L':[{'NULL':'no'},{'M':{'m':{'NULL':false}}}]}}}",
       "{}"},
      {"GetItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}}}",
       Quoted("{'Item':{'l':{'L':[{'NULL':true},{'M':{'m':{'NULL':true}}}]},'pk':{'S':'a'},'v':{'NULL':true}}}")},
      // No other request does.
      {"GetItem", "{'TableName':'Values','Key':{'pk':{'NULL':false}}}", InvalidParameter(kFalseNullRefused)},
      {"PutItem",
       "{'TableName':'Values','Item':{'pk':{'S':'a'}},'ConditionExpression':'a = :v',"
       "'ExpressionAttributeValues':{':v':{'NULL':false}}}",
       in_expression},
      {"UpdateItem",
       "{'TableName':'Values','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET v = :v',"
       "'ExpressionAttributeValues':{':v':{'NULL':false}}}",
       in_expression},
      {"BatchWriteItem", "{'RequestItems':{'Values':[{'PutRequest':{'Item':{'pk':{'NULL':false}}}}]}}",
       InvalidParameter(kFalseNullRefused)},
  });
}

TEST_F(NewerDialectTest, LeavesWhatIsNoValidationErrorAlone) {
  CreateTable("Values", "S");
  Check({
      {"GetItem", "{'TableName':'None','Key':{'pk':{'S':'a'}}}", NotFound()},
      {"GetItem", "{'TableName':1,'Key':{}}", Misfit("NUMBER_VALUE cannot be converted to String")},
      {"PutItem", "{'TableName':'Values','Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(pk)'}",
       ConditionFailed()},
      {"PutItem", "{'TableName':'Values','Item':{'a':{'S':'a'}}}", InvalidParameter("Missing the key pk in the item")},
  });
}

}  // namespace
}  // namespace basalt::server

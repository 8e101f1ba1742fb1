// How requests name tables: by name, by ARN, wrongly; in every operation on items and as keys of batches.
#include <string>
#include <vector>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

const std::string kHome = "arn:aws:dynamodb:us-east-1:111111111111:table/Single";

class TableNamesTest : public WireTest {
 protected:
  void SetUp() override { CreateTable("Single", "S"); }

  // Every operation that names a table of items, with that name.
  static std::vector<std::pair<std::string, std::string>> Requests(const std::string& name) {
    const std::string key = "{'pk':{'S':'a'}}";
    return {
        {"PutItem", "{'TableName':'" + name + "','Item':" + key + "}"},
        {"UpdateItem", "{'TableName':'" + name + "','Key':" + key + "}"},
        {"GetItem", "{'TableName':'" + name + "','Key':" + key + "}"},
        {"DeleteItem", "{'TableName':'" + name + "','Key':" + key + "}"},
        {"Query", "{'TableName':'" + name +
                      "','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'a'}}}"},
        {"Scan", "{'TableName':'" + name + "'}"},
        {"BatchGetItem", "{'RequestItems':{'" + name + "':{'Keys':[" + key + "]}}}"},
        {"BatchWriteItem", "{'RequestItems':{'" + name + "':[{'PutRequest':{'Item':" + key + "}}]}}"},
    };
  }
};

TEST_F(TableNamesTest, ArnsOfTheRegionAndAccountAreAsGoodAsNames) {
  for (const auto& [operation, request] : Requests(kHome)) {
    std::string with_capacity = request;
    with_capacity.insert(1, "'ReturnConsumedCapacity':'TOTAL',");
    const std::string answer = Send(operation, with_capacity);
    EXPECT_NE(answer.find(Quoted("{'TableName':'" + kHome + "','CapacityUnits':")), std::string::npos)
        << operation << answer;
  }
  for (const std::string operation : {"DescribeTable", "DeleteTable"}) {
    const std::string answer = Send(operation, "{'TableName':'" + kHome + "'}");
    EXPECT_NE(answer.find(Quoted("'TableName':'Single'")), std::string::npos) << answer;
  }
}

TEST_F(TableNamesTest, ArnsThatCannotBeMeantAreRefused) {
  const std::vector<std::pair<std::string, std::string>> defects = {
      {"arn:aws:dynamodb:eu-west-1:111111111111:table/Single", "Invalid AWS region in"},
      {"arn:aws:dynamodb:nowhere:111111111111:table/Single", "Invalid AWS region in"},
      {"arn:aws-cn:dynamodb:us-east-1:111111111111:table/Single", "Invalid AWS partition in"},
      {"arn:aws:sqs:us-east-1:111111111111:table/Single", "Invalid service in"},
      {"arn:aws:dynamodb:us-east-1:1111:table/Single", "Invalid AWS account in"},
      {"arn:aws:dynamodb:us-east-1:111111111111:key/Single", "Invalid resource type in"},
      {"arn:aws:dynamodb:us-east-1:111111111111:table/ab", "Invalid resource type in"},
      {"arn:aws:dynamodb:us-east-1:111111111111:table/a!b", "Invalid resource type in"},
      {kHome + "/index/Other", "Invalid resource type in"},
      {kHome + "/stream/2026-01-01T00:00:00.000", "Invalid resource type in"},
      {kHome + "/backup/01", "Invalid resource type in"},
      {kHome + "/nothing/x", "Invalid resource type in"},
      {"arn:aws:dynamodb:us-east-1:111111111111",
       "Valid ARN format is arn:aws:dynamodb:region:account:table/name, got"},
      {"arn:", "Valid ARN format is arn:aws:dynamodb:region:account:table/name, got"},
  };
  for (const auto& [arn, what] : defects) {
    for (const auto& [operation, request] : Requests(arn)) {
      EXPECT_EQ(Send(operation, request), OneConstraint(fmt::format("{} '{}'", what, arn))) << operation;
    }
    for (const std::string operation : {"DescribeTable", "DeleteTable"}) {
      EXPECT_EQ(Send(operation, "{'TableName':'" + arn + "'}"), OneConstraint(fmt::format("{} '{}'", what, arn)));
    }
  }
}

TEST_F(TableNamesTest, TablesOfOtherAccountsAreDeniedWhetherTheyExistOrNot) {
  for (const std::string table : {"Single", "None"}) {
    const std::string arn = "arn:aws:dynamodb:us-east-1:222222222222:table/" + table;
    for (const auto& [operation, request] : Requests(arn)) {
      EXPECT_EQ(
          Send(operation, request),
          ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message",
                    fmt::format("User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:{0} "
                                "on resource: {1} because no resource-based policy allows the dynamodb:{0} action",
                                operation, arn)));
    }
    EXPECT_EQ(Send("DescribeTable", "{'TableName':'" + arn + "'}"),
              ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message", "Access is denied"));
  }
}

TEST_F(TableNamesTest, NamesAreNeitherTrimmedNorFolded) {
  const std::string id_like = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  for (const std::string name : {std::string("single"), std::string("SINGLE"), std::string("Singl"), id_like,
                                 std::string("arn:aws:dynamodb:us-east-1:111111111111:table/single")}) {
    for (const auto& [operation, request] : Requests(name)) {
      EXPECT_EQ(Send(operation, request), NotFound()) << operation << name;
    }
  }
  EXPECT_EQ(Send("DescribeTable", "{'TableName':'single'}"),
            NotFound("Requested resource not found: Table: single not found"));
  EXPECT_EQ(Send("DescribeTable", "{'TableName':'" + id_like + "'}"),
            NotFound("Requested resource not found: Table: " + id_like + " not found"));
  EXPECT_EQ(Send("DescribeTable", "{'TableName':'arn:aws:dynamodb:us-east-1:111111111111:table/None'}"),
            NotFound("Requested resource not found: Table: None not found"));
}

TEST_F(TableNamesTest, ATableNamedTwiceInABatchIsADuplicate) {
  const std::string duplicates = Invalid("Provided list of item keys contains duplicates");
  Check({
      {"BatchGetItem",
       "{'RequestItems':{'Single':{'Keys':[{'pk':{'S':'a'}}]},'" + kHome + "':{'Keys':[{'pk':{'S':'b'}}]}}}",
       duplicates},
      {"BatchWriteItem",
       "{'RequestItems':{'" + kHome +
           "':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}],"
           "'Single':[{'DeleteRequest':{'Key':{'pk':{'S':'b'}}}}]}}",
       duplicates},
  });
}

TEST_F(TableNamesTest, BatchesTakeTheLongestArnAndNoLonger) {
  const std::string longest = "arn:" + std::string(1020, 'a');
  for (const std::string operation : {"BatchGetItem", "BatchWriteItem"}) {
    const auto request = [&](const std::string& name) {
      return "{'RequestItems':{'" + name +
             "':" + (operation == "BatchGetItem" ? "{'Keys':[{'pk':{'S':'a'}}]}" : "[{'PutRequest':{'Item':{}}}]") +
             "}}";
    };
    EXPECT_EQ(Send(operation, request(longest)),
              OneConstraint("Valid ARN format is arn:aws:dynamodb:region:account:table/name, got '" + longest + "'"));
    EXPECT_NE(Send(operation, request(longest + "a")).find("Map keys must satisfy constraint: "), std::string::npos);
  }
}

}  // namespace
}  // namespace basalt::server

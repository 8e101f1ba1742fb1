// What operations cost, as ReturnConsumedCapacity tells it: items of every size that matters, missing ones, strong and
// eventual reads, sums over pages and batches, how the numbers are written.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/limits.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

struct SizeAndUnits {
  size_t size_bytes;  // 0: there is no item
  int write;
  int read;  // strongly consistent
};
const std::vector<SizeAndUnits>& Sizes() {
  static const std::vector<SizeAndUnits> kSizes = {
      {0, 1, 1},    {5, 1, 1},    {1023, 1, 1}, {1024, 1, 1}, {1025, 2, 1}, {2048, 2, 1},        {2049, 3, 1},
      {4095, 4, 1}, {4096, 4, 1}, {4097, 5, 2}, {8192, 8, 2}, {8193, 9, 3}, {409'599, 400, 100}, {409'600, 400, 100},
  };
  return kSizes;
}

class CapacityTest : public WireTest {
 protected:
  void SetUp() override {
    CreateTable("alpha", "S");
    CreateTable("beta", "S");
  }

  // An item of so many bytes under a key of one byte; "pk" + key + "v" + text.
  static std::string Item(std::string_view key, size_t size_bytes) {
    return fmt::format("{{'pk':{{'S':'{}'}},'v':{{'S':'{}'}}}}", key, std::string(size_bytes - 4, 'x'));
  }
  void Store(const std::string& table, std::string_view key, size_t size_bytes) {
    if (size_bytes == 0) {
      ASSERT_EQ(Send("DeleteItem", fmt::format("{{'TableName':'{}','Key':{{'pk':{{'S':'{}'}}}}}}", table, key)), "{}");
    } else {
      ASSERT_EQ(Send("PutItem", "{'TableName':'" + table + "','Item':" + Item(key, size_bytes) + "}"), "{}");
    }
  }

  // The request once for each value of ReturnConsumedCapacity; each answer must end with what that asks for.
  // `run` puts things as they have to be before each time.
  template <typename Run>
  void ExpectUnits(const Run& before_each, std::string_view operation, std::string_view request, double units) {
    const std::string total = fmt::format("'TableName':'alpha','CapacityUnits':{:.1f}", units);
    const std::string indexes = fmt::format("{},'Table':{{'CapacityUnits':{:.1f}}}", total, units);
    const bool batch = operation.substr(0, 5) == "Batch";
    for (const auto& [asked, told] :
         {std::pair<std::string_view, std::string>{"TOTAL", total}, {"INDEXES", indexes}, {"NONE", ""}, {"", ""}}) {
      before_each();
      const std::string asking = asked.empty() ? "" : fmt::format(",'ReturnConsumedCapacity':'{}'", asked);
      const std::string answer = Send(std::string(operation), fmt::format("{{{}{}}}", request, asking));
      if (told.empty()) {
        EXPECT_EQ(answer.find("ConsumedCapacity"), std::string::npos) << answer.substr(0, 300);
        EXPECT_EQ(answer.find("__type"), std::string::npos) << answer.substr(0, 300);
      } else {
        const std::string end = Quoted(
            fmt::format(fmt::runtime(batch ? "'ConsumedCapacity':[{{{}}}]}}" : "'ConsumedCapacity':{{{}}}}}"), told));
        EXPECT_TRUE(answer.ends_with(end)) << operation << " " << asked << ": expected " << end << "\n"
                                           << answer.substr(answer.size() - std::min<size_t>(answer.size(), 300));
      }
    }
  }
  void ExpectUnits(std::string_view operation, std::string_view request, double units) {
    ExpectUnits([] {}, operation, request, units);
  }
};

TEST_F(CapacityTest, ReadsCostByTheSizeOfTheItem) {
  for (const SizeAndUnits& size : Sizes()) {
    Store("alpha", "a", size.size_bytes);
    for (const bool strong : {true, false}) {
      const double units = strong ? size.read : size.read / 2.0;
      const std::string consistent = fmt::format(",'ConsistentRead':{}", strong);
      const std::string get = "'TableName':'alpha','Key':{'pk':{'S':'a'}}" + consistent;
      const std::string keys = "'Keys':[{'pk':{'S':'a'}}]" + consistent;
      const std::string query =
          "'TableName':'alpha','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'a'}}" +
          consistent;
      const std::string scan = "'TableName':'alpha'" + consistent;
      ExpectUnits("GetItem", get, units);
      ExpectUnits("BatchGetItem", "'RequestItems':{'alpha':{" + keys + "}}", units);
      ExpectUnits("Query", query, units);
      ExpectUnits("Scan", scan, units);
      // Neither projection, nor filter, nor COUNT makes it cheaper.
      ExpectUnits("GetItem", get + ",'ProjectionExpression':'absent'", units);
      ExpectUnits("BatchGetItem", "'RequestItems':{'alpha':{" + keys + ",'ProjectionExpression':'absent'}}", units);
      ExpectUnits("Query", query + ",'Select':'COUNT','FilterExpression':'attribute_exists(absent)'", units);
      ExpectUnits("Scan", scan + ",'FilterExpression':'attribute_exists(absent)','ProjectionExpression':'pk'", units);
    }
  }
  // Unless it is asked for, a read is an eventually consistent one.
  Store("alpha", "a", 4097);
  ExpectUnits("GetItem", "'TableName':'alpha','Key':{'pk':{'S':'a'}}", 1.0);
  ExpectUnits("Scan", "'TableName':'alpha'", 1.0);
}

TEST_F(CapacityTest, WritesCostByTheLargerOfOldAndNew) {
  for (const SizeAndUnits& before : Sizes()) {
    const auto restore = [&] { Store("alpha", "a", before.size_bytes); };
    const std::string key = "'TableName':'alpha','Key':{'pk':{'S':'a'}}";
    ExpectUnits(restore, "DeleteItem", key, before.write);
    ExpectUnits(restore, "BatchWriteItem", "'RequestItems':{'alpha':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}",
                before.write);
    ExpectUnits(restore, "UpdateItem", key, before.write);  // nothing changes, or the key alone is stored
    ExpectUnits(restore, "UpdateItem", key + ",'UpdateExpression':'REMOVE v'", before.write);
    for (const SizeAndUnits& after : Sizes()) {
      // All pairs would write hundreds of megabytes.
      if (after.size_bytes == 0 || (before.size_bytes > 10'000 && after.size_bytes > 10'000)) {
        continue;
      }
      const int units = std::max(before.write, after.write);
      const std::string item = Item("a", after.size_bytes);
      ExpectUnits(restore, "PutItem", "'TableName':'alpha','Item':" + item, units);
      if (after.size_bytes % 1024 <= 1) {
        ExpectUnits(restore, "BatchWriteItem", "'RequestItems':{'alpha':[{'PutRequest':{'Item':" + item + "}}]}",
                    units);
        ExpectUnits(restore, "UpdateItem",
                    key + ",'UpdateExpression':'SET v = :v','ExpressionAttributeValues':{':v':{'S':'" +
                        std::string(after.size_bytes - 4, 'x') + "'}}",
                    units);
      }
    }
  }
  // A write that changes nothing still costs.
  Store("alpha", "a", 3000);
  ExpectUnits("PutItem", "'TableName':'alpha','Item':" + Item("a", 3000), 3);
  ExpectUnits("UpdateItem",
              "'TableName':'alpha','Key':{'pk':{'S':'a'}},'UpdateExpression':'DELETE absent :s',"
              "'ExpressionAttributeValues':{':s':{'SS':['x']}}",
              3);
}

TEST_F(CapacityTest, APageCostsByTheSumOfItsItems) {
  CreateTable("Pair", "S", "N");
  const auto read = [&](std::string_view operation, std::string_view more) {
    const std::string answer =
        Send(std::string(operation),
             fmt::format("{{'TableName':'Pair','Select':'COUNT','ReturnConsumedCapacity':'TOTAL'{}{}}}",
                         operation == "Query"
                             ? ",'KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'a'}}"
                             : "",
                         more));
    const std::string member = "\"CapacityUnits\":";
    const size_t at = answer.find(member);
    return at == std::string::npos ? answer
                                   : answer.substr(at + member.size(), answer.find('}', at) - at - member.size());
  };
  // Three items of 1,366 bytes are one of 4,098, not three of a unit each.
  for (int i = 1; i <= 6; ++i) {
    ASSERT_EQ(Send("PutItem", fmt::format("{{'TableName':'Pair','Item':{{'pk':{{'S':'a'}},'sk':{{'N':'{}'}},'v':{{'S':"
                                          "'{}'}}}}}}",
                                          i, std::string(1366 - 8, 'x'))),
              "{}");
  }
  for (const std::string_view operation : {"Query", "Scan"}) {
    EXPECT_EQ(read(operation, ",'Limit':1,'ConsistentRead':true"), "1.0");
    EXPECT_EQ(read(operation, ",'Limit':2,'ConsistentRead':true"), "1.0");
    EXPECT_EQ(read(operation, ",'Limit':3,'ConsistentRead':true"), "2.0");
    EXPECT_EQ(read(operation, ",'Limit':3"), "1.0");
    EXPECT_EQ(read(operation, ",'Limit':6,'ConsistentRead':true"), "3.0");
    EXPECT_EQ(read(operation, ",'Limit':6"), "1.5");
    EXPECT_EQ(read(operation, ""), "1.5");
    EXPECT_EQ(read(operation, ",'ExclusiveStartKey':{'pk':{'S':'a'},'sk':{'N':'6'}}"), "0.5");
    EXPECT_EQ(read(operation, ",'ConsistentRead':true,'ExclusiveStartKey':{'pk':{'S':'a'},'sk':{'N':'6'}}"), "1.0");
  }
}

TEST_F(CapacityTest, BatchesCostTheSumOfTheirPartsByTableName) {
  Store("alpha", "a", 4097);
  Store("alpha", "b", 5);
  Store("beta", "a", 8193);
  const auto told = [](std::string_view alpha, std::string_view beta, bool indexes) {
    const auto table = [&](std::string_view name, std::string_view units) {
      return fmt::format("{{'TableName':'{0}','CapacityUnits':{1}{2}}}", name, units,
                         indexes ? fmt::format(",'Table':{{'CapacityUnits':{}}}", units) : "");
    };
    return Quoted("'ConsumedCapacity':[" + table("alpha", alpha) + "," + table("beta", beta) + "]}");
  };
  for (const bool indexes : {false, true}) {
    const std::string asking = indexes ? ",'ReturnConsumedCapacity':'INDEXES'" : ",'ReturnConsumedCapacity':'TOTAL'";
    // Missing items are charged, each key is rounded up by itself, each table is as consistent as it is asked to be;
    // the tables stand in the order of their names whatever the order of the request.
    const std::string alpha = "'alpha':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'b'}},{'pk':{'S':'none'}}]}";
    const std::string beta = "'beta':{'ConsistentRead':true,'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'none'}}]}";
    for (const std::string& requests : {alpha + "," + beta, beta + "," + alpha}) {
      const std::string answer = Send("BatchGetItem", "{'RequestItems':{" + requests + "}" + asking + "}");
      EXPECT_TRUE(answer.ends_with(told("2.0", "4.0", indexes))) << answer.substr(answer.size() - 300);
    }
    const auto put = [](std::string_view key, size_t size_bytes) {
      return "{'PutRequest':{'Item':" + Item(key, size_bytes) + "}}";
    };
    const std::string none = "{'DeleteRequest':{'Key':{'pk':{'S':'none'}}}}";
    const std::string alphas = "'alpha':[" + put("a", 10) + "," + put("b", 1025) + "," + none + "]";
    const std::string betas = "'beta':[" + put("c", 1024) + "," + none + "]";
    Store("alpha", "a", 4097);
    Store("alpha", "b", 5);
    Store("beta", "c", 0);
    EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{" + betas + "," + alphas + "}" + asking + "}"),
              Quoted("{'UnprocessedItems':{},") + told("8.0", "2.0", indexes));
    Store("alpha", "a", 4097);
  }
}

TEST_F(CapacityTest, WhatIsRefusedTellsNoCapacity) {
  Store("alpha", "a", 5000);
  for (const std::string operation : {"PutItem", "UpdateItem", "DeleteItem"}) {
    for (const std::string key : {"a", "none"}) {
      EXPECT_EQ(Send(operation, "{'TableName':'alpha','ReturnConsumedCapacity':'INDEXES','" +
                                    std::string(operation == "PutItem" ? "Item" : "Key") + "':{'pk':{'S':'" + key +
                                    "'}},'ConditionExpression':'attribute_exists(absent)'}"),
                ConditionFailed());
    }
  }
  EXPECT_EQ(Send("GetItem", "{'TableName':'none','ReturnConsumedCapacity':'TOTAL','Key':{'pk':{'S':'a'}}}"),
            NotFound());
}

}  // namespace
}  // namespace basalt::server

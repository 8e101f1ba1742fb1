// AttributesToGet, KeyConditions, QueryFilter and ScanFilter on the wire.
#include <string>
#include <utility>

#include "server/legacy_wire_fixture.h"

namespace basalt::server {
namespace {

using LegacyReadsTest = LegacyWireTest;

std::string KeyConditions(std::string_view table, std::string_view conditions, std::string_view members = "") {
  return fmt::format("{{'TableName':'{}','KeyConditions':{{{}}}{}}}", table, conditions, members);
}

TEST_F(LegacyReadsTest, AttributesToGetTakesNamesAsTheyAre) {
  Put("Single", "{'pk':{'S':'a'},'m':{'M':{'k':{'S':'v'}}},'m.k':{'S':'dot'},'l[0]':{'N':'0'},'#p':{'N':'1'}}");
  const std::string get = "{'TableName':'Single','Key':{'pk':{'S':'a'}},'AttributesToGet':";
  const std::string twice = InvalidParameter("Duplicate value in attribute name: m.k");
  const std::string names = "['m.k','pk','m.k']";
  Check({
      {"GetItem", get + "['m.k','l[0]','#p']}", Quoted("{'Item':{'#p':{'N':'1'},'l[0]':{'N':'0'},'m.k':{'S':'dot'}}}")},
      {"GetItem", get + "['m','size','pk']}", Quoted("{'Item':{'m':{'M':{'k':{'S':'v'}}},'pk':{'S':'a'}}}")},
      {"GetItem", get + "['none']}", Quoted("{'Item':{}}")},
      {"GetItem", get + "[null,'pk']}", Quoted("{'Item':{'pk':{'S':'a'}}}")},
      {"GetItem", "{'TableName':'Single','Key':{'pk':{'S':'none'}},'AttributesToGet':['pk']}", "{}"},
      {"GetItem", get + "['']}", Invalid("Empty attribute name")},
      {"GetItem", get + names + "}", twice},
      {"Scan", "{'TableName':'None','AttributesToGet':" + names + "}", twice},
      {"Query", "{'TableName':'None','AttributesToGet':" + names + "}", twice},
      {"BatchGetItem", "{'RequestItems':{'None':{'Keys':[{}],'AttributesToGet':" + names + "}}}", twice},
      {"Scan", "{'TableName':'Single','AttributesToGet':['l[0]']}",
       Quoted("{'Items':[{'l[0]':{'N':'0'}}],'Count':1,'ScannedCount':1}")},
  });
}

TEST_F(LegacyReadsTest, BatchesProjectByOneFormOrTheOther) {
  Put("Single", "{'pk':{'S':'a'},'v':{'N':'1'},'w':{'N':'2'}}");
  Put("Pair", "{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}");
  const std::string single = "'Single':{'Keys':[{'pk':{'S':'a'}}],";
  const std::string pair = "'Pair':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'1'}}]";
  const std::string mixed = Mixed("AttributesToGet", "ProjectionExpression");
  Check({
      {"BatchGetItem",
       "{'RequestItems':{" + single + "'AttributesToGet':['w']}," + pair +
           "}},"
           "'ReturnConsumedCapacity':'TOTAL'}",
       Quoted("{'Responses':{'Single':[{'w':{'N':'2'}}],'Pair':[{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'N':'1'}}]},"
              "'UnprocessedKeys':{},'ConsumedCapacity':[{'TableName':'Single','CapacityUnits':0.5},"
              "{'TableName':'Pair','CapacityUnits':0.5}]}")},
      {"BatchGetItem",
       "{'RequestItems':{" + single + "'AttributesToGet':['w']}," + pair + ",'AttributesToGet':['sk','none']}}}",
       Quoted("{'Responses':{'Single':[{'w':{'N':'2'}}],'Pair':[{'sk':{'N':'1'}}]},'UnprocessedKeys':{}}")},
      {"BatchGetItem", "{'RequestItems':{" + single + "'AttributesToGet':['w'],'ProjectionExpression':'v'}}}", mixed},
      {"BatchGetItem",
       "{'RequestItems':{" + single + "'AttributesToGet':['w']}," + pair + ",'ProjectionExpression':'v'}}}", mixed},
      {"BatchGetItem",
       "{'RequestItems':{" + pair + ",'ProjectionExpression':'v'}," + single + "'AttributesToGet':['w']}}}", mixed},
      // Before everything else of the table that makes it a mixture.
      {"BatchGetItem",
       "{'RequestItems':{" + pair +
           ",'ProjectionExpression':'v'},'None':{'Keys':[{'a':{}}],'AttributesToGet':['w','w'],"
           "'ExpressionAttributeNames':{'a':'a'}}}}",
       mixed},
  });
  const std::string large(400'000, 'x');
  std::string keys;
  for (int i = 0; i < 42; ++i) {
    const std::string key = "{'pk':{'S':'" + std::to_string(i) + "'}}";
    Put("Single", key.substr(0, key.size() - 1) + ",'v':{'S':'" + large + "'}}");
    keys += (keys.empty() ? "" : ",") + key;
  }
  const std::string answer =
      Send("BatchGetItem", "{'RequestItems':{'Single':{'Keys':[" + keys + "],'AttributesToGet':['none',null,'v']}}}");
  EXPECT_TRUE(answer.ends_with(
      Quoted("'UnprocessedKeys':{'Single':{'Keys':[{'pk':{'S':'41'}}],'AttributesToGet':['none','v']}}}")))
      << answer.substr(answer.size() - 200);
}

TEST_F(LegacyReadsTest, KeyConditionsSelectAsKeyConditionExpressionsDo) {
  for (int i = 0; i < 6; ++i) {
    Put("Pair", fmt::format("{{'pk':{{'S':'p'}},'sk':{{'N':'{}'}}}}", i));
  }
  for (const std::string_view word : {"alpha", "alphabet", "beta"}) {
    Put("Words", fmt::format("{{'pk':{{'S':'p'}},'sk':{{'S':'{}'}}}}", word));
  }
  const std::string partition = "'pk':" + Condition("EQ", "{'S':'p'}");
  const auto select = [&](std::string_view table, std::string_view type, const std::string& on_sort,
                          std::string_view members = "") {
    const std::string answer =
        Send("Query", KeyConditions(table, partition + (on_sort.empty() ? "" : ",'sk':" + on_sort),
                                    std::string(",'AttributesToGet':['sk']") + std::string(members)));
    std::string found;
    const std::string opening = fmt::format("{{\"sk\":{{\"{}\":\"", type);
    for (size_t at = answer.find(opening); at != std::string::npos; at = answer.find(opening, at + 1)) {
      const size_t begin = at + opening.size();
      found += answer.substr(begin, answer.find('"', begin) - begin) + " ";
    }
    return found.empty() ? answer : found;
  };
  EXPECT_EQ(select("Pair", "N", ""), "0 1 2 3 4 5 ");
  EXPECT_EQ(select("Pair", "N", Condition("EQ", "{'N':'3.0'}")), "3 ");
  EXPECT_EQ(select("Pair", "N", Condition("LT", "{'N':'2'}")), "0 1 ");
  EXPECT_EQ(select("Pair", "N", Condition("LE", "{'N':'2'}")), "0 1 2 ");
  EXPECT_EQ(select("Pair", "N", Condition("GT", "{'N':'3'}")), "4 5 ");
  EXPECT_EQ(select("Pair", "N", Condition("GE", "{'N':'3'}")), "3 4 5 ");
  EXPECT_EQ(select("Pair", "N", Condition("BETWEEN", "{'N':'1'},{'N':'3'}")), "1 2 3 ");
  EXPECT_EQ(select("Pair", "N", Condition("GE", "{'N':'2'}"), ",'ScanIndexForward':false,'Limit':2"), "5 4 ");
  EXPECT_EQ(select("Words", "S", Condition("BEGINS_WITH", "{'S':'alph'}")), "alpha alphabet ");

  // Beside a filter and a projection of the newer form; the order of entries does not matter.
  Check({
      {"Query",
       KeyConditions("Pair", "'sk':" + Condition("LT", "{'N':'3'}") + "," + partition,
                     ",'FilterExpression':'attribute_not_exists(absent)','ProjectionExpression':'sk','Limit':1"),
       Quoted("{'Items':[{'sk':{'N':'0'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'p'},"
              "'sk':{'N':'0'}}}")},
      {"Query",
       KeyConditions("Pair", partition + ",'sk':" + Condition("GE", "{'N':'1'}"),
                     ",'ExclusiveStartKey':{'pk':{'S':'p'},'sk':{'N':'0'}}"),
       Invalid("The provided starting key does not match the range key predicate")},
      {"Query",
       KeyConditions("Pair", partition,
                     ",'ExclusiveStartKey':{'pk':{'S':'p'},'sk':{'N':'4'}},'Select':'COUNT',"
                     "'ReturnConsumedCapacity':'INDEXES','ConsistentRead':true"),
       Quoted("{'Count':1,'ScannedCount':1,'ConsumedCapacity':{'TableName':'Pair','CapacityUnits':1.0,"
              "'Table':{'CapacityUnits':1.0}}}")},
  });
}

TEST_F(LegacyReadsTest, KeyConditionsThatCannotBeAreRefused) {
  const std::string eq = Condition("EQ", "{'S':'p'}");
  const std::string one = Condition("EQ", "{'N':'1'}");
  const std::string unsupported = Invalid("Query key condition not supported");
  const std::string not_indexable = Invalid("Attempted conditional constraint is not an indexable operation");
  const std::string type_mismatch = InvalidParameter("Condition parameter type does not match schema type");
  const auto missed = [](std::string_view name) {
    return Invalid(fmt::format("Query condition missed key schema element: {}", name));
  };
  Check({
      {"Query", "{'TableName':'None'}",
       Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")},
      {"Query", "{'TableName':'None','KeyConditions':null}",
       Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")},
      {"Query", KeyConditions("None", ""), Invalid("Conditions can be of length 1 or 2 only")},
      {"Query", KeyConditions("None", "'a':" + eq + ",'b':" + eq + ",'c':" + eq),
       Invalid("Conditions can be of length 1 or 2 only")},
      {"Query", KeyConditions("None", "'pk':" + eq + ",'sk':" + Condition("EQ")),
       InvalidParameter("Invalid number of argument(s) for the EQ ComparisonOperator")},
      {"Query", KeyConditions("None", "'pk':" + Condition("NE", "{'S':'p'}")), not_indexable},
      {"Query", KeyConditions("None", "'pk':" + eq + ",'sk':" + Condition("NULL")), not_indexable},
      {"Query", KeyConditions("None", "'pk':" + eq + ",'sk':" + Condition("NOT_NULL")), not_indexable},
      {"Query", KeyConditions("None", "'pk':" + eq + ",'sk':" + Condition("CONTAINS", "{'S':'p'}")), not_indexable},
      {"Query", KeyConditions("None", "'pk':" + eq + ",'sk':" + Condition("NOT_CONTAINS", "{'S':'p'}")), not_indexable},
      {"Query", KeyConditions("None", "'pk':" + eq + ",'sk':" + Condition("IN", "{'S':'p'},{'S':'q'}")), not_indexable},
      {"Query", KeyConditions("None", "'pk':" + eq), NotFound()},
      {"Query", KeyConditions("Pair", "'sk':" + one), missed("pk")},
      {"Query", KeyConditions("Pair", "'pk':" + eq + ",'other':" + one), missed("sk")},
      {"Query", KeyConditions("Single", "'pk':" + eq + ",'sk':" + one), unsupported},
      {"Query", KeyConditions("Pair", "'pk':" + Condition("LT", "{'S':'p'}")), unsupported},
      {"Query", KeyConditions("Pair", "'pk':" + Condition("BEGINS_WITH", "{'S':'p'}") + ",'sk':" + one), unsupported},
      {"Query", KeyConditions("Pair", "'pk':" + one), type_mismatch},
      {"Query", KeyConditions("Pair", "'pk':" + eq + ",'sk':" + eq), type_mismatch},
      {"Query", KeyConditions("Pair", "'pk':" + eq + ",'sk':" + Condition("EQ", "{'BOOL':true}")), type_mismatch},
      {"Query", KeyConditions("Pair", "'pk':" + Condition("EQ", "{'S':''}")),
       Invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
               "empty string value. Key: pk")},
      {"Query", KeyConditions("Pair", "'pk':" + Condition("EQ", "{'S':'" + std::string(2049, 'x') + "'}")),
       InvalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes")},
      {"Query", KeyConditions("Pair", "'pk':" + eq, ",'IndexName':'nope'"),
       Invalid("The table does not have the specified index: nope")},
  });
}

TEST_F(LegacyReadsTest, SelectKnowsTheLegacyProjection) {
  Put("Single", "{'pk':{'S':'a'},'v':{'N':'1'}}");
  const std::string key = "'pk':" + Condition("EQ", "{'S':'a'}");
  const auto refused = [](std::string_view what) {
    return Invalid(fmt::format("Cannot specify the AttributesToGet when choosing to get {}", what));
  };
  const std::string found = Quoted("{'Items':[{'v':{'N':'1'}}],'Count':1,'ScannedCount':1}");
  for (const auto& [operation, request] : {
           std::pair{"Query", KeyConditions("Single", key, ",'AttributesToGet':['v'],'Select':")},
           std::pair{"Scan", std::string("{'TableName':'Single','AttributesToGet':['v'],'Select':}")},
       }) {
    const std::string open = request.substr(0, request.size() - 1);
    Check({
        {operation, open + "'SPECIFIC_ATTRIBUTES'}", found},
        {operation, open + "null}", found},
        {operation, open + "'ALL_ATTRIBUTES'}", refused("ALL_ATTRIBUTES")},
        {operation, open + "'COUNT'}", refused("only the Count")},
        {operation, open + "'ALL_PROJECTED_ATTRIBUTES'}",
         Invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")},
        {operation, open + "'ALL_PROJECTED_ATTRIBUTES','IndexName':'nope'}", refused("ALL_PROJECTED_ATTRIBUTES")},
    });
  }
}

TEST_F(LegacyReadsTest, FiltersCombineByAndOrOr) {
  for (int i = 0; i < 4; ++i) {
    Put("Pair", fmt::format("{{'pk':{{'S':'p'}},'sk':{{'N':'{}'}},'v':{{'N':'{}'}}{}}}", i, i % 2,
                            i == 3 ? ",'only':{'S':'three'}" : ""));
  }
  const std::string v = "'v':" + Condition("EQ", "{'N':'0'}");
  const std::string only = "'only':" + Condition("BEGINS_WITH", "{'S':'th'}");
  const std::string partition = "'pk':" + Condition("EQ", "{'S':'p'}");
  const std::string count = ",'Select':'COUNT','ReturnConsumedCapacity':'TOTAL'";
  const auto answer = [](int passed) {
    return Quoted(
        fmt::format("{{'Count':{},'ScannedCount':4,'ConsumedCapacity':{{'TableName':'Pair',"
                    "'CapacityUnits':0.5}}}}",
                    passed));
  };
  const auto filters = [&](const std::string& operation, const std::string& member) {
    const auto request = [&](const std::string& filter, const std::string& more) {
      return (operation == "Scan" ? "{'TableName':'Pair'" : "{'TableName':'Pair','KeyConditions':{" + partition + "}") +
             ",'" + member + "':{" + filter + "}" + count + more + "}";
    };
    Check({
        {operation, request("", ""), answer(4)},
        {operation, request(v, ""), answer(2)},
        {operation, request(v + "," + only, ""), answer(0)},
        {operation, request(v + "," + only, ",'ConditionalOperator':'AND'"), answer(0)},
        {operation, request(v + "," + only, ",'ConditionalOperator':'OR'"), answer(3)},
        {operation, request("'only':" + Condition("NULL"), ""), answer(3)},
        {operation, request("'only':" + Condition("NE", "{'S':'three'}"), ""), answer(3)},
        {operation, request("'only':" + Condition("NOT_CONTAINS", "{'S':'hre'}"), ""), answer(3)},
        {operation, request("'v':" + Condition("IN", "{'N':'7'},{'N':'1'}"), ""), answer(2)},
    });
  };
  filters("Scan", "ScanFilter");
  filters("Query", "QueryFilter");
  Check({
      {"Scan", "{'TableName':'Pair','ScanFilter':{'sk':" + Condition("GE", "{'N':'3'}") + "},'AttributesToGet':['v']}",
       Quoted("{'Items':[{'v':{'N':'1'}}],'Count':1,'ScannedCount':4}")},
      {"Query", KeyConditions("Pair", partition, ",'QueryFilter':{'sk':" + Condition("NULL") + "}"),
       Invalid("QueryFilter can only contain non-primary key attributes: Primary key attribute: sk")},
      {"Query",
       KeyConditions("Pair", partition,
                     ",'QueryFilter':{'v':" + Condition("NULL") + ",'pk':" + Condition("NULL") + "}"),
       Invalid("QueryFilter can only contain non-primary key attributes: Primary key attribute: pk")},
      {"Query", KeyConditions("Pair", partition, ",'FilterExpression':'attribute_exists(sk)'"),
       Invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: sk")},
      {"Query", KeyConditions("Pair", partition, ",'QueryFilter':{'sk.x':" + Condition("NOT_NULL") + "}"),
       Quoted("{'Items':[],'Count':0,'ScannedCount':4}")},
  });
}

}  // namespace
}  // namespace basalt::server

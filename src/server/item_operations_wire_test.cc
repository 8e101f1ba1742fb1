// PutItem, GetItem, UpdateItem and DeleteItem on the wire: what they return in each mode, and what they cost.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

class ItemOperationsWireTest : public WireTest {
 protected:
  void SetUp() override { CreateTable("Items", "S"); }

  std::string Update(std::string_view expression, std::string_view return_values, std::string_view values = "") {
    return Send("UpdateItem", fmt::format("{{'TableName':'Items','Key':{{'pk':{{'S':'a'}}}},'UpdateExpression':'{}',"
                                          "'ReturnValues':'{}'{}}}",
                                          expression, return_values,
                                          values.empty() ? "" : ",'ExpressionAttributeValues':" + std::string(values)));
  }
};

std::string Attributes(std::string_view item) { return Quoted(fmt::format("{{'Attributes':{}}}", item)); }

TEST_F(ItemOperationsWireTest, PutAndDeleteReturnTheOldItem) {
  const std::string put = "{'TableName':'Items','ReturnValues':'ALL_OLD','Item':{'pk':{'S':'a'},'v':{'N':'";
  const std::string key = "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ReturnValues':'ALL_OLD'}";
  Check({
      {"PutItem", put + "1'}}}", "{}"},
      {"PutItem", put + "2'}}}", Attributes("{'pk':{'S':'a'},'v':{'N':'1'}}")},
      {"PutItem", "{'TableName':'Items','ReturnValues':'NONE','Item':{'pk':{'S':'a'},'w':{'N':'3'}}}", "{}"},
      {"DeleteItem", key, Attributes("{'pk':{'S':'a'},'w':{'N':'3'}}")},
      {"DeleteItem", key, "{}"},
  });
  for (const std::string mode : {"ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"}) {
    Check({
        {"PutItem", "{'TableName':'Items','Item':{'pk':{'S':'a'}},'ReturnValues':'" + mode + "'}",
         Invalid("ReturnValues can only be ALL_OLD or NONE")},
        {"DeleteItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ReturnValues':'" + mode + "'}",
         Invalid("ReturnValues can only be ALL_OLD or NONE")},
    });
  }
}

TEST_F(ItemOperationsWireTest, UpdateReturnsWhatItIsAskedFor) {
  const std::string one = "{':n':{'N':'1'}}";
  EXPECT_EQ(Update("SET n = :n", "ALL_OLD", one), "{}");
  EXPECT_EQ(Update("ADD n :n", "ALL_OLD", one), Attributes("{'n':{'N':'1'},'pk':{'S':'a'}}"));
  EXPECT_EQ(Update("ADD n :n", "ALL_NEW", one), Attributes("{'n':{'N':'3'},'pk':{'S':'a'}}"));
  EXPECT_EQ(Update("ADD n :n", "UPDATED_OLD", one), Attributes("{'n':{'N':'3'}}"));
  EXPECT_EQ(Update("ADD n :n", "UPDATED_NEW", one), Attributes("{'n':{'N':'5'}}"));
  EXPECT_EQ(Update("SET extra = :n", "UPDATED_OLD", one), "{}");
  EXPECT_EQ(Update("REMOVE extra", "UPDATED_NEW"), "{}");
  EXPECT_EQ(Update("REMOVE extra", "UPDATED_OLD"), "{}");
  EXPECT_EQ(
      Update("SET m = :m", "UPDATED_NEW", "{':m':{'M':{'x':{'N':'1'},'y':{'L':[{'S':'p'},{'S':'q'},{'S':'r'}]}}}}"),
      Attributes("{'m':{'M':{'x':{'N':'1'},'y':{'L':[{'S':'p'},{'S':'q'},{'S':'r'}]}}}}"));
  // Nested targets keep their nesting, list elements close up, what is absent is left out.
  const std::string values = "{':n':{'N':'1'},':s':{'S':'new'}}";
  EXPECT_EQ(Update("SET m.x = m.x + :n, m.y[2] = :s, m.z = :s", "UPDATED_OLD", values),
            Attributes("{'m':{'M':{'x':{'N':'1'},'y':{'L':[{'S':'r'}]}}}}"));
  EXPECT_EQ(Update("SET m.x = m.x + :n, m.y[0] = :s REMOVE m.z", "UPDATED_NEW", values),
            Attributes("{'m':{'M':{'x':{'N':'3'},'y':{'L':[{'S':'new'}]}}}}"));
  EXPECT_EQ(Update("REMOVE m.x, m.y[0], m.y[1]", "UPDATED_OLD"),
            Attributes("{'m':{'M':{'x':{'N':'3'},'y':{'L':[{'S':'new'},{'S':'q'}]}}}}"));
  EXPECT_EQ(Send("GetItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}}}"),
            Quoted("{'Item':{'m':{'M':{'y':{'L':[{'S':'new'}]}}},'n':{'N':'5'},'pk':{'S':'a'}}}"));
  EXPECT_EQ(Update("SET n = :n", "NONE", one), "{}");
  for (const std::string mode : {"UPDATED_OLD", "UPDATED_NEW"}) {
    EXPECT_EQ(Send("UpdateItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ReturnValues':'" + mode + "'}"), "{}");
  }
  EXPECT_EQ(Update("SET n = :n", "SOME", one),
            OneConstraint("Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value "
                          "set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"));
}

TEST_F(ItemOperationsWireTest, AFailedConditionReturnsTheItemWhenAsked) {
  ASSERT_EQ(Send("PutItem", "{'TableName':'Items','Item':{'pk':{'S':'a'},'v':{'N':'1'}}}"), "{}");
  const std::string body = ConditionFailed();
  const std::string with_item = body.substr(0, body.size() - 1) + Quoted(",'Item':{'pk':{'S':'a'},'v':{'N':'1'}}}");
  const std::string asked = ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}";
  const std::string not_asked = ",'ReturnValuesOnConditionCheckFailure':'NONE'}";
  const std::string condition = ",'ConditionExpression':'attribute_exists(extra)'";
  for (const std::string operation : {"PutItem", "UpdateItem", "DeleteItem"}) {
    const std::string member = operation == "PutItem" ? "'Item'" : "'Key'";
    const std::string existing = "{'TableName':'Items'," + member + ":{'pk':{'S':'a'}}" + condition;
    const std::string missing = "{'TableName':'Items'," + member + ":{'pk':{'S':'none'}}" + condition;
    Check({
        {operation, existing + "}", body},
        {operation, existing + not_asked, body},
        {operation, existing + asked, with_item},
        {operation, missing + asked, body},
        {operation, existing + ",'ReturnValuesOnConditionCheckFailure':'ALL_NEW'}",
         OneConstraint("Value 'ALL_NEW' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member "
                       "must satisfy enum value set: [ALL_OLD, NONE]")},
    });
  }
}

TEST_F(ItemOperationsWireTest, ReadsCostByTheWholeItem) {
  const std::string get =
      "{'TableName':'Items','Key':{'pk':{'S':'a'}},'ProjectionExpression':'absent',"
      "'ReturnConsumedCapacity':'";
  const auto capacity = [](std::string_view units, bool indexes = false) {
    return Quoted(fmt::format("'ConsumedCapacity':{{'TableName':'Items','CapacityUnits':{}{}}}}}", units,
                              indexes ? fmt::format(",'Table':{{'CapacityUnits':{}}}", units) : ""));
  };
  const std::string item = Quoted("{'Item':{},");
  Check({
      {"GetItem", get + "TOTAL'}", "{" + capacity("0.5")},
      {"GetItem", get + "TOTAL','ConsistentRead':true}", "{" + capacity("1.0")},
      {"PutItem", "{'TableName':'Items','Item':{'pk':{'S':'a'},'v':{'S':'" + std::string(8192 - 4, 'x') + "'}}}", "{}"},
      {"GetItem", get + "NONE'}", Quoted("{'Item':{}}")},
      {"GetItem", get + "TOTAL'}", item + capacity("1.0")},
      {"GetItem", get + "INDEXES','ConsistentRead':true}", item + capacity("2.0", true)},
      {"UpdateItem",
       "{'TableName':'Items','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET w = :w',"
       "'ExpressionAttributeValues':{':w':{'S':''}}}",
       "{}"},
      {"GetItem", get + "TOTAL','ConsistentRead':true}", item + capacity("3.0")},
      {"Scan", "{'TableName':'Items','Select':'COUNT','ReturnConsumedCapacity':'TOTAL'}",
       Quoted("{'Count':1,'ScannedCount':1,") + capacity("1.5")},
      {"Query",
       "{'TableName':'Items','Select':'COUNT','ReturnConsumedCapacity':'INDEXES','ConsistentRead':true,"
       "'KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'none'}}}",
       Quoted("{'Count':0,'ScannedCount':0,") + capacity("1.0", true)},
      {"GetItem", get + "SOME'}",
       OneConstraint("Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum "
                     "value set: [INDEXES, TOTAL, NONE]")},
  });
}

TEST_F(ItemOperationsWireTest, WritesCostByTheLargerItem) {
  const auto put = [](size_t size_bytes) {
    return "{'TableName':'Items','ReturnConsumedCapacity':'TOTAL','Item':{'pk':{'S':'a'},'v':{'S':'" +
           std::string(size_bytes - 4, 'x') + "'}}}";
  };
  const auto capacity = [](std::string_view units, std::string_view table = "Items") {
    return Quoted(fmt::format("{{'ConsumedCapacity':{{'TableName':'{}','CapacityUnits':{}}}}}", table, units));
  };
  const std::string key = "{'TableName':'Items','ReturnConsumedCapacity':'TOTAL','Key':{'pk':{'S':'a'}}";
  Check({
      {"PutItem", put(1024), capacity("1.0")},
      {"PutItem", put(1025), capacity("2.0")},
      {"PutItem", put(10), capacity("2.0")},
      {"PutItem", put(3000), capacity("3.0")},
      {"UpdateItem", key + ",'UpdateExpression':'REMOVE v'}", capacity("3.0")},
      {"UpdateItem", key + ",'UpdateExpression':'REMOVE v'}", capacity("1.0")},
      {"PutItem", put(5000), capacity("5.0")},
      {"DeleteItem", key + "}", capacity("5.0")},
      {"DeleteItem", key + "}", capacity("1.0")},
      {"UpdateItem", key + ",'UpdateExpression':'REMOVE v'}", capacity("1.0")},
      {"DeleteItem",
       "{'TableName':'arn:aws:dynamodb:us-east-1:111111111111:table/Items','ReturnConsumedCapacity':'TOTAL',"
       "'Key':{'pk':{'S':'a'}}}",
       capacity("1.0", "arn:aws:dynamodb:us-east-1:111111111111:table/Items")},
      {"PutItem",
       "{'TableName':'Items','ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE',"
       "'ReturnValues':'ALL_OLD','Item':{'pk':{'S':'a'}}}",
       Quoted("{'ConsumedCapacity':{'TableName':'Items','CapacityUnits':1.0,'Table':{'CapacityUnits':1.0}}}")},
      {"PutItem",
       "{'TableName':'Items','ReturnConsumedCapacity':'TOTAL','ReturnValues':'ALL_OLD',"
       "'Item':{'pk':{'S':'a'}}}",
       Quoted("{'Attributes':{'pk':{'S':'a'}},'ConsumedCapacity':{'TableName':'Items','CapacityUnits':1.0}}")},
  });
}

TEST_F(ItemOperationsWireTest, ItemCollectionMetricsAreAbsentWithoutLocalIndexes) {
  for (const std::string mode : {"SIZE", "NONE"}) {
    const std::string asked = ",'ReturnItemCollectionMetrics':'" + mode + "'}";
    Check({
        {"PutItem", "{'TableName':'Items','Item':{'pk':{'S':'a'}}" + asked, "{}"},
        {"UpdateItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}}" + asked, "{}"},
        {"DeleteItem", "{'TableName':'Items','Key':{'pk':{'S':'a'}}" + asked, "{}"},
        {"BatchWriteItem", "{'RequestItems':{'Items':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}" + asked,
         Quoted("{'UnprocessedItems':{}}")},
    });
  }
  const std::string refused = OneConstraint(
      "Value 'ALL' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: "
      "[SIZE, NONE]");
  const std::string asked = ",'ReturnItemCollectionMetrics':'ALL'}";
  Check({
      {"PutItem", "{'TableName':'Items','Item':{}" + asked, refused},
      {"UpdateItem", "{'TableName':'Items','Key':{}" + asked, refused},
      {"DeleteItem", "{'TableName':'Items','Key':{}" + asked, refused},
      {"BatchWriteItem", "{'RequestItems':{'Items':[{'PutRequest':{'Item':{}}}]}" + asked, refused},
  });
}

}  // namespace
}  // namespace basalt::server

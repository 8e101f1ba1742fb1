// Throttling on the wire: which calls on tables and indexes are held to which units, what they are answered, what they
// are charged, and how long they have to wait.
#include <string>
#include <string_view>
#include <vector>

#include "server/throttling_fixture.h"

namespace basalt::server {
namespace {

TEST_F(ThrottlingTest, ATableGivesFiveMinutesOfItsUnitsAndThenWhatItHasASecond) {
  const Mode& mode = Modes()[0];
  Create("Orders", mode, Provisioned(2, 1));
  const std::string no_writes = NoProvisionedUnits({{"TableWrite", "Orders"}});
  const std::string no_reads = NoProvisionedUnits({{"TableRead", "Orders"}});
  EXPECT_EQ(PutsAnswered("Orders", no_writes), 300);
  EXPECT_EQ(ReadsAnswered("Orders", no_reads), 600);
  for (int second = 0; second < 5; ++second) {
    clock.AdvanceMs(kSecondMs);
    EXPECT_EQ(PutsAnswered("Orders", no_writes), 1);
    EXPECT_EQ(ReadsAnswered("Orders", no_reads), 2);
  }
  clock.AdvanceMs(20 * kSecondMs);
  EXPECT_EQ(PutsAnswered("Orders", no_writes), 20);
  clock.AdvanceMs(3600 * kSecondMs);
  EXPECT_EQ(PutsAnswered("Orders", no_writes), 300);
}

TEST_F(ThrottlingTest, AMaximumKeepsNoMoreThanASecond) {
  Create("Orders", Modes()[1], Maximum(20, 10));
  const std::string no_writes = OverMaximum({{"TableWrite", "Orders"}});
  const std::string no_reads = OverMaximum({{"TableRead", "Orders"}});
  for (const int64_t pause_s : {0, 1, 1, 60, 3600}) {
    clock.AdvanceMs(pause_s * kSecondMs);
    EXPECT_EQ(PutsAnswered("Orders", no_writes), 10);
    EXPECT_EQ(ReadsAnswered("Orders", no_reads), 20);
  }
  clock.AdvanceMs(kSecondMs / 2);
  EXPECT_EQ(PutsAnswered("Orders", no_writes), 5);
}

TEST_F(ThrottlingTest, EveryReadOfATableIsHeldToItsUnits) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(1, 0));
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("big", "'x':{'S':'x'}," + Text(kBigBytes)))), "{}");
    clock.AdvanceMs(400 * kSecondMs);
    const std::string refused = mode.refused({{"TableRead", table}});
    const std::vector<std::pair<std::string, std::string>> reads = {
        {"GetItem", KeyOf(table, "big", ",'ConsistentRead':true")},
        {"BatchGetItem", "{'RequestItems':{'" + table + "':{'Keys':[" + Key("big") + "]}}}"},
        {"Query", QueryOf(table, "big")},
        {"Query", QueryOf(table, "none", ",'ReturnConsumedCapacity':'TOTAL'")},
        {"Scan", "{'TableName':'" + table + "','Select':'COUNT'}"},
        {"Scan", "{'TableName':'" + table + "','IndexName':'local'}"},
        {"Query", fmt::format("{{'TableName':'{}','IndexName':'local','KeyConditionExpression':'pk = :p AND l = :p',"
                              "'ExpressionAttributeValues':{{':p':{{'S':'x'}}}}}}",
                              table)}};
    // A call that finds anything takes all it costs; the next one waits until that is made up for.
    while (Send("GetItem", reads[0].second).starts_with("{\"Item\":")) {
    }
    for (const auto& [operation, request] : reads) {
      EXPECT_EQ(Send(operation, request), refused) << operation << " " << request;
    }
    // Nothing else is out of units.
    EXPECT_TRUE(Send("Query", IndexQueryOf(table, "x", "x")).starts_with("{\"Items\":[{"));
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("small"))), "{}");
    // What waits for nothing does not either.
    EXPECT_EQ(Send("GetItem", "{'TableName':'" + table + "','Key':{'pk':{'S':'x'}}}"), Invalid(kSchemaMismatch));
    for (const auto& [operation, request] : reads) {
      clock.AdvanceMs(400 * kSecondMs);
      EXPECT_EQ(Send(operation, request).find("__type"), std::string::npos) << operation << " " << request;
    }
  }
}

TEST_F(ThrottlingTest, EveryWriteOfATableIsHeldToItsUnits) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(0, 1));
    const std::string big = PutOf(table, Item("big", Text(kBigBytes)));
    const std::string refused = mode.refused({{"TableWrite", table}});
    const std::vector<std::pair<std::string, std::string>> writes = {
        {"PutItem", PutOf(table, Item("new"))},
        {"PutItem", PutOf(table, Item("big"), ",'ConditionExpression':'attribute_exists(absent)'")},
        {"UpdateItem", KeyOf(table, "new", ",'UpdateExpression':'REMOVE v'")},
        {"DeleteItem", KeyOf(table, "new")},
        {"BatchWriteItem", "{'RequestItems':{'" + table + "':[{'PutRequest':{'Item':" + Item("new") + "}}]}}"},
        {"BatchWriteItem", "{'RequestItems':{'" + table + "':[{'DeleteRequest':{'Key':" + Key("big") + "}}]}}"}};
    ASSERT_EQ(Send("PutItem", big), "{}");
    for (const auto& [operation, request] : writes) {
      EXPECT_EQ(Send(operation, request), refused) << operation << " " << request;
    }
    EXPECT_EQ(Send("GetItem", KeyOf(table, "new")), "{}");
    EXPECT_TRUE(Send("GetItem", KeyOf(table, "big")).starts_with("{\"Item\":"));
    EXPECT_EQ(Send("DeleteItem", "{'TableName':'" + table + "','Key':{'pk':{'S':'x'}}}"), Invalid(kSchemaMismatch));
    // 400 units were taken of one a second.
    const int64_t kept_s = mode.name == "PROVISIONED" ? 300 : 1;
    clock.AdvanceMs((400 - kept_s) * kSecondMs);
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("new"))), refused);
    clock.AdvanceMs(1);
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("new"))), "{}");
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("new"))), refused);
  }
}

TEST_F(ThrottlingTest, AReadOfAGlobalIndexIsHeldToItsOwnUnits) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(0, 0), mode.limits(1, 0), mode.limits(0, 0));
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("big", "'x':{'S':'x'},'y':{'S':'x'}," + Text(kBigBytes)))), "{}");
    while (Send("Query", IndexQueryOf(table, "x", "x")).starts_with("{\"Items\":")) {
    }
    const std::string refused = mode.refused({{"IndexRead", table + "/index/by-x"}});
    EXPECT_EQ(Send("Query", IndexQueryOf(table, "x", "none")), refused);
    EXPECT_EQ(Send("Scan", "{'TableName':'" + table + "','IndexName':'by-x'}"), refused);
    EXPECT_TRUE(Send("Query", IndexQueryOf(table, "y", "x")).starts_with("{\"Items\":[{"));
    EXPECT_TRUE(Send("Scan", "{'TableName':'" + table + "'}").starts_with("{\"Items\":[{"));
    EXPECT_TRUE(Send("GetItem", KeyOf(table, "big")).starts_with("{\"Item\":"));
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("other", "'x':{'S':'x'}"))), "{}");
    clock.AdvanceMs(100 * kSecondMs);
    EXPECT_TRUE(Send("Query", IndexQueryOf(table, "x", "x")).starts_with("{\"Items\":[{"));
  }
}

TEST_F(ThrottlingTest, AWriteThatTouchesAnIndexWithoutUnitsIsRefusedAsAWhole) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(0, 0), mode.limits(0, 1), mode.limits(0, 1));
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("kept", "'x':{'S':'k'},'y':{'S':'k'}"))), "{}");
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("plain"))), "{}");
    clock.AdvanceMs(10 * kSecondMs);
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("big", "'x':{'S':'x'}," + Text(kBigBytes)))), "{}");
    const std::string no_x = mode.refused({{"IndexWrite", table + "/index/by-x"}});
    const std::string update = ",'UpdateExpression':'SET {} = :v','ExpressionAttributeValues':{{':v':{{'S':'new'}}}}";
    const std::vector<std::pair<std::string, std::string>> refused = {
        {"PutItem", PutOf(table, Item("new", "'x':{'S':'x'}"))},
        {"PutItem", PutOf(table, Item("kept"))},
        {"UpdateItem", KeyOf(table, "plain", fmt::format(fmt::runtime(update), "x"))},
        {"UpdateItem", KeyOf(table, "kept", fmt::format(fmt::runtime(update), "v"))},
        {"DeleteItem", KeyOf(table, "kept")},
        {"BatchWriteItem", "{'RequestItems':{'" + table + "':[{'DeleteRequest':{'Key':" + Key("kept") + "}}]}}"}};
    for (const auto& [operation, request] : refused) {
      EXPECT_EQ(Send(operation, request), no_x) << operation << " " << request;
    }
    // Nothing of them was done, in the table or in an index.
    EXPECT_EQ(Send("GetItem", KeyOf(table, "new")), "{}");
    EXPECT_EQ(Send("GetItem", KeyOf(table, "plain")), Quoted("{'Item':" + Item("plain") + "}"));
    EXPECT_NE(Send("Query", IndexQueryOf(table, "y", "k")).find("kept"), std::string::npos);
    EXPECT_NE(Send("Query", IndexQueryOf(table, "x", "k")).find("kept"), std::string::npos);
    // A condition that does not hold is said first: the index would not be touched.
    EXPECT_EQ(Send("DeleteItem", KeyOf(table, "kept", ",'ConditionExpression':'attribute_exists(absent)'")),
              ConditionFailed());
    // What does not touch the index goes on.
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("kept", "'x':{'S':'k'},'y':{'S':'k'}"))), "{}");
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("other", "'y':{'S':'x'}"))), "{}");
    EXPECT_EQ(Send("UpdateItem", KeyOf(table, "plain", fmt::format(fmt::runtime(update), "v"))), "{}");
    EXPECT_EQ(Send("DeleteItem", KeyOf(table, "plain")), "{}");
    // Of several indexes each is named.
    clock.AdvanceMs(10 * kSecondMs);
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("big-too", "'y':{'S':'x'}," + Text(kBigBytes)))), "{}");
    EXPECT_EQ(Send("DeleteItem", KeyOf(table, "kept")),
              mode.refused({{"IndexWrite", table + "/index/by-x"}, {"IndexWrite", table + "/index/by-y"}}));
    clock.AdvanceMs(500 * kSecondMs);
    EXPECT_EQ(Send("DeleteItem", KeyOf(table, "kept")), "{}");
  }
}

TEST_F(ThrottlingTest, CallsAreChargedWhatTheyCost) {
  constexpr int kUnits = 50;
  const Mode& mode = Modes()[1];
  Create("Writes", mode, Maximum(0, kUnits));
  Create("Indexed", mode, Maximum(0, 0), Maximum(0, kUnits), Maximum(0, 0));
  Create("Reads", mode, Maximum(kUnits, 0), Maximum(kUnits, 0), Maximum(0, 0));
  const std::string no_writes = OverMaximum({{"TableWrite", "Writes"}});
  const std::string no_index_writes = OverMaximum({{"IndexWrite", "Indexed/index/by-x"}});
  const std::string no_reads = OverMaximum({{"TableRead", "Reads"}});
  const std::string no_index_reads = OverMaximum({{"IndexRead", "Reads/index/by-x"}});
  const std::string stored =
      "'x':{'S':'x'},'l':{'S':'x'}," + Text(5000);  // 5 write units, 2 read units; as an entry too
  const std::string fails = ",'ConditionExpression':'attribute_exists(absent)'";
  struct Case {
    std::string operation;
    std::string request;
    int units;  // of the 50
  };

  const auto writes_taken = [&](const Case& one) {
    EXPECT_EQ(Send("PutItem", PutOf("Writes", Item("x", Text(5000)))), "{}");
    EXPECT_EQ(Send("PutItem", PutOf("Writes", Item("local", "'l':{'S':'x'}," + Text(5000)))), "{}");
    clock.AdvanceMs(kSecondMs);
    Send(one.operation, one.request);
    return kUnits - PutsAnswered("Writes", no_writes);
  };
  const std::vector<Case> writes = {
      {"PutItem", PutOf("Writes", Item("new")), 1},
      {"PutItem", PutOf("Writes", Item("new", Text(2100))), 3},
      {"PutItem", PutOf("Writes", Item("x")), 5},
      {"PutItem", PutOf("Writes", Item("local", Text(10))), 10},  // with the entry that goes
      {"UpdateItem", KeyOf("Writes", "x", ",'UpdateExpression':'REMOVE v'"), 5},
      {"DeleteItem", KeyOf("Writes", "x"), 5},
      {"DeleteItem", KeyOf("Writes", "none"), 1},
      {"BatchWriteItem",
       "{'RequestItems':{'Writes':[{'DeleteRequest':{'Key':" + Key("x") +
           "}},{'PutRequest':{'Item':" + Item("z", Text(1500)) + "}},{'DeleteRequest':{'Key':" + Key("none") + "}}]}}",
       8},
      // A condition that does not hold has its price: of the item that was to be put, or that is there.
      {"PutItem", PutOf("Writes", Item("none", Text(3000)), fails), 1},
      {"PutItem", PutOf("Writes", Item("x", Text(2100)), fails), 3},
      {"UpdateItem", KeyOf("Writes", "x", fails), 5},
      {"UpdateItem", KeyOf("Writes", "none", fails), 1},
      {"DeleteItem", KeyOf("Writes", "x", fails), 5},
      {"DeleteItem", KeyOf("Writes", "none", fails), 1},
      // What is refused otherwise has none.
      {"PutItem", PutOf("Writes", Item("x", "'x':{'N':'1'}")), 0},
      {"DeleteItem", "{'TableName':'Writes','Key':{'pk':{'S':'x'}}}", 0},
      {"UpdateItem",
       KeyOf("Writes", "x", ",'UpdateExpression':'SET v = v + :n','ExpressionAttributeValues':{':n':{'N':'1'}}"), 0},
      {"GetItem", KeyOf("Writes", "x"), 0},
  };
  for (const Case& one : writes) {
    EXPECT_EQ(writes_taken(one), one.units) << one.operation << " " << one.request.substr(0, 200);
    clock.AdvanceMs(kSecondMs);
  }

  const auto index_writes_taken = [&](const Case& one) {
    EXPECT_EQ(Send("PutItem", PutOf("Indexed", Item("x", stored))), "{}");
    EXPECT_EQ(Send("PutItem", PutOf("Indexed", Item("plain"))), "{}");
    EXPECT_EQ(Send("DeleteItem", KeyOf("Indexed", "new")), "{}");
    clock.AdvanceMs(kSecondMs);
    EXPECT_EQ(Send(one.operation, one.request).find("hrottling"), std::string::npos);
    const int left = Answered("PutItem",
                              "{{'TableName':'Indexed','Item':{{'pk':{{'S':'one'}},'sk':{{'S':'s'}},"
                              "'x':{{'S':'one'}},'z':{{'N':'{}'}}}}}}",
                              no_index_writes);
    clock.AdvanceMs(kSecondMs);
    EXPECT_EQ(Send("DeleteItem", KeyOf("Indexed", "one")), "{}");
    return kUnits - left;
  };
  const std::vector<Case> index_writes = {
      {"PutItem", PutOf("Indexed", Item("new", "'x':{'S':'x'}")), 1},
      {"PutItem", PutOf("Indexed", Item("new", Text(5000))), 0},
      {"PutItem", PutOf("Indexed", Item("x", "'x':{'S':'y'}")), 6},
      {"PutItem", PutOf("Indexed", Item("x", "'x':{'S':'x'}")), 5},
      {"PutItem", PutOf("Indexed", Item("x", stored)), 0},
      {"UpdateItem", KeyOf("Indexed", "x", ",'UpdateExpression':'REMOVE x'"), 5},
      {"DeleteItem", KeyOf("Indexed", "x"), 5},
      {"DeleteItem", KeyOf("Indexed", "plain"), 0},
      {"DeleteItem", KeyOf("Indexed", "x", fails), 0},
      {"BatchWriteItem",
       "{'RequestItems':{'Indexed':[{'DeleteRequest':{'Key':" + Key("x") +
           "}},{'PutRequest':{'Item':" + Item("new", "'x':{'S':'x'}") + "}}]}}",
       6},
  };
  for (const Case& one : index_writes) {
    EXPECT_EQ(index_writes_taken(one), one.units) << one.operation << " " << one.request.substr(0, 200);
    clock.AdvanceMs(kSecondMs);
  }

  ASSERT_EQ(Send("PutItem", PutOf("Reads", Item("x", stored))), "{}");
  const std::string strong = ",'ConsistentRead':true";
  const std::vector<Case> reads = {
      {"GetItem", KeyOf("Reads", "x", strong), 2},
      {"GetItem", KeyOf("Reads", "x"), 1},
      {"GetItem", KeyOf("Reads", "none", strong), 1},
      {"BatchGetItem",
       "{'RequestItems':{'Reads':{'ConsistentRead':true,'Keys':[" + Key("x") + "," + Key("none") + "]}}}", 3},
      {"Query", QueryOf("Reads", "x", strong), 2},
      {"Query", QueryOf("Reads", "x", strong + ",'Select':'COUNT','FilterExpression':'attribute_exists(absent)'"), 2},
      {"Scan", "{'TableName':'Reads'" + strong + "}", 2},
      {"Scan", "{'TableName':'Reads','IndexName':'local'" + strong + "}", 2},
      {"Query", IndexQueryOf("Reads", "x", "x"), 0},
      {"PutItem", PutOf("Reads", Item("z")), 0},
  };
  for (const Case& one : reads) {
    clock.AdvanceMs(kSecondMs);
    Send(one.operation, one.request);
    EXPECT_EQ(kUnits - ReadsAnswered("Reads", no_reads), one.units) << one.operation << " " << one.request;
  }
  // Half units count as such; a global index is charged for itself.
  for (const auto& [request, halves] :
       {std::pair(IndexQueryOf("Reads", "x", "x"), 2), std::pair(IndexQueryOf("Reads", "x", "none"), 1)}) {
    clock.AdvanceMs(kSecondMs);
    Send("Query", request);
    EXPECT_EQ(2 * kUnits - Answered("Scan",
                                    "{{'TableName':'Reads','IndexName':'by-x','Limit':1,'Select':'COUNT',"
                                    "'ExclusiveStartKey':{{'pk':{{'S':'x'}},'sk':{{'S':'s'}},"
                                    "'x':{{'S':'x'}}}}}}",
                                    no_index_reads),
              halves);
  }
}

TEST_F(ThrottlingTest, ABatchLeavesOverWhatATableHasNoUnitsFor) {
  const Mode& mode = Modes()[1];
  Create("Few", mode, Maximum(3, 3));
  Create("Many", mode, Maximum(0, 0));
  const auto put = [](const std::string& item) { return "{'PutRequest':{'Item':" + item + "}}"; };
  const std::string gone = "{'DeleteRequest':{'Key':" + Key("gone") + "}}";
  // One unit, two units; then nothing is left.
  const std::string some = put(Item("1")) + "," + put(Item("2", Text(1500)));
  const std::string rest = put(Item("3", "'z':{'N':'3'}")) + "," + gone + "," + put(Item("4"));
  const std::string members = ",'ReturnConsumedCapacity':'TOTAL','ReturnItemCollectionMetrics':'SIZE'";
  const auto metrics = [](const std::vector<std::string>& keys) {
    std::string out;
    for (const std::string& key : keys) {
      out += fmt::format("{}{{'ItemCollectionKey':{{'pk':{{'S':'{}'}}}},'SizeEstimateRangeGB':[0.0,1.0]}}",
                         out.empty() ? "" : ",", key);
    }
    return "[" + out + "]";
  };
  EXPECT_EQ(Send("BatchWriteItem",
                 "{'RequestItems':{'Few':[" + some + "," + rest + "],'Many':[" + put(Item("5")) + "]}" + members + "}"),
            Quoted("{'UnprocessedItems':{'Few':[" + rest + "]},'ItemCollectionMetrics':{'Few':" + metrics({"1", "2"}) +
                   ",'Many':" + metrics({"5"}) +
                   "},'ConsumedCapacity':[{'TableName':'Few','CapacityUnits':3.0},"
                   "{'TableName':'Many','CapacityUnits':1.0}]}"));
  for (const auto& [pk, is_there] : {std::pair("1", true), {"2", true}, {"3", false}, {"4", false}}) {
    EXPECT_EQ(Send("GetItem", KeyOf("Few", pk)).starts_with("{\"Item\":"), is_there) << pk;
  }
  // Of a table without any units all is left over, if something was done elsewhere.
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'Few':[" + rest + "],'Many':[" + gone + "]}}"),
            Quoted("{'UnprocessedItems':{'Few':[" + rest + "]}}"));
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'Few':[" + rest + "]}}"), OverMaximum({{"TableWrite", "Few"}}));
  clock.AdvanceMs(kSecondMs);
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'Few':[" + rest + "]}}"), "{\"UnprocessedItems\":{}}");

  clock.AdvanceMs(kSecondMs);
  const std::string left = "[" + Key("3") + "," + Key("none") + "]";
  const std::string names = "'ProjectionExpression':'#n','ExpressionAttributeNames':{'#n':'z'}";
  EXPECT_EQ(Send("BatchGetItem", "{'RequestItems':{'Few':{'Keys':[" + Key("1") + "," + Key("2") + "," + Key("4") + "," +
                                     left.substr(1) + ",'ConsistentRead':true," + names + "},'Many':{'Keys':[" +
                                     Key("5") + "]}},'ReturnConsumedCapacity':'TOTAL'}"),
            Quoted("{'Responses':{'Few':[{},{},{}],'Many':[" + Item("5") +
                   "]},'UnprocessedKeys':{'Few':{'Keys':" + left + ",'ConsistentRead':true," + names +
                   "}},'ConsumedCapacity':[{'TableName':'Few','CapacityUnits':3.0},"
                   "{'TableName':'Many','CapacityUnits':0.5}]}"));
  EXPECT_EQ(
      Send("BatchGetItem", "{'RequestItems':{'Few':{'Keys':" + left + "},'Many':{'Keys':[" + Key("5") + "]}}}"),
      Quoted("{'Responses':{'Few':[],'Many':[" + Item("5") + "]},'UnprocessedKeys':{'Few':{'Keys':" + left + "}}}"));
  EXPECT_EQ(Send("BatchGetItem", "{'RequestItems':{'Few':{'Keys':" + left + "}}}"),
            OverMaximum({{"TableRead", "Few"}}));
}

TEST_F(ThrottlingTest, ABatchLeavesOverWhatAnIndexHasNoUnitsFor) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(0, 0), mode.limits(0, 1), mode.limits(0, 0));
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("old", "'x':{'S':'x'}"))), "{}");
    clock.AdvanceMs(500 * kSecondMs);
    const auto put = [](const std::string& item) { return "{'PutRequest':{'Item':" + item + "}}"; };
    const std::string first = put(Item("big", "'x':{'S':'x'}," + Text(kBigBytes)));
    const std::string second = put(Item("second", "'x':{'S':'x'}"));
    const std::string old = "{'DeleteRequest':{'Key':" + Key("old") + "}}";
    EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'" + table + "':[" + first + "," + second + "," +
                                         put(Item("plain")) + "," + old + "]}}"),
              Quoted("{'UnprocessedItems':{'" + table + "':[" + second + "," + old + "]}}"));
    EXPECT_EQ(Send("GetItem", KeyOf(table, "plain")), Quoted("{'Item':" + Item("plain") + "}"));
    EXPECT_EQ(Send("GetItem", KeyOf(table, "second")), "{}");
    EXPECT_NE(Send("Query", IndexQueryOf(table, "x", "x", ",'ProjectionExpression':'pk'")).find("old"),
              std::string::npos);
    AwaitDescription(table, "\"ItemCount\":3");
    const std::string refused = mode.refused({{"IndexWrite", table + "/index/by-x"}});
    EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'" + table + "':[" + second + "," + old + "]}}"), refused);
  }
}

TEST_F(ThrottlingTest, ATransactionIsCancelledForWantOfUnits) {
  for (const Mode& mode : Modes()) {
    const bool is_provisioned = mode.name == "PROVISIONED";
    const std::string code = is_provisioned ? "ProvisionedThroughputExceeded" : "ThrottlingError";
    // The text of a single call that is refused so.
    const auto reason = [&](const std::string& refused) {
      const std::string member = "\"message\":";
      const size_t at = refused.find(member) + member.size();
      return "{'Code':'" + code + "','Message':" + refused.substr(at, refused.find(",\"", at) - at) + "}";
    };
    const std::string few = mode.name + "-few";
    const std::string many = mode.name + "-many";
    const std::string none = "{'Code':'None'}";
    Create(few, mode, mode.limits(1, 1), mode.limits(0, 1), mode.limits(0, 0));
    Create(many, mode, mode.limits(0, 0), mode.limits(0, 1), mode.limits(0, 0));
    const auto put = [](const std::string& table, const std::string& item) {
      return "{'Put':{'TableName':'" + table + "','Item':" + item + "}}";
    };
    const auto get = [](const std::string& table, std::string_view pk) {
      return "{'Get':{'TableName':'" + table + "','Key':" + Key(pk) + "}}";
    };
    const auto entries = [](const std::string& list, std::string_view members = "") {
      return fmt::format("{{'TransactItems':[{}]{}}}", list, members);
    };
    const std::string once =
        entries(put(few, Item("big", Text(kBigBytes))), ",'ClientRequestToken':'once " + mode.name + "'");
    ASSERT_EQ(Send("TransactWriteItems", once), "{}");
    ASSERT_EQ(Send("PutItem", PutOf(many, Item("big", "'x':{'S':'x'}," + Text(kBigBytes)))), "{}");
    const std::string no_table = reason(mode.refused({{"TableWrite", few}}));
    const std::string no_index = reason(mode.refused({{"IndexWrite", many + "/index/by-x"}}));
    const std::string failed = "{'Code':'ConditionalCheckFailed','Message':'The conditional request failed'}";
    const std::string check =
        "{'ConditionCheck':{'TableName':'" + many + "','Key':" + Key("big") + ",'ConditionExpression':'pk = sk'}}";
    Check({
        {"TransactWriteItems", entries(put(few, Item("1")) + "," + put(many, Item("1"))),
         Canceled(code + ", None", no_table + "," + none)},
        {"TransactWriteItems", entries(put(many, Item("1", "'x':{'S':'x'}")) + "," + put(many, Item("2"))),
         Canceled(code + ", None", no_index + "," + none)},
        {"TransactWriteItems", entries(check + "," + put(few, Item("1")) + "," + put(many, Item("1"))),
         Canceled("ConditionalCheckFailed, " + code + ", None", failed + "," + no_table + "," + none)},
        {"TransactWriteItems", entries(put(few, Item("1"))), Canceled(code, no_table)},
        {"GetItem", KeyOf(many, "1"), "{}"},
        {"TransactWriteItems", entries(put(many, Item("2"))), "{}"},
    });
    while (Send("TransactGetItems", entries(get(few, "big"))).starts_with("{\"Responses\":")) {
    }
    Check({
        {"TransactGetItems", entries(get(many, "2") + "," + get(few, "none")),
         Canceled("None, " + code, none + "," + reason(mode.refused({{"TableRead", few}})))},
        {"TransactGetItems", entries(get(many, "2")), Quoted("{'Responses':[{'Item':" + Item("2") + "}]}")},
    });
    // Twice what a write or a read of its own costs: 800 units of those that were kept, and one a second.
    const int64_t kept = is_provisioned ? 300 : 1;
    clock.AdvanceMs((800 - kept) * kSecondMs);
    EXPECT_EQ(Send("TransactWriteItems", entries(put(few, Item("1")))), Canceled(code, no_table));
    clock.AdvanceMs(1);
    EXPECT_EQ(Send("TransactWriteItems", entries(put(few, Item("1")))), "{}");
  }
}

TEST_F(ThrottlingTest, TransactionsAreChargedWhatTheyCost) {
  constexpr int kUnits = 50;
  Create("Orders", Modes()[1], Maximum(kUnits, kUnits));
  const auto entries = [](const std::string& list, std::string_view members = "") {
    return fmt::format("{{'TransactItems':[{}]{}}}", list, members);
  };
  const std::string put = "{'Put':{'TableName':'Orders','Item':" + Item("x", Text(5000)) + "}}";
  const std::string check = "{'ConditionCheck':{'TableName':'Orders','Key':" + Key("y") + ",'ConditionExpression':'";
  const auto taken = [&](const std::string& operation, const std::string& request) {
    clock.AdvanceMs(kSecondMs);
    Send(operation, request);
    const int writes = kUnits - PutsAnswered("Orders", OverMaximum({{"TableWrite", "Orders"}}));
    const int reads = kUnits - ReadsAnswered("Orders", OverMaximum({{"TableRead", "Orders"}}));
    return std::pair(writes, reads);
  };
  const std::string once = entries(put, ",'ClientRequestToken':'once'");
  EXPECT_EQ(taken("TransactWriteItems", once), std::pair(10, 0));
  EXPECT_EQ(taken("TransactWriteItems", once), std::pair(0, 4)) << "told again, it is a read";
  EXPECT_EQ(taken("TransactWriteItems", entries(put + "," + check + "attribute_not_exists(pk)'}}")), std::pair(12, 0));
  EXPECT_EQ(taken("TransactWriteItems", entries(put + "," + check + "attribute_exists(pk)'}}")), std::pair(0, 0))
      << "a cancelled one costs nothing";
  EXPECT_EQ(taken("TransactGetItems", entries("{'Get':{'TableName':'Orders','Key':" + Key("x") +
                                              "}},{'Get':{'TableName':'Orders','Key':" + Key("y") + "}}")),
            std::pair(0, 6));
}

// Who asks again because the answer was lost must not be told that nothing has happened.
TEST_F(ThrottlingTest, ATransactionThatHasHappenedIsToldSoWhateverUnitsAreLeft) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(1, 1), mode.limits(0, 1), mode.limits(0, 0));
    const auto write = [&](std::string_view pk, std::string_view token) {
      return fmt::format(
          "{{'TransactItems':[{{'Put':{{'TableName':'{}','Item':{}}}}}],'ClientRequestToken':'{}',"
          "'ReturnConsumedCapacity':'TOTAL'}}",
          table, Item(pk, "'x':{'S':'x'}," + Text(kBigBytes)), mode.name.substr(0, 20) + std::string(token));
    };
    const std::string first = Send("TransactWriteItems", write("big", "first"));
    EXPECT_NE(first.find("\"WriteCapacityUnits\""), std::string::npos) << first;
    const std::string again =
        Quoted("{'ConsumedCapacity':[{'TableName':'" + table + "','CapacityUnits':200.0,'ReadCapacityUnits':200.0}]}");
    EXPECT_EQ(Send("TransactWriteItems", write("big", "first")), again);
    EXPECT_EQ(Send("TransactWriteItems", write("big", "first")), again) << "not for want of units for reads either";
    const std::string other = Send("TransactWriteItems", write("big", "other"));
    EXPECT_NE(other.find("TransactionCanceledException"), std::string::npos) << other;
    EXPECT_NE(Send("TransactWriteItems", write("new", "first")).find("IdempotentParameterMismatchException"),
              std::string::npos);
  }
}

TEST_F(ThrottlingTest, ItemsExpireWithoutUnitsAndTakeNone) {
  for (const Mode& mode : Modes()) {
    const std::string table = mode.name;
    Create(table, mode, mode.limits(0, 1), mode.limits(0, 1), mode.limits(0, 0));
    const std::string enabled =
        Send("UpdateTimeToLive",
             "{'TableName':'" + table + "','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}");
    ASSERT_TRUE(enabled.starts_with("{\"TimeToLiveSpecification\"")) << enabled;
    const std::string due = fmt::format("'due':{{'N':'{}'}}", clock.WallMs() / 1000 - 60);
    ASSERT_EQ(Send("PutItem", PutOf(table, Item("big", "'x':{'S':'x'}," + due + "," + Text(kBigBytes)))), "{}");
    const std::string refused = mode.refused({{"TableWrite", table}});
    ASSERT_EQ(Send("DeleteItem", KeyOf(table, "big")), refused);
    ASSERT_TRUE(server_.RunDueChores().ok());
    EXPECT_EQ(Send("GetItem", KeyOf(table, "big")), "{}");
    EXPECT_EQ(Send("Scan", "{'TableName':'" + table + "','IndexName':'by-x','Select':'COUNT'}"),
              Quoted("{'Count':0,'ScannedCount':0}"));
    // 400 units of the put are to be made up for, and nothing else.
    const int64_t kept_s = mode.name == "PROVISIONED" ? 300 : 1;
    clock.AdvanceMs((400 - kept_s) * kSecondMs);
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("new", "'x':{'S':'x'}"))), refused);
    clock.AdvanceMs(1);
    EXPECT_EQ(Send("PutItem", PutOf(table, Item("new", "'x':{'S':'x'}"))), "{}");
  }
}

TEST_F(ThrottlingTest, ChangedUnitsCountAtOnceAndBringNoBurst) {
  Create("Orders", Modes()[0], Provisioned(0, 1), Provisioned(0, 1), Provisioned(0, 0));
  const std::string refused = NoProvisionedUnits({{"TableWrite", "Orders"}});
  const auto update = [&](const std::string& members) {
    const std::string updated = Send("UpdateTable", "{'TableName':'Orders'," + members + "}");
    EXPECT_TRUE(updated.starts_with("{\"TableDescription\":")) << updated;
    AwaitDescription("Orders", "\"TableStatus\":\"ACTIVE\"");
  };
  EXPECT_EQ(PutsAnswered("Orders", refused), 300);
  update(Provisioned(0, 40));
  EXPECT_EQ(PutsAnswered("Orders", refused), 0);
  clock.AdvanceMs(kSecondMs);
  EXPECT_EQ(PutsAnswered("Orders", refused), 40);
  update("'BillingMode':'PAY_PER_REQUEST'");
  EXPECT_EQ(PutsAnswered("Orders", refused), -1) << "nothing limits it";
  update("'OnDemandThroughput':{'MaxWriteRequestUnits':7}");
  EXPECT_EQ(PutsAnswered("Orders", OverMaximum({{"TableWrite", "Orders"}})), 7);
  update("'OnDemandThroughput':{'MaxWriteRequestUnits':-1}");
  EXPECT_EQ(PutsAnswered("Orders", refused), -1);
  update("'BillingMode':'PROVISIONED'," + Provisioned(0, 5) +
         ",'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-x'," + Provisioned(0, 2) +
         "}},{'Update':{'IndexName':'by-y'," + Provisioned(0, 2) + "}}]");
  EXPECT_EQ(PutsAnswered("Orders", refused), 5) << "a second's worth";
  clock.AdvanceMs(100 * kSecondMs);
  EXPECT_EQ(PutsAnswered("Orders", refused), 500);
  // The index has had 102 seconds, of two units each.
  clock.AdvanceMs(300 * kSecondMs);
  EXPECT_EQ(Answered("PutItem",
                     "{{'TableName':'Orders','Item':{{'pk':{{'S':'one'}},'sk':{{'S':'s'}},'x':{{'S':'one'}},"
                     "'z':{{'N':'{}'}}}}}}",
                     NoProvisionedUnits({{"IndexWrite", "Orders/index/by-x"}})),
            600);
}

TEST_F(ThrottlingTest, WithoutMaximaAnOnDemandTableTakesWhatItIsGiven) {
  CreateTable("Orders", "S");
  // One key, in one moment: 6,000 write units and as many read units as that takes at the service.
  const std::string item = fmt::format("{{'pk':{{'S':'hot'}},{}}}", Text(kBigBytes));
  for (int i = 0; i < 15; ++i) {
    ASSERT_EQ(Send("PutItem", "{'TableName':'Orders','Item':" + item + "}"), "{}");
  }
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(Send("GetItem", "{'TableName':'Orders','ConsistentRead':true,'Key':{'pk':{'S':'hot'}}}")
                    .starts_with("{\"Item\":"));
  }
}

// States of indexes that pass only when a test says so.
InProcessOptions WithLastingIndexStates(os::Clock& clock) {
  InProcessOptions options = By(clock);
  options.catalogue_settings.delays.index_allocating_ms = 3600 * kSecondMs;
  return options;
}

class GrowingIndexTest : public ThrottlingTest {
 protected:
  GrowingIndexTest() : ThrottlingTest(WithLastingIndexStates) {}
};

TEST_F(GrowingIndexTest, AnIndexThatIsMadeTakesUnitsForWritesAloneAndOnlyForWhatIsThere) {
  CreateTable("Orders", "S");
  const auto item = [](int number, std::string_view value) {
    return fmt::format("{{'pk':{{'S':'{}'}},'x':{{'S':'{}'}}}}", number, value);
  };
  const auto put = [&](int number) { return "{'PutRequest':{'Item':" + item(number, "new") + "}}"; };
  const auto deletion = [](int number) {
    return fmt::format("{{'DeleteRequest':{{'Key':{{'pk':{{'S':'{}'}}}}}}}}", number);
  };
  for (int number = 0; number < 8; ++number) {
    ASSERT_EQ(Send("PutItem", "{'TableName':'Orders','Item':" + item(number, "old") + "}"), "{}");
  }
  const std::string created =
      Send("UpdateTable",
           "{'TableName':'Orders','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},"
           "{'AttributeName':'x','AttributeType':'S'}],'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'by-x',"
           "'Projection':{'ProjectionType':'ALL'},'KeySchema':[{'AttributeName':'x','KeyType':'HASH'}],"
           "'OnDemandThroughput':{'MaxReadRequestUnits':10,'MaxWriteRequestUnits':2}}}]}");
  ASSERT_NE(created.find("\"Backfilling\":false"), std::string::npos) << created;
  // Entries of the old items are not there yet, so a put costs one unit and a deletion none.
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'Orders':[" + put(0) + "," + put(1) + "," + put(2) + "," +
                                       deletion(3) + "]},'ReturnConsumedCapacity':'INDEXES'}"),
            Quoted("{'UnprocessedItems':{'Orders':[" + put(2) +
                   "]},'ConsumedCapacity':[{'TableName':'Orders','CapacityUnits':5.0,'Table':{'CapacityUnits':3.0},"
                   "'GlobalSecondaryIndexes':{'by-x':{'CapacityUnits':2.0}}}]}"));
  const std::string refused = OverMaximum({{"IndexWrite", "Orders/index/by-x"}});
  EXPECT_EQ(Send("PutItem", "{'TableName':'Orders','Item':" + item(4, "new") + "}"), refused);
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Orders','Key':{'pk':{'S':'0'}}}"), refused);
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Orders','Key':{'pk':{'S':'5'}}}"), "{}");
  // Five entries of old items are made out of no units.
  clock.AdvanceMs(3600 * kSecondMs);
  AwaitDescription("Orders", "\"IndexStatus\":\"ACTIVE\"");
  AwaitDescription("Orders", "\"ItemCount\":6");
  EXPECT_NE(Send("Scan", "{'TableName':'Orders','IndexName':'by-x','Select':'COUNT'}").find("\"Count\":6"),
            std::string::npos);
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Orders','Key':{'pk':{'S':'0'}}}"), "{}");
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Orders','Key':{'pk':{'S':'1'}}}"), "{}");
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Orders','Key':{'pk':{'S':'2'}}}"), refused);
}

}  // namespace
}  // namespace basalt::server

// Tables with secondary indexes on the wire: what CreateTable and UpdateTable ask of an index and in which words, what
// descriptions show of it, and the states it goes through with its table.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr int64_t kStartMs = 1'791'489'600'000;  // Thursday, October 8, 2026, 8:00:00 PM UTC
constexpr int64_t kStateMs = 1'000;

table::CatalogueSettings SlowStates() {
  table::CatalogueSettings settings;
  settings.delays = {.creating_ms = 0,
                     .deleting_ms = 0,
                     .throughput_ms = kStateMs,
                     .billing_mode_ms = kStateMs,
                     .table_class_ms = kStateMs,
                     .index_allocating_ms = kStateMs,
                     .index_backfilling_ms = kStateMs,
                     .index_updating_ms = kStateMs,
                     .index_deleting_ms = kStateMs};
  return settings;
}

// A base of its own, so that the clock is there before the server and after it.
struct ClockHolder {
  os::ManualClock clock{kStartMs};
};

std::string Busy(std::string_view text) {
  return InUse(fmt::format("Attempt to change a resource which is still in use: {}", text));
}
std::string SubscriberLimit(std::string_view text) {
  return LimitExceeded(fmt::format("Subscriber limit exceeded: {}", text));
}

std::string Element(std::string_view name, std::string_view role) {
  return fmt::format("{{'AttributeName':'{}','KeyType':'{}'}}", name, role);
}
std::string Hash(std::string_view name) { return Element(name, "HASH"); }
std::string Range(std::string_view name) { return Element(name, "RANGE"); }

constexpr std::string_view kAll = "{'ProjectionType':'ALL'}";

// Members of an index; `more` follows.
std::string Index(std::string_view name, std::string_view keys, std::string_view projection = kAll,
                  std::string_view more = "") {
  return fmt::format("{{'IndexName':'{}','KeySchema':[{}],'Projection':{}{}}}", name, keys, projection, more);
}
std::string Local(std::string_view indexes) { return fmt::format(",'LocalSecondaryIndexes':[{}]", indexes); }
std::string Global(std::string_view indexes) { return fmt::format(",'GlobalSecondaryIndexes':[{}]", indexes); }
std::string Units(int64_t read, int64_t write) {
  return fmt::format("'ProvisionedThroughput':{{'ReadCapacityUnits':{},'WriteCapacityUnits':{}}}", read, write);
}

// Each letter is an attribute of type S.
std::string Definitions(std::string_view letters) {
  std::string text;
  for (const char letter : letters) {
    text += fmt::format("{}{{'AttributeName':'{}','AttributeType':'S'}}", text.empty() ? "" : ",", letter);
  }
  return fmt::format("'AttributeDefinitions':[{}]", text);
}

constexpr std::string_view kOnDemand = "'BillingMode':'PAY_PER_REQUEST'";

class IndexTablesWireTest : protected ClockHolder, public WireTest {
 protected:
  explicit IndexTablesWireTest(table::CatalogueSettings settings = SlowStates())
      : WireTest({.catalogue_settings = settings, .clock = clock}) {}

  // With keys a and b.
  static std::string Create(std::string_view letters, std::string_view indexes, std::string_view capacity = kOnDemand,
                            std::string_view name = "Music") {
    return fmt::format("{{'TableName':'{}','KeySchema':[{},{}],{},{}{}}}", name, Hash("a"), Range("b"),
                       Definitions(letters), capacity, indexes);
  }
  void Make(std::string_view letters, std::string_view indexes, std::string_view capacity = kOnDemand) {
    const std::string created = Send("CreateTable", Create(letters, indexes, capacity));
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  }
  std::string Update(std::string_view members) {
    return Send("UpdateTable", fmt::format("{{'TableName':'Music',{}}}", members));
  }
  static std::string Updates(std::string_view elements) {
    return fmt::format("'GlobalSecondaryIndexUpdates':[{}]", elements);
  }
  static std::string Creation(std::string_view index) { return fmt::format("{{'Create':{}}}", index); }
  static std::string Change(std::string_view name, std::string_view throughput) {
    return fmt::format("{{'Update':{{'IndexName':'{}',{}}}}}", name, throughput);
  }
  static std::string Deletion(std::string_view name) { return fmt::format("{{'Delete':{{'IndexName':'{}'}}}}", name); }
  // A request that makes an index on `key`.
  static std::string Adds(std::string_view name, std::string_view key = "g", std::string_view more = "") {
    return Updates(Creation(Index(name, Hash(key), kAll, more))) + "," + Definitions(key);
  }
  std::string Describe() { return Send("DescribeTable", "{'TableName':'Music'}"); }
  void CheckUpdates(const std::vector<std::pair<std::string, std::string>>& updates) {
    for (const auto& [members, answer] : updates) {
      EXPECT_EQ(Update(members), answer) << members;
    }
  }
  void CheckCreations(const std::vector<std::pair<std::string, std::string>>& creations) {
    for (const auto& [request, answer] : creations) {
      EXPECT_EQ(Send("CreateTable", request), answer) << request;
    }
  }
  void ExpectPart(const std::string& body, std::string_view part) {
    EXPECT_NE(body.find(Quoted(part)), std::string::npos) << part << "\nin " << body;
  }
  void ExpectNoPart(const std::string& body, std::string_view part) {
    EXPECT_EQ(body.find(Quoted(part)), std::string::npos) << part << "\nin " << body;
  }
  void ExpectAccepted(std::string_view members, std::string_view part) { ExpectPart(Update(members), part); }
  // A delay may begin only after the clock was moved on, when work beside it is done: then it is moved on again.
  void NextState(std::string_view part) {
    const std::string wanted = Quoted(part);
    std::string seen;
    for (int attempt = 0; attempt < 20; ++attempt) {
      clock.AdvanceMs(kStateMs);
      for (int poll = 0; poll < 500; ++poll) {
        seen = Describe();
        if (seen.find(wanted) != std::string::npos) {
          return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    FAIL() << "never showed " << wanted << "\nbut " << seen;
  }
};

TEST_F(IndexTablesWireTest, ConstraintsOfIndexes) {
  const auto at = [](std::string_view value, std::string_view path, std::string_view rule) {
    return OneConstraint(
        fmt::format("Value {} at '{}' failed to satisfy constraint: Member must {}", value, path, rule));
  };
  const std::string first = "globalSecondaryIndexes.1.member";
  CheckCreations({
      {Create("ab", Global("{'KeySchema':[" + Hash("a") + "],'Projection':{}}")),
       at("null", first + ".indexName", "not be null")},
      {Create("ab", Global(Index("x", Hash("a")))),
       at("'x'", first + ".indexName", "have length greater than or equal to 3")},
      {Create("ab", Global(Index("x y", Hash("a")))),
       at("'x y'", first + ".indexName", "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")},
      {Create("ab", Global("{'IndexName':'idx','Projection':{}}")), at("null", first + ".keySchema", "not be null")},
      {Create("ab", Global("{'IndexName':'idx','KeySchema':[" + Hash("a") + "]}")),
       at("null", first + ".projection", "not be null")},
      {Create("ab", Global(Index("idx", ""))),
       at("'[]'", first + ".keySchema", "have length greater than or equal to 1")},
      {Create("ab", Global(Index("idx", Element("a", "SORT")))),
       at("'SORT'", first + ".keySchema.1.member.keyType", "satisfy enum value set: [HASH, RANGE]")},
      {Create("ab", Global(Index("idx", Hash("a"), "{'ProjectionType':'SOME'}"))),
       at("'SOME'", first + ".projection.projectionType", "satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]")},
      {Create("ab", Global(Index("idx", Hash("a"), "{'ProjectionType':'INCLUDE','NonKeyAttributes':[]}"))),
       at("'[]'", first + ".projection.nonKeyAttributes", "have length greater than or equal to 1")},
      {Create("ab", Global(Index("idx", Hash("a"), "{'ProjectionType':'INCLUDE','NonKeyAttributes':['']}"))),
       at("''", first + ".projection.nonKeyAttributes.1.member", "have length greater than or equal to 1")},
      {Create("ab", Global(Index("idx", Hash("a"), kAll,
                                 ",'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':0}"))),
       at("'0'", first + ".provisionedThroughput.writeCapacityUnits", "have value greater than or equal to 1")},
      {Create("ab", Global("null")), at("null", first, "not be null")},
      {Create("ab", Global("'x'")), Misfit("Unexpected value type in payload")},
  });
  std::string names = "'n0'";
  for (int i = 1; i < 21; ++i) {
    names += fmt::format(",'n{}'", i);
  }
  for (const auto& [index, tail] : std::vector<std::pair<std::string, std::string>>{
           {Local(Index("idx", Hash("a") + "," + Range("b") + "," + Range("c"))), "2"},
           {Global(Index("idx", Hash("a"), "{'ProjectionType':'INCLUDE','NonKeyAttributes':[" + names + "]}")),
            "20"}}) {
    const std::string answer = Send("CreateTable", Create("abc", index));
    EXPECT_TRUE(answer.find("1 validation error detected: Value ") != std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("Member must have length less than or equal to " + tail + "\"}")) << answer;
  }
  EXPECT_EQ(Update(Updates("{'Update':{}}")),
            at("null", "globalSecondaryIndexUpdates.1.member.update.indexName", "not be null"));
  EXPECT_EQ(
      Update(Updates("{'Delete':{'IndexName':'x'}}")),
      at("'x'", "globalSecondaryIndexUpdates.1.member.delete.indexName", "have length greater than or equal to 3"));
  EXPECT_EQ(Update(Updates("{'Create':{'IndexName':'idx','KeySchema':[" + Hash("g") + "]}}")),
            at("null", "globalSecondaryIndexUpdates.1.member.create.projection", "not be null"));
}

TEST_F(IndexTablesWireTest, IndexesOfANewTableAreCheckedInTheServicesOrder) {
  const std::string local = Hash("a") + "," + Range("c");
  const auto hash_only = [](std::string_view indexes) {
    return fmt::format("{{'TableName':'Music','KeySchema':[{}],{},{}{}}}", Hash("a"), Definitions("a"), kOnDemand,
                       indexes);
  };
  const auto not_defined = [](std::string_view keys, std::string_view definitions) {
    return InvalidParameter(
        fmt::format("Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], "
                    "AttributeDefinitions: [{}]",
                    keys, definitions));
  };
  const std::string same_names =
      Invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  const std::string include_x = "{'ProjectionType':'INCLUDE','NonKeyAttributes':['x']}";
  CheckCreations({
      {Create("ab", ",'LocalSecondaryIndexes':[]"), InvalidParameter("List of LocalSecondaryIndexes is empty")},
      {Create("ab", ",'GlobalSecondaryIndexes':[]"), InvalidParameter("List of GlobalSecondaryIndexes is empty")},
      // Definitions.
      {Create("abcd", Local(Index("idx", local, "{}"))),
       InvalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c, d], keys used: "
                        "[a, b, c]")},
      {Create("abc", Global(Index("idx", Hash("a")))),
       InvalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], keys used: [a, b]")},
      {Create("ab", Local(Index("idx", local, "{}"))), not_defined("a, c", "a, b")},
      {Create("ab", Global(Index("idx", Hash("x") + "," + Range("x")))), not_defined("x, x", "a, b")},
      // Keys of a local index.
      {hash_only(Local(Index("idx", local))),
       InvalidParameter("Table KeySchema does not have a range key, which is required when specifying a "
                        "LocalSecondaryIndex")},
      {Create("ab", Local(Index("idx", Hash("a") + "," + Range("a")))), same_names},
      {Create("ab", Local(Index("idx", Range("a")))),
       Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")},
      {Create("ab", Local(Index("idx", Hash("a") + "," + Hash("b")))),
       Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")},
      {Create("ab", Local(Index("idx", Hash("b")))),
       InvalidParameter("Index KeySchema does not have a range key for index: idx")},
      {Create("abc", Local(Index("idx", Hash("b") + "," + Range("c"), "{}"))),
       InvalidParameter("Index KeySchema does not have the same leading hash key as table KeySchema for index: idx. "
                        "index hash key: b, table hash key: a")},
      // Keys of a global index.
      {Create("ab", Global(Index("idx", Hash("a") + "," + Range("a")))),
       Invalid("The KeySchema contains multiple key attributes with the same name")},
      {Create("ab", Global(Index("idx", Range("a")))),
       Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")},
      {Create("ab", Global(Index("idx", Range("a") + "," + Hash("b")))),
       InvalidParameter("All HASH key attributes must precede RANGE key attributes in the KeySchema")},
      {Create("abcde",
              Global(Index("idx", Hash("a") + "," + Hash("b") + "," + Hash("c") + "," + Hash("d") + "," + Hash("e")))),
       InvalidParameter("The KeySchema exceeds the maximum allowed number of HASH key attributes")},
      {Create("abcdef", Global(Index("idx",
                                     Hash("a") + "," + Range("b") + "," + Range("c") + "," + Range("d") + "," +
                                         Range("e") + "," + Range("f"),
                                     "{}"))),
       InvalidParameter("The KeySchema exceeds the maximum allowed number of RANGE key attributes")},
      // Projections.
      {Create("abc", Local(Index("idx", local, "{}"))), InvalidParameter("Unknown ProjectionType: null")},
      {Create("abc", Local(Index("idx", local, "{'NonKeyAttributes':['x']}"))),
       InvalidParameter("Unknown ProjectionType: null")},
      {Create("abc", Local(Index("idx", local, "{'ProjectionType':'INCLUDE'}"))),
       InvalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")},
      {Create("abc", Local(Index("idx", local, "{'ProjectionType':'KEYS_ONLY','NonKeyAttributes':['x']}"))),
       InvalidParameter("ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified")},
      {Create("abc", Local(Index("idx", local, "{'ProjectionType':'ALL','NonKeyAttributes':['x']}"))),
       InvalidParameter("ProjectionType is ALL, but NonKeyAttributes is specified")},
      {Create("ab", Global(Index("idx", Hash("b"), "{'ProjectionType':'INCLUDE','NonKeyAttributes':['x','y','x']}"))),
       InvalidParameter("Duplicate element in NonKeyAttributes: x")},
      // Names.
      {Create("abc", Local(Index("idx", local) + "," + Index("idx", local))),
       InvalidParameter("Duplicate index name: idx")},
      {Create("abc", Local(Index("idx", local)) + Global(Index("idx", Hash("b")))),
       InvalidParameter("Duplicate index name: idx")},
      // Throughput.
      {Create("ab", Global(Index("idx", Hash("b"), kAll, "," + Units(1, 1)))),
       InvalidParameter("ProvisionedThroughput should not be specified for index: idx when BillingMode is "
                        "PAY_PER_REQUEST")},
      {Create("ab", Global(Index("idx", Hash("b"))), Units(1, 1)),
       InvalidParameter("ProvisionedThroughput is not specified for index: idx")},
      {Create("ab", Global(Index("idx", Hash("b"), kAll, "," + Units(1'000'000'000'001, 1))), Units(1, 1)),
       Invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds for index idx")},
      {Create(
           "ab",
           Global(Index("idx", Hash("b"), kAll, "," + Units(1, 1) + ",'OnDemandThroughput':{'MaxReadRequestUnits':1}")),
           Units(1, 1)),
       InvalidParameter("MaxReadRequestUnits for OnDemandThroughput for index: idx cannot be specified when table "
                        "BillingMode is PROVISIONED.")},
      {Create("ab", Global(Index("idx", Hash("b"), kAll, ",'OnDemandThroughput':{'MaxWriteRequestUnits':-1}"))),
       InvalidParameter("Requested MaxWriteRequestUnits for OnDemandThroughput for index : idx is outside of valid "
                        "range")},
      {Create("ab", Global(Index("idx", Hash("b"), kAll, ",'WarmThroughput':{'ReadUnitsPerSecond':11999}"))),
       InvalidParameter(
           "Requested ReadUnitsPerSecond for WarmThroughput for index idx is lower than initial "
           "throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
           "on-demand-capacity-mode.html#on-demand-capacity-mode-initial")},
      {Create("ab",
              Global(Index("idx", Hash("b"), kAll, "," + Units(5, 5) + ",'WarmThroughput':{'WriteUnitsPerSecond':4}")),
              Units(1, 1)),
       InvalidParameter("Requested WriteUnitsPerSecond for WarmThroughput for index idx is lower than "
                        "WriteCapacityUnits of ProvisionedThroughput")},
      {Create("ab", Global(Index("idx", Hash("b"), kAll, ",'WarmThroughput':{'ReadUnitsPerSecond':40001}"))),
       SubscriberLimit("Requested ReadUnitsPerSecond for WarmThroughput for index idx exceeds "
                       "TableMaxReadCapacityUnits of the account in region us-east-1")},
      {Create("ab", Global(Index("idx", Hash("b"), kAll, ",'OnDemandThroughput':{'MaxWriteRequestUnits':40001}"))),
       SubscriberLimit("Requested MaxWriteRequestUnits for OnDemandThroughput for index : idx exceeds "
                       "TableMaxWriteCapacityUnits of the account in region us-east-1")},
  });
  // Local indexes before global ones, all of one before the next.
  EXPECT_EQ(Send("CreateTable", Create("ab", Local(Index("idx", Hash("b"))) + Global(Index("idy", Range("a"))))),
            InvalidParameter("Index KeySchema does not have a range key for index: idx"));

  std::string locals;
  std::string globals;
  std::string wide;
  for (int i = 0; i < 21; ++i) {
    const std::string comma = i == 0 ? "" : ",";
    locals += i < 6 ? comma + Index(fmt::format("local{}", i), Hash("a") + "," + Range("b")) : "";
    globals += comma + Index(fmt::format("global{}", i), Hash("b"));
    std::string names;
    for (int n = 0; n < 17; ++n) {
      names += fmt::format("{}'x{}'", n == 0 ? "" : ",", n);
    }
    wide += i < 6 ? comma + Index(fmt::format("wide{}", i), Hash("b"),
                                  "{'ProjectionType':'INCLUDE','NonKeyAttributes':[" + names + "]}")
                  : "";
  }
  CheckCreations({
      {Create("ab", Local(locals)), InvalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5")},
      {Create("ab", Global(globals)), InvalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20")},
      {Create("ab", Global(wide)),
       InvalidParameter("Number of NonKeyAttributes of all indexes exceeds per-table limit of 100: 102")},
  });
  // Nothing of all this is there; what is allowed is.
  EXPECT_EQ(Describe(), NotFound("Requested resource not found: Table: Music not found"));
  Make("abc",
       Local(Index("own-sort-key", Hash("a") + "," + Range("b"))) +
           Global(Index("Music", Hash("a") + "," + Range("b")) + "," +
                  Index("keys-projected", Hash("c"), "{'ProjectionType':'INCLUDE','NonKeyAttributes':['c','a']}")));
}

TEST_F(IndexTablesWireTest, DescriptionsHoldWhatTheServiceShowsOfAnIndex) {
  const std::string request = Create(
      "abcdefgh",
      Local(Index("by-c", Hash("a") + "," + Range("c"), "{'ProjectionType':'INCLUDE','NonKeyAttributes':['z','y']}")) +
          Global(Index("many",
                       Hash("d") + "," + Hash("c") + "," + Hash("e") + "," + Hash("f") + "," + Range("g") + "," +
                           Range("b") + "," + Range("h") + "," + Range("a"),
                       "{'ProjectionType':'INCLUDE','NonKeyAttributes':['z','y']}", "," + Units(3, 4)) +
                 "," +
                 Index("by-d", Hash("d"), "{'ProjectionType':'KEYS_ONLY'}",
                       "," + Units(5, 6) + ",'WarmThroughput':{'ReadUnitsPerSecond':9}")),
      Units(1, 2));
  const std::string created = Send("CreateTable", request);
  const std::string local = Quoted(
      "'LocalSecondaryIndexes':[{'IndexName':'by-c','KeySchema':[{'AttributeName':'a','KeyType':'HASH'},"
      "{'AttributeName':'c','KeyType':'RANGE'}],'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['z','y']},"
      "'IndexSizeBytes':0,'ItemCount':0,"
      "'IndexArn':'arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/by-c'}]");
  const auto global = [](std::string_view status, bool created_now) {
    const auto warm = [](int64_t read, int64_t write, std::string_view state) {
      return fmt::format(",'WarmThroughput':{{'ReadUnitsPerSecond':{},'WriteUnitsPerSecond':{},'Status':'{}'}}", read,
                         write, state);
    };
    return Quoted(fmt::format(
        "'GlobalSecondaryIndexes':[{{'IndexName':'many','KeySchema':[{},{},{},{},{},{},{},{}],"
        "'Projection':{{'ProjectionType':'INCLUDE','NonKeyAttributes':['y','z']}},'IndexStatus':'{}',"
        "'ProvisionedThroughput':{{'NumberOfDecreasesToday':0,'ReadCapacityUnits':3,'WriteCapacityUnits':4}},"
        "'IndexSizeBytes':0,'ItemCount':0,"
        "'IndexArn':'arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/many'{}}},"
        "{{'IndexName':'by-d','KeySchema':[{}],'Projection':{{'ProjectionType':'KEYS_ONLY'}},'IndexStatus':'{}',"
        "'ProvisionedThroughput':{{'NumberOfDecreasesToday':0,'ReadCapacityUnits':5,'WriteCapacityUnits':6}},"
        "'IndexSizeBytes':0,'ItemCount':0,"
        "'IndexArn':'arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/by-d'{}}}]",
        Hash("d"), Hash("c"), Hash("e"), Hash("f"), Range("g"), Range("b"), Range("h"), Range("a"), status,
        created_now ? "" : warm(3, 4, "ACTIVE"), Hash("d"), status, warm(9, 6, created_now ? "UPDATING" : "ACTIVE")));
  };
  ExpectPart(created, local);
  ExpectPart(created, global("CREATING", true));
  ExpectNoPart(created, "Backfilling");
  std::string definitions;
  for (const char letter : std::string("abcdefgh")) {
    definitions +=
        fmt::format("{}{{'AttributeName':'{}','AttributeType':'S'}}", definitions.empty() ? "" : ",", letter);
  }
  ExpectPart(created, "'AttributeDefinitions':[" + definitions + "]");
  AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  ExpectPart(Describe(), local);
  ExpectPart(Describe(), global("ACTIVE", false));
  const std::string deleted = Send("DeleteTable", "{'TableName':'Music'}");
  ExpectPart(deleted, "'TableStatus':'DELETING'");
  ExpectPart(deleted, "'IndexStatus':'DELETING'");
  ExpectNoPart(deleted, "WarmThroughput");
}

TEST_F(IndexTablesWireTest, CountsAndSizesOfIndexesAreShown) {
  Make("abc", Global(Index("by-c", Hash("c"), "{'ProjectionType':'KEYS_ONLY'}")));
  for (const std::string item : {"'a':{'S':'1'},'b':{'S':'1'},'c':{'S':'x'},'more':{'S':'text'}",
                                 "'a':{'S':'2'},'b':{'S':'1'}", "'a':{'S':'3'},'b':{'S':'1'},'c':{'S':'yy'}"}) {
    ASSERT_EQ(Send("PutItem", "{'TableName':'Music','Item':{" + item + "}}"), "{}");
  }
  ExpectPart(Describe(), "'IndexSizeBytes':13,'ItemCount':2");
}

TEST_F(IndexTablesWireTest, WhatARequestAsksOfIndexesIsCheckedBeforeTheTableIsLookedFor) {
  const std::string idx = Index("idx", Hash("g"));
  CheckUpdates({
      {Updates("{}"), InvalidParameter("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                                       "GlobalSecondaryIndexUpdate.Delete must not be null")},
      {Updates("{'Create':null}"),
       InvalidParameter("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                        "GlobalSecondaryIndexUpdate.Delete must not be null")},
      {Updates(fmt::format("{{'Create':{},'Delete':{{'IndexName':'idx'}}}}", idx)),
       InvalidParameter("Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object")},
      {Updates(Deletion("idx") + "," + Change("idx", Units(1, 1))),
       InvalidParameter("Only one global secondary index update per index is allowed simultaneously. Index: idx")},
      {Updates(Creation(idx)), InvalidParameter("AttributeDefinitions is not specified for index: idx")},
      {Updates(Creation(idx)) + ",'AttributeDefinitions':[]",
       InvalidParameter("AttributeDefinitions is not specified for index: idx")},
      {Updates(Creation(Index("idx", Hash("g") + "," + Range("g")))) + "," + Definitions("g"),
       Invalid("The KeySchema contains multiple key attributes with the same name")},
      {Updates(Creation(Index("idx", Range("g") + "," + Hash("h")))) + "," + Definitions("gh"),
       InvalidParameter("All HASH key attributes must precede RANGE key attributes in the KeySchema")},
      {Updates(Creation(Index("idx", Hash("g"), "{}"))) + "," + Definitions("g"),
       InvalidParameter("Unknown ProjectionType: null")},
      {Updates(Creation(Index("idx", Hash("g"), "{'ProjectionType':'INCLUDE'}"))) + "," + Definitions("g"),
       InvalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")},
      {Updates(Change("idx", "'WarmThroughput':{}")),
       InvalidParameter("WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified "
                        "for index: idx")},
      {Updates(Change("idx", "'OnDemandThroughput':{'MaxReadRequestUnits':0}")),
       InvalidParameter("Requested MaxReadRequestUnits for OnDemandThroughput for index : idx is outside of valid "
                        "range")},
      {Updates(Change("idx", "'OnDemandThroughput':{}")),
       InvalidParameter("At least one of ProvisionedThroughput, OnDemandThroughput or WarmThroughput is required for "
                        "index: idx")},
      {Updates(Change("idx", Units(1, 1'000'000'000'001))),
       Invalid("Given value 1000000000001 for WriteCapacityUnits is out of bounds for index idx")},
      {Updates(Change("idy", "'WarmThroughput':{'ReadUnitsPerSecond':1}") + "," + Creation(idx)) + "," +
           Definitions("g"),
       InvalidParameter("Create global secondary index cannot be specified when updating WarmThroughput")},
      {Adds("idx"), NotFound("Requested resource not found: Table: Music not found")},
  });
}

TEST_F(IndexTablesWireTest, WhatIsAskedOfIndexesMustFitTheTable) {
  Make("abc", Local(Index("local", Hash("a") + "," + Range("c"))) + Global(Index("there", Hash("c"))));
  const std::string before = Describe();
  const auto unknown = [](std::string_view name) {
    return NotFound(fmt::format("Requested resource not found: Index {} for table Music", name));
  };
  CheckUpdates({
      {Updates(Change("nope", Units(1, 1))), unknown("nope")},
      {Updates(Deletion("nope")), unknown("nope")},
      {Updates(Deletion("local")), Invalid("Cannot delete an index that is not a GlobalSecondaryIndex: local")},
      {Updates(Change("local", Units(1, 1))),
       Invalid("Cannot update an index that is not a GlobalSecondaryIndex: local")},
      {Adds("there"), Invalid("Attempting to create an index which already exists")},
      {Adds("local"), Invalid("Attempting to create an index which already exists")},
      {Updates(Creation(Index("idx", Hash("g") + "," + Range("c")))) + "," + Definitions("xy"),
       InvalidParameter("Some index key attributes are not defined in AttributeDefinitions. Keys: [g, c], "
                        "AttributeDefinitions: [x, y]")},
      {Updates(Deletion("there") + "," + Creation(Index("idx", Hash("g")))) + "," + Definitions("g"),
       SubscriberLimit("Only 1 online index can be created or deleted simultaneously per table")},
      {Updates(Creation(Index("idx", Hash("g"))) + "," + Creation(Index("idy", Hash("g")))) + "," + Definitions("g"),
       SubscriberLimit("Only 1 online index can be created or deleted simultaneously per table")},
      {Adds("idx", "g", "," + Units(1, 1)),
       InvalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: idx when "
                        "BillingMode is PAY_PER_REQUEST")},
      {Updates(Change("there", Units(1, 1))),
       InvalidParameter("The only Updates for index: there when TableThroughputMode is PAY_PER_REQUEST can be to "
                        "OnDemandThroughput, WarmThroughput")},
      {Updates(Change("there", "'WarmThroughput':{'WriteUnitsPerSecond':3999}")),
       InvalidParameter("Requested WriteUnitsPerSecond for WarmThroughput for index there is lower than current "
                        "WarmThroughput, decreasing WarmThroughput is not supported")},
      {Adds("idx", "g", ",'WarmThroughput':{'WriteUnitsPerSecond':3999}"),
       InvalidParameter(
           "Requested WriteUnitsPerSecond for WarmThroughput for index idx is lower than initial "
           "throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
           "on-demand-capacity-mode.html#on-demand-capacity-mode-initial")},
      {"'BillingMode':'PROVISIONED'," + Units(1, 1),
       InvalidParameter("ProvisionedThroughput must be specified for index: there")},
      {"'BillingMode':'PROVISIONED'," + Units(1, 1) + "," +
           Updates(Change("there", "'OnDemandThroughput':{'MaxReadRequestUnits':1}")),
       InvalidParameter("MaxReadRequestUnits for OnDemandThroughput for index: there cannot be specified when the "
                        "table BillingMode is PROVISIONED")},
      {Updates(Change("there", "'OnDemandThroughput':{'MaxReadRequestUnits':40001}")),
       SubscriberLimit("Requested MaxReadRequestUnits for OnDemandThroughput for index : there exceeds "
                       "TableMaxReadCapacityUnits of the account in region us-east-1")},
      {Updates(Change("there", "'WarmThroughput':{'ReadUnitsPerSecond':40001}")),
       SubscriberLimit("Requested ReadUnitsPerSecond for WarmThroughput for index there exceeds "
                       "TableMaxReadCapacityUnits of the account in region us-east-1")},
  });
  EXPECT_EQ(Describe(), before);
}

TEST_F(IndexTablesWireTest, AnIndexIsMadeRoomForThenBackfilledThenActive) {
  Make("ab", "");
  for (int i = 0; i < 700; ++i) {  // several batches
    ASSERT_EQ(Send("PutItem", fmt::format("{{'TableName':'Music','Item':{{'a':{{'S':'{0}'}},'b':{{'S':'x'}}{1}}}}}", i,
                                          i % 7 == 0   ? ""
                                          : i % 7 == 1 ? ",'g':{'N':'1'}"
                                                       : ",'g':{'S':'g'}")),
              "{}");
  }
  const std::string updated = Update(Adds("idx"));
  const std::string allocating =
      "'GlobalSecondaryIndexes':[{'IndexName':'idx','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],"
      "'Projection':{'ProjectionType':'ALL'},'IndexStatus':'CREATING','Backfilling':false,"
      "'ProvisionedThroughput':{'NumberOfDecreasesToday':0,'ReadCapacityUnits':0,'WriteCapacityUnits':0},"
      "'IndexSizeBytes':0,'ItemCount':0,";
  ExpectPart(updated, allocating);
  ExpectPart(updated, "'TableStatus':'UPDATING'");
  ExpectPart(updated, "{'AttributeName':'g','AttributeType':'S'}");
  ExpectPart(Describe(), allocating);
  const std::string query =
      "{'TableName':'Music','IndexName':'idx','KeyConditionExpression':'g = :g',"
      "'ExpressionAttributeValues':{':g':{'S':'g'}},'Select':'COUNT'}";
  const std::string refused = Invalid("Cannot read from backfilling global secondary index");
  EXPECT_EQ(Send("Query", query), refused);
  // What may and may not be done meanwhile.
  const std::string place = " Table: Music Index: idx";
  CheckUpdates({
      {Adds("idy"), SubscriberLimit("Only 1 online index can be created or deleted simultaneously per table")},
      {Updates(Deletion("idx")), Busy("Index creation is in resource allocation phase. Retry deletion during "
                                      "backfilling phase or when the index is active." +
                                      place)},
      {Updates(Change("idx", "'OnDemandThroughput':{'MaxReadRequestUnits':9}")),
       Busy("Index is being created but is not backfilling yet." + place)},
      {"'OnDemandThroughput':{'MaxReadRequestUnits':9}",
       Busy("OnDemandThroughput cannot be updated while index creation is in progress for indexes: [idx]")},
      {"'BillingMode':'PROVISIONED'," + Units(1, 1),
       Busy("Can't change table IOPS when an index is being created. Table: Music Indexes: [idx]")},
      {"'StreamSpecification':{'StreamEnabled':false}",
       Busy("Can't change stream status when an index is being created. Table: Music Indexes: [idx]")},
      {"'TableClass':'STANDARD_INFREQUENT_ACCESS'",
       Busy("Can't update table class when an index is being created. Table: Music Indexes: [idx]")},
  });
  const std::string deletion = "{'TableName':'Music'}";
  const std::string index_work = Busy("Cannot delete table while indexes are being created, updated, or deleted.");
  EXPECT_EQ(Send("DeleteTable", deletion), index_work);
  ExpectAccepted("'DeletionProtectionEnabled':true", "'DeletionProtectionEnabled':true");

  NextState("'Backfilling':true");
  ExpectPart(Describe(), "'TableStatus':'ACTIVE'");
  AwaitDescription("Music", Quoted("'ItemCount':500,'IndexArn'"));  // those that have the attribute, as a string
  EXPECT_EQ(Send("Query", query), refused);
  EXPECT_EQ(Send("DeleteTable", deletion), index_work);
  CheckUpdates({
      {Adds("idy"), SubscriberLimit("Only 1 online index can be created or deleted simultaneously per table")},
  });
  // Now items are kept to the type of the key; before, they were too.
  EXPECT_NE(Send("PutItem", "{'TableName':'Music','Item':{'a':{'S':'n'},'b':{'S':'x'},'g':{'N':'1'}}}"), "{}");

  NextState("'IndexStatus':'ACTIVE'");
  ExpectNoPart(Describe(), "Backfilling");
  EXPECT_EQ(Send("Query", query), Quoted("{'Count':500,'ScannedCount':500}"));
  Update("'DeletionProtectionEnabled':false");
}

TEST_F(IndexTablesWireTest, ADeletedIndexIsDeletingThenGoneWithItsDefinitions) {
  Make("abcg", Global(Index("idx", Hash("g") + "," + Range("c")) + "," + Index("idy", Hash("c"))));
  ASSERT_EQ(Send("PutItem", "{'TableName':'Music','Item':{'a':{'S':'1'},'b':{'S':'1'},'g':{'S':'1'},'c':{'S':'1'}}}"),
            "{}");
  const std::string updated = Update(Updates(Deletion("idx")));
  ExpectPart(updated, "'IndexStatus':'DELETING'");
  ExpectPart(updated, "'TableStatus':'UPDATING'");
  CheckUpdates({
      {Updates(Deletion("idx")), Busy("Index is being deleted. Table: Music Index: idx")},
      {Updates(Change("idx", "'OnDemandThroughput':{'MaxReadRequestUnits':9}")),
       Busy("Index is being deleted. Table: Music Index: idx")},
      {Updates(Deletion("idy")),
       SubscriberLimit("Only 1 online index can be created or deleted simultaneously per table")},
      {Adds("idz"), SubscriberLimit("Only 1 online index can be created or deleted simultaneously per table")},
      {"'OnDemandThroughput':{'MaxReadRequestUnits':9}",
       Busy("OnDemandThroughput cannot be updated while index deletion is in progress for indexes: [idx]")},
      {"'BillingMode':'PROVISIONED'," + Units(1, 1) + "," + Updates(Change("idy", Units(1, 1))),
       Busy("Can't change table IOPS when an index is being deleted. Table: Music Indexes: [idx]")},
  });
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"),
            Busy("Cannot delete table while indexes are being created, updated, or deleted."));
  // Another one may be updated.
  ExpectAccepted(Updates(Change("idy", "'OnDemandThroughput':{'MaxReadRequestUnits':9}")), "'IndexStatus':'UPDATING'");
  NextState("'TableStatus':'ACTIVE'");
  ExpectNoPart(Describe(), "'idx'");
  ExpectNoPart(Describe(), "{'AttributeName':'g'");
  ExpectPart(Describe(), "{'AttributeName':'c','AttributeType':'S'}");
  EXPECT_EQ(Send("Scan", "{'TableName':'Music','IndexName':'idx'}"),
            Invalid("The table does not have the specified index: idx"));
  // One of its name is another index; its key may be of another type.
  ExpectAccepted(Updates(Creation(Index("idx", Hash("g")))) +
                     ",'AttributeDefinitions':[{'AttributeName':'g','AttributeType':'N'}]",
                 "{'AttributeName':'g','AttributeType':'N'}");
  NextState("'Backfilling':true");
  NextState("[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'},'IndexStatus':'ACTIVE'");
  EXPECT_EQ(Send("Scan", "{'TableName':'Music','IndexName':'idx','Select':'COUNT'}"),
            Quoted("{'Count':0,'ScannedCount':0}"));
}

TEST_F(IndexTablesWireTest, AnIndexMayBeDeletedWhileItIsBackfilled) {
  Make("ab", "");
  ASSERT_EQ(Send("PutItem", "{'TableName':'Music','Item':{'a':{'S':'1'},'b':{'S':'1'},'g':{'S':'1'}}}"), "{}");
  ExpectAccepted(Adds("idx"), "'IndexStatus':'CREATING'");
  NextState("'Backfilling':true");
  ExpectAccepted(Updates(Deletion("idx")), "'IndexStatus':'DELETING'");
  ExpectNoPart(Describe(), "Backfilling");
  for (int i = 0; i < 5000 && Describe().find("GlobalSecondaryIndexes") != std::string::npos; ++i) {
    if (i % 500 == 0) {
      clock.AdvanceMs(kStateMs);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ExpectNoPart(Describe(), "GlobalSecondaryIndexes");
  ExpectPart(Describe(), "'TableStatus':'ACTIVE'");
}

TEST_F(IndexTablesWireTest, WhatLeavesIndexesAloneIsAdmittedInEveryStateOfThem) {
  const std::string units = "," + Units(9, 9);
  const std::string specification = "'TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}";
  for (const std::string state :
       {"'Backfilling':false", "'Backfilling':true", "'IndexStatus':'DELETING'", "'TableStatus':'UPDATING'"}) {
    if (state == "'IndexStatus':'DELETING'") {
      Make("abg", Global(Index("idx", Hash("g"), kAll, units)), Units(9, 9));
      ExpectAccepted(Updates(Deletion("idx")), state);
    } else {
      Make("ab", "", Units(9, 9));
      ExpectAccepted(state == "'TableStatus':'UPDATING'" ? Units(9, 10) : Adds("idx", "g", units),
                     "'TableStatus':'UPDATING'");
    }
    if (state == "'Backfilling':true") {
      NextState(state);
      ExpectAccepted(Units(9, 10), "'TableStatus':'UPDATING'");
    }
    EXPECT_EQ(Send("UpdateTimeToLive", "{'TableName':'Music'," + specification), Quoted("{" + specification)) << state;
    EXPECT_EQ(Send("TagResource",
                   "{'ResourceArn':'arn:aws:dynamodb:us-east-1:111111111111:table/Music','Tags':[{'Key':'k','Value':"
                   "'v'}]}"),
              "")
        << state;
    ExpectAccepted("'DeletionProtectionEnabled':true", "'DeletionProtectionEnabled':true");
    ExpectPart(Describe(), state);
    ExpectPart(Send("DescribeTimeToLive", "{'TableName':'Music'}"), "'ENABLED'");

    // Protection may change again after fifteen seconds.
    for (int i = 0; i < 100 && (i < 15 || Describe().find("ING\"") != std::string::npos); ++i) {
      NextState("'TableName':'Music'");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ExpectAccepted("'DeletionProtectionEnabled':false", "'DeletionProtectionEnabled':false");
    const std::string deleted = Send("DeleteTable", "{'TableName':'Music'}");
    EXPECT_TRUE(deleted.starts_with("{\"TableDescription\":")) << deleted;
    AwaitDescription("Music", "ResourceNotFoundException");
  }
}

TEST_F(IndexTablesWireTest, OnlyNewAttributesNeedDefinitionsAndOthersCountForNothing) {
  Make("abc", Global(Index("there", Hash("c"))));
  const std::string conflicting =
      ",'AttributeDefinitions':[{'AttributeName':'c','AttributeType':'N'},{'AttributeName':'g','AttributeType':'N'},"
      "{'AttributeName':'unused','AttributeType':'B'}]";
  const std::string updated = Update(Updates(Creation(Index("idx", Hash("g") + "," + Range("c")))) + conflicting);
  ExpectPart(updated,
             "'AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'},{'AttributeName':'b',"
             "'AttributeType':'S'},{'AttributeName':'c','AttributeType':'S'},{'AttributeName':'g',"
             "'AttributeType':'N'}]");
}

TEST_F(IndexTablesWireTest, ThroughputOfAnIndexIsUpdatingWithOldNumbersAndThenNew) {
  Make(
      "abc",
      Global(Index("idx", Hash("c"), kAll, "," + Units(5, 7)) + "," + Index("idy", Hash("c"), kAll, "," + Units(5, 7))),
      Units(1, 1));
  CheckUpdates({
      {Updates(Change("idx", Units(5, 7))),
       Invalid("The provisioned throughput for the index idx will not change. The requested value equals the current "
               "value. Current ReadCapacityUnits provisioned for index idx: 5. Requested ReadCapacityUnits: 5. Current "
               "WriteCapacityUnits provisioned for index idx: 7. Requested WriteCapacityUnits: 7. Refer to the Amazon "
               "DynamoDB Developer Guide for current limits and how to request higher limits.")},
      {Adds("idz"), InvalidParameter("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: idz")},
      {Adds("idz", "g", "," + Units(1, 1) + ",'OnDemandThroughput':{'MaxReadRequestUnits':9}"),
       InvalidParameter("MaxReadRequestUnits for OnDemandThroughput for index: idz cannot be specified when the table "
                        "BillingMode is PROVISIONED")},
      {Updates(Change("idx", Units(40'001, 7))),
       LimitExceeded("The requested ReadCapacityUnits for index idx, 40001, is above the per index maximum for the "
                     "account in us-east-1. Per index maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for "
                     "current limits and how to request higher limits.")},
      {Units(39'000, 1) + "," + Updates(Change("idx", Units(40'000, 7)) + "," + Change("idy", Units(2'000, 7))),
       LimitExceeded(
           "This request would have caused the ReadCapacityUnits limit to be exceeded for the account in "
           "us-east-1. Current ReadCapacityUnits reserved by the account: 11. Limit: 80000. Requested: 81000. "
           "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
           "limits.")},
  });
  const std::string updated = Update(Units(2, 2) + "," + Updates(Change("idx", Units(6, 3))));
  const std::string old_numbers =
      "'IndexStatus':'UPDATING','ProvisionedThroughput':{'LastIncreaseDateTime':1791489600.000,"
      "'LastDecreaseDateTime':1791489600.000,'NumberOfDecreasesToday':0,'ReadCapacityUnits':5,'WriteCapacityUnits':7}";
  ExpectPart(updated, old_numbers);
  ExpectPart(updated, "'TableStatus':'UPDATING'");
  ExpectPart(Describe(), old_numbers);
  CheckUpdates({
      {Updates(Change("idy", Units(1, 1))),
       Busy("Can't update indexes while table IOPS are being updated. Table: Music")},
      {Updates(Deletion("idy")),
       Busy("Can't create or delete indexes while table IOPS are being updated. Table: Music")},
  });
  NextState("'NumberOfDecreasesToday':1,'ReadCapacityUnits':6,'WriteCapacityUnits':3");
  AwaitDescription("Music", Quoted("'TableStatus':'ACTIVE'"));
  ExpectPart(Describe(), "'ReadUnitsPerSecond':6,'WriteUnitsPerSecond':7,'Status':'ACTIVE'");
  // By itself it leaves the table ACTIVE.
  ExpectAccepted(Updates(Change("idx", Units(6, 2))), "'TableStatus':'UPDATING'");
  ExpectPart(Describe(), "'TableStatus':'ACTIVE'");
  ExpectPart(Describe(), "'IndexStatus':'UPDATING'");
  CheckUpdates({
      {Updates(Change("idx", Units(9, 9))), Busy("Index is being updated. Table: Music Index: idx")},
      {Updates(Deletion("idx")), Busy("Index is being updated. Table: Music Index: idx")},
      {"'BillingMode':'PAY_PER_REQUEST'", Busy("Index is being updated. Table: Music Index: idx")},
  });
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"),
            Busy("Cannot delete table while indexes are being created, updated, or deleted."));
  NextState("'ReadCapacityUnits':6,'WriteCapacityUnits':2");
  // Its own budget of decreases.
  for (const int64_t read : {5, 4}) {
    ExpectAccepted(Updates(Change("idx", Units(read, 2))), "'IndexStatus':'UPDATING'");
    NextState(fmt::format("'ReadCapacityUnits':{},'WriteCapacityUnits':2", read));
  }
  const std::string spent = Update(Updates(Change("idx", Units(3, 2))));
  ExpectPart(spent, "Number of decreases today: 4.");
  const std::string before = Describe();
  EXPECT_EQ(Update(Updates(Change("idy", Units(1, 1)) + "," + Change("idx", Units(3, 2)))), spent);
  EXPECT_EQ(Describe(), before);
  ExpectAccepted(Updates(Change("idy", Units(1, 1))), "'IndexStatus':'UPDATING'");
}

TEST_F(IndexTablesWireTest, ASwitchOfTheBillingModeTakesTheIndexesWithIt) {
  Make("abc", Global(Index("idx", Hash("c"), kAll, "," + Units(20'000, 7))), Units(1, 1));
  ExpectAccepted(
      "'BillingMode':'PAY_PER_REQUEST'," + Updates(Change("idx", "'OnDemandThroughput':{'MaxReadRequestUnits':9}")),
      "'IndexStatus':'UPDATING'");
  NextState("'TableStatus':'ACTIVE'");
  ExpectPart(Describe(),
             "'IndexStatus':'ACTIVE','ProvisionedThroughput':{'NumberOfDecreasesToday':0,"
             "'ReadCapacityUnits':0,'WriteCapacityUnits':0}");
  ExpectPart(Describe(),
             "'OnDemandThroughput':{'MaxReadRequestUnits':9},'WarmThroughput':{'ReadUnitsPerSecond':20000,"
             "'WriteUnitsPerSecond':4000,'Status':'ACTIVE'}}]");
  ExpectAccepted(Updates(Change("idx", "'OnDemandThroughput':{'MaxReadRequestUnits':-1,'MaxWriteRequestUnits':5}")),
                 "'OnDemandThroughput':{'MaxReadRequestUnits':9}");
  NextState("'OnDemandThroughput':{'MaxWriteRequestUnits':5}");
  ExpectAccepted(Updates(Change("idx", "'WarmThroughput':{'ReadUnitsPerSecond':20001}")),
                 "'ReadUnitsPerSecond':20001,'WriteUnitsPerSecond':4000,'Status':'UPDATING'");
  ExpectPart(Describe(), "'ReadUnitsPerSecond':20001,'WriteUnitsPerSecond':4000,'Status':'ACTIVE'");
  ExpectAccepted("'BillingMode':'PROVISIONED'," + Units(3, 3) + "," + Updates(Change("idx", Units(4, 5))),
                 "'IndexStatus':'UPDATING'");
  NextState("'TableStatus':'ACTIVE'");
  ExpectPart(Describe(), "'ReadCapacityUnits':4,'WriteCapacityUnits':5");
  ExpectNoPart(Describe(), "OnDemandThroughput");
  // An index may come with the switch.
  ExpectAccepted("'BillingMode':'PAY_PER_REQUEST'," + Adds("idy"), "'Backfilling':false");
  NextState("'Backfilling':true");
  NextState("'TableStatus':'ACTIVE'");
  ExpectPart(Describe(), "'BillingMode':'PAY_PER_REQUEST'");
}

TEST_F(IndexTablesWireTest, ATableHasAtMostTwentyGlobalIndexesAndAHundredProjectedAttributes) {
  std::string globals;
  for (int i = 0; i < 20; ++i) {
    const std::string names = fmt::format("'p{0}','q{0}','r{0}','s{0}','t{0}'", i);
    globals += fmt::format("{}{}", i == 0 ? "" : ",",
                           Index(fmt::format("global{}", i), Hash("b"),
                                 "{'ProjectionType':'INCLUDE','NonKeyAttributes':[" + names + "]}"));
  }
  Make("ab", Global(globals));
  CheckUpdates({{Adds("idx"), SubscriberLimit("Number of global secondary indexes exceeds per-table limit of 20")}});
  ExpectAccepted(Updates(Deletion("global3")), "'IndexStatus':'DELETING'");
  NextState("'TableStatus':'ACTIVE'");
  CheckUpdates({
      {Updates(Creation(
           Index("idx", Hash("g"), "{'ProjectionType':'INCLUDE','NonKeyAttributes':['1','2','3','4','5','6']}"))) +
           "," + Definitions("g"),
       InvalidParameter("Number of NonKeyAttributes of all indexes exceeds per-table limit of 100: 101")},
  });
}

class IndexQuotasWireTest : public IndexTablesWireTest {
 protected:
  static table::CatalogueSettings Small() {
    table::CatalogueSettings settings = SlowStates();
    settings.delays.creating_ms = 1'000'000;
    settings.quotas.tables_with_indexes_changing_max = 1;
    return settings;
  }
  IndexQuotasWireTest() : IndexTablesWireTest(Small()) {}
};

TEST_F(IndexQuotasWireTest, TablesWithIndexesThatChangeAtOnceAreLimited) {
  const std::string index = Global(Index("idx", Hash("b")));
  ExpectPart(Send("CreateTable", Create("ab", index)), "'TableStatus':'CREATING'");
  EXPECT_EQ(Send("CreateTable", Create("ab", index, kOnDemand, "Other")),
            SubscriberLimit("Only 1 tables can be created, updated, or deleted simultaneously"));
  ExpectPart(Send("CreateTable", Create("ab", "", kOnDemand, "Other")), "'TableStatus':'CREATING'");
}

}  // namespace
}  // namespace basalt::server

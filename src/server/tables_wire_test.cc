// CreateTable, DescribeTable, ListTables and DeleteTable on the wire: texts and their order, states, descriptions.
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>

#include "base/thread_pool.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kInUsePrefix = "Attempt to change a resource which is still in use: ";

// Holds back those who pass while it is closed.
class Gate {
 public:
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !closed_; });
  }
  // Until so many have come, since the beginning.
  void AwaitArrivals(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return arrived_ >= count; });
  }
  int arrivals() {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int arrived_ = 0;
};

struct Gates {
  Gate make_and_destroy;
  Gate open;
};

// Keyspaces of tables are made, destroyed and opened only through the gates, so that states in between can be seen.
class GatedEngine final : public engine::Engine {
 public:
  explicit GatedEngine(Gates& gates) : gates_(gates), below_(engine::NewMemoryEngine()), opener_("opener", 1) {}

  engine::Capabilities capabilities() const override { return below_->capabilities(); }
  void Create(std::string name, engine::KeySource key, Executor& home,
              engine::Done<std::shared_ptr<engine::Keyspace>> done) override {
    below_->Create(std::move(name), std::move(key), home, std::move(done));
  }
  void Open(std::string name, engine::KeySource key, Executor& home,
            engine::Done<std::shared_ptr<engine::Keyspace>> done) override {
    if (!name.starts_with("tables/")) {
      return below_->Open(std::move(name), std::move(key), home, std::move(done));
    }
    opener_.Post([this, name = std::move(name), key = std::move(key), &home, done = std::move(done)]() mutable {
      gates_.open.Pass();
      below_->Open(std::move(name), std::move(key), home, std::move(done));
    });
  }
  void Close(std::string name, Executor& home, engine::Done<void> done) override {
    below_->Close(std::move(name), home, std::move(done));
  }
  // The catalogue drops before it creates, too.
  void Drop(std::string name, Executor& home, engine::Done<void> done) override {
    gates_.make_and_destroy.Pass();
    below_->Drop(std::move(name), home, std::move(done));
  }
  void List(std::string prefix, Executor& home, engine::Done<std::vector<std::string>> done) override {
    below_->List(std::move(prefix), home, std::move(done));
  }

 private:
  Gates& gates_;
  std::unique_ptr<engine::Engine> below_;
  ThreadPool opener_;
};

// A base of its own, so that the gates are there before the server and after it.
struct GateHolder {
  Gates gates;
};

class TablesWireTest : private GateHolder, public WireTest {
 protected:
  TablesWireTest() : WireTest({.engine = std::make_unique<GatedEngine>(gates)}) {}
  ~TablesWireTest() override {
    gates.make_and_destroy.Open();
    gates.open.Open();
  }

  using GateHolder::gates;

  // Until it is ACTIVE, as seen by a request that needs no open table: one to create it again.
  void CreateTableWithoutOpening() {
    const std::string create =
        "{'TableName':'Music','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],"
        "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}]}";
    std::string answer;
    do {
      answer = Send("CreateTable", create);
    } while (answer.find("already exists") == std::string::npos);
  }

  static std::string Described(std::string_view text, std::string_view member) {
    const size_t at = text.find(fmt::format("\"{}\":", member));
    return at == std::string_view::npos ? "" : std::string(text.substr(at, text.find_first_of(",}", at) - at));
  }
};

std::string Create(std::string_view rest, std::string_view keys = "", std::string_view definitions = "",
                   std::string_view name = "Music") {
  return fmt::format("{{'TableName':'{}','KeySchema':[{}],'AttributeDefinitions':[{}],{}}}", name,
                     keys.empty() ? "{'AttributeName':'a','KeyType':'HASH'}" : keys,
                     definitions.empty() ? "{'AttributeName':'a','AttributeType':'S'}" : definitions, rest);
}

constexpr std::string_view kOnDemand = "'BillingMode':'PAY_PER_REQUEST'";

std::string Key(std::string_view name, std::string_view type) {
  return fmt::format("{{'AttributeName':'{}','KeyType':'{}'}}", name, type);
}
std::string Definition(std::string_view name) {
  return fmt::format("{{'AttributeName':'{}','AttributeType':'S'}}", name);
}

TEST_F(TablesWireTest, ConstraintsOfTableCalls) {
  const auto at = [](std::string_view value, std::string_view path, std::string_view rule) {
    return fmt::format("Value {} at '{}' failed to satisfy constraint: Member must {}", value, path, rule);
  };
  const std::string pattern = "satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
  const std::string shortest = "have length greater than or equal to 3";
  const std::string longest = "have length less than or equal to 255";
  const auto two = [](const std::string& one, const std::string& other) {
    return Invalid("2 validation errors detected: " + one + "; " + other);
  };
  for (const std::string operation : {"DescribeTable", "DeleteTable", "GetItem"}) {
    const auto named = [&](std::string_view name) { return fmt::format("{{'TableName':'{}','Key':{{}}}}", name); };
    Check({
        {operation, "{'Key':{}}", OneConstraint(at("null", "tableName", "not be null"))},
        {operation, "{'Key':{},'TableName':null}", OneConstraint(at("null", "tableName", "not be null"))},
        {operation, named(""), two(at("''", "tableName", shortest), at("''", "tableName", pattern))},
        {operation, named("ab"), OneConstraint(at("'ab'", "tableName", shortest))},
        {operation, named("a/b"), OneConstraint(at("'a/b'", "tableName", pattern))},
        {operation, named("abc "), OneConstraint(at("'abc '", "tableName", pattern))},
        {operation, named(std::string(256, 'a')),
         OneConstraint(at("'" + std::string(256, 'a') + "'", "tableName", longest))},
        {operation, named("arn:" + std::string(1021, 'a')),
         OneConstraint(
             at("'arn:" + std::string(1021, 'a') + "'", "tableName", "have length less than or equal to 1024"))},
    });
  }
  Check({
      {"CreateTable", Create(kOnDemand, "", "", "arn:aws:dynamodb:us-east-1:111111111111:table/Music"),
       OneConstraint(at("'arn:aws:dynamodb:us-east-1:111111111111:table/Music'", "tableName", pattern))},
      {"CreateTable", Create("'BillingMode':'FREE'"),
       OneConstraint(at("'FREE'", "billingMode", "satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]"))},
      {"CreateTable", Create(kOnDemand, Key("a", "SORT")),
       OneConstraint(at("'SORT'", "keySchema.1.member.keyType", "satisfy enum value set: [HASH, RANGE]"))},
      {"CreateTable", Create(kOnDemand, "", "{'AttributeName':'a','AttributeType':'SS'}"),
       OneConstraint(at("'SS'", "attributeDefinitions.1.member.attributeType", "satisfy enum value set: [B, N, S]"))},
      {"CreateTable", Create(kOnDemand, "{'AttributeName':'a'}"),
       OneConstraint(at("null", "keySchema.1.member.keyType", "not be null"))},
      {"CreateTable", Create(kOnDemand, "null"), OneConstraint(at("null", "keySchema.1.member", "not be null"))},
      {"CreateTable", Create(kOnDemand, "", "null"),
       OneConstraint(at("null", "attributeDefinitions.1.member", "not be null"))},
      {"CreateTable", "{'TableName':'Music','KeySchema':[],'AttributeDefinitions':[]}",
       OneConstraint(at("'[]'", "keySchema", "have length greater than or equal to 1"))},
      {"CreateTable", "{'TableName':'Music'}",
       two(at("null", "attributeDefinitions", "not be null"), at("null", "keySchema", "not be null"))},
      {"CreateTable", Create("'ProvisionedThroughput':{'ReadCapacityUnits':0}"),
       two(at("null", "provisionedThroughput.writeCapacityUnits", "not be null"),
           at("'0'", "provisionedThroughput.readCapacityUnits", "have value greater than or equal to 1"))},
      {"CreateTable", Create(kOnDemand, Key(std::string(256, 'k'), "HASH")),
       OneConstraint(at("'" + std::string(256, 'k') + "'", "keySchema.1.member.attributeName", longest))},
      {"ListTables", "{'Limit':0}", OneConstraint(at("'0'", "limit", "have value greater than or equal to 1"))},
      {"ListTables", "{'Limit':101}", OneConstraint(at("'101'", "limit", "have value less than or equal to 100"))},
      {"ListTables", "{'ExclusiveStartTableName':'arn:aws:x'}",
       OneConstraint(at("'arn:aws:x'", "exclusiveStartTableName", pattern))},
  });
  const std::string three =
      Send("CreateTable", Create(kOnDemand, Key("a", "HASH") + "," + Key("b", "RANGE") + "," + Key("c", "RANGE")));
  EXPECT_TRUE(three.find("1 validation error detected: Value '[com.amazonaws.dynamodb.v20120810.KeySchemaElement@") !=
              std::string::npos)
      << three;
  EXPECT_TRUE(
      three.ends_with("' at 'keySchema' failed to satisfy constraint: Member must have length less than or "
                      "equal to 2\"}"))
      << three;
}

TEST_F(TablesWireTest, LongListsAreCutInErrors) {
  std::string keys = Key("a", "HASH");
  for (int i = 0; i < 20'000; ++i) {
    keys += ",{}";
  }
  const std::string answer = Send("CreateTable", Create(kOnDemand, keys));
  EXPECT_LT(answer.size(), 40'000U);
  EXPECT_TRUE(answer.find(", ...]' at 'keySchema'") != std::string::npos);
  EXPECT_TRUE(answer.find("10 validation errors detected: ") != std::string::npos);
}

TEST_F(TablesWireTest, KeySchemasAndCapacityAreCheckedInOrder) {
  const std::string throughput = "'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}";
  const std::string undefined = "Invalid KeySchema: Some index key attribute have no definition";
  const auto units = [](std::string_view read, std::string_view write) {
    return fmt::format("'ProvisionedThroughput':{{'ReadCapacityUnits':{},'WriteCapacityUnits':{}}}", read, write);
  };
  const auto quota = [](std::string_view member, std::string_view value) {
    return ErrorBody(
        "com.amazonaws.dynamodb.v20120810#LimitExceededException", "message",
        fmt::format("The requested {}, {}, is above the per table maximum for the account in us-east-1. Per "
                    "table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits "
                    "and how to request higher limits.",
                    member, value));
  };
  const std::string no_throughput =
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED";
  Check({
      {"CreateTable", Create("'BillingMode':'PROVISIONED'"), InvalidParameter(no_throughput)},
      {"CreateTable", Create("'X':1", Key("b", "RANGE")), InvalidParameter(no_throughput)},  // before the schema
      {"CreateTable", Create(fmt::format("{},{}", kOnDemand, throughput)),
       InvalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                        "PAY_PER_REQUEST")},
      {"CreateTable", Create(units("1000000000001", "1"), Key("b", "RANGE")),
       Invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds")},
      {"CreateTable", Create(units("1", "1000000000001")),
       Invalid("Given value 1000000000001 for WriteCapacityUnits is out of bounds")},
      {"CreateTable", Create(kOnDemand, Key("a", "HASH") + "," + Key("b", "RANGE")), Invalid(undefined)},
      {"CreateTable", Create(kOnDemand, Key("a", "RANGE"), Definition("b")),
       InvalidParameter("Some index key attributes are not defined in AttributeDefinitions. Keys: [a], "
                        "AttributeDefinitions: [b]")},
      {"CreateTable",
       Create(kOnDemand, Key("a", "HASH") + "," + Key("b", "RANGE"), Definition("a") + "," + Definition("c")),
       InvalidParameter("Some index key attributes are not defined in AttributeDefinitions. Keys: [a, b], "
                        "AttributeDefinitions: [a, c]")},
      {"CreateTable", Create(kOnDemand, Key("a", "HASH") + "," + Key("a", "RANGE")),
       Invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")},
      {"CreateTable", Create(kOnDemand, Key("a", "RANGE")),
       Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")},
      {"CreateTable",
       Create(kOnDemand, Key("a", "HASH") + "," + Key("b", "HASH"), Definition("a") + "," + Definition("b")),
       Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")},
      {"CreateTable", Create(kOnDemand, "", Definition("a") + "," + Definition("b")),
       InvalidParameter("Number of attributes in KeySchema does not exactly match number of attributes defined in "
                        "AttributeDefinitions")},
      {"CreateTable", Create(kOnDemand, "", Definition("a") + "," + Definition("a")),
       Invalid("Attribute Name is duplicated: a")},
      {"CreateTable", Create(fmt::format("{},'LocalSecondaryIndexes':[]", kOnDemand)),
       InvalidParameter("List of LocalSecondaryIndexes is empty")},
      {"CreateTable", Create(fmt::format("{},'GlobalSecondaryIndexes':[]", kOnDemand)),
       InvalidParameter("List of GlobalSecondaryIndexes is empty")},
      {"CreateTable", Create(fmt::format("{},'TableClass':'COLD'", kOnDemand)),
       Invalid("Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, "
               "STANDARD_INFREQUENT_ACCESS].")},
      {"CreateTable", Create(units("40001", "1")), quota("ReadCapacityUnits", "40001")},
      {"CreateTable", Create(units("1", "40001")), quota("WriteCapacityUnits", "40001")},
  });
  CreateTable("Music", "S");
  // An existing name: after everything about the request, before quotas.
  Check({
      {"CreateTable", Create("'BillingMode':'PROVISIONED'"), InvalidParameter(no_throughput)},
      {"CreateTable", Create(units("40001", "1")), InUse("Table already exists: Music")},
      {"CreateTable", Create(kOnDemand), InUse("Table already exists: Music")},
  });
}

TEST_F(TablesWireTest, UnbuiltFeaturesAreRefusedByName) {
  for (const std::string member : {"'SSESpecification':{'Enabled':true}", "'GlobalTableSourceArn':'x'"}) {
    EXPECT_EQ(Send("CreateTable", Create(fmt::format("{},{}", kOnDemand, member))),
              Invalid(member.substr(1, member.find('\'', 1) - 1) + " is not supported by this server yet"));
  }
  const std::string answer =
      Send("CreateTable", Create(fmt::format("{},'StreamSpecification':{{'StreamEnabled':false}},'Tags':[],"
                                             "'SSESpecification':{{'Enabled':false}},'OnDemandThroughput':{{}},"
                                             "'WarmThroughput':{{}}",
                                             kOnDemand)));
  EXPECT_EQ(Described(answer, "TableStatus"), "\"TableStatus\":\"CREATING\"") << answer;
  EXPECT_EQ(answer.find("StreamSpecification"), std::string::npos);
  EXPECT_EQ(answer.find("OnDemandThroughput"), std::string::npos);
}

TEST_F(TablesWireTest, DescriptionsHoldWhatTheServiceShows) {
  const std::string created =
      Send("CreateTable", Create("'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':7}",
                                 Key("zz", "HASH") + "," + Key("aa", "RANGE"),
                                 Definition("zz") + ",{'AttributeName':'aa','AttributeType':'B'}"));
  const std::string id = Described(created, "TableId");
  const std::string date = Described(created, "CreationDateTime");
  ASSERT_EQ(id.size(), std::string_view(R"("TableId":"00000000-0000-4000-8000-000000000000")").size());
  EXPECT_EQ(id[std::string_view(R"("TableId":"00000000-0000-)").size()], '4');
  ASSERT_EQ(date.size(), std::string_view(R"("CreationDateTime":1700000000.000)").size()) << date;
  const auto description = [&](std::string_view status, std::string_view size, std::string_view count,
                               std::string_view warm) {
    return Quoted(fmt::format(
        "{{'AttributeDefinitions':[{{'AttributeName':'aa','AttributeType':'B'}},{{'AttributeName':'zz','AttributeType':"
        "'S'}}],'TableName':'Music','KeySchema':[{{'AttributeName':'zz','KeyType':'HASH'}},{{'AttributeName':'aa',"
        "'KeyType':'RANGE'}}],'TableStatus':'{}',{},'ProvisionedThroughput':{{'NumberOfDecreasesToday':0,"
        "'ReadCapacityUnits':5,'WriteCapacityUnits':7}},'TableSizeBytes':{},'ItemCount':{},'TableArn':"
        "'arn:aws:dynamodb:us-east-1:111111111111:table/Music',{},{}'DeletionProtectionEnabled':false}}",
        status, date, size, count, id, warm));
  };
  const std::string warm = "'WarmThroughput':{'ReadUnitsPerSecond':5,'WriteUnitsPerSecond':7,'Status':'ACTIVE'},";
  EXPECT_EQ(created, "{\"TableDescription\":" + description("CREATING", "0", "0", "") + "}");
  AwaitDescription("Music", "\"ACTIVE\",\"Creation");
  ASSERT_EQ(Send("PutItem", "{'TableName':'Music','Item':{'zz':{'S':'a'},'aa':{'B':'AA=='}}}"), "{}");
  const std::string described = "{\"Table\":" + description("ACTIVE", "6", "1", warm) + "}";
  EXPECT_EQ(Send("DescribeTable", "{'TableName':'Music'}"), described);
  EXPECT_EQ(Send("DescribeTable", "{'TableName':'arn:aws:dynamodb:us-east-1:111111111111:table/Music'}"), described);
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'arn:aws:dynamodb:us-east-1:111111111111:table/Music'}"),
            "{\"TableDescription\":" + description("DELETING", "0", "0", "") + "}");
}

TEST_F(TablesWireTest, OnDemandTablesShowTheirBilling) {
  const std::string created = Send(
      "CreateTable", Create(fmt::format("{},'TableClass':'STANDARD','DeletionProtectionEnabled':true", kOnDemand)));
  const std::string zero =
      Quoted("'ProvisionedThroughput':{'NumberOfDecreasesToday':0,'ReadCapacityUnits':0,'WriteCapacityUnits':0}");
  EXPECT_NE(created.find(Quoted("'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'}")), std::string::npos);
  EXPECT_NE(created.find(Quoted("'TableClassSummary':{'TableClass':'STANDARD'}")), std::string::npos);
  EXPECT_NE(created.find(zero), std::string::npos);
  AwaitDescription("Music", "\"ACTIVE\",\"Creation");
  const std::string described = Send("DescribeTable", "{'TableName':'Music'}");
  EXPECT_NE(described.find(Quoted("'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST',"
                                  "'LastUpdateToPayPerRequestDateTime':")),
            std::string::npos);
  EXPECT_NE(described.find(Quoted("'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':4000,"
                                  "'Status':'ACTIVE'},'DeletionProtectionEnabled':true")),
            std::string::npos);
  const std::string protection = Invalid(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"), protection);
  EXPECT_EQ(Send("ListTables", "{}"), Quoted("{'TableNames':['Music']}"));
}

TEST_F(TablesWireTest, ATableBeingMadeOrDestroyedTakesNoItems) {
  const std::string named = "{'TableName':'Music'}";
  const std::string key = "{'TableName':'Music','Key':{'a':{'S':'x'}}}";
  const auto takes_no_items = [&] {
    Check({
        {"PutItem", "{'TableName':'Music','Item':{'a':{'S':'x'}}}", NotFound()},
        {"GetItem", key, NotFound()},
        {"UpdateItem", key, NotFound()},
        {"DeleteItem", key, NotFound()},
        {"Scan", named, NotFound()},
        {"BatchGetItem", "{'RequestItems':{'Music':{'Keys':[{'a':{'S':'x'}}]}}}", NotFound()},
        {"BatchWriteItem", "{'RequestItems':{'Music':[{'PutRequest':{'Item':{'a':{'S':'x'}}}}]}}", NotFound()},
        {"Query",
         "{'TableName':'Music','KeyConditionExpression':'a = :a','ExpressionAttributeValues':{':a':{'S':'x'}}}",
         NotFound()},
    });
  };
  gates.make_and_destroy.Close();
  const std::string first = Send("CreateTable", Create(kOnDemand));
  EXPECT_EQ(Described(first, "TableStatus"), "\"TableStatus\":\"CREATING\"");
  takes_no_items();
  const std::string creating = InUse(std::string(kInUsePrefix) + "Table is being created: Music");
  Check({
      {"CreateTable", Create(kOnDemand), creating},
      {"CreateTable", Create("'BillingMode':'PROVISIONED'"),
       InvalidParameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
                        "PROVISIONED")},
      {"DeleteTable", named, creating},
      {"ListTables", "{}", Quoted("{'TableNames':['Music']}")},
  });
  EXPECT_EQ(Described(Send("DescribeTable", named), "TableStatus"), "\"TableStatus\":\"CREATING\"");
  gates.make_and_destroy.Open();
  AwaitDescription("Music", "\"ACTIVE\",\"Creation");
  EXPECT_EQ(Send("PutItem", "{'TableName':'Music','Item':{'a':{'S':'x'}}}"), "{}");

  gates.make_and_destroy.Close();
  EXPECT_EQ(Described(Send("DeleteTable", named), "TableStatus"), "\"TableStatus\":\"DELETING\"");
  takes_no_items();
  Check({
      {"CreateTable", Create(kOnDemand), InUse("Table already exists: Music")},
      {"DeleteTable", named, InUse(std::string(kInUsePrefix) + "Table is being deleted: Music")},
      {"ListTables", "{}", Quoted("{'TableNames':['Music']}")},
  });
  EXPECT_EQ(Described(Send("DescribeTable", named), "TableStatus"), "\"TableStatus\":\"DELETING\"");
  gates.make_and_destroy.Open();
  AwaitDescription("Music", "ResourceNotFoundException");
  Check({
      {"DescribeTable", named, NotFound("Requested resource not found: Table: Music not found")},
      {"DeleteTable", named, NotFound("Requested resource not found: Table: Music not found")},
      {"DescribeTable", "{'TableName':'music'}", NotFound("Requested resource not found: Table: music not found")},
      {"GetItem", key, NotFound()},
      {"ListTables", "{}", Quoted("{'TableNames':[]}")},
  });

  // The same name again: another table.
  const std::string second = Send("CreateTable", Create(kOnDemand));
  AwaitDescription("Music", "\"ACTIVE\",\"Creation");
  EXPECT_NE(Described(second, "TableId"), Described(first, "TableId"));
  EXPECT_EQ(Described(second, "TableArn"), Described(first, "TableArn"));
  EXPECT_EQ(Send("Scan", named), Quoted("{'Items':[],'Count':0,'ScannedCount':0}"));
  EXPECT_EQ(Described(Send("DescribeTable", named), "ItemCount"), "\"ItemCount\":0");
}

TEST_F(TablesWireTest, CallsForTagsAndSettingsTellTheStateOfTheTable) {
  const std::string arn = "arn:aws:dynamodb:us-east-1:111111111111:table/Music";
  const std::string list = "{'ResourceArn':'" + arn + "'}";
  const std::string tag = "{'ResourceArn':'" + arn + "','Tags':[{'Key':'k','Value':'v'}]}";
  const std::string untag = "{'ResourceArn':'" + arn + "','TagKeys':['k']}";
  const std::string named = "{'TableName':'Music'}";
  const auto check = [&](const std::string& tags, const std::string& ttl, const std::string& backups) {
    Check({
        {"ListTagsOfResource", list, tags},
        {"TagResource", tag, tags},
        {"UntagResource", untag, tags},
        {"DescribeTimeToLive", named, ttl},
        {"UpdateTimeToLive", "{'TableName':'Music','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}",
         NotFound("Requested resource not found: Table: Music not found")},
        {"DescribeContinuousBackups", named, backups},
    });
  };
  const auto ttl = [](std::string_view state) {
    return Invalid(
        fmt::format("Cannot describe time to live while table is in {0} state: Current table state is {0}", state));
  };
  const std::string no_resource = NotFound("Requested resource not found: ResourceArn: " + arn + " not found");
  const std::string no_table =
      ErrorBody("com.amazonaws.dynamodb.v20120810#TableNotFoundException", "message", "Table not found: Music");
  check(no_resource, NotFound("Requested resource not found: Table: Music not found"), no_table);

  gates.make_and_destroy.Close();
  const std::string created =
      Send("CreateTable", Create(fmt::format("{},'Tags':[{{'Key':'a','Value':'b'}}]", kOnDemand)));
  EXPECT_EQ(Described(created, "TableStatus"), "\"TableStatus\":\"CREATING\"");
  check(no_resource, ttl("CREATING"), no_table);
  gates.make_and_destroy.Open();
  AwaitDescription("Music", "\"ACTIVE\",\"Creation");
  EXPECT_EQ(Send("ListTagsOfResource", list), Quoted("{'Tags':[{'Key':'a','Value':'b'}]}"));

  gates.make_and_destroy.Close();
  EXPECT_EQ(Described(Send("DeleteTable", named), "TableStatus"), "\"TableStatus\":\"DELETING\"");
  check(InUse(std::string(kInUsePrefix) + "Table is being deleted: Music"), ttl("DELETING"), no_table);
  gates.make_and_destroy.Open();
  AwaitDescription("Music", "ResourceNotFoundException");
  check(no_resource, NotFound("Requested resource not found: Table: Music not found"), no_table);
}

TEST_F(TablesWireTest, ATableDeletedUnderARequestIsNotFound) {
  struct Request {
    std::string operation;
    std::string rest;
    std::string answer;
  };
  const std::string key = ",'Key':{'pk':{'S':'x'}}}";
  const std::vector<Request> requests = {
      {"GetItem", key, NotFound()},
      {"UpdateItem", key, NotFound()},
      {"Scan", "}", NotFound()},
      {"DescribeTable", "}", NotFound("Requested resource not found: Table: Music not found")},
  };
  for (const Request& request : requests) {
    CreateTableWithoutOpening();
    gates.open.Close();
    const int arrived = gates.open.arrivals();
    auto answer =
        std::async(std::launch::async, [&] { return Send(request.operation, "{'TableName':'Music'" + request.rest); });
    gates.open.AwaitArrivals(arrived + 1);
    ASSERT_EQ(Described(Send("DeleteTable", "{'TableName':'Music'}"), "TableStatus"), "\"TableStatus\":\"DELETING\"");
    while (Send("ListTables", "{}") != Quoted("{'TableNames':[]}")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    gates.open.Open();
    EXPECT_EQ(answer.get(), request.answer) << request.operation;
  }
}

TEST_F(TablesWireTest, NamesMayHoldEveryLegalCharacter) {
  const std::vector<std::string> names = {"...", "---", "_0-.aZ", std::string(255, 'n'), "UPPER", "upper"};
  for (const std::string& name : names) {
    CreateTable(name, "S");
    for (const std::string& given : {name, "arn:aws:dynamodb:us-east-1:111111111111:table/" + name}) {
      EXPECT_EQ(Send("PutItem", "{'TableName':'" + given + "','Item':{'pk':{'S':'" + name + "'}}}"), "{}") << given;
      EXPECT_EQ(Send("Scan", "{'TableName':'" + given + "'}"),
                Quoted("{'Items':[{'pk':{'S':'" + name + "'}}],'Count':1,'ScannedCount':1}"));
    }
  }
  EXPECT_EQ(Send("ListTables", "{'Limit':2}"), Quoted("{'TableNames':['---','...'],'LastEvaluatedTableName':'...'}"));
  EXPECT_EQ(Send("ListTables", "{'Limit':2,'ExclusiveStartTableName':'UPPER1'}"),
            Quoted("{'TableNames':['_0-.aZ','" + std::string(255, 'n') + "'],'LastEvaluatedTableName':'" +
                   std::string(255, 'n') + "'}"));
  EXPECT_EQ(Send("ListTables", "{'Limit':1,'ExclusiveStartTableName':'nnz'}"), Quoted("{'TableNames':['upper']}"));
}

TEST_F(TablesWireTest, ArnsMustNameATableOfThisRegion) {
  CreateTable("Music", "S");
  const auto arn_error = [](std::string_view what, std::string_view arn) {
    return OneConstraint(fmt::format("{} '{}'", what, arn));
  };
  const std::string action_text =
      "User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:GetItem on resource: "
      "arn:aws:dynamodb:us-east-1:222222222222:table/Music because no resource-based policy allows the "
      "dynamodb:GetItem action";
  const auto denied = [](std::string_view text) {
    return ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message", text);
  };
  for (const std::string operation : {"DescribeTable", "DeleteTable", "GetItem"}) {
    const auto named = [](std::string_view arn) {
      return fmt::format("{{'TableName':'{}','Key':{{'pk':{{'S':'a'}}}}}}", arn);
    };
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"arn:aws:dynamodb:eu-west-1:111111111111:table/Music", "Invalid AWS region in"},
        {"arn:aws-cn:dynamodb:us-east-1:111111111111:table/Music", "Invalid AWS partition in"},
        {"arn:aws:dynamodb:us-east-1:111111111111:Music", "Invalid resource type in"},
        {"arn:aws:dynamodb:us-east-1:111111111111:table/Music/index/i", "Invalid resource type in"},
        {"arn:aws:dynamodb:us-east-1:111111111111:table/Music/stream/2020-01-01T00:00:00.000",
         "Invalid resource type in"},
    };
    for (const auto& [arn, text] : wrong) {
      EXPECT_EQ(Send(operation, named(arn)), arn_error(text, arn)) << operation;
    }
    // Another account's table: the same answer whether or not it exists.
    const bool is_control = operation != "GetItem";
    EXPECT_EQ(Send(operation, named("arn:aws:dynamodb:us-east-1:222222222222:table/Music")),
              denied(is_control ? std::string_view("Access is denied") : std::string_view(action_text)))
        << operation;
  }
  EXPECT_EQ(Send("GetItem", "{'TableName':'arn:aws:dynamodb:us-east-1:111111111111:table/Other','Key':{}}"),
            NotFound());
}

}  // namespace
}  // namespace basalt::server

// Streams as clients see them, byte for byte: which writes are told and how, shards, iterators, how long what is kept,
// and what streams do to the calls that make and change tables.
#include "server/wire_fixture.h"
#include "table/table_state.h"

namespace basalt::server {
namespace {

constexpr int64_t kNow = 1'700'000'000'123;
constexpr int64_t kHourMs = 3'600'000;

// The value of a string member, from the first place where it stands.
std::string Text(const std::string& body, const std::string& member) {
  const std::string before = "\"" + member + "\":\"";
  const size_t at = body.find(before);
  return at == std::string::npos
             ? ""
             : body.substr(at + before.size(), body.find('"', at + before.size()) - at - before.size());
}

size_t Count(const std::string& body, const std::string& part) {
  size_t count = 0;
  for (size_t at = body.find(part); at != std::string::npos; at = body.find(part, at + 1)) {
    ++count;
  }
  return count;
}

struct ClockHolder {
  os::ManualClock clock{kNow};
};

class StreamsWireTest : protected ClockHolder, public WireTest {
 protected:
  explicit StreamsWireTest(table::CatalogueSettings settings = {}, table::StreamPeriods periods = {})
      : WireTest(Options(clock, settings, periods)) {}

  static InProcessOptions Options(os::Clock& clock, const table::CatalogueSettings& settings,
                                  const table::StreamPeriods& periods) {
    return {.engine = engine::NewMemoryEngine(clock),
            .catalogue_settings = settings,
            .stream_periods = periods,
            .clock = clock};
  }

  std::string Ask(const std::string& operation, std::string_view request) {
    return server_.Send("DynamoDBStreams_20120810." + operation, Quoted(request), Sending()).body;
  }

  static std::string Specification(const std::string& view) {
    return "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'" + view + "'}";
  }

  std::string CreateRequest(const std::string& name, const std::string& more) {
    return "{'TableName':'" + name +
           "','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],"
           "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}]," +
           more + "}";
  }

  // Returns the stream's ARN.
  std::string CreateStreamed(const std::string& name, const std::string& view = "NEW_AND_OLD_IMAGES") {
    const std::string created = Send("CreateTable", CreateRequest(name, Specification(view)));
    AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"");
    return Text(created, "LatestStreamArn");
  }

  std::string Toggle(const std::string& name, const std::string& specification) {
    std::string updated = Send("UpdateTable", "{'TableName':'" + name + "'," + specification + "}");
    AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"");
    return updated;
  }
  std::string Disable(const std::string& name) { return Toggle(name, "'StreamSpecification':{'StreamEnabled':false}"); }

  void Put(const std::string& name, const std::string& key, const std::string& more = "") {
    const std::string put =
        Send("PutItem", "{'TableName':'" + name + "','Item':{'pk':{'S':'" + key + "'}" + more + "}}");
    ASSERT_EQ(put, "{}");
  }

  std::string Describe(const std::string& arn, const std::string& more = "") {
    return Ask("DescribeStream", "{'StreamArn':'" + arn + "'" + more + "}");
  }
  // Of the place-th shard.
  std::string ShardId(const std::string& arn, size_t place = 0) {
    std::string described = Describe(arn);
    for (size_t i = 0; i < place; ++i) {
      described = described.substr(described.find("\"ShardId\"") + 1);
    }
    return Text(described, "ShardId");
  }
  std::string IteratorAnswer(const std::string& arn, const std::string& shard, const std::string& type,
                             const std::string& number = "") {
    return Ask("GetShardIterator", "{'StreamArn':'" + arn + "','ShardId':'" + shard + "','ShardIteratorType':'" + type +
                                       "'" + (number.empty() ? "" : ",'SequenceNumber':'" + number + "'") + "}");
  }
  std::string Iterator(const std::string& arn, const std::string& type, const std::string& number = "") {
    return Text(IteratorAnswer(arn, ShardId(arn), type, number), "ShardIterator");
  }
  std::string Records(const std::string& iterator, const std::string& more = "") {
    return Ask("GetRecords", "{'ShardIterator':'" + iterator + "'" + more + "}");
  }
  // All that the first shard has now.
  std::string All(const std::string& arn) { return Records(Iterator(arn, "TRIM_HORIZON")); }

  // What the first shard tells now: each event and its partition key.
  std::string Told(const std::string& arn) {
    std::string told;
    std::string rest = All(arn);
    for (size_t at = rest.find("\"eventName\""); at != std::string::npos; at = rest.find("\"eventName\"")) {
      rest = rest.substr(at);
      told += (told.empty() ? "" : ", ") + Text(rest, "eventName") + " " + Text(rest.substr(rest.find("\"pk\"")), "S");
      rest = rest.substr(1);
    }
    return told;
  }

  static std::string Number(uint64_t number) { return fmt::format("1{:020}", number); }

  static std::string Trimmed() {
    return ErrorBody("com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException", "message",
                     "The data you are trying to access has been trimmed");
  }

  const std::string kPrefix = "arn:aws:dynamodb:us-east-1:111111111111:table/";
  const std::string kLabel = "2023-11-14T22:13:20.123";
};

TEST_F(StreamsWireTest, RecordsTellWhatWritesDid) {
  const std::string arn = CreateStreamed("Music");
  EXPECT_EQ(arn, kPrefix + "Music/stream/" + kLabel);
  Put("Music", "a", ",'n':{'N':'1'}");
  clock.AdvanceMs(1'500);
  Put("Music", "a", ",'n':{'N':'2.0'},'z':{'S':'x\\\"'}");
  Send("DeleteItem", "{'TableName':'Music','Key':{'pk':{'S':'a'}}}");
  const std::string answer = All(arn);
  const auto id = [&answer](size_t record) {
    size_t at = 0;
    for (size_t i = 0; i <= record; ++i) {
      at = answer.find("\"eventID\":\"", at) + 11;
    }
    return answer.substr(at, 32);
  };
  const auto record = [&](size_t place, const std::string& name, const std::string& inner) {
    return "{\"eventID\":\"" + id(place) + "\",\"eventName\":\"" + name +
           "\",\"eventVersion\":\"1.1\",\"eventSource\":\"aws:dynamodb\",\"awsRegion\":\"us-east-1\",\"dynamodb\":{" +
           Quoted(inner) + "}}";
  };
  const std::string first = "{'n':{'N':'1'},'pk':{'S':'a'}}";
  const std::string second = "{'n':{'N':'2'},'pk':{'S':'a'},'z':{'S':'x\\\"'}}";
  const std::string view = "'StreamViewType':'NEW_AND_OLD_IMAGES'";
  EXPECT_EQ(answer,
            "{\"Records\":[" +
                record(0, "INSERT",
                       "'ApproximateCreationDateTime':1700000000,'Keys':{'pk':{'S':'a'}},'NewImage':" + first +
                           ",'SequenceNumber':'" + Number(1) + "','SizeBytes':9," + view) +
                "," +
                record(1, "MODIFY",
                       "'ApproximateCreationDateTime':1700000001,'Keys':{'pk':{'S':'a'}},'NewImage':" + second +
                           ",'OldImage':" + first + ",'SequenceNumber':'" + Number(2) + "','SizeBytes':18," + view) +
                "," +
                record(2, "REMOVE",
                       "'ApproximateCreationDateTime':1700000001,'Keys':{'pk':{'S':'a'}},'OldImage':" + second +
                           ",'SequenceNumber':'" + Number(3) + "','SizeBytes':12," + view) +
                "],\"NextShardIterator\":\"" + Text(answer, "NextShardIterator") + "\"}");
  EXPECT_EQ(id(0).find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(id(0), id(1));
}

TEST_F(StreamsWireTest, ViewsChooseTheImages) {
  struct View {
    std::string name;
    std::vector<std::string> images;  // of INSERT, MODIFY, REMOVE
    std::vector<int> sizes;
  };
  for (const View& view : std::vector<View>{{"KEYS_ONLY", {"", "", ""}, {3, 3, 3}},
                                            {"NEW_IMAGE", {"New", "New", ""}, {9, 10, 3}},
                                            {"OLD_IMAGE", {"", "Old", "Old"}, {3, 9, 10}},
                                            {"NEW_AND_OLD_IMAGES", {"New", "NewOld", "Old"}, {9, 16, 10}}}) {
    const std::string arn = CreateStreamed("T-" + view.name, view.name);
    Put("T-" + view.name, "a", ",'n':{'N':'1'}");
    Send("UpdateItem", "{'TableName':'T-" + view.name +
                           "','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET n = :n','ExpressionAttributeValues':{':n':"
                           "{'N':'-1'}}}");
    Send("BatchWriteItem", "{'RequestItems':{'T-" + view.name + "':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}}");
    const std::string all = All(arn);
    ASSERT_EQ(Count(all, "\"eventID\""), 3U) << all;
    size_t at = 0;
    for (size_t i = 0; i < 3; ++i) {
      const size_t end = all.find("\"StreamViewType\":\"" + view.name, at);
      const std::string record = all.substr(at, end - at);
      at = end + 1;
      EXPECT_EQ(Text(record, "eventName"), (std::vector<std::string>{"INSERT", "MODIFY", "REMOVE"})[i]);
      EXPECT_EQ(Count(record, "\"Keys\":{\"pk\":{\"S\":\"a\"}}"), 1U);
      const std::string images = std::string(record.find("NewImage") == std::string::npos ? "" : "New") +
                                 (record.find("OldImage") == std::string::npos ? "" : "Old");
      EXPECT_EQ(images, view.images[i]) << view.name;
      EXPECT_NE(record.find("\"SizeBytes\":" + std::to_string(view.sizes[i]) + ","), std::string::npos) << record;
    }
  }
}

TEST_F(StreamsWireTest, WritesThatChangeNothingAreNotTold) {
  const std::string arn = CreateStreamed("Music");
  const std::string set = ",'s':{'SS':['b','a']},'m':{'M':{'x':{'N':'10'},'y':{'NULL':true}}}";
  Put("Music", "a", set);
  // The same values, spelled otherwise.
  Put("Music", "a", ",'m':{'M':{'y':{'NULL':true},'x':{'N':'1e1'}}},'s':{'SS':['a','b']}");
  Send("UpdateItem", "{'TableName':'Music','Key':{'pk':{'S':'a'}}}");
  Send("UpdateItem",
       "{'TableName':'Music','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET m.x = :n ADD s :s',"
       "'ExpressionAttributeValues':{':n':{'N':'10.0'},':s':{'SS':['a']}}}");
  Send("DeleteItem", "{'TableName':'Music','Key':{'pk':{'S':'none'}}}");
  EXPECT_EQ(Send("PutItem",
                 "{'TableName':'Music','Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_not_exists("
                 "pk)'}"),
            ConditionFailed());
  Send("BatchWriteItem", "{'RequestItems':{'Music':[{'PutRequest':{'Item':{'pk':{'S':'a'}" + set +
                             "}}},{'DeleteRequest':{'Key':{'pk':{'S':'none'}}}}]}}");
  EXPECT_EQ(Count(All(arn), "\"eventID\""), 1U);
  // An update creates the item of nothing but its key.
  Send("UpdateItem", "{'TableName':'Music','Key':{'pk':{'S':'b'}}}");
  const std::string all = All(arn);
  EXPECT_EQ(Count(all, "\"eventName\":\"INSERT\""), 2U);
  EXPECT_NE(all.find(R"("Keys":{"pk":{"S":"b"}},"NewImage":{"pk":{"S":"b"}},"SequenceNumber":")" + Number(2) +
                     R"(","SizeBytes":6,)"),
            std::string::npos);
}

TEST_F(StreamsWireTest, TransactionsTellEachTableWhatTheyChangedInIt) {
  const std::string one = CreateStreamed("One");
  const std::string two = CreateStreamed("Two", "KEYS_ONLY");
  CreateTable("Silent", "S");
  Put("One", "b");
  Put("One", "gone");
  clock.AdvanceMs(7'777);
  const auto put = [](const std::string& table, const std::string& key) {
    return "{'Put':{'TableName':'" + table + "','Item':{'pk':{'S':'" + key + "'}}}}";
  };
  const auto keyed = [](const std::string& kind, const std::string& key, const std::string& more) {
    return "{'" + kind + "':{'TableName':'One','Key':{'pk':{'S':'" + key + "'}}" + more + "}}";
  };
  const std::string writes =
      put("One", "a") + "," +
      keyed("Update", "b", ",'UpdateExpression':'SET n = :n','ExpressionAttributeValues':{':n':{'N':'1'}}") + "," +
      put("Two", "x") + "," + keyed("ConditionCheck", "c", ",'ConditionExpression':'attribute_not_exists(pk)'") + "," +
      keyed("Delete", "gone", "") + "," + keyed("Delete", "never", "") + "," + put("Silent", "s");
  EXPECT_EQ(Send("TransactWriteItems", "{'TransactItems':[" + writes + "]}"), "{}");
  EXPECT_EQ(Told(one), "INSERT b, INSERT gone, INSERT a, MODIFY b, REMOVE gone");
  EXPECT_EQ(Told(two), "INSERT x");
  EXPECT_EQ(Count(All(one) + All(two), "\"ApproximateCreationDateTime\":1700000007,"), 4U);
  // Within one table as well; what is cancelled tells nothing.
  EXPECT_EQ(Send("TransactWriteItems", "{'TransactItems':[" + put("Two", "x") + "," + put("Two", "y") + "]}"), "{}");
  const std::string cancelled = Send(
      "TransactWriteItems", "{'TransactItems':[" + put("Two", "z") + "," +
                                keyed("ConditionCheck", "c", ",'ConditionExpression':'attribute_exists(pk)'") + "]}");
  EXPECT_EQ(Count(cancelled, "TransactionCanceledException"), 1U) << cancelled;
  EXPECT_EQ(Told(two), "INSERT x, INSERT y");
}

TEST_F(StreamsWireTest, StatementsTellWhatClassicCallsTell) {
  const std::string arn = CreateStreamed("Music");
  const auto statement = [](const std::string& text, const std::string& parameters) {
    return "{'Statement':'" + text + "','Parameters':[" + parameters + "]}";
  };
  const std::string update = "UPDATE Music SET n = ? WHERE pk = ?";
  const std::string remove = "DELETE FROM Music WHERE pk = ?";
  const auto execute = [&](const std::string& text, const std::string& parameters) {
    return Send("ExecuteStatement", statement(text, parameters));
  };
  EXPECT_EQ(execute(remove, "{'S':'a'}"), R"({"Items":[]})");
  Put("Music", "a");
  EXPECT_EQ(execute(update, "{'N':'1'},{'S':'a'}"), R"({"Items":[]})");
  EXPECT_EQ(execute(update, "{'N':'1.0'},{'S':'a'}"), R"({"Items":[]})");
  EXPECT_EQ(execute(update, "{'N':'1'},{'S':'none'}"), ConditionFailed());
  EXPECT_EQ(execute(remove, "{'S':'a'}"), R"({"Items":[]})");
  EXPECT_EQ(Told(arn), "INSERT a, MODIFY a, REMOVE a");
  const auto inserted = [](const std::string& key) {
    return std::string(R"({"Statement":"INSERT INTO Music VALUE {'pk': ')") + key + R"('}"})";
  };
  EXPECT_EQ(SendRaw("ExecuteStatement", inserted("b")).body, R"({"Items":[]})");
  EXPECT_EQ(Count(SendRaw("ExecuteStatement", inserted("b")).body, "DuplicateItemException"), 1U);
  SendRaw("BatchExecuteStatement", R"({"Statements":[)" + inserted("b") + "," + inserted("c") + "]}");
  EXPECT_EQ(Send("ExecuteTransaction", "{'TransactStatements':[" + statement(update, "{'N':'1'},{'S':'c'}") + "," +
                                           statement(remove, "{'S':'b'}") + "]}"),
            R"({"Responses":[{},{}]})");
  EXPECT_EQ(Count(Send("ExecuteTransaction", "{'TransactStatements':[" + statement(update, "{'N':'2'},{'S':'c'}") +
                                                 "," + statement(update, "{'N':'2'},{'S':'b'}") + "]}"),
                  "TransactionCanceledException"),
            1U);
  EXPECT_EQ(Told(arn), "INSERT a, MODIFY a, REMOVE a, INSERT b, INSERT c, MODIFY c, REMOVE b");
}

TEST_F(StreamsWireTest, ItemsThatExpireAreRemovedByTheService) {
  const std::string arn = CreateStreamed("Music");
  EXPECT_EQ(Count(Send("UpdateTimeToLive",
                       "{'TableName':'Music','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}"),
                  "\"Enabled\":true"),
            1U);
  ASSERT_TRUE(server_.RunDueChores().ok());
  const std::string due = ",'due':{'N':'" + std::to_string(kNow / 1000 + 60) + "'}";
  Put("Music", "a", due);
  Put("Music", "b", due);
  Send("DeleteItem", "{'TableName':'Music','Key':{'pk':{'S':'b'}}}");
  clock.AdvanceMs(kHourMs);
  ASSERT_TRUE(server_.RunDueChores().ok());
  const std::string all = All(arn);
  EXPECT_EQ(Told(arn), "INSERT a, INSERT b, REMOVE b, REMOVE a");
  EXPECT_EQ(Count(all, "userIdentity"), 1U);
  const std::string last = all.substr(all.rfind("\"eventName\""));
  EXPECT_NE(last.find(Quoted("'OldImage':{'due':{'N':'" + std::to_string(kNow / 1000 + 60) +
                             "'},'pk':{'S':'a'}},'SequenceNumber':'" + Number(4) +
                             "','SizeBytes':15,'StreamViewType':'NEW_AND_OLD_IMAGES'},'userIdentity':{'PrincipalId':"
                             "'dynamodb.amazonaws.com','Type':'Service'}}]")),
            std::string::npos)
      << last;
}

TEST_F(StreamsWireTest, ChangesOfTheTableAreNotTold) {
  const std::string arn = CreateStreamed("Music");
  Put("Music", "a", ",'g':{'S':'x'}");
  Toggle("Music",
         "'AttributeDefinitions':[{'AttributeName':'g','AttributeType':'S'}],'GlobalSecondaryIndexUpdates':[{'Create':"
         "{'IndexName':'idx','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':"
         "'ALL'}}}]");
  AwaitDescription("Music", "\"IndexStatus\":\"ACTIVE\"");
  Toggle("Music", "'OnDemandThroughput':{'MaxWriteRequestUnits':1000}");
  EXPECT_EQ(Told(arn), "INSERT a");
  // Keys are the table's alone, beside an index too.
  Put("Music", "a", ",'g':{'S':'y'}");
  EXPECT_EQ(Told(arn), "INSERT a, MODIFY a");
  EXPECT_EQ(Count(All(arn), R"("Keys":{"pk":{"S":"a"}},)"), 2U);
}

TEST_F(StreamsWireTest, APageHasAtMostAThousandRecords) {
  const std::string arn = CreateStreamed("Music", "KEYS_ONLY");
  for (int batch = 0; batch < 41; ++batch) {
    std::string puts;
    for (int i = 0; i < 25; ++i) {
      puts += std::string(i == 0 ? "" : ",") + "{'PutRequest':{'Item':{'pk':{'S':'" + std::to_string(batch * 25 + i) +
              "'}}}}";
    }
    ASSERT_EQ(Send("BatchWriteItem", "{'RequestItems':{'Music':[" + puts + "]}}"), R"({"UnprocessedItems":{}})");
  }
  for (const std::string& limit : {std::string(), std::string(",'Limit':1000")}) {
    const std::string page = Records(Iterator(arn, "TRIM_HORIZON"), limit);
    EXPECT_EQ(Count(page, "\"eventID\""), 1000U);
    EXPECT_EQ(Count(Records(Text(page, "NextShardIterator")), "\"eventID\""), 25U);
  }
}

TEST_F(StreamsWireTest, SizesCountAsItemsAreCounted) {
  const std::string arn = CreateStreamed("Music", "NEW_IMAGE");
  const std::vector<std::pair<std::string, int>> values = {
      {"{'S':'abc'}", 3},          {"{'N':'-12.5'}", 4},          {"{'B':'AAEC'}", 3},
      {"{'BOOL':true}", 1},        {"{'NULL':true}", 1},          {"{'SS':['a','bc']}", 3},
      {"{'NS':['1','22']}", 4},    {"{'BS':['AA==','AAE=']}", 3}, {"{'L':[{'S':'a'},{'BOOL':false}]}", 7},
      {"{'M':{'k':{'S':'v'}}}", 6}};
  for (const auto& [value, size] : values) {
    Put("Music", "a", ",'v':" + value);
  }
  std::string all = All(arn);
  for (const auto& [value, size] : values) {
    const size_t at = all.find("\"SizeBytes\":");
    ASSERT_NE(at, std::string::npos);
    all = all.substr(at + 12);
    EXPECT_EQ(std::stoi(all), 3 + 3 + 1 + size) << value;
  }
}

TEST_F(StreamsWireTest, IteratorsBeginWhereTheyAreAsked) {
  const std::string arn = CreateStreamed("Music", "KEYS_ONLY");
  const std::string early = Iterator(arn, "LATEST");
  const std::string first = Iterator(arn, "AT_SEQUENCE_NUMBER", Number(1));  // where the shard begins
  for (const char* key : {"a", "b", "c"}) {
    Put("Music", key);
  }
  const auto keys = [](const std::string& answer) {
    std::string found;
    for (size_t at = answer.find("\"Keys\":{\"pk\":{\"S\":\""); at != std::string::npos;
         at = answer.find("\"Keys\":{\"pk\":{\"S\":\"", at + 1)) {
      found += answer[at + 19];
    }
    return found;
  };
  EXPECT_EQ(keys(All(arn)), "abc");
  EXPECT_EQ(keys(Records(early)), "abc");
  EXPECT_EQ(keys(Records(first)), "abc");
  EXPECT_EQ(keys(Records(Iterator(arn, "AT_SEQUENCE_NUMBER", Number(2)))), "bc");
  EXPECT_EQ(keys(Records(Iterator(arn, "AFTER_SEQUENCE_NUMBER", Number(2)))), "c");
  EXPECT_EQ(keys(Records(Iterator(arn, "AFTER_SEQUENCE_NUMBER", Number(3)))), "");
  const std::string latest = Iterator(arn, "LATEST");
  EXPECT_EQ(keys(Records(latest)), "");
  Put("Music", "d");
  EXPECT_EQ(keys(Records(latest)), "d");
  EXPECT_EQ(Records(latest), Records(latest));
  // Page by page, each from the one before.
  std::string iterator = Iterator(arn, "TRIM_HORIZON");
  for (const char* expected : {"a", "b", "c", "d", "", ""}) {
    const std::string page = Records(iterator, ",'Limit':1");
    EXPECT_EQ(keys(page), expected);
    iterator = Text(page, "NextShardIterator");
  }
  EXPECT_EQ(keys(Records(Iterator(arn, "TRIM_HORIZON"), ",'Limit':3")), "abc");
}

TEST_F(StreamsWireTest, APageEndsAtAMegabyte) {
  const std::string arn = CreateStreamed("Music", "NEW_IMAGE");
  const std::string big = ",'v':{'S':'" + std::string(300'000, 'x') + "'}";
  for (const char* key : {"a", "b", "c", "d"}) {
    Put("Music", key, big);
  }
  const std::string page = All(arn);
  EXPECT_EQ(Count(page, "\"eventID\""), 3U);
  EXPECT_EQ(Count(Records(Text(page, "NextShardIterator")), "\"eventID\""), 1U);
}

TEST_F(StreamsWireTest, MistakesAreAnsweredInTheServicesWords) {
  const std::string arn = CreateStreamed("Music");
  const std::string shard = ShardId(arn);
  const std::string other = kPrefix + "Music/stream/2020-01-01T00:00:00.000";
  const std::string no_shard = "shardId-00000001414576573621-f55eea83";
  const auto constraint = [](const std::string& value, const std::string& path, const std::string& what) {
    return OneConstraint("Value " + value + " at '" + path + "' failed to satisfy constraint: Member must " + what);
  };
  const auto iterator = [&](const std::string& more) {
    return "{'StreamArn':'" + arn + "','ShardId':'" + shard + "'," + more + "}";
  };
  const std::string out_of_range = "SequenceNumber is not in the range of the shard. SequenceNumber: ";
  const struct {
    std::string operation, request, answer;
  } cases[] = {
      {"DescribeStream", "{}", constraint("null", "streamArn", "not be null")},
      {"DescribeStream", "{'StreamArn':'x'}",
       constraint("'x'", "streamArn", "have length greater than or equal to 37")},
      {"DescribeStream", "{'StreamArn':'" + std::string(40, 'x') + "'}",
       Invalid("Invalid StreamArn: " + std::string(40, 'x'))},
      {"DescribeStream", "{'StreamArn':'" + kPrefix + "Music'}", Invalid("Invalid StreamArn: " + kPrefix + "Music")},
      {"DescribeStream", "{'StreamArn':'" + other + "'}",
       NotFound("Requested resource not found: Stream: " + other + " not found")},
      {"DescribeStream", "{'StreamArn':'" + arn + "','Limit':101}",
       constraint("'101'", "limit", "have value less than or equal to 100")},
      {"DescribeStream", "{'StreamArn':'" + arn + "','Limit':0}",
       constraint("'0'", "limit", "have value greater than or equal to 1")},
      {"DescribeStream", "{'StreamArn':'" + arn + "','ShardFilter':{'Type':'ALL'}}",
       constraint("'ALL'", "shardFilter.type", "satisfy enum value set: [CHILD_SHARDS]")},
      {"DescribeStream", "{'StreamArn':'" + arn + "','ShardFilter':{'Type':'CHILD_SHARDS'}}",
       InvalidParameter("ShardId is required in a ShardFilter of Type CHILD_SHARDS")},
      {"DescribeStream", "{'StreamArn':'" + arn + "','ShardFilter':{'ShardId':'" + shard + "'}}",
       InvalidParameter("Type is required in a ShardFilter with a ShardId")},
      {"ListStreams", "{'Limit':101}", constraint("'101'", "limit", "have value less than or equal to 100")},
      {"ListStreams", "{'TableName':'no-such-table'}", R"({"Streams":[]})"},
      {"GetShardIterator",
       "{'StreamArn':'" + arn + "','ShardId':'" + no_shard + "','ShardIteratorType':'TRIM_HORIZON'}",
       NotFound("Requested resource not found: Shard does not exist")},
      {"GetShardIterator",
       "{'StreamArn':'" + other + "','ShardId':'" + no_shard + "','ShardIteratorType':'TRIM_HORIZON'}",
       NotFound("Requested resource not found: Stream: " + other + " not found")},
      {"GetShardIterator", iterator("'ShardIteratorType':'AT_SEQUENCE_NUMBER'"),
       InvalidParameter("SequenceNumber must be specified when ShardIteratorType is AT_SEQUENCE_NUMBER")},
      {"GetShardIterator", iterator("'ShardIteratorType':'LATEST','SequenceNumber':'" + Number(1) + "'"),
       InvalidParameter("SequenceNumber must not be specified when ShardIteratorType is LATEST")},
      {"GetShardIterator",
       iterator("'ShardIteratorType':'AFTER_SEQUENCE_NUMBER','SequenceNumber':'" + std::string(21, 'x') + "'"),
       InvalidParameter("Invalid SequenceNumber: " + std::string(21, 'x'))},
      {"GetShardIterator", iterator("'ShardIteratorType':'AFTER_SEQUENCE_NUMBER','SequenceNumber':'1'"),
       constraint("'1'", "sequenceNumber", "have length greater than or equal to 21")},
      {"GetShardIterator", iterator("'ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'" + Number(2) + "'"),
       InvalidParameter(out_of_range + Number(2))},
      {"GetShardIterator",
       iterator("'ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'" + std::string(21, '0') + "'"),
       InvalidParameter(out_of_range + std::string(21, '0'))},
      {"GetShardIterator",
       iterator("'ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'" + std::string(40, '9') + "'"),
       InvalidParameter(out_of_range + std::string(40, '9'))},
      {"GetShardIterator", iterator("'ShardIteratorType':'NOW'"),
       constraint("'NOW'", "shardIteratorType",
                  "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]")},
      {"DescribeStream", "{'StreamArn':'" + std::string(1025, 'x') + "'}",
       constraint("'" + std::string(1025, 'x') + "'", "streamArn", "have length less than or equal to 1024")},
      {"DescribeStream", "{'StreamArn':'" + arn + "','ExclusiveStartShardId':'shard'}",
       constraint("'shard'", "exclusiveStartShardId", "have length greater than or equal to 28")},
      {"DescribeStream", "{'StreamArn':'" + arn + "','ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'shard'}}",
       constraint("'shard'", "shardFilter.shardId", "have length greater than or equal to 28")},
      {"ListStreams", "{'Limit':0}", constraint("'0'", "limit", "have value greater than or equal to 1")},
      {"ListStreams", "{'ExclusiveStartStreamArn':'" + std::string(37, 'x') + "'}",
       Invalid("Invalid StreamArn: " + std::string(37, 'x'))},
      {"ListStreams", "{'ExclusiveStartStreamArn':'x'}",
       constraint("'x'", "exclusiveStartStreamArn", "have length greater than or equal to 37")},
      {"ListStreams", "{'TableName':'arn:aws:dynamodb:eu-west-1:111111111111:table/Music'}",
       OneConstraint("Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:111111111111:table/Music'")},
      {"GetShardIterator", "{'StreamArn':'" + arn + "','ShardId':'" + shard + "'}",
       constraint("null", "shardIteratorType", "not be null")},
      {"GetShardIterator", "{'StreamArn':'" + arn + "','ShardIteratorType':'LATEST'}",
       constraint("null", "shardId", "not be null")},
      {"GetShardIterator",
       "{'StreamArn':'" + arn + "','ShardId':'" + std::string(66, 's') + "','ShardIteratorType':'LATEST'}",
       constraint("'" + std::string(66, 's') + "'", "shardId", "have length less than or equal to 65")},
      {"GetShardIterator",
       iterator("'ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'" + std::string(41, '1') + "'"),
       constraint("'" + std::string(41, '1') + "'", "sequenceNumber", "have length less than or equal to 40")},
      {"GetRecords", "{}", constraint("null", "shardIterator", "not be null")},
      {"GetRecords", "{'ShardIterator':'" + std::string(2049, 'x') + "'}",
       constraint("'" + std::string(2049, 'x') + "'", "shardIterator", "have length less than or equal to 2048")},
      {"GetRecords", "{'ShardIterator':'" + Iterator(arn, "LATEST") + "','Limit':0}",
       constraint("'0'", "limit", "have value greater than or equal to 1")},
      {"GetRecords", "{'ShardIterator':5}",
       R"({"__type":"com.amazon.coral.service#SerializationException","Message":")"
       R"(NUMBER_VALUE cannot be converted to String"})"},
      {"GetRecords", "{'ShardIterator':''}",
       constraint("''", "shardIterator", "have length greater than or equal to 1")},
      {"GetRecords", "{'ShardIterator':'x'}", Invalid("Invalid ShardIterator")},
      {"GetRecords", "{'ShardIterator':'" + arn + "|1|AAAA'}", Invalid("Invalid ShardIterator")},
      {"GetRecords", "{'ShardIterator':'" + Iterator(arn, "LATEST") + "','Limit':1001}",
       constraint("'1001'", "limit", "have value less than or equal to 1000")},
  };
  for (const auto& wire_case : cases) {
    EXPECT_EQ(Ask(wire_case.operation, wire_case.request), wire_case.answer)
        << wire_case.operation << " " << wire_case.request;
  }
  // A character of the iterator is another.
  std::string forged = Iterator(arn, "LATEST");
  forged[forged.size() - 6] = forged[forged.size() - 6] == 'A' ? 'B' : 'A';
  EXPECT_EQ(Records(forged), Invalid("Invalid ShardIterator"));
  // Another region has no such stream, and another account must not know.
  const auto elsewhere = [&](Sending with) {
    return server_
        .Send("DynamoDBStreams_20120810.DescribeStream", Quoted("{'StreamArn':'" + arn + "'}"), std::move(with))
        .body;
  };
  EXPECT_EQ(elsewhere({.region = "eu-west-1"}),
            NotFound("Requested resource not found: Stream: " + arn + " not found"));
  const std::string stranger = elsewhere({.access_key_id = "222222222222"});
  EXPECT_EQ(Text(stranger, "__type"), "com.amazon.coral.service#AccessDeniedException") << stranger;
  EXPECT_NE(stranger.find("is not authorized to perform: dynamodb:DescribeStream on resource: " + arn),
            std::string::npos);
  EXPECT_EQ(server_.Send("DynamoDBStreams_20120810.PutRecord", "{}", Sending()).body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
}

TEST_F(StreamsWireTest, TablesShowTheirStreamAndToggleIt) {
  const std::string created = Send("CreateTable", CreateRequest("Music", Specification("NEW_IMAGE")));
  const std::string shown = Quoted(
      "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'},"
      "'LatestStreamLabel':'" +
      kLabel + "','LatestStreamArn':'" + kPrefix + "Music/stream/" + kLabel + "'");
  EXPECT_NE(created.find(shown), std::string::npos) << created;
  AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  EXPECT_NE(Send("DescribeTable", "{'TableName':'Music'}").find(shown), std::string::npos);
  const std::string first = kPrefix + "Music/stream/" + kLabel;
  EXPECT_EQ(Describe(first),
            Quoted("{'StreamDescription':{'StreamArn':'" + first + "','StreamLabel':'" + kLabel +
                   "','StreamStatus':'ENABLED','StreamViewType':'NEW_IMAGE','CreationRequestDateTime':1700000000.123,"
                   "'TableName':'Music','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],'Shards':[{'ShardId':'" +
                   ShardId(first) + "','SequenceNumberRange':{'StartingSequenceNumber':'" + Number(1) + "'}}]}}"));
  EXPECT_EQ(ShardId(first).substr(0, 29), "shardId-00000001700000000123-");
  EXPECT_EQ(ShardId(first).size(), 37U);

  const std::string enabled = "{'TableName':'Music'," + Specification("KEYS_ONLY") + "}";
  EXPECT_EQ(Send("UpdateTable", enabled), Invalid("Table already has an enabled stream: TableName: Music"));
  Put("Music", "a");
  const std::string disabled = Disable("Music");
  EXPECT_EQ(Text(disabled, "TableStatus"), "UPDATING");
  const std::string described = Send("DescribeTable", "{'TableName':'Music'}");
  EXPECT_EQ(described.find("StreamSpecification"), std::string::npos);
  EXPECT_EQ(Text(described, "LatestStreamArn"), first);
  EXPECT_EQ(Text(Describe(first), "StreamStatus"), "DISABLED");
  EXPECT_EQ(Text(Describe(first), "EndingSequenceNumber"), Number(1));
  EXPECT_EQ(Send("UpdateTable", "{'TableName':'Music','StreamSpecification':{'StreamEnabled':false}}"),
            Invalid("Table has no stream to disable: TableName: Music"));
  Put("Music", "unseen");

  // Always a new stream, within the same millisecond too.
  const std::string again = Toggle("Music", Specification("NEW_IMAGE"));
  const std::string second = kPrefix + "Music/stream/2023-11-14T22:13:20.124";
  EXPECT_EQ(Text(again, "LatestStreamArn"), second);
  EXPECT_EQ(Text(again, "TableStatus"), "UPDATING");
  Put("Music", "b");
  EXPECT_EQ(Ask("ListStreams", "{'TableName':'Music'}"),
            Quoted("{'Streams':[{'StreamArn':'" + first + "','TableName':'Music','StreamLabel':'" + kLabel +
                   "'},{'StreamArn':'" + second + "','TableName':'Music','StreamLabel':'2023-11-14T22:13:20.124'}]}"));
  const std::string old_records = All(first);
  EXPECT_EQ(Count(old_records, "\"eventID\""), 1U);
  EXPECT_EQ(old_records.find("NextShardIterator"), std::string::npos);
  const std::string new_records = All(second);
  EXPECT_EQ(Count(new_records, "\"eventID\""), 1U);
  EXPECT_NE(new_records.find(R"("S":"b")"), std::string::npos);
  // LATEST of a closed shard is its end.
  EXPECT_EQ(Records(Iterator(first, "LATEST")), R"({"Records":[]})");
  // A stream without records is closed too.
  const std::string empty = CreateStreamed("Empty");
  Disable("Empty");
  EXPECT_EQ(Text(Describe(empty), "EndingSequenceNumber"), Number(1));
  EXPECT_EQ(All(empty), R"({"Records":[]})");
}

TEST_F(StreamsWireTest, StreamsAreListedPageByPage) {
  for (const char* name : {"Tab-c", "Tab-a", "Tab-b"}) {
    CreateStreamed(name);
  }
  CreateTable("Tab-d", "S");
  std::string listed;
  std::string start;
  for (int page = 0; page < 3; ++page) {
    const std::string answer = Ask("ListStreams", "{'Limit':1" + start + "}");
    EXPECT_EQ(Count(answer, "\"StreamArn\""), 1U);
    listed += Text(answer, "TableName") + " ";
    EXPECT_EQ(Text(answer, "LastEvaluatedStreamArn").empty(), page == 2) << answer;
    start = ",'ExclusiveStartStreamArn':'" + Text(answer, "LastEvaluatedStreamArn") + "'";
  }
  EXPECT_EQ(listed, "Tab-a Tab-b Tab-c ");
  EXPECT_EQ(Count(Ask("ListStreams", "{'TableName':'" + kPrefix + "Tab-b'}"), "\"StreamArn\""), 1U);
  EXPECT_EQ(Ask("ListStreams", "{'TableName':'Tab-d'}"), R"({"Streams":[]})");
}

TEST_F(StreamsWireTest, ShardsFollowOneAnother) {
  const std::string arn = CreateStreamed("Music", "KEYS_ONLY");
  const std::string parent = ShardId(arn);
  Put("Music", "a");
  const std::string waiting = Text(All(arn), "NextShardIterator");
  clock.AdvanceMs(4 * kHourMs - 1);
  ASSERT_TRUE(server_.RunDueChores().ok());
  EXPECT_EQ(Count(Describe(arn), "\"ShardId\""), 1U);
  clock.AdvanceMs(1);
  ASSERT_TRUE(server_.RunDueChores().ok());
  ASSERT_EQ(Count(Describe(arn), "\"ShardId\""), 2U) << Describe(arn);
  const std::string child = ShardId(arn, 1);
  EXPECT_EQ(child.substr(0, 29), "shardId-00000001700014400123-");
  Put("Music", "b");
  const std::string all = Describe(arn);
  EXPECT_NE(all.find(Quoted("'Shards':[{'ShardId':'" + parent + "','SequenceNumberRange':{'StartingSequenceNumber':'" +
                            Number(1) + "','EndingSequenceNumber':'" + Number(1) + "'}},{'ShardId':'" + child +
                            "','SequenceNumberRange':{'StartingSequenceNumber':'" + Number(2) + "'},'ParentShardId':'" +
                            parent + "'}]")),
            std::string::npos)
      << all;
  EXPECT_EQ(All(arn).find("NextShardIterator"), std::string::npos);
  clock.AdvanceMs(-4 * kHourMs);  // so that the iterator is good
  EXPECT_EQ(Records(waiting), R"({"Records":[]})");
  clock.AdvanceMs(4 * kHourMs);
  const auto of_child = [&](const std::string& type) {
    return Records(Text(IteratorAnswer(arn, child, type), "ShardIterator"));
  };
  EXPECT_EQ(Count(of_child("TRIM_HORIZON"), "\"S\":\"b\""), 1U);
  EXPECT_EQ(IteratorAnswer(arn, child, "AT_SEQUENCE_NUMBER", Number(1)),
            InvalidParameter("SequenceNumber is not in the range of the shard. SequenceNumber: " + Number(1)));
  EXPECT_EQ(IteratorAnswer(arn, parent, "AT_SEQUENCE_NUMBER", Number(2)),
            InvalidParameter("SequenceNumber is not in the range of the shard. SequenceNumber: " + Number(2)));

  // Paging, and the children of a shard.
  const std::string page = Describe(arn, ",'Limit':1");
  EXPECT_EQ(Text(page, "LastEvaluatedShardId"), parent);
  const std::string rest = Describe(arn, ",'Limit':1,'ExclusiveStartShardId':'" + parent + "'");
  EXPECT_EQ(Text(rest, "ShardId"), child);
  EXPECT_EQ(rest.find("LastEvaluatedShardId"), std::string::npos);
  const auto children = [&](const std::string& of) {
    return Text(Describe(arn, ",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'" + of + "'}"), "ShardId");
  };
  EXPECT_EQ(children(parent), child);
  EXPECT_EQ(children(child), "");

  // Shards that nothing was written to are closed, too, and have a number of their own.
  for (int i = 0; i < 2; ++i) {
    clock.AdvanceMs(4 * kHourMs);
    ASSERT_TRUE(server_.RunDueChores().ok());
  }
  EXPECT_NE(Describe(arn).find(
                Quoted("'StartingSequenceNumber':'" + Number(3) + "','EndingSequenceNumber':'" + Number(3) + "'}")),
            std::string::npos);
  EXPECT_EQ(Records(Text(IteratorAnswer(arn, ShardId(arn, 2), "TRIM_HORIZON"), "ShardIterator")), R"({"Records":[]})");
}

TEST_F(StreamsWireTest, IteratorsExpireAfterAQuarterOfAnHour) {
  const std::string arn = CreateStreamed("Music");
  const std::string iterator = Iterator(arn, "LATEST");
  clock.AdvanceMs(15 * 60 * 1000);
  EXPECT_EQ(Count(Records(iterator), "NextShardIterator"), 1U);
  clock.AdvanceMs(1);
  EXPECT_EQ(Records(iterator),
            ErrorBody("com.amazonaws.dynamodb.v20120810#ExpiredIteratorException", "message",
                      "Iterator expired. The iterator was created at time Tue Nov 14 22:13:20 UTC 2023 while right now "
                      "it is Tue Nov 14 22:28:20 UTC 2023 which is further in the future than the tolerated delay of "
                      "900000 milliseconds."));
}

// Shards that nobody closes.
class LongShardsWireTest : public StreamsWireTest {
 protected:
  LongShardsWireTest() : StreamsWireTest({}, {.shard_ms = 1000 * kHourMs}) {}
};

TEST_F(LongShardsWireTest, RecordsAreKeptForADay) {
  const std::string arn = CreateStreamed("Music", "KEYS_ONLY");
  Put("Music", "a");
  clock.AdvanceMs(24 * kHourMs - 10);
  const std::string parent = ShardId(arn);
  const std::string horizon = Iterator(arn, "TRIM_HORIZON");
  const std::string before = Iterator(arn, "AT_SEQUENCE_NUMBER", Number(1));
  Put("Music", "b");
  EXPECT_EQ(Count(Records(before), "\"eventID\""), 2U);
  clock.AdvanceMs(10);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Records(before), Trimmed());
    EXPECT_EQ(IteratorAnswer(arn, parent, "AT_SEQUENCE_NUMBER", Number(1)), Trimmed());
    EXPECT_EQ(IteratorAnswer(arn, parent, "AFTER_SEQUENCE_NUMBER", Number(1)), Trimmed());
    const std::string rest = Records(horizon);
    EXPECT_EQ(Count(rest, "\"eventID\""), 1U);
    EXPECT_NE(rest.find("\"S\":\"b\""), std::string::npos);
    // Then what was only passed over is gone.
    ASSERT_TRUE(server_.RunDueChores().ok());
  }
}

TEST_F(StreamsWireTest, ADisabledStreamIsKeptForADay) {
  const std::string arn = CreateStreamed("Music", "KEYS_ONLY");
  Put("Music", "a");
  clock.AdvanceMs(kHourMs);
  Disable("Music");
  clock.AdvanceMs(24 * kHourMs - 1);
  ASSERT_TRUE(server_.RunDueChores().ok());
  EXPECT_EQ(Text(Describe(arn), "StreamStatus"), "DISABLED");
  EXPECT_EQ(All(arn), R"({"Records":[]})");
  clock.AdvanceMs(1);
  ASSERT_TRUE(server_.RunDueChores().ok());
  EXPECT_EQ(Describe(arn), NotFound("Requested resource not found: Stream: " + arn + " not found"));
  EXPECT_EQ(Ask("ListStreams", "{}"), R"({"Streams":[]})");
  EXPECT_EQ(Text(Send("DescribeTable", "{'TableName':'Music'}"), "LatestStreamArn"), arn);
  // Numbers go on.
  const std::string next = Text(Toggle("Music", Specification("KEYS_ONLY")), "LatestStreamArn");
  Put("Music", "b");
  EXPECT_EQ(Text(All(next), "SequenceNumber"), Number(2));
}

TEST_F(StreamsWireTest, TheStreamOfADeletedTableIsReadForADay) {
  const std::string arn = CreateStreamed("Music", "NEW_IMAGE");
  for (int i = 0; i < 5; ++i) {
    Put("Music", std::to_string(i), ",'v':{'S':'" + std::string(300'000, 'x') + "'}");
  }
  const std::string held = Iterator(arn, "AFTER_SEQUENCE_NUMBER", Number(3));
  const std::string shard = ShardId(arn);
  const auto delete_table = [&](const std::string& name) {
    EXPECT_EQ(Text(Send("DeleteTable", "{'TableName':'" + name + "'}"), "TableStatus"), "DELETING");
    for (int i = 0;
         i < 5000 && Send("DescribeTable", "{'TableName':'" + name + "'}").find("\"Table\"") != std::string::npos;
         ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(Send("DescribeTable", "{'TableName':'" + name + "'}"),
              NotFound("Requested resource not found: Table: " + name + " not found"));
  };
  delete_table("Music");
  EXPECT_EQ(Text(Describe(arn), "StreamStatus"), "DISABLED");
  EXPECT_EQ(ShardId(arn), shard);
  EXPECT_EQ(Text(Describe(arn), "EndingSequenceNumber"), Number(5));
  const std::string rest = Records(held);
  EXPECT_EQ(Count(rest, "\"eventID\""), 2U);
  EXPECT_EQ(Text(rest, "SequenceNumber"), Number(4));
  EXPECT_EQ(Text(rest, "NextShardIterator"), "");

  // A table of the same name has a stream of its own, even at the same moment.
  const std::string second = CreateStreamed("Music", "NEW_IMAGE");
  EXPECT_NE(second, arn);
  Put("Music", "new");
  EXPECT_EQ(Text(All(second), "SequenceNumber"), Number(1));
  EXPECT_EQ(Count(Ask("ListStreams", "{'TableName':'Music'}"), "\"StreamArn\""), 2U);
  EXPECT_EQ(Count(Ask("ListStreams", "{}"), "\"StreamArn\""), 2U);
  EXPECT_EQ(Text(All(arn), "SequenceNumber"), Number(1));
  EXPECT_EQ(Text(Send("DescribeTable", "{'TableName':'Music'}"), "LatestStreamArn"), second);
  delete_table("Music");
  // One that had nothing to tell.
  const std::string empty = CreateStreamed("Silent");
  delete_table("Silent");
  EXPECT_EQ(All(empty), R"({"Records":[]})");

  clock.AdvanceMs(24 * kHourMs - 1);
  ASSERT_TRUE(server_.RunDueChores().ok());
  EXPECT_EQ(Count(Ask("ListStreams", "{}"), "\"StreamArn\""), 3U);
  EXPECT_EQ(Text(All(arn), "SequenceNumber"), Number(1));
  clock.AdvanceMs(1);
  EXPECT_EQ(All(arn), R"({"Records":[]})");
  ASSERT_TRUE(server_.RunDueChores().ok());
  EXPECT_EQ(Ask("ListStreams", "{}"), R"({"Streams":[]})");
  EXPECT_EQ(Describe(arn), NotFound("Requested resource not found: Stream: " + arn + " not found"));
}

TEST_F(StreamsWireTest, ATableHasABoundedNumberOfStreams) {
  CreateStreamed("Music", "KEYS_ONLY");
  Disable("Music");
  for (size_t i = 1; i < model::kStreamsOfTableMax; ++i) {
    Toggle("Music", Specification("KEYS_ONLY"));
    Disable("Music");
  }
  EXPECT_EQ(Send("UpdateTable", "{'TableName':'Music'," + Specification("KEYS_ONLY") + "}"),
            LimitExceeded("Subscriber limit exceeded: Number of streams that are kept for table Music exceeds 100"));
  const std::string first = Ask("ListStreams", "{'TableName':'Music'}");
  EXPECT_EQ(Count(first, "\"StreamArn\""), 100U);
  clock.AdvanceMs(24 * kHourMs);
  ASSERT_TRUE(server_.RunDueChores().ok());
  EXPECT_EQ(Text(Toggle("Music", Specification("KEYS_ONLY")), "TableStatus"), "UPDATING");
}

// A shard follows another each time somebody looks.
class ShortShardsWireTest : public StreamsWireTest {
 protected:
  ShortShardsWireTest() : StreamsWireTest({}, {.shard_ms = 1}) {}
};

TEST_F(ShortShardsWireTest, AHundredShardsAreOnAPageInTheirOrder) {
  const std::string arn = CreateStreamed("Music", "KEYS_ONLY");
  for (int i = 0; i < 101; ++i) {
    Put("Music", std::to_string(i));
    clock.AdvanceMs(1);
    ASSERT_TRUE(server_.RunDueChores().ok());
  }
  const std::string page = Describe(arn);
  EXPECT_EQ(Count(page, "\"ShardId\""), 100U);
  const std::string last = Text(page, "LastEvaluatedShardId");
  const std::string rest = Describe(arn, ",'ExclusiveStartShardId':'" + last + "'");
  EXPECT_EQ(Count(rest, "\"ShardId\""), 2U);
  EXPECT_EQ(Text(rest, "ParentShardId"), last);
  EXPECT_EQ(rest.find("LastEvaluatedShardId"), std::string::npos);
  // Parents before children, each with the write that was made while it was open.
  std::string before;
  std::string all = page + rest;
  for (int i = 0; i < 101; ++i) {
    const size_t at = all.find("\"ShardId\"");
    ASSERT_NE(at, std::string::npos);
    all = all.substr(at);
    const std::string shard = Text(all, "ShardId");
    EXPECT_LT(before, shard);
    EXPECT_EQ(Text(Records(Text(IteratorAnswer(arn, shard, "TRIM_HORIZON"), "ShardIterator")), "S"), std::to_string(i));
    before = shard;
    all = all.substr(1);
  }
}

// States last, so that one can look at them.
class SlowStreamsWireTest : public StreamsWireTest {
 protected:
  SlowStreamsWireTest() : StreamsWireTest({.delays = table::kServiceDelays}) {}

  void Settle(const std::string& part) {
    for (int i = 0; i < 10; ++i) {
      clock.AdvanceMs(5'000);
      for (int j = 0; j < 200; ++j) {
        if (Send("DescribeTable", "{'TableName':'Music'}").find(part) != std::string::npos) {
          return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    FAIL() << "Music never showed " << part;
  }
};

TEST_F(SlowStreamsWireTest, WhileAStreamIsToggledTheTableIsInUse) {
  Send("CreateTable", CreateRequest("Music", "'Tags':[]"));
  Settle("\"TableStatus\":\"ACTIVE\"");
  const auto update = [&](const std::string& what) {
    return Send("UpdateTable", "{'TableName':'Music'," + what + "}");
  };
  const auto busy = [](const std::string& text) {
    return InUse("Attempt to change a resource which is still in use: " + text);
  };
  for (const std::string& operation : {std::string("ENABLE"), std::string("DISABLE")}) {
    const std::string answer =
        update(operation == "ENABLE" ? Specification("KEYS_ONLY") : "'StreamSpecification':{'StreamEnabled':false}");
    EXPECT_EQ(Text(answer, "TableStatus"), "UPDATING");
    const std::string label = Text(answer, "LatestStreamLabel");
    const std::string arn = Text(answer, "LatestStreamArn");
    EXPECT_EQ(Text(Describe(arn), "StreamStatus"), operation == "ENABLE" ? "ENABLING" : "DISABLING");
    const std::string toggling = " Table: Music Stream: " + label + " Operation: " + operation;
    const std::string progress = busy("A stream status change is currently in progress." + toggling);
    EXPECT_EQ(update(Specification("NEW_IMAGE")), progress);
    EXPECT_EQ(update("'StreamSpecification':{'StreamEnabled':false}"), progress);
    EXPECT_EQ(update("'BillingMode':'PROVISIONED','ProvisionedThroughput':{'ReadCapacityUnits':1,"
                     "'WriteCapacityUnits':1}"),
              busy("Can't change table IOPS when stream status is being updated." + toggling));
    EXPECT_EQ(update("'TableClass':'STANDARD_INFREQUENT_ACCESS'"),
              busy("Can't update table class when stream status is being updated." + toggling));
    EXPECT_EQ(update("'OnDemandThroughput':{'MaxReadRequestUnits':1}"),
              busy("OnDemandThroughput cannot be updated while stream status update is in progress"));
    EXPECT_EQ(update("'AttributeDefinitions':[{'AttributeName':'g','AttributeType':'S'}],"
                     "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'idx','KeySchema':[{'AttributeName':'g',"
                     "'KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}}]"),
              busy("Can't create or delete indexes when stream status is being updated." + toggling));
    EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"),
              busy("Cannot delete table while stream is being enabled/disabled."));
    Settle("\"TableStatus\":\"ACTIVE\"");
    EXPECT_EQ(Text(Describe(arn), "StreamStatus"), operation == "ENABLE" ? "ENABLED" : "DISABLED");
  }
  // Beside a switch to on-demand a stream may be toggled.
  update("'BillingMode':'PROVISIONED','ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}");
  EXPECT_EQ(update(Specification("KEYS_ONLY")),
            busy("Can't enable or disable stream while table IOPS are being updated. Table: Music"));
  Settle("\"TableStatus\":\"ACTIVE\"");
  EXPECT_EQ(Text(update("'BillingMode':'PAY_PER_REQUEST'," + Specification("KEYS_ONLY")), "TableStatus"), "UPDATING");
  Settle("\"TableStatus\":\"ACTIVE\"");
  const std::string both = Send("DescribeTable", "{'TableName':'Music'}");
  EXPECT_NE(both.find("\"StreamViewType\":\"KEYS_ONLY\""), std::string::npos);
  EXPECT_EQ(Text(both, "BillingMode"), "PAY_PER_REQUEST");
  // A deleted table's stream ends, and is there throughout.
  const std::string arn = Text(both, "LatestStreamArn");
  EXPECT_EQ(Text(Send("DeleteTable", "{'TableName':'Music'}"), "TableStatus"), "DELETING");
  bool is_there = true;
  for (int i = 0; i < 5000 && is_there; ++i) {
    const std::string status = Text(Describe(arn), "StreamStatus");
    ASSERT_TRUE(status == "DISABLING" || status == "DISABLED") << status;
    ASSERT_EQ(Count(Ask("ListStreams", "{'TableName':'Music'}"), "\"StreamArn\""), 2U);
    is_there = Send("DescribeTable", "{'TableName':'Music'}").find("\"Table\"") != std::string::npos;
    clock.AdvanceMs(100);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_FALSE(is_there);
  EXPECT_EQ(Text(Describe(arn), "StreamStatus"), "DISABLED");
}

}  // namespace
}  // namespace basalt::server

// BatchGetItem and BatchWriteItem on the wire: answers, what is left over, limits, duplicates, order of checks.
#include <atomic>
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// How many of the tables, from the last one made backwards, cannot be read or written.
using BrokenTables = std::atomic<int>;

class BreakableKeyspace final : public engine::Keyspace {
 public:
  BreakableKeyspace(std::shared_ptr<engine::Keyspace> below, const std::atomic<int>& made, const BrokenTables& broken)
      : below_(std::move(below)), number_(made), made_(made), broken_(broken) {}

  const std::string& name() const override { return below_->name(); }
  void Get(std::vector<engine::Key> keys, engine::Consistency consistency, Executor& home,
           engine::Done<std::vector<std::optional<std::string>>> done) override {
    if (is_broken()) {
      return home.Post([done = std::move(done)]() mutable { done(Error(Reason::kIo, "broken")); });
    }
    below_->Get(std::move(keys), consistency, home, std::move(done));
  }
  void Scan(engine::Range range, engine::Direction direction, engine::ScanLimits limits,
            engine::Consistency consistency, Executor& home, engine::Done<engine::Page> done) override {
    below_->Scan(std::move(range), direction, limits, consistency, home, std::move(done));
  }
  void Transact(std::vector<engine::Key> keys, engine::TransactFunction function, Executor& home,
                engine::Done<engine::Outcome> done, engine::ValueCache* remembered) override {
    if (is_broken()) {
      return home.Post([done = std::move(done)]() mutable { done(Error(Reason::kIo, "broken")); });
    }
    below_->Transact(std::move(keys), std::move(function), home, std::move(done), remembered);
  }
  void Fence(Executor& home, engine::Done<void> done) override { below_->Fence(home, std::move(done)); }
  void DropSpace(uint16_t space, Executor& home, engine::Done<void> done) override {
    below_->DropSpace(space, home, std::move(done));
  }
  void Feed(uint64_t after, engine::ScanLimits limits, Executor& home, engine::Done<engine::FeedPage> done) override {
    below_->Feed(after, limits, home, std::move(done));
  }
  void Trim(uint64_t up_to, Executor& home, engine::Done<void> done) override {
    below_->Trim(up_to, home, std::move(done));
  }
  void Statistics(Executor& home, engine::Done<engine::KeyspaceStatistics> done) override {
    below_->Statistics(home, std::move(done));
  }

 private:
  bool is_broken() const { return made_ - number_ < broken_; }

  std::shared_ptr<engine::Keyspace> below_;
  int number_;
  const std::atomic<int>& made_;
  const BrokenTables& broken_;
};

class BreakableEngine final : public engine::Engine {
 public:
  explicit BreakableEngine(const BrokenTables& broken) : broken_(broken), below_(engine::NewMemoryEngine()) {}

  engine::Capabilities capabilities() const override { return below_->capabilities(); }
  void Create(std::string name, engine::KeySource key, Executor& home,
              engine::Done<std::shared_ptr<engine::Keyspace>> done) override {
    below_->Create(std::move(name), std::move(key), home, std::move(done));
  }
  // Tables are opened in the order in which they are made: the tests wait for each.
  void Open(std::string name, engine::KeySource key, Executor& home,
            engine::Done<std::shared_ptr<engine::Keyspace>> done) override {
    below_->Open(std::move(name), std::move(key), home,
                 [this, done = std::move(done)](Result<std::shared_ptr<engine::Keyspace>> keyspace) mutable {
                   if (keyspace.ok()) {
                     ++made_;
                     keyspace = std::shared_ptr<engine::Keyspace>(
                         std::make_shared<BreakableKeyspace>(*std::move(keyspace), made_, broken_));
                   }
                   done(std::move(keyspace));
                 });
  }
  void Close(std::string name, Executor& home, engine::Done<void> done) override {
    below_->Close(std::move(name), home, std::move(done));
  }
  void Drop(std::string name, Executor& home, engine::Done<void> done) override {
    below_->Drop(std::move(name), home, std::move(done));
  }
  void List(std::string prefix, Executor& home, engine::Done<std::vector<std::string>> done) override {
    below_->List(std::move(prefix), home, std::move(done));
  }

 private:
  const BrokenTables& broken_;
  std::atomic<int> made_ = 0;
  std::unique_ptr<engine::Engine> below_;
};

class BatchTest : public WireTest {
 protected:
  BatchTest() {
    CreateTable("one", "S");
    CreateTable("two", "S", "N");
  }

  // `count` times "{element}" with # replaced by the number.
  static std::string Repeat(int count, const std::string& element) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      std::string copy = element;
      copy.replace(copy.find('#'), 1, std::to_string(i));
      out += (i == 0 ? "" : ",") + copy;
    }
    return out;
  }
};

TEST_F(BatchTest, WritesAndReadsOverSeveralTables) {
  Check({
      {"BatchWriteItem",
       "{'RequestItems':{'one':[{'PutRequest':{'Item':{'pk':{'S':'a'},'v':{'N':'1'}}}},"
       "{'PutRequest':{'Item':{'pk':{'S':'b'}}}}],'two':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'N':'1.0'}}}}]},"
       "'ReturnConsumedCapacity':'TOTAL'}",
       Quoted("{'UnprocessedItems':{},'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2.0},"
              "{'TableName':'two','CapacityUnits':1.0}]}")},
      {"BatchGetItem",
       "{'RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'none'}}],'ConsistentRead':true},"
       "'two':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'1'}}],'ProjectionExpression':'#s',"
       "'ExpressionAttributeNames':{'#s':'sk'}}},'ReturnConsumedCapacity':'INDEXES'}",
       Quoted("{'Responses':{'one':[{'pk':{'S':'a'},'v':{'N':'1'}}],'two':[{'sk':{'N':'1'}}]},'UnprocessedKeys':{},"
              "'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2.0,'Table':{'CapacityUnits':2.0}},"
              "{'TableName':'two','CapacityUnits':0.5,'Table':{'CapacityUnits':0.5}}]}")},
      {"BatchWriteItem",
       "{'RequestItems':{'one':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}},"
       "{'DeleteRequest':{'Key':{'pk':{'S':'none'}}}}]}}",
       Quoted("{'UnprocessedItems':{}}")},
      {"Scan", "{'TableName':'one'}", Quoted("{'Items':[{'pk':{'S':'b'}}],'Count':1,'ScannedCount':1}")},
      {"BatchGetItem",
       "{'RequestItems':{'arn:aws:dynamodb:us-east-1:111111111111:table/one':{'Keys':[{'pk':{'S':'b'}}]}}}",
       Quoted("{'Responses':{'arn:aws:dynamodb:us-east-1:111111111111:table/one':[{'pk':{'S':'b'}}]},"
              "'UnprocessedKeys':{}}")},
  });
}

TEST_F(BatchTest, LeavesOverWhatPassesSixteenMegabytes) {
  const std::string large(400'000, 'x');
  for (int i = 0; i < 45; ++i) {
    ASSERT_EQ(Send("PutItem",
                   "{'TableName':'one','Item':{'pk':{'S':'" + std::to_string(i) + "'},'v':{'S':'" + large + "'}}}"),
              "{}");
  }
  const std::string answer = Send("BatchGetItem", "{'RequestItems':{'one':{'ConsistentRead':false,'Keys':[" +
                                                      Repeat(45, "{'pk':{'S':'#'}}") + "]}}}");
  // 16 MiB hold 41 of them.
  EXPECT_TRUE(
      answer.ends_with(Quoted("'UnprocessedKeys':{'one':{'Keys':[{'pk':{'S':'41'}},{'pk':{'S':'42'}},"
                              "{'pk':{'S':'43'}},{'pk':{'S':'44'}}],'ConsistentRead':false}}}")))
      << answer.substr(answer.size() - 300);
}

TEST_F(BatchTest, LimitsAreThoseOfTheService) {
  const std::string put = "{'PutRequest':{'Item':{'pk':{'S':'#'}}}}";
  const std::string answer = Send("BatchWriteItem", "{'RequestItems':{'one':[" + Repeat(26, put) + "]}}");
  EXPECT_TRUE(
      answer.starts_with(Quoted("{'__type':'com.amazon.coral.validate#ValidationException','message':'1 "
                                "validation error detected: Value ")))
      << answer;
  EXPECT_TRUE(answer.ends_with(
      "' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length "
      "less than or equal to 25, Member must have length greater than or equal to 1]\"}"))
      << answer;
  Check({
      {"BatchWriteItem", "{'RequestItems':{'one':[" + Repeat(20, put) + "],'two':[" + Repeat(6, put) + "]}}",
       Invalid("Too many items requested for the BatchWriteItem call")},
      {"BatchWriteItem", "{'RequestItems':{'one':[]}}",
       OneConstraint("Value '{one=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy "
                     "constraint: [Member must have length less than or equal to 25, Member must have length greater "
                     "than or equal to 1]")},
      {"BatchWriteItem", "{'RequestItems':{}}",
       OneConstraint("Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than "
                     "or equal to 1")},
      {"BatchGetItem", "{}",
       OneConstraint("Value null at 'requestItems' failed to satisfy constraint: Member must not be null")},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[]}}}",
       OneConstraint("Value '[]' at 'requestItems.one.member.keys' failed to satisfy constraint: Member must have "
                     "length greater than or equal to 1")},
      {"BatchGetItem", "{'RequestItems':{'one':{}}}",
       OneConstraint("Value null at 'requestItems.one.member.keys' failed to satisfy constraint: Member must not be "
                     "null")},
      {"BatchGetItem",
       "{'RequestItems':{'one':{'Keys':[" + Repeat(60, "{'pk':{'S':'#'}}") + "]},'two':{'Keys':[" +
           Repeat(41, "{'pk':{'S':'#'}}") + "]}}}",
       Invalid("Too many items requested for the BatchGetItem call")},
  });
  const std::string keys_text =
      "at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less "
      "than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular "
      "expression pattern: [a-zA-Z0-9_.-]+]\"}";
  for (const std::string& name :
       std::vector<std::string>{"a!", "ab", "", std::string(256, 'a'), "a b c", "caf\xc3\xa9"}) {
    EXPECT_TRUE(
        Send("BatchGetItem", "{'RequestItems':{'" + name + "':{'Keys':[{'pk':{'S':'a'}}]}}}").ends_with(keys_text))
        << name;
    EXPECT_TRUE(Send("BatchWriteItem", "{'RequestItems':{'" + name + "':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}}")
                    .ends_with(keys_text))
        << name;
  }
}

TEST_F(BatchTest, WholeCallsFailBeforeAnythingIsWritten) {
  const std::string good = "{'PutRequest':{'Item':{'pk':{'S':'good'}}}}";
  const std::string duplicates = Invalid("Provided list of item keys contains duplicates");
  Check({
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + "],'none':[" + good + "]}}", NotFound()},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + "],'two':[" + good + "]}}", Invalid(kSchemaMismatch)},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + ",{'DeleteRequest':{'Key':{'pk':{'S':'good'}}}}]}}",
       duplicates},
      {"BatchWriteItem",
       "{'RequestItems':{'two':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'N':'1'}}}},"
       "{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'N':'1.0'}}}}]}}",
       duplicates},
      {"BatchWriteItem",
       "{'RequestItems':{'one':[" + good + "],'arn:aws:dynamodb:us-east-1:111111111111:table/one':[" + good + "]}}",
       duplicates},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + ",{}]}}",
       Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
               "datatypes")},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + good + ",{'PutRequest':{'Item':{'pk':{'N':'x'}}}}]}}",
       Invalid("The parameter cannot be converted to a numeric value: x")},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'a'}}]}}}", duplicates},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'pk':{'N':'1'}}]}}}", Invalid(kSchemaMismatch)},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}}],'ExpressionAttributeNames':{'#a':'a'}}}}",
       Invalid("ExpressionAttributeNames can only be specified when using expressions")},
      {"BatchGetItem", "{'RequestItems':{'none':{'Keys':[{'pk':{'S':'a'}}]}}}", NotFound()},
      {"Scan", "{'TableName':'one'}", Quoted("{'Items':[],'Count':0,'ScannedCount':0}")},
  });
  const std::string large = "{'PutRequest':{'Item':{'pk':{'S':'" + std::string(1000, 'x') + "'},'v':{'S':'" +
                            std::string(409'600, 'x') + "'}}}}";
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'none':[" + large + "]}}"),
            Invalid("Item size has exceeded the maximum allowed size"));
}

TEST_F(BatchTest, TypesThatDoNotFitAreSerializationErrors) {
  const std::string generic =
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
      "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of "
      "loader 'bootstrap')";
  Check({
      {"BatchGetItem", "{'RequestItems':'x'}", Misfit("Unexpected field type")},
      {"BatchGetItem", "{'RequestItems':{'one':'x'}}", Misfit("Unexpected value type in payload")},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':['x']}}}", Misfit(generic)},
      {"BatchWriteItem", "{'RequestItems':{'one':'x'}}", Misfit(generic)},
      {"BatchWriteItem", "{'RequestItems':{'one':['x']}}", Misfit("Unexpected value type in payload")},
      {"BatchWriteItem", "{'RequestItems':{'one':[{'PutRequest':'x'}]}}", Misfit("Unexpected field type")},
  });
}

TEST_F(BatchTest, SixteenMegabytesFitExactly) {
  // 40 items of 400 KB and one of 384 KB are 16 MiB to the byte.
  const auto store = [this](const std::string& key, size_t size_bytes) {
    ASSERT_EQ(Send("PutItem", "{'TableName':'one','Item':{'pk':{'S':'" + key + "'},'v':{'S':'" +
                                  std::string(size_bytes - 3 - key.size(), 'x') + "'}}}"),
              "{}");
  };
  for (int i = 0; i < 40; ++i) {
    store(std::to_string(i), 409'600);
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(Send("PutItem", fmt::format("{{'TableName':'two','Item':{{'pk':{{'S':'a'}},'sk':{{'N':'{}'}}}}}}", i)),
              "{}");
  }
  const std::string keys = Repeat(40, "{'pk':{'S':'#'}}") + ",{'pk':{'S':'last'}}";
  const auto get = [&](const std::string& more) {
    const std::string answer = Send("BatchGetItem", "{'RequestItems':{'one':{'Keys':[" + keys + "]}" + more + "}}");
    const size_t at = answer.find("\"UnprocessedKeys\"");
    return at == std::string::npos ? answer : answer.substr(at);
  };
  store("last", 393'216);
  EXPECT_EQ(get(""), Quoted("'UnprocessedKeys':{}}"));
  // What comes after is left over as it was asked, whole tables too.
  EXPECT_EQ(get(",'two':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'0.0'}},{'sk':{'N':'1'},'pk':{'S':'a'}}],"
                "'ProjectionExpression':'#s, #p','ExpressionAttributeNames':{'#s':'sk','#p':'pk'},'ConsistentRead':"
                "true}"),
            Quoted("'UnprocessedKeys':{'two':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'0'}},{'pk':{'S':'a'},'sk':{'N':'1'}}],"
                   "'ConsistentRead':true,'ProjectionExpression':'#s, #p','ExpressionAttributeNames':{'#s':'sk','#p':"
                   "'pk'}}}}"));
  EXPECT_EQ(get(",'two':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'0'}}]}"),
            Quoted("'UnprocessedKeys':{'two':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'0'}}]}}}"));
  const std::string whole = Send("BatchGetItem", "{'ReturnConsumedCapacity':'TOTAL','RequestItems':{'one':{'Keys':[" +
                                                     keys + "]},'two':{'Keys':[{'pk':{'S':'a'},'sk':{'N':'0'}}]}}}");
  EXPECT_NE(whole.find(Quoted("'two':[]},'UnprocessedKeys'")), std::string::npos) << "every table is there";
  EXPECT_TRUE(whole.ends_with(
      Quoted("'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2048.0},{'TableName':'two','CapacityUnits':0.0}]"
             "}")))
      << "what is left over costs nothing: " << whole.substr(whole.size() - 200);
  store("last", 393'217);
  EXPECT_EQ(get(""), Quoted("'UnprocessedKeys':{'one':{'Keys':[{'pk':{'S':'last'}}]}}}"));
}

TEST_F(BatchTest, OnePartitionMayFillABatch) {
  const std::string text(300'000, 'x');
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(Send("PutItem", fmt::format("{{'TableName':'two','Item':{{'pk':{{'S':'a'}},'sk':{{'N':'{}'}},'v':{{'S':'"
                                          "{}'}}}}}}",
                                          i, text)),
              "{}");
  }
  const std::string answer =
      Send("BatchGetItem", "{'RequestItems':{'two':{'Keys':[" + Repeat(5, "{'pk':{'S':'a'},'sk':{'N':'#'}}") + "]}}}");
  EXPECT_GT(answer.size(), 5 * text.size());
  EXPECT_TRUE(answer.ends_with(Quoted("]},'UnprocessedKeys':{}}")));
}

TEST_F(BatchTest, OneHundredGetsAndTwentyFiveWritesAreTheMost) {
  const std::string key = "{'pk':{'S':'#'}}";
  const std::string put = "{'PutRequest':{'Item':{'pk':{'S':'#'}}}}";
  const auto get = [&](int one, int two) {
    return "{'RequestItems':{'one':{'Keys':[" + Repeat(one, key) + "]},'two':{'Keys':[" +
           Repeat(two, "{'pk':{'S':'a'},'sk':{'N':'#'}}") + "]}}}";
  };
  const std::string none = Quoted("{'Responses':{'one':[],'two':[]},'UnprocessedKeys':{}}");
  const std::string too_many = Invalid("Too many items requested for the BatchGetItem call");
  Check({
      {"BatchGetItem", get(99, 1), none},
      {"BatchGetItem", get(1, 99), none},
      {"BatchGetItem", get(100, 1), too_many},
      {"BatchGetItem", get(1, 100), too_many},
      {"BatchGetItem", get(100, 100), too_many},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[" + Repeat(100, key) + "]}}}",
       Quoted("{'Responses':{'one':[]},'UnprocessedKeys':{}}")},
      {"BatchWriteItem", "{'RequestItems':{'one':[" + Repeat(25, put) + "]}}", Quoted("{'UnprocessedItems':{}}")},
      {"BatchWriteItem",
       "{'RequestItems':{'one':[" + Repeat(24, put) +
           "],'two':[{'DeleteRequest':{'Key':{'pk':{'S':'a'},'sk':{'N':'1'}}"
           "}}]}}",
       Quoted("{'UnprocessedItems':{}}")},
      {"BatchWriteItem",
       "{'RequestItems':{'one':[" + Repeat(25, put) +
           "],'two':[{'DeleteRequest':{'Key':{'pk':{'S':'a'},'sk':{'N':'1'}}"
           "}}]}}",
       Invalid("Too many items requested for the BatchWriteItem call")},
  });
  const std::string many = Send("BatchGetItem", "{'RequestItems':{'one':{'Keys':[" + Repeat(101, key) + "]}}}");
  EXPECT_TRUE(
      many.starts_with(Quoted("{'__type':'com.amazon.coral.validate#ValidationException','message':")) &&
      many.find("\"1 validation error detected: Value '[{pk=com.amazonaws.dynamodb.v20120810.AttributeValue@") !=
          std::string::npos)
      << many.substr(0, 300);
  EXPECT_TRUE(
      many.ends_with("]' at 'requestItems.one.member.keys' failed to satisfy constraint: Member must have length "
                     "less than or equal to 100\"}"))
      << many.substr(many.size() - 300);
  // Tables are counted, too.
  const auto tables = [](int count, const std::string& value) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += fmt::format("{}'table{}':{}", i == 0 ? "" : ",", i, value);
    }
    return "{'RequestItems':{" + text + "}}";
  };
  const std::string keys = "{'Keys':[{'pk':{'S':'a'}}]}";
  const std::string puts = "[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]";
  EXPECT_EQ(Send("BatchGetItem", tables(100, keys)), NotFound());
  EXPECT_EQ(Send("BatchWriteItem", tables(25, puts)), NotFound());
  EXPECT_TRUE(Send("BatchGetItem", tables(101, keys))
                  .ends_with("}' at 'requestItems' failed to satisfy constraint: Member must have length less than or "
                             "equal to 100\"}"));
  EXPECT_TRUE(Send("BatchWriteItem", tables(26, puts))
                  .ends_with("}' at 'requestItems' failed to satisfy constraint: Member must have length less than or "
                             "equal to 25\"}"));
}

TEST_F(BatchTest, KeysAreDuplicatesByTheirValue) {
  const std::string duplicates = Invalid("Provided list of item keys contains duplicates");
  const auto get = [](const std::string& table, const std::string& keys) {
    return "{'RequestItems':{'" + table + "':{'Keys':[" + keys + "]}}}";
  };
  const auto write = [](const std::string& table, const std::string& requests) {
    return "{'RequestItems':{'" + table + "':[" + requests + "]}}";
  };
  const auto put = [](const std::string& key, const std::string& more = "") {
    return "{'PutRequest':{'Item':{" + key + more + "}}}";
  };
  const auto deletion = [](const std::string& key) { return "{'DeleteRequest':{'Key':{" + key + "}}}"; };
  const std::string a = "'pk':{'S':'a'}";
  const std::string one = a + ",'sk':{'N':'1'}";
  const std::string one_too = "'sk':{'N':'10E-1'},'pk':{'S':'\\u0061'}";
  const std::string two = a + ",'sk':{'N':'2'}";
  Check({
      {"BatchGetItem", get("one", "{" + a + "},{" + a + "}"), duplicates},
      {"BatchGetItem", get("two", "{" + one + "},{" + two + "},{" + one_too + "}"), duplicates},
      {"BatchGetItem", get("two", "{" + one + "},{" + two + "}"),
       Quoted("{'Responses':{'two':[]},'UnprocessedKeys':{}}")},
      {"BatchWriteItem", write("one", put(a) + "," + put(a, ",'v':{'N':'1'}")), duplicates},
      {"BatchWriteItem", write("one", deletion(a) + "," + deletion(a)), duplicates},
      {"BatchWriteItem", write("one", put(a) + "," + deletion(a)), duplicates},
      {"BatchWriteItem", write("one", deletion(a) + "," + put(a)), duplicates},
      {"BatchWriteItem", write("two", put(one) + "," + put(two) + "," + deletion(one_too)), duplicates},
      {"BatchWriteItem", write("two", put(one) + "," + deletion(two)), Quoted("{'UnprocessedItems':{}}")},
      // One key in two tables is two keys.
      {"BatchGetItem",
       "{'RequestItems':{'one':{'Keys':[{" + a + "}]},'two':{'Keys':[{" + one + "}],'ProjectionExpression':'sk'}}}",
       Quoted("{'Responses':{'one':[],'two':[{'sk':{'N':'1'}}]},'UnprocessedKeys':{}}")},
      // One table twice.
      {"BatchGetItem",
       "{'RequestItems':{'one':{'Keys':[{" + a +
           "}]},'arn:aws:dynamodb:us-east-1:111111111111:table/one':{'Keys':[{'pk':{'S':'b'}}]}}}",
       duplicates},
      {"BatchWriteItem",
       "{'RequestItems':{'arn:aws:dynamodb:us-east-1:111111111111:table/one':[" + put(a) + "],'one':[" +
           deletion("'pk':{'S':'b'}") + "]}}",
       duplicates},
  });
}

TEST_F(BatchTest, RequestsThatAreNoneAreRefused) {
  const std::string kinds =
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
  const std::string put = "'PutRequest':{'Item':{'pk':{'S':'a'}}}";
  const std::string deletion = "'DeleteRequest':{'Key':{'pk':{'S':'a'}}}";
  const auto write = [](const std::string& request) { return "{'RequestItems':{'one':[" + request + "]}}"; };
  const auto null_at = [](std::string_view path) {
    return OneConstraint(fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null", path));
  };
  Check({
      {"BatchWriteItem", write("{}"), Invalid(kinds)},
      {"BatchWriteItem", write("{'PutRequest':null,'Other':1}"), Invalid(kinds)},
      {"BatchWriteItem", write("{" + put + "," + deletion + "}"), Invalid(kinds)},
      {"BatchWriteItem", write("{'PutRequest':{}}"), null_at("requestItems.one.member.1.member.putRequest.item")},
      {"BatchWriteItem", write("{" + put + "},{'DeleteRequest':{}}"),
       null_at("requestItems.one.member.2.member.deleteRequest.key")},
      {"BatchWriteItem", "{}", null_at("requestItems")},
      {"BatchGetItem", "{'RequestItems':{}}",
       OneConstraint("Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than "
                     "or equal to 1")},
      {"BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}}]}},'ReturnConsumedCapacity':'some'}",
       OneConstraint("Value 'some' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum "
                     "value set: [INDEXES, TOTAL, NONE]")},
      {"BatchWriteItem", "{'RequestItems':{'one':[{" + put + "}]},'ReturnItemCollectionMetrics':'ALL'}",
       OneConstraint("Value 'ALL' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy "
                     "enum value set: [SIZE, NONE]")},
      {"BatchWriteItem", "{'RequestItems':{'one':[{" + put + "}]},'ReturnItemCollectionMetrics':'SIZE'}",
       Quoted("{'UnprocessedItems':{}}")},
      {"Scan", "{'TableName':'one','Select':'COUNT'}", Quoted("{'Count':1,'ScannedCount':1}")},
  });
}

TEST_F(BatchTest, KeysOfBatchesMustFitTheirTables) {
  const std::string empty =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk";
  const std::string hash_size = "Size of hashkey has exceeded the maximum size limit of2048 bytes";
  const auto get = [](const std::string& key) { return "{'RequestItems':{'two':{'Keys':[{" + key + "}]}}}"; };
  const auto put = [](const std::string& key) {
    return "{'RequestItems':{'two':[{'PutRequest':{'Item':{" + key + "}}}]}}";
  };
  const auto deletion = [](const std::string& key) {
    return "{'RequestItems':{'two':[{'DeleteRequest':{'Key':{" + key + "}}}]}}";
  };
  const std::string a = "'pk':{'S':'a'}";
  for (const std::string& key : std::vector<std::string>{"", a, a + ",'sk':{'S':'1'}", "'pk':{'N':'1'},'sk':{'N':'1'}",
                                                         a + ",'x':{'N':'1'}", "'pk':{'M':{}},'sk':{'N':'1'}"}) {
    Check({
        {"BatchGetItem", get(key), Invalid(kSchemaMismatch)},
        {"BatchWriteItem", put(key), Invalid(kSchemaMismatch)},
        {"BatchWriteItem", deletion(key), Invalid(kSchemaMismatch)},
    });
  }
  const std::string extra = a + ",'sk':{'N':'1'},'x':{'N':'1'}";
  const std::string nothing = "'pk':{'S':''},'sk':{'N':'1'}";
  const std::string large = "'pk':{'S':'" + std::string(2049, 'x') + "'},'sk':{'N':'1'}";
  Check({
      {"BatchGetItem", get(extra), Invalid(kSchemaMismatch)},
      {"BatchWriteItem", put(extra), Quoted("{'UnprocessedItems':{}}")},
      {"BatchWriteItem", deletion(extra), Invalid(kSchemaMismatch)},
      {"BatchGetItem", get(nothing), Invalid(empty)},
      {"BatchWriteItem", put(nothing), Invalid(empty)},
      {"BatchWriteItem", deletion(nothing), Invalid(empty)},
      {"BatchGetItem", get(large), InvalidParameter(hash_size)},
      {"BatchWriteItem", put(large), InvalidParameter(hash_size)},
      {"BatchWriteItem", deletion(large), InvalidParameter(hash_size)},
  });
}

// A base of its own, so that the number is there before the server and after it.
struct BrokenHolder {
  BrokenTables broken = 0;
};

class BrokenBatchTest : private BrokenHolder, public WireTest {
 protected:
  BrokenBatchTest() : WireTest({.engine = std::make_unique<BreakableEngine>(BrokenHolder::broken)}) {
    for (const std::string name : {"one", "two"}) {
      CreateTable(name, "S");
      // Opens it.
      EXPECT_EQ(Send("PutItem", "{'TableName':'" + name + "','Item':{'pk':{'S':'a'},'v':{'N':'1'}}}"), "{}");
    }
  }
  using BrokenHolder::broken;
};

TEST_F(BrokenBatchTest, ATableThatFailsIsLeftOverUnlessAllDo) {
  const std::string get =
      "{'ReturnConsumedCapacity':'TOTAL','RequestItems':{'one':{'Keys':[{'pk':{'S':'a'}}]},'two':{'Keys':[{'pk':{'S':"
      "'a'}},{'pk':{'S':'b'}}],'ProjectionExpression':'v','ConsistentRead':true}}}";
  const std::string write =
      "{'ReturnConsumedCapacity':'TOTAL','RequestItems':{'one':[{'PutRequest':{'Item':{'pk':{'S':'a'},'v':{'N':'2'}}}"
      "}],'two':[{'PutRequest':{'Item':{'pk':{'S':'a'},'v':{'NS':['3.0']}}}},{'DeleteRequest':{'Key':{'pk':{'S':'b'}}"
      "}}]}}";
  const std::string failure =
      ErrorBody("com.amazonaws.dynamodb.v20120810#InternalServerError", "message", "Internal server error");
  broken = 1;
  Check({
      {"BatchGetItem", get,
       Quoted("{'Responses':{'one':[{'pk':{'S':'a'},'v':{'N':'1'}}],'two':[]},'UnprocessedKeys':{'two':{'Keys':["
              "{'pk':{'S':'a'}},{'pk':{'S':'b'}}],'ConsistentRead':true,'ProjectionExpression':'v'}},'ConsumedCapacity'"
              ":[{'TableName':'one','CapacityUnits':0.5}]}")},
      {"BatchWriteItem", write,
       Quoted("{'UnprocessedItems':{'two':[{'PutRequest':{'Item':{'pk':{'S':'a'},'v':{'NS':['3']}}}},{'DeleteRequest':"
              "{'Key':{'pk':{'S':'b'}}}}]},'ConsumedCapacity':[{'TableName':'one','CapacityUnits':1.0}]}")},
  });
  broken = 2;
  Check({{"BatchGetItem", get, failure}, {"BatchWriteItem", write, failure}});
  broken = 0;
  EXPECT_EQ(Send("BatchGetItem", get),
            Quoted("{'Responses':{'one':[{'pk':{'S':'a'},'v':{'N':'2'}}],'two':[{'v':{'N':'1'}}]},'UnprocessedKeys':{},"
                   "'ConsumedCapacity':[{'TableName':'one','CapacityUnits':0.5},{'TableName':'two','CapacityUnits':2.0}"
                   "]}"));
}

TEST_F(BrokenBatchTest, AStatementOfATableThatFailsFailsOnItsOwnUnlessAllDo) {
  const std::string insert = R"({"Statements":[{"Statement":"INSERT INTO one VALUE {'pk':'s'}"},)"
                             R"({"Statement":"INSERT INTO two VALUE {'pk':'s'}"}]})";
  const std::string select = R"({"Statements":[{"Statement":"SELECT * FROM one WHERE pk = 's'"},)"
                             R"({"Statement":"SELECT * FROM two WHERE pk = 's'"}]})";
  const std::string failed =
      "{'Error':{'Code':'InternalServerError','Message':'Internal server error'},'TableName':'two'}";
  const std::string failure =
      ErrorBody("com.amazonaws.dynamodb.v20120810#InternalServerError", "message", "Internal server error");
  broken = 1;
  EXPECT_EQ(SendRaw("BatchExecuteStatement", insert).body,
            Quoted("{'Responses':[{'TableName':'one'}," + failed + "]}"));
  broken = 2;
  EXPECT_EQ(SendRaw("BatchExecuteStatement", insert).body, failure);
  EXPECT_EQ(SendRaw("BatchExecuteStatement", insert).status, 500);
  broken = 0;
  EXPECT_EQ(SendRaw("BatchExecuteStatement", select).body,
            Quoted("{'Responses':[{'TableName':'one','Item':{'pk':{'S':'s'}}},{'TableName':'two'}]}"));
}

}  // namespace
}  // namespace basalt::server

// Secondary indexes on the wire: what their keys must be in writes, what Query and Scan make of them, what they cost,
// and the collections of tables with local ones.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/await.h"
#include "server/wire_fixture.h"
#include "table/item_collection.h"

namespace basalt::server {
namespace {

InProcessOptions WithSmallCollections() {
  InProcessOptions options;
  options.item_collection_bytes_max = 5000;
  return options;
}

// States of indexes that pass only when a test says so.
InProcessOptions WithLastingStates() {
  constexpr int64_t kHourMs = 3'600'000;
  InProcessOptions options;
  options.catalogue_settings.delays.index_allocating_ms = kHourMs;
  options.catalogue_settings.delays.index_updating_ms = kHourMs;
  options.catalogue_settings.delays.index_deleting_ms = kHourMs;
  return options;
}

// "Games": key (pk, sk), an index of every kind. On demand.
class IndexTest : public WireTest {
 protected:
  explicit IndexTest(InProcessOptions options = {}) : WireTest(std::move(options)) {}

  void SetUp() override {
    const std::string created = Send("CreateTable", R"({
      'TableName':'Games','BillingMode':'PAY_PER_REQUEST',
      'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'sk','AttributeType':'N'},
        {'AttributeName':'a','AttributeType':'S'},{'AttributeName':'b','AttributeType':'N'},
        {'AttributeName':'c','AttributeType':'B'}],
      'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],
      'LocalSecondaryIndexes':[
        {'IndexName':'local-all','Projection':{'ProjectionType':'ALL'},
         'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'a','KeyType':'RANGE'}]},
        {'IndexName':'local-keys','Projection':{'ProjectionType':'KEYS_ONLY'},
         'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'b','KeyType':'RANGE'}]}],
      'GlobalSecondaryIndexes':[
        {'IndexName':'all','Projection':{'ProjectionType':'ALL'},
         'KeySchema':[{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'b','KeyType':'RANGE'}]},
        {'IndexName':'include','Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['d']},
         'KeySchema':[{'AttributeName':'b','KeyType':'HASH'}]},
        {'IndexName':'several','Projection':{'ProjectionType':'KEYS_ONLY'},
         'KeySchema':[{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'b','KeyType':'HASH'},
           {'AttributeName':'c','KeyType':'RANGE'},{'AttributeName':'sk','KeyType':'RANGE'}]}]})");
    ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription("Games", "\"TableStatus\":\"ACTIVE\"");
  }

  // `attributes`: those beside the key.
  std::string Put(std::string_view pk, int sk, std::string_view attributes = "", std::string_view members = "") {
    return Send("PutItem", fmt::format("{{'TableName':'Games','Item':{{'pk':{{'S':'{}'}},'sk':{{'N':'{}'}}{}{}}}{}}}",
                                       pk, sk, attributes.empty() ? "" : ",", attributes, members));
  }
  std::string Update(std::string_view expression, std::string_view values) {
    return Send("UpdateItem",
                fmt::format("{{'TableName':'Games','Key':{{'pk':{{'S':'p'}},'sk':{{'N':'1'}}}},'UpdateExpression':'{}',"
                            "'ExpressionAttributeValues':{{{}}}}}",
                            expression, values));
  }
  static std::string QueryOf(std::string_view index, std::string_view condition, std::string_view values,
                             std::string_view members = "") {
    return fmt::format(
        "{{'TableName':'Games','IndexName':'{}','KeyConditionExpression':'{}',"
        "'ExpressionAttributeValues':{{{}}}{}}}",
        index, condition, values, members);
  }
  std::string Query(std::string_view index, std::string_view condition, std::string_view values,
                    std::string_view members = "") {
    return Send("Query", QueryOf(index, condition, values, members));
  }
  std::string Scan(std::string_view index, std::string_view members = "") {
    return Send("Scan", fmt::format("{{'TableName':'Games','IndexName':'{}'{}}}", index, members));
  }

  // The numbers in the order in which they are in an answer's items.
  static std::vector<int> SortKeysOf(std::string_view answer) {
    constexpr std::string_view kBefore = "\"sk\":{\"N\":\"";
    std::vector<int> keys;
    const size_t end = answer.find("],\"Count\"");
    for (size_t at = answer.find(kBefore); at < end; at = answer.find(kBefore, at + 1)) {
      keys.push_back(std::stoi(std::string(answer.substr(at + kBefore.size(), 8))));
    }
    return keys;
  }
  static std::string LastKeyOf(const std::string& answer) {
    constexpr std::string_view kBefore = "\"LastEvaluatedKey\":";
    const size_t at = answer.find(kBefore);
    return at == std::string::npos ? "" : answer.substr(at + kBefore.size(), answer.size() - at - kBefore.size() - 1);
  }
  // All pages of a request of so many items each, one after the other.
  std::vector<int> Pages(const std::string& operation, std::string request, int limit) {
    std::vector<int> keys;
    request.pop_back();
    std::string last_key;
    do {
      const std::string page = Send(operation, fmt::format("{},'Limit':{}{}}}", request, limit,
                                                           last_key.empty() ? "" : ",'ExclusiveStartKey':" + last_key));
      const std::vector<int> more = SortKeysOf(page);
      keys.insert(keys.end(), more.begin(), more.end());
      last_key = LastKeyOf(page);
    } while (!last_key.empty() && keys.size() < 1000);
    return keys;
  }
};

constexpr std::string_view kOne = "'a':{'S':'x'},'b':{'N':'1'},'c':{'B':'YQ=='}";

// ---- keys of indexes in writes

TEST_F(IndexTest, AnAttributeThatAnIndexIsKeyedByMustBeFitForIt) {
  const auto type_mismatch = [](std::string_view attribute, std::string_view expected, std::string_view actual,
                                std::string_view index) {
    return InvalidParameter(fmt::format("Type mismatch for Index Key {} Expected: {} Actual: {} IndexName: {}",
                                        attribute, expected, actual, index));
  };
  const auto empty = [](std::string_view type, std::string_view index, std::string_view attribute) {
    return Invalid(
        fmt::format("One or more parameter values are not valid. A value specified for a secondary index "
                    "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
                    "{} value. IndexName: {}, IndexKey: {}",
                    type, index, attribute));
  };
  EXPECT_EQ(Put("p", 1, "'a':{'N':'1'}"), type_mismatch("a", "S", "N", "all"));
  EXPECT_EQ(Put("p", 1, "'b':{'NULL':true}"), type_mismatch("b", "N", "NULL", "all"));
  EXPECT_EQ(Put("p", 1, "'c':{'L':[]}"), type_mismatch("c", "B", "L", "several"));
  EXPECT_EQ(Put("p", 1, "'a':{'S':''}"), empty("string", "all", "a"));
  EXPECT_EQ(Put("p", 1, "'c':{'B':''}"), empty("binary", "several", "c"));
  EXPECT_EQ(Put("p", 1, fmt::format("'a':{{'S':'{}'}}", std::string(2049, 'a'))),
            InvalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes. IndexName: all "
                             "IndexKey: a"));
  // Of a local index it is a sort key, which may be shorter only.
  EXPECT_EQ(Put("p", 1, fmt::format("'a':{{'S':'{}'}}", std::string(1025, 'a'))),
            InvalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes. IndexName: "
                             "local-all IndexKey: a"));
  EXPECT_EQ(Put("p", 1, fmt::format("'a':{{'S':'{}'}}", std::string(1024, 'a'))), "{}");
  EXPECT_EQ(Send("BatchWriteItem",
                 "{'RequestItems':{'Games':[{'PutRequest':{'Item':{'pk':{'S':'p'},'sk':{'N':'2'}}}},"
                 "{'PutRequest':{'Item':{'pk':{'S':'p'},'sk':{'N':'3'},'b':{'S':'1'}}}}]}}"),
            type_mismatch("b", "N", "S", "all"));
  EXPECT_EQ(SortKeysOf(Send("Scan", "{'TableName':'Games'}")), std::vector<int>{1})
      << "nothing of the batch is written";
}

TEST_F(IndexTest, AnIndexKeyIsLookedAtBeforeTheConditionAndAfterTheTablesKey) {
  EXPECT_EQ(Put("p", 1, "'a':{'N':'1'}", ",'ConditionExpression':'attribute_exists(pk)'"),
            InvalidParameter("Type mismatch for Index Key a Expected: S Actual: N IndexName: all"));
  EXPECT_EQ(Send("PutItem", "{'TableName':'Games','Item':{'pk':{'S':'p'},'a':{'N':'1'}}}"),
            InvalidParameter("Missing the key sk in the item"));
}

TEST_F(IndexTest, AnUpdateMustLeaveIndexKeysFit) {
  const std::string wrong_type =
      Invalid("The update expression attempted to update the secondary index key to unsupported type");
  const auto empty = [](std::string_view type) {
    return Invalid(
        fmt::format("One or more parameter values are not valid. The update expression attempted to update a "
                    "secondary index key to a value that is not supported. The AttributeValue for a key "
                    "attribute cannot contain an empty {} value.",
                    type));
  };
  ASSERT_EQ(Put("p", 1, "'n':{'N':'7'},'l':{'L':[{'S':''}]}"), "{}");
  EXPECT_EQ(Update("SET a = :v", "':v':{'N':'1'}"),
            InvalidParameter("Type mismatch for Index Key a Expected: S Actual: N IndexName: all"));
  EXPECT_EQ(Update("SET x = :v, b = :v", "':v':{'BOOL':true}"),
            InvalidParameter("Type mismatch for Index Key b Expected: N Actual: BOOL IndexName: all"));
  EXPECT_EQ(Update("SET a = n, x = :v", "':v':{'N':'1'}"), wrong_type);
  EXPECT_EQ(Update("ADD a :v", "':v':{'N':'1'}"), wrong_type);
  EXPECT_EQ(Update("SET a = if_not_exists(nothing, :v)", "':v':{'N':'1'}"), wrong_type);
  EXPECT_EQ(Update("SET a = :v", "':v':{'S':''}"), empty("string"));
  EXPECT_EQ(Update("SET c = :v", "':v':{'B':''}"), empty("binary"));
  EXPECT_EQ(Update("SET a = l[0], x = :v", "':v':{'N':'1'}"), empty("string"));
  EXPECT_EQ(Update("SET a = :v", fmt::format("':v':{{'S':'{}'}}", std::string(1025, 'a'))),
            Invalid("The update expression attempted to update the secondary index key beyond allowed size limits"));
  EXPECT_EQ(Send("UpdateItem",
                 "{'TableName':'Games','Key':{'pk':{'S':'p'},'sk':{'N':'1'}},'AttributeUpdates':"
                 "{'a':{'Value':{'N':'1'}}}}"),
            InvalidParameter("Type mismatch for Index Key a Expected: S Actual: N IndexName: all"));
  EXPECT_EQ(Update("SET a = :v", "':v':{'S':'fit'}"), "{}");
  EXPECT_EQ(Update("ADD b :v", "':v':{'N':'1'}"), "{}");
  EXPECT_EQ(SortKeysOf(Query("all", "a = :a AND b = :b", "':a':{'S':'fit'},':b':{'N':'1'}")), std::vector<int>{1});
}

TEST_F(IndexTest, StatementsMustLeaveIndexKeysFitToo) {
  const std::string mismatch =
      "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: N IndexName: all";
  ASSERT_EQ(Put("p", 1), "{}");
  for (const std::string_view text :
       {"INSERT INTO Games VALUE {'pk':'p','sk':2,'a':5}", "UPDATE Games SET a = 5 WHERE pk = 'p' AND sk = 1"}) {
    const std::string statement = fmt::format(R"({{"Statement":"{}"}})", text);
    EXPECT_EQ(SendRaw("ExecuteStatement", statement).body, Invalid(mismatch));
    EXPECT_EQ(SendRaw("BatchExecuteStatement", R"({"Statements":[)" + statement + "]}").body,
              Quoted("{'Responses':[{'Error':{'Code':'ValidationError','Message':'" + mismatch +
                     "'},'TableName':'Games'}]}"));
    EXPECT_EQ(SendRaw("ExecuteTransaction", R"({"TransactStatements":[)" + statement + "]}").body,
              Canceled("ValidationError", "{'Code':'ValidationError','Message':'" + mismatch + "'}"));
  }
  EXPECT_EQ(SortKeysOf(Send("Scan", "{'TableName':'Games'}")), std::vector<int>{1});
}

TEST_F(IndexTest, NoPathReachesIntoAnIndexKey) {
  const std::string refused = Invalid(
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: a");
  EXPECT_EQ(Update("SET a.x = :v", "':v':{'S':'1'}"), refused);
  EXPECT_EQ(Put("p", 1, "", ",'ConditionExpression':'attribute_exists(a[1])'"), refused);
  EXPECT_EQ(Scan("include", ",'FilterExpression':'attribute_exists(a.b)'"), refused);
}

// ---- an index that is being made, or goes

class LastingStatesTest : public IndexTest {
 protected:
  LastingStatesTest() : IndexTest(WithLastingStates()) {}
};

TEST_F(LastingStatesTest, AnIndexIsReadOnceItIsMadeAndNoLongerWhenItGoes) {
  const auto turn = [this](table::IndexStatus status) {
    const auto changed = Await<table::ChangedRecord>([&](auto done) {
      server_.services().catalogue.Update(
          {"111111111111", "us-east-1", "Games"},
          [status](const table::TableRecord* current) -> Result<table::TableRecord> {
            table::TableRecord next = *current;
            for (table::IndexRecord& index : next.indexes) {
              index.status = index.name == "all" ? status : index.status;
            }
            return next;
          },
          server_.loop(), std::move(done));
    });
    ASSERT_TRUE(changed.ok());
  };
  const std::string query = QueryOf("all", "a = :a", "':a':{'S':'x'}");
  turn(table::IndexStatus::kCreating);
  EXPECT_EQ(Put("p", 1, kOne), "{}");
  EXPECT_EQ(Put("p", 1, "'b':{'S':'1'}"),
            InvalidParameter("Type mismatch for Index Key b Expected: N Actual: S IndexName: all"));
  EXPECT_EQ(Send("Query", query), Invalid("Cannot read from backfilling global secondary index"));
  EXPECT_EQ(Scan("all"), Invalid("Cannot read from backfilling global secondary index"));
  const std::string statement = R"({"Statement":"SELECT sk FROM Games.\"all\" WHERE a = 'x'"})";
  EXPECT_EQ(SendRaw("ExecuteStatement", statement).body,
            Invalid("Cannot read from backfilling global secondary index"));
  turn(table::IndexStatus::kUpdating);
  EXPECT_EQ(SortKeysOf(Send("Query", query)), std::vector<int>{1}) << "written while the index was being made";
  turn(table::IndexStatus::kDeleting);
  EXPECT_EQ(Send("Query", query), Invalid("The table does not have the specified index: all"));
  EXPECT_EQ(SendRaw("ExecuteStatement", statement).body, Invalid("The table does not have the specified index: all"));
}

TEST_F(IndexTest, AnIndexThatIsAddedHoldsTheItemsThatFitIt) {
  ASSERT_EQ(Put("fits", 1, "'z':{'S':'z'}"), "{}");
  ASSERT_EQ(Put("lacks it", 2), "{}");
  ASSERT_EQ(Put("another type", 3, "'z':{'N':'1'}"), "{}");
  ASSERT_EQ(Put("no scalar", 4, "'z':{'SS':['z']}"), "{}");
  ASSERT_EQ(Put("empty", 5, "'z':{'S':''}"), "{}");
  ASSERT_EQ(Put("too long", 6, fmt::format("'z':{{'S':'{}'}}", std::string(2049, 'z'))), "{}");
  ASSERT_EQ(Put("just fits", 7, fmt::format("'z':{{'S':'{}'}}", std::string(2048, 'z'))), "{}");
  const std::string added =
      Send("UpdateTable",
           "{'TableName':'Games','AttributeDefinitions':[{'AttributeName':'z','AttributeType':'S'}],"
           "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'added','Projection':{'ProjectionType':'ALL'},"
           "'KeySchema':[{'AttributeName':'z','KeyType':'HASH'}]}}]}");
  ASSERT_TRUE(added.starts_with("{\"TableDescription\":")) << added;
  for (int i = 0; i < 5000 && Scan("added").find("\"Items\"") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::vector<int> found = SortKeysOf(Scan("added"));
  EXPECT_EQ(std::set<int>(found.begin(), found.end()), (std::set<int>{1, 7}));
  EXPECT_EQ(found.size(), 2U);
  // The others stay as they are, and may be updated otherwise.
  EXPECT_EQ(Put("another type", 3, "'z':{'N':'1'}"),
            InvalidParameter("Type mismatch for Index Key z Expected: S Actual: N IndexName: added"));
  const auto update = [this](std::string_view expression) {
    return Send("UpdateItem",
                fmt::format("{{'TableName':'Games','Key':{{'pk':{{'S':'another type'}},'sk':{{'N':'3'}}}},"
                            "'UpdateExpression':'{}','ExpressionAttributeValues':{{':v':{{'S':'v'}}}}}}",
                            expression));
  };
  EXPECT_EQ(update("SET d = :v"), "{}");
  EXPECT_EQ(SortKeysOf(Scan("added")), found);
  EXPECT_EQ(update("SET z = :v"), "{}");
  EXPECT_EQ(SortKeysOf(Query("added", "z = :z", "':z':{'S':'v'}")), std::vector<int>{3});
}

// ---- reading

TEST_F(IndexTest, AnItemIsInAnIndexWhileItHasAllOfItsKey) {
  ASSERT_EQ(Put("p", 1, kOne), "{}");
  ASSERT_EQ(Put("p", 2, "'a':{'S':'x'}"), "{}");
  ASSERT_EQ(Put("p", 3), "{}");
  const std::string all = "':a':{'S':'x'}";
  EXPECT_EQ(SortKeysOf(Query("all", "a = :a", all)), std::vector<int>{1});
  EXPECT_EQ(SortKeysOf(Query("local-all", "pk = :p", "':p':{'S':'p'}")), (std::vector<int>{1, 2}));
  EXPECT_EQ(SortKeysOf(Scan("several")), std::vector<int>{1});
  ASSERT_EQ(Send("UpdateItem",
                 "{'TableName':'Games','Key':{'pk':{'S':'p'},'sk':{'N':'1'}},'UpdateExpression':"
                 "'REMOVE c'}"),
            "{}");
  EXPECT_EQ(SortKeysOf(Scan("several")), std::vector<int>{});
  EXPECT_EQ(SortKeysOf(Query("all", "a = :a", all)), std::vector<int>{1});
  ASSERT_EQ(Send("DeleteItem", "{'TableName':'Games','Key':{'pk':{'S':'p'},'sk':{'N':'1'}}}"), "{}");
  EXPECT_EQ(SortKeysOf(Query("all", "a = :a", all)), std::vector<int>{});
}

TEST_F(IndexTest, EntriesComeInTheOrderOfTheIndexThenOfTheTablesKeyBothWaysAndInPages) {
  const int b_of[] = {5, -3, 5, 20, 0, 5};
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(Put(i % 2 == 0 ? "p" : "q", i, fmt::format("'a':{{'S':'x'}},'b':{{'N':'{}'}}", b_of[i])), "{}");
  }
  const std::vector<int> in_order = {1, 4, 0, 2, 5, 3};  // of the three fives p before q
  const std::vector<int> backward(in_order.rbegin(), in_order.rend());
  for (int limit = 1; limit <= 7; ++limit) {
    EXPECT_EQ(Pages("Query", QueryOf("all", "a = :a", "':a':{'S':'x'}"), limit), in_order) << limit;
    EXPECT_EQ(Pages("Query", QueryOf("all", "a = :a", "':a':{'S':'x'}", ",'ScanIndexForward':false"), limit), backward);
  }
  const auto selected = [&](std::string_view condition) {
    return SortKeysOf(Query("all", fmt::format("a = :a AND {}", condition),
                            condition.find(":c") == std::string_view::npos
                                ? "':a':{'S':'x'},':b':{'N':'5'}"
                                : "':a':{'S':'x'},':b':{'N':'0'},':c':{'N':'5'}"));
  };
  EXPECT_EQ(selected("b = :b"), (std::vector<int>{0, 2, 5}));
  EXPECT_EQ(selected("b < :b"), (std::vector<int>{1, 4}));
  EXPECT_EQ(selected("b <= :b"), (std::vector<int>{1, 4, 0, 2, 5}));
  EXPECT_EQ(selected("b > :b"), (std::vector<int>{3}));
  EXPECT_EQ(selected("b >= :b"), (std::vector<int>{0, 2, 5, 3}));
  EXPECT_EQ(selected("b BETWEEN :b AND :c"), (std::vector<int>{4, 0, 2, 5}));
  EXPECT_EQ(Query("all", "a = :a", "':a':{'S':'x'}", ",'Limit':1"),
            Quoted("{'Items':[{'a':{'S':'x'},'b':{'N':'-3'},'pk':{'S':'q'},'sk':{'N':'1'}}],'Count':1,'ScannedCount':1,"
                   "'LastEvaluatedKey':{'a':{'S':'x'},'b':{'N':'-3'},'pk':{'S':'q'},'sk':{'N':'1'}}}"));
}

TEST_F(IndexTest, KeysOfSeveralAttributesAreUsedFromTheLeft) {
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(Put("p", i, fmt::format("'a':{{'S':'x'}},'b':{{'N':'1'}},'c':{{'B':'{}'}}", i < 2 ? "YQ==" : "Yg==")),
              "{}");
  }
  ASSERT_EQ(Put("p", 9, "'a':{'S':'x'},'b':{'N':'2'},'c':{'B':'YQ=='}"), "{}");
  const std::string partition = "':a':{'S':'x'},':b':{'N':'1'}";
  const std::string with_c = partition + ",':c':{'B':'YQ=='}";
  const std::string with_sk = with_c + ",':s':{'N':'0'}";
  EXPECT_EQ(SortKeysOf(Query("several", "b = :b AND a = :a", partition)), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(SortKeysOf(Query("several", "a = :a AND b = :b AND c > :c", with_c)), (std::vector<int>{2, 3}));
  EXPECT_EQ(SortKeysOf(Query("several", "a = :a AND b = :b AND begins_with(c, :c)", with_c)), (std::vector<int>{0, 1}));
  EXPECT_EQ(SortKeysOf(Query("several", "a = :a AND b = :b AND c = :c AND sk > :s", with_sk)), std::vector<int>{1});
  EXPECT_EQ(Pages("Query", QueryOf("several", "a = :a AND b = :b", partition), 1), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(LastKeyOf(Query("several", "a = :a AND b = :b", partition, ",'Limit':1")),
            Quoted("{'a':{'S':'x'},'b':{'N':'1'},'c':{'B':'YQ=='},'pk':{'S':'p'},'sk':{'N':'0'}}"));
  const auto missed = [](std::string_view attribute) {
    return Invalid(fmt::format("Query condition missed key schema element: {}", attribute));
  };
  const std::string unsupported = Invalid("Query key condition not supported");
  Check({
      {"Query", QueryOf("several", "a = :a", "':a':{'S':'x'}"), missed("b")},
      {"Query", QueryOf("several", "b = :b", "':b':{'N':'1'}"), missed("a")},
      {"Query", QueryOf("several", "a = :a AND b > :b", partition), unsupported},
      {"Query", QueryOf("several", "a = :a AND b = :b AND c > :c AND sk = :s", with_sk), unsupported},
      {"Query", QueryOf("several", "a = :a AND b = :b AND sk > :s", partition + ",':s':{'N':'0'}"),
       Invalid("RANGE key attributes c must have equality conditions specified in the query because a condition is "
               "present on key attribute sk")},
      {"Query", QueryOf("several", "a = :a AND b = :b AND d = :c", with_c), missed("c")},
      {"Query", QueryOf("several", "a = :a AND b = :b AND c = :c AND sk = :s AND d = :s", with_sk), unsupported},
      {"Query", QueryOf("several", "a = :a AND b = :b", "':a':{'S':'x'},':b':{'S':'1'}"),
       InvalidParameter("Condition parameter type does not match schema type")},
      {"Query", QueryOf("include", "b = :b AND a = :a AND c = :c", with_c),
       Invalid("Conditions can be of length 1 or 2 only")},
      {"Query", QueryOf("all", "b = :b", "':b':{'N':'1'}"), missed("a")},
      {"Query", QueryOf("include", "b = :b AND a = :a", partition), unsupported},
  });
  // In the older parameters, too.
  EXPECT_EQ(SortKeysOf(Send("Query",
                            "{'TableName':'Games','IndexName':'several','KeyConditions':{"
                            "'a':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'x'}]},"
                            "'b':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'1'}]},"
                            "'c':{'ComparisonOperator':'GT','AttributeValueList':[{'B':'YQ=='}]}}}")),
            (std::vector<int>{2, 3}));
}

TEST_F(IndexTest, AnIndexIsScannedByHashWholeOrInSegmentsAndPages) {
  std::multiset<int> all;
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(Put("p", i, fmt::format("'a':{{'S':'{}'}},'b':{{'N':'{}'}}", i % 13, i)), "{}");
    all.insert(i);
  }
  const std::string scan = "{'TableName':'Games','IndexName':'all'}";
  const std::vector<int> whole = SortKeysOf(Send("Scan", scan));
  EXPECT_EQ(std::multiset<int>(whole.begin(), whole.end()), all);
  EXPECT_EQ(Pages("Scan", scan, 7), whole);
  std::vector<int> together;
  for (int segment = 0; segment < 5; ++segment) {
    const std::vector<int> part = Pages(
        "Scan", fmt::format("{{'TableName':'Games','IndexName':'all','Segment':{},'TotalSegments':5}}", segment), 3);
    together.insert(together.end(), part.begin(), part.end());
  }
  EXPECT_EQ(together, whole);
}

TEST_F(IndexTest, WhatIsReturnedIsWhatTheIndexHoldsOrALocalOneFetches) {
  ASSERT_EQ(Put("p", 1, "'b':{'N':'1'},'d':{'S':'D'},'e':{'S':'E'}"), "{}");
  const std::string by_b = "':b':{'N':'1'}";
  const std::string by_p = "':p':{'S':'p'}";
  const auto one = [](std::string_view item) {
    return Quoted(fmt::format("{{'Items':[{}],'Count':1,'ScannedCount':1}}", item));
  };
  const std::string whole = "{'b':{'N':'1'},'d':{'S':'D'},'e':{'S':'E'},'pk':{'S':'p'},'sk':{'N':'1'}}";
  const auto does_not_project = [](std::string_view attributes) {
    return InvalidParameter(fmt::format("Global secondary index include does not project [{}]", attributes));
  };
  Check({
      {"Query", QueryOf("include", "b = :b", by_b), one("{'b':{'N':'1'},'d':{'S':'D'},'pk':{'S':'p'},'sk':{'N':'1'}}")},
      {"Query", QueryOf("include", "b = :b", by_b, ",'Select':'ALL_PROJECTED_ATTRIBUTES'"),
       one("{'b':{'N':'1'},'d':{'S':'D'},'pk':{'S':'p'},'sk':{'N':'1'}}")},
      {"Query", QueryOf("include", "b = :b", by_b, ",'ProjectionExpression':'d,sk'"),
       one("{'d':{'S':'D'},'sk':{'N':'1'}}")},
      {"Query", QueryOf("include", "b = :b", by_b, ",'Select':'COUNT'"), Quoted("{'Count':1,'ScannedCount':1}")},
      {"Query", QueryOf("include", "b = :b", by_b, ",'Select':'ALL_ATTRIBUTES'"),
       InvalidParameter("Select type ALL_ATTRIBUTES is not supported for global secondary index include because its "
                        "projection type is not ALL")},
      {"Query", QueryOf("include", "b = :b", by_b, ",'ProjectionExpression':'d,e'"), does_not_project("e")},
      {"Query", QueryOf("include", "b = :b", by_b, ",'ProjectionExpression':'e.x,f,e.y'"), does_not_project("e, f")},
      {"Query", QueryOf("include", "b = :b", by_b, ",'AttributesToGet':['e']"),
       Invalid("Can not use both expression and non-expression parameters in the same request: Non-expression "
               "parameters: {AttributesToGet} Expression parameters: {KeyConditionExpression}")},
      {"Scan", "{'TableName':'Games','IndexName':'include','AttributesToGet':['e']}", does_not_project("e")},
      {"Scan", "{'TableName':'Games','IndexName':'include','Select':'ALL_ATTRIBUTES'}",
       InvalidParameter("Select type ALL_ATTRIBUTES is not supported for global secondary index include because its "
                        "projection type is not ALL")},
      // What a global index does not hold is absent for a filter.
      {"Query", QueryOf("include", "b = :b", by_b, ",'FilterExpression':'attribute_exists(e)'"),
       Quoted("{'Items':[],'Count':0,'ScannedCount':1}")},
      {"Query", QueryOf("local-keys", "pk = :p", by_p), one("{'b':{'N':'1'},'pk':{'S':'p'},'sk':{'N':'1'}}")},
      {"Query", QueryOf("local-keys", "pk = :p", by_p, ",'Select':'ALL_ATTRIBUTES'"), one(whole)},
      {"Query", QueryOf("local-keys", "pk = :p", by_p, ",'ProjectionExpression':'e'"), one("{'e':{'S':'E'}}")},
      {"Query", QueryOf("local-keys", "pk = :p", by_p, ",'FilterExpression':'attribute_exists(e)','Select':'COUNT'"),
       Quoted("{'Count':1,'ScannedCount':1}")},
      {"Query", QueryOf("local-keys", "pk = :p", by_p, ",'ConsistentRead':true,'Select':'ALL_ATTRIBUTES'"), one(whole)},
      {"Scan", "{'TableName':'Games','IndexName':'local-keys','Select':'ALL_ATTRIBUTES'}", one(whole)},
  });
}

TEST_F(IndexTest, AReadMustSuitItsIndex) {
  ASSERT_EQ(Put("p", 1, kOne), "{}");
  const std::string by_a = "':a':{'S':'x'}";
  const auto on_keys = [](std::string_view attribute) {
    return Invalid(
        fmt::format("Filter Expression can only contain non-primary key attributes: Primary key attribute: "
                    "{}",
                    attribute));
  };
  Check({
      {"Query",
       QueryOf("several", "a = :a AND b = :b", by_a + ",':b':{'N':'1'}", ",'FilterExpression':'sk = :b AND pk = :a'"),
       on_keys("sk")},
      {"Query",
       QueryOf("several", "a = :a AND b = :b", by_a + ",':b':{'N':'1'}", ",'FilterExpression':'attribute_exists(c)'"),
       on_keys("c")},
      {"Query", QueryOf("none", "a = :a", by_a), Invalid("The table does not have the specified index: none")},
      {"Scan", "{'TableName':'Games','IndexName':'none'}",
       Invalid("The table does not have the specified index: none")},
      {"Query", QueryOf("all", "a = :a", by_a, ",'ConsistentRead':true"),
       Invalid("Consistent reads are not supported on global secondary indexes")},
      {"Scan", "{'TableName':'Games','IndexName':'all','ConsistentRead':true}",
       Invalid("Consistent reads are not supported on global secondary indexes")},
      {"Query", QueryOf("all", "a = :a", by_a, ",'FilterExpression':'attribute_exists(b)'"), on_keys("b")},
      {"Query", QueryOf("local-all", "pk = :a", by_a, ",'FilterExpression':'attribute_exists(a)'"), on_keys("a")},
      {"Query", QueryOf("all", "a = :a", "':a':{'S':''}"),
       Invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
               "empty string value. Key: a")},
      {"Query", QueryOf("all", "pk = :a", by_a), Invalid("Query condition missed key schema element: a")},
  });
  // The table's own key is no key of the index.
  EXPECT_EQ(SortKeysOf(Query("all", "a = :a", by_a, ",'FilterExpression':'attribute_exists(pk)'")),
            std::vector<int>{1});
}

TEST_F(IndexTest, AStartKeyHasTheKeysOfBoth) {
  ASSERT_EQ(Put("p", 1, kOne), "{}");
  const auto query = [&](std::string_view start, std::string_view condition = "a = :a",
                         std::string_view values = "':a':{'S':'x'}") {
    return WireCase{"Query", QueryOf("all", condition, values, fmt::format(",'ExclusiveStartKey':{{{}}}", start)), ""};
  };
  const auto answered = [](WireCase wire_case, std::string answer) {
    wire_case.answer = std::move(answer);
    return wire_case;
  };
  const auto scan = [](std::string_view start, std::string answer) {
    return WireCase{"Scan", fmt::format("{{'TableName':'Games','IndexName':'all','ExclusiveStartKey':{{{}}}}}", start),
                    std::move(answer)};
  };
  const std::string table_key = "'pk':{'S':'p'},'sk':{'N':'1'}";
  const std::string invalid = Invalid("The provided starting key is invalid");
  const std::string mismatch =
      Invalid("The provided starting key is invalid: The provided key element does not match the schema");
  const std::string nothing = Quoted("{'Items':[],'Count':0,'ScannedCount':0}");
  const std::string bounded = "':a':{'S':'x'},':b':{'N':'5'}";
  Check({
      answered(query(table_key), invalid),
      answered(query("'a':{'S':'x'},'b':{'N':'1'}"), invalid),
      answered(query("'a':{'S':'x'},'c':{'N':'1'}," + table_key), invalid),
      answered(query("'a':{'S':'x'},'b':{'N':'1'},'c':{'N':'1'}," + table_key), invalid),
      answered(query("'a':{'N':'1'},'b':{'N':'1'}," + table_key), Invalid(kSchemaMismatch)),
      answered(query("'a':{'S':'x'},'b':{'N':'1'},'pk':{'N':'1'},'sk':{'N':'1'}"), mismatch),
      answered(query("'a':{'S':'y'},'b':{'N':'1'}," + table_key),
               Invalid("The provided starting key is outside query boundaries based on provided conditions")),
      answered(query("'a':{'S':'x'},'b':{'N':'1'}," + table_key, "a = :a AND b > :b", bounded),
               Invalid("The provided starting key does not match the range key predicate")),
      answered(query("'a':{'S':'y'},'b':{'N':'7'}," + table_key, "a = :a AND b > :b", bounded),
               Invalid("The query can return at most one row and cannot be restarted")),
      answered(query("'a':{'S':''},'b':{'N':'1'}," + table_key), invalid),
      answered(query("'a':{'S':'x'},'b':{'N':'1'}," + table_key), nothing),
      scan(table_key, invalid),
      scan("'a':{'N':'1'},'b':{'N':'1'}," + table_key, Invalid(kSchemaMismatch)),
      scan("'a':{'S':'x'},'b':{'N':'1'},'pk':{'N':'1'},'sk':{'N':'1'}", mismatch),
  });
  // It need not be that of an entry.
  EXPECT_EQ(SortKeysOf(Query("all", "a = :a", "':a':{'S':'x'}",
                             ",'ExclusiveStartKey':{'a':{'S':'x'},'b':{'N':'0'},'pk':{'S':'z'},'sk':{'N':'1'}}")),
            std::vector<int>{1});
}

// ---- capacity

TEST_F(IndexTest, WritesTellWhatEachIndexCost) {
  const auto consumed = [](double table, std::string_view local, std::string_view global, double total) {
    std::string out = fmt::format(
        "{{'ConsumedCapacity':{{'TableName':'Games','CapacityUnits':{:.1f},'Table':"
        "{{'CapacityUnits':{:.1f}}}",
        total, table);
    out += local.empty() ? "" : fmt::format(",'LocalSecondaryIndexes':{{{}}}", local);
    out += global.empty() ? "" : fmt::format(",'GlobalSecondaryIndexes':{{{}}}", global);
    return Quoted(out + "}}");
  };
  const std::string indexes = ",'ReturnConsumedCapacity':'INDEXES'";
  const std::string one = "'CapacityUnits':1.0}";
  EXPECT_EQ(Put("p", 1, "", indexes), consumed(1, "", "", 1));
  EXPECT_EQ(Put("p", 1, kOne, indexes), consumed(1, "'local-all':{" + one + ",'local-keys':{" + one,
                                                 "'all':{" + one + ",'include':{" + one + ",'several':{" + one, 6));
  EXPECT_EQ(Put("p", 1, kOne, indexes), consumed(1, "", "", 1)) << "nothing changed";
  ASSERT_EQ(Put("set", 1, std::string(kOne) + ",'s':{'NS':['1','2','30']}"), "{}");
  EXPECT_EQ(Put("set", 1, "'s':{'NS':['30','2.0','1']},'c':{'B':'YQ=='},'b':{'N':'1.0'},'a':{'S':'x'}", indexes),
            consumed(1, "", "", 1))
      << "nor here: neither members of sets nor attributes have an order, and a number has one value";
  EXPECT_EQ(Put("p", 1, std::string(kOne) + ",'e':{'S':'new'}", indexes),
            consumed(1, "'local-all':{" + one, "'all':{" + one, 3));
  EXPECT_EQ(Put("p", 1, std::string(kOne) + ",'e':{'S':'new'},'d':{'S':'new'}", indexes),
            consumed(1, "'local-all':{" + one, "'all':{" + one + ",'include':{" + one, 4));
  EXPECT_EQ(Put("p", 1, "'a':{'S':'y'},'b':{'N':'1'},'c':{'B':'YQ=='}", ",'ReturnConsumedCapacity':'TOTAL'"),
            Quoted("{'ConsumedCapacity':{'TableName':'Games','CapacityUnits':8.0}}"))
      << "a changed key of an index costs both entries: 1 + 2 + 2 + 1 + 2";
  const std::string two = "'CapacityUnits':2.0}";
  EXPECT_EQ(Send("BatchWriteItem",
                 "{'RequestItems':{'Games':[{'PutRequest':{'Item':{'pk':{'S':'p'},'sk':{'N':'2'},"
                 "'b':{'N':'1'}}}},{'PutRequest':{'Item':{'pk':{'S':'p'},'sk':{'N':'3'},"
                 "'b':{'N':'1'}}}}]},'ReturnConsumedCapacity':'INDEXES'}"),
            Quoted("{'UnprocessedItems':{},'ConsumedCapacity':[{'TableName':'Games','CapacityUnits':6.0,'Table':{") +
                Quoted(two + ",'LocalSecondaryIndexes':{'local-keys':{" + two +
                       "},'GlobalSecondaryIndexes':{'include':{" + two + "}}]}"));
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Games','Key':{'pk':{'S':'p'},'sk':{'N':'1'}}" + indexes + "}"),
            consumed(1, "'local-all':{" + one + ",'local-keys':{" + one,
                     "'all':{" + one + ",'include':{" + one + ",'several':{" + one, 6));
}

TEST_F(IndexTest, ReadsAreChargedToTheIndexByItsEntriesAndFetchesToTheTable) {
  ASSERT_EQ(Put("p", 1, fmt::format("'b':{{'N':'1'}},'e':{{'S':'{}'}}", std::string(9000, 'e'))), "{}");
  ASSERT_EQ(Put("p", 2, fmt::format("'b':{{'N':'1'}},'e':{{'S':'{}'}}", std::string(2000, 'e'))), "{}");
  const auto consumed = [this](const std::string& request) {
    const std::string answer = Send("Query", request);
    const size_t at = answer.find("\"ConsumedCapacity\":");
    return at == std::string::npos ? answer : answer.substr(at);
  };
  const auto told = [](double total, double table, std::string_view kind, std::string_view index, double units) {
    return Quoted(
        fmt::format("'ConsumedCapacity':{{'TableName':'Games','CapacityUnits':{:.1f},'Table':"
                    "{{'CapacityUnits':{:.1f}}},'{}':{{'{}':{{'CapacityUnits':{:.1f}}}}}}}}}",
                    total, table, kind, index, units));
  };
  const std::string asking = ",'ReturnConsumedCapacity':'INDEXES','Select':'COUNT'";
  EXPECT_EQ(consumed(QueryOf("include", "b = :b", "':b':{'N':'1'}", asking)),
            told(0.5, 0, "GlobalSecondaryIndexes", "include", 0.5));
  const std::string local = "LocalSecondaryIndexes";
  EXPECT_EQ(consumed(QueryOf("local-keys", "pk = :p", "':p':{'S':'p'}", asking)),
            told(0.5, 0, local, "local-keys", 0.5));
  const std::string fetching = ",'ReturnConsumedCapacity':'INDEXES','Select':'ALL_ATTRIBUTES'";
  EXPECT_EQ(consumed(QueryOf("local-keys", "pk = :p", "':p':{'S':'p'}", fetching)),
            told(2.5, 2, local, "local-keys", 0.5));
  EXPECT_EQ(consumed(QueryOf("local-keys", "pk = :p", "':p':{'S':'p'}", fetching + ",'ConsistentRead':true")),
            told(5, 4, local, "local-keys", 1));
  // Neither a scan, nor a filter or a projection makes a difference; a page without entries costs as much as the least.
  const auto scanned = [&](std::string_view index, std::string_view members) {
    const std::string answer = Scan(
        index,
        fmt::format(",'ReturnConsumedCapacity':'INDEXES','FilterExpression':'attribute_not_exists(pk)'{}", members));
    return answer.substr(answer.find("\"ConsumedCapacity\":"));
  };
  const std::string global = "GlobalSecondaryIndexes";
  EXPECT_EQ(scanned("include", ",'ProjectionExpression':'pk'"), told(0.5, 0, global, "include", 0.5));
  EXPECT_EQ(scanned("several", ""), told(0.5, 0, global, "several", 0.5));
  EXPECT_EQ(scanned("local-keys", ""), told(0.5, 0, local, "local-keys", 0.5));
  EXPECT_EQ(scanned("local-keys", ",'ConsistentRead':true,'ProjectionExpression':'e'"),
            told(5, 4, local, "local-keys", 1));
  const std::string answer = Query("all", "a = :a", "':a':{'S':'none'}", ",'ReturnConsumedCapacity':'TOTAL'");
  EXPECT_EQ(answer, Quoted("{'Items':[],'Count':0,'ScannedCount':0,'ConsumedCapacity':{'TableName':'Games',"
                           "'CapacityUnits':0.5}}"));
  // What is read by its key tells of the table alone.
  const std::string key = "{'pk':{'S':'p'},'sk':{'N':'7'}}";
  const std::string table = "{'TableName':'Games','CapacityUnits':0.5,'Table':{'CapacityUnits':0.5}}";
  Check({{"GetItem", "{'TableName':'Games','Key':" + key + ",'ReturnConsumedCapacity':'INDEXES'}",
          Quoted("{'ConsumedCapacity':" + table + "}")},
         {"BatchGetItem", "{'RequestItems':{'Games':{'Keys':[" + key + "]}},'ReturnConsumedCapacity':'INDEXES'}",
          Quoted("{'Responses':{'Games':[]},'UnprocessedKeys':{},'ConsumedCapacity':[" + table + "]}")}});
}

TEST_F(IndexTest, APageEndsAtAMegabyteOfEntriesOrOfWhatItFetches) {
  const std::string large(300'000, 'e');
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(Put("p", i, fmt::format("'b':{{'N':'1'}},'e':{{'S':'{}'}}", large)), "{}");
  }
  EXPECT_EQ(SortKeysOf(Query("include", "b = :b", "':b':{'N':'1'}")).size(), 5U);
  EXPECT_EQ(SortKeysOf(Query("local-keys", "pk = :p", "':p':{'S':'p'}")).size(), 5U);
  const std::string fetching =
      QueryOf("local-keys", "pk = :p", "':p':{'S':'p'}", ",'ProjectionExpression':'sk','FilterExpression':'e <> :p'");
  const std::string page = Send("Query", fetching);
  EXPECT_EQ(SortKeysOf(page), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(LastKeyOf(page), Quoted("{'b':{'N':'1'},'pk':{'S':'p'},'sk':{'N':'2'}}"));
  EXPECT_EQ(Pages("Query", fetching, 100), (std::vector<int>{0, 1, 2, 3, 4}));
}

// ---- item collections

TEST_F(IndexTest, CollectionsOfTablesWithLocalIndexesAreMeasured) {
  const std::string asking = ",'ReturnItemCollectionMetrics':'SIZE'";
  const std::string metrics =
      "'ItemCollectionMetrics':{'ItemCollectionKey':{'pk':{'S':'p'}},'SizeEstimateRangeGB':"
      "[0.0,1.0]}}";
  EXPECT_EQ(Put("p", 1, kOne, asking), Quoted("{" + metrics));
  EXPECT_EQ(Put("p", 1, kOne, asking + ",'ReturnValues':'ALL_OLD','ReturnConsumedCapacity':'TOTAL'"),
            Quoted("{'Attributes':{'a':{'S':'x'},'b':{'N':'1'},'c':{'B':'YQ=='},'pk':{'S':'p'},'sk':{'N':'1'}},"
                   "'ConsumedCapacity':{'TableName':'Games','CapacityUnits':1.0}," +
                   metrics));
  EXPECT_EQ(Put("p", 1, kOne, ",'ReturnItemCollectionMetrics':'NONE'"), "{}");
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Games','Key':{'pk':{'S':'p'},'sk':{'N':'1'}}" + asking + "}"),
            Quoted("{" + metrics));
  EXPECT_EQ(Send("BatchWriteItem",
                 "{'RequestItems':{'Games':[{'PutRequest':{'Item':{'pk':{'S':'p'},'sk':{'N':'1'}}}},"
                 "{'PutRequest':{'Item':{'pk':{'S':'p'},'sk':{'N':'2'}}}},{'DeleteRequest':{'Key':"
                 "{'pk':{'S':'q'},'sk':{'N':'2'}}}}]}" +
                     asking + "}"),
            Quoted("{'UnprocessedItems':{},'ItemCollectionMetrics':{'Games':[{'ItemCollectionKey':{'pk':{'S':'p'}},"
                   "'SizeEstimateRangeGB':[0.0,1.0]},{'ItemCollectionKey':{'pk':{'S':'q'}},'SizeEstimateRangeGB':"
                   "[0.0,1.0]}]}}"));
  CreateTable("Plain", "S");
  EXPECT_EQ(Send("PutItem", "{'TableName':'Plain','Item':{'pk':{'S':'p'}}" + asking + "}"), "{}");
}

TEST_F(IndexTest, AnEstimateIsInWholeGigabytes) {
  constexpr int64_t kGigabyte = int64_t{1} << 30;
  ASSERT_EQ(Put("p", 1), "{}");
  const std::shared_ptr<const table::TableMap> tables = server_.services().catalogue.tables().Load();
  const table::Table& table = *tables->at({"111111111111", "us-east-1", "Games"});
  const auto keyspace =
      Await<std::shared_ptr<engine::Keyspace>>([&](auto done) { table.Acquire(server_.loop(), std::move(done)); });
  ASSERT_TRUE(keyspace.ok());
  const model::Attribute pk = {"pk", model::Value::String("p")};
  const engine::Key key = table::CollectionKeyOf(table.record(), model::Item(&pk, 1));
  const auto estimate_at = [&](int64_t size_bytes) {
    const auto grown = Await<engine::Outcome>([&](auto done) {
      (*keyspace)->Transact(
          {key},
          [&](engine::Values values) -> std::variant<engine::Plan, engine::Reject> {
            engine::Plan plan;
            plan.sum_deltas.push_back({key, size_bytes - *table::DecodeCollectionSize(values[0])});
            return plan;
          },
          server_.loop(), std::move(done));
    });
    EXPECT_TRUE(grown.ok());
    return Put("p", 1, "", ",'ReturnItemCollectionMetrics':'SIZE'");
  };
  const auto estimate = [](int from) {
    return Quoted(fmt::format(
        "{{'ItemCollectionMetrics':{{'ItemCollectionKey':{{'pk':{{'S':'p'}}}},'SizeEstimateRangeGB':[{}.0,{}.0]}}}}",
        from, from + 1));
  };
  EXPECT_EQ(estimate_at(1000), estimate(0));
  EXPECT_EQ(estimate_at(kGigabyte - 1), estimate(0));
  EXPECT_EQ(estimate_at(kGigabyte), estimate(1));
  EXPECT_EQ(estimate_at(9 * kGigabyte + 1), estimate(9));
  // At ten gigabytes a collection is full.
  EXPECT_EQ(estimate_at(10 * kGigabyte), estimate(10));
  EXPECT_EQ(Put("p", 1, "'d':{'S':'more'}"),
            ErrorBody("com.amazonaws.dynamodb.v20120810#ItemCollectionSizeLimitExceededException", "message",
                      "Collection size exceeded."));
  EXPECT_EQ(Put("p", 1), "{}") << "what does not grow it goes on";
}

class SmallCollectionTest : public IndexTest {
 protected:
  SmallCollectionTest() : IndexTest(WithSmallCollections()) {}
};

TEST_F(SmallCollectionTest, ACollectionThatIsFullTakesNoMoreButMayShrink) {
  const std::string full = ErrorBody("com.amazonaws.dynamodb.v20120810#ItemCollectionSizeLimitExceededException",
                                     "message", "Collection size exceeded.");
  const std::string large = fmt::format("'e':{{'S':'{}'}}", std::string(2000, 'e'));
  EXPECT_EQ(Put("p", 1, large), "{}");
  EXPECT_EQ(Put("p", 2, large + ",'a':{'S':'x'}"), full) << "its entry counts too";
  EXPECT_EQ(Put("p", 2, large), "{}");
  EXPECT_EQ(Put("p", 3, large), full);
  EXPECT_EQ(Update("SET f = :v", fmt::format("':v':{{'S':'{}'}}", std::string(2000, 'f'))), full);
  EXPECT_EQ(Put("q", 3, large), "{}") << "another collection";
  const std::string batch = "{'PutRequest':{'Item':{'pk':{'S':'r'},'sk':{'N':'";
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'Games':[" + batch + "1'}," + large + "}}}," + batch + "2'}," +
                                       large + "}}}," + batch + "3'}," + large + "}}}]}}"),
            full);
  EXPECT_EQ(Put("p", 1, "'e':{'S':'small'}"), "{}");
  EXPECT_EQ(Put("p", 3, large), "{}");
}

TEST_F(SmallCollectionTest, StatementsAreHeldToItToo) {
  ASSERT_EQ(Put("p", 1, fmt::format("'e':{{'S':'{}'}}", std::string(4000, 'e'))), "{}");
  const std::string statement =
      fmt::format(R"({{"Statement":"INSERT INTO Games VALUE {{'pk':'p','sk':2,'e':?}}","Parameters":[{{"S":"{}"}}]}})",
                  std::string(2000, 'e'));
  EXPECT_EQ(SendRaw("ExecuteStatement", statement).body,
            ErrorBody("com.amazonaws.dynamodb.v20120810#ItemCollectionSizeLimitExceededException", "message",
                      "Collection size exceeded."));
  EXPECT_EQ(SendRaw("BatchExecuteStatement", R"({"Statements":[)" + statement + "]}").body,
            Quoted("{'Responses':[{'Error':{'Code':'ItemCollectionSizeLimitExceeded','Message':'Collection size "
                   "exceeded.'},'TableName':'Games'}]}"));
  EXPECT_EQ(SendRaw("ExecuteTransaction", R"({"TransactStatements":[)" + statement + "]}").body,
            Canceled("ItemCollectionSizeLimitExceeded",
                     "{'Code':'ItemCollectionSizeLimitExceeded','Message':'Collection size exceeded'}"));
}

TEST_F(SmallCollectionTest, WhatATableRefusesOfABatchIsLeftOverIfAnotherTableIsWritten) {
  CreateTable("Plain", "S");
  const std::string large = fmt::format("'e':{{'S':'{}'}}", std::string(3000, 'e'));
  ASSERT_EQ(Put("p", 1, large), "{}");
  const std::string put = "{'PutRequest':{'Item':{" + large + ",'pk':{'S':'p'},'sk':{'N':'2'}}}}";
  EXPECT_EQ(Send("BatchWriteItem",
                 "{'RequestItems':{'Games':[" + put + "],'Plain':[{'PutRequest':{'Item':{'pk':{'S':'p'}}}}]}}"),
            Quoted("{'UnprocessedItems':{'Games':[" + put + "]}}"));
  EXPECT_EQ(Send("GetItem", "{'TableName':'Plain','Key':{'pk':{'S':'p'}}}"), Quoted("{'Item':{'pk':{'S':'p'}}}"));
  EXPECT_EQ(Send("BatchWriteItem", "{'RequestItems':{'Games':[" + put + "]}}"),
            ErrorBody("com.amazonaws.dynamodb.v20120810#ItemCollectionSizeLimitExceededException", "message",
                      "Collection size exceeded."));
}

TEST_F(SmallCollectionTest, ItemsThatExpireMakeRoom) {
  ASSERT_EQ(Send("UpdateTimeToLive",
                 "{'TableName':'Games','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}"),
            Quoted("{'TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}"));
  const std::string due = fmt::format("'due':{{'N':'{}'}}", os::SystemClock().WallMs() / 1000 - 100);
  const std::string large =
      fmt::format("'a':{{'S':'x'}},'e':{{'S':'{}'}}", std::string(2000, 'e'));  // twice, it counts
  EXPECT_EQ(Put("p", 1, large + "," + due), "{}");
  const std::string refused = Put("p", 2, large);
  EXPECT_NE(refused.find("ItemCollectionSizeLimitExceededException"), std::string::npos) << refused;
  ASSERT_TRUE(server_.RunDueChores().ok());
  EXPECT_EQ(Put("p", 2, large), "{}");
}

}  // namespace
}  // namespace basalt::server

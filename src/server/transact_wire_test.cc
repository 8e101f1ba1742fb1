// TransactWriteItems and TransactGetItems on the wire: all or nothing, the reasons of a cancelled transaction, what is
// refused whole, what it costs, and tokens.
#include <string>
#include <string_view>
#include <vector>

#include "os/clock.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

// Requests in short. A table is "one" (pk) or "two" (pk, sk); an item's number stands in "v".
std::string Write(std::string_view entries, std::string_view members = "") {
  return fmt::format("{{'TransactItems':[{}]{}}}", entries, members);
}
std::string Put(std::string_view pk, std::string_view attributes = "", std::string_view members = "") {
  return fmt::format("{{'Put':{{'TableName':'one','Item':{{'pk':{{'S':'{}'}}{}{}}}{}}}}}", pk,
                     attributes.empty() ? "" : ",", attributes, members);
}
std::string Keyed(std::string_view kind, std::string_view pk, std::string_view members = "") {
  return fmt::format("{{'{}':{{'TableName':'one','Key':{{'pk':{{'S':'{}'}}}}{}}}}}", kind, pk, members);
}
std::string AddOne(std::string_view pk) {
  return Keyed("Update", pk, ",'UpdateExpression':'ADD v :one','ExpressionAttributeValues':{':one':{'N':'1'}}");
}
std::string Check(std::string_view pk, std::string_view condition) {
  return Keyed("ConditionCheck", pk, fmt::format(",'ConditionExpression':'{}'", condition));
}
std::string PutInTwo(std::string_view pk, int sk, std::string_view members = "") {
  return fmt::format("{{'Put':{{'TableName':'two','Item':{{'pk':{{'S':'{}'}},'sk':{{'N':'{}'}}}}{}}}}}", pk, sk,
                     members);
}
std::string Get(std::string_view pk, std::string_view members = "") { return Keyed("Get", pk, members); }
std::string GetFromTwo(std::string_view pk, int sk) {
  return fmt::format("{{'Get':{{'TableName':'two','Key':{{'pk':{{'S':'{}'}},'sk':{{'N':'{}'}}}}}}}}", pk, sk);
}

constexpr std::string_view kFailed = "{'Code':'ConditionalCheckFailed','Message':'The conditional request failed'}";
constexpr std::string_view kNone = "{'Code':'None'}";

std::string Refusal(std::string_view name, std::string_view text) {
  const std::string type = fmt::format("com.amazonaws.dynamodb.v20120810#{}", name);
  return text.empty() ? fmt::format(R"({{"__type":"{}"}})", type) : ErrorBody(type, "Message", text);
}
std::string InvalidEntry(std::string_view text) {
  return Canceled("ValidationError", fmt::format("{{'Code':'ValidationError','Message':'{}'}}", text));
}

// So many lists around nothing.
std::string Nested(int levels) {
  std::string value = "{'S':''}";
  for (int i = 0; i < levels; ++i) {
    value = "{'L':[" + value + "]}";
  }
  return value;
}

class TransactTest : public WireTest {
 protected:
  explicit TransactTest(InProcessOptions options = {}) : WireTest(std::move(options)) {
    CreateTable("one", "S");
    CreateTable("two", "S", "N");
  }

  // Everything in a table.
  std::string All(std::string_view table) {
    const std::string answer = Send("Scan", fmt::format("{{'TableName':'{}'}}", table));
    return answer.substr(0, answer.find(",\"Count\""));
  }
  std::string Item(std::string_view pk) {
    return Send("GetItem", fmt::format("{{'TableName':'one','Key':{{'pk':{{'S':'{}'}}}}}}", pk));
  }
};

TEST_F(TransactTest, WritesAndReadsOverTables) {
  Check({
      {"TransactWriteItems", Write(Put("a", "'v':{'N':'1'}") + "," + PutInTwo("a", 1) + "," + Put("gone")), "{}"},
      {"TransactWriteItems",
       Write(AddOne("a") + "," + Keyed("Delete", "gone") + "," + PutInTwo("a", 2) + "," +
             server::Check("new", "attribute_not_exists(pk)")),
       "{}"},
      {"TransactGetItems", Write(GetFromTwo("a", 2) + "," + Get("a") + "," + Get("gone") + "," + GetFromTwo("a", 1)),
       Quoted("{'Responses':[{'Item':{'pk':{'S':'a'},'sk':{'N':'2'}}},{'Item':{'pk':{'S':'a'},'v':{'N':'2'}}},{},"
              "{'Item':{'pk':{'S':'a'},'sk':{'N':'1'}}}]}")},
      {"TransactGetItems",
       Write(Get("a", ",'ProjectionExpression':'#v','ExpressionAttributeNames':{'#v':'v'}") + "," +
             Keyed("Get", "none", ",'ProjectionExpression':'absent'")),
       Quoted("{'Responses':[{'Item':{'v':{'N':'2'}}},{}]}")},
      {"TransactGetItems", Write(Get("a", ",'ProjectionExpression':'absent'")), Quoted("{'Responses':[{'Item':{}}]}")},
  });
  EXPECT_EQ(Item("new"), "{}") << "a check writes nothing";
}

TEST_F(TransactTest, AFailedConditionCancelsEverythingWithAReasonForEachEntry) {
  ASSERT_EQ(Send("TransactWriteItems", Write(Put("a", "'v':{'N':'1'}") + "," + Put("b"))), "{}");
  const std::string before = All("one");
  const std::string shown = ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'";
  const std::string absent = ",'ConditionExpression':'attribute_not_exists(pk)'";
  Check({
      {"TransactWriteItems", Write(Put("c") + "," + Put("a", "", absent)),
       Canceled("None, ConditionalCheckFailed", fmt::format("{},{}", kNone, kFailed))},
      // All that fail, in every kind, with the item if it is asked for and there is one.
      {"TransactWriteItems",
       Write(PutInTwo("x", 1) + "," + Put("a", "", absent + shown) + "," + Keyed("Delete", "b", absent + shown) + "," +
             Keyed("Update", "none",
                   ",'UpdateExpression':'SET v = :v','ConditionExpression':'attribute_exists(pk)',"
                   "'ExpressionAttributeValues':{':v':{'N':'1'}}" +
                       shown) +
             "," + server::Check("none2", "attribute_exists(pk)")),
       Canceled(
           "None, ConditionalCheckFailed, ConditionalCheckFailed, ConditionalCheckFailed, ConditionalCheckFailed",
           fmt::format("{0},{{'Code':'ConditionalCheckFailed','Item':{{'pk':{{'S':'a'}},'v':{{'N':'1'}}}},'Message':"
                       "'The conditional request failed'}},{{'Code':'ConditionalCheckFailed','Item':{{'pk':{{'S':'b'}}"
                       "}},'Message':'The conditional request failed'}},{1},{1}",
                       kNone, kFailed))},
      {"TransactWriteItems",
       Write(Keyed("ConditionCheck", "a",
                   ",'ConditionExpression':'v > :v','ExpressionAttributeValues':{':v':{'N':'1'}}"
                   ",'ReturnValuesOnConditionCheckFailure':'NONE'")),
       Canceled("ConditionalCheckFailed", kFailed)},
  });
  EXPECT_EQ(All("one"), before);
  EXPECT_EQ(All("two"), Quoted("{'Items':[]"));
}

TEST_F(TransactTest, WhatOneItemOrItsTableDoesNotAllowIsAReason) {
  ASSERT_EQ(Send("TransactWriteItems", Write(Put("a", "'s':{'S':'text'},'n':{'N':'9E125'}"))), "{}");
  const auto update = [](std::string_view expression, std::string_view values = "':v':{'N':'1'}") {
    return Write(Keyed("Update", "a",
                       fmt::format(",'UpdateExpression':'{}','ExpressionAttributeValues':{{{}}}", expression, values)));
  };
  const std::string wrong_key = "{'Delete':{'TableName':'one','Key':{'pk':{'N':'1'}}}}";
  Check({
      {"TransactWriteItems", update("ADD s :v"),
       InvalidEntry("An operand in the update expression has an incorrect data type")},
      {"TransactWriteItems", update("SET s = absent + :v"),
       InvalidEntry("The provided expression refers to an attribute that does not exist in the item")},
      {"TransactWriteItems", update("SET s.x = :v"),
       InvalidEntry("The document path provided in the update expression is invalid for update")},
      {"TransactWriteItems", update("SET n = n + :v", "':v':{'N':'9.5E125'}"),
       InvalidEntry("Number overflow. Attempting to store a number with magnitude larger than supported range")},
      {"TransactWriteItems", update("SET deep = list_append(:v, :v)", "':v':{'L':[" + Nested(30) + "]}"), "{}"},
      {"TransactWriteItems", update("SET deep[0] = :v", "':v':" + Nested(31)),
       InvalidEntry("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
                    "supported limit")},
      {"TransactWriteItems", update("SET big = :v", "':v':{'S':'" + std::string(409'600, 'x') + "'}"),
       InvalidEntry("Item size to update has exceeded the maximum allowed size")},
      {"TransactWriteItems", update("SET pk = :v"),
       InvalidEntry("One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of "
                    "the key")},
      {"TransactWriteItems", Write(wrong_key), InvalidEntry(kSchemaMismatch)},
      {"TransactWriteItems", Write("{'Put':{'TableName':'two','Item':{'pk':{'S':'a'}}}}"),
       InvalidEntry("One or more parameter values were invalid: Missing the key sk in the item")},
      // Beside others, each has its own.
      {"TransactWriteItems", Write(wrong_key + "," + Put("new") + "," + Put("a", "", ",'ConditionExpression':'n = s'")),
       Canceled("ValidationError, None, ConditionalCheckFailed",
                fmt::format("{{'Code':'ValidationError','Message':'{}'}},{},{}", kSchemaMismatch, kNone, kFailed))},
      {"TransactGetItems", Write(Get("a") + ",{'Get':{'TableName':'two','Key':{'pk':{'S':'a'}}}}"),
       Canceled("None, ValidationError",
                fmt::format("{},{{'Code':'ValidationError','Message':'{}'}}", kNone, kSchemaMismatch))},
  });
  EXPECT_EQ(Item("new"), "{}");
}

TEST_F(TransactTest, WhatIsWrongWithTheRequestIsAnErrorOfTheWhole) {
  const std::string one_kind = "TransactItems can only contain one of Check, Put, Update or Delete";
  const std::string several = "Transaction request cannot include multiple operations on one item";
  const std::string empty_key =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk";
  Check({
      {"TransactWriteItems", Write("{}"), Invalid(one_kind)},
      {"TransactWriteItems",
       Write("{'Put':{'TableName':'one','Item':{'pk':{'S':'a'}}},'Delete':{'TableName':'one','Key':{'pk':{'S':'a'}}}}"),
       Invalid(one_kind)},
      {"TransactWriteItems", Write(Put("a") + "," + Keyed("Delete", "a")), Invalid(several)},
      {"TransactWriteItems", Write(server::Check("a", "attribute_exists(pk)") + "," + AddOne("a")), Invalid(several)},
      {"TransactWriteItems",
       Write(PutInTwo("a", 1) + ",{'Put':{'TableName':'two','Item':{'pk':{'S':'a'},'sk':{'N':"
                                "'1.0'}}}}"),
       Invalid(several)},
      {"TransactWriteItems",
       Write(Put("a") + ",{'Delete':{'TableName':'arn:aws:dynamodb:us-east-1:111111111111:table/"
                        "one','Key':{'pk':{'S':'a'}}}}"),
       Invalid(several)},
      {"TransactGetItems", Write(Get("a") + "," + Get("a")), Invalid(several)},
      {"TransactWriteItems", Write(Put("a") + ",{'Delete':{'TableName':'none','Key':{'pk':{'S':'a'}}}}"), NotFound()},
      {"TransactGetItems", Write(Get("a") + ",{'Get':{'TableName':'none','Key':{'pk':{'S':'a'}}}}"), NotFound()},
      {"TransactWriteItems", Write(Put("")), Invalid(empty_key)},
      {"TransactWriteItems", Write(Keyed("Delete", "")), Invalid(empty_key)},
      {"TransactWriteItems", Write(Put("a", "'v':{'S':'" + std::string(409'600, 'x') + "'}")),
       Invalid("Item size has exceeded the maximum allowed size")},
      {"TransactWriteItems", Write(Put("a", "'v':{'N':'x'}")),
       Invalid("The parameter cannot be converted to a numeric value: x")},
      {"TransactWriteItems", Write(Put("a", "", ",'ConditionExpression':'v ='")),
       Invalid("Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")},
      {"TransactWriteItems",
       Write(Put("a", "", ",'ConditionExpression':'attribute_exists(pk)','ExpressionAttributeNames':{'#v':'v'}")),
       Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#v}")},
      {"TransactWriteItems", Write(Put("a", "", ",'ExpressionAttributeNames':{'#v':'v'}")),
       Invalid("ExpressionAttributeNames can only be specified when using expressions")},
      {"TransactWriteItems", Write(Put("a", "", ",'ExpressionAttributeValues':{':v':{'N':'1'}}")),
       Invalid("ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null")},
      {"TransactWriteItems", Write(AddOne("a") + "," + Keyed("Update", "b", ",'UpdateExpression':'SET v'")),
       Invalid("Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \"v\"")},
      {"TransactGetItems", Write(Get("a", ",'ExpressionAttributeNames':{'#v':'v'}")),
       Invalid("ExpressionAttributeNames can only be specified when using expressions")},
      {"TransactGetItems", Write(Get("a", ",'ProjectionExpression':'v,v'")),
       Invalid(
           "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of "
           "these paths; path one: [v], path two: [v]")},
  });
  EXPECT_EQ(All("one"), Quoted("{'Items':[]"));
}

TEST_F(TransactTest, ConstraintsNameTheirMembers) {
  const auto times = [](int count, const auto& entry) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      out += (i == 0 ? "" : ",") + entry(i);
    }
    return out;
  };
  const auto put = [](int i) { return Put(std::to_string(i)); };
  const auto get = [](int i) { return Get(std::to_string(i)); };
  Check({
      {"TransactWriteItems", "{}",
       OneConstraint("Value null at 'transactItems' failed to satisfy constraint: Member must not be null")},
      {"TransactWriteItems", Write(""),
       OneConstraint("Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than "
                     "or equal to 1")},
      {"TransactGetItems", Write(""),
       OneConstraint("Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than "
                     "or equal to 1")},
      {"TransactGetItems", Write("{}"),
       OneConstraint("Value null at 'transactItems.1.member.get' failed to satisfy constraint: Member must not be "
                     "null")},
      {"TransactWriteItems", Write("{'ConditionCheck':{'TableName':'one','Key':{'pk':{'S':'a'}}}}"),
       OneConstraint("Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy "
                     "constraint: Member must not be null")},
      {"TransactWriteItems", Write("{'Update':{'TableName':'one','Key':{'pk':{'S':'a'}}}}"),
       OneConstraint("Value null at 'transactItems.1.member.update.updateExpression' failed to satisfy constraint: "
                     "Member must not be null")},
      {"TransactWriteItems", Write(Put("a"), ",'ClientRequestToken':''"),
       OneConstraint("Value '' at 'clientRequestToken' failed to satisfy constraint: Member must have length greater "
                     "than or equal to 1")},
      {"TransactWriteItems", Write(Put("a"), ",'ClientRequestToken':'" + std::string(37, 't') + "'"),
       OneConstraint("Value '" + std::string(37, 't') +
                     "' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or "
                     "equal to 36")},
      {"TransactWriteItems", Write(Put("a", "", ",'ReturnValuesOnConditionCheckFailure':'SOME'")),
       OneConstraint("Value 'SOME' at 'transactItems.1.member.put.returnValuesOnConditionCheckFailure' failed to "
                     "satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]")},
      {"TransactWriteItems", "{'TransactItems':'x'}", Misfit("Unexpected field type")},
      {"TransactWriteItems", Write(times(100, put)), "{}"},
  });
  for (const auto& [operation, entries] : {std::pair<std::string, std::string>{"TransactWriteItems", times(101, put)},
                                           {"TransactGetItems", times(101, get)}}) {
    const std::string answer = Send(operation, Write(entries));
    EXPECT_TRUE(
        answer.starts_with(Quoted("{'__type':'com.amazon.coral.validate#ValidationException','message':'1 "
                                  "validation error detected: Value ")))
        << answer.substr(0, 300);
    EXPECT_TRUE(
        answer.ends_with("' at 'transactItems' failed to satisfy constraint: Member must have length less than or "
                         "equal to 100\"}"))
        << answer.substr(answer.size() - 200);
  }
  const std::string all = Send("TransactGetItems", Write(times(100, get)));
  EXPECT_EQ(all.find("{}"), std::string::npos) << "each of the hundred is there";
}

TEST_F(TransactTest, FourMegabytesAreTheMost) {
  const auto entries = [](int from, int to, std::string_view kind, size_t size_bytes) {
    std::string out;
    for (int i = from; i < to; ++i) {
      const std::string pk = std::to_string(i);
      out += (i == from ? "" : ",") + (kind == "Put"
                                           ? Put(pk, "'v':{'S':'" + std::string(size_bytes - 3 - pk.size(), 'x') + "'}")
                                           : Keyed(kind, pk));
    }
    return out;
  };
  const std::string too_large = Invalid("The aggregate size of the items in the transaction exceeds 4 MB");
  // Ten items of 400 KB and one of 96 KiB are 4 MiB to the byte.
  ASSERT_EQ(Send("TransactWriteItems", Write(entries(0, 10, "Put", 409'600) + "," + entries(10, 11, "Put", 98'304))),
            "{}");
  EXPECT_EQ(Send("TransactWriteItems", Write(entries(0, 10, "Put", 409'600) + "," + entries(10, 11, "Put", 98'305))),
            too_large);
  EXPECT_TRUE(Send("TransactGetItems", Write(entries(0, 11, "Get", 0))).starts_with("{\"Responses\":[{\"Item\":"));
  ASSERT_EQ(Send("TransactWriteItems", Write(entries(11, 12, "Put", 1000))), "{}");
  EXPECT_EQ(Send("TransactGetItems", Write(entries(0, 12, "Get", 0))), too_large);
  EXPECT_EQ(Send("TransactWriteItems", Write(entries(0, 12, "Delete", 0))), too_large);
  EXPECT_EQ(Send("TransactWriteItems", Write(entries(0, 11, "Delete", 0))), "{}");
}

// ---- capacity

TEST_F(TransactTest, CapacityIsDoubledAndToldOfEachTable) {
  const std::string large = "'v':{'S':'" + std::string(4100, 'x') + "'}";  // 5 write units, 2 read units
  const auto told = [](std::string_view table, std::string_view kind, double units, bool indexes) {
    const std::string pair = fmt::format("'CapacityUnits':{0:.1f},'{1}CapacityUnits':{0:.1f}", units, kind);
    return fmt::format("{{'TableName':'{}',{}{}}}", table, pair, indexes ? fmt::format(",'Table':{{{}}}", pair) : "");
  };
  for (const bool indexes : {false, true}) {
    const std::string asking = fmt::format(",'ReturnConsumedCapacity':'{}'", indexes ? "INDEXES" : "TOTAL");
    const auto write = [&](std::string_view entries, double one, double two) {
      const std::string answer = Send("TransactWriteItems", Write(entries, asking));
      EXPECT_EQ(answer, Quoted(fmt::format("{{'ConsumedCapacity':[{}{}{}]}}", told("one", "Write", one, indexes),
                                           two > 0 ? "," : "", two > 0 ? told("two", "Write", two, indexes) : "")))
          << entries.substr(0, 100);
    };
    // In the order of tables' names, whatever that of the entries.
    write(PutInTwo("a", 1) + "," + Put("a", large) + "," + Put("b"), 12, 2);
    write(Put("a"), 10, 0);  // by the larger of old and new
    write(Put("a", large), 10, 0);
    write(server::Check("a", "attribute_exists(pk)") + "," + server::Check("none", "attribute_not_exists(pk)"), 12, 0);
    EXPECT_EQ(Send("TransactGetItems", Write(GetFromTwo("a", 9) + "," + Get("a") + "," + Get("b"), asking)),
              Quoted(fmt::format("{{'Responses':[{{}},{{'Item':{{'pk':{{'S':'a'}},{}}}}},{{'Item':{{'pk':{{'S':'b'}}}}"
                                 "}}],'ConsumedCapacity':[{},{}]}}",
                                 large, told("one", "Read", 6, indexes), told("two", "Read", 2, indexes))));
    write(Keyed("Delete", "a") + "," + Keyed("Delete", "none"), 12, 0);
  }
  EXPECT_EQ(Send("TransactWriteItems", Write(Put("a"), ",'ReturnConsumedCapacity':'NONE'")), "{}");
}

class TransactIndexTest : public TransactTest {
 protected:
  TransactIndexTest() : TransactTest(WithSmallCollections()) {
    const std::string created = Send(
        "CreateTable",
        "{'TableName':'indexed','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},"
        "{'AttributeName':'sk','KeyType':'RANGE'}],'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},"
        "{'AttributeName':'sk','AttributeType':'N'},{'AttributeName':'a','AttributeType':'S'}],"
        "'LocalSecondaryIndexes':[{'IndexName':'local','Projection':{'ProjectionType':'KEYS_ONLY'},'KeySchema':["
        "{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'a','KeyType':'RANGE'}]}],'GlobalSecondaryIndexes':["
        "{'IndexName':'global','Projection':{'ProjectionType':'ALL'},'KeySchema':[{'AttributeName':'a','KeyType':"
        "'HASH'}]}]}");
    EXPECT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
    AwaitDescription("indexed", "\"TableStatus\":\"ACTIVE\"");
  }
  static InProcessOptions WithSmallCollections() {
    InProcessOptions options;
    options.item_collection_bytes_max = 5000;
    return options;
  }
  static std::string PutIndexed(std::string_view pk, int sk, std::string_view attributes) {
    return fmt::format("{{'Put':{{'TableName':'indexed','Item':{{'pk':{{'S':'{}'}},'sk':{{'N':'{}'}},{}}}}}}}", pk, sk,
                       attributes);
  }
};

TEST_F(TransactIndexTest, IndexesAreKeptInTheSameCommitAndCostWhatTheyCostAlone) {
  const std::string write = Write(PutIndexed("p", 1, "'a':{'S':'x'}") + "," + PutIndexed("p", 2, "'a':{'S':'x'}"),
                                  ",'ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE'");
  const auto pair = [](double units) {
    return fmt::format("'CapacityUnits':{0:.1f},'WriteCapacityUnits':{0:.1f}", units);
  };
  EXPECT_EQ(
      Send("TransactWriteItems", write),
      Quoted(fmt::format("{{'ConsumedCapacity':[{{'TableName':'indexed',{},'Table':{{{}}},'LocalSecondaryIndexes':"
                         "{{'local':{{{}}}}},'GlobalSecondaryIndexes':{{'global':{{{}}}}}}}],"
                         "'ItemCollectionMetrics':{{'indexed':[{{'ItemCollectionKey':{{'pk':{{'S':'p'}}}},"
                         "'SizeEstimateRangeGB':[0.0,1.0]}}]}}}}",
                         pair(8), pair(4), pair(2), pair(2))));
  const auto count = [&](std::string_view index) {
    const std::string answer =
        Send("Scan", fmt::format("{{'TableName':'indexed','IndexName':'{}','Select':'COUNT'}}", index));
    return answer;
  };
  EXPECT_EQ(count("local"), Quoted("{'Count':2,'ScannedCount':2}"));
  EXPECT_EQ(count("global"), Quoted("{'Count':2,'ScannedCount':2}"));
  EXPECT_EQ(Send("TransactWriteItems",
                 Write(PutIndexed("p", 3, "'a':{'S':'x'}") + "," + server::Check("none", "attribute_exists(pk)"))),
            Canceled("None, ConditionalCheckFailed", fmt::format("{},{}", kNone, kFailed)));
  EXPECT_EQ(count("local"), Quoted("{'Count':2,'ScannedCount':2}"));
  EXPECT_EQ(count("global"), Quoted("{'Count':2,'ScannedCount':2}"));
}

TEST_F(TransactIndexTest, ACheckTouchesNoCollectionAndNoIndex) {
  ASSERT_EQ(Send("TransactWriteItems", Write(PutIndexed("p", 1, "'a':{'S':'x'}"))), "{}");
  const std::string check =
      "{'ConditionCheck':{'TableName':'indexed','Key':{'pk':{'S':'p'},'sk':{'N':'1'}},'ConditionExpression':"
      "'attribute_exists(pk)'}}";
  EXPECT_EQ(Send("TransactWriteItems",
                 Write(check, ",'ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE'")),
            Quoted("{'ConsumedCapacity':[{'TableName':'indexed','CapacityUnits':2.0,'WriteCapacityUnits':2.0,'Table':"
                   "{'CapacityUnits':2.0,'WriteCapacityUnits':2.0}}]}"));
}

TEST_F(TransactIndexTest, WhatDoesNotFitAnIndexOrACollectionIsAReason) {
  const std::string text(4000, 'x');
  ASSERT_EQ(Send("TransactWriteItems", Write(PutIndexed("p", 1, "'v':{'S':'" + text + "'}"))), "{}");
  const auto update = [](std::string_view expression, std::string_view values) {
    return Write(
        fmt::format("{{'Update':{{'TableName':'indexed','Key':{{'pk':{{'S':'q'}},'sk':{{'N':'1'}}}},"
                    "'UpdateExpression':'{}','ExpressionAttributeValues':{{{}}}}}}}",
                    expression, values));
  };
  Check({
      {"TransactWriteItems", Write(PutIndexed("p", 2, "'v':{'S':'" + text + "'}") + "," + Put("a")),
       Canceled(
           "ItemCollectionSizeLimitExceeded, None",
           fmt::format("{{'Code':'ItemCollectionSizeLimitExceeded','Message':'Collection size exceeded'}},{}", kNone))},
      {"TransactWriteItems", Write(PutIndexed("q", 1, "'a':{'S':''}")),
       InvalidEntry("One or more parameter values are not valid. A value specified for a secondary index key is not "
                    "supported. The AttributeValue for a key attribute cannot contain an empty string value. "
                    "IndexName: global, IndexKey: a")},
      {"TransactWriteItems", update("SET a = :v", "':v':{'S':''}"),
       InvalidEntry("One or more parameter values are not valid. The update expression attempted to update a secondary "
                    "index key to a value that is not supported. The AttributeValue for a key attribute cannot contain "
                    "an empty string value.")},
      {"TransactWriteItems", update("SET a = if_not_exists(nothing, :v)", "':v':{'N':'1'}"),
       InvalidEntry("The update expression attempted to update the secondary index key to unsupported type")},
      {"TransactWriteItems", update("SET a = :v", fmt::format("':v':{{'S':'{}'}}", std::string(2049, 'a'))),
       InvalidEntry("The update expression attempted to update the secondary index key beyond allowed size limits")},
      {"TransactWriteItems", Write(PutIndexed("q", 1, "'a':{'N':'1'}")),
       InvalidEntry("One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: N "
                    "IndexName: global")},
  });
  EXPECT_EQ(Item("a"), "{}");
}

// ---- tokens

// A base of its own, so that the clock is there before the server and after it.
struct ClockHolder {
  os::ManualClock clock{1'700'000'000'000};
};

class TokenTest : protected ClockHolder, public TransactTest {
 protected:
  TokenTest() : TransactTest({.clock = clock}) {}

  void AdvanceMs(int64_t duration_ms) { clock.AdvanceMs(duration_ms); }
  std::string WriteWith(std::string_view token, std::string_view entries, std::string_view members = "") {
    return Send("TransactWriteItems", Write(entries, fmt::format(",'ClientRequestToken':'{}'{}", token, members)));
  }
};

const std::string& UsedForAnother() {
  static const std::string kError = Refusal("IdempotentParameterMismatchException", "");
  return kError;
}

TEST_F(TokenTest, ATokenMakesItHappenOnceForTenMinutes) {
  ASSERT_EQ(Send("TransactWriteItems", Write(Put("a", "'v':{'N':'0'}"))), "{}");
  const auto value = [&] { return Item("a"); };
  EXPECT_EQ(WriteWith("t", AddOne("a")), "{}");
  EXPECT_EQ(WriteWith("t", AddOne("a")), "{}");
  AdvanceMs(10 * 60 * 1000 - 1);
  EXPECT_EQ(WriteWith("t", AddOne("a")), "{}");
  EXPECT_EQ(value(), Quoted("{'Item':{'pk':{'S':'a'},'v':{'N':'1'}}}"));
  EXPECT_EQ(WriteWith("u", AddOne("a")), "{}");
  AdvanceMs(1);
  EXPECT_EQ(WriteWith("t", AddOne("a")), "{}");
  EXPECT_EQ(value(), Quoted("{'Item':{'pk':{'S':'a'},'v':{'N':'3'}}}"));
  EXPECT_EQ(Send("TransactWriteItems", Write(AddOne("a"))), "{}");
  EXPECT_EQ(Send("TransactWriteItems", Write(AddOne("a"))), "{}") << "no token, no memory";
  EXPECT_EQ(value(), Quoted("{'Item':{'pk':{'S':'a'},'v':{'N':'5'}}}"));
}

TEST_F(TokenTest, WhatMeansTheSameIsTheSame) {
  EXPECT_EQ(WriteWith("t", AddOne("a")), "{}");
  const std::string reordered =
      "{'Update':{'ExpressionAttributeValues':{':one':{'N':'1'}},'Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD v "
      ":one','TableName':'one','ConditionExpression':null}}";
  EXPECT_EQ(WriteWith("t", reordered, ",'ReturnItemCollectionMetrics':'SIZE'"), "{}");
  for (const std::string& other :
       {AddOne("b"), AddOne("a") + "," + Put("b"), Keyed("Delete", "a"), PutInTwo("a", 1),
        server::Check("a", "attribute_exists(pk)"),
        Keyed("Update", "a", ",'UpdateExpression':'ADD v :one','ExpressionAttributeValues':{':one':{'N':'2'}}")}) {
    EXPECT_EQ(WriteWith("t", other), UsedForAnother()) << other;
  }
  EXPECT_EQ(Item("a"), Quoted("{'Item':{'pk':{'S':'a'},'v':{'N':'1'}}}"));
  EXPECT_EQ(All("two"), Quoted("{'Items':[]"));
}

TEST_F(TokenTest, ACancelledOrRefusedTransactionLeavesItsTokenFree) {
  EXPECT_EQ(WriteWith("t", server::Check("a", "attribute_exists(pk)") + "," + PutInTwo("a", 1)),
            Canceled("ConditionalCheckFailed, None", fmt::format("{},{}", kFailed, kNone)));
  EXPECT_EQ(WriteWith("t", Put("a") + "," + Put("a")),
            Invalid("Transaction request cannot include multiple operations on one item"));
  EXPECT_EQ(WriteWith("t", Put("a") + "," + PutInTwo("a", 2)), "{}");
  EXPECT_EQ(WriteWith("t", Put("b")), UsedForAnother());
  EXPECT_EQ(Item("b"), "{}");
}

TEST_F(TokenTest, WhatHasHappenedIsNoLongerAskedWhetherItMay) {
  EXPECT_EQ(WriteWith("t", Put("a", "'x':{'N':'1'}")), "{}");
  const std::string created =
      Send("UpdateTable",
           "{'TableName':'one','AttributeDefinitions':[{'AttributeName':'x','AttributeType':'S'}],"
           "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'by-x','Projection':{'ProjectionType':'ALL'},"
           "'KeySchema':[{'AttributeName':'x','KeyType':'HASH'}]}}]}");
  ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
  const std::string refused = InvalidEntry(
      "One or more parameter values were invalid: Type mismatch for Index Key x Expected: S Actual: N IndexName: by-x");
  EXPECT_EQ(WriteWith("u", Put("a", "'x':{'N':'1'}")), refused);
  EXPECT_EQ(WriteWith("t", Put("a", "'x':{'N':'1'}")), "{}");
  EXPECT_EQ(WriteWith("u", Put("a", "'x':{'S':'1'}")), "{}") << "refused, it left its token free";
}

TEST_F(TokenTest, WhileTheFirstIsUnderWayTheSecondIsToldSo) {
  table::RequestTokens& tokens = *server_.services().request_tokens;
  ASSERT_EQ(tokens.Begin("111111111111/us-east-1/t", crypto::Sha256("first"), 0), table::RequestTokens::Begun::kYes);
  EXPECT_EQ(WriteWith("t", Put("a")),
            Refusal("TransactionInProgressException", "Transaction from previous request is still in progress"));
  EXPECT_EQ(Item("a"), "{}");
  tokens.End("111111111111/us-east-1/t", std::nullopt);
  EXPECT_EQ(WriteWith("t", Put("a")), "{}");
}

// What the process remembers of tokens has a bound, what the tables hold has not.
TEST_F(TokenTest, TablesRememberTokens) {
  EXPECT_EQ(WriteWith("t", AddOne("a") + "," + PutInTwo("a", 1)), "{}");
  for (int i = 0; i <= 1 << 17; ++i) {
    const table::UsedToken used{clock.WallMs() + 1000, crypto::Sha256("another"), 0};
    server_.services().request_tokens->End(std::to_string(i), used);
  }
  EXPECT_EQ(WriteWith("t", AddOne("a") + "," + PutInTwo("a", 1)), "{}");
  EXPECT_EQ(Item("a"), Quoted("{'Item':{'pk':{'S':'a'},'v':{'N':'1'}}}"));
  EXPECT_EQ(WriteWith("t", PutInTwo("a", 2)), UsedForAnother());
}

TEST_F(TokenTest, AnotherTimeCostsReads) {
  const std::string large = "'v':{'S':'" + std::string(4100, 'x') + "'}";
  const std::string entries = Put("a", large) + "," + PutInTwo("a", 1) + "," + Put("b");
  const std::string asking = ",'ReturnConsumedCapacity':'TOTAL'";
  EXPECT_EQ(WriteWith("t", entries, asking),
            Quoted("{'ConsumedCapacity':[{'TableName':'one','CapacityUnits':12.0,'WriteCapacityUnits':12.0},"
                   "{'TableName':'two','CapacityUnits':2.0,'WriteCapacityUnits':2.0}]}"));
  const std::string reads = Quoted(
      "{'ConsumedCapacity':[{'TableName':'one','CapacityUnits':6.0,'ReadCapacityUnits':6.0},"
      "{'TableName':'two','CapacityUnits':2.0,'ReadCapacityUnits':2.0}]}");
  EXPECT_EQ(WriteWith("t", entries, asking), reads);
  EXPECT_EQ(WriteWith("t", entries, asking), reads);
}

TEST_F(TokenTest, TokensBelongToAnAccountInARegion) {
  const std::string other = "222222222222";
  const std::string created = SendAs(other, "CreateTable",
                                     "{'TableName':'one','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':"
                                     "'pk','KeyType':'HASH'}],'AttributeDefinitions':[{'AttributeName':'pk',"
                                     "'AttributeType':'S'}]}");
  ASSERT_TRUE(created.starts_with("{\"TableDescription\":")) << created;
  AwaitDescription("one", "\"TableStatus\":\"ACTIVE\"", other);
  EXPECT_EQ(WriteWith("t", Put("a")), "{}");
  EXPECT_EQ(SendAs(other, "TransactWriteItems", Write(Put("b"), ",'ClientRequestToken':'t'")), "{}");
}

// ---- who may

TEST_F(TransactTest, EachEntryIsAllowedAsWhatItIs) {
  const std::string foreign = "arn:aws:dynamodb:us-east-1:222222222222:table/one";
  const auto denial = [&](std::string_view action) {
    return ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message",
                     fmt::format("User: arn:aws:iam::111111111111:root is not authorized to perform: dynamodb:{0} on "
                                 "resource: {1} because no resource-based policy allows the dynamodb:{0} action",
                                 action, foreign));
  };
  const std::string key = "'Key':{'pk':{'S':'a'}}";
  const std::vector<std::tuple<std::string, std::string, std::string>> kinds = {
      {"Put", "PutItem", "'Item':{'pk':{'S':'a'}}"},
      {"Update", "UpdateItem", key + ",'UpdateExpression':'REMOVE v'"},
      {"Delete", "DeleteItem", key},
      {"ConditionCheck", "ConditionCheckItem", key + ",'ConditionExpression':'attribute_exists(pk)'"},
  };
  for (const auto& [kind, action, members] : kinds) {
    EXPECT_EQ(Send("TransactWriteItems",
                   Write(Put("b") + fmt::format(",{{'{}':{{'TableName':'{}',{}}}}}", kind, foreign, members))),
              denial(action));
  }
  EXPECT_EQ(Send("TransactGetItems", Write(Get("a") + fmt::format(",{{'Get':{{'TableName':'{}',{}}}}}", foreign, key))),
            denial("GetItem"));
  EXPECT_EQ(Item("b"), "{}");
}

}  // namespace
}  // namespace basalt::server

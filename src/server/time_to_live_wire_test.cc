// Time to live on the wire: texts and their order, what is shown, the interval between changes; and what becomes of
// items once their time is over.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr int64_t kStartMs = 1'791'489'600'000;
constexpr int64_t kStartS = kStartMs / 1000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kFiveYearsS = int64_t{5} * 365 * 24 * 3600;

// A base of its own, so that the clock is there before the server and after it.
struct ClockHolder {
  os::ManualClock clock{kStartMs};
};

class TimeToLiveWireTest : protected ClockHolder, public WireTest {
 protected:
  TimeToLiveWireTest() : WireTest({.clock = clock}) {}

  static std::string Change(bool enabled, std::string_view attribute, std::string_view table = "Music") {
    return fmt::format("{{'TableName':'{}','TimeToLiveSpecification':{{'Enabled':{},'AttributeName':'{}'}}}}", table,
                       enabled, attribute);
  }
  static std::string Changed(bool enabled, std::string_view attribute) {
    return Quoted(
        fmt::format("{{'TimeToLiveSpecification':{{'Enabled':{},'AttributeName':'{}'}}}}", enabled, attribute));
  }
  static std::string Shown(std::string_view attribute) {
    return Quoted(attribute.empty()
                      ? std::string("{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}")
                      : fmt::format("{{'TimeToLiveDescription':{{'TimeToLiveStatus':'ENABLED','AttributeName':'{}'}}}}",
                                    attribute));
  }

  void Put(std::string_view pk, std::string_view attributes) {
    ASSERT_EQ(Send("PutItem", fmt::format("{{'TableName':'Music','Item':{{'pk':{{'S':'{}'}}{}}}}}", pk, attributes)),
              "{}");
  }
  static std::string Due(int64_t second) { return fmt::format(",'due':{{'N':'{}'}}", second); }
  // The partition keys there are, in alphabetical order.
  std::string Items(std::string_view index = "") {
    const std::string body = Send("Scan", fmt::format("{{'TableName':'Music','AttributesToGet':['pk']{}}}",
                                                      index.empty() ? "" : fmt::format(",'IndexName':'{}'", index)));
    std::vector<std::string> keys;
    const std::string before = R"({"pk":{"S":")";
    for (size_t at = body.find(before); at != std::string::npos; at = body.find(before, at + 1)) {
      const size_t begin = at + before.size();
      keys.push_back(body.substr(begin, body.find('"', begin) - begin));
    }
    std::sort(keys.begin(), keys.end());
    return fmt::format("{}", fmt::join(keys, " "));
  }
  void RunChores() {
    const Status ran = server_.RunDueChores();
    ASSERT_TRUE(ran.ok()) << ran.error().text;
  }
};

TEST_F(TimeToLiveWireTest, TheShapeOfARequestIsChecked) {
  const auto null = [](std::string_view path) {
    return fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null", path);
  };
  const std::string long_name(256, 'x');
  Check({
      {"UpdateTimeToLive", "{'TableName':'Music'}", OneConstraint(null("timeToLiveSpecification"))},
      {"UpdateTimeToLive", "{'TableName':'Music','TimeToLiveSpecification':{'Enabled':true}}",
       OneConstraint(null("timeToLiveSpecification.attributeName"))},
      {"UpdateTimeToLive", "{'TableName':'Music','TimeToLiveSpecification':{'AttributeName':'due'}}",
       OneConstraint(null("timeToLiveSpecification.enabled"))},
      {"UpdateTimeToLive", "{'TableName':'Music','TimeToLiveSpecification':{'Enabled':true,'AttributeName':null}}",
       OneConstraint(null("timeToLiveSpecification.attributeName"))},
      {"UpdateTimeToLive", "{'TableName':'Music','TimeToLiveSpecification':{}}",
       Invalid("2 validation errors detected: " + null("timeToLiveSpecification.enabled") + "; " +
               null("timeToLiveSpecification.attributeName"))},
      {"UpdateTimeToLive", Change(true, ""),
       OneConstraint("Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must "
                     "have length greater than or equal to 1")},
      {"UpdateTimeToLive", Change(true, long_name),
       OneConstraint("Value '" + long_name +
                     "' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have "
                     "length less than or equal to 255")},
      {"UpdateTimeToLive", "{'TimeToLiveSpecification':{'Enabled':true,'AttributeName':'due'}}",
       OneConstraint(null("tableName"))},
      {"UpdateTimeToLive", Change(true, "due", "arn:aws:dynamodb:eu-west-1:111111111111:table/Music"),
       OneConstraint("Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:111111111111:table/Music'")},
      {"UpdateTimeToLive", Change(true, "due", "arn:aws:dynamodb:us-east-1:222222222222:table/Music"),
       ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message", "Access is denied")},
      {"UpdateTimeToLive", Change(true, "due"), NotFound("Requested resource not found: Table: Music not found")},
  });
  for (const std::string_view specification : {"{'Enabled':{}}", "[]", "'on'", "{'AttributeName':5}"}) {
    const std::string answer =
        Send("UpdateTimeToLive", fmt::format("{{'TableName':'Music','TimeToLiveSpecification':{}}}", specification));
    EXPECT_NE(answer.find("SerializationException"), std::string::npos) << specification << answer;
  }
}

TEST_F(TimeToLiveWireTest, ItIsSwitchedOnAndOffOnceAnHour) {
  CreateTable("Music", "S");
  const std::string soon = Invalid("Time to live has been modified multiple times within a fixed interval");
  const auto different = [](std::string_view current) {
    return Invalid(
        fmt::format("TimeToLive is active on a different AttributeName: current AttributeName is {}", current));
  };
  const std::string describe = "{'TableName':'Music'}";
  Check({
      {"DescribeTimeToLive", describe, Shown("")},
      {"UpdateTimeToLive", Change(false, "due"), Invalid("TimeToLive is already disabled")},
      {"UpdateTimeToLive", Change(true, "due", "arn:aws:dynamodb:us-east-1:111111111111:table/Music"),
       Changed(true, "due")},
      {"DescribeTimeToLive", describe, Shown("due")},
      {"UpdateTimeToLive", Change(true, "due"), Invalid("TimeToLive is already enabled")},
      {"UpdateTimeToLive", Change(true, "other"), different("due")},
      {"UpdateTimeToLive", Change(false, "other"), different("due")},
      {"UpdateTimeToLive", Change(false, "due"), soon},
      {"DescribeTimeToLive", describe, Shown("due")},
  });
  // Tries that fail do not count.
  clock.AdvanceMs(kHourMs - 1);
  Check({{"UpdateTimeToLive", Change(false, "due"), soon}});
  clock.AdvanceMs(1);
  Check({
      {"UpdateTimeToLive", Change(false, "due"), Changed(false, "due")},
      {"DescribeTimeToLive", describe, Shown("")},
      {"UpdateTimeToLive", Change(false, "due"), Invalid("TimeToLive is already disabled")},
      {"UpdateTimeToLive", Change(true, "pk"), soon},
  });
  clock.AdvanceMs(kHourMs);
  // Any name does, that of a key too.
  Check({
      {"UpdateTimeToLive", Change(true, "pk"), Changed(true, "pk")},
      {"DescribeTimeToLive", describe, Shown("pk")},
  });
  // Another table of the same name begins anew.
  Send("DeleteTable", describe);
  AwaitDescription("Music", "ResourceNotFoundException");
  CreateTable("Music", "S");
  Check({
      {"DescribeTimeToLive", describe, Shown("")},
      {"UpdateTimeToLive", Change(true, "a\\u00e9 \\\\"), Changed(true, "a\u00e9 \\\\")},
      {"DescribeTimeToLive", describe, Shown("a\u00e9 \\\\")},
  });
  // It is no index.
  EXPECT_EQ(Send("DescribeTable", describe).find("Index"), std::string::npos);
}

TEST_F(TimeToLiveWireTest, EachKindOfValueExpiresOrNot) {
  CreateTable("Music", "S");
  Put("before", Due(kStartS - 1));
  Check({{"UpdateTimeToLive", Change(true, "due"), Changed(true, "due")}});
  Put("now", Due(kStartS));
  Put("fraction", fmt::format(",'due':{{'N':'{}.25'}}", kStartS - 1));
  Put("future", Due(kStartS + 3600));
  Put("ms", Due(kStartMs));
  Put("old", Due(kStartS - kFiveYearsS));
  Put("older", Due(kStartS - kFiveYearsS - 1));
  Put("zero", Due(0));
  Put("negative", Due(-kStartS));
  Put("huge", ",'due':{'N':'9.9e125'}");
  Put("tiny", ",'due':{'N':'1e-130'}");
  Put("none", "");
  Put("string", fmt::format(",'due':{{'S':'{}'}}", kStartS - 1));
  Put("set", fmt::format(",'due':{{'NS':['{}']}}", kStartS - 1));
  Put("list", fmt::format(",'due':{{'L':[{{'N':'{}'}}]}}", kStartS - 1));
  Put("map", fmt::format(",'due':{{'M':{{'due':{{'N':'{}'}}}}}}", kStartS - 1));
  Put("null", ",'due':{'NULL':true}");
  // Until it is deleted an item is there.
  EXPECT_EQ(Items(), "before fraction future huge list map ms negative none now null old older set string tiny zero");
  RunChores();
  const std::string kept = "huge list map ms negative none null older set string tiny zero";
  EXPECT_EQ(Items(), "future huge list map ms negative none now null older set string tiny zero");
  clock.AdvanceMs(999);
  RunChores();
  EXPECT_EQ(Items(), "future huge list map ms negative none now null older set string tiny zero");
  clock.AdvanceMs(1);
  RunChores();
  EXPECT_EQ(Items(), "future " + kept);
  clock.AdvanceMs(kHourMs);
  RunChores();
  EXPECT_EQ(Items(), kept);
  EXPECT_NE(Send("DescribeTable", "{'TableName':'Music'}").find("\"ItemCount\":12"), std::string::npos);
}

TEST_F(TimeToLiveWireTest, AnItemWhoseTimeIsPutOffStays) {
  CreateTable("Music", "S");
  Check({{"UpdateTimeToLive", Change(true, "due"), Changed(true, "due")}});
  for (const std::string_view pk : {"put", "updated", "removed", "text", "left", "again"}) {
    Put(pk, Due(kStartS - 10));
  }
  Put("put", Due(kStartS + 10));
  const auto update = [this](std::string_view pk, std::string_view expression, std::string_view value) {
    return Send(
        "UpdateItem",
        fmt::format("{{'TableName':'Music','Key':{{'pk':{{'S':'{}'}}}},'UpdateExpression':'{}'{}}}", pk, expression,
                    value.empty() ? "" : fmt::format(",'ExpressionAttributeValues':{{':v':{}}}", value)));
  };
  EXPECT_EQ(update("updated", "SET due = :v", fmt::format("{{'N':'{}'}}", kStartS + 10)), "{}");
  EXPECT_EQ(update("removed", "REMOVE due", ""), "{}");
  EXPECT_EQ(update("text", "SET due = :v", "{'S':'never'}"), "{}");
  EXPECT_EQ(update("left", "SET color = :v", "{'S':'x'}"), "{}");
  EXPECT_EQ(Send("DeleteItem", "{'TableName':'Music','Key':{'pk':{'S':'again'}}}"), "{}");
  RunChores();
  EXPECT_EQ(Items(), "put removed text updated");
  clock.AdvanceMs(11'000);
  RunChores();
  EXPECT_EQ(Items(), "removed text");
}

TEST_F(TimeToLiveWireTest, NothingExpiresOnceItIsSwitchedOffAndAnotherAttributeBeginsAnew) {
  CreateTable("Music", "S");
  Check({{"UpdateTimeToLive", Change(true, "due"), Changed(true, "due")}});
  Put("a", Due(kStartS + 60));
  Put("b", fmt::format(",'end':{{'N':'{}'}}", kStartS + 60));
  clock.AdvanceMs(kHourMs);
  Check({{"UpdateTimeToLive", Change(false, "due"), Changed(false, "due")}});
  RunChores();
  EXPECT_EQ(Items(), "a b");
  clock.AdvanceMs(kHourMs);
  Check({{"UpdateTimeToLive", Change(true, "end"), Changed(true, "end")}});
  RunChores();
  EXPECT_EQ(Items(), "a");
}

TEST_F(TimeToLiveWireTest, ExpiredItemsLeaveEveryIndex) {
  ASSERT_TRUE(
      Send("CreateTable",
           "{'TableName':'Music','BillingMode':'PAY_PER_REQUEST',"
           "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],"
           "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'sk',"
           "'AttributeType':'S'},{'AttributeName':'due','AttributeType':'N'}],"
           "'LocalSecondaryIndexes':[{'IndexName':'local','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},"
           "{'AttributeName':'due','KeyType':'RANGE'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}],"
           "'GlobalSecondaryIndexes':[{'IndexName':'global','KeySchema':[{'AttributeName':'sk','KeyType':'HASH'}"
           "],'Projection':{'ProjectionType':'ALL'}}]}")
          .starts_with("{\"TableDescription\":"));
  AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  Check({{"UpdateTimeToLive", Change(true, "due"), Changed(true, "due")}});
  for (int i = 0; i < 250; ++i) {
    Put(fmt::format("k{:03}", i),
        fmt::format(",'sk':{{'S':'s{}'}}{}", i % 7, Due(i % 5 == 0 ? kStartS + 60 : 1'790'000'000)));
  }
  RunChores();
  const std::string left = Items();
  EXPECT_EQ(std::count(left.begin(), left.end(), 'k'), 50);
  EXPECT_EQ(Items("local"), left);
  EXPECT_EQ(Items("global"), left);
  const std::string described = Send("DescribeTable", "{'TableName':'Music'}");
  size_t counts = 0;
  for (size_t at = described.find("\"ItemCount\":50"); at != std::string::npos;
       at = described.find("\"ItemCount\":50", at + 1)) {
    ++counts;
  }
  EXPECT_EQ(counts, 3U) << described;
  const std::string metrics =
      Send("PutItem",
           "{'TableName':'Music','Item':{'pk':{'S':'k001'},'sk':{'S':'z'}},'ReturnItemCollectionMetrics':'SIZE'}");
  EXPECT_EQ(metrics, Quoted("{'ItemCollectionMetrics':{'ItemCollectionKey':{'pk':{'S':'k001'}},"
                            "'SizeEstimateRangeGB':[0.0,1.0]}}"));
}

TEST_F(TimeToLiveWireTest, AnAttributeOfTheKeyMayBeTheOneByWhichItemsExpire) {
  CreateTable("Music", "S", "N");
  Check({{"UpdateTimeToLive", Change(true, "sk"), Changed(true, "sk")}});
  for (const int64_t second : {kStartS - 1, kStartS + 1, kStartS - kFiveYearsS - 1}) {
    Put("a", fmt::format(",'sk':{{'N':'{}'}}", second));
  }
  RunChores();
  EXPECT_EQ(Send("Query",
                 "{'TableName':'Music','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'a'}},"
                 "'ProjectionExpression':'sk'}"),
            Quoted(fmt::format("{{'Items':[{{'sk':{{'N':'{}'}}}},{{'sk':{{'N':'{}'}}}}],'Count':2,'ScannedCount':2}}",
                               kStartS - kFiveYearsS - 1, kStartS + 1)));
}

}  // namespace
}  // namespace basalt::server

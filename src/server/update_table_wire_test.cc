// UpdateTable on the wire, and the settings of a table that CreateTable takes too: texts and their order, what is shown
// before, while and after a table is UPDATING, budgets by the clock, quotas.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr int64_t kEveningMs = 1'791'489'600'000;  // Thursday, October 8, 2026, 8:00:00 PM UTC
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr int64_t kUpdatingMs = 1'000;

table::CatalogueSettings SlowUpdates() {
  table::CatalogueSettings settings;
  settings.delays = {.throughput_ms = kUpdatingMs, .billing_mode_ms = kUpdatingMs, .table_class_ms = kUpdatingMs};
  return settings;
}

// A base of its own, so that the clock is there before the server and after it.
struct ClockHolder {
  os::ManualClock clock{kEveningMs};
};

std::string InUseText(std::string_view text) {
  return InUse(fmt::format("Attempt to change a resource which is still in use: {}", text));
}
std::string SubscriberLimit(std::string_view text) {
  return LimitExceeded(fmt::format("Subscriber limit exceeded: {}", text));
}
std::string Throttled(std::string_view text) {
  return ErrorBody("com.amazon.coral.availability#ThrottlingException", "message", text);
}

// The member of that name, with its value; empty if there is none.
std::string Member(std::string_view body, std::string_view name) {
  const std::string quoted = fmt::format("\"{}\":", name);
  const size_t at = body.find(quoted);
  if (at == std::string_view::npos) {
    return "";
  }
  size_t end = at + quoted.size();
  int depth = 0;
  do {
    depth += body[end] == '{' || body[end] == '[' ? 1 : 0;
    depth -= body[end] == '}' || body[end] == ']' ? 1 : 0;
    ++end;
  } while (depth > 0 || (body[end] != ',' && body[end] != '}'));
  return std::string(body.substr(at, end - at));
}

std::string Units(int64_t read, int64_t write) {
  return fmt::format("'ProvisionedThroughput':{{'ReadCapacityUnits':{},'WriteCapacityUnits':{}}}", read, write);
}

class UpdateTableWireTest : protected ClockHolder, public WireTest {
 protected:
  explicit UpdateTableWireTest(table::CatalogueSettings settings = SlowUpdates())
      : WireTest({.catalogue_settings = settings, .clock = clock}) {}

  // With a partition key "a"; `settings` as members of the request.
  static std::string CreateRequest(std::string_view settings, std::string_view name = "Music") {
    return fmt::format(
        "{{'TableName':'{}','KeySchema':[{{'AttributeName':'a','KeyType':'HASH'}}],"
        "'AttributeDefinitions':[{{'AttributeName':'a','AttributeType':'S'}}],{}}}",
        name, settings);
  }
  void CreateWith(std::string_view settings, const std::string& name = "Music") {
    const std::string created = Send("CreateTable", CreateRequest(settings, name));
    ASSERT_EQ(Member(created, "TableStatus"), "\"TableStatus\":\"CREATING\"") << created;
    AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"");
  }
  void CreateProvisioned(int64_t read, int64_t write) { CreateWith(Units(read, write)); }
  void CreateOnDemand() { CreateWith("'BillingMode':'PAY_PER_REQUEST'"); }

  std::string Update(std::string_view settings) {
    return Send("UpdateTable", fmt::format("{{'TableName':'Music',{}}}", settings));
  }
  std::string Describe() { return Send("DescribeTable", "{'TableName':'Music'}"); }

  // Lets an update come to its end.
  void Settle() {
    clock.AdvanceMs(kUpdatingMs);
    AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  }
  // An update that is accepted and makes the table UPDATING, until it is over.
  void UpdateAndSettle(std::string_view settings) {
    const std::string updated = Update(settings);
    ASSERT_EQ(Member(updated, "TableStatus"), "\"TableStatus\":\"UPDATING\"") << updated;
    Settle();
  }

  void CheckUpdates(const std::vector<std::pair<std::string, std::string>>& updates) {
    for (const auto& [settings, answer] : updates) {
      EXPECT_EQ(Update(settings), answer) << settings;
    }
  }
};

const std::string kAtLeastOne = Invalid(
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
    "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
    "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
    "required");

TEST_F(UpdateTableWireTest, ARequestThatAsksForNothingIsRefusedBeforeTheTableIsLookedFor) {
  const std::string definitions = "'AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'}]";
  CheckUpdates({
      {"'Unknown':1", kAtLeastOne},
      {definitions, kAtLeastOne},
      {"'KeySchema':[{'AttributeName':'a','KeyType':'HASH'}]", kAtLeastOne},
      {"'GlobalSecondaryIndexUpdates':[]", kAtLeastOne},
      {"'BillingMode':null,'DeletionProtectionEnabled':null", kAtLeastOne},
      {"'SSESpecification':{}",
       Invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
               "ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
               "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required")},
      // These two alone: after the table.
      {"'WarmThroughput':{}", NotFound("Requested resource not found: Table: Music not found")},
      {"'OnDemandThroughput':{}", NotFound("Requested resource not found: Table: Music not found")},
  });
  CreateOnDemand();
  CheckUpdates({
      {"'WarmThroughput':{}",
       Invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
               "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
               "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput or TableClass is required")},
      {"'WarmThroughput':{'ReadUnitsPerSecond':null},'OnDemandThroughput':{}",
       Invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
               "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
               "MultiRegionConsistency, DeletionProtectionEnabled or TableClass is required")},
  });
  // Beside something else they count for nothing.
  const std::string updated = Update("'DeletionProtectionEnabled':true,'WarmThroughput':{},'OnDemandThroughput':{}");
  EXPECT_EQ(Member(updated, "DeletionProtectionEnabled"), "\"DeletionProtectionEnabled\":true") << updated;
}

TEST_F(UpdateTableWireTest, ConstraintsOfUpdateTable) {
  const auto at = [](std::string_view value, std::string_view path, std::string_view rule) {
    return OneConstraint(
        fmt::format("Value {} at '{}' failed to satisfy constraint: Member must {}", value, path, rule));
  };
  CheckUpdates({
      {"'BillingMode':'FREE'", at("'FREE'", "billingMode", "satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]")},
      {"'ProvisionedThroughput':{'ReadCapacityUnits':1}",
       at("null", "provisionedThroughput.writeCapacityUnits", "not be null")},
      {"'ProvisionedThroughput':{'ReadCapacityUnits':0,'WriteCapacityUnits':1}",
       at("'0'", "provisionedThroughput.readCapacityUnits", "have value greater than or equal to 1")},
      {"'StreamSpecification':{}", at("null", "streamSpecification.streamEnabled", "not be null")},
      {"'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'ALL'}",
       at("'ALL'", "streamSpecification.streamViewType",
          "satisfy enum value set: [OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE]")},
      {"'SSESpecification':{'SSEType':'kms'}",
       at("'kms'", "sSESpecification.sSEType", "satisfy enum value set: [AES256, KMS]")},
      {"'ReplicaUpdates':[]", at("'[]'", "replicaUpdates", "have length greater than or equal to 1")},
      {"'WarmThroughput':[]",
       Misfit("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.WarmThroughput")},
  });
  EXPECT_EQ(Send("UpdateTable", "{}"), at("null", "tableName", "not be null"));
  EXPECT_EQ(Send("UpdateTable", "{'TableName':'a'}"), at("'a'", "tableName", "have length greater than or equal to 3"));
}

TEST_F(UpdateTableWireTest, WhatMayNotStandTogetherIsRefusedInTheServicesOrder) {
  const std::string sse = "'SSESpecification':{'Enabled':true}";
  const std::string table_class = "'TableClass':'STANDARD'";
  const std::string protection = "'DeletionProtectionEnabled':true";
  const std::string warm = "'WarmThroughput':{'ReadUnitsPerSecond':13000}";
  const std::string replicas = "'ReplicaUpdates':[{'Create':{'RegionName':'eu-west-1'}}]";
  const std::string maxima = "'OnDemandThroughput':{'MaxReadRequestUnits':1}";
  const std::string stream = "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}";
  const std::string units = Units(1, 1);
  const std::string on_demand = "'BillingMode':'PAY_PER_REQUEST'";
  const std::string create_index =
      "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'idx','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}]"
      ","
      "'Projection':{'ProjectionType':'ALL'}}}]";
  const std::string delete_index = "'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'idx'}}]";
  const std::string sse_alone =
      InvalidParameter("Server-Side Encryption modification must be the only operation in the request");
  const std::string class_alone = InvalidParameter("TableClass modification must be the only operation in the request");
  const std::string protection_alone =
      InvalidParameter("DeletionProtection modification must be the only operation in the request");
  const std::string warm_alone = InvalidParameter("WarmThroughput must be the only operation in the request");
  const std::string replicas_alone = InvalidParameter("Replica modification must be the only operation in the request");
  const std::string maxima_alone =
      InvalidParameter("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  const std::string stream_and_units = InvalidParameter("You cannot modify stream status while updating table IOPS");
  // There is no table: nothing of this looks at one.
  for (const std::string& other : {table_class, protection, warm, replicas, maxima, stream, units, on_demand}) {
    EXPECT_EQ(Update(sse + "," + other), sse_alone);
  }
  for (const std::string& other : {protection, warm, replicas, maxima, stream, units, on_demand}) {
    EXPECT_EQ(Update(table_class + "," + other), class_alone);
  }
  for (const std::string& other : {warm, replicas, maxima, stream, units, on_demand, create_index}) {
    EXPECT_EQ(Update(protection + "," + other), protection_alone);
  }
  for (const std::string& other : {replicas, maxima, stream, units, on_demand}) {
    EXPECT_EQ(Update(warm + "," + other), warm_alone);
  }
  for (const std::string& other : {maxima, stream, units, on_demand}) {
    EXPECT_EQ(Update(replicas + "," + other), replicas_alone);
  }
  for (const std::string& other : {stream, units, create_index, units + ",'BillingMode':'PROVISIONED'"}) {
    EXPECT_EQ(Update(maxima + "," + other), maxima_alone);
  }
  CheckUpdates({
      {stream + "," + units, stream_and_units},
      {stream + ",'BillingMode':'PROVISIONED'", stream_and_units},
      {create_index + "," + units, InvalidParameter("You cannot create or delete index while updating table IOPS")},
      {delete_index + "," + units, InvalidParameter("You cannot create or delete index while updating table IOPS")},
      {create_index + "," + stream, InvalidParameter("You cannot create or delete index while changing stream status")},
      {on_demand + ",'GlobalSecondaryIndexUpdates':[]",
       InvalidParameter("List of GlobalSecondaryIndexUpdates is empty")},
      {"'BillingMode':'PROVISIONED'",
       InvalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")},
      {on_demand + "," + units,
       InvalidParameter("ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST")},
      {Units(1'000'000'000'001, 1), Invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds")},
      {Units(1, 1'000'000'000'001), Invalid("Given value 1000000000001 for WriteCapacityUnits is out of bounds")},
      {"'TableClass':'COLD'",
       Invalid("Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, "
               "STANDARD_INFREQUENT_ACCESS].")},
      {"'StreamSpecification':{'StreamEnabled':true}",
       InvalidParameter("If stream is being enabled then UpdateViewType is required")},
      {"'StreamSpecification':{'StreamEnabled':false,'StreamViewType':'KEYS_ONLY'}",
       InvalidParameter("If stream is being disabled, then UpdateViewType must not be specified")},
      {"'SSESpecification':{'Enabled':false,'SSEType':'KMS'}",
       InvalidParameter("SSEType can not be specified if Enabled is false")},
      {"'SSESpecification':{'Enabled':false,'KMSMasterKeyId':'k'}",
       InvalidParameter("KMSMasterKeyId can not be specified if Enabled is false")},
      {"'SSESpecification':{'Enabled':true,'SSEType':'AES256'}", InvalidParameter("SSEType AES256 is not supported")},
      {"'SSESpecification':{'Enabled':true,'KMSMasterKeyId':'k'}",
       InvalidParameter("SSEType KMS is required if KMSMasterKeyId is specified")},
  });
  for (const std::string value : {"0", "-2", "-9223372036854775808"}) {
    CheckUpdates(
        {{"'OnDemandThroughput':{'MaxReadRequestUnits':" + value + "}",
          InvalidParameter("Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid "
                           "range")},
         {"'OnDemandThroughput':{'MaxReadRequestUnits':1,'MaxWriteRequestUnits':" + value + "}",
          InvalidParameter("Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of "
                           "valid range")}});
  }
}

TEST_F(UpdateTableWireTest, UnbuiltFeaturesAreRefusedByName) {
  CreateOnDemand();
  const std::string before = Describe();
  for (const std::string member :
       {"'SSESpecification':{'Enabled':true}", "'SSESpecification':{'SSEType':'KMS'}",
        "'ReplicaUpdates':[{'Create':{'RegionName':'eu-west-1'}}]", "'MultiRegionConsistency':'STRONG'",
        "'GlobalTableWitnessUpdates':[{'Create':{'RegionName':'eu-west-1'}}]",
        "'GlobalTableSettingsReplicationMode':'ENABLED'"}) {
    EXPECT_EQ(Update(member),
              Invalid(member.substr(1, member.find('\'', 1) - 1) + " is not supported by this server yet"));
  }
  EXPECT_EQ(Describe(), before);
}

TEST_F(UpdateTableWireTest, TheTableMustBeThere) {
  const std::string none = NotFound("Requested resource not found: Table: Music not found");
  CheckUpdates({
      {"'BillingMode':'PAY_PER_REQUEST'", none},
      {Units(1, 1), none},
      {"'TableClass':'STANDARD'", none},
      {"'DeletionProtectionEnabled':true", none},
      {"'OnDemandThroughput':{'MaxReadRequestUnits':-1}", none},
      {"'WarmThroughput':{'ReadUnitsPerSecond':1}", none},
      {"'StreamSpecification':{'StreamEnabled':false}", none},
      {"'SSESpecification':{'Enabled':false}", none},
  });
  CreateOnDemand();
  CheckUpdates({
      {"'StreamSpecification':{'StreamEnabled':false}", Invalid("Table has no stream to disable: TableName: Music")},
      {"'BillingMode':'PAY_PER_REQUEST','StreamSpecification':{'StreamEnabled':false}",
       Invalid("Table has no stream to disable: TableName: Music")},
      {"'SSESpecification':{'Enabled':false}", InvalidParameter("Table is already encrypted by default")},
  });
  // By its ARN, as every call that names a table.
  const auto named = [&](std::string_view arn) {
    return Send("UpdateTable", fmt::format("{{'TableName':'{}','DeletionProtectionEnabled':true}}", arn));
  };
  const std::string updated = named("arn:aws:dynamodb:us-east-1:111111111111:table/Music");
  EXPECT_EQ(Member(updated, "TableName"), "\"TableName\":\"Music\"") << updated;
  EXPECT_EQ(named("arn:aws:dynamodb:eu-west-1:111111111111:table/Music"),
            OneConstraint("Invalid AWS region in 'arn:aws:dynamodb:eu-west-1:111111111111:table/Music'"));
  EXPECT_EQ(named("arn:aws:dynamodb:us-east-1:222222222222:table/Music"),
            ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message", "Access is denied"));
}

TEST_F(UpdateTableWireTest, ThroughputIsUpdatingWithOldNumbersAndThenNew) {
  CreateProvisioned(5, 7);
  ASSERT_EQ(Send("PutItem", "{'TableName':'Music','Item':{'a':{'S':'x'}}}"), "{}");
  const std::string before = Describe();
  EXPECT_EQ(Member(before, "BillingModeSummary"), "");
  const std::string updated = Update(Units(6, 3));
  const std::string old_numbers = Quoted(
      "'ProvisionedThroughput':{'LastIncreaseDateTime':1791489600.000,'LastDecreaseDateTime':1791489600.000,"
      "'NumberOfDecreasesToday':0,'ReadCapacityUnits':5,'WriteCapacityUnits':7}");
  EXPECT_EQ(Member(updated, "TableStatus"), "\"TableStatus\":\"UPDATING\"");
  EXPECT_EQ(Member(updated, "ProvisionedThroughput"), old_numbers);
  EXPECT_EQ(Member(updated, "ItemCount"), "\"ItemCount\":1");
  for (const std::string member : {"TableId", "TableArn", "CreationDateTime", "KeySchema", "AttributeDefinitions",
                                   "TableSizeBytes", "WarmThroughput", "DeletionProtectionEnabled"}) {
    EXPECT_EQ(Member(updated, member), Member(before, member));
    EXPECT_NE(Member(updated, member), "");
  }
  // The same to whoever asks meanwhile; items are read and written as ever.
  EXPECT_EQ(Member(Describe(), "ProvisionedThroughput"), old_numbers);
  EXPECT_EQ(Send("PutItem", "{'TableName':'Music','Item':{'a':{'S':'y'}}}"), "{}");
  EXPECT_EQ(Send("GetItem", "{'TableName':'Music','Key':{'a':{'S':'x'}}}"), Quoted("{'Item':{'a':{'S':'x'}}}"));
  Settle();
  const std::string settled = Describe();
  EXPECT_EQ(Member(settled, "ProvisionedThroughput"),
            Quoted("'ProvisionedThroughput':{'LastIncreaseDateTime':1791489600.000,'LastDecreaseDateTime':"
                   "1791489600.000,'NumberOfDecreasesToday':1,'ReadCapacityUnits':6,'WriteCapacityUnits':3}"));
  EXPECT_EQ(Member(settled, "ItemCount"), "\"ItemCount\":2");
  EXPECT_EQ(Member(settled, "WarmThroughput"),
            Quoted("'WarmThroughput':{'ReadUnitsPerSecond':6,'WriteUnitsPerSecond':7,'Status':'ACTIVE'}"));
}

TEST_F(UpdateTableWireTest, ThroughputThatWillNotChangeIsRefused) {
  CreateProvisioned(5, 7);
  const std::string same = Invalid(
      "The provisioned throughput for the table will not change. The requested value equals the current value. Current "
      "ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits "
      "provisioned for the table: 7. Requested WriteCapacityUnits: 7. Refer to the Amazon DynamoDB Developer Guide for "
      "current limits and how to request higher limits.");
  CheckUpdates({{Units(5, 7), same}, {"'BillingMode':'PROVISIONED'," + Units(5, 7), same}});
  UpdateAndSettle("'BillingMode':'PROVISIONED'," + Units(5, 8));
  UpdateAndSettle(Units(6, 8));
  EXPECT_EQ(Member(Describe(), "BillingModeSummary"), "");
}

TEST_F(UpdateTableWireTest, OnDemandTablesHaveNoThroughput) {
  CreateOnDemand();
  CheckUpdates({{Units(5, 7), InvalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                                               "BillingMode is PAY_PER_REQUEST")}});
}

TEST_F(UpdateTableWireTest, FourDecreasesADayThenOneAnHour) {
  CreateProvisioned(100, 100);
  clock.SetWallMs(kEveningMs + 3 * kHourMs + 20 * kMinuteMs + 48'000 - 3 * kUpdatingMs);
  // One that lowers both counts once, one that raises and lowers counts too, one that raises does not.
  UpdateAndSettle(Units(90, 90));
  UpdateAndSettle(Units(80, 95));
  UpdateAndSettle(Units(70, 95));
  UpdateAndSettle(Units(60, 95));  // at 11:20:48 PM
  UpdateAndSettle(Units(61, 95));
  const std::string spent = SubscriberLimit(
      "Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each "
      "subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases "
      "today: 4. Last decrease at Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time. Next decrease "
      "can "
      "be made at Friday, October 9, 2026 at 12:00:00 AM Coordinated Universal Time.");
  const std::string before = Describe();
  CheckUpdates({{Units(60, 95), spent}, {Units(60, 200), spent}});
  EXPECT_EQ(Describe(), before);
  UpdateAndSettle(Units(62, 96));
  // Midnight, UTC.
  clock.SetWallMs(kEveningMs + 4 * kHourMs - 1);
  CheckUpdates({{Units(60, 95), spent}});
  clock.AdvanceMs(1);
  EXPECT_NE(Describe().find("\"NumberOfDecreasesToday\":0"), std::string::npos);
  for (int64_t units = 50; units > 46; --units) {
    UpdateAndSettle(Units(units, 95));
  }
  EXPECT_NE(Describe().find("\"NumberOfDecreasesToday\":4"), std::string::npos);
  const int64_t last_ms = clock.WallMs() - kUpdatingMs;
  CheckUpdates(
      {{Units(40, 95),
        SubscriberLimit("Provisioned throughput decreases are limited within a given UTC day. After the first 4 "
                        "decreases, each subsequent decrease in the same UTC day can be performed at most once every "
                        "3600 seconds. Number of decreases today: 4. Last decrease at Friday, October 9, 2026 at "
                        "12:00:03 AM Coordinated Universal Time. Next decrease can be made at Friday, October 9, 2026 "
                        "at 1:00:03 AM Coordinated Universal Time.")}});
  clock.SetWallMs(last_ms + kHourMs);
  UpdateAndSettle(Units(40, 95));
  EXPECT_NE(Describe().find("\"NumberOfDecreasesToday\":5"), std::string::npos);
  EXPECT_NE(Update(Units(39, 95)).find("Number of decreases today: 5."), std::string::npos);
}

TEST_F(UpdateTableWireTest, ASwitchOfBillingShowsTheNewModeAtOnceAndItsDateLater) {
  CreateProvisioned(5, 20'000);
  clock.AdvanceMs(kMinuteMs);
  const std::string to_on_demand = Update(
      "'BillingMode':'PAY_PER_REQUEST','OnDemandThroughput':"
      "{'MaxReadRequestUnits':100,'MaxWriteRequestUnits':-1}");
  EXPECT_EQ(Member(to_on_demand, "TableStatus"), "\"TableStatus\":\"UPDATING\"");
  EXPECT_EQ(Member(to_on_demand, "BillingModeSummary"),
            Quoted("'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'}"));
  EXPECT_EQ(Member(to_on_demand, "ProvisionedThroughput"),
            Quoted("'ProvisionedThroughput':{'NumberOfDecreasesToday':0,'ReadCapacityUnits':5,"
                   "'WriteCapacityUnits':20000}"));
  EXPECT_EQ(Member(to_on_demand, "OnDemandThroughput"), "");
  Settle();
  const std::string since = "'LastUpdateToPayPerRequestDateTime':1791489660.000}";
  std::string described = Describe();
  EXPECT_EQ(Member(described, "BillingModeSummary"),
            Quoted("'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'," + since));
  EXPECT_EQ(
      Member(described, "ProvisionedThroughput"),
      Quoted("'ProvisionedThroughput':{'NumberOfDecreasesToday':0,'ReadCapacityUnits':0,'WriteCapacityUnits':0}"));
  EXPECT_EQ(Member(described, "OnDemandThroughput"), Quoted("'OnDemandThroughput':{'MaxReadRequestUnits':100}"));
  const std::string warm =
      Quoted("'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':20000,'Status':'ACTIVE'}");
  EXPECT_EQ(Member(described, "WarmThroughput"), warm);

  // Said again, nothing happens, though the answer says UPDATING.
  const std::string again = Update("'BillingMode':'PAY_PER_REQUEST'");
  EXPECT_EQ(Member(again, "TableStatus"), "\"TableStatus\":\"UPDATING\"");
  EXPECT_EQ(Describe(), described);

  clock.AdvanceMs(kMinuteMs);
  const std::string to_provisioned = Update("'BillingMode':'PROVISIONED'," + Units(8, 9));
  EXPECT_EQ(Member(to_provisioned, "BillingModeSummary"), Quoted("'BillingModeSummary':{'BillingMode':'PROVISIONED'}"));
  EXPECT_EQ(Member(to_provisioned, "OnDemandThroughput"), Quoted("'OnDemandThroughput':{'MaxReadRequestUnits':100}"));
  Settle();
  described = Describe();
  EXPECT_EQ(Member(described, "BillingModeSummary"),
            Quoted("'BillingModeSummary':{'BillingMode':'PROVISIONED'," + since));
  EXPECT_EQ(
      Member(described, "ProvisionedThroughput"),
      Quoted("'ProvisionedThroughput':{'NumberOfDecreasesToday':0,'ReadCapacityUnits':8,'WriteCapacityUnits':9}"));
  EXPECT_EQ(Member(described, "OnDemandThroughput"), "");
  EXPECT_EQ(Member(described, "WarmThroughput"), warm);
  // As often as anybody likes.
  for (int i = 0; i < 4; ++i) {
    UpdateAndSettle("'BillingMode':'PAY_PER_REQUEST'");
    EXPECT_EQ(Member(Describe(), "OnDemandThroughput"), "");
    UpdateAndSettle("'BillingMode':'PROVISIONED'," + Units(8, 9));
  }
}

TEST_F(UpdateTableWireTest, MaximaOfOnDemandThroughputMergeAndClearAtOnce) {
  CreateOnDemand();
  const auto maxima = [this](std::string_view asked) {
    const std::string updated = Update(fmt::format("'OnDemandThroughput':{{{}}}", asked));
    EXPECT_EQ(Member(updated, "TableStatus"), "\"TableStatus\":\"ACTIVE\"") << updated;
    return Member(updated, "OnDemandThroughput") + " then " + Member(Describe(), "OnDemandThroughput");
  };
  const std::string read = "'OnDemandThroughput':{'MaxReadRequestUnits':10}";
  const std::string both = "'OnDemandThroughput':{'MaxReadRequestUnits':10,'MaxWriteRequestUnits':20}";
  const std::string write = "'OnDemandThroughput':{'MaxWriteRequestUnits':20}";
  EXPECT_EQ(maxima("'MaxReadRequestUnits':10"), Quoted(read + " then " + read));
  EXPECT_EQ(maxima("'MaxWriteRequestUnits':20"), Quoted(both + " then " + both));
  EXPECT_EQ(maxima("'MaxWriteRequestUnits':20"), Quoted(both + " then " + both));
  EXPECT_EQ(maxima("'MaxReadRequestUnits':-1"),
            Quoted("'OnDemandThroughput':{'MaxReadRequestUnits':-1,'MaxWriteRequestUnits':20} then " + write));
  EXPECT_EQ(maxima("'MaxReadRequestUnits':-1,'MaxWriteRequestUnits':-1"),
            Quoted("'OnDemandThroughput':{'MaxReadRequestUnits':-1,'MaxWriteRequestUnits':-1} then "));
  CheckUpdates({{"'OnDemandThroughput':{'MaxReadRequestUnits':40001}",
                 SubscriberLimit("Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds "
                                 "TableMaxReadCapacityUnits of the account in region us-east-1")},
                {"'OnDemandThroughput':{'MaxWriteRequestUnits':40001}",
                 SubscriberLimit("Requested MaxWriteRequestUnits for OnDemandThroughput for table exceeds "
                                 "TableMaxWriteCapacityUnits of the account in region us-east-1")}});
  EXPECT_EQ(Member(Describe(), "OnDemandThroughput"), "");
  // With the billing mode the table has.
  const std::string updated = Update("'BillingMode':'PAY_PER_REQUEST','OnDemandThroughput':{'MaxReadRequestUnits':10}");
  EXPECT_EQ(Member(updated, "OnDemandThroughput"), Quoted(read));
  EXPECT_EQ(Member(Describe(), "OnDemandThroughput"), Quoted(read));
}

TEST_F(UpdateTableWireTest, ProvisionedTablesHaveNoMaxima) {
  CreateProvisioned(1, 1);
  CheckUpdates({{"'OnDemandThroughput':{'MaxReadRequestUnits':1,'MaxWriteRequestUnits':1}",
                 InvalidParameter("MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
                                  "BillingMode is PROVISIONED")},
                {"'OnDemandThroughput':{'MaxWriteRequestUnits':-1}",
                 InvalidParameter("MaxWriteRequestUnits for OnDemandThroughput cannot be specified when the table "
                                  "BillingMode is PROVISIONED")}});
}

TEST_F(UpdateTableWireTest, WarmThroughputOnlyRises) {
  CreateOnDemand();
  const auto lower = [](std::string_view member) {
    return InvalidParameter(
        fmt::format("Requested {} for WarmThroughput for table is lower than current WarmThroughput, decreasing "
                    "WarmThroughput is not supported",
                    member));
  };
  const auto warm = [](std::string_view read, std::string_view write, std::string_view status) {
    return Quoted(fmt::format("'WarmThroughput':{{'ReadUnitsPerSecond':{},'WriteUnitsPerSecond':{},'Status':'{}'}}",
                              read, write, status));
  };
  CheckUpdates({{"'WarmThroughput':{'ReadUnitsPerSecond':11999}", lower("ReadUnitsPerSecond")},
                {"'WarmThroughput':{'ReadUnitsPerSecond':13000,'WriteUnitsPerSecond':0}", lower("WriteUnitsPerSecond")},
                {"'WarmThroughput':{'ReadUnitsPerSecond':40001}",
                 SubscriberLimit("Requested ReadUnitsPerSecond for WarmThroughput for table exceeds "
                                 "TableMaxReadCapacityUnits of the account in region us-east-1")}});
  EXPECT_EQ(Member(Update("'WarmThroughput':{'ReadUnitsPerSecond':12000}"), "WarmThroughput"),
            warm("12000", "4000", "ACTIVE"));
  const std::string updated = Update("'WarmThroughput':{'ReadUnitsPerSecond':13000}");
  EXPECT_EQ(Member(updated, "WarmThroughput"), warm("13000", "4000", "UPDATING"));
  EXPECT_EQ(Member(updated, "TableStatus"), "\"TableStatus\":\"ACTIVE\"");
  EXPECT_EQ(Member(Describe(), "WarmThroughput"), warm("13000", "4000", "ACTIVE"));
  Update("'WarmThroughput':{'ReadUnitsPerSecond':13001,'WriteUnitsPerSecond':5000}");
  EXPECT_EQ(Member(Describe(), "WarmThroughput"), warm("13001", "5000", "ACTIVE"));
  UpdateAndSettle("'BillingMode':'PROVISIONED'," + Units(20'000, 1));
  EXPECT_EQ(Member(Describe(), "WarmThroughput"), warm("20000", "5000", "ACTIVE"));
  UpdateAndSettle(Units(10, 10));
  EXPECT_EQ(Member(Describe(), "WarmThroughput"), warm("20000", "5000", "ACTIVE"));
  UpdateAndSettle("'BillingMode':'PAY_PER_REQUEST'");
  EXPECT_EQ(Member(Describe(), "WarmThroughput"), warm("20000", "5000", "ACTIVE"));
}

TEST_F(UpdateTableWireTest, TheClassChangesTwiceInThirtyDays) {
  CreateOnDemand();
  const std::string standard = "'TableClass':'STANDARD'";
  const std::string infrequent = "'TableClass':'STANDARD_INFREQUENT_ACCESS'";
  const std::string spent = SubscriberLimit("Updates to TableClass are limited to 2 times in 30 day(s).");
  const auto summary = [](std::string_view table_class, std::string_view seconds) {
    return Quoted(
        fmt::format("'TableClassSummary':{{'TableClass':'{}','LastUpdateDateTime':{}.000}}", table_class, seconds));
  };
  // STANDARD on a table that never was anything else.
  EXPECT_EQ(Member(Update(standard), "TableStatus"), "\"TableStatus\":\"UPDATING\"");
  EXPECT_EQ(Member(Describe(), "TableStatus"), "\"TableStatus\":\"ACTIVE\"");
  EXPECT_EQ(Member(Describe(), "TableClassSummary"), "");

  const std::string first = Update(infrequent);
  EXPECT_EQ(Member(first, "TableStatus"), "\"TableStatus\":\"UPDATING\"");
  EXPECT_EQ(Member(first, "TableClassSummary"), "");
  Settle();
  EXPECT_EQ(Member(Describe(), "TableClassSummary"), summary("STANDARD_INFREQUENT_ACCESS", "1791489600"));
  EXPECT_EQ(Member(Update(infrequent), "TableStatus"), "\"TableStatus\":\"UPDATING\"");  // no change, and no cost
  clock.SetWallMs(kEveningMs + kDayMs);
  const std::string second = Update(standard);
  EXPECT_EQ(Member(second, "TableClassSummary"), summary("STANDARD_INFREQUENT_ACCESS", "1791489600"));
  Settle();
  EXPECT_EQ(Member(Describe(), "TableClassSummary"), summary("STANDARD", "1791576000"));
  CheckUpdates({{infrequent, spent}, {standard, spent}});
  clock.SetWallMs(kEveningMs + 30 * kDayMs - 1);
  CheckUpdates({{infrequent, spent}});
  clock.SetWallMs(kEveningMs + 30 * kDayMs);
  UpdateAndSettle(infrequent);
  CheckUpdates({{standard, spent}});
  clock.SetWallMs(kEveningMs + 31 * kDayMs);
  UpdateAndSettle(standard);
}

TEST_F(UpdateTableWireTest, DeletionProtectionIsChangedAtMostEveryFifteenSeconds) {
  CreateWith("'BillingMode':'PAY_PER_REQUEST','DeletionProtectionEnabled':true");
  clock.SetWallMs(kEveningMs + 330);
  const std::string off = Update("'DeletionProtectionEnabled':false");
  EXPECT_EQ(Member(off, "TableStatus"), "\"TableStatus\":\"ACTIVE\"");
  EXPECT_EQ(Member(off, "DeletionProtectionEnabled"), "\"DeletionProtectionEnabled\":false");
  clock.AdvanceMs(14'999);
  const std::string too_soon = Throttled(
      "Deletion protection setting for table Music modified within the previous 15000 milliseconds. Please "
      "try again after 2026-10-08T20:00:15.330Z");
  CheckUpdates({{"'DeletionProtectionEnabled':true", too_soon}});
  // What it is already is no change.
  EXPECT_EQ(Member(Update("'DeletionProtectionEnabled':false"), "TableStatus"), "\"TableStatus\":\"ACTIVE\"");
  clock.AdvanceMs(1);
  EXPECT_EQ(Member(Update("'DeletionProtectionEnabled':true"), "DeletionProtectionEnabled"),
            "\"DeletionProtectionEnabled\":true");
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"),
            Invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
                    "protection first."));
  clock.AdvanceMs(15'000);
  Update("'DeletionProtectionEnabled':false");
  EXPECT_EQ(Member(Send("DeleteTable", "{'TableName':'Music'}"), "TableStatus"), "\"TableStatus\":\"DELETING\"");
}

TEST_F(UpdateTableWireTest, WhileUnitsOrBillingChangeTheTableIsInUse) {
  const std::string iops = InUseText("Table IOPS are currently being updated. Table: Music");
  CreateProvisioned(5, 5);
  for (const std::string& update : {Units(6, 6), std::string("'BillingMode':'PAY_PER_REQUEST'")}) {
    ASSERT_EQ(Member(Update(update), "TableStatus"), "\"TableStatus\":\"UPDATING\"");
    CheckUpdates({
        {Units(7, 7), iops},
        {"'BillingMode':'PAY_PER_REQUEST'", iops},
        {"'BillingMode':'PROVISIONED'," + Units(7, 7), iops},
        {"'TableClass':'STANDARD_INFREQUENT_ACCESS'",
         InUseText("Can't update table class while table IOPS are being updated. Table: Music")},
        {"'StreamSpecification':{'StreamEnabled':false}",
         InUseText("Can't enable or disable stream while table IOPS are being updated. Table: Music")},
    });
    EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"),
              InUseText("Table: Music is in the process of being updated."));
    EXPECT_EQ(Send("CreateTable", CreateRequest(Units(1, 1))), InUse("Table already exists: Music"));
    if (update == Units(6, 6)) {
      CheckUpdates({{"'OnDemandThroughput':{'MaxReadRequestUnits':1}",
                     InvalidParameter("MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
                                      "BillingMode is PROVISIONED")}});
      // Admitted, without a word to what is under way.
      const std::string protection = Update("'DeletionProtectionEnabled':true");
      EXPECT_EQ(Member(protection, "TableStatus"), "\"TableStatus\":\"UPDATING\"");
      EXPECT_EQ(Member(protection, "DeletionProtectionEnabled"), "\"DeletionProtectionEnabled\":true");
    } else {
      CheckUpdates({{"'OnDemandThroughput':{'MaxReadRequestUnits':1}",
                     InUseText("OnDemandThroughput cannot be updated while BillingMode update is in progress")}});
    }
    Settle();
  }
  const std::string described = Describe();
  EXPECT_EQ(Member(described, "DeletionProtectionEnabled"), "\"DeletionProtectionEnabled\":true");
  EXPECT_NE(described.find("PAY_PER_REQUEST"), std::string::npos);
}

TEST_F(UpdateTableWireTest, WhileTheClassChangesTheTableIsInUse) {
  CreateOnDemand();
  ASSERT_EQ(Member(Update("'TableClass':'STANDARD_INFREQUENT_ACCESS'"), "TableStatus"), "\"TableStatus\":\"UPDATING\"");
  const std::string progress = " Table: Music TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS";
  CheckUpdates({
      {"'TableClass':'STANDARD'",
       InUseText("Can't update table class when a table class update is in progress." + progress)},
      {"'BillingMode':'PROVISIONED'," + Units(7, 7),
       InUseText("Can't change table IOPS when a table class update is in progress." + progress)},
      {"'OnDemandThroughput':{'MaxReadRequestUnits':1}",
       InUseText("OnDemandThroughput cannot be updated while TableClass update is in progress")},
  });
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"),
            InUseText("Table: Music is in the process of being updated."));
}

TEST_F(UpdateTableWireTest, CreateTableHoldsItsCapacityToTheBillingMode) {
  const std::string on_demand = "'BillingMode':'PAY_PER_REQUEST',";
  const auto mode = [](std::string_view member) {
    return InvalidParameter(
        fmt::format("{} for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.", member));
  };
  const auto range = [](std::string_view member) {
    return InvalidParameter(
        fmt::format("Requested {} for OnDemandThroughput for table is outside of valid range", member));
  };
  const auto initial = [](std::string_view member) {
    return InvalidParameter(
        fmt::format("Requested {} for WarmThroughput for table is lower than initial throughput for OnDemand. See: "
                    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#"
                    "on-demand-capacity-mode-initial",
                    member));
  };
  std::vector<WireCase> cases = {
      {"CreateTable", CreateRequest(Units(1, 1) + ",'OnDemandThroughput':{'MaxReadRequestUnits':0}"),
       mode("MaxReadRequestUnits")},
      {"CreateTable", CreateRequest(Units(1, 1) + ",'OnDemandThroughput':{'MaxWriteRequestUnits':1}"),
       mode("MaxWriteRequestUnits")},
      {"CreateTable", CreateRequest(Units(5, 6) + ",'WarmThroughput':{'ReadUnitsPerSecond':4}"),
       InvalidParameter("Requested ReadUnitsPerSecond for WarmThroughput for table is lower than ReadCapacityUnits of "
                        "ProvisionedThroughput")},
      {"CreateTable", CreateRequest(Units(5, 6) + ",'WarmThroughput':{'WriteUnitsPerSecond':5}"),
       InvalidParameter("Requested WriteUnitsPerSecond for WarmThroughput for table is lower than WriteCapacityUnits "
                        "of ProvisionedThroughput")},
      {"CreateTable", CreateRequest(on_demand + "'WarmThroughput':{'ReadUnitsPerSecond':11999}"),
       initial("ReadUnitsPerSecond")},
      {"CreateTable", CreateRequest(on_demand + "'WarmThroughput':{'WriteUnitsPerSecond':3999}"),
       initial("WriteUnitsPerSecond")},
      {"CreateTable", CreateRequest(on_demand + "'WarmThroughput':{'WriteUnitsPerSecond':40001}"),
       SubscriberLimit("Requested WriteUnitsPerSecond for WarmThroughput for table exceeds TableMaxWriteCapacityUnits "
                       "of the account in region us-east-1")},
      {"CreateTable", CreateRequest(on_demand + "'OnDemandThroughput':{'MaxReadRequestUnits':40001}"),
       SubscriberLimit("Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds "
                       "TableMaxReadCapacityUnits of the account in region us-east-1")},
      {"CreateTable", CreateRequest(on_demand + "'StreamSpecification':{'StreamEnabled':true}"),
       InvalidParameter("Table is being created with a stream enabled, UpdateViewType is required")},
      {"CreateTable",
       CreateRequest(on_demand + "'StreamSpecification':{'StreamEnabled':false,'StreamViewType':'KEYS_ONLY'}"),
       InvalidParameter("Table is being created with a stream disabled, UpdateViewType should not be specified")},
      {"CreateTable", CreateRequest(on_demand + "'SSESpecification':{'Enabled':false,'SSEType':'AES256'}"),
       InvalidParameter("SSEType can not be specified if Enabled is false")},
  };
  for (const std::string value : {"0", "-1", "-2"}) {
    cases.push_back({"CreateTable",
                     CreateRequest(on_demand + "'OnDemandThroughput':{'MaxReadRequestUnits':" + value + "}"),
                     range("MaxReadRequestUnits")});
    cases.push_back({"CreateTable",
                     CreateRequest(on_demand + "'OnDemandThroughput':{'MaxWriteRequestUnits':" + value + "}"),
                     range("MaxWriteRequestUnits")});
  }
  Check(cases);
  EXPECT_EQ(Send("ListTables", "{}"), Quoted("{'TableNames':[]}"));
}

TEST_F(UpdateTableWireTest, CreateTableShowsTheCapacityThatWasAskedFor) {
  const std::string created = Send(
      "CreateTable", CreateRequest("'BillingMode':'PAY_PER_REQUEST','OnDemandThroughput':{'MaxWriteRequestUnits':7},"
                                   "'WarmThroughput':{'ReadUnitsPerSecond':12345},'TableClass':'STANDARD'"));
  EXPECT_EQ(Member(created, "OnDemandThroughput"), Quoted("'OnDemandThroughput':{'MaxWriteRequestUnits':7}"));
  EXPECT_EQ(Member(created, "WarmThroughput"),
            Quoted("'WarmThroughput':{'ReadUnitsPerSecond':12345,'WriteUnitsPerSecond':4000,'Status':'UPDATING'}"));
  AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  const std::string described = Describe();
  EXPECT_EQ(Member(described, "OnDemandThroughput"), Quoted("'OnDemandThroughput':{'MaxWriteRequestUnits':7}"));
  EXPECT_EQ(Member(described, "WarmThroughput"),
            Quoted("'WarmThroughput':{'ReadUnitsPerSecond':12345,'WriteUnitsPerSecond':4000,'Status':'ACTIVE'}"));
  EXPECT_EQ(Member(described, "TableClassSummary"),
            Quoted("'TableClassSummary':{'TableClass':'STANDARD','LastUpdateDateTime':1791489600.000}"));
  // Said without a number they are as if they were not said.
  CreateWith("'BillingMode':'PAY_PER_REQUEST','OnDemandThroughput':{},'WarmThroughput':{}", "Plain");
  const std::string plain = Send("DescribeTable", "{'TableName':'Plain'}");
  EXPECT_EQ(Member(plain, "OnDemandThroughput"), "");
  EXPECT_EQ(Member(plain, "WarmThroughput"),
            Quoted("'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':4000,'Status':'ACTIVE'}"));
}

TEST_F(UpdateTableWireTest, DescriptionsShowAMemberOnlyWhereTheServiceDoes) {
  struct Column {
    std::string billing;
    bool shows_billing;
  };
  const std::vector<Column> billings = {
      {Units(1, 1), false}, {"'BillingMode':'PAY_PER_REQUEST'", true}, {"switched", true}};
  int number = 0;
  for (const Column& column : billings) {
    for (const std::string table_class :
         {"", ",'TableClass':'STANDARD'", ",'TableClass':'STANDARD_INFREQUENT_ACCESS'"}) {
      const std::string name = fmt::format("Table{}", ++number);
      const bool switched = column.billing == "switched";
      CreateWith((switched ? Units(1, 1) : column.billing) + table_class, name);
      if (switched) {
        Send("UpdateTable", fmt::format("{{'TableName':'{}','BillingMode':'PAY_PER_REQUEST'}}", name));
        clock.AdvanceMs(kUpdatingMs);
        AwaitDescription(name, "\"TableStatus\":\"ACTIVE\"");
      }
      const std::string described = Send("DescribeTable", fmt::format("{{'TableName':'{}'}}", name));
      EXPECT_EQ(Member(described, "BillingModeSummary") != "", column.shows_billing) << described;
      EXPECT_EQ(Member(described, "TableClassSummary") != "", table_class != "") << described;
      for (const std::string always :
           {"TableName", "TableArn", "TableId", "TableStatus", "CreationDateTime", "KeySchema", "AttributeDefinitions",
            "ProvisionedThroughput", "TableSizeBytes", "ItemCount", "DeletionProtectionEnabled", "WarmThroughput"}) {
        EXPECT_NE(Member(described, always), "") << always;
      }
      for (const std::string never : {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel", "SSEDescription",
                                      "OnDemandThroughput", "LocalSecondaryIndexes", "GlobalSecondaryIndexes",
                                      "RestoreSummary", "Tags", "LastIncreaseDateTime", "LastDecreaseDateTime"}) {
        EXPECT_EQ(Member(described, never), "");
      }
    }
  }
}

TEST_F(UpdateTableWireTest, DescribeLimitsAnswersTheQuotas) {
  EXPECT_EQ(Send("DescribeLimits", "{}"),
            Quoted("{'AccountMaxReadCapacityUnits':80000,'AccountMaxWriteCapacityUnits':80000,"
                   "'TableMaxReadCapacityUnits':40000,'TableMaxWriteCapacityUnits':40000}"));
}

class QuotasWireTest : public UpdateTableWireTest {
 protected:
  static table::CatalogueSettings Small() {
    table::CatalogueSettings settings = SlowUpdates();
    settings.quotas = {.table_read_units_max = 50,
                       .table_write_units_max = 40,
                       .account_read_units_max = 80,
                       .account_write_units_max = 70,
                       .tables_max = 3,
                       .tables_changing_max = 2};
    return settings;
  }
  QuotasWireTest() : UpdateTableWireTest(Small()) {}

  static std::string AboveTable(std::string_view word, int64_t asked, int64_t maximum) {
    return LimitExceeded(fmt::format(
        "The requested {}CapacityUnits, {}, is above the per table maximum for the account in us-east-1. Per "
        "table maximum: {}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
        "request higher limits.",
        word, asked, maximum));
  }
  static std::string AboveAccount(std::string_view word, int64_t current, int64_t limit, int64_t asked) {
    return LimitExceeded(fmt::format(
        "This request would have caused the {}CapacityUnits limit to be exceeded for the account in us-east-1. Current "
        "{}CapacityUnits reserved by the account: {}. Limit: {}. Requested: {}. Refer to the Amazon DynamoDB Developer "
        "Guide for current limits and how to request higher limits.",
        word, word, current, limit, asked));
  }
};

TEST_F(QuotasWireTest, UnitsOfATableAndOfAllTablesAreLimited) {
  EXPECT_EQ(Send("DescribeLimits", "{}"), Quoted("{'AccountMaxReadCapacityUnits':80,'AccountMaxWriteCapacityUnits':70,"
                                                 "'TableMaxReadCapacityUnits':50,'TableMaxWriteCapacityUnits':40}"));
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(51, 41))), AboveTable("Read", 51, 50));
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(50, 41))), AboveTable("Write", 41, 40));
  CreateProvisioned(50, 40);
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(31, 1), "Other")), AboveAccount("Read", 50, 80, 31));
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(1, 31), "Other")), AboveAccount("Write", 40, 70, 31));
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(31, 1))), InUse("Table already exists: Music"));
  // An account and a region of their own.
  Sending elsewhere;
  elsewhere.region = "eu-west-1";
  EXPECT_EQ(server_.Send("DynamoDB_20120810.CreateTable", Quoted(CreateRequest(Units(50, 40))), elsewhere).status, 200);
  Sending other;
  other.access_key_id = "222222222222";
  EXPECT_EQ(server_.Send("DynamoDB_20120810.CreateTable", Quoted(CreateRequest(Units(50, 40))), other).status, 200);

  CreateWith(Units(30, 30), "Other");
  CheckUpdates({{Units(51, 40), AboveTable("Read", 51, 50)}});
  UpdateAndSettle(Units(40, 40));
  // What an update will need is reserved while it runs.
  ASSERT_EQ(Member(Update(Units(45, 40)), "TableStatus"), "\"TableStatus\":\"UPDATING\"");
  EXPECT_EQ(Send("UpdateTable", "{'TableName':'Other'," + Units(36, 30) + "}"), AboveAccount("Read", 75, 80, 36));
  Settle();
  // What an on-demand table takes is nobody's reserve.
  UpdateAndSettle("'BillingMode':'PAY_PER_REQUEST'");
  EXPECT_EQ(Member(Send("UpdateTable", "{'TableName':'Other'," + Units(50, 40) + "}"), "TableStatus"),
            "\"TableStatus\":\"UPDATING\"");
}

TEST_F(QuotasWireTest, TablesAreLimitedInNumberAndInChangesAtOnce) {
  CreateWith(Units(1, 1), "Table1");
  CreateWith(Units(1, 1), "Table2");
  CreateWith(Units(1, 1), "Table3");
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(1, 1), "Table4")),
            SubscriberLimit("There is a limit of 3 tables per subscriber"));
  for (const std::string name : {"Table1", "Table2"}) {
    EXPECT_EQ(Member(Send("UpdateTable", "{'TableName':'" + name + "'," + Units(2, 2) + "}"), "TableStatus"),
              "\"TableStatus\":\"UPDATING\"");
  }
  EXPECT_EQ(Send("UpdateTable", "{'TableName':'Table3'," + Units(2, 2) + "}"),
            SubscriberLimit("Only 2 tables can be created, updated, or deleted simultaneously"));
  // What takes no time is no change under way.
  EXPECT_EQ(Member(Send("UpdateTable", "{'TableName':'Table3','DeletionProtectionEnabled':true}"),
                   "DeletionProtectionEnabled"),
            "\"DeletionProtectionEnabled\":true");
}

class SlowStatesWireTest : public UpdateTableWireTest {
 protected:
  SlowStatesWireTest() : UpdateTableWireTest({.quotas = {}, .delays = table::kServiceDelays}) {}
};

TEST_F(SlowStatesWireTest, TablesStayInTheirStatesAsLongAsTheServices) {
  const auto walk = [this](int64_t delay_ms, const std::string& status, const std::string& then) {
    EXPECT_NE(Describe().find("\"TableStatus\":\"" + status + "\""), std::string::npos);
    clock.AdvanceMs(delay_ms - 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(120));  // more than twice what the schedule sleeps at most
    EXPECT_NE(Describe().find("\"TableStatus\":\"" + status + "\""), std::string::npos);
    clock.AdvanceMs(1);
    AwaitDescription("Music", then);
  };
  const std::string active = "\"TableStatus\":\"ACTIVE\"";
  ASSERT_EQ(Member(Send("CreateTable", CreateRequest(Units(1, 1))), "TableStatus"), "\"TableStatus\":\"CREATING\"");
  const std::string creating = InUseText("Table is being created: Music");
  CheckUpdates({{Units(2, 2), creating},
                {"'DeletionProtectionEnabled':true", creating},
                {"'WarmThroughput':{}", creating},
                {"'BillingMode':'PROVISIONED'",
                 InvalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")}});
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"), creating);
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(1, 1))), creating);
  walk(3'000, "CREATING", active);
  Update(Units(2, 2));
  walk(1'500, "UPDATING", active);
  Update("'BillingMode':'PAY_PER_REQUEST'");
  walk(5'000, "UPDATING", active);
  Update("'TableClass':'STANDARD_INFREQUENT_ACCESS'");
  walk(4'000, "UPDATING", active);
  Send("DeleteTable", "{'TableName':'Music'}");
  const std::string deleting = InUseText("Table is being deleted: Music");
  CheckUpdates({{"'BillingMode':'PAY_PER_REQUEST'", deleting},
                {"'DeletionProtectionEnabled':true",
                 InUse("Table needs to be in ACTIVE status to modify deletion protection setting.")}});
  EXPECT_EQ(Send("DeleteTable", "{'TableName':'Music'}"), deleting);
  EXPECT_EQ(Send("CreateTable", CreateRequest(Units(1, 1))), InUse("Table already exists: Music"));
  walk(4'000, "DELETING", "ResourceNotFoundException");
}

}  // namespace
}  // namespace basalt::server

// Tags of tables, DescribeTimeToLive, DescribeContinuousBackups and DescribeEndpoints on the wire: texts, their order,
// answers.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

constexpr std::string_view kMusic = "arn:aws:dynamodb:us-east-1:111111111111:table/Music";
constexpr std::string_view kTooMany = "Number of Tags exceed the current limit for the provided ResourceArn";

std::string Repeat(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += text;
  }
  return out;
}

std::string TagOf(std::string_view key, std::string_view value) {
  return fmt::format("{{'Key':'{}','Value':'{}'}}", key, value);
}
// Tags k<first> to k<last>.
std::string TagRange(int first, int last, std::string_view value = "v") {
  std::string tags;
  for (int i = first; i <= last; ++i) {
    tags += (i == first ? "" : ",") + TagOf(fmt::format("k{:02}", i), value);
  }
  return tags;
}
std::string Tag(std::string_view tags, std::string_view arn = kMusic) {
  return fmt::format("{{'ResourceArn':'{}','Tags':[{}]}}", arn, tags);
}
std::string Untag(std::string_view keys, std::string_view arn = kMusic) {
  return fmt::format("{{'ResourceArn':'{}','TagKeys':[{}]}}", arn, keys);
}
std::string List(std::string_view arn = kMusic) { return fmt::format("{{'ResourceArn':'{}'}}", arn); }
std::string Listed(std::string_view tags) { return Quoted(fmt::format("{{'Tags':[{}]}}", tags)); }
std::string CreateTagged(std::string_view name, std::string_view tags, std::string_view more = "") {
  return fmt::format(
      "{{'TableName':'{}','BillingMode':'PAY_PER_REQUEST','KeySchema':[{{'AttributeName':'pk','KeyType':'HASH'}}],"
      "'AttributeDefinitions':[{{'AttributeName':'pk','AttributeType':'S'}}],'Tags':[{}]{}}}",
      name, tags, more);
}
std::string ResourceNotFound(std::string_view arn) {
  return NotFound(fmt::format("Requested resource not found: ResourceArn: {} not found", arn));
}
std::string Denied() {
  return ErrorBody("com.amazon.coral.service#AccessDeniedException", "Message", "Access is denied");
}

class TagsWireTest : public WireTest {};

TEST_F(TagsWireTest, TagsAreAddedReplacedAndTakenOff) {
  CreateTable("Music", "S");
  Check({
      {"ListTagsOfResource", List(), Listed("")},
      {"TagResource", Tag(TagOf("team", "x") + "," + TagOf("Team", "")), ""},
      {"ListTagsOfResource", List(), Listed(TagOf("Team", "") + "," + TagOf("team", "x"))},
      {"TagResource", Tag(TagOf("team", "y") + "," + TagOf("a", "1")), ""},
      {"TagResource", Tag(TagOf("team", "y")), ""},  // again: nothing changes
      {"ListTagsOfResource", List(), Listed(TagOf("Team", "") + "," + TagOf("a", "1") + "," + TagOf("team", "y"))},
      {"UntagResource", Untag("'team','absent','team'"), ""},
      {"ListTagsOfResource", List(), Listed(TagOf("Team", "") + "," + TagOf("a", "1"))},
      {"UntagResource", Untag("'absent'"), ""},
      {"UntagResource", Untag("'Team','a'"), ""},
      {"ListTagsOfResource", List(), Listed("")},
      // An invalid token is as good as none.
      {"ListTagsOfResource", "{'ResourceArn':'" + std::string(kMusic) + "','NextToken':'x'}", Listed("")},
  });
  const Reply reply = SendRaw("TagResource", Quoted(Tag(TagOf("a", "b"))));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("x-amz-crc32"), "0");
  EXPECT_EQ(Send("DescribeTable", "{'TableName':'Music'}").find("Tags"), std::string::npos);
}

TEST_F(TagsWireTest, AnythingOddInTagsIsRefused) {
  CreateTable("Music", "S");
  const auto reserved = [](std::string_view key) {
    return Invalid(fmt::format("Tag Key cannot be prefixed with aws:, Key: {}", key));
  };
  const auto bad_key = [](std::string_view key) {
    return Invalid(fmt::format("The Tag Key provided is invalid, Key: {}", key));
  };
  const auto bad_value = [](std::string_view value) {
    return Invalid(fmt::format("The Tag Value provided is invalid, Value: {}", value));
  };
  const std::string long_key = Repeat("ä", 129);
  const std::string long_value = Repeat("ä", 257);
  struct Odd {
    std::string tags;
    std::string answer;
  };
  const std::vector<Odd> odds = {
      {TagOf("aws:x", "v"), reserved("aws:x")},
      {TagOf("AWS:x", "v"), reserved("AWS:x")},
      {TagOf("aWs:", "v"), reserved("aWs:")},
      {TagOf("aws:!", "!"), reserved("aws:!")},
      {TagOf("", "v"), bad_key("")},
      {TagOf("a!", "v"), bad_key("a!")},
      {TagOf("a#", "!"), bad_key("a#")},
      {TagOf("\xe2\x82\xac", "v"), bad_key("\xe2\x82\xac")},
      {TagOf(long_key, "v"), bad_key(long_key)},
      {"{'Value':'v'}", bad_key("null")},
      {"{'Key':null,'Value':'v'}", bad_key("null")},
      {"{}", bad_key("null")},
      {TagOf("k", "a;b"), bad_value("a;b")},
      {TagOf("k", long_value), bad_value(long_value)},
      {"{'Key':'k'}", bad_value("null")},
      {TagOf("k", "1") + "," + TagOf("k", "2"),
       Invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found k")},
      {TagOf("k", "1") + "," + TagOf("k", "1"),
       Invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found k")},
      // Each tag is looked at before they are compared.
      {TagOf("k", "1") + "," + TagOf("k", "1") + "," + TagOf("aws:", ""), reserved("aws:")},
      {TagRange(1, 51), Invalid(kTooMany)},
      {"null", OneConstraint("Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null")},
      {"{'Key':5,'Value':'v'}", Misfit("NUMBER_VALUE cannot be converted to String")},
  };
  for (const Odd& odd : odds) {
    EXPECT_EQ(Send("TagResource", Tag(odd.tags)), odd.answer) << odd.tags;
    EXPECT_EQ(Send("CreateTable", CreateTagged("Fresh", odd.tags)), odd.answer) << odd.tags;
  }
  Check({
      {"TagResource", Tag(""), Invalid("Atleast one Tag needs to be provided as Input.")},
      {"UntagResource", Untag(""), Invalid("Atleast one Tag Key needs to be provided as Input.")},
      {"UntagResource", Untag("'aws:x'"), reserved("aws:x")},
      {"UntagResource", Untag("'AwS:'"), reserved("AwS:")},
      {"UntagResource", Untag("''"), bad_key("")},
      {"UntagResource", Untag("'a','b?'"), bad_key("b?")},
      {"UntagResource", Untag("null"), bad_key("null")},
      {"UntagResource", Untag("'" + long_key + "'"), bad_key(long_key)},
      {"UntagResource", Untag("'a'" + Repeat(",'a'", 50)), Invalid(kTooMany)},
      {"ListTagsOfResource", List(), Listed("")},
      {"ListTables", "{}", Quoted("{'TableNames':['Music']}")},
  });
}

TEST_F(TagsWireTest, ATagHoldsLettersOfAnyScriptUpToItsLength) {
  CreateTable("Music", "S");
  const std::vector<std::pair<std::string, std::string>> tags = {
      {"cost center/42@x+-=._:", "a b\\u00a0c"},
      {"\\u65e5\\u672c\\u8a9e", "\\ud840\\udc00"},  // a character of two UTF-16 units
      {Repeat("ä", 128), Repeat("ß", 256)},
      {"awsome", "aws:value"},
      {" ", ""},
  };
  for (const auto& [key, value] : tags) {
    EXPECT_EQ(Send("TagResource", Tag(TagOf(key, value))), "") << key;
  }
  const std::string listed = Send("ListTagsOfResource", List());
  for (const std::string part : {"cost center/42@x+-=._:",
                                 "a b\xc2\xa0"
                                 "c",
                                 "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "\xf0\xa0\x80\x80", "aws:value"}) {
    EXPECT_NE(listed.find('"' + part + '"'), std::string::npos) << part;
  }
}

TEST_F(TagsWireTest, FiftyTagsAreAllThereCanBe) {
  EXPECT_NE(Send("CreateTable", CreateTagged("Music", TagRange(1, 49))).find("CREATING"), std::string::npos);
  AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  Check({
      {"ListTagsOfResource", List(), Listed(TagRange(1, 49))},
      {"TagResource", Tag(TagRange(50, 51)), Invalid(kTooMany)},
      {"ListTagsOfResource", List(), Listed(TagRange(1, 49))},  // all or nothing
      {"TagResource", Tag(TagRange(50, 50)), ""},
      {"TagResource", Tag(TagRange(51, 51)), Invalid(kTooMany)},
      {"TagResource", Tag(TagRange(1, 50, "w")), ""},  // the same keys
      {"ListTagsOfResource", List(), Listed(TagRange(1, 50, "w"))},
      {"UntagResource", Untag("'k01'"), ""},
      {"TagResource", Tag(TagRange(51, 51, "w")), ""},
      {"ListTagsOfResource", List(), Listed(TagRange(2, 51, "w"))},
  });
}

TEST_F(TagsWireTest, ResourcesAreNamedByArnsOfThisRegion) {
  CreateTable("Music", "S");
  const auto not_dynamodb = [](std::string_view arn) {
    return InvalidParameter(fmt::format("Provided Arn is not a DynamoDB resource arn: {}", arn));
  };
  const auto invalid_table = [](std::string_view arn) {
    return Invalid(fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", arn));
  };
  const std::string music(kMusic);
  const std::string backup = music + "/backup/01791504762511-ab12cd34";
  const std::string stream = music + "/stream/2026-01-01T00:00:00.000";
  const std::string index = music + "/index/by-year";
  const std::string elsewhere = "arn:aws:dynamodb:eu-west-1:111111111111:table/Music";
  const std::string none = "arn:aws:dynamodb:us-east-1:111111111111:table/None";
  struct Named {
    std::string arn;
    std::string answer;
  };
  const std::vector<Named> cases = {
      {"Music", InvalidParameter("ARNs must start with 'arn:': Music")},
      {"ARN:aws", InvalidParameter("ARNs must start with 'arn:': ARN:aws")},
      {backup, not_dynamodb(backup)},
      {music + "/export/1", not_dynamodb(music + "/export/1")},
      {"arn:", not_dynamodb("arn:")},
      {"arn:aws:dynamodb", not_dynamodb("arn:aws:dynamodb")},
      {"arn:aws-cn:dynamodb:us-east-1:111111111111:table/Music",
       not_dynamodb("arn:aws-cn:dynamodb:us-east-1:111111111111:table/Music")},
      {"arn:aws:s3:::Music", not_dynamodb("arn:aws:s3:::Music")},
      {"arn:aws:dynamodb:us-east-1:111111111111:Music", not_dynamodb("arn:aws:dynamodb:us-east-1:111111111111:Music")},
      {music + "/part/x", not_dynamodb(music + "/part/x")},
      {index, InvalidParameter("Invalid resource arn provided, only table or stream is accepted. Provided resource "
                               "arn: " +
                               index)},
      {elsewhere, invalid_table(elsewhere)},
      {"arn:aws:dynamodb:us-east-1:1:table/Music", invalid_table("arn:aws:dynamodb:us-east-1:1:table/Music")},
      {"arn:aws:dynamodb:us-east-1:111111111111:table/x",
       invalid_table("arn:aws:dynamodb:us-east-1:111111111111:table/x")},
      {"arn:aws:dynamodb:us-east-1:222222222222:table/Music", Denied()},
      {"arn:aws:dynamodb:us-east-1:222222222222:table/None", Denied()},
      {stream, ResourceNotFound(stream)},
      {none, ResourceNotFound(none)},
      {"arn:aws:dynamodb:us-east-1:111111111111:table/music",
       ResourceNotFound("arn:aws:dynamodb:us-east-1:111111111111:table/music")},
  };
  for (const Named& named : cases) {
    Check({
        {"ListTagsOfResource", List(named.arn), named.answer},
        {"TagResource", Tag(TagOf("a", "b"), named.arn), named.answer},
        {"UntagResource", Untag("'a'", named.arn), named.answer},
    });
  }
  const std::string long_arn = "arn:" + std::string(1280, 'a');
  const auto constraint = [](std::string_view value, std::string_view rule) {
    return fmt::format("Value {} at 'resourceArn' failed to satisfy constraint: Member must {}", value, rule);
  };
  for (const std::string operation : {"ListTagsOfResource", "TagResource", "UntagResource"}) {
    const auto named = [](std::string_view arn) {
      return fmt::format("{{'ResourceArn':{},'Tags':[],'TagKeys':[]}}", arn);
    };
    Check({
        {operation, named("null"), OneConstraint(constraint("null", "not be null"))},
        {operation, named("''"), OneConstraint(constraint("''", "have length greater than or equal to 1"))},
        {operation, named("'" + long_arn + "'"),
         OneConstraint(constraint("'" + long_arn + "'", "have length less than or equal to 1283"))},
        {operation, named("5"), Misfit("NUMBER_VALUE cannot be converted to String")},
    });
  }
  Check({
      {"TagResource", "{}",
       Invalid("2 validation errors detected: Value null at 'resourceArn' failed to satisfy constraint: Member must "
               "not be null; Value null at 'tags' failed to satisfy constraint: Member must not be null")},
      {"UntagResource", "{}",
       Invalid("2 validation errors detected: Value null at 'resourceArn' failed to satisfy constraint: Member must "
               "not be null; Value null at 'tagKeys' failed to satisfy constraint: Member must not be null")},
      // The tags are looked at before the resource.
      {"TagResource", Tag("", "Music"), Invalid("Atleast one Tag needs to be provided as Input.")},
      {"TagResource", Tag(TagOf("aws:", ""), none), Invalid("Tag Key cannot be prefixed with aws:, Key: aws:")},
      {"UntagResource", Untag("''", none), Invalid("The Tag Key provided is invalid, Key: ")},
      {"ListTagsOfResource", List(), Listed("")},
  });
}

TEST_F(TagsWireTest, TagsOfANewTableAreCheckedAfterItsKeysAndBeforeItsName) {
  CreateTable("Music", "S");
  const std::string bad = TagOf("aws:x", "");
  Check({
      {"CreateTable", CreateTagged("Music", bad), Invalid("Tag Key cannot be prefixed with aws:, Key: aws:x")},
      {"CreateTable", CreateTagged("Music", TagOf("a", "b")), InUse("Table already exists: Music")},
      {"CreateTable", CreateTagged("Fresh", bad, ",'KeySchema':[{'AttributeName':'pk','KeyType':'RANGE'}]"),
       Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")},
      {"CreateTable",
       CreateTagged("Fresh", bad, ",'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}"),
       InvalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                        "PAY_PER_REQUEST")},
      {"CreateTable", CreateTagged("Fresh", bad, ",'GlobalSecondaryIndexes':[]"),
       InvalidParameter("List of GlobalSecondaryIndexes is empty")},
      {"CreateTable",
       CreateTagged("Fresh", bad,
                    ",'BillingMode':'PROVISIONED','ProvisionedThroughput':{'ReadCapacityUnits':40001,"
                    "'WriteCapacityUnits':1}"),
       Invalid("Tag Key cannot be prefixed with aws:, Key: aws:x")},
      {"DescribeTable", "{'TableName':'Fresh'}", NotFound("Requested resource not found: Table: Fresh not found")},
      {"ListTagsOfResource", List(), Listed("")},
  });
}

TEST_F(TagsWireTest, TagsBelongToOneIncarnationOfATable) {
  EXPECT_NE(Send("CreateTable", CreateTagged("Music", TagOf("a", "b"))).find("CREATING"), std::string::npos);
  AwaitDescription("Music", "\"TableStatus\":\"ACTIVE\"");
  EXPECT_EQ(Send("ListTagsOfResource", List()), Listed(TagOf("a", "b")));
  EXPECT_NE(Send("DeleteTable", "{'TableName':'Music'}").find("DELETING"), std::string::npos);
  AwaitDescription("Music", "ResourceNotFoundException");
  EXPECT_EQ(Send("ListTagsOfResource", List()), ResourceNotFound(kMusic));
  CreateTable("Music", "S");
  EXPECT_EQ(Send("ListTagsOfResource", List()), Listed(""));
}

TEST_F(TagsWireTest, TimeToLiveAndBackupsAreDescribedForEveryTable) {
  CreateTable("Music", "S");
  const std::string ttl = Quoted("{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
  const std::string backups = Quoted(
      "{'ContinuousBackupsDescription':{'ContinuousBackupsStatus':'ENABLED','PointInTimeRecoveryDescription':"
      "{'PointInTimeRecoveryStatus':'DISABLED'}}}");
  const auto named = [](std::string_view name) { return fmt::format("{{'TableName':'{}'}}", name); };
  const std::string none = "arn:aws:dynamodb:us-east-1:111111111111:table/None";
  const auto no_table = [](std::string_view name) {
    return ErrorBody("com.amazonaws.dynamodb.v20120810#TableNotFoundException", "message",
                     fmt::format("Table not found: {}", name));
  };
  const std::string elsewhere = "arn:aws:dynamodb:eu-west-1:111111111111:table/Music";
  Check({
      {"DescribeTimeToLive", named("Music"), ttl},
      {"DescribeTimeToLive", named(kMusic), ttl},
      {"DescribeTimeToLive", named("None"), NotFound("Requested resource not found: Table: None not found")},
      {"DescribeTimeToLive", named(none), NotFound("Requested resource not found: Table: None not found")},
      {"DescribeTimeToLive", named("music"), NotFound("Requested resource not found: Table: music not found")},
      {"DescribeContinuousBackups", named("Music"), backups},
      {"DescribeContinuousBackups", named(kMusic), backups},
      {"DescribeContinuousBackups", named("None"), no_table("None")},
      {"DescribeContinuousBackups", named(none), no_table("None")},
  });
  for (const std::string operation : {"DescribeTimeToLive", "DescribeContinuousBackups"}) {
    Check({
        {operation, named("arn:aws:dynamodb:us-east-1:222222222222:table/Music"), Denied()},
        {operation, named(elsewhere), OneConstraint("Invalid AWS region in '" + elsewhere + "'")},
        {operation, "{}",
         OneConstraint("Value null at 'tableName' failed to satisfy constraint: Member must not be null")},
        {operation, named("ab"),
         OneConstraint("Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than "
                       "or equal to 3")},
    });
  }
  EXPECT_EQ(SendRaw("DescribeContinuousBackups", Quoted(named("None"))).status, 400);
}

TEST_F(TagsWireTest, TheEndpointIsWhereTheRequestWasSent) {
  Sending sending;
  for (const std::string host : {"127.0.0.1:8000", "localhost:1234", "[::1]:8000", "localhost"}) {
    sending.host = host;
    EXPECT_EQ(server_.Send("DynamoDB_20120810.DescribeEndpoints", "{}", sending).body,
              Quoted("{'Endpoints':[{'Address':'" + host + "','CachePeriodInMinutes':1440}]}"));
  }
}

}  // namespace
}  // namespace basalt::server

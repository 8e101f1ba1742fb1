// What surrounds every answer: methods, content types, identifiers, checksums, errors as bodies, unpacked sizes.
#include <set>
#include <string>

#include "base/checksum.h"
#include "base/gzip.h"
#include "model/limits.h"
#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

class EnvelopeTest : public WireTest {
 protected:
  Reply ListTables(const Sending& with, const std::string& body = "{}") {
    return server_.Send("DynamoDB_20120810.ListTables", body, with);
  }
};

constexpr std::string_view kNoTables = R"({"TableNames":[]})";

std::string Packed(std::string_view bytes) { return *Gzip(bytes); }

TEST_F(EnvelopeTest, OtherMethodsAreNotFound) {
  for (const std::string method : {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post"}) {
    Sending with;
    with.method = method;
    const Reply reply = ListTables(with);
    EXPECT_EQ(reply.status, 404) << method;
    EXPECT_EQ(reply.body, "<UnknownOperationException/>\n");
    EXPECT_NE(reply.content_type, "application/x-amz-json-1.0");
  }
}

TEST_F(EnvelopeTest, OtherContentTypesAreNotFoundAndParametersDoNotCount) {
  for (const std::string type : {"", "text/plain", "application/x-amz-json-1.1", "application/x-amz-json-1",
                                 "application/jsonx", "json", "application/octet-stream", "; application/json"}) {
    Sending with;
    with.content_type = type;
    EXPECT_EQ(ListTables(with).status, 404) << type;
    EXPECT_EQ(ListTables(with).body, "<UnknownOperationException/>\n");
  }
  for (const std::string type : {"application/x-amz-json-1.0", "application/json"}) {
    for (const std::string parameters : {"", ";", "; charset=utf-8", ";charset=UTF-8; x=y", " ; a"}) {
      Sending with;
      with.content_type = type + parameters;
      const Reply success = ListTables(with);
      EXPECT_EQ(success.body, kNoTables) << with.content_type;
      EXPECT_EQ(success.content_type, type);
      EXPECT_EQ(ListTables(with, "{'}").content_type, type);
      EXPECT_EQ(server_.Send("DynamoDB_20120810.Nope", "{}", with).content_type, type);
    }
  }
}

TEST_F(EnvelopeTest, EveryAnswerHasAnIdentifierOfItsOwnAndTheChecksumOfItsBody) {
  Sending anonymous;
  anonymous.sign = false;
  Sending broken_signature;
  broken_signature.more = {{"X-Amz-Date", "yesterday"}};
  const std::vector<Reply> replies = {
      ListTables(Sending()),
      ListTables(Sending(), "{"),
      ListTables(Sending(), ""),
      ListTables(Sending(), R"({"Limit":"x"})"),
      ListTables(Sending(), R"({"Limit":0})"),
      ListTables(anonymous),
      ListTables(broken_signature),
      server_.Send("DynamoDB_20120810.Nope", "{}", Sending()),
      server_.Send("", "{}", Sending()),
      SendRaw("GetItem", R"({"TableName":"none","Key":{}})"),
  };
  std::set<std::string> ids;
  for (const Reply& reply : replies) {
    const std::string& id = reply.headers.at("x-amzn-RequestId");
    EXPECT_EQ(id.size(), 52U);
    EXPECT_EQ(id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string::npos) << id;
    EXPECT_EQ(reply.headers.at("x-amz-crc32"), std::to_string(Crc32(reply.body))) << reply.body;
    EXPECT_EQ(reply.content_type, "application/x-amz-json-1.0");
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), replies.size());
}

TEST_F(EnvelopeTest, BodiesThatAreNoObjectAreSerializationErrorsWithoutAText) {
  for (const std::string body : {"",
                                 " ",
                                 "null",
                                 "true",
                                 "1",
                                 "\"x\"",
                                 "[]",
                                 "{",
                                 "{}x",
                                 "{} {}",
                                 "{\"a\":}",
                                 "{'a':1}",
                                 "{\"a\":1,}",
                                 "{\"a\" 1}",
                                 "\xef\xbb\xbf{}",
                                 "nul",
                                 "{\"a\":01}",
                                 "{\"a\":+1}",
                                 "{\"a\":NaN}",
                                 "{\"a\":\"\\x\"}",
                                 "{\"a\":\"\\ud800\"}"}) {
    const Reply reply = ListTables(Sending(), body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.body, R"({"__type":"com.amazon.coral.service#SerializationException"})") << body;
  }
  EXPECT_EQ(ListTables(Sending(), " \r\n\t{ } ").body, kNoTables);
}

TEST_F(EnvelopeTest, UnpackedBodiesHaveTheLimitOfPlainOnes) {
  Sending gzipped;
  gzipped.more = {{"Content-Encoding", "gzip"}};
  const std::string most = "{}" + std::string(model::kRequestBytesMax - 2, ' ');
  EXPECT_EQ(ListTables(gzipped, Packed(most)).body, kNoTables);
  const Reply refused = ListTables(gzipped, Packed(most + " "));
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.body.find("__type"), std::string::npos);
  EXPECT_EQ(ListTables(gzipped, "{}").body, R"({"__type":"com.amazon.coral.service#SerializationException"})");
}

TEST_F(EnvelopeTest, TheHealthPageNamesTheFirstRegion) {
  Sending page;
  page.method = "GET";
  page.sign = false;
  page.content_type.clear();
  const Reply reply = server_.Send("", "", page);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "healthy: dynamodb.us-east-1.amazonaws.com ");
  page.sign = true;  // who asks does not matter, unless it is for a service that is asked by GET
  EXPECT_EQ(server_.Send("", "", page).body, reply.body);
  page.service = "sts";
  EXPECT_NE(server_.Send("", "", page).body, reply.body);
}

TEST_F(EnvelopeTest, AnOperationWithNothingToSayAnswersAnEmptyObject) {
  CreateTable("Values", "S");
  Check({
      {"PutItem", "{'TableName':'Values','Item':{'pk':{'S':'a'}}}", "{}"},
      {"UpdateItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}}}", "{}"},
      {"DeleteItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}}}", "{}"},
      {"GetItem", "{'TableName':'Values','Key':{'pk':{'S':'a'}}}", "{}"},
  });
}

}  // namespace
}  // namespace basalt::server

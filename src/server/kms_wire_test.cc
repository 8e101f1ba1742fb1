// KMS on the wire: its content type and errors, and DescribeKey of the key behind alias/aws/dynamodb.
#include <string>

#include "server/wire_fixture.h"

namespace basalt::server {
namespace {

std::string KmsError(std::string_view name, std::string_view text) { return ErrorBody(name, "message", text); }
std::string KeyNotFound(std::string_view text) { return KmsError("NotFoundException", text); }

class KmsWireTest : public WireTest {
 protected:
  KmsWireTest() {
    sending_.service = "kms";
    sending_.content_type = "application/x-amz-json-1.1";
  }

  Reply SendKms(std::string_view request, const std::string& operation = "DescribeKey") {
    return server_.Send("TrentService." + operation, Quoted(request), sending_);
  }
  Reply Describe(std::string_view key) { return SendKms(fmt::format("{{'KeyId':'{}'}}", key)); }

  // A text member of KeyMetadata.
  static std::string Member(std::string_view body, std::string_view name) {
    const std::string before = fmt::format("\"{}\":\"", name);
    const size_t at = body.find(before);
    if (at == std::string_view::npos) {
      return "";
    }
    const size_t begin = at + before.size();
    return std::string(body.substr(begin, body.find('"', begin) - begin));
  }

  Sending sending_;
};

TEST_F(KmsWireTest, TheAliasOfDynamoDbResolvesInEveryAccountAndRegion) {
  std::vector<std::string> ids;
  for (const std::string account : {"111111111111", "222222222222"}) {
    for (const std::string region : {"us-east-1", "eu-west-1"}) {
      sending_.access_key_id = account;
      sending_.region = region;
      const Reply reply = Describe("alias/aws/dynamodb");
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(reply.content_type, "application/x-amz-json-1.1");
      const std::string id = Member(reply.body, "KeyId");
      const std::string arn = fmt::format("arn:aws:kms:{}:{}:key/{}", region, account, id);
      const std::string material = Member(reply.body, "CurrentKeyMaterialId");
      EXPECT_EQ(material.size(), 64U);
      EXPECT_EQ(material.find_first_not_of("0123456789abcdef"), std::string::npos);
      const size_t date_at = reply.body.find("\"CreationDate\":");
      const std::string date = reply.body.substr(date_at, reply.body.find(',', date_at) - date_at);
      EXPECT_EQ(date.size(), std::string_view("\"CreationDate\":1700000000.000").size());
      EXPECT_EQ(reply.body,
                Quoted(fmt::format(
                    "{{'KeyMetadata':{{'AWSAccountId':'{}','KeyId':'{}','Arn':'{}',{},'Enabled':true,'Description':"
                    "'Default key that protects my DynamoDB data when no other key is defined','KeyUsage':"
                    "'ENCRYPT_DECRYPT','KeyState':'Enabled','Origin':'AWS_KMS','KeyManager':'AWS',"
                    "'CustomerMasterKeySpec':'SYMMETRIC_DEFAULT','KeySpec':'SYMMETRIC_DEFAULT','EncryptionAlgorithms':"
                    "['SYMMETRIC_DEFAULT'],'MultiRegion':false,'CurrentKeyMaterialId':'{}'}}}}",
                    account, id, arn, date, material)));
      // The same key by each of its names, ever after.
      for (const std::string& name : {std::string("alias/aws/dynamodb"),
                                      fmt::format("arn:aws:kms:{}:{}:alias/aws/dynamodb", region, account), id, arn}) {
        EXPECT_EQ(Describe(name).body, reply.body) << name;
      }
      EXPECT_EQ(SendKms(fmt::format("{{'KeyId':'{}','GrantTokens':['x']}}", id)).body, reply.body);
      EXPECT_EQ(std::find(ids.begin(), ids.end(), id), ids.end());
      ids.push_back(id);
    }
  }
}

TEST_F(KmsWireTest, KeysThatAreNotThereAreNotFound) {
  const std::string unknown = "1234abcd-12ab-34cd-56ef-1234567890ab";
  const std::string arn = "arn:aws:kms:us-east-1:111111111111:";
  const std::string id = Member(Describe("alias/aws/dynamodb").body, "KeyId");
  sending_.access_key_id = "222222222222";
  const std::string elsewhere = Member(Describe("alias/aws/dynamodb").body, "KeyId");
  sending_.access_key_id = "111111111111";
  struct Named {
    std::string key;
    std::string text;
  };
  const std::vector<Named> cases = {
      {unknown, "Key '" + arn + "key/" + unknown + "' does not exist"},
      {arn + "key/" + unknown, "Key '" + arn + "key/" + unknown + "' does not exist"},
      {elsewhere, "Key '" + arn + "key/" + elsewhere + "' does not exist"},  // another account's
      {"mrk-1234abcd12ab34cd56ef1234567890ab",
       "Key '" + arn + "key/mrk-1234abcd12ab34cd56ef1234567890ab' does not exist"},
      {"alias/mine", "Alias " + arn + "alias/mine is not found."},
      {"alias/aws/s3", "Alias " + arn + "alias/aws/s3 is not found."},
      {"alias/aws/dynamodb/x", "Alias " + arn + "alias/aws/dynamodb/x is not found."},
      {arn + "alias/mine", "Alias " + arn + "alias/mine is not found."},
      {"x", "Invalid keyId 'x'"},
      {"alias/", "Invalid keyId 'alias/'"},
      {"aws/dynamodb", "Invalid keyId 'aws/dynamodb'"},
      {"1234ABCD-12ab-34cd-56ef-1234567890ab", "Invalid keyId '1234ABCD-12ab-34cd-56ef-1234567890ab'"},
      {unknown + "0", "Invalid keyId '" + unknown + "0'"},
      {"key/" + unknown, "Invalid keyId 'key/" + unknown + "'"},
      {"mrk-1234", "Invalid keyId 'mrk-1234'"},
      {"arn:", "Invalid keyId 'arn:'"},
      {arn + unknown, "Invalid keyId '" + arn + unknown + "'"},
      {arn + "key/alias/aws/dynamodb", "Invalid keyId '" + arn + "key/alias/aws/dynamodb'"},
      {"arn:aws:s3:us-east-1:111111111111:key/" + unknown,
       "Invalid keyId 'arn:aws:s3:us-east-1:111111111111:key/" + unknown + "'"},
      {"arn:aws:kms:us-east-1::key/" + unknown, "Invalid keyId 'arn:aws:kms:us-east-1::key/" + unknown + "'"},
      {"arn:aws:kms:eu-west-1:111111111111:key/" + id, "Invalid arn eu-west-1"},
      {"arn:aws:kms:eu-west-1:111111111111:alias/aws/dynamodb", "Invalid arn eu-west-1"},
  };
  for (const Named& named : cases) {
    const Reply reply = Describe(named.key);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, KeyNotFound(named.text)) << named.key;
  }
}

TEST_F(KmsWireTest, KeysOfAnotherAccountAreRefusedWhetherOrNotTheyExist) {
  sending_.access_key_id = "222222222222";
  const std::string id = Member(Describe("alias/aws/dynamodb").body, "KeyId");
  sending_.access_key_id = "111111111111";
  const std::string denied = KmsError(
      "AccessDeniedException",
      "User: arn:aws:iam::111111111111:root is not authorized to perform: kms:DescribeKey on this resource because the "
      "resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy "
      "explicitly denies access");
  for (const std::string& name : {"key/" + id, std::string("key/1234abcd-12ab-34cd-56ef-1234567890ab"),
                                  std::string("alias/aws/dynamodb"), std::string("alias/none")}) {
    EXPECT_EQ(Describe("arn:aws:kms:us-east-1:222222222222:" + name).body, denied) << name;
  }
}

TEST_F(KmsWireTest, ErrorsHaveNoNamespace) {
  const std::string long_id(2049, 'k');
  const auto constraint = [](std::string_view text) {
    return KmsError("ValidationException", fmt::format("1 validation error detected: Value {}", text));
  };
  EXPECT_EQ(SendKms("{}").body, constraint("null at 'keyId' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(Describe("").body, constraint("'' at 'keyId' failed to satisfy constraint: Member must have length greater "
                                          "than or equal to 1"));
  EXPECT_EQ(Describe(long_id).body, constraint("'" + long_id +
                                               "' at 'keyId' failed to satisfy constraint: Member must have length "
                                               "less than or equal to 2048"));
  EXPECT_EQ(
      SendKms("{'KeyId':'alias/aws/dynamodb','GrantTokens':['','','','','','','','','','','']}")
          .body.find(
              R"({"__type":"ValidationException","message":"10 validation errors detected: Value '[, , , , , , , , , , ]' at )"
              R"('grantTokens' failed to satisfy constraint: Member must have length less than or equal to 10; Value '' at )"
              R"('grantTokens.1.member' failed)"),
      0U);
  EXPECT_EQ(SendKms("{'KeyId':5}").body,
            KmsError("SerializationException", "NUMBER_VALUE cannot be converted to String"));
  EXPECT_EQ(SendKms("{").body, R"({"__type":"SerializationException"})");
  const Reply unknown = SendKms("{}", "CreateKey");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.body, R"({"__type":"UnknownOperationException"})");
  EXPECT_EQ(unknown.content_type, "application/x-amz-json-1.1");
  sending_.service = "dynamodb";
  EXPECT_EQ(Describe("alias/aws/dynamodb").body,
            KmsError("InvalidSignatureException", "Credential should be scoped to correct service: 'kms'. "));
  sending_.sign = false;
  EXPECT_EQ(Describe("alias/aws/dynamodb").body,
            KmsError("MissingAuthenticationTokenException", "Request is missing Authentication Token"));
}

TEST_F(KmsWireTest, EachServiceHasItsContentType) {
  sending_.content_type = "application/json";
  const Reply plain = Describe("alias/aws/dynamodb");
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.content_type, "application/json");
  sending_.content_type = "application/x-amz-json-1.0";
  EXPECT_EQ(Describe("alias/aws/dynamodb").status, 404);
  sending_.service = "dynamodb";
  EXPECT_EQ(server_.Send("DynamoDB_20120810.ListTables", "{}", sending_).status, 200);
  sending_.content_type = "application/x-amz-json-1.1";
  EXPECT_EQ(server_.Send("DynamoDB_20120810.ListTables", "{}", sending_).status, 404);
}

}  // namespace
}  // namespace basalt::server

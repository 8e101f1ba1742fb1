// Signature Version 4: published examples, every refusal with its text, and that no signed byte can change.
#include "signature/sigv4.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "os/clock.h"
#include "signature/canonical_request.h"

namespace basalt::signature {
namespace {

constexpr std::string_view kAccessKeyId = "AKIDEXAMPLE";
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kAmzDate = "20150830T123600Z";

using Fields = std::vector<std::pair<std::string, std::string>>;

// A request that owns its text.
struct OwnedRequest {
  std::string method = "POST";
  std::string path = "/";
  std::string query;
  Fields fields;
  std::string body;

  mutable std::vector<http::Header> headers;

  std::span<const http::Header> Headers() const {
    headers.clear();
    for (const auto& [name, value] : fields) {
      headers.push_back({name, value});
    }
    return headers;
  }
  http::Request View() const {
    http::Request request;
    request.head.method = method;
    request.head.path = path;
    request.head.query = query;
    request.head.headers = Headers();
    request.body = body;
    return request;
  }
  std::string Sign(std::string_view region = "us-east-1", std::string_view service = "dynamodb",
                   std::string_view amz_date = kAmzDate) const {
    return MakeAuthorization({method, path, query, Headers(), body}, kAccessKeyId, kSecret, region, service, amz_date);
  }
  std::string* Field(std::string_view name) {
    for (auto& [field, value] : fields) {
      if (http::EqualIgnoringCase(field, name)) {
        return &value;
      }
    }
    return nullptr;
  }
};

Expectations ExpectDynamoDb(std::string_view now = kAmzDate) {
  Expectations expectations;
  expectations.now_ms = os::ParseBasicIso8601(now);
  expectations.service_accepted = [](std::string_view service) { return service == "dynamodb"; };
  expectations.service_wanted = "dynamodb";
  expectations.region_accepted = [](std::string_view region) { return region == "us-east-1"; };
  return expectations;
}

Expectations ExpectAnything(std::string_view now = kAmzDate) {
  Expectations expectations;
  expectations.now_ms = os::ParseBasicIso8601(now);
  return expectations;
}

OwnedRequest GetItem() {
  OwnedRequest request;
  request.fields = {{"Host", "localhost:8000"},
                    {"X-Amz-Date", std::string(kAmzDate)},
                    {"X-Amz-Target", "DynamoDB_20120810.GetItem"},
                    {"Content-Type", "application/x-amz-json-1.0"}};
  request.body = R"({"TableName":"t","Key":{"pk":{"S":"a"}}})";
  return request;
}

OwnedRequest SignedGetItem() {
  OwnedRequest request = GetItem();
  request.fields.emplace_back("Authorization", request.Sign());
  return request;
}

// The same request with the signature in its query.
OwnedRequest PresignedGetItem(std::string_view expires = "900") {
  OwnedRequest request = GetItem();
  request.fields = {{"Host", "localhost:8000"}, {"X-Amz-Target", "DynamoDB_20120810.GetItem"}};
  request.query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fdynamodb%2F"
      "aws4_request&X-Amz-Date=" +
      std::string(kAmzDate) + "&X-Amz-Expires=" + std::string(expires) + "&X-Amz-SignedHeaders=host%3Bx-amz-target";
  const std::string authorization = request.Sign();
  request.query += "&X-Amz-Signature=" + authorization.substr(authorization.size() - 64);
  return request;
}

Status Check(const OwnedRequest& request, const Expectations& expectations) {
  Arena arena;
  const http::Request view = request.View();
  TRY_ASSIGN(const Claim claim, ParseClaim(view, expectations, arena));
  const crypto::HmacSha256Key key(crypto::AsView(DeriveSigningKey(kSecret, claim.credential)));
  return Verify(claim, view, key, arena);
}

void ExpectRefused(const OwnedRequest& request, const Expectations& expectations, Reason reason,
                   std::string_view text) {
  const Status status = Check(request, expectations);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, reason);
  EXPECT_EQ(status.error().text, text);
}

constexpr std::string_view kMismatchText =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

std::string SignatureOf(const OwnedRequest& request, std::string_view service) {
  const std::string authorization = request.Sign("us-east-1", service);
  return authorization.substr(authorization.size() - 64);
}

TEST(Sigv4, SignsTheListUsersExampleOfTheUserGuide) {
  OwnedRequest request;
  request.method = "GET";
  request.query = "Action=ListUsers&Version=2010-05-08";
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                    {"Host", "iam.amazonaws.com"},
                    {"X-Amz-Date", std::string(kAmzDate)}};
  EXPECT_EQ(request.Sign("us-east-1", "iam"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
  request.fields.emplace_back("Authorization", request.Sign("us-east-1", "iam"));
  EXPECT_TRUE(Check(request, ExpectAnything()).ok());
}

TEST(Sigv4, DerivesThePublishedSigningKey) {
  const Credential credential{kAccessKeyId, "20150830", "us-east-1", "iam"};
  EXPECT_EQ(crypto::HexOf(DeriveSigningKey(kSecret, credential)),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

// The public test suite's host, date and service; signatures as published there.
TEST(Sigv4, SignsTheVanillaFamilyOfThePublicSuite) {
  struct Case {
    std::string_view name;
    std::string method;
    std::string path;
    std::string query;
    Fields more;
    std::string body;
    std::string_view signature;
  };
  const std::vector<Case> cases = {
      {"get-vanilla", "GET", "/", "", {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-slash", "GET", "//", "", {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-slash-dot-slash",
       "GET",
       "/./",
       "",
       {},
       "",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-relative",
       "GET",
       "/example/..",
       "",
       {},
       "",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-slashes",
       "GET",
       "//example//",
       "",
       {},
       "",
       "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
      {"get-unreserved",
       "GET",
       "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       "",
       {},
       "",
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/",
       "Param2=value2&Param1=value1",
       {},
       "",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-unreserved",
       "GET",
       "/",
       "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
       "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       {},
       "",
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"post-vanilla", "POST", "/", "", {}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       "",
       {{"Content-Type", "application/x-www-form-urlencoded"}},
       "Param1=value1",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
      {"get-header-value-trim",
       "GET",
       "/",
       "",
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
  };
  for (const Case& example : cases) {
    OwnedRequest request;
    request.method = example.method;
    request.path = example.path;
    request.query = example.query;
    request.fields = {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", std::string(kAmzDate)}};
    request.fields.insert(request.fields.end(), example.more.begin(), example.more.end());
    request.body = example.body;
    EXPECT_EQ(SignatureOf(request, "service"), example.signature) << example.name;
  }
}

TEST(Sigv4, AcceptsWhatItSigned) {
  EXPECT_TRUE(Check(SignedGetItem(), ExpectDynamoDb()).ok());
  EXPECT_TRUE(Check(PresignedGetItem(), ExpectDynamoDb()).ok());
}

TEST(Sigv4, ReportsTheClaim) {
  Arena arena;
  OwnedRequest request = SignedGetItem();
  request.fields.emplace_back("x-amz-security-token", "token");
  Result<Claim> claim = ParseClaim(request.View(), ExpectDynamoDb(), arena);
  ASSERT_TRUE(claim.ok());
  EXPECT_EQ(claim->form, Form::kHeader);
  EXPECT_EQ(claim->credential.access_key_id, kAccessKeyId);
  EXPECT_EQ(claim->credential.date, "20150830");
  EXPECT_EQ(claim->credential.region, "us-east-1");
  EXPECT_EQ(claim->credential.service, "dynamodb");
  EXPECT_EQ(claim->amz_date, kAmzDate);
  EXPECT_EQ(claim->signed_headers.size(), 4U);
  EXPECT_EQ(claim->security_token, "token");

  OwnedRequest presigned = PresignedGetItem();
  presigned.query += "&X-Amz-Security-Token=a%2Bb%2F";
  claim = ParseClaim(presigned.View(), ExpectDynamoDb(), arena);
  ASSERT_TRUE(claim.ok());
  EXPECT_EQ(claim->form, Form::kQuery);
  EXPECT_EQ(claim->credential.service, "dynamodb");
  EXPECT_EQ(claim->security_token, "a+b/");
}

TEST(Sigv4, AcceptsASecurityTokenAddedAfterSigning) {
  OwnedRequest request = SignedGetItem();
  request.fields.emplace_back("X-Amz-Security-Token", "anything");
  EXPECT_TRUE(Check(request, ExpectDynamoDb()).ok());
}

TEST(Sigv4, AcceptsSignedHeaderNamesInAnyCaseAndOrder) {
  OwnedRequest request = SignedGetItem();
  std::string& authorization = *request.Field("Authorization");
  const std::string sorted = "content-type;host;x-amz-date;x-amz-target";
  authorization.replace(authorization.find(sorted), sorted.size(), "X-Amz-Target;Host;X-Amz-Date;content-type");
  EXPECT_TRUE(Check(request, ExpectDynamoDb()).ok());
}

TEST(Sigv4, TakesTheDateHeaderWhenThereIsNoOther) {
  OwnedRequest request = GetItem();
  request.fields[1].first = "Date";
  request.fields.emplace_back("Authorization", request.Sign());
  EXPECT_TRUE(Check(request, ExpectDynamoDb()).ok());
}

TEST(Sigv4, AcceptsABodyHashOnlyIfItIsTheBodys) {
  const std::string hash = crypto::HexOf(crypto::Sha256(GetItem().body));
  const std::vector<std::pair<std::string, bool>> cases = {
      {hash, true}, {"UNSIGNED-PAYLOAD", false}, {std::string(64, '0'), false}, {"", false}};
  for (const auto& [value, accepted] : cases) {
    OwnedRequest request = GetItem();
    request.fields.emplace_back("X-Amz-Content-Sha256", value);
    request.fields.emplace_back("Authorization", request.Sign());
    EXPECT_EQ(Check(request, ExpectDynamoDb()).ok(), accepted) << value;
  }
}

TEST(Sigv4Errors, Row1MissingToken) {
  OwnedRequest request = GetItem();
  ExpectRefused(request, ExpectDynamoDb(), Reason::kMissingAuthentication, "Request is missing Authentication Token");
  request.fields.emplace_back("Authorization", "Basic dTpw");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kMissingAuthentication, "Request is missing Authentication Token");
}

TEST(Sigv4Errors, Row2BothForms) {
  OwnedRequest request = PresignedGetItem();
  request.fields.emplace_back("Authorization", "AWS4-HMAC-SHA256 nonsense");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kInvalidSignature,
                "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
}

TEST(Sigv4Errors, Row3NotAPair) {
  OwnedRequest request = GetItem();
  request.fields.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=a, oops, Signature=b");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kIncompleteSignature,
                "'oops' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 "
                "Credential=a, oops, Signature=b'.");
}

TEST(Sigv4Errors, Row4PartsMissing) {
  OwnedRequest request = GetItem();
  request.fields.erase(request.fields.begin() + 1);
  request.fields.emplace_back("Authorization", "AWS4-HMAC-SHA256");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kIncompleteSignature,
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
                "parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires "
                "existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256");
  request.fields.back().second = "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b";
  ExpectRefused(request, ExpectDynamoDb(), Reason::kIncompleteSignature,
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                "Authorization=AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b");

  OwnedRequest presigned = GetItem();
  presigned.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20150830T123600Z";
  ExpectRefused(presigned, ExpectDynamoDb(), Reason::kIncompleteSignature,
                "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include "
                "'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. ");
}

TEST(Sigv4Errors, Row5BadDate) {
  OwnedRequest request = SignedGetItem();
  *request.Field("X-Amz-Date") = "2015-08-30T12:36:00Z";
  ExpectRefused(request, ExpectDynamoDb(), Reason::kIncompleteSignature,
                "Date must be in ISO-8601 'basic format'. Got '2015-08-30T12:36:00Z'. See "
                "http://en.wikipedia.org/wiki/ISO_8601");
}

TEST(Sigv4Errors, Row6TooOldOrTooNew) {
  const OwnedRequest request = SignedGetItem();
  EXPECT_TRUE(Check(request, ExpectDynamoDb("20150830T124100Z")).ok());
  EXPECT_TRUE(Check(request, ExpectDynamoDb("20150830T123100Z")).ok());
  ExpectRefused(request, ExpectDynamoDb("20150830T124101Z"), Reason::kInvalidSignature,
                "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)");
  ExpectRefused(request, ExpectDynamoDb("20150830T123059Z"), Reason::kInvalidSignature,
                "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + "
                "5 min.)");
}

TEST(Sigv4Errors, PresignedRequestsExpireWhenTheySay) {
  EXPECT_TRUE(Check(PresignedGetItem(), ExpectDynamoDb("20150830T125100Z")).ok());
  ExpectRefused(PresignedGetItem(), ExpectDynamoDb("20150830T125101Z"), Reason::kInvalidSignature,
                "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 "
                "min.)");
  EXPECT_TRUE(Check(PresignedGetItem("604800"), ExpectDynamoDb("20150906T123600Z")).ok());
  for (const std::string_view bad : {"604801", "0", "-1", "x", "", "1e3", "99999999999999999999"}) {
    const Status status = Check(PresignedGetItem(bad), ExpectDynamoDb());
    ASSERT_FALSE(status.ok()) << bad;
    EXPECT_EQ(status.error().reason, Reason::kIncompleteSignature) << bad;
  }
}

TEST(Sigv4Errors, Row7UnsignedHostTargetOrDate) {
  OwnedRequest request = SignedGetItem();
  std::string& authorization = *request.Field("Authorization");
  const std::string good = authorization;
  const auto without = [&good](const std::string& name) {
    std::string changed = good;
    changed.erase(changed.find(name), name.size());
    return changed;
  };
  authorization = without("host;");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kInvalidSignature,
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  authorization = without(";x-amz-target");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kInvalidSignature,
                "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
  authorization = without("x-amz-date;");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kInvalidSignature,
                "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST(Sigv4Errors, Row8OtherAlgorithm) {
  OwnedRequest request = SignedGetItem();
  std::string& authorization = *request.Field("Authorization");
  authorization.replace(0, 16, "AWS4-ECDSA-P256-SHA256");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kIncompleteSignature,
                "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ");
}

TEST(Sigv4Errors, Row9CredentialNotFiveParts) {
  for (const std::string bad : {"AKIDEXAMPLE", "a/b/c/d", "a/b/c/d/e/f", ""}) {
    OwnedRequest request = GetItem();
    request.fields.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + bad +
                                                     ", SignedHeaders=host;x-amz-date;x-amz-target, Signature=0");
    ExpectRefused(
        request, ExpectDynamoDb(), Reason::kIncompleteSignature,
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + bad +
            "'");
  }
}

TEST(Sigv4Errors, Row10WrongScope) {
  OwnedRequest request = GetItem();
  request.fields.emplace_back("Authorization",
                              "AWS4-HMAC-SHA256 Credential=a/20150831/mars/s3/aws5_request, "
                              "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0");
  ExpectRefused(request, ExpectDynamoDb(), Reason::kInvalidSignature,
                "Credential should be scoped to a valid region, not 'mars'. Credential should be scoped to correct "
                "service: 'dynamodb'. Credential should be scoped with a valid terminator: 'aws4_request', not "
                "'aws5_request'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
                "HTTP: '20150831' != '20150830', from '20150830T123600Z'.");
  request.fields.back().second =
      "AWS4-HMAC-SHA256 Credential=a/20150830/us-east-1/s3/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0";
  ExpectRefused(request, ExpectDynamoDb(), Reason::kInvalidSignature,
                "Credential should be scoped to correct service: 'dynamodb'. ");
}

TEST(Sigv4Errors, ChecksComeInOrder) {
  // Every fault at once: each repair uncovers the next row.
  OwnedRequest request = GetItem();
  request.fields[1].second = "yesterday";
  request.fields.emplace_back("Authorization", "AWS4-X oops");
  std::string& authorization = request.fields.back().second;
  const auto text = [&request] { return Check(request, ExpectDynamoDb()).error().text; };
  EXPECT_TRUE(text().starts_with("'oops' not a valid"));
  authorization = "AWS4-X Credential=a, SignedHeaders=date";
  EXPECT_TRUE(text().starts_with("Authorization header requires 'Signature'"));
  authorization = "AWS4-X Credential=a, SignedHeaders=date, Signature=0";
  EXPECT_TRUE(text().starts_with("Date must be"));
  request.fields[1].second = "20140830T123600Z";
  EXPECT_TRUE(text().starts_with("Signature expired"));
  request.fields[1].second = kAmzDate;
  EXPECT_TRUE(text().starts_with("'Host' or"));
  authorization = "AWS4-X Credential=a, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0";
  EXPECT_TRUE(text().starts_with("Unsupported AWS 'algorithm': 'AWS4-X'"));
  authorization.replace(0, 6, "AWS4-HMAC-SHA256");
  EXPECT_TRUE(text().starts_with("Credential must have"));
  authorization.replace(authorization.find("=a,") + 1, 1, "a/20150830/moon/dynamodb/aws4_request");
  EXPECT_TRUE(text().starts_with("Credential should be scoped to a valid region, not 'moon'."));
  authorization.replace(authorization.find("moon"), 4, "us-east-1");
  EXPECT_EQ(text(), kMismatchText);
}

TEST(Sigv4Errors, Row13SignatureDiffers) {
  OwnedRequest request = SignedGetItem();
  request.body[0] = '[';
  ExpectRefused(request, ExpectDynamoDb(), Reason::kInvalidSignature, kMismatchText);

  OwnedRequest listed_twice = GetItem();
  listed_twice.fields.emplace_back("Authorization",
                                   "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/dynamodb/aws4_request, "
                                   "SignedHeaders=host;host;x-amz-date;x-amz-target, Signature=0");
  ExpectRefused(listed_twice, ExpectDynamoDb(), Reason::kInvalidSignature, kMismatchText);

  OwnedRequest absent = SignedGetItem();
  std::string& authorization = *absent.Field("Authorization");
  authorization.insert(authorization.find("host;") + 5, "not-there;");
  ExpectRefused(absent, ExpectDynamoDb(), Reason::kInvalidSignature, kMismatchText);
}

TEST(Sigv4Errors, NoByteOfASignedRequestCanChange) {
  for (const bool presigned : {false, true}) {
    const OwnedRequest good = presigned ? PresignedGetItem() : SignedGetItem();
    ASSERT_TRUE(Check(good, ExpectDynamoDb()).ok());
    const auto expect_tamper_proof = [&good](auto part_of) {
      OwnedRequest changed = good;
      const size_t size = part_of(changed).size();
      for (size_t i = 0; i < size; ++i) {
        for (const int bit : {0, 1, 4, 6}) {
          changed = good;
          std::string& part = part_of(changed);
          part[i] = static_cast<char>(part[i] ^ (1 << bit));
          EXPECT_FALSE(Check(changed, ExpectDynamoDb()).ok()) << part << " at " << i;
        }
      }
    };
    expect_tamper_proof([](OwnedRequest& request) -> std::string& { return request.method; });
    expect_tamper_proof([](OwnedRequest& request) -> std::string& { return request.body; });
    for (size_t i = 0; i < good.fields.size(); ++i) {
      if (good.fields[i].first == "Authorization") {
        continue;
      }
      expect_tamper_proof([i](OwnedRequest& request) -> std::string& { return request.fields[i].second; });
    }
    if (presigned) {
      // Compared as decoded: the lower-case digits of an escape change nothing.
      OwnedRequest changed = good;
      for (size_t i = 0; i < good.query.size(); ++i) {
        changed.query = good.query;
        changed.query[i] = good.query[i] == 'z' ? 'y' : 'z';
        EXPECT_FALSE(Check(changed, ExpectDynamoDb()).ok()) << changed.query;
      }
    } else {
      // The Authorization header: every byte of credential and signature counts.
      const std::string& header = good.fields.back().second;
      for (size_t i = 0; i < header.size(); ++i) {
        OwnedRequest changed = good;
        std::string& text = changed.fields.back().second;
        text[i] = text[i] == 'z' ? 'y' : 'z';
        const bool in_key_id = header.substr(0, i + 1).find("Credential=") != std::string::npos &&
                               header.substr(0, i + 1).find('/') == std::string::npos;
        const bool is_separator = header[i] == ' ' && header[i - 1] == ',';
        if (in_key_id && header[i] != '=') {
          continue;  // names the key to verify with; not part of what is signed
        }
        EXPECT_FALSE(Check(changed, ExpectDynamoDb()).ok()) << text << (is_separator ? " (separator)" : "");
      }
    }
    OwnedRequest moved = good;
    moved.path = "/x";
    EXPECT_FALSE(Check(moved, ExpectDynamoDb()).ok());
    moved = good;
    moved.query += moved.query.empty() ? "a" : "&a";
    EXPECT_FALSE(Check(moved, ExpectDynamoDb()).ok());
  }
}

TEST(Sigv4, RandomRequestsRoundTrip) {
  std::mt19937 random(7);
  const auto pick = [&random](size_t bound) { return random() % bound; };
  const auto text = [&](std::string_view alphabet, size_t size_max) {
    std::string out;
    for (size_t size = pick(size_max + 1); out.size() < size;) {
      out.push_back(alphabet[pick(alphabet.size())]);
    }
    return out;
  };
  for (int i = 0; i < 2000; ++i) {
    OwnedRequest request = GetItem();
    request.method = pick(2) == 0 ? "GET" : "POST";
    request.path = "/" + text("ab/.%2F~ +$", 12);
    request.query = text("ab=&%20+2Fz", 24);
    request.body = text("{}\"\x01\xff", 300);
    for (size_t extra = pick(6); extra > 0; --extra) {
      request.fields.emplace_back("X-H" + text("aAbB-", 3), text("ab  ,\t", 12));
    }
    std::shuffle(request.fields.begin(), request.fields.end(), random);
    request.fields.emplace_back("Authorization", request.Sign());
    const Status status = Check(request, ExpectDynamoDb());
    ASSERT_TRUE(status.ok()) << status.error().text;
    request.body += 'x';
    ASSERT_FALSE(Check(request, ExpectDynamoDb()).ok());
  }
}

TEST(CanonicalRequest, SortsEncodesAndFolds) {
  const std::vector<http::Header> headers = {
      {"Zeta", "1"}, {"alpha", "  a   b  "}, {"ALPHA", "c"}, {"Host", "h:1"}, {"Unsigned", "no"}};
  const std::vector<std::string_view> names = {"alpha", "host", "zeta"};
  std::string out;
  ASSERT_TRUE(AppendCanonicalRequest(
      out, {"GET", "/a b/../%41/$x", "b=2&b=1&a&X-Amz-Signature=zz&%61=%7e%2f+&B=", headers, names, "hash", true}));
  EXPECT_EQ(out, "GET\n/%2541/%24x\nB=&a=&a=~%2F%20&b=1&b=2\nalpha:a b,c\nhost:h:1\nzeta:1\n\nalpha;host;zeta\nhash");
}

TEST(CanonicalRequest, KeepsTheSignatureParameterOfAnUnpresignedRequest) {
  std::string out;
  ASSERT_TRUE(AppendCanonicalRequest(out, {"GET", "/", "X-Amz-Signature=zz", {}, {}, "hash", false}));
  EXPECT_EQ(out, "GET\n/\nX-Amz-Signature=zz\n\n\nhash");
}

TEST(ServiceOfScope, ReadsEitherForm) {
  EXPECT_EQ(ServiceOfScope(SignedGetItem().View().head), "dynamodb");
  const OwnedRequest presigned = PresignedGetItem();
  EXPECT_EQ(ServiceOfScope(presigned.View().head), "dynamodb");
  for (const std::string_view odd :
       {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=", "AWS4-HMAC-SHA256 Credential=a/b/c/d", "Basic x", ""}) {
    OwnedRequest request = GetItem();
    request.fields.emplace_back("Authorization", odd);
    EXPECT_EQ(ServiceOfScope(request.View().head), "") << odd;
  }
}

TEST(SigningKeyCache, DerivesOncePerVersionAndForgetsTheOldest) {
  SigningKeyCache cache(2);
  const auto sign = [&cache](std::string_view region, uint64_t version, std::string_view secret) {
    return crypto::HexOf(cache.Get({"AKID", "20150830", region, "dynamodb"}, version, secret).Sign("x"));
  };
  const std::string first = sign("r1", 1, "old");
  EXPECT_EQ(sign("r1", 1, "not looked at"), first);
  EXPECT_NE(sign("r1", 2, "new"), first);
  EXPECT_EQ(sign("r1", 3, "old"), first);
  const std::string second = sign("r2", 1, "old");
  EXPECT_NE(second, first);
  sign("r3", 1, "old");  // r1 leaves
  EXPECT_EQ(sign("r2", 1, "not looked at"), second);
  EXPECT_NE(sign("r1", 3, "other"), first);
}

}  // namespace
}  // namespace basalt::signature

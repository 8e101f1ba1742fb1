// Bodies by hand (their texts need no escaping), signatures by signature/sigv4.h.
#include "load/requests.h"

#include <array>
#include <ctime>

#include "http/message.h"
#include "signature/sigv4.h"

namespace basalt::bench {
namespace {

std::string AmzDateNow() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  std::array<char, 32> text{};
  const size_t length = strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), length};
}

std::string KeyOf(uint64_t item) {
  return R"("pk":{"S":"partition-)" + std::to_string(item / kItemsOfPartition) + R"("},"sk":{"N":")" +
         std::to_string(item % kItemsOfPartition) + R"("})";
}

// Nine strings of 100 characters and a number; with names and keys about 1 KiB by the service's rules.
std::string AttributesOf(uint64_t item, uint64_t salt) {
  std::string attributes;
  uint64_t state = (item + 1) * 0x9e3779b97f4a7c15U + salt;
  for (int i = 0; i < 9; ++i) {
    attributes += R"(,"attribute)" + std::to_string(i) + R"(":{"S":")";
    for (int j = 0; j < 100; ++j) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      attributes += static_cast<char>('a' + (state >> 33U) % 26);
    }
    attributes += R"("})";
  }
  return attributes + R"(,"counter":{"N":"0"})";
}

std::string TableMember(const Target& target) { return R"({"TableName":")" + target.table + '"'; }

// {"RequestItems":{"<table>":<begin><each of 25 items><end>}}
template <class Each>
std::string BatchBody(const Target& target, uint64_t item, std::string_view begin, Each each, std::string_view end) {
  std::string body = R"({"RequestItems":{")" + target.table + R"(":)" + std::string(begin);
  for (uint64_t i = 0; i < kItemsOfBatch; ++i) {
    body += (i == 0 ? "" : ",") + each(item + i);
  }
  return body.append(end) + "}}";
}

std::string BodyOf(const Target& target, Operation operation, uint64_t item, uint64_t salt) {
  switch (operation) {
    case Operation::kGetItem:
      return TableMember(target) + R"(,"Key":{)" + KeyOf(item) + "}}";
    case Operation::kPutItem:
      return TableMember(target) + R"(,"Item":)" + ItemText(item, salt) + "}";
    case Operation::kUpdateItem:
      return TableMember(target) + R"(,"Key":{)" + KeyOf(item) +
             R"(},"UpdateExpression":"SET attribute0 = :v ADD #c :one","ExpressionAttributeNames":{"#c":"counter"},)"
             R"("ExpressionAttributeValues":{":v":{"S":"updated"},":one":{"N":"1"}}})";
    case Operation::kConditionalAdd:
      return TableMember(target) + R"(,"Key":{)" + KeyOf(item) +
             R"(},"UpdateExpression":"ADD #c :one","ConditionExpression":"attribute_exists(pk) AND #c >= :zero",)"
             R"("ExpressionAttributeNames":{"#c":"counter"},)"
             R"("ExpressionAttributeValues":{":zero":{"N":"0"},":one":{"N":"1"}}})";
    case Operation::kBatchGetItem:
      return BatchBody(
          target, item, R"({"Keys":[)", [](uint64_t key) { return "{" + KeyOf(key) + "}"; }, "]}");
    case Operation::kBatchWriteItem:
      return BatchBody(
          target, item, "[", [&](uint64_t key) { return R"({"PutRequest":{"Item":)" + ItemText(key, salt) + "}}"; },
          "]");
    case Operation::kQuery:
      return TableMember(target) + R"(,"KeyConditionExpression":"pk = :p","ExpressionAttributeValues":)" +
             R"({":p":{"S":"partition-)" + std::to_string(item / kItemsOfPartition) + R"("}},"Limit":10})";
  }
  return {};
}

bool IsBatch(Operation operation) {
  return operation == Operation::kBatchGetItem || operation == Operation::kBatchWriteItem;
}

std::string_view NameOf(Operation operation) {
  switch (operation) {
    case Operation::kGetItem:
      return "GetItem";
    case Operation::kPutItem:
      return "PutItem";
    case Operation::kUpdateItem:
    case Operation::kConditionalAdd:
      return "UpdateItem";
    case Operation::kBatchGetItem:
      return "BatchGetItem";
    case Operation::kBatchWriteItem:
      return "BatchWriteItem";
    case Operation::kQuery:
      return "Query";
  }
  return {};
}

}  // namespace

std::string MakeRequest(const Target& target, std::string_view operation, std::string_view body) {
  const std::string host = target.host + ":" + std::to_string(target.port);
  const std::string amz_target = "DynamoDB_20120810." + std::string(operation);
  const std::string date = target.amz_date.empty() ? AmzDateNow() : target.amz_date;
  const std::array<http::Header, 4> headers = {{{"content-type", "application/x-amz-json-1.0"},
                                                {"host", host},
                                                {"x-amz-date", date},
                                                {"x-amz-target", amz_target}}};
  const std::string authorization =
      signature::MakeAuthorization({.method = "POST", .path = "/", .query = "", .headers = headers, .body = body},
                                   target.access_key_id, target.secret, target.region, "dynamodb", date);
  std::string bytes = "POST / HTTP/1.1\r\n";
  for (const http::Header& header : headers) {
    bytes.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  bytes.append("authorization: ").append(authorization);
  bytes.append("\r\ncontent-length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return bytes;
}

std::string CreateTableBody(const Target& target) {
  return TableMember(target) +
         R"(,"BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},)"
         R"({"AttributeName":"sk","AttributeType":"N"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
         R"({"AttributeName":"sk","KeyType":"RANGE"}]})";
}

std::string DescribeTableBody(const Target& target) { return TableMember(target) + "}"; }

std::string ItemText(uint64_t item, uint64_t salt) { return "{" + KeyOf(item) + AttributesOf(item, salt) + "}"; }

std::vector<std::string> MakeRequests(const Target& target, Operation operation, uint64_t count) {
  std::vector<std::string> requests;
  requests.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    // A stride prime to any round number of items visits all of them in a scattered order.
    const uint64_t stride = IsBatch(operation) ? kItemsOfBatch : 7'919;
    const uint64_t item = target.first_item + i * stride % target.items;
    requests.push_back(MakeRequest(target, NameOf(operation), BodyOf(target, operation, item, i)));
  }
  return requests;
}

}  // namespace basalt::bench

// Bodies by hand (their texts need no escaping), signatures by signature/sigv4.h.
#include "load/requests.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

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

std::string PutBody(uint64_t item, uint64_t salt) { return R"("Item":)" + ItemText(item, salt); }

// `element` of each of `count` items, comma-separated.
template <class Element>
std::string ListOf(uint64_t first, uint64_t count, Element element) {
  std::string elements;
  for (uint64_t i = first; i < first + count; ++i) {
    elements += elements.empty() ? "" : ",";
    elements += element(i);
  }
  return elements;
}

// A stride prime to any round number of items visits all of them in a scattered order.
uint64_t ItemAt(const Target& target, uint64_t place) { return target.first_item + place * 7'919 % target.items; }

// So many that each holds more items than a page, however partitions fall.
uint64_t ScanSegments(const Target& target) { return std::max<uint64_t>(target.items / (4 * kItemsOfScan), 1); }

std::string BodyOf(const Target& target, Operation operation, uint64_t request, uint64_t salt) {
  const uint64_t item = ItemAt(target, request);
  const std::string items_of_table = R"({"RequestItems":{")" + target.table + R"(":)";
  switch (operation) {
    case Operation::kGetItem:
      return TableMember(target) + R"(,"Key":{)" + KeyOf(item) + "}}";
    case Operation::kPutItem:
    case Operation::kReplaceItem:
      return TableMember(target) + "," + PutBody(item, salt + request) + "}";
    case Operation::kUpdateItem:
      return TableMember(target) + R"(,"Key":{)" + KeyOf(item) +
             R"(},"UpdateExpression":"ADD #c :one","ConditionExpression":"attribute_exists(pk) AND #c >= :zero",)"
             R"("ExpressionAttributeNames":{"#c":"counter"},)"
             R"("ExpressionAttributeValues":{":zero":{"N":"0"},":one":{"N":"1"}}})";
    case Operation::kQuery:
      return TableMember(target) + R"(,"KeyConditionExpression":"pk = :p","ExpressionAttributeValues":)" +
             R"({":p":{"S":"partition-)" + std::to_string(item / kItemsOfPartition) + R"("}},"Limit":10})";
    case Operation::kScan: {
      const uint64_t segments = ScanSegments(target);
      return TableMember(target) + R"(,"Segment":)" + std::to_string(request % segments) + R"(,"TotalSegments":)" +
             std::to_string(segments) + R"(,"Limit":)" + std::to_string(kItemsOfScan) + "}";
    }
    case Operation::kBatchGetItem:
      return items_of_table + R"({"Keys":[)" +
             ListOf(request * kItemsOfBatch, kItemsOfBatch,
                    [&target](uint64_t place) { return "{" + KeyOf(ItemAt(target, place)) + "}"; }) +
             "]}}}";
    case Operation::kBatchWriteItem:
      return items_of_table + "[" +
             ListOf(request * kItemsOfBatch, kItemsOfBatch,
                    [&target](uint64_t place) {
                      return R"({"PutRequest":{)" + PutBody(ItemAt(target, place), place) + "}}";
                    }) +
             "]}}";
    case Operation::kTransactWriteItems:
      return R"({"TransactItems":[)" +
             ListOf(request * kItemsOfTransaction, kItemsOfTransaction,
                    [&target](uint64_t place) {
                      return R"({"Put":)" + TableMember(target) + "," + PutBody(ItemAt(target, place), place) + "}}";
                    }) +
             "]}";
  }
  return {};
}

// What the driver keeps ready.
constexpr size_t kReadyBytesMax = size_t{64} << 20;

struct OperationRow {
  Operation operation;
  std::string_view word;
  std::string_view name;
  uint64_t items;  // that one request touches
};
constexpr std::array<OperationRow, 9> kOperations = {
    {{Operation::kGetItem, "get", "GetItem", 1},
     {Operation::kPutItem, "put", "PutItem", 1},
     {Operation::kReplaceItem, "replace", "PutItem", 1},
     {Operation::kUpdateItem, "update", "UpdateItem", 1},
     {Operation::kQuery, "query", "Query", kItemsOfPartition},
     {Operation::kScan, "scan", "Scan", 4 * kItemsOfScan},
     {Operation::kBatchGetItem, "batch-get", "BatchGetItem", kItemsOfBatch},
     {Operation::kBatchWriteItem, "batch-write", "BatchWriteItem", kItemsOfBatch},
     {Operation::kTransactWriteItems, "transact", "TransactWriteItems", kItemsOfTransaction}}};

const OperationRow& RowOf(Operation operation) {
  return *std::find_if(kOperations.begin(), kOperations.end(),
                       [operation](const OperationRow& row) { return row.operation == operation; });
}

}  // namespace

bool IsRead(Operation operation) {
  return operation == Operation::kGetItem || operation == Operation::kQuery || operation == Operation::kScan ||
         operation == Operation::kBatchGetItem;
}

std::optional<Operation> ParseOperation(std::string_view word) {
  for (const OperationRow& row : kOperations) {
    if (row.word == word) {
      return row.operation;
    }
  }
  return std::nullopt;
}

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
  const std::string_view told =
      R"(,"GlobalSecondaryIndexes":[{"IndexName":"by-sk","KeySchema":[{"AttributeName":"sk","KeyType":"HASH"},)"
      R"({"AttributeName":"pk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],)"
      R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"})";
  return TableMember(target) +
         R"(,"BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},)"
         R"({"AttributeName":"sk","AttributeType":"N"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
         R"({"AttributeName":"sk","KeyType":"RANGE"}])" +
         std::string(target.is_told ? told : "") + "}";
}

std::string DescribeTableBody(const Target& target) { return TableMember(target) + "}"; }

std::string ItemText(uint64_t item, uint64_t salt) { return "{" + KeyOf(item) + AttributesOf(item, salt) + "}"; }

std::vector<std::string> MakeRequests(const Target& target, Operation operation, uint64_t count, uint64_t salt) {
  std::vector<std::string> requests;
  requests.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    requests.push_back(MakeRequest(target, RowOf(operation).name, BodyOf(target, operation, i, salt)));
  }
  return requests;
}

std::vector<std::string> MakeRequests(const Target& target, Operation operation) {
  const uint64_t to_touch_all = std::max<uint64_t>(target.items / RowOf(operation).items, 1);
  const size_t request_bytes = MakeRequests(target, operation, 1).front().size();
  const uint64_t rounds = operation == Operation::kReplaceItem ? 2 : 1;
  const uint64_t count = std::min<uint64_t>(to_touch_all, kReadyBytesMax / request_bytes / rounds);
  std::vector<std::string> requests = MakeRequests(target, operation, count);
  if (rounds == 2) {
    std::vector<std::string> others = MakeRequests(target, operation, count, target.items);
    std::move(others.begin(), others.end(), std::back_inserter(requests));
  }
  return requests;
}

std::vector<ExpectedText> ExpectedOf(Operation operation) {
  const std::string items = R"("counter":{"N":")";  // once in each, and in no key
  switch (operation) {
    case Operation::kGetItem:
      return {{items, 1}};
    case Operation::kQuery:
      return {{items, kItemsOfPartition}, {R"("Count":10,)", 1}};
    case Operation::kScan:
      return {{items, kItemsOfScan}};
    case Operation::kBatchGetItem:
      return {{items, kItemsOfBatch}, {R"("UnprocessedKeys":{})", 1}};
    case Operation::kBatchWriteItem:
      return {{R"("UnprocessedItems":{})", 1}};
    case Operation::kPutItem:
    case Operation::kReplaceItem:
    case Operation::kUpdateItem:
    case Operation::kTransactWriteItems:
      return {};
  }
  return {};
}

}  // namespace basalt::bench

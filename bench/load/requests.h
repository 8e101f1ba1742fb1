// Requests as bytes ready to be sent, signed before the load begins so that the driver's own work stays small.
// The table they speak of: partition key `pk` (S), sort key `sk` (N), ten items a partition, each item about 1 KiB
// in ten attributes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::bench {

inline constexpr uint64_t kItemsOfPartition = 10;
inline constexpr uint64_t kItemsOfBatch = 25;

struct Target {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  std::string table = "bench";
  std::string region = "us-east-1";
  std::string access_key_id = "111111111111";
  std::string secret;
  uint64_t first_item = 0;
  uint64_t items = 10'000;
  std::string amz_date;  // by which requests are signed, which holds for five minutes; empty: now
};

enum class Operation : uint8_t {
  kGetItem,
  kPutItem,
  kUpdateItem,
  kConditionalAdd,  // UpdateItem: a condition that holds, ADD to a number
  kQuery,           // a partition's ten items
  kBatchGetItem,    // 25 items
  kBatchWriteItem,  // 25 puts
};

// One signed request to `DynamoDB_20120810.<operation>`.
std::string MakeRequest(const Target& target, std::string_view operation, std::string_view body);

std::string CreateTableBody(const Target& target);
std::string DescribeTableBody(const Target& target);
// The item's attributes, keys included, as they stand in a PutItem; another `salt`, other contents.
std::string ItemText(uint64_t item, uint64_t salt);

// `count` signed requests over keys spread evenly over the table; with `count` = items, each key once. Batches take the
// items in their order, so with `count` = items / kItemsOfBatch each once.
std::vector<std::string> MakeRequests(const Target& target, Operation operation, uint64_t count);

}  // namespace basalt::bench

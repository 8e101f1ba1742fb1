// Requests as bytes ready to be sent, signed before the load begins so that the driver's own work stays small.
// The table they speak of: partition key `pk` (S), sort key `sk` (N), ten items a partition, each item about 1 KiB
// in ten attributes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load/load.h"

namespace basalt::bench {

inline constexpr uint64_t kItemsOfPartition = 10;
inline constexpr uint64_t kItemsOfBatch = 25;
inline constexpr uint64_t kItemsOfTransaction = 4;
inline constexpr uint64_t kItemsOfScan = 500;

struct Target {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  std::string table = "bench";
  std::string region = "us-east-1";
  std::string access_key_id = "111111111111";
  std::string secret;
  uint64_t first_item = 0;
  uint64_t items = 10'000;
  bool is_told = false;  // the table has a global index of all attributes and a stream of both images
  std::string amz_date;  // by which requests are signed, which holds for five minutes; empty: now
};

enum class Operation : uint8_t {
  kGetItem,
  kPutItem,
  kReplaceItem,  // PutItem of other contents than the item has
  kUpdateItem,
  kQuery,
  kScan,  // one page of a segment
  kBatchGetItem,
  kBatchWriteItem,
  kTransactWriteItems
};

bool IsRead(Operation operation);
// What the driver calls it on its command line; none: it is no such word.
std::optional<Operation> ParseOperation(std::string_view word);

// One signed request to `DynamoDB_20120810.<operation>`.
std::string MakeRequest(const Target& target, std::string_view operation, std::string_view body);

std::string CreateTableBody(const Target& target);
std::string DescribeTableBody(const Target& target);
// The item's attributes, keys included, as they stand in a PutItem; another `salt`, other contents.
std::string ItemText(uint64_t item, uint64_t salt);

// `count` signed requests over keys spread evenly over the table; with `count` = items (or as many
// batches as hold them), each key once. Another `salt`, other contents.
std::vector<std::string> MakeRequests(const Target& target, Operation operation, uint64_t count, uint64_t salt = 0);
// As many as touch every item once, twice to replace it, or as many as fit the driver's memory; of scans, a page of
// each of as many segments as surely fill one.
std::vector<std::string> MakeRequests(const Target& target, Operation operation);

// What an answer to them holds if the operation did all it was asked to.
std::vector<ExpectedText> ExpectedOf(Operation operation);

}  // namespace basalt::bench

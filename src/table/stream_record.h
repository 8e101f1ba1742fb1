// What a table's record knows of its streams. A stream is a range of the table's feed that its shards divide, each from
// one number to another; the last one of an enabled stream is open. Source: API reference of DynamoDB Streams.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/policy_record.h"
#include "table/tag_map.h"

namespace basalt::table {

enum class StreamView : uint8_t { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };
std::string_view StreamViewName(StreamView view);  // "KEYS_ONLY", …
std::optional<StreamView> StreamViewOf(std::string_view name);

enum class StreamStatus : uint8_t { kEnabling, kEnabled, kDisabling, kDisabled };
std::string_view StreamStatusName(StreamStatus status);  // "ENABLING", …

// The moment a shard is created tells it from the others of its stream, and orders them.
struct ShardRecord {
  int64_t created_ms = 0;
  int64_t parent_ms = 0;  // when its parent was created; 0: none
  uint64_t first = 1;     // the first number of the feed that may be in it
  uint64_t last = 0;      // 0: open
  int64_t closed_ms = 0;
  bool closing = false;  // its end is about to be found: nobody may be told of its records meanwhile

  bool is_open() const { return last == 0; }
  friend bool operator==(const ShardRecord&, const ShardRecord&) = default;
};

struct StreamRecord {
  std::string label;
  StreamView view = StreamView::kKeysOnly;
  StreamStatus status = StreamStatus::kEnabling;
  int64_t created_ms = 0;
  std::vector<ShardRecord> shards = {};  // those that may hold records, oldest first
  PolicyRecord policy = {};
  Tags tags = {};

  friend bool operator==(const StreamRecord&, const StreamRecord&) = default;
};

// Where the feed of a table that is DELETING goes before the table's key does: a keyspace under a key of its own.
struct FeedArchive {
  std::string table_id;  // a new one
  std::string keyspace;
  std::string wrapped_table_key;

  friend bool operator==(const FeedArchive&, const FeedArchive&) = default;
};

}  // namespace basalt::table

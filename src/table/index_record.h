// What a table's record knows of one secondary index. Where its entries lie: space `space` of the table's keyspace.
// Source: API reference, GlobalSecondaryIndexDescription and LocalSecondaryIndexDescription.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "table/key_attribute.h"

namespace basalt::table {

enum class IndexKind : uint8_t { kLocal, kGlobal };
enum class IndexStatus : uint8_t { kCreating, kActive, kUpdating, kDeleting };
enum class ProjectionType : uint8_t { kAll, kKeysOnly, kInclude };

// What an index that is updated will have; until then it has what it had.
struct PendingIndexUpdate {
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  int64_t decreases = 0;
  std::optional<int64_t> read_request_units_max = {};
  std::optional<int64_t> write_request_units_max = {};

  friend bool operator==(const PendingIndexUpdate&, const PendingIndexUpdate&) = default;
};

struct IndexRecord {
  std::string name;
  IndexKind kind = IndexKind::kGlobal;
  uint16_t space = 0;                   // 1 and up; none is used twice in a table's life
  std::vector<KeyAttribute> partition;  // one to four; of a local index the table's own
  std::vector<KeyAttribute> sort;       // none to four
  ProjectionType projection = ProjectionType::kAll;
  std::vector<std::string> projected = {};  // beside the keys, with kInclude
  IndexStatus status = IndexStatus::kCreating;
  bool backfilling = false;  // entries of items written before it are still being made: maintained, never to be read
  int64_t created_ms = 0;

  // Of global indexes only; as the table's members of the same names.
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  int64_t last_increase_ms = 0;
  int64_t last_decrease_ms = 0;
  int64_t decreases = 0;
  std::optional<int64_t> read_request_units_max = {};
  std::optional<int64_t> write_request_units_max = {};
  int64_t warm_read_units = 0;
  int64_t warm_write_units = 0;
  std::optional<PendingIndexUpdate> pending = {};

  friend bool operator==(const IndexRecord&, const IndexRecord&) = default;
};

// Where the last index of a table may lie, so that its counters have numbers.
inline constexpr uint16_t kIndexSpaceMax = 0x7ffe;

// Counters of the table's keyspace: entries of an index and their sizes.
constexpr uint16_t EntryCountCounter(uint16_t space) { return static_cast<uint16_t>(2 * space); }
constexpr uint16_t EntrySizeCounter(uint16_t space) { return static_cast<uint16_t>(2 * space + 1); }

}  // namespace basalt::table

// What the catalogue knows of one table: the description a client sees plus where its bytes lie and under which key.
// Immutable once published. Stored as versioned JSON in the sealed catalogue keyspace.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "table/expiry_record.h"
#include "table/index_record.h"
#include "table/key_attribute.h"
#include "table/policy_record.h"
#include "table/stream_record.h"
#include "table/tag_map.h"

namespace basalt::table {

enum class TableStatus : uint8_t { kCreating, kActive, kUpdating, kDeleting };
std::string_view StatusName(TableStatus status);  // "CREATING", …

enum class BillingMode : uint8_t { kProvisioned, kPayPerRequest };
enum class TableClass : uint8_t { kStandard, kStandardInfrequentAccess };
std::string_view TableClassName(TableClass table_class);  // "STANDARD", …

struct TableAddressView {
  std::string_view account;
  std::string_view region;
  std::string_view name;

  friend auto operator<=>(const TableAddressView&, const TableAddressView&) = default;
};

// A table's place: names are unique within one account and region.
struct TableAddress {
  std::string account;
  std::string region;
  std::string name;

  TableAddressView view() const { return {account, region, name}; }

  friend auto operator<=>(const TableAddress&, const TableAddress&) = default;
  friend auto operator<=>(const TableAddress& a, const TableAddressView& b) { return a.view() <=> b; }
};

// What a table that is UPDATING changes.
enum class TableWork : uint8_t { kThroughput, kBillingMode, kTableClass };

// What an UPDATING table's settings will be; they stay as they were until then.
struct PendingUpdate {
  TableWork work = TableWork::kThroughput;
  int64_t requested_ms = 0;
  BillingMode billing_mode = BillingMode::kProvisioned;
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  int64_t decreases = 0;
  std::optional<int64_t> read_request_units_max;
  std::optional<int64_t> write_request_units_max;
  std::optional<TableClass> table_class;

  friend bool operator==(const PendingUpdate&, const PendingUpdate&) = default;
};

// "CREATING", …; "KEYS_ONLY", …
std::string_view IndexStatusName(IndexStatus status);
std::string_view ProjectionTypeName(ProjectionType projection);
std::optional<ProjectionType> ProjectionTypeOf(std::string_view name);

struct TableRecord {
  TableAddress address;
  std::string table_id;           // UUID; a new one for each incarnation
  std::string keyspace;           // engine keyspace name, random: "tables/<32 hex>"
  std::string wrapped_table_key;  // gone once the table is DELETING
  TableStatus status = TableStatus::kCreating;
  int64_t created_ms = 0;
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
  std::vector<IndexRecord> indexes;  // in the order they were given
  uint16_t next_index_space = 1;
  std::set<uint16_t> dropped_spaces;   // of indexes that are gone, and whose entries are still to be destroyed
  std::optional<ExpiryRecord> expiry;  // set: time to live is enabled
  int64_t expiry_changed_ms = 0;       // when it was enabled or disabled last; 0: never
  uint64_t hash_seed = 0;              // of the partition hash
  BillingMode billing_mode = BillingMode::kProvisioned;
  int64_t pay_per_request_since_ms = 0;  // 0: never was
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  int64_t last_increase_ms = 0;  // of provisioned units; 0: never
  int64_t last_decrease_ms = 0;
  int64_t decreases = 0;                          // on the UTC day of the last one
  std::optional<int64_t> read_request_units_max;  // OnDemandThroughput
  std::optional<int64_t> write_request_units_max;
  int64_t warm_read_units = 0;  // asked for, or once provisioned; see WarmThroughput
  int64_t warm_write_units = 0;
  std::optional<TableClass> table_class;  // unset: STANDARD, never said
  int64_t table_class_changed_ms = 0;     // 0: never since it was created
  int64_t table_class_changed_before_ms = 0;
  bool deletion_protection = false;
  int64_t deletion_protection_changed_ms = 0;  // 0: never since it was created
  std::optional<PendingUpdate> pending;        // of a table that is UPDATING
  std::vector<StreamRecord> streams;           // those that are not forgotten yet, oldest first
  std::string latest_stream_label;             // empty: there never was a stream
  uint64_t next_feed_number = 1;               // where the shard after the last one begins
  std::optional<FeedArchive> archive;          // of a table that is DELETING and has streams
  Tags tags;
  PolicyRecord policy;

  std::string Arn() const;
  const IndexRecord* FindIndex(std::string_view name) const;  // null if there is none

  friend bool operator==(const TableRecord&, const TableRecord&) = default;
};

// What a table can serve at once: at least what it has, or ever had, by its billing mode, more if that was asked for.
struct WarmUnits {
  int64_t read = 0;
  int64_t write = 0;
};
WarmUnits WarmThroughput(const TableRecord& record);
WarmUnits WarmThroughput(const TableRecord& record, const IndexRecord& index);

// The units a table will have once it is no longer UPDATING.
struct ProvisionedUnits {
  int64_t read = 0;
  int64_t write = 0;

  friend bool operator==(const ProvisionedUnits&, const ProvisionedUnits&) = default;
};
ProvisionedUnits SettledUnits(const TableRecord& record);
ProvisionedUnits SettledUnits(const IndexRecord& index);

// The attributes that are keys of the table or of an index, each once, by name.
std::vector<KeyAttribute> KeyAttributesOf(const TableRecord& record);

std::string EncodeTableRecord(const TableRecord& record);
// kCorruption. A member that an earlier version did not write has its default.
Result<TableRecord> DecodeTableRecord(std::string_view bytes);

// Key of a record in the catalogue keyspace, space 0: hash of account and region, these two, then the name, so that
// one account's tables of a region lie together in byte order of their names.
std::string CatalogueKey(const TableAddress& address);

// Parts of the catalogue's keyspace: records of tables, and of archives of tables that are gone.
inline constexpr uint16_t kTableSpace = 0;
inline constexpr uint16_t kClockSpace = 1;  // by how much the service's clock was moved
inline constexpr uint16_t kArchiveSpace = 2;

inline constexpr char kCatalogueKeyspace[] = "system/catalogue";

}  // namespace basalt::table

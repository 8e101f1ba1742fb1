// What the catalogue knows of one table: the description a client sees plus where its bytes lie and under which key.
// Immutable once published. Stored as versioned JSON in the sealed catalogue keyspace.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace basalt::table {

enum class TableStatus : uint8_t { kCreating, kActive, kUpdating, kDeleting };
std::string_view StatusName(TableStatus status);  // "CREATING", …

enum class BillingMode : uint8_t { kProvisioned, kPayPerRequest };
enum class TableClass : uint8_t { kStandard, kStandardInfrequentAccess };
std::string_view TableClassName(TableClass table_class);  // "STANDARD", …

struct KeyAttribute {
  std::string name;
  model::Type type = model::Type::kS;  // S, N or B

  friend bool operator==(const KeyAttribute&, const KeyAttribute&) = default;
};

// A table's place: names are unique within one account and region.
struct TableAddress {
  std::string account;
  std::string region;
  std::string name;

  friend auto operator<=>(const TableAddress&, const TableAddress&) = default;
};

using Tags = std::map<std::string, std::string>;  // value by key

struct TableRecord {
  TableAddress address;
  std::string table_id;           // UUID; a new one for each incarnation
  std::string keyspace;           // engine keyspace name, random: "tables/<32 hex>"
  std::string wrapped_table_key;  // gone once the table is DELETING
  TableStatus status = TableStatus::kCreating;
  int64_t created_ms = 0;
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
  uint64_t hash_seed = 0;  // of the partition hash
  BillingMode billing_mode = BillingMode::kProvisioned;
  int64_t pay_per_request_since_ms = 0;  // 0: never was
  int64_t read_capacity_units = 0;
  int64_t write_capacity_units = 0;
  std::optional<TableClass> table_class;  // unset: STANDARD, never said
  bool deletion_protection = false;
  Tags tags;

  std::string Arn() const;

  friend bool operator==(const TableRecord&, const TableRecord&) = default;
};

std::string EncodeTableRecord(const TableRecord& record);
Result<TableRecord> DecodeTableRecord(std::string_view bytes);  // kCorruption

// Key of a record in the catalogue keyspace, space 0: hash of account and region, these two, then the name, so that
// one account's tables of a region lie together in byte order of their names.
std::string CatalogueKey(const TableAddress& address);

inline constexpr char kCatalogueKeyspace[] = "system/catalogue";

}  // namespace basalt::table

// What holds a table and its global indexes to the units they have: provisioned ones, of which up to five minutes'
// worth is kept while it is not used, or the maxima of an on-demand table, which keep a second's. A call is admitted
// while anything is left and takes what it has cost, so that a balance may fall below zero. A table without any such
// limit has no Throughput at all. Source: Developer Guide, "Burst capacity" and "Maximum throughput for on-demand
// tables"; API reference, ThrottlingReason.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "os/clock.h"
#include "table/capacity.h"
#include "table/index_entry.h"
#include "table/table_record.h"
#include "table/token_bucket.h"

namespace basalt::table {

// What had nothing left.
struct ThrottledResource {
  bool is_index = false;
  UnitKind kind = UnitKind::kRead;
  std::string arn;
};
// An error of reason kProvisionedThroughput or kThrottling may carry this.
struct Throttling final : ErrorDetail {
  std::vector<ThrottledResource> resources;
};

// What may be taken of a table and its indexes, as it was at one moment: numbers alone, for functions that run again.
// An index is named, the table is not. Local indexes live on their table's units. What has no limit always has room.
class Allowance {
 public:
  bool HasRoom(std::string_view index = {}) const;
  // Of the indexes that a write touches, those that have none.
  std::vector<std::string_view> WithoutRoom(std::span<const IndexUnits> touched) const;
  bool limits_indexes() const { return limits_indexes_; }
  // What a write costs the table, and what it costs its indexes.
  void Take(double units, std::span<const IndexUnits> touched = {});

 private:
  friend class Throughput;

  void TakeOf(std::string_view index, double units);

  struct Balance {
    std::string_view index;  // the Throughput's, which outlives this
    int64_t milliunits;
  };

  std::vector<Balance> balances_;
  bool limits_indexes_ = false;
};

// Immutable but for the balances, which one record of an incarnation hands on to the next. Any thread.
class Throughput {
 public:
  // Of a table that is new, or newly read from disk: all that can be kept is there. Null if it has no limit.
  static std::shared_ptr<const Throughput> Of(const TableRecord& record, os::Clock& clock);
  // Of a newer record: balances stay, new units flow from now on. What is limited for the first time begins with a
  // second's worth, so that no change hands out another burst; only an index that was not there begins as a new one.
  static std::shared_ptr<const Throughput> After(const TableRecord& former, const Throughput* former_throughput,
                                                 const TableRecord& record, os::Clock& clock);

  bool HasRoom(UnitKind kind, std::string_view index = {}) const;
  Allowance Balances(UnitKind kind) const;
  // What has no limit is not charged. Less than 0 gives back.
  void Take(UnitKind kind, double units, std::string_view index = {}) const;

 private:
  struct Limited {
    std::string index;
    UnitKind kind;
    std::shared_ptr<TokenBucket> bucket;
  };

  explicit Throughput(os::Clock& clock) : clock_(clock) {}

  const Limited* Find(UnitKind kind, std::string_view index) const;  // null: no limit

  os::Clock& clock_;
  std::vector<Limited> limited_;
};

// kProvisionedThroughput or kThrottling, by the table's billing mode, with a Throttling: the table, or those of its
// indexes, had nothing left.
Error Throttled(const TableRecord& record, UnitKind kind, std::span<const std::string_view> indexes = {});

}  // namespace basalt::table

// What CreateTable and UpdateTable do to the indexes of a record: whether the state and the settings of the table and
// its indexes let them, in the service's words, and what the record is from then on. Pure.
//
// An index that is created or deleted makes its table UPDATING; one whose throughput changes is UPDATING itself. Warm
// throughput changes at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "table/table_record.h"

namespace basalt::table {

// What a request says of an index's throughput.
struct IndexThroughput {
  std::optional<ProvisionedUnits> provisioned = {};
  std::optional<int64_t> read_request_units_max = {};
  std::optional<int64_t> write_request_units_max = {};
  std::optional<int64_t> warm_read_units = {};
  std::optional<int64_t> warm_write_units = {};

  bool SetsMaxima() const { return read_request_units_max || write_request_units_max; }
  bool SetsWarmth() const { return warm_read_units || warm_write_units; }
};

struct IndexCreation {
  IndexRecord index;  // the types of its keys are looked up
  IndexThroughput throughput = {};
};

struct IndexChange {
  std::string name;
  IndexThroughput throughput = {};
};

struct IndexUpdates {
  std::vector<IndexCreation> creations = {};
  std::vector<IndexChange> changes = {};
  std::vector<std::string> deletions = {};
  std::vector<KeyAttribute> definitions = {};  // AttributeDefinitions

  bool any() const { return !creations.empty() || !changes.empty() || !deletions.empty(); }
};

// "Some index key attributes are not defined in AttributeDefinitions. Keys: [a, b], AttributeDefinitions: [c]"
Error UndefinedKeys(const std::vector<std::string_view>& keys, const std::vector<KeyAttribute>& definitions);

// Whether warm throughput that is asked for at once is what `what` ("table", "index x") has anyway, or more.
Status CheckInitialWarmth(std::string_view what, BillingMode mode, const WarmUnits& has,
                          std::optional<int64_t> read_units, std::optional<int64_t> write_units);

// NonKeyAttributes of all indexes together. kValidation.
Status CheckProjectedAttributes(const TableRecord& record);

// The indexes that are named exist, or do not yet, and are global. kResourceNotFound, kValidation.
Status CheckIndexesAreThere(const TableRecord& current, const IndexUpdates& updates);
// What they do at the moment lets them be updated. kResourceInUse, kLimitExceeded.
Status CheckIndexesAreIdle(const TableRecord& current, const IndexUpdates& updates);

// `next` with its indexes updated, its billing mode being `mode` from now on or soon. kValidation, kLimitExceeded.
Result<TableRecord> WithIndexes(TableRecord next, BillingMode mode, const IndexUpdates& updates, int64_t now_ms);

}  // namespace basalt::table

// CreateTable's and UpdateTable's effect on indexes.
#include "table/index_update.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/limits.h"
#include "model/validation_error.h"
#include "table/table_state.h"
#include "table/units_change.h"

namespace basalt::table {
namespace {

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

constexpr int64_t kClears = -1;

IndexRecord& Named(TableRecord& record, std::string_view name) {
  const auto found = std::find_if(record.indexes.begin(), record.indexes.end(),
                                  [name](const IndexRecord& index) { return index.name == name; });
  BASALT_CHECK(found != record.indexes.end());
  return *found;
}

Status GiveTypes(std::vector<KeyAttribute>& keys, const std::vector<KeyAttribute>& known,
                 const std::vector<KeyAttribute>& definitions, const Error& undefined) {
  for (KeyAttribute& key : keys) {
    const auto defines = [&key](const KeyAttribute& attribute) { return attribute.name == key.name; };
    auto found = std::find_if(known.begin(), known.end(), defines);
    if (found == known.end()) {
      found = std::find_if(definitions.begin(), definitions.end(), defines);
      if (found == definitions.end()) {
        return Error(undefined.reason, undefined.text);
      }
    }
    key.type = found->type;
  }
  return {};
}

Status CheckModeOfCreation(const IndexCreation& creation, BillingMode mode) {
  const IndexThroughput& throughput = creation.throughput;
  const std::string& name = creation.index.name;
  if (mode == BillingMode::kPayPerRequest) {
    return throughput.provisioned
               ? Status(model::InvalidParameter(
                     fmt::format("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {} when "
                                 "BillingMode is PAY_PER_REQUEST",
                                 name)))
               : Status();
  }
  return throughput.provisioned
             ? Status()
             : Status(model::InvalidParameter(
                   fmt::format("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {}", name)));
}

Status CheckMaxima(const IndexThroughput& throughput, std::string_view name, BillingMode mode) {
  if (mode == BillingMode::kProvisioned && throughput.SetsMaxima()) {
    return model::InvalidParameter(fmt::format(
        "{} for OnDemandThroughput for index: {} cannot be specified when the table BillingMode is PROVISIONED",
        throughput.read_request_units_max ? "MaxReadRequestUnits" : "MaxWriteRequestUnits", name));
  }
  return {};
}

void SetMaximum(std::optional<int64_t>& maximum, std::optional<int64_t> asked) {
  if (asked) {
    maximum = *asked == kClears ? std::nullopt : asked;
  }
}

Status Create(TableRecord& next, const IndexCreation& creation, BillingMode mode, const IndexUpdates& updates,
              int64_t now_ms) {
  IndexRecord index = creation.index;
  const IndexThroughput& throughput = creation.throughput;
  TRY(CheckModeOfCreation(creation, mode));
  TRY(CheckMaxima(throughput, index.name, mode));
  std::vector<std::string_view> keys;
  for (const auto* part : {&index.partition, &index.sort}) {
    for (const KeyAttribute& key : *part) {
      keys.push_back(key.name);
    }
  }
  const Error undefined = UndefinedKeys(keys, updates.definitions);
  const std::vector<KeyAttribute> known = KeyAttributesOf(next);
  TRY(GiveTypes(index.partition, known, updates.definitions, undefined));
  TRY(GiveTypes(index.sort, known, updates.definitions, undefined));
  if (throughput.provisioned) {
    index.read_capacity_units = throughput.provisioned->read;
    index.write_capacity_units = throughput.provisioned->write;
  }
  SetMaximum(index.read_request_units_max, throughput.read_request_units_max);
  SetMaximum(index.write_request_units_max, throughput.write_request_units_max);
  TableRecord then = next;
  then.billing_mode = mode;
  TRY(CheckInitialWarmth("index " + index.name, mode, WarmThroughput(then, index), throughput.warm_read_units,
                         throughput.warm_write_units));
  index.warm_read_units = throughput.warm_read_units.value_or(0);
  index.warm_write_units = throughput.warm_write_units.value_or(0);
  const auto is_global = [](const IndexRecord& other) { return other.kind == IndexKind::kGlobal; };
  if (std::count_if(next.indexes.begin(), next.indexes.end(), is_global) >=
      static_cast<ptrdiff_t>(model::kGlobalIndexesMax)) {
    return SubscriberLimit(
        fmt::format("Number of global secondary indexes exceeds per-table limit of {}", model::kGlobalIndexesMax));
  }
  TRY_ASSIGN(index.space, TakeSpace(next));
  index.kind = IndexKind::kGlobal;
  index.status = IndexStatus::kCreating;
  index.created_ms = now_ms;
  next.indexes.push_back(std::move(index));
  return CheckProjectedAttributes(next);
}

Status Change(TableRecord& next, const IndexChange& change, BillingMode mode, int64_t now_ms) {
  const IndexThroughput& throughput = change.throughput;
  IndexRecord& index = Named(next, change.name);
  if (mode == BillingMode::kPayPerRequest && throughput.provisioned) {
    return model::InvalidParameter(
        fmt::format("The only Updates for index: {} when TableThroughputMode is PAY_PER_REQUEST can be to "
                    "OnDemandThroughput, WarmThroughput",
                    change.name));
  }
  TRY(CheckMaxima(throughput, change.name, mode));
  const WarmUnits warm = WarmThroughput(next, index);
  const auto raise = [&change](std::string_view member, std::optional<int64_t> asked, int64_t has,
                               int64_t& stored) -> Status {
    if (asked && *asked < has) {
      return model::InvalidParameter(
          fmt::format("Requested {} for WarmThroughput for index {} is lower than current WarmThroughput, decreasing "
                      "WarmThroughput is not supported",
                      member, change.name));
    }
    if (asked && *asked > has) {
      stored = *asked;
    }
    return {};
  };
  TRY(raise("ReadUnitsPerSecond", throughput.warm_read_units, warm.read, index.warm_read_units));
  TRY(raise("WriteUnitsPerSecond", throughput.warm_write_units, warm.write, index.warm_write_units));
  if (!throughput.provisioned && !throughput.SetsMaxima()) {
    return {};
  }
  const ProvisionedUnits has = {index.read_capacity_units, index.write_capacity_units};
  const bool switches = next.pending && next.pending->work == TableWork::kBillingMode;
  if (throughput.provisioned == has && !switches) {
    return Invalid(fmt::format(
        "The provisioned throughput for the index {0} will not change. The requested value equals the current value. "
        "Current ReadCapacityUnits provisioned for index {0}: {1}. Requested ReadCapacityUnits: {2}. Current "
        "WriteCapacityUnits provisioned for index {0}: {3}. Requested WriteCapacityUnits: {4}. Refer to the Amazon "
        "DynamoDB Developer Guide for current limits and how to request higher limits.",
        index.name, has.read, throughput.provisioned->read, has.write, throughput.provisioned->write));
  }
  PendingIndexUpdate pending = {.decreases = index.decreases};
  if (!switches) {  // a switch leaves nothing behind
    pending.read_capacity_units = index.read_capacity_units;
    pending.write_capacity_units = index.write_capacity_units;
    pending.read_request_units_max = index.read_request_units_max;
    pending.write_request_units_max = index.write_request_units_max;
  }
  SetMaximum(pending.read_request_units_max, throughput.read_request_units_max);
  SetMaximum(pending.write_request_units_max, throughput.write_request_units_max);
  if (throughput.provisioned && switches) {
    pending.read_capacity_units = throughput.provisioned->read;
    pending.write_capacity_units = throughput.provisioned->write;
  } else if (throughput.provisioned) {
    TRY(ChangeUnits(index, pending, *throughput.provisioned, now_ms));
  }
  index.pending = pending;
  if (index.status == IndexStatus::kActive) {
    index.status = IndexStatus::kUpdating;
  }
  return {};
}

// What the switch of the table's billing mode brings to indexes that are not updated by name.
Status SwitchOthers(TableRecord& next, BillingMode mode) {
  for (IndexRecord& index : next.indexes) {
    if (index.kind == IndexKind::kLocal || index.status == IndexStatus::kDeleting || index.pending) {
      continue;
    }
    if (mode == BillingMode::kProvisioned) {
      return model::InvalidParameter(fmt::format("ProvisionedThroughput must be specified for index: {}", index.name));
    }
    index.pending = PendingIndexUpdate{.decreases = index.decreases};
  }
  return {};
}

}  // namespace

Error UndefinedKeys(const std::vector<std::string_view>& keys, const std::vector<KeyAttribute>& definitions) {
  std::vector<std::string_view> names;
  for (const KeyAttribute& definition : definitions) {
    names.push_back(definition.name);
  }
  return model::InvalidParameter(
      fmt::format("Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], "
                  "AttributeDefinitions: [{}]",
                  fmt::join(keys, ", "), fmt::join(names, ", ")));
}

Status CheckInitialWarmth(std::string_view what, BillingMode mode, const WarmUnits& has,
                          std::optional<int64_t> read_units, std::optional<int64_t> write_units) {
  const auto check = [&](std::string_view direction, std::optional<int64_t> asked, int64_t least) -> Status {
    if (!asked || *asked >= least) {
      return {};
    }
    if (mode == BillingMode::kProvisioned) {
      return model::InvalidParameter(
          fmt::format("Requested {}UnitsPerSecond for WarmThroughput for {} is lower than {}CapacityUnits of "
                      "ProvisionedThroughput",
                      direction, what, direction));
    }
    return model::InvalidParameter(
        fmt::format("Requested {}UnitsPerSecond for WarmThroughput for {} is lower than initial throughput for "
                    "OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
                    direction, what));
  };
  TRY(check("Read", read_units, has.read));
  return check("Write", write_units, has.write);
}

Status CheckProjectedAttributes(const TableRecord& record) {
  size_t projected = 0;
  for (const IndexRecord& index : record.indexes) {
    projected += index.projected.size();
  }
  if (projected > model::kProjectedAttributesMax) {
    return model::InvalidParameter(
        fmt::format("Number of NonKeyAttributes of all indexes exceeds per-table limit of {}: {}",
                    model::kProjectedAttributesMax, projected));
  }
  return {};
}

Status CheckIndexesAreThere(const TableRecord& current, const IndexUpdates& updates) {
  const auto check = [&current](std::string_view name, std::string_view verb) -> Status {
    const IndexRecord* const index = current.FindIndex(name);
    if (index == nullptr) {
      return Error(Reason::kResourceNotFound,
                   fmt::format("Requested resource not found: Index {} for table {}", name, current.address.name));
    }
    if (index->kind == IndexKind::kLocal) {
      return Invalid(fmt::format("Cannot {} an index that is not a GlobalSecondaryIndex: {}", verb, name));
    }
    return {};
  };
  for (const IndexChange& change : updates.changes) {
    TRY(check(change.name, "update"));
  }
  for (const std::string& name : updates.deletions) {
    TRY(check(name, "delete"));
  }
  for (const IndexCreation& creation : updates.creations) {
    if (current.FindIndex(creation.index.name) != nullptr) {
      return Invalid("Attempting to create an index which already exists");
    }
  }
  return {};
}

Status CheckIndexesAreIdle(const TableRecord& current, const IndexUpdates& updates) {
  const auto place = [&current](const IndexRecord& index) {
    return fmt::format("Table: {} Index: {}", current.address.name, index.name);
  };
  const auto check = [&](std::string_view name, std::string_view in_allocation) -> Status {
    const IndexRecord& index = *current.FindIndex(name);
    if (index.status == IndexStatus::kDeleting) {
      return TableInUse("Index is being deleted. " + place(index));
    }
    if (index.status == IndexStatus::kCreating && !index.backfilling) {
      return TableInUse(fmt::format("{} {}", in_allocation, place(index)));
    }
    if (index.pending) {
      return TableInUse("Index is being updated. " + place(index));
    }
    return {};
  };
  for (const IndexChange& change : updates.changes) {
    TRY(check(change.name, "Index is being created but is not backfilling yet."));
  }
  for (const std::string& name : updates.deletions) {
    TRY(check(name,
              "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the "
              "index is active."));
  }
  const size_t begun = updates.creations.size() + updates.deletions.size();
  const bool others_under_way =
      std::any_of(current.indexes.begin(), current.indexes.end(), [&updates](const IndexRecord& index) {
        return (index.status == IndexStatus::kCreating || index.status == IndexStatus::kDeleting) &&
               std::find(updates.deletions.begin(), updates.deletions.end(), index.name) == updates.deletions.end();
      });
  if (begun > 1 || (begun > 0 && others_under_way)) {
    return SubscriberLimit("Only 1 online index can be created or deleted simultaneously per table");
  }
  return {};
}

Result<TableRecord> WithIndexes(TableRecord next, BillingMode mode, const IndexUpdates& updates, int64_t now_ms) {
  for (const IndexChange& change : updates.changes) {
    TRY(Change(next, change, mode, now_ms));
  }
  for (const std::string& name : updates.deletions) {
    IndexRecord& index = Named(next, name);
    index.status = IndexStatus::kDeleting;
    index.pending.reset();
  }
  if (next.pending && next.pending->work == TableWork::kBillingMode) {
    TRY(SwitchOthers(next, mode));
  }
  for (const IndexCreation& creation : updates.creations) {
    TRY(Create(next, creation, mode, updates, now_ms));
  }
  next.status = StatusOf(next);
  return next;
}

}  // namespace basalt::table

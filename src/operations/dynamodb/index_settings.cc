// Secondary indexes in requests. Of one index the service looks at definitions, names and roles of its keys,
// projection, name and throughput, in this order.
#include "operations/dynamodb/index_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "model/limits.h"
#include "model/validation_error.h"
#include "operations/dynamodb/table_settings.h"
#include "operations/shape.h"

namespace basalt::operations::dynamodb {
namespace {

using table::IndexKind;
using table::IndexRecord;

Error Invalid(std::string text) { return Error(Reason::kValidation, std::move(text)); }

bool HasRole(const json::Node& element, std::string_view role) { return GetString(element, "KeyType") == role; }

model::Type ScalarType(std::string_view name) {
  return name == "S" ? model::Type::kS : name == "N" ? model::Type::kN : model::Type::kB;
}

table::KeyAttribute DefinitionOf(const json::Node& definition) {
  return {std::string(*GetString(definition, "AttributeName")), ScalarType(*GetString(definition, "AttributeType"))};
}

// Of a global index: one to four HASH keys, then up to four RANGE keys, all of different names.
Status CheckGlobalKeySchema(const json::Node& schema) {
  const std::vector<std::string_view> names = KeyNamesOf(schema);
  if (std::set(names.begin(), names.end()).size() != names.size()) {
    return Invalid("The KeySchema contains multiple key attributes with the same name");
  }
  for (const std::string_view role : {"HASH", "RANGE"}) {
    const auto count = std::count_if(schema.elements.begin(), schema.elements.end(),
                                     [role](const json::Node& element) { return HasRole(element, role); });
    if (count > static_cast<ptrdiff_t>(model::kKeyAttributesPerRoleMax)) {
      return model::InvalidParameter(
          fmt::format("The KeySchema exceeds the maximum allowed number of {} key attributes", role));
    }
    if (role == "HASH" && count == 0) {
      return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
  }
  bool in_range = false;
  for (const json::Node& element : schema.elements) {
    if (in_range && HasRole(element, "HASH")) {
      return model::InvalidParameter("All HASH key attributes must precede RANGE key attributes in the KeySchema");
    }
    in_range = HasRole(element, "RANGE");
  }
  return {};
}

// Types are given later.
void SetKeys(const json::Node& schema, IndexRecord& index) {
  for (const json::Node& element : schema.elements) {
    (HasRole(element, "HASH") ? index.partition : index.sort)
        .push_back({std::string(*GetString(element, "AttributeName")), model::Type::kS});
  }
}

Status ReadProjection(const json::Node& projection, IndexRecord& index) {
  const auto type = GetString(projection, "ProjectionType");
  if (!type) {
    return model::InvalidParameter("Unknown ProjectionType: null");
  }
  index.projection = *table::ProjectionTypeOf(*type);
  const json::Node* names = projection.Find("NonKeyAttributes");
  if ((index.projection == table::ProjectionType::kInclude) != (names != nullptr)) {
    return model::InvalidParameter(fmt::format("ProjectionType is {}, but NonKeyAttributes is {}", *type,
                                               names == nullptr ? "not specified" : "specified"));
  }
  if (names == nullptr) {
    return {};
  }
  for (const json::Node& name : names->elements) {
    if (std::find(index.projected.begin(), index.projected.end(), name.string) != index.projected.end()) {
      return model::InvalidParameter(fmt::format("Duplicate element in NonKeyAttributes: {}", name.string));
    }
    index.projected.emplace_back(name.string);
  }
  return {};
}

Result<table::IndexThroughput> ReadThroughput(const json::Node& input, std::string_view name, bool may_clear) {
  table::IndexThroughput throughput;
  TRY_ASSIGN(throughput.provisioned, ReadProvisionedUnits(input, name));
  TRY_ASSIGN(const GivenUnits maxima, ReadOnDemandMaxima(input, may_clear, name));
  throughput.read_request_units_max = maxima.read;
  throughput.write_request_units_max = maxima.write;
  const GivenUnits warm = ReadWarmUnits(input);
  throughput.warm_read_units = warm.read;
  throughput.warm_write_units = warm.write;
  return throughput;
}

// What an index of a new table can serve: by the table's billing mode.
Status GiveThroughput(const table::TableRecord& record, const table::IndexThroughput& throughput, IndexRecord& index) {
  if (record.billing_mode == table::BillingMode::kProvisioned) {
    if (!throughput.provisioned) {
      return model::InvalidParameter(fmt::format("ProvisionedThroughput is not specified for index: {}", index.name));
    }
    if (throughput.SetsMaxima()) {
      return model::InvalidParameter(fmt::format(
          "{} for OnDemandThroughput for index: {} cannot be specified when table BillingMode is PROVISIONED.",
          throughput.read_request_units_max ? "MaxReadRequestUnits" : "MaxWriteRequestUnits", index.name));
    }
    index.read_capacity_units = throughput.provisioned->read;
    index.write_capacity_units = throughput.provisioned->write;
  } else if (throughput.provisioned) {
    return model::InvalidParameter(fmt::format(
        "ProvisionedThroughput should not be specified for index: {} when BillingMode is PAY_PER_REQUEST", index.name));
  }
  index.read_request_units_max = throughput.read_request_units_max;
  index.write_request_units_max = throughput.write_request_units_max;
  TRY(table::CheckInitialWarmth("index " + index.name, record.billing_mode, table::WarmThroughput(record, index),
                                throughput.warm_read_units, throughput.warm_write_units));
  index.warm_read_units = throughput.warm_read_units.value_or(0);
  index.warm_write_units = throughput.warm_write_units.value_or(0);
  return {};
}

Status CheckLocalKeys(const json::Node& schema, std::string_view name, const table::TableRecord& record) {
  TRY(CheckKeySchema(schema));
  if (schema.elements.size() < 2) {
    return model::InvalidParameter(fmt::format("Index KeySchema does not have a range key for index: {}", name));
  }
  const std::string_view hash = KeyNamesOf(schema)[0];
  if (hash != record.partition.name) {
    return model::InvalidParameter(
        fmt::format("Index KeySchema does not have the same leading hash key as table KeySchema for index: {}. index "
                    "hash key: {}, table hash key: {}",
                    name, hash, record.partition.name));
  }
  return {};
}

using TypesByName = std::map<std::string_view, model::Type>;

Status ReadNewIndex(const json::Node& input, IndexKind kind, const std::vector<table::KeyAttribute>& definitions,
                    const TypesByName& types, table::TableRecord& record) {
  IndexRecord index;
  index.kind = kind;
  index.name = *GetString(input, "IndexName");
  const json::Node& schema = *input.Find("KeySchema");
  const std::vector<std::string_view> keys = KeyNamesOf(schema);
  if (std::any_of(keys.begin(), keys.end(), [&types](std::string_view key) { return !types.contains(key); })) {
    return table::UndefinedKeys(keys, definitions);
  }
  TRY(kind == IndexKind::kLocal ? CheckLocalKeys(schema, index.name, record) : CheckGlobalKeySchema(schema));
  SetKeys(schema, index);
  for (auto* part : {&index.partition, &index.sort}) {
    for (table::KeyAttribute& key : *part) {
      key.type = types.at(key.name);
    }
  }
  TRY(ReadProjection(*input.Find("Projection"), index));
  if (record.FindIndex(index.name) != nullptr) {
    return model::InvalidParameter(fmt::format("Duplicate index name: {}", index.name));
  }
  if (kind == IndexKind::kGlobal) {
    TRY_ASSIGN(const table::IndexThroughput throughput, ReadThroughput(input, index.name, false));
    TRY(GiveThroughput(record, throughput, index));
  }
  index.space = record.next_index_space++;
  record.indexes.push_back(std::move(index));
  return {};
}

struct IndexList {
  std::string_view member;
  IndexKind kind;
};
constexpr std::array<IndexList, 2> kIndexLists = {
    {{"LocalSecondaryIndexes", IndexKind::kLocal}, {"GlobalSecondaryIndexes", IndexKind::kGlobal}}};

// Definitions are for keys, each of them.
Status CheckAllUsed(const json::Node& input, const std::vector<table::KeyAttribute>& definitions) {
  std::vector<std::string_view> used = KeyNamesOf(*input.Find("KeySchema"));
  const size_t table_keys = used.size();
  std::set known(used.begin(), used.end());
  bool has_indexes = false;
  for (const IndexList& list : kIndexLists) {
    const json::Node* const indexes = input.Find(list.member);
    for (size_t i = 0; indexes != nullptr && i < indexes->elements.size(); ++i) {
      has_indexes = true;
      for (const std::string_view key : KeyNamesOf(*indexes->elements[i].Find("KeySchema"))) {
        if (known.insert(key).second) {
          used.push_back(key);
        }
      }
    }
  }
  if (!has_indexes) {
    return definitions.size() > table_keys
               ? Status(model::InvalidParameter(
                     "Number of attributes in KeySchema does not exactly match number of attributes defined in "
                     "AttributeDefinitions"))
               : Status();
  }
  std::vector<std::string_view> names;
  bool all_used = true;
  for (const table::KeyAttribute& definition : definitions) {
    names.push_back(definition.name);
    all_used = all_used && known.contains(definition.name);
  }
  return all_used ? Status()
                  : Status(model::InvalidParameter(fmt::format(
                        "Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
                        fmt::join(names, ", "), fmt::join(used, ", "))));
}

// An action of GlobalSecondaryIndexUpdates; null unless it is given.
const json::Node* Action(const json::Node& update, std::string_view action) {
  const json::Node* const given = update.Find(action);
  return given == nullptr || given->IsNull() ? nullptr : given;
}

Result<table::IndexCreation> ReadCreation(const json::Node& input, bool has_definitions) {
  table::IndexCreation creation;
  IndexRecord& index = creation.index;
  index.name = *GetString(input, "IndexName");
  if (!has_definitions) {
    return model::InvalidParameter(fmt::format("AttributeDefinitions is not specified for index: {}", index.name));
  }
  const json::Node& schema = *input.Find("KeySchema");
  TRY(CheckGlobalKeySchema(schema));
  SetKeys(schema, index);
  TRY(ReadProjection(*input.Find("Projection"), index));
  TRY_ASSIGN(creation.throughput, ReadThroughput(input, index.name, false));
  return creation;
}

Result<table::IndexChange> ReadChange(const json::Node& input) {
  table::IndexChange change;
  change.name = *GetString(input, "IndexName");
  TRY_ASSIGN(change.throughput, ReadThroughput(input, change.name, true));
  if (input.Find("WarmThroughput") != nullptr && !change.throughput.SetsWarmth()) {
    return model::InvalidParameter(
        fmt::format("WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for "
                    "index: {}",
                    change.name));
  }
  if (!change.throughput.provisioned && !change.throughput.SetsMaxima() && !change.throughput.SetsWarmth()) {
    return model::InvalidParameter(
        fmt::format("At least one of ProvisionedThroughput, OnDemandThroughput or WarmThroughput is required for "
                    "index: {}",
                    change.name));
  }
  return change;
}

}  // namespace

Result<std::vector<table::KeyAttribute>> ReadDefinitions(const json::Node& definitions) {
  std::vector<table::KeyAttribute> defined;
  std::set<std::string_view> names;
  for (const json::Node& definition : definitions.elements) {
    const std::string_view name = *GetString(definition, "AttributeName");
    if (!names.insert(name).second) {
      return Invalid(fmt::format("Attribute Name is duplicated: {}", name));
    }
    defined.push_back(DefinitionOf(definition));
  }
  return defined;
}

std::vector<std::string_view> KeyNamesOf(const json::Node& schema) {
  std::vector<std::string_view> names;
  for (const json::Node& element : schema.elements) {
    names.push_back(*GetString(element, "AttributeName"));
  }
  return names;
}

Status CheckKeySchema(const json::Node& schema) {
  const std::vector<std::string_view> names = KeyNamesOf(schema);
  if (names.size() == 2 && names[0] == names[1]) {
    return Invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (!HasRole(schema.elements[0], "HASH")) {
    return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (names.size() == 2 && !HasRole(schema.elements[1], "RANGE")) {
    return Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  return {};
}

Status ReadIndexes(const json::Node& input, const std::vector<table::KeyAttribute>& definitions,
                   table::TableRecord& record) {
  TRY(CheckAllUsed(input, definitions));
  TypesByName types;
  for (const table::KeyAttribute& definition : definitions) {
    types.emplace(definition.name, definition.type);
  }
  for (const IndexList& list : kIndexLists) {
    const json::Node* const indexes = input.Find(list.member);
    if (indexes == nullptr) {
      continue;
    }
    if (indexes->elements.empty()) {
      return model::InvalidParameter(fmt::format("List of {} is empty", list.member));
    }
    const bool is_local = list.kind == IndexKind::kLocal;
    if (is_local && !record.sort) {
      return model::InvalidParameter(
          "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
    }
    const size_t count_max = is_local ? model::kLocalIndexesMax : model::kGlobalIndexesMax;
    for (size_t i = 0; i < std::min(indexes->elements.size(), count_max + 1); ++i) {
      TRY(ReadNewIndex(indexes->elements[i], list.kind, definitions, types, record));
    }
    if (is_local && indexes->elements.size() > model::kLocalIndexesMax) {
      return model::InvalidParameter(
          fmt::format("Number of LocalSecondaryIndexes exceeds per-table limit of {}", model::kLocalIndexesMax));
    }
    if (!is_local && indexes->elements.size() > model::kGlobalIndexesMax) {
      return model::InvalidParameter(
          fmt::format("GlobalSecondaryIndex count exceeds the per-table limit of {}", model::kGlobalIndexesMax));
    }
  }
  return table::CheckProjectedAttributes(record);
}

Result<table::IndexUpdates> ReadIndexUpdates(const json::Node& input) {
  table::IndexUpdates updates;
  const json::Node* const given = input.Find("GlobalSecondaryIndexUpdates");
  if (given == nullptr) {
    return updates;
  }
  const json::Node* const definitions = input.Find("AttributeDefinitions");
  std::set<std::string_view> names;
  for (const json::Node& update : given->elements) {
    const json::Node* action = nullptr;
    for (const std::string_view name : {"Update", "Create", "Delete"}) {
      const json::Node* const found = Action(update, name);
      if (found != nullptr && action != nullptr) {
        return model::InvalidParameter(
            "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object");
      }
      action = found != nullptr ? found : action;
    }
    if (action == nullptr) {
      return model::InvalidParameter(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    const std::string_view name = *GetString(*action, "IndexName");
    if (!names.insert(name).second) {
      return model::InvalidParameter(
          fmt::format("Only one global secondary index update per index is allowed simultaneously. Index: {}", name));
    }
  }
  for (const json::Node& update : given->elements) {
    if (const json::Node* const change = Action(update, "Update")) {
      TRY_ASSIGN(table::IndexChange read, ReadChange(*change));
      updates.changes.push_back(std::move(read));
    } else if (const json::Node* const creation = Action(update, "Create")) {
      TRY_ASSIGN(table::IndexCreation read,
                 ReadCreation(*creation, definitions != nullptr && !definitions->elements.empty()));
      updates.creations.push_back(std::move(read));
    } else {
      updates.deletions.emplace_back(*GetString(*Action(update, "Delete"), "IndexName"));
    }
  }
  const bool warms = std::any_of(updates.changes.begin(), updates.changes.end(),
                                 [](const table::IndexChange& change) { return change.throughput.SetsWarmth(); });
  if (warms && !updates.creations.empty()) {
    return model::InvalidParameter("Create global secondary index cannot be specified when updating WarmThroughput");
  }
  // Of a definition that is there twice the first one counts, as nothing else is asked of them here.
  for (size_t i = 0; definitions != nullptr && i < definitions->elements.size(); ++i) {
    updates.definitions.push_back(DefinitionOf(definitions->elements[i]));
  }
  return updates;
}

}  // namespace basalt::operations::dynamodb

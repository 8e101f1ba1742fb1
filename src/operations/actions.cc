// The table of actions.
#include "operations/actions.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "operations/operation.h"

namespace basalt::operations {
namespace {

struct Row {
  std::string_view name;
  Grantable grantable;
  bool on_indexes = false;
};

// DynamoDB's actions that no operation here is called by: parts of operations, what replication needs, and what
// policies may name although nobody serves it.
constexpr std::array<Row, 23> kRows = {{
    {"dynamodb:ConditionCheckItem", Grantable::kOnTablesToAll},
    {"dynamodb:PartiQLSelect", Grantable::kOnTables, true},
    {"dynamodb:PartiQLInsert", Grantable::kOnTables},
    {"dynamodb:PartiQLUpdate", Grantable::kOnTables},
    {"dynamodb:PartiQLDelete", Grantable::kOnTables},
    {"dynamodb:DescribeTableReplicaAutoScaling", Grantable::kOnTables},
    {"dynamodb:UpdateTableReplicaAutoScaling", Grantable::kOnTables},
    {"dynamodb:CreateBackup", Grantable::kOnTables},
    {"dynamodb:UpdateContinuousBackups", Grantable::kOnTables},
    {"dynamodb:RestoreTableToPointInTime", Grantable::kOnTables},
    {"dynamodb:DescribeContributorInsights", Grantable::kOnTables},
    {"dynamodb:UpdateContributorInsights", Grantable::kOnTables},
    {"dynamodb:ExportTableToPointInTime", Grantable::kOnTables},
    {"dynamodb:DescribeKinesisStreamingDestination", Grantable::kOnTables},
    {"dynamodb:EnableKinesisStreamingDestination", Grantable::kOnTables},
    {"dynamodb:DisableKinesisStreamingDestination", Grantable::kOnTables},
    {"dynamodb:UpdateKinesisStreamingDestination", Grantable::kOnTables},
    {"dynamodb:ReadDataForReplication", Grantable::kOnTables},
    {"dynamodb:WriteDataForReplication", Grantable::kOnTables},
    {"dynamodb:ReplicateSettings", Grantable::kOnTables},
    {"dynamodb:AssociateTableReplica", Grantable::kOnTables},
    {"dynamodb:CreateTableReplica", Grantable::kNowhere},
    {"dynamodb:DeleteTableReplica", Grantable::kNowhere},
}};

bool IsForTables(Grantable grantable) {
  return grantable != Grantable::kNowhere && grantable != Grantable::kOnStreamsToAll;
}

bool IsForStreams(Grantable grantable) {
  return grantable == Grantable::kOnStreamsToAll || grantable == Grantable::kOnBoth ||
         grantable == Grantable::kOnBothToAll;
}

bool IsForAll(Grantable grantable) {
  return grantable == Grantable::kOnTablesToAll || grantable == Grantable::kOnStreamsToAll ||
         grantable == Grantable::kOnBothToAll;
}

// Whether a request may name an index beside its table.
bool TakesIndex(const Operation& operation) {
  static constexpr std::string_view kIndex = "IndexName";
  return operation.input != nullptr && std::any_of(operation.input->fields.begin(), operation.input->fields.end(),
                                                   [](const Field& field) { return field.name == kIndex; });
}

// Those of operations, then those of the table.
std::vector<Row> AllRows() {
  std::vector<Row> rows;
  for (const Service& service : AllServices()) {
    for (const Operation& operation : service.operations) {
      const auto is_it = [&](const Row& row) { return row.name == operation.action; };
      if (!operation.action.empty() && std::none_of(rows.begin(), rows.end(), is_it)) {
        rows.push_back({operation.action, operation.grantable, TakesIndex(operation)});
      }
    }
  }
  rows.insert(rows.end(), kRows.begin(), kRows.end());
  return rows;
}

std::vector<policy::KnownAction> ActionsOf(const std::vector<Row>& rows) {
  std::vector<policy::KnownAction> actions;
  for (const Row& row : rows) {
    actions.push_back({std::string(row.name), IsForTables(row.grantable), IsForStreams(row.grantable)});
  }
  return actions;
}

struct KnownActions {
  explicit KnownActions(const std::vector<Row>& rows) : catalogue(ActionsOf(rows)) {
    for (size_t i = 0; i < rows.size(); ++i) {
      by_name.emplace(catalogue.action(i).name, &catalogue.action(i));
      crosses.push_back(IsForAll(rows[i].grantable));
      on_indexes.push_back(rows[i].on_indexes);
    }
  }

  policy::ActionCatalogue catalogue;
  std::unordered_map<std::string_view, const policy::Action*> by_name;
  std::vector<bool> crosses;  // by number
  std::vector<bool> on_indexes;
};

const KnownActions& Known() {
  static const KnownActions kKnown(AllRows());
  return kKnown;
}

}  // namespace

const policy::ActionCatalogue& Actions() { return Known().catalogue; }

const policy::Action& ActionNamed(std::string_view name) {
  const auto& by_name = Known().by_name;
  const auto found = by_name.find(name);
  BASALT_CHECK(found != by_name.end());
  return *found->second;
}

bool CrossesAccounts(const policy::Action& action) { return Known().crosses[action.number]; }

bool IsOnIndexes(const policy::Action& action) { return Known().on_indexes[action.number]; }

}  // namespace basalt::operations

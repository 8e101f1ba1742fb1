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
  bool for_tables;
  bool for_streams;
  bool crosses_accounts;
};

constexpr bool kTable = true;
constexpr bool kStream = true;
constexpr bool kCrosses = true;

// DynamoDB's actions that a policy of a table or a stream may name, whether or not there is such an operation here.
constexpr std::array<Row, 50> kRows = {{
    {"dynamodb:GetItem", kTable, !kStream, kCrosses},
    {"dynamodb:PutItem", kTable, !kStream, kCrosses},
    {"dynamodb:UpdateItem", kTable, !kStream, kCrosses},
    {"dynamodb:DeleteItem", kTable, !kStream, kCrosses},
    {"dynamodb:ConditionCheckItem", kTable, !kStream, kCrosses},
    {"dynamodb:Query", kTable, !kStream, kCrosses},
    {"dynamodb:Scan", kTable, !kStream, kCrosses},
    {"dynamodb:BatchGetItem", kTable, !kStream, kCrosses},
    {"dynamodb:BatchWriteItem", kTable, !kStream, kCrosses},
    {"dynamodb:PartiQLSelect", kTable, !kStream, !kCrosses},
    {"dynamodb:PartiQLInsert", kTable, !kStream, !kCrosses},
    {"dynamodb:PartiQLUpdate", kTable, !kStream, !kCrosses},
    {"dynamodb:PartiQLDelete", kTable, !kStream, !kCrosses},
    {"dynamodb:DescribeTable", kTable, !kStream, kCrosses},
    {"dynamodb:UpdateTable", kTable, !kStream, kCrosses},
    {"dynamodb:DeleteTable", kTable, !kStream, kCrosses},
    {"dynamodb:ListTagsOfResource", kTable, kStream, kCrosses},
    {"dynamodb:TagResource", kTable, kStream, kCrosses},
    {"dynamodb:UntagResource", kTable, kStream, kCrosses},
    {"dynamodb:DescribeTableReplicaAutoScaling", kTable, !kStream, !kCrosses},
    {"dynamodb:UpdateTableReplicaAutoScaling", kTable, !kStream, !kCrosses},
    {"dynamodb:CreateBackup", kTable, !kStream, !kCrosses},
    {"dynamodb:DescribeContinuousBackups", kTable, !kStream, !kCrosses},
    {"dynamodb:UpdateContinuousBackups", kTable, !kStream, !kCrosses},
    {"dynamodb:RestoreTableToPointInTime", kTable, !kStream, !kCrosses},
    {"dynamodb:DescribeContributorInsights", kTable, !kStream, !kCrosses},
    {"dynamodb:UpdateContributorInsights", kTable, !kStream, !kCrosses},
    {"dynamodb:ExportTableToPointInTime", kTable, !kStream, !kCrosses},
    {"dynamodb:DescribeKinesisStreamingDestination", kTable, !kStream, !kCrosses},
    {"dynamodb:EnableKinesisStreamingDestination", kTable, !kStream, !kCrosses},
    {"dynamodb:DisableKinesisStreamingDestination", kTable, !kStream, !kCrosses},
    {"dynamodb:UpdateKinesisStreamingDestination", kTable, !kStream, !kCrosses},
    {"dynamodb:GetResourcePolicy", kTable, kStream, !kCrosses},
    {"dynamodb:PutResourcePolicy", kTable, kStream, !kCrosses},
    {"dynamodb:DeleteResourcePolicy", kTable, kStream, !kCrosses},
    {"dynamodb:DescribeTimeToLive", kTable, !kStream, !kCrosses},
    {"dynamodb:UpdateTimeToLive", kTable, !kStream, !kCrosses},
    {"dynamodb:DescribeStream", !kTable, kStream, kCrosses},
    {"dynamodb:GetRecords", !kTable, kStream, kCrosses},
    {"dynamodb:GetShardIterator", !kTable, kStream, kCrosses},
    // What replication needs; no operation is called so.
    {"dynamodb:ReadDataForReplication", kTable, !kStream, !kCrosses},
    {"dynamodb:WriteDataForReplication", kTable, !kStream, !kCrosses},
    {"dynamodb:ReplicateSettings", kTable, !kStream, !kCrosses},
    {"dynamodb:AssociateTableReplica", kTable, !kStream, !kCrosses},
    {"dynamodb:CreateTableReplica", !kTable, !kStream, !kCrosses},
    {"dynamodb:DeleteTableReplica", !kTable, !kStream, !kCrosses},
    {"dynamodb:CreateTable", !kTable, !kStream, !kCrosses},
    {"dynamodb:ListTables", !kTable, !kStream, !kCrosses},
    {"dynamodb:ListStreams", !kTable, !kStream, !kCrosses},
    {"dynamodb:DescribeLimits", !kTable, !kStream, !kCrosses},
}};

struct KnownActions {
  explicit KnownActions(std::vector<policy::KnownAction> rows) : catalogue(std::move(rows)) {
    for (size_t i = 0; i < catalogue.size(); ++i) {
      by_name.emplace(catalogue.action(i).name, &catalogue.action(i));
    }
    crosses.resize(catalogue.size());
    for (const Row& row : kRows) {
      crosses[by_name.at(row.name)->number] = row.crosses_accounts;
    }
  }

  policy::ActionCatalogue catalogue;
  std::unordered_map<std::string_view, const policy::Action*> by_name;
  std::vector<bool> crosses;  // by number
};

// Those of the table, then those of operations that are not in it.
std::vector<policy::KnownAction> AllRows() {
  std::vector<policy::KnownAction> rows;
  for (const Row& row : kRows) {
    rows.push_back({std::string(row.name), row.for_tables, row.for_streams});
  }
  for (const Service& service : AllServices()) {
    for (const Operation& operation : service.operations) {
      const auto is_it = [&](const policy::KnownAction& row) { return row.name == operation.action; };
      if (!operation.action.empty() && std::none_of(rows.begin(), rows.end(), is_it)) {
        rows.push_back({std::string(operation.action)});
      }
    }
  }
  return rows;
}

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

}  // namespace basalt::operations

// DynamoDB's registry rows. Adding an operation: its file, its shape, its row.
#include <array>

#include "base/check.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/shapes.h"
#include "operations/dynamodb/write_transaction.h"
#include "operations/validation_text.h"

namespace basalt::operations::dynamodb {

std::span<const Operation> Operations() {
  static constexpr std::array<Operation, 29> kOperations = {{
      {"GetItem", "dynamodb:GetItem", AccessClass::kRead, &kGetItemInput, PrepareGetItem, nullptr,
       Grantable::kOnTablesToAll},
      {"PutItem", "dynamodb:PutItem", AccessClass::kWrite, &kPutItemInput, PreparePutItem, &kNewerPutWording,
       Grantable::kOnTablesToAll},
      {"UpdateItem", "dynamodb:UpdateItem", AccessClass::kWrite, &kUpdateItemInput, PrepareUpdateItem,
       &kNewerUpdateWording, Grantable::kOnTablesToAll},
      {"DeleteItem", "dynamodb:DeleteItem", AccessClass::kWrite, &kDeleteItemInput, PrepareDeleteItem, nullptr,
       Grantable::kOnTablesToAll},
      {"Query", "dynamodb:Query", AccessClass::kRead, &kQueryInput, PrepareQuery, &kNewerQueryWording,
       Grantable::kOnTablesToAll},
      {"Scan", "dynamodb:Scan", AccessClass::kRead, &kScanInput, PrepareScan, nullptr, Grantable::kOnTablesToAll},
      {"BatchGetItem", "dynamodb:BatchGetItem", AccessClass::kRead, &kBatchGetItemInput, PrepareBatchGetItem, nullptr,
       Grantable::kOnTablesToAll},
      {"BatchWriteItem", "dynamodb:BatchWriteItem", AccessClass::kWrite, &kBatchWriteItemInput, PrepareBatchWriteItem,
       nullptr, Grantable::kOnTablesToAll},
      {"TransactGetItems", "", AccessClass::kRead, &kTransactGetItemsInput, PrepareTransactGetItems},
      {"TransactWriteItems", "", AccessClass::kWrite, &kTransactWriteItemsInput, PrepareTransactWriteItems},
      {"CreateTable", "dynamodb:CreateTable", AccessClass::kControl, &kCreateTableInput, PrepareCreateTable},
      {"DescribeTable", "dynamodb:DescribeTable", AccessClass::kControl, &kDescribeTableInput, PrepareDescribeTable,
       nullptr, Grantable::kOnTablesToAll},
      {"UpdateTable", "dynamodb:UpdateTable", AccessClass::kControl, &kUpdateTableInput, PrepareUpdateTable, nullptr,
       Grantable::kOnTablesToAll},
      {"DescribeLimits", "dynamodb:DescribeLimits", AccessClass::kControl, &kDescribeLimitsInput,
       PrepareDescribeLimits},
      {"ListTables", "dynamodb:ListTables", AccessClass::kControl, &kListTablesInput, PrepareListTables},
      {"DeleteTable", "dynamodb:DeleteTable", AccessClass::kControl, &kDeleteTableInput, PrepareDeleteTable, nullptr,
       Grantable::kOnTablesToAll},
      {"DescribeTimeToLive", "dynamodb:DescribeTimeToLive", AccessClass::kControl, &kDescribeTimeToLiveInput,
       PrepareDescribeTimeToLive, nullptr, Grantable::kOnTables},
      {"UpdateTimeToLive", "dynamodb:UpdateTimeToLive", AccessClass::kControl, &kUpdateTimeToLiveInput,
       PrepareUpdateTimeToLive, nullptr, Grantable::kOnTables},
      {"DescribeContinuousBackups", "dynamodb:DescribeContinuousBackups", AccessClass::kControl,
       &kDescribeContinuousBackupsInput, PrepareDescribeContinuousBackups, nullptr, Grantable::kOnTables},
      {"TagResource", "dynamodb:TagResource", AccessClass::kControl, &kTagResourceInput, PrepareTagResource, nullptr,
       Grantable::kOnBothToAll},
      {"UntagResource", "dynamodb:UntagResource", AccessClass::kControl, &kUntagResourceInput, PrepareUntagResource,
       nullptr, Grantable::kOnBothToAll},
      {"ListTagsOfResource", "dynamodb:ListTagsOfResource", AccessClass::kControl, &kListTagsOfResourceInput,
       PrepareListTagsOfResource, nullptr, Grantable::kOnBothToAll},
      {"DescribeEndpoints", "dynamodb:DescribeEndpoints", AccessClass::kControl, &kDescribeEndpointsInput,
       PrepareDescribeEndpoints},
      {"PutResourcePolicy", "dynamodb:PutResourcePolicy", AccessClass::kControl, &kPutResourcePolicyInput,
       PreparePutResourcePolicy, nullptr, Grantable::kOnBoth},
      {"GetResourcePolicy", "dynamodb:GetResourcePolicy", AccessClass::kControl, &kGetResourcePolicyInput,
       PrepareGetResourcePolicy, nullptr, Grantable::kOnBoth},
      {"DeleteResourcePolicy", "dynamodb:DeleteResourcePolicy", AccessClass::kControl, &kDeleteResourcePolicyInput,
       PrepareDeleteResourcePolicy, nullptr, Grantable::kOnBoth},
      {"ExecuteStatement", "", AccessClass::kWrite, &kExecuteStatementInput, PrepareExecuteStatement},
      {"BatchExecuteStatement", "", AccessClass::kWrite, &kBatchExecuteStatementInput, PrepareBatchExecuteStatement},
      {"ExecuteTransaction", "", AccessClass::kWrite, &kExecuteTransactionInput, PrepareExecuteTransaction},
  }};
  return kOperations;
}

std::string_view ActionOf(TransactWrite::Kind kind) {
  switch (kind) {
    case TransactWrite::Kind::kPut:
      return "dynamodb:PutItem";
    case TransactWrite::Kind::kUpdate:
      return "dynamodb:UpdateItem";
    case TransactWrite::Kind::kDelete:
      return "dynamodb:DeleteItem";
    case TransactWrite::Kind::kCheck:
      return "dynamodb:ConditionCheckItem";
  }
  BASALT_CHECK(false);
}

// Calls that manage tables say less to another account that nobody has let in.
std::string Denial(const Operation& operation, const policy::Request& request, const policy::Decision& decision) {
  const bool is_outside = request.caller.account != request.resource_account;
  if (operation.access == AccessClass::kControl && is_outside && !decision.is_explicit &&
      decision.layer == policy::Layer::kResource) {
    return "Access is denied";
  }
  return policy::DenialText(request, decision);
}

}  // namespace basalt::operations::dynamodb

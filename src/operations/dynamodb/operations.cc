// DynamoDB's registry rows. Adding an operation: its file, its shape, its row.
#include <fmt/format.h>

#include <array>

#include "base/check.h"
#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/shapes.h"
#include "operations/dynamodb/write_transaction.h"
#include "operations/validation_text.h"

namespace basalt::operations::dynamodb {

std::span<const Operation> Operations() {
  static constexpr std::array<Operation, 26> kOperations = {{
      {"GetItem", "dynamodb:GetItem", AccessClass::kRead, &kGetItemInput, PrepareGetItem},
      {"PutItem", "dynamodb:PutItem", AccessClass::kWrite, &kPutItemInput, PreparePutItem, &kNewerPutWording},
      {"UpdateItem", "dynamodb:UpdateItem", AccessClass::kWrite, &kUpdateItemInput, PrepareUpdateItem,
       &kNewerUpdateWording},
      {"DeleteItem", "dynamodb:DeleteItem", AccessClass::kWrite, &kDeleteItemInput, PrepareDeleteItem},
      {"Query", "dynamodb:Query", AccessClass::kRead, &kQueryInput, PrepareQuery, &kNewerQueryWording},
      {"Scan", "dynamodb:Scan", AccessClass::kRead, &kScanInput, PrepareScan},
      {"BatchGetItem", "dynamodb:BatchGetItem", AccessClass::kRead, &kBatchGetItemInput, PrepareBatchGetItem},
      {"BatchWriteItem", "dynamodb:BatchWriteItem", AccessClass::kWrite, &kBatchWriteItemInput, PrepareBatchWriteItem},
      {"TransactGetItems", "", AccessClass::kRead, &kTransactGetItemsInput, PrepareTransactGetItems},
      {"TransactWriteItems", "", AccessClass::kWrite, &kTransactWriteItemsInput, PrepareTransactWriteItems},
      {"CreateTable", "dynamodb:CreateTable", AccessClass::kControl, &kCreateTableInput, PrepareCreateTable},
      {"DescribeTable", "dynamodb:DescribeTable", AccessClass::kControl, &kDescribeTableInput, PrepareDescribeTable},
      {"UpdateTable", "dynamodb:UpdateTable", AccessClass::kControl, &kUpdateTableInput, PrepareUpdateTable},
      {"DescribeLimits", "dynamodb:DescribeLimits", AccessClass::kControl, &kDescribeLimitsInput,
       PrepareDescribeLimits},
      {"ListTables", "dynamodb:ListTables", AccessClass::kControl, &kListTablesInput, PrepareListTables},
      {"DeleteTable", "dynamodb:DeleteTable", AccessClass::kControl, &kDeleteTableInput, PrepareDeleteTable},
      {"DescribeTimeToLive", "dynamodb:DescribeTimeToLive", AccessClass::kControl, &kDescribeTimeToLiveInput,
       PrepareDescribeTimeToLive},
      {"UpdateTimeToLive", "dynamodb:UpdateTimeToLive", AccessClass::kControl, &kUpdateTimeToLiveInput,
       PrepareUpdateTimeToLive},
      {"DescribeContinuousBackups", "dynamodb:DescribeContinuousBackups", AccessClass::kControl,
       &kDescribeContinuousBackupsInput, PrepareDescribeContinuousBackups},
      {"TagResource", "dynamodb:TagResource", AccessClass::kControl, &kTagResourceInput, PrepareTagResource},
      {"UntagResource", "dynamodb:UntagResource", AccessClass::kControl, &kUntagResourceInput, PrepareUntagResource},
      {"ListTagsOfResource", "dynamodb:ListTagsOfResource", AccessClass::kControl, &kListTagsOfResourceInput,
       PrepareListTagsOfResource},
      {"DescribeEndpoints", "dynamodb:DescribeEndpoints", AccessClass::kControl, &kDescribeEndpointsInput,
       PrepareDescribeEndpoints},
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

std::string Denial(const Operation& operation, const Caller& caller, const Access& access) {
  if (operation.access == AccessClass::kControl) {
    return "Access is denied";
  }
  const std::string_view action = access.action.empty() ? operation.action : access.action;
  return fmt::format(
      "User: {} is not authorized to perform: {} on resource: {} because no resource-based policy allows the {} action",
      caller.principal_arn, action, access.resource_arn, action);
}

}  // namespace basalt::operations::dynamodb

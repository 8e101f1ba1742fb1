// DynamoDB's registry rows. Adding an operation: its file, its shape, its row.
#include <array>

#include "operations/dynamodb/handlers.h"
#include "operations/dynamodb/shapes.h"

namespace basalt::operations::dynamodb {

std::span<const Operation> Operations() {
  static constexpr std::array<Operation, 14> kOperations = {{
      {"GetItem", "dynamodb:GetItem", AccessClass::kRead, &kGetItemInput, PrepareGetItem},
      {"PutItem", "dynamodb:PutItem", AccessClass::kWrite, &kPutItemInput, PreparePutItem},
      {"UpdateItem", "dynamodb:UpdateItem", AccessClass::kWrite, &kUpdateItemInput, PrepareUpdateItem},
      {"DeleteItem", "dynamodb:DeleteItem", AccessClass::kWrite, &kDeleteItemInput, PrepareDeleteItem},
      {"Query", "dynamodb:Query", AccessClass::kRead, &kQueryInput, PrepareQuery},
      {"Scan", "dynamodb:Scan", AccessClass::kRead, &kScanInput, PrepareScan},
      {"BatchGetItem", "dynamodb:BatchGetItem", AccessClass::kRead, &kBatchGetItemInput, PrepareBatchGetItem},
      {"BatchWriteItem", "dynamodb:BatchWriteItem", AccessClass::kWrite, &kBatchWriteItemInput, PrepareBatchWriteItem},
      {"CreateTable", "dynamodb:CreateTable", AccessClass::kControl, &kCreateTableInput, PrepareCreateTable},
      {"DescribeTable", "dynamodb:DescribeTable", AccessClass::kControl, &kDescribeTableInput, PrepareDescribeTable},
      {"UpdateTable", "dynamodb:UpdateTable", AccessClass::kControl, &kUpdateTableInput, PrepareUpdateTable},
      {"DescribeLimits", "dynamodb:DescribeLimits", AccessClass::kControl, &kDescribeLimitsInput,
       PrepareDescribeLimits},
      {"ListTables", "dynamodb:ListTables", AccessClass::kControl, &kListTablesInput, PrepareListTables},
      {"DeleteTable", "dynamodb:DeleteTable", AccessClass::kControl, &kDeleteTableInput, PrepareDeleteTable},
  }};
  return kOperations;
}

}  // namespace basalt::operations::dynamodb

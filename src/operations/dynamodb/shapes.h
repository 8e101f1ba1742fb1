// Request shapes of DynamoDB's operations. Members stand in the order in which the service lists their violations.
// Source: the published API model of version 2012-08-10; order and enum sets as observed.
#pragma once

#include "operations/shape.h"

namespace basalt::operations::dynamodb {

extern const Shape kBatchExecuteStatementInput;
extern const Shape kBatchGetItemInput;
extern const Shape kBatchWriteItemInput;
extern const Shape kCreateTableInput;
extern const Shape kDeleteResourcePolicyInput;
extern const Shape kDeleteTableInput;
extern const Shape kDescribeContinuousBackupsInput;
extern const Shape kDescribeEndpointsInput;
extern const Shape kDescribeLimitsInput;
extern const Shape kDescribeTableInput;
extern const Shape kDescribeTimeToLiveInput;
extern const Shape kExecuteStatementInput;
extern const Shape kExecuteTransactionInput;
extern const Shape kGetResourcePolicyInput;
extern const Shape kListTablesInput;
extern const Shape kListTagsOfResourceInput;
extern const Shape kPutItemInput;
extern const Shape kPutResourcePolicyInput;
extern const Shape kGetItemInput;
extern const Shape kUpdateItemInput;
extern const Shape kUpdateTableInput;
extern const Shape kUpdateTimeToLiveInput;
extern const Shape kDeleteItemInput;
extern const Shape kQueryInput;
extern const Shape kScanInput;
extern const Shape kTagResourceInput;
extern const Shape kTransactGetItemsInput;
extern const Shape kTransactWriteItemsInput;
extern const Shape kUntagResourceInput;

}  // namespace basalt::operations::dynamodb

// How each operation's calls are prepared; one function a file of the same name, one row each in operations.cc.
#pragma once

#include <memory>

#include "operations/operation.h"

namespace basalt::operations::dynamodb {

using Prepared = Result<std::unique_ptr<PreparedCall>>;

Prepared PrepareBatchExecuteStatement(Call& call);
Prepared PrepareBatchGetItem(Call& call);
Prepared PrepareBatchWriteItem(Call& call);
Prepared PrepareCreateTable(Call& call);
Prepared PrepareDeleteItem(Call& call);
Prepared PrepareDeleteResourcePolicy(Call& call);
Prepared PrepareDeleteTable(Call& call);
Prepared PrepareDescribeContinuousBackups(Call& call);
Prepared PrepareDescribeEndpoints(Call& call);
Prepared PrepareDescribeLimits(Call& call);
Prepared PrepareDescribeTable(Call& call);
Prepared PrepareDescribeTimeToLive(Call& call);
Prepared PrepareExecuteStatement(Call& call);
Prepared PrepareExecuteTransaction(Call& call);
Prepared PrepareGetItem(Call& call);
Prepared PrepareGetResourcePolicy(Call& call);
Prepared PrepareListTables(Call& call);
Prepared PrepareListTagsOfResource(Call& call);
Prepared PreparePutItem(Call& call);
Prepared PreparePutResourcePolicy(Call& call);
Prepared PrepareQuery(Call& call);
Prepared PrepareScan(Call& call);
Prepared PrepareTagResource(Call& call);
Prepared PrepareTransactGetItems(Call& call);
Prepared PrepareTransactWriteItems(Call& call);
Prepared PrepareUntagResource(Call& call);
Prepared PrepareUpdateItem(Call& call);
Prepared PrepareUpdateTable(Call& call);
Prepared PrepareUpdateTimeToLive(Call& call);

}  // namespace basalt::operations::dynamodb

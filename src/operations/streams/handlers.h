// How each operation's calls of DynamoDB Streams are prepared; one function a file of the same name, one row each in
// operations.cc.
#pragma once

#include <memory>

#include "operations/operation.h"

namespace basalt::operations::streams {

using Prepared = Result<std::unique_ptr<PreparedCall>>;

Prepared PrepareDescribeStream(Call& call);
Prepared PrepareGetRecords(Call& call);
Prepared PrepareGetShardIterator(Call& call);
Prepared PrepareListStreams(Call& call);

}  // namespace basalt::operations::streams

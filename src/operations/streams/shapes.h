// Request shapes of the operations of DynamoDB Streams. Source: the published API model of version 2012-08-10.
#pragma once

#include "operations/shape.h"

namespace basalt::operations::streams {

extern const Shape kDescribeStreamInput;
extern const Shape kGetRecordsInput;
extern const Shape kGetShardIteratorInput;
extern const Shape kListStreamsInput;

}  // namespace basalt::operations::streams

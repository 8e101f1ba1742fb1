// Registry rows of DynamoDB Streams. Adding an operation: its file, its shape, its row.
#include <array>

#include "operations/streams/handlers.h"
#include "operations/streams/shapes.h"

namespace basalt::operations::streams {

std::span<const Operation> Operations() {
  static constexpr std::array<Operation, 4> kOperations = {{
      {"ListStreams", "dynamodb:ListStreams", AccessClass::kRead, &kListStreamsInput, PrepareListStreams, nullptr,
       true},
      {"DescribeStream", "dynamodb:DescribeStream", AccessClass::kRead, &kDescribeStreamInput, PrepareDescribeStream,
       nullptr, true},
      {"GetShardIterator", "dynamodb:GetShardIterator", AccessClass::kRead, &kGetShardIteratorInput,
       PrepareGetShardIterator},
      {"GetRecords", "dynamodb:GetRecords", AccessClass::kRead, &kGetRecordsInput, PrepareGetRecords},
  }};
  return kOperations;
}

}  // namespace basalt::operations::streams

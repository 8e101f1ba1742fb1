// Registry rows of DynamoDB Streams. Adding an operation: its file, its shape, its row.
#include <array>

#include "operations/streams/handlers.h"
#include "operations/streams/shapes.h"

namespace basalt::operations::streams {

std::span<const Operation> Operations() {
  constexpr bool kUnsigned = true;
  constexpr bool kManages = true;
  static constexpr std::array<Operation, 4> kOperations = {{
      {"ListStreams", "dynamodb:ListStreams", AccessClass::kRead, &kListStreamsInput, PrepareListStreams, nullptr,
       Grantable::kNowhere, !kUnsigned, kManages},
      {"DescribeStream", "dynamodb:DescribeStream", AccessClass::kRead, &kDescribeStreamInput, PrepareDescribeStream,
       nullptr, Grantable::kOnStreamsToAll, !kUnsigned, kManages},
      {"GetShardIterator", "dynamodb:GetShardIterator", AccessClass::kRead, &kGetShardIteratorInput,
       PrepareGetShardIterator, nullptr, Grantable::kOnStreamsToAll},
      {"GetRecords", "dynamodb:GetRecords", AccessClass::kRead, &kGetRecordsInput, PrepareGetRecords, nullptr,
       Grantable::kOnStreamsToAll},
  }};
  return kOperations;
}

}  // namespace basalt::operations::streams

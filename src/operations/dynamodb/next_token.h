// NextToken: where a SELECT goes on, as text that means something to the same statement alone. It begins with a digest
// of the rest and of what it is for, so one that was cut, changed or given to another statement is told. It is no
// secret and proves nothing of who made it: whoever reads it checks that the position lies where the statement reads.
//
//   base64( format version (1 byte) | SHA-256 (32 bytes) | partition (1 byte) | key )
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace basalt::operations::dynamodb {

struct ReadPosition {
  size_t partition = 0;  // of those that the statement reads, in their order; up to 255
  std::string key;       // the engine's bytes of the last key there that was read; empty: none yet

  friend bool operator==(const ReadPosition&, const ReadPosition&) = default;
};

// `purpose`: the bytes of all that has to be the same when the token comes back.
std::string EncodeNextToken(const ReadPosition& position, std::string_view purpose);
// kValidation.
Result<ReadPosition> DecodeNextToken(std::string_view token, std::string_view purpose);

Error NextTokenMismatch();

}  // namespace basalt::operations::dynamodb

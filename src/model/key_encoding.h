// Keys as bytes. Encoded values sort (unsigned) as DynamoDB orders them: S by UTF-8 bytes, B by bytes, N by value.
//   engine key of an item = big-endian 32-bit hash of the encoded partition value (XXH3, seeded per table)
//                           || encoded partition value || encoded sort value
// Encoded strings and binaries are self-delimiting: 00 becomes 00 FF and the end is 00 00.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "model/value.h"

namespace basalt::model {

void AppendOrdered(std::string& out, const Value& scalar);  // S, N or B
// The same without the end mark, so that it is a prefix of every value that begins with `text` (S, B).
void AppendOrderedPrefix(std::string& out, const Value& scalar);
Result<Value> DecodeOrdered(std::string_view& bytes, Type type, Arena& arena);  // consumes from the front; kCorruption

uint32_t PartitionHash(uint64_t seed, const Value& partition);
// Big-endian hash, then the encoded partition value: the common prefix of an item collection.
std::string PartitionPrefix(uint64_t seed, const Value& partition);
// The same for a global index whose partition key has several attributes, encoded one after the other.
std::string PartitionPrefix(uint64_t seed, std::span<const Value> partition);

inline constexpr size_t kPartitionHashBytes = 4;

}  // namespace basalt::model

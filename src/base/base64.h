// Base64 of RFC 4648 with padding. Decoding is strict; what is wrong is told apart because DynamoDB has a text
// for each defect.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace basalt {

inline constexpr size_t Base64EncodedSize(size_t byte_count) { return (byte_count + 2) / 3 * 4; }
void AppendBase64(std::string& out, std::string_view bytes);
std::string Base64Encode(std::string_view bytes);

enum class Base64Defect {
  kNone,
  kLength,        // not a multiple of four
  kCharacter,     // outside the alphabet, or padding elsewhere than at the end
  kTrailingBits,  // the last character carries bits that no byte uses
};

// `out` has room for `text.size() / 4 * 3` bytes; `size` becomes the number written.
Base64Defect Base64Decode(std::string_view text, char* out, size_t& size);

}  // namespace basalt

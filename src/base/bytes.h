// Bytes travel as std::string_view and are owned by std::string. Here: fixed-width big-endian integers (what
// sorts as bytes), little-endian varints, hex, and a reader that cannot run past its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace basalt {

void AppendBigEndian16(std::string& out, uint16_t value);
void AppendBigEndian32(std::string& out, uint32_t value);
void AppendBigEndian64(std::string& out, uint64_t value);
uint16_t ReadBigEndian16(const char* at);
uint32_t ReadBigEndian32(const char* at);
uint64_t ReadBigEndian64(const char* at);

void AppendVarint(std::string& out, uint64_t value);
void AppendLengthPrefixed(std::string& out, std::string_view bytes);  // varint length, then the bytes

// Reads from the front of a view. Every method answers nullopt, having moved nothing, if too few bytes are left
// or a varint is malformed.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::optional<uint8_t> Read8();
  std::optional<uint16_t> Read16();
  std::optional<uint32_t> Read32();
  std::optional<uint64_t> Read64();
  std::optional<uint64_t> ReadVarint();
  std::optional<std::string_view> ReadBytes(size_t count);
  std::optional<std::string_view> ReadLengthPrefixed();
  std::string_view rest() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

std::string HexEncode(std::string_view bytes);  // lower case
std::optional<std::string> HexDecode(std::string_view text);

}  // namespace basalt

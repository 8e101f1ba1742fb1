#include "base/bytes.h"

#include <array>

namespace basalt {
namespace {

template <class T>
void AppendBigEndian(std::string& out, T value) {
  std::array<char, sizeof(T)> bytes{};
  for (size_t i = 0; i < sizeof(T); ++i) {
    bytes[sizeof(T) - 1 - i] = static_cast<char>(static_cast<uint8_t>(value >> (8 * i)));
  }
  out.append(bytes.data(), bytes.size());
}

template <class T>
T ReadBigEndian(const char* at) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<uint8_t>(at[i]));
  }
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

}  // namespace

void AppendBigEndian16(std::string& out, uint16_t value) { AppendBigEndian(out, value); }
void AppendBigEndian32(std::string& out, uint32_t value) { AppendBigEndian(out, value); }
void AppendBigEndian64(std::string& out, uint64_t value) { AppendBigEndian(out, value); }
uint16_t ReadBigEndian16(const char* at) { return ReadBigEndian<uint16_t>(at); }
uint32_t ReadBigEndian32(const char* at) { return ReadBigEndian<uint32_t>(at); }
uint64_t ReadBigEndian64(const char* at) { return ReadBigEndian<uint64_t>(at); }

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(value | 0x80)));
    value >>= 7;
  }
  out.push_back(static_cast<char>(static_cast<uint8_t>(value)));
}

void AppendLengthPrefixed(std::string& out, std::string_view bytes) {
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

std::optional<uint8_t> ByteReader::Read8() {
  const auto bytes = ReadBytes(1);
  return bytes ? std::optional(static_cast<uint8_t>((*bytes)[0])) : std::nullopt;
}
std::optional<uint16_t> ByteReader::Read16() {
  const auto bytes = ReadBytes(2);
  return bytes ? std::optional(ReadBigEndian16(bytes->data())) : std::nullopt;
}
std::optional<uint32_t> ByteReader::Read32() {
  const auto bytes = ReadBytes(4);
  return bytes ? std::optional(ReadBigEndian32(bytes->data())) : std::nullopt;
}
std::optional<uint64_t> ByteReader::Read64() {
  const auto bytes = ReadBytes(8);
  return bytes ? std::optional(ReadBigEndian64(bytes->data())) : std::nullopt;
}

std::optional<uint64_t> ByteReader::ReadVarint() {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes_.size() && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(bytes_[i]);
    if (i == 9 && byte > 1) {
      return std::nullopt;
    }
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      bytes_.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> ByteReader::ReadBytes(size_t count) {
  if (count > bytes_.size()) {
    return std::nullopt;
  }
  const std::string_view taken = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return taken;
}

std::optional<std::string_view> ByteReader::ReadLengthPrefixed() {
  const std::string_view before = bytes_;
  if (const auto length = ReadVarint()) {
    if (const auto bytes = ReadBytes(*length)) {
      return bytes;
    }
  }
  bytes_ = before;
  return std::nullopt;
}

std::string HexEncode(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0xf]);
  }
  return text;
}

std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes.push_back(static_cast<char>(static_cast<uint8_t>((high << 4) | low)));
  }
  return bytes;
}

}  // namespace basalt

#include "base/base64.h"

#include <array>
#include <cstdint>

namespace basalt {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kInvalid = 0xff;

constexpr std::array<uint8_t, 256> MakeDecodeTable() {
  std::array<uint8_t, 256> table{};
  for (uint8_t& entry : table) {
    entry = kInvalid;
  }
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return table;
}

constexpr std::array<uint8_t, 256> kDecodeTable = MakeDecodeTable();

uint32_t Sextet(char c) { return kDecodeTable[static_cast<uint8_t>(c)]; }
uint32_t Octet(char c) { return static_cast<uint8_t>(c); }
char AsChar(uint32_t value) { return static_cast<char>(static_cast<uint8_t>(value)); }

}  // namespace

void AppendBase64(std::string& out, std::string_view bytes) {
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group = Octet(bytes[i]) << 16 | Octet(bytes[i + 1]) << 8 | Octet(bytes[i + 2]);
    const std::array<char, 4> text = {kAlphabet[group >> 18], kAlphabet[group >> 12 & 63], kAlphabet[group >> 6 & 63],
                                      kAlphabet[group & 63]};
    out.append(text.data(), text.size());
  }
  if (bytes.size() - i == 1) {
    const uint32_t group = Octet(bytes[i]);
    out.append({kAlphabet[group >> 2], kAlphabet[group << 4 & 63], '=', '='});
  } else if (bytes.size() - i == 2) {
    const uint32_t group = Octet(bytes[i]) << 8 | Octet(bytes[i + 1]);
    out.append({kAlphabet[group >> 10], kAlphabet[group >> 4 & 63], kAlphabet[group << 2 & 63], '='});
  }
}

std::string Base64Encode(std::string_view bytes) {
  std::string text;
  text.reserve(Base64EncodedSize(bytes.size()));
  AppendBase64(text, bytes);
  return text;
}

Base64Defect Base64Decode(std::string_view text, char* out, size_t& size) {
  size = 0;
  if (text.size() % 4 != 0) {
    return Base64Defect::kLength;
  }
  size_t padding = 0;
  if (!text.empty() && text.back() == '=') {
    padding = text[text.size() - 2] == '=' ? 2 : 1;
  }
  const size_t whole = padding == 0 ? text.size() : text.size() - 4;
  size_t i = 0;
  for (; i < whole; i += 4) {
    const uint32_t a = Sextet(text[i]);
    const uint32_t b = Sextet(text[i + 1]);
    const uint32_t c = Sextet(text[i + 2]);
    const uint32_t d = Sextet(text[i + 3]);
    if (((a | b | c | d) & 0x80) != 0) {
      return Base64Defect::kCharacter;
    }
    const uint32_t group = a << 18 | b << 12 | c << 6 | d;
    out[size++] = AsChar(group >> 16);
    out[size++] = AsChar(group >> 8);
    out[size++] = AsChar(group);
  }
  if (padding == 0) {
    return Base64Defect::kNone;
  }
  const uint32_t a = Sextet(text[i]);
  const uint32_t b = Sextet(text[i + 1]);
  const uint32_t c = padding == 1 ? Sextet(text[i + 2]) : 0;
  if (((a | b | c) & 0x80) != 0) {
    return Base64Defect::kCharacter;
  }
  const uint32_t unused_bits = padding == 1 ? c & 3 : b & 15;
  if (unused_bits != 0) {
    return Base64Defect::kTrailingBits;
  }
  out[size++] = AsChar(a << 2 | b >> 4);
  if (padding == 1) {
    out[size++] = AsChar(b << 4 | c >> 2);
  }
  return Base64Defect::kNone;
}

}  // namespace basalt

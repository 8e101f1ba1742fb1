// PROXY headers as a proxy would write them, for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace basalt::http {

using namespace std::string_view_literals;

inline constexpr std::string_view kProxySignature = "\r\n\r\n\0\r\nQUIT\n"sv;
inline constexpr char kLocalCommand = 0x20;
inline constexpr char kProxyCommand = 0x21;
inline constexpr char kTcp4 = 0x11;
inline constexpr char kTcp6 = 0x21;
// Source 192.0.2.7:56324, destination 10.0.0.1:443; and 2001:db8::7 from the same port.
inline constexpr std::string_view kAddresses4 = "\xC0\x00\x02\x07\x0A\x00\x00\x01\xDC\x04\x01\xBB"sv;
inline constexpr std::string_view kAddresses6 =
    "\x20\x01\x0D\xB8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07"
    "\x20\x01\x0D\xB8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xDC\x04\x01\xBB"sv;

inline std::string BigEndian16(size_t number) {
  return {static_cast<char>(number >> 8U & 0xFFU), static_cast<char>(number & 0xFFU)};
}

inline std::string MakeProxyHeader(char command, char family, std::string_view content) {
  std::string header(kProxySignature);
  header.push_back(command);
  header.push_back(family);
  return header.append(BigEndian16(content.size())).append(content);
}

inline std::string ProxyField(uint8_t type, std::string_view value) {
  return std::string(1, static_cast<char>(type)).append(BigEndian16(value.size())).append(value);
}

// Of a client at 192.0.2.7, with these fields.
inline std::string ClientHeader(std::string_view fields = "") {
  return MakeProxyHeader(kProxyCommand, kTcp4, std::string(kAddresses4).append(fields));
}

}  // namespace basalt::http

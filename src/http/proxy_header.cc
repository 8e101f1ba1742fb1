// Reads PROXY headers, version 2, field by field.
#include "http/proxy_header.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"

namespace basalt::http {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr unsigned kVersion = 2;
constexpr unsigned kLocal = 0;  // commands
constexpr unsigned kProxied = 1;
constexpr uint8_t kTcpOverIpv4 = 0x11;  // families
constexpr uint8_t kTcpOverIpv6 = 0x21;
constexpr size_t kIpv4Bytes = 12;  // addresses, then ports, of source and destination
constexpr size_t kIpv6Bytes = 36;

// Types of what follows the addresses.
constexpr uint8_t kChecksum = 0x03;
constexpr uint8_t kTls = 0x20;
constexpr uint8_t kOfAws = 0xEA;
constexpr char kEndpoint = 0x01;  // a subtype of kOfAws
constexpr size_t kChecksumBytes = 4;
constexpr size_t kTlsBytesMin = 5;
constexpr uint8_t kOverTls = 0x01;  // a flag of kTls

Error Refused(std::string_view what) { return Error(Reason::kInvalidArgument, std::string(what)); }

uint8_t ByteAt(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }
size_t ShortAt(std::string_view bytes, size_t at) { return size_t{ByteAt(bytes, at)} << 8U | ByteAt(bytes, at + 1); }

// CRC-32C with the bytes of [hole, hole + kChecksumBytes) as zeros. A header is short.
uint32_t Checksum(std::string_view bytes, size_t hole) {
  constexpr uint32_t kReversedPolynomial = 0x82F63B78;
  uint32_t crc = ~uint32_t{0};
  for (size_t i = 0; i < bytes.size(); ++i) {
    crc ^= i >= hole && i < hole + kChecksumBytes ? 0U : ByteAt(bytes, i);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1U ^ ((crc & 1U) != 0 ? kReversedPolynomial : 0U);
    }
  }
  return ~crc;
}

// The source, which stands first.
void ReadAddress(std::string_view addresses, bool is_v6, ProxyHeader& header) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);
  const bool is_mapped = is_v6 && addresses.starts_with(kMapped);
  inet_ntop(is_v6 && !is_mapped ? AF_INET6 : AF_INET, addresses.data() + (is_mapped ? kMapped.size() : 0), text.data(),
            text.size());
  header.ip = text.data();
  header.port = static_cast<uint16_t>(ShortAt(addresses, is_v6 ? 32 : 8));
}

class Fields {
 public:
  Fields(std::string_view whole, size_t begin, ProxyHeader& header) : whole_(whole), at_(begin), header_(header) {}

  Status Read() {
    while (at_ < whole_.size()) {
      constexpr size_t kHeadBytes = 3;  // type and length
      if (whole_.size() - at_ < kHeadBytes || whole_.size() - at_ - kHeadBytes < ShortAt(whole_, at_ + 1)) {
        return Refused("a field ends behind its header");
      }
      const uint8_t type = ByteAt(whole_, at_);
      const std::string_view value = whole_.substr(at_ + kHeadBytes, ShortAt(whole_, at_ + 1));
      TRY(Take(type, value));
      at_ += kHeadBytes + value.size();
    }
    return {};
  }

 private:
  Status Take(uint8_t type, std::string_view value) {
    switch (type) {
      case kChecksum:
        return TakeChecksum(value);
      case kTls:
        if (value.size() < kTlsBytesMin) {
          return Refused("its field for TLS is too short");
        }
        header_.tls = (ByteAt(value, 0) & kOverTls) != 0;
        return {};
      case kOfAws:
        return value.starts_with(kEndpoint) ? TakeEndpoint(value.substr(1)) : Status();
      default:
        return {};
    }
  }

  Status TakeChecksum(std::string_view value) const {
    if (value.size() != kChecksumBytes) {
      return Refused("its checksum has another length");
    }
    const auto hole = static_cast<size_t>(value.data() - whole_.data());
    if (Checksum(whole_, hole) != (ShortAt(value, 0) << 16U | ShortAt(value, 2))) {
      return Refused("its checksum is another");
    }
    return {};
  }

  Status TakeEndpoint(std::string_view id) {
    const bool is_visible = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (id.empty() || !is_visible) {
      return Refused("its endpoint is no id");
    }
    if (!header_.endpoint.empty()) {
      return Refused("it names two endpoints");
    }
    header_.endpoint = id;
    return {};
  }

  std::string_view whole_;
  size_t at_;
  ProxyHeader& header_;
};

}  // namespace

bool MayBeProxyHeader(std::string_view bytes) {
  const size_t compared = std::min(bytes.size(), kSignature.size());
  return bytes.substr(0, compared) == kSignature.substr(0, compared);
}

Result<size_t> ProxyHeaderSize(std::string_view prefix) {
  BASALT_CHECK(prefix.size() == kProxyPrefixBytes);
  if (!MayBeProxyHeader(prefix)) {
    return Refused("it does not begin with its signature");
  }
  if (ByteAt(prefix, 12) >> 4U != kVersion) {
    return Refused("it is of another version");
  }
  const size_t size_bytes = kProxyPrefixBytes + ShortAt(prefix, 14);
  if (size_bytes > kProxyHeaderBytesMax) {
    return Refused("it is too long");
  }
  return size_bytes;
}

Result<ProxyHeader> ParseProxyHeader(std::string_view header) {
  const unsigned command = ByteAt(header, 12) & 0x0FU;
  const uint8_t family = ByteAt(header, 13);
  ProxyHeader parsed;
  if (command == kLocal) {
    parsed.is_local = true;
    return parsed;
  }
  if (command != kProxied) {
    return Refused("its command is not known");
  }
  if (family != kTcpOverIpv4 && family != kTcpOverIpv6) {
    return Refused("it speaks of a connection that is not TCP");
  }
  const bool is_v6 = family == kTcpOverIpv6;
  const size_t fields = kProxyPrefixBytes + (is_v6 ? kIpv6Bytes : kIpv4Bytes);
  if (header.size() < fields) {
    return Refused("it ends within its addresses");
  }
  ReadAddress(header.substr(kProxyPrefixBytes), is_v6, parsed);
  TRY(Fields(header, fields, parsed).Read());
  return parsed;
}

}  // namespace basalt::http

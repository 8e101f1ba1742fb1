// Any bytes: a header that is taken tells an address, its size is the one announced, and bytes cut off or put behind
// make it another or none.
#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/proxy_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (size_t i = 0; i < size && i < kProxyPrefixBytes; ++i) {
    BASALT_CHECK(MayBeProxyHeader(input.substr(0, i)) || !MayBeProxyHeader(input.substr(0, i + 1)));
  }
  if (size < kProxyPrefixBytes) {
    return 0;
  }
  const auto size_bytes = ProxyHeaderSize(input.substr(0, kProxyPrefixBytes));
  if (!size_bytes.ok()) {
    return 0;
  }
  BASALT_CHECK(MayBeProxyHeader(input) && *size_bytes >= kProxyPrefixBytes && *size_bytes <= kProxyHeaderBytesMax);
  if (size < *size_bytes) {
    return 0;
  }
  const std::string header(input.substr(0, *size_bytes));  // so that reading behind it is noticed
  const auto parsed = ParseProxyHeader(header);
  if (!parsed.ok()) {
    BASALT_CHECK(!parsed.error().text.empty());
    return 0;
  }
  std::array<uint8_t, 16> address{};
  BASALT_CHECK(parsed->is_local == parsed->ip.empty());
  BASALT_CHECK(parsed->is_local || inet_pton(AF_INET, parsed->ip.c_str(), address.data()) == 1 ||
               inet_pton(AF_INET6, parsed->ip.c_str(), address.data()) == 1);
  BASALT_CHECK(parsed->endpoint.find('\0') == std::string::npos);
  return 0;
}

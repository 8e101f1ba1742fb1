// Accept-Encoding of any bytes: no crash, and splitting a list over several headers changes nothing.
#include "server/accept_encoding.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using basalt::http::Header;
  const std::string value(static_cast<const char*>(static_cast<const void*>(data)), size);
  const std::vector<Header> whole = {{"Accept-Encoding", value}};
  std::vector<Header> parts;
  for (size_t at = 0; at <= value.size();) {
    const size_t end = std::min(value.find(',', at), value.size());
    parts.push_back({"accept-encoding", std::string_view(value).substr(at, end - at)});
    at = end + 1;
  }
  BASALT_CHECK(basalt::server::AcceptsGzip(whole) == basalt::server::AcceptsGzip(parts));
  return 0;
}

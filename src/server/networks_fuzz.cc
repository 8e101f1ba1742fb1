// Arbitrary headers of a trusted proxy, and of one that is not: what is found is an address or nothing, an endpoint is
// one that was named, and strangers change nothing. Each line is a header; its first byte says which.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "server/networks.h"

namespace {

using namespace basalt;          // NOLINT(google-build-using-namespace)
using namespace basalt::server;  // NOLINT(google-build-using-namespace)

const Networks& TestNetworks() {
  static const Networks networks([] {
    NetworkSettings settings;
    settings.trusted_proxies = {*policy::ParseNetwork("10.0.0.0/8"), *policy::ParseNetwork("fd00::/8")};
    settings.named = {{{"vpc-1", "vpce-1"}, {*policy::ParseNetwork("192.0.2.0/24")}},
                      {{"vpc-2", "vpce-2"}, {*policy::ParseNetwork("2001:db8::/32")}}};
    return settings;
  }());
  return networks;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::array<std::string_view, 4> kNames = {"X-Forwarded-For", "x-forwarded-proto", "X-Ddb-Vpce", "Other"};
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<http::Header> headers;
  while (!rest.empty() && headers.size() < 128) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
    if (!line.empty()) {
      headers.push_back({kNames[static_cast<uint8_t>(line[0]) % kNames.size()], line.substr(1)});
    }
  }
  const http::PeerAddress proxy = {.ip = "10.0.0.1", .endpoint = {}};
  const operations::Route route = TestNetworks().FindRoute(&proxy, headers);
  BASALT_CHECK(route.address.empty() || policy::ParseNetwork(route.address));
  BASALT_CHECK(route.vpc.empty() || !route.endpoint.empty());
  const http::PeerAddress stranger = {.ip = "203.0.113.1", .endpoint = {}};
  const operations::Route unchanged = TestNetworks().FindRoute(&stranger, headers);
  BASALT_CHECK(unchanged.address == stranger.ip && !unchanged.secure && !unchanged.ThroughEndpoint());
  return 0;
}

// Networks: which listener, proxy, header or prefix wins.
#include "server/networks.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace basalt::server {
namespace {

using Headers = std::vector<http::Header>;

std::vector<policy::Network> NetworksOf(const std::vector<std::string>& texts) {
  std::vector<policy::Network> networks;
  for (const std::string& text : texts) {
    networks.push_back(*policy::ParseNetwork(text));
  }
  return networks;
}

// "address secure? vpc/endpoint"
std::string Shown(const operations::Route& route) {
  std::string text = (route.address.empty() ? "nobody" : route.address) + (route.secure ? " secure" : "");
  return route.ThroughEndpoint() ? text + " " + route.vpc + "/" + route.endpoint : text;
}

class NetworksTest : public ::testing::Test {
 protected:
  NetworksTest() {
    settings_.trusted_proxies = NetworksOf({"10.0.0.0/8", "fd00::/8", "127.0.0.1"});
    settings_.listeners = {{}, {"vpc-1", "vpce-1"}, {"", "vpce-2"}, {"vpc-3", ""}};
    settings_.named = {
        {{"vpc-a", "vpce-a"}, NetworksOf({"192.0.0.0/16", "2001:db8::/32"})},
        {{"vpc-b", "vpce-b"}, NetworksOf({"192.0.2.0/24", "2001:db8:0:1::/64"})},
        {{"vpc-c", ""}, NetworksOf({"192.0.2.7"})},
        {{"vpc-d", "vpce-d"}, {}},
    };
  }

  std::string Show(const http::PeerAddress& peer, const Headers& headers = {}) const {
    return Shown(Networks(settings_).FindRoute(&peer, headers));
  }
  std::string ShowFrom(const std::string& ip, const Headers& headers = {}) const {
    return Show(http::PeerAddress{.ip = ip}, headers);
  }

  NetworkSettings settings_;
};

TEST_F(NetworksTest, OfAnUnknownPeerNothingIsKnown) {
  EXPECT_EQ(Shown(Networks(settings_).FindRoute(nullptr, {})), "nobody");
  EXPECT_EQ(ShowFrom(""), "nobody");
}

TEST_F(NetworksTest, APeerIsWhereItSpeaksFrom) {
  EXPECT_EQ(ShowFrom("203.0.113.1"), "203.0.113.1");
  EXPECT_EQ(Show({.ip = "203.0.113.1", .tls = true}), "203.0.113.1 secure");
  EXPECT_EQ(ShowFrom("2001:db9::1"), "2001:db9::1");
  EXPECT_EQ(ShowFrom("10.0.0.1"), "10.0.0.1");  // a proxy that speaks for itself
}

TEST_F(NetworksTest, TheLongestPrefixNamesTheEndpoint) {
  EXPECT_EQ(ShowFrom("192.0.1.1"), "192.0.1.1 vpc-a/vpce-a");
  EXPECT_EQ(ShowFrom("192.0.2.1"), "192.0.2.1 vpc-b/vpce-b");
  EXPECT_EQ(ShowFrom("192.0.2.7"), "192.0.2.7 vpc-c/");
  EXPECT_EQ(ShowFrom("2001:db8::1"), "2001:db8::1 vpc-a/vpce-a");
  EXPECT_EQ(ShowFrom("2001:db8:0:1::1"), "2001:db8:0:1::1 vpc-b/vpce-b");
  EXPECT_EQ(ShowFrom("::ffff:192.0.2.1"), "::ffff:192.0.2.1 vpc-b/vpce-b");
  EXPECT_EQ(ShowFrom("192.1.0.1"), "192.1.0.1");
}

TEST_F(NetworksTest, HeadersOfOthersThanTrustedProxiesAreNotLookedAt) {
  const Headers forged = {{"X-Forwarded-For", "192.0.2.1"},
                          {"X-Forwarded-Proto", "https"},
                          {"X-Ddb-Vpce", "vpce-d"},
                          {"Forwarded", "for=1"}};
  EXPECT_EQ(ShowFrom("203.0.113.1", forged), "203.0.113.1");
  EXPECT_EQ(ShowFrom("11.0.0.1", forged), "11.0.0.1");
  EXPECT_EQ(ShowFrom("", forged), "nobody");
  EXPECT_EQ(ShowFrom("10.0.0.1", forged), "192.0.2.1 secure vpc-d/vpce-d");
  EXPECT_EQ(ShowFrom("::ffff:10.0.0.1", forged), "192.0.2.1 secure vpc-d/vpce-d");
  EXPECT_EQ(ShowFrom("fd00::1", forged), "192.0.2.1 secure vpc-d/vpce-d");
  settings_.trusted_proxies.clear();
  EXPECT_EQ(ShowFrom("10.0.0.1", forged), "10.0.0.1");
}

TEST_F(NetworksTest, TheClientIsTheLastHopThatIsNoTrustedProxy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"203.0.113.1", "203.0.113.1"},
      {"198.51.100.1, 203.0.113.1", "203.0.113.1"},  // what stands before it is its own word
      {"198.51.100.1, 203.0.113.1, 10.0.0.2, fd00::2", "203.0.113.1"},
      {"198.51.100.1,203.0.113.1 ,\t10.0.0.2", "203.0.113.1"},
      {"10.0.0.3, 10.0.0.2", "10.0.0.3"},  // a client among the proxies
      {"203.0.113.1:4711, 10.0.0.2:80", "203.0.113.1"},
      {"[2001:db9::1]:4711, [fd00::2]", "2001:db9::1"},
      {"2001:db9::1", "2001:db9::1"},
      {"203.0.113.1, unknown, 10.0.0.2", "nobody"},
      {"203.0.113.1, ", "nobody"},
      {"", "nobody"},
      {"203.0.113.0/24", "nobody"},
      {"[2001:db9::1", "nobody"},
      {"[2001:db9::1]x", "nobody"},
      {"_hidden", "nobody"},
  };
  for (const auto& [hops, client] : cases) {
    EXPECT_EQ(ShowFrom("10.0.0.1", {{"x-forwarded-for", hops}}), client) << hops;
  }
  // Several headers are one list.
  EXPECT_EQ(ShowFrom("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "203.0.113.1, 10.0.0.2"}}),
            "203.0.113.1");
  EXPECT_EQ(ShowFrom("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "10.0.0.2"}}),
            "198.51.100.1");
}

TEST_F(NetworksTest, ARequestIsSecureIfItsWholeWayIs) {
  const auto secure = [this](bool tls, const Headers& headers) {
    const http::PeerAddress proxy = {.ip = "10.0.0.1", .tls = tls};
    return Networks(settings_).FindRoute(&proxy, headers).secure;
  };
  EXPECT_TRUE(secure(true, {}));
  EXPECT_FALSE(secure(false, {}));
  EXPECT_TRUE(secure(false, {{"X-Forwarded-Proto", "HTTPS"}}));
  EXPECT_FALSE(secure(true, {{"X-Forwarded-Proto", "http"}}));
  EXPECT_FALSE(secure(false, {{"X-Forwarded-Proto", "https, http"}}));
  EXPECT_FALSE(secure(false, {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Proto", "http"}}));
  EXPECT_TRUE(secure(false, {{"X-Forwarded-Proto", "https,https"}}));
}

TEST_F(NetworksTest, TheFirstThatNamesAnEndpointDoes) {
  const Headers header = {{"X-Ddb-Vpce", "vpce-b"}, {"X-Forwarded-For", "192.0.1.1"}};
  // The listener, then the PROXY header, then the header, then the network.
  EXPECT_EQ(Show({.ip = "10.0.0.1", .listener = 1, .endpoint = "vpce-d"}, header), "192.0.1.1 vpc-1/vpce-1");
  EXPECT_EQ(Show({.ip = "10.0.0.1", .listener = 2, .endpoint = "vpce-d"}, header), "192.0.1.1 /vpce-2");
  EXPECT_EQ(Show({.ip = "10.0.0.1", .listener = 3, .endpoint = "vpce-d"}, header), "192.0.1.1 vpc-3/");
  EXPECT_EQ(Show({.ip = "10.0.0.1", .listener = 0, .endpoint = "vpce-d"}, header), "192.0.1.1 vpc-d/vpce-d");
  EXPECT_EQ(Show({.ip = "10.0.0.1", .listener = 9, .endpoint = ""}, header), "192.0.1.1 vpc-b/vpce-b");
  EXPECT_EQ(ShowFrom("10.0.0.1", {header[1]}), "192.0.1.1 vpc-a/vpce-a");
  // Behind a proxy that passes on whom it does not trust, headers are the client's own.
  EXPECT_EQ(Show({.ip = "203.0.113.1", .endpoint = "vpce-d"}, header), "203.0.113.1 vpc-d/vpce-d");
  // An endpoint of which only the id is known; an empty one is none; the last word is the nearest proxy's.
  EXPECT_EQ(ShowFrom("10.0.0.1", {{"X-Ddb-Vpce", "vpce-x"}}), "10.0.0.1 /vpce-x");
  EXPECT_EQ(ShowFrom("10.0.0.1", {{"X-Ddb-Vpce", ""}}), "10.0.0.1");
  EXPECT_EQ(ShowFrom("10.0.0.1", {{"X-Ddb-Vpce", "vpce-a"}, {"x-ddb-vpce", "vpce-b, vpce-1"}}),
            "10.0.0.1 vpc-1/vpce-1");
  settings_.endpoint_header = "X-Other";
  EXPECT_EQ(ShowFrom("10.0.0.1", {{"X-Ddb-Vpce", "vpce-a"}}), "10.0.0.1");
  EXPECT_EQ(ShowFrom("10.0.0.1", {{"x-other", "vpce-a"}}), "10.0.0.1 vpc-a/vpce-a");
}

TEST_F(NetworksTest, EndpointsHaveThePoliciesTheyAreGiven) {
  EXPECT_FALSE(Networks(settings_).HasPolicies());
  EXPECT_EQ(Networks(settings_).FindPolicy("vpce-a"), nullptr);
  settings_.policies["vpce-a"] =
      std::make_shared<const policy::Document>(policy::Document::Unreadable(policy::DocumentKind::kEndpoint));
  const Networks networks(settings_);
  EXPECT_TRUE(networks.HasPolicies());
  EXPECT_EQ(networks.FindPolicy("vpce-a"), settings_.policies["vpce-a"].get());
  EXPECT_EQ(networks.FindPolicy("vpce-b"), nullptr);
  EXPECT_EQ(networks.FindPolicy(""), nullptr);
}

}  // namespace
}  // namespace basalt::server

// Networks: what an operator has said of the ways that lead to a server: proxies that are believed, and the VPC
// endpoints that listeners and networks stand for. The first that names an endpoint for a request does:
//
//   1. the listener that it came to
//   2. the PROXY header of its connection, from a trusted proxy
//   3. a header of the request, from a trusted proxy
//   4. the network that the client's address lies in, by the longest prefix
//
// What others than trusted proxies say of themselves is not looked at. Immutable; any thread. Pure.
// Source: IAM User Guide, "AWS global condition context keys", properties of the network.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "operations/origin.h"
#include "policy/condition_value.h"
#include "policy/document.h"

namespace basalt::server {

// A way into a VPC; either may be unknown.
struct VpcEndpoint {
  std::string vpc;
  std::string endpoint;

  bool IsNamed() const { return !vpc.empty() || !endpoint.empty(); }
  bool operator==(const VpcEndpoint&) const = default;
};

inline constexpr std::string_view kDefaultEndpointHeader = "X-Ddb-Vpce";

struct NetworkSettings {
  struct Named {
    VpcEndpoint way;
    std::vector<policy::Network> networks;  // none: it only says which VPC the endpoint is of
  };

  std::vector<policy::Network> trusted_proxies;
  std::string endpoint_header = std::string(kDefaultEndpointHeader);
  std::vector<VpcEndpoint> listeners;  // by their numbers; not named: nothing is known of it
  std::vector<Named> named;
  std::map<std::string, std::shared_ptr<const policy::Document>, std::less<>> policies;  // by endpoint
};

class Networks {
 public:
  explicit Networks(NetworkSettings settings);
  Networks(const Networks&) = delete;
  Networks& operator=(const Networks&) = delete;

  bool IsTrusted(std::string_view ip) const;
  // Of a request with these headers from `peer`; null: from nowhere.
  operations::Route FindRoute(const http::PeerAddress* peer, std::span<const http::Header> headers) const;

  bool HasPolicies() const { return !settings_.policies.empty(); }
  // What the endpoint lets pass; null: everything.
  const policy::Document* FindPolicy(std::string_view endpoint) const;

 private:
  struct Prefix {
    policy::Network network;
    const VpcEndpoint* way;
  };

  bool IsTrusted(const policy::Network& address) const;
  VpcEndpoint FindWay(const http::PeerAddress& peer, std::string_view named_by_proxy, std::string_view address) const;
  VpcEndpoint WayOf(std::string_view endpoint) const;

  NetworkSettings settings_;
  std::vector<Prefix> prefixes_;                          // longest first
  std::map<std::string, std::string, std::less<>> vpcs_;  // by endpoint
};

}  // namespace basalt::server

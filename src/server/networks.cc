// Ways of requests, the first that says something.
#include "server/networks.h"

#include <algorithm>
#include <utility>

namespace basalt::server {
namespace {

std::optional<policy::Network> ParseAddress(std::string_view text) {
  return text.find('/') == std::string_view::npos ? policy::ParseNetwork(text) : std::nullopt;
}

bool AnyContains(const std::vector<policy::Network>& networks, const policy::Network& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const policy::Network& network) { return network.Contains(address); });
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// The elements of all headers of one name, which are lists, from the last to the first. `take` answers whether to go
// on.
template <class Take>
void WalkBack(std::span<const http::Header> headers, std::string_view name, Take take) {
  for (size_t i = headers.size(); i-- > 0;) {
    if (!http::EqualIgnoringCase(headers[i].name, name)) {
      continue;
    }
    std::string_view rest = headers[i].value;
    for (;;) {
      const size_t comma = rest.rfind(',');
      if (!take(Trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1)))) {
        return;
      }
      if (comma == std::string_view::npos) {
        break;
      }
      rest = rest.substr(0, comma);
    }
  }
}

// 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1] or [2001:db8::1]:80, as proxies write them.
std::string_view WithoutPort(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    const bool is_whole = end != std::string_view::npos && (end + 1 == text.size() || text[end + 1] == ':');
    return is_whole ? text.substr(1, end - 1) : std::string_view();
  }
  const size_t colon = text.find(':');
  return colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos ? text.substr(0, colon)
                                                                                                : text;
}

constexpr std::string_view kForwardedFor = "X-Forwarded-For";
constexpr std::string_view kForwardedProto = "X-Forwarded-Proto";

}  // namespace

Networks::Networks(NetworkSettings settings) : settings_(std::move(settings)) {
  const auto remember = [this](const VpcEndpoint& way) {
    if (!way.vpc.empty() && !way.endpoint.empty()) {
      vpcs_.emplace(way.endpoint, way.vpc);
    }
  };
  for (const NetworkSettings::Named& named : settings_.named) {
    for (const policy::Network& network : named.networks) {
      prefixes_.push_back({network, &named.way});
    }
    remember(named.way);
  }
  for (const VpcEndpoint& listener : settings_.listeners) {
    remember(listener);
  }
  std::stable_sort(prefixes_.begin(), prefixes_.end(),
                   [](const Prefix& a, const Prefix& b) { return a.network.prefix_bits > b.network.prefix_bits; });
}

bool Networks::IsTrusted(const policy::Network& address) const {
  return AnyContains(settings_.trusted_proxies, address);
}

bool Networks::IsTrusted(std::string_view ip) const {
  if (settings_.trusted_proxies.empty()) {
    return false;
  }
  const std::optional<policy::Network> address = ParseAddress(ip);
  return address && IsTrusted(*address);
}

operations::Route Networks::FindRoute(const http::PeerAddress* peer, std::span<const http::Header> headers) const {
  operations::Route route;
  if (peer == nullptr) {
    return route;
  }
  route.address = peer->ip;
  route.secure = peer->tls;
  std::string_view endpoint = peer->endpoint;
  if (IsTrusted(peer->ip)) {
    WalkBack(headers, kForwardedFor, [&](std::string_view hop) {
      const std::string_view text = WithoutPort(hop);
      const std::optional<policy::Network> address = ParseAddress(text);
      // Behind what is no address nobody is known.
      route.address = address ? text : std::string_view();
      return address && IsTrusted(*address);
    });
    // Each proxy adds what it was spoken to in; the whole way must be secure.
    bool is_first = true;
    WalkBack(headers, kForwardedProto, [&](std::string_view scheme) {
      const bool is_secure = http::EqualIgnoringCase(scheme, "https");
      route.secure = is_first ? is_secure : route.secure && is_secure;
      is_first = false;
      return true;
    });
    if (endpoint.empty()) {
      WalkBack(headers, settings_.endpoint_header, [&](std::string_view id) {
        endpoint = id;
        return false;
      });
    }
  }
  VpcEndpoint way = FindWay(*peer, endpoint, route.address);
  route.vpc = std::move(way.vpc);
  route.endpoint = std::move(way.endpoint);
  return route;
}

VpcEndpoint Networks::FindWay(const http::PeerAddress& peer, std::string_view named_by_proxy,
                              std::string_view address) const {
  if (peer.listener < settings_.listeners.size() && settings_.listeners[peer.listener].IsNamed()) {
    return settings_.listeners[peer.listener];
  }
  if (!named_by_proxy.empty()) {
    return WayOf(named_by_proxy);
  }
  if (const std::optional<policy::Network> client = ParseAddress(address); client && !prefixes_.empty()) {
    for (const Prefix& prefix : prefixes_) {
      if (prefix.network.Contains(*client)) {
        return *prefix.way;
      }
    }
  }
  return {};
}

VpcEndpoint Networks::WayOf(std::string_view endpoint) const {
  const auto vpc = vpcs_.find(endpoint);
  return {vpc == vpcs_.end() ? std::string() : vpc->second, std::string(endpoint)};
}

const policy::Document* Networks::FindPolicy(std::string_view endpoint) const {
  const auto found = settings_.policies.find(endpoint);
  return found == settings_.policies.end() ? nullptr : found->second.get();
}

}  // namespace basalt::server

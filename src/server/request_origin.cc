// Origins.
#include "server/request_origin.h"

namespace basalt::server {

const operations::Route& RequestOrigin::FindRoute() const {
  if (route_) {
    return *route_;
  }
  if (networks_ != nullptr) {
    return route_.emplace(networks_->Get().FindRoute(peer_, headers_));
  }
  operations::Route& route = route_.emplace();
  if (peer_ != nullptr) {
    route.address = peer_->ip;
    route.secure = peer_->tls;
  }
  return route;
}

std::optional<std::string_view> RequestOrigin::FindHeader(std::string_view name) const {
  for (const http::Header& header : headers_) {
    if (http::EqualIgnoringCase(header.name, name)) {
      return header.value;
    }
  }
  return std::nullopt;
}

const policy::Document* RequestOrigin::FindEndpointPolicy() const {
  if (networks_ == nullptr || !networks_->Get().HasPolicies()) {
    return nullptr;
  }
  const std::string_view endpoint = FindRoute().endpoint;
  return networks_->Get().FindPolicy(endpoint);
}

}  // namespace basalt::server

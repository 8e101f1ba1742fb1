// Origins.
#include "server/request_origin.h"

#include <string>

namespace basalt::server {

operations::Route RequestOrigin::FindRoute() const {
  operations::Route route;
  if (peer_ == nullptr) {
    return route;
  }
  // A listener of both families shows addresses of the older one inside the newer.
  constexpr std::string_view kMapped = "::ffff:";
  std::string_view address = peer_->ip;
  if (address.starts_with(kMapped) && address.find('.') != std::string_view::npos) {
    address.remove_prefix(kMapped.size());
  }
  route.address = address;
  route.secure = peer_->tls;
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

}  // namespace basalt::server

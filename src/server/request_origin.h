// Where a request came from and what its head says, read when a policy asks. The policy of an endpoint is what is in
// force when it is asked for, and valid until the loop's next request asks.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/published.h"
#include "http/message.h"
#include "operations/origin.h"
#include "server/networks.h"

namespace basalt::server {

class RequestOrigin final : public operations::Origin {
 public:
  // What `request` views outlives this, as does `networks`; null: the operator has said nothing of them.
  RequestOrigin(const http::Request& request, Subscriber<Networks>* networks)
      : headers_(request.head.headers), peer_(request.peer), networks_(networks) {}

  const operations::Route& FindRoute() const override;
  std::optional<std::string_view> FindHeader(std::string_view name) const override;
  const policy::Document* FindEndpointPolicy() const override;

 private:
  std::span<const http::Header> headers_;
  const http::PeerAddress* peer_;  // null: unknown
  Subscriber<Networks>* networks_;
  mutable std::optional<operations::Route> route_;  // once found
};

}  // namespace basalt::server

// Where a request came from and what its head says, read when a policy asks.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "http/message.h"
#include "operations/origin.h"

namespace basalt::server {

class RequestOrigin final : public operations::Origin {
 public:
  // What `request` views outlives this.
  explicit RequestOrigin(const http::Request& request) : headers_(request.head.headers), peer_(request.peer) {}

  operations::Route FindRoute() const override;
  std::optional<std::string_view> FindHeader(std::string_view name) const override;

 private:
  std::span<const http::Header> headers_;
  const http::PeerAddress* peer_;  // null: unknown
};

}  // namespace basalt::server

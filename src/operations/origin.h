// Where a request came from and what its head says, for policies that ask. Asked only then: nothing is computed for
// calls that no policy looks at.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/document.h"

namespace basalt::operations {

// The way that a request took to us.
struct Route {
  std::string address;  // of the client; empty if it has none (a unix socket) or a proxy does not say it
  bool secure = false;  // over TLS
  std::string vpc;      // of the endpoint that it came through; empty: through none
  std::string endpoint;

  bool ThroughEndpoint() const { return !vpc.empty() || !endpoint.empty(); }
};

class Origin {
 public:
  Origin() = default;
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  virtual ~Origin() = default;

  virtual const Route& FindRoute() const = 0;
  virtual std::optional<std::string_view> FindHeader(std::string_view name) const = 0;
  // What the endpoint that it came through lets pass; null: everything.
  virtual const policy::Document* FindEndpointPolicy() const = 0;
};

}  // namespace basalt::operations

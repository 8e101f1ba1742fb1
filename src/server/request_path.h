// The path of a request, in one place: admit -> HTTP -> route -> JSON syntax -> authenticate -> shape -> validate ->
// authorize -> plan -> execute -> audit -> answer. What cuts across operations happens here once, reading the
// operation's registry row. One RequestPath a loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/published.h"
#include "http/handler.h"
#include "operations/services.h"
#include "server/audit_step.h"
#include "server/networks.h"

namespace basalt::server {

struct RequestPathSettings {
  // Bounds of one loop: requests admitted and not yet answered, and the memory they hold (server/admission.h).
  uint64_t admitted_requests_max = 10'000;
  uint64_t admitted_bytes_max = uint64_t{512} << 20;
  size_t item_cache_bytes = size_t{64} << 20;  // of one loop, for items read by their key
  int64_t sigv4_skew_s = 300;
  std::shared_ptr<const Published<Networks>> networks;  // null: the operator has said nothing of them
  std::vector<std::string> host_names;                  // dev: Host may be these beside IP addresses and localhost
  std::vector<std::string> allowed_origins;             // dev: Origin may be these
  AuditSettings audit;
};

// `loop` is where the handler's requests live; `ready` is read for GET /ready. All references outlive the handler.
std::unique_ptr<http::Handler> NewRequestPath(Executor& loop, const operations::Services& services,
                                              const RequestPathSettings& settings);

}  // namespace basalt::server

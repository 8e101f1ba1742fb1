// The operator's API, served on a unix socket only: POST with a JSON body, JSON back.
//   /account/create      {"account": "111122223333"} -> {"account", "access_key_id", "secret_access_key"}
//   /account/reset-root  the same
//   /account/list        {} -> {"accounts": ["111122223333"]}
//   /access/report       {"table": ARN} -> who can reach it (operations/access_report.h)
//   /clock/advance       {"duration_ms": 604800000} -> {"time": "2026-11-29T08:15:00.000Z"}
//                        once all is done that is due then; 400 without a test clock
//   /audit/read          {"from": 1, "since_ms"/"since_ago_ms", "until_ms"/"until_ago_ms", "account"}
//                        -> {"records": [TEXT], "next": 17, "last": false}
//                        a page of the audit log, each record as the text of its JSON
// Errors: 400, 403 (another user's process), 404, 409, 500 with {"error": TEXT}. Runs on one loop.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "audit/log_reader.h"
#include "base/executor.h"
#include "http/handler.h"
#include "identity/directory.h"

namespace basalt::main {

inline constexpr uint64_t kAdminBodyBytesMax = uint64_t{64} << 10;

// Moves the service's clock on, does what is due and says what time it is; `done` may run, or go unheard, on any
// thread, but not once `loop` runs no more.
using AdvanceClock = std::function<void(int64_t duration_ms, engine::Done<int64_t> done)>;

// A page of the audit log, and the time by which it is kept; `done` as above.
struct AuditAccess {
  std::function<void(audit::PageQuery query, engine::Done<audit::Page> done)> read;
  std::function<int64_t()> now_ms;
};

// Who can reach a table, in JSON; `done` as above.
using ReportTableAccess = std::function<void(std::string table, engine::Done<std::string> done)>;

// `loop` is where the handler's requests live; `owner` may call, and root. Without a test clock `advance_clock` is
// empty. References outlive the handler, and it the running of the loop.
std::unique_ptr<http::Handler> NewAdminApi(Executor& loop, identity::Directory& directory, uid_t owner,
                                           ReportTableAccess report_access, AdvanceClock advance_clock = {},
                                           AuditAccess audit = {});

}  // namespace basalt::main

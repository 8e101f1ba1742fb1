#include "main/audit_retention.h"

#include <utility>

#include "telemetry/log.h"

namespace basalt::main {
namespace {

constexpr int64_t kPauseMs = 60'000;

}  // namespace

AuditRetention::AuditRetention(audit::Log& log, os::Clock& clock) : log_(log), work_("audit-trim", clock) { Look(); }

void AuditRetention::RunDue(UniqueFunction<void(Status)> done) { log_.RunRetention(std::move(done)); }

void AuditRetention::Look() {
  log_.RunRetention([](Status status) {
    if (!status.ok()) {
      telemetry::Log(telemetry::Level::kWarning, "old audit records are not removed", {{"error", status.error().text}});
    }
  });
  work_.PostAfter(kPauseMs, [this] { Look(); });
}

}  // namespace basalt::main

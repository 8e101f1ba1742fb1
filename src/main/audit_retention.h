// The chore of the audit log: now and then what has been kept for long enough goes. Destroy it before the log.
#pragma once

#include "audit/log.h"
#include "chores/chore.h"
#include "chores/work_thread.h"
#include "os/clock.h"

namespace basalt::main {

class AuditRetention final : public chores::Chore {
 public:
  AuditRetention(audit::Log& log, os::Clock& clock);

  void RunDue(UniqueFunction<void(Status)> done) override;

 private:
  void Look();

  audit::Log& log_;
  chores::WorkThread work_;
};

}  // namespace basalt::main

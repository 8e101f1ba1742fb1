// What the audit log keeps of a call: whether there is a record of it, what stands in it, and when the answer may go
// out. A call that touches what belongs to other accounts has a record for each of them too. One a loop; not
// thread-safe.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "audit/log.h"
#include "base/executor.h"
#include "base/unique_function.h"
#include "operations/errors.h"
#include "operations/operation.h"
#include "os/clock.h"

namespace basalt::server {

struct AuditSettings {
  audit::Log* log = nullptr;     // null: no call is recorded
  bool all_data_events = false;  // else of reads and writes of items those alone that were denied
  bool strict = false;           // what cannot be recorded is not answered, and every record is synced
};

// A call at its end.
struct AuditedCall {
  operations::Call& call;
  const operations::Service& service;
  const operations::Operation& operation;
  const operations::PreparedCall* prepared;  // null: it was not understood
  std::string_view request_id;
  const std::string* answer;  // exactly one of these two
  const Error* error;         // as the client is told
};

class AuditStep {
 public:
  // References outlive the step.
  AuditStep(const AuditSettings& settings, Executor& loop, os::Clock& clock)
      : settings_(settings), loop_(loop), clock_(clock) {}

  // Whether a call that was authenticated, and whose outcome is this, is recorded. Costs next to nothing.
  bool Records(const operations::Service& service, const operations::Operation& operation, bool denied) const {
    return settings_.log != nullptr &&
           (denied || settings_.all_data_events || !operations::IsDataEvent(service, operation));
  }
  // Whether a call that is recorded may be carried out now.
  bool MayRun() const { return !settings_.strict || settings_.log->is_writable(); }

  std::vector<audit::Entry> MakeRecords(const AuditedCall& audited) const;
  // `done` runs on the loop once the records stand in the log; not ok if the answer must not go out without them.
  void Write(std::vector<audit::Entry> records, UniqueFunction<void(Status)> done);

 private:
  AuditSettings settings_;
  Executor& loop_;
  os::Clock& clock_;
};

}  // namespace basalt::server

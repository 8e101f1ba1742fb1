// Resource policies of tables.
#include "table/resource_policy.h"

#include <algorithm>

#include "os/clock.h"
#include "table/table_state.h"

namespace basalt::table {
namespace {

// For so long after a change the next one is told that it is pending, then that it comes too soon.
constexpr int64_t kPendingMs = 2'000;

Status CheckRevision(const PolicyRecord& policy, const TableAddress& address,
                     const std::optional<std::string>& expected) {
  if (!expected) {
    return {};
  }
  if (*expected == kNoPolicyRevision) {
    return policy.IsSet() ? Status(PolicyNotFound("Requested policy update expecting none to be present for table " +
                                                  address.name + ", but a policy exists with revision id " +
                                                  policy.RevisionId() + "."))
                          : Status();
  }
  const std::string asked = "Requested update for policy with revision id " + *expected + ", but ";
  if (!policy.IsSet()) {
    return PolicyNotFound(asked + "there is no policy associated to target table " + address.name + ".");
  }
  if (*expected != policy.RevisionId()) {
    return PolicyNotFound(asked + "the policy associated to target table " + address.name + " has revision id " +
                          policy.RevisionId() + ".");
  }
  return {};
}

bool Changes(const PolicyRecord& policy, const std::optional<policy::CanonicalForm>& form) {
  return form ? policy.text != form->text || policy.names_version != form->names_version : policy.IsSet();
}

Status CheckCooldown(const PolicyRecord& policy, const TableAddress& address, int64_t now_ms, int64_t cooldown_ms) {
  const int64_t since_ms = now_ms - policy.revision_ms;
  if (policy.revision_ms == 0 || since_ms >= cooldown_ms) {
    return {};
  }
  if (since_ms < kPendingMs) {
    return TableInUse("Table is pending previous resource-based policy update: " + address.name);
  }
  return Error(Reason::kThrottling, "Resource-based policy for table " + address.name + " modified within the previous " +
                                        std::to_string(cooldown_ms) + " milliseconds. Please try again after " +
                                        os::FormatIso8601(policy.revision_ms + cooldown_ms) + ".");
}

}  // namespace

Error PolicyNotFound(std::string_view why) {
  return Error(Reason::kPolicyNotFound,
               "Resource-based policy not found for the provided ResourceArn: " + std::string(why));
}

Result<TableRecord> WithPolicy(const TableRecord* current, const TableAddress& address, const PolicyChange& change,
                               int64_t now_ms, int64_t cooldown_ms) {
  if (current == nullptr) {
    return NoSuchTable(address);
  }
  TRY(CheckRevision(current->policy, address, change.expected_revision));
  if (!Changes(current->policy, change.form)) {
    return *current;
  }
  // One that is being created takes a policy: it is in force from the first request on.
  if (current->status == TableStatus::kDeleting) {
    TRY(CheckChangeable(current, address));
  }
  TRY(CheckCooldown(current->policy, address, now_ms, cooldown_ms));
  TableRecord next = *current;
  next.policy.revision_ms = std::max(now_ms, current->policy.revision_ms + 1);
  next.policy.text = change.form ? change.form->text : std::string();
  next.policy.names_version = change.form && change.form->names_version;
  return next;
}

}  // namespace basalt::table

// Resource policies of tables.
#include "table/resource_policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "os/clock.h"
#include "table/stream_state.h"
#include "table/table_state.h"

namespace basalt::table {
namespace {

Status CheckRevision(const PolicyRecord& policy, std::string_view target, const std::optional<std::string>& expected) {
  if (!expected) {
    return {};
  }
  if (*expected == kNoPolicyRevision) {
    return policy.IsSet()
               ? Status(PolicyNotFound(fmt::format("Requested policy update expecting none to be present for {}, but a "
                                                   "policy exists with revision id {}.",
                                                   target, policy.RevisionId())))
               : Status();
  }
  if (!policy.IsSet()) {
    return PolicyNotFound(
        fmt::format("Requested update for policy with revision id {}, but there is no policy associated to target {}.",
                    *expected, target));
  }
  if (*expected != policy.RevisionId()) {
    return PolicyNotFound(fmt::format(
        "Requested update for policy with revision id {}, but the policy associated to target {} has revision id {}.",
        *expected, target, policy.RevisionId()));
  }
  return {};
}

bool Changes(const PolicyRecord& policy, const std::optional<policy::CanonicalForm>& form) {
  return form ? policy.text != form->text || policy.names_version != form->names_version : policy.IsSet();
}

// A clock that was set back holds nobody up.
bool IsWithin(int64_t period_ms, const PolicyRecord& policy, int64_t now_ms) {
  return policy.revision_ms != 0 && now_ms >= policy.revision_ms && now_ms - policy.revision_ms < period_ms;
}

Status CheckCooldown(const PolicyRecord& policy, const TableAddress& address, std::string_view target, int64_t now_ms,
                     int64_t cooldown_ms) {
  if (!IsWithin(cooldown_ms, policy, now_ms)) {
    return {};
  }
  if (IsWithin(kServiceDelays.policy_ms, policy, now_ms)) {
    return TableInUse("Table is pending previous resource-based policy update: " + address.name);
  }
  return Error(
      Reason::kThrottling,
      fmt::format("Resource-based policy for {} modified within the previous {} milliseconds. Please try again "
                  "after {}.",
                  target, cooldown_ms, os::FormatIso8601(policy.revision_ms + cooldown_ms)));
}

}  // namespace

Status CheckPolicySettled(const TableRecord& record, int64_t now_ms, int64_t pending_ms) {
  if (IsWithin(pending_ms, record.policy, now_ms)) {
    return TableInUse("Table: " + record.address.name + " has a pending resource-based policy update.");
  }
  return {};
}

Error PolicyNotFound(std::string_view why) {
  return Error(Reason::kPolicyNotFound,
               "Resource-based policy not found for the provided ResourceArn: " + std::string(why));
}

Result<const PolicyRecord*> FindPolicy(const TableRecord* record, const TableAddress& address,
                                       std::string_view stream) {
  if (stream.empty()) {
    return record == nullptr ? Result<const PolicyRecord*>(NoSuchTable(address))
                             : Result<const PolicyRecord*>(&record->policy);
  }
  const StreamRecord* const found = record == nullptr ? nullptr : FindStream(*record, stream);
  if (found == nullptr) {
    return Error(Reason::kResourceNotFound,
                 fmt::format("Requested resource not found: Stream: {} not found for Table: {}", stream, address.name));
  }
  return &found->policy;
}

Result<TableRecord> WithPolicy(const TableRecord* current, const TableAddress& address, const PolicyChange& change,
                               int64_t now_ms, int64_t cooldown_ms) {
  TRY_ASSIGN(const PolicyRecord* const former, FindPolicy(current, address, change.stream));
  const std::string target = change.stream.empty() ? "table " + address.name : "stream " + change.stream;
  TRY(CheckRevision(*former, target, change.expected_revision));
  if (!Changes(*former, change.form)) {
    return *current;
  }
  // One that is being created takes a policy: it is in force from the first request on.
  if (current->status == TableStatus::kDeleting) {
    TRY(CheckChangeable(current, address));
  }
  TRY(CheckCooldown(*former, address, target, now_ms, cooldown_ms));
  TableRecord next = *current;
  PolicyRecord* policy = &next.policy;
  for (StreamRecord& stream : next.streams) {
    if (stream.label == change.stream) {
      policy = &stream.policy;
    }
  }
  policy->revision_ms = std::max(now_ms, former->revision_ms + 1);
  policy->text = change.form ? change.form->text : std::string();
  policy->names_version = change.form && change.form->names_version;
  return next;
}

}  // namespace basalt::table

// Resource policies of a table and its streams, put and deleted. Pure: a record in, the record as it shall be out, with
// the service's texts. Source: API reference, PutResourcePolicy and DeleteResourcePolicy; revisions and texts as
// observed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/canonical.h"
#include "table/table_record.h"

namespace basalt::table {

// A caller that wants to be sure that there is no policy yet expects this revision.
inline constexpr std::string_view kNoPolicyRevision = "NO_POLICY";

inline constexpr int64_t kServicePolicyCooldownMs = 15'000;  // the service's, between two changes

struct PolicyChange {
  std::string stream = {};                         // its label; empty: the policy is the table's own
  std::optional<policy::CanonicalForm> form = {};  // unset: the policy is deleted
  std::optional<std::string> expected_revision = {};
};

// The record with that policy changed, at a new revision; the record as it is if nothing is to change. `current` is
// null if there is no such table. Between two changes of one policy lie at least `cooldown_ms`. kResourceNotFound,
// kPolicyNotFound, kResourceInUse, kThrottling.
Result<TableRecord> WithPolicy(const TableRecord* current, const TableAddress& address, const PolicyChange& change,
                               int64_t now_ms, int64_t cooldown_ms);

// Whether no change of the table's policy is pending, which it is for so long. kResourceInUse.
Status CheckPolicySettled(const TableRecord& record, int64_t now_ms, int64_t pending_ms);

// Of a table or a stream. kResourceNotFound; the policy is of the record.
Result<const PolicyRecord*> FindPolicy(const TableRecord* record, const TableAddress& address, std::string_view stream);

Error PolicyNotFound(std::string_view why);  // kPolicyNotFound

}  // namespace basalt::table

// What the calls for resource policies have in common: the resource that they name, the document that they bring, the
// answer. Each check has the service's text and stands in the service's order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "operations/dynamodb/named_resource.h"
#include "operations/operation.h"
#include "policy/canonical.h"
#include "policy/document.h"
#include "table/resource_policy.h"

namespace basalt::operations::dynamodb {

inline constexpr std::string_view kPutPolicyAction = "dynamodb:PutResourcePolicy";

// kValidation for an ARN that cannot be meant, or is another account's.
Result<NamedResource> ReadPolicyTarget(const Call& call);

// The resource's policy, which may be unset, as this loop sees it. Good until the next look at a table.
// kResourceNotFound.
Result<const table::PolicyRecord*> FindPolicy(Call& call, const NamedResource& target);

policy::DocumentKind KindOf(const NamedResource& target);

// A document that may become the policy of such a resource.
struct NewPolicy {
  std::shared_ptr<const policy::Document> document;
  policy::CanonicalForm form;
};
// kValidation: it cannot be read, says what such a policy cannot, names who does not exist, or lets everybody in.
Result<NewPolicy> ReadPolicy(const Call& call, policy::DocumentKind kind, std::string_view text);

// {"RevisionId":"…"}, or {} if there never was a policy.
std::string RevisionJson(const table::PolicyRecord& policy);

// Changes the policy durably, and answers with its revision.
void ChangePolicy(Call& call, const NamedResource& target, table::PolicyChange change, AnswerDone done);

}  // namespace basalt::operations::dynamodb

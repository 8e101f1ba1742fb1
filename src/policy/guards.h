// What is asked of a resource's policy before it is stored, beside its grammar; and whom it lets in. Pure.
// Source: DynamoDB Developer Guide, "Blocking public access with resource-based policies in DynamoDB".
#pragma once

#include <string_view>

#include "base/result.h"
#include "policy/document.h"
#include "policy/request.h"

namespace basalt::policy {

// Whether an Allow admits everybody: to all principals, or to all but some, without a condition that confines the
// caller to named accounts, organizations, networks or principals by exact values. It may call a policy public that is
// not, never the other way round.
bool AdmitsEverybody(const Document& document);
bool AdmitsEverybody(const Compiled& document, const Statement& statement);  // of one Allow
// kValidation if it does.
Status CheckNotPublic(const Document& document);

// kAccessDenied if the new policy denies `replacing`: the caller's request to put a policy onto the resource, as of
// now. To be asked unless the caller confirms that it may be so.
Status CheckKeepsAccess(const Document& next, const Request& replacing, bool has_boundary);

}  // namespace basalt::policy

// Whether a call may do what it is about to: each of its accesses is decided by all policies that apply to it, before
// anything is looked for. What needs no policy to be read (a root user in its own account, a resource without a policy)
// costs one look at the catalogue.
#pragma once

#include <string_view>

#include "base/result.h"
#include "operations/operation.h"
#include "policy/document.h"

namespace basalt::operations {

// kAccessDenied in the service's words, or what the call makes of it; of several denied accesses, of the first.
Status Authorize(Call& call, const Service& service, const Operation& operation, PreparedCall& prepared);

// kAccessDenied if `next` as the policy of the resource would keep this caller from putting another one.
Status CheckKeepsAccess(Call& call, const policy::Document& next, std::string_view resource_arn);

}  // namespace basalt::operations

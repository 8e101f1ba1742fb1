// What is asked of a resource's policy before it is stored, beside its grammar; and whom it lets in. Pure.
// Source: DynamoDB Developer Guide, "Blocking public access with resource-based policies in DynamoDB".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/document.h"
#include "policy/request.h"

namespace basalt::policy {

// Whether an Allow admits everybody: to all principals, or to all but some, without a condition that confines the
// caller to named accounts, organizations, networks or principals by exact values. It may call a policy public that is
// not, never the other way round.
bool AdmitsEverybody(const Document& document);
// kValidation if it does.
Status CheckNotPublic(const Document& document);

// kAccessDenied if the new policy denies `replacing`: the caller's request to put a policy onto the resource, as of
// now. To be asked unless the caller confirms that it may be so.
Status CheckKeepsAccess(const Document& next, const Request& replacing, bool has_boundary);

// Principals of other accounts, and services, that Allow statements name.
struct ExternalPrincipal {
  std::string principal;  // an ARN, an id, a service, or "*"; "not …" for all others
  uint32_t statement = 0;
  bool has_conditions = false;
};
std::vector<ExternalPrincipal> ExternalPrincipals(const Document& document, std::string_view owner_account);

}  // namespace basalt::policy

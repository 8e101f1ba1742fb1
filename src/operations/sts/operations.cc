// STS's registry rows. Adding an operation: its file, its shape, its row.
#include <array>

#include "operations/sts/handlers.h"
#include "operations/sts/shapes.h"

namespace basalt::operations::sts {

// What each needs is decided by itself: all but AssumeRole need no permission, and that is decided by the role's trust
// policy too.
std::span<const Operation> Operations() {
  static constexpr std::array<Operation, 6> kOperations = {{
      {"AssumeRole", "sts:AssumeRole", AccessClass::kControl, &kAssumeRoleInput, PrepareAssumeRole},
      {"AssumeRoleWithWebIdentity", "sts:AssumeRoleWithWebIdentity", AccessClass::kControl,
       &kAssumeRoleWithWebIdentityInput, PrepareAssumeRoleWithWebIdentity, nullptr, Grantable::kNowhere, true},
      {"GetAccessKeyInfo", "sts:GetAccessKeyInfo", AccessClass::kRead, &kGetAccessKeyInfoInput,
       PrepareGetAccessKeyInfo},
      {"GetCallerIdentity", "sts:GetCallerIdentity", AccessClass::kRead, &kGetCallerIdentityInput,
       PrepareGetCallerIdentity},
      {"GetFederationToken", "sts:GetFederationToken", AccessClass::kControl, &kGetFederationTokenInput,
       PrepareGetFederationToken},
      {"GetSessionToken", "sts:GetSessionToken", AccessClass::kControl, &kGetSessionTokenInput, PrepareGetSessionToken},
  }};
  return kOperations;
}

}  // namespace basalt::operations::sts

// What each request of the service may hold; violations are listed in this order.
#pragma once

#include "operations/shape.h"

namespace basalt::operations::sts {

extern const Shape kGetCallerIdentityInput;
extern const Shape kAssumeRoleInput;
extern const Shape kAssumeRoleWithWebIdentityInput;
extern const Shape kGetSessionTokenInput;
extern const Shape kGetFederationTokenInput;
extern const Shape kGetAccessKeyInfoInput;

}  // namespace basalt::operations::sts

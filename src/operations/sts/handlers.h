// How each STS operation's calls are prepared; one function a file of the same name, one row each in operations.cc.
#pragma once

#include <memory>

#include "operations/operation.h"

namespace basalt::operations::sts {

using Prepared = Result<std::unique_ptr<PreparedCall>>;

Prepared PrepareAssumeRole(Call& call);
Prepared PrepareAssumeRoleWithWebIdentity(Call& call);
Prepared PrepareGetAccessKeyInfo(Call& call);
Prepared PrepareGetCallerIdentity(Call& call);
Prepared PrepareGetFederationToken(Call& call);
Prepared PrepareGetSessionToken(Call& call);

}  // namespace basalt::operations::sts

// How each KMS operation's calls are prepared; one function a file of the same name, one row each in operations.cc.
#pragma once

#include <memory>

#include "operations/operation.h"

namespace basalt::operations::kms {

using Prepared = Result<std::unique_ptr<PreparedCall>>;

Prepared PrepareDescribeKey(Call& call);

}  // namespace basalt::operations::kms

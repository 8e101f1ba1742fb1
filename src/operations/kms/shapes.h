// Request shapes of KMS's operations. Source: the published API model of version 2014-11-01.
#pragma once

#include "operations/shape.h"

namespace basalt::operations::kms {

extern const Shape kDescribeKeyInput;

}  // namespace basalt::operations::kms

// The last word on every ValidationException: whatever finds a defect gives a bare text in the classic wording, or a
// violated constraint as data; here they become the text that an operation answers in the process's dialect.
#pragma once

#include <span>

#include "base/result.h"
#include "operations/operation.h"

namespace basalt::operations {

// `violations` is not empty.
Error ConstraintError(std::span<const Violation> violations, const Operation& operation, Dialect dialect);

// An error from anywhere below, as `operation` words it. Only those of kValidation change.
Error InDialect(Error error, const Operation& operation, Dialect dialect);

// A text that the service introduces like a list of one violation in every dialect.
Error OneValidationError(std::string_view text);

}  // namespace basalt::operations

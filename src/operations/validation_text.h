// The last word on every ValidationException: whatever finds a defect gives a bare text in the classic wording, or a
// violated constraint as data; here they become the text that an operation answers in the process's dialect.
#pragma once

#include <span>

#include "base/result.h"
#include "operations/operation.h"

namespace basalt::operations {

// What the newer layer says in front of texts of one operation; of others that are not listed it says nothing.
struct Introduction {
  std::string_view beginning;  // of the classic text
  std::string_view introduction;
};
struct NewerWording {
  std::span<const Introduction> introductions;
  bool introduces_set_defects = false;  // of sets that are empty or repeat a member, wherever they stand
};
// All there are: of a whole item put, of an update, of a query.
extern const NewerWording kNewerPutWording;
extern const NewerWording kNewerUpdateWording;
extern const NewerWording kNewerQueryWording;

// `violations` is not empty.
Error ConstraintError(std::span<const Violation> violations, const Operation& operation, Dialect dialect);

// An error from anywhere below, as `operation` words it. Only those of kValidation change.
Error InDialect(Error error, const Operation& operation, Dialect dialect);

// A text that the service introduces like a list of one violation in every dialect.
Error OneValidationError(std::string_view text);

}  // namespace basalt::operations

// KMS's registry rows. Adding an operation: its file, its shape, its row.
#include <fmt/format.h>

#include <array>

#include "operations/kms/handlers.h"
#include "operations/kms/shapes.h"

namespace basalt::operations::kms {

std::span<const Operation> Operations() {
  static constexpr std::array<Operation, 1> kOperations = {{
      {"DescribeKey", "kms:DescribeKey", AccessClass::kControl, &kDescribeKeyInput, PrepareDescribeKey},
  }};
  return kOperations;
}

// The same whether or not there is such a key: who may not see it must not learn of it.
std::string Denial(const Operation&, const policy::Request& request, const policy::Decision&) {
  return fmt::format(
      "User: {} is not authorized to perform: {} on this resource because the resource does not exist in this Region, "
      "no resource-based policies allow access, or a resource-based policy explicitly denies access",
      request.caller.arn, request.action.name);
}

}  // namespace basalt::operations::kms

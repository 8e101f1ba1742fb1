// Who can reach a table, as its policies and those of its streams say: for an operator to read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "operations/services.h"
#include "policy/grants.h"

namespace basalt::operations {

struct AccessReport {
  struct Policy {
    std::string resource_arn;  // of the table or a stream
    std::string revision;
    bool is_unreadable = false;  // and so denies everything to everybody
    std::vector<policy::Grant> grants;
  };

  std::string table_arn;
  std::vector<Policy> policies;  // none: nobody but principals of the owner's account, whom its own policies let in

  bool IsPublic() const;
};

// `table` is an ARN, or a name if only one table here has it. kInvalidArgument if it is neither, kNotFound if there is
// no such table. Any thread.
Result<AccessReport> ReportAccess(const Services& services, std::string_view table);

std::string ToJson(const AccessReport& report);

}  // namespace basalt::operations

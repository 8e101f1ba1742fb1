// Who can reach a table: for an operator to read. What its policies and those of its streams say, statement by
// statement; and, of all principals that are known here, what every policy that applies to them together lets them do.
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

  // What a principal can do with one resource.
  struct Reach {
    std::string principal;  // an ARN: of an account's root user, a user, or a role, whose sessions are meant
    std::string account;
    std::string resource_arn;                      // of the table, an index or a stream
    std::vector<std::string> actions;              // whatever the request is
    std::vector<std::string> conditional_actions;  // under conditions, or where a variable says so
  };

  std::string table_arn;
  std::vector<Policy> policies;  // none: nobody but principals of the owner's account, whom its own policies let in
  std::vector<Reach> reach;      // of the owner's account and of those that the policies let in; by principal

  bool IsPublic() const;
};

// `table` is an ARN, or a name if only one table here has it. kInvalidArgument if it is neither, kNotFound if there is
// no such table. Any thread, but no loop: it asks for every principal there is.
Result<AccessReport> ReportAccess(const Services& services, std::string_view table);

std::string ToJson(const AccessReport& report);

}  // namespace basalt::operations

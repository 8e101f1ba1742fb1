// Whom the policy of a table or a stream lets in, and whom it keeps out, statement by statement, for people to read.
// Pure. What a grant is worth is evaluate.h's to say; here stands what it needs in addition.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/document.h"

namespace basalt::policy {

struct Grant {
  Effect effect = Effect::kAllow;
  uint32_t statement = 0;  // by ordinal
  std::string sid;
  // An ARN, a service, or "*" for everybody; the id of a user or a role that is no more. "everybody but …" of a
  // statement for all others.
  std::string principal;
  std::string account;                 // of the principal; empty if it is of none or of any
  bool is_external = false;            // not of the owner's account, or not only
  bool is_for_everybody = false;       // or for everybody but some; conditions may confine them
  bool is_public = false;              // lets in everybody
  bool needs_identity_policy = false;  // of the caller, which must allow the same
  std::vector<std::string> actions;    // what is meant of all that can be asked for
  std::vector<std::string> resources;  // as they are written
  bool other_resources = false;        // all but these
  std::string conditions;              // in JSON; empty: none
};

// Whether another account can be let in to an action.
using CrossesAccounts = std::function<bool(const Action& action)>;

// A grant for each principal of each statement, in the order of the text, which is in the canonical form. `catalogue`
// is of all actions that can be asked for. kValidation if it is no policy of that kind.
Result<std::vector<Grant>> GrantsOf(DocumentKind kind, std::string_view text, const ActionCatalogue& catalogue,
                                    std::string_view owner_account, const CrossesAccounts& crosses);

}  // namespace basalt::policy

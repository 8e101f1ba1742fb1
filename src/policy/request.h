// What a decision is asked about: who calls, what for, on what. Views of whoever builds the request; nothing is copied.
#pragma once

#include <cstdint>
#include <string_view>

#include "policy/action.h"
#include "policy/condition_key.h"
#include "policy/text_pattern.h"

namespace basalt::policy {

enum class CallerKind : uint8_t {
  kRoot,           // the root user of an account
  kUser,           // an IAM user, by an access key or a session of GetSessionToken
  kRoleSession,    // of AssumeRole and its kin
  kFederatedUser,  // of GetFederationToken
  kService,        // one of our own services
  kWebIdentity,    // who asks for a role with nothing but the token of a provider
};

struct Caller {
  CallerKind kind = CallerKind::kUser;
  std::string_view account;     // twelve digits; of a service or a web identity: empty
  std::string_view arn;         // as a denial names it: the root's, the user's, or the session's
  std::string_view entity_arn;  // with its path: the user, the session's role, the user behind a federated one
  std::string_view entity_id;   // AIDA… or AROA…, of the same
  std::string_view name;        // of a service its name; of a web identity the provider
};

// Apart once, so that no pattern does it again. An action that has no resource is asked for on "*".
struct Resource {
  std::string_view text;
  ArnFields fields;

  static Resource Of(std::string_view text) { return {text, SplitArn(text)}; }
  bool IsArn() const { return fields.count == ArnFields::kCount; }
};

struct Request {
  const Caller& caller;
  const Action& action;
  const Resource& resource;
  std::string_view resource_account;  // whose it is; of an action without a resource the caller's
  const Context& context;
  bool crosses_accounts = true;  // false: this operation is refused to other accounts whatever policies say
};

}  // namespace basalt::policy

// The account whose resource a call is about: what its organization says of its resources.
#pragma once

#include <memory>
#include <string_view>

#include "identity/directory.h"
#include "operations/operation.h"
#include "policy/action.h"
#include "policy/evaluate.h"

namespace basalt::operations {

class ResourceOwner {
 public:
  // `account` outlives it, as does the call.
  ResourceOwner(const Call& call, std::string_view account);

  std::string_view account() const { return account_; }
  const identity::Placement* placement() const { return placement_; }  // null: in no organization
  // Policies of the organization for what is done to resources; none for services that they do not speak of.
  // Source: Organizations User Guide, "Resource control policies (RCPs)".
  std::span<const policy::Documents> ResourceControl(const policy::Action& action) const;

 private:
  std::string_view account_;
  std::shared_ptr<const identity::Placement> held_;  // of another account than the caller's
  const identity::Placement* placement_;
};

}  // namespace basalt::operations

// Owners, from the directory.
#include "operations/resource_owner.h"

#include <algorithm>
#include <array>

#include "identity/principal.h"

namespace basalt::operations {

ResourceOwner::ResourceOwner(const Call& call, std::string_view account) : account_(account) {
  const identity::Principal& principal = *call.caller.principal;
  if (account == principal.account()) {
    placement_ = principal.placement();
    return;
  }
  held_ = call.services.directory.snapshots().Load()->FindPlacement(account);
  placement_ = held_.get();
}

std::span<const policy::Documents> ResourceOwner::ResourceControl(const policy::Action& action) const {
  static constexpr std::array<std::string_view, 3> kServices = {"dynamodb:", "kms:", "sts:"};
  const bool applies = std::any_of(kServices.begin(), kServices.end(), [&action](std::string_view service) {
    return action.lower_name.starts_with(service);
  });
  return placement_ == nullptr || !applies ? std::span<const policy::Documents>() : placement_->resource_control();
}

}  // namespace basalt::operations

// Managed policies that every account has without making them, under arn:aws:iam::aws:policy/. Those are kept here
// that speak of what this server does. Source: AWS Managed Policy Reference.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity/entity.h"

namespace basalt::identity {

inline constexpr std::string_view kAwsPolicyOwner = "aws";  // in place of an account

// As the reference lists them. Made on first use; any thread.
const std::vector<ManagedPolicy>& AwsPolicies();
const ManagedPolicy* FindAwsPolicy(std::string_view arn);

}  // namespace basalt::identity

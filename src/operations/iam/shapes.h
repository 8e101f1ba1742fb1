// What each request of the service may hold; violations are listed in this order.
#pragma once

#include "operations/shape.h"

namespace basalt::operations::iam {

extern const Shape kCreateUserInput;
extern const Shape kGetUserInput;
extern const Shape kListUsersInput;
extern const Shape kUpdateUserInput;
extern const Shape kDeleteUserInput;
extern const Shape kTagUserInput;
extern const Shape kUntagUserInput;
extern const Shape kListUserTagsInput;
extern const Shape kPutUserPermissionsBoundaryInput;
extern const Shape kDeleteUserPermissionsBoundaryInput;
extern const Shape kCreateAccessKeyInput;
extern const Shape kListAccessKeysInput;
extern const Shape kUpdateAccessKeyInput;
extern const Shape kDeleteAccessKeyInput;
extern const Shape kCreateGroupInput;
extern const Shape kGetGroupInput;
extern const Shape kListGroupsInput;
extern const Shape kUpdateGroupInput;
extern const Shape kDeleteGroupInput;
extern const Shape kAddUserToGroupInput;
extern const Shape kRemoveUserFromGroupInput;
extern const Shape kListGroupsForUserInput;
extern const Shape kCreateRoleInput;
extern const Shape kGetRoleInput;
extern const Shape kListRolesInput;
extern const Shape kUpdateRoleInput;
extern const Shape kUpdateRoleDescriptionInput;
extern const Shape kDeleteRoleInput;
extern const Shape kUpdateAssumeRolePolicyInput;
extern const Shape kTagRoleInput;
extern const Shape kUntagRoleInput;
extern const Shape kListRoleTagsInput;
extern const Shape kPutRolePermissionsBoundaryInput;
extern const Shape kDeleteRolePermissionsBoundaryInput;
extern const Shape kPutUserPolicyInput;
extern const Shape kGetUserPolicyInput;
extern const Shape kDeleteUserPolicyInput;
extern const Shape kListUserPoliciesInput;
extern const Shape kPutGroupPolicyInput;
extern const Shape kGetGroupPolicyInput;
extern const Shape kDeleteGroupPolicyInput;
extern const Shape kListGroupPoliciesInput;
extern const Shape kPutRolePolicyInput;
extern const Shape kGetRolePolicyInput;
extern const Shape kDeleteRolePolicyInput;
extern const Shape kListRolePoliciesInput;
extern const Shape kCreatePolicyInput;
extern const Shape kGetPolicyInput;
extern const Shape kListPoliciesInput;
extern const Shape kDeletePolicyInput;
extern const Shape kCreatePolicyVersionInput;
extern const Shape kGetPolicyVersionInput;
extern const Shape kListPolicyVersionsInput;
extern const Shape kDeletePolicyVersionInput;
extern const Shape kSetDefaultPolicyVersionInput;
extern const Shape kTagPolicyInput;
extern const Shape kUntagPolicyInput;
extern const Shape kListPolicyTagsInput;
extern const Shape kAttachUserPolicyInput;
extern const Shape kDetachUserPolicyInput;
extern const Shape kListAttachedUserPoliciesInput;
extern const Shape kAttachGroupPolicyInput;
extern const Shape kDetachGroupPolicyInput;
extern const Shape kListAttachedGroupPoliciesInput;
extern const Shape kAttachRolePolicyInput;
extern const Shape kDetachRolePolicyInput;
extern const Shape kListAttachedRolePoliciesInput;
extern const Shape kListEntitiesForPolicyInput;
extern const Shape kListInstanceProfilesForRoleInput;
extern const Shape kGetAccountSummaryInput;

}  // namespace basalt::operations::iam

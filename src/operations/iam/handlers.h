// How each IAM operation's calls are prepared; a family of operations a file, one row each in operations.cc.
#pragma once

#include "operations/iam/request.h"

namespace basalt::operations::iam {

Prepared PrepareCreateUser(Call& call);
Prepared PrepareGetUser(Call& call);
Prepared PrepareListUsers(Call& call);
Prepared PrepareUpdateUser(Call& call);
Prepared PrepareDeleteUser(Call& call);
Prepared PrepareTagUser(Call& call);
Prepared PrepareUntagUser(Call& call);
Prepared PrepareListUserTags(Call& call);
Prepared PreparePutUserPermissionsBoundary(Call& call);
Prepared PrepareDeleteUserPermissionsBoundary(Call& call);
Prepared PrepareCreateAccessKey(Call& call);
Prepared PrepareListAccessKeys(Call& call);
Prepared PrepareUpdateAccessKey(Call& call);
Prepared PrepareDeleteAccessKey(Call& call);
Prepared PrepareCreateGroup(Call& call);
Prepared PrepareGetGroup(Call& call);
Prepared PrepareListGroups(Call& call);
Prepared PrepareUpdateGroup(Call& call);
Prepared PrepareDeleteGroup(Call& call);
Prepared PrepareAddUserToGroup(Call& call);
Prepared PrepareRemoveUserFromGroup(Call& call);
Prepared PrepareListGroupsForUser(Call& call);
Prepared PrepareCreateRole(Call& call);
Prepared PrepareGetRole(Call& call);
Prepared PrepareListRoles(Call& call);
Prepared PrepareUpdateRole(Call& call);
Prepared PrepareUpdateRoleDescription(Call& call);
Prepared PrepareDeleteRole(Call& call);
Prepared PrepareUpdateAssumeRolePolicy(Call& call);
Prepared PrepareTagRole(Call& call);
Prepared PrepareUntagRole(Call& call);
Prepared PrepareListRoleTags(Call& call);
Prepared PreparePutRolePermissionsBoundary(Call& call);
Prepared PrepareDeleteRolePermissionsBoundary(Call& call);
Prepared PreparePutUserPolicy(Call& call);
Prepared PrepareGetUserPolicy(Call& call);
Prepared PrepareDeleteUserPolicy(Call& call);
Prepared PrepareListUserPolicies(Call& call);
Prepared PreparePutGroupPolicy(Call& call);
Prepared PrepareGetGroupPolicy(Call& call);
Prepared PrepareDeleteGroupPolicy(Call& call);
Prepared PrepareListGroupPolicies(Call& call);
Prepared PreparePutRolePolicy(Call& call);
Prepared PrepareGetRolePolicy(Call& call);
Prepared PrepareDeleteRolePolicy(Call& call);
Prepared PrepareListRolePolicies(Call& call);
Prepared PrepareCreatePolicy(Call& call);
Prepared PrepareGetPolicy(Call& call);
Prepared PrepareListPolicies(Call& call);
Prepared PrepareDeletePolicy(Call& call);
Prepared PrepareCreatePolicyVersion(Call& call);
Prepared PrepareGetPolicyVersion(Call& call);
Prepared PrepareListPolicyVersions(Call& call);
Prepared PrepareDeletePolicyVersion(Call& call);
Prepared PrepareSetDefaultPolicyVersion(Call& call);
Prepared PrepareTagPolicy(Call& call);
Prepared PrepareUntagPolicy(Call& call);
Prepared PrepareListPolicyTags(Call& call);
Prepared PrepareAttachUserPolicy(Call& call);
Prepared PrepareDetachUserPolicy(Call& call);
Prepared PrepareListAttachedUserPolicies(Call& call);
Prepared PrepareAttachGroupPolicy(Call& call);
Prepared PrepareDetachGroupPolicy(Call& call);
Prepared PrepareListAttachedGroupPolicies(Call& call);
Prepared PrepareAttachRolePolicy(Call& call);
Prepared PrepareDetachRolePolicy(Call& call);
Prepared PrepareListAttachedRolePolicies(Call& call);
Prepared PrepareListEntitiesForPolicy(Call& call);
Prepared PrepareListInstanceProfilesForRole(Call& call);
Prepared PrepareGetAccountSummary(Call& call);

}  // namespace basalt::operations::iam

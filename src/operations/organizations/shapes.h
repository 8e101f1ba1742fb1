// What each request of the service may hold; violations are listed in this order.
#pragma once

#include "operations/shape.h"

namespace basalt::operations::organizations {

extern const Shape kCreateOrganizationInput;
extern const Shape kDeleteOrganizationInput;
extern const Shape kDescribeOrganizationInput;
extern const Shape kListRootsInput;
extern const Shape kEnablePolicyTypeInput;
extern const Shape kDisablePolicyTypeInput;
extern const Shape kCreateOrganizationalUnitInput;
extern const Shape kUpdateOrganizationalUnitInput;
extern const Shape kDeleteOrganizationalUnitInput;
extern const Shape kDescribeOrganizationalUnitInput;
extern const Shape kListOrganizationalUnitsForParentInput;
extern const Shape kListParentsInput;
extern const Shape kListChildrenInput;
extern const Shape kCreateAccountInput;
extern const Shape kDescribeCreateAccountStatusInput;
extern const Shape kListCreateAccountStatusInput;
extern const Shape kDescribeAccountInput;
extern const Shape kListAccountsInput;
extern const Shape kListAccountsForParentInput;
extern const Shape kMoveAccountInput;
extern const Shape kRemoveAccountFromOrganizationInput;
extern const Shape kCreatePolicyInput;
extern const Shape kUpdatePolicyInput;
extern const Shape kDescribePolicyInput;
extern const Shape kDeletePolicyInput;
extern const Shape kListPoliciesInput;
extern const Shape kAttachPolicyInput;
extern const Shape kDetachPolicyInput;
extern const Shape kListTargetsForPolicyInput;
extern const Shape kListPoliciesForTargetInput;

}  // namespace basalt::operations::organizations

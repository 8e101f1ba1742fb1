// How each operation's calls are prepared; one row each in operations.cc.
#pragma once

#include "operations/organizations/request.h"

namespace basalt::operations::organizations {

// organization.cc
Prepared PrepareCreateOrganization(Call& call);
Prepared PrepareDeleteOrganization(Call& call);
Prepared PrepareDescribeOrganization(Call& call);
Prepared PrepareListRoots(Call& call);
Prepared PrepareEnablePolicyType(Call& call);
Prepared PrepareDisablePolicyType(Call& call);
// units.cc
Prepared PrepareCreateOrganizationalUnit(Call& call);
Prepared PrepareUpdateOrganizationalUnit(Call& call);
Prepared PrepareDeleteOrganizationalUnit(Call& call);
Prepared PrepareDescribeOrganizationalUnit(Call& call);
Prepared PrepareListOrganizationalUnitsForParent(Call& call);
Prepared PrepareListParents(Call& call);
Prepared PrepareListChildren(Call& call);
// accounts.cc
Prepared PrepareCreateAccount(Call& call);
Prepared PrepareDescribeCreateAccountStatus(Call& call);
Prepared PrepareListCreateAccountStatus(Call& call);
Prepared PrepareDescribeAccount(Call& call);
Prepared PrepareListAccounts(Call& call);
Prepared PrepareListAccountsForParent(Call& call);
Prepared PrepareMoveAccount(Call& call);
Prepared PrepareRemoveAccountFromOrganization(Call& call);
// policies.cc
Prepared PrepareCreatePolicy(Call& call);
Prepared PrepareUpdatePolicy(Call& call);
Prepared PrepareDescribePolicy(Call& call);
Prepared PrepareDeletePolicy(Call& call);
Prepared PrepareListPolicies(Call& call);
Prepared PrepareAttachPolicy(Call& call);
Prepared PrepareDetachPolicy(Call& call);
Prepared PrepareListTargetsForPolicy(Call& call);
Prepared PrepareListPoliciesForTarget(Call& call);

}  // namespace basalt::operations::organizations

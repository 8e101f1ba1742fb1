// Organizations' registry rows. Adding an operation: its function, its shape, its row.
#include <array>

#include "operations/organizations/handlers.h"
#include "operations/organizations/shapes.h"

namespace basalt::operations::organizations {

std::span<const Operation> Operations() {
  static constexpr std::array<Operation, 30> kOperations = {{
      {"CreateOrganization", "organizations:CreateOrganization", AccessClass::kControl, &kCreateOrganizationInput,
       PrepareCreateOrganization},
      {"DeleteOrganization", "organizations:DeleteOrganization", AccessClass::kControl, &kDeleteOrganizationInput,
       PrepareDeleteOrganization},
      {"DescribeOrganization", "organizations:DescribeOrganization", AccessClass::kControl, &kDescribeOrganizationInput,
       PrepareDescribeOrganization},
      {"ListRoots", "organizations:ListRoots", AccessClass::kControl, &kListRootsInput, PrepareListRoots},
      {"EnablePolicyType", "organizations:EnablePolicyType", AccessClass::kControl, &kEnablePolicyTypeInput,
       PrepareEnablePolicyType},
      {"DisablePolicyType", "organizations:DisablePolicyType", AccessClass::kControl, &kDisablePolicyTypeInput,
       PrepareDisablePolicyType},
      {"CreateOrganizationalUnit", "organizations:CreateOrganizationalUnit", AccessClass::kControl,
       &kCreateOrganizationalUnitInput, PrepareCreateOrganizationalUnit},
      {"UpdateOrganizationalUnit", "organizations:UpdateOrganizationalUnit", AccessClass::kControl,
       &kUpdateOrganizationalUnitInput, PrepareUpdateOrganizationalUnit},
      {"DeleteOrganizationalUnit", "organizations:DeleteOrganizationalUnit", AccessClass::kControl,
       &kDeleteOrganizationalUnitInput, PrepareDeleteOrganizationalUnit},
      {"DescribeOrganizationalUnit", "organizations:DescribeOrganizationalUnit", AccessClass::kControl,
       &kDescribeOrganizationalUnitInput, PrepareDescribeOrganizationalUnit},
      {"ListOrganizationalUnitsForParent", "organizations:ListOrganizationalUnitsForParent", AccessClass::kControl,
       &kListOrganizationalUnitsForParentInput, PrepareListOrganizationalUnitsForParent},
      {"ListParents", "organizations:ListParents", AccessClass::kControl, &kListParentsInput, PrepareListParents},
      {"ListChildren", "organizations:ListChildren", AccessClass::kControl, &kListChildrenInput, PrepareListChildren},
      {"CreateAccount", "organizations:CreateAccount", AccessClass::kControl, &kCreateAccountInput,
       PrepareCreateAccount},
      {"DescribeCreateAccountStatus", "organizations:DescribeCreateAccountStatus", AccessClass::kControl,
       &kDescribeCreateAccountStatusInput, PrepareDescribeCreateAccountStatus},
      {"ListCreateAccountStatus", "organizations:ListCreateAccountStatus", AccessClass::kControl,
       &kListCreateAccountStatusInput, PrepareListCreateAccountStatus},
      {"DescribeAccount", "organizations:DescribeAccount", AccessClass::kControl, &kDescribeAccountInput,
       PrepareDescribeAccount},
      {"ListAccounts", "organizations:ListAccounts", AccessClass::kControl, &kListAccountsInput, PrepareListAccounts},
      {"ListAccountsForParent", "organizations:ListAccountsForParent", AccessClass::kControl,
       &kListAccountsForParentInput, PrepareListAccountsForParent},
      {"MoveAccount", "organizations:MoveAccount", AccessClass::kControl, &kMoveAccountInput, PrepareMoveAccount},
      {"RemoveAccountFromOrganization", "organizations:RemoveAccountFromOrganization", AccessClass::kControl,
       &kRemoveAccountFromOrganizationInput, PrepareRemoveAccountFromOrganization},
      {"CreatePolicy", "organizations:CreatePolicy", AccessClass::kControl, &kCreatePolicyInput, PrepareCreatePolicy},
      {"UpdatePolicy", "organizations:UpdatePolicy", AccessClass::kControl, &kUpdatePolicyInput, PrepareUpdatePolicy},
      {"DescribePolicy", "organizations:DescribePolicy", AccessClass::kControl, &kDescribePolicyInput,
       PrepareDescribePolicy},
      {"DeletePolicy", "organizations:DeletePolicy", AccessClass::kControl, &kDeletePolicyInput, PrepareDeletePolicy},
      {"ListPolicies", "organizations:ListPolicies", AccessClass::kControl, &kListPoliciesInput, PrepareListPolicies},
      {"AttachPolicy", "organizations:AttachPolicy", AccessClass::kControl, &kAttachPolicyInput, PrepareAttachPolicy},
      {"DetachPolicy", "organizations:DetachPolicy", AccessClass::kControl, &kDetachPolicyInput, PrepareDetachPolicy},
      {"ListTargetsForPolicy", "organizations:ListTargetsForPolicy", AccessClass::kControl, &kListTargetsForPolicyInput,
       PrepareListTargetsForPolicy},
      {"ListPoliciesForTarget", "organizations:ListPoliciesForTarget", AccessClass::kControl,
       &kListPoliciesForTargetInput, PrepareListPoliciesForTarget},
  }};
  return kOperations;
}

}  // namespace basalt::operations::organizations

// Data only: what each request may hold.
#include "operations/organizations/shapes.h"

#include <array>

namespace basalt::operations::organizations {
namespace {

constexpr bool kRequired = true;
constexpr bool kUnsupported = false;

constexpr std::array<std::string_view, 2> kFeatureSetValues = {"ALL", "CONSOLIDATED_BILLING"};
constexpr Shape kFeatureSet{.kind = ShapeKind::kString, .values = kFeatureSetValues};
constexpr std::array<std::string_view, 13> kPolicyTypeValues = {"SERVICE_CONTROL_POLICY",
                                                                "RESOURCE_CONTROL_POLICY",
                                                                "TAG_POLICY",
                                                                "BACKUP_POLICY",
                                                                "AISERVICES_OPT_OUT_POLICY",
                                                                "CHATBOT_POLICY",
                                                                "DECLARATIVE_POLICY_EC2",
                                                                "SECURITYHUB_POLICY",
                                                                "INSPECTOR_POLICY",
                                                                "UPGRADE_ROLLOUT_POLICY",
                                                                "BEDROCK_POLICY",
                                                                "S3_POLICY",
                                                                "NETWORK_SECURITY_DIRECTOR_POLICY"};
constexpr Shape kPolicyType{.kind = ShapeKind::kString, .values = kPolicyTypeValues};
constexpr std::array<std::string_view, 2> kChildTypeValues = {"ACCOUNT", "ORGANIZATIONAL_UNIT"};
constexpr Shape kChildType{.kind = ShapeKind::kString, .values = kChildTypeValues};
constexpr std::array<std::string_view, 3> kStateValues = {"IN_PROGRESS", "SUCCEEDED", "FAILED"};
constexpr Shape kState{.kind = ShapeKind::kString, .values = kStateValues};
constexpr Shape kStates{.kind = ShapeKind::kList, .element = &kState};
constexpr std::array<std::string_view, 2> kBillingAccessValues = {"ALLOW", "DENY"};
constexpr Shape kBillingAccess{.kind = ShapeKind::kString, .values = kBillingAccessValues};
constexpr Shape kRootId{.kind = ShapeKind::kString, .maximum = 34};
constexpr Shape kUnitId{.kind = ShapeKind::kString, .maximum = 68};
constexpr Shape kParentId{.kind = ShapeKind::kString, .maximum = 100};
constexpr Shape kAccountId{.kind = ShapeKind::kString, .maximum = 12};
constexpr Shape kPolicyId{.kind = ShapeKind::kString, .maximum = 130};
constexpr Shape kRequestId{.kind = ShapeKind::kString, .maximum = 36};
constexpr Shape kUnitName{.kind = ShapeKind::kString, .minimum = 1, .maximum = 128};
constexpr Shape kEmail{.kind = ShapeKind::kString, .minimum = 6, .maximum = 64};
constexpr Shape kAccountName{.kind = ShapeKind::kString, .minimum = 1, .maximum = 50};
constexpr Shape kRoleName{.kind = ShapeKind::kString, .maximum = 64};
constexpr Shape kDescription{.kind = ShapeKind::kString, .maximum = 512};
constexpr Shape kContent{.kind = ShapeKind::kString, .minimum = 1};
constexpr Shape kTagKey{.kind = ShapeKind::kString, .minimum = 1, .maximum = 128};
constexpr Shape kTagValue{.kind = ShapeKind::kString, .minimum = 0, .maximum = 256};
constexpr std::array<Field, 2> kTagFields = {{{"Key", &kTagKey, kRequired}, {"Value", &kTagValue, kRequired}}};
constexpr Shape kTag{.kind = ShapeKind::kStructure, .name = "Tag", .fields = kTagFields};
constexpr Shape kTags{.kind = ShapeKind::kList, .element = &kTag};
constexpr Shape kNextToken{.kind = ShapeKind::kString, .maximum = 100000};
constexpr Shape kMaxResults{.kind = ShapeKind::kInteger, .minimum = 1, .maximum = 20};

constexpr std::array<Field, 1> kCreateOrganizationFields = {{{"FeatureSet", &kFeatureSet}}};
constexpr std::array<Field, 2> kListRootsFields = {{{"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 2> kEnablePolicyTypeFields = {
    {{"RootId", &kRootId, kRequired}, {"PolicyType", &kPolicyType, kRequired}}};
constexpr std::array<Field, 2> kDisablePolicyTypeFields = {
    {{"RootId", &kRootId, kRequired}, {"PolicyType", &kPolicyType, kRequired}}};
constexpr std::array<Field, 3> kCreateOrganizationalUnitFields = {
    {{"ParentId", &kParentId, kRequired}, {"Name", &kUnitName, kRequired}, {"Tags", &kTags, !kRequired, kUnsupported}}};
constexpr std::array<Field, 2> kUpdateOrganizationalUnitFields = {
    {{"OrganizationalUnitId", &kUnitId, kRequired}, {"Name", &kUnitName}}};
constexpr std::array<Field, 1> kDeleteOrganizationalUnitFields = {{{"OrganizationalUnitId", &kUnitId, kRequired}}};
constexpr std::array<Field, 1> kDescribeOrganizationalUnitFields = {{{"OrganizationalUnitId", &kUnitId, kRequired}}};
constexpr std::array<Field, 3> kListOrganizationalUnitsForParentFields = {
    {{"ParentId", &kParentId, kRequired}, {"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 3> kListParentsFields = {
    {{"ChildId", &kParentId, kRequired}, {"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 4> kListChildrenFields = {{{"ParentId", &kParentId, kRequired},
                                                       {"ChildType", &kChildType, kRequired},
                                                       {"NextToken", &kNextToken},
                                                       {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 5> kCreateAccountFields = {
    {{"Email", &kEmail, kRequired},
     {"AccountName", &kAccountName, kRequired},
     {"RoleName", &kRoleName},
     {"IamUserAccessToBilling", &kBillingAccess, !kRequired, kUnsupported},
     {"Tags", &kTags, !kRequired, kUnsupported}}};
constexpr std::array<Field, 1> kDescribeCreateAccountStatusFields = {
    {{"CreateAccountRequestId", &kRequestId, kRequired}}};
constexpr std::array<Field, 3> kListCreateAccountStatusFields = {
    {{"States", &kStates}, {"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 1> kDescribeAccountFields = {{{"AccountId", &kAccountId, kRequired}}};
constexpr std::array<Field, 2> kListAccountsFields = {{{"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 3> kListAccountsForParentFields = {
    {{"ParentId", &kParentId, kRequired}, {"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 3> kMoveAccountFields = {{{"AccountId", &kAccountId, kRequired},
                                                      {"SourceParentId", &kParentId, kRequired},
                                                      {"DestinationParentId", &kParentId, kRequired}}};
constexpr std::array<Field, 1> kRemoveAccountFromOrganizationFields = {{{"AccountId", &kAccountId, kRequired}}};
constexpr std::array<Field, 5> kCreatePolicyFields = {{{"Content", &kContent, kRequired},
                                                       {"Description", &kDescription, kRequired},
                                                       {"Name", &kUnitName, kRequired},
                                                       {"Type", &kPolicyType, kRequired},
                                                       {"Tags", &kTags, !kRequired, kUnsupported}}};
constexpr std::array<Field, 4> kUpdatePolicyFields = {{{"PolicyId", &kPolicyId, kRequired},
                                                       {"Name", &kUnitName},
                                                       {"Description", &kDescription},
                                                       {"Content", &kContent}}};
constexpr std::array<Field, 1> kDescribePolicyFields = {{{"PolicyId", &kPolicyId, kRequired}}};
constexpr std::array<Field, 1> kDeletePolicyFields = {{{"PolicyId", &kPolicyId, kRequired}}};
constexpr std::array<Field, 3> kListPoliciesFields = {
    {{"Filter", &kPolicyType, kRequired}, {"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 2> kAttachPolicyFields = {
    {{"PolicyId", &kPolicyId, kRequired}, {"TargetId", &kParentId, kRequired}}};
constexpr std::array<Field, 2> kDetachPolicyFields = {
    {{"PolicyId", &kPolicyId, kRequired}, {"TargetId", &kParentId, kRequired}}};
constexpr std::array<Field, 3> kListTargetsForPolicyFields = {
    {{"PolicyId", &kPolicyId, kRequired}, {"NextToken", &kNextToken}, {"MaxResults", &kMaxResults}}};
constexpr std::array<Field, 4> kListPoliciesForTargetFields = {{{"TargetId", &kParentId, kRequired},
                                                                {"Filter", &kPolicyType, kRequired},
                                                                {"NextToken", &kNextToken},
                                                                {"MaxResults", &kMaxResults}}};

}  // namespace

constexpr Shape kCreateOrganizationInput{
    .kind = ShapeKind::kStructure, .name = "CreateOrganizationRequest", .fields = kCreateOrganizationFields};
constexpr Shape kDeleteOrganizationInput{.kind = ShapeKind::kStructure, .name = "DeleteOrganizationRequest"};
constexpr Shape kDescribeOrganizationInput{.kind = ShapeKind::kStructure, .name = "DescribeOrganizationRequest"};
constexpr Shape kListRootsInput{.kind = ShapeKind::kStructure, .name = "ListRootsRequest", .fields = kListRootsFields};
constexpr Shape kEnablePolicyTypeInput{
    .kind = ShapeKind::kStructure, .name = "EnablePolicyTypeRequest", .fields = kEnablePolicyTypeFields};
constexpr Shape kDisablePolicyTypeInput{
    .kind = ShapeKind::kStructure, .name = "DisablePolicyTypeRequest", .fields = kDisablePolicyTypeFields};
constexpr Shape kCreateOrganizationalUnitInput{.kind = ShapeKind::kStructure,
                                               .name = "CreateOrganizationalUnitRequest",
                                               .fields = kCreateOrganizationalUnitFields};
constexpr Shape kUpdateOrganizationalUnitInput{.kind = ShapeKind::kStructure,
                                               .name = "UpdateOrganizationalUnitRequest",
                                               .fields = kUpdateOrganizationalUnitFields};
constexpr Shape kDeleteOrganizationalUnitInput{.kind = ShapeKind::kStructure,
                                               .name = "DeleteOrganizationalUnitRequest",
                                               .fields = kDeleteOrganizationalUnitFields};
constexpr Shape kDescribeOrganizationalUnitInput{.kind = ShapeKind::kStructure,
                                                 .name = "DescribeOrganizationalUnitRequest",
                                                 .fields = kDescribeOrganizationalUnitFields};
constexpr Shape kListOrganizationalUnitsForParentInput{.kind = ShapeKind::kStructure,
                                                       .name = "ListOrganizationalUnitsForParentRequest",
                                                       .fields = kListOrganizationalUnitsForParentFields};
constexpr Shape kListParentsInput{
    .kind = ShapeKind::kStructure, .name = "ListParentsRequest", .fields = kListParentsFields};
constexpr Shape kListChildrenInput{
    .kind = ShapeKind::kStructure, .name = "ListChildrenRequest", .fields = kListChildrenFields};
constexpr Shape kCreateAccountInput{
    .kind = ShapeKind::kStructure, .name = "CreateAccountRequest", .fields = kCreateAccountFields};
constexpr Shape kDescribeCreateAccountStatusInput{.kind = ShapeKind::kStructure,
                                                  .name = "DescribeCreateAccountStatusRequest",
                                                  .fields = kDescribeCreateAccountStatusFields};
constexpr Shape kListCreateAccountStatusInput{
    .kind = ShapeKind::kStructure, .name = "ListCreateAccountStatusRequest", .fields = kListCreateAccountStatusFields};
constexpr Shape kDescribeAccountInput{
    .kind = ShapeKind::kStructure, .name = "DescribeAccountRequest", .fields = kDescribeAccountFields};
constexpr Shape kListAccountsInput{
    .kind = ShapeKind::kStructure, .name = "ListAccountsRequest", .fields = kListAccountsFields};
constexpr Shape kListAccountsForParentInput{
    .kind = ShapeKind::kStructure, .name = "ListAccountsForParentRequest", .fields = kListAccountsForParentFields};
constexpr Shape kMoveAccountInput{
    .kind = ShapeKind::kStructure, .name = "MoveAccountRequest", .fields = kMoveAccountFields};
constexpr Shape kRemoveAccountFromOrganizationInput{.kind = ShapeKind::kStructure,
                                                    .name = "RemoveAccountFromOrganizationRequest",
                                                    .fields = kRemoveAccountFromOrganizationFields};
constexpr Shape kCreatePolicyInput{
    .kind = ShapeKind::kStructure, .name = "CreatePolicyRequest", .fields = kCreatePolicyFields};
constexpr Shape kUpdatePolicyInput{
    .kind = ShapeKind::kStructure, .name = "UpdatePolicyRequest", .fields = kUpdatePolicyFields};
constexpr Shape kDescribePolicyInput{
    .kind = ShapeKind::kStructure, .name = "DescribePolicyRequest", .fields = kDescribePolicyFields};
constexpr Shape kDeletePolicyInput{
    .kind = ShapeKind::kStructure, .name = "DeletePolicyRequest", .fields = kDeletePolicyFields};
constexpr Shape kListPoliciesInput{
    .kind = ShapeKind::kStructure, .name = "ListPoliciesRequest", .fields = kListPoliciesFields};
constexpr Shape kAttachPolicyInput{
    .kind = ShapeKind::kStructure, .name = "AttachPolicyRequest", .fields = kAttachPolicyFields};
constexpr Shape kDetachPolicyInput{
    .kind = ShapeKind::kStructure, .name = "DetachPolicyRequest", .fields = kDetachPolicyFields};
constexpr Shape kListTargetsForPolicyInput{
    .kind = ShapeKind::kStructure, .name = "ListTargetsForPolicyRequest", .fields = kListTargetsForPolicyFields};
constexpr Shape kListPoliciesForTargetInput{
    .kind = ShapeKind::kStructure, .name = "ListPoliciesForTargetRequest", .fields = kListPoliciesForTargetFields};

}  // namespace basalt::operations::organizations

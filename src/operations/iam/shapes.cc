// Data only: what each request may hold.
#include "operations/iam/shapes.h"

#include <array>

namespace basalt::operations::iam {
namespace {

constexpr bool kRequired = true;
constexpr bool kUnsupported = false;

constexpr Shape kPathType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 512};
constexpr Shape kUserNameType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 64};
constexpr Shape kArnType{.kind = ShapeKind::kString, .minimum = 20, .maximum = 2048};
constexpr Shape kTagKeyType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 128};
constexpr Shape kTagValueType{.kind = ShapeKind::kString, .minimum = 0, .maximum = 256};
constexpr std::array<Field, 2> kTagFields = {{{"Key", &kTagKeyType, kRequired}, {"Value", &kTagValueType, kRequired}}};
constexpr Shape kTag{.kind = ShapeKind::kStructure, .name = "Tag", .fields = kTagFields};
constexpr Shape kTagListType{.kind = ShapeKind::kList, .element = &kTag, .maximum = 50};
constexpr std::array<Field, 4> kCreateUserFields = {{{"Path", &kPathType},
                                                     {"UserName", &kUserNameType, kRequired},
                                                     {"PermissionsBoundary", &kArnType},
                                                     {"Tags", &kTagListType}}};
constexpr std::array<Field, 1> kGetUserFields = {{{"UserName", &kTagKeyType}}};
constexpr Shape kMarkerType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 320};
constexpr Shape kMaxItemsType{.kind = ShapeKind::kInteger, .minimum = 1, .maximum = 1000};
constexpr std::array<Field, 3> kListUsersFields = {
    {{"PathPrefix", &kPathType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kUpdateUserFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"NewPath", &kPathType}, {"NewUserName", &kUserNameType}}};
constexpr std::array<Field, 1> kDeleteUserFields = {{{"UserName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 2> kTagUserFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"Tags", &kTagListType, kRequired}}};
constexpr Shape kTagKeyListType{.kind = ShapeKind::kList, .element = &kTagKeyType, .maximum = 50};
constexpr std::array<Field, 2> kUntagUserFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"TagKeys", &kTagKeyListType, kRequired}}};
constexpr std::array<Field, 3> kListUserTagsFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 2> kPutUserPermissionsBoundaryFields = {
    {{"UserName", &kUserNameType, kRequired}, {"PermissionsBoundary", &kArnType, kRequired}}};
constexpr std::array<Field, 1> kDeleteUserPermissionsBoundaryFields = {{{"UserName", &kUserNameType, kRequired}}};
constexpr std::array<Field, 1> kCreateAccessKeyFields = {{{"UserName", &kTagKeyType}}};
constexpr std::array<Field, 3> kListAccessKeysFields = {
    {{"UserName", &kTagKeyType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr Shape kAccessKeyIdType{.kind = ShapeKind::kString, .minimum = 16, .maximum = 128};
constexpr std::array<std::string_view, 3> kStatusTypeValues = {"Active", "Inactive", "Expired"};
constexpr Shape kStatusType{.kind = ShapeKind::kString, .values = kStatusTypeValues};
constexpr std::array<Field, 3> kUpdateAccessKeyFields = {
    {{"UserName", &kTagKeyType}, {"AccessKeyId", &kAccessKeyIdType, kRequired}, {"Status", &kStatusType, kRequired}}};
constexpr std::array<Field, 2> kDeleteAccessKeyFields = {
    {{"UserName", &kTagKeyType}, {"AccessKeyId", &kAccessKeyIdType, kRequired}}};
constexpr std::array<Field, 2> kCreateGroupFields = {{{"Path", &kPathType}, {"GroupName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 3> kGetGroupFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kListGroupsFields = {
    {{"PathPrefix", &kPathType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kUpdateGroupFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"NewPath", &kPathType}, {"NewGroupName", &kTagKeyType}}};
constexpr std::array<Field, 1> kDeleteGroupFields = {{{"GroupName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 2> kAddUserToGroupFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"UserName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 2> kRemoveUserFromGroupFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"UserName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 3> kListGroupsForUserFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr Shape kPolicyDocumentType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 131072};
constexpr Shape kRoleDescriptionType{.kind = ShapeKind::kString, .maximum = 1000};
constexpr Shape kRoleMaxSessionDurationType{.kind = ShapeKind::kInteger, .minimum = 3600, .maximum = 43200};
constexpr std::array<Field, 7> kCreateRoleFields = {{{"Path", &kPathType},
                                                     {"RoleName", &kUserNameType, kRequired},
                                                     {"AssumeRolePolicyDocument", &kPolicyDocumentType, kRequired},
                                                     {"Description", &kRoleDescriptionType},
                                                     {"MaxSessionDuration", &kRoleMaxSessionDurationType},
                                                     {"PermissionsBoundary", &kArnType},
                                                     {"Tags", &kTagListType}}};
constexpr std::array<Field, 1> kGetRoleFields = {{{"RoleName", &kUserNameType, kRequired}}};
constexpr std::array<Field, 3> kListRolesFields = {
    {{"PathPrefix", &kPathType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kUpdateRoleFields = {{{"RoleName", &kUserNameType, kRequired},
                                                     {"Description", &kRoleDescriptionType},
                                                     {"MaxSessionDuration", &kRoleMaxSessionDurationType}}};
constexpr std::array<Field, 2> kUpdateRoleDescriptionFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"Description", &kRoleDescriptionType, kRequired}}};
constexpr std::array<Field, 1> kDeleteRoleFields = {{{"RoleName", &kUserNameType, kRequired}}};
constexpr std::array<Field, 2> kUpdateAssumeRolePolicyFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"PolicyDocument", &kPolicyDocumentType, kRequired}}};
constexpr std::array<Field, 2> kTagRoleFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"Tags", &kTagListType, kRequired}}};
constexpr std::array<Field, 2> kUntagRoleFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"TagKeys", &kTagKeyListType, kRequired}}};
constexpr std::array<Field, 3> kListRoleTagsFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 2> kPutRolePermissionsBoundaryFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"PermissionsBoundary", &kArnType, kRequired}}};
constexpr std::array<Field, 1> kDeleteRolePermissionsBoundaryFields = {{{"RoleName", &kUserNameType, kRequired}}};
constexpr std::array<Field, 3> kPutUserPolicyFields = {{{"UserName", &kTagKeyType, kRequired},
                                                        {"PolicyName", &kTagKeyType, kRequired},
                                                        {"PolicyDocument", &kPolicyDocumentType, kRequired}}};
constexpr std::array<Field, 2> kGetUserPolicyFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"PolicyName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 2> kDeleteUserPolicyFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"PolicyName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 3> kListUserPoliciesFields = {
    {{"UserName", &kTagKeyType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kPutGroupPolicyFields = {{{"GroupName", &kTagKeyType, kRequired},
                                                         {"PolicyName", &kTagKeyType, kRequired},
                                                         {"PolicyDocument", &kPolicyDocumentType, kRequired}}};
constexpr std::array<Field, 2> kGetGroupPolicyFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"PolicyName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 2> kDeleteGroupPolicyFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"PolicyName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 3> kListGroupPoliciesFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kPutRolePolicyFields = {{{"RoleName", &kUserNameType, kRequired},
                                                        {"PolicyName", &kTagKeyType, kRequired},
                                                        {"PolicyDocument", &kPolicyDocumentType, kRequired}}};
constexpr std::array<Field, 2> kGetRolePolicyFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"PolicyName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 2> kDeleteRolePolicyFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"PolicyName", &kTagKeyType, kRequired}}};
constexpr std::array<Field, 3> kListRolePoliciesFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 5> kCreatePolicyFields = {{{"PolicyName", &kTagKeyType, kRequired},
                                                       {"Path", &kPathType},
                                                       {"PolicyDocument", &kPolicyDocumentType, kRequired},
                                                       {"Description", &kRoleDescriptionType},
                                                       {"Tags", &kTagListType}}};
constexpr std::array<Field, 1> kGetPolicyFields = {{{"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<std::string_view, 3> kPolicyScopeTypeValues = {"All", "AWS", "Local"};
constexpr Shape kPolicyScopeType{.kind = ShapeKind::kString, .values = kPolicyScopeTypeValues};
constexpr Shape kBoolean{.kind = ShapeKind::kBoolean};
constexpr std::array<std::string_view, 2> kPolicyUsageTypeValues = {"PermissionsPolicy", "PermissionsBoundary"};
constexpr Shape kPolicyUsageType{.kind = ShapeKind::kString, .values = kPolicyUsageTypeValues};
constexpr std::array<Field, 6> kListPoliciesFields = {{{"Scope", &kPolicyScopeType},
                                                       {"OnlyAttached", &kBoolean},
                                                       {"PathPrefix", &kPathType},
                                                       {"PolicyUsageFilter", &kPolicyUsageType},
                                                       {"Marker", &kMarkerType},
                                                       {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 1> kDeletePolicyFields = {{{"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<Field, 3> kCreatePolicyVersionFields = {{{"PolicyArn", &kArnType, kRequired},
                                                              {"PolicyDocument", &kPolicyDocumentType, kRequired},
                                                              {"SetAsDefault", &kBoolean}}};
constexpr Shape kPolicyVersionIdType{.kind = ShapeKind::kString};
constexpr std::array<Field, 2> kGetPolicyVersionFields = {
    {{"PolicyArn", &kArnType, kRequired}, {"VersionId", &kPolicyVersionIdType, kRequired}}};
constexpr std::array<Field, 3> kListPolicyVersionsFields = {
    {{"PolicyArn", &kArnType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 2> kDeletePolicyVersionFields = {
    {{"PolicyArn", &kArnType, kRequired}, {"VersionId", &kPolicyVersionIdType, kRequired}}};
constexpr std::array<Field, 2> kSetDefaultPolicyVersionFields = {
    {{"PolicyArn", &kArnType, kRequired}, {"VersionId", &kPolicyVersionIdType, kRequired}}};
constexpr std::array<Field, 2> kTagPolicyFields = {
    {{"PolicyArn", &kArnType, kRequired}, {"Tags", &kTagListType, kRequired}}};
constexpr std::array<Field, 2> kUntagPolicyFields = {
    {{"PolicyArn", &kArnType, kRequired}, {"TagKeys", &kTagKeyListType, kRequired}}};
constexpr std::array<Field, 3> kListPolicyTagsFields = {
    {{"PolicyArn", &kArnType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 2> kAttachUserPolicyFields = {
    {{"UserName", &kUserNameType, kRequired}, {"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<Field, 2> kDetachUserPolicyFields = {
    {{"UserName", &kUserNameType, kRequired}, {"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<Field, 4> kListAttachedUserPoliciesFields = {{{"UserName", &kUserNameType, kRequired},
                                                                   {"PathPrefix", &kPathType},
                                                                   {"Marker", &kMarkerType},
                                                                   {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 2> kAttachGroupPolicyFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<Field, 2> kDetachGroupPolicyFields = {
    {{"GroupName", &kTagKeyType, kRequired}, {"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<Field, 4> kListAttachedGroupPoliciesFields = {{{"GroupName", &kTagKeyType, kRequired},
                                                                    {"PathPrefix", &kPathType},
                                                                    {"Marker", &kMarkerType},
                                                                    {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 2> kAttachRolePolicyFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<Field, 2> kDetachRolePolicyFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"PolicyArn", &kArnType, kRequired}}};
constexpr std::array<Field, 4> kListAttachedRolePoliciesFields = {{{"RoleName", &kUserNameType, kRequired},
                                                                   {"PathPrefix", &kPathType},
                                                                   {"Marker", &kMarkerType},
                                                                   {"MaxItems", &kMaxItemsType}}};
constexpr std::array<std::string_view, 5> kEntityTypeValues = {"User", "Role", "Group", "LocalManagedPolicy",
                                                               "AWSManagedPolicy"};
constexpr Shape kEntityType{.kind = ShapeKind::kString, .values = kEntityTypeValues};
constexpr std::array<Field, 6> kListEntitiesForPolicyFields = {{{"PolicyArn", &kArnType, kRequired},
                                                                {"EntityFilter", &kEntityType},
                                                                {"PathPrefix", &kPathType},
                                                                {"PolicyUsageFilter", &kPolicyUsageType},
                                                                {"Marker", &kMarkerType},
                                                                {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kListInstanceProfilesForRoleFields = {
    {{"RoleName", &kUserNameType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};

constexpr Shape kTextType{.kind = ShapeKind::kString};
constexpr std::array<std::string_view, 3> kAssignmentStatusValues = {"Assigned", "Unassigned", "Any"};
constexpr Shape kAssignmentStatusType{.kind = ShapeKind::kString, .values = kAssignmentStatusValues};
constexpr Shape kProviderUrlType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 255};
constexpr Shape kClientIdType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 255};
constexpr Shape kClientIdListType{.kind = ShapeKind::kList, .element = &kClientIdType};
constexpr Shape kThumbprintType{.kind = ShapeKind::kString, .minimum = 40, .maximum = 40};
constexpr Shape kThumbprintListType{.kind = ShapeKind::kList, .element = &kThumbprintType};
constexpr Shape kDeletionTaskIdType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 1000};
constexpr Shape kEntityListType{.kind = ShapeKind::kList, .element = &kEntityType};
constexpr Shape kPolicyListType{.kind = ShapeKind::kList, .element = &kPolicyDocumentType};
constexpr Shape kActionNameType{.kind = ShapeKind::kString, .minimum = 3, .maximum = 128};
constexpr Shape kActionListType{.kind = ShapeKind::kList, .element = &kActionNameType};
constexpr Shape kResourceNameType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 2048};
constexpr Shape kResourceListType{.kind = ShapeKind::kList, .element = &kResourceNameType};
constexpr Shape kContextKeyNameType{.kind = ShapeKind::kString, .minimum = 5, .maximum = 256};
constexpr Shape kContextValuesType{.kind = ShapeKind::kList, .element = &kTextType};
constexpr std::array<std::string_view, 12> kContextKeyTypeValues = {"string",  "stringList",  "numeric", "numericList",
                                                                    "boolean", "booleanList", "ip",      "ipList",
                                                                    "binary",  "binaryList",  "date",    "dateList"};
constexpr Shape kContextKeyType{.kind = ShapeKind::kString, .values = kContextKeyTypeValues};
constexpr std::array<Field, 3> kContextEntryFields = {{{"ContextKeyName", &kContextKeyNameType},
                                                       {"ContextKeyValues", &kContextValuesType},
                                                       {"ContextKeyType", &kContextKeyType}}};
constexpr Shape kContextEntry{.kind = ShapeKind::kStructure, .name = "ContextEntry", .fields = kContextEntryFields};
constexpr Shape kContextEntryListType{.kind = ShapeKind::kList, .element = &kContextEntry};
constexpr std::array<Field, 3> kListMFADevicesFields = {
    {{"UserName", &kTagKeyType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kListVirtualMFADevicesFields = {
    {{"AssignmentStatus", &kAssignmentStatusType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kListSSHPublicKeysFields = {
    {{"UserName", &kUserNameType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kListSigningCertificatesFields = {
    {{"UserName", &kTagKeyType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 5> kListServiceSpecificCredentialsFields = {{{"UserName", &kUserNameType},
                                                                         {"ServiceName", &kTextType},
                                                                         {"AllUsers", &kBoolean},
                                                                         {"Marker", &kMarkerType},
                                                                         {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 2> kListAccountAliasesFields = {{{"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 1> kGetLoginProfileFields = {{{"UserName", &kUserNameType}}};
constexpr std::array<Field, 1> kDeleteLoginProfileFields = {{{"UserName", &kUserNameType}}};
constexpr std::array<Field, 1> kGetAccessKeyLastUsedFields = {{{"AccessKeyId", &kAccessKeyIdType, kRequired}}};
constexpr std::array<Field, 4> kCreateOpenIDConnectProviderFields = {{{"Url", &kProviderUrlType, kRequired},
                                                                      {"ClientIDList", &kClientIdListType},
                                                                      {"ThumbprintList", &kThumbprintListType},
                                                                      {"Tags", &kTagListType}}};
constexpr std::array<Field, 1> kGetOpenIDConnectProviderFields = {{{"OpenIDConnectProviderArn", &kArnType, kRequired}}};
constexpr std::array<Field, 1> kDeleteOpenIDConnectProviderFields = {
    {{"OpenIDConnectProviderArn", &kArnType, kRequired}}};
constexpr std::array<Field, 2> kAddClientIDToOpenIDConnectProviderFields = {
    {{"OpenIDConnectProviderArn", &kArnType, kRequired}, {"ClientID", &kClientIdType, kRequired}}};
constexpr std::array<Field, 2> kRemoveClientIDFromOpenIDConnectProviderFields = {
    {{"OpenIDConnectProviderArn", &kArnType, kRequired}, {"ClientID", &kClientIdType, kRequired}}};
constexpr std::array<Field, 2> kUpdateOpenIDConnectProviderThumbprintFields = {
    {{"OpenIDConnectProviderArn", &kArnType, kRequired}, {"ThumbprintList", &kThumbprintListType, kRequired}}};
constexpr std::array<Field, 2> kTagOpenIDConnectProviderFields = {
    {{"OpenIDConnectProviderArn", &kArnType, kRequired}, {"Tags", &kTagListType, kRequired}}};
constexpr std::array<Field, 2> kUntagOpenIDConnectProviderFields = {
    {{"OpenIDConnectProviderArn", &kArnType, kRequired}, {"TagKeys", &kTagKeyListType, kRequired}}};
constexpr std::array<Field, 3> kListOpenIDConnectProviderTagsFields = {
    {{"OpenIDConnectProviderArn", &kArnType, kRequired}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 3> kCreateServiceLinkedRoleFields = {{{"AWSServiceName", &kTagKeyType, kRequired},
                                                                  {"Description", &kRoleDescriptionType},
                                                                  {"CustomSuffix", &kUserNameType}}};
constexpr std::array<Field, 1> kDeleteServiceLinkedRoleFields = {{{"RoleName", &kUserNameType, kRequired}}};
constexpr std::array<Field, 1> kGetServiceLinkedRoleDeletionStatusFields = {
    {{"DeletionTaskId", &kDeletionTaskIdType, kRequired}}};
constexpr std::array<Field, 3> kGetAccountAuthorizationDetailsFields = {
    {{"Filter", &kEntityListType}, {"Marker", &kMarkerType}, {"MaxItems", &kMaxItemsType}}};
constexpr std::array<Field, 11> kSimulateCustomPolicyFields = {
    {{"PolicyInputList", &kPolicyListType, kRequired},
     {"PermissionsBoundaryPolicyInputList", &kPolicyListType},
     {"ActionNames", &kActionListType, kRequired},
     {"ResourceArns", &kResourceListType},
     {"ResourcePolicy", &kPolicyDocumentType},
     {"ResourceOwner", &kResourceNameType},
     {"CallerArn", &kResourceNameType},
     {"ContextEntries", &kContextEntryListType},
     {"ResourceHandlingOption", &kUserNameType, !kRequired, kUnsupported},
     {"MaxItems", &kMaxItemsType},
     {"Marker", &kMarkerType}}};
constexpr std::array<Field, 12> kSimulatePrincipalPolicyFields = {
    {{"PolicySourceArn", &kArnType, kRequired},
     {"PolicyInputList", &kPolicyListType},
     {"PermissionsBoundaryPolicyInputList", &kPolicyListType},
     {"ActionNames", &kActionListType, kRequired},
     {"ResourceArns", &kResourceListType},
     {"ResourcePolicy", &kPolicyDocumentType},
     {"ResourceOwner", &kResourceNameType},
     {"CallerArn", &kResourceNameType},
     {"ContextEntries", &kContextEntryListType},
     {"ResourceHandlingOption", &kUserNameType, !kRequired, kUnsupported},
     {"MaxItems", &kMaxItemsType},
     {"Marker", &kMarkerType}}};
}  // namespace

constexpr Shape kCreateUserInput{
    .kind = ShapeKind::kStructure, .name = "CreateUserRequest", .fields = kCreateUserFields};
constexpr Shape kGetUserInput{.kind = ShapeKind::kStructure, .name = "GetUserRequest", .fields = kGetUserFields};
constexpr Shape kListUsersInput{.kind = ShapeKind::kStructure, .name = "ListUsersRequest", .fields = kListUsersFields};
constexpr Shape kUpdateUserInput{
    .kind = ShapeKind::kStructure, .name = "UpdateUserRequest", .fields = kUpdateUserFields};
constexpr Shape kDeleteUserInput{
    .kind = ShapeKind::kStructure, .name = "DeleteUserRequest", .fields = kDeleteUserFields};
constexpr Shape kTagUserInput{.kind = ShapeKind::kStructure, .name = "TagUserRequest", .fields = kTagUserFields};
constexpr Shape kUntagUserInput{.kind = ShapeKind::kStructure, .name = "UntagUserRequest", .fields = kUntagUserFields};
constexpr Shape kListUserTagsInput{
    .kind = ShapeKind::kStructure, .name = "ListUserTagsRequest", .fields = kListUserTagsFields};
constexpr Shape kPutUserPermissionsBoundaryInput{.kind = ShapeKind::kStructure,
                                                 .name = "PutUserPermissionsBoundaryRequest",
                                                 .fields = kPutUserPermissionsBoundaryFields};
constexpr Shape kDeleteUserPermissionsBoundaryInput{.kind = ShapeKind::kStructure,
                                                    .name = "DeleteUserPermissionsBoundaryRequest",
                                                    .fields = kDeleteUserPermissionsBoundaryFields};
constexpr Shape kCreateAccessKeyInput{
    .kind = ShapeKind::kStructure, .name = "CreateAccessKeyRequest", .fields = kCreateAccessKeyFields};
constexpr Shape kListAccessKeysInput{
    .kind = ShapeKind::kStructure, .name = "ListAccessKeysRequest", .fields = kListAccessKeysFields};
constexpr Shape kUpdateAccessKeyInput{
    .kind = ShapeKind::kStructure, .name = "UpdateAccessKeyRequest", .fields = kUpdateAccessKeyFields};
constexpr Shape kDeleteAccessKeyInput{
    .kind = ShapeKind::kStructure, .name = "DeleteAccessKeyRequest", .fields = kDeleteAccessKeyFields};
constexpr Shape kCreateGroupInput{
    .kind = ShapeKind::kStructure, .name = "CreateGroupRequest", .fields = kCreateGroupFields};
constexpr Shape kGetGroupInput{.kind = ShapeKind::kStructure, .name = "GetGroupRequest", .fields = kGetGroupFields};
constexpr Shape kListGroupsInput{
    .kind = ShapeKind::kStructure, .name = "ListGroupsRequest", .fields = kListGroupsFields};
constexpr Shape kUpdateGroupInput{
    .kind = ShapeKind::kStructure, .name = "UpdateGroupRequest", .fields = kUpdateGroupFields};
constexpr Shape kDeleteGroupInput{
    .kind = ShapeKind::kStructure, .name = "DeleteGroupRequest", .fields = kDeleteGroupFields};
constexpr Shape kAddUserToGroupInput{
    .kind = ShapeKind::kStructure, .name = "AddUserToGroupRequest", .fields = kAddUserToGroupFields};
constexpr Shape kRemoveUserFromGroupInput{
    .kind = ShapeKind::kStructure, .name = "RemoveUserFromGroupRequest", .fields = kRemoveUserFromGroupFields};
constexpr Shape kListGroupsForUserInput{
    .kind = ShapeKind::kStructure, .name = "ListGroupsForUserRequest", .fields = kListGroupsForUserFields};
constexpr Shape kCreateRoleInput{
    .kind = ShapeKind::kStructure, .name = "CreateRoleRequest", .fields = kCreateRoleFields};
constexpr Shape kGetRoleInput{.kind = ShapeKind::kStructure, .name = "GetRoleRequest", .fields = kGetRoleFields};
constexpr Shape kListRolesInput{.kind = ShapeKind::kStructure, .name = "ListRolesRequest", .fields = kListRolesFields};
constexpr Shape kUpdateRoleInput{
    .kind = ShapeKind::kStructure, .name = "UpdateRoleRequest", .fields = kUpdateRoleFields};
constexpr Shape kUpdateRoleDescriptionInput{
    .kind = ShapeKind::kStructure, .name = "UpdateRoleDescriptionRequest", .fields = kUpdateRoleDescriptionFields};
constexpr Shape kDeleteRoleInput{
    .kind = ShapeKind::kStructure, .name = "DeleteRoleRequest", .fields = kDeleteRoleFields};
constexpr Shape kUpdateAssumeRolePolicyInput{
    .kind = ShapeKind::kStructure, .name = "UpdateAssumeRolePolicyRequest", .fields = kUpdateAssumeRolePolicyFields};
constexpr Shape kTagRoleInput{.kind = ShapeKind::kStructure, .name = "TagRoleRequest", .fields = kTagRoleFields};
constexpr Shape kUntagRoleInput{.kind = ShapeKind::kStructure, .name = "UntagRoleRequest", .fields = kUntagRoleFields};
constexpr Shape kListRoleTagsInput{
    .kind = ShapeKind::kStructure, .name = "ListRoleTagsRequest", .fields = kListRoleTagsFields};
constexpr Shape kPutRolePermissionsBoundaryInput{.kind = ShapeKind::kStructure,
                                                 .name = "PutRolePermissionsBoundaryRequest",
                                                 .fields = kPutRolePermissionsBoundaryFields};
constexpr Shape kDeleteRolePermissionsBoundaryInput{.kind = ShapeKind::kStructure,
                                                    .name = "DeleteRolePermissionsBoundaryRequest",
                                                    .fields = kDeleteRolePermissionsBoundaryFields};
constexpr Shape kPutUserPolicyInput{
    .kind = ShapeKind::kStructure, .name = "PutUserPolicyRequest", .fields = kPutUserPolicyFields};
constexpr Shape kGetUserPolicyInput{
    .kind = ShapeKind::kStructure, .name = "GetUserPolicyRequest", .fields = kGetUserPolicyFields};
constexpr Shape kDeleteUserPolicyInput{
    .kind = ShapeKind::kStructure, .name = "DeleteUserPolicyRequest", .fields = kDeleteUserPolicyFields};
constexpr Shape kListUserPoliciesInput{
    .kind = ShapeKind::kStructure, .name = "ListUserPoliciesRequest", .fields = kListUserPoliciesFields};
constexpr Shape kPutGroupPolicyInput{
    .kind = ShapeKind::kStructure, .name = "PutGroupPolicyRequest", .fields = kPutGroupPolicyFields};
constexpr Shape kGetGroupPolicyInput{
    .kind = ShapeKind::kStructure, .name = "GetGroupPolicyRequest", .fields = kGetGroupPolicyFields};
constexpr Shape kDeleteGroupPolicyInput{
    .kind = ShapeKind::kStructure, .name = "DeleteGroupPolicyRequest", .fields = kDeleteGroupPolicyFields};
constexpr Shape kListGroupPoliciesInput{
    .kind = ShapeKind::kStructure, .name = "ListGroupPoliciesRequest", .fields = kListGroupPoliciesFields};
constexpr Shape kPutRolePolicyInput{
    .kind = ShapeKind::kStructure, .name = "PutRolePolicyRequest", .fields = kPutRolePolicyFields};
constexpr Shape kGetRolePolicyInput{
    .kind = ShapeKind::kStructure, .name = "GetRolePolicyRequest", .fields = kGetRolePolicyFields};
constexpr Shape kDeleteRolePolicyInput{
    .kind = ShapeKind::kStructure, .name = "DeleteRolePolicyRequest", .fields = kDeleteRolePolicyFields};
constexpr Shape kListRolePoliciesInput{
    .kind = ShapeKind::kStructure, .name = "ListRolePoliciesRequest", .fields = kListRolePoliciesFields};
constexpr Shape kCreatePolicyInput{
    .kind = ShapeKind::kStructure, .name = "CreatePolicyRequest", .fields = kCreatePolicyFields};
constexpr Shape kGetPolicyInput{.kind = ShapeKind::kStructure, .name = "GetPolicyRequest", .fields = kGetPolicyFields};
constexpr Shape kListPoliciesInput{
    .kind = ShapeKind::kStructure, .name = "ListPoliciesRequest", .fields = kListPoliciesFields};
constexpr Shape kDeletePolicyInput{
    .kind = ShapeKind::kStructure, .name = "DeletePolicyRequest", .fields = kDeletePolicyFields};
constexpr Shape kCreatePolicyVersionInput{
    .kind = ShapeKind::kStructure, .name = "CreatePolicyVersionRequest", .fields = kCreatePolicyVersionFields};
constexpr Shape kGetPolicyVersionInput{
    .kind = ShapeKind::kStructure, .name = "GetPolicyVersionRequest", .fields = kGetPolicyVersionFields};
constexpr Shape kListPolicyVersionsInput{
    .kind = ShapeKind::kStructure, .name = "ListPolicyVersionsRequest", .fields = kListPolicyVersionsFields};
constexpr Shape kDeletePolicyVersionInput{
    .kind = ShapeKind::kStructure, .name = "DeletePolicyVersionRequest", .fields = kDeletePolicyVersionFields};
constexpr Shape kSetDefaultPolicyVersionInput{
    .kind = ShapeKind::kStructure, .name = "SetDefaultPolicyVersionRequest", .fields = kSetDefaultPolicyVersionFields};
constexpr Shape kTagPolicyInput{.kind = ShapeKind::kStructure, .name = "TagPolicyRequest", .fields = kTagPolicyFields};
constexpr Shape kUntagPolicyInput{
    .kind = ShapeKind::kStructure, .name = "UntagPolicyRequest", .fields = kUntagPolicyFields};
constexpr Shape kListPolicyTagsInput{
    .kind = ShapeKind::kStructure, .name = "ListPolicyTagsRequest", .fields = kListPolicyTagsFields};
constexpr Shape kAttachUserPolicyInput{
    .kind = ShapeKind::kStructure, .name = "AttachUserPolicyRequest", .fields = kAttachUserPolicyFields};
constexpr Shape kDetachUserPolicyInput{
    .kind = ShapeKind::kStructure, .name = "DetachUserPolicyRequest", .fields = kDetachUserPolicyFields};
constexpr Shape kListAttachedUserPoliciesInput{.kind = ShapeKind::kStructure,
                                               .name = "ListAttachedUserPoliciesRequest",
                                               .fields = kListAttachedUserPoliciesFields};
constexpr Shape kAttachGroupPolicyInput{
    .kind = ShapeKind::kStructure, .name = "AttachGroupPolicyRequest", .fields = kAttachGroupPolicyFields};
constexpr Shape kDetachGroupPolicyInput{
    .kind = ShapeKind::kStructure, .name = "DetachGroupPolicyRequest", .fields = kDetachGroupPolicyFields};
constexpr Shape kListAttachedGroupPoliciesInput{.kind = ShapeKind::kStructure,
                                                .name = "ListAttachedGroupPoliciesRequest",
                                                .fields = kListAttachedGroupPoliciesFields};
constexpr Shape kAttachRolePolicyInput{
    .kind = ShapeKind::kStructure, .name = "AttachRolePolicyRequest", .fields = kAttachRolePolicyFields};
constexpr Shape kDetachRolePolicyInput{
    .kind = ShapeKind::kStructure, .name = "DetachRolePolicyRequest", .fields = kDetachRolePolicyFields};
constexpr Shape kListAttachedRolePoliciesInput{.kind = ShapeKind::kStructure,
                                               .name = "ListAttachedRolePoliciesRequest",
                                               .fields = kListAttachedRolePoliciesFields};
constexpr Shape kListEntitiesForPolicyInput{
    .kind = ShapeKind::kStructure, .name = "ListEntitiesForPolicyRequest", .fields = kListEntitiesForPolicyFields};
constexpr Shape kListInstanceProfilesForRoleInput{.kind = ShapeKind::kStructure,
                                                  .name = "ListInstanceProfilesForRoleRequest",
                                                  .fields = kListInstanceProfilesForRoleFields};
constexpr Shape kGetAccountSummaryInput{.kind = ShapeKind::kStructure, .name = "GetAccountSummaryRequest"};
constexpr Shape kListMFADevicesInput{
    .kind = ShapeKind::kStructure, .name = "ListMFADevicesRequest", .fields = kListMFADevicesFields};
constexpr Shape kListVirtualMFADevicesInput{
    .kind = ShapeKind::kStructure, .name = "ListVirtualMFADevicesRequest", .fields = kListVirtualMFADevicesFields};
constexpr Shape kListSSHPublicKeysInput{
    .kind = ShapeKind::kStructure, .name = "ListSSHPublicKeysRequest", .fields = kListSSHPublicKeysFields};
constexpr Shape kListSigningCertificatesInput{
    .kind = ShapeKind::kStructure, .name = "ListSigningCertificatesRequest", .fields = kListSigningCertificatesFields};
constexpr Shape kListServiceSpecificCredentialsInput{.kind = ShapeKind::kStructure,
                                                     .name = "ListServiceSpecificCredentialsRequest",
                                                     .fields = kListServiceSpecificCredentialsFields};
constexpr Shape kListAccountAliasesInput{
    .kind = ShapeKind::kStructure, .name = "ListAccountAliasesRequest", .fields = kListAccountAliasesFields};
constexpr Shape kGetLoginProfileInput{
    .kind = ShapeKind::kStructure, .name = "GetLoginProfileRequest", .fields = kGetLoginProfileFields};
constexpr Shape kDeleteLoginProfileInput{
    .kind = ShapeKind::kStructure, .name = "DeleteLoginProfileRequest", .fields = kDeleteLoginProfileFields};
constexpr Shape kGetAccessKeyLastUsedInput{
    .kind = ShapeKind::kStructure, .name = "GetAccessKeyLastUsedRequest", .fields = kGetAccessKeyLastUsedFields};
constexpr Shape kCreateOpenIDConnectProviderInput{.kind = ShapeKind::kStructure,
                                                  .name = "CreateOpenIDConnectProviderRequest",
                                                  .fields = kCreateOpenIDConnectProviderFields};
constexpr Shape kGetOpenIDConnectProviderInput{.kind = ShapeKind::kStructure,
                                               .name = "GetOpenIDConnectProviderRequest",
                                               .fields = kGetOpenIDConnectProviderFields};
constexpr Shape kListOpenIDConnectProvidersInput{.kind = ShapeKind::kStructure,
                                                 .name = "ListOpenIDConnectProvidersRequest"};
constexpr Shape kDeleteOpenIDConnectProviderInput{.kind = ShapeKind::kStructure,
                                                  .name = "DeleteOpenIDConnectProviderRequest",
                                                  .fields = kDeleteOpenIDConnectProviderFields};
constexpr Shape kAddClientIDToOpenIDConnectProviderInput{.kind = ShapeKind::kStructure,
                                                         .name = "AddClientIDToOpenIDConnectProviderRequest",
                                                         .fields = kAddClientIDToOpenIDConnectProviderFields};
constexpr Shape kRemoveClientIDFromOpenIDConnectProviderInput{.kind = ShapeKind::kStructure,
                                                              .name = "RemoveClientIDFromOpenIDConnectProviderRequest",
                                                              .fields = kRemoveClientIDFromOpenIDConnectProviderFields};
constexpr Shape kUpdateOpenIDConnectProviderThumbprintInput{.kind = ShapeKind::kStructure,
                                                            .name = "UpdateOpenIDConnectProviderThumbprintRequest",
                                                            .fields = kUpdateOpenIDConnectProviderThumbprintFields};
constexpr Shape kTagOpenIDConnectProviderInput{.kind = ShapeKind::kStructure,
                                               .name = "TagOpenIDConnectProviderRequest",
                                               .fields = kTagOpenIDConnectProviderFields};
constexpr Shape kUntagOpenIDConnectProviderInput{.kind = ShapeKind::kStructure,
                                                 .name = "UntagOpenIDConnectProviderRequest",
                                                 .fields = kUntagOpenIDConnectProviderFields};
constexpr Shape kListOpenIDConnectProviderTagsInput{.kind = ShapeKind::kStructure,
                                                    .name = "ListOpenIDConnectProviderTagsRequest",
                                                    .fields = kListOpenIDConnectProviderTagsFields};
constexpr Shape kCreateServiceLinkedRoleInput{
    .kind = ShapeKind::kStructure, .name = "CreateServiceLinkedRoleRequest", .fields = kCreateServiceLinkedRoleFields};
constexpr Shape kDeleteServiceLinkedRoleInput{
    .kind = ShapeKind::kStructure, .name = "DeleteServiceLinkedRoleRequest", .fields = kDeleteServiceLinkedRoleFields};
constexpr Shape kGetServiceLinkedRoleDeletionStatusInput{.kind = ShapeKind::kStructure,
                                                         .name = "GetServiceLinkedRoleDeletionStatusRequest",
                                                         .fields = kGetServiceLinkedRoleDeletionStatusFields};
constexpr Shape kGetAccountAuthorizationDetailsInput{.kind = ShapeKind::kStructure,
                                                     .name = "GetAccountAuthorizationDetailsRequest",
                                                     .fields = kGetAccountAuthorizationDetailsFields};
constexpr Shape kSimulateCustomPolicyInput{
    .kind = ShapeKind::kStructure, .name = "SimulateCustomPolicyRequest", .fields = kSimulateCustomPolicyFields};
constexpr Shape kSimulatePrincipalPolicyInput{
    .kind = ShapeKind::kStructure, .name = "SimulatePrincipalPolicyRequest", .fields = kSimulatePrincipalPolicyFields};

}  // namespace basalt::operations::iam

// Data only: what each request may hold.
#include "operations/sts/shapes.h"

#include <array>

namespace basalt::operations::sts {
namespace {

constexpr bool kRequired = true;
constexpr bool kUnsupported = false;

constexpr Shape kArnType{.kind = ShapeKind::kString, .minimum = 20, .maximum = 2048};
constexpr Shape kRoleSessionNameType{.kind = ShapeKind::kString, .minimum = 2, .maximum = 64};
constexpr std::array<Field, 1> kPolicyDescriptorTypeFields = {{{"arn", &kArnType}}};
constexpr Shape kPolicyDescriptorType{
    .kind = ShapeKind::kStructure, .name = "PolicyDescriptorType", .fields = kPolicyDescriptorTypeFields};
constexpr Shape kPolicyDescriptorListType{.kind = ShapeKind::kList, .element = &kPolicyDescriptorType};
constexpr Shape kUnrestrictedSessionPolicyDocumentType{.kind = ShapeKind::kString, .minimum = 1};
constexpr Shape kRoleDurationSecondsType{.kind = ShapeKind::kInteger, .minimum = 900, .maximum = 43200};
constexpr Shape kTagKeyType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 128};
constexpr Shape kTagValueType{.kind = ShapeKind::kString, .minimum = 0, .maximum = 256};
constexpr std::array<Field, 2> kTagFields = {{{"Key", &kTagKeyType, kRequired}, {"Value", &kTagValueType, kRequired}}};
constexpr Shape kTag{.kind = ShapeKind::kStructure, .name = "Tag", .fields = kTagFields};
constexpr Shape kTagListType{.kind = ShapeKind::kList, .element = &kTag, .maximum = 50};
constexpr Shape kTagKeyListType{.kind = ShapeKind::kList, .element = &kTagKeyType, .maximum = 50};
constexpr Shape kExternalIdType{.kind = ShapeKind::kString, .minimum = 2, .maximum = 1224};
constexpr Shape kSerialNumberType{.kind = ShapeKind::kString, .minimum = 9, .maximum = 256};
constexpr Shape kTokenCodeType{.kind = ShapeKind::kString, .minimum = 6, .maximum = 6, .logged = Logged::kNever};
constexpr Shape kContextAssertionType{
    .kind = ShapeKind::kString, .minimum = 4, .maximum = 2048, .logged = Logged::kNever};
constexpr std::array<Field, 2> kProvidedContextFields = {
    {{"ProviderArn", &kArnType}, {"ContextAssertion", &kContextAssertionType}}};
constexpr Shape kProvidedContext{
    .kind = ShapeKind::kStructure, .name = "ProvidedContext", .fields = kProvidedContextFields};
constexpr Shape kProvidedContextsListType{
    .kind = ShapeKind::kList, .element = &kProvidedContext, .minimum = 1, .maximum = 5};
constexpr std::array<Field, 12> kAssumeRoleFields = {
    {{"RoleArn", &kArnType, kRequired},
     {"RoleSessionName", &kRoleSessionNameType, kRequired},
     {"PolicyArns", &kPolicyDescriptorListType},
     {"Policy", &kUnrestrictedSessionPolicyDocumentType},
     {"DurationSeconds", &kRoleDurationSecondsType},
     {"Tags", &kTagListType},
     {"TransitiveTagKeys", &kTagKeyListType},
     {"ExternalId", &kExternalIdType},
     {"SerialNumber", &kSerialNumberType, !kRequired, kUnsupported},
     {"TokenCode", &kTokenCodeType, !kRequired, kUnsupported},
     {"SourceIdentity", &kRoleSessionNameType},
     {"ProvidedContexts", &kProvidedContextsListType, !kRequired, kUnsupported}}};
constexpr Shape kDurationSecondsType{.kind = ShapeKind::kInteger, .minimum = 900, .maximum = 129600};
constexpr std::array<Field, 3> kGetSessionTokenFields = {
    {{"DurationSeconds", &kDurationSecondsType},
     {"SerialNumber", &kSerialNumberType, !kRequired, kUnsupported},
     {"TokenCode", &kTokenCodeType, !kRequired, kUnsupported}}};
constexpr Shape kUserNameType{.kind = ShapeKind::kString, .minimum = 2, .maximum = 32};
constexpr Shape kSessionPolicyDocumentType{.kind = ShapeKind::kString, .minimum = 1, .maximum = 2048};
constexpr std::array<Field, 5> kGetFederationTokenFields = {{{"Name", &kUserNameType, kRequired},
                                                             {"Policy", &kSessionPolicyDocumentType},
                                                             {"PolicyArns", &kPolicyDescriptorListType},
                                                             {"DurationSeconds", &kDurationSecondsType},
                                                             {"Tags", &kTagListType}}};
constexpr Shape kClientTokenType{.kind = ShapeKind::kString, .minimum = 4, .maximum = 20000, .logged = Logged::kNever};
constexpr Shape kUrlType{.kind = ShapeKind::kString, .minimum = 4, .maximum = 2048};
constexpr std::array<Field, 7> kAssumeRoleWithWebIdentityFields = {
    {{"RoleArn", &kArnType, kRequired},
     {"RoleSessionName", &kRoleSessionNameType, kRequired},
     {"WebIdentityToken", &kClientTokenType, kRequired},
     {"ProviderId", &kUrlType, !kRequired, kUnsupported},
     {"PolicyArns", &kPolicyDescriptorListType},
     {"Policy", &kSessionPolicyDocumentType},
     {"DurationSeconds", &kRoleDurationSecondsType}}};
constexpr Shape kAccessKeyIdType{.kind = ShapeKind::kString, .minimum = 16, .maximum = 128};
constexpr std::array<Field, 1> kGetAccessKeyInfoFields = {{{"AccessKeyId", &kAccessKeyIdType, kRequired}}};

}  // namespace

constexpr Shape kGetCallerIdentityInput{.kind = ShapeKind::kStructure, .name = "GetCallerIdentityRequest"};
constexpr Shape kAssumeRoleInput{
    .kind = ShapeKind::kStructure, .name = "AssumeRoleRequest", .fields = kAssumeRoleFields};
constexpr Shape kAssumeRoleWithWebIdentityInput{.kind = ShapeKind::kStructure,
                                                .name = "AssumeRoleWithWebIdentityRequest",
                                                .fields = kAssumeRoleWithWebIdentityFields};
constexpr Shape kGetSessionTokenInput{
    .kind = ShapeKind::kStructure, .name = "GetSessionTokenRequest", .fields = kGetSessionTokenFields};
constexpr Shape kGetFederationTokenInput{
    .kind = ShapeKind::kStructure, .name = "GetFederationTokenRequest", .fields = kGetFederationTokenFields};
constexpr Shape kGetAccessKeyInfoInput{
    .kind = ShapeKind::kStructure, .name = "GetAccessKeyInfoRequest", .fields = kGetAccessKeyInfoFields};

}  // namespace basalt::operations::sts

// The one bridge from reasons to what clients see: wire names, HTTP status, who is at fault, whether to try again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace basalt::operations {

enum class Fault : uint8_t { kCaller, kContention, kCapacity, kService };

// How a service speaks of errors. The query protocol has columns of its own below.
enum class ErrorStyle : uint8_t {
  kDynamoDb,       // {"__type":"<namespace>#<name>",…}
  kKms,            // {"__type":"<name>","message":…}, with KMS's own names for what it has other names for
  kOrganizations,  // {"__type":"<name>","Message":…}, with Organizations' own names
};

struct WireError {
  std::string_view name;         // "ValidationException"
  std::string_view name_space;   // "com.amazon.coral.validate"
  std::string_view text_member;  // "message" or "Message"
  std::string_view query_code;   // the query services' name for it
  int http_status;               // of the JSON services
  int query_http_status;
  Fault fault;
  bool retryable;
};

// The detail of kTransactionCanceled: for each of its parts why it could not be carried out, nullopt if it could.
struct Cancellation final : ErrorDetail {
  std::vector<std::optional<Error>> reasons;
};
// `reasons` are of kConditionFailed, kDuplicateItem, kValidation or kItemCollectionLimit.
Error TransactionCanceled(std::vector<std::optional<Error>> reasons);

// What IAM, STS and Organizations alone refuse for.
enum class IamRefusal : uint8_t {
  kEntityAlreadyExists,
  kDeleteConflict,
  kMalformedPolicy,
  kInvalidInput,
  kPackedPolicyTooLarge,
  kUnmodifiableEntity,
  kInvalidIdentityToken,
  kExpiredIdentityToken,
  kNotInOrganization,
  kAlreadyInOrganization,
  kOrganizationNotEmpty,
  kManagementCannotLeave,
  kConstraintViolation,
  kAccountNotFound,
  kAccountRequestNotFound,
  kDuplicateAccount,
  kRootNotFound,
  kUnitNotFound,
  kUnitNotEmpty,
  kDuplicateUnit,
  kParentNotFound,
  kSourceParentNotFound,
  kDestinationParentNotFound,
  kChildNotFound,
  kTargetNotFound,
  kPolicyNotFound,
  kPolicyInUse,
  kDuplicatePolicy,
  kPolicyNotAttached,
  kDuplicateAttachment,
  kPolicyTypeNotEnabled,
  kPolicyTypeAlreadyEnabled,
  kPolicyTypeNotAvailable,
};
Error Refused(IamRefusal refusal, std::string text, SourceLocation location = SourceLocation::Current());

const WireError& WireErrorOf(Reason reason, ErrorStyle style = ErrorStyle::kDynamoDb);
const WireError& WireErrorOf(const Error& error, ErrorStyle style = ErrorStyle::kDynamoDb);

// What stands for the error where it is a part of an answer: "ConditionalCheckFailed", "ValidationError".
std::string CodeOf(Reason reason);

// What the client may read: our own faults keep their details for the log.
std::string_view PublicText(const Error& error);

// The item that failed a condition, if the error carries it; else empty.
std::string_view FailedItemJson(const Error& error);

// {"__type":"…","message":"…"}, with what the error carries: the item of a failed condition, the reasons of a
// cancelled transaction.
std::string JsonErrorBody(const Error& error, ErrorStyle style = ErrorStyle::kDynamoDb);
// <ErrorResponse>…; `xml_namespace` of the service.
std::string XmlErrorBody(const Error& error, std::string_view xml_namespace, std::string_view request_id);

void AppendXmlText(std::string& out, std::string_view text);  // escaped

}  // namespace basalt::operations

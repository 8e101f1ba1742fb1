// Reason -> wire.
#include "operations/errors.h"

#include <fmt/format.h>

#include <array>

#include "json/writer.h"
#include "table/item_write.h"
#include "table/throughput.h"

namespace basalt::operations {
namespace {

constexpr std::string_view kCoral = "com.amazon.coral.service";
constexpr std::string_view kValidate = "com.amazon.coral.validate";
constexpr std::string_view kAvailability = "com.amazon.coral.availability";
constexpr std::string_view kDynamoDb = "com.amazonaws.dynamodb.v20120810";

constexpr WireError kInternalServerError = {"InternalServerError", kDynamoDb, "message", "InternalFailure", 500, 500,
                                            Fault::kService,       true};

const WireError& DynamoDbErrorOf(Reason reason) {
  static constexpr WireError kValidationError = {
      "ValidationException", kValidate, "message", "ValidationError", 400, 400, Fault::kCaller, false};
  static constexpr WireError kSerializationError = {
      "SerializationException", kCoral, "Message", "MalformedInput", 400, 400, Fault::kCaller, false};
  static constexpr WireError kUnknownOperationError = {
      "UnknownOperationException", kCoral, "Message", "InvalidAction", 400, 400, Fault::kCaller, false};
  static constexpr WireError kConditionFailedError = {"ConditionalCheckFailedException",
                                                      kDynamoDb,
                                                      "message",
                                                      "ConditionalCheckFailed",
                                                      400,
                                                      400,
                                                      Fault::kContention,
                                                      false};
  static constexpr WireError kDuplicateItemError = {
      "DuplicateItemException", kDynamoDb, "message", "DuplicateItem", 400, 400, Fault::kContention, false};
  static constexpr WireError kItemCollectionLimitError = {"ItemCollectionSizeLimitExceededException",
                                                          kDynamoDb,
                                                          "message",
                                                          "ItemCollectionSizeLimitExceeded",
                                                          400,
                                                          400,
                                                          Fault::kCaller,
                                                          false};
  static constexpr WireError kResourceNotFoundError = {
      "ResourceNotFoundException", kDynamoDb, "message", "NoSuchEntity", 400, 404, Fault::kCaller, false};
  static constexpr WireError kPolicyNotFoundError = {
      "PolicyNotFoundException", kDynamoDb, "message", "NoSuchEntity", 400, 404, Fault::kCaller, false};
  static constexpr WireError kTableNotFoundError = {
      "TableNotFoundException", kDynamoDb, "message", "NoSuchEntity", 400, 404, Fault::kCaller, false};
  static constexpr WireError kTrimmedError = {
      "TrimmedDataAccessException", kDynamoDb, "message", "TrimmedDataAccess", 400, 400, Fault::kCaller, false};
  static constexpr WireError kExpiredIteratorError = {
      "ExpiredIteratorException", kDynamoDb, "message", "ExpiredIterator", 400, 400, Fault::kCaller, false};
  static constexpr WireError kResourceInUseError = {
      "ResourceInUseException", kDynamoDb, "message", "ResourceInUse", 400, 409, Fault::kContention, false};
  static constexpr WireError kLimitExceededError = {
      "LimitExceededException", kDynamoDb, "message", "LimitExceeded", 400, 409, Fault::kCapacity, true};
  static constexpr WireError kThrottlingError = {
      "ThrottlingException", kAvailability, "message", "Throttling", 400, 400, Fault::kCapacity, true};
  static constexpr WireError kProvisionedThroughputError = {"ProvisionedThroughputExceededException",
                                                            kDynamoDb,
                                                            "message",
                                                            "ProvisionedThroughputExceeded",
                                                            400,
                                                            400,
                                                            Fault::kCapacity,
                                                            true};
  static constexpr WireError kAccessDeniedError = {"AccessDeniedException", kCoral, "Message", "AccessDenied", 400, 403,
                                                   Fault::kCaller,          false};
  static constexpr WireError kMissingAuthenticationError = {"MissingAuthenticationTokenException",
                                                            kCoral,
                                                            "message",
                                                            "MissingAuthenticationToken",
                                                            400,
                                                            403,
                                                            Fault::kCaller,
                                                            false};
  static constexpr WireError kIncompleteSignatureError = {
      "IncompleteSignatureException", kCoral, "message", "IncompleteSignature", 400, 400, Fault::kCaller, false};
  static constexpr WireError kInvalidSignatureError = {
      "InvalidSignatureException", kCoral, "message", "SignatureDoesNotMatch", 400, 403, Fault::kCaller, false};
  static constexpr WireError kUnrecognizedClientError = {
      "UnrecognizedClientException", kCoral, "message", "InvalidClientTokenId", 400, 403, Fault::kCaller, false};
  static constexpr WireError kExpiredTokenError = {"ExpiredTokenException", kCoral, "message", "ExpiredToken", 400, 403,
                                                   Fault::kCaller,          false};
  static constexpr WireError kOverloadedError = {
      "ServiceUnavailableException", kAvailability, "message", "ServiceUnavailable", 503, 503, Fault::kCapacity, true};
  static constexpr WireError kTooLargeError = {
      "RequestEntityTooLargeException", kCoral, "message", "RequestEntityTooLarge", 413, 413, Fault::kCaller, false};
  static constexpr WireError kTransactionCanceledError = {
      "TransactionCanceledException", kDynamoDb, "Message", "TransactionCanceled", 400, 400, Fault::kContention, false};
  static constexpr WireError kTransactionInProgressError = {"TransactionInProgressException",
                                                            kDynamoDb,
                                                            "Message",
                                                            "TransactionInProgress",
                                                            400,
                                                            400,
                                                            Fault::kContention,
                                                            true};
  static constexpr WireError kIdempotentMismatchError = {"IdempotentParameterMismatchException",
                                                         kDynamoDb,
                                                         "Message",
                                                         "IdempotentParameterMismatch",
                                                         400,
                                                         400,
                                                         Fault::kCaller,
                                                         false};
  switch (reason) {
    case Reason::kTransactionCanceled:
      return kTransactionCanceledError;
    case Reason::kTransactionInProgress:
      return kTransactionInProgressError;
    case Reason::kIdempotentMismatch:
      return kIdempotentMismatchError;
    case Reason::kValidation:
      return kValidationError;
    case Reason::kSerialization:
      return kSerializationError;
    case Reason::kUnknownOperation:
      return kUnknownOperationError;
    case Reason::kConditionFailed:
      return kConditionFailedError;
    case Reason::kDuplicateItem:
      return kDuplicateItemError;
    case Reason::kItemCollectionLimit:
      return kItemCollectionLimitError;
    case Reason::kResourceNotFound:
      return kResourceNotFoundError;
    case Reason::kPolicyNotFound:
      return kPolicyNotFoundError;
    case Reason::kTableNotFound:
      return kTableNotFoundError;
    case Reason::kTrimmed:
      return kTrimmedError;
    case Reason::kExpiredIterator:
      return kExpiredIteratorError;
    case Reason::kResourceInUse:
      return kResourceInUseError;
    case Reason::kLimitExceeded:
      return kLimitExceededError;
    case Reason::kThrottling:
      return kThrottlingError;
    case Reason::kProvisionedThroughput:
      return kProvisionedThroughputError;
    case Reason::kAccessDenied:
      return kAccessDeniedError;
    case Reason::kMissingAuthentication:
      return kMissingAuthenticationError;
    case Reason::kIncompleteSignature:
      return kIncompleteSignatureError;
    case Reason::kInvalidSignature:
      return kInvalidSignatureError;
    case Reason::kUnrecognizedClient:
      return kUnrecognizedClientError;
    case Reason::kExpiredToken:
      return kExpiredTokenError;
    case Reason::kOverloaded:
      return kOverloadedError;
    case Reason::kTooLarge:
      return kTooLargeError;
    case Reason::kInternal:
    case Reason::kCorruption:
    case Reason::kIo:
    case Reason::kUnavailable:
    case Reason::kUnknownOutcome:
    case Reason::kConflict:
    case Reason::kNotFound:
    case Reason::kAlreadyExists:
    case Reason::kInvalidArgument:
    case Reason::kWrongKey:
      return kInternalServerError;
  }
  BASALT_CHECK(false);
}

// "TableReadProvisionedThroughputExceeded". The member is spelled by the exception.
void WriteThrottlingReasons(json::Writer& writer, Reason reason, const table::Throttling& throttling) {
  const bool is_provisioned = reason == Reason::kProvisionedThroughput;
  writer.Key(is_provisioned ? "ThrottlingReasons" : "throttlingReasons");
  writer.BeginArray();
  for (const table::ThrottledResource& resource : throttling.resources) {
    writer.BeginObject();
    writer.Key("reason");
    writer.String(fmt::format("{}{}{}Exceeded", resource.is_index ? "Index" : "Table",
                              resource.kind == table::UnitKind::kRead ? "Read" : "Write",
                              is_provisioned ? "ProvisionedThroughput" : "MaxOnDemandThroughput"));
    writer.Key("resource");
    writer.String(resource.arn);
    writer.EndObject();
  }
  writer.EndArray();
}

struct IamRefusalDetail final : ErrorDetail {
  IamRefusal refusal = IamRefusal::kInvalidInput;
};

std::string CancellationCode(const std::optional<Error>& reason) { return reason ? CodeOf(reason->reason) : "None"; }

void WriteFailedItem(json::Writer& writer, const Error& error) {
  if (const std::string_view item = FailedItemJson(error); !item.empty()) {
    writer.Key("Item");
    writer.Raw(item);
  }
}

void WriteCancellation(json::Writer& writer, const Cancellation& cancellation) {
  writer.Key("CancellationReasons");
  writer.BeginArray();
  for (const std::optional<Error>& reason : cancellation.reasons) {
    writer.BeginObject();
    writer.Key("Code");
    writer.String(CancellationCode(reason));
    if (reason) {
      WriteFailedItem(writer, *reason);
      writer.Key("Message");
      writer.String(reason->text);
    }
    writer.EndObject();
  }
  writer.EndArray();
}

}  // namespace

Error Refused(IamRefusal refusal, std::string text, SourceLocation location) {
  Error error(Reason::kValidation, std::move(text), location);
  auto detail = std::make_unique<IamRefusalDetail>();
  detail->refusal = refusal;
  error.detail = std::move(detail);
  return error;
}

const WireError& WireErrorOf(const Error& error, ErrorStyle style) {
  constexpr auto kRow = [](std::string_view name, std::string_view code, int http_status) {
    return WireError{name, "", "message", code, 400, http_status, Fault::kCaller, false};
  };
  static constexpr std::array<WireError, static_cast<size_t>(IamRefusal::kPolicyTypeNotAvailable) + 1> kRefusals = {
      kRow("EntityAlreadyExistsException", "EntityAlreadyExists", 409),
      kRow("DeleteConflictException", "DeleteConflict", 409),
      kRow("MalformedPolicyDocumentException", "MalformedPolicyDocument", 400),
      kRow("InvalidInputException", "InvalidInput", 400),
      kRow("PackedPolicyTooLargeException", "PackedPolicyTooLarge", 400),
      kRow("UnmodifiableEntityException", "UnmodifiableEntity", 400),
      kRow("InvalidIdentityTokenException", "InvalidIdentityToken", 400),
      kRow("ExpiredTokenException", "ExpiredTokenException", 400),
      kRow("AWSOrganizationsNotInUseException", "", 400),
      kRow("AlreadyInOrganizationException", "", 400),
      kRow("OrganizationNotEmptyException", "", 400),
      kRow("MasterCannotLeaveOrganizationException", "", 400),
      kRow("ConstraintViolationException", "", 400),
      kRow("AccountNotFoundException", "", 400),
      kRow("CreateAccountStatusNotFoundException", "", 400),
      kRow("DuplicateAccountException", "", 400),
      kRow("RootNotFoundException", "", 400),
      kRow("OrganizationalUnitNotFoundException", "", 400),
      kRow("OrganizationalUnitNotEmptyException", "", 400),
      kRow("DuplicateOrganizationalUnitException", "", 400),
      kRow("ParentNotFoundException", "", 400),
      kRow("SourceParentNotFoundException", "", 400),
      kRow("DestinationParentNotFoundException", "", 400),
      kRow("ChildNotFoundException", "", 400),
      kRow("TargetNotFoundException", "", 400),
      kRow("PolicyNotFoundException", "", 400),
      kRow("PolicyInUseException", "", 400),
      kRow("DuplicatePolicyException", "", 400),
      kRow("PolicyNotAttachedException", "", 400),
      kRow("DuplicatePolicyAttachmentException", "", 400),
      kRow("PolicyTypeNotEnabledException", "", 400),
      kRow("PolicyTypeAlreadyEnabledException", "", 400),
      kRow("PolicyTypeNotAvailableForOrganizationException", "", 400),
  };
  const auto* detail = dynamic_cast<const IamRefusalDetail*>(error.detail.get());
  return detail == nullptr ? WireErrorOf(error.reason, style) : kRefusals.at(static_cast<size_t>(detail->refusal));
}

Error TransactionCanceled(std::vector<std::optional<Error>> reasons) {
  std::string text = "Transaction cancelled, please refer cancellation reasons for specific reasons [";
  for (size_t i = 0; i < reasons.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += CancellationCode(reasons[i]);
  }
  Error error(Reason::kTransactionCanceled, text + "]");
  auto detail = std::make_unique<Cancellation>();
  detail->reasons = std::move(reasons);
  error.detail = std::move(detail);
  return error;
}

const WireError& WireErrorOf(Reason reason, ErrorStyle style) {
  static constexpr WireError kKmsInternalError = {"KMSInternalException", "",  "message", "InternalFailure", 500, 500,
                                                  Fault::kService,        true};
  static constexpr WireError kKmsNotFoundError = {"NotFoundException", "",   "message", "NoSuchEntity", 400, 404,
                                                  Fault::kCaller,      false};
  static constexpr WireError kOrganizationsInternalError = {
      "ServiceException", "", "Message", "InternalFailure", 500, 500, Fault::kService, true};
  static constexpr WireError kOrganizationsInvalidError = {
      "InvalidInputException", "", "Message", "InvalidInput", 400, 400, Fault::kCaller, false};
  const WireError& wire = DynamoDbErrorOf(reason);
  if (style == ErrorStyle::kOrganizations && wire.fault == Fault::kService) {
    return kOrganizationsInternalError;
  }
  if (style == ErrorStyle::kOrganizations && reason == Reason::kValidation) {
    return kOrganizationsInvalidError;
  }
  if (style == ErrorStyle::kKms && wire.fault == Fault::kService) {
    return kKmsInternalError;
  }
  if (style == ErrorStyle::kKms && reason == Reason::kResourceNotFound) {
    return kKmsNotFoundError;
  }
  return wire;
}

std::string CodeOf(Reason reason) {
  constexpr std::string_view kSuffix = "Exception";
  if (reason == Reason::kOverloaded) {
    return std::string(kInternalServerError.name);  // parts of an answer have no other name for it
  }
  std::string code(WireErrorOf(reason).name);
  if (code.ends_with(kSuffix)) {
    code.resize(code.size() - kSuffix.size());
  }
  return reason == Reason::kValidation || reason == Reason::kThrottling ? code + "Error" : code;
}

std::string_view PublicText(const Error& error) {
  return WireErrorOf(error.reason).fault == Fault::kService ? std::string_view("Internal server error") : error.text;
}

std::string_view FailedItemJson(const Error& error) {
  const auto* failure = dynamic_cast<const table::ConditionFailure*>(error.detail.get());
  return failure == nullptr ? std::string_view() : std::string_view(failure->item_json);
}

std::string JsonErrorBody(const Error& error, ErrorStyle style) {
  const WireError& wire = WireErrorOf(error, style);
  const bool is_namespaced = style == ErrorStyle::kDynamoDb;
  const std::string_view text = PublicText(error);
  std::string body;
  json::Writer writer(body);
  writer.BeginObject();
  writer.Key("__type");
  writer.String(is_namespaced ? fmt::format("{}#{}", wire.name_space, wire.name) : std::string(wire.name));
  if (const auto* cancellation = dynamic_cast<const Cancellation*>(error.detail.get())) {
    WriteCancellation(writer, *cancellation);
  }
  if (!text.empty()) {
    writer.Key(is_namespaced                         ? wire.text_member
               : style == ErrorStyle::kOrganizations ? std::string_view("Message")
                                                     : std::string_view("message"));
    writer.String(text);
  }
  if (error.reason == Reason::kConditionFailed) {
    WriteFailedItem(writer, error);
  }
  if (const auto* throttling = dynamic_cast<const table::Throttling*>(error.detail.get()); throttling != nullptr) {
    WriteThrottlingReasons(writer, error.reason, *throttling);
  }
  writer.EndObject();
  return body;
}

void AppendXmlText(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
          out.push_back(c);
        } else {
          out.push_back('?');  // no other control character is legal in XML 1.0
        }
    }
  }
}

std::string XmlErrorBody(const Error& error, std::string_view xml_namespace, std::string_view request_id) {
  const WireError& wire = WireErrorOf(error);
  std::string text;
  AppendXmlText(text, PublicText(error));
  return fmt::format(
      "<ErrorResponse xmlns=\"{}\">\n  <Error>\n    <Type>{}</Type>\n    <Code>{}</Code>\n    <Message>{}</Message>\n"
      "  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
      xml_namespace, wire.fault == Fault::kService ? "Receiver" : "Sender", wire.query_code, text, request_id);
}

}  // namespace basalt::operations

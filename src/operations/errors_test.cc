// Tests of the envelope of errors: names, namespaces, the text's member and the status of each reason.
#include "operations/errors.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "table/item_write.h"

namespace basalt::operations {
namespace {

struct Envelope {
  Reason reason;
  std::string type;
  std::string text_member;
  int status;
};

TEST(Errors, EveryReasonHasItsEnvelope) {
  const std::string dynamodb = "com.amazonaws.dynamodb.v20120810#";
  const std::string service = "com.amazon.coral.service#";
  const std::vector<Envelope> envelopes = {
      {Reason::kValidation, "com.amazon.coral.validate#ValidationException", "message", 400},
      {Reason::kSerialization, service + "SerializationException", "Message", 400},
      {Reason::kUnknownOperation, service + "UnknownOperationException", "Message", 400},
      {Reason::kAccessDenied, service + "AccessDeniedException", "Message", 400},
      {Reason::kConditionFailed, dynamodb + "ConditionalCheckFailedException", "message", 400},
      {Reason::kDuplicateItem, dynamodb + "DuplicateItemException", "message", 400},
      {Reason::kItemCollectionLimit, dynamodb + "ItemCollectionSizeLimitExceededException", "message", 400},
      {Reason::kResourceNotFound, dynamodb + "ResourceNotFoundException", "message", 400},
      {Reason::kPolicyNotFound, dynamodb + "PolicyNotFoundException", "message", 400},
      {Reason::kResourceInUse, dynamodb + "ResourceInUseException", "message", 400},
      {Reason::kLimitExceeded, dynamodb + "LimitExceededException", "message", 400},
      {Reason::kOverloaded, "com.amazon.coral.availability#ServiceUnavailableException", "message", 503},
  };
  for (const Envelope& envelope : envelopes) {
    EXPECT_EQ(JsonErrorBody(Error(envelope.reason, "a \"text\"")),
              R"({"__type":")" + envelope.type + R"(",")" + envelope.text_member + R"(":"a \"text\""})");
    EXPECT_EQ(WireErrorOf(envelope.reason).http_status, envelope.status) << envelope.type;
    // Without a text there is no member for it.
    EXPECT_EQ(JsonErrorBody(Error(envelope.reason, "")), R"({"__type":")" + envelope.type + R"("})");
  }
}

TEST(Errors, OurOwnFaultsKeepTheirTextForTheLog) {
  for (const Reason reason : {Reason::kInternal, Reason::kCorruption, Reason::kIo, Reason::kUnavailable,
                              Reason::kUnknownOutcome, Reason::kConflict, Reason::kNotFound, Reason::kWrongKey}) {
    EXPECT_EQ(JsonErrorBody(Error(reason, "/a/path")),
              R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"})");
    EXPECT_EQ(WireErrorOf(reason).http_status, 500);
  }
}

TEST(Errors, EveryReasonHasACodeInsideOfAnswers) {
  const std::vector<std::pair<Reason, std::string>> codes = {
      {Reason::kConditionFailed, "ConditionalCheckFailed"},
      {Reason::kItemCollectionLimit, "ItemCollectionSizeLimitExceeded"},
      {Reason::kValidation, "ValidationError"},
      {Reason::kThrottling, "ThrottlingError"},
      {Reason::kInternal, "InternalServerError"},
      {Reason::kUnknownOutcome, "InternalServerError"},
      {Reason::kOverloaded, "InternalServerError"},
      {Reason::kResourceNotFound, "ResourceNotFound"},
      {Reason::kAccessDenied, "AccessDenied"},
      {Reason::kDuplicateItem, "DuplicateItem"},
  };
  for (const auto& [reason, code] : codes) {
    EXPECT_EQ(CodeOf(reason), code);
  }
}

TEST(Errors, AFailedConditionCarriesItsItem) {
  Error error(Reason::kConditionFailed, "The conditional request failed");
  const std::string body = R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
                           R"("message":"The conditional request failed")";
  EXPECT_EQ(JsonErrorBody(error), body + "}");
  auto failure = std::make_unique<table::ConditionFailure>();
  failure->item_json = R"({"pk":{"S":"a"}})";
  error.detail = std::move(failure);
  EXPECT_EQ(JsonErrorBody(error), body + R"(,"Item":{"pk":{"S":"a"}}})");
}

}  // namespace
}  // namespace basalt::operations

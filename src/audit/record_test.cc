#include "audit/record.h"

#include <gtest/gtest.h>

#include <string>

namespace basalt::audit {
namespace {

Event Whole() {
  Event event;
  event.identity.type = "AssumedRole";
  event.identity.principal_id = "AROAEXAMPLE:me";
  event.identity.arn = "arn:aws:sts::111111111111:assumed-role/R/me";
  event.identity.account_id = "111111111111";
  event.identity.access_key_id = "ASIAEXAMPLE";
  event.identity.issuer = {"Role", "AROAEXAMPLE", "arn:aws:iam::111111111111:role/R", "111111111111", "R"};
  event.identity.session_began_ms = 1'599'172'035'000;
  event.identity.source_identity = "alice";
  event.time_ms = 1'599'172'035'678;
  event.source = "dynamodb.amazonaws.com";
  event.name = "GetItem";
  event.region = "us-east-1";
  event.source_address = "192.0.2.1";
  event.user_agent = "aws-cli";
  event.error_code = "AccessDenied";
  event.error_message = "no \"why\"";
  event.parameters = "{\"tableName\":\"T\"}";
  event.answer = "{\"revisionId\":\"2\"}";
  event.replaced_revision = "1";
  event.request_id = "REQUEST";
  event.event_id = "EVENT";
  event.read_only = true;
  event.is_management = false;
  event.resources = {{"AWS::DynamoDB::Table", "arn:aws:dynamodb:us-east-1:222222222222:table/T", "222222222222"}};
  event.api_version = "2012-08-10";
  event.recipient_account = "111111111111";
  event.shared_event_id = "SHARED";
  event.vpc_endpoint = "vpce-1";
  event.tls = {"TLSv1.3", "TLS_AES_128_GCM_SHA256", "dynamodb.local"};
  event.decision = {false, "resource-based policy", "dynamodb:GetItem", "arn:T", "arn:P", "Sid1", 0};
  return event;
}

TEST(Record, HasEveryMemberThatIsKnown) {
  EXPECT_EQ(
      MakeRecord(Whole()),
      R"({"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:me",)"
      R"("arn":"arn:aws:sts::111111111111:assumed-role/R/me","accountId":"111111111111",)"
      R"("accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role",)"
      R"("principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111111111111:role/R","accountId":"111111111111",)"
      R"("userName":"R"},"attributes":{"creationDate":"2020-09-03T22:27:15Z","mfaAuthenticated":"false"},)"
      R"("sourceIdentity":"alice"}},"eventTime":"2020-09-03T22:27:15Z","eventSource":"dynamodb.amazonaws.com",)"
      R"("eventName":"GetItem","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","userAgent":"aws-cli",)"
      R"("errorCode":"AccessDenied","errorMessage":"no \"why\"","requestParameters":{"tableName":"T"},)"
      R"("responseElements":{"revisionId":"2"},)"
      R"("additionalEventData":{"previousRevisionId":"1"},"requestID":"REQUEST","eventID":"EVENT","readOnly":true,)"
      R"("resources":[{"accountId":"222222222222","type":"AWS::DynamoDB::Table",)"
      R"("ARN":"arn:aws:dynamodb:us-east-1:222222222222:table/T"}],"eventType":"AwsApiCall",)"
      R"("apiVersion":"2012-08-10","managementEvent":false,"recipientAccountId":"111111111111",)"
      R"("sharedEventID":"SHARED","vpcEndpointId":"vpce-1","eventCategory":"Data",)"
      R"("tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",)"
      R"("clientProvidedHostHeader":"dynamodb.local"},"decision":{"effect":"Deny",)"
      R"("layer":"resource-based policy","action":"dynamodb:GetItem","resource":"arn:T","policy":"arn:P",)"
      R"("statementId":"Sid1","statementNumber":0}})");
}

TEST(Record, LeavesOutWhatIsNotKnown) {
  Event event;
  event.identity.type = "Root";
  event.time_ms = 0;
  event.event_id = "EVENT";
  EXPECT_EQ(MakeRecord(event),
            R"({"eventVersion":"1.08","userIdentity":{"type":"Root"},"eventTime":"1970-01-01T00:00:00Z",)"
            R"("requestParameters":null,"responseElements":null,"eventID":"EVENT","readOnly":false,)"
            R"("eventType":"AwsApiCall","managementEvent":true,"eventCategory":"Management"})");
}

TEST(Record, BytesThatAreNoTextAreReplacedAndLongOnesCut) {
  Event event;
  event.user_agent = "a\xff z";
  EXPECT_NE(MakeRecord(event).find(R"("userAgent":"a? z")"), std::string::npos);
  std::string agent(1023, 'x');
  agent += "\xc3\xa4";
  event.user_agent = agent;
  EXPECT_NE(MakeRecord(event).find("\"userAgent\":\"" + std::string(1023, 'x') + "\""), std::string::npos);
}

}  // namespace
}  // namespace basalt::audit

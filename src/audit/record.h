// A record of the audit log: one request, in the shape of a CloudTrail event. Pure: an Event in, JSON out. What an
// Event says of parameters and answers must already be fit to be written down. Any thread.
// Source: CloudTrail User Guide, "CloudTrail record contents", "CloudTrail userIdentity element".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace basalt::audit {

// Members that are empty are left out, here and below, but for those that say otherwise.
struct SessionIssuer {
  std::string_view type;  // "Role"
  std::string_view principal_id;
  std::string_view arn;
  std::string_view account_id;
  std::string_view user_name;
};

struct UserIdentity {
  std::string_view type;  // "Root", "IAMUser", "AssumedRole", "FederatedUser", "AWSAccount", …
  std::string_view principal_id;
  std::string_view arn;
  std::string_view account_id;
  std::string_view access_key_id;
  std::string_view user_name;
  std::optional<SessionIssuer> issuer;
  int64_t session_began_ms = 0;  // 0: it is no session
  bool mfa_authenticated = false;
  std::string_view source_identity;
};

struct EventResource {
  std::string type;  // "AWS::DynamoDB::Table"
  std::string arn;
  std::string account_id;
};

// What decided whether the request was allowed: ours, not CloudTrail's.
struct DecisionNote {
  bool allowed = true;
  std::string_view layer;  // "resource-based policy", …
  std::string_view action;
  std::string_view resource;
  std::string_view policy;     // what the policy belongs to that decided; empty: none did
  std::string_view statement;  // its Sid
  std::optional<uint32_t> statement_number;
};

struct TlsDetails {
  std::string_view version;
  std::string_view cipher_suite;
  std::string_view host;
};

struct Event {
  UserIdentity identity;
  int64_t time_ms = 0;      // when the request was completed
  std::string_view source;  // "dynamodb.amazonaws.com"
  std::string_view name;    // of the operation
  std::string_view region;
  std::string_view source_address;
  std::string_view user_agent;  // any bytes
  std::string_view error_code;
  std::string_view error_message;
  std::optional<std::string> parameters;  // JSON; unset: null
  std::optional<std::string> answer;      // JSON; unset: null
  std::string_view replaced_revision;     // of a policy that there was before
  std::string_view request_id;
  std::string event_id;
  bool read_only = false;
  bool is_management = true;
  std::vector<EventResource> resources;
  std::string_view api_version;
  std::string_view recipient_account;
  std::string_view shared_event_id;  // of the records of several accounts of one request
  std::string_view vpc_endpoint;
  std::optional<TlsDetails> tls;
  std::optional<DecisionNote> decision;
};

std::string MakeRecord(const Event& event);

}  // namespace basalt::audit

// Events as JSON.
#include "audit/record.h"

#include "json/utf8.h"
#include "json/writer.h"
#include "os/clock.h"

namespace basalt::audit {
namespace {

constexpr std::string_view kEventVersion = "1.08";
constexpr size_t kHeaderBytesMax = 1024;

// What a client sent in a header may be any bytes and of any length.
std::string Printable(std::string_view bytes) {
  std::string text(bytes.substr(0, kHeaderBytesMax));
  while (!text.empty() && bytes.size() > text.size() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) {
    text.pop_back();
  }
  if (!json::IsUtf8(text)) {
    for (char& c : text) {
      c = (static_cast<unsigned char>(c) & 0x80) != 0 ? '?' : c;
    }
  }
  return text;
}

class RecordWriter {
 public:
  explicit RecordWriter(const Event& event) : event_(event), writer_(out_) {}

  std::string Run() {
    writer_.BeginObject();
    Text("eventVersion", kEventVersion);
    Identity(event_.identity);
    Text("eventTime", os::FormatSeconds(event_.time_ms));
    Text("eventSource", event_.source);
    Text("eventName", event_.name);
    Text("awsRegion", event_.region);
    Text("sourceIPAddress", event_.source_address);
    Text("userAgent", Printable(event_.user_agent));
    Text("errorCode", event_.error_code);
    Text("errorMessage", event_.error_message);
    Json("requestParameters", event_.parameters);
    Json("responseElements", event_.answer);
    if (!event_.replaced_revision.empty()) {
      writer_.Key("additionalEventData");
      writer_.BeginObject();
      Text("previousRevisionId", event_.replaced_revision);
      writer_.EndObject();
    }
    Text("requestID", event_.request_id);
    Text("eventID", event_.event_id);
    Bool("readOnly", event_.read_only);
    Resources();
    Text("eventType", "AwsApiCall");
    Text("apiVersion", event_.api_version);
    Bool("managementEvent", event_.is_management);
    Text("recipientAccountId", event_.recipient_account);
    Text("sharedEventID", event_.shared_event_id);
    Text("vpcEndpointId", event_.vpc_endpoint);
    Text("eventCategory", event_.is_management ? "Management" : "Data");
    Tls();
    Decision();
    writer_.EndObject();
    return std::move(out_);
  }

 private:
  void Text(std::string_view name, std::string_view text) {
    if (!text.empty()) {
      writer_.Key(name);
      writer_.String(text);
    }
  }
  void Bool(std::string_view name, bool value) {
    writer_.Key(name);
    writer_.Bool(value);
  }
  void Json(std::string_view name, const std::optional<std::string>& json) {
    writer_.Key(name);
    json ? writer_.Raw(*json) : writer_.Null();
  }

  void Identity(const UserIdentity& identity) {
    writer_.Key("userIdentity");
    writer_.BeginObject();
    Text("type", identity.type);
    Text("principalId", identity.principal_id);
    Text("arn", identity.arn);
    Text("accountId", identity.account_id);
    Text("accessKeyId", identity.access_key_id);
    Text("userName", identity.user_name);
    if (identity.session_began_ms != 0) {
      Session(identity);
    }
    writer_.EndObject();
  }

  void Session(const UserIdentity& identity) {
    writer_.Key("sessionContext");
    writer_.BeginObject();
    if (identity.issuer) {
      writer_.Key("sessionIssuer");
      writer_.BeginObject();
      Text("type", identity.issuer->type);
      Text("principalId", identity.issuer->principal_id);
      Text("arn", identity.issuer->arn);
      Text("accountId", identity.issuer->account_id);
      Text("userName", identity.issuer->user_name);
      writer_.EndObject();
    }
    writer_.Key("attributes");
    writer_.BeginObject();
    Text("creationDate", os::FormatSeconds(identity.session_began_ms));
    Text("mfaAuthenticated", identity.mfa_authenticated ? "true" : "false");
    writer_.EndObject();
    Text("sourceIdentity", identity.source_identity);
    writer_.EndObject();
  }

  void Resources() {
    if (event_.resources.empty()) {
      return;
    }
    writer_.Key("resources");
    writer_.BeginArray();
    for (const EventResource& resource : event_.resources) {
      writer_.BeginObject();
      Text("accountId", resource.account_id);
      Text("type", resource.type);
      Text("ARN", resource.arn);
      writer_.EndObject();
    }
    writer_.EndArray();
  }

  void Tls() {
    if (!event_.tls) {
      return;
    }
    writer_.Key("tlsDetails");
    writer_.BeginObject();
    Text("tlsVersion", event_.tls->version);
    Text("cipherSuite", event_.tls->cipher_suite);
    Text("clientProvidedHostHeader", Printable(event_.tls->host));
    writer_.EndObject();
  }

  void Decision() {
    if (!event_.decision) {
      return;
    }
    const DecisionNote& decision = *event_.decision;
    writer_.Key("decision");
    writer_.BeginObject();
    Text("effect", decision.allowed ? "Allow" : "Deny");
    Text("layer", decision.layer);
    Text("action", decision.action);
    Text("resource", decision.resource);
    Text("policy", decision.policy);
    Text("statementId", decision.statement);
    if (decision.statement_number) {
      writer_.Key("statementNumber");
      writer_.Integer(*decision.statement_number);
    }
    writer_.EndObject();
  }

  const Event& event_;
  std::string out_;
  json::Writer writer_;
};

}  // namespace

std::string MakeRecord(const Event& event) { return RecordWriter(event).Run(); }

}  // namespace basalt::audit

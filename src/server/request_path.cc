// The path of a request. Reading order: Admit, Handle, then one function a step.
#include "server/request_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/cache_line.h"
#include "base/checksum.h"
#include "base/gzip.h"
#include "crypto/random.h"
#include "model/limits.h"
#include "operations/authorization.h"
#include "operations/errors.h"
#include "operations/operation.h"
#include "operations/query_input.h"
#include "operations/validation_text.h"
#include "server/accept_encoding.h"
#include "server/admission.h"
#include "server/audit_step.h"
#include "server/authenticator.h"
#include "server/host_check.h"
#include "server/query_parameters.h"
#include "server/request_origin.h"
#include "telemetry/log.h"

namespace basalt::server {
namespace {

using operations::Operation;
using operations::Protocol;
using operations::Service;

constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kXml = "text/xml";
constexpr std::string_view kPlain = "text/plain";

constexpr std::string_view kNotRecorded = "the call cannot be recorded in the audit log";
constexpr std::string_view kBusy = "The service is currently unavailable or busy. Try again.";

// A body up to this size is parsed before its signature is verified; larger than any single item needs.
constexpr size_t kStrangersBodyBytesMax = size_t{1} << 20;

// What is worth compressing, and what a loop may be kept busy with: below, the bytes saved are not worth the time;
// above, other requests would wait for it.
constexpr size_t kPlainAnswerBytesMax = 4096;
constexpr size_t kCompressedAnswerBytesMax = size_t{4} << 20;

// One request from its first step to its answer.
struct CallState {
  CallState(const operations::Services& services, table::LocalTables& tables, Executor& loop,
            std::shared_ptr<Admission> admission, AuditStep& audit_step, const http::Request& request,
            Subscriber<Networks>* networks)
      : call(services, tables, loop),
        memory(std::move(admission)),
        audit(audit_step),
        headers(request.head.headers),
        origin(request, networks) {
    call.origin = &origin;
  }

  operations::Call call;
  Admission::Part memory;  // of the call's arena
  AuditStep& audit;
  std::unique_ptr<operations::PreparedCall> prepared;
  const Service* service = nullptr;
  const Operation* operation = nullptr;
  std::string request_id;
  std::string_view content_type;  // of the answer
  std::string allowed_origin;
  std::span<const http::Header> headers;  // the request's, which live until it is answered, as what origin views
  RequestOrigin origin;
  http::Responder respond;
};

http::Response Plain(int status, std::string body, std::string_view content_type = kPlain) {
  http::Response response;
  response.status = status;
  response.content_type = content_type;
  response.body = std::move(body);
  return response;
}

std::string_view HeaderValue(const http::RequestHead& head, std::string_view name) {
  const http::Header* header = head.Find(name);
  return header == nullptr ? std::string_view() : header->value;
}

// The content type without its parameters.
std::string_view MediaType(const http::RequestHead& head) {
  std::string_view value = HeaderValue(head, "content-type");
  value = value.substr(0, value.find(';'));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) {
    value.remove_suffix(1);
  }
  return value;
}

// Whether an X-Amz-Target names something of the service.
bool HasTarget(const Service& service, std::string_view target) {
  return target.starts_with(service.target_prefix) && target.substr(service.target_prefix.size()).starts_with('.');
}

bool IsQueryService(std::string_view name) {
  const std::span<const Service> services = operations::AllServices();
  return std::any_of(services.begin(), services.end(), [name](const Service& service) {
    return service.protocol == Protocol::kQuery && service.name == name;
  });
}

class alignas(kCacheLineBytes) RequestPath final : public http::Handler {
 public:
  RequestPath(Executor& loop, const operations::Services& services, const RequestPathSettings& settings)
      : loop_(loop),
        services_(services),
        settings_(settings),
        tables_(services.catalogue, loop, settings.item_cache_bytes),
        authenticator_(services, settings.sigv4_skew_s),
        admission_(std::make_shared<Admission>(settings.admitted_requests_max, settings.admitted_bytes_max)),
        audit_(settings.audit, loop, services.clock),
        id_state_(crypto::RandomUint64() | 1) {
    if (settings_.networks != nullptr) {
      networks_.emplace(*settings_.networks);
    }
  }

  std::variant<std::unique_ptr<http::Ticket>, http::Response> Admit(const http::RequestHead& head,
                                                                    http::Relief& relief) override;
  http::Response RefuseBody() override { return Overloaded(); }
  void Handle(const http::Request& request, http::Responder respond) override;

 private:
  bool HandlePage(const http::Request& request, http::Responder& respond);
  const Service* Route(const http::Request& request) const;
  void HandleJson(const http::Request& request, std::unique_ptr<CallState> state);
  void HandleQuery(const http::Request& request, std::unique_ptr<CallState> state);
  static Status ParseBody(std::string_view body, http::Relief* relief, CallState& state);
  Status Authenticate(const http::Request& request, CallState& state);
  static Status HoldArena(http::Relief* relief, CallState& state);
  static Status Understand(http::Relief* relief, CallState& state);
  static void Execute(std::unique_ptr<CallState> state);
  static void Answer(std::unique_ptr<CallState> state, Result<operations::Answer> answer);
  static std::vector<audit::Entry> Audit(CallState& state, const Result<operations::Answer>& answer);
  static void Respond(CallState& state, Result<operations::Answer> answer);
  static void Fail(std::unique_ptr<CallState> state, Error error) { Answer(std::move(state), std::move(error)); }
  http::Response Overloaded();
  std::string NewRequestId();

  Executor& loop_;
  const operations::Services& services_;
  RequestPathSettings settings_;
  std::optional<Subscriber<Networks>> networks_;
  table::LocalTables tables_;
  Authenticator authenticator_;
  const std::shared_ptr<Admission> admission_;
  AuditStep audit_;
  uint64_t id_state_;
};

// ---- admit

std::variant<std::unique_ptr<http::Ticket>, http::Response> RequestPath::Admit(const http::RequestHead& head,
                                                                               http::Relief& relief) {
  // Whose key it is matters only for what can become large.
  const bool may_be_large = head.chunked || head.content_length > Admission::kSmallBytesMax;
  const bool is_stranger = may_be_large && !authenticator_.KnowsSigner(head);
  std::unique_ptr<http::Ticket> ticket =
      admission_->Admit(is_stranger ? Admission::Signer::kStranger : Admission::Signer::kKnown, relief);
  if (ticket == nullptr) {
    return Overloaded();
  }
  return ticket;
}

http::Response RequestPath::Overloaded() {
  http::Response response;
  response.status = 503;
  response.content_type = kJson10;
  response.body = operations::JsonErrorBody(Error(Reason::kOverloaded, std::string(kBusy)));
  response.headers.emplace_back("x-amzn-RequestId", NewRequestId());
  response.headers.emplace_back("x-amz-crc32", fmt::format("{}", Crc32(response.body)));
  response.close = true;
  return response;
}

// ---- route

void RequestPath::Handle(const http::Request& request, http::Responder respond) {
  if (HandlePage(request, respond)) {
    return;
  }
  auto state = std::make_unique<CallState>(services_, tables_, loop_, admission_, audit_, request,
                                           networks_ ? &*networks_ : nullptr);
  state->respond = std::move(respond);
  state->request_id = NewRequestId();
  if (services_.mode == operations::Mode::kDev) {
    state->allowed_origin = HeaderValue(request.head, "origin");
  }
  state->service = Route(request);
  state->content_type = state->service->content_type;
  state->call.host = state->call.arena.Copy(HeaderValue(request.head, "host"));
  if (state->service->protocol == Protocol::kQuery) {
    HandleQuery(request, std::move(state));
  } else {
    HandleJson(request, std::move(state));
  }
}

// Pages that are no API calls. True if the request was one, and is answered.
bool RequestPath::HandlePage(const http::Request& request, http::Responder& respond) {
  const http::RequestHead& head = request.head;
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (reads && head.path == "/health") {
    respond(Plain(200, "ok\n"));
    return true;
  }
  if (reads && head.path == "/ready") {
    respond(Plain(200, "ready\n"));
    return true;
  }
  const std::string_view origin = HeaderValue(head, "origin");
  if (services_.mode == operations::Mode::kDev) {
    if (!HostIsLocal(HeaderValue(head, "host"), settings_.host_names)) {
      respond(Plain(403, "This Host is not served here; name it with --host-name.\n"));
      return true;
    }
    const bool allowed = origin.empty() || std::find(settings_.allowed_origins.begin(), settings_.allowed_origins.end(),
                                                     origin) != settings_.allowed_origins.end();
    if (!allowed) {
      respond(Plain(403, "This Origin may not call; allow it with --allow-origin.\n"));
      return true;
    }
  }
  if (head.method == "OPTIONS" && !origin.empty()) {
    if (services_.mode != operations::Mode::kDev) {
      respond(Plain(403, "Calls from browsers are not allowed.\n"));
      return true;
    }
    http::Response response;
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");  // who asks is among the allowed
    response.headers.emplace_back("Access-Control-Allow-Headers",
                                  std::string(HeaderValue(head, "access-control-request-headers")));
    response.headers.emplace_back("Access-Control-Allow-Methods",
                                  std::string(HeaderValue(head, "access-control-request-method")));
    response.headers.emplace_back("Access-Control-Max-Age", "172800");
    respond(std::move(response));
    return true;
  }
  if (reads && head.path == "/" && head.query.empty() && head.Find("x-amz-target") == nullptr &&
      !IsQueryService(signature::ServiceOfScope(head))) {
    respond(Plain(200, fmt::format("healthy: dynamodb.{}.amazonaws.com ", services_.regions.front())));
    return true;
  }
  return false;
}

// The service a request is for: its target's prefix, else what it is signed for, else a query call's version. What
// names none of ours is answered by the first service, as an operation it does not know.
const Service* RequestPath::Route(const http::Request& request) const {
  const std::span<const Service> services = operations::AllServices();
  const std::string_view target = HeaderValue(request.head, "x-amz-target");
  for (const Service& service : services) {
    if (!service.target_prefix.empty() && HasTarget(service, target)) {
      return &service;
    }
  }
  if (target.empty()) {
    const std::string_view scope = signature::ServiceOfScope(request.head);
    for (const Service& service : services) {
      if (service.name == scope) {
        return &service;
      }
    }
    const bool is_form = MediaType(request.head) == "application/x-www-form-urlencoded";
    const std::string_view parameters = is_form ? request.body : request.head.query;
    if (scope.empty() && parameters.find("Action=") != std::string_view::npos) {
      for (const Service& service : services) {
        if (!service.version.empty() && parameters.find(service.version) != std::string_view::npos) {
          return &service;
        }
      }
    }
  }
  return &services.front();
}

// ---- the JSON services

// As which type a JSON request is answered: its own. Empty if the service does not speak it; a service that is not ours
// may speak any, so that its calls are answered as unknown operations, which clients understand.
std::string_view AnswerType(const Service& service, std::string_view target, std::string_view media_type) {
  const bool is_ours = target.empty() || HasTarget(service, target);
  for (const Service& speaker : operations::AllServices()) {
    if (speaker.protocol == Protocol::kJson && speaker.content_type == media_type &&
        (!is_ours || &speaker == &service)) {
      return speaker.content_type;
    }
  }
  return media_type == kJson ? kJson : std::string_view();
}

void RequestPath::HandleJson(const http::Request& request, std::unique_ptr<CallState> state) {
  const http::RequestHead& head = request.head;
  const std::string_view target = HeaderValue(head, "x-amz-target");
  const std::string_view answer_type = AnswerType(*state->service, target, MediaType(head));
  if (head.method != "POST" || (!request.body.empty() && answer_type.empty())) {
    state->respond(Plain(404, "<UnknownOperationException/>\n", kXml));
    return;
  }
  if (!answer_type.empty()) {
    state->content_type = answer_type;
  }
  if (HasTarget(*state->service, target)) {
    state->operation = state->service->Find(target.substr(state->service->target_prefix.size() + 1));
  }
  const std::string_view encoding = HeaderValue(head, "content-encoding");
  const bool is_gzip = http::EqualIgnoringCase(encoding, "gzip");
  if (!is_gzip && !encoding.empty() && !http::EqualIgnoringCase(encoding, "identity")) {
    state->respond(Plain(415, "This content encoding is not supported.\n"));
    return;
  }
  // Broken JSON is reported before a bad signature, but strangers get no large document unpacked or parsed.
  const bool authenticate_first = is_gzip || request.body.size() > kStrangersBodyBytesMax;
  if (authenticate_first && state->operation != nullptr) {
    if (Status status = Authenticate(request, *state); !status.ok()) {
      return Fail(std::move(state), status.TakeError());
    }
  }
  if (!authenticate_first || state->operation != nullptr) {
    Result<std::string> unpacked = is_gzip ? Gunzip(request.body, model::kRequestBytesMax) : std::string();
    if (!unpacked.ok() && unpacked.error().reason == Reason::kTooLarge) {
      state->respond(Plain(413, "The request is too large.\n"));
      return;
    }
    if (!unpacked.ok()) {
      return Fail(std::move(state), Error(Reason::kSerialization, ""));
    }
    const std::string_view body = is_gzip ? std::string_view(*unpacked) : request.body;
    if (!body.empty()) {
      if (Status status = ParseBody(body, request.relief, *state); !status.ok()) {
        return Fail(std::move(state), status.TakeError());
      }
    }
  }
  if (state->operation == nullptr) {
    return Fail(std::move(state), Error(Reason::kUnknownOperation, ""));
  }
  if (!authenticate_first) {
    if (Status status = Authenticate(request, *state); !status.ok()) {
      return Fail(std::move(state), status.TakeError());
    }
  }
  if (!state->call.input.IsObject()) {
    return Fail(std::move(state), Error(Reason::kSerialization, ""));
  }
  if (Status status = Understand(request.relief, *state); !status.ok()) {
    return Fail(std::move(state), status.TakeError());
  }
  Execute(std::move(state));
}

// Nodes may take many times the bytes of their text, so they have to fit what the loop has left.
Status RequestPath::ParseBody(std::string_view body, http::Relief* relief, CallState& state) {
  Arena& arena = state.call.arena;
  const auto room_bytes = [&] {
    const uint64_t most = state.memory.SizeMax();
    return most - std::min<uint64_t>(most, arena.allocated_bytes());
  };
  Result<json::Node> input = json::Parse(body, arena, room_bytes());
  if (!input.ok() && input.error().reason == Reason::kTooLarge && relief != nullptr) {
    while (room_bytes() < body.size() * json::kNodeBytesPerByteMax && relief->EndSlowest()) {
    }
    input = json::Parse(body, arena, room_bytes());
  }
  if (!input.ok() && input.error().reason == Reason::kTooLarge) {
    return Error(Reason::kOverloaded, std::string(kBusy));
  }
  if (!input.ok()) {
    return Error(Reason::kSerialization, "");
  }
  state.call.input = *input;
  return HoldArena(relief, state);
}

Status RequestPath::HoldArena(http::Relief* relief, CallState& state) {
  if (!state.memory.Resize(state.call.arena.allocated_bytes(), relief)) {
    return Error(Reason::kOverloaded, std::string(kBusy));
  }
  return {};
}

// ---- the query services

void RequestPath::HandleQuery(const http::Request& request, std::unique_ptr<CallState> state) {
  const bool is_get = request.head.method == "GET";
  if (!is_get && request.head.method != "POST") {
    return Fail(std::move(state), Error(Reason::kUnknownOperation, "Only GET and POST are supported"));
  }
  Result<std::span<const operations::Parameter>> parameters =
      ParseParameters(is_get || request.body.empty() ? request.head.query : request.body, state->call.arena);
  if (!parameters.ok()) {
    return Fail(std::move(state), parameters.TakeError());
  }
  const std::string_view action = FindParameter(*parameters, "Action");
  const std::string_view version = FindParameter(*parameters, "Version");
  if (version.empty() || version == state->service->version) {
    state->operation = state->service->Find(action);
  }
  if (state->operation == nullptr) {
    return Fail(std::move(state),
                Error(Reason::kUnknownOperation,
                      fmt::format("Could not find operation {} for version {}", action.empty() ? "NO_ACTION" : action,
                                  version.empty() ? "NO_VERSION_SPECIFIED" : version)));
  }
  if (Status status = Authenticate(request, *state); !status.ok()) {
    return Fail(std::move(state), status.TakeError());
  }
  Result<json::Node> input = operations::ReadParameters(*state->operation->input, *parameters, state->call.arena);
  if (!input.ok()) {
    return Fail(std::move(state), input.TakeError());
  }
  state->call.input = *input;
  if (Status status = Understand(request.relief, *state); !status.ok()) {
    return Fail(std::move(state), status.TakeError());
  }
  Execute(std::move(state));
}

// ---- the steps both share

Status RequestPath::Authenticate(const http::Request& request, CallState& state) {
  if (state.operation->is_unsigned) {
    state.call.caller.principal = identity::Principal::Nobody();
    state.call.region = services_.regions.front();
    return {};
  }
  TRY_ASSIGN(Authenticated who, authenticator_.Authenticate(request, *state.service, state.call.arena));
  state.call.caller = std::move(who.caller);
  state.call.region = std::move(who.region);
  return {};
}

// Shape, validation, authorization.
Status RequestPath::Understand(http::Relief* relief, CallState& state) {
  TRY(operations::CheckTypes(*state.operation->input, state.call.input));
  const std::vector<operations::Violation> violations =
      operations::FindViolations(*state.operation->input, state.call.input);
  if (!violations.empty()) {
    return operations::ConstraintError(violations, *state.operation, state.call.services.dialect);
  }
  TRY(operations::CheckSupported(*state.operation->input, state.call.input));
  TRY_ASSIGN(state.prepared, state.operation->prepare(state.call));
  TRY(operations::Authorize(state.call, *state.service, *state.operation, *state.prepared));
  return HoldArena(relief, state);
}

void RequestPath::Execute(std::unique_ptr<CallState> state) {
  if (!state->audit.MayRun() && state->audit.Records(*state->service, *state->operation, state->call.decided.denied)) {
    return Fail(std::move(state), Error(Reason::kInternal, std::string(kNotRecorded)));
  }
  operations::PreparedCall& prepared = *state->prepared;
  prepared.Execute([state = std::move(state)](Result<operations::Answer> answer) mutable {
    Answer(std::move(state), std::move(answer));
  });
}

// Nothing is answered before what the audit log is to hold of it stands there.
void RequestPath::Answer(std::unique_ptr<CallState> state, Result<operations::Answer> answer) {
  if (!answer.ok() && state->operation != nullptr) {
    answer = operations::InDialect(answer.TakeError(), *state->operation, state->call.services.dialect);
  }
  std::vector<audit::Entry> records = Audit(*state, answer);
  if (records.empty()) {
    return Respond(*state, std::move(answer));
  }
  AuditStep& audit = state->audit;
  audit.Write(std::move(records), [state = std::move(state), answer = std::move(answer)](Status recorded) mutable {
    const std::unique_ptr<CallState> finished = std::move(state);
    Respond(*finished, recorded.ok() ? std::move(answer) : Error(Reason::kInternal, std::string(kNotRecorded)));
  });
}

void RequestPath::Respond(CallState& state, Result<operations::Answer> answer) {
  http::Response response;
  const bool is_query = state.service->protocol == Protocol::kQuery;
  const std::string xml_namespace =
      is_query ? fmt::format("https://{}.amazonaws.com/doc/{}/", state.service->name, state.service->version)
               : std::string();
  if (answer.ok()) {
    response.body = *std::move(answer);
    if (is_query) {
      const std::string_view name = state.operation->name;
      const std::string result =
          response.body.empty() ? "" : fmt::format("  <{0}Result>\n    {1}\n  </{0}Result>\n", name, response.body);
      response.body = fmt::format(
          "<{0}Response xmlns=\"{1}\">\n{2}  <ResponseMetadata>\n    <RequestId>{3}</RequestId>\n"
          "  </ResponseMetadata>\n</{0}Response>\n",
          name, xml_namespace, result, state.request_id);
    }
  } else {
    const Error error = answer.TakeError();
    const operations::ErrorStyle style = state.service->error_style;
    const operations::WireError& wire = operations::WireErrorOf(error, style);
    response.status = is_query ? wire.query_http_status : wire.http_status;
    response.body = is_query ? operations::XmlErrorBody(error, xml_namespace, state.request_id)
                             : operations::JsonErrorBody(error, style);
    if (wire.fault == operations::Fault::kService) {
      telemetry::Log(telemetry::Level::kError, "a request failed",
                     {{"request", state.request_id},
                      {"operation", state.operation == nullptr ? "" : state.operation->name},
                      {"error", error.text},
                      {"at", fmt::format("{}:{}", error.where.file, error.where.line)}});
    }
  }
  response.content_type = state.content_type;
  response.headers.reserve(5);
  if (!is_query && response.body.size() > kPlainAnswerBytesMax && response.body.size() <= kCompressedAnswerBytesMax &&
      AcceptsGzip(state.headers)) {
    if (Result<std::string> packed = Gzip(response.body); packed.ok()) {
      response.body = *std::move(packed);
      response.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  if (!is_query) {  // over the bytes as they are sent
    response.headers.emplace_back("x-amz-crc32", fmt::format("{}", Crc32(response.body)));
  }
  response.headers.emplace_back("x-amzn-RequestId", std::move(state.request_id));
  if (!state.allowed_origin.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Origin", std::move(state.allowed_origin));
    response.headers.emplace_back("Access-Control-Expose-Headers", "x-amzn-RequestId, x-amz-crc32, Date");
  }
  state.respond(std::move(response));
}

// What the audit log shall hold of the call; nothing of most.
std::vector<audit::Entry> RequestPath::Audit(CallState& state, const Result<operations::Answer>& answer) {
  const bool is_anyones = state.operation == nullptr || state.call.caller.account_id.empty();
  const bool denied = state.call.decided.denied || (!answer.ok() && answer.error().reason == Reason::kAccessDenied);
  if (is_anyones || !state.audit.Records(*state.service, *state.operation, denied)) {
    return {};
  }
  return state.audit.MakeRecords({state.call, *state.service, *state.operation, state.prepared.get(), state.request_id,
                                  answer.ok() ? &answer.value() : nullptr, answer.ok() ? nullptr : &answer.error()});
}

// 52 characters, as the service's; unique, not secret.
std::string RequestPath::NewRequestId() {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
  std::string id(52, '0');
  for (size_t i = 0; i < id.size();) {
    id_state_ ^= id_state_ << 13;
    id_state_ ^= id_state_ >> 7;
    id_state_ ^= id_state_ << 17;
    uint64_t bits = id_state_;
    for (size_t j = 0; j < 12 && i < id.size(); ++j, ++i) {
      id[i] = kAlphabet[bits & 31];
      bits >>= 5;
    }
  }
  return id;
}

}  // namespace

std::unique_ptr<http::Handler> NewRequestPath(Executor& loop, const operations::Services& services,
                                              const RequestPathSettings& settings) {
  return std::make_unique<RequestPath>(loop, services, settings);
}

}  // namespace basalt::server

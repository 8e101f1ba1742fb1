// Serves the operator's API.
#include "main/admin_api.h"

#include <array>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/arena.h"
#include "json/node.h"
#include "json/writer.h"
#include "os/clock.h"

namespace basalt::main {
namespace {

http::Response Answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  response.body += '\n';
  return response;
}

http::Response Failure(int status, std::string_view text) {
  std::string body;
  json::Writer writer(body);
  writer.BeginObject();
  writer.Key("error");
  writer.String(text);
  writer.EndObject();
  return Answer(status, std::move(body));
}

http::Response FailureOf(const Error& error) {
  switch (error.reason) {
    case Reason::kAlreadyExists:
      return Failure(409, error.text);
    case Reason::kNotFound:
      return Failure(404, error.text);
    case Reason::kInvalidArgument:
      return Failure(400, error.text);
    default:
      return Failure(500, error.text);
  }
}

class SmallBody final : public http::Ticket {
 public:
  bool Hold(uint64_t) override { return true; }  // the listener bounds bodies and connections
};

class AdminApi final : public http::Handler {
 public:
  AdminApi(Executor& loop, identity::Directory& directory, uid_t owner, ReportTableAccess report_access,
           AdvanceClock advance_clock, AuditAccess audit)
      : loop_(loop),
        directory_(directory),
        owner_(owner),
        report_access_(std::move(report_access)),
        advance_clock_(std::move(advance_clock)),
        audit_(std::move(audit)) {}

  std::variant<std::unique_ptr<http::Ticket>, http::Response> Admit(const http::RequestHead& head,
                                                                    http::Relief&) override {
    if (head.content_length > kAdminBodyBytesMax) {
      return RefuseBody();
    }
    return std::unique_ptr<http::Ticket>(std::make_unique<SmallBody>());
  }

  http::Response RefuseBody() override { return Failure(413, "the request is too large"); }

  void Handle(const http::Request& request, http::Responder respond) override {
    // The socket's mode keeps others out already; this holds should its directory be shared.
    if (request.peer == nullptr || !request.peer->uid || (*request.peer->uid != owner_ && *request.peer->uid != 0)) {
      return respond(Failure(403, "only the user that runs the server, and root, may do that"));
    }
    if (request.head.method != "POST") {
      return respond(Failure(405, "use POST"));
    }
    struct Route {
      std::string_view path;
      void (AdminApi::*serve)(const json::Node& body, http::Responder respond);
    };
    static constexpr std::array<Route, 6> kRoutes = {{
        {"/access/report", &AdminApi::ReportAccess},
        {"/account/create", &AdminApi::CreateAccount},
        {"/account/list", &AdminApi::ListAccounts},
        {"/account/reset-root", &AdminApi::ResetRoot},
        {"/audit/read", &AdminApi::ReadAudit},
        {"/clock/advance", &AdminApi::Advance},
    }};
    for (const Route& route : kRoutes) {
      if (route.path != request.head.path) {
        continue;
      }
      Arena arena;
      const Result<json::Node> body = json::Parse(request.body, arena);
      if (!body.ok() || !body->IsObject()) {
        return respond(Failure(400, "the body is not a JSON object"));
      }
      return (this->*route.serve)(*body, std::move(respond));
    }
    respond(Failure(404, "there is no such call"));
  }

 private:
  static std::string TextIn(const json::Node& body, std::string_view name) {
    const json::Node* text = body.Find(name);
    return text != nullptr && text->kind == json::Kind::kString ? std::string(text->string) : std::string();
  }
  static std::string AccountOf(const json::Node& body) { return TextIn(body, "account"); }

  static engine::Done<identity::IssuedKey> AnswerKey(http::Responder respond) {
    return [respond = std::move(respond)](Result<identity::IssuedKey> key) mutable {
      if (!key.ok()) {
        return respond(FailureOf(key.error()));
      }
      std::string body;
      json::Writer writer(body);
      writer.BeginObject();
      writer.Key("account");
      writer.String(key->account_id);
      writer.Key("access_key_id");
      writer.String(key->access_key_id);
      writer.Key("secret_access_key");
      writer.String(key->secret.view());
      writer.EndObject();
      respond(Answer(200, std::move(body)));
    };
  }

  void CreateAccount(const json::Node& body, http::Responder respond) {
    directory_.CreateAccount(AccountOf(body), loop_, AnswerKey(std::move(respond)));
  }

  void ResetRoot(const json::Node& body, http::Responder respond) {
    directory_.ResetRoot(AccountOf(body), loop_, AnswerKey(std::move(respond)));
  }

  void ListAccounts(const json::Node& /*body*/, http::Responder respond) {
    std::string body;
    json::Writer writer(body);
    writer.BeginObject();
    writer.Key("accounts");
    writer.BeginArray();
    for (const identity::Account& account : directory_.ListAccounts()) {
      writer.String(account.id);
    }
    writer.EndArray();
    writer.EndObject();
    respond(Answer(200, std::move(body)));
  }

  void ReportAccess(const json::Node& body, http::Responder respond) {
    report_access_(TextIn(body, "table"), AnswerLater<std::string>(std::move(respond), [](std::string report) {
                     return Answer(200, std::move(report));
                   }));
  }

  void Advance(const json::Node& body, http::Responder respond) {
    if (!advance_clock_) {
      return respond(Failure(400, "the server keeps to the system's clock; start it with --test-clock"));
    }
    const json::Node* duration = body.Find("duration_ms");
    if (duration == nullptr || duration->kind != json::Kind::kInteger) {
      return respond(Failure(400, "duration_ms is not a whole number"));
    }
    advance_clock_(duration->integer, AnswerLater<int64_t>(std::move(respond), [](int64_t time_ms) {
                     std::string text;
                     json::Writer writer(text);
                     writer.BeginObject();
                     writer.Key("time");
                     writer.String(os::FormatIso8601(time_ms));
                     writer.EndObject();
                     return Answer(200, std::move(text));
                   }));
  }

  // Whole numbers from 0 on; nullopt if it is none.
  static std::optional<int64_t> NumberOf(const json::Node& body, std::string_view name) {
    const json::Node* number = body.Find(name);
    const bool fits = number != nullptr && number->kind == json::Kind::kInteger && number->integer >= 0;
    return fits ? std::optional(number->integer) : std::nullopt;
  }

  std::optional<int64_t> MomentOf(const json::Node& body, const std::string& name) const {
    if (const std::optional<int64_t> ago_ms = NumberOf(body, name + "_ago_ms")) {
      return audit_.now_ms() - *ago_ms;
    }
    return NumberOf(body, name + "_ms");
  }

  void ReadAudit(const json::Node& body, http::Responder respond) {
    if (!audit_.read) {
      return respond(Failure(404, "there is no audit log"));
    }
    audit::PageQuery query;
    query.from = static_cast<uint64_t>(NumberOf(body, "from").value_or(1));
    query.since_ms = MomentOf(body, "since").value_or(query.since_ms);
    query.until_ms = MomentOf(body, "until").value_or(query.until_ms);
    query.account = AccountOf(body);
    audit_.read(std::move(query), AnswerLater<audit::Page>(std::move(respond), [](audit::Page page) {
                  std::string text;
                  json::Writer writer(text);
                  writer.BeginObject();
                  writer.Key("records");
                  writer.BeginArray();
                  for (const audit::PageRecord& record : page.records) {
                    writer.String(record.json);
                  }
                  writer.EndArray();
                  writer.Key("next");
                  writer.Integer(static_cast<int64_t>(page.next));
                  writer.Key("last");
                  writer.Bool(page.is_last);
                  writer.EndObject();
                  return Answer(200, std::move(text));
                }));
  }

  // For what completes on any thread. The responder is kept here, since it stays on its loop.
  template <class T, class Word>
  engine::Done<T> AnswerLater(http::Responder respond, Word word) {
    const auto waiting = waiting_.insert(waiting_.end(), std::move(respond));
    return [this, waiting, word](Result<T> result) {
      loop_.Post([this, waiting, word, result = std::move(result)]() mutable {
        http::Responder answer = std::move(*waiting);
        waiting_.erase(waiting);
        answer(result.ok() ? word(*std::move(result)) : FailureOf(result.error()));
      });
    };
  }

  Executor& loop_;
  identity::Directory& directory_;
  uid_t owner_;
  ReportTableAccess report_access_;
  AdvanceClock advance_clock_;
  AuditAccess audit_;
  std::list<http::Responder> waiting_;  // for what is under way
};

}  // namespace

std::unique_ptr<http::Handler> NewAdminApi(Executor& loop, identity::Directory& directory, uid_t owner,
                                           ReportTableAccess report_access, AdvanceClock advance_clock,
                                           AuditAccess audit) {
  return std::make_unique<AdminApi>(loop, directory, owner, std::move(report_access), std::move(advance_clock),
                                    std::move(audit));
}

}  // namespace basalt::main

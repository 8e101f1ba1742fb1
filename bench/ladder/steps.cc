// The steps in the order of the rungs. The path itself parses JSON before it authenticates; that changes who is told
// what about a bad request, not what a good one costs.
#include "ladder/steps.h"

#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "json/node.h"
#include "operations/operation.h"
#include "operations/shape.h"
#include "server/authenticator.h"
#include "table/catalogue.h"

namespace basalt::bench {
namespace {

class FreeTicket final : public http::Ticket {
 public:
  bool Hold(uint64_t /*bytes*/) override { return true; }
};

struct State {
  State(const operations::Services& services, table::LocalTables& tables, Executor& loop)
      : call(services, tables, loop) {}

  operations::Call call;
  std::unique_ptr<operations::PreparedCall> prepared;
  http::Responder respond;
};

class Steps final : public http::Handler {
 public:
  Steps(LastStep last, Executor& loop, const operations::Services& services, size_t item_cache_bytes,
        int64_t sigv4_skew_s)
      : last_(last),
        loop_(loop),
        services_(services),
        service_(operations::AllServices().front()),
        tables_(services.catalogue, loop, item_cache_bytes),
        authenticator_(services, sigv4_skew_s) {}

  std::variant<std::unique_ptr<http::Ticket>, http::Response> Admit(const http::RequestHead& /*head*/,
                                                                    http::Relief& /*relief*/) override {
    return std::make_unique<FreeTicket>();
  }
  http::Response RefuseBody() override { return Failure(Error(Reason::kOverloaded, "refused")); }

  void Handle(const http::Request& request, http::Responder respond) override {
    if (last_ == LastStep::kHttp) {
      return respond(FixedAnswer());
    }
    auto state = std::make_unique<State>(services_, tables_, loop_);
    state->respond = std::move(respond);
    if (Status status = Understand(request, *state); !status.ok()) {
      return state->respond(Failure(status.TakeError()));
    }
    if (last_ != LastStep::kEngine) {
      return state->respond(FixedAnswer());
    }
    operations::PreparedCall& prepared = *state->prepared;
    prepared.Execute([state = std::move(state)](Result<operations::Answer> answer) mutable {
      const std::unique_ptr<State> finished = std::move(state);
      finished->respond(answer.ok() ? FixedAnswer() : Failure(answer.TakeError()));
    });
  }

 private:
  Status Understand(const http::Request& request, State& state) {
    operations::Call& call = state.call;
    TRY_ASSIGN(server::Authenticated who, authenticator_.Authenticate(request, service_, call.arena));
    call.caller = std::move(who.caller);
    call.region = std::move(who.region);
    if (last_ == LastStep::kSignature) {
      return {};
    }
    TRY_ASSIGN(call.input, json::Parse(request.body, call.arena));
    if (last_ == LastStep::kJson) {
      return {};
    }
    const http::Header* target = request.head.Find("x-amz-target");
    const operations::Operation* operation =
        target == nullptr ? nullptr : service_.Find(target->value.substr(service_.target_prefix.size() + 1));
    if (operation == nullptr) {
      return Error(Reason::kUnknownOperation, "no such operation");
    }
    TRY(operations::CheckTypes(*operation->input, call.input));
    if (!operations::FindViolations(*operation->input, call.input).empty()) {
      return Error(Reason::kValidation, "the request breaks a constraint");
    }
    TRY(operations::CheckSupported(*operation->input, call.input));
    TRY_ASSIGN(state.prepared, operation->prepare(call));
    for (const operations::Access& access : state.prepared->accesses) {
      if (access.account_id != call.caller.account_id) {
        return Error(Reason::kAccessDenied, "another account's table");
      }
    }
    return {};
  }

  static http::Response Failure(const Error& error) {
    http::Response response;
    response.status = 500;
    response.body = error.text;
    return response;
  }

  const LastStep last_;
  Executor& loop_;
  const operations::Services& services_;
  const operations::Service& service_;
  table::LocalTables tables_;
  server::Authenticator authenticator_;
};

}  // namespace

http::Response FixedAnswer() {
  http::Response response;
  response.content_type = "application/x-amz-json-1.0";
  response.body.assign(kFixedAnswerBytes, 'x');
  return response;
}

std::unique_ptr<http::Handler> NewSteps(LastStep last, Executor& loop, const operations::Services& services,
                                        size_t item_cache_bytes, int64_t sigv4_skew_s) {
  return std::make_unique<Steps>(last, loop, services, item_cache_bytes, sigv4_skew_s);
}

}  // namespace basalt::bench

// A request path with everything below it in one process, for tests and fuzzers: requests go in as a connection would
// hand them over, answers come out; below is the memory engine, unless another is given. Any thread may call Send.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/await.h"
#include "base/thread_pool.h"
#include "chores/expiry_sweep.h"
#include "chores/index_work.h"
#include "chores/stream_work.h"
#include "engine/memory/memory_engine.h"
#include "operations/actions.h"
#include "server/request_path.h"
#include "signature/sigv4.h"

namespace basalt::server {

struct Reply {
  int status = 0;
  std::string body;
  std::string content_type;
  std::map<std::string, std::string, std::less<>> headers;
};

// How a request is sent, apart from its target and body.
struct Sending {
  std::string host = "127.0.0.1:8000";
  std::string content_type = "application/x-amz-json-1.0";
  std::vector<std::pair<std::string, std::string>> more = {};
  bool sign = true;
  std::string region = "us-east-1";
  std::string service = "dynamodb";
  std::string access_key_id = "111111111111";
  std::string secret = "any";
  std::string method = "POST";
  std::string target = "/";
  http::PeerAddress peer = {.ip = "127.0.0.1", .uid = {}};
  http::Relief* relief = nullptr;
};

struct InProcessOptions {
  operations::Mode mode = operations::Mode::kDev;
  std::unique_ptr<engine::Engine> engine = engine::NewMemoryEngine();
  operations::Dialect dialect = operations::Dialect::kClassic;
  RequestPathSettings settings = {};
  table::CatalogueSettings catalogue_settings = {};
  int64_t item_collection_bytes_max = model::kItemCollectionBytesMax;
  table::StreamPeriods stream_periods = {};
  int64_t policy_update_cooldown_ms = 0;
  os::Clock& clock = os::SystemClock();  // the server's, and by it requests are dated
};

class InProcessServer {
 public:
  explicit InProcessServer(InProcessOptions options)
      : clock_(options.clock),
        engine_(std::move(options.engine)),
        root_key_(keys::RootKey::Ephemeral()),
        loop_("loop", 1),
        settings_(std::move(options.settings)) {
    const engine::KeySource key = [] { return SecretBytes(std::string(32, 'k')); };
    const auto keyspace = [&](const std::string& name) {
      return *Await<std::shared_ptr<engine::Keyspace>>(
          [&](auto done) { engine_->Create(name, key, loop_, std::move(done)); });
    };
    const std::shared_ptr<engine::Keyspace> kms = keyspace(keys::kKmsKeyspace);
    service_keys_ = *Await<std::unique_ptr<keys::ServiceKeys>>(
        [&](auto done) { keys::ServiceKeys::Load(kms, *root_key_, clock_, loop_, std::move(done)); });
    managed_keys_ = *Await<std::unique_ptr<keys::ManagedKeys>>(
        [&](auto done) { keys::ManagedKeys::Load(kms, *root_key_, clock_, loop_, std::move(done)); });
    directory_ = *Await<std::unique_ptr<identity::Directory>>([&](auto done) {
      identity::Directory::Load(keyspace(identity::kIdentityKeyspace), clock_, loop_, std::move(done),
                                &operations::Actions());
    });
    options.catalogue_settings.actions = &operations::Actions();
    const table::UnwrapTableKey unwrap = [this](const table::TableRecord& record) {
      return service_keys_->UnwrapTableKey(
          {record.address.account, record.address.region, record.address.name, record.table_id},
          record.wrapped_table_key);
    };
    catalogue_ = *table::Catalogue::Open(*engine_, key, unwrap, options.catalogue_settings, clock_);
    index_work_ = std::make_unique<chores::IndexWork>(*catalogue_, clock_);
    expiry_sweep_ = std::make_unique<chores::ExpirySweep>(*catalogue_, clock_);
    stream_work_ = std::make_unique<chores::StreamWork>(*engine_, *catalogue_, unwrap, clock_, options.stream_periods);
    services_.emplace(operations::Services{options.mode,
                                           {"us-east-1", "eu-west-1"},
                                           clock_,
                                           clock_,
                                           *catalogue_,
                                           *directory_,
                                           *service_keys_,
                                           *managed_keys_,
                                           options.dialect,
                                           options.item_collection_bytes_max,
                                           options.stream_periods});
    services_->policy_update_cooldown_ms = options.policy_update_cooldown_ms;
    path_ = NewRequestPath(loop_, *services_, settings_);
  }

  ~InProcessServer() {
    stream_work_.reset();
    index_work_.reset();
    // Its tables are read on the loop.
    std::promise<void> gone;
    loop_.Post([&] {
      path_.reset();
      gone.set_value();
    });
    gone.get_future().wait();
    expiry_sweep_.reset();
    index_work_.reset();
    // The loop runs until nothing is left that could come back to it.
    services_.reset();
    catalogue_.reset();
    managed_keys_.reset();
    service_keys_.reset();
    directory_.reset();
    engine_.reset();
  }

  Reply Send(const std::string& amz_target, const std::string& body, Sending with) {
    const std::string date = os::FormatBasicIso8601(clock_.WallMs());
    std::vector<http::Header> headers = {{"Host", with.host}, {"X-Amz-Date", date}};
    if (!with.content_type.empty()) {
      headers.push_back({"Content-Type", with.content_type});
    }
    if (!amz_target.empty()) {
      headers.push_back({"X-Amz-Target", amz_target});
    }
    for (const auto& [name, value] : with.more) {
      headers.push_back({name, value});
    }
    const size_t question = with.target.find('?');
    const std::string_view path = std::string_view(with.target).substr(0, question);
    const std::string_view query =
        question == std::string::npos ? std::string_view() : std::string_view(with.target).substr(question + 1);
    std::string authorization;
    if (with.sign) {
      authorization = signature::MakeAuthorization({with.method, path, query, headers, body}, with.access_key_id,
                                                   with.secret, with.region, with.service, date);
      headers.push_back({"Authorization", authorization});
    }
    http::Request request;
    request.head.method = with.method;
    request.head.target = with.target;
    request.head.path = path;
    request.head.query = query;
    request.head.headers = headers;
    request.head.content_length = body.size();
    request.body = body;
    request.peer = &with.peer;
    request.relief = with.relief;

    std::promise<http::Response> promise;
    loop_.Post([&] { path_->Handle(request, [&promise](http::Response r) { promise.set_value(std::move(r)); }); });
    http::Response response = promise.get_future().get();
    Reply reply{response.status, std::move(response.body), std::string(response.content_type), {}};
    for (auto& [name, value] : response.headers) {
      reply.headers.emplace(name, std::move(value));
    }
    return reply;
  }
  Reply Send(const std::string& operation, const std::string& body) {
    return Send("DynamoDB_20120810." + operation, body, Sending());
  }

  // Runs every chore to its end for the present time.
  Status RunDueChores() {
    TRY(Await<void>([&](auto done) { index_work_->RunDue(std::move(done)); }));
    TRY(Await<void>([&](auto done) { expiry_sweep_->RunDue(std::move(done)); }));
    return Await<void>([&](auto done) { stream_work_->RunDue(std::move(done)); });
  }

  Executor& loop() { return loop_; }
  http::Handler& handler() { return *path_; }  // on the loop alone
  const operations::Services& services() const { return *services_; }
  identity::Directory& directory() { return *directory_; }

 private:
  os::Clock& clock_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<keys::RootKey> root_key_;
  ThreadPool loop_;
  std::unique_ptr<keys::ServiceKeys> service_keys_;
  std::unique_ptr<keys::ManagedKeys> managed_keys_;
  std::unique_ptr<identity::Directory> directory_;
  std::unique_ptr<table::Catalogue> catalogue_;
  std::unique_ptr<chores::IndexWork> index_work_;
  std::unique_ptr<chores::ExpirySweep> expiry_sweep_;
  std::unique_ptr<chores::StreamWork> stream_work_;
  std::optional<operations::Services> services_;
  RequestPathSettings settings_;
  std::unique_ptr<http::Handler> path_;
};

}  // namespace basalt::server

// basalt-ladder: serves the same requests to growing depth, each depth on a port of its own and all on one loop, over
// one store. What a depth costs more than the one before is what its step costs.
//
//   basalt-ladder DIRECTORY      a new data directory, on disk
//   basalt-ladder                in memory
//
// Prints one line of JSON (ports, and credentials made for the run) and serves until it is killed; the data is of no
// further use.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/await.h"
#include "http/loop.h"
#include "http/response_head.h"
#include "http/server.h"
#include "json/writer.h"
#include "ladder/echo.h"
#include "ladder/steps.h"
#include "main/store.h"
#include "operations/actions.h"
#include "operations/services.h"
#include "os/clock.h"
#include "os/file_system.h"
#include "server/request_path.h"
#include "table/catalogue.h"

namespace basalt::bench {
namespace {

constexpr char kAccount[] = "111111111111";
constexpr size_t kItemCacheBytes = size_t{256} << 20;

Result<std::unique_ptr<main::Store>> OpenStore(const std::string& directory) {
  if (directory.empty()) {
    return main::Store::OpenInMemory(os::SystemClock());
  }
  main::StoreOptions options;
  options.data_dir = directory;
  options.root_key.path = directory + ".root-key";
  options.first_start = main::FirstStart::kMake;
  TRY_ASSIGN(auto store, main::Store::Open(options, os::RealFileSystem(), os::SystemClock()));
  TRY(store->Complete());
  return store;
}

Result<std::unique_ptr<table::Catalogue>> OpenCatalogue(main::Store& store) {
  const table::UnwrapTableKey unwrap = [&store](const table::TableRecord& record) {
    return store.service_keys().UnwrapTableKey(
        {record.address.account, record.address.region, record.address.name, record.table_id},
        record.wrapped_table_key);
  };
  table::CatalogueSettings settings;
  settings.actions = &operations::Actions();
  return table::Catalogue::Open(store.engine(), store.system_key_source(), unwrap, settings);
}

// One rung that is a server of ours with some handler.
struct Rung {
  std::string name;
  std::unique_ptr<http::Handler> handler;
  std::unique_ptr<http::Server> server;
  uint16_t port = 0;
};

Result<Rung> Serve(std::string name, http::Loop& loop, std::unique_ptr<http::Handler> handler) {
  Rung rung{std::move(name), std::move(handler), nullptr, 0};
  http::Loop* const loops = &loop;
  http::Handler* const handlers = rung.handler.get();
  rung.server = std::make_unique<http::Server>(std::span(&loops, 1), std::span(&handlers, 1), http::ServerLimits(),
                                               os::SystemClock());
  TRY_ASSIGN(const http::ListenAddress bound, rung.server->Listen({"127.0.0.1", 0}));
  rung.port = bound.port;
  return rung;
}

std::string EchoAnswer() {
  const http::Response response = FixedAnswer();
  std::string answer;
  http::AppendResponseHead(answer, response, "Thu, 01 Jan 1970 00:00:00 GMT", true);
  return answer + response.body;
}

void Announce(const Echo& echo, const std::vector<Rung>& rungs, const identity::IssuedKey& key) {
  std::string line;
  json::Writer writer(line);
  writer.BeginObject();
  writer.Key("accessKeyId");
  writer.String(key.access_key_id);
  writer.Key("secret");
  writer.String(key.secret.view());
  writer.Key("ports");
  writer.BeginObject();
  writer.Key("socket");
  writer.Integer(echo.port());
  for (const Rung& rung : rungs) {
    writer.Key(rung.name);
    writer.Integer(rung.port);
  }
  writer.EndObject();
  writer.EndObject();
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

Status Run(const std::string& directory) {
  TRY_ASSIGN(const auto store, OpenStore(directory));
  TRY_ASSIGN(const auto catalogue, OpenCatalogue(*store));
  TRY_ASSIGN(const identity::IssuedKey key, Await<identity::IssuedKey>([&](engine::Done<identity::IssuedKey> done) {
               store->directory().CreateAccount(kAccount, store->home(), std::move(done));
             }));
  const operations::Services services{operations::Mode::kServe,
                                      {"us-east-1"},
                                      os::SystemClock(),
                                      os::SystemClock(),
                                      *catalogue,
                                      store->directory(),
                                      store->service_keys(),
                                      store->managed_keys(),
                                      operations::Dialect::kClassic};
  http::Loop loop;
  loop.Start(0);
  server::RequestPathSettings settings;
  settings.item_cache_bytes = kItemCacheBytes;
  std::vector<Rung> rungs;
  const auto add_steps = [&](std::string name, LastStep last) -> Status {
    TRY_ASSIGN(Rung rung,
               Serve(std::move(name), loop, NewSteps(last, loop, services, kItemCacheBytes, settings.sigv4_skew_s)));
    rungs.push_back(std::move(rung));
    return {};
  };
  TRY(add_steps("http", LastStep::kHttp));
  TRY(add_steps("signature", LastStep::kSignature));
  TRY(add_steps("json", LastStep::kJson));
  TRY(add_steps("shape", LastStep::kShape));
  TRY(add_steps("engine", LastStep::kEngine));
  TRY_ASSIGN(Rung whole, Serve("answer", loop, server::NewRequestPath(loop, services, settings)));
  rungs.push_back(std::move(whole));
  TRY_ASSIGN(const auto echo, Echo::Start(EchoAnswer()));
  Announce(*echo, rungs, key);
  for (;;) {
    pause();
  }
}

}  // namespace
}  // namespace basalt::bench

int main(int count, char** arguments) {
  const basalt::Status failed = basalt::bench::Run(count > 1 ? arguments[1] : "");
  std::fprintf(stderr, "basalt-ladder: %s\n", failed.error().text.c_str());
  return 1;
}

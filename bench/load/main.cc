// basalt-load: prepares the table of the benchmark or puts load on a server, and prints one line of JSON.
//
//   basalt-load prepare --port P [--items N] [--told 1] ...
//     creates the table, with an index and a stream if its writes are to be told, and puts every item
//   basalt-load get|put|replace|update|query|scan|batch-get|batch-write|transact --port P [--connections N]
//               [--measured-ms MS] [--server-pid PID,...] [--tls 1] [--any-answer 1]
//               [--measure-at-ms MS since 1970] ...
//     with --requests N exactly so many, and no warm-up
//   basalt-load idle --port P --server-pid PID [--connections N] [--tls 1] ...   memory of connections with nothing to
//   do
//
// An answer that is not what the operation gives when all went well is an error; --any-answer is for servers that
// answer something else by design.
//
// The requests are signed with --access-key and the secret in the environment variable BASALT_LOAD_SECRET.
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "load/load.h"
#include "load/requests.h"

namespace basalt::bench {
namespace {

constexpr int kUsage = 2;

int Fail(std::string_view text, int code = 1) {
  std::fprintf(stderr, "basalt-load: %.*s\n", static_cast<int>(text.size()), text.data());
  return code;
}

class Flags {
 public:
  // False if the arguments are not pairs of --name and value.
  bool Parse(int count, char** arguments) {
    for (int i = 2; i < count; i += 2) {
      const std::string_view name = arguments[i];
      if (name.substr(0, 2) != "--" || i + 1 == count) {
        return false;
      }
      values_[std::string(name.substr(2))] = arguments[i + 1];
    }
    return true;
  }
  std::string Text(const std::string& name, std::string otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::move(otherwise) : found->second;
  }
  uint64_t Number(const std::string& name, uint64_t otherwise) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      return otherwise;
    }
    uint64_t value = otherwise;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
  }

  std::vector<int> Numbers(const std::string& name) const {
    std::vector<int> numbers;
    std::istringstream list(Text(name, ""));
    for (std::string word; std::getline(list, word, ',');) {
      numbers.push_back(static_cast<int>(std::strtol(word.c_str(), nullptr, 10)));
    }
    return numbers;
  }

 private:
  std::map<std::string, std::string> values_;
};

Status WaitUntilActive(const Target& target) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    TRY_ASSIGN(const std::string answer,
               Exchange(target.host, target.port, MakeRequest(target, "DescribeTable", DescribeTableBody(target))));
    if (answer.find(R"("TableStatus":"ACTIVE")") != std::string::npos) {
      return {};
    }
    usleep(50'000);
  }
  return Error(Reason::kUnavailable, "the table does not become active");
}

Result<LoadReport> Prepare(const Target& target, LoadSettings settings) {
  TRY_ASSIGN(const std::string answer,
             Exchange(target.host, target.port, MakeRequest(target, "CreateTable", CreateTableBody(target))));
  if (answer.substr(0, 12) != "HTTP/1.1 200") {
    return Error(Reason::kInternal, "CreateTable: " + answer);
  }
  TRY(WaitUntilActive(target));
  const auto requests = MakeRequests(target, Operation::kPutItem, target.items);
  settings.requests_max = target.items;
  return RunLoad(settings, requests);
}

int Main(int count, char** arguments) {
  Flags flags;
  if (count < 2 || !flags.Parse(count, arguments)) {
    return Fail(
        "usage: basalt-load prepare|get|put|replace|update|query|scan|batch-get|batch-write|transact|idle --port P "
        "[--NAME "
        "VALUE]...",
        kUsage);
  }
  const std::string_view command = arguments[1];
  const char* secret = std::getenv("BASALT_LOAD_SECRET");  // NOLINT(concurrency-mt-unsafe): one thread
  const uint64_t port = flags.Number("port", 0);
  if (port == 0 || port > UINT16_MAX) {
    return Fail("--port is missing", kUsage);
  }
  Target target;
  target.host = flags.Text("host", target.host);
  target.port = static_cast<uint16_t>(port);
  target.table = flags.Text("table", target.table);
  target.region = flags.Text("region", target.region);
  target.access_key_id = flags.Text("access-key", target.access_key_id);
  target.secret = secret == nullptr ? "" : secret;
  target.items = flags.Number("items", target.items);
  target.is_told = flags.Number("told", 0) != 0;

  LoadSettings settings;
  settings.host = target.host;
  settings.port = target.port;
  settings.connections = static_cast<int>(flags.Number("connections", 32));
  settings.warm_up_ms = static_cast<int64_t>(flags.Number("warm-up-ms", 1'000));
  settings.measure_at_ms = static_cast<int64_t>(flags.Number("measure-at-ms", 0));
  settings.measured_ms = static_cast<int64_t>(flags.Number("measured-ms", 5'000));
  settings.tls = flags.Number("tls", 0) != 0;
  settings.server_pids = flags.Numbers("server-pid");

  if (command == "idle") {
    const auto bytes = MeasureIdleConnectionBytes(settings, MakeRequests(target, Operation::kGetItem, 1).front());
    if (!bytes.ok()) {
      return Fail(bytes.error().text);
    }
    std::printf("{\"bytes\":%lld}\n", static_cast<long long>(*bytes));
    return 0;
  }
  const std::optional<Operation> operation = ParseOperation(command);
  if (!operation && command != "prepare") {
    return Fail("unknown command", kUsage);
  }
  if (operation) {
    settings.requests_max = flags.Number("requests", UINT64_MAX);
    settings.warm_up_sends_all = IsRead(*operation);  // so that what is measured is in memory
    if (flags.Number("any-answer", 0) == 0) {
      settings.expected = ExpectedOf(*operation);
    }
  }
  auto report = operation ? RunLoad(settings, MakeRequests(target, *operation)) : Prepare(target, settings);
  if (!report.ok()) {
    return Fail(report.error().text);
  }
  const LoadReport& figures = report.value();
  std::printf(
      "{\"requests\":%llu,\"errors\":%llu,\"seconds\":%.3f,\"server_cpu_us\":%.3f,\"client_cpu_us\":%.3f,"
      "\"latency_p50_us\":%.1f,\"latency_p99_us\":%.1f}\n",
      static_cast<unsigned long long>(figures.requests), static_cast<unsigned long long>(figures.errors),
      figures.seconds, figures.server_cpu_us, figures.client_cpu_us, figures.latency_p50_us, figures.latency_p99_us);
  if (figures.errors > 0) {
    return Fail("the first answer that is not as it should be: " + figures.first_error.substr(0, 1'000));
  }
  return 0;
}

}  // namespace
}  // namespace basalt::bench

int main(int argc, char** argv) { return basalt::bench::Main(argc, argv); }

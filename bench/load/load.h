// Keeps a number of connections busy with ready-made requests and measures: one thread, epoll, one request under way
// a connection. Server CPU time comes from the kernel's account of all its threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace basalt::bench {

// A text that stands in a good answer exactly so often.
struct ExpectedText {
  std::string text;
  size_t times = 1;
};

struct LoadSettings {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  bool tls = false;  // whatever the certificate
  int connections = 32;
  int64_t warm_up_ms = 1'000;
  bool warm_up_sends_all = false;  // it lasts until every request was sent once, however long that takes
  int64_t measure_at_ms = 0;       // not 0: it lasts until that time (since 1970), which several drivers can agree on
  int64_t measured_ms = 5'000;
  uint64_t requests_max = UINT64_MAX;  // sent in order, then the run ends; there is no warm-up then
  std::vector<int> server_pids;        // whose CPU time is measured
  std::vector<ExpectedText> expected;  // else an answer counts as an error, whatever its status
};

struct LoadReport {
  uint64_t requests = 0;
  uint64_t errors = 0;  // answers other than 200, or without what was expected
  double seconds = 0;
  double server_cpu_us = 0;  // a request
  double client_cpu_us = 0;  // a request
  double latency_p50_us = 0;
  double latency_p99_us = 0;
  std::string first_error;
};

// Errors: kIo if a connection cannot be made or breaks.
Result<LoadReport> RunLoad(const LoadSettings& settings, std::span<const std::string> requests);

// One request on a connection of its own: the whole answer.
Result<std::string> Exchange(const std::string& host, uint16_t port, std::string_view request);

// What a connection costs the server in resident memory once it has been answered and has nothing to do.
Result<int64_t> MeasureIdleConnectionBytes(const LoadSettings& settings, std::string_view request);

}  // namespace basalt::bench

// What authentication costs a request: a small read and a 1 KiB write, with the headers an SDK sends.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "os/clock.h"
#include "signature/sigv4.h"

namespace basalt::signature {
namespace {

constexpr std::string_view kAmzDate = "20150830T123600Z";
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct SignedRequest {
  explicit SignedRequest(size_t body_bytes) : body(body_bytes, 'x') {
    headers = {{"Host", "localhost:8000"},
               {"Content-Type", "application/x-amz-json-1.0"},
               {"X-Amz-Date", kAmzDate},
               {"X-Amz-Target", "DynamoDB_20120810.GetItem"}};
    authorization =
        MakeAuthorization({"POST", "/", "", headers, body}, "AKIDEXAMPLE", kSecret, "us-east-1", "dynamodb", kAmzDate);
    headers.push_back({"Authorization", authorization});
    headers.push_back({"User-Agent", "aws-sdk-js/3.901.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#18.19.0 api/dynamodb"});
    headers.push_back({"Accept-Encoding", "identity"});
    headers.push_back({"amz-sdk-invocation-id", "0a9f1ab4-4d4b-4ea5-93d2-3e3c5b1e4f5e"});
    headers.push_back({"amz-sdk-request", "attempt=1; max=3"});
    headers.push_back({"Content-Length", "69"});
    headers.push_back({"Connection", "keep-alive"});
    request.head.method = "POST";
    request.head.path = "/";
    request.head.headers = headers;
    request.body = body;
  }

  std::string body;
  std::vector<http::Header> headers;
  std::string authorization;
  http::Request request;
};

Expectations Expect() {
  Expectations expectations;
  expectations.now_ms = os::ParseBasicIso8601(kAmzDate);
  expectations.service_accepted = [](std::string_view service) { return service == "dynamodb"; };
  expectations.region_accepted = [](std::string_view region) { return region == "us-east-1"; };
  return expectations;
}

void ParseClaimAndVerify(benchmark::State& state) {
  const SignedRequest signed_request(static_cast<size_t>(state.range(0)));
  const Expectations expectations = Expect();
  SigningKeyCache cache;
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    const Result<Claim> claim = ParseClaim(signed_request.request, expectations, arena);
    const crypto::HmacSha256Key& key = cache.Get(claim->credential, 1, kSecret);
    const Status status = Verify(*claim, signed_request.request, key, arena);
    if (!status.ok()) {
      state.SkipWithError("the signature does not verify");
      return;
    }
  }
}
BENCHMARK(ParseClaimAndVerify)->Arg(69)->Arg(1242);

void ParseClaimOnly(benchmark::State& state) {
  const SignedRequest signed_request(69);
  const Expectations expectations = Expect();
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    benchmark::DoNotOptimize(ParseClaim(signed_request.request, expectations, arena));
  }
}
BENCHMARK(ParseClaimOnly);

}  // namespace
}  // namespace basalt::signature

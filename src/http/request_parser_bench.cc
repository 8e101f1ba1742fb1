// What reading a head costs, for the head an SDK sends; and composing the head of the answer.
#include <benchmark/benchmark.h>

#include <string>

#include "http/request_parser.h"
#include "http/response_head.h"

namespace basalt::http {
namespace {

const std::string kSdkHead =
    "POST / HTTP/1.1\r\n"
    "x-amz-target: DynamoDB_20120810.GetItem\r\n"
    "x-amz-user-agent: aws-sdk-js/3.901.0 ua/2.1 os/linux#6.1.0 lang/js md/nodejs#18.19.0 api/dynamodb#3.901.0\r\n"
    "user-agent: aws-sdk-js/3.901.0 ua/2.1 os/linux#6.1.0 lang/js md/nodejs#18.19.0 api/dynamodb#3.901.0 m/E,N\r\n"
    "content-type: application/x-amz-json-1.0\r\n"
    "content-length: 69\r\n"
    "host: localhost:8000\r\n"
    "amz-sdk-invocation-id: 0a9f1ab4-4d4b-4ea5-93d2-3e3c5b1e4f5e\r\n"
    "amz-sdk-request: attempt=1; max=3\r\n"
    "x-amz-date: 20261122T081500Z\r\n"
    "x-amz-content-sha256: 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\r\n"
    "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;"
    "x-amz-date;x-amz-target;x-amz-user-agent, "
    "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\n"
    "Connection: keep-alive\r\n\r\n";

void ParseSdkHead(benchmark::State& state) {
  RequestParser parser(size_t{32} << 10, 128);
  for (auto _ : state) {
    if (parser.Parse(kSdkHead) != Progress::kComplete) {
      state.SkipWithError("refused");
      return;
    }
    benchmark::DoNotOptimize(parser.HeadAt(kSdkHead.data()).headers.data());
    parser.Reset();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kSdkHead.size()));
}
BENCHMARK(ParseSdkHead);

void ComposeResponseHead(benchmark::State& state) {
  Response response;
  response.content_type = "application/x-amz-json-1.0";
  response.headers.emplace_back("x-amzn-RequestId", std::string(52, 'A'));
  response.headers.emplace_back("x-amz-crc32", "2745614147");
  response.body = "{}";
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendResponseHead(out, response, "Sun, 22 Nov 2026 08:15:00 GMT", true);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(ComposeResponseHead);

}  // namespace
}  // namespace basalt::http

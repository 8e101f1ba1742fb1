// A request body of a PutItem of about 1 KiB, in; its strings, out.
#include <benchmark/benchmark.h>

#include <string>

#include "json/node.h"
#include "json/writer.h"

namespace basalt::json {
namespace {

std::string Body() {
  std::string out;
  Writer writer(out);
  writer.BeginObject();
  writer.Key("TableName");
  writer.String("Music");
  writer.Key("Item");
  writer.BeginObject();
  for (int i = 0; i < 10; ++i) {
    writer.Key("attribute" + std::to_string(i));
    writer.BeginObject();
    writer.Key("S");
    writer.String(std::string(80, static_cast<char>('a' + i)));
    writer.EndObject();
  }
  writer.EndObject();
  writer.EndObject();
  return out;
}

void ParseBody(benchmark::State& state) {
  const std::string body = Body();
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    benchmark::DoNotOptimize(Parse(body, arena).ok());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
}
BENCHMARK(ParseBody);

void AppendPlainString(benchmark::State& state) {
  const std::string text(static_cast<size_t>(state.range(0)), 'x');
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendString(out, text);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}
BENCHMARK(AppendPlainString)->Arg(8)->Arg(80)->Arg(4096);

}  // namespace
}  // namespace basalt::json

// What an item of about 1 KiB costs on its way in and out: ten strings, numbers, a list, a map, a set.
#include <benchmark/benchmark.h>

#include <string>

#include "json/node.h"
#include "model/item_json.h"
#include "model/key_encoding.h"
#include "model/number.h"

namespace basalt::model {
namespace {

std::string ItemText() {
  std::string text = R"({"pk":{"S":"customer#4711"},"sk":{"N":"1700000000123"},"total":{"N":"129.95"},)"
                     R"("tags":{"SS":["new","gift","express"]},"open":{"BOOL":true},)"
                     R"("address":{"M":{"city":{"S":"Hamburg"},"street":{"S":"Am Kai 3"},"zip":{"S":"20457"}}},)"
                     R"("lines":{"L":[{"M":{"sku":{"S":"A-17"},"count":{"N":"2"}}},)"
                     R"({"M":{"sku":{"S":"B-99"},"count":{"N":"1"}}}]},"photo":{"B":"AAECAwQFBgcICQoLDA0ODw=="})";
  for (int i = 0; i < 10; ++i) {
    text += ",\"note" + std::to_string(i) + "\":{\"S\":\"" + std::string(50, static_cast<char>('a' + i)) + "\"}";
  }
  return text + "}";
}

void Count(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

void ParseJson(benchmark::State& state) {
  const std::string text = ItemText();
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    benchmark::DoNotOptimize(json::Parse(text, arena).ok());
  }
  Count(state, text);
}
BENCHMARK(ParseJson);

void CheckAndParse(benchmark::State& state) {
  const std::string text = ItemText();
  Arena nodes;
  const json::Node node = json::Parse(text, nodes).value();
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    benchmark::DoNotOptimize(CheckItemShape(node).ok());
    benchmark::DoNotOptimize(ParseItem(node, arena).ok());
  }
  Count(state, text);
}
BENCHMARK(CheckAndParse);

void ParseStored(benchmark::State& state) {
  Arena nodes;
  std::string text;
  AppendJson(text, ParseItem(json::Parse(ItemText(), nodes).value(), nodes).value());
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    benchmark::DoNotOptimize(ParseStoredItem(text, arena).ok());
  }
  Count(state, text);
}
BENCHMARK(ParseStored);

void Append(benchmark::State& state) {
  Arena nodes;
  const Item item = ParseItem(json::Parse(ItemText(), nodes).value(), nodes).value();
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendJson(out, item);
    benchmark::DoNotOptimize(out.data());
  }
  Count(state, out);
}
BENCHMARK(Append);

void Size(benchmark::State& state) {
  Arena nodes;
  const Item item = ParseItem(json::Parse(ItemText(), nodes).value(), nodes).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(SizeBytes(item));
  }
}
BENCHMARK(Size);

void NumberThereAndBack(benchmark::State& state) {
  const std::string text = state.range(0) == 0 ? "1700000000123" : "-1234567890123456789012345.6789012345678";
  std::string out;
  for (auto _ : state) {
    out.clear();
    Number::Parse(text).value().AppendCanonical(out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(NumberThereAndBack)->Arg(0)->Arg(1);

void EncodeKey(benchmark::State& state) {
  const Value partition = Value::String("customer#4711");
  const Value sort = Value::Number("1700000000123");
  for (auto _ : state) {
    std::string key = PartitionPrefix(1, partition);
    AppendOrdered(key, sort);
    benchmark::DoNotOptimize(key.data());
  }
}
BENCHMARK(EncodeKey);

}  // namespace
}  // namespace basalt::model

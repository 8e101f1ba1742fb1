// Any bytes as an item: an error, or an item whose JSON is a fixpoint of parsing and appending; and any bytes as a
// stored item: kCorruption, or exactly what AppendJson writes.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "json/node.h"
#include "model/item_json.h"
#include "model/limits.h"

namespace {

using basalt::Arena;
using namespace basalt::model;

std::string Text(Item item) {
  std::string text;
  AppendJson(text, item);
  return text;
}

void TryRequest(std::string_view bytes) {
  Arena arena;
  const auto node = basalt::json::Parse(bytes, arena);
  if (!node.ok()) {
    return;
  }
  const bool shaped = CheckItemShape(*node).ok();
  const auto item = ParseItem(*node, arena);
  if (!item.ok()) {
    BASALT_CHECK(!shaped || node->IsNull() || item.error().reason == basalt::Reason::kValidation);
    return;
  }
  BASALT_CHECK(NestingLevels(Value::Map(*item)) <= kNestingLevelsMax + 1);
  const std::string text = Text(*item);
  const auto stored = ParseStoredItem(text, arena);
  BASALT_CHECK(stored.ok());
  BASALT_CHECK(Equal(Value::Map(*item), Value::Map(*stored)));
  BASALT_CHECK(SizeBytes(*item) == SizeBytes(*stored));
  const auto again = basalt::json::Parse(text, arena);
  BASALT_CHECK(again.ok());
  const auto item_again = ParseItem(*again, arena);
  BASALT_CHECK(item_again.ok());
  BASALT_CHECK(Text(*item_again) == text);
}

void TryStored(std::string_view bytes) {
  Arena arena;
  const auto item = ParseStoredItem(bytes, arena);
  if (item.ok()) {
    BASALT_CHECK(Text(*item) == bytes);
    Arena copies;
    BASALT_CHECK(Equal(Value::Map(DeepCopy(*item, copies)), Value::Map(*item)));
  } else {
    BASALT_CHECK(item.error().reason == basalt::Reason::kCorruption);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  TryRequest(bytes);
  TryStored(bytes);
  return 0;
}

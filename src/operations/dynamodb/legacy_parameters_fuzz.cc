// Members of a request, as the input writes them, read as the legacy parameters of every operation that has them; what
// is accepted is put to use on an item.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "json/node.h"
#include "model/item_json.h"
#include "operations/dynamodb/legacy_parameters.h"
#include "operations/dynamodb/shapes.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr std::string_view kItem =
    R"({"a":{"N":"1.5"},"b":{"S":"text"},"c":{"SS":["x","y"]},"d":{"NS":["1","2"]},"e":{"L":[{"N":"1"}]},)"
    R"("f":{"M":{"g":{"B":"AA=="}}},"h":{"NULL":true}})";

// Stored items are written and read by code of their own: what an update made must survive it.
void CheckStorable(model::Item item) {
  Arena arena;
  std::string json;
  model::AppendJson(json, item);
  const Result<model::Item> read = model::ParseStoredItem(json, arena);
  BASALT_CHECK(read.ok() && model::SizeBytes(*read) == model::SizeBytes(item));
}

void Use(const Result<const expression::Condition*>& condition, model::Item item) {
  if (condition.ok() && *condition != nullptr) {
    BASALT_CHECK(!expression::PathsOf(**condition).empty());
    (void)expression::Evaluate(**condition, item);
    (void)expression::Evaluate(**condition, {});
  }
}

void Use(const Result<const expression::Update*>& update, model::Item item, Arena& arena) {
  if (update.ok() && *update != nullptr) {
    for (const model::Item old : {item, model::Item()}) {
      const Result<model::Item> updated = expression::Apply(**update, old, arena);
      if (updated.ok()) {
        CheckStorable(*updated);
        CheckStorable(expression::ProjectTargets(**update, *updated, arena));
      }
    }
  }
}

void Use(const Result<const expression::KeyCondition*>& condition) {
  if (condition.ok() && *condition != nullptr) {
    Arena arena;
    const std::array<expression::KeyAttribute, 4> schema = {
        {{"a", model::Type::kN}, {"b", model::Type::kS}, {"c", model::Type::kB}, {"d", model::Type::kN}}};
    for (size_t partition_size = 1; partition_size < schema.size(); ++partition_size) {
      for (size_t sort_size = 0; partition_size + sort_size <= schema.size(); ++sort_size) {
        (void)expression::BindKeyCondition(**condition, std::span(schema).first(partition_size),
                                           std::span(schema).subspan(partition_size, sort_size), arena);
      }
    }
  }
}

bool Fits(const Shape& shape, const json::Node& body) {
  return CheckTypes(shape, body).ok() && FindViolations(shape, body).empty();
}

void Run(std::string_view members) {
  Arena arena;
  const std::string text = R"({"TableName":"Table","Item":{},"Key":{},)" + std::string(members) + "}";
  const Result<json::Node> body = json::Parse(text, arena);
  if (!body.ok()) {
    return;
  }
  const model::Item item = *model::ParseItem(*json::Parse(kItem, arena), arena);
  if (Fits(kPutItemInput, *body)) {
    Use(ReadExpected(*body, arena), item);
  }
  if (Fits(kUpdateItemInput, *body)) {
    Use(ReadAttributeUpdates(*body, arena), item, arena);
  }
  if (Fits(kScanInput, *body)) {
    Use(ReadLegacyFilter(*body, "ScanFilter", arena), item);
  }
  if (Fits(kQueryInput, *body)) {
    Use(ReadLegacyFilter(*body, "QueryFilter", arena), item);
    Use(ReadKeyConditions(*body, arena));
    Use(ReadKeyConditions(*body, arena, true));
  }
  if (Fits(kGetItemInput, *body)) {
    const Result<const expression::Projection*> projection = ReadAttributesToGet(*body, arena);
    if (projection.ok() && *projection != nullptr) {
      CheckStorable(expression::Project(**projection, item, arena));
    }
  }
}

}  // namespace
}  // namespace basalt::operations::dynamodb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  basalt::operations::dynamodb::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}

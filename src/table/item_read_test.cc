// Walks over entries of local indexes that fetch their items: what became of an item meanwhile decides.
#include "table/item_read.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/memory/memory_engine.h"
#include "engine/testing.h"
#include "json/node.h"
#include "model/item_json.h"
#include "table/index_entry.h"
#include "table/stored_item.h"

namespace basalt::table {
namespace {

TEST(ItemRead, AFetchedItemCountsOnlyWhereItsEntryIsStillItsOwn) {
  TableRecord record;
  record.partition = {"pk", model::Type::kS};
  record.sort = KeyAttribute{"sk", model::Type::kN};
  IndexRecord index;
  index.name = "local";
  index.kind = IndexKind::kLocal;
  index.space = 1;
  index.partition = {record.partition};
  index.sort = {{"a", model::Type::kS}};
  index.projection = ProjectionType::kKeysOnly;
  index.status = IndexStatus::kActive;
  record.indexes = {index};

  engine::TestLoop loop;
  const std::unique_ptr<engine::Engine> engine = engine::NewMemoryEngine();
  const std::shared_ptr<engine::Keyspace> keyspace = *engine::CreateNow(loop, *engine, "tables/1");
  Arena arena;
  const auto item = [&](int sk, const std::string& a) {
    const std::string json = R"({"pk":{"S":"p"},"sk":{"N":")" + std::to_string(sk) + R"("},"a":{"S":")" + a +
                             R"("},"more":{"S":"fetched"}})";
    return *model::ParseItem(*json::Parse(json, arena), arena);
  };
  const auto put = [&](const KeySchema& schema, model::Item at, model::Item value) {
    ASSERT_TRUE(engine::PutNow(loop, *keyspace, {schema.space(), schema.Encode(at)}, EncodeStoredItem(value)).ok());
  };
  const KeySchema primary(record);
  const KeySchema entries(record, &record.indexes[0]);
  // As a walk may find them that read the entries before these writes: 20 items, of which the second is gone and the
  // third has another index key by now.
  for (int sk = 1; sk <= 20; ++sk) {
    const model::Item written = item(sk, "x");
    put(entries, written, ProjectEntry(record, record.indexes[0], written, arena));
    if (sk != 2) {
      put(primary, written, item(sk, sk == 3 ? "y" : "x"));
    }
  }
  for (const uint64_t limit : {uint64_t{2}, UINT64_MAX}) {
    ReadRequest request;
    request.range.space = record.indexes[0].space;
    request.index = &record.indexes[0];
    request.fetch = true;
    request.limit = limit;
    const Result<ReadResult> read = engine::Await<ReadResult>(
        loop, [&](auto done) { ReadItems(keyspace, record, std::move(request), loop, std::move(done)); });
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->scanned_count, limit == 2 ? 2U : 18U);
    EXPECT_EQ(read->fetched_units, limit == 2 ? 2 : 18);
    EXPECT_TRUE(read->items_json.starts_with(R"({"a":{"S":"x"},"more":{"S":"fetched"},"pk":{"S":"p"},"sk":{"N":"1"}},)"
                                             R"({"a":{"S":"x"},"more":{"S":"fetched"},"pk":{"S":"p"},"sk":{"N":"4"}})"))
        << read->items_json;
    EXPECT_EQ(read->last_evaluated_key_json, limit == 2 ? R"({"a":{"S":"x"},"pk":{"S":"p"},"sk":{"N":"4"}})" : "");
  }
}

}  // namespace
}  // namespace basalt::table

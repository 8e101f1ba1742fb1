// Entries of indexes: what they hold, what a write changes of them and costs, and that after any writes, and after a
// backfill beside them, they are what the table's items say.
#include "table/index_entry.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/contract.h"
#include "expression/expression.h"
#include "json/node.h"
#include "model/item_json.h"
#include "model/key_encoding.h"
#include "table/capacity.h"
#include "table/item_collection.h"
#include "table/item_key.h"
#include "table/item_write.h"
#include "table/key_schema.h"
#include "table/stored_item.h"

namespace basalt::table {
namespace {

using model::Type;

model::Item Parse(std::string_view json, Arena& arena) {
  Result<json::Node> node = json::Parse(json, arena);
  EXPECT_TRUE(node.ok()) << json;
  Result<model::Item> item = model::ParseItem(*node, arena);
  EXPECT_TRUE(item.ok()) << json << item.error().text;
  return *item;
}

std::string Json(model::Item item) {
  std::string out;
  model::AppendJson(out, item);
  return out;
}

IndexRecord Index(const std::string& name, uint16_t space, std::vector<KeyAttribute> partition,
                  std::vector<KeyAttribute> sort, ProjectionType projection = ProjectionType::kAll,
                  std::vector<std::string> projected = {}) {
  IndexRecord index;
  index.name = name;
  index.space = space;
  index.partition = std::move(partition);
  index.sort = std::move(sort);
  index.projection = projection;
  index.projected = std::move(projected);
  index.status = IndexStatus::kActive;
  return index;
}

TableRecord RecordOf(std::vector<IndexRecord> indexes) {
  TableRecord record;
  record.partition = {"pk", Type::kS};
  record.sort = KeyAttribute{"sk", Type::kN};
  record.hash_seed = 77;
  record.indexes = std::move(indexes);
  return record;
}

IndexRecord Local(IndexRecord index) {
  index.kind = IndexKind::kLocal;
  return index;
}

// A table's keyspace as a map, to which plans are applied as an engine does.
class Keyspace {
 public:
  void Apply(const engine::Plan& plan) {
    for (const engine::PutEntry& put : plan.puts) {
      values[put.key] = put.value;
    }
    for (const engine::Key& key : plan.deletes) {
      EXPECT_EQ(values.erase(key), 1U) << "what is deleted was there";
    }
    for (const engine::CounterDelta& delta : plan.counter_deltas) {
      counters[delta.counter] += delta.delta;
    }
    for (const engine::SumDelta& delta : plan.sum_deltas) {
      sums[delta.key] += delta.delta;
    }
  }
  std::optional<std::string_view> Find(const engine::Key& key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  }

  std::map<engine::Key, std::string> values;
  std::map<uint16_t, int64_t> counters;
  std::map<engine::Key, int64_t> sums;
};

// What a keyspace must be, made from its items alone and by the plainest of means.
Keyspace Derived(const TableRecord& record, const Keyspace& from) {
  Keyspace derived;
  for (const auto& [key, value] : from.values) {
    if (key.space != 0) {
      continue;
    }
    Arena arena;
    const StoredItem stored = *DecodeStoredItem(value);
    const model::Item item = *model::ParseStoredItem(stored.body_json, arena);
    derived.values[key] = value;
    derived.counters[kItemCountCounter] += 1;
    derived.counters[kTableSizeCounter] += static_cast<int64_t>(stored.size_bytes);
    int64_t collection_bytes = static_cast<int64_t>(stored.size_bytes);
    for (const IndexRecord& index : record.indexes) {
      if (index.status == IndexStatus::kDeleting) {
        continue;
      }
      std::vector<KeyAttribute> key_attributes = index.partition;
      key_attributes.insert(key_attributes.end(), index.sort.begin(), index.sort.end());
      bool member = true;
      for (const KeyAttribute& attribute : key_attributes) {
        const model::Value* found = model::Find(item, attribute.name);
        member = member && found != nullptr && found->type == attribute.type &&
                 (found->type == Type::kN || !found->text.empty());
      }
      if (!member) {
        continue;
      }
      std::vector<model::Attribute> kept;
      for (const model::Attribute& attribute : item) {
        bool keeps = index.projection == ProjectionType::kAll || attribute.name == "pk" || attribute.name == "sk";
        for (const KeyAttribute& of_key : key_attributes) {
          keeps = keeps || of_key.name == attribute.name;
        }
        for (const std::string& name : index.projected) {
          keeps = keeps || name == attribute.name;
        }
        if (keeps) {
          kept.push_back(attribute);
        }
      }
      std::vector<model::Value> partition;
      for (const KeyAttribute& attribute : index.partition) {
        partition.push_back(*model::Find(item, attribute.name));
      }
      std::string entry_key = model::PartitionPrefix(record.hash_seed, partition);
      for (const KeyAttribute& attribute : index.sort) {
        model::AppendOrdered(entry_key, *model::Find(item, attribute.name));
      }
      for (const char* name : {"pk", "sk"}) {
        const bool is_there = std::any_of(key_attributes.begin(), key_attributes.end(),
                                          [&](const KeyAttribute& attribute) { return attribute.name == name; });
        if (!is_there) {
          model::AppendOrdered(entry_key, *model::Find(item, name));
        }
      }
      derived.values[{index.space, entry_key}] = EncodeStoredItem(kept);
      const auto size_bytes = static_cast<int64_t>(model::SizeBytes(model::Item(kept)));
      derived.counters[EntryCountCounter(index.space)] += 1;
      derived.counters[EntrySizeCounter(index.space)] += size_bytes;
      collection_bytes += index.kind == IndexKind::kLocal ? size_bytes : 0;
    }
    if (HasItemCollections(record)) {
      derived.sums[CollectionKeyOf(record, item)] += collection_bytes;
    }
  }
  return derived;
}

template <class Map>
Map WithoutZeros(Map map) {
  std::erase_if(map, [](const auto& entry) { return entry.second == 0; });
  return map;
}

void ExpectDerived(const TableRecord& record, const Keyspace& keyspace) {
  const Keyspace derived = Derived(record, keyspace);
  ASSERT_EQ(keyspace.values, derived.values);
  ASSERT_EQ(WithoutZeros(keyspace.counters), WithoutZeros(derived.counters));
  ASSERT_EQ(WithoutZeros(keyspace.sums), WithoutZeros(derived.sums));
}

std::vector<IndexRecord> EveryKindOfIndex() {
  return {
      Local(Index("local-all", 1, {{"pk", Type::kS}}, {{"a", Type::kS}})),
      Local(Index("local-keys", 2, {{"pk", Type::kS}}, {{"b", Type::kN}}, ProjectionType::kKeysOnly)),
      Index("global-all", 3, {{"a", Type::kS}}, {}),
      Index("global-include", 4, {{"b", Type::kN}}, {{"c", Type::kB}}, ProjectionType::kInclude, {"d", "a", "pk"}),
      Index("turned-round", 5, {{"sk", Type::kN}}, {{"pk", Type::kS}}, ProjectionType::kKeysOnly),
      Index("several", 6, {{"a", Type::kS}, {"b", Type::kN}}, {{"c", Type::kB}, {"sk", Type::kN}},
            ProjectionType::kInclude, {"e"}),
  };
}

// Random items of few attributes and values, so that keys meet often.
class RandomWrites {
 public:
  explicit RandomWrites(uint32_t seed) : random_(seed) {}

  size_t Below(size_t bound) { return random_() % bound; }

  std::string Key() {
    return R"("pk":{"S":")" + std::string(1, "pq"[Below(2)]) + R"("},"sk":{"N":")" + std::to_string(Below(3)) + R"("})";
  }
  std::string Value() {
    static const char* const kValues[] = {R"({"S":"x"})",     R"({"S":"y\u0000"})", R"({"N":"1"})",
                                          R"({"N":"-2.5"})",  R"({"B":"YQ=="})",    R"({"B":"/w=="})",
                                          R"({"BOOL":true})", R"({"S":""})",        R"({"SS":["u","v"]})"};
    return kValues[Below(std::size(kValues))];
  }
  std::string Name() { return std::string(1, "abcde"[Below(5)]); }
  std::string Item() {
    std::string item = "{" + Key();
    for (const char name : std::string_view("abcde")) {
      if (Below(3) != 0) {
        item += std::string(",\"") + name + "\":" + Value();
      }
    }
    return item + "}";
  }

  // Runs one write as a transaction would; says whether it was carried out.
  bool Run(const TableRecord& record, Keyspace& keyspace) {
    Arena arena;
    ItemWrite write;
    model::Item of_values;
    std::string text;
    switch (Below(4)) {
      case 0:
      case 1: {
        const model::Item item = Parse(Item(), arena);
        write.key = EncodeKey(record, item);
        write.action = PutWrite{item, EncodeStoredItem(item), model::SizeBytes(item)};
        break;
      }
      case 2: {
        write.key_attributes = Parse("{" + Key() + "}", arena);
        write.key = EncodeKey(record, write.key_attributes);
        const std::string name = Name();
        text = Below(3) == 0 ? "REMOVE " + name : "SET " + name + " = :v";
        of_values = Parse("{\":v\":" + Value() + "}", arena);
        expression::Placeholders placeholders({}, of_values);
        const auto update = expression::ParseUpdate(text, placeholders, arena);
        EXPECT_TRUE(update.ok());
        write.action = UpdateWrite{*update};
        break;
      }
      default:
        write.key_attributes = Parse("{" + Key() + "}", arena);
        write.key = EncodeKey(record, write.key_attributes);
        write.action = DeleteWrite{};
    }
    engine::Plan plan;
    AskedEntries asked;
    Result<WriteEffect> effect = ApplyWrite(write, record, keyspace.Find({0, write.key}), false, asked, arena, plan);
    if (effect.ok() && !plan.asks.empty()) {
      std::vector<std::optional<std::string_view>> values;
      for (const engine::Key& key : plan.asks) {
        values.push_back(keyspace.Find(key));
      }
      asked.values = values;
      plan = {};
      effect = ApplyWrite(write, record, keyspace.Find({0, write.key}), false, asked, arena, plan);
      EXPECT_TRUE(plan.asks.empty());
    }
    if (effect.ok()) {
      keyspace.Apply(plan);
    } else {
      EXPECT_EQ(effect.error().reason, Reason::kValidation);
    }
    return effect.ok();
  }

 private:
  std::mt19937 random_;
};

TEST(IndexEntry, AfterAnyWritesEntriesCountersAndCollectionsAreWhatTheItemsSay) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    const TableRecord record = RecordOf(EveryKindOfIndex());
    Keyspace keyspace;
    RandomWrites writes(seed);
    size_t done = 0;
    for (int i = 0; i < 100; ++i) {
      done += writes.Run(record, keyspace) ? 1U : 0U;
      ExpectDerived(record, keyspace);
      ASSERT_FALSE(::testing::Test::HasFatalFailure()) << "seed " << seed << " write " << i;
    }
    EXPECT_GT(done, 20U);
  }
}

TEST(IndexEntry, ABackfillBesideWritesMakesWhatIsMissingAndCountsNothingTwice) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    const TableRecord without = RecordOf({});
    TableRecord record = RecordOf(EveryKindOfIndex());
    std::erase_if(record.indexes, [](const IndexRecord& index) { return index.kind == IndexKind::kLocal; });
    for (IndexRecord& index : record.indexes) {
      index.status = IndexStatus::kCreating;
    }
    Keyspace keyspace;
    RandomWrites writes(seed);
    for (int i = 0; i < 12; ++i) {
      ASSERT_TRUE(writes.Run(without, keyspace)) << "without an index any value may be written";
    }
    // A page is read, then other writes come, then each of its keys in turn; twice, as after a crash.
    for (int round = 0; round < 2; ++round) {
      for (const IndexRecord& index : record.indexes) {
        std::vector<std::pair<engine::Key, std::string>> page;
        for (const auto& [key, value] : keyspace.values) {
          if (key.space == 0) {
            page.emplace_back(key, value);
          }
        }
        for (const auto& [key, value] : page) {
          writes.Run(record, keyspace);
          Arena arena;
          const Result<std::optional<engine::Key>> expected = EntryKeyOf(record, index, value, arena);
          ASSERT_TRUE(expected.ok());
          if (!expected->has_value()) {
            continue;
          }
          engine::Plan plan;
          ASSERT_TRUE(
              BackfillEntry(record, index, **expected, keyspace.Find(key), keyspace.Find(**expected), arena, plan)
                  .ok());
          keyspace.Apply(plan);
        }
      }
    }
    ExpectDerived(record, keyspace);
    ASSERT_FALSE(::testing::Test::HasFatalFailure()) << "seed " << seed;
  }
}

TEST(IndexEntry, AnIndexBeingDeletedIsLeftAlone) {
  TableRecord record = RecordOf({Index("gone", 1, {{"a", Type::kS}}, {}), Index("kept", 2, {{"a", Type::kS}}, {})});
  record.indexes[0].status = IndexStatus::kDeleting;
  Arena arena;
  const model::Item item = Parse(R"({"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"x"}})", arena);
  const ItemVersion version{item, model::SizeBytes(item)};
  engine::Plan plan;
  AskedEntries asked;
  const EntryChanges changes = PlanEntries(record, nullptr, &version, asked, arena, plan);
  ASSERT_EQ(changes.units.size(), 1U);
  EXPECT_EQ(changes.units[0].index->name, "kept");
  ASSERT_EQ(plan.puts.size(), 1U);
  EXPECT_EQ(plan.puts[0].key.space, 2);
}

TEST(IndexEntry, HoldsTheKeysOfBothAndWhatIsProjected) {
  Arena arena;
  const model::Item item =
      Parse(R"({"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"x"},"b":{"N":"2"},"c":{"L":[]},"d":{"NULL":true}})", arena);
  const auto projected = [&](ProjectionType type, std::vector<std::string> names) {
    const TableRecord record = RecordOf({Index("i", 1, {{"a", Type::kS}}, {{"b", Type::kN}}, type, std::move(names))});
    return Json(ProjectEntry(record, record.indexes[0], item, arena));
  };
  const std::string keys = R"({"a":{"S":"x"},"b":{"N":"2"},)";
  EXPECT_EQ(projected(ProjectionType::kKeysOnly, {}), keys + R"("pk":{"S":"p"},"sk":{"N":"1"}})");
  EXPECT_EQ(projected(ProjectionType::kInclude, {"d", "pk", "absent"}),
            keys + R"("d":{"NULL":true},"pk":{"S":"p"},"sk":{"N":"1"}})");
  EXPECT_EQ(projected(ProjectionType::kAll, {}), Json(item));
}

// Units of one index for a write from one item to another; empty: there is none.
double UnitsFor(const std::string& before, const std::string& after,
                ProjectionType projection = ProjectionType::kInclude) {
  const TableRecord record = RecordOf({Index("i", 1, {{"a", Type::kS}}, {}, projection, {"big", "set"})});
  Arena arena;
  const auto version = [&](const std::string& attributes) {
    const model::Item item = Parse(R"({"pk":{"S":"p"},"sk":{"N":"1"})" + attributes + "}", arena);
    return ItemVersion{item, model::SizeBytes(item)};
  };
  const ItemVersion old_version = version(before == "none" ? "" : before);
  const ItemVersion new_version = version(after == "none" ? "" : after);
  engine::Plan plan;
  AskedEntries asked;
  const EntryChanges changes = PlanEntries(record, before == "none" ? nullptr : &old_version,
                                           after == "none" ? nullptr : &new_version, asked, arena, plan);
  EXPECT_EQ(changes.units.empty(), plan.puts.empty() && plan.deletes.empty());
  return changes.units.empty() ? 0 : changes.units[0].units;
}

TEST(IndexEntry, WritesCostByTheEntryBeforeAndAfter) {
  const auto with = [](const std::string& a, size_t big) {
    return R"(,"a":{"S":")" + a + R"("},"big":{"S":")" + std::string(big, 'b') + R"("})";
  };
  EXPECT_EQ(UnitsFor("none", ""), 0);
  EXPECT_EQ(UnitsFor("", ""), 0);
  EXPECT_EQ(UnitsFor("none", with("x", 1500)), 2);
  EXPECT_EQ(UnitsFor("", with("x", 1500)), 2);
  EXPECT_EQ(UnitsFor(with("x", 2500), "none"), 3);
  EXPECT_EQ(UnitsFor(with("x", 2500), ""), 3);
  EXPECT_EQ(UnitsFor(with("x", 2500), with("x", 2500)), 0);
  EXPECT_EQ(UnitsFor(with("x", 2500), with("x", 2500) + R"(,"other":{"N":"1"})"), 0);
  EXPECT_EQ(UnitsFor(with("x", 2500), with("x", 1500)), 3);
  EXPECT_EQ(UnitsFor(with("x", 1500), with("x", 3500)), 4);
  EXPECT_EQ(UnitsFor(with("x", 2500), with("y", 1500)), 5);
  EXPECT_EQ(UnitsFor(R"(,"a":{"S":"x"},"set":{"SS":["u","v"]})", R"(,"a":{"S":"x"},"set":{"SS":["v","u"]})"), 0);
  EXPECT_EQ(UnitsFor(with("x", 10), with("x", 10) + R"(,"other":{"N":"1"})", ProjectionType::kAll), 1);
}

TEST(IndexEntry, EqualIndexKeysAreToldApartAndOrderedByTheTablesKey) {
  const TableRecord record = RecordOf({Index("i", 1, {{"a", Type::kS}}, {{"b", Type::kN}})});
  const KeySchema schema(record, &record.indexes[0]);
  Arena arena;
  std::vector<std::string> keys;
  for (const char* key : {R"("pk":{"S":"p"},"sk":{"N":"-1"})", R"("pk":{"S":"p"},"sk":{"N":"10"})",
                          R"("pk":{"S":"pp"},"sk":{"N":"2"})"}) {
    const model::Item item = Parse("{" + std::string(key) + R"(,"a":{"S":"x"},"b":{"N":"7"}})", arena);
    keys.push_back(schema.Encode(item));
    const Result<model::Item> decoded = schema.Decode(keys.back(), arena);
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(Json(*decoded), Json(item));
    EXPECT_TRUE(keys.back().starts_with(schema.Prefix(item)));
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(schema.Decode(keys[0] + "x", arena).error().reason, Reason::kCorruption);
  EXPECT_EQ(schema.Decode(keys[0].substr(0, 9), arena).error().reason, Reason::kCorruption);
  EXPECT_EQ(schema.Decode("abc", arena).error().reason, Reason::kCorruption);
}

// ---- the defects of index keys

TEST(IndexKey, OfSeveralOffendersTheFirstIndexByNameIsNamed) {
  const TableRecord record =
      RecordOf({Index("second", 1, {{"a", Type::kS}}, {}), Index("first", 2, {{"b", Type::kN}}, {})});
  Arena arena;
  const Status status = CheckIndexKeys(record, Parse(R"({"a":{"N":"1"},"b":{"NULL":true}})", arena));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().text,
            "One or more parameter values were invalid: Type mismatch for Index Key b Expected: N Actual: NULL "
            "IndexName: first");
}

TEST(IndexKey, PartsOfOneRoleAreBoundedTogether) {
  const TableRecord record = RecordOf({Index("i", 1, {{"a", Type::kS}, {"b", Type::kS}},
                                             {{"c", Type::kS}, {"d", Type::kB}}, ProjectionType::kKeysOnly)});
  Arena arena;
  const auto item = [&](size_t a, size_t b, size_t c) {
    return Parse(R"({"a":{"S":")" + std::string(a, 'a') + R"("},"b":{"S":")" + std::string(b, 'b') +
                     R"("},"c":{"S":")" + std::string(c, 'c') + R"("},"d":{"B":"YQ=="}})",
                 arena);
  };
  EXPECT_TRUE(CheckIndexKeys(record, item(1000, 1048, 1023)).ok());
  EXPECT_TRUE(IsMember(record.indexes[0], item(1000, 1048, 1023)));
  EXPECT_EQ(CheckIndexKeys(record, item(1000, 1049, 1)).error().text,
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
            "bytes. IndexName: i IndexKey: b");
  EXPECT_FALSE(IsMember(record.indexes[0], item(1000, 1049, 1)));
  EXPECT_EQ(CheckIndexKeys(record, item(1, 1, 1024)).error().text,
            "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit "
            "of 1024 bytes. IndexName: i IndexKey: d");
  EXPECT_FALSE(IsMember(record.indexes[0], item(1, 1, 1024)));
}

TEST(IndexKey, AnUpdateIsAskedOnlyForWhatItChanges) {
  const TableRecord record = RecordOf({Index("i", 1, {{"a", Type::kS}}, {{"b", Type::kN}})});
  Arena arena;
  const model::Item before = Parse(R"({"a":{"N":"1"},"x":{"N":"1"}})", arena);
  EXPECT_TRUE(CheckUpdatedIndexKeys(record, before, Parse(R"({"a":{"N":"1"},"x":{"N":"2"}})", arena)).ok());
  EXPECT_FALSE(CheckUpdatedIndexKeys(record, before, Parse(R"({"a":{"N":"2"},"x":{"N":"1"}})", arena)).ok());
  EXPECT_FALSE(CheckUpdatedIndexKeys(record, {}, before).ok());
}

// ---- item collections

TEST(ItemCollection, GrowsNoFurtherThanItsRoomButMayShrink) {
  const TableRecord record = RecordOf({Local(Index("l", 1, {{"pk", Type::kS}}, {{"a", Type::kS}}))});
  Arena arena;
  const model::Item item = Parse(R"({"pk":{"S":"p"},"sk":{"N":"1"}})", arena);
  engine::Plan plan;
  EXPECT_TRUE(PlanCollectionSize(record, item, 60, 100, plan).ok());
  const Status full = PlanCollectionSize(record, item, 41, 100, plan);
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().reason, Reason::kItemCollectionLimit);
  EXPECT_EQ(full.error().text, "Collection size exceeded.");
  EXPECT_TRUE(PlanCollectionSize(record, item, 40, 100, plan).ok());
  EXPECT_TRUE(PlanCollectionSize(record, item, -5, -1000, plan).ok());
  EXPECT_TRUE(PlanCollectionSize(record, item, 0, -1000, plan).ok());
  ASSERT_EQ(plan.sum_deltas.size(), 3U);
  const model::Item other = Parse(R"({"pk":{"S":"q"},"sk":{"N":"1"}})", arena);
  EXPECT_TRUE(PlanCollectionSize(record, other, 100, 100, plan).ok());
}

TEST(ItemCollection, AnItemAndItsLocalEntriesTogetherAreAsLargeAsAnItemMayBe) {
  const TableRecord record = RecordOf({Local(Index("l", 1, {{"pk", Type::kS}}, {{"a", Type::kS}}))});
  Arena arena;
  const auto write = [&](const std::string& more, size_t big) {
    ItemWrite put;
    const model::Item item =
        Parse(R"({"pk":{"S":"p"},"sk":{"N":"1"},"big":{"S":")" + std::string(big, 'b') + R"("})" + more + "}", arena);
    put.key = EncodeKey(record, item);
    put.action = PutWrite{item, EncodeStoredItem(item), model::SizeBytes(item)};
    engine::Plan plan;
    AskedEntries asked;
    const Result<WriteEffect> effect = ApplyWrite(put, record, std::nullopt, false, asked, arena, plan);
    return effect.ok() ? "" : effect.error().text;
  };
  EXPECT_EQ(write("", 400'000), "");
  EXPECT_EQ(write(R"(,"a":{"S":"x"})", 200'000), "");
  EXPECT_EQ(write(R"(,"a":{"S":"x"})", 205'000), "Item size has exceeded the maximum allowed size");
}

}  // namespace
}  // namespace basalt::table

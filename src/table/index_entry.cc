// Entries of indexes.
#include "table/index_entry.h"

#include <algorithm>
#include <string>

#include "model/item_json.h"
#include "table/capacity.h"
#include "table/item_key.h"
#include "table/key_schema.h"
#include "table/stored_item.h"

namespace basalt::table {
namespace {

// One item's entry in one index, if it has one.
struct IndexEntry {
  bool exists = false;
  model::Item item;
  size_t size_bytes = 0;
};

IndexEntry EntryOf(const TableRecord& record, const IndexRecord& index, const ItemVersion* version, Arena& arena) {
  if (version == nullptr || !IsMember(index, version->item)) {
    return {};
  }
  if (index.projection == ProjectionType::kAll) {
    return {true, version->item, version->size_bytes};
  }
  const model::Item item = ProjectEntry(record, index, version->item, arena);
  return {true, item, model::SizeBytes(item)};
}

bool SameItem(model::Item a, model::Item b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const model::Attribute& x, const model::Attribute& y) {
    return x.name == y.name && model::Equal(x.value, y.value);
  });
}

bool SameKey(const KeySchema& schema, model::Item a, model::Item b) {
  return std::all_of(schema.attributes().begin(), schema.attributes().end(), [&](const KeyAttribute* attribute) {
    return model::Equal(*model::Find(a, attribute->name), *model::Find(b, attribute->name));
  });
}

void PlanPut(const IndexRecord& index, std::string key, const IndexEntry& entry, const ItemVersion& version,
             engine::Plan& plan) {
  std::string value = index.projection == ProjectionType::kAll && !version.stored.empty()
                          ? std::string(version.stored)
                          : EncodeStoredItem(entry.item);
  plan.puts.push_back({engine::Key{index.space, std::move(key)}, std::move(value)});
}

void PlanCounts(const IndexRecord& index, const IndexEntry& before, const IndexEntry& after, engine::Plan& plan) {
  if (before.exists != after.exists) {
    plan.counter_deltas.push_back({EntryCountCounter(index.space), after.exists ? 1 : -1});
  }
  if (before.size_bytes != after.size_bytes) {
    plan.counter_deltas.push_back({EntrySizeCounter(index.space),
                                   static_cast<int64_t>(after.size_bytes) - static_cast<int64_t>(before.size_bytes)});
  }
}

// Whether the entry an item should have is there, as far as that is known; if it is not, asks.
bool IsThere(engine::Key key, AskedEntries& asked, engine::Plan& plan) {
  const auto known = std::find(asked.keys.begin(), asked.keys.end(), key);
  const auto at = static_cast<size_t>(known - asked.keys.begin());
  if (at < asked.values.size()) {
    return asked.values[at].has_value();
  }
  if (known == asked.keys.end()) {
    plan.asks.push_back(key);
    asked.keys.push_back(std::move(key));
  }
  return false;
}

// What the write costs the index, having planned it; 0 if it does not touch it.
double PlanEntry(const TableRecord& record, const IndexRecord& index, const IndexEntry& before, const IndexEntry& after,
                 const ItemVersion* version, engine::Plan& plan) {
  if (!before.exists && !after.exists) {
    return 0;
  }
  const KeySchema schema(record, &index);
  if (before.exists && after.exists && SameKey(schema, before.item, after.item)) {
    if (SameItem(before.item, after.item)) {
      return 0;
    }
    PlanPut(index, schema.Encode(after.item), after, *version, plan);
    PlanCounts(index, before, after, plan);
    return WriteUnits(before.size_bytes, after.size_bytes);
  }
  double units = 0;
  if (before.exists) {
    plan.deletes.push_back({index.space, schema.Encode(before.item)});
    units += WriteUnits(before.size_bytes, 0);
  }
  if (after.exists) {
    PlanPut(index, schema.Encode(after.item), after, *version, plan);
    units += WriteUnits(0, after.size_bytes);
  }
  PlanCounts(index, before, after, plan);
  return units;
}

Result<ItemVersion> ReadVersion(std::string_view stored, Arena& arena) {
  TRY_ASSIGN(const StoredItem decoded, DecodeStoredItem(stored));
  TRY_ASSIGN(const model::Item item, model::ParseStoredItem(decoded.body_json, arena));
  return ItemVersion{item, decoded.size_bytes, stored};
}

}  // namespace

bool Projects(const TableRecord& record, const IndexRecord& index, std::string_view attribute) {
  return index.projection == ProjectionType::kAll || IsKeyAttribute(record, attribute) ||
         KeySchema(record, &index).Orders(attribute) ||
         std::find(index.projected.begin(), index.projected.end(), attribute) != index.projected.end();
}

model::Item ProjectEntry(const TableRecord& record, const IndexRecord& index, model::Item item, Arena& arena) {
  if (index.projection == ProjectionType::kAll) {
    return item;
  }
  const KeySchema schema(record, &index);
  const std::span<model::Attribute> projected =
      arena.NewArray<model::Attribute>(schema.attributes().size() + index.projected.size());
  size_t count = 0;
  const auto take = [&](std::string_view name) {
    if (const model::Value* value = model::Find(item, name)) {
      projected[count++] = {name, *value};
    }
  };
  for (const KeyAttribute* attribute : schema.attributes()) {
    take(attribute->name);
  }
  for (const std::string& name : index.projected) {
    take(name);  // a key attribute may be named here once more
  }
  return model::SortAttributes(projected.first(count));
}

EntryChanges PlanEntries(const TableRecord& record, const ItemVersion* before, const ItemVersion* after,
                         AskedEntries& asked, Arena& arena, engine::Plan& plan) {
  EntryChanges changes;
  const std::span<IndexUnits> units = arena.NewArray<IndexUnits>(record.indexes.size());
  size_t count = 0;
  for (const IndexRecord& index : record.indexes) {
    if (!IsMaintained(index)) {
      continue;
    }
    IndexEntry old_entry = EntryOf(record, index, before, arena);
    if (old_entry.exists && index.status == IndexStatus::kCreating &&
        !IsThere({index.space, KeySchema(record, &index).Encode(old_entry.item)}, asked, plan)) {
      old_entry = {};
    }
    const IndexEntry new_entry = EntryOf(record, index, after, arena);
    if (const double cost = PlanEntry(record, index, old_entry, new_entry, after, plan); cost > 0) {
      units[count++] = {&index, cost};
    }
    if (index.kind == IndexKind::kLocal) {
      changes.local_bytes += new_entry.size_bytes;
      changes.local_delta_bytes +=
          static_cast<int64_t>(new_entry.size_bytes) - static_cast<int64_t>(old_entry.size_bytes);
    }
  }
  changes.units = units.first(count);
  return changes;
}

Result<std::optional<engine::Key>> EntryKeyOf(const TableRecord& record, const IndexRecord& index,
                                              std::string_view stored, Arena& arena) {
  TRY_ASSIGN(const ItemVersion version, ReadVersion(stored, arena));
  if (!IsMember(index, version.item)) {
    return std::optional<engine::Key>();
  }
  return std::optional(engine::Key{index.space, KeySchema(record, &index).Encode(version.item)});
}

Status BackfillEntry(const TableRecord& record, const IndexRecord& index, const engine::Key& expected,
                     std::optional<std::string_view> stored, std::optional<std::string_view> entry, Arena& arena,
                     engine::Plan& plan) {
  if (!stored || entry) {
    return {};
  }
  TRY_ASSIGN(const ItemVersion version, ReadVersion(*stored, arena));
  const IndexEntry wanted = EntryOf(record, index, &version, arena);
  if (!wanted.exists || KeySchema(record, &index).Encode(version.item) != expected.bytes) {
    return {};
  }
  PlanPut(index, expected.bytes, wanted, version, plan);
  PlanCounts(index, {}, wanted, plan);
  return {};
}

}  // namespace basalt::table

// Sizes of item collections.
#include "operations/dynamodb/item_collections.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/writer.h"
#include "model/item_json.h"

namespace basalt::operations::dynamodb {
namespace {

constexpr int64_t kGigabyte = int64_t{1} << 30;

}  // namespace

bool ReadWantsMetrics(const json::Node& input) {
  return GetString(input, "ReturnItemCollectionMetrics").value_or("NONE") == "SIZE";
}

void ReadCollectionSizes(Call& call, std::shared_ptr<engine::Keyspace> keyspace, std::vector<engine::Key> keys,
                         engine::Done<std::vector<int64_t>> done) {
  engine::Keyspace& used = *keyspace;
  call.tables.ReadValues(used, std::move(keys), engine::Consistency::kStrong, call.loop,
                         [keyspace = std::move(keyspace),
                          done = std::move(done)](Result<std::vector<std::optional<std::string>>> values) mutable {
                           if (!values.ok()) {
                             return done(values.TakeError());
                           }
                           std::vector<int64_t> sizes;
                           sizes.reserve(values->size());
                           for (const std::optional<std::string>& value : *values) {
                             Result<int64_t> size = table::DecodeCollectionSize(value);
                             if (!size.ok()) {
                               return done(size.TakeError());
                             }
                             sizes.push_back(*size);
                           }
                           done(std::move(sizes));
                         });
}

size_t TouchedCollections::Add(const table::TableRecord& record, model::Item item) {
  engine::Key key = table::CollectionKeyOf(record, item);
  const auto known = std::find(keys.begin(), keys.end(), key);
  const auto at = static_cast<size_t>(known - keys.begin());
  if (known == keys.end()) {
    keys.push_back(std::move(key));
    items.push_back(item);
  }
  return at;
}

void TouchedCollections::ReadSizes(Call& call, std::shared_ptr<engine::Keyspace> keyspace, engine::Done<void> done) {
  ReadCollectionSizes(call, std::move(keyspace), keys,
                      [this, done = std::move(done)](Result<std::vector<int64_t>> sizes) mutable {
                        if (!sizes.ok()) {
                          return done(sizes.TakeError());
                        }
                        sizes_bytes = *std::move(sizes);
                        done(Status());
                      });
}

void AppendCollectionMetrics(std::string& body, bool first, std::span<const TableCollections> tables) {
  bool begun = false;
  for (const TableCollections& of_table : tables) {
    const TouchedCollections& collections = *of_table.collections;
    for (size_t i = 0; i < collections.sizes_bytes.size(); ++i) {
      if (i > 0) {
        body += ',';
      } else {
        body += begun ? "," : first ? "\"ItemCollectionMetrics\":{" : ",\"ItemCollectionMetrics\":{";
        json::AppendString(body, of_table.table);
        body += ":[";
        begun = true;
      }
      AppendCollectionMetrics(body, *of_table.record, collections.items[i], collections.sizes_bytes[i]);
    }
    body += collections.sizes_bytes.empty() ? "" : "]";
  }
  body += begun ? "}" : "";
}

void AppendCollectionMetrics(std::string& out, const table::TableRecord& record, model::Item item, int64_t size_bytes) {
  const std::array<model::Attribute, 1> key = {{{record.partition.name, *model::Find(item, record.partition.name)}}};
  const int64_t gigabytes = size_bytes / kGigabyte;
  out += "{\"ItemCollectionKey\":";
  model::AppendJson(out, model::Item(key));
  out += ",\"SizeEstimateRangeGB\":";
  json::Writer writer(out);
  writer.BeginArray();
  writer.Double(static_cast<double>(gigabytes));
  writer.Double(static_cast<double>(gigabytes + 1));
  writer.EndArray();
  out += '}';
}

}  // namespace basalt::operations::dynamodb

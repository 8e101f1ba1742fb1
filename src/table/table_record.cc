// The catalogue's record of a table and its stored form.
#include "table/table_record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include "json/node.h"
#include "json/writer.h"
#include "model/limits.h"
#include "model/value.h"

namespace basalt::table {
namespace {

constexpr uint8_t kFormatVersion = 1;

constexpr std::array<std::pair<TableStatus, std::string_view>, 4> kStatusNames = {{
    {TableStatus::kCreating, "CREATING"},
    {TableStatus::kActive, "ACTIVE"},
    {TableStatus::kUpdating, "UPDATING"},
    {TableStatus::kDeleting, "DELETING"},
}};

constexpr std::array<std::pair<TableWork, std::string_view>, 3> kWorkNames = {{
    {TableWork::kThroughput, "THROUGHPUT"},
    {TableWork::kBillingMode, "BILLING_MODE"},
    {TableWork::kTableClass, "TABLE_CLASS"},
}};

void WriteInteger(json::Writer& writer, std::string_view member, int64_t value) {
  writer.Key(member);
  writer.Integer(value);
}

// What stands at its default is left out.
void WriteIfSet(json::Writer& writer, std::string_view member, int64_t value) {
  if (value != 0) {
    WriteInteger(writer, member, value);
  }
}
void WriteIfSet(json::Writer& writer, std::string_view member, const std::optional<int64_t>& value) {
  if (value) {
    WriteInteger(writer, member, *value);
  }
}
void WriteIfSet(json::Writer& writer, std::string_view member, const std::optional<TableClass>& table_class) {
  if (table_class) {
    writer.Key(member);
    writer.String(TableClassName(*table_class));
  }
}

void WritePending(json::Writer& writer, const PendingUpdate& pending) {
  writer.Key("pending");
  writer.BeginObject();
  writer.Key("work");
  writer.String(std::find_if(kWorkNames.begin(), kWorkNames.end(), [&](const auto& known) {
                  return known.first == pending.work;
                })->second);
  WriteInteger(writer, "requested_ms", pending.requested_ms);
  writer.Key("pay_per_request");
  writer.Bool(pending.billing_mode == BillingMode::kPayPerRequest);
  WriteInteger(writer, "read_capacity_units", pending.read_capacity_units);
  WriteInteger(writer, "write_capacity_units", pending.write_capacity_units);
  WriteIfSet(writer, "decreases", pending.decreases);
  WriteIfSet(writer, "read_request_units_max", pending.read_request_units_max);
  WriteIfSet(writer, "write_request_units_max", pending.write_request_units_max);
  WriteIfSet(writer, "table_class", pending.table_class);
  writer.EndObject();
}

void WriteKeyAttributeObject(json::Writer& writer, const KeyAttribute& attribute) {
  writer.BeginObject();
  writer.Key("name");
  writer.String(attribute.name);
  writer.Key("type");
  writer.String(model::TypeName(attribute.type));
  writer.EndObject();
}

void WriteKeyAttribute(json::Writer& writer, std::string_view member, const KeyAttribute& attribute) {
  writer.Key(member);
  WriteKeyAttributeObject(writer, attribute);
}

constexpr std::array<std::pair<IndexStatus, std::string_view>, 4> kIndexStatusNames = {{
    {IndexStatus::kCreating, "CREATING"},
    {IndexStatus::kActive, "ACTIVE"},
    {IndexStatus::kUpdating, "UPDATING"},
    {IndexStatus::kDeleting, "DELETING"},
}};
constexpr std::array<std::pair<ProjectionType, std::string_view>, 3> kProjectionNames = {{
    {ProjectionType::kAll, "ALL"},
    {ProjectionType::kKeysOnly, "KEYS_ONLY"},
    {ProjectionType::kInclude, "INCLUDE"},
}};

template <class Value, size_t kCount>
std::string_view NameIn(const std::array<std::pair<Value, std::string_view>, kCount>& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) {
      return name;
    }
  }
  BASALT_CHECK(false);
}

void WriteKeyAttributes(json::Writer& writer, std::string_view member, const std::vector<KeyAttribute>& attributes) {
  writer.Key(member);
  writer.BeginArray();
  for (const KeyAttribute& attribute : attributes) {
    WriteKeyAttributeObject(writer, attribute);
  }
  writer.EndArray();
}

void WriteIndex(json::Writer& writer, const IndexRecord& index) {
  const auto text = [&writer](std::string_view member, std::string_view value) {
    writer.Key(member);
    writer.String(value);
  };
  writer.BeginObject();
  text("name", index.name);
  writer.Key("local");
  writer.Bool(index.kind == IndexKind::kLocal);
  WriteInteger(writer, "space", index.space);
  WriteKeyAttributes(writer, "partition", index.partition);
  WriteKeyAttributes(writer, "sort", index.sort);
  text("projection", NameIn(kProjectionNames, index.projection));
  writer.Key("projected");
  writer.BeginArray();
  for (const std::string& name : index.projected) {
    writer.String(name);
  }
  writer.EndArray();
  text("status", NameIn(kIndexStatusNames, index.status));
  writer.Key("backfilling");
  writer.Bool(index.backfilling);
  WriteInteger(writer, "created_ms", index.created_ms);
  WriteIfSet(writer, "read_capacity_units", index.read_capacity_units);
  WriteIfSet(writer, "write_capacity_units", index.write_capacity_units);
  WriteIfSet(writer, "last_increase_ms", index.last_increase_ms);
  WriteIfSet(writer, "last_decrease_ms", index.last_decrease_ms);
  WriteIfSet(writer, "decreases", index.decreases);
  WriteIfSet(writer, "read_request_units_max", index.read_request_units_max);
  WriteIfSet(writer, "write_request_units_max", index.write_request_units_max);
  WriteIfSet(writer, "warm_read_units", index.warm_read_units);
  WriteIfSet(writer, "warm_write_units", index.warm_write_units);
  if (index.pending) {
    writer.Key("pending");
    writer.BeginObject();
    WriteInteger(writer, "read_capacity_units", index.pending->read_capacity_units);
    WriteInteger(writer, "write_capacity_units", index.pending->write_capacity_units);
    WriteIfSet(writer, "decreases", index.pending->decreases);
    WriteIfSet(writer, "read_request_units_max", index.pending->read_request_units_max);
    WriteIfSet(writer, "write_request_units_max", index.pending->write_request_units_max);
    writer.EndObject();
  }
  writer.EndObject();
}

constexpr std::array<std::pair<StreamView, std::string_view>, 4> kStreamViewNames = {{
    {StreamView::kKeysOnly, "KEYS_ONLY"},
    {StreamView::kNewImage, "NEW_IMAGE"},
    {StreamView::kOldImage, "OLD_IMAGE"},
    {StreamView::kNewAndOldImages, "NEW_AND_OLD_IMAGES"},
}};
constexpr std::array<std::pair<StreamStatus, std::string_view>, 4> kStreamStatusNames = {{
    {StreamStatus::kEnabling, "ENABLING"},
    {StreamStatus::kEnabled, "ENABLED"},
    {StreamStatus::kDisabling, "DISABLING"},
    {StreamStatus::kDisabled, "DISABLED"},
}};

void WriteShard(json::Writer& writer, const ShardRecord& shard) {
  writer.BeginObject();
  WriteInteger(writer, "created_ms", shard.created_ms);
  WriteIfSet(writer, "parent_ms", shard.parent_ms);
  WriteInteger(writer, "first", static_cast<int64_t>(shard.first));
  WriteIfSet(writer, "last", static_cast<int64_t>(shard.last));
  WriteIfSet(writer, "closed_ms", shard.closed_ms);
  writer.Key("closing");
  writer.Bool(shard.closing);
  writer.EndObject();
}

void WritePolicy(json::Writer& writer, const PolicyRecord& policy) {
  if (policy.revision_ms == 0) {
    return;
  }
  writer.Key("policy");
  writer.BeginObject();
  writer.Key("text");
  writer.String(policy.text);
  writer.Key("names_version");
  writer.Bool(policy.names_version);
  WriteInteger(writer, "revision_ms", policy.revision_ms);
  writer.EndObject();
}

void WriteTags(json::Writer& writer, const Tags& tags) {
  if (tags.empty()) {
    return;
  }
  writer.Key("tags");
  writer.BeginObject();
  for (const auto& [key, value] : tags) {
    writer.Key(key);
    writer.String(value);
  }
  writer.EndObject();
}

void WriteStreams(json::Writer& writer, const TableRecord& record) {
  const auto text = [&writer](std::string_view member, std::string_view value) {
    writer.Key(member);
    writer.String(value);
  };
  if (!record.streams.empty()) {
    writer.Key("streams");
    writer.BeginArray();
    for (const StreamRecord& stream : record.streams) {
      writer.BeginObject();
      text("label", stream.label);
      text("view", NameIn(kStreamViewNames, stream.view));
      text("status", NameIn(kStreamStatusNames, stream.status));
      WriteInteger(writer, "created_ms", stream.created_ms);
      writer.Key("shards");
      writer.BeginArray();
      for (const ShardRecord& shard : stream.shards) {
        WriteShard(writer, shard);
      }
      writer.EndArray();
      WritePolicy(writer, stream.policy);
      WriteTags(writer, stream.tags);
      writer.EndObject();
    }
    writer.EndArray();
  }
  if (!record.latest_stream_label.empty()) {
    text("latest_stream_label", record.latest_stream_label);
    WriteInteger(writer, "next_feed_number", static_cast<int64_t>(record.next_feed_number));
  }
  if (record.archive) {
    writer.Key("archive");
    writer.BeginObject();
    text("table_id", record.archive->table_id);
    text("keyspace", record.archive->keyspace);
    text("wrapped_table_key", Base64Encode(record.archive->wrapped_table_key));
    writer.EndObject();
  }
}

// Reads members of a record; remembers the first that is absent or of another kind.
class RecordReader {
 public:
  explicit RecordReader(const json::Node& node) : node_(node) {}

  std::string String(std::string_view member) {
    const json::Node* value = Find(member, json::Kind::kString);
    return value == nullptr ? std::string() : std::string(value->string);
  }
  int64_t Integer(std::string_view member) {
    const json::Node* value = Find(member, json::Kind::kInteger);
    return value == nullptr ? 0 : value->integer;
  }
  bool Bool(std::string_view member) {
    const json::Node* value = node_.Find(member);
    if (value == nullptr || (value->kind != json::Kind::kTrue && value->kind != json::Kind::kFalse)) {
      ok_ = false;
      return false;
    }
    return value->kind == json::Kind::kTrue;
  }
  KeyAttribute Key(std::string_view member) {
    const json::Node* value = Find(member, json::Kind::kObject);
    return value == nullptr ? KeyAttribute() : KeyOf(*value);
  }
  std::vector<KeyAttribute> Keys(std::string_view member) {
    std::vector<KeyAttribute> keys;
    if (const json::Node* value = Find(member, json::Kind::kArray); value != nullptr) {
      for (const json::Node& key : value->elements) {
        keys.push_back(KeyOf(key));
      }
    }
    return keys;
  }
  // None if the member is absent: records had no indexes once.
  std::vector<IndexRecord> Indexes(std::string_view member) {
    std::vector<IndexRecord> indexes;
    const json::Node* value = Has(member) ? Find(member, json::Kind::kArray) : nullptr;
    if (value != nullptr) {
      for (const json::Node& index : value->elements) {
        indexes.push_back(IndexOf(index));
      }
    }
    return indexes;
  }
  // None if the member is absent.
  std::set<uint16_t> Spaces(std::string_view member) {
    std::set<uint16_t> spaces;
    const json::Node* value = Has(member) ? Find(member, json::Kind::kArray) : nullptr;
    if (value != nullptr) {
      for (const json::Node& space : value->elements) {
        ok_ = ok_ && space.kind == json::Kind::kInteger;
        spaces.insert(static_cast<uint16_t>(space.integer));
      }
    }
    return spaces;
  }
  // None if the member is absent: records had no streams once.
  std::vector<StreamRecord> Streams(std::string_view member) {
    std::vector<StreamRecord> streams;
    const json::Node* value = Has(member) ? Find(member, json::Kind::kArray) : nullptr;
    if (value != nullptr) {
      for (const json::Node& stream : value->elements) {
        streams.push_back(StreamOf(stream));
      }
    }
    return streams;
  }
  std::optional<FeedArchive> Archive(std::string_view member) {
    const json::Node* value = Has(member) ? Find(member, json::Kind::kObject) : nullptr;
    if (value == nullptr) {
      return std::nullopt;
    }
    RecordReader reader(*value);
    FeedArchive archive = {reader.String("table_id"), reader.String("keyspace"), reader.Bytes("wrapped_table_key")};
    ok_ = ok_ && reader.ok_;
    return archive;
  }
  std::optional<int64_t> OptionalInteger(std::string_view member) {
    return Has(member) ? std::optional(Integer(member)) : std::nullopt;
  }
  BillingMode Billing() { return Bool("pay_per_request") ? BillingMode::kPayPerRequest : BillingMode::kProvisioned; }
  std::optional<TableClass> Class() {
    if (!Has("table_class")) {
      return std::nullopt;
    }
    return String("table_class") == TableClassName(TableClass::kStandard) ? TableClass::kStandard
                                                                          : TableClass::kStandardInfrequentAccess;
  }
  std::optional<PendingUpdate> Pending() {
    if (!Has("pending")) {
      return std::nullopt;
    }
    const json::Node* value = Find("pending", json::Kind::kObject);
    if (value == nullptr) {
      return std::nullopt;
    }
    RecordReader reader(*value);
    PendingUpdate pending;
    const std::string work = reader.String("work");
    const auto* known =
        std::find_if(kWorkNames.begin(), kWorkNames.end(), [&](const auto& name) { return name.second == work; });
    if (known == kWorkNames.end()) {
      ok_ = false;
      return std::nullopt;
    }
    pending.work = known->first;
    pending.requested_ms = reader.Integer("requested_ms");
    pending.billing_mode = reader.Billing();
    pending.read_capacity_units = reader.Integer("read_capacity_units");
    pending.write_capacity_units = reader.Integer("write_capacity_units");
    pending.decreases = reader.OptionalInteger("decreases").value_or(0);
    pending.read_request_units_max = reader.OptionalInteger("read_request_units_max");
    pending.write_request_units_max = reader.OptionalInteger("write_request_units_max");
    pending.table_class = reader.Class();
    ok_ = ok_ && reader.ok_;
    return pending;
  }
  std::optional<ExpiryRecord> Expiry() {
    const json::Node* value = Has("expiry") ? Find("expiry", json::Kind::kObject) : nullptr;
    if (value == nullptr) {
      return std::nullopt;
    }
    RecordReader reader(*value);
    ExpiryRecord expiry;
    expiry.attribute = reader.String("attribute");
    expiry.space = static_cast<uint16_t>(reader.Integer("space"));
    expiry.backfilling = reader.Bool("backfilling");
    ok_ = ok_ && reader.ok_;
    return expiry;
  }
  std::string Bytes(std::string_view member) {
    const std::string text = String(member);
    std::string bytes(text.size() / 4 * 3, '\0');
    size_t size = 0;
    if (Base64Decode(text, bytes.data(), size) != Base64Defect::kNone) {
      ok_ = false;
    }
    bytes.resize(size);
    return bytes;
  }
  // None if the member is absent: records had no tags once.
  Tags ReadTags(std::string_view member) {
    Tags tags;
    const json::Node* value = Has(member) ? Find(member, json::Kind::kObject) : nullptr;
    if (value == nullptr) {
      return tags;
    }
    for (const json::Member& tag : value->members) {
      ok_ = ok_ && tag.value.kind == json::Kind::kString;
      if (ok_) {
        tags.emplace(tag.name, tag.value.string);
      }
    }
    return tags;
  }
  // None if the member is absent: records had no policies once.
  PolicyRecord Policy(std::string_view member) {
    PolicyRecord policy;
    const json::Node* value = Has(member) ? Find(member, json::Kind::kObject) : nullptr;
    if (value != nullptr) {
      RecordReader reader(*value);
      policy.text = reader.String("text");
      policy.names_version = reader.Bool("names_version");
      policy.revision_ms = reader.Integer("revision_ms");
      ok_ = ok_ && reader.ok_;
    }
    return policy;
  }
  bool Has(std::string_view member) const { return node_.Find(member) != nullptr; }
  bool ok() const { return ok_; }

 private:
  KeyAttribute KeyOf(const json::Node& node) {
    RecordReader reader(node);
    KeyAttribute attribute;
    attribute.name = reader.String("name");
    const std::string type = reader.String("type");
    ok_ = ok_ && reader.ok_;
    if (type == "S") {
      attribute.type = model::Type::kS;
    } else if (type == "N") {
      attribute.type = model::Type::kN;
    } else if (type == "B") {
      attribute.type = model::Type::kB;
    } else {
      ok_ = false;
    }
    return attribute;
  }

  IndexRecord IndexOf(const json::Node& node) {
    RecordReader reader(node);
    IndexRecord index;
    index.name = reader.String("name");
    index.kind = reader.Bool("local") ? IndexKind::kLocal : IndexKind::kGlobal;
    index.space = static_cast<uint16_t>(reader.Integer("space"));
    index.partition = reader.Keys("partition");
    index.sort = reader.Keys("sort");
    index.projection = reader.ValueNamed(kProjectionNames, "projection");
    if (const json::Node* names = reader.Find("projected", json::Kind::kArray); names != nullptr) {
      for (const json::Node& name : names->elements) {
        index.projected.emplace_back(name.string);
      }
    }
    index.status = reader.ValueNamed(kIndexStatusNames, "status");
    index.backfilling = reader.Bool("backfilling");
    index.created_ms = reader.Integer("created_ms");
    index.read_capacity_units = reader.OptionalInteger("read_capacity_units").value_or(0);
    index.write_capacity_units = reader.OptionalInteger("write_capacity_units").value_or(0);
    index.last_increase_ms = reader.OptionalInteger("last_increase_ms").value_or(0);
    index.last_decrease_ms = reader.OptionalInteger("last_decrease_ms").value_or(0);
    index.decreases = reader.OptionalInteger("decreases").value_or(0);
    index.read_request_units_max = reader.OptionalInteger("read_request_units_max");
    index.write_request_units_max = reader.OptionalInteger("write_request_units_max");
    index.warm_read_units = reader.OptionalInteger("warm_read_units").value_or(0);
    index.warm_write_units = reader.OptionalInteger("warm_write_units").value_or(0);
    if (reader.Has("pending")) {
      if (const json::Node* pending = reader.Find("pending", json::Kind::kObject); pending != nullptr) {
        index.pending = PendingOf(*pending);
      }
    }
    ok_ = ok_ && reader.ok_;
    return index;
  }

  StreamRecord StreamOf(const json::Node& node) {
    RecordReader reader(node);
    StreamRecord stream;
    stream.label = reader.String("label");
    stream.view = reader.ValueNamed(kStreamViewNames, "view");
    stream.status = reader.ValueNamed(kStreamStatusNames, "status");
    stream.created_ms = reader.Integer("created_ms");
    if (const json::Node* shards = reader.Find("shards", json::Kind::kArray); shards != nullptr) {
      for (const json::Node& shard : shards->elements) {
        stream.shards.push_back(ShardOf(shard));
      }
    }
    stream.policy = reader.Policy("policy");
    stream.tags = reader.ReadTags("tags");
    ok_ = ok_ && reader.ok_;
    return stream;
  }

  ShardRecord ShardOf(const json::Node& node) {
    RecordReader reader(node);
    ShardRecord shard;
    shard.created_ms = reader.Integer("created_ms");
    shard.parent_ms = reader.OptionalInteger("parent_ms").value_or(0);
    shard.first = static_cast<uint64_t>(reader.Integer("first"));
    shard.last = static_cast<uint64_t>(reader.OptionalInteger("last").value_or(0));
    shard.closed_ms = reader.OptionalInteger("closed_ms").value_or(0);
    shard.closing = reader.Bool("closing");
    ok_ = ok_ && reader.ok_;
    return shard;
  }

  PendingIndexUpdate PendingOf(const json::Node& node) {
    RecordReader reader(node);
    PendingIndexUpdate pending;
    pending.read_capacity_units = reader.Integer("read_capacity_units");
    pending.write_capacity_units = reader.Integer("write_capacity_units");
    pending.decreases = reader.OptionalInteger("decreases").value_or(0);
    pending.read_request_units_max = reader.OptionalInteger("read_request_units_max");
    pending.write_request_units_max = reader.OptionalInteger("write_request_units_max");
    ok_ = ok_ && reader.ok_;
    return pending;
  }

  template <class Value, size_t kCount>
  Value ValueNamed(const std::array<std::pair<Value, std::string_view>, kCount>& names, std::string_view member) {
    const std::string text = String(member);
    for (const auto& [value, name] : names) {
      if (name == text) {
        return value;
      }
    }
    ok_ = false;
    return names.front().first;
  }

  const json::Node* Find(std::string_view member, json::Kind kind) {
    const json::Node* value = node_.Find(member);
    if (value == nullptr || value->kind != kind) {
      ok_ = false;
      return nullptr;
    }
    return value;
  }

  const json::Node& node_;
  bool ok_ = true;
};

Error CorruptRecord() { return Error(Reason::kCorruption, "a record of the table catalogue is not readable"); }

}  // namespace

std::string_view StatusName(TableStatus status) {
  for (const auto& [known, name] : kStatusNames) {
    if (known == status) {
      return name;
    }
  }
  BASALT_CHECK(false);
}

std::string_view TableClassName(TableClass table_class) {
  return table_class == TableClass::kStandard ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS";
}

std::string_view StreamViewName(StreamView view) { return NameIn(kStreamViewNames, view); }

std::optional<StreamView> StreamViewOf(std::string_view name) {
  for (const auto& [view, known] : kStreamViewNames) {
    if (known == name) {
      return view;
    }
  }
  return std::nullopt;
}

std::string_view StreamStatusName(StreamStatus status) { return NameIn(kStreamStatusNames, status); }

std::string_view IndexStatusName(IndexStatus status) { return NameIn(kIndexStatusNames, status); }

std::string_view ProjectionTypeName(ProjectionType projection) { return NameIn(kProjectionNames, projection); }

std::optional<ProjectionType> ProjectionTypeOf(std::string_view name) {
  for (const auto& [projection, known] : kProjectionNames) {
    if (known == name) {
      return projection;
    }
  }
  return std::nullopt;
}

std::string TableRecord::Arn() const {
  return "arn:aws:dynamodb:" + address.region + ":" + address.account + ":table/" + address.name;
}

const IndexRecord* TableRecord::FindIndex(std::string_view name) const {
  const auto found =
      std::find_if(indexes.begin(), indexes.end(), [name](const IndexRecord& index) { return index.name == name; });
  return found == indexes.end() ? nullptr : &*found;
}

namespace {

// Of a table or one of its indexes.
template <class Record>
WarmUnits WarmUnitsOf(const TableRecord& table, const Record& record) {
  const bool was_on_demand = table.billing_mode == BillingMode::kPayPerRequest || table.pay_per_request_since_ms != 0;
  return {std::max({record.warm_read_units, record.read_capacity_units,
                    was_on_demand ? model::kOnDemandReadUnits : int64_t{0}}),
          std::max({record.warm_write_units, record.write_capacity_units,
                    was_on_demand ? model::kOnDemandWriteUnits : int64_t{0}})};
}

}  // namespace

WarmUnits WarmThroughput(const TableRecord& record) { return WarmUnitsOf(record, record); }
WarmUnits WarmThroughput(const TableRecord& record, const IndexRecord& index) { return WarmUnitsOf(record, index); }

ProvisionedUnits SettledUnits(const TableRecord& record) {
  if (record.pending && record.pending->work != TableWork::kTableClass) {
    return {record.pending->read_capacity_units, record.pending->write_capacity_units};
  }
  return {record.read_capacity_units, record.write_capacity_units};
}

ProvisionedUnits SettledUnits(const IndexRecord& index) {
  if (index.pending) {
    return {index.pending->read_capacity_units, index.pending->write_capacity_units};
  }
  return {index.read_capacity_units, index.write_capacity_units};
}

std::vector<KeyAttribute> KeyAttributesOf(const TableRecord& record) {
  std::vector<KeyAttribute> attributes = {record.partition};
  if (record.sort) {
    attributes.push_back(*record.sort);
  }
  for (const IndexRecord& index : record.indexes) {
    attributes.insert(attributes.end(), index.partition.begin(), index.partition.end());
    attributes.insert(attributes.end(), index.sort.begin(), index.sort.end());
  }
  std::sort(attributes.begin(), attributes.end(),
            [](const KeyAttribute& a, const KeyAttribute& b) { return a.name < b.name; });
  attributes.erase(std::unique(attributes.begin(), attributes.end(),
                               [](const KeyAttribute& a, const KeyAttribute& b) { return a.name == b.name; }),
                   attributes.end());
  return attributes;
}

std::string EncodeTableRecord(const TableRecord& record) {
  std::string out(1, static_cast<char>(kFormatVersion));
  json::Writer writer(out);
  const auto text = [&writer](std::string_view member, std::string_view value) {
    writer.Key(member);
    writer.String(value);
  };
  const auto integer = [&writer](std::string_view member, int64_t value) { WriteInteger(writer, member, value); };
  writer.BeginObject();
  text("account", record.address.account);
  text("region", record.address.region);
  text("name", record.address.name);
  text("table_id", record.table_id);
  text("keyspace", record.keyspace);
  text("wrapped_table_key", Base64Encode(record.wrapped_table_key));
  text("status", StatusName(record.status));
  integer("created_ms", record.created_ms);
  WriteKeyAttribute(writer, "partition", record.partition);
  if (record.sort) {
    WriteKeyAttribute(writer, "sort", *record.sort);
  }
  if (!record.indexes.empty()) {
    writer.Key("indexes");
    writer.BeginArray();
    for (const IndexRecord& index : record.indexes) {
      WriteIndex(writer, index);
    }
    writer.EndArray();
  }
  integer("next_index_space", record.next_index_space);
  if (!record.dropped_spaces.empty()) {
    writer.Key("dropped_spaces");
    writer.BeginArray();
    for (const uint16_t space : record.dropped_spaces) {
      writer.Integer(space);
    }
    writer.EndArray();
  }
  if (record.expiry) {
    writer.Key("expiry");
    writer.BeginObject();
    text("attribute", record.expiry->attribute);
    integer("space", record.expiry->space);
    writer.Key("backfilling");
    writer.Bool(record.expiry->backfilling);
    writer.EndObject();
  }
  WriteIfSet(writer, "expiry_changed_ms", record.expiry_changed_ms);
  integer("hash_seed", static_cast<int64_t>(record.hash_seed));
  writer.Key("pay_per_request");
  writer.Bool(record.billing_mode == BillingMode::kPayPerRequest);
  integer("pay_per_request_since_ms", record.pay_per_request_since_ms);
  integer("read_capacity_units", record.read_capacity_units);
  integer("write_capacity_units", record.write_capacity_units);
  WriteIfSet(writer, "last_increase_ms", record.last_increase_ms);
  WriteIfSet(writer, "last_decrease_ms", record.last_decrease_ms);
  WriteIfSet(writer, "decreases", record.decreases);
  WriteIfSet(writer, "read_request_units_max", record.read_request_units_max);
  WriteIfSet(writer, "write_request_units_max", record.write_request_units_max);
  WriteIfSet(writer, "warm_read_units", record.warm_read_units);
  WriteIfSet(writer, "warm_write_units", record.warm_write_units);
  WriteIfSet(writer, "table_class", record.table_class);
  WriteIfSet(writer, "table_class_changed_ms", record.table_class_changed_ms);
  WriteIfSet(writer, "table_class_changed_before_ms", record.table_class_changed_before_ms);
  writer.Key("deletion_protection");
  writer.Bool(record.deletion_protection);
  WriteIfSet(writer, "deletion_protection_changed_ms", record.deletion_protection_changed_ms);
  if (record.pending) {
    WritePending(writer, *record.pending);
  }
  WriteStreams(writer, record);
  WriteTags(writer, record.tags);
  WritePolicy(writer, record.policy);
  writer.EndObject();
  return out;
}

Result<TableRecord> DecodeTableRecord(std::string_view bytes) {
  if (bytes.empty() || static_cast<uint8_t>(bytes[0]) != kFormatVersion) {
    return CorruptRecord();
  }
  Arena arena;
  Result<json::Node> node = json::Parse(bytes.substr(1), arena);
  if (!node.ok() || !node->IsObject()) {
    return CorruptRecord();
  }
  RecordReader reader(*node);
  TableRecord record;
  record.address = {reader.String("account"), reader.String("region"), reader.String("name")};
  record.table_id = reader.String("table_id");
  record.keyspace = reader.String("keyspace");
  record.wrapped_table_key = reader.Bytes("wrapped_table_key");
  const std::string status = reader.String("status");
  bool status_known = false;
  for (const auto& [known, name] : kStatusNames) {
    if (name == status) {
      record.status = known;
      status_known = true;
    }
  }
  record.created_ms = reader.Integer("created_ms");
  record.partition = reader.Key("partition");
  if (reader.Has("sort")) {
    record.sort = reader.Key("sort");
  }
  record.indexes = reader.Indexes("indexes");
  record.next_index_space = static_cast<uint16_t>(reader.OptionalInteger("next_index_space").value_or(1));
  record.dropped_spaces = reader.Spaces("dropped_spaces");
  record.expiry = reader.Expiry();
  record.expiry_changed_ms = reader.OptionalInteger("expiry_changed_ms").value_or(0);
  record.hash_seed = static_cast<uint64_t>(reader.Integer("hash_seed"));
  record.billing_mode = reader.Billing();
  record.pay_per_request_since_ms = reader.Integer("pay_per_request_since_ms");
  record.read_capacity_units = reader.Integer("read_capacity_units");
  record.write_capacity_units = reader.Integer("write_capacity_units");
  record.last_increase_ms = reader.OptionalInteger("last_increase_ms").value_or(0);
  record.last_decrease_ms = reader.OptionalInteger("last_decrease_ms").value_or(0);
  record.decreases = reader.OptionalInteger("decreases").value_or(0);
  record.read_request_units_max = reader.OptionalInteger("read_request_units_max");
  record.write_request_units_max = reader.OptionalInteger("write_request_units_max");
  record.warm_read_units = reader.OptionalInteger("warm_read_units").value_or(0);
  record.warm_write_units = reader.OptionalInteger("warm_write_units").value_or(0);
  record.table_class = reader.Class();
  record.table_class_changed_ms = reader.OptionalInteger("table_class_changed_ms").value_or(0);
  record.table_class_changed_before_ms = reader.OptionalInteger("table_class_changed_before_ms").value_or(0);
  record.deletion_protection = reader.Bool("deletion_protection");
  record.deletion_protection_changed_ms = reader.OptionalInteger("deletion_protection_changed_ms").value_or(0);
  record.pending = reader.Pending();
  record.streams = reader.Streams("streams");
  if (reader.Has("latest_stream_label")) {
    record.latest_stream_label = reader.String("latest_stream_label");
    record.next_feed_number = static_cast<uint64_t>(reader.Integer("next_feed_number"));
  }
  record.archive = reader.Archive("archive");
  record.tags = reader.ReadTags("tags");
  record.policy = reader.Policy("policy");
  if (!reader.ok() || !status_known) {
    return CorruptRecord();
  }
  return record;
}

std::string CatalogueKey(const TableAddress& address) {
  std::string partition;
  AppendLengthPrefixed(partition, address.account);
  AppendLengthPrefixed(partition, address.region);
  std::string key;
  AppendBigEndian32(key, static_cast<uint32_t>(Xxh3(partition, 0)));
  key += partition;
  key += address.name;
  return key;
}

}  // namespace basalt::table

// Records of the journal:
//   plan:   format version | puts: count, then each space (2 bytes), key, value | deletes: count, then each space, key
//           | counters: count, then each counter (2), delta (8) | sums: count, then each space, key, delta (8)
//           | records for the feed, from version 2 on: count, then each its bytes, time (8)
//   record: format version | parts: count, then each keyspace's name, sealed plan
// Counts are varints, byte strings are length-prefixed, integers big-endian.
#include "engine/rocks/journal_record.h"

#include "base/bytes.h"
#include "base/check.h"

namespace basalt::engine::rocks {
namespace {

constexpr uint8_t kPlanVersion = 2;
constexpr uint8_t kPlanVersionWithoutFeed = 1;
constexpr uint8_t kRecordVersion = 1;

Error Malformed(std::string_view what) {
  return {Reason::kCorruption, std::string(what) + " of the journal is malformed"};
}

void AppendKey(std::string& out, const Key& key) {
  AppendBigEndian16(out, key.space);
  AppendLengthPrefixed(out, key.bytes);
}

std::optional<Key> ReadKey(ByteReader& reader) {
  const auto space = reader.Read16();
  const auto bytes = space ? reader.ReadLengthPrefixed() : std::nullopt;
  if (!bytes || *space > kSpaceMax) {
    return std::nullopt;
  }
  return Key{*space, std::string(*bytes)};
}

// Adds to `list` what `read` gives so many times as the count in front says; false if something is wrong.
template <class T, class Read>
bool ReadList(ByteReader& reader, std::vector<T>& list, Read read) {
  const auto count = reader.ReadVarint();
  if (!count) {
    return false;
  }
  for (uint64_t i = 0; i < *count; ++i) {  // ends with the bytes, whatever the count
    std::optional<T> element = read();
    if (!element) {
      return false;
    }
    list.push_back(*std::move(element));
  }
  return true;
}

}  // namespace

std::string EncodePlan(const Plan& plan) {
  // What else a plan may get has to pass here.
  const auto& [puts, deletes, counter_deltas, sum_deltas, feed_records, asks] = plan;
  BASALT_CHECK(asks.empty());
  std::string out(1, static_cast<char>(kPlanVersion));
  AppendVarint(out, puts.size());
  for (const PutEntry& put : puts) {
    AppendKey(out, put.key);
    AppendLengthPrefixed(out, put.value);
  }
  AppendVarint(out, deletes.size());
  for (const Key& key : deletes) {
    AppendKey(out, key);
  }
  AppendVarint(out, counter_deltas.size());
  for (const CounterDelta& delta : counter_deltas) {
    AppendBigEndian16(out, delta.counter);
    AppendBigEndian64(out, static_cast<uint64_t>(delta.delta));
  }
  AppendVarint(out, sum_deltas.size());
  for (const SumDelta& sum : sum_deltas) {
    AppendKey(out, sum.key);
    AppendBigEndian64(out, static_cast<uint64_t>(sum.delta));
  }
  AppendVarint(out, feed_records.size());
  for (const NewFeedRecord& record : feed_records) {
    AppendLengthPrefixed(out, record.bytes);
    AppendBigEndian64(out, static_cast<uint64_t>(record.committed_ms));
  }
  return out;
}

Result<Plan> DecodePlan(std::string_view bytes) {
  ByteReader reader(bytes);
  Plan plan;
  const auto version = reader.Read8();
  const bool has_feed = version == kPlanVersion;
  const bool ok = (has_feed || version == kPlanVersionWithoutFeed) &&
                  ReadList(reader, plan.puts,
                           [&]() -> std::optional<PutEntry> {
                             auto key = ReadKey(reader);
                             const auto value = key ? reader.ReadLengthPrefixed() : std::nullopt;
                             if (!value) {
                               return std::nullopt;
                             }
                             return PutEntry{*std::move(key), std::string(*value)};
                           }) &&
                  ReadList(reader, plan.deletes, [&] { return ReadKey(reader); }) &&
                  ReadList(reader, plan.counter_deltas,
                           [&]() -> std::optional<CounterDelta> {
                             const auto counter = reader.Read16();
                             const auto delta = counter ? reader.Read64() : std::nullopt;
                             if (!delta) {
                               return std::nullopt;
                             }
                             return CounterDelta{*counter, static_cast<int64_t>(*delta)};
                           }) &&
                  ReadList(reader, plan.sum_deltas,
                           [&]() -> std::optional<SumDelta> {
                             auto key = ReadKey(reader);
                             const auto delta = key ? reader.Read64() : std::nullopt;
                             if (!delta) {
                               return std::nullopt;
                             }
                             return SumDelta{*std::move(key), static_cast<int64_t>(*delta)};
                           }) &&
                  (!has_feed || ReadList(reader, plan.feed_records, [&]() -> std::optional<NewFeedRecord> {
                    const auto bytes_of = reader.ReadLengthPrefixed();
                    const auto time_ms = bytes_of ? reader.Read64() : std::nullopt;
                    if (!time_ms) {
                      return std::nullopt;
                    }
                    return NewFeedRecord{std::string(*bytes_of), static_cast<int64_t>(*time_ms)};
                  }));
  if (!ok || !reader.empty()) {
    return Malformed("a plan");
  }
  return plan;
}

std::string EncodeJournalRecord(const std::vector<JournalPart>& parts) {
  std::string out(1, static_cast<char>(kRecordVersion));
  AppendVarint(out, parts.size());
  for (const JournalPart& part : parts) {
    AppendLengthPrefixed(out, part.keyspace);
    AppendLengthPrefixed(out, part.sealed);
  }
  return out;
}

Result<std::vector<JournalPart>> DecodeJournalRecord(std::string_view bytes) {
  ByteReader reader(bytes);
  std::vector<JournalPart> parts;
  const auto version = reader.Read8();
  const bool ok = version == kRecordVersion && ReadList(reader, parts, [&]() -> std::optional<JournalPart> {
                    const auto keyspace = reader.ReadLengthPrefixed();
                    const auto sealed = keyspace ? reader.ReadLengthPrefixed() : std::nullopt;
                    if (!sealed) {
                      return std::nullopt;
                    }
                    return JournalPart{std::string(*keyspace), std::string(*sealed)};
                  });
  if (!ok || !reader.empty()) {
    return Malformed("a record");
  }
  return parts;
}

std::string PartPurpose(std::string_view transaction_id) {
  return "basalt: part of transaction " + std::string(transaction_id);
}

}  // namespace basalt::engine::rocks

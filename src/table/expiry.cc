// Expiry of items.
#include "table/expiry.h"

#include "base/bytes.h"
#include "base/check.h"
#include "model/item_json.h"
#include "model/number.h"
#include "table/item_key.h"
#include "table/stored_item.h"

namespace basalt::table {
namespace {

constexpr int64_t kSecondMax = 253'402'300'799;  // the last one of the year 9999
constexpr int64_t kExpiredSecondsMax = int64_t{5} * 365 * 24 * 3600;

std::string KeyPrefix(int64_t second) {
  std::string prefix;
  AppendBigEndian64(prefix, static_cast<uint64_t>(second));
  return prefix;
}

engine::Key EntryKey(const ExpiryRecord& expiry, int64_t second, std::string_view item_key) {
  return {expiry.space, KeyPrefix(second).append(item_key)};
}

std::optional<int64_t> SecondIn(const ExpiryRecord& expiry, const model::Item* item) {
  return item == nullptr ? std::nullopt : ExpirySecondOf(model::Find(*item, expiry.attribute));
}

}  // namespace

std::optional<int64_t> ExpirySecondOf(const model::Value* value) {
  if (value == nullptr || value->type != model::Type::kN) {
    return std::nullopt;
  }
  const std::optional<int64_t> second = model::Number::FromCanonical(value->text).Floor();
  return second && *second > 0 && *second <= kSecondMax ? second : std::nullopt;
}

void PlanExpiryEntry(const TableRecord& record, std::string_view item_key, const model::Item* before,
                     const model::Item* after, engine::Plan& plan) {
  const std::optional<int64_t> old_second = SecondIn(*record.expiry, before);
  const std::optional<int64_t> new_second = SecondIn(*record.expiry, after);
  if (old_second == new_second) {
    return;
  }
  if (old_second) {
    plan.deletes.push_back(EntryKey(*record.expiry, *old_second, item_key));
  }
  if (new_second) {
    plan.puts.push_back({EntryKey(*record.expiry, *new_second, item_key), ""});
  }
}

Result<std::optional<engine::Key>> ExpiryEntryKeyOf(const TableRecord& record, std::string_view stored, Arena& arena) {
  BASALT_CHECK(record.expiry.has_value());
  TRY_ASSIGN(const StoredItem decoded, DecodeStoredItem(stored));
  TRY_ASSIGN(const model::Item item, model::ParseStoredItem(decoded.body_json, arena));
  const std::optional<int64_t> second = SecondIn(*record.expiry, &item);
  return second ? std::optional(EntryKey(*record.expiry, *second, EncodeKey(record, item)))
                : std::optional<engine::Key>();
}

Status BackfillExpiryEntry(const TableRecord& record, const engine::Key& expected,
                           std::optional<std::string_view> stored, std::optional<std::string_view> entry, Arena& arena,
                           engine::Plan& plan) {
  if (!stored || entry) {
    return {};
  }
  TRY_ASSIGN(const std::optional<engine::Key> wanted, ExpiryEntryKeyOf(record, *stored, arena));
  if (wanted == expected) {
    plan.puts.push_back({expected, ""});
  }
  return {};
}

engine::Range ExpiredEntries(const ExpiryRecord& expiry, int64_t now_s) {
  const int64_t first = now_s > kExpiredSecondsMax ? now_s - kExpiredSecondsMax : 0;
  return {expiry.space, KeyPrefix(first), KeyPrefix(now_s > 0 ? now_s : 0)};
}

Result<ExpiryEntry> ReadExpiryEntry(std::string_view entry_key) {
  ByteReader reader(entry_key);
  const std::optional<uint64_t> second = reader.Read64();
  if (!second || *second > static_cast<uint64_t>(kSecondMax) || reader.empty()) {
    return Error(Reason::kCorruption, "an entry of an expiry index has an unknown format");
  }
  return ExpiryEntry{static_cast<int64_t>(*second), reader.rest()};
}

}  // namespace basalt::table

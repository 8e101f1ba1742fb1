// When items expire, and the entries of the expiry index, as pure functions. An item expires if the top-level attribute
// that its table names is a number: the second since 1970 after which it may be deleted, though not once that is more
// than five years ago. Source: Developer Guide, "Time to Live".
//
// An entry's key is that second, big-endian, and the item's key; it has no value. Fractions of seconds are cut off,
// which changes nothing, since what expires is compared with whole seconds. Entries are not counted, so that a write
// need not know whether the entry it replaces has been made yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "engine/engine.h"
#include "model/value.h"
#include "table/table_record.h"

namespace basalt::table {

// The second after which an item with this value of the attribute has expired; null: it has none. nullopt if it never
// will: what is not a number, is not after 1970 or not before the year 10000.
std::optional<int64_t> ExpirySecondOf(const model::Value* value);

// What a write that makes `after` of `before` changes of the item's entry; null: there is no item. Time to live is
// enabled.
void PlanExpiryEntry(const TableRecord& record, std::string_view item_key, const model::Item* before,
                     const model::Item* after, engine::Plan& plan);

// The entry that a stored item has by a record with time to live enabled; nullopt: none. kCorruption.
Result<std::optional<engine::Key>> ExpiryEntryKeyOf(const TableRecord& record, std::string_view stored, Arena& arena);
// Makes the entry of an item that was there before the expiry index, as BackfillEntry in index_entry.h. kCorruption.
Status BackfillExpiryEntry(const TableRecord& record, const engine::Key& expected,
                           std::optional<std::string_view> stored, std::optional<std::string_view> entry, Arena& arena,
                           engine::Plan& plan);

// The entries of all items that have expired at `now_s`, and may be deleted.
engine::Range ExpiredEntries(const ExpiryRecord& expiry, int64_t now_s);

struct ExpiryEntry {
  int64_t second = 0;
  std::string_view item_key;
};
Result<ExpiryEntry> ReadExpiryEntry(std::string_view entry_key);  // kCorruption

}  // namespace basalt::table

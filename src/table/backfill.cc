// Which kind of entry lies in a space.
#include "table/backfill.h"

#include <algorithm>

#include "base/check.h"
#include "table/expiry.h"
#include "table/index_entry.h"

namespace basalt::table {
namespace {

bool IsOfExpiry(const TableRecord& record, uint16_t space) { return record.expiry && record.expiry->space == space; }

const IndexRecord& IndexIn(const TableRecord& record, uint16_t space) {
  const auto index = std::find_if(record.indexes.begin(), record.indexes.end(),
                                  [space](const IndexRecord& known) { return known.space == space; });
  BASALT_CHECK(index != record.indexes.end());
  return *index;
}

}  // namespace

Result<std::optional<engine::Key>> BackfillKeyOf(const TableRecord& record, uint16_t space, std::string_view stored,
                                                 Arena& arena) {
  return IsOfExpiry(record, space) ? ExpiryEntryKeyOf(record, stored, arena)
                                   : EntryKeyOf(record, IndexIn(record, space), stored, arena);
}

Status PlanBackfill(const TableRecord& record, const engine::Key& expected, std::optional<std::string_view> stored,
                    std::optional<std::string_view> entry, Arena& arena, engine::Plan& plan) {
  return IsOfExpiry(record, expected.space)
             ? BackfillExpiryEntry(record, expected, stored, entry, arena, plan)
             : BackfillEntry(record, IndexIn(record, expected.space), expected, stored, entry, arena, plan);
}

}  // namespace basalt::table

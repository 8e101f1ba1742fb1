// Capacity units as DynamoDB counts them. Source: Developer Guide, "Capacity unit consumption".
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/limits.h"

namespace basalt::table {

enum class UnitKind : uint8_t { kRead, kWrite };

// Units of one read of so many bytes: a half per unit if eventually consistent, and never less than one unit's worth.
inline double ReadUnits(uint64_t size_bytes, bool consistent) {
  const auto units =
      static_cast<double>(std::max<uint64_t>(1, (size_bytes + model::kReadUnitBytes - 1) / model::kReadUnitBytes));
  return consistent ? units : units / 2;
}

// Of what a transaction does to a table, not to its indexes. Developer Guide, "Amazon DynamoDB Transactions".
inline constexpr double kTransactionFactor = 2;

inline double WriteUnits(uint64_t old_size_bytes, uint64_t new_size_bytes) {
  const uint64_t size_bytes = std::max(old_size_bytes, new_size_bytes);
  return static_cast<double>(std::max<uint64_t>(1, (size_bytes + model::kWriteUnitBytes - 1) / model::kWriteUnitBytes));
}

}  // namespace basalt::table

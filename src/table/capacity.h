// Capacity units as DynamoDB counts them. Source: Developer Guide, "Capacity unit consumption".
#pragma once

#include <algorithm>
#include <cstdint>

namespace basalt::table {

inline constexpr uint64_t kReadUnitBytes = 4096;
inline constexpr uint64_t kWriteUnitBytes = 1024;

// Units of one read of so many bytes: a half per unit if eventually consistent, and never less than one unit's worth.
inline double ReadUnits(uint64_t size_bytes, bool consistent) {
  const auto units = static_cast<double>(std::max<uint64_t>(1, (size_bytes + kReadUnitBytes - 1) / kReadUnitBytes));
  return consistent ? units : units / 2;
}

inline double WriteUnits(uint64_t old_size_bytes, uint64_t new_size_bytes) {
  const uint64_t size_bytes = std::max(old_size_bytes, new_size_bytes);
  return static_cast<double>(std::max<uint64_t>(1, (size_bytes + kWriteUnitBytes - 1) / kWriteUnitBytes));
}

}  // namespace basalt::table

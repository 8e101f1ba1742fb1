// Durations as an operator writes them: a whole number and its unit, `500ms`, `90s`, `10m`, `36h`, `7d`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace basalt::main {

inline constexpr int64_t kDurationMsMax = int64_t{36'500} * 86'400'000;  // a hundred years

// In milliseconds, at least 1 and at most kDurationMsMax; nullopt if it is not one.
std::optional<int64_t> ParseDuration(std::string_view text);

}  // namespace basalt::main

// A moment as an operator writes it: a time in UTC, `2026-11-22T08:15:00Z` or `2026-11-22`, or how long ago, `90s`,
// `7d`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace basalt::main {

struct Moment {
  int64_t ms = 0;
  bool is_ago = false;  // before now; else since 1970
};

std::optional<Moment> ParseMoment(std::string_view text);

}  // namespace basalt::main

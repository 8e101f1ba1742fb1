#include "main/duration.h"

#include <array>
#include <charconv>
#include <utility>

namespace basalt::main {

std::optional<int64_t> ParseDuration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int64_t>, 5> kUnits = {
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 1) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  for (const auto& [unit, unit_ms] : kUnits) {
    if (text == unit && count <= kDurationMsMax / unit_ms) {
      return count * unit_ms;
    }
  }
  return std::nullopt;
}

}  // namespace basalt::main

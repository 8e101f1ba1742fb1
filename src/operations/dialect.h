// Which of the service's two wordings of validation errors the process speaks: it moves, region by region, from an
// older validation layer to a newer one, and what is known of the newer one is in validation_text.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace basalt::operations {

enum class Dialect : uint8_t { kClassic, k2026 };

constexpr std::optional<Dialect> DialectNamed(std::string_view name) {
  if (name == "classic") {
    return Dialect::kClassic;
  }
  return name == "2026" ? std::optional(Dialect::k2026) : std::nullopt;
}

}  // namespace basalt::operations

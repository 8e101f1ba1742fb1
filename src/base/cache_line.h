// The unit in which cores hand memory to each other. What one thread writes at every request stands on lines that no
// other thread reads at every request: `alignas(kCacheLineBytes)`.
#pragma once

#include <cstddef>

namespace basalt {

inline constexpr size_t kCacheLineBytes = 64;

}  // namespace basalt

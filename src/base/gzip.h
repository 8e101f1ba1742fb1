// Gunzip: a bounded decoder of gzip (RFC 1952, by zlib) for request bodies.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace basalt {

// One whole gzip member and nothing behind it. kTooLarge as soon as more than `size_max` bytes would come out,
// kSerialization if it is not such.
Result<std::string> Gunzip(std::string_view compressed, size_t size_max);

}  // namespace basalt

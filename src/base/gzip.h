// gzip (RFC 1952, by zlib): a bounded decoder for request bodies, a quick encoder for answers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace basalt {

// One whole gzip member and nothing behind it. kTooLarge as soon as more than `size_max` bytes would come out,
// kSerialization if it is not such.
Result<std::string> Gunzip(std::string_view compressed, size_t size_max);

// One gzip member of zlib's quickest level: answers are compressed where other requests wait.
Result<std::string> Gzip(std::string_view bytes);

}  // namespace basalt

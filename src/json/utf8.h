// Is this text UTF-8? Strict: no overlong forms, no surrogates, nothing above U+10FFFF. Takes a fraction of a
// nanosecond a byte. Any thread.
#pragma once

#include <string_view>

namespace basalt::json {

bool IsUtf8(std::string_view text);

}  // namespace basalt::json

// BASALT_CHECK: what we believe. A broken belief stops the process with file and line; a broken request
// never reaches one (it is answered with an Error).
#pragma once

namespace basalt {

[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace basalt

#define BASALT_CHECK(condition)                              \
  do {                                                       \
    if (!(condition)) [[unlikely]] {                         \
      ::basalt::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                        \
  } while (false)

#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace basalt {

void CheckFailed(const char* file, int line, const char* expression) {
  std::fprintf(stderr, "basalt: broken invariant at %s:%d: %s\n", file, line, expression);
  std::abort();
}

}  // namespace basalt

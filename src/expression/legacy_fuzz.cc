// Legacy conditions, updates and key conditions that the input chooses must agree with the expressions that say the
// same.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "base/check.h"
#include "expression/legacy_twins.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using basalt::expression::LegacyTwins;
  if (size == 0) {
    return 0;
  }
  size_t at = 1;
  LegacyTwins twins([&](size_t bound) { return at < size ? data[at++] % bound : 0; });
  const std::string disagreement = data[0] % 3 == 0   ? twins.CompareConditions()
                                   : data[0] % 3 == 1 ? twins.CompareUpdates()
                                                      : twins.CompareKeyConditions();
  if (!disagreement.empty()) {
    std::fprintf(stderr, "%s\n", disagreement.c_str());
  }
  BASALT_CHECK(disagreement.empty());
  return 0;
}

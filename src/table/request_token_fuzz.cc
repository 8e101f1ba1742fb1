// Arbitrary bytes as stored tokens: decoding never crashes, and what it takes encodes to the same meaning.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "table/request_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::table;
  const auto token = DecodeUsedToken({reinterpret_cast<const char*>(data), size});
  if (token.ok()) {
    const auto again = DecodeUsedToken(EncodeUsedToken(*token));
    BASALT_CHECK(again.ok() && again->expires_ms == token->expires_ms && again->request == token->request &&
                 again->read_units == token->read_units);
  }
  return 0;
}

// Arbitrary bytes as a token, never ours; and as what is inside of one, refused or written as the same claims again.
#include "identity/session_token.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::identity;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const SessionKey keys[] = {{1, 0, basalt::SecretBytes(std::string(kSessionKeyBytes, 'k'))}};
  BASALT_CHECK(!OpenSession(keys, "ASIAAAAAAAAAAAAAAAAA", bytes));
  if (const auto claims = DecodeClaims(bytes)) {
    const std::string encoded = EncodeClaims(*claims);
    const auto again = DecodeClaims(encoded);
    BASALT_CHECK(again && EncodeClaims(*again) == encoded);
  }
  return 0;
}

// Arbitrary bytes as a record of system/kms, of a kind with ids and of one without: never understood, since nobody
// wrapped a key under ours, and never read past the end. The first byte parts key and value.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "keys/managed_keys.h"
#include "keys/service_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::keys;
  static const auto root_key = RootKey::FromBytes("memory", basalt::SecretBytes(std::string(32, 'k')));
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t key_size = data[0] % (bytes.size() + 1);
  const std::vector<basalt::engine::Entry> entries = {
      {std::string(bytes.substr(0, key_size)), std::string(bytes.substr(key_size))}};
  for (const KeyKind& kind : {kServiceKeyKind, kManagedKeyKind}) {
    const auto keys = KeptKeys::FromEntries(kind, entries, *root_key);
    BASALT_CHECK(!keys.ok() && (keys.error().reason == basalt::Reason::kCorruption ||
                                keys.error().reason == basalt::Reason::kWrongKey));
  }
  return 0;
}

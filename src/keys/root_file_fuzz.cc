// Arbitrary bytes as D/ROOT: parsed as they are, and again under a checksum that is right.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "base/checksum.h"
#include "keys/root_file.h"

namespace {

void Check(const std::string& bytes) {
  static const auto root_key = basalt::keys::RootKey::FromBytes("memory", basalt::SecretBytes(std::string(32, 'k')));
  const auto file = basalt::keys::RootFileView::Parse(bytes, "ROOT");
  if (file.ok()) {
    BASALT_CHECK(file->associated_data.size() + file->wrapped_system_key.size() < bytes.size());
    // Nobody wrapped this under our key.
    BASALT_CHECK(!root_key->Unwrap(file->associated_data, file->wrapped_system_key).ok());
  } else {
    BASALT_CHECK(file.error().text.find("ROOT") != std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  basalt::AppendBigEndian64(bytes, basalt::Xxh3(bytes, 0));
  Check(bytes);
  return 0;
}

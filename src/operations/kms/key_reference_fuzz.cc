// Any bytes as a KeyId: KMS's "not found", or a reference whose ARN means the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "operations/kms/key_reference.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::operations::kms;
  const std::string_view given(reinterpret_cast<const char*>(data), size);
  const auto key = ParseKeyReference(given, "111122223333", "us-east-1");
  if (!key.ok()) {
    BASALT_CHECK(key.error().reason == basalt::Reason::kResourceNotFound);
    BASALT_CHECK(key.error().text.starts_with("Invalid "));
    return 0;
  }
  BASALT_CHECK(key->region == "us-east-1" && key->account.size() == 12);
  const std::string arn = key->Arn();
  BASALT_CHECK(given == key->name || given == arn);
  const auto again = ParseKeyReference(arn, "444455556666", "us-east-1");
  BASALT_CHECK(again.ok() && again->kind == key->kind && again->account == key->account && again->name == key->name);
  return 0;
}

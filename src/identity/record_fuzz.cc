// Arbitrary bytes as a record of system/identity: refused, or read as something that is written as the same bytes. The
// first byte parts key and value.
#include "identity/record.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"

namespace {

template <class T>
void ReadEntity(std::string_view name, std::string_view value) {
  std::string account;
  const auto entity = basalt::identity::DecodeEntity<T>(name, value, nullptr, account);
  if (entity != nullptr) {
    const std::string again = EncodeRecord(*entity);
    BASALT_CHECK(basalt::identity::DecodeEntity<T>(name, again, nullptr, account) != nullptr);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace basalt::identity;
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t name_size = data[0] % (bytes.size() + 1);
  const std::string_view name = bytes.substr(0, name_size);
  const std::string_view value = bytes.substr(name_size);
  if (const auto account = DecodeAccount(name, value)) {
    BASALT_CHECK(DecodeAccount(name, EncodeRecord(*account)).has_value());
  }
  if (const auto key = DecodeAccessKey(name, value); key != nullptr) {
    BASALT_CHECK(EncodeRecord(*key).size() <= value.size());
  }
  if (const auto key = DecodeSessionKey(name, value)) {
    BASALT_CHECK(key->secret.size() == kSessionKeyBytes);
  }
  if (const auto organization = DecodeOrganization(name, value, nullptr); organization != nullptr) {
    BASALT_CHECK(DecodeOrganization(name, EncodeRecord(*organization), nullptr) != nullptr);
    for (const Organization::Account& account : organization->accounts) {
      const Placement placement(organization, account);
      BASALT_CHECK(placement.path().starts_with(organization->id));
    }
  }
  ReadEntity<User>(name, value);
  ReadEntity<Group>(name, value);
  ReadEntity<Role>(name, value);
  ReadEntity<ManagedPolicy>(name, value);
  ReadEntity<OidcProvider>(name, value);
  return 0;
}

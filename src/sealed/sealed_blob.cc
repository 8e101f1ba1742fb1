#include "sealed/sealed_blob.h"

#include <array>

#include "base/bytes.h"
#include "base/check.h"
#include "crypto/aead.h"
#include "crypto/random.h"

namespace basalt::sealed {
namespace {

constexpr uint8_t kFormatVersion = 1;
constexpr size_t kHeadBytes = 5;
constexpr size_t kWrappedKeyBytes = crypto::kGcmNonceBytes + crypto::kAes256KeyBytes + crypto::kGcmTagBytes;
constexpr std::string_view kPurpose = "basalt: data key of a blob";
constexpr std::array<char, crypto::kGcmNonceBytes> kOnlyNonce = {};  // a data key seals once

std::string AssociatedData(std::string_view head, const Keyring& keyring, std::string_view purpose) {
  std::string data(head);
  data.append(kPurpose);
  AppendLengthPrefixed(data, keyring.directory_id());
  data.append(purpose);
  return data;
}

Error Damaged(std::string_view what) { return {Reason::kCorruption, "a sealed blob " + std::string(what)}; }

}  // namespace

std::string SealBlob(const Keyring& keyring, std::string_view purpose, std::string_view bytes) {
  const SecretBytes* root = keyring.FindRoot(keyring.newest_root());
  BASALT_CHECK(root != nullptr);
  const SecretBytes data_key = crypto::RandomSecret(crypto::kAes256KeyBytes);
  std::string blob(1, static_cast<char>(kFormatVersion));
  AppendBigEndian32(blob, keyring.newest_root());
  const std::string associated = AssociatedData(blob, keyring, purpose);
  blob.append(crypto::WrapKey(root->view(), associated, data_key));
  const size_t sealed_at = blob.size();
  blob.resize(sealed_at + bytes.size() + crypto::kGcmTagBytes);
  crypto::Aes256Gcm(data_key.view())
      .Seal({kOnlyNonce.data(), kOnlyNonce.size()}, associated, bytes, blob.data() + sealed_at);
  return blob;
}

Result<std::string> OpenBlob(const Keyring& keyring, std::string_view purpose, std::string_view blob) {
  if (blob.size() < kHeadBytes + kWrappedKeyBytes + crypto::kGcmTagBytes) {
    return Damaged("is cut short");
  }
  if (blob[0] != static_cast<char>(kFormatVersion)) {
    return Damaged("has an unknown format version");
  }
  const SecretBytes* root = keyring.FindRoot(ReadBigEndian32(blob.data() + 1));
  if (root == nullptr) {
    return Damaged("names a root that KEYS does not hold");
  }
  const std::string associated = AssociatedData(blob.substr(0, kHeadBytes), keyring, purpose);
  const auto data_key = crypto::UnwrapKey(root->view(), associated, blob.substr(kHeadBytes, kWrappedKeyBytes));
  if (!data_key.ok()) {
    return Damaged("fails authentication");
  }
  const std::string_view sealed = blob.substr(kHeadBytes + kWrappedKeyBytes);
  std::string bytes(sealed.size() - crypto::kGcmTagBytes, '\0');
  if (!crypto::Aes256Gcm((*data_key).view())
           .Open({kOnlyNonce.data(), kOnlyNonce.size()}, associated, sealed, bytes.data())) {
    return Damaged("fails authentication");
  }
  return bytes;
}

}  // namespace basalt::sealed

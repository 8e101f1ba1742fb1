#include "crypto/public_key.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <string>

namespace basalt::crypto {
namespace {

constexpr size_t kModulusBytesMin = 256;
constexpr size_t kModulusBytesMax = 1024;
constexpr size_t kExponentBytesMax = 8;
constexpr size_t kCoordinateBytes = 32;

template <class T, void (*free)(T*)>
struct Freed {
  void operator()(T* object) const { free(object); }
};
template <class T, void (*free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, free>>;
using OwnedNumber = Owned<BIGNUM, BN_free>;
using OwnedBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using OwnedParameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using OwnedContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using OwnedDigest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using OwnedSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

OwnedNumber NumberOf(std::string_view bytes) {
  return OwnedNumber(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<void> MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const OwnedParameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const OwnedContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  std::shared_ptr<void> owned(key, [](void* made) { EVP_PKEY_free(static_cast<EVP_PKEY*>(made)); });
  const OwnedContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return check != nullptr && EVP_PKEY_public_check(check.get()) == 1 ? owned : nullptr;
}

// Two numbers as ASN.1 has them. Empty if they cannot be.
std::string EncodeEcdsa(std::string_view signature) {
  OwnedNumber r = NumberOf(signature.substr(0, kCoordinateBytes));
  OwnedNumber s = NumberOf(signature.substr(kCoordinateBytes));
  const OwnedSignature pair(ECDSA_SIG_new());
  if (r == nullptr || s == nullptr || pair == nullptr || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
    return {};
  }
  r.release();  // the pair's from here on
  s.release();
  unsigned char* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &encoded);
  std::string bytes;
  if (size > 0) {
    bytes.assign(reinterpret_cast<const char*>(encoded), static_cast<size_t>(size));
    OPENSSL_free(encoded);
  }
  return bytes;
}

}  // namespace

std::optional<PublicKey> PublicKey::OfRsa(std::string_view modulus, std::string_view exponent) {
  while (modulus.starts_with('\0')) {
    modulus.remove_prefix(1);
  }
  if (modulus.size() < kModulusBytesMin || modulus.size() > kModulusBytesMax || exponent.empty() ||
      exponent.size() > kExponentBytesMax) {
    return std::nullopt;
  }
  const OwnedNumber n = NumberOf(modulus);
  const OwnedNumber e = NumberOf(exponent);
  const OwnedBuilder builder(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return std::nullopt;
  }
  std::shared_ptr<void> key = MakeKey("RSA", builder.get());
  return key == nullptr ? std::nullopt : std::optional(PublicKey(std::move(key), true));
}

std::optional<PublicKey> PublicKey::OfP256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) {
    return std::nullopt;
  }
  std::string point("\x04");  // both coordinates follow
  point.append(x).append(y);
  const OwnedBuilder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return std::nullopt;
  }
  std::shared_ptr<void> key = MakeKey("EC", builder.get());
  return key == nullptr ? std::nullopt : std::optional(PublicKey(std::move(key), false));
}

bool PublicKey::Verifies(std::string_view message, std::string_view signature) const {
  if (!is_rsa_ && signature.size() != 2 * kCoordinateBytes) {
    return false;
  }
  const std::string encoded = is_rsa_ ? std::string(signature) : EncodeEcdsa(signature);
  const OwnedDigest context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, static_cast<EVP_PKEY*>(key_.get())) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(encoded), encoded.size(), Bytes(message), message.size()) == 1;
}

}  // namespace basalt::crypto

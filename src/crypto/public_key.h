// Public keys that others sign with: RSA (PKCS #1 v1.5 with SHA-256) and ECDSA on P-256 with SHA-256. Immutable; any
// thread. Source: RFC 7518, sections 3.3, 3.4 and 6.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

namespace basalt::crypto {

class PublicKey {
 public:
  // Big-endian numbers. Nullopt: no key, or one that is too small to be trusted or too large to be used.
  static std::optional<PublicKey> OfRsa(std::string_view modulus, std::string_view exponent);
  // Coordinates of 32 bytes each. Nullopt: no point of the curve.
  static std::optional<PublicKey> OfP256(std::string_view x, std::string_view y);

  bool is_rsa() const { return is_rsa_; }
  // Of RSA a signature as long as the modulus; of P-256 both numbers, 32 bytes each.
  bool Verifies(std::string_view message, std::string_view signature) const;

 private:
  PublicKey(std::shared_ptr<void> key, bool is_rsa) : key_(std::move(key)), is_rsa_(is_rsa) {}

  std::shared_ptr<void> key_;  // an EVP_PKEY
  bool is_rsa_;
};

}  // namespace basalt::crypto

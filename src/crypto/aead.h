// AES-256-GCM. One Aes256Gcm holds one expanded key; nonces are the caller's duty, and a (key, nonce) pair must
// never be used to seal two messages.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace basalt::crypto {

inline constexpr size_t kAes256KeyBytes = 32;
inline constexpr size_t kGcmNonceBytes = 12;
inline constexpr size_t kGcmTagBytes = 16;

// Seal and Open are safe from several threads at once: keyed contexts are kept inside, taken and put back by each
// call, and wiped with the object.
class Aes256Gcm {
 public:
  explicit Aes256Gcm(std::string_view key_32_bytes);
  Aes256Gcm(const Aes256Gcm&) = delete;
  Aes256Gcm& operator=(const Aes256Gcm&) = delete;
  ~Aes256Gcm();

  // Writes plaintext.size() + 16 bytes (ciphertext, tag) to `out`, which may not overlap.
  void Seal(std::string_view nonce, std::string_view associated_data, std::string_view plaintext, char* out) const;
  // `sealed` = ciphertext and tag; writes sealed.size() - 16 bytes to `out`. False, with `out` wiped, if the tag
  // does not fit or `sealed` is shorter than a tag.
  [[nodiscard]] bool Open(std::string_view nonce, std::string_view associated_data, std::string_view sealed,
                          char* out) const;

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

// For small secrets stored beside others: a fresh random nonce, then ciphertext and tag.
std::string WrapKey(std::string_view wrapping_key, std::string_view associated_data, const SecretBytes& secret);
Result<SecretBytes> UnwrapKey(std::string_view wrapping_key, std::string_view associated_data,
                              std::string_view wrapped);  // kWrongKey

// Known-answer tests of every primitive used; at start, before a key is touched.
Status SelfTest();

}  // namespace basalt::crypto

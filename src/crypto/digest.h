// SHA-256 and HMAC-SHA256. Safe from any thread; nothing here fails. Measured (digest_bench.cc): OpenSSL's block
// functions without the EVP layer, since a request is a handful of short messages and EVP costs more than they do.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace basalt::crypto {

using Sha256Digest = std::array<char, 32>;

inline std::string_view AsView(const Sha256Digest& digest) { return {digest.data(), digest.size()}; }

Sha256Digest Sha256(std::string_view bytes);
Sha256Digest HmacSha256(std::string_view key, std::string_view bytes);
// Writes 64 lower-case hex characters.
void HexOf(const Sha256Digest& digest, char* out);
std::string HexOf(const Sha256Digest& digest);

// A key whose inner and outer state are computed once; Sign may be called from any thread.
class HmacSha256Key {
 public:
  explicit HmacSha256Key(std::string_view key);
  HmacSha256Key(const HmacSha256Key&) = default;
  HmacSha256Key& operator=(const HmacSha256Key&) = default;
  ~HmacSha256Key();  // wipes
  Sha256Digest Sign(std::string_view bytes) const;

 private:
  // SHA-256's eight words after the padded key: one block exactly, so nothing else of the state is worth keeping.
  using ChainingWords = std::array<uint32_t, 8>;

  ChainingWords inner_;
  ChainingWords outer_;
};

}  // namespace basalt::crypto

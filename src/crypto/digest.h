// SHA-256 and HMAC-SHA256. Contexts are fetched once and reused per thread: it is the difference between under
// 1 us and 7 us a signature.
#pragma once

#include <array>
#include <span>
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
  Sha256Digest Sign(std::string_view bytes) const;

 private:
  std::array<unsigned char, 128> states_;  // two SHA-256 states (OpenSSL's SHA256_CTX is 112 bytes: see digest.cc)
};

}  // namespace basalt::crypto

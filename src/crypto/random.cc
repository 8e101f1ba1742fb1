#include "crypto/random.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/check.h"

namespace basalt::crypto {
namespace {

// The private generator of OpenSSL is apart from the one whose output is shown to others (nonces, identifiers).
enum class Generator : uint8_t { kPublic, kPrivate };

void Fill(Generator generator, void* out, size_t size_bytes) {
  auto* at = static_cast<unsigned char*>(out);
  while (size_bytes > 0) {
    const size_t count = std::min<size_t>(size_bytes, 1U << 20);
    const int length = static_cast<int>(count);
    BASALT_CHECK((generator == Generator::kPrivate ? RAND_priv_bytes(at, length) : RAND_bytes(at, length)) == 1);
    at += count;
    size_bytes -= count;
  }
}

}  // namespace

void FillRandom(void* out, size_t size_bytes) { Fill(Generator::kPublic, out, size_bytes); }

std::string RandomBytes(size_t size_bytes) {
  std::string bytes(size_bytes, '\0');
  FillRandom(bytes.data(), bytes.size());
  return bytes;
}

SecretBytes RandomSecret(size_t size_bytes) {
  std::string bytes(size_bytes, '\0');
  Fill(Generator::kPrivate, bytes.data(), bytes.size());
  SecretBytes secret(bytes);
  WipeMemory(bytes.data(), bytes.size());
  return secret;
}

uint64_t RandomUint64() {
  uint64_t value = 0;
  FillRandom(&value, sizeof(value));
  return value;
}

std::string RandomUuid() {
  std::array<char, 16> bytes{};
  FillRandom(bytes.data(), bytes.size());
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);                        // version 4
  bytes[8] = static_cast<char>(static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80));  // RFC 4122 variant
  std::string text = HexEncode({bytes.data(), bytes.size()});
  for (const size_t dash : {8U, 13U, 18U, 23U}) {
    text.insert(dash, 1, '-');
  }
  return text;
}

std::string RandomText(size_t length, std::string_view alphabet) {
  BASALT_CHECK(!alphabet.empty() && alphabet.size() <= 256);
  // Bytes at or above the largest multiple of the alphabet's size are thrown away: they would favour its start.
  const size_t usable = 256 - 256 % alphabet.size();
  std::string text;
  text.reserve(length);
  std::array<unsigned char, 64> pool{};
  while (text.size() < length) {
    FillRandom(pool.data(), pool.size());
    for (const unsigned char byte : pool) {
      if (byte < usable && text.size() < length) {
        text.push_back(alphabet[byte % alphabet.size()]);
      }
    }
  }
  WipeMemory(pool.data(), pool.size());
  return text;
}

}  // namespace basalt::crypto

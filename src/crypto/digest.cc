#include "crypto/digest.h"

// The block functions are marked deprecated in OpenSSL 3.0 in favour of EVP; they are the same code below it.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <cstring>

#include "base/check.h"
#include "base/secret_bytes.h"

namespace basalt::crypto {
namespace {

constexpr size_t kBlockBytes = 64;

void Update(SHA256_CTX& context, std::string_view bytes) {
  BASALT_CHECK(SHA256_Update(&context, bytes.data(), bytes.size()) == 1);
}

Sha256Digest Finish(SHA256_CTX& context) {
  Sha256Digest digest;
  BASALT_CHECK(SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), &context) == 1);
  return digest;
}

SHA256_CTX Start() {
  SHA256_CTX context;
  BASALT_CHECK(SHA256_Init(&context) == 1);
  return context;
}

// A context that has taken exactly one block and stands at `words`.
SHA256_CTX Resume(const std::array<uint32_t, 8>& words) {
  SHA256_CTX context;
  std::memset(&context, 0, sizeof(context));
  for (size_t i = 0; i < words.size(); ++i) {
    context.h[i] = words[i];
  }
  context.Nl = kBlockBytes * 8;  // length so far, in bits
  context.md_len = SHA256_DIGEST_LENGTH;
  return context;
}

}  // namespace

Sha256Digest Sha256(std::string_view bytes) {
  SHA256_CTX context = Start();
  Update(context, bytes);
  return Finish(context);
}

Sha256Digest HmacSha256(std::string_view key, std::string_view bytes) { return HmacSha256Key(key).Sign(bytes); }

void HexOf(const Sha256Digest& digest, char* out) {
  static constexpr auto kPairs = [] {  // of every byte
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> pairs{};
    for (size_t byte = 0; byte < pairs.size(); ++byte) {
      pairs[byte] = {kDigits[byte >> 4], kDigits[byte & 0xf]};
    }
    return pairs;
  }();
  for (const char c : digest) {
    const std::array<char, 2>& pair = kPairs[static_cast<uint8_t>(c)];
    *out++ = pair[0];
    *out++ = pair[1];
  }
}

std::string HexOf(const Sha256Digest& digest) {
  std::string text(digest.size() * 2, '\0');
  HexOf(digest, text.data());
  return text;
}

HmacSha256Key::HmacSha256Key(std::string_view key) {
  std::array<char, kBlockBytes> block{};
  if (key.size() > block.size()) {
    const Sha256Digest shortened = Sha256(key);
    std::memcpy(block.data(), shortened.data(), shortened.size());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  const auto after_padded_key = [&block](unsigned char pad, ChainingWords& words) {
    std::array<char, kBlockBytes> padded;
    for (size_t i = 0; i < padded.size(); ++i) {
      padded[i] = static_cast<char>(static_cast<unsigned char>(block[i]) ^ pad);
    }
    SHA256_CTX context = Start();
    Update(context, {padded.data(), padded.size()});
    for (size_t i = 0; i < words.size(); ++i) {
      words[i] = context.h[i];
    }
    WipeMemory(&context, sizeof(context));
    WipeMemory(padded.data(), padded.size());
  };
  after_padded_key(0x36, inner_);
  after_padded_key(0x5c, outer_);
  WipeMemory(block.data(), block.size());
}

HmacSha256Key::~HmacSha256Key() {
  WipeMemory(inner_.data(), sizeof(inner_));
  WipeMemory(outer_.data(), sizeof(outer_));
}

Sha256Digest HmacSha256Key::Sign(std::string_view bytes) const {
  SHA256_CTX context = Resume(inner_);
  Update(context, bytes);
  const Sha256Digest inner = Finish(context);
  context = Resume(outer_);
  Update(context, AsView(inner));
  return Finish(context);
}

}  // namespace basalt::crypto

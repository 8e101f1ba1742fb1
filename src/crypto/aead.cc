#include "crypto/aead.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "base/bytes.h"
#include "base/check.h"
#include "crypto/digest.h"
#include "crypto/openssl_memory.h"
#include "crypto/random.h"

namespace basalt::crypto {
namespace {

constexpr size_t kSlots = 8;

const EVP_CIPHER* Cipher() {
  // Fetched once for the life of the process: a fetch costs more than sealing a small frame.
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  BASALT_CHECK(cipher != nullptr);
  return cipher;
}

const unsigned char* Unsigned(const char* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }
unsigned char* Unsigned(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

// Where a thread looks first for a context, so that threads on one key seldom meet.
size_t PreferredSlot() {
  static std::atomic<size_t> next{0};
  thread_local const size_t slot = next.fetch_add(1, std::memory_order_relaxed) % kSlots;
  return slot;
}

// Contexts of one key and direction, keyed once. Any thread takes one out and puts it back by a single atomic
// exchange; all stay with the key, so that they are wiped with it and none lives on in a thread.
class ContextPool {
 public:
  explicit ContextPool(bool sealing) : sealing_(sealing) {}
  ContextPool(const ContextPool&) = delete;
  ContextPool& operator=(const ContextPool&) = delete;
  ~ContextPool() {
    for (auto& slot : slots_) {
      EVP_CIPHER_CTX_free(slot.load(std::memory_order_acquire));
    }
  }

  EVP_CIPHER_CTX* Take(const SecretBytes& key) {
    const size_t first = PreferredSlot();
    for (size_t i = 0; i < kSlots; ++i) {
      auto& slot = slots_[(first + i) % kSlots];
      if (slot.load(std::memory_order_relaxed) != nullptr) {
        if (EVP_CIPHER_CTX* context = slot.exchange(nullptr, std::memory_order_acquire)) {
          return context;
        }
      }
    }
    const KeyScope scope;
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    BASALT_CHECK(context != nullptr);
    BASALT_CHECK(
        EVP_CipherInit_ex2(context, Cipher(), Unsigned(key.view().data()), nullptr, sealing_ ? 1 : 0, nullptr) == 1);
    return context;
  }

  void Give(EVP_CIPHER_CTX* context) {
    const size_t first = PreferredSlot();
    for (size_t i = 0; i < kSlots; ++i) {
      EVP_CIPHER_CTX* empty = nullptr;
      if (slots_[(first + i) % kSlots].compare_exchange_strong(empty, context, std::memory_order_release,
                                                               std::memory_order_relaxed)) {
        return;
      }
    }
    EVP_CIPHER_CTX_free(context);
  }

 private:
  const bool sealing_;
  std::array<std::atomic<EVP_CIPHER_CTX*>, kSlots> slots_{};
};

// Feeds `bytes` in pieces that fit OpenSSL's int lengths; `out` null means associated data.
void Update(EVP_CIPHER_CTX* context, std::string_view bytes, char* out) {
  while (!bytes.empty()) {
    const size_t count = std::min<size_t>(bytes.size(), 1U << 30);
    int written = 0;
    BASALT_CHECK(EVP_CipherUpdate(context, out == nullptr ? nullptr : Unsigned(out), &written, Unsigned(bytes.data()),
                                  static_cast<int>(count)) == 1);
    BASALT_CHECK(static_cast<size_t>(written) == count);
    bytes.remove_prefix(count);
    out = out == nullptr ? nullptr : out + count;
  }
}

}  // namespace

struct Aes256Gcm::Contexts {
  explicit Contexts(std::string_view key_bytes) : key(key_bytes) {}

  SecretBytes key;
  ContextPool sealing{true};
  ContextPool opening{false};
};

Aes256Gcm::Aes256Gcm(std::string_view key_32_bytes) {
  BASALT_CHECK(key_32_bytes.size() == kAes256KeyBytes);
  contexts_ = std::make_unique<Contexts>(key_32_bytes);
}

Aes256Gcm::~Aes256Gcm() = default;

void Aes256Gcm::Seal(std::string_view nonce, std::string_view associated_data, std::string_view plaintext,
                     char* out) const {
  BASALT_CHECK(nonce.size() == kGcmNonceBytes);
  EVP_CIPHER_CTX* context = contexts_->sealing.Take(contexts_->key);
  BASALT_CHECK(EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, Unsigned(nonce.data())) == 1);
  Update(context, associated_data, nullptr);
  Update(context, plaintext, out);
  char* tag = out + plaintext.size();
  int written = 0;
  BASALT_CHECK(EVP_EncryptFinal_ex(context, Unsigned(tag), &written) == 1 && written == 0);
  BASALT_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kGcmTagBytes), tag) == 1);
  contexts_->sealing.Give(context);
}

bool Aes256Gcm::Open(std::string_view nonce, std::string_view associated_data, std::string_view sealed,
                     char* out) const {
  BASALT_CHECK(nonce.size() == kGcmNonceBytes);
  if (sealed.size() < kGcmTagBytes) {
    return false;
  }
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kGcmTagBytes);
  std::array<char, kGcmTagBytes> tag;
  std::copy_n(sealed.data() + ciphertext.size(), tag.size(), tag.data());

  EVP_CIPHER_CTX* context = contexts_->opening.Take(contexts_->key);
  BASALT_CHECK(EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, Unsigned(nonce.data())) == 1);
  Update(context, associated_data, nullptr);
  Update(context, ciphertext, out);
  BASALT_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1);
  int written = 0;
  std::array<char, kGcmTagBytes> rest;  // GCM leaves nothing over, yet the call wants a place
  const bool genuine = EVP_DecryptFinal_ex(context, Unsigned(rest.data()), &written) == 1;
  contexts_->opening.Give(context);
  if (!genuine) {
    // A refusal must not be found later in this thread's error queue by a TLS call.
    ERR_clear_error();
    if (!ciphertext.empty()) {
      WipeMemory(out, ciphertext.size());
    }
  }
  return genuine;
}

std::string WrapKey(std::string_view wrapping_key, std::string_view associated_data, const SecretBytes& secret) {
  std::string wrapped = RandomBytes(kGcmNonceBytes);
  wrapped.resize(kGcmNonceBytes + secret.size() + kGcmTagBytes);
  Aes256Gcm(wrapping_key)
      .Seal(std::string_view(wrapped).substr(0, kGcmNonceBytes), associated_data, secret.view(),
            wrapped.data() + kGcmNonceBytes);
  return wrapped;
}

Result<SecretBytes> UnwrapKey(std::string_view wrapping_key, std::string_view associated_data,
                              std::string_view wrapped) {
  if (wrapped.size() < kGcmNonceBytes + kGcmTagBytes) {
    return Error(Reason::kWrongKey, "wrapped key is too short");
  }
  std::string plaintext(wrapped.size() - kGcmNonceBytes - kGcmTagBytes, '\0');
  if (!Aes256Gcm(wrapping_key)
           .Open(wrapped.substr(0, kGcmNonceBytes), associated_data, wrapped.substr(kGcmNonceBytes),
                 plaintext.data())) {
    return Error(Reason::kWrongKey, "wrapped key does not open under this wrapping key");
  }
  SecretBytes secret(plaintext);
  WipeMemory(plaintext.data(), plaintext.size());
  return secret;
}

Status SelfTest() {
  const auto failed = [](const char* what) {
    return Error(Reason::kInternal, std::string("cryptographic self-test failed: ") + what);
  };
  // FIPS 180-2, appendix B.1.
  if (HexOf(Sha256("abc")) != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") {
    return failed("SHA-256");
  }
  // RFC 4231, test case 2.
  if (HexOf(HmacSha256("Jefe", "what do ya want for nothing?")) !=
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843") {
    return failed("HMAC-SHA256");
  }
  // The GCM specification (McGrew and Viega), test case 16.
  const auto bytes = [](std::string_view hex) { return HexDecode(hex).value_or(""); };
  const std::string key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const std::string nonce = bytes("cafebabefacedbaddecaf888");
  const std::string associated_data = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string plaintext = bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
      "ba637b39");
  const std::string expected = bytes(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
  const Aes256Gcm gcm(key);
  std::string sealed(plaintext.size() + kGcmTagBytes, '\0');
  gcm.Seal(nonce, associated_data, plaintext, sealed.data());
  if (sealed != expected) {
    return failed("AES-256-GCM seal");
  }
  std::string opened(plaintext.size(), '\0');
  if (!gcm.Open(nonce, associated_data, sealed, opened.data()) || opened != plaintext) {
    return failed("AES-256-GCM open");
  }
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  if (gcm.Open(nonce, associated_data, sealed, opened.data())) {
    return failed("AES-256-GCM accepts a wrong tag");
  }
  return {};
}

}  // namespace basalt::crypto
